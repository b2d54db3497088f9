"""What waits for a person, most important first: one decision per story in lanes A and B, one per item in lane C."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from handling.wording import LANES, REACHES, SEVERITIES
from records import Assessed, Referral, RescueCall, Transaction
from records.types import Channel, Decision, Lane, Person, Proposal, ProposalState, Reach, Severity, Story
from review.decide import SEEN, seen_item, seen_story
from review.roles import MAY, same_person

WINDOW = timedelta(hours=48)
"""Stories without news for two days leave the queue (they stay searchable): yesterday's and today's are a morning's work."""
DAILY_LIMIT = 60
"""Decisions of an ordinary morning: 45 minutes at 45 seconds each (``domain.md`` §1.1, R9)."""
EVENT_LIMIT = 40
"""Decisions of a morning in event mode, when bulletins take the rest of the time."""


class TaskKind(StrEnum):
    """What the decision is about; the last two wait for a second person."""

    STORY = "story"
    ITEM = "item"
    READ = "read"
    PROPOSAL = "proposal"
    SENT = "sent"


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One decision to take. ``importance`` orders the queue; ``why`` says in Vietnamese what it is made of.

    STORY: the lane-A and lane-B proposals of a story. ITEM: one text in lane C, unverified or calling for rescue;
    ``assessed`` holds it and its word-for-word copies. READ: one text in a language that only people judge, with nothing
    proposed. PROPOSAL: one reviewed lane-C act to approve. SENT: what one
    person sent on, to confirm or recall (``sent``).
    """

    kind: TaskKind
    subject_id: str
    story: Story
    assessed: tuple[Assessed, ...]
    proposals: tuple[Proposal, ...]
    importance: float
    why: tuple[str, ...]
    sent: Referral | RescueCall | None = None

    @property
    def subject(self) -> str:
        """What the audit chain calls it: kind and id."""
        return f"{TaskKind.ITEM if self.kind is TaskKind.READ else self.kind}:{self.subject_id}"


_SEVERITY = {Severity.S1: 0, Severity.S2: 60, Severity.S3: 300, Severity.S4: 1000}
_REACH = {Reach.R0: 0, Reach.R1: 20, Reach.R2: 60, Reach.R3: 120}
_LANE = {Lane.HARM: 500, Lane.UNVERIFIED: 300, Lane.FEEDBACK: 100, Lane.GOOD: 40, Lane.NEUTRAL: 0, Lane.OTHER: 0}
_READ = 200
"""A text that the machine cannot read stands between criticism and an unverified claim: it may be either."""
_RESCUE = 2000
_SECOND = 3000
"""A release has 30 minutes for its second person: nothing stands before it."""


def queue(
    tx: Transaction, now: datetime, limit: int = DAILY_LIMIT, person: Person | None = None
) -> tuple[list[Task], list[Task]]:
    """Return the tasks to decide, most important first, and those beyond ``limit`` ("chưa kiểm tra").

    Without a ``person`` that is the reviewer's work; with one, what that person may decide: an approver also gets the
    acts that wait for a second person, never those they reviewed themselves. Plain news without a proposal needs no
    decision and is in neither list.
    """
    tasks: list[Task] = []
    if person is None or person.role in MAY["accept"]:
        tasks += _reviews(tx, now)
    if person is not None and person.role in MAY["approve"]:
        tasks += _seconds(tx, person, now)
    tasks.sort(key=lambda task: (-task.importance, task.subject_id))
    return tasks[:limit], tasks[limit:]


def _reviews(tx: Transaction, now: datetime) -> Iterator[Task]:
    """Yield what waits for a first decision."""
    stories = tx.stories.active(now - WINDOW)
    members = tx.stories.members_of(story.story_id for story in stories)
    assessed = tx.assessments.assessed(member.item_id for group in members.values() for member in group)
    proposals = tx.proposals.of_stories(story.story_id for story in stories)
    verdicts = {kind: tx.decisions.latest(kind.value) for kind in (TaskKind.STORY, TaskKind.ITEM)}
    for story in stories:
        own = [assessed[member.item_id] for member in members.get(story.story_id, []) if member.item_id in assessed]
        known = proposals.get(story.story_id, [])
        yield from _item_tasks(story, own, known, verdicts[TaskKind.ITEM], now)
        yield from _read_tasks(story, own, verdicts[TaskKind.ITEM], now)
        together = _together(story, known, verdicts[TaskKind.STORY].get(story.story_id))
        if together:
            yield _task(TaskKind.STORY, story.story_id, story, own, together, now)


def _together(story: Story, known: Sequence[Proposal], verdict: Decision | None) -> tuple[Proposal, ...]:
    """Return the proposals of a story that wait for a decision: never decided, or something material has changed."""
    own = [one for one in known if one.item_id is None]
    waiting = [one for one in own if one.state is ProposalState.PROPOSED]
    if verdict is None or verdict.verb == "correct":
        return tuple(waiting)
    seen = verdict.changes.get(SEEN, {})
    doubled = story.families >= 2 * seen.get("families", story.families)
    if waiting:
        now = seen_story(story, waiting)
        wider = story.reach in {Reach.R2, Reach.R3} and story.reach.value > seen.get("reach", "")
        return tuple(waiting) if doubled or wider or set(now["lanes"]) - set(seen.get("lanes", ())) else ()
    rejected = [one for one in own if one.state is ProposalState.REJECTED and one.reviewed_by]
    return tuple(rejected) if doubled and verdict.verb == "reject" else ()


def _item_tasks(
    story: Story,
    assessed: Sequence[Assessed],
    known: Sequence[Proposal],
    verdicts: Mapping[str, Decision],
    now: datetime,
) -> Iterator[Task]:
    waiting: dict[str, list[Proposal]] = {}
    for proposal in known:
        if proposal.item_id and proposal.state is ProposalState.PROPOSED:
            waiting.setdefault(proposal.item_id, []).append(proposal)
    texts: dict[str, list[Assessed]] = {}
    for one in sorted(assessed, key=lambda one: (one.item.collected_at, one.item.item_id)):
        item_id = one.item.item_id
        if item_id in waiting and _undecided(one, verdicts.get(item_id)):
            texts.setdefault(one.item.text or item_id, []).append(one)
    for copies in texts.values():
        first = copies[0].item.item_id
        yield _task(TaskKind.ITEM, first, story, copies, tuple(waiting[first]), now)


def _read_tasks(
    story: Story, assessed: Sequence[Assessed], verdicts: Mapping[str, Decision], now: datetime
) -> Iterator[Task]:
    """Yield the texts that no model has judged and nobody has read as they now are."""
    texts: dict[str, list[Assessed]] = {}
    for one in sorted(assessed, key=lambda one: (one.item.collected_at, one.item.item_id)):
        verdict = verdicts.get(one.item.item_id)
        seen = verdict.changes.get(SEEN, {}) if verdict else {}
        if one.assessment.human_only and seen.get("text") != one.item.content_hash:
            texts.setdefault(one.item.text, []).append(one)
    for copies in texts.values():
        first = copies[0].item.item_id
        yield _task(TaskKind.READ, first, story, copies, (), now, ("tiếng khác, máy không xếp loại", _READ))


def _undecided(one: Assessed, verdict: Decision | None) -> bool:
    """Tell whether open proposals of an item wait for a person: not decided as it now is."""
    if verdict is None or verdict.verb == "correct":
        return True
    seen, now = verdict.changes.get(SEEN, {}), seen_item(one.item, one.assessment)
    return bool(
        set(now["harms"]) - set(seen.get("harms", ()))
        or now["lane"] != seen.get("lane")
        or now["text"] != seen.get("text")
    )


def _seconds(tx: Transaction, person: Person, now: datetime) -> Iterator[Task]:
    """Yield what waits for ``person`` as the second one: releases to confirm, then reviewed acts to approve."""
    sent: list[Referral | RescueCall] = [*tx.outward.unconfirmed(), *_unconfirmed_rescues(tx)]
    for one in sent:
        if same_person(one.reviewed_by, person.name):
            continue
        about = tx.proposals.of_item(one.item_id)
        action = "A11" if isinstance(one, Referral) else "A17"
        own = tuple(each for each in about if each.action == action)
        sent_id = one.referral_id if isinstance(one, Referral) else one.rescue_id
        minutes = (one.confirm_by - now) / timedelta(minutes=1) if one.confirm_by else 0
        said = f"còn {minutes:.0f} phút để xác nhận" if minutes >= 0 else f"QUÁ HẠN xác nhận {-minutes:.0f} phút"
        yield from _second(tx, TaskKind.SENT, sent_id, own, said, _SECOND - minutes, now, one)
    for proposal in tx.proposals.in_state(ProposalState.REVIEWED):
        if proposal.reviewed_by and not same_person(proposal.reviewed_by, person.name):
            said = f"{proposal.reviewed_by} đã xem xét"
            yield from _second(tx, TaskKind.PROPOSAL, proposal.proposal_id, (proposal,), said, 0, now)


def _unconfirmed_rescues(tx: Transaction) -> list[RescueCall]:
    return [call for call in tx.outward.rescues_open() if call.confirmed_by is None]


def _second(
    tx: Transaction,
    kind: TaskKind,
    subject_id: str,
    proposals: tuple[Proposal, ...],
    said: str,
    more: float,
    now: datetime,
    sent: Referral | RescueCall | None = None,
) -> Iterator[Task]:
    """Yield the task of a second person, unless its story is gone."""
    stories = tx.stories.get_many(proposal.story_id for proposal in proposals)
    assessed = tx.assessments.assessed(proposal.item_id for proposal in proposals if proposal.item_id)
    for story in stories.values():
        yield _task(kind, subject_id, story, list(assessed.values()), proposals, now, (said, more), sent)


def _task(
    kind: TaskKind,
    subject_id: str,
    story: Story,
    assessed: Sequence[Assessed],
    proposals: tuple[Proposal, ...],
    now: datetime,
    more: tuple[str, float] | None = None,
    sent: Referral | RescueCall | None = None,
) -> Task:
    lane = max((proposal.lane for proposal in proposals), key=lambda lane: _LANE[lane], default=story.lane)
    severity = max((proposal.severity for proposal in proposals), default=story.severity)
    why: list[tuple[float, str]] = [
        (_LANE[lane], LANES[lane]),
        (_SEVERITY[severity], f"mức {SEVERITIES[severity]}"),
        (_REACH[story.reach], f"lan truyền {REACHES[story.reach]}"),
        (min(story.families, 20) * 3, f"{story.families} nguồn độc lập"),
    ]
    if any(proposal.action == "A17" for proposal in proposals):
        why.append((_RESCUE, "kêu cứu"))
    if any(one.item.channel is Channel.PRESS for one in assessed) and lane is Lane.FEEDBACK:
        why.append((30, "báo chí nêu"))
    waiting = max(0.0, (now - story.first_published_at) / timedelta(hours=1))
    why.append((min(48.0, waiting) / 2, f"chờ {waiting:.0f} giờ"))
    counted = sorted(((points, reason) for points, reason in why if points > 0), reverse=True)
    importance = sum(points for points, _ in counted)
    reasons = tuple(reason for _, reason in counted)
    return Task(
        kind=kind,
        subject_id=subject_id,
        story=story,
        assessed=tuple(assessed),
        proposals=proposals,
        importance=importance + more[1] if more else importance,
        why=(more[0], *reasons) if more else reasons,
        sent=sent,
    )
