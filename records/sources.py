"""What the crawler remembers of each URL, and how each source fares."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from records import tables as tb
from records.codec import from_columns, to_columns
from records.repository import Repository, chunks
from records.types import FetchState

SLOT = timedelta(minutes=30)
"""Outcomes are counted per half-hour, so that they add up exactly to a window that ends at 05:30 Vietnam time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceHealth:
    """How often one source ended with one outcome (``ok``, ``not_modified``, ``http_4xx``, ``timeout`` …)."""

    source_id: str
    outcome: str
    number: int
    last_at: datetime


class Sources(Repository):
    """Fetch states and health counts."""

    def get(self, source_id: str, url: str) -> FetchState | None:
        """Return what is remembered of one URL of a source."""
        table = tb.fetch_states
        query = sa.select(table).where(table.c.source_id == source_id, table.c.url_key == _key(url))
        row = self._db.execute(query).mappings().first()
        return from_columns(FetchState, row) if row else None

    def get_many(self, source_id: str, urls: Iterable[str]) -> dict[str, FetchState]:
        """Return what is remembered of many URLs of a source; unknown ones are left out."""
        table = tb.fetch_states
        keys = {_key(url) for url in urls}
        found: dict[str, FetchState] = {}
        for part in chunks(keys):
            query = sa.select(table).where(table.c.source_id == source_id, table.c.url_key.in_(part))
            states = [from_columns(FetchState, row) for row in self._db.execute(query).mappings()]
            found.update({state.url: state for state in states})
        return found

    def put(self, state: FetchState) -> None:
        """Remember the state of one URL."""
        self.put_many([state])

    def put_many(self, states: Iterable[FetchState]) -> None:
        """Remember the states of many URLs."""
        self._upsert(tb.fetch_states, [{**to_columns(state), "url_key": _key(state.url)} for state in states])

    def of_source(self, source_id: str) -> list[FetchState]:
        """Return all remembered URLs of a source."""
        table = tb.fetch_states
        query = sa.select(table).where(table.c.source_id == source_id).order_by(table.c.url)
        return [from_columns(FetchState, row) for row in self._db.execute(query).mappings()]

    def due(self, now: datetime, limit: int | None = None) -> list[FetchState]:
        """Return the URLs whose next poll is due, longest waiting first."""
        table = tb.fetch_states
        query = (
            sa.select(table)
            .where(table.c.next_at <= now)
            .order_by(table.c.next_at, table.c.source_id, table.c.url)
            .limit(limit)
        )
        return [from_columns(FetchState, row) for row in self._db.execute(query).mappings()]

    def count(self, source_id: str, outcome: str, at: datetime, number: int = 1) -> None:
        """Add ``number`` outcomes of a source at an instant."""
        self.count_many([(source_id, outcome, at, number)])

    def count_many(self, outcomes: Sequence[tuple[str, str, datetime, int]]) -> None:
        """Add many outcomes: (source_id, outcome, at, number) each."""
        rows = [
            {"source_id": source_id, "slot": slot_of(at), "outcome": outcome, "number": number, "last_at": at}
            for source_id, outcome, at, number in outcomes
        ]
        self._upsert(tb.source_health, rows, add=("number",))

    def health(self, since: datetime, until: datetime | None = None) -> list[SourceHealth]:
        """Return outcome counts per source in the half-hours from ``since`` (inclusive) to ``until`` (exclusive)."""
        table = tb.source_health
        query = (
            sa.select(
                table.c.source_id,
                table.c.outcome,
                sa.func.sum(table.c.number).label("number"),
                sa.func.max(table.c.last_at, type_=tb.Instant()).label("last_at"),
            )
            .where(table.c.slot >= slot_of(since))
            .group_by(table.c.source_id, table.c.outcome)
            .order_by(table.c.source_id, table.c.outcome)
        )
        if until is not None:
            query = query.where(table.c.slot < until)
        return [
            SourceHealth(source_id=row.source_id, outcome=row.outcome, number=int(row.number), last_at=row.last_at)
            for row in self._db.execute(query)
        ]


def slot_of(at: datetime) -> datetime:
    """Return the start of the half-hour that holds ``at``, in UTC."""
    utc = at.astimezone(UTC)
    return utc.replace(minute=utc.minute - utc.minute % 30, second=0, microsecond=0)


def _key(url: str) -> str:
    """Return a fixed-length key: PostgreSQL cannot index a URL over 2,700 bytes."""
    return hashlib.sha256(url.encode("utf-8", "replace")).hexdigest()
