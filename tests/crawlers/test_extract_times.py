"""Publication times: notations, zones, and the choice between readings that disagree."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from crawlers.extract import Article, extract
from crawlers.extract._times import VIETNAM, Reading, parse_time, time_of_url, weigh
from records.types import Precision

FETCHED = datetime(2026, 11, 18, 5, 0, tzinfo=UTC)  # 12:00 in Vietnam


@pytest.mark.parametrize(
    ("text", "local"),
    [
        ("Thứ tư, 18/11/2026, 09:12 (GMT+7)", "2026-11-18T09:12"),
        ("18/11/2026 07:05 GMT+7", "2026-11-18T07:05"),
        ("18-11-2026 - 00:03 AM ", "2026-11-18T00:03"),
        ("18-11-2026 - 14:30 PM", "2026-11-18T14:30"),
        ("Thứ bảy, 07/03/2026 - 08:07", "2026-03-07T08:07"),
        ("23:02 , 06/03/2026", "2026-03-06T23:02"),
        ("7/3/2026 2:05 PM", "2026-03-07T14:05"),
        ("18/11/2026 10:24 CH", "2026-11-18T22:24"),
        ("09h12 ngày 18/11/2026 (Cập nhật lúc 11h30 ngày 18/11/2026)", "2026-11-18T09:12"),
        ("Ngày 18 tháng 11 năm 2026, 9 giờ 12 phút", "2026-11-18T09:12"),
        ("17 Tháng Mười Một, 2026 15:20", "2026-11-17T15:20"),
        ("2026-11-18T09:12:33+07:00", "2026-11-18T09:12"),
        ("2026-11-18T02:12:33.120Z", "2026-11-18T09:12"),
        ("2026-11-18T09:12:33+0700", "2026-11-18T09:12"),
        ("2026-11-18 09:12", "2026-11-18T09:12"),
        ("2026-11-18T09:12:00", "2026-11-18T09:12"),
        ("Wed, 18 Nov 2026 02:12:00 GMT", "2026-11-18T09:12"),
        ("11/18/2026 9:12:00 AM", "2026-11-18T09:12"),
        ("18.11.2026 | 09:12", "2026-11-18T09:12"),
    ],
)
def test_written_times_with_a_clock(text: str, local: str) -> None:
    reading = parse_time(text)
    assert reading is not None
    assert reading.precision is Precision.MINUTE
    assert reading.at.astimezone(VIETNAM).isoformat()[:16] == local


@pytest.mark.parametrize(
    ("text", "day"),
    [("18/11/2026", "2026-11-18"), ("Ngày 8 tháng 2 năm 2026", "2026-02-08"), ("2026-11-18", "2026-11-18")],
)
def test_a_day_without_a_clock_is_only_a_day(text: str, day: str) -> None:
    reading = parse_time(text)
    assert reading is not None
    assert reading.precision is Precision.DAY
    assert reading.at.isoformat() == f"{day}T00:00:00+07:00"


@pytest.mark.parametrize(
    "text",
    ["", "3 giờ trước", "31/02/2026 08:00", "99/99/2026", "2026-13-40", "Cập nhật lúc 18/11/2026 11:30", "1.204"],
)
def test_what_is_no_publication_time(text: str) -> None:
    assert parse_time(text) is None


@pytest.mark.parametrize(
    ("url", "day"),
    [
        ("https://dantri.com.vn/xa-hoi/tieu-de-bai-20221223160208680.htm", "2022-12-23"),
        ("https://tuoitre.vn/tieu-de-bai-2026030707011493.htm", "2026-03-07"),
        ("https://cafef.vn/tieu-de-bai-18826030622484142.chn", "2026-03-06"),
        ("https://baomoi.example.vn/2026/11/18/tieu-de/", "2026-11-18"),
        ("https://baomoi.example.vn/tieu-de-20261118.html", "2026-11-18"),
    ],
)
def test_urls_give_the_day_of_their_id(url: str, day: str) -> None:
    reading = time_of_url(url)
    assert reading is not None
    assert reading.precision is Precision.DAY
    assert reading.at.isoformat()[:10] == day


@pytest.mark.parametrize(
    "url",
    [
        "https://vnexpress.net/tieu-de-bai-viet-4954454.html",
        "https://plo.vn/tieu-de-bai-viet-post874982.html",
        "https://vidu.vn/quy-hoach-2021-2030.html",
        "https://vidu.vn/goi-tong-dai-19001234567890.html",
    ],
)
def test_other_numbers_in_urls_are_no_days(url: str) -> None:
    assert time_of_url(url) is None


def _minute(source: str, text: str) -> Reading:
    reading = parse_time(text, source)
    assert reading is not None
    return reading


def test_utc_that_prints_vietnams_clock_is_moved() -> None:
    verdict = weigh([_minute("json-ld", "2026-11-18T09:12:00Z"), _minute("visible", "18/11/2026 09:12")], FETCHED)
    assert verdict.at == datetime(2026, 11, 18, 2, 12, tzinfo=UTC)
    assert "zone_wrong" in verdict.doubts


def test_true_utc_is_kept() -> None:
    verdict = weigh([_minute("json-ld", "2026-11-18T02:12:00Z"), _minute("visible", "18/11/2026 09:12")], FETCHED)
    assert verdict.at == datetime(2026, 11, 18, 2, 12, tzinfo=UTC)
    assert verdict.doubts == ()


def test_clock_without_zone_that_is_utc_is_moved_to_the_printed_one() -> None:
    verdict = weigh([_minute("json-ld", "2026-11-18T02:12:00"), _minute("visible", "18/11/2026 09:12")], FETCHED)
    assert verdict.at == datetime(2026, 11, 18, 2, 12, tzinfo=UTC)


def test_utc_in_the_future_is_vietnams_clock() -> None:
    verdict = weigh([_minute("json-ld", "2026-11-18T11:40:00Z")], FETCHED)
    assert verdict.at == datetime(2026, 11, 18, 4, 40, tzinfo=UTC)
    assert verdict.doubts == ("zone_wrong",)


def test_the_minute_that_most_sources_print_wins() -> None:
    readings = [
        _minute("json-ld", "2026-11-18T11:40:00+07:00"),
        _minute("meta", "2026-11-18T09:12:30+07:00"),
        _minute("visible", "18/11/2026 09:12"),
    ]
    verdict = weigh(readings, FETCHED)
    assert verdict.at is not None and verdict.at.astimezone(VIETNAM).isoformat()[:16] == "2026-11-18T09:12"
    assert "time_differs" in verdict.doubts


@pytest.mark.parametrize("text", ["2027-01-01T08:00:00+07:00", "1970-01-01T00:00:00Z", "1997-12-31T08:00:00+07:00"])
def test_impossible_times_are_refused(text: str) -> None:
    verdict = weigh([_minute("json-ld", text)], FETCHED)
    assert (verdict.at, verdict.precision) == (None, Precision.NONE)
    assert "time_out_of_range" in verdict.doubts


def test_an_impossible_time_yields_to_the_next_source() -> None:
    verdict = weigh([_minute("json-ld", "2062-11-18T09:12:00+07:00"), _minute("visible", "18/11/2026 09:12")], FETCHED)
    assert verdict.at == datetime(2026, 11, 18, 2, 12, tzinfo=UTC)


def _page(metas: str, printed: str = "") -> Article:
    text = "Người dân thôn Bãi Đá cho biết đoạn đường đã được dọn sạch và xe cộ đi lại bình thường từ sáng nay. " * 3
    html = f"<html><head><title>Thông xe đường liên thôn</title>{metas}</head><body><h1>Thông xe đường liên thôn</h1>"
    html += f"<div class=date>{printed}</div><div class=body><p>{text}</p><p>{text}</p></div></body></html>"
    return extract(html, "https://vidu.example.vn/thong-xe-duong-lien-thon-99123.html", fetched_at=FETCHED)


def test_modified_time_is_never_the_publication_time() -> None:
    article = _page('<meta property="article:modified_time" content="2026-11-18T10:00:00+07:00"/>')
    assert article.published_at is None
    assert article.precision is Precision.NONE


def test_instants_are_utc_and_a_day_is_vietnams_midnight() -> None:
    article = _page("", "Đăng ngày 18/11/2026")
    assert article.published_at is not None
    assert article.published_at.utcoffset() == timedelta(0)
    assert article.published_at == datetime(2026, 11, 17, 17, tzinfo=UTC)
    assert article.precision is Precision.DAY
