"""Outward effects, written in the transaction of their cause and carried out after it.

Life of an entry: pending → claimed → done; ``fail`` puts it back with a time or ends it as failed; a sender that died
between "sent" and "answered" leaves it claimed, and a person (or the topic's rule) makes it pending again or uncertain.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from records import tables as tb
from records.codec import from_columns
from records.errors import NotReferable
from records.repository import Repository, chunks
from records.types import OutboxEntry

INDEX = "index"
"""Topic of index entries: payload ``{"kind": "item"|"story", "id": …, "revision": …}``, key ``index:KIND:ID:REVISION``.

The indexer reads the record at send time and writes the whole document with the revision as external version.
"""
REFERRAL = "referral"
"""Topic of the cyber team's queue; only ``tx.outward.refer`` writes it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxState:
    """An entry with its state, for operators: ``state`` pending, claimed, done, uncertain or failed."""

    entry: OutboxEntry
    state: str
    claimed_at: datetime | None
    done_at: datetime | None


class Outbox(Repository):
    """Effects to be carried out, by topic."""

    def put(self, topic: str, key: str, payload: Mapping[str, Any], now: datetime) -> bool:
        """Queue an effect once: False where an entry of this key exists already, in whatever state.

        Raises ``NotReferable`` for the cyber team's topic, which only approved referrals enter.
        """
        if topic == REFERRAL:
            raise NotReferable("the cyber team's queue is written by tx.outward.refer alone")
        statement = self._insert(tb.outbox).on_conflict_do_nothing().returning(tb.outbox.c.entry_id)
        return self._db.execute(statement, _row(topic, key, payload, now)).scalar() is not None

    def put_many(self, topic: str, entries: Sequence[tuple[str, Mapping[str, Any]]], now: datetime) -> None:
        """Queue many effects, (key, payload) each; known keys are left alone."""
        if topic == REFERRAL:
            raise NotReferable("the cyber team's queue is written by tx.outward.refer alone")
        self._insert_new(tb.outbox, [_row(topic, key, payload, now) for key, payload in entries])

    def put_index(self, kind: str, revisions: Iterable[tuple[str, int]], now: datetime) -> None:
        """Queue index writes of (id, revision) of one kind, ``item`` or ``story``."""
        entries = [
            (f"index:{kind}:{subject}:{revision}", {"kind": kind, "id": subject, "revision": revision})
            for subject, revision in revisions
        ]
        self.put_many(INDEX, entries, now)

    def claim(self, topic: str, limit: int, now: datetime) -> list[OutboxEntry]:
        """Take up to ``limit`` due entries, oldest first; no other claimer gets them.

        Commit before carrying them out.
        """
        table = tb.outbox
        due = (
            sa.select(table.c.entry_id)
            .where(table.c.topic == topic, table.c.state == "pending", table.c.next_at <= now)
            .order_by(table.c.entry_id)
            .limit(limit)
        )
        if not self._tx.sqlite:
            due = due.with_for_update(skip_locked=True)
        # A plain subquery may run again for every row on PostgreSQL, and then takes more than the limit.
        chosen = due.cte("due")
        taken = (
            sa.update(table)
            .where(table.c.entry_id.in_(sa.select(chosen.c.entry_id)))
            .values(state="claimed", claim_id=uuid.uuid4().hex, claimed_at=now, attempts=table.c.attempts + 1)
            .returning(table)
        )
        rows = self._db.execute(taken).mappings().all()
        return sorted((from_columns(OutboxEntry, row) for row in rows), key=lambda entry: entry.entry_id)

    def ack(self, entry_ids: Iterable[int], now: datetime) -> None:
        """Mark claimed entries as done."""
        self._end(entry_ids, state="done", done_at=now, last_error="")

    def fail(self, entry_id: int, error: str, *, retry_at: datetime | None) -> None:
        """Put a claimed entry back until ``retry_at``, or end it as failed (None)."""
        if retry_at is None:
            self._end([entry_id], state="failed", last_error=error[:500])
        else:
            self._end([entry_id], state="pending", last_error=error[:500], next_at=retry_at)

    def uncertain(self, entry_ids: Iterable[int], why: str) -> None:
        """Mark entries of which nobody knows whether they went out.

        They stay until a person calls ``resend`` or ``ack``.
        """
        self._end(entry_ids, state="uncertain", last_error=why[:500])

    def resend(self, entry_ids: Iterable[int], now: datetime) -> None:
        """Make entries pending again.

        A claim known not to have gone out, or an uncertain one that a person wants sent.
        """
        self._end(entry_ids, state="pending", claim_id=None, claimed_at=None, next_at=now)

    def stale(self, topic: str, before: datetime) -> list[OutboxEntry]:
        """Return entries claimed before an instant and never answered for: their claimer died."""
        table = tb.outbox
        query = (
            sa.select(table)
            .where(table.c.topic == topic, table.c.state == "claimed", table.c.claimed_at < before)
            .order_by(table.c.entry_id)
        )
        return [from_columns(OutboxEntry, row) for row in self._db.execute(query).mappings()]

    def list(self, topic: str, *states: str, limit: int | None = None) -> list[OutboxState]:
        """Return entries of a topic in the given states (all without any), oldest first."""
        table = tb.outbox
        query = sa.select(table).where(table.c.topic == topic).order_by(table.c.entry_id).limit(limit)
        if states:
            query = query.where(table.c.state.in_(states))
        return [
            OutboxState(
                entry=from_columns(OutboxEntry, row),
                state=row["state"],
                claimed_at=row["claimed_at"],
                done_at=row["done_at"],
            )
            for row in self._db.execute(query).mappings()
        ]

    def counts(self) -> dict[tuple[str, str], int]:
        """Return the number of entries per (topic, state)."""
        table = tb.outbox
        query = sa.select(table.c.topic, table.c.state, sa.func.count()).group_by(table.c.topic, table.c.state)
        return {(topic, state): number for topic, state, number in self._db.execute(query)}

    def _put_referral(self, referral_id: str, key: str, payload: Mapping[str, Any], now: datetime) -> None:
        row = {**_row(REFERRAL, key, payload, now), "referral_id": referral_id}
        self._db.execute(tb.outbox.insert(), row)

    def _end(self, entry_ids: Iterable[int], **values: Any) -> None:
        for batch in chunks(entry_ids):
            self._db.execute(sa.update(tb.outbox).where(tb.outbox.c.entry_id.in_(batch)).values(**values))


def _row(topic: str, key: str, payload: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    return {"topic": topic, "key": key, "payload": dict(payload), "created_at": now, "next_at": now, "state": "pending"}
