"""Time enters through a clock argument; no stage reads the system clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Gives the current instant in UTC."""

    def now(self) -> datetime:
        """Return the current instant, timezone-aware, UTC."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Return the current instant."""
        return datetime.now(UTC)


class VirtualClock:
    """A clock that only moves when told to: replays, demos and tests."""

    def __init__(self, start: datetime) -> None:
        if start.tzinfo is None:
            raise ValueError(f"a virtual clock needs a timezone-aware start, got {start!r}: add +07:00 or Z")
        self._now = start.astimezone(UTC)

    def now(self) -> datetime:
        """Return the virtual instant."""
        return self._now

    def advance_to(self, instant: datetime) -> None:
        """Jump forward to ``instant``; never back."""
        self._now = max(self._now, instant.astimezone(UTC))

    def advance(self, step: timedelta) -> None:
        """Jump forward by ``step``."""
        self.advance_to(self._now + step)
