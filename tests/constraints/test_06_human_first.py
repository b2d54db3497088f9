"""Constraint 6: nothing of content leaves the desk before a named person decided, lane C not before two.

What the database refuses row by row: ``tests/records/test_approval.py``. Here: every way into the outbox, the machine
left alone, one officer left alone, and who stands behind what left.
"""

from __future__ import annotations

import ast
import inspect
import json
import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

import alerts
from records import Records
from records import tables as tb
from records.types import REFERABLE, EditionState, Lane, Person, ProposalState, Role, Severity
from review import decide
from review.errors import NotAllowed, NotDecidable, ReviewError, SecondPersonNeeded
from tests.conftest import ROOT
from tests.constraints.house import OUTWARD, House

ROOMS = (
    "text",
    "provinces",
    "records",
    "crawlers",
    "nlp",
    "search",
    "handling",
    "review",
    "alerts",
    "reports",
    "langnghe",
)
ALONE = Person(name="Nguyễn Thị Một Mình", role=Role.APPROVER)


def queued() -> Iterator[tuple[str, str, str]]:
    """Yield file, function and topic of every place in the code that puts something into the outbox."""
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*.py")):
            constants = {
                target.id: node.value.value
                for node in ast.parse(path.read_text("utf-8")).body
                if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
                for target in node.targets
                if isinstance(target, ast.Name)
            }
            for function in ast.walk(ast.parse(path.read_text("utf-8"))):
                if not isinstance(function, ast.FunctionDef):
                    continue
                for call in ast.walk(function):
                    if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.args):
                        continue
                    if call.func.attr in {"put", "put_many"} and ast.unparse(call.func.value).endswith("outbox"):
                        topic = call.args[0]
                        name = (
                            topic.value if isinstance(topic, ast.Constant) else constants.get(ast.unparse(topic), "?")
                        )
                        yield f"{path.relative_to(ROOT)}", function.name, str(name)
                    if call.func.attr == "_put_referral":
                        yield f"{path.relative_to(ROOT)}", function.name, "referral"


def test_every_way_out_begins_with_a_named_person() -> None:
    """A new way into an outward topic must be added here by somebody who has read the constraint."""
    known = {
        # Functions that take a ``person``, or are called by one of review.decide or handling.cases that does.
        ("records/outward.py", "refer", "referral"),
        ("records/outward.py", "recall", "recall"),
        ("review/decide.py", "_verify", "verification"),
        ("review/decide.py", "_verify", "notice"),
        ("review/decide.py", "_hand_over", "rescue"),
        ("review/decide.py", "recall", "rescue"),
        ("handling/cases.py", "_tell", "case"),
    }
    content_free = {("alerts/state.py", "_ring_duty", "ring"), ("alerts/state.py", "ring", "alert")}
    editions = {("reports/deliver.py", "enqueue", "mail")}
    found = set(queued())
    assert known | content_free | editions <= found
    assert {one for one in found - known - content_free - editions if one[2] in (*OUTWARD, "?")} == set()


def test_the_machine_alone_sends_nothing_of_content(machine: House) -> None:
    assert set(machine.topics()) <= {"index", "alert", "ring", "mail"}
    with machine.records.read() as tx:
        for table in (tb.decisions, tb.referrals, tb.verifications, tb.notices, tb.rescues, tb.cases):
            assert tx.connection.execute(sa.select(sa.func.count()).select_from(table)).scalar() == 0
        states = Counter(tx.connection.execute(sa.select(tb.proposals.c.state)).scalars())
        (edition,) = tx.editions.revisions(machine.edition.name)
    assert set(states) == {"proposed"} and states["proposed"] > 80
    assert (
        edition.state is EditionState.AUTOMATIC
    )  # "BẢN TỰ ĐỘNG – CHƯA ĐƯỢC BIÊN TẬP KIỂM TRA", press and official only


def test_what_rings_outside_the_desk_carries_number_and_class_only(machine: House) -> None:
    day = machine.clock.now().date()
    desk = {entry.address for entry in machine.province.roster_on("desk", day)}
    rings = [json.loads(path.read_text("utf-8")) for path in (machine.out / "alerts" / "ring").glob("*.json")]
    to_desk = [json.loads(path.read_text("utf-8")) for path in (machine.out / "alerts" / "alert").glob("*.json")]
    assert rings and to_desk
    assert all(set(one["to"]) <= desk for one in to_desk)
    for one in rings:
        assert set(one["body"]) == {"schema", "kind", "classes", "severity", "number"}
        assert one["body"]["severity"] == Severity.S4
        assert set(one["body"]["classes"]) <= set(REFERABLE)
        assert all(said["body"]["headline"][:25] not in json.dumps(one, ensure_ascii=False) for said in to_desk)


@pytest.fixture
def desk(machine: House, tmp_path: Path) -> Iterator[Records]:
    """Return the machine's records in a copy, to decide there."""
    shutil.copytree(machine.folder, tmp_path / "data")
    with Records.open(tmp_path / "data", province=machine.province.key) as records:
        yield records


def test_one_officer_who_agrees_to_everything_sends_nothing_of_lane_c(machine: House, desk: Records) -> None:
    now, province = machine.clock.now(), machine.province
    with desk.read() as tx:
        waiting = tx.proposals.in_state(ProposalState.PROPOSED)
    for item_id in sorted({one.item_id for one in waiting if one.item_id}):
        with desk.begin() as tx:
            decide.accept_item(tx, item_id, ALONE, province, now)
    for story_id in sorted({one.story_id for one in waiting if not one.item_id}):
        with desk.begin() as tx:
            decide.accept_story(tx, story_id, ALONE, province, now)
    with desk.read() as tx:
        reviewed = [one for one in tx.proposals.in_state(ProposalState.REVIEWED) if one.lane is Lane.HARM]
    assert len(reviewed) >= 10
    for proposal in reviewed:
        for name in (ALONE.name, ALONE.name.upper(), "nguyen thi mot minh", f"  {ALONE.name}  "):
            with pytest.raises(SecondPersonNeeded), desk.begin() as tx:
                decide.approve(tx, proposal.proposal_id, Person(name=name, role=Role.SIGNER), province, now)
    with desk.read() as tx:
        done = {
            one.lane
            for state in (ProposalState.APPROVED, ProposalState.RELEASED)
            for one in tx.proposals.in_state(state)
        }
        assert Lane.HARM not in done and Lane.FEEDBACK in done
        assert tx.connection.execute(sa.select(sa.func.count()).select_from(tb.referrals)).scalar() == 0
        assert not tx.outbox.list("referral")
    channel = alerts.MemoryChannel()
    alerts.send(desk, province, machine.clock, desk=alerts.MemoryChannel(), cyber=channel)
    assert channel.sent == []


def test_one_person_releases_danger_to_life_only(machine: House, desk: Records) -> None:
    with desk.read() as tx:
        waiting = [one for one in tx.proposals.in_state(ProposalState.PROPOSED) if one.lane is Lane.HARM]
    assert waiting
    for proposal in waiting:
        if proposal.action == "A11" and proposal.severity is Severity.S4 and proposal.harm in {"H4", "H6"}:
            continue
        with pytest.raises(ReviewError), desk.begin() as tx:
            decide.release(tx, proposal.proposal_id, ALONE, machine.province, machine.clock.now())
    with desk.read() as tx:
        assert tx.proposals.in_state(ProposalState.RELEASED) == []


@pytest.mark.parametrize("name", ["", "   "])
@pytest.mark.parametrize("role", [Role.REVIEWER, Role.APPROVER, Role.SIGNER])
def test_nobody_decides_without_a_name(machine: House, desk: Records, name: str, role: Role) -> None:
    nobody, now, province = Person(name=name, role=role), machine.clock.now(), machine.province
    with desk.read() as tx:
        waiting = tx.proposals.in_state(ProposalState.PROPOSED)
    item = next(one for one in waiting if one.item_id)
    story = next(one for one in waiting if not one.item_id)
    with pytest.raises(NotAllowed), desk.begin() as tx:
        decide.accept_item(tx, str(item.item_id), nobody, province, now)
    with pytest.raises(NotAllowed), desk.begin() as tx:
        decide.accept_story(tx, story.story_id, nobody, province, now)


def test_nothing_of_lane_c_is_approved_in_bulk() -> None:
    """What approves, releases, confirms or refers takes one id; no room offers a function that takes several."""
    for name in ("approve", "release", "confirm", "recall"):
        parameters = inspect.signature(getattr(decide, name), eval_str=True).parameters
        ids = [one for one in parameters.values() if one.name.endswith("_id")]
        assert [one.annotation for one in ids] == [str], name
    sends = ("approve", "release", "confirm", "refer", "recall")
    for room in ("review", "handling", "alerts", "records", "langnghe"):
        for path in (ROOT / room).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.FunctionDef) and node.name.lstrip("_").startswith(sends):
                    taken = [ast.unparse(one.annotation) for one in node.args.args if one.annotation]
                    several = [one for one in taken if one.startswith(("Sequence", "Iterable", "list", "tuple", "set"))]
                    assert not several, f"{path}:{node.lineno} {node.name}"


def test_a_decided_proposal_is_not_decided_again(machine: House, desk: Records) -> None:
    now, province = machine.clock.now(), machine.province
    with desk.read() as tx:
        proposal = next(one for one in tx.proposals.in_state(ProposalState.PROPOSED) if one.lane is Lane.HARM)
    with pytest.raises(NotDecidable), desk.begin() as tx:  # nobody reviewed it yet
        decide.approve(tx, proposal.proposal_id, ALONE, province, now)


def test_behind_everything_that_left_stand_named_decisions(decided: House) -> None:
    with decided.records.read() as tx:
        people = {
            (one.person, one.verb)
            for row in tx.connection.execute(sa.select(tb.decisions.c.subject, tb.decisions.c.subject_id)).all()
            for one in tx.decisions.of(*row)
        }
        referrals = tx.connection.execute(sa.select(tb.referrals)).mappings().all()
        others = [
            row
            for table in (tb.verifications, tb.notices, tb.rescues)
            for row in tx.connection.execute(sa.select(table)).mappings()
        ]
        cases = [tx.proposals.get(case.proposal_id) for case in tx.cases.open()]
        sent = {topic: len(tx.outbox.list(topic, "done")) for topic in OUTWARD}
    assert min(sent[topic] for topic in OUTWARD if topic != "recall") > 0
    for row in referrals:
        assert (row["reviewed_by"], "accept") in people and (row["approved_by"], "approve") in people
        assert row["reviewed_by"] != row["approved_by"]
    for row in others:
        assert {(row["reviewed_by"], "accept"), (row["reviewed_by"], "approve")} & people
    for proposal in cases:
        assert proposal.lane is Lane.FEEDBACK and (proposal.reviewed_by, "accept") in people
    assert sent["referral"] == len(referrals)
    assert sent["verification"] + sent["notice"] + sent["rescue"] == len(others)


def test_a_forged_entry_of_the_outbox_sends_nothing(machine: House, desk: Records) -> None:
    """Messages are made from the records at send time: a payload alone says nothing, whatever is written into it."""
    now = machine.clock.now()
    channel = alerts.MemoryChannel()
    for topic in ("verification", "notice", "rescue", "case", "recall"):
        with desk.begin() as tx:
            tx.outbox.put(
                topic, f"{topic}:forged", {f"{topic}_id": "forged", "referral_id": "forged", "text": "giả"}, now
            )
    report = alerts.send(desk, machine.province, machine.clock, desk=channel, cyber=channel)
    assert channel.sent == []
    assert report.counts["quarantine"] == 5  # each named for a person to look at, none blocks the next
