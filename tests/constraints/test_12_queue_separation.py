"""Constraint 12: no way leads from criticism, or from a rumour, into the cyber team's queue.

Single refusals are in ``tests/records/test_approval.py``; here every combination is tried, by value and by raw SQL.
"""

from __future__ import annotations

import itertools
import json
import sqlite3
import subprocess
import sys
import typing
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import alerts
from handling import propose_story
from handling.catalogue import CODES, catalogue
from provinces import Province
from records import ApprovedReferral, ConstraintRefused, NotReferable, Records
from records.outward import Outward
from records.types import Harm, HarmLevel, Lane, Proposal, ProposalState, Severity
from tests.conftest import ROOT
from tests.constraints.house import House
from tests.records.build import NOW, assessment, feedback, finding, proposal, story
from tests.records.test_approval import verification

ALLOWED = {"H1", "H2", "H4", "H6", "H7", "H8"}
"""``domain.md`` §5.3 (12); H4 only when imminent."""
PEOPLE = ((None, None), ("Một", None), ("Một", "Một"), ("Một", "Hai"), (None, "Hai"), ("", "Hai"), ("Một", ""))


def may(one: Proposal, imminent: bool) -> bool:
    """Say what the constraint says, in its own words."""
    if one.lane is not Lane.HARM or one.harm is None or one.item_id is None or one.action != "A11":
        return False
    if one.harm.value not in ALLOWED or (one.harm is Harm.VIOLENCE and not imminent):
        return False
    if one.state is ProposalState.RELEASED:
        return bool(one.reviewed_by) and one.severity is Severity.S4 and one.harm.value in {"H4", "H6"}
    two = bool(one.reviewed_by) and bool(one.approved_by) and one.reviewed_by != one.approved_by
    return two and one.state in {ProposalState.APPROVED, ProposalState.DONE}


def test_a_referral_value_can_be_made_of_allowed_approved_harm_only() -> None:
    base = proposal()
    made = Counter[str]()
    for lane, harm, action, state, imminent, severity, (reviewed, approved) in itertools.product(
        Lane, (None, *Harm), ("A07", "A09", "A11"), ProposalState, (False, True), (Severity.S3, Severity.S4), PEOPLE
    ):
        one = replace(
            base, lane=lane, harm=harm, action=action, state=state, severity=severity,
            reviewed_by=reviewed, approved_by=approved,
        )  # fmt: skip
        try:
            ApprovedReferral(proposal=one, imminent=imminent)
        except NotReferable:
            assert not may(one, imminent), one
            made["refused"] += 1
        else:
            assert may(one, imminent), one
            made[str(harm)] += 1
    assert made["refused"] > 20_000
    assert set(made) - {"refused"} == ALLOWED


def test_raw_sql_tries_every_lane_class_and_action(empty_database: Path, tmp_path: Path) -> None:
    """Whoever writes past the code, with both names forged, still gets nothing else into the queue."""
    path = tmp_path / "records.sqlite"
    path.write_bytes(empty_database.read_bytes())
    database = sqlite3.connect(path, isolation_level=None)
    database.execute("PRAGMA foreign_keys=ON")
    database.execute("PRAGMA synchronous=OFF")
    at = "2026-11-20T01:00:00.000000Z"
    queued = set()
    stored = 0
    for number, (lane, harm, action, imminent) in enumerate(
        itertools.product(Lane, (None, *Harm), CODES, (False, True))
    ):
        row: dict[str, Any] = {
            "proposal_id": f"p{number}", "story_id": "s", "item_id": "i", "action": action, "lane": lane.value,
            "harm": harm.value if harm else None, "severity": "S3", "actor": "x", "due_at": at, "state": "approved",
            "created_at": at, "reviewed_by": "Một", "approved_by": "Hai",
        }  # fmt: skip
        # The proposal as it stands; where the database refuses it, a referral that merely names it.
        stored += insert(database, "proposals", row)
        referral = {
            "referral_id": f"r{number}", "proposal_id": row["proposal_id"], "lane": "harm", "item_id": "i",
            "harm": row["harm"] or "H1", "imminent": imminent, "severity": "S3", "reviewed_by": "Một",
            "approved_by": "Hai", "released": False, "sent_at": at, "state": "sent",
        }  # fmt: skip
        accepted = insert(database, "referrals", referral)
        entry = {"topic": "referral", "key": f"k{number}", "created_at": at, "next_at": at, "state": "pending"}
        accepted_entry = insert(database, "outbox", {**entry, "referral_id": referral["referral_id"]})
        assert accepted == accepted_entry
        assert not insert(database, "outbox", {**entry, "key": f"n{number}", "referral_id": None})
        if accepted:
            queued.add((lane.value, row["harm"], action, imminent))
    database.close()
    assert stored > 400
    wanted = {("harm", code, "A11", flag) for code in ALLOWED for flag in (False, True)} - {
        ("harm", "H4", "A11", False)
    }
    assert queued == wanted


def insert(database: sqlite3.Connection, table: str, row: dict[str, Any]) -> bool:
    columns, marks = ", ".join(row), ", ".join("?" for _ in row)
    try:
        database.execute(f"INSERT INTO {table} ({columns}) VALUES ({marks})", list(row.values()))
    except sqlite3.IntegrityError:
        return False
    return True


def test_raw_sql_cannot_turn_a_stored_row_into_a_referral(empty_database: Path, tmp_path: Path) -> None:
    path = tmp_path / "records.sqlite"
    path.write_bytes(empty_database.read_bytes())
    database = sqlite3.connect(path, isolation_level=None)
    at = "2026-11-20T01:00:00.000000Z"
    insert(
        database, "outbox", {"topic": "case", "key": "k", "created_at": at, "next_at": at, "state": "pending"}
    )  # fmt: skip
    with pytest.raises(sqlite3.IntegrityError, match="cyber_queue_takes_referrals"):
        database.execute("UPDATE outbox SET topic = 'referral' WHERE key = 'k'")
    assert database.execute("SELECT count(*) FROM outbox WHERE topic = 'referral'").fetchone() == (0,)
    database.close()


def test_refer_takes_the_approved_type_and_nothing_else(tmp_path: Path) -> None:
    """The type checker itself refuses a case, a proposal, a verification or an assessment (``mypy --strict``)."""
    assert typing.get_type_hints(Outward.refer)["approved"] is ApprovedReferral
    wrong = tmp_path / "wrong_way.py"
    wrong.write_text(
        "from datetime import datetime\n"
        "from records import ApprovedReferral, Transaction, Verification\n"
        "from records.types import Assessment, Case, Proposal\n"
        "def go(tx: Transaction, a: Assessment, c: Case, p: Proposal, v: Verification, now: datetime) -> None:\n"
        "    tx.outward.refer('r', a, now)\n"
        "    tx.outward.refer('r', c, now)\n"
        "    tx.outward.refer('r', p, now)\n"
        "    tx.outward.refer('r', v, now)\n"
        "    ApprovedReferral(proposal=c, imminent=False)\n"
        "    ApprovedReferral(proposal=v, imminent=False)\n"
        "def right(tx: Transaction, r: ApprovedReferral, now: datetime) -> None:\n"
        "    tx.outward.refer('r', r, now)\n"
    )
    out = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--follow-imports=silent", str(wrong)],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    lines = {int(line.split(":")[1]) for line in out.stdout.splitlines() if "[arg-type]" in line}
    assert lines == {5, 6, 7, 8, 9, 10}, out.stdout + out.stderr


def test_no_action_of_criticism_or_rumour_names_the_police_queue() -> None:
    for action in catalogue().values():
        if action.code == "A11":
            assert (
                action.lanes == {Lane.HARM} and {harm.value for harm in action.harms} == ALLOWED and action.people == 2
            )
        else:
            assert action.actor != "police"
    assert Harm.DANGEROUS_RUMOUR not in catalogue()["A11"].harms and Harm.HATE not in catalogue()["A11"].harms


def test_an_item_that_is_both_sends_only_its_harm_to_the_police(machine: House, province: Province) -> None:
    """``domain.md`` §5.1, rule of precedence: the criticism of the same post becomes a case, and only that."""
    with machine.records.read() as tx:
        item = tx.items.scan(limit=1)[0]
    for harm in Harm:
        both = assessment(
            item, lane=Lane.FEEDBACK, severity=Severity.S4,
            harms=(finding(harm, level=HarmLevel.ALERT, imminent=True),),
        )  # fmt: skip
        made = propose_story(story("s", item, lane=Lane.FEEDBACK), [(item, both)], province, NOW)
        to_police = [one for one in made if one.action == "A11"]
        assert all(one.lane is Lane.HARM and one.harm is harm and one.item_id == item.item_id for one in to_police)
        assert bool(to_police) == (harm.value in ALLOWED)
        criticism = [one for one in made if one.lane is Lane.FEEDBACK]
        assert {one.action for one in criticism} >= {"A07", "A08"}
        assert all(one.harm is None and one.item_id is None for one in criticism)


def test_what_the_cyber_duty_got_are_referrals_rings_and_claims(decided: House) -> None:
    day = decided.clock.now().date()
    cyber = {entry.address for entry in decided.province.roster_on("cyber", day)}
    got: Counter[str] = Counter()
    for path in (decided.out / "alerts").rglob("*.json"):
        message = json.loads(path.read_text("utf-8"))
        if cyber & set(message["to"]):
            got[path.parent.name] += 1
            if path.parent.name == "referral":
                alerts_schema(message["body"])
                assert message["body"]["harm"] in ALLOWED
            if path.parent.name == "notice":
                assert set(message["body"]) == {"schema", "notice_id", "claim", "reach", "recipients"}
                assert message["body"]["reach"] in {"R2", "R3"}
    assert got["referral"] > 0
    assert set(got) <= {"referral", "recall", "ring", "notice"}
    with decided.records.read() as tx:
        referred = [one.item_id for one in tx.outward.referrals_open()]
        for one in referred:
            found = tx.assessments.get(one)
            assert found is not None and {harm.harm.value for harm in found.harms} & ALLOWED


def alerts_schema(body: dict[str, Any]) -> None:
    from alerts.send import validate_referral

    validate_referral(body)


def test_a_rumour_is_asked_about_at_its_competent_agency_without_who_said_it(decided: House) -> None:
    with decided.records.read() as tx:
        requests = tx.outward.verifications()
        lanes = {tx.proposals.get(one.proposal_id).lane for one in requests}
        actions = {tx.proposals.get(one.proposal_id).action for one in requests}
        items = [
            tx.items.get(str(tx.proposals.get(one.proposal_id).item_id))
            for one in requests
            if tx.proposals.get(one.proposal_id).item_id
        ]
    assert requests and lanes <= {Lane.UNVERIFIED, Lane.HARM} and actions == {"A02"}
    bodies = [json.loads(path.read_text("utf-8")) for path in (decided.out / "alerts" / "verification").glob("*.json")]
    assert len(bodies) == len(requests)
    for body in bodies:
        assert set(body["body"]) == {"schema", "verification_id", "agency", "claim", "reach", "due_at"}
        assert not [item.url for item in items if item.url and item.url in json.dumps(body)]


@pytest.mark.parametrize(
    "stored",
    [
        feedback("p1"),
        feedback("p1", action="A02"),
        feedback("p1", lane=Lane.UNVERIFIED, action="A02", state=ProposalState.REJECTED),
        feedback("p1", lane=Lane.UNVERIFIED, action="A02", state=ProposalState.PROPOSED, reviewed_by=None),
    ],
    ids=lambda one: f"{one.lane}-{one.action}-{one.state}",
)
def test_criticism_never_leaves_as_a_question_to_the_police(records: Records, stored: Proposal) -> None:
    with records.begin() as tx:
        tx.proposals.put(stored)
    with pytest.raises(ConstraintRefused), records.begin() as tx:
        tx.outward.put_verification(verification(agency_code="cong-an-tinh"))


def test_the_cyber_channel_is_given_nothing_but_referrals_and_recalls() -> None:
    assert alerts.send.__module__ == "alerts.send"
    from alerts.send import CYBER_TOPICS

    assert CYBER_TOPICS == ("referral", "recall")
