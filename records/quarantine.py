"""Rows that left a stage without being done: with a reason, and a time to try again or none before a person looks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime

import sqlalchemy as sa

from records import tables as tb
from records.codec import from_columns
from records.repository import Repository, chunks
from records.types import Quarantined

DETAIL_LENGTH = 500
"""Longest detail kept: enough for an error message, too short for a post. Put no text of residents there."""


class Quarantine(Repository):
    """What waits, by stage and subject."""

    def put(
        self, stage: str, subject_id: str, reason: str, detail: str, now: datetime, *, retry_at: datetime | None = None
    ) -> Quarantined:
        """Quarantine a row (``retry_at`` None) or set it aside until ``retry_at``; a repeated one counts its attempts.

        ``reason`` is a code of at most 60 characters, ``detail`` a short technical message, cut at ``DETAIL_LENGTH``.
        """
        table = tb.quarantine
        row = {
            "stage": stage,
            "subject_id": subject_id,
            "reason": reason,
            "detail": detail[:DETAIL_LENGTH].replace("\x00", ""),
            "since": now,
            "attempts": 1,
            "retry_at": retry_at,
        }
        self._upsert(table, [row], keep=("since",), add=("attempts",))
        found = self.get(stage, subject_id)
        assert found is not None
        return found

    def get(self, stage: str, subject_id: str) -> Quarantined | None:
        """Return the entry of one row, or None."""
        table = tb.quarantine
        query = sa.select(table).where(table.c.stage == stage, table.c.subject_id == subject_id)
        row = self._db.execute(query).mappings().first()
        return from_columns(Quarantined, row) if row else None

    def list(self, stage: str | None = None, *, limit: int | None = None) -> list[Quarantined]:
        """Return what waits, oldest first, of one stage or of all."""
        table = tb.quarantine
        query = sa.select(table).order_by(table.c.since, table.c.stage, table.c.subject_id).limit(limit)
        if stage is not None:
            query = query.where(table.c.stage == stage)
        return [from_columns(Quarantined, row) for row in self._db.execute(query).mappings()]

    def reasons(self) -> dict[str, Counter[str]]:
        """Return the number of waiting rows per stage and reason."""
        table = tb.quarantine
        query = sa.select(table.c.stage, table.c.reason, sa.func.count()).group_by(table.c.stage, table.c.reason)
        counts: dict[str, Counter[str]] = {}
        for stage, reason, number in self._db.execute(query):
            counts.setdefault(stage, Counter())[reason] = number
        return counts

    def release(self, stage: str, subject_id: str) -> bool:
        """Forget the entry, so that the stage takes the row again; False where there was none."""
        table = tb.quarantine
        gone = sa.delete(table).where(table.c.stage == stage, table.c.subject_id == subject_id)
        return self._db.execute(gone).rowcount > 0

    def clear(self, stage: str, subject_ids: Iterable[str]) -> None:
        """Forget the entries of rows that the stage has now done."""
        table = tb.quarantine
        for batch in chunks(subject_ids):
            self._db.execute(sa.delete(table).where(table.c.stage == stage, table.c.subject_id.in_(batch)))

    @staticmethod
    def waiting(stage: str, subject: sa.ColumnElement[str], now: datetime) -> sa.ColumnElement[bool]:
        """Return the condition "this row is in quarantine or not yet to be retried" for another repository's query."""
        table = tb.quarantine
        return sa.exists().where(
            table.c.stage == stage,
            table.c.subject_id == subject,
            sa.or_(table.c.retry_at.is_(None), table.c.retry_at > now),
        )
