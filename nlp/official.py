# ruff: noqa: E501 - one cue a line: a broken pattern is harder to read than a long one
"""Rumours beside the official bulletins in force: a sign that they disagree, never a verdict.

H3 needs a person who compares the two (``domain.md`` §5.2); the rumour's lane stays "chưa kiểm chứng".
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from nlp.rules import Readable, Rule
from nlp.view import view
from records.types import Item

CLAIMS = {
    "release": (
        Rule("claims-release", r"xả (lũ|khẩn|hết|hồ|đập|nước|tràn)|hồ.{0,40}\bxả\b"),
        Rule("no-release", r"không có (lệnh|kế hoạch|chủ trương|chuyện|thông tin).{0,20}xả|không xả|(giữ|duy trì).{0,12}(điều tiết|mực nước|lưu lượng)|giảm (điều tiết|xả|lưu lượng)|không tăng"),
    ),
    "dam": (
        Rule("claims-break", r"(vỡ|nứt|sập) (đập|đê|hồ|kè|cống)|(đập|đê|hồ).{0,30}\b(vỡ|nứt|sập)"),
        Rule("dam-safe", r"(đập|đê|hồ|công trình).{0,60}(an toàn|bình thường|ổn định)|không (có sự cố|bị vỡ|xảy ra vỡ)"),
    ),
    "disease": (
        Rule("claims-disease", r"dịch (tả|bệnh|sởi|sốt)|bùng dịch|nhiễm độc|ngộ độc|bệnh lạ|chết vì|có người chết"),
        Rule("no-disease", r"(chưa|không) (ghi nhận|có|phát hiện|xuất hiện).{0,40}(dịch|ca (bệnh|mắc|tử vong)|tử vong|ngộ độc)"),
    ),
    "flood": (
        Rule("claims-flood", r"siêu bão|lũ (lớn|lịch sử|kép|chồng)|đại hồng thủy|nước (sẽ )?(ngập|dâng).{0,20}(mái|nóc)|sóng thần"),
        Rule("no-flood", r"(xuống|dưới) (mức )?báo động|kết thúc đợt|mưa (giảm|nhỏ)|ít mưa|không có khả năng.{0,30}(bão|lũ|sóng thần)"),
    ),
}  # fmt: skip
"""What rumours of danger claim, and how an official text says otherwise."""


@dataclass(frozen=True, slots=True)
class Statement:
    """What one bulletin denies, and the places it speaks of. ``everywhere``: it speaks for the province."""

    item_id: str
    denied: frozenset[str]
    place_codes: frozenset[str]
    everywhere: bool


def statement(item: Item, place_codes: Iterable[str], everywhere: bool) -> Statement:
    """Read one bulletin."""
    seen = view(item.text, social=False)
    denied = frozenset(topic for topic, (_, denial) in CLAIMS.items() if denial.find(seen))
    return Statement(item.item_id, denied, frozenset(place_codes), everywhere)


def contradicted(seen: Readable, place_codes: Iterable[str], statements: Sequence[Statement]) -> str | None:
    """Return the id of a bulletin in force that says otherwise about the same ground, or None."""
    claimed = {topic for topic, (claim, _) in CLAIMS.items() if claim.find(seen)}
    ground = frozenset(place_codes)
    for one in statements:
        if claimed & one.denied and (one.everywhere or ground & one.place_codes):
            return one.item_id
    return None
