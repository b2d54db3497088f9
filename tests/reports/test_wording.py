"""Numbers, dates and labels as official papers write them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from records.types import Span
from reports import extract, wording
from tests.reports import sample


@pytest.mark.parametrize(("number", "text"), [(0, "0"), (4, "04"), (12, "12"), (1250, "1.250"), (85000, "85.000")])
def test_counts(number: int, text: str) -> None:
    assert wording.count(number) == text


@pytest.mark.parametrize(
    ("value", "short", "long"),
    [
        (date(2026, 11, 20), "20/11/2026", "ngày 20 tháng 11 năm 2026"),
        (date(2026, 2, 5), "05/02/2026", "ngày 05 tháng 02 năm 2026"),
        (date(2026, 3, 5), "05/3/2026", "ngày 05 tháng 3 năm 2026"),
    ],
)
def test_days_lead_with_zero_where_the_decree_says_so(value: date, short: str, long: str) -> None:
    assert wording.day(value) == short
    assert wording.long_day(value) == long


def test_instants_are_in_the_provinces_zone() -> None:
    late = datetime(2026, 11, 19, 22, 30, tzinfo=UTC)
    assert wording.instant(late, ZoneInfo("Asia/Ho_Chi_Minh")) == "05 giờ 30 ngày 20/11/2026"


@pytest.mark.parametrize(
    ("now", "before", "text"),
    [
        (118, 100, "tăng 18%"),
        (95, 100, "giảm 5%"),
        (100, 100, "không đổi"),
        (8, 3, "tăng 5"),
        (0, 4, "giảm 4"),
        (3, 3.2, "tương đương"),
        (1003, 1000, "tăng 1%"),
    ],
)
def test_changes_in_words(now: int, before: float, text: str) -> None:
    assert wording.change(now, before) == text


@pytest.mark.parametrize(
    ("url", "safe"),
    [
        ("https://dien-luc.example/a.html?x=1", "hxxps://dien-luc[.]example/a.html?x=1"),
        ("http://a.b.example", "hxxp://a[.]b[.]example"),
        ("www.a.example", "www[.]a[.]example"),
    ],
)
def test_links_are_defanged(url: str, safe: str) -> None:
    assert wording.defang(url) == safe


def test_links_in_a_sentence_are_defanged() -> None:
    assert wording.defang_text("cài tại https://x.example/y, gấp") == "cài tại hxxps://x[.]example/y, gấp"


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("SỞ VĂN HÓA, THỂ THAO VÀ DU LỊCH", ("SỞ VĂN HÓA, THỂ THAO", "VÀ DU LỊCH")),
        ("ỦY BAN NHÂN DÂN TỈNH GIA LAI", ("ỦY BAN NHÂN DÂN", "TỈNH GIA LAI")),
        ("SỞ XÂY DỰNG", ("SỞ XÂY DỰNG",)),
        ("X" * 60, ("X" * 60,)),
    ],
)
def test_long_names_break_where_offices_break_them(name: str, lines: tuple[str, ...]) -> None:
    assert wording.balanced(name, 22) == lines


def test_summary_is_the_lead_in_at_most_60_words() -> None:
    lead = "Câu thứ nhất có đúng tám từ thôi nhé. " * 12
    one = sample.item("a", "p1", "Tiêu đề", "TTO - " + lead)
    summary = extract.summarise(one)
    assert len(summary.split()) <= 60
    assert summary.startswith("Câu thứ nhất") and summary.endswith(".")
    assert summary in " ".join((lead).split())


def test_overlong_first_sentence_is_cut_at_a_clause_and_marked() -> None:
    lead = ", ".join(f"mệnh đề thứ {number} của câu rất dài" for number in range(30))
    summary = extract.summarise(sample.item("a", "p1", "Tiêu đề", lead))
    assert summary.endswith("…") and len(summary.split()) <= 60
    assert lead.startswith(summary[:-1])


def test_headline_without_spaces_and_empty_item_survive() -> None:
    assert extract.headline(sample.item("a", "p1", "x" * 300)) == "x" * 300
    assert extract.summarise(sample.item("a", "p1", "Chỉ có tiêu đề")) == "Chỉ có tiêu đề"


def test_quote_holds_the_evidence_in_at_most_25_words() -> None:
    body = "từ " * 40 + "cài ứng dụng lạ " + "từ " * 40
    one = sample.item("a", "x1", "", body=body)
    quote = extract.quote(one, sample.span_of(one, "cài ứng dụng lạ"))
    assert "cài ứng dụng lạ" in quote
    assert len(quote.strip("…").split()) <= 25
    assert quote.startswith("…") and quote.endswith("…")


def test_quote_ignores_spans_of_another_version() -> None:
    one = sample.item("a", "x1", "", body="ngắn")
    assert extract.quote(one, [Span(start=50, end=90)]) == ""


def test_masks_are_printed_in_words() -> None:
    one = sample.item("a", "x1", "", body="Gọi [PHONE:1] gặp [PERSON:2] nhé, cứu với cả nhà đang trên mái.")
    assert extract.summarise(one) == "Gọi [số điện thoại] gặp [tên riêng] nhé, cứu với cả nhà đang trên mái."


FORBIDDEN = ("đối tượng", "phản động", "chống phá", "thế lực", "tin giả", "xử lý chủ tài khoản")


def test_room_avoids_the_words_that_accuse() -> None:
    room = Path(wording.__file__).parent
    texts = [path for path in room.rglob("*") if path.suffix in {".py", ".j2"}]
    assert len(texts) > 10
    found = [(path.name, word) for path in texts for word in FORBIDDEN if word in path.read_text("utf-8").lower()]
    assert found == []
