"""What people decided: kept as it was decided, never changed."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from records import tables as tb
from records.codec import from_columns, to_columns
from records.repository import Repository
from records.types import Decision

VERDICTS = ("accept", "correct", "reject")
"""Verbs that say what a story or an item is and what is done about it."""


class Decisions(Repository):
    """Decisions on stories, items, proposals, cases and editions."""

    def put(self, decision: Decision) -> None:
        """Store a decision and append it to the audit chain (subject, verb and role; the note stays here)."""
        self._db.execute(tb.decisions.insert(), to_columns(decision))
        self._tx.audit.append(
            decision.person,
            decision.verb,
            f"{decision.subject}:{decision.subject_id}",
            {"decision": decision.decision_id, "role": decision.role.value, "changes": sorted(decision.changes)},
            decision.decided_at,
        )

    def of(self, subject: str, subject_id: str) -> list[Decision]:
        """Return the decisions on one subject, oldest first."""
        return self._select(tb.decisions.c.subject == subject, tb.decisions.c.subject_id == subject_id)

    def latest(self, subject: str) -> dict[str, Decision]:
        """Return the newest verdict (accept, correct, reject) per subject id of one kind of subject.

        Other decisions, such as hiding a name, leave the verdict standing.
        """
        found = self._select(tb.decisions.c.subject == subject, tb.decisions.c.verb.in_(VERDICTS))
        return {decision.subject_id: decision for decision in found}

    def between(self, start: datetime, end: datetime) -> list[Decision]:
        """Return the decisions taken from ``start`` (inclusive) to ``end`` (exclusive), oldest first."""
        return self._select(tb.decisions.c.decided_at >= start, tb.decisions.c.decided_at < end)

    def _select(self, *where: sa.ColumnElement[bool]) -> list[Decision]:
        table = tb.decisions
        query = sa.select(table).where(*where).order_by(table.c.decided_at, table.c.decision_id)
        return [from_columns(Decision, row) for row in self._db.execute(query).mappings()]
