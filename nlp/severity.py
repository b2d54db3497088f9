# ruff: noqa: E501 - one cue a line: a broken pattern is harder to read than a long one
"""How grave what a text tells is: S1–S4 of ``domain.md`` §5.4, by rule, with the words that decided.

Need and danger, never reach (reach is the story's) and never tone. Severity on plain news orders the briefing; alerts ring for
harm findings, rumours and calls for rescue alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from nlp import cues
from nlp.rules import Readable, Rule
from records.types import Harm, HarmFinding, HarmLevel, Lane, Rescue, Severity, Span

_NUMBER = r"(\d[\d.,]*|hàng (?:chục )?(?:vạn|nghìn|ngàn|trăm|chục)|một|hai|ba|bốn|năm|sáu|bảy|tám|chín|mười|nhiều)"
_PEOPLE = r"(?:người|dân|em|cháu|học sinh|công nhân|ngư dân|thuyền viên|nạn nhân|trẻ|bé|du khách|hành khách|phụ nữ|đàn ông|nam sinh|nữ sinh|chiến sĩ|cụ|mẹ con|bố con|vợ chồng)"

DEATHS = Rule(
    "deaths",
    rf"(?:{_NUMBER} {_PEOPLE}(?: [^\s,.;:]+){{0,4}}? )?(?:tử vong|thiệt mạng|mất tích|tử nạn|đuối nước|bị giết|chết)\b",
)
NO_DEATH = re.compile(
    r"(?:không|chưa|chẳng|hết)(?: (?!ngăn)[^\s,.;:]+){0,4} $|(?:cá|tôm|heo|lợn|bò|trâu|gà|vịt|gia súc|gia cầm|cây|lúa|vật nuôi|điểm|đoạn|cái|sự|chó) (?:[^\s,.;:]+ )?$"
)
"""What stands before a word for death that tells of none, or of animals and plants."""

CASUALTIES = Rule(
    "casualties",
    rf"{_NUMBER} {_PEOPLE}(?: [^\s,.;:]+){{0,4}}? (?:bị thương|nhập viện|cấp cứu|ngộ độc|mắc bệnh|nhiễm độc)|{_NUMBER} ca (?:mắc|nhiễm|bệnh)",
)
EVACUATION = Rule(
    "evacuation",
    rf"(?:sơ tán|di dời|di tản)(?: [^\s,.;:]+){{0,5}}? {_NUMBER}(?: [^\s,.;:]+)?? (?:người|dân|hộ|nhân khẩu)|{_NUMBER} (?:người|dân|hộ)(?: [^\s,.;:]+){{0,4}}? (?:sơ tán|di dời|đi tránh)",
)
HOMES = Rule(
    "homes",
    rf"{_NUMBER} (?:căn |ngôi |hộ )?(?:nhà|hộ|hộ dân|ki-?ốt|ki ốt)(?: [^\s,.;:]+){{0,3}}? (?:ngập|sập|tốc mái|hư hỏng|cô lập|thiệt hại|cháy|thiêu)|(?:cuốn trôi|sập|tốc mái|ngập|thiêu rụi) {_NUMBER} (?:căn |ngôi )?(?:nhà|ki-?ốt|ki ốt)",
)
COUNTED = ((DEATHS, 3), (CASUALTIES, 10), (EVACUATION, 1_000), (HOMES, 500))
"""Losses with the number from which they concern many (S3); below it they are S2. Our judgement: §5.4 says "many" and "a few"."""

TRAPPED = Rule(
    "trapped",
    r"(?:đang|vẫn|còn)(?: [^\s,.;:]+){0,5}? (?:mắc kẹt|kẹt trên|bị vùi|chờ (?:được )?(?:cứu|giải cứu)|kêu cứu)|(?:giải cứu|tìm cách cứu|khẩn trương cứu)(?: [^\s,.;:]+){0,3} đang (?:mắc )?kẹt",
)
GRAVE_WARNING = Rule(
    "grave-warning",
    r"siêu bão|bão.{0,90}\bcấp 1[2-7]\b|\bcấp 1[2-7]\b.{0,60}bão|giật cấp 1[4-7]\b|(?:trên|vượt|đạt|lên) (?:mức )?(?:báo động|bđ) ?(?:3|ba|iii)\b|lũ (?:lịch sử|đặc biệt lớn|khẩn cấp)|(?:vỡ|nứt|tràn) (?:đập|đê)\b|xả (?:lũ )?(?:khẩn cấp|tối đa)|xả nước tối đa"
    r"|rủi ro thiên tai.{0,20}cấp (?:độ )?[345]\b|sóng thần|kịch bản.{0,30}(?:siêu bão|cao nhất)",
)
WARNING = Rule(
    "warning-of-danger",
    r"(?:cảnh báo|nguy cơ|tin|khả năng|có thể).{0,40}(?:\blũ|mưa (?:lớn|rất to)|sạt lở|ngập|d?g?i?ông lốc|áp thấp|triều cường)|mưa (?:to đến )?(?:rất to|đặc biệt lớn)|\bbão\b.{0,60}(?:đổ bộ|biển đông|mạnh|ảnh hưởng|áp sát|hướng|tiến)|(?:ứng phó|tránh|chống|trước) (?:với )?bão\b|trên báo động [12]\b|nước lũ|lũ quét",
)
LOSS = Rule(
    "loss",
    r"(?:cháy|bốc cháy|hỏa hoạn|vụ nổ|phát nổ)(?= |\b)(?: (?:chợ|nhà|rừng|xưởng|kho|quán|tàu|xe|lớn|rụi|ngùn))|hỏa hoạn|vụ cháy|tai nạn|lật (?:xe|tàu|thuyền|ghe)|chìm (?:tàu|thuyền|ghe)|sập (?:nhà|cầu|giàn|công trình|tường)|sạt lở|bị cô lập|chia cắt|mất trắng|vùi lấp|ổ dịch|bùng phát dịch|công bố dịch|ngộ độc"
    r"|lừa đảo|chiếm đoạt|mạo danh|giả danh|trộm|cướp|cho vay nặng lãi|bị (?:ngập|nước bao)|nhà ngập|hư hỏng",
)
CHILD_HURT = Rule(
    "child-hurt",
    r"(?:bạo hành|xâm hại|hành hạ|dâm ô|hiếp dâm|bắt cóc|đánh đập)(?: [^\s,.;:]+){0,4}? (?:trẻ|bé|học sinh|nữ sinh|cháu|mầm non)",
)
OVER = Rule(
    "over",
    r"tin cuối cùng|bản tin cuối|kết thúc đợt|(?:xuống|dưới) (?:mức )?báo động|suy yếu (?:thành|dần)|đã tan\b|diễn tập|không có (?:lệnh|kế hoạch|chuyện)|chưa có lệnh|bác (?:tin|thông tin)|tin đồn|thực hư|giữ mực nước|giảm điều tiết|mưa giảm|ít mưa",
)
"""What ends or denies a warning: bulletins that close a series, drills, denials."""

LIFE = Rule(
    "life",
    r"chết|tử vong|tai nạn|điện giật|sập|cấp cứu|trẻ (em|nhỏ)|học sinh|mầm non|cháu bé|ung thư|nhiễm độc|ngộ độc|cháy|lũ|sạt lở|lở (thêm|tới|đất)|cô lập|đói|bệnh|gãy (tay|chân)|trượt té|nguy hiểm|cắn",
)
MANY = Rule(
    "many",
    r"cả (xóm|thôn|xã|phường|làng|khu|trường|tỉnh)|hàng (trăm|chục|ngàn)|nhiều (hộ|người|nhà)|bà con|\d{2,} (hộ|người|cháu)",
)
GRAVE_RUMOUR = Rule(
    "grave-rumour",
    r"vỡ (đập|đê|hồ)|xả (lũ|khẩn)|bắt cóc|nhiễm độc|sóng thần|động đất|cuốn trôi|chết|tử vong|phong tỏa|giới nghiêm|rút tiền|phá sản|nổ\b|sập|dịch",
)
DANGER = Rule(
    "danger",
    r"nước (dâng|lên|tràn|xiết)|ngập (tới|đến|sâu|hết|nặng)|trên (mái|nóc)|cô lập|sạt lở|bay \d+ (triệu|tr)|mất (hơn )?\d+ (triệu|tr)|nước lũ|lũ quét",
)
"""What an eyewitness or a victim tells: a possible loss to a few."""

_WORDS = {
    word: count for count, word in enumerate(("một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín", "mười"), 1)
} | {"nhiều": 10}
_SCALES = (("vạn", 10_000), ("nghìn", 1_000), ("ngàn", 1_000), ("trăm", 100), ("chục", 10))
_TOLD = frozenset({Lane.NEUTRAL, Lane.FEEDBACK, Lane.UNVERIFIED})


def count(words: str) -> int:
    """Return the number that words give ("128.000", "hàng nghìn", "ba"); "nhiều" counts ten, 1 where none is named."""
    if words[:1].isdigit():
        return int(re.sub(r"\D", "", words) or 0)
    if words.startswith("hàng"):
        return next(scale for name, scale in _SCALES if name in words) * (10 if "chục " in words else 1)
    return _WORDS.get(words, 1)


def _span(match: re.Match[str], reason: str) -> Span:
    return Span(start=match.start(), end=match.end(), reason=reason)


def _dangers(view: Readable) -> Iterator[tuple[Severity, Span]]:
    """Yield what news tells of: losses by number, dangers by kind."""
    if (match := TRAPPED.find(view)) is not None:
        yield Severity.S4, _span(match, TRAPPED.name)
    for rule, many in COUNTED:
        for match in rule.all(view):
            if rule is DEATHS and NO_DEATH.search(view.lower[: match.start()][-40:]):
                continue
            number = next((value for value in match.groups() if value), "")
            yield (Severity.S3 if count(number) >= many else Severity.S2), _span(match, rule.name)
            break
    over = OVER.find(view) is not None
    for level, rule in ((Severity.S3, GRAVE_WARNING), (Severity.S2, WARNING)):
        if not over and (match := rule.find(view)) is not None:
            yield level, _span(match, rule.name)
    for level, rule in ((Severity.S3, CHILD_HURT), (Severity.S2, LOSS)):
        if (match := rule.find(view)) is not None:
            yield level, _span(match, rule.name)


def _harm(finding: HarmFinding, view: Readable) -> Severity:
    if finding.harm is Harm.CHILD_ABUSE or (finding.harm is Harm.VIOLENCE and finding.imminent):
        return Severity.S4
    if finding.harm is Harm.HATE or finding.level is HarmLevel.SUGGEST:
        return Severity.S2
    if finding.harm is Harm.LEAKED_DATA and not cues.DATA_SALE.find(view):
        return Severity.S2
    return Severity.S3


def severity(
    view: Readable, lane: Lane, harms: Sequence[HarmFinding], rescue: Rescue | None, *, social: bool
) -> tuple[Severity, tuple[Span, ...]]:
    """Return S1–S4 and the words behind it (S1 has none).

    Harm and calls for rescue as §5.4 has them. A rumour is S3 where acting on it could cost lives, else S2. A post that complains
    is S2 where health or safety is named, S3 where many are concerned; an eyewitness's S2. News: S4 only while people are trapped;
    S3 for losses of many (:data:`COUNTED`), warnings of the upper levels and children hurt; S2 for other losses and warnings.
    """
    found = [(_harm(finding, view), finding.spans[:1]) for finding in harms]
    if rescue is not None:
        found.append((Severity.S4, rescue.spans[:1]))
    if social and lane is Lane.UNVERIFIED:
        grave = GRAVE_RUMOUR.find(view)
        found.append((Severity.S3, (_span(grave, GRAVE_RUMOUR.name),)) if grave else (Severity.S2, ()))
    elif social and lane is Lane.FEEDBACK:
        if (life := LIFE.find(view)) is not None:
            found.append((Severity.S3 if MANY.find(view) else Severity.S2, (_span(life, LIFE.name),)))
    elif social and lane is Lane.NEUTRAL:
        if (danger := DANGER.find(view)) is not None:
            found.append((Severity.S2, (_span(danger, DANGER.name),)))
    elif not social and lane in _TOLD:
        found += [(level, (span,)) for level, span in _dangers(view)]
        if lane is Lane.FEEDBACK and (life := LIFE.find(view)) is not None:
            found.append((Severity.S2, (_span(life, LIFE.name),)))
    level = max((level for level, _ in found), default=Severity.S1)
    return level, tuple(span for one, spans in found if one is level for span in spans)
