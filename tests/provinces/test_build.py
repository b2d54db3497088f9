import shutil
from pathlib import Path

import pytest

import provinces
from provinces.build import build, split
from tests.conftest import ROOT


def test_the_committed_tables_are_what_the_script_makes(shared: Path, tmp_path: Path) -> None:
    root = tmp_path / "provinces"
    shutil.copytree(ROOT / "provinces", root, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    build(root, shared)
    for made in sorted(root.rglob("*.csv")):
        committed = ROOT / "provinces" / made.relative_to(root)
        assert made.read_bytes() == committed.read_bytes(), f"run python -m provinces.build: {made.name} is stale"


def test_a_row_taken_over_by_hand_stays(shared: Path, tmp_path: Path) -> None:
    root = tmp_path / "provinces"
    shutil.copytree(ROOT / "provinces", root, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    table = root / "gia-lai" / "agencies.csv"
    text = table.read_text(encoding="utf-8")
    line = next(line for line in text.splitlines() if line.startswith("ubnd-21583,"))
    mine = line.replace(",units,", ",hand,").replace(
        "ubnd-21583,UBND phường Quy Nhơn,", "ubnd-21583,UBND phường Quy Nhơn,H21.99.1"
    )
    table.write_text(text.replace(line, mine), encoding="utf-8")
    build(root, shared)
    rows = [line for line in table.read_text(encoding="utf-8").splitlines() if line.startswith("ubnd-21583,")]
    assert rows == [mine]
    assert provinces.load(root / "gia-lai").agency("ubnd-21583").electronic_code == "H21.99.1"


@pytest.mark.parametrize(
    ("full", "parts"),
    [
        ("Phường Quy Nhơn", ("Phường", "Quy Nhơn")),
        ("Thị Trấn Óc Eo", ("Thị trấn", "Óc Eo")),
        ("Thành Phố Bắc Kạn", ("Thành phố", "Bắc Kạn")),
        ("Xã Hoà Hội", ("Xã", "Hòa Hội")),
        ("Đặc khu Phú Quốc", ("Đặc khu", "Phú Quốc")),
    ],
)
def test_unit_names_are_split(full: str, parts: tuple[str, str]) -> None:
    assert split(full) == parts


def test_a_name_without_type_is_refused() -> None:
    with pytest.raises(ValueError, match="no unit type"):
        split("Quy Nhơn")
