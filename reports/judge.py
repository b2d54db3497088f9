"""What the service and the people together hold of each item: effective lane and tone, and what may be printed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from provinces import Province
from provinces.errors import UnknownCode
from provinces.types import PlaceKind, Source, SourceKind
from records.types import (
    Assessment,
    Channel,
    Decision,
    HarmLevel,
    Item,
    Lane,
    Proposal,
    ProposalState,
    Story,
    Tone,
)

T = TypeVar("T")

GROUPS = ("good", "negative", "feedback", "unverified", "harm", "pending", "news")
"""Groups of the table *Nhóm thông tin* in the mandate's order. ``pending``: suspicions that nobody checked yet."""

INCIDENT_FIELDS = frozenset({"disaster_weather", "traffic_accident"})
"""Fields whose neutral reports are still news of an incident (a storm's course), not general news."""

_CHECKED = frozenset({ProposalState.REVIEWED, ProposalState.RELEASED, ProposalState.APPROVED, ProposalState.DONE})
_KIND_OF_CHANNEL: Mapping[Channel, SourceKind] = {
    Channel.PRESS: SourceKind.PRESS_OUT,
    Channel.BROADCAST: SourceKind.PRESS_IN,
    Channel.OFFICIAL: SourceKind.OFFICIAL,
    Channel.SOCIAL: SourceKind.SOCIAL,
    Channel.HOTLINE: SourceKind.SOCIAL,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemInput:
    """A stored item with its newest assessment, its family and its source (None: not of the registry).

    ``edited``: its text changed within the window (a text that came in full after its lead is no edit).
    """

    item: Item
    assessment: Assessment
    family_id: str
    source: Source | None = None
    edited: bool = False

    @property
    def kind(self) -> SourceKind:
        """Return the kind of source: the registry's, else by channel."""
        return self.source.kind if self.source else _KIND_OF_CHANNEL[self.item.channel]

    @property
    def outlet(self) -> str:
        """Return the publisher's printed name."""
        return self.source.name if self.source else self.item.source_id


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryInput:
    """A story with the items known at the cut-off, its proposals, and the decisions on it and on its items."""

    story: Story
    items: tuple[ItemInput, ...]
    proposals: tuple[Proposal, ...] = ()
    decisions: tuple[Decision, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """One item as the edition may use it.

    ``group`` is its row in *Nhóm thông tin*; ``new``: first collected in the window; ``changed``: edited in it.
    """

    entry: ItemInput
    lane: Lane
    tone: Tone
    group: str
    fields: tuple[str, ...]
    place_codes: tuple[str, ...]
    checked: bool
    outside: bool
    new: bool
    changed: bool

    @property
    def item(self) -> Item:
        """Return the stored item."""
        return self.entry.item


def decision_on(decisions: Iterable[Decision], subject: str, subject_id: str) -> Decision | None:
    """Return the newest verdict (accept, correct, reject) on a story or an item."""
    found = [
        decision
        for decision in decisions
        if decision.subject == subject
        and decision.subject_id == subject_id
        and decision.verb in {"accept", "correct", "reject"}
    ]
    return max(found, key=lambda decision: (decision.decided_at, decision.decision_id), default=None)


def judge(
    story: StoryInput, province: Province, start: datetime, end: datetime, *, automatic: bool
) -> tuple[Judged, ...]:
    """Return the story's items that an edition of the window may count or print, oldest first.

    ``automatic`` keeps press and official items without any suspicion of harm, whatever people decided (``domain.md``
    §7).
    """
    verdict = decision_on(story.decisions, "story", story.story.story_id)
    kept = []
    for entry in story.items:
        judged = _judge(entry, story, verdict, province, start, end)
        if judged is not None and (not automatic or _plain(judged)):
            kept.append(judged)
    return tuple(sorted(kept, key=lambda judged: (judged.item.time, judged.item.item_id)))


def _judge(
    entry: ItemInput, story: StoryInput, verdict: Decision | None, province: Province, start: datetime, end: datetime
) -> Judged | None:
    item, assessment = entry.item, entry.assessment
    own = decision_on(story.decisions, "item", item.item_id)
    lane = assessment.lane
    suspected = lane in {Lane.HARM, Lane.UNVERIFIED}
    # A decision on the story covers lanes A and B; suspicions are decided one by one (``domain.md`` §5.3 (6)).
    decision = own or (None if suspected else verdict)
    changes = decision.changes if decision else {}
    if own and own.verb == "reject" and suspected:
        lane = Lane.FEEDBACK if lane is Lane.HARM else Lane.NEUTRAL  # doubt goes to lane B
    lane = Lane(changes.get("lane", lane))
    if item.withdrawn_at or lane is Lane.OTHER or not changes.get("relevant", assessment.relevant):
        return None
    tone = Tone(changes.get("tone", assessment.tone))
    fields = tuple(changes.get("fields", assessment.fields))
    places = tuple(changes.get("place_codes", dict.fromkeys(hit.place_code for hit in assessment.places)))
    checked = decision is not None or any(
        proposal.item_id == item.item_id and proposal.state in _CHECKED for proposal in story.proposals
    )
    return Judged(
        entry=entry,
        lane=lane,
        tone=tone,
        group=group_of(lane, tone, fields, checked=checked),
        fields=fields,
        place_codes=places,
        checked=checked,
        outside=_outside(places, province),
        new=start < item.collected_at <= end,
        changed=entry.edited,
    )


def group_of(lane: Lane, tone: Tone, fields: Sequence[str], *, checked: bool) -> str:
    """Return the row of *Nhóm thông tin*: a storm's deaths are negative news, never criticism."""
    if lane is Lane.GOOD:
        return "good"
    if lane is Lane.FEEDBACK:
        return "feedback"
    if lane is Lane.HARM:
        return "harm" if checked else "pending"
    if lane is Lane.UNVERIFIED:
        return "unverified" if checked else "pending"
    if tone in {Tone.NEGATIVE, Tone.MIXED} or INCIDENT_FIELDS.intersection(fields[:2]):
        return "negative"
    return "news"


def _plain(judged: Judged) -> bool:
    if judged.entry.kind is SourceKind.SOCIAL or judged.item.channel not in {Channel.PRESS, Channel.OFFICIAL}:
        return False
    if judged.entry.assessment.lane in {Lane.HARM, Lane.UNVERIFIED} or judged.group in {
        "harm",
        "unverified",
        "pending",
    }:
        return False
    return all(finding.level is not HarmLevel.ALERT for finding in judged.entry.assessment.harms)


def _outside(codes: Sequence[str], province: Province) -> bool:
    """Tell whether every named place lies elsewhere in the province.

    Nothing named, or the province as such, is inside.
    """
    known = [code for code in codes if place_kind(province, code) is not None]
    return bool(known) and not any(province.in_report_area(code) for code in known)


def place_kind(province: Province, code: str) -> PlaceKind | None:
    """Return the kind of a place, None for a code the profile does not know."""
    try:
        return province.place(code).kind
    except UnknownCode:
        return None


def dominant(values: Iterable[T], otherwise: T) -> T:
    """Return the most frequent value.

    A tie goes to ``otherwise`` where it is among the first, else to the first seen.
    """
    counted = Counter(values)
    if not counted:
        return otherwise
    most = max(counted.values())
    first = [value for value, number in counted.items() if number == most]
    return otherwise if otherwise in first else first[0]
