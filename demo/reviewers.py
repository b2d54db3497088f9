"""The invented reviewers: they decide through the review room's own functions, as ``reviewers.toml`` says."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from alerts import record_answer
from demo.content import VIETNAM, ContentError, Entry, World
from demo.match import item_ids
from handling.cases import FINISHED, answer
from provinces import Province
from records import Records, ReferralState, Transaction
from records.types import CaseState, EditionState, Lane, Person, ProposalState, Role
from review import NotDecidable, decide
from review.queue import Task, TaskKind, queue

FILE = Path(__file__).resolve().parent / "reviewers.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sitting:
    """One sitting of a reviewer and an approver; ``edition``: the approver also approves the last cut-off's edition."""

    at: datetime
    reviewer: Person
    approver: Person
    edition: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One single act: ``kind`` correct, answer, cyber or instruct; ``values`` are its other fields."""

    at: datetime
    kind: str
    person: Person
    key: str
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """What the reviewers do, in the order of time."""

    people: Mapping[str, Person]
    sittings: tuple[Sitting, ...]
    acts: tuple[Act, ...]

    @property
    def times(self) -> tuple[datetime, ...]:
        """The instants at which somebody does something, each once, in order."""
        return tuple(sorted({sitting.at for sitting in self.sittings} | {single.at for single in self.acts}))


@cache
def load(file: Path = FILE) -> Script:
    """Read the script. Raises ContentError for an unknown person, and KeyError for a missing field."""
    data = tomllib.loads(file.read_text(encoding="utf-8"))
    people = {key: Person(name=row["name"], role=Role(row["role"])) for key, row in data["people"].items()}

    def person(key: str) -> Person:
        if key not in people:
            raise ContentError(f"{file.name}: {key!r} is not among the people")
        return people[key]

    sittings = tuple(
        Sitting(
            at=row["at"].replace(tzinfo=VIETNAM),
            reviewer=person(row["reviewer"]),
            approver=person(row["approver"]),
            edition=row.get("edition", False),
        )
        for row in data["sitting"]
    )
    acts = tuple(
        Act(
            at=row["at"].replace(tzinfo=VIETNAM),
            kind=kind,
            person=person(row["by"]),
            key=row.get("key", ""),
            values=row,
        )
        for kind in _DOING
        for row in data.get(kind, ())
    )
    return Script(people=people, sittings=sittings, acts=tuple(sorted(acts, key=lambda act: act.at)))


def act(records: Records, province: Province, world: World, since: datetime, now: datetime) -> Counter[str]:
    """Do what the script holds for the time after ``since`` up to ``now``; return what was done, by verb.

    Doing it again changes nothing: what is decided is no longer in the queue.
    """
    script = load()
    entries = item_ids(world)
    done: Counter[str] = Counter()
    for sitting in script.sittings:
        if since < sitting.at <= now:
            done += _sit(records, province, entries, sitting, now)
    for single in script.acts:
        if since < single.at <= now:
            with records.begin() as tx:
                done[single.kind] += _DOING[single.kind](tx, province, entries, single, now)
    return done


def _sit(
    records: Records, province: Province, entries: Mapping[str, Entry], sitting: Sitting, now: datetime
) -> Counter[str]:
    done: Counter[str] = Counter()
    with records.read() as tx:
        tasks, _ = queue(tx, now)
    for task in tasks:
        # One transaction a decision, as an officer saves one after the other.
        try:
            with records.begin() as tx:
                done[_decide(tx, province, entries, task, sitting.reviewer, now)] += 1
        except NotDecidable:
            # A decision on one item can settle what the same story still asked.
            done["settled"] += 1
    with records.begin() as tx:
        for proposal in tx.proposals.in_state(ProposalState.REVIEWED):
            if proposal.lane is Lane.HARM and proposal.reviewed_by != sitting.approver.name:
                decide.approve(tx, proposal.proposal_id, sitting.approver, province, now)
                done["approve"] += 1
        for call in tx.outward.rescues_open():
            # A call for rescue left on one person's word; the second one confirms it.
            if call.confirmed_by is None and call.reviewed_by != sitting.approver.name:
                decide.confirm(tx, call.rescue_id, sitting.approver, now)
                done["confirm"] += 1
    return done


def approve_edition(records: Records, edition_id: str, now: datetime) -> bool:
    """Have the approver of the sitting at hand approve an edition; False when it is no draft any more.

    Called by the runner between ``brief`` and ``deliver`` of a sitting whose ``edition`` is true.
    """
    sitting = max((one for one in load().sittings if one.at <= now), key=lambda one: one.at)
    with records.begin() as tx:
        if tx.editions.get(edition_id).state not in {EditionState.DRAFT, EditionState.REVIEWED}:
            return False
        decide.approve_edition(tx, edition_id, sitting.approver, now)
    return True


def _decide(
    tx: Transaction, province: Province, entries: Mapping[str, Entry], task: Task, person: Person, now: datetime
) -> str:
    """Decide one task by what a fair reader expects; return the verb."""
    if task.kind is TaskKind.STORY:
        return _decide_story(tx, province, entries, task, person, now)
    expected = entries[task.subject_id].expected
    found = {finding.harm for one in task.assessed for finding in one.assessment.harms}
    wanted = {proposal.lane for proposal in task.proposals}
    if any(proposal.action == "A17" for proposal in task.proposals) and expected.rescue:
        decide.accept_item(tx, task.subject_id, person, province, now)
        return "accept"
    if Lane.HARM in wanted and (right := tuple(harm for harm in expected.harms if harm in found)):
        if found - set(right):
            decide.correct_item(tx, task.subject_id, person, now, harms=right)
        decide.accept_item(tx, task.subject_id, person, province, now)
        return "accept"
    if Lane.UNVERIFIED in wanted and expected.lane in {Lane.UNVERIFIED, Lane.HARM}:
        decide.accept_item(tx, task.subject_id, person, province, now)
        return "accept"
    if expected.lane is Lane.UNVERIFIED:
        decide.correct_item(tx, task.subject_id, person, now, lane=Lane.UNVERIFIED, harms=())
        return "correct"
    lane = Lane.NEUTRAL if expected.lane is Lane.HARM else expected.lane
    decide.reject_item(tx, task.subject_id, person, now, lane=lane)
    return "reject"


def _decide_story(
    tx: Transaction, province: Province, entries: Mapping[str, Entry], task: Task, person: Person, now: datetime
) -> str:
    lanes = {proposal.lane for proposal in task.proposals}
    labels = [entries[one.item.item_id].expected for one in task.assessed]
    fitting = sum(label.relevant and label.lane in lanes for label in labels)
    if 2 * fitting >= len(labels):
        decide.accept_story(tx, task.subject_id, person, province, now)
        return "accept"
    decide.reject_story(tx, task.subject_id, person, now)
    return "reject"


def _item(entries: Mapping[str, Entry], single: Act) -> str:
    for item_id, entry in entries.items():
        if entry.key == single.key:
            return item_id
    raise ContentError(f"{FILE.name}: no publication {single.key!r}")


def _correct(tx: Transaction, province: Province, entries: Mapping[str, Entry], single: Act, now: datetime) -> int:
    item_id = _item(entries, single)
    assessment = tx.assessments.get(item_id)
    if assessment is None or assessment.relevant == single.values["relevant"]:
        return 0
    decide.correct_item(tx, item_id, single.person, now, relevant=single.values["relevant"], note=single.values["note"])
    return 1


def _answer(tx: Transaction, province: Province, entries: Mapping[str, Entry], single: Act, now: datetime) -> int:
    item_id = _item(entries, single)
    member = tx.stories.member_of([item_id]).get(item_id)
    cases = tx.cases.of_stories([member.story_id]).get(member.story_id, []) if member else []
    waiting = [case for case in cases if case.state not in FINISHED | {CaseState.ANSWERED, CaseState.PUBLISHED}]
    for case in waiting:
        answer(tx, case.case_id, single.values["text"], single.person, now, published=single.values["published"])
    return len(waiting)


def _cyber(tx: Transaction, province: Province, entries: Mapping[str, Entry], single: Act, now: datetime) -> int:
    item_id = _item(entries, single)
    state = ReferralState(single.values["state"])
    waiting = [one for one in tx.outward.referrals_open() if one.item_id == item_id and one.state is not state]
    for referral in waiting:
        record_answer(tx, referral.referral_id, state, single.person, now, single.values["note"])
    return len(waiting)


def _instruct(tx: Transaction, province: Province, entries: Mapping[str, Entry], single: Act, now: datetime) -> int:
    day: date = single.values["edition"]
    edition_id = f"{province.key}-daily-{day.isoformat()}"
    known: Sequence[Any] = tx.decisions.of("edition", edition_id)
    if any(decision.verb == "instruct" for decision in known):
        return 0
    decide.instruct(tx, edition_id, single.values["text"], single.person, now)
    return 1


_DOING: Mapping[str, Callable[[Transaction, Province, Mapping[str, Entry], Act, datetime], int]] = {
    "correct": _correct,
    "answer": _answer,
    "cyber": _cyber,
    "instruct": _instruct,
}
