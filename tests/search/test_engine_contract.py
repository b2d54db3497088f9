"""The contract of the search port, for every engine."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from search.embedded import EmbeddedEngine
from search.port import IndexDoc, Query, SearchEngine, SearchError, Sort
from search.query import QueryError, parse


@pytest.fixture(params=["embedded"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SearchEngine]:
    made = EmbeddedEngine(tmp_path, "Asia/Ho_Chi_Minh")
    yield made
    made.close()


def doc(number: int, title: str, body: str = "", *, revision: int = 1, hour: int = 1, **keywords: str) -> IndexDoc:
    return IndexDoc(
        doc_id=f"item:{number}",
        revision=revision,
        title=title,
        lead="",
        body=body,
        url=f"https://bao.example/{number}",
        published=datetime(2026, 11, 18 + hour // 24, hour % 24, tzinfo=UTC),
        collected=datetime(2026, 11, 20, tzinfo=UTC),
        keywords={name: (value,) for name, value in keywords.items()},
    )


def found(engine: SearchEngine, raw: str) -> set[str]:
    return {hit.doc_id.removeprefix("item:") for hit in engine.search(Query(text=parse(raw))).hits}


@pytest.fixture
def filled(engine: SearchEngine) -> SearchEngine:
    engine.upsert(
        [
            doc(
                1, "Đường ngập ở Quy Nhơn", "Nước dâng cao, hồ xả lũ trong đêm.", hour=1, lane="feedback", place="21583"
            ),
            doc(2, "Hòa nhạc mừng 20/11", "Học sinh hát ở đường Điện Biên Phủ.", hour=20, lane="good"),
            doc(3, unicodedata.normalize("NFD", "Thuỷ điện xả lũ"), "Qui Nhơn an toàn.", hour=30, lane="neutral"),
            doc(4, "Thắng đậm", "Đội bóng Quy Nhơn thắng trận.", hour=40, lane="neutral"),
        ]
    )
    engine.commit()
    return engine


def test_without_diacritics_everything_folds(filled: SearchEngine) -> None:
    assert found(filled, "duong") == {"1", "2"}
    assert found(filled, "dien bien phu") == {"2"}
    assert found(filled, "quy nhon") == found(filled, "qui nhon") == {"1", "3", "4"}


def test_with_diacritics_only_the_same_word(filled: SearchEngine) -> None:
    assert found(filled, "đường") == {"1", "2"}
    assert found(filled, "thắng") == {"4"}
    assert found(filled, "thang") == {"4"}
    assert found(filled, "thăng") == set()


def test_tone_placement_and_nfd_make_no_difference(filled: SearchEngine) -> None:
    assert found(filled, "hoà") == found(filled, "hòa") == {"2"}
    assert found(filled, "thủy") == found(filled, unicodedata.normalize("NFD", "thuỷ")) == {"3"}


def test_phrases_keep_order(filled: SearchEngine) -> None:
    assert found(filled, '"xả lũ"') == {"1", "3"}
    assert found(filled, '"lũ xả"') == set()


def test_exclusion_alternatives_and_fields(filled: SearchEngine) -> None:
    assert found(filled, "quy nhon -bong") == {"1", "3"}
    assert found(filled, "-bong") == {"1", "2", "3"}
    assert found(filled, "nhac OR tran") == {"2", "4"}
    assert found(filled, "lane:neutral nhon") == {"3", "4"}


def test_filters_facets_and_local_days(filled: SearchEngine) -> None:
    results = filled.search(
        Query(filters={"lane": ("neutral", "good")}, facets=("lane", "place"), histogram=True, sort=Sort.NEWEST)
    )
    assert [hit.doc_id for hit in results.hits] == ["item:4", "item:3", "item:2"]
    assert dict(results.facets["lane"]) == {"neutral": 2, "good": 1}
    assert results.facets["place"] == ()
    # 20:00 UTC on the 18th is the 19th in Vietnam.
    assert dict(results.histogram) == {date(2026, 11, 19): 3}


def test_date_range_is_local_and_inclusive(filled: SearchEngine) -> None:
    day = filled.search(Query(after=date(2026, 11, 18), before=date(2026, 11, 18)))
    assert {hit.doc_id for hit in day.hits} == {"item:1"}


def test_paging_covers_all_once(filled: SearchEngine) -> None:
    pages = [filled.search(Query(sort=Sort.NEWEST, page=page, size=3)) for page in (1, 2)]
    assert [hit.doc_id for page in pages for hit in page.hits] == ["item:4", "item:3", "item:2", "item:1"]
    assert {page.total for page in pages} == {4}


def test_marks_point_at_the_matches(filled: SearchEngine) -> None:
    (hit,) = filled.search(Query(text=parse("nuoc dang"))).hits
    assert [hit.snippet[start:end] for start, end in hit.marks] == ["Nước", "dâng"]


def test_a_newer_revision_replaces_and_an_older_one_is_stale(filled: SearchEngine) -> None:
    assert filled.upsert([doc(1, "Nước rút", revision=3)]) == 0
    filled.commit()
    assert filled.upsert([doc(1, "Đường ngập ở Quy Nhơn", revision=2)]) == 1
    filled.commit()
    assert found(filled, "ngập") == set()
    assert found(filled, "rut") == {"1"}
    assert filled.revisions()["item:1"] == 3


def test_deleted_documents_are_gone(filled: SearchEngine) -> None:
    filled.delete(["item:1", "item:99"])
    filled.commit()
    assert set(filled.revisions()) == {"item:2", "item:3", "item:4"}


@given(raw=st.text(max_size=40))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
def test_no_query_breaks_an_engine(filled: SearchEngine, raw: str) -> None:
    try:
        node = parse(raw)
    except QueryError:
        return
    filled.search(Query(text=node))


def test_a_second_writer_is_told_to_wait(filled: SearchEngine, tmp_path: Path) -> None:
    other = EmbeddedEngine(tmp_path, "Asia/Ho_Chi_Minh")
    with pytest.raises(SearchError, match="another process"):
        other.upsert([doc(9, "x")])


def test_unknown_filters_are_refused(filled: SearchEngine) -> None:
    with pytest.raises(SearchError, match="author"):
        filled.search(Query(filters={"author": ("x",)}))
