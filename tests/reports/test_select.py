"""Importance that can be checked with a pencil, caps, and no flood."""

from __future__ import annotations

from dataclasses import replace

from records.types import Reach, Severity
from reports.select import CAPS, PARAGRAPHS, STORM_CAP, Candidate, caps, choose, explain, importance

PLAIN = Candidate(
    key="a",
    headline="Tin",
    section="news",
    severity=Severity.S1,
    reach=Reach.R0,
    families=1,
    new_families=1,
    relevance=0.9,
    in_area=True,
    first_seen_before=False,
    decision=False,
    fields=("education",),
    outlets=("bao-a", "bao-b"),
    last="2026-11-20T01:00:00+00:00",
)


def score(story: Candidate) -> float:
    return round(sum(reason.points for reason in importance(story)), 2)


def test_parts_add_up() -> None:
    assert score(PLAIN) == 1.8 + 1.0 + 1.5
    assert score(replace(PLAIN, families=8)) == 1.8 + 1.0 + 1.5 + 3.0
    assert score(replace(PLAIN, severity=Severity.S4, reach=Reach.R3)) == 1.8 + 1.0 + 1.5 + 8.0 + 3.0


def test_copies_do_not_make_a_story_bigger_without_bound() -> None:
    assert score(replace(PLAIN, families=400)) == score(replace(PLAIN, families=16))


def test_danger_beats_reach_and_need_beats_reach() -> None:
    viral = replace(PLAIN, reach=Reach.R3, families=8)
    danger = replace(PLAIN, severity=Severity.S4)
    assert score(danger) > score(viral)
    waiting = replace(PLAIN, need=("sức khỏe", "an toàn"), need_days=5)
    assert score(waiting) > score(replace(PLAIN, reach=Reach.R2))


def test_old_story_without_news_ranks_below_a_new_one() -> None:
    assert score(replace(PLAIN, first_seen_before=True, new_families=0)) < score(PLAIN)


def test_one_outlet_cannot_flood_a_section() -> None:
    flood = [replace(PLAIN, key=f"f{n}", outlets=("bao-a",), fields=(f"x{n}",), families=2) for n in range(8)]
    others = [replace(PLAIN, key=f"o{n}", outlets=(f"bao-{n}",), fields=(f"y{n}",)) for n in range(3)]
    chosen = [choice.candidate.key for choice in choose([*flood, *others], 5) if choice.shown]
    assert sum(key.startswith("o") for key in chosen) == 3


def test_one_topic_cannot_flood_a_section_but_a_typhoon_may_fill_it() -> None:
    school = [replace(PLAIN, key=f"s{n}", families=2) for n in range(8)]
    others = [replace(PLAIN, key=f"o{n}", fields=(f"y{n}",)) for n in range(2)]
    chosen = [choice.candidate.key for choice in choose([*school, *others], 5) if choice.shown]
    assert {"o0", "o1"} <= set(chosen)
    storm = [replace(one, severity=Severity.S3) for one in school]
    chosen = [choice.candidate.key for choice in choose([*storm, *others], 5) if choice.shown]
    assert all(key.startswith("s") for key in chosen)


def test_everything_is_either_shown_or_left_with_reasons() -> None:
    stories = [replace(PLAIN, key=f"k{n}", families=n + 1) for n in range(30)]
    choices = choose(stories, 5)
    assert sum(choice.shown for choice in choices) == 5
    assert {choice.candidate.key for choice in choices} == {story.key for story in stories}
    assert all(choice.why for choice in choices)
    assert choose(stories[::-1], 5) == choices


def test_why_prints_choices_and_near_misses() -> None:
    from reports.compose import compose
    from tests.reports import sample

    lines = explain(compose(sample.big_day(120)))
    assert any(line.startswith("+") for line in lines) and any(line.startswith("-") for line in lines)
    assert any("mới trong kỳ" in line for line in lines)


def test_room_of_quiet_sections_goes_to_incidents() -> None:
    busy = dict.fromkeys(CAPS, 50)
    assert caps(busy) == dict(CAPS)
    assert caps({"negative": 50})["negative"] == STORM_CAP
    assert caps({"negative": 50, "feedback": 50, "good": 3})["negative"] == PARAGRAPHS - CAPS["feedback"] - 3
