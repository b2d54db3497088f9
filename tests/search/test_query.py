from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.query import All, Any, Keyword, Not, QueryError, Synonyms, Words, parse


def test_words_are_anded_and_choose_their_field() -> None:
    assert parse("ngập quy") == All((Words(("ngập",), exact=True), Words(("quy",), exact=False)))


def test_phrases_groups_alternatives_and_exclusions() -> None:
    assert parse('"xả lũ" OR (ngập -bong)') == Any(
        (
            Words(("xả", "lũ"), exact=True),
            All((Words(("ngập",), exact=True), Not(Words(("bong",), exact=False)))),
        )
    )


def test_keyword_fields_take_quoted_values() -> None:
    assert parse('lane:feedback place:"a b"') == All((Keyword("lane", "feedback"), Keyword("place", "a b")))


def test_synonyms_are_alternatives_to_what_was_typed() -> None:
    known: Synonyms = {("tp", "hcm"): (("thanh", "pho", "ho", "chi", "minh"),)}
    assert parse("TP HCM", known) == Any(
        (Words(("tp", "hcm"), exact=False), Words(("thanh", "pho", "ho", "chi", "minh"), exact=False))
    )


def test_i_and_y_are_one() -> None:
    assert parse('"Qui Nhơn"') == parse('"Quy Nhơn"')


@pytest.mark.parametrize("raw", ['"', "(", ")", "-", "OR", "author:x", '""', "a " * 65, "(a"])
def test_a_bad_query_is_refused_in_vietnamese(raw: str) -> None:
    with pytest.raises(QueryError, match=r"[ạảấầậếềệịọốồộớờợụứừựỳàáâăđêôơư]"):
        parse(raw)


def test_there_is_no_field_for_people() -> None:
    for name in ("author", "poster", "user", "handle", "person"):
        with pytest.raises(QueryError):
            parse(f"{name}:ai")


@given(st.text(max_size=80))
def test_no_input_breaks_the_parser(raw: str) -> None:
    with contextlib.suppress(QueryError):
        parse(raw)
