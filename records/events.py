"""The append-only history that cases, referrals and alerts keep."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from records.codec import from_columns
from records.repository import Repository


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One thing that happened to a record. ``person``: a named member of staff, an agency code, or a stage."""

    subject_id: str
    at: datetime
    verb: str
    person: str
    note: str


class WithEvents(Repository):
    """A repository whose records have a history in ``_events``."""

    _events: sa.Table

    def note(self, subject_id: str, verb: str, person: str, at: datetime, note: str = "") -> None:
        """Append one event to the history of a record."""
        row = {"subject_id": subject_id, "at": at, "verb": verb, "person": person, "note": note}
        self._db.execute(self._events.insert(), row)

    def events(self, subject_id: str) -> list[Event]:
        """Return the history of a record, oldest first."""
        table = self._events
        query = sa.select(table).where(table.c.subject_id == subject_id).order_by(table.c.event_id)
        return [from_columns(Event, row) for row in self._db.execute(query).mappings()]
