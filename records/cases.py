"""Cases: approved lane-B proposals that are followed until the agency has answered."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import sqlalchemy as sa

from records import tables as tb
from records.codec import from_columns, to_columns
from records.errors import UnknownRecord
from records.events import WithEvents
from records.repository import chunks
from records.types import Case, CaseState


class Cases(WithEvents):
    """Cases with their history (``note``, ``events``)."""

    _events = tb.case_events

    def put(self, case: Case) -> None:
        """Store a case, new or changed.

        Raises ``ConstraintRefused`` unless its proposal is approved and of lane ``feedback``.
        """
        self._upsert(tb.cases, [to_columns(case)])

    def get(self, case_id: str) -> Case:
        """Return a case. Raises ``UnknownRecord``."""
        found = self._select(tb.cases.c.case_id == case_id)
        if not found:
            raise UnknownRecord(f"no case {case_id!r}")
        return found[0]

    def of_proposal(self, proposal_id: str) -> Case | None:
        """Return the case of a proposal, or None."""
        found = self._select(tb.cases.c.proposal_id == proposal_id)
        return found[0] if found else None

    def of_stories(self, story_ids: Iterable[str]) -> dict[str, list[Case]]:
        """Return the cases of stories, by story."""
        found: dict[str, list[Case]] = {}
        for batch in chunks(story_ids):
            for case in self._select(tb.cases.c.story_id.in_(batch)):
                found.setdefault(case.story_id, []).append(case)
        return found

    def open(self) -> list[Case]:
        """Return the cases that are not closed, soonest due first."""
        return self._select(tb.cases.c.state != CaseState.CLOSED.value)

    def overdue(self, now: datetime) -> list[Case]:
        """Return open cases without an answer whose final date has passed, longest overdue first."""
        return self._select(
            tb.cases.c.state != CaseState.CLOSED.value, tb.cases.c.answered_at.is_(None), tb.cases.c.final_due < now
        )

    def touched(self, start: datetime, end: datetime) -> list[Case]:
        """Return the cases opened, answered or closed from ``start`` (inclusive) to ``end`` (exclusive)."""
        columns = (tb.cases.c.opened_at, tb.cases.c.answered_at, tb.cases.c.closed_at)
        return self._select(sa.or_(*(sa.and_(column >= start, column < end) for column in columns)))

    def _select(self, *where: sa.ColumnElement[bool]) -> list[Case]:
        query = sa.select(tb.cases).where(*where).order_by(tb.cases.c.final_due, tb.cases.c.case_id)
        return [from_columns(Case, row) for row in self._db.execute(query).mappings()]
