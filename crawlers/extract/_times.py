"""Publication times: many notations, wrong zones, and several readings of one page that must be weighed."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from email.utils import parsedate_to_datetime

from records.types import Precision

VIETNAM = timezone(timedelta(hours=7))
"""Vietnam's zone; +07:00 without daylight saving since 1975, before the first online newspaper."""

_EARLIEST = datetime(1998, 1, 1, tzinfo=UTC)  # the first Vietnamese online newspaper opened in 1998
_LATEST = timedelta(days=1)  # beyond the fetch: clocks differ, dates of tomorrow's paper exist, more is an error
_SKEW = timedelta(minutes=10)  # a server's clock may run ahead of ours

_MONTHS = {
    word: number
    for words, number in (
        ("một giêng jan", 1),
        ("hai feb", 2),
        ("ba mar", 3),
        ("tư bốn apr", 4),
        ("năm may", 5),
        ("sáu jun", 6),
        ("bảy bẩy jul", 7),
        ("tám aug", 8),
        ("chín sep", 9),
        ("mười oct", 10),
        ("nov", 11),
        ("chạp dec", 12),
    )
    for word in words.split()
} | {"mười một": 11, "mười hai": 12}

_ISO = re.compile(
    r"(?<!\d)((?:19|20)\d\d)-(\d{1,2})-(\d{1,2})(?:[T\s]+(\d{1,2}):(\d{2})(?::(\d{2}))?(?:[.,]\d+)?\s*(?:(AM|PM)\b)?"
    r"\s*(Z\b|(?:GMT|UTC)?\s*[+-]\d{1,2}(?::?\d{2})?|GMT\b|UTC\b)?)?",
    re.I,
)
_MAIL_DATE = re.compile(r"[A-Z][a-z]{2}, \d")  # RFC 5322, as feeds and some meta elements write it
_DAY = (
    r"(?<![\d:])(?P<d>\d{1,2})\s*(?:[/.\-]\s*(?P<m>\d{1,2})\s*[/.\-]\s*"
    r"|\s*tháng\s+(?P<mw>\d{1,2}|mười một|mười hai|[^\W\d]+)\s*(?:,|năm|/)?\s*"
    r"|\s+(?P<me>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?,?\s+)"
    r"(?P<y>(?:19|20)\d\d)(?!\d)"
)
_YEAR_FIRST = r"(?<!\d)(?P<y>(?:19|20)\d\d)[/.](?P<m>\d{1,2})[/.](?P<d>\d{1,2})(?!\d)"
_CLOCK = (
    r"(?<!\d)(?P<h>[01]?\d|2[0-3])\s*(?:[:h]|\s*giờ\s*)\s*(?P<mi>[0-5]\d)(?::[0-5]\d|\s*phút)?(?!\d)"
    r"\s*(?P<ap>AM|PM|SA|CH|sáng|chiều|tối)?(?![^\W\d])"
)
_VISIBLE_DAYS = (re.compile(_DAY, re.I), re.compile(_YEAR_FIRST))
_VISIBLE_CLOCK = re.compile(_CLOCK, re.I)
_UPDATED = re.compile(
    r"(?:cập\s*nhật|sửa|chỉnh sửa|update[ds]?|modified)(?:\s*(?:lần cuối|lúc|ngày|on))?\s*[:\-–]?\s*$", re.I
)
_ZONE = re.compile(r"\(?\b(?:GMT|UTC)\s*([+-]\s*\d{1,2})?", re.I)

_URL_DAYS = (
    re.compile(
        r"[-_/](20\d\d)(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])\d{6,11}(?=\D|$)"
    ),  # dantri, tuoitre: day and clock of the draft
    re.compile(
        r"[-_/.]\d{3}(\d\d)(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(?:[01]\d|2[0-3])[0-5]\d[0-5]\d\d{2,3}(?=\D|$)"
    ),  # VCCorp ids
    re.compile(r"/(20\d\d|19\d\d)/(0?[1-9]|1[0-2])/(0?[1-9]|[12]\d|3[01])(?=/|$)"),
    re.compile(r"/(20\d\d)-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])(?=/|$)"),
    re.compile(r"[-_/](20\d\d)(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(?=\D|$)"),
)


@dataclass(frozen=True, slots=True)
class Reading:
    """One reading of the publication time. ``at`` is aware; ``zoned`` tells whether the source itself stated a zone."""

    source: str
    at: datetime
    precision: Precision
    zoned: bool


@dataclass(frozen=True, slots=True)
class Verdict:
    """The time that was chosen, with what was suspicious about the readings."""

    at: datetime | None
    precision: Precision
    doubts: tuple[str, ...]


def parse_time(text: str, source: str = "visible") -> Reading | None:
    """Read one written time, or None. A time without a zone is Vietnam's; a modification time is not read."""
    text = text.strip()
    found = _ISO.search(text)
    if found:
        year, month, day, hour, minute, second, half, zone = found.groups()
        clock = (
            time(_hour(int(hour), half), int(minute), int(second or 0))
            if hour and int(hour) < 24 and int(minute) < 60
            else None
        )
        return _reading(source, int(year), int(month), int(day), clock, zone)
    if _MAIL_DATE.match(text):
        try:
            at = parsedate_to_datetime(text)
        except (ValueError, TypeError, IndexError):
            return None
        return Reading(source, at if at.tzinfo else at.replace(tzinfo=VIETNAM), Precision.MINUTE, at.tzinfo is not None)
    for pattern in _VISIBLE_DAYS:
        for match in pattern.finditer(text):
            if _UPDATED.search(text[: match.start()]):
                continue
            groups = match.groupdict()
            number = groups["m"] or groups.get("mw") or groups.get("me") or ""
            month_number = int(number) if number.isdigit() else _MONTHS.get(number.lower(), 0)
            day_number = int(groups["d"])
            if month_number > 12 >= day_number:  # American order, seen in ASP.NET pages
                day_number, month_number = month_number, day_number
            return _reading(
                source, int(groups["y"]), month_number, day_number, _clock_near(text, match), _zone_of(text)
            )
    return None


def time_of_url(url: str) -> Reading | None:
    """Read the day out of the URL's id; never its clock, which is the draft's and up to hours too early."""
    for pattern in _URL_DAYS:
        found = pattern.search(url)
        if found:
            year, month, day = (int(part) for part in found.groups())
            return _reading("url", year + 2000 if year < 100 else year, month, day, None, None)
    return None


def weigh(readings: Iterable[Reading], fetched_at: datetime) -> Verdict:
    """Choose among readings, given in order of trust: the minute that most sources agree on, else the first.

    Readings outside 1998 … fetch + 1 day are refused. A structured reading is moved to another zone ("zone_wrong")
    when only then it gives the clock that the page prints, or when it says UTC, lies in the future, and does not as
    Vietnam's clock.
    """
    doubts: list[str] = []
    timed: list[Reading] = []
    days: list[Reading] = []
    readings = list(readings)
    printed = {_minute(r.at) for r in readings if r.source == "visible" and r.precision is Precision.MINUTE}
    for reading in readings:
        moved = _moved(reading, printed, fetched_at) if reading.precision is Precision.MINUTE else None
        if moved is not None:
            reading = Reading(reading.source, moved, reading.precision, reading.zoned)
            doubts.append("zone_wrong")
        if not _EARLIEST <= reading.at <= fetched_at + _LATEST:
            doubts.append("time_out_of_range")
        elif reading.precision is Precision.MINUTE:
            timed.append(reading)
        else:
            days.append(reading)
    if timed:
        minutes = [_minute(r.at) for r in timed]
        best = max(range(len(timed)), key=lambda i: (minutes.count(minutes[i]), -i))
        if any(abs(minute - minutes[best]) > timedelta(minutes=5) for minute in minutes):
            doubts.append("time_differs")
        return Verdict(timed[best].at.astimezone(UTC), Precision.MINUTE, tuple(dict.fromkeys(doubts)))
    if days:
        return Verdict(days[0].at.astimezone(UTC), Precision.DAY, tuple(dict.fromkeys(doubts)))
    return Verdict(None, Precision.NONE, tuple(dict.fromkeys(doubts)))


def _reading(source: str, year: int, month: int, day: int, clock: time | None, zone: str | None) -> Reading | None:
    try:
        on = date(year, month, day)
    except ValueError:
        return None
    offset = _offset(zone) if zone else None
    at = datetime.combine(on, clock or time(), offset or VIETNAM)
    return Reading(source, at, Precision.MINUTE if clock is not None else Precision.DAY, offset is not None)


def _offset(zone: str) -> timezone | None:
    zone = re.sub(r"^(?:GMT|UTC)", "", zone.strip().upper()).replace(" ", "").replace(":", "")
    if zone in ("", "Z"):
        return timezone.utc  # noqa: UP017 - UTC is typed as timezone only through this name
    sign, digits = (-1 if zone[0] == "-" else 1), zone.lstrip("+-")
    hours, minutes = (int(digits[:-2]), int(digits[-2:])) if len(digits) > 2 else (int(digits), 0)
    return timezone(sign * timedelta(hours=hours, minutes=minutes)) if hours <= 14 and minutes < 60 else None


def _zone_of(text: str) -> str | None:
    found = _ZONE.search(text)
    return found.group(1).replace(" ", "") if found and found.group(1) else None


def _clock_near(text: str, day: re.Match[str]) -> time | None:
    """Return the clock printed nearest to the day."""
    after = _VISIBLE_CLOCK.search(text, day.end(), day.end() + 30)
    before = list(_VISIBLE_CLOCK.finditer(text, max(0, day.start() - 30), day.start()))
    gaps = [(after.start() - day.end(), 0, after)] if after else []
    gaps += [(day.start() - before[-1].end(), 1, before[-1])] if before else []
    if not gaps:
        return None
    found = min(gaps, key=lambda gap: gap[:2])[2]
    return time(_hour(int(found["h"]), found["ap"]), int(found["mi"]))


def _hour(hour: int, half: str | None) -> int:
    """Resolve AM/PM and SA/CH; a 24-hour clock with a stray "AM" or "PM" (CafeF: "00:01 AM") stays as it is."""
    half = (half or "").lower()
    if half in ("pm", "ch", "chiều", "tối") and hour < 12:
        return hour + 12
    if half in ("am", "sa") and hour == 12:
        return 0
    return hour


def _minute(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(second=0, microsecond=0)


def _moved(reading: Reading, printed: set[datetime], fetched_at: datetime) -> datetime | None:
    """Return the instant of the same clock in the zone that was meant; None when the stated one holds."""
    if reading.source == "visible" or _minute(reading.at) in printed:
        return None
    as_vietnam, as_utc = reading.at.replace(tzinfo=VIETNAM), reading.at.replace(tzinfo=UTC)
    for other in (as_vietnam, as_utc):
        if _minute(other) in printed:
            return other
    states_utc = reading.zoned and reading.at.utcoffset() == timedelta(0)
    return as_vietnam if states_utc and reading.at > fetched_at + _SKEW >= as_vietnam else None
