from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

import text

VIETNAMESE = st.text(
    alphabet=st.sampled_from("aăâbcdđeêghiklmnoôơpqrstuưvxyáàảãạấầẩẫậéèẻẽẹóòỏõọúùủũụỳýỷỹỵ ĐÀÒÙ\n.,0123456789")
)


@pytest.mark.parametrize(
    ("written", "normal"),
    [
        ("Hoà, khoẻ, thuỷ, HOÀ", "Hòa, khỏe, thủy, HÒA"),
        ("hòan tòan ngòai lọai", "hoàn toàn ngoài loại"),
        ("quý, quỳ, Quỳnh, thuyền, nguyễn", "quý, quỳ, Quỳnh, thuyền, nguyễn"),
        ("toà án  \r\n\r\n xã", "tòa án\nxã"),
        (unicodedata.normalize("NFD", "Tuy Phước Đông"), "Tuy Phước Đông"),
        ("Quy\u00a0Nhơn\u200b", "Quy Nhơn"),
    ],
)
def test_one_normal_form(written: str, normal: str) -> None:
    assert text.normalize(written) == normal


def test_folding_reaches_the_letter_that_has_no_decomposition() -> None:
    assert text.fold("Đường Điện Biên, Đắk Lắk") == "duong dien bien, dak lak"


def test_match_key_makes_i_and_y_one() -> None:
    assert text.match_key("Qui Nhơn, nước Mĩ, kĩ sư") == text.match_key("Quy Nhơn, nước Mỹ, kỹ sư")


@given(VIETNAMESE)
def test_normal_form_is_stable(raw: str) -> None:
    once = text.normalize(raw)
    assert text.normalize(once) == once


@given(st.text())
def test_folding_keeps_offsets(raw: str) -> None:
    normal = text.normalize(raw)
    assert len(text.fold(normal)) == len(text.match_key(normal)) == len(normal)


@given(VIETNAMESE)
def test_tokens_are_where_they_say(raw: str) -> None:
    assert all(raw[token.start : token.end] == token.text for token in text.words(raw))


def test_sentences_survive_abbreviations_and_decimals() -> None:
    passage = "TP. Quy Nhơn ngập 1.5 m. Người dân ở P. Bình Định chờ nước rút! ThS. Lan nói thêm.\nHết"
    assert [passage[start:end] for start, end in text.sentences(passage)] == [
        "TP. Quy Nhơn ngập 1.5 m.",
        "Người dân ở P. Bình Định chờ nước rút!",
        "ThS. Lan nói thêm.",
        "Hết",
    ]
