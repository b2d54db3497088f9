from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from records import Records

ROOT = Path(__file__).resolve().parents[2]


def langnghe(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    code = "from langnghe.cli import main; main()"
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={**os.environ, **environment},
        timeout=120,
        check=False,
    )


def test_help_names_every_stage() -> None:
    result = langnghe("--help")
    assert result.returncode == 0
    for name in (
        "collect",
        "assess",
        "link",
        "index",
        "alert",
        "propose",
        "brief",
        "deliver",
        "run",
        "watch",
        "search",
    ):
        assert name in result.stdout


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("assess", "--data", "{data}"), 1, "no province"),
        (("assess", "--province", "atlantis", "--data", "{data}"), 1, "atlantis"),
        (("run", "--until", "2025-11-06T05:30+07:00", "--province", "gia-lai", "--data", "{data}"), 1, "--replay"),
        (("run", "--replay", "{data}/no.warc.gz", "--province", "gia-lai", "--data", "{data}"), 1, "no.warc.gz"),
        (("nonsense",), 2, "No such command"),
        (("search", 'a"b', "--province", "gia-lai", "--data", "{data}"), 1, "ngoặc kép"),
    ],
)
def test_wrong_input_is_refused_with_the_fix(tmp_path: Path, arguments: tuple[str, ...], code: int, said: str) -> None:
    result = langnghe(*(argument.format(data=tmp_path / "d") for argument in arguments))
    assert result.returncode == code, result.stderr
    assert said in result.stderr.replace("\n", " ")
    assert "Traceback" not in result.stderr


def test_the_folder_belongs_to_one_province(tmp_path: Path) -> None:
    Records.open(tmp_path, province="gia-lai").close()
    result = langnghe("index", "--province", "an-giang", "--data", str(tmp_path))
    assert result.returncode == 1
    assert "gia-lai" in result.stderr


def test_a_busy_database_asks_to_try_again(tmp_path: Path) -> None:
    import sqlite3

    Records.open(tmp_path, province="gia-lai").close()
    holder = sqlite3.connect(tmp_path / "records.sqlite", isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    code = (
        "import records.store as s; s.BUSY_SECONDS = 0.2\n"
        "from records import Records; import functools\n"
        "o = Records.open.__func__\n"
        "Records.open = classmethod(lambda c, t, **k: o(c, t, **{**k, 'busy_seconds': 0.2}))\n"
        "from langnghe.cli import main; main()"
    )
    result = subprocess.run(
        [sys.executable, "-c", code, "propose", "--province", "gia-lai", "--data", str(tmp_path)],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
    )
    holder.close()
    assert result.returncode == 75, result.stderr


def test_stages_answer_in_json(tmp_path: Path) -> None:
    result = langnghe("propose", "--province", "gia-lai", "--data", str(tmp_path), "--json")
    assert result.returncode == 0, result.stderr
    assert json.loads(result.stdout)["stage"] == "propose"


def test_check_names_file_line_field_and_fix(tmp_path: Path) -> None:
    good = langnghe("check", "gia-lai")
    assert good.returncode == 0, good.stderr
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "profile.toml").write_text('key = "gia-lai"\nextends = "gia-lai"\nreport_area = "nowhere"\n')
    bad = langnghe("check", str(folder), "--json")
    assert bad.returncode == 1
    (fault,) = json.loads(bad.stdout)["faults"]
    assert "profile.toml" in fault and "report_area" in fault


def test_doctor_finds_this_machine_fit() -> None:
    result = langnghe("doctor", "--json")
    findings = json.loads(result.stdout)["findings"]
    assert result.returncode == 0, findings
    assert {"fonts", "models"} <= {finding["name"] for finding in findings if finding["ok"]}
