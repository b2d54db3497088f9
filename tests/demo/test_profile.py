"""The demo's profile and import files are sound, and reach the invented hosts only."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

import provinces
from crawlers import assisted
from crawlers.errors import SecrecyMark
from demo import inbox
from demo.content import LAST, VIETNAM, load
from demo.profile import FOLDER
from demo.server import DemoServer, series_path
from provinces.types import Access
from records.clock import VirtualClock

WORLD = load()


def test_the_profile_is_gia_lai_with_invented_sources_people_and_recipients() -> None:
    assert provinces.check(FOLDER) == []
    province = provinces.load(FOLDER)
    assert (province.key, province.report_area.name) == ("gia-lai", "địa bàn Bình Định")
    assert all(source.source_id.startswith("demo.") for source in province.sources)
    assert all(recipient.address.endswith(".example") for recipient in province.recipients)
    assert all(entry.address.endswith(".example") for entry in province.roster)
    assert {entry.duty for entry in province.roster} == {"desk", "approver", "cyber", "civil_defence"}


def test_every_source_is_served_and_every_site_is_a_source() -> None:
    province = provinces.load(FOLDER)
    assert {source.outlet for source in province.sources} == set(WORLD.sites)
    with DemoServer(VirtualClock(LAST)) as server:
        for source in province.sources:
            site = WORLD.sites[source.outlet]
            assert (source.access.value, source.kind.value) == (site.access, site.kind)
            if source.access is Access.IMPORT:
                continue
            parts = urlsplit(source.url)
            assert parts.netloc == site.host
            if source.outlet != "cuabien":
                target = f"{parts.path}?{parts.query}" if parts.query else parts.path
                assert server.sites.answer(site.host, target, conditional=True).status == 200, source.source_id


def test_every_bulletin_series_is_a_source() -> None:
    province = provinces.load(FOLDER)
    series = {entry.bulletin for entry in WORLD.entries if entry.bulletin}
    assert {source.options["bulletin"] for source in province.sources if "bulletin" in source.options} == series
    weather = {urlsplit(source.url).path for source in province.sources if source.outlet == "khituong"}
    assert weather == {series_path(entry.bulletin) for entry in WORLD.of("khituong")}


def test_import_files_hold_what_was_seen_by_then(tmp_path: Path) -> None:
    early = inbox.write(WORLD, tmp_path / "early", datetime(2026, 11, 18, 12, tzinfo=VIETNAM))
    late = inbox.write(WORLD, tmp_path / "late", LAST)
    assert [file.suffix for file in late] == [".csv", ".ndjson", ".ndjson", ".ndjson"]
    assert len(early) == 2
    source = next(source for source in provinces.load(FOLDER).sources if source.access is Access.IMPORT)
    assert all(file.name.startswith(source.source_id) for file in late)
    taken, refused = 0, []
    for file in late:
        for line, fields in assisted.rows(file.read_bytes(), file.name):
            try:
                capture = assisted.imported(fields, source, LAST, f"{file.name}:{line}")
            except SecrecyMark:
                refused.append(fields["id"])
                continue
            taken += 1
            assert capture.added_by == inbox.DESK
            assert "0900" not in capture.body and "00009900" not in capture.body
    assert refused == [entry.key for entry in WORLD.entries if entry.refused == "secrecy_mark"]
    assert taken == len(WORLD.of("nhaptay")) - len(refused)


def test_imported_rows_keep_reach_and_time(tmp_path: Path) -> None:
    files = inbox.write(WORLD, tmp_path, LAST)
    rows = [json.loads(line) for line in files[-2].read_text(encoding="utf-8").splitlines()]
    rumour = next(row for row in rows if row["id"] == "np-tin-don-1")
    assert (rumour["views"], rumour["published"], rumour["seen"]) == (
        "64000",
        "2026-11-19T19:35+07:00",
        "2026-11-19T20:00+07:00",
    )
