"""The assisted import of the bundled days: what the duty desk had copied from public pages by a given instant."""

from __future__ import annotations

import csv
import io
import json
from datetime import datetime
from operator import itemgetter
from pathlib import Path

from crawlers.spiders.import_file import rows_done
from demo.content import VIETNAM, Entry, World

PREFIX = "demo.nhaptay-"
"""Names of the import files begin with their source's id: one a day, the first as CSV, the others as NDJSON."""
DESK = "Hồ Thị Thử Nghiệm"
"""The invented officer who copied the posts (see ``reviewers.toml``)."""
_COLUMNS = ("id", "platform", "url", "where", "text", "author", "published", "seen", "by")
_COUNTERS = ("views", "reactions", "comments", "shares")


def _row(world: World, entry: Entry) -> dict[str, str]:
    seen = entry.seen or entry.at
    row = {
        "id": entry.key,
        "platform": entry.platform,
        "url": world.url(entry) if entry.path else "",
        "where": entry.channel,
        "text": entry.versions[0].body,
        "author": entry.nick,
        "published": entry.at.isoformat(timespec="minutes"),
        "seen": seen.isoformat(timespec="minutes"),
        "by": DESK,
    }
    return row | {name: str(entry.counters[name]) if name in entry.counters else "" for name in _COUNTERS}


def write(world: World, folder: Path, now: datetime) -> list[Path]:
    """Write what was copied up to ``now`` and not imported yet into ``folder``; return the files.

    Columns: ``crawlers.assisted``. An imported file is gone: its rows are not written again.
    """
    folder.mkdir(parents=True, exist_ok=True)
    days: dict[str, list[dict[str, str]]] = {}
    for seen, entry in sorted(((one.seen or one.at, one) for one in world.of("nhaptay")), key=itemgetter(0)):
        if seen <= now:
            days.setdefault(f"{seen.astimezone(VIETNAM):%Y-%m-%d}", []).append(_row(world, entry))
    files = []
    for number, (day, rows) in enumerate(sorted(days.items())):
        path = folder / f"{PREFIX}{day}.{'ndjson' if number else 'csv'}"
        fresh = rows[rows_done(path) :]
        if fresh:
            path.write_text(_ndjson(fresh) if number else _csv(fresh), encoding="utf-8")
            files.append(path)
    return files


def _csv(rows: list[dict[str, str]]) -> str:
    table = io.StringIO()
    writer = csv.DictWriter(table, [*_COLUMNS, *_COUNTERS], lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return table.getvalue()


def _ndjson(rows: list[dict[str, str]]) -> str:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
