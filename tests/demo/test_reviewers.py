"""The reviewers' script names invented people in fitting roles and publications that exist."""

from __future__ import annotations

from pathlib import Path

import pytest

import provinces
from demo import inbox, reviewers
from demo.content import FIRST, LAST, ContentError, load
from demo.profile import FOLDER
from records.types import Harm, Role
from review.roles import MAY

WORLD = load()
SCRIPT = reviewers.load()


def test_two_reviewers_and_an_approver_who_is_somebody_else() -> None:
    roles = [person.role for person in SCRIPT.people.values()]
    assert roles.count(Role.REVIEWER) == 2 and Role.APPROVER in roles and Role.CYBER in roles
    assert len({person.name for person in SCRIPT.people.values()}) == len(SCRIPT.people)
    for sitting in SCRIPT.sittings:
        assert sitting.reviewer.role in MAY["accept"] and sitting.approver.role in MAY["approve"]
        assert sitting.reviewer.name != sitting.approver.name


def test_the_people_are_those_of_the_roster() -> None:
    on_duty = {entry.name for entry in provinces.load(FOLDER).roster if entry.duty == "desk"}
    deciding = {person.name for person in SCRIPT.people.values() if person.role in {Role.REVIEWER, Role.APPROVER}}
    assert deciding == on_duty
    assert inbox.DESK in on_duty


def test_every_act_lies_in_the_days_and_names_a_publication() -> None:
    assert all(FIRST < moment < LAST for moment in SCRIPT.times)
    for act in SCRIPT.acts:
        if act.key:
            assert WORLD.entry(act.key).at < act.at
    answered = {WORLD.entry(act.key).expected.harms for act in SCRIPT.acts if act.kind == "cyber"}
    assert answered == {(Harm.FRAUD, Harm.IMPERSONATION)}


def test_three_editions_are_approved_after_their_cut_off() -> None:
    editions = [sitting.at for sitting in SCRIPT.sittings if sitting.edition]
    assert [(moment.day, moment.hour) for moment in editions] == [(18, 5), (19, 5), (20, 5)]
    assert all(moment.minute >= 30 for moment in editions)


def test_an_unknown_person_is_refused(tmp_path: Path) -> None:
    broken = tmp_path / "reviewers.toml"
    broken.write_text(reviewers.FILE.read_text(encoding="utf-8").replace('by = "mang"', 'by = "ai"'), encoding="utf-8")
    with pytest.raises(ContentError, match="'ai' is not among the people"):
        reviewers.load(broken)
