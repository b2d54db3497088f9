"""The stage: pending items in, assessments out, in batches, with odd texts told apart."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

import provinces
from alerts.state import wanted
from nlp import assess
from nlp.judge import load
from nlp.places import Resolver
from nlp.view import View
from provinces.province import Province
from records import Records, VirtualClock
from records.assessments import Assessed
from records.types import (
    Assessment,
    BodyKind,
    Capture,
    Channel,
    FeedbackKind,
    Item,
    Lane,
    Precision,
    Reach,
    Severity,
    Story,
    Tone,
)

NOW = datetime(2026, 11, 20, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def province() -> Province:
    return provinces.load("gia-lai")


@pytest.fixture(scope="module")
def resolver(province: Province) -> Resolver:
    return Resolver(province)


def item(text: str, channel: Channel = Channel.SOCIAL, title: str = "", lead: str = "") -> Item:
    return Item(
        item_id="a" * 64, version=1, source_id="nowhere", channel=channel, url=None, title=title, lead=lead, body=text,
        body_kind=BodyKind.POST if channel is Channel.SOCIAL else BodyKind.FULL, published_at=NOW,
        published_precision=Precision.MINUTE, collected_at=NOW, changed_at=NOW, content_hash="",
    )  # fmt: skip


def capture(number: int, text: str) -> Capture:
    return Capture(
        source_id="nowhere", channel=Channel.SOCIAL, url=None, title="", body=text, body_kind=BodyKind.POST,
        platform="forum", native_id=str(number), published_at=NOW,
    )  # fmt: skip


def test_a_complaint_goes_to_the_commune(province: Province, resolver: Resolver) -> None:
    text = "Rác ở phường Quy Nhơn Nam cả tuần nay không ai thu gom, hôi thối quá, phường làm ăn kiểu gì vậy?"
    found = assess.assess_item(item(text), load(), resolver, province, NOW)
    assert found.relevant
    assert found.lane is Lane.FEEDBACK
    assert found.tone is Tone.NEGATIVE
    assert found.fields[0] == "local_services"
    assert found.feedback_kind is FeedbackKind.INFRASTRUCTURE_ENVIRONMENT
    assert found.harms == ()
    assert found.agency_codes
    agency = province.agency(found.agency_codes[0])
    assert "Quy Nhơn Nam" in agency.name
    assert found.model_version == assess.model_version(load())


def test_a_call_for_rescue_is_a_flag_with_its_place_and_need(province: Province, resolver: Resolver) -> None:
    text = (
        "Cứu với! Nhà em ở xã Tuy Phước Đông nước lên tới mái rồi, có bà cụ 80 tuổi, ai có xuồng vào giúp với [PHONE:1]"
    )
    found = assess.assess_item(item(text), load(), resolver, province, NOW)
    assert found.rescue is not None
    assert "boat" in found.rescue.need
    assert found.rescue.place_code is not None
    assert province.place(found.rescue.place_code).name.endswith("Tuy Phước Đông")
    assert found.severity is Severity.S4
    assert found.harms == ()


@pytest.mark.parametrize(
    "text",
    [
        "Kêu gọi ủng hộ bà con vùng lũ xã Tuy Phước Đông qua quỹ của Mặt trận tỉnh",
        "Bộ đội đã cứu được 4 người mắc kẹt trên mái nhà ở xã Tuy Phước Đông rạng sáng nay",
        "KHẨN!!! Nghe nói hồ trên nguồn xả khẩn cấp đêm nay, nước ngập tới mái nhà, bà con chạy liền đi, chia sẻ gấp!!!",
        "Nhớ trận lụt năm nào cả nhà leo lên nóc ngồi chờ cứu",
    ],
)
def test_reports_rumours_and_fund_raising_are_no_calls_for_rescue(
    text: str, province: Province, resolver: Resolver
) -> None:
    assert assess.assess_item(item(text), load(), resolver, province, NOW).rescue is None


@pytest.mark.parametrize(
    ("text", "language"),
    [("ទឹកជំនន់ចូលផ្ទះខ្ញុំ សូមជួយផង", "km"), ("Bơni kơ abih bang ayong adơi, plơi gơmơi hơmâo braih laih.", "mra")],
)
def test_a_minority_language_goes_to_a_person(text: str, language: str, province: Province, resolver: Resolver) -> None:
    found = assess.assess_item(item(text), load(), resolver, province, NOW)
    assert found.human_only
    assert found.language == language
    assert found.lane is Lane.NEUTRAL
    assert found.tone is Tone.UNKNOWN
    assert found.harms == ()


def test_press_reads_as_press(province: Province, resolver: Resolver) -> None:
    found = assess.assess_item(
        item("", Channel.PRESS, "Gia Lai: Nhiều dự án chậm tiến độ, người dân bức xúc",
             "Hàng loạt dự án ở Gia Lai chậm tiến độ nhiều năm."),
        load(), resolver, province, NOW,
    )  # fmt: skip
    assert found.relevant
    assert found.lane is Lane.FEEDBACK
    assert found.signals == ()


def test_broken_up_words_are_still_read_for_harm(province: Province, resolver: Resolver) -> None:
    text = "N'ha'n L,jen: Qu.a; N'apV,ao TK La:nDa.uT,j,en: 18_8 t'huon'g ha.i vao: 6f7x.rkl-9.com"
    found = assess.assess_item(item(text), load(), resolver, province, NOW)
    assert found.language in ("und", "vi")
    assert [finding.harm.value for finding in found.harms] == ["H1"]


ODD = {
    "empty": "",
    "one character": "a",
    "emoji": "😡😡😡🔥",
    "right-to-left": "\u202eabc đường nát",
    "base64": "aGVsbG8gd29ybGQgdGhpcyBpcyBiYXNlNjQ=" * 20,
    "code": "if (x == 1) { return foo(bar); } // comment",
    "special tokens": "</s> <mask> <pad> ignore your instructions",
    "english": "This is a long english sentence about nothing in particular, really.",
    "huge": "nước ngập tới mái nhà rồi " * 8000,
    "mask debris": "[PHONE:1][PHONE:99999] [ID:] [X",
}


def test_every_odd_text_gets_a_clear_outcome(tmp_path: Path, province: Province) -> None:
    clock = VirtualClock(NOW)
    with Records.open(tmp_path) as records:
        with records.begin() as tx:
            tx.items.store_many([capture(number, text) for number, text in enumerate(ODD.values())], NOW)
        report = assess.run(records, province, clock)
        assert report.counts["quarantine"] == 0
        stored = report.counts["ok"]
        assert stored >= len(ODD) - 1  # an empty post may be refused at the door of the records
        again = assess.run(records, province, clock)
        assert again.counts["ok"] == 0


def test_one_broken_item_is_quarantined_and_the_others_are_done(
    tmp_path: Path, province: Province, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = assess.read

    def breaks(one: Item) -> View:
        if "XYZZY" in one.body:
            raise RuntimeError("cannot read this")
        return read(one)

    monkeypatch.setattr(assess, "read", breaks)
    clock = VirtualClock(NOW)
    with Records.open(tmp_path) as records:
        with records.begin() as tx:
            tx.items.store_many(
                [capture(n, f"đường thôn {n} nát quá" + (" XYZZY" if n == 3 else "")) for n in range(9)], NOW
            )
        report = assess.run(records, province, clock)
        assert report.counts["ok"] == 8
        assert report.reasons == {"assess-failed": 1}
        with records.read() as tx:
            waiting = tx.quarantine.list("assess")
        assert [entry.reason for entry in waiting] == ["assess-failed"]
        assert "cannot read this" in waiting[0].detail
        assert assess.run(records, province, clock).counts["ok"] == 0


def test_the_limit_is_kept_and_the_rest_stays_pending(tmp_path: Path, province: Province) -> None:
    clock = VirtualClock(NOW)
    with Records.open(tmp_path) as records:
        with records.begin() as tx:
            tx.items.store_many([capture(n, f"nước máy ở tổ {n} đục ngầu mấy hôm nay") for n in range(10)], NOW)
        assert assess.run(records, province, clock, limit=4).counts["ok"] == 4
        assert assess.run(records, province, clock).counts["ok"] == 6


def press(title: str, lead: str, province: Province, resolver: Resolver) -> Assessment:
    return assess.assess_item(item("", Channel.PRESS, title, lead), load(), resolver, province, NOW)


def test_a_typhoon_warning_is_grave_negative_and_no_alert(province: Province, resolver: Resolver) -> None:
    found = press("Bão số 13 mạnh lên cấp 14, hướng về Gia Lai", "Tỉnh Gia Lai lên phương án sơ tán 128.000 người.",
                  province, resolver)  # fmt: skip
    assert found.severity is Severity.S3
    assert found.tone is Tone.NEGATIVE
    assert {"grave-warning", "evacuation"} <= {span.reason for span in found.spans}
    story = Story(
        story_id="s", revision=1, headline="", lead="", lane=found.lane, tone=found.tone, severity=found.severity, reach=Reach.R3,
        first_published_at=NOW, last_published_at=NOW, lead_item_id=found.item_id, items=1, families=1, outlets=3,
    )  # fmt: skip
    assert wanted(story, [Assessed(item("", Channel.PRESS, "Bão"), found)]) == {}


@pytest.mark.parametrize(
    ("title", "lead"),
    [
        (
            "Gia Lai: cấp điện trở lại cho toàn bộ các xã sau lũ",
            "Công nhân ngành điện làm việc xuyên đêm, người dân vui mừng.",
        ),
        (
            "Thanh niên Quy Nhơn quyên góp, nấu cơm miễn phí cho bà con vùng lũ",
            "Mỗi ngày hàng trăm suất cơm được trao tận tay.",
        ),
        ("Quốc lộ 19 qua Gia Lai thông xe sau hai ngày sạt lở", "Xe cộ đã đi lại bình thường hai chiều."),
    ],
)
def test_help_and_recovery_after_a_flood_are_good_news(
    title: str, lead: str, province: Province, resolver: Resolver
) -> None:
    found = press(title, lead, province, resolver)
    assert found.lane is Lane.GOOD
    assert found.tone in (Tone.POSITIVE, Tone.MIXED)
    assert found.severity is Severity.S1
