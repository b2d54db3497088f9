"""Which stories an edition shows: explainable importance, caps, and no outlet or topic that floods a section."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from records.types import Reach, Severity
from reports.judge import INCIDENT_FIELDS
from reports.model import EditionContent, Reason, Shown

# Points are ours [J]: one point is what doubling the independent texts is worth. They are additive so that a reader
# can check a choice with a pencil; ``tests/reports/test_select.py`` pins the order of worked cases.
_REACH: Mapping[Reach, float] = {Reach.R0: 0.0, Reach.R1: 1.0, Reach.R2: 2.0, Reach.R3: 3.0}
_SEVERITY: Mapping[Severity, float] = {Severity.S1: 0.0, Severity.S2: 1.5, Severity.S3: 4.0, Severity.S4: 8.0}
_FAMILIES_CAP = 4.0
_SAME_FIELD = 0.75
_SAME_OUTLET = 0.5
NEAR_MISSES = 10
"""How many left-out stories per section ``brief --why`` explains."""

CAPS: Mapping[str, int] = MappingProxyType(
    {"good": 4, "negative": 6, "feedback": 8, "unverified": 4, "harm": 6, "news": 0}
)
"""Stories with their own paragraph or row: with these an ordinary day fills 2–4 pages (``domain.md`` §2.2).

General news is no part of the mandate and only ever gets lines.
"""
STORM_CAP = 12
PARAGRAPHS = 20
"""Paragraphs and rows in all sections: on a day with little else incidents take the room, at most ``STORM_CAP``."""
LINES: Mapping[str, int] = MappingProxyType(
    {"good": 4, "negative": 4, "feedback": 16, "unverified": 4, "harm": 8, "news": 6}
)
"""Further stories with one line each; the rest is a number."""


def caps(numbers: Mapping[str, int]) -> dict[str, int]:
    """Return the cap of each section for the given numbers of candidates.

    The room that quiet sections leave goes to incidents: a typhoon fills its section and stays within five pages.
    """
    others = sum(min(cap, numbers.get(key, 0)) for key, cap in CAPS.items() if key != "negative")
    return {**CAPS, "negative": min(STORM_CAP, max(CAPS["negative"], PARAGRAPHS - others))}


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """What selection needs to know of one story.

    ``families`` independent texts in all, ``new_families`` in this window; ``first_seen_before`` says an earlier
    window had it. ``relevance`` is the mean in 0..1, ``need_days`` the days a complaint waits unanswered, ``decision``
    an A16 proposal, ``priority`` the name of the province's priority it touches, ``outlets`` the publishers' keys,
    ``last`` a sortable instant.
    """

    key: str
    headline: str
    section: str
    severity: Severity
    reach: Reach
    families: int
    new_families: int
    relevance: float
    in_area: bool
    first_seen_before: bool
    decision: bool
    need: tuple[str, ...] = ()
    need_days: int = 0
    priority: str = ""
    fields: tuple[str, ...] = ()
    outlets: tuple[str, ...] = ()
    last: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """A story in a section, shown or left out, with its importance and the reasons."""

    candidate: Candidate
    score: float
    why: tuple[Reason, ...]
    shown: bool


def importance(story: Candidate) -> tuple[Reason, ...]:
    """Return the parts of a story's importance; their sum is the score."""
    reasons = [
        Reason(
            rule="families",
            points=round(min(_FAMILIES_CAP, math.log2(max(1, story.families))), 2),
            words=f"{story.families} bài độc lập (bản đăng lại tính một)",
        ),
        Reason(rule="reach", points=_REACH[story.reach], words=f"lan truyền {story.reach}"),
        Reason(rule="severity", points=_SEVERITY[story.severity], words=f"mức độ {story.severity}"),
        Reason(rule="relevance", points=round(2 * story.relevance, 2), words=f"liên quan {story.relevance:.2f}"),
    ]
    if story.in_area:
        reasons.append(Reason(rule="area", points=1.0, words="nêu đích danh địa bàn báo cáo"))
    if story.need:
        points = min(3.0, 1.0 * len(story.need) + 0.2 * story.need_days)
        words = ", ".join(story.need) + (f", chờ {story.need_days} ngày" if story.need_days else "")
        reasons.append(Reason(rule="need", points=round(points, 2), words=f"nhu cầu: {words}"))
    if not story.first_seen_before:
        reasons.append(Reason(rule="novelty", points=1.5, words="mới trong kỳ"))
    elif story.new_families:
        reasons.append(Reason(rule="novelty", points=0.5, words=f"{story.new_families} bài mới về việc đã nêu"))
    if story.priority:
        reasons.append(Reason(rule="priority", points=0.75, words=f"thuộc trọng tâm: {story.priority}"))
    if story.decision:
        reasons.append(Reason(rule="decision", points=4.0, words="xin ý kiến Chủ tịch"))
    return tuple(reason for reason in reasons if reason.points)


def choose(stories: Iterable[Candidate], cap: int) -> tuple[Choice, ...]:
    """Return the stories of one section, shown ones first in printing order, then the left-out ones by importance.

    Greedy: after each pick, stories of the same main field, and stories that only the same single outlet carries, lose
    points, so that neither floods the section. Severity S3 and S4 and decisions are exempt: a typhoon may fill its
    section.
    """
    waiting = sorted(stories, key=lambda story: story.key)
    base = {story.key: importance(story) for story in waiting}
    picked: list[Choice] = []
    by_field: Counter[str] = Counter()
    by_outlet: Counter[str] = Counter()
    # A heap would need re-keying after every pick; only the best 4 x cap by plain score can ever win a place.
    waiting.sort(key=lambda story: -_total(base[story.key]))
    front, back = waiting[: 4 * cap], waiting[4 * cap :]
    while front and len(picked) < cap:
        scored = [(story, (*base[story.key], *_penalties(story, by_field, by_outlet))) for story in front]
        story, why = max(scored, key=lambda pair: (_total(pair[1]), pair[0].last, pair[0].key))
        picked.append(Choice(story, _total(why), why, True))
        front.remove(story)
        if story.fields:
            by_field[story.fields[0]] += 1
        if len(story.outlets) == 1:
            by_outlet[story.outlets[0]] += 1
    left = [
        Choice(story, _total(why), why, False)
        for story in front
        for why in [(*base[story.key], *_penalties(story, by_field, by_outlet))]
    ]
    left.sort(key=lambda choice: (-choice.score, choice.candidate.key))
    rest = [Choice(story, _total(base[story.key]), base[story.key], False) for story in back]
    return (*picked, *left, *rest)


def _penalties(story: Candidate, by_field: Counter[str], by_outlet: Counter[str]) -> tuple[Reason, ...]:
    if story.severity in (Severity.S3, Severity.S4) or story.decision:
        return ()
    found = []
    # In a disaster the disaster is the news: that field never counts as a flood.
    same_field = min(3, by_field[story.fields[0]]) if story.fields and story.fields[0] not in INCIDENT_FIELDS else 0
    if same_field:
        found.append(
            Reason(rule="same_field", points=-_SAME_FIELD * same_field, words=f"đã chọn {same_field} tin cùng lĩnh vực")
        )
    same_outlet = min(3, by_outlet[story.outlets[0]]) if len(story.outlets) == 1 else 0
    if same_outlet:
        found.append(
            Reason(
                rule="same_outlet",
                points=-_SAME_OUTLET * same_outlet,
                words=f"đã chọn {same_outlet} tin chỉ của cùng một báo",
            )
        )
    return tuple(found)


def _total(why: Iterable[Reason]) -> float:
    return round(sum(reason.points for reason in why), 2)


def explain(content: EditionContent) -> list[str]:
    """Return what ``brief --why`` prints: per section its title, then one line per story, most important first.

    A line holds a mark (``+`` own paragraph, ``=`` counted in another row, ``-`` left out: the first ten), the score,
    the headline and in brackets the reasons with their points; the points add up to the score.
    """
    lines = []
    for section in content.sections:
        lines.append(section.title)
        left = [story for story in section.stories if story.shown in {Shown.LINE, Shown.COUNTED}][:NEAR_MISSES]
        for story in (one for one in section.stories if one in left or one.shown in {Shown.FULL, Shown.MERGED}):
            mark = "-" if story in left else "=" if story.shown == Shown.MERGED else "+"
            parts = "; ".join(f"{reason.points:+.1f} {reason.words}" for reason in story.why)
            lines.append(f"{mark} {story.score:5.1f} {story.headline or story.summary} ({parts})")
    return lines
