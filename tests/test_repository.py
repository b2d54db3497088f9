"""What must hold of the repository as a whole: lock files, no machine's traces, words that no product text may use."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
LOCKS = sorted((ROOT / "requirements").glob("*.txt"))
# Spelled in pieces, so that this file does not contain what it looks for.
HOSTS = ["py" + "pi", "npm" + "js", "mav" + "en", "deb" + "ian"]
PATHS = ["/ro" + "ot/", "/ho" + "me/", "/wo" + "rk/"]
TRACES = re.compile(rf"https?://(?:[\w.-]+\.)?(?:{'|'.join(HOSTS)})\.org|" + "|".join(PATHS))
PEOPLE_WORDS = (
    "phản động",
    "chống phá",
    "thế lực",
    "xử lý chủ tài khoản",
    "truy tìm người đăng",
)


def tracked(*suffixes: str) -> list[Path]:
    """Return the files git tracks, by suffix (all without any)."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True)
    paths = [ROOT / name for name in listed.stdout.split("\0") if name]
    return [path for path in paths if path.is_file() and (not suffixes or path.suffix in suffixes)]


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_locks_hold_versions_and_hashes_and_no_host(lock: Path) -> None:
    text = lock.read_text("utf-8")
    assert "://" not in text
    names = re.findall(r"^([a-z0-9][\w.\-\[\]]*)==", text, re.MULTILINE)
    blocks = re.split(r"^(?=[a-z0-9][\w.\-\[\]]*==)", text, flags=re.MULTILINE)[1:]
    assert names and len(blocks) == len(names)
    assert all("--hash=sha256:" in block for block in blocks)


def test_no_machine_left_its_traces() -> None:
    text_files = tracked(".py", ".toml", ".md", ".csv", ".txt", ".json", ".j2", ".css", "")
    found = [
        f"{path.relative_to(ROOT)}: {match[0]}"
        for path in text_files
        if path.stat().st_size < 5_000_000
        for match in [TRACES.search(path.read_text("utf-8", errors="ignore"))]
        if match
    ]
    assert not found


def test_products_do_not_speak_of_residents_as_enemies() -> None:
    """Words of ``domain.md`` §6 that no text of ours may use; tests and the guide for reviewers may quote them."""
    rooms = ("handling", "review", "alerts", "reports", "langnghe", "crawlers", "provinces")
    found = [
        f"{path.relative_to(ROOT)}: {word}"
        for path in tracked(".py", ".toml", ".j2", ".csv")
        if path.relative_to(ROOT).parts[0] in rooms
        for word in PEOPLE_WORDS
        if word in path.read_text("utf-8").lower()
    ]
    assert not found


def test_every_room_has_tests() -> None:
    rooms = [path.parent.name for path in ROOT.glob("*/__init__.py") if path.parent.name not in {"tests", "benchmarks"}]
    missing = [room for room in rooms if not list((ROOT / "tests" / room).glob("test_*.py"))]
    assert not missing


def test_the_entry_script_has_no_syntax_error() -> None:
    for script in ("run", ".ci/run"):
        assert subprocess.run(["bash", "-n", str(ROOT / script)], check=False).returncode == 0
