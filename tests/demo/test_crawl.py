"""The real crawler over the invented sites, and how far the service then reads them as a fair reader does."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest

import provinces
from crawlers import collect
from crawlers.render import browser
from demo import agreement, inbox
from demo.content import LAST, VIETNAM, load
from demo.match import item_ids
from demo.profile import FOLDER
from demo.server import DemoServer
from nlp import assess
from provinces import Province
from provinces.types import Access
from records import Records
from records.clock import VirtualClock
from records.stage import StageReport
from records.types import BodyKind

WORLD = load()
TIMES = tuple(datetime(2026, 11, *moment, tzinfo=VIETNAM) for moment in ((18, 5, 20), (18, 22, 30), (20, 19, 0)))


@dataclass(frozen=True, slots=True)
class Crawled:
    records: Records
    province: Province
    reports: tuple[StageReport, ...]
    again: StageReport


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crawled]:
    """Collect at three instants, all sources but the one that needs a browser; then once more at the last."""
    folder: Path = tmp_path_factory.mktemp("demo")
    province = provinces.load(FOLDER)
    sources = [source for source in province.sources if source.access is not Access.BROWSER]
    clock = VirtualClock(TIMES[0])
    records = Records.open(folder, province=province.key)
    reports = []
    with DemoServer(clock) as server:
        for moment in (*TIMES, TIMES[-1]):
            clock.advance_to(moment)
            inbox.write(WORLD, folder / "inbox", moment)
            reports.append(
                collect.run(
                    records,
                    province,
                    clock,
                    sources=sources,
                    allow_hosts=server.allow_hosts,
                    inbox=folder / "inbox",
                )
            )
    assess.run(records, province, VirtualClock(LAST))
    yield Crawled(records, province, tuple(reports[:-1]), reports[-1])
    records.close()


def test_everything_that_can_be_had_is_stored(crawled: Crawled) -> None:
    silent = [entry.key for entry in WORLD.of("cuabien") if entry.at > datetime(2026, 11, 18, 22, 30, tzinfo=VIETNAM)]
    # Published and taken back between two looks of this test's sparse schedule.
    unseen = {"lm-go-bai", "np-mat", *silent}
    expected = {
        entry.key: item_id
        for item_id, entry in item_ids(WORLD).items()
        if entry.at <= TIMES[-1] and entry.site != "tinxanh" and entry.key not in unseen
    }
    with crawled.records.read() as tx:
        stored = tx.items.get_many(expected.values())
    assert sorted(key for key, item_id in expected.items() if item_id not in stored) == []
    by_key = {key: stored[item_id] for key, item_id in expected.items()}
    assert by_key["cd-xoa-tin-vo-dap"].withdrawn_at is not None
    assert by_key["cd-cap-nhat-thiet-hai"].version >= 2
    assert by_key["lm-tra-phi"].body_kind is BodyKind.LEAD
    assert "Bếp cơm không đồng" in by_key["cb-bep-com"].title
    assert by_key["hc-5"].bulletin == "ho-da-vang"


def test_trouble_is_named_and_stops_nobody(crawled: Crawled) -> None:
    reasons = [dict(report.reasons) for report in crawled.reports]
    assert all(report.counts["new"] > 20 for report in crawled.reports)
    assert reasons[-1]["connection_failed"] == 1
    assert reasons[-1]["secrecy_mark"] == 1
    with crawled.records.read() as tx:
        text = str(tx.quarantine.list())
    assert "giả định" not in text


def test_a_second_run_at_the_same_time_brings_nothing_new(crawled: Crawled) -> None:
    assert crawled.again.counts["new"] == crawled.again.counts["changed"] == 0


def test_no_nick_and_no_number_is_stored_in_the_clear(crawled: Crawled) -> None:
    posts = [(item_id, entry) for item_id, entry in item_ids(WORLD).items() if entry.nick]
    with crawled.records.read() as tx:
        items = tx.items.get_many(item_id for item_id, _ in posts)
    assert len(items) > 120
    for item in items.values():
        assert "0900" not in item.text and "00009900" not in item.text and "STK 000" not in item.text
    database = Path(str(crawled.records.engine.url.database)).read_bytes()
    for nick in ("ho_tro_vien_24h", "banh_trang_me", "Đêm Không Ngủ", "UC-demo-"):
        assert nick.encode() not in database


def test_the_service_reads_the_days_much_as_a_fair_reader(crawled: Crawled) -> None:
    """Floors a little under what was measured on 2026-11-22 (see docs/choices); the figures are printed with ``-s``."""
    with crawled.records.read() as tx:
        found = agreement.measure(tx, crawled.province, WORLD)
    print(f"\n{found}")  # the measured figures are what this test is for
    assert found.lane_share >= LANE_FLOOR
    assert found.relevance_f1 >= RELEVANCE_FLOOR
    assert len(found.harms_found) >= HARMS_FLOOR
    assert len(found.harms_false) <= FALSE_HARMS_CEILING
    assert found.rescues_missed == []


LANE_FLOOR = 0.55
RELEVANCE_FLOOR = 0.85
HARMS_FLOOR = 6
FALSE_HARMS_CEILING = 3


@pytest.mark.slow
def test_the_scripted_site_is_read_with_the_browser(tmp_path: Path) -> None:
    if browser() is None:
        pytest.skip("no Chromium on this machine: see `langnghe doctor`")
    province = provinces.load(FOLDER)
    sources = [source for source in province.sources if source.access is Access.BROWSER]
    clock = VirtualClock(TIMES[-1])
    records = Records.open(tmp_path, province=province.key)
    with DemoServer(clock) as server:
        collect.run(records, province, clock, sources=sources, allow_hosts=server.allow_hosts)
    with records.read() as tx:
        stored = tx.items.get_many(item_ids(WORLD))
    bodies = {item.title: item for item in stored.values()}
    records.close()
    for entry in WORLD.of("tinxanh"):
        item = bodies[entry.versions[0].title]
        assert item.body.split() == entry.versions[0].body.split()
        assert item.published_at == entry.at
