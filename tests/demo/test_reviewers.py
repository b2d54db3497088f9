"""The reviewers' script names invented people in fitting roles and publications that exist."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

import handling
import provinces
from crawlers import collect
from demo import inbox, reviewers
from demo.content import FIRST, LAST, VIETNAM, ContentError, load
from demo.match import item_ids
from demo.profile import FOLDER
from demo.server import DemoServer
from nlp import assess
from provinces import Province
from records import Records
from records.clock import VirtualClock
from records.types import Harm, Role
from review.roles import MAY
from tests.constraints.house import stories

WORLD = load()
SCRIPT = reviewers.load()
EVENING = datetime(2026, 11, 19, 22, 30, tzinfo=VIETNAM)


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


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Records, Province]]:
    """The evening of 19/11: imported posts, forum and one newspaper, each item a story of its own, with proposals."""
    folder = tmp_path_factory.mktemp("reviewers")
    province = provinces.load(FOLDER)
    sources = [one for one in province.sources if one.outlet in {"nhaptay", "xomnho", "baobanmai"}]
    clock = VirtualClock(EVENING)
    records = Records.open(folder, province=province.key)
    inbox.write(WORLD, folder / "inbox", EVENING)
    with DemoServer(clock) as server:
        collect.run(records, province, clock, sources=sources, allow_hosts=server.allow_hosts, inbox=folder / "inbox")
    assess.run(records, province, clock)
    stories(records, EVENING)
    handling.run(records, province, clock)
    yield records, province
    records.close()


def test_the_script_walks_the_whole_way(desk: tuple[Records, Province]) -> None:
    records, province = desk
    # The morning's queue is decided until nothing is left that one sitting could not reach.
    done = reviewers.act(records, province, WORLD, FIRST, EVENING)
    ids = {entry.key: item_id for item_id, entry in item_ids(WORLD).items()}
    assert done["accept"] > 10 and done["approve"] >= 1
    with records.read() as tx:
        referrals = tx.outward.referrals(FIRST, LAST)
        verifications = tx.outward.verifications()
        decisions = tx.decisions.between(FIRST, LAST)
        cases = tx.cases.open()
    referred = {one.item_id for one in referrals}
    assert ids["np-lua-1"] in referred
    assert all(one.approved_by and one.approved_by != one.reviewed_by for one in referrals)
    harmful = {ids[entry.key] for entry in WORLD.entries if entry.expected.harms}
    assert referred <= harmful
    assert verifications and all(one.reviewed_by for one in verifications)
    assert cases
    assert {decision.person for decision in decisions} <= {person.name for person in SCRIPT.people.values()}


def test_doing_it_again_changes_nothing(desk: tuple[Records, Province]) -> None:
    records, province = desk
    reviewers.act(records, province, WORLD, FIRST, EVENING)
    again = reviewers.act(records, province, WORLD, FIRST, EVENING)
    with records.read() as tx:
        referrals = len(tx.outward.referrals(FIRST, LAST))
    assert again["approve"] == again["cyber"] == again["correct"] == 0
    with records.read() as tx:
        assert len(tx.outward.referrals(FIRST, LAST)) == referrals
