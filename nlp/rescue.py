# ruff: noqa: E501 - one cue a line: a broken pattern is harder to read than a long one
"""Calls for rescue (kêu cứu): a flag beside the lanes, recall before precision (``domain.md`` §5.1)."""

from __future__ import annotations

from nlp.rules import Rule
from nlp.view import View
from records.types import Rescue, Span

CRY = Rule(
    "cry",
    r"cứu (với|giúp|em|tôi|mẹ|ba|nhà|gia đình|mấy|cả|dùm|giùm)|cầu cứu|kêu cứu|\bsos\b|help|giúp (với|gia đình|em với|tôi với|cả nhà)|cứu hộ (giúp|ở|tại|với|gấp)|làm ơn.{0,20}(giúp|cứu)"
    r"|(nhờ|xin|cần).{0,25}(đội cứu hộ|cứu hộ|ca ?nô|thuyền|xuồng|ghe|bộ đội|áo phao|trực thăng|máy xúc|cứu nạn|di dời|sơ tán|y tế vào)|(cần|cứu|nhờ).{0,12}khẩn cấp|cần gấp|cứu nạn gấp|gọi 11[2345] không"
    r"|ai (có|ở gần).{0,30}(thuyền|ghe|xuồng|ca ?nô).{0,40}(giúp|cứu|vào|chở|qua)",
)
DANGER = Rule(
    "danger",
    r"(kẹt|mắc kẹt|bám|leo|đứng|ngồi|đang ở|sống) .{0,25}(mái|nóc|gác|cây|bàn|trong nhà|xe|trên lầu)|trên (mái|nóc)|(tới|đến|ngập|quá) (mái|nóc|cổ|ngực|đầu người|cổ cầu thang)|nước (dâng|lên|xiết|chảy xiết)|bị cô lập"
    r"|không ra được|không thoát|trôi dạt|bị vùi|vùi (nhà|lấp)|còn người|(sắp|đang) (sinh|đẻ)|khó thở|sốt cao|co giật|thiếu oxy|chưa có gì ăn|không có (gạo|ghe|thuyền|xuồng|nước uống|gì ăn)|không liên lạc được|ngập (hết|sâu|rồi|tới|nhà|đến)"
    r"|mắc kẹt|\d+ (hộ|người|cháu|trẻ|bệnh nhân).{0,40}(mái|nóc|kẹt|cô lập|cần|chưa)|sóng to|hỏng máy|liệt giường|sắp hết pin",
)
NEEDS = (
    ("boat", Rule("boat", r"thuyền|xuồng|ghe\b|ca ?nô|áo phao|trực thăng|tàu cứu|cứu nạn")),
    ("food", Rule("food", r"gạo|mì (gói|tôm)|nước uống|lương thực|đồ ăn|thức ăn|sữa|chưa có gì ăn|đói")),
    ("medical", Rule("medical", r"cấp cứu|y tế|thuốc|oxy|bệnh nhân|(sắp|đang) (sinh|đẻ)|khó thở|sốt cao|co giật|bị thương|đi viện|bác sĩ")),
    ("evacuation", Rule("evacuation", r"sơ tán|di dời|đưa (đi|ra)|kẹt|mắc kẹt|bám|trên (mái|nóc)|cô lập|liệt giường|vùi")),
)  # fmt: skip
NOT_NOW = Rule(
    "not-now",
    r"đã (được )?(cứu|đưa|giải cứu|tiếp cận|liên lạc)|(cứu|đưa) được \d|ủng hộ|quyên góp|kêu gọi|diễn tập|trận lụt năm|hôm qua đội|bình an|an toàn cả|nhớ (lại )?(trận|hồi)|phim|cứu trợ (về|đã)|tri ân|nước rút rồi|cảm ơn",
)


RUMOUR = frozenset({"hearsay", "spread", "secrecy"})
HERE = Rule(
    "here",
    r"(nhà|gia đình|xóm|mẹ|vợ|ba|má) (em|tôi|tui|mình|con|cháu|ngoại|nội|bà|ông|chú|cô|dì)|\d+ (người|hộ|cháu|đứa|trẻ)|\bsos\b|cứu (với|giúp)|(xin|cần) (gấp )?(xuồng|thuyền|ca ?nô|ghe)|\[phone:",
)
"""Somebody in one place, as a call for rescue names them and a rumour does not."""


def rescue(view: View) -> Rescue | None:
    """Return the call for rescue in a social text, or None. ``place_code`` is filled in by ``assess``.

    A cry with a danger is a call; either alone is one only when strong. Reports of a rescue, fund-raising and memories are not.
    """
    cry, danger = CRY.find(view), DANGER.find(view)
    needs = [(name, match) for name, rule in NEEDS if (match := rule.find(view))]
    score = 0.5 * bool(cry) + 0.35 * bool(danger) + 0.1 * min(2, len(needs)) + 0.1 * ("[PHONE:" in view.text)
    if NOT_NOW.find(view):
        score -= 0.45
    # A warning passed on ("nghe nói … ngập tới mái") is a rumour; a call speaks of people in one place.
    if RUMOUR & view.cues.keys() and not HERE.find(view):
        score -= 0.5
    if score < 0.6:
        return None
    spans = [Span(start=m.start(), end=m.end(), reason=reason) for reason, m in (("cry", cry), ("danger", danger)) if m]
    spans += [Span(start=match.start(), end=match.end(), reason=name) for name, match in needs]
    return Rescue(
        score=round(min(1.0, score), 2),
        need=tuple(name for name, _ in needs) or ("other",),
        place_code=None,
        spans=tuple(spans),
    )
