from datetime import date
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator

import provinces
from provinces.types import Access, SourceKind

NOW = date(2026, 11, 20)
PROFILES = ("gia-lai", "an-giang", "thai-nguyen")


@pytest.mark.parametrize("key", PROFILES)
def test_the_feeds_of_the_replay_archive_are_read(key: str, shared: Path) -> None:
    with (shared / "data/replay/feeds-2025-11-03_06.warc.gz").open("rb") as stream:
        archived = {record.rec_headers.get_header("WARC-Target-URI") for record in ArchiveIterator(stream)}
    sources = provinces.load(key).sources_on(date(2025, 11, 4))
    assert len(archived) == 3
    assert archived <= {source.url for source in sources if source.access is Access.FEED}


@pytest.mark.parametrize("key", provinces.available())
def test_guessed_addresses_are_off_unless_nothing_else_is_known(key: str) -> None:
    province = provinces.load(key)
    for source in province.sources:
        if source.status in ("unverified", "slug", "broken", "template") and not source.kill:
            assert "switched yes:" in source.evidence, source.source_id
        assert source.evidence and source.status


@pytest.mark.parametrize("key", PROFILES)
def test_each_desk_reads_its_own_paper_and_the_national_press(key: str) -> None:
    sources = provinces.load(key).sources_on(NOW)
    assert any(source.kind is SourceKind.PRESS_IN for source in sources)
    assert len({source.outlet for source in sources if source.kind is SourceKind.PRESS_OUT}) >= 20
    assert {SourceKind.OFFICIAL, SourceKind.SOCIAL} <= {source.kind for source in sources}


def test_merged_papers_end_with_their_province() -> None:
    province = provinces.load("gia-lai")
    assert province.source("baobinhdinh.home").valid_to == date(2025, 6, 30)
    assert "baobinhdinh" not in {source.outlet for source in province.sources_on(NOW)}
    old = provinces.load("binh-dinh-2022").sources_on(date(2022, 11, 8))
    assert "baobinhdinh" in {source.outlet for source in old}


def test_papers_of_one_publisher_are_one_family() -> None:
    province = provinces.load("gia-lai")
    families = {source.outlet: source.family for source in province.sources}
    assert families["vietnamplus"] == families["baotintuc"] == "ttxvn"
    assert families["vnexpress"] != families["tuoitre"]


def test_social_and_official_pages_nobody_has_checked_are_off() -> None:
    for source in provinces.load("gia-lai").sources:
        if source.kind in (SourceKind.SOCIAL, SourceKind.OFFICIAL) and source.access is not Access.IMPORT:
            assert source.kill, source.source_id


def test_a_source_is_found_by_id() -> None:
    province = provinces.load("gia-lai")
    assert province.source("vnexpress.tin-moi-nhat").url == "https://vnexpress.net/rss/tin-moi-nhat.rss"
    with pytest.raises(provinces.UnknownCode):
        province.source("nobody")
