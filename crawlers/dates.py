"""Publication instants as feeds and APIs write them."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from zoneinfo import ZoneInfo

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")

# Clocks of publishers run a little ahead; more than this is a wrong zone or a planned article.
AHEAD = timedelta(minutes=10)
# Online newspapers of Vietnam start with VietNamNet and Nhân Dân, 1997-1998; earlier dates are defaults of a broken
# system.
EARLIEST = datetime(1997, 1, 1, tzinfo=UTC)

_GMT_OFFSET = re.compile(r"\b(?:GMT|UTC)\s*([+-])\s*(\d{1,2})(?::?(\d{2}))?\b", re.IGNORECASE)
_DAY_FIRST = re.compile(
    r"(\d{1,2})[/\-.](\d{1,2})[/\-.](\d{4})(?:[\sT,|\-]+(\d{1,2})[:hg](\d{2})(?::(\d{2}))?\s*(SA|CH|AM|PM)?)?",
    re.IGNORECASE,
)
_CLOCK_FIRST = re.compile(
    r"(\d{1,2})[:hg](\d{2})(?::(\d{2}))?[\s,|\-]+(?:ngày\s+)?(\d{1,2})[/\-.](\d{1,2})[/\-.](\d{4})"
)


def parse(text: str) -> datetime | None:
    """Return the aware instant that ``text`` means, or None; a time without a zone is Vietnam time.

    Reads RFC 822 (also ``GMT+7``), ISO 8601 and the Vietnamese day-first forms with ``SA``/``CH`` for AM/PM.
    """
    text = text.strip()
    if not text:
        return None
    found = _iso(text) or _rfc822(text) or _vietnamese(text)
    if found is None:
        return None
    return found if found.tzinfo else found.replace(tzinfo=VIETNAM)


def sane(instant: datetime | None, now: datetime) -> tuple[datetime | None, bool]:
    """Return the instant in UTC, or None with True when it lies in the future or before online newspapers."""
    if instant is None:
        return None, False
    try:
        instant = instant.astimezone(UTC)
    except OverflowError:
        return None, True
    if instant > now + AHEAD or instant < EARLIEST:
        return None, True
    return instant, False


def _iso(text: str) -> datetime | None:
    if not re.match(r"\d{4}-?\d{2}-?\d{2}", text):
        return None
    try:
        return datetime.fromisoformat(text.replace(" +", "+"))
    except ValueError:
        return None


def _rfc822(text: str) -> datetime | None:
    text = _GMT_OFFSET.sub(lambda m: f"{m[1]}{int(m[2]):02d}{m[3] or '00'}", text)
    try:
        return parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _vietnamese(text: str) -> datetime | None:
    try:
        if match := _CLOCK_FIRST.search(text):
            hour, minute, second, day, month, year = (int(part or 0) for part in match.groups())
            return datetime(year, month, day, hour, minute, second, tzinfo=VIETNAM)
        if match := _DAY_FIRST.search(text):
            day, month, year, hour, minute, second = (int(part or 0) for part in match.groups()[:6])
            half = (match[7] or "").upper()
            if half in {"CH", "PM"} and hour < 12:
                hour += 12
            elif half in {"SA", "AM"} and hour == 12:
                hour = 0
            return datetime(year, month, day, hour, minute, second, tzinfo=VIETNAM)
    except ValueError:
        return None
    return None
