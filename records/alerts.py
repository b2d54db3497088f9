"""Alert states: one per story and kind, whatever happens how often."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from records import tables as tb
from records.codec import from_columns, to_columns
from records.errors import UnknownRecord
from records.events import WithEvents
from records.types import Alert, AlertKind, AlertState


class Alerts(WithEvents):
    """Alert states with their history (``note``, ``events``)."""

    _events = tb.alert_events

    def put(self, alert: Alert) -> None:
        """Store an alert state, new or changed.

        Raises ``ConstraintRefused`` for a second one of the same story and kind.
        """
        self._upsert(tb.alerts, [to_columns(alert)])

    def get(self, alert_id: str) -> Alert:
        """Return an alert. Raises ``UnknownRecord``."""
        found = self._select(tb.alerts.c.alert_id == alert_id)
        if not found:
            raise UnknownRecord(f"no alert {alert_id!r}")
        return found[0]

    def of(self, story_id: str, kind: AlertKind) -> Alert | None:
        """Return the alert state of a story and kind, or None."""
        found = self._select(tb.alerts.c.story_id == story_id, tb.alerts.c.kind == kind.value)
        return found[0] if found else None

    def unresolved(self) -> list[Alert]:
        """Return the alerts that are not resolved, next ring first."""
        return self._select(tb.alerts.c.state != AlertState.RESOLVED.value)

    def due(self, now: datetime) -> list[Alert]:
        """Return the unresolved alerts whose next ring is due, most overdue first."""
        return self._select(tb.alerts.c.state != AlertState.RESOLVED.value, tb.alerts.c.next_at <= now)

    def opened(self, start: datetime, end: datetime) -> list[Alert]:
        """Return the alerts opened from ``start`` (inclusive) to ``end`` (exclusive)."""
        return self._select(tb.alerts.c.opened_at >= start, tb.alerts.c.opened_at < end)

    def _select(self, *where: sa.ColumnElement[bool]) -> list[Alert]:
        table = tb.alerts
        query = sa.select(table).where(*where).order_by(table.c.next_at.is_(None), table.c.next_at, table.c.alert_id)
        return [from_columns(Alert, row) for row in self._db.execute(query).mappings()]
