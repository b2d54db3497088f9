"""The audit chain: append-only, each entry carrying the hash of the one before it.

What it shows: any entry that was changed, removed from the middle, or put in. What it cannot show alone: that the
newest entries were cut off; for that, print ``head()`` where others keep it (editions, the monthly report).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from records import tables as tb
from records.repository import Repository

GENESIS = "0" * 64
_LOCK = 0x6C6E61  # "lna": one appender at a time on PostgreSQL; SQLite has one writer anyway


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """Who did what to which record, when.

    ``detail`` is content-free: ids, classes, counts, reasons; never a text of residents.
    """

    seq: int
    at: datetime
    actor: str
    verb: str
    subject: str
    detail: Mapping[str, Any]
    prev_hash: str
    hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditVerdict:
    """Result of walking the chain: ``broken_at`` is the first entry that does not fit, None when all do."""

    entries: int
    broken_at: int | None
    why: str = ""

    @property
    def ok(self) -> bool:
        """Tell whether the chain is whole."""
        return self.broken_at is None


class Audit(Repository):
    """The chain of this province's records."""

    def append(self, actor: str, verb: str, subject: str, detail: Mapping[str, Any], now: datetime) -> AuditEntry:
        """Append an entry.

        ``actor``: a named person or a stage; ``subject``: ``kind:id``; ``detail``: JSON-ready, content-free.
        """
        if not self._tx.sqlite:
            self._db.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
        seq, prev = self.head()
        at = now.astimezone(UTC)
        kept = json.loads(_canonical(detail))
        entry = AuditEntry(
            seq=seq + 1,
            at=at,
            actor=actor,
            verb=verb,
            subject=subject,
            detail=kept,
            prev_hash=prev,
            hash=_hash(seq + 1, at, actor, verb, subject, kept, prev),
        )
        self._db.execute(
            tb.audit.insert(),
            {
                "seq": entry.seq,
                "at": at,
                "actor": actor,
                "verb": verb,
                "subject": subject,
                "detail": kept,
                "prev_hash": prev,
                "hash": entry.hash,
            },
        )
        return entry

    def head(self) -> tuple[int, str]:
        """Return number and hash of the newest entry.

        Those of the anchor where all have expired, (0, ``GENESIS``) in a new chain.
        """
        query = sa.select(tb.audit.c.seq, tb.audit.c.hash).order_by(tb.audit.c.seq.desc()).limit(1)
        row = self._db.execute(query).first()
        return (row[0], row[1]) if row else self._anchor()

    def list(self, subject: str | None = None, *, limit: int | None = None) -> list[AuditEntry]:
        """Return entries, newest first, of one subject or of all."""
        query = sa.select(tb.audit).order_by(tb.audit.c.seq.desc()).limit(limit)
        if subject is not None:
            query = query.where(tb.audit.c.subject == subject)
        return [AuditEntry(**row) for row in self._db.execute(query).mappings()]

    def verify(self) -> AuditVerdict:
        """Walk the chain from its anchor and recompute every hash."""
        seq, prev = self._anchor()
        entries = 0
        for row in self._db.execute(sa.select(tb.audit).order_by(tb.audit.c.seq)).mappings():
            if row["seq"] != seq + 1:
                return AuditVerdict(entries=entries, broken_at=row["seq"], why=f"entry {seq + 1} is missing")
            if row["prev_hash"] != prev:
                return AuditVerdict(entries=entries, broken_at=row["seq"], why="it does not follow the entry before it")
            if row["hash"] != _hash(
                row["seq"], row["at"], row["actor"], row["verb"], row["subject"], row["detail"], prev
            ):
                return AuditVerdict(entries=entries, broken_at=row["seq"], why="its content was changed")
            seq, prev, entries = row["seq"], row["hash"], entries + 1
        return AuditVerdict(entries=entries, broken_at=None)

    def expire(self, before: datetime) -> int:
        """Delete the entries older than ``before`` and anchor the chain at the last of them; return how many.

        The database itself refuses to delete an entry younger than 5 years by its own clock.
        """
        last = self._db.execute(
            sa.select(tb.audit.c.seq, tb.audit.c.hash)
            .where(tb.audit.c.at < before)
            .order_by(tb.audit.c.seq.desc())
            .limit(1)
        ).first()
        if last is None:
            return 0
        gone = self._db.execute(sa.delete(tb.audit).where(tb.audit.c.seq <= last[0])).rowcount
        self._upsert(tb.meta, [{"name": "audit_anchor", "value": f"{last[0]}:{last[1]}"}])
        return gone

    def _anchor(self) -> tuple[int, str]:
        value = self._db.execute(sa.select(tb.meta.c.value).where(tb.meta.c.name == "audit_anchor")).scalar()
        if value is None:
            return 0, GENESIS
        seq, _, digest = value.partition(":")
        return int(seq), digest


def _canonical(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _hash(seq: int, at: datetime, actor: str, verb: str, subject: str, detail: Any, prev: str) -> str:
    instant = at.astimezone(UTC).isoformat(timespec="microseconds")
    return hashlib.sha256(_canonical([prev, seq, instant, actor, verb, subject, detail]).encode()).hexdigest()
