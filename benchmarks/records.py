"""Does storing, assessing, linking and queueing cost the same per item at the end of 120,000 items as at the start?

``python -m benchmarks.records [--shared ../shared] [--url URL] [--items N]`` stores the real feed archive in batches of
256, puts a typical assessment on each item, links each to a story with a signature of 8 keys, and carries out all index
entries with an empty indexer. It prints one JSON object: items per second (wall) and, per quarter of the items, the
processor's milliseconds per item, which no neighbour on the machine can take away; ``growth`` is the last quarter over
the first (goal: at most 1.5). Peak memory in MB.
"""

from __future__ import annotations

import argparse
import gzip
import itertools
import json
import random
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from records import Records
from records import tables as tb
from records.types import (
    Assessment,
    BodyKind,
    Capture,
    Channel,
    Item,
    Lane,
    Member,
    PlaceHit,
    Reach,
    Severity,
    Story,
    Tone,
)

BATCH = 256
GOAL_GROWTH = 1.5
NOW = datetime(2026, 11, 20, tzinfo=UTC)


def captures(archive: Path, limit: int | None) -> Iterator[Capture]:
    """Yield the entries of the feed archive as a crawler would hand them over."""
    with gzip.open(archive, "rt", encoding="utf-8") as lines:
        for line in itertools.islice(lines, limit):
            row = json.loads(line)
            published = row.get("published")
            yield Capture(
                source_id=row["site"],
                channel=Channel.PRESS,
                url=row["url"],
                title=row["title"],
                lead=row.get("body") or "",
                body_kind=BodyKind.LEAD,
                published_at=datetime.fromisoformat(published) if published else None,
            )


def assessment(item: Item) -> Assessment:
    """Return an assessment of usual size."""
    return Assessment(
        item_id=item.item_id,
        version=item.version,
        model_version="bench",
        assessed_at=NOW,
        language="vi",
        relevant=True,
        relevance=0.9,
        relevance_reason="place",
        lane=Lane.NEUTRAL,
        lane_probability=0.8,
        lane_reasons=("model",),
        tone=Tone.NEUTRAL,
        tone_probability=0.7,
        places=(PlaceHit(place_code="21583", name="Quy Nhơn", score=0.9, reason="cue", start=0, end=8),),
    )


def story(item: Item) -> tuple[Story, list[Member]]:
    """Return a story of one item."""
    story_id = f"s{item.item_id[:30]}"
    made = Story(
        story_id=story_id,
        revision=0,
        headline=item.title,
        lead=item.lead,
        lane=Lane.NEUTRAL,
        tone=Tone.NEUTRAL,
        severity=Severity.S1,
        reach=Reach.R0,
        first_published_at=item.time,
        last_published_at=item.time,
        lead_item_id=item.item_id,
        items=1,
        families=1,
        outlets=1,
    )
    return made, [Member(item_id=item.item_id, story_id=story_id, family_id=story_id)]


def store(records: Records, incoming: Iterator[Capture]) -> Iterator[int]:
    """Store everything; yield the number of items per batch."""
    while batch := list(itertools.islice(incoming, BATCH)):
        with records.begin() as tx:
            tx.items.store_many(batch, NOW)
        yield len(batch)


def assess(records: Records) -> Iterator[int]:
    """Assess everything that is pending."""
    while True:
        with records.begin() as tx:
            pending = tx.items.pending_assessment("bench", NOW, BATCH)
            tx.assessments.put_many([assessment(item) for item in pending])
        if not pending:
            return
        yield len(pending)


def link(records: Records) -> Iterator[int]:
    """Link everything that is pending, each item to a story of its own."""
    chance = random.Random(20)
    while True:
        with records.begin() as tx:
            items = [pair.item for pair in tx.assessments.pending_link(NOW, BATCH)]
            keys = [
                (item.item_id, b"\0" * 512, [chance.getrandbits(64) for _ in range(8)], item.time) for item in items
            ]
            tx.stories.put_signatures(keys)
            tx.stories.put_many([story(item) for item in items], now=NOW)
        if not items:
            return
        yield len(items)


def index(records: Records) -> Iterator[int]:
    """Claim and acknowledge all index entries."""
    while True:
        with records.begin() as tx:
            entries = tx.outbox.claim("index", 500, NOW)
            tx.outbox.ack([entry.entry_id for entry in entries], NOW)
        if not entries:
            return
        yield len(entries)


def measure(batches: Iterator[int], total: int) -> dict[str, Any]:
    """Run all batches; return speed, cost per quarter, and growth."""
    wall, cpu = time.perf_counter(), time.process_time()
    began, done, since = wall, 0, 0
    quarters: list[float] = []
    for number in batches:
        done += number
        if done >= total * (len(quarters) + 1) / 4:
            now = time.process_time()
            quarters.append(round(1000 * (now - cpu) / (done - since), 3))
            cpu, since = now, done
    return {
        "rows": done,
        "rows_per_second": round(done / (time.perf_counter() - began)),
        "cpu_ms_per_row_by_quarter": quarters,
        "growth": round(quarters[-1] / quarters[0], 2),
    }


def count(records: Records, table: sa.Table) -> int:
    """Return the number of rows of a table."""
    with records.read() as tx:
        return int(tx.connection.execute(sa.select(sa.func.count()).select_from(table)).scalar() or 0)


def main() -> int:
    """Print the figures as JSON; exit 1 where a stage's cost grows beyond the goal."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, default=Path("../shared"))
    parser.add_argument("--url", help="a database of PostgreSQL instead of a SQLite file")
    parser.add_argument("--items", type=int)
    options = parser.parse_args()
    incoming = list(captures(options.shared / "data/press/rss_archive.jsonl.gz", options.items))
    with tempfile.TemporaryDirectory() as folder, Records.open(options.url or folder, folder=Path(folder)) as records:
        figures: dict[str, Any] = {"store": measure(store(records, iter(incoming)), len(incoming))}
        items = count(records, tb.items)
        figures["assess"] = measure(assess(records), items)
        figures["link"] = measure(link(records), items)
        figures["index"] = measure(index(records), count(records, tb.outbox))
        database = records.engine.dialect.name
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    good = all(stage["growth"] <= GOAL_GROWTH for stage in figures.values())
    result = {"database": database, **figures, "peak_mb": memory, "goal_growth": GOAL_GROWTH, "reached": good}
    print(json.dumps(result, ensure_ascii=False))
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
