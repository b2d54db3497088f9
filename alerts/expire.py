"""Message files that have served their time: a handed-over call for rescue holds the caller's number."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from alerts.channels import FileChannel
from alerts.send import TOPICS
from records import Clock, Records, Transaction
from records.expire import OUTBOX_PAYLOAD, RESCUE
from records.types import OutboxEntry


def expire(out: Path, records: Records, clock: Clock) -> int:
    """Delete the message files in ``out/alerts`` whose time is over; return how many.

    A file goes with the payload it was made from, 30 days after it was written; a call for rescue 72 hours after its
    closing, as the sealed number does.
    """
    channel = FileChannel(out / "alerts")
    gone = 0
    with records.read() as tx:
        for topic in TOPICS:
            for row in tx.outbox.list(topic, "done"):
                path = channel.path(topic, row.entry.key)
                old = row.done_at is not None and row.done_at <= clock.now() - OUTBOX_PAYLOAD
                if path.exists() and (old or (topic == "rescue" and _closed(tx, row.entry, clock.now()))):
                    path.unlink()
                    gone += 1
    return gone


def _closed(tx: Transaction, entry: OutboxEntry, now: datetime) -> bool:
    closed_at = tx.outward.rescue(entry.key.split(":")[1]).closed_at
    return closed_at is not None and closed_at <= now - RESCUE
