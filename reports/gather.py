"""Reads what one edition is made from.

The only part of the room besides ``brief`` and ``deliver`` that touches records.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from provinces import Province
from provinces.errors import UnknownCode
from provinces.types import Access
from records import Assessed, RescueCall, RescueState, Transaction
from records.types import (
    Decision,
    Edition,
    EditionKind,
    Item,
    Lane,
    Story,
)
from reports import wording
from reports.compose import SECTION_TITLES, STALE_AFTER, EditionInput, SourceState
from reports.counting import BASELINE_DAYS, DayCounts, count_window
from reports.judge import ItemInput, StoryInput, judge
from reports.model import EditionContent, Sentence, Shown

CUT_OFF = time(5, 30)
"""Local time of the daily cut-off (``domain.md`` §2.2)."""
TICK = timedelta(microseconds=1)
"""Windows of records are [a, b), an edition's is (a, b]: what is collected at the very cut-off belongs to this edition.

Stored instants have microseconds, so one of them turns the one into the other.
"""
SEEN_DAYS = 7
"""A story printed within this many days is no news by itself: the active window of stories."""
_MORNING = timedelta(days=1)
"""What people did between the cut-off and the making of the edition (05:30 to 07:00) is in it, and in no later one."""
_GOOD_ANSWERS = frozenset({"ok", "not_modified"})


def edition_id(province: Province, cutoff: datetime, kind: EditionKind = EditionKind.DAILY) -> str:
    """Return the id of an edition: ``gia-lai-daily-2026-11-20``, from the cut-off's local day."""
    return f"{province.key}-{kind}-{cutoff.astimezone(ZoneInfo(province.timezone)).date().isoformat()}"


def last_cutoff(province: Province, now: datetime, at: time = CUT_OFF) -> datetime:
    """Return the newest daily cut-off (local ``at``) that is not later than ``now``."""
    zone = ZoneInfo(province.timezone)
    local = now.astimezone(zone)
    today = datetime.combine(local.date(), at, zone)
    return today if today <= local else datetime.combine(local.date() - timedelta(days=1), at, zone)


def previous(cutoff: datetime, province: Province, days: int = 1) -> datetime:
    """Return the cut-off ``days`` local days earlier, at the same clock time."""
    zone = ZoneInfo(province.timezone)
    local = cutoff.astimezone(zone)
    return datetime.combine(local.date() - timedelta(days=days), local.time(), zone)


def gather(tx: Transaction, province: Province, cutoff: datetime, *, automatic: bool | None = None) -> EditionInput:
    """Return the input of the daily edition whose window ends at ``cutoff``.

    The window holds what was collected or edited after the previous cut-off and not after this one. ``automatic`` None:
    automatic unless a person decided on one of its stories or items.
    """
    start = previous(cutoff, province)
    collected = [pair.item.item_id for pair in tx.assessments.collected(start + TICK, cutoff + TICK)]
    edited = tx.items.changed(start + TICK, cutoff + TICK)
    members = tx.stories.member_of([*collected, *edited])
    stories = tx.stories.get_many(sorted({member.story_id for member in members.values()}))
    decisions = _decisions(tx)
    inputs = tuple(_stories(tx, province, stories.values(), cutoff, decisions, frozenset(edited)))
    if automatic is None:
        automatic = not any(story.decisions for story in inputs)
    earlier = tx.editions.ending(EditionKind.DAILY, previous(cutoff, province, SEEN_DAYS), previous(cutoff, province))
    return EditionInput(
        edition_id=edition_id(province, cutoff),
        province=province,
        window_start=start,
        window_end=cutoff,
        stories=inputs,
        sources=_sources(tx, province, start, cutoff),
        history=tuple(_history(tx, province, cutoff, automatic=automatic)),
        cases=() if automatic else tuple(_cases(tx, start, cutoff)),
        corrections=tuple(_corrections(tx, province, earlier, start, cutoff)),
        rescues=() if automatic else tuple(_rescues(tx, earlier, start, cutoff)),
        automatic=automatic,
        seen=frozenset(story_id for edition in earlier for story_id in _printed(edition)),
    )


def _decisions(tx: Transaction) -> dict[str, dict[str, Decision]]:
    return {subject: tx.decisions.latest(subject) for subject in ("story", "item")}


def _stories(
    tx: Transaction,
    province: Province,
    stories: Iterable[Story],
    cutoff: datetime,
    decisions: dict[str, dict[str, Decision]],
    edited: frozenset[str],
) -> Iterator[StoryInput]:
    stories = sorted(stories, key=lambda story: story.story_id)
    members = tx.stories.members_of(story.story_id for story in stories)
    assessed = tx.assessments.assessed(member.item_id for group in members.values() for member in group)
    proposals = tx.proposals.of_stories(story.story_id for story in stories)
    for story in stories:
        entries = tuple(
            _entry(province, pair, member.family_id, edited=member.item_id in edited)
            for member in members.get(story.story_id, ())
            if (pair := assessed.get(member.item_id)) and pair.item.collected_at <= cutoff
        )
        known = [decisions["story"].get(story.story_id), *(decisions["item"].get(e.item.item_id) for e in entries)]
        yield StoryInput(
            story=story,
            items=entries,
            proposals=tuple(proposals.get(story.story_id, ())),
            decisions=tuple(decision for decision in known if decision),
        )


def _entry(province: Province, pair: Assessed, family_id: str, *, edited: bool = False) -> ItemInput:
    try:
        source = province.source(pair.item.source_id)
    except UnknownCode:
        source = None
    return ItemInput(item=pair.item, assessment=pair.assessment, family_id=family_id, source=source, edited=edited)


def _sources(tx: Transaction, province: Province, start: datetime, end: datetime) -> tuple[SourceState, ...]:
    last_ok: dict[str, datetime] = {}
    answered: set[str] = set()
    errors: dict[str, str] = {}
    # Health is kept per half-hour: of the one that the cut-off opens, what was polled at the very cut-off counts.
    at_end = [health for health in tx.sources.health(end, end + TICK) if health.last_at <= end]
    # Two days back, so that a stale morning can say when the last good answer came.
    for health in (*tx.sources.health(end - timedelta(days=2), end), *at_end):
        if health.outcome in _GOOD_ANSWERS:
            last_ok[health.source_id] = max(last_ok.get(health.source_id, health.last_at), health.last_at)
    for health in (*tx.sources.health(start, end), *at_end):
        if health.outcome in _GOOD_ANSWERS:
            answered.add(health.source_id)
        else:
            errors[health.source_id] = health.outcome
    day = end.astimezone(ZoneInfo(province.timezone)).date()
    # An import folder that was looked at and found empty has said nothing.
    filled = {source_id for _, source_id in tx.items.counts(start + TICK, end + TICK)}
    return tuple(
        SourceState(
            source=source,
            last_ok=last_ok.get(source.source_id) if source.access is not Access.IMPORT else None,
            answered=source.source_id in (filled if source.access is Access.IMPORT else answered),
            error=errors.get(source.source_id, ""),
        )
        for source in province.sources_on(day)
    )


def _history(tx: Transaction, province: Province, cutoff: datetime, *, automatic: bool) -> Iterator[DayCounts]:
    """Yield the counts of the windows before, oldest first.

    From stored editions of the same form, else counted anew.
    """
    form = "automatic" if automatic else "reviewed"
    stored = {
        edition.window_end: edition
        for edition in tx.editions.ending(
            EditionKind.DAILY, previous(cutoff, province, BASELINE_DAYS), previous(cutoff, province)
        )
        if edition.content.get("form") == form
    }
    for back in range(BASELINE_DAYS, 0, -1):
        end = previous(cutoff, province, back)
        start = previous(end, province)
        complete = _polled(tx, start, start + STALE_AFTER) and _polled(tx, end - STALE_AFTER, end)
        day = end.date()
        if not complete:
            yield DayCounts(day, False, {})
        elif end in stored:
            yield _counts_of(EditionContent.from_dict(stored[end].content), day)
        else:
            yield _count(tx, province, start, end, automatic=automatic)


def _polled(tx: Transaction, start: datetime, end: datetime) -> bool:
    """Tell whether a source brought something new: looking into an empty import folder is no collection."""
    return any(health.outcome == "ok" for health in tx.sources.health(start, end))


def _counts_of(content: EditionContent, day: date) -> DayCounts:
    counts = {
        (table.key, row.key, kind): value
        for table in content.figures.tables
        for row in table.rows
        for kind, value in zip(table.columns, row.values, strict=True)
        if value is not None and row.key != "total"
    }
    return DayCounts(day, True, counts)


def _count(tx: Transaction, province: Province, start: datetime, end: datetime, *, automatic: bool) -> DayCounts:
    pairs = list(tx.assessments.collected(start + TICK, end + TICK))
    members = tx.stories.member_of(pair.item.item_id for pair in pairs)
    stories = tx.stories.get_many(sorted({member.story_id for member in members.values()}))
    grouped: dict[str, list[ItemInput]] = {}
    for pair in pairs:
        member = members.get(pair.item.item_id)
        if member and member.story_id in stories:
            grouped.setdefault(member.story_id, []).append(_entry(province, pair, member.family_id))
    proposals = tx.proposals.of_stories(grouped) if not automatic else {}
    judged = [
        one
        for story_id, entries in grouped.items()
        for one in judge(
            StoryInput(story=stories[story_id], items=tuple(entries), proposals=tuple(proposals.get(story_id, ()))),
            province,
            start,
            end,
            automatic=automatic,
        )
    ]
    return count_window(end.date(), judged, complete=True)


def _cases(tx: Transaction, start: datetime, end: datetime) -> list[Any]:
    found = {case.case_id: case for case in (*tx.cases.open(), *tx.cases.touched(start + TICK, end + TICK))}
    return [found[key] for key in sorted(found)]


def _rescues(tx: Transaction, earlier: list[Edition], start: datetime, end: datetime) -> Iterator[RescueCall]:
    """Yield the calls for rescue handed over since the window began that no earlier edition named.

    Those handed over between the cut-off and the making of the edition are in: a life is no matter of the next day.
    """
    named = {key for edition in earlier for line in edition.content.get("rescues", ()) for key in line["sources"]}
    for call in tx.outward.rescues(start + TICK, end + _MORNING):
        if call.rescue_id not in named and call.state is not RescueState.RECALLED:
            yield call


def _printed(edition: Edition) -> Iterator[str]:
    """Yield the stories that an edition named; those it only counted are still news."""
    for section in edition.content.get("sections", ()):
        for story in section["stories"]:
            if story.get("shown") != Shown.COUNTED:
                yield story["story_id"]


def _corrections(
    tx: Transaction, province: Province, earlier: list[Edition], start: datetime, end: datetime
) -> Iterator[Sentence]:
    """Yield what earlier editions said and no longer stands, each once.

    Articles taken down, items and stories that people put elsewhere or found irrelevant, notes of people.
    """
    said = {line["text"] for edition in earlier for line in edition.content.get("corrections", ())}
    for sentence in (*_taken_back(tx, province, earlier, start, end), *_taken_down(tx, province, earlier, start, end)):
        if sentence.text not in said:
            said.add(sentence.text)
            yield sentence


def _taken_back(
    tx: Transaction, province: Province, earlier: list[Edition], start: datetime, end: datetime
) -> Iterator[Sentence]:
    zone = ZoneInfo(province.timezone)
    shown: dict[tuple[str, str], tuple[str, str, str, str]] = {}
    for edition in earlier:
        day = wording.day(edition.window_end.astimezone(zone).date())
        for section, story in _stories_of(edition):
            verb = "tính" if story.get("shown") == Shown.COUNTED else "nêu"
            shown["story", story["story_id"]] = (day, section, verb, f"việc “{story['headline'] or story['summary']}”")
            for item in story["items"]:
                shown["item", item["item_id"]] = (day, section, verb, _name(item))
    for decision in tx.decisions.between(start + TICK, end + _MORNING):
        if decision.subject == "edition" and decision.verb == "correct" and decision.note:
            yield Sentence(text=decision.note, sources=(decision.subject_id,))
        known = shown.get((decision.subject, decision.subject_id))
        if known is None or decision.verb not in {"correct", "reject"}:
            continue
        day, section, verb, name = known
        lane = decision.changes.get("lane")
        text = ""
        if decision.changes.get("relevant") is False or lane == Lane.OTHER:
            text = f"Báo cáo ngày {day} có {verb} {name}; nội dung này không thuộc phạm vi báo cáo."
        # "Negative" and "general news" are both lane neutral: only a change of lane is an error of ours.
        elif lane and lane != {"negative": "neutral", "news": "neutral"}.get(section, section):
            text = (
                f"Báo cáo ngày {day} xếp {name} vào mục “{SECTION_TITLES[section]}”; người biên tập đã xếp lại là "
                f"“{wording.LANES[Lane(lane)]}”."
            )
        if text:
            note = f" {decision.note}" if decision.note else ""
            yield Sentence(text=text + note, sources=(decision.subject_id,))


def _taken_down(
    tx: Transaction, province: Province, earlier: list[Edition], start: datetime, end: datetime
) -> Iterator[Sentence]:
    zone = ZoneInfo(province.timezone)
    shown: dict[str, tuple[str, str]] = {}
    for edition in earlier:
        day = wording.day(edition.window_end.astimezone(zone).date())
        for _, story in _stories_of(edition):
            if story.get("shown") != Shown.COUNTED:
                shown |= {item["item_id"]: (day, _name(item)) for item in story["items"]}
    items: dict[str, Item] = tx.items.get_many(sorted(shown))
    for item_id, (day, name) in sorted(shown.items()):
        item = items.get(item_id)
        if item and item.withdrawn_at and start < item.withdrawn_at <= end:
            yield Sentence(text=f"Báo cáo ngày {day} có nêu {name}; nơi đăng đã gỡ bài này.", sources=(item_id,))


def _stories_of(edition: Edition) -> Iterator[tuple[str, dict[str, Any]]]:
    for section in edition.content.get("sections", ()):
        for story in section["stories"]:
            yield section["key"], story


def _name(item: dict[str, Any]) -> str:
    return f"bài “{item['title']}” ({item['outlet']})" if item["kind"] != "social" else "một bài đăng công khai"
