"""The two tables of the window, never mixed: *Sắc thái* and *Nhóm thông tin*; copies of one text count once."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import fmean

from provinces.types import SourceKind
from records.types import Tone
from reports.judge import GROUPS, Judged
from reports.model import Row, Table
from reports.wording import NOT_ENOUGH, TONES, change, percent

BASELINE_DAYS = 28
BASELINE_MIN = 7
"""Fewer comparable days than this print "chưa đủ dữ liệu" (architecture note, "Replay")."""

KINDS = (SourceKind.PRESS_IN, SourceKind.PRESS_OUT, SourceKind.OFFICIAL, SourceKind.SOCIAL)

GROUP_LABELS: Mapping[str, str] = {
    "good": "Tích cực để lan tỏa",
    "negative": "Tiêu cực: thiên tai, tai nạn, vụ việc",
    "feedback": "Tồn tại, hạn chế và phản ánh",
    "unverified": "Chưa kiểm chứng (*)",
    "harm": "Thông tin “xấu, độc” – có nguy cơ gây hại cụ thể (*)",
    "pending": "Nghi vấn chờ người kiểm tra",
    "news": "Thời sự khác",
}
AUTOMATIC_GROUPS = ("good", "negative", "feedback", "news")

Key = tuple[str, str, str]
"""Table, row, source kind."""


@dataclass(frozen=True, slots=True)
class DayCounts:
    """Numbers of one window. ``complete``: collection ran through all of it, so that it may be compared with."""

    day: date
    complete: bool
    counts: Mapping[Key, int]

    def tone(self, tone: Tone) -> int:
        """Return the number of a tone over all kinds."""
        return sum(number for (table, row, _), number in self.counts.items() if table == "tone" and row == tone)


def families(judged: Iterable[Judged]) -> list[Judged]:
    """Return one item per family new in the window and inside the report area: the earliest.

    A checked suspicion wins.
    """
    found: defaultdict[str, list[Judged]] = defaultdict(list)
    for entry in judged:
        if entry.new and not entry.outside:
            found[entry.entry.family_id].append(entry)
    return [
        min(
            members,
            key=lambda entry: (not (entry.checked and entry.group == "harm"), entry.item.time, entry.item.item_id),
        )
        for members in found.values()
    ]


def count_window(day: date, judged: Iterable[Judged], *, complete: bool) -> DayCounts:
    """Return the numbers of one window."""
    counts: Counter[Key] = Counter()
    for entry in families(judged):
        kind = str(entry.entry.kind)
        counts["tone", entry.tone, kind] += 1
        counts["group", entry.group, kind] += 1
    return DayCounts(day, complete, counts)


def baseline(history: Sequence[DayCounts]) -> list[DayCounts]:
    """Return the complete days among the last 28."""
    return [day for day in history[-BASELINE_DAYS:] if day.complete]


def tables(
    today: DayCounts, history: Sequence[DayCounts], present: frozenset[SourceKind], *, automatic: bool
) -> tuple[Table, Table]:
    """Return both tables. ``present``: kinds of which a source answered; the others print "không có nguồn", never 0.

    ``history`` are the windows before, oldest first, the last one being the day before.
    """
    kinds = tuple(kind for kind in KINDS if not (automatic and kind is SourceKind.SOCIAL))
    counted = [kind for kind in kinds if kind in present]
    tones = [Tone.POSITIVE, Tone.NEUTRAL, Tone.NEGATIVE, Tone.MIXED]
    if _sum(today, "tone", Tone.UNKNOWN, counted):
        tones.append(Tone.UNKNOWN)
    groups = list(AUTOMATIC_GROUPS if automatic else GROUPS)
    if not automatic and not _sum(today, "group", "pending", counted):
        groups.remove("pending")
    total = sum(_sum(today, "group", group, counted) for group in GROUPS)

    def row(table: str, key: str, label: str, members: Sequence[str]) -> Row:
        def of(day: DayCounts, kind: SourceKind) -> int:
            return sum(day.counts.get((table, member, kind), 0) for member in members)

        def all_of(day: DayCounts) -> int:
            return sum(of(day, kind) for kind in counted)

        number = all_of(today)
        return Row(
            key=key,
            label=label,
            values=tuple(of(today, kind) if kind in present else None for kind in kinds),
            total=number,
            share="" if key == "total" else percent(number, total),
            day_before=change(number, all_of(history[-1])) if history and history[-1].complete else NOT_ENOUGH,
            baseline=change(number, fmean(map(all_of, known)))
            if len(known := baseline(history)) >= BASELINE_MIN
            else NOT_ENOUGH,
        )

    columns = tuple(str(kind) for kind in kinds)
    tone_table = Table(
        key="tone",
        title="Sắc thái",
        columns=columns,
        rows=(
            row("group", "total", "Tổng số (sau gộp bản đăng lại)", GROUPS),
            *(row("tone", tone, TONES[tone], [tone]) for tone in tones),
        ),
    )
    group_table = Table(
        key="group",
        title="Nhóm thông tin",
        columns=columns,
        rows=tuple(row("group", group, GROUP_LABELS[group], [group]) for group in groups),
    )
    return tone_table, group_table


def _sum(day: DayCounts, table: str, row: str, kinds: Iterable[SourceKind]) -> int:
    return sum(day.counts.get((table, row, kind), 0) for kind in kinds)
