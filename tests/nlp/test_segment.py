"""Word spans: both segmenters give spans of the text they were handed."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlp.segment import SEGMENTERS, accurate, fast, lexicon


def words(text: str, spans: list[tuple[int, int]]) -> list[str]:
    return [text[start:end] for start, end in spans]


def test_longest_words_win() -> None:
    text = "Ủy ban nhân dân xã hỗ trợ nông dân sau bão"
    found = words(text, fast(text))
    assert "hỗ trợ" in found
    assert "nông dân" in found
    assert "xã" in found
    assert "sau" in found


def test_a_word_does_not_cross_punctuation() -> None:
    text = "hỗ, trợ"
    assert words(text, fast(text)) == ["hỗ", "trợ"]


@pytest.mark.parametrize("name", sorted(SEGMENTERS))
def test_spans_cover_every_syllable_once(name: str) -> None:
    text = "Sáng 20/11, người dân phường Quy Nhơn Nam phản ánh đường hư hỏng nặng."
    spans = SEGMENTERS[name](text)
    assert all(a[1] <= b[0] for a, b in itertools.pairwise(spans))
    assert "".join(words(text, spans)).replace(" ", "").startswith("Sáng20")
    assert "phản ánh" in words(text, spans)


def test_the_two_agree_on_most_words_of_plain_news() -> None:
    text = "Chính quyền địa phương đã hỗ trợ người dân vùng lũ khắc phục hậu quả và sửa chữa nhà cửa sau thiên tai"
    quick, slow = set(fast(text)), set(accurate(text))
    assert len(quick & slow) >= 0.7 * len(slow)


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=200))
def test_any_text_is_segmented(text: str) -> None:
    spans = fast(text)
    assert all(0 <= start < end <= len(text) for start, end in spans)


def test_the_lexicon_holds_words_of_two_syllables_and_more() -> None:
    assert len(lexicon()) > 3000
    assert all(2 <= len(word.split()) <= 4 and word == word.lower() for word in lexicon())
