"""Vietnamese wording of numbers, times and labels (``domain.md`` §2.1, §6)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from zoneinfo import ZoneInfo

import handling.wording
from handling.wording import LANES as LANES
from handling.wording import LINK
from handling.wording import REACHES as REACHES
from handling.wording import SEVERITIES as SEVERITIES
from handling.wording import defang as defang
from handling.wording import defang_text as defang_text
from provinces.types import SourceKind
from records import RescueState
from records.types import Harm, Tone

PURPOSE = (
    "Phục vụ người dân: phát hiện sớm nguy cơ gây hại cụ thể; chuyển phản ánh đến cơ quan phải trả lời; "
    "cung cấp thông tin chính xác. Không dùng để theo dõi, đánh giá hay xử lý cá nhân."
)
"""Printed in every footer (``domain.md`` §5.1)."""

NO_SOURCE = "không có nguồn"
NOT_ENOUGH = "chưa đủ dữ liệu"

TONES: Mapping[str, str] = {
    Tone.POSITIVE: "Tích cực",
    Tone.NEUTRAL: "Trung tính",
    Tone.NEGATIVE: "Tiêu cực",
    Tone.MIXED: "Đan xen",
    Tone.UNKNOWN: "Chưa xác định",
}
HARMS: Mapping[str, str] = {
    Harm.FRAUD: "nghi lừa đảo, chiếm đoạt tài sản",
    Harm.IMPERSONATION: "nghi giả mạo cơ quan, tổ chức, cá nhân",
    Harm.DANGEROUS_RUMOUR: "tin đồn có thể gây nguy hiểm",
    Harm.VIOLENCE: "nghi kích động bạo lực",
    Harm.HATE: "nghi thù ghét, quấy rối",
    Harm.CHILD_ABUSE: "nghi xâm hại, bóc lột trẻ em",
    Harm.LEAKED_DATA: "lộ dữ liệu cá nhân",
    Harm.MALICIOUS_LINK: "liên kết, mã độc hại",
}
KINDS: Mapping[str, str] = {
    SourceKind.PRESS_IN: "Báo chí trong tỉnh",
    SourceKind.PRESS_OUT: "Báo chí ngoài tỉnh",
    SourceKind.OFFICIAL: "Nguồn chính thức",
    SourceKind.SOCIAL: "Mạng xã hội",
}
KIND_PREFIX: Mapping[str, str] = {
    SourceKind.PRESS_IN: "P",
    SourceKind.PRESS_OUT: "P",
    SourceKind.OFFICIAL: "C",
    SourceKind.SOCIAL: "X",
}
"""First letter of a source's number in the annex: P báo chí, C chính thức, X mạng xã hội."""


def count(number: int) -> str:
    """Return a count as official papers write it: 4 as ``04``, 0 as ``0``, 1250 as ``1.250`` (NĐ 30/2020.

    Numbers below 10 lead with 0).
    """
    return f"{number:02d}" if 0 < number < 10 else f"{number:,}".replace(",", ".")


def figure(number: int) -> str:
    """Return a number of a table: no leading zero, thousands with a point."""
    return f"{number:,}".replace(",", ".")


def decimal(value: float) -> str:
    """Return two decimals with a comma: ``0,87``."""
    return f"{value:.2f}".replace(".", ",")


def percent(part: int, whole: int) -> str:
    """Return the share as ``36%``; empty where the whole is nothing."""
    return f"{round(100 * part / whole)}%" if whole else ""


def change(now: int, before: float) -> str:
    """Return the change in words: ``tăng 18%``, ``giảm 5%``, ``không đổi``; absolute where the base is under 10.

    A percentage of a handful misleads, so small bases give ``tăng 5``.
    """
    difference = now - before
    if abs(difference) < 0.5:
        return "không đổi" if difference == 0 else "tương đương"
    verb = "tăng" if difference > 0 else "giảm"
    if before < 10:
        return f"{verb} {round(abs(difference))}"
    return f"{verb} {max(1, round(100 * abs(difference) / before))}%"


def day(value: date) -> str:
    """Return ``20/11/2026``; day under 10 and months 1, 2 lead with 0 (NĐ 30/2020)."""
    month = f"{value.month:02d}" if value.month < 3 else str(value.month)
    return f"{value.day:02d}/{month}/{value.year}"


def long_day(value: date) -> str:
    """Return ``ngày 20 tháng 11 năm 2026``."""
    month = f"{value.month:02d}" if value.month < 3 else str(value.month)
    return f"ngày {value.day:02d} tháng {month} năm {value.year}"


def clock_time(value: datetime) -> str:
    """Return ``05 giờ 30``."""
    return f"{value.hour:02d} giờ {value.minute:02d}"


def instant(value: datetime, zone: ZoneInfo) -> str:
    """Return ``05 giờ 30 ngày 20/11/2026`` in the province's zone."""
    local = value.astimezone(zone)
    return f"{clock_time(local)} ngày {day(local.date())}"


def short_instant(value: datetime, zone: ZoneInfo) -> str:
    """Return ``05 giờ 30 ngày 20/11``: within an edition the year goes without saying."""
    return instant(value, zone).rpartition("/")[0]


def duration(minutes: int) -> str:
    """Return ``35 phút`` or ``2 giờ 05 phút``."""
    hours, rest = divmod(minutes, 60)
    return f"{hours} giờ {rest:02d} phút" if hours else f"{rest} phút"


def roman(number: int) -> str:
    """Return a Roman numeral (1 to 39)."""
    return "X" * (number // 10) + ("", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX")[number % 10]


def links(text: str) -> list[str]:
    """Return the links that stand in ``text``, without the mark that ends their sentence."""
    return [match[0].rstrip(".,;:!?…") for match in LINK.finditer(text)]


DUTIES: Mapping[str, str] = {
    "reviewer": "người biên tập",
    "signer": "người ký báo cáo",
    "operator": "bộ phận vận hành",
    "spokesperson": "người phát ngôn",
    "police": "Công an tỉnh",
    "press_department": "cơ quan quản lý báo chí của tỉnh",
    "civil_defence": "Ban Chỉ huy Phòng thủ dân sự",
    "leadership_office": "Văn phòng Ủy ban nhân dân tỉnh",
}
"""Duties of the house that act where a proposal names no agency."""

CASE_STATES: Mapping[str, str] = {
    state: said[:1].upper() + said[1:] for state, said in handling.wording.CASE_STATES.items()
}

NEEDS: Mapping[str, str] = {
    "boat": "cần xuồng, ca nô",
    "food": "cần lương thực, nước uống",
    "medical": "cần hỗ trợ y tế",
    "evacuation": "cần đưa người ra khỏi vùng nguy hiểm",
    "other": "cần hỗ trợ",
}
"""Needs of a call for rescue (``records.types.Rescue``)."""

RESCUE_STATES: Mapping[str, str] = {
    RescueState.SENT: "chờ tiếp nhận",
    RescueState.RECEIVED: "đã tiếp nhận",
    RescueState.CLOSED: "đã kết thúc",
    RescueState.RECALLED: "đã thu hồi",
}

MASKS: Mapping[str, str] = {
    "PHONE": "số điện thoại",
    "ID": "số giấy tờ",
    "BANK": "số tài khoản",
    "EMAIL": "thư điện tử",
    "PERSON": "tên riêng",
    "HANDLE": "tên tài khoản",
    "ADDRESS": "số nhà",
    "PLATE": "biển số",
}
"""What stands in print for a typed mask."""


def balanced(text: str, limit: int) -> tuple[str, ...]:
    """Return a line as it is, or cut in two of about the same length where it is longer than ``limit`` characters.

    A cut before "VÀ" or after a comma wins over a slightly better balance, as offices set their names.
    """
    if len(text) <= limit:
        return (text,)
    middle = len(text) / 2
    places = [match.start() for match in re.finditer(" ", text)]
    if not places:
        return (text,)

    def cost(place: int) -> float:
        sense = 0.0
        if text[place + 1 :].lower().startswith(("và ", "tỉnh ", "thành phố ")):
            sense = 0.3
        elif text[place - 1] == ",":
            sense = 0.1
        return abs(place - middle) - len(text) * sense

    best = min(places, key=cost)
    return (text[:best], text[best + 1 :])
