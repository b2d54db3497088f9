"""The stage ``expire``: what is no longer needed goes, by the periods of ``domain.md`` §5.3 (5).

What isn't kept can't be demanded.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from records import tables as tb
from records.clock import Clock
from records.evidence import Retention
from records.keys import POSTER_DAYS, SEALED_DAYS
from records.stage import StageReport
from records.store import Records, Transaction
from records.types import AlertKind, CaseState, Channel, EvidenceRef, Lane, ProposalState

SOCIAL_TEXT = timedelta(days=30)
"""Words and links of residents: social posts, hotline notes."""
CASE_SUMMARY = timedelta(days=90)
"""Masked lane-B summaries, counted from the closing of their case."""
HARM_FILE = timedelta(days=365)
"""Case files of a suspicion of harm: the item's words, the artefacts, the rationale."""
PRESS = timedelta(days=730)
"""Press, official and broadcast items, and what is left of all others."""
RESCUE = timedelta(hours=72)
"""Sealed phone and address of a call for rescue, counted from its closing."""
AUDIT = timedelta(days=1827)
"""The content-free audit chain: five years."""
OUTBOX_PAYLOAD = timedelta(days=30)
"""Payloads of effects that were carried out; their keys stay, so that nothing goes out twice."""
INDEX_ENTRIES = timedelta(days=1)
"""Index entries that were carried out: a newer revision has another key, so the rows are of no use."""
SOURCE_HEALTH = timedelta(days=90)
"""Half-hourly outcome counts of sources."""
SIGNATURES = timedelta(days=30)
"""Signatures for finding copies: ``link`` looks back days, not months."""

_RESIDENTS = (Channel.SOCIAL.value, Channel.HOTLINE.value)
_BATCH = 500


def run(records: Records, province: object, clock: Clock) -> StageReport:
    """Delete or empty everything whose time is over; one transaction per batch, so that it may be stopped at any point.

    Counts, per kind, what went. ``province`` is not needed: the periods are the same everywhere and not configurable.
    """
    now = clock.now()
    report = StageReport(stage="expire", started_at=now)
    for name, step in _STEPS:
        while True:
            with records.begin() as tx:
                gone = step(tx, now)
            report.counts[name] += gone
            if gone < _BATCH:
                break
    if records.has_folder:
        report.counts["evidence_records"] += _erase_marked(records, now)
        report.counts["evidence_files"] += sum(
            records.evidence.expire(retention, (now - period).date()) for retention, period in _EVIDENCE
        )
        with records.read() as tx:
            report.counts["keys"] += tx.keys.expire(now)
    if not records.scrub(compact=True):
        report.retry("scrub_busy")
    report.ok(sum(report.counts.values()) - report.counts["retry"])
    report.ended_at = clock.now()
    return report


def _poster_hashes(tx: Transaction, now: datetime) -> int:
    table = tb.items
    old = sa.and_(table.c.poster_hash.is_not(None), table.c.collected_at <= now - timedelta(days=POSTER_DAYS))
    return _changed(tx, sa.update(table).where(old).values(poster_hash=None))


def _sealed(tx: Transaction, now: datetime) -> int:
    gone = _changed(tx, sa.delete(tb.sealed).where(tb.sealed.c.sealed_at <= now - timedelta(days=SEALED_DAYS)))
    tx.scrub = tx.scrub or gone > 0
    return gone


def _rescues(tx: Transaction, now: datetime) -> int:
    table = tb.rescues
    over = sa.and_(table.c.erased_at.is_(None), table.c.closed_at <= now - RESCUE)
    rows = tx.connection.execute(sa.select(table.c.rescue_id, table.c.item_id).where(over).limit(_BATCH)).all()
    tx.sealed.erase(item_id for _, item_id in rows)
    ids = [rescue_id for rescue_id, _ in rows]
    tx.connection.execute(sa.update(table).where(table.c.rescue_id.in_(ids)).values(erased_at=now))
    return len(rows)


def _social_texts(tx: Transaction, now: datetime) -> int:
    """Empty what residents wrote, unless it lies in a harm case file."""
    table = tb.items
    in_file = sa.exists().where(
        tb.proposals.c.item_id == table.c.item_id,
        tb.proposals.c.lane == Lane.HARM.value,
        tb.proposals.c.state != ProposalState.REJECTED.value,
        tb.proposals.c.created_at > now - HARM_FILE,
    )
    query = (
        sa.select(table.c.item_id)
        .where(
            table.c.expired_at.is_(None),
            table.c.channel.in_(_RESIDENTS),
            table.c.collected_at <= now - SOCIAL_TEXT,
            ~in_file,
        )
        .limit(_BATCH)
    )
    ids = list(tx.connection.execute(query).scalars())
    tx.sealed.erase(ids)
    tx.items.empty(ids, now, expired_at=now, flags=["expired"])
    return len(ids)


def _items(tx: Transaction, now: datetime) -> int:
    """Delete items as such, with all that hangs on them, and the stories that lose their last member."""
    table = tb.items
    old = sa.select(table.c.item_id, table.c.revision).where(table.c.collected_at <= now - PRESS).limit(_BATCH)
    rows = tx.connection.execute(old).all()
    tx.stories.remove([item_id for item_id, _ in rows], now=now)
    for item_id, revision in rows:
        tx.connection.execute(sa.delete(table).where(table.c.item_id == item_id))
        tx.outbox.put_index("item", [(item_id, revision + 2)], now)
    return len(rows)


def _empty_stories(tx: Transaction, now: datetime) -> int:
    table = tb.stories
    alone = sa.select(table.c.story_id).where(
        table.c.last_published_at <= now - PRESS, ~sa.exists().where(tb.members.c.story_id == table.c.story_id)
    )
    ids = list(tx.connection.execute(alone.limit(_BATCH)).scalars())
    for story_id in ids:
        tx.stories.drop(story_id, now=now)
    return len(ids)


def _stories(tx: Transaction, now: datetime) -> int:
    """Empty headline and lead of stories whose lead item has expired, once no case needs the summary."""
    table = tb.stories
    expired = sa.exists().where(tb.items.c.item_id == table.c.lead_item_id, tb.items.c.expired_at.is_not(None))
    return tx.stories.blank(sa.and_(table.c.headline != "", expired, ~_case_alive(table.c.story_id, now)), now)


def _cases(tx: Transaction, now: datetime) -> int:
    table = tb.cases
    over = sa.and_(table.c.closed_at <= now - CASE_SUMMARY, sa.or_(table.c.summary != "", table.c.answer != ""))
    ids = list(tx.connection.execute(sa.select(table.c.case_id).where(over).limit(_BATCH)).scalars())
    tx.connection.execute(sa.update(table).where(table.c.case_id.in_(ids)).values(summary="", answer=""))
    events = tb.case_events
    tx.connection.execute(sa.update(events).where(events.c.subject_id.in_(ids)).values(note=""))
    return len(ids)


def _proposals(tx: Transaction, now: datetime) -> int:
    """Empty the rationale: of lane C after the life of a harm file, of others when text and case are gone."""
    table = tb.proposals
    harm = sa.and_(table.c.lane == Lane.HARM.value, table.c.created_at <= now - HARM_FILE)
    other = sa.and_(
        table.c.lane != Lane.HARM.value,
        table.c.created_at <= now - SOCIAL_TEXT - CASE_SUMMARY,
        ~_case_alive(table.c.story_id, now),
    )
    return _changed(tx, sa.update(table).where(table.c.rationale != "", sa.or_(harm, other)).values(rationale=""))


def _referrals(tx: Transaction, now: datetime) -> int:
    table = tb.referrals
    filled = sa.or_(sa.cast(table.c.artefacts, sa.Text) != "[]", table.c.answer != "")
    old = sa.select(table.c.referral_id).where(table.c.sent_at <= now - HARM_FILE, filled).limit(_BATCH)
    ids = list(tx.connection.execute(old).scalars())
    tx.connection.execute(sa.update(table).where(table.c.referral_id.in_(ids)).values(artefacts=[], answer=""))
    events = tb.referral_events
    tx.connection.execute(sa.update(events).where(events.c.subject_id.in_(ids)).values(note=""))
    return len(ids)


def _alerts(tx: Transaction, now: datetime) -> int:
    """Empty headlines, which may be a resident's words: also of alerts that nobody ever resolved."""
    table = tb.alerts
    over = sa.or_(
        table.c.opened_at <= now - HARM_FILE,
        sa.and_(table.c.kind != AlertKind.OPERATIONS.value, table.c.opened_at <= now - SOCIAL_TEXT),
        sa.and_(table.c.kind == AlertKind.RESCUE.value, table.c.resolved_at <= now - RESCUE),
    )
    return _changed(tx, sa.update(table).where(table.c.headline != "", over).values(headline=""))


def _outbox(tx: Transaction, now: datetime) -> int:
    table = tb.outbox
    done = table.c.state == "done"
    useless = sa.and_(done, table.c.topic == "index", table.c.done_at <= now - INDEX_ENTRIES)
    gone = _changed(tx, sa.delete(table).where(useless))
    full = sa.and_(done, table.c.done_at <= now - OUTBOX_PAYLOAD, sa.cast(table.c.payload, sa.Text) != "{}")
    return gone + _changed(tx, sa.update(table).where(full).values(payload={}))


def _source_health(tx: Transaction, now: datetime) -> int:
    return _changed(tx, sa.delete(tb.source_health).where(tb.source_health.c.slot <= now - SOURCE_HEALTH))


def _signatures(tx: Transaction, now: datetime) -> int:
    return _changed(tx, sa.delete(tb.signatures).where(tb.signatures.c.at <= now - SIGNATURES))


def _audit(tx: Transaction, now: datetime) -> int:
    return tx.audit.expire(now - AUDIT)


def _case_alive(story_id: sa.ColumnElement[str], now: datetime) -> sa.ColumnElement[bool]:
    table = tb.cases
    return sa.exists().where(
        table.c.story_id == story_id,
        sa.or_(table.c.state != CaseState.CLOSED.value, table.c.closed_at > now - CASE_SUMMARY),
    )


def _erase_marked(records: Records, now: datetime) -> int:
    """Overwrite the archived responses of erased items; the mark is answered for only after the bytes are gone."""
    table = tb.evidence_deletions
    with records.read() as tx:
        marked = tx.connection.execute(sa.select(table).where(table.c.deleted_at.is_(None))).all()
    for row in marked:
        records.evidence.erase(EvidenceRef(file=row.file, offset=row.record_offset, sha256=row.sha256))
        with records.begin() as tx:
            here = sa.and_(table.c.file == row.file, table.c.record_offset == row.record_offset)
            tx.connection.execute(sa.update(table).where(here).values(deleted_at=now))
    return len(marked)


def _changed(tx: Transaction, statement: Any) -> int:
    return int(tx.connection.execute(statement).rowcount)


_STEPS: tuple[tuple[str, Callable[[Transaction, datetime], int]], ...] = (
    ("poster_hashes", _poster_hashes),
    ("sealed", _sealed),
    ("rescues", _rescues),
    ("social_texts", _social_texts),
    ("items", _items),
    ("empty_stories", _empty_stories),
    ("cases", _cases),
    ("stories", _stories),
    ("proposals", _proposals),
    ("referrals", _referrals),
    ("alerts", _alerts),
    ("outbox", _outbox),
    ("source_health", _source_health),
    ("signatures", _signatures),
    ("audit", _audit),
)
_EVIDENCE: tuple[tuple[Retention, timedelta], ...] = (
    (Retention.PRESS, PRESS),
    (Retention.OFFICIAL, PRESS),
    (Retention.SOCIAL, SOCIAL_TEXT),
    (Retention.CASE, HARM_FILE),
)
