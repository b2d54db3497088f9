from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from text import Masker, MaskKind, mask


@pytest.mark.parametrize(
    ("raw", "masked"),
    [
        ("gọi 0900 000 001 nha", "gọi [PHONE:1] nha"),
        ("sđt +84 900.000.001", "sđt [PHONE:1]"),
        ("STK: 0123456789 ngân hàng A", "STK: [BANK:1] ngân hàng A"),
        ("CCCD 052000000001", "CCCD [ID:1]"),
        ("thư a.b@mail.example", "thư [EMAIL:1]"),
        ("@ba.tam nói đúng", "[HANDLE:1] nói đúng"),
        ("xem facebook.com/nguoi.dung.1 đi", "xem facebook.com/[HANDLE:1] đi"),
        ("xe 77C-123.45 chạy ẩu", "xe 77C-[PLATE:1] chạy ẩu"),
        ("em ở số nhà 12/3 đường Trần Phú", "em ở số nhà [ADDRESS:1] đường Trần Phú"),
        ("nhờ anh Nguyễn Văn Thử giúp", "nhờ anh [PERSON:1] giúp"),
        ("bà con Tuy Phước, thầy cô Vĩnh Sơn", "bà con Tuy Phước, thầy cô Vĩnh Sơn"),
        ("Nguyễn Thị Mẫu A, CCCD 052000000001", "[PERSON:1], CCCD [ID:1]"),
        ("tài khoản Zalo 0900 000 909", "tài khoản Zalo [PHONE:1]"),
    ],
)
def test_what_identifies_a_resident_is_masked_and_nothing_else(raw: str, masked: str) -> None:
    assert mask(raw, social=True).text == masked


@pytest.mark.parametrize(
    "raw",
    [
        "ông Trần Văn Mẫu, Chủ tịch UBND xã, nói",
        "Chủ tịch UBND xã, ông Trần Văn Mẫu, nói",
        "đường dây nóng 0256 3000 001",
        "gọi 113, 112 hoặc 18008108",
        "thiệt hại 1.234.567.890 đồng ngày 20/11/2026",
        "hộp thư vanphong@gialai.gov.vn",
        "https://dien-luc-hotro.example/0900000001",
    ],
)
def test_press_keeps_what_is_published_for_duty(raw: str) -> None:
    assert mask(raw, social=False).text == raw


def test_one_numbering_over_the_parts_of_an_item() -> None:
    masker = Masker(social=True)
    title, body = masker.mask("gọi 0900000001"), masker.mask("0900000001 hay 0900000002")
    assert (title, body) == ("gọi [PHONE:1]", "[PHONE:1] hay [PHONE:2]")
    assert [(span.kind, span.number, span.value) for span in masker.sealed] == [
        (MaskKind.PHONE, 1, "0900000001"),
        (MaskKind.PHONE, 2, "0900000002"),
    ]


@given(
    st.lists(
        st.sampled_from(
            ["0900000001", "STK 0123456789", "@ai.do", "anh Lê Văn Thử", "nước ngập", "12/3 đường X", "\n", " "]
        )
    )
)
def test_masking_a_masked_text_changes_nothing(pieces: list[str]) -> None:
    once = mask(" ".join(pieces), social=True).text
    assert mask(once, social=True).text == once


@given(st.from_regex(r"0[35789][0-9]{8}", fullmatch=True))
def test_no_mobile_number_survives(number: str) -> None:
    assert number not in mask(f"liên hệ {number} gấp", social=True).text
