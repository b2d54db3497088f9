# ruff: noqa: E501 - one cue a line: a broken pattern is harder to read than a long one
"""Small judgements beside lane and tone: reliability signals and kind of feedback. Features that help a person, no verdicts."""

from __future__ import annotations

from nlp.rules import Readable, Rule
from nlp.view import View
from records.types import FeedbackKind

RELIABILITY = {
    "hearsay": "hearsay",
    "urgent": "urgent",
    "asks_to_spread": "spread",
    "claims_secrecy": "secrecy",
    "alarming": "alarm",
    "names_a_source": "source",
}
"""Signal to the cue that gives it."""
INSTRUCTIONS = Rule(
    "instructions",
    r"ignore (all |your |the )?(previous |prior )?instructions|bỏ qua (mọi |các )?(chỉ dẫn|hướng dẫn|lệnh) (trước|trên)|system prompt|you are now|đóng vai (một )?ai|</s>|<mask>|<pad>",
)

KINDS = (
    (FeedbackKind.CORRUPTION_WASTE, Rule("corruption", r"tham (nhũng|ô|quan|lam)|lãng phí|ăn (chặn|bớt|tiền|tàn)|hối lộ|phong bì|bồi dưỡng mới|rút ruột|lại quả|quyết toán|đắp chiếu|bỏ hoang|tiền chùa|trục lợi|lợi ích nhóm|nhóm lợi ích|biệt phủ|trúng (thầu|suốt)|con ông cháu cha|móc (tiền|túi)|sao kê|thất thoát|sân sau")),
    (FeedbackKind.PROCEDURE, Rule("procedure", r"thủ tục|hồ sơ|một cửa|giấy (tờ|khai sinh|phép|xác nhận)|sổ (đỏ|hồng)|dịch vụ công|công chứng|căn cước|hộ khẩu|khai sinh|tạm trú|hành chính|đăng ký")),
    (FeedbackKind.OFFICIAL_CONDUCT, Rule("conduct", r"(cán bộ|công chức|công an|nhân viên|lãnh đạo|ông|bà|chủ tịch|tổ trưởng|trưởng thôn|bác sĩ|mấy (ông|ổng|chú)).{0,40}(thái độ|quát|gắt|hách|nạt|la mắng|vô trách|làm khó|ban ơn|hứa|lướt|bao che|đùn đẩy|im lặng|hằm hằm|vòi|lạnh nhạt|chửi)|quan liêu|cửa quyền|hạch sách|vô cảm")),
    (FeedbackKind.INFRASTRUCTURE_ENVIRONMENT, Rule("infrastructure", r"đường|cầu\b|cống|ngập|rác|ô nhiễm|mùi|hôi|nước (máy|thải|sạch)|đèn|kè\b|xuống cấp|ổ gà|thi công|công trình|điện\b|cây xanh|vỉa hè|khói|bụi|tiếng ồn|bãi|chợ|sóng điện thoại")),
    (FeedbackKind.POLICY_PROPOSAL, Rule("policy", r"\bnên\b|đề xuất|góp ý|kiến nghị (sửa|bổ sung|giảm|tăng)|luật|nghị định|chính sách|quy định|mức phạt|khung hình phạt|thuế|học phí|chương trình|mong (tỉnh|nhà nước|bộ|sở|trường)")),
)  # fmt: skip


def reliability(view: View) -> tuple[str, ...]:
    """Return the signals of a social text: ``no_source`` beside what is found; () for press."""
    if not view.social:
        return ()
    found = [name for name, cue in RELIABILITY.items() if cue in view.cues]
    if "names_a_source" not in found and not view.links:
        found.append("no_source")
    letters = sum(map(str.isalpha, view.text))
    if letters > 20 and sum(map(str.isupper, view.text)) > 0.5 * letters:
        found.append("capitals")
    if view.plain:
        found.append("no_diacritics")
    if view.text.count("!") >= 3:
        found.append("exclamations")
    found += sorted({f"link_{link.kind}" for link in view.links})
    if INSTRUCTIONS.find(view):
        found.append("instruction_like")
    return tuple(found)


def feedback_kind(view: Readable) -> FeedbackKind:
    """Return the sub-type of a criticism; SERVICE where nothing more precise is named."""
    return next((kind for kind, rule in KINDS if rule.find(view)), FeedbackKind.SERVICE)
