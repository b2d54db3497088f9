"""Stage ``link``: which items tell of one event, and which of them are copies of one text."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from itertools import chain

from nlp.stories import WINDOW_HOURS, Linker, first_id
from nlp.stories_signature import Signature, Text, pack, sign, unpack
from provinces import UnknownCode
from provinces.province import Province
from provinces.types import SourceKind
from records import Assessed, Records, Transaction
from records.clock import Clock
from records.stage import StageReport
from records.types import AlertKind, Channel, Engagement, Lane, Member, Reach, Severity, Story, Tone

BATCH = 256
WINDOW = timedelta(hours=WINDOW_HOURS)

# One title over several events of the day: never a story's headline while another is to be had.
_ROUND_UP = re.compile(
    r" \| |^(?:xem nhanh|điểm tin|điểm báo|toàn cảnh|tin tức (?:sáng|trưa|chiều|tối)|tin sáng|tin nóng|bản tin|24h)\b",
    re.IGNORECASE,
)
_APART = frozenset({Lane.HARM, Lane.UNVERIFIED})
# What a tie between lanes goes to: an unanswered complaint is worse than a praise unprinted.
_LANES = (Lane.FEEDBACK, Lane.GOOD, Lane.NEUTRAL, Lane.OTHER, Lane.HARM, Lane.UNVERIFIED)
_SEVERITIES = list(Severity)
_REACH = ((100_000, Reach.R3), (10_000, Reach.R2), (1_000, Reach.R1))
WIDE_OUTLETS = 3
"""Publishers from which a story's reach is the widest (``domain.md`` §5.4)."""

MIXED = 1 / 3
"""Share of both positive and negative families from which a story's tone is mixed."""


def run(records: Records, province: Province, clock: Clock, *, limit: int | None = None) -> StageReport:
    """Link what is pending, in order of publication, in batches of 256 with a commit each; may be killed at any line.

    An item that changed stays where it is and its story is counted anew; one that is no longer relevant leaves its story. An item
    without any text goes to quarantine with the reason ``no-text``. ``limit`` bounds the items looked at.
    """
    report = StageReport("link", clock.now())
    _unlink(records, province, clock, report)
    linker: Linker | None = None
    done = 0
    while limit is None or done < limit:
        with records.begin() as tx:
            pending = tx.assessments.pending_link(clock.now(), BATCH if limit is None else min(BATCH, limit - done))
            if not pending:
                break
            if linker is None:
                linker = _window(tx, min(entry.item.time for entry in pending) - WINDOW)
            linker.ask(partial(_settled, tx))
            _link(tx, province, linker, pending, clock.now(), report)
        done += len(pending)
    report.ended_at = clock.now()
    return report


def _unlink(records: Records, province: Province, clock: Clock, report: StageReport) -> None:
    while True:
        with records.begin() as tx:
            gone = tx.assessments.pending_unlink(BATCH)
            if not gone:
                return
            _count(tx, province, tx.stories.remove(gone, now=clock.now()), {}, clock.now())
        report.counts["unlinked"] += len(gone)


def _window(tx: Transaction, since: datetime) -> Linker:
    signatures = [unpack(item_id, blob) for item_id, blob in tx.stories.signatures(since)]
    kept = [signature for signature in signatures if signature is not None]
    members = tx.stories.member_of(signature.item_id for signature in kept)
    linker = Linker()
    linker.load(
        [
            (signature, members[signature.item_id].story_id, members[signature.item_id].family_id)
            for signature in kept
            if signature.item_id in members
        ]
    )
    return linker


def _settled(tx: Transaction, stories: list[str]) -> set[str]:
    """Return the stories that later stages or people hold by their id."""
    held = {*tx.proposals.of_stories(stories), *tx.cases.of_stories(stories)}
    return held | {story for story in stories if any(tx.alerts.of(story, kind) is not None for kind in AlertKind)}


def _link(
    tx: Transaction,
    province: Province,
    linker: Linker,
    pending: Sequence[Assessed],
    now: datetime,
    report: StageReport,
) -> None:
    readable = [entry for entry in pending if entry.item.text.strip()]
    for entry in pending:
        if not entry.item.text.strip():
            tx.quarantine.put("link", entry.item.item_id, "no-text", "title, lead and body are empty", now)
            report.quarantine("no-text")
    known = tx.stories.member_of(entry.item.item_id for entry in readable)
    signatures = {signature.item_id: signature for signature in sign([_text(entry) for entry in readable])}
    moved: defaultdict[str, dict[str, Member]] = defaultdict(dict)
    for entry in readable:
        member = known.get(entry.item.item_id)
        if member is not None:
            moved[member.story_id][member.item_id] = member
            report.counts["changed"] += 1
    fresh = [signatures[entry.item.item_id] for entry in readable if entry.item.item_id not in known]
    ended: list[str] = []
    for link in linker.add(fresh):
        for gone in link.merged:
            members = {member.item_id: member for member in tx.stories.members(gone)} | moved.pop(gone, {})
            for member in members.values():
                moved[link.story_id][member.item_id] = replace(member, story_id=link.story_id)
            ended.append(gone)
        moved[link.story_id][link.item_id] = Member(
            item_id=link.item_id, story_id=link.story_id, family_id=link.family_id
        )
        report.counts["copies"] += link.family_id != first_id(link.item_id, "family")
    _count(tx, province, moved, moved, now)
    for story in tx.stories.get_many(ended):
        tx.stories.drop(story, now=now)
    tx.stories.put_signatures([_stored(entry, signatures[entry.item.item_id]) for entry in readable])
    report.counts["new"] += len(fresh)
    report.counts["merged"] += len(ended)
    report.ok(len(readable))


def _stored(entry: Assessed, signature: Signature) -> tuple[str, bytes, tuple[int, ...], datetime]:
    # One look-up key, the exact text: the window is read as a whole, which is cheaper than 16 rows of bands per item.
    return signature.item_id, pack(signature), signature.exact[:1] or (0,), entry.item.time


def _text(entry: Assessed) -> Text:
    item = entry.item
    return Text(item.item_id, item.time.timestamp(), item.title, item.lead, item.body, numbered=item.bulletin is None)


def _count(
    tx: Transaction,
    province: Province,
    stories: Iterable[str],
    moved: Mapping[str, Mapping[str, Member]],
    now: datetime,
) -> None:
    """Write the stories as their members now are; one that lost the last of them is dropped."""
    ids = sorted(stories)
    members = {story: {one.item_id: one for one in stored} for story, stored in tx.stories.members_of(ids).items()}
    for story, joined in moved.items():
        members.setdefault(story, {}).update(joined)
    entries = tx.assessments.assessed(chain.from_iterable(members.values()))
    changes = []
    for story in ids:
        if story not in members:
            tx.stories.drop(story, now=now)
            continue
        present = [(entries[item], member) for item, member in members[story].items() if item in entries]
        if present:
            changes.append((compose(story, present, province), list(moved.get(story, {}).values())))
    tx.stories.put_many(changes, now=now)


def compose(story_id: str, members: Sequence[tuple[Assessed, Member]], province: Province) -> Story:
    """Return a story as its members tell it; pure. Lane, tone, places, fields and agencies are counted by family, not by copy."""
    ordered = sorted(members, key=lambda pair: (pair[0].item.time, pair[0].item.item_id))
    standing = [pair for pair in ordered if pair[0].item.withdrawn_at is None] or ordered
    families: defaultdict[str, list[Assessed]] = defaultdict(list)
    for entry, member in standing:
        families[member.family_id].append(entry)
    entries = [entry for entry, _ in standing]
    lead = min(entries, key=lambda entry: (*_authority(entry, province), entry.item.time, entry.item.item_id))
    outlets, publishers = _outlets(entries, province)
    return Story(
        story_id=story_id,
        revision=0,
        headline=lead.item.title or _opening(lead.item.body),
        lead=lead.item.lead,
        lane=_lane(families.values()),
        tone=_tone(families.values()),
        severity=max((entry.assessment.severity for entry in entries), key=_SEVERITIES.index),
        reach=Reach.R3 if publishers >= WIDE_OUTLETS else _reach(entry.item.engagement for entry in entries),
        first_published_at=ordered[0][0].item.time,
        last_published_at=ordered[-1][0].item.time,
        lead_item_id=lead.item.item_id,
        items=len(standing),
        families=len(families),
        outlets=outlets,
        place_codes=_union(
            [hit.place_code for entry in family for hit in entry.assessment.places] for family in families.values()
        ),
        fields=_union([field for entry in family for field in entry.assessment.fields] for family in families.values()),
        agency_codes=_union(
            [code for entry in family for code in entry.assessment.agency_codes] for family in families.values()
        ),
    )


def _authority(entry: Assessed, province: Province) -> tuple[bool, bool, int]:
    """Rank an item as a story's face: settled before rumour, one event before a round-up, official before press before posts."""
    kind = _kind(entry, province)
    rank = 0 if kind is SourceKind.OFFICIAL else 2 if kind is SourceKind.SOCIAL else 1
    return entry.assessment.lane in _APART, _ROUND_UP.search(entry.item.title) is not None, rank


def _kind(entry: Assessed, province: Province) -> SourceKind:
    try:
        return province.source(entry.item.source_id).kind
    except UnknownCode:
        channel = entry.item.channel
        if channel is Channel.OFFICIAL:
            return SourceKind.OFFICIAL
        return SourceKind.SOCIAL if channel in (Channel.SOCIAL, Channel.HOTLINE) else SourceKind.PRESS_OUT


def _outlets(entries: Iterable[Assessed], province: Province) -> tuple[int, int]:
    """Count outlets and, for reach, publishers of the press."""
    outlets, publishers = set(), set()
    for entry in entries:
        source_id = entry.item.source_id
        try:
            source = province.source(source_id)
            outlet, publisher = source.outlet, source.family or source.outlet
        except UnknownCode:
            outlet = publisher = source_id
        outlets.add(outlet)
        if entry.item.channel not in (Channel.SOCIAL, Channel.HOTLINE):
            publishers.add(publisher)
    return len(outlets), len(publishers)


def _opening(body: str) -> str:
    """Return the beginning of a post that has no title, cut at a word."""
    line = " ".join(body.split())
    if len(line) <= 110:
        return line
    return line[:110].rsplit(" ", 1)[0] + "…"


def _lane(families: Iterable[Sequence[Assessed]]) -> Lane:
    votes = Counter(_most([entry.assessment.lane for entry in family], _LANES) for family in families)
    settled = {lane: count for lane, count in votes.items() if lane not in _APART}
    votes_left = settled or votes
    return max(votes_left, key=lambda lane: (votes_left[lane], -_LANES.index(lane)))


def _most(values: Sequence[Lane], order: Sequence[Lane]) -> Lane:
    counts = Counter(values)
    return max(counts, key=lambda value: (value not in _APART, counts[value], -order.index(value)))


def _tone(families: Iterable[Sequence[Assessed]]) -> Tone:
    votes = Counter(Counter(entry.assessment.tone for entry in family).most_common(1)[0][0] for family in families)
    told = {tone: count for tone, count in votes.items() if tone is not Tone.UNKNOWN}
    if not told:
        return Tone.UNKNOWN
    total = sum(told.values())
    if min(told.get(Tone.POSITIVE, 0), told.get(Tone.NEGATIVE, 0)) >= MIXED * total:
        return Tone.MIXED
    return max(told, key=lambda tone: (told[tone], tone.value))


def _reach(engagements: Iterable[Engagement]) -> Reach:
    seen = sum(
        max(shown.views or 0, (shown.reactions or 0) + (shown.comments or 0) + (shown.shares or 0))
        for shown in engagements
    )
    return next((reach for least, reach in _REACH if seen >= least), Reach.R0)


def _union(families: Iterable[Iterable[str]]) -> tuple[str, ...]:
    """Return the codes that any family names, those of most families first."""
    counts = Counter(chain.from_iterable(dict.fromkeys(family) for family in families))
    return tuple(sorted(counts, key=lambda code: (-counts[code], code)))
