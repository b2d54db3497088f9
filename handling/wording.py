"""What officers and authorities read: labels of ``domain.md`` §6, deadlines and actions in words, links nobody can follow."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from handling.catalogue import catalogue, duties
from provinces import Province
from provinces.errors import UnknownCode
from records.types import CaseState, Harm, Lane, Proposal, Reach, Severity

LANES: Mapping[Lane, str] = {
    Lane.GOOD: "thông tin tích cực",
    Lane.NEUTRAL: "thông tin thời sự",
    Lane.FEEDBACK: "phản ánh, góp ý, phê bình",
    Lane.HARM: "có nguy cơ gây hại",
    Lane.UNVERIFIED: "chưa kiểm chứng",
    Lane.OTHER: "không liên quan",
}
SEVERITIES: Mapping[Severity, str] = {
    Severity.S1: "thấp",
    Severity.S2: "trung bình",
    Severity.S3: "cao",
    Severity.S4: "khẩn cấp",
}
REACHES: Mapping[Reach, str] = {Reach.R0: "hẹp", Reach.R1: "vừa", Reach.R2: "rộng", Reach.R3: "rất rộng"}
HARMS: Mapping[Harm, str] = {
    Harm.FRAUD: "lừa đảo, chiếm đoạt tài sản",
    Harm.IMPERSONATION: "giả mạo cơ quan, tổ chức, cá nhân",
    Harm.DANGEROUS_RUMOUR: "tin đồn gây nguy hiểm",
    Harm.VIOLENCE: "kích động bạo lực",
    Harm.HATE: "thù ghét, quấy rối",
    Harm.CHILD_ABUSE: "xâm hại, bóc lột trẻ em",
    Harm.LEAKED_DATA: "lộ dữ liệu cá nhân",
    Harm.MALICIOUS_LINK: "liên kết, mã độc hại",
}
CASE_STATES: Mapping[CaseState, str] = {
    CaseState.SENT: "đã chuyển",
    CaseState.RECEIVED: "đã tiếp nhận",
    CaseState.IN_PROGRESS: "đang giải quyết",
    CaseState.ANSWERED: "đã trả lời",
    CaseState.PUBLISHED: "đã công khai kết quả",
    CaseState.RETURNED: "trả lại (không thuộc thẩm quyền)",
    CaseState.CLOSED: "kết thúc",
}

BY_THE_HOUR = timedelta(hours=30)
"""A deadline this near its start is said with its hour, a later one as a day (as the briefing does)."""

LINK = re.compile(r"\b(?:https?://|www\.)[^\s<>\"'”’)\]]+", re.IGNORECASE)


def instant(value: datetime, province: Province) -> str:
    """Return ``17 giờ 00 ngày 20/11/2026`` in the province's zone."""
    return value.astimezone(ZoneInfo(province.timezone)).strftime("%H giờ %M ngày %d/%m/%Y")


def agency_name(province: Province, code: str) -> str:
    """Return the name of an agency or duty of the catalogue; an unknown code stands for itself."""
    try:
        return province.agency(code).name
    except UnknownCode:
        return duties().get(code, code)


def place_name(province: Province, code: str) -> str:
    """Return the full name of a place; an unknown code stands for itself."""
    try:
        return province.place(code).full_name
    except UnknownCode:
        return code


def say(proposal: Proposal, province: Province) -> str:
    """Return a proposal as the sentence of the catalogue: who, what, by when; without codes."""
    zone = ZoneInfo(province.timezone)
    opened = proposal.created_at.astimezone(zone).date()
    reply = province.calendar.add_working_days(opened, province.deadlines_on(opened).first_reply_days)
    due = instant(proposal.due_at, province)
    if proposal.due_at - proposal.created_at > BY_THE_HOUR:
        due = f"ngày {proposal.due_at.astimezone(zone):%d/%m/%Y}"
    words = catalogue()[proposal.action].words
    for name, value in (
        ("{actor}", agency_name(province, proposal.actor)),
        ("{due}", due),
        ("{first_reply}", f"ngày {reply:%d/%m/%Y}"),
    ):
        words = words.replace(name, value)
    return words[:1].upper() + words[1:]


def defang(link: str) -> str:
    """Return a link or host that nobody can follow by accident: ``hxxps://name[.]example/path``; idempotent."""
    scheme, mark, rest = link.rpartition("://")
    # Without a scheme nothing says where the host ends: every point goes.
    host, slash, path = rest.partition("/") if mark else (rest, "", "")
    host = host.replace("[.]", ".").replace(".", "[.]")
    return f"{scheme.lower().replace('tt', 'xx')}{mark}{host}{slash}{path}"


def defang_text(words: str) -> str:
    """Return ``words`` with every link defanged."""
    return LINK.sub(lambda match: defang(match[0]), words)
