"""Clocks: clock hours for what is urgent, working days of the official calendar for answers."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from handling.catalogue import Action
from provinces import Province
from records.types import Severity

OFFICE_CLOSES = time(17, 0)
"""End of the administrative working day: a deadline "in the day" or "by date" ends here (local time)."""
NEXT_CYCLE = timedelta(hours=2)
BRIEFING = time(7, 0)


def local_day_end(day: date, zone: ZoneInfo) -> datetime:
    """Return the instant (UTC) at which the office closes on ``day``."""
    return datetime.combine(day, OFFICE_CLOSES, zone).astimezone(UTC)


def due_at(action: Action, severity: Severity, start: datetime, province: Province) -> datetime:
    """Return by when (UTC) ``action`` must be done when it is proposed at ``start``.

    Hours run on the clock, day and night. "Same day" ends at 17:00 local time, or two hours after a start later than 15:00.
    Working days follow the province's calendar (``province.calendar``), profile names the deadline profile in force.
    """
    zone = ZoneInfo(province.timezone)
    local = start.astimezone(zone)
    due = action.due[severity]
    if isinstance(due, int | float):
        return start + timedelta(hours=due)
    kind, _, number = due.partition(":")
    if kind == "same_day":
        return max(local_day_end(local.date(), zone), start + timedelta(hours=2))
    if kind == "next_cycle":
        return start + NEXT_CYCLE
    if kind == "next_briefing":
        day = local.date() if local.time() < BRIEFING else local.date() + timedelta(days=1)
        return datetime.combine(day, BRIEFING, zone).astimezone(UTC)
    if kind == "weekly":
        return local_day_end(local.date() + timedelta(days=7), zone)
    days = int(number) if kind == "working_days" else int(getattr(province.deadlines_on(local.date()), number))
    return local_day_end(province.calendar.add_working_days(local.date(), days), zone)
