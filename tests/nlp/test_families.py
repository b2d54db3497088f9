"""Copies and light edits are one family; the same event in other words is not."""

from __future__ import annotations

import random

from nlp.families import FamilyIndex
from nlp.stories_signature import Text, pack, sign, unpack

AGENCY = (
    "Sáng nay, lực lượng chức năng của xã đã đưa hơn bốn mươi hộ dân sống ven sông đến nơi an toàn trước khi nước lên. "
    "Đại diện chính quyền cho biết lương thực, nước uống và thuốc men đã được chuẩn bị đủ dùng trong năm ngày tới."
)
OTHER = (
    "Trước giờ nước dâng, dân quân dùng xuồng máy chở người già và trẻ nhỏ tới trường học trên đồi. Nhiều gia đình mang theo "
    "gạo và chăn màn; bếp ăn chung đỏ lửa từ chiều."
)


def copies(*bodies: str) -> list[int | None]:
    texts = [Text(str(number), 0.0, f"Tin {number}", "", body) for number, body in enumerate(bodies)]
    return FamilyIndex().add(sign(texts))


def edited(body: str, share: float, seed: int) -> str:
    words = body.split()
    chosen = random.Random(seed)
    return " ".join("mới" if chosen.random() < share else word for word in words)


def test_an_exact_copy_and_a_light_edit_join_the_family() -> None:
    first, copy, edit = copies(AGENCY, AGENCY, AGENCY.replace("hơn bốn mươi", "43"))
    assert first is None
    assert copy == 0
    assert edit in (0, 1)


def test_other_words_on_the_same_event_open_their_own_family() -> None:
    assert copies(AGENCY, OTHER) == [None, None]


def test_nine_in_ten_copies_with_a_twentieth_of_the_words_changed_are_found() -> None:
    found = sum(copies(AGENCY, edited(AGENCY, 0.05, seed))[1] == 0 for seed in range(40))
    assert found >= 36


def test_the_same_long_lead_makes_a_feed_entry_a_copy_of_the_article() -> None:
    texts = [
        Text("a", 0.0, "Di dời dân ven sông", AGENCY[:110], AGENCY + " " + OTHER),
        Text("b", 0.0, "Hơn bốn mươi hộ rời nhà tránh lũ", AGENCY[:110], ""),
    ]
    assert FamilyIndex().add(sign(texts)) == [None, 0]


def test_short_posts_are_nobodys_copy() -> None:
    texts = [Text(str(number), 0.0, "", "", body) for number, body in enumerate(["hóng", "hóng", "", "", "ngập rồi"])]
    assert FamilyIndex().add(sign(texts)) == [None] * 5


def test_a_forgotten_text_is_not_found_again() -> None:
    index = FamilyIndex()
    signatures = sign([Text(str(number), 0.0, "Tin", "", AGENCY) for number in range(3)])
    index.add(signatures[:1])
    index.forget([0])
    assert index.add(signatures[1:]) == [None, 1]


def test_a_signature_survives_the_records() -> None:
    (signature,) = sign([Text("a", 1_700_000_000.5, "Vòng 12: hai đội hòa", AGENCY, OTHER)])
    again = unpack("a", pack(signature))
    assert again is not None
    assert (again.at, again.exact, again.numbers) == (signature.at, signature.exact, signature.numbers)
    assert (again.terms == signature.terms).all()
    assert (again.weights == signature.weights).all()
    assert (again.minhash == signature.minhash).all()


def test_bytes_of_another_format_are_left_alone() -> None:
    (signature,) = sign([Text("a", 0.0, "Tin", "", AGENCY)])
    blob = pack(signature)
    assert unpack("a", b"") is None
    assert unpack("a", bytes([9]) + blob[1:]) is None
    assert unpack("a", blob[:-1]) is None
