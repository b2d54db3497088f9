"""The main job on real archived feeds: the morning before typhoon no. 13 reached Gia Lai."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROVINCES = ("gia-lai", "an-giang", "thai-nguyen")


def replay(shared: Path, province: str, data: Path) -> dict[str, Any]:
    result = subprocess.run(
        [
            sys.executable, "-c", "from langnghe.cli import main; main()", "run", "--province", province,
            "--replay", str(shared / "data/replay/feeds-2025-11-03_06.warc.gz"),
            "--until", "2025-11-06T05:30+07:00", "--data", str(data), "--json",
        ],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
    )  # fmt: skip
    assert result.returncode == 0, result.stderr[-3000:]
    answer: dict[str, Any] = json.loads(result.stdout)
    return answer


@pytest.fixture(scope="module")
def mornings(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    return {name: replay(shared, name, tmp_path_factory.mktemp(name)) for name in PROVINCES}


def edition(morning: dict[str, Any]) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(Path(morning["files"]["edition.json"]).read_text("utf-8"))
    return content


def stories(morning: dict[str, Any]) -> list[dict[str, Any]]:
    return [story for section in edition(morning)["sections"] for story in section["stories"]]


@pytest.mark.parametrize("province", PROVINCES)
def test_the_run_names_its_files_and_counts(mornings: dict[str, dict[str, Any]], province: str) -> None:
    morning = mornings[province]
    assert set(morning["files"]) == {"edition.pdf", "edition.html", "edition.json", "edition.eml"}
    assert all(Path(path).stat().st_size > 1000 for path in morning["files"].values())
    assert morning["counts"]["collected"] > 1500
    assert morning["counts"]["misses"] > 0
    assert sum(morning["counts"]["relevant"].values()) > 0


@pytest.mark.parametrize("province", PROVINCES)
def test_an_edition_holds_its_stories_or_says_that_the_day_was_quiet(
    mornings: dict[str, dict[str, Any]], province: str
) -> None:
    """Nothing of An Giang and Thái Nguyên was published on the last day of the archive; Gia Lai had a typhoon ahead."""
    morning = mornings[province]
    if morning["counts"]["stories"]:
        assert stories(morning)
        return
    assert province != "gia-lai"
    assert "không ghi nhận" in " ".join(edition(morning)["notices"]).lower()


def test_the_typhoon_leads_the_morning(mornings: dict[str, dict[str, Any]]) -> None:
    first = [item["title"].lower() for story in stories(mornings["gia-lai"])[:3] for item in story["items"]]
    assert any("bão" in title for title in first)


@pytest.mark.parametrize("province", PROVINCES)
def test_no_football_in_it(mornings: dict[str, dict[str, Any]], province: str) -> None:
    titles = [item["title"] for story in stories(mornings[province]) for item in story["items"]]
    assert not [title for title in titles if "HAGL" in title or "V-League" in title]


@pytest.mark.parametrize("province", PROVINCES)
def test_nobody_reviewed_it_and_it_says_so(mornings: dict[str, dict[str, Any]], province: str) -> None:
    content = edition(mornings[province])
    assert "CHƯA ĐƯỢC BIÊN TẬP KIỂM TRA" in json.dumps(content, ensure_ascii=False)
    assert {story["lane"] for story in stories(mornings[province])} <= {"good", "neutral", "feedback"}


@pytest.mark.parametrize("province", PROVINCES)
def test_every_number_of_a_summary_stands_in_a_source(
    mornings: dict[str, dict[str, Any]], province: str, tmp_path: Path
) -> None:
    """Digits of summaries must occur in the stored texts behind the story."""
    import re

    from records import Records

    morning = mornings[province]
    folder = Path(morning["files"]["edition.json"]).parents[2]
    with Records.open(folder) as records, records.read() as tx:
        for story in stories(morning):
            behind = " ".join(
                tx.items.get(found).text for item in story["items"] if (found := tx.items.find(item["url"])) is not None
            )
            for number in re.findall(r"\d+(?:[.,]\d+)*", story["summary"]):
                assert number in behind, (number, story["summary"])


def test_running_it_again_changes_nothing(shared: Path, mornings: dict[str, dict[str, Any]]) -> None:
    morning = mornings["an-giang"]
    files = {name: Path(path).read_bytes() for name, path in morning["files"].items()}
    folder = Path(morning["files"]["edition.json"]).parents[2]
    again = replay(shared, "an-giang", folder)
    assert again["counts"]["collected"] == 0
    assert {name: Path(path).read_bytes() for name, path in again["files"].items()} == files
