"""What waits for a person, most important first: one decision per story in lanes A and B, one per item in lane C."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from records import Assessed, Transaction
from records.types import Channel, Lane, Proposal, ProposalState, Reach, Severity, Story

WINDOW = timedelta(hours=48)
"""Stories without news for two days leave the queue (they stay searchable): yesterday's and today's are a morning's work."""
DAILY_LIMIT = 60
"""Decisions of an ordinary morning: 45 minutes at 45 seconds each (``domain.md`` §1.1, R9)."""


class TaskKind(StrEnum):
    """What the decision is about."""

    STORY = "story"
    ITEM = "item"


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One decision to take. ``importance`` orders the queue; ``why`` says in Vietnamese what it is made of."""

    kind: TaskKind
    subject_id: str
    story: Story
    assessed: tuple[Assessed, ...]
    proposals: tuple[Proposal, ...]
    importance: float
    why: tuple[str, ...]


_SEVERITY = {Severity.S1: 0, Severity.S2: 60, Severity.S3: 300, Severity.S4: 1000}
_REACH = {Reach.R0: 0, Reach.R1: 20, Reach.R2: 60, Reach.R3: 120}
_LANE = {Lane.HARM: 500, Lane.UNVERIFIED: 300, Lane.FEEDBACK: 100, Lane.GOOD: 40, Lane.NEUTRAL: 0, Lane.OTHER: 0}
_SAY_LANE = {
    Lane.HARM: "nghi có nguy cơ gây hại",
    Lane.UNVERIFIED: "chưa kiểm chứng",
    Lane.FEEDBACK: "phản ánh cần trả lời",
    Lane.GOOD: "thông tin tích cực",
}


def queue(tx: Transaction, now: datetime, limit: int = DAILY_LIMIT) -> tuple[list[Task], list[Task]]:
    """Return the tasks to decide, most important first, and those beyond ``limit`` ("chưa kiểm tra").

    Plain news without a proposal needs no decision and is in neither list.
    """
    stories = tx.stories.active(now - WINDOW)
    members = tx.stories.members_of(story.story_id for story in stories)
    assessed = tx.assessments.assessed(member.item_id for group in members.values() for member in group)
    proposals = tx.proposals.of_stories(story.story_id for story in stories)
    decided = {kind: tx.decisions.latest(kind.value) for kind in TaskKind}
    tasks: list[Task] = []
    for story in stories:
        own = [assessed[member.item_id] for member in members.get(story.story_id, []) if member.item_id in assessed]
        open_ones = [one for one in proposals.get(story.story_id, []) if one.state is ProposalState.PROPOSED]
        tasks += _item_tasks(story, own, open_ones, decided[TaskKind.ITEM], now)
        together = tuple(one for one in open_ones if one.item_id is None)
        if together and story.story_id not in decided[TaskKind.STORY]:
            tasks.append(_task(TaskKind.STORY, story.story_id, story, own, together, now))
    tasks.sort(key=lambda task: (-task.importance, task.subject_id))
    return tasks[:limit], tasks[limit:]


def _item_tasks(
    story: Story,
    assessed: Sequence[Assessed],
    proposals: Sequence[Proposal],
    decided: Mapping[str, object],
    now: datetime,
) -> list[Task]:
    tasks = []
    for one in assessed:
        own = tuple(proposal for proposal in proposals if proposal.item_id == one.item.item_id)
        if own and one.item.item_id not in decided:
            tasks.append(_task(TaskKind.ITEM, one.item.item_id, story, [one], own, now))
    return tasks


def _task(
    kind: TaskKind,
    subject_id: str,
    story: Story,
    assessed: Sequence[Assessed],
    proposals: tuple[Proposal, ...],
    now: datetime,
) -> Task:
    lane = max((proposal.lane for proposal in proposals), key=lambda lane: _LANE[lane])
    severity = max(proposal.severity for proposal in proposals)
    why: list[tuple[float, str]] = [
        (_LANE[lane], _SAY_LANE.get(lane, "tin thời sự")),
        (_SEVERITY[severity], f"mức {severity.value}"),
        (_REACH[story.reach], f"lan truyền {story.reach.value}"),
        (min(story.families, 20) * 3, f"{story.families} nguồn độc lập"),
    ]
    if any(one.assessment.rescue for one in assessed):
        why.append((2000, "kêu cứu"))
    if any(one.item.channel is Channel.PRESS for one in assessed) and lane is Lane.FEEDBACK:
        why.append((30, "báo chí nêu"))
    waiting = (now - story.first_published_at) / timedelta(hours=1)
    why.append((min(48.0, max(0.0, waiting)) / 2, f"chờ {waiting:.0f} giờ"))
    counted = sorted(((points, reason) for points, reason in why if points > 0), reverse=True)
    return Task(
        kind=kind,
        subject_id=subject_id,
        story=story,
        assessed=tuple(assessed),
        proposals=proposals,
        importance=sum(points for points, _ in counted),
        why=tuple(reason for _, reason in counted),
    )
