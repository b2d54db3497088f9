"""What a stage reports: every row left it as ok, retry or quarantine, and each is counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

observer: ContextVar[Callable[[StageReport], None] | None] = ContextVar("observer", default=None)
"""Who wants to see counts while a stage runs (a progress bar); stages know nothing of it."""


@dataclass(slots=True)
class StageReport:
    """Outcome of one stage run.

    ``counts`` hold ``ok``, ``retry``, ``quarantine`` and stage-specific counters (``new``, ``changed``, ``miss`` …);
    ``reasons`` the quarantine reason codes with their numbers.
    """

    stage: str
    started_at: datetime
    ended_at: datetime | None = None
    counts: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)

    def ok(self, number: int = 1) -> None:
        """Count rows that left the stage done."""
        self.counts["ok"] += number
        self._tell()

    def retry(self, reason: str) -> None:
        """Count a row that will be tried again."""
        self.counts["retry"] += 1
        self.reasons[reason] += 1
        self._tell()

    def quarantine(self, reason: str) -> None:
        """Count a row that a person must look at."""
        self.counts["quarantine"] += 1
        self.reasons[reason] += 1
        self._tell()

    def _tell(self) -> None:
        watching = observer.get()
        if watching is not None:
            watching(self)

    def as_dict(self) -> dict[str, Any]:
        """Return the report as JSON-ready values."""
        return {
            "stage": self.stage,
            "started_at": self.started_at.isoformat(),
            "ended_at": self.ended_at.isoformat() if self.ended_at else None,
            "counts": dict(sorted(self.counts.items())),
            "reasons": dict(sorted(self.reasons.items())),
        }
