"""Archived traffic through the same spiders, on a clock that jumps."""

from __future__ import annotations

import io
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

import provinces
from crawlers import collect, feeds
from crawlers.errors import BadArchive
from crawlers.replay import Archive
from records.clock import SystemClock, VirtualClock
from records.stage import StageReport
from records.store import Records
from records.types import BodyKind
from tests.crawlers.conftest import entry, page, rss, source

START = datetime(2026, 11, 19, 1, 0, tzinfo=UTC)
FEED_URL = "https://bao.example/rss/home.rss"
PAGE_URL = "https://bao.example/tin-1.html"


def archive(path: Path, *records: tuple[str, timedelta, str], **headers: str) -> Path:
    """Write a WARC of (url, offset from START, body)."""
    with path.open("wb") as stream:
        writer = WARCWriter(stream, gzip=True)
        for url, offset, body in records:
            status = StatusAndHeaders("200 OK", [("Content-Type", "text/html; charset=utf-8")], protocol="HTTP/1.1")
            writer.write_record(
                writer.create_warc_record(
                    url,
                    "response",
                    payload=io.BytesIO(body.encode()),
                    http_headers=status,
                    warc_headers_dict={"WARC-Date": (START + offset).strftime("%Y-%m-%dT%H:%M:%SZ")},
                )
            )
    return path


def replay(records: Records, path: Path, until: timedelta, **more: object) -> tuple[StageReport, VirtualClock]:
    clock = VirtualClock(datetime(2000, 1, 1, tzinfo=UTC))
    report = collect.run(
        records,
        provinces.load("gia-lai"),
        clock,
        sources=[source(FEED_URL)],
        replay=path,
        until=START + until,
        **more,  # type: ignore[arg-type]
    )
    return report, clock


def hours(number: float) -> timedelta:
    return timedelta(hours=number)


def test_the_newest_record_not_later_than_now_answers(tmp_path: Path) -> None:
    path = archive(tmp_path / "a.warc.gz", (PAGE_URL, hours(0), "một"), (PAGE_URL, hours(2), "hai"))
    found = Archive(path)
    assert (found.first, found.last) == (START, START + hours(2))
    assert found.at(PAGE_URL, START - hours(1)) is None
    assert found.at("https://bao.example/khac", START + hours(9)) is None
    bodies = [found.at(PAGE_URL, START + hours(h)) for h in (0, 1.9, 2, 99)]
    assert [answer.body.decode() if answer else None for answer in bodies] == ["một", "một", "hai", "hai"]
    assert found.at(PAGE_URL.replace("https", "http"), START) is not None


@pytest.mark.parametrize("content", [b"", b"not a warc", b"\x1f\x8b broken"])
def test_what_is_no_archive_is_refused_by_name(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "b.warc.gz"
    path.write_bytes(content)
    with pytest.raises(BadArchive, match=r"b\.warc\.gz"):
        Archive(path)
    with pytest.raises(BadArchive):
        Archive(tmp_path / "khong-co.warc.gz")


def test_a_replay_needs_a_virtual_clock(tmp_path: Path, records: Records) -> None:
    path = archive(tmp_path / "a.warc.gz", (FEED_URL, hours(0), rss(entry(1))))
    with pytest.raises(ValueError, match="VirtualClock"):
        collect.run(records, provinces.load("gia-lai"), SystemClock(), sources=[], replay=path)


def test_time_is_virtual_articles_appear_and_misses_are_recorded_once(tmp_path: Path, records: Records) -> None:
    path = archive(
        tmp_path / "a.warc.gz",
        (FEED_URL, hours(0), rss(entry(2))),
        (FEED_URL, hours(5), rss(entry(1), entry(2))),
        (PAGE_URL, hours(5), page(entry(1)["title"])),
    )
    report, clock = replay(records, path, hours(9))
    with records.read() as tx:
        items = {item.url: item for item in tx.items.scan()}
    full, lead = items[PAGE_URL], items["https://bao.example/tin-2.html"]
    assert (full.body_kind, lead.body_kind, lead.flags) == (BodyKind.FULL, BodyKind.LEAD, ("article_missing",))
    assert lead.collected_at == START
    assert START + hours(5) <= full.collected_at <= START + hours(8)
    assert clock.now() == START + hours(9)
    assert (report.counts["miss"], report.counts["new"], report.counts["polls_ok"]) == (1, 2, 2)
    assert report.counts["polls_not_modified"] > 3
    assert (report.started_at, report.ended_at) == (START, START + hours(9))


def test_until_is_polled_even_when_no_poll_was_due(tmp_path: Path, records: Records) -> None:
    path = archive(
        tmp_path / "a.warc.gz", (FEED_URL, hours(0), rss(entry(2))), (FEED_URL, timedelta(minutes=5), rss(entry(1)))
    )
    replay(records, path, timedelta(minutes=6))
    with records.read() as tx:
        assert len(tx.items.scan()) == 2


def test_a_source_that_the_archive_lacks_is_one_miss(tmp_path: Path, records: Records) -> None:
    path = archive(tmp_path / "a.warc.gz", (FEED_URL.replace("rss/home", "rss/khac"), hours(0), rss(entry(2))))
    report, _ = replay(records, path, hours(48))
    assert dict(report.counts) == {"miss": 1, "polls_replay_miss": 1}
    assert report.reasons == {}


def test_a_second_replay_changes_nothing(tmp_path: Path, records: Records) -> None:
    path = archive(
        tmp_path / "a.warc.gz", (FEED_URL, hours(0), rss(entry(1))), (PAGE_URL, hours(0), page(entry(1)["title"]))
    )
    replay(records, path, hours(3))
    report, _ = replay(records, path, hours(3))
    assert report.counts["new"] == report.counts["changed"] == 0


def titles(path: Path, until: datetime) -> Mapping[str, set[str]]:
    """Return every link of the archived feeds up to ``until`` with all titles it had."""
    found: dict[str, set[str]] = {}
    with path.open("rb") as stream:
        for record in ArchiveIterator(stream):
            if datetime.fromisoformat(record.rec_headers.get_header("WARC-Date")) <= until:
                url = record.rec_headers.get_header("WARC-Target-URI")
                for one in feeds.parse(record.content_stream().read(), url).entries:
                    found.setdefault(one.url, set()).add(one.title)
    return found


def test_real_days_lose_no_entry(shared: Path, records: Records) -> None:
    path = shared / "data/replay/feeds-2025-11-03_06.warc.gz"
    until = datetime.fromisoformat("2025-11-06T05:30+07:00")
    clock = VirtualClock(datetime(2025, 11, 1, tzinfo=UTC))
    started = time.monotonic()
    report = collect.run(records, provinces.load("gia-lai"), clock, replay=path, until=until)
    took = time.monotonic() - started
    expected = titles(path, until)
    with records.read() as tx:
        ids = {url: tx.items.find(url) for url in expected}
        items = tx.items.get_many(found for found in ids.values() if found)
    assert [url for url, found in ids.items() if found is None] == []
    assert report.counts["new"] == len(items) > 1800
    assert report.counts["quarantine"] == report.counts["retry"] == 0
    for url, found in ids.items():
        item = items[found or ""]
        assert item.body_kind is BodyKind.LEAD and item.flags == ("article_missing",)
        assert item.published_at is not None and item.published_at <= item.collected_at <= clock.now()
        assert item.evidence is not None
        assert url == item.url or item.version > 1 or item.title in expected[url]
    assert took < 60


def test_real_article_pages_become_full_items(shared: Path, records: Records) -> None:
    path = shared / "data/replay/article-pages.warc.gz"
    pages = Archive(path)
    clock = VirtualClock(pages.last)
    stories = []
    with path.open("rb") as stream:
        stories = [record.rec_headers.get_header("WARC-Target-URI") for record in ArchiveIterator(stream)]
    feed = archive(
        records.folder.root / "feed.warc.gz",
        (FEED_URL, pages.last - START, rss(*({"title": f"Bài {n}", "link": url} for n, url in enumerate(stories)))),
    )
    both = records.folder.root / "both.warc.gz"
    both.write_bytes(path.read_bytes() + feed.read_bytes())
    report = collect.run(records, provinces.load("gia-lai"), clock, sources=[source(FEED_URL)], replay=both)
    with records.read() as tx:
        items = tx.items.scan()
    assert len(items) == len(stories) == 14
    assert {item.body_kind for item in items} == {BodyKind.FULL}
    assert all(len(item.body) > 500 and item.published_at for item in items)
    assert report.counts["miss"] == 0
