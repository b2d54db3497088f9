"""The working-day calendar that every deadline in days counts on."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from provinces.types import Holiday

_DAY = timedelta(days=1)


class WorkingCalendar:
    """Monday to Friday, less public holidays, plus weekend days worked in exchange; the first day is not counted."""

    def __init__(self, holidays: Iterable[Holiday]) -> None:
        holidays = tuple(holidays)
        self._off = frozenset(entry.day for entry in holidays if not entry.working)
        self._worked = frozenset(entry.day for entry in holidays if entry.working)
        self.known_until = max((entry.day for entry in holidays), default=date.min)
        """The last day the holiday table knows; later dates count weekends only."""

    def is_working_day(self, day: date) -> bool:
        """Tell whether offices work on the day."""
        return day in self._worked or (day.weekday() < 5 and day not in self._off)

    def add_working_days(self, day: date, days: int) -> date:
        """Return the ``days``-th working day after ``day``, ``day`` itself for 0. Raises ValueError below 0."""
        if days < 0:
            raise ValueError("days must not be negative")
        while days:
            day += _DAY
            days -= self.is_working_day(day)
        return day

    def working_days_between(self, start: date, end: date) -> int:
        """Count working days after ``start`` up to and including ``end``; negative when ``end`` is before ``start``."""
        if end < start:
            return -self.working_days_between(end, start)
        return sum(self.is_working_day(start + _DAY * offset) for offset in range(1, (end - start).days + 1))
