"""Output: tables and progress for people on stderr/stdout, one JSON object on stdout when asked."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from records import StageReport
from records.stage import observer

if TYPE_CHECKING:
    from search import Results

screen = Console(stderr=True)
"""Progress, tables and messages; stdout stays free for data."""


def emit(value: Any) -> None:
    """Print one JSON object on stdout."""
    json.dump(value, sys.stdout, ensure_ascii=False, indent=1)
    sys.stdout.write("\n")


_COLUMNS = ("ok", "retry", "quarantine")


class StageBars:
    """One progress bar per stage, fed by the counts of the running stage; a stage that runs again adds to its bar."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._tasks: dict[str, TaskID] = {}
        self._before: Counter[str] = Counter()
        self._running = ""

    def start(self, name: str) -> None:
        """Begin (or go on with) the bar of a stage; the one before is at rest."""
        self.finish()
        self._running = name
        if name not in self._tasks:
            self._tasks[name] = self._progress.add_task(name, total=None, done="0")

    def seen(self, report: StageReport) -> None:
        """Show the running stage's counts."""
        if self._running in self._tasks:
            done = self._before[self._running] + sum(report.counts[key] for key in _COLUMNS)
            self._progress.update(self._tasks[self._running], completed=done, total=None, done=f"{done:,}")

    def finish(self) -> None:
        """Put the running bar at rest."""
        if self._running:
            task = self._tasks[self._running]
            done = int(self._progress.tasks[task].completed)
            self._before[self._running] = done
            self._progress.update(task, total=max(done, 1), completed=max(done, 1))
            self._running = ""


@contextmanager
def stage_bars() -> Iterator[StageBars]:
    """Show progress bars on the terminal while stages run; quiet where stderr is no terminal."""
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description:<10}"),
        BarColumn(bar_width=30),
        TextColumn("{task.fields[done]:>9}"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=screen) as progress:
        bars = StageBars(progress)
        token = observer.set(bars.seen)
        try:
            yield bars
            bars.finish()
        finally:
            observer.reset(token)


def stage_table(reports: list[StageReport]) -> Table:
    """Return the outcome of stages as a table: rows that left as ok, retry or quarantine, and what else was counted."""
    table = Table(title="Kết quả các bước")
    for heading in ("Bước", "Xong", "Thử lại", "Chờ người xử lý", "Chi tiết"):
        table.add_column(heading, justify="left" if heading in {"Bước", "Chi tiết"} else "right")
    for report in reports:
        more = [f"{key} {number}" for key, number in sorted(report.counts.items()) if key not in _COLUMNS and number]
        more += [f"{reason}: {number}" for reason, number in sorted(report.reasons.items())]
        table.add_row(report.stage, *(str(report.counts[key]) for key in _COLUMNS), ", ".join(more))
    return table


def results_as_dict(results: Results) -> dict[str, Any]:
    """Return search results as JSON-ready values."""
    return {
        "total": results.total,
        "hits": [
            {
                "id": hit.doc_id,
                "title": hit.title,
                "url": hit.url,
                "published": hit.published.isoformat(),
                "snippet": hit.snippet,
                "marks": [list(mark) for mark in hit.marks],
                **{name: list(values) for name, values in hit.keywords.items()},
            }
            for hit in results.hits
        ],
        "facets": {
            name: [{"value": value, "count": count} for value, count in rows] for name, rows in results.facets.items()
        },
        "histogram": [{"day": day.isoformat(), "count": count} for day, count in results.histogram],
    }


def print_results(results: Results) -> None:
    """Show search results with the matches marked."""
    screen.print(f"{results.total} kết quả")
    for hit in results.hits:
        line = Text(f"{hit.published:%d/%m/%Y} ")
        line.append(hit.title, style="bold")
        line.append(f"  [{', '.join(hit.keywords.get('lane', ()))}] {hit.url or ''}", style="dim")
        screen.print(line)
        snippet = Text(hit.snippet)
        for start, end in hit.marks:
            snippet.stylize("bold yellow", start, end)
        screen.print(snippet)
    for name, rows in results.facets.items():
        screen.print(f"{name}: " + ", ".join(f"{value} {count}" for value, count in rows))
    for day, count in results.histogram:
        screen.print(f"{day:%d/%m/%Y} {'█' * min(count, 60)} {count}")


def print_scores(scores: Mapping[str, Any], indent: int = 0) -> None:
    """Show nested scores, one a line."""
    for name, value in scores.items():
        if isinstance(value, Mapping):
            screen.print(" " * indent + f"{name}:")
            print_scores(value, indent + 2)
        else:
            screen.print(" " * indent + f"{name}: {value}", markup=False)
