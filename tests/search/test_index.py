from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import provinces
from provinces import Province
from records import Records, VirtualClock
from records.types import Assessment, Capture, Channel, Lane, Member, Reach, Severity, Story, Tone
from search import EmbeddedEngine, Query, SearchError, parse, rebuild, reconcile, run, synonyms
from search.port import IndexDoc

NOW = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def province() -> Province:
    return provinces.load("gia-lai")


@pytest.fixture
def records(tmp_path: Path) -> Iterator[Records]:
    with Records.open(tmp_path / "data") as opened:
        yield opened


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[EmbeddedEngine]:
    made = EmbeddedEngine(tmp_path / "search", "Asia/Ho_Chi_Minh")
    yield made
    made.close()


def store(records: Records, number: int, title: str) -> str:
    capture = Capture(
        source_id="s", channel=Channel.PRESS, url=f"https://bao.example/{number}", title=title, body="Nội dung hư cấu."
    )
    with records.begin() as tx:
        stored = tx.items.store(capture, NOW)
        tx.assessments.put(
            Assessment(
                item_id=stored.item_id,
                version=stored.version,
                model_version="m",
                assessed_at=NOW,
                language="vi",
                relevant=True,
                relevance=1.0,
                relevance_reason="",
                lane=Lane.FEEDBACK,
                lane_probability=0.9,
                lane_reasons=(),
                tone=Tone.NEGATIVE,
                tone_probability=0.9,
            )
        )
    return stored.item_id


def ids(engine: EmbeddedEngine, raw: str) -> set[str]:
    return {hit.doc_id for hit in engine.search(Query(text=parse(raw), size=50)).hits}


def test_what_is_stored_becomes_findable_with_its_judgement(
    records: Records, province: Province, engine: EmbeddedEngine
) -> None:
    item = store(records, 1, "Nước ngập đường ven biển")
    report = run(records, province, VirtualClock(NOW), engine)
    assert report.counts["ok"] == 1
    assert ids(engine, "lane:feedback duong ven bien") == {f"item:{item}"}
    assert run(records, province, VirtualClock(NOW), engine).counts["ok"] == 0


def test_an_edited_article_replaces_its_document(records: Records, province: Province, engine: EmbeddedEngine) -> None:
    item = store(records, 1, "Nước ngập đường ven biển")
    run(records, province, VirtualClock(NOW), engine)
    store(records, 1, "Nước đã rút trên đường ven biển")
    run(records, province, VirtualClock(NOW), engine)
    assert ids(engine, "ngập") == set()
    assert ids(engine, '"đã rút"') == {f"item:{item}"}


def test_an_erased_item_leaves_the_index(records: Records, province: Province, engine: EmbeddedEngine) -> None:
    item = store(records, 1, "Nước ngập đường ven biển")
    run(records, province, VirtualClock(NOW), engine)
    with records.begin() as tx:
        tx.items.erase(item, NOW)
    run(records, province, VirtualClock(NOW), engine)
    assert ids(engine, "kind:item") == set()


class Broken(EmbeddedEngine):
    """An engine that is away."""

    def upsert(self, documents: Sequence[IndexDoc]) -> int:
        raise SearchError("away")


def test_nothing_is_lost_while_the_engine_is_away(
    records: Records, province: Province, engine: EmbeddedEngine, tmp_path: Path
) -> None:
    item = store(records, 1, "Nước ngập")
    with pytest.raises(SearchError):
        run(records, province, VirtualClock(NOW), Broken(tmp_path / "broken", "Asia/Ho_Chi_Minh"))
    run(records, province, VirtualClock(NOW), engine)
    assert ids(engine, "ngập") == {f"item:{item}"}


def test_a_dropped_index_is_rebuilt_from_the_records(
    records: Records, province: Province, engine: EmbeddedEngine, tmp_path: Path
) -> None:
    for number in range(30):
        store(records, number, f"Tin số {number}")
    run(records, province, VirtualClock(NOW), engine)
    fresh = EmbeddedEngine(tmp_path / "fresh", "Asia/Ho_Chi_Minh")
    report = rebuild(records, province, VirtualClock(NOW), fresh)
    assert report.counts["ok"] == 30
    assert fresh.revisions() == engine.revisions()
    fresh.close()


def test_reconcile_repairs_every_kind_of_difference(
    records: Records, province: Province, engine: EmbeddedEngine
) -> None:
    missing, stale = store(records, 1, "Tin thiếu"), store(records, 2, "Tin cũ")
    run(records, province, VirtualClock(NOW), engine)
    engine.delete([f"item:{missing}"])
    kept = {name: number for name, number in engine.revisions().items() if name == f"item:{stale}"}
    left_over = IndexDoc(
        doc_id="item:gone", revision=1, title="Tin thừa", lead="", body="", url=None, published=NOW, collected=NOW,
        keywords={"kind": ("item",)},
    )  # fmt: skip
    engine.upsert([left_over])
    engine.commit()
    store(records, 2, "Tin mới")
    report = reconcile(records, province, VirtualClock(NOW), engine)
    assert (report.counts["ok"], report.counts["left_over"]) == (2, 1)
    assert set(engine.revisions()) == {f"item:{missing}", f"item:{stale}"}
    assert engine.revisions()[f"item:{stale}"] > kept[f"item:{stale}"]
    assert reconcile(records, province, VirtualClock(NOW), engine).counts["ok"] == 0


def test_stories_are_documents_of_their_own(records: Records, province: Province, engine: EmbeddedEngine) -> None:
    item = store(records, 1, "Nước ngập")
    story = Story(
        story_id="s1", revision=0, headline="Ngập đường ven biển", lead="", lane=Lane.FEEDBACK, tone=Tone.NEGATIVE,
        severity=Severity.S2, reach=Reach.R1, first_published_at=NOW, last_published_at=NOW + timedelta(hours=1),
        lead_item_id=item, items=1, families=1, outlets=1,
    )  # fmt: skip
    with records.begin() as tx:
        tx.stories.put(story, [Member(item_id=item, story_id="s1", family_id="f1")], now=NOW)
    run(records, province, VirtualClock(NOW), engine)
    assert ids(engine, "kind:story reach:R1") == {"story:s1"}
    with records.begin() as tx:
        tx.stories.put(replace(story, headline="Đường ven biển đã khô"), [], now=NOW)
    run(records, province, VirtualClock(NOW), engine)
    assert ids(engine, "kind:story khô") == {"story:s1"}


def test_abbreviations_of_places_and_agencies_are_known(province: Province) -> None:
    known = synonyms(province)
    assert ("thanh", "pho", "ho", "chi", "minh") in known[("tp", "hcm")]
    assert any(("quy", "nhon") in ways or ("qui", "nhon") in ways for ways in known.values())
