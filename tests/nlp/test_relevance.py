"""Relevance: what the desk wants, what only carries the name, and the floors on real press."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from nlp import relevance
from nlp.errors import LabelledFileError, ModelError
from nlp.evaluate_places import evaluate
from tests.nlp.test_places import read

FLOORS = json.loads((Path(__file__).parent.parent / "floors" / "places.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("title", "lead", "wanted"),
    [
        ("Công an tỉnh Gia Lai triệt phá đường dây trộm chó", "", True),
        ("Dân bám trụ bên kè sạt lở", "Nhiều hộ ở phường Bồng Sơn, tỉnh Gia Lai lo mùa mưa tới", True),
        ("Giông lốc ở nhiều nơi", "Đắk Lắk, Gia Lai, Lâm Đồng ghi nhận giông lốc làm tốc mái nhiều nhà", True),
        ("Khai mạc giải bóng đá trẻ", "Mười đội tranh tài tại sân Pleiku", True),
        ("Bảng xếp hạng V-League", "CLB Hoàng Anh Gia Lai đứng cuối bảng sau vòng 5", False),
        ("Chọn phương pháp trị nám nào?", "Tôi bị nám lâu năm, nên dùng thuốc hay laser? (Lan Anh, Gia Lai)", False),
        ("Vườn rau giữa Tokyo", "Một người đàn ông quê Gia Lai trồng rau trên sân thượng ở Nhật Bản", False),
        (
            "Trao quà tại năm tỉnh",
            "Doanh nghiệp tặng 100 suất quà ở Sơn La, Thái Bình, Gia Lai, Lâm Đồng và Cà Mau",
            False,
        ),
        (
            "Công an Cần Thơ bắt nghi phạm",
            "Nghi phạm (24 tuổi, ngụ Gia Lai) bị Công an Cần Thơ bắt vì cướp giật",
            False,
        ),
    ],
)
def test_what_the_desk_wants(title: str, lead: str, wanted: bool) -> None:
    result = read("gia-lai", title, lead)
    assert result.relevant is wanted, result
    assert result.reason


def test_one_article_can_concern_several_provinces_or_none() -> None:
    shared = "Hơn 100 người tham gia diễn tập tại Gia Lai và An Giang"
    assert read("gia-lai", shared).relevant
    assert read("an-giang", shared).relevant
    assert not read("thai-nguyen", shared).relevant


def test_the_floors_hold_on_real_press(shared: Path) -> None:
    file = shared / "data" / "gold" / "places_dev.jsonl"
    assert hashlib.sha256(file.read_bytes()).hexdigest() == FLOORS["data_sha256"], "other data: measure the floors anew"
    scores = evaluate(file)
    for key, floor in FLOORS["f1"].items():
        assert scores["profiles"][key]["f1"] >= floor - FLOORS["noise"], (key, scores)
    assert scores["docs_per_second"] > 300


@pytest.mark.parametrize("row", ["{", "[]", '{"title": "a"}', '{"title": "a", "relevant": [], "published": "morgen"}'])
def test_a_bad_row_is_named(tmp_path: Path, row: str) -> None:
    file = tmp_path / "places.jsonl"
    file.write_text('{"title": "Tin", "relevant": []}\n' + row + "\n", encoding="utf-8")
    with pytest.raises(LabelledFileError, match="line 2"):
        evaluate(file)


def test_an_empty_or_absent_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(LabelledFileError, match="cannot read"):
        evaluate(tmp_path / "weg.jsonl")
    (tmp_path / "leer.jsonl").write_text("\n", encoding="utf-8")
    with pytest.raises(LabelledFileError, match="no row"):
        evaluate(tmp_path / "leer.jsonl")


def test_a_damaged_model_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = tmp_path / "weights.json"
    broken.write_text('{"bias": 1}', encoding="utf-8")
    monkeypatch.setattr(relevance, "MODEL", broken)
    relevance.model.cache_clear()
    with pytest.raises(ModelError, match=r"weights\.json"):
        relevance.model()
    monkeypatch.undo()
    relevance.model.cache_clear()
    assert relevance.model()[0]
