"""Rumours beside the bulletins in force: a signal for a person, never a verdict."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import provinces
import text as vietnamese
from nlp import assess
from nlp.official import contradicted, statement
from nlp.view import view
from records import Records, VirtualClock
from records.types import BodyKind, Capture, Channel, Item, Lane, Precision

NOW = datetime(2026, 11, 19, 14, tzinfo=UTC)
RUMOUR = (
    "KHẨN!!! Nghe nói hồ chứa trên nguồn sông Kôn sẽ xả khẩn cấp đêm nay, nước ngập tới mái nhà. Bà con xã Tuy Phước chạy"
    " liền đi, chia sẻ gấp!!!"
)
CALM = ("Thông báo số 9: hồ giữ điều tiết 180 m3/s trong đêm", "Gửi các xã hạ lưu sông Kôn, không có lệnh xả khẩn cấp.")


def capture(number: int, body: str, **more: object) -> Capture:
    values = {
        "source_id": "nowhere", "channel": Channel.SOCIAL, "url": None, "title": "", "body": body, "body_kind": BodyKind.POST,
        "platform": "forum", "native_id": str(number), "published_at": NOW, **more,
    }  # fmt: skip
    return Capture(**values)  # type: ignore[arg-type]


def bulletin(number: int, title: str, body: str, at: datetime) -> Capture:
    return capture(
        number, body, channel=Channel.OFFICIAL, title=title, url=f"https://ho.example/{number}", platform="", native_id="",
        body_kind=BodyKind.FULL, bulletin="ho", valid_until=at + timedelta(hours=24), published_at=at,
    )  # fmt: skip


def signals_of(tmp_path: Path, *bulletins: Capture) -> tuple[Lane, list[str]]:
    clock = VirtualClock(NOW)
    with Records.open(tmp_path) as records:
        with records.begin() as tx:
            tx.items.store_many([*bulletins, capture(1, vietnamese.normalize(RUMOUR))], NOW)
        assess.run(records, provinces.load("gia-lai"), clock)
        with records.read() as tx:
            items = {item.item_id: item for item in tx.items.scan(limit=10)}
            found = tx.assessments.get_many(items)
        (rumour,) = [one for key, one in found.items() if items[key].channel is Channel.SOCIAL]
    return rumour.lane, [name.partition(":")[0] for name in rumour.signals]


def test_a_rumour_against_the_newest_bulletin_is_marked_and_stays_unverified(tmp_path: Path) -> None:
    lane, signals = signals_of(tmp_path, bulletin(2, *CALM, NOW - timedelta(hours=2)))
    assert lane is Lane.UNVERIFIED
    assert assess.CONTRADICTS in signals


def test_no_bulletin_no_mark(tmp_path: Path) -> None:
    lane, signals = signals_of(tmp_path)
    assert lane is Lane.UNVERIFIED
    assert assess.CONTRADICTS not in signals


def test_a_superseded_bulletin_does_not_count(tmp_path: Path) -> None:
    newer = bulletin(
        3,
        "Thông báo số 10: hồ tăng điều tiết",
        "Gửi các xã hạ lưu sông Kôn, hồ xả 600 m3/s từ 22 giờ.",
        NOW - timedelta(hours=1),
    )
    _, signals = signals_of(tmp_path, bulletin(2, *CALM, NOW - timedelta(hours=3)), newer)
    assert assess.CONTRADICTS not in signals


def test_another_river_or_another_claim_contradicts_nothing() -> None:
    seen = view(vietnamese.normalize(RUMOUR), social=True)
    title, body = CALM

    def said(codes: set[str], *, everywhere: bool = False) -> str | None:
        item = Item(
            item_id="b" * 64, version=1, source_id="nowhere", channel=Channel.OFFICIAL, url=None, title=title, lead="", body=body,
            body_kind=BodyKind.FULL, published_at=NOW, published_precision=Precision.MINUTE, collected_at=NOW, changed_at=NOW,
            content_hash="",
        )  # fmt: skip
        return contradicted(seen, {"landmark:song-kon"}, [statement(item, codes, everywhere)])

    assert said({"landmark:song-kon"}) == "b" * 64
    assert said({"landmark:song-ba"}) is None
    assert said(set(), everywhere=True) == "b" * 64
    other = view("Nghe nói có dịch tả ở chợ, nhiều người nhập viện", social=True)
    assert contradicted(other, {"landmark:song-kon"}, []) is None
