"""Who may send what: by type, and by the database when the types are gone around."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from records import (
    ApprovedReferral,
    ConstraintRefused,
    Notice,
    NotReferable,
    Records,
    ReferralState,
    RescueCall,
    RescueState,
    Verification,
    VerificationState,
)
from records import tables as tb
from records.codec import to_columns
from records.types import Conclusion, Harm, Lane, Proposal, ProposalState, Reach, Severity
from tests.records.build import DAY, HOUR, NOW, feedback, proposal

ONE, TWO = "Người duyệt Một", "Người duyệt Hai"


def put(records: Records, *proposals: Proposal) -> None:
    with records.begin() as tx:
        for each in proposals:
            tx.proposals.put(each)


@pytest.mark.parametrize(
    "forbidden",
    [
        feedback(harm=Harm.FRAUD),
        feedback(lane=Lane.GOOD, harm=Harm.FRAUD),
        feedback(action="A11"),
        feedback(action="A09"),
        proposal(approved_by=None),
        proposal(approved_by=ONE),
        proposal(approved_by=""),
        proposal(reviewed_by=None),
        proposal(state=ProposalState.REVIEWED, reviewed_by=None, approved_by=None),
        feedback(reviewed_by=None),
        proposal(harm=None),
        proposal(item_id=None),
        proposal(harm=Harm.DANGEROUS_RUMOUR),
        proposal(harm=Harm.HATE),
        proposal(action="A09", harm=Harm.DANGEROUS_RUMOUR),
        proposal(action="A18"),
        proposal(state=ProposalState.RELEASED, approved_by=None),
        proposal(state=ProposalState.RELEASED, approved_by=None, severity=Severity.S4),
        proposal(state=ProposalState.DONE, approved_by=None),
    ],
    ids=lambda each: f"{each.lane}-{each.action}-{each.harm}-{each.state}-{each.reviewed_by}-{each.approved_by}",
)
def test_the_database_refuses_a_proposal_that_may_not_be(records: Records, forbidden: Proposal) -> None:
    with pytest.raises(ConstraintRefused):
        put(records, forbidden)
    with pytest.raises(ConstraintRefused), records.begin() as tx:
        tx.proposals.put_many([forbidden])
    with records.read() as tx:
        assert tx.connection.execute(sa.select(tb.proposals)).all() == []


def test_what_may_be_is_kept_and_found(records: Records) -> None:
    mine = [
        proposal(),
        feedback(),
        proposal("p3", action="A02", harm=Harm.DANGEROUS_RUMOUR, state=ProposalState.PROPOSED, reviewed_by=None),
        proposal("p4", state=ProposalState.RELEASED, severity=Severity.S4, harm=Harm.VIOLENCE, approved_by=None),
    ]
    mine[2] = replace(mine[2], approved_by=None, due_at=NOW)
    put(records, *mine)
    with records.begin() as tx:
        assert tx.proposals.get("p1") == mine[0]
        assert [each.proposal_id for each in tx.proposals.of_stories(["s1"])["s1"]] == ["p3", "p1", "p2", "p4"]
        assert tx.proposals.in_state(ProposalState.PROPOSED) == [mine[2]]
        assert len(tx.proposals.of_item(str(mine[0].item_id))) == 3
        tx.proposals.put_many([replace(mine[1], state=ProposalState.PROPOSED, rationale="anders")])
        assert tx.proposals.get("p2") == mine[1]


def test_raw_sql_cannot_approve_a_harm_act_with_one_person(records: Records) -> None:
    put(records, proposal(state=ProposalState.REVIEWED, approved_by=None))
    for change in (
        f"UPDATE proposals SET state = 'approved', approved_by = '{ONE}'",
        "UPDATE proposals SET state = 'approved'",
        "UPDATE proposals SET state = 'done'",
        "UPDATE proposals SET lane = 'feedback'",
        "UPDATE proposals SET harm = 'H9'",
        "UPDATE proposals SET harm = 'H3'",
    ):
        with pytest.raises(ConstraintRefused), records.begin() as tx:
            tx.connection.execute(sa.text(change))
    with records.begin() as tx:
        tx.connection.execute(sa.text(f"UPDATE proposals SET state = 'approved', approved_by = '{TWO}'"))


@pytest.mark.parametrize(
    "changes",
    [
        {"lane": Lane.FEEDBACK, "harm": None},
        {"action": "A09"},
        {"harm": Harm.DANGEROUS_RUMOUR},
        {"harm": Harm.HATE},
        {"harm": Harm.VIOLENCE},
        {"state": ProposalState.REVIEWED},
        {"state": ProposalState.REJECTED},
        {"approved_by": None},
        {"approved_by": ONE},
        {"reviewed_by": None},
        {"item_id": None},
        {"state": ProposalState.RELEASED, "approved_by": None},
        {"state": ProposalState.RELEASED, "approved_by": None, "severity": Severity.S4},
    ],
    ids=str,
)
def test_no_referral_value_can_be_made_of_anything_else(changes: Mapping[str, Any]) -> None:
    with pytest.raises(NotReferable):
        ApprovedReferral(proposal=proposal(**changes), imminent=False)


def test_an_approved_referral_enters_the_queue_with_its_audit_entry(records: Records) -> None:
    put(records, proposal())
    with records.begin() as tx:
        approved = ApprovedReferral(proposal=tx.proposals.get("p1"), imminent=False, artefacts=("x.example",))
        referral = tx.outward.refer("r1", approved, NOW)
        (queued,) = tx.outbox.claim("referral", 9, NOW)
        (entry,) = tx.audit.list("referral:r1")
        assert tx.outward.referrals(NOW, NOW + HOUR) == [referral] == tx.outward.referrals_open()
        assert tx.outward.unconfirmed() == []
    assert (referral.harm, referral.artefacts, referral.approved_by) == (Harm.FRAUD, ("x.example",), TWO)
    assert queued.payload == {"referral_id": "r1"}
    assert (entry.actor, entry.verb, entry.detail["harm"]) == (TWO, "refer", "H1")


def test_the_cyber_teams_queue_takes_nothing_else(records: Records) -> None:
    put(records, proposal(), feedback())
    with records.begin() as tx, pytest.raises(NotReferable):
        tx.outbox.put("referral", "x", {}, NOW)
    with records.begin() as tx, pytest.raises(NotReferable):
        tx.outbox.put_many("referral", [("x", {})], NOW)
    raw = {"topic": "referral", "key": "x", "payload": {}, "created_at": NOW, "next_at": NOW, "state": "pending"}
    with pytest.raises(ConstraintRefused), records.begin() as tx:
        tx.connection.execute(tb.outbox.insert(), raw)
    with pytest.raises(ConstraintRefused), records.begin() as tx:
        tx.connection.execute(tb.outbox.insert(), {**raw, "referral_id": "p2"})


def referral_row(**changes: Any) -> dict[str, Any]:
    base = proposal()
    row: dict[str, Any] = {
        "referral_id": "r1",
        "proposal_id": "p1",
        "lane": "harm",
        "item_id": base.item_id,
        "harm": "H1",
        "imminent": False,
        "severity": "S3",
        "artefacts": [],
        "place_codes": [],
        "reviewed_by": ONE,
        "approved_by": TWO,
        "released": False,
        "sent_at": NOW,
        "state": "sent",
    }
    return {**row, **changes}


@pytest.mark.parametrize(
    ("stored", "changes"),
    [
        (feedback("p1"), {}),
        (feedback("p1"), {"lane": "feedback"}),
        (proposal(action="A12"), {}),
        (proposal(state=ProposalState.REVIEWED, approved_by=None), {}),
        (proposal(state=ProposalState.REJECTED), {}),
        (proposal(), {"harm": "H2"}),
        (proposal(), {"item_id": "another"}),
        (proposal(), {"approved_by": ONE}),
        (proposal(), {"approved_by": "Một người khác"}),
        (proposal(), {"approved_by": None}),
        (proposal(), {"reviewed_by": ""}),
        (proposal(), {"released": True, "approved_by": None, "confirm_by": NOW}),
        (proposal(action="A02", harm=Harm.DANGEROUS_RUMOUR), {"harm": "H3"}),
        (proposal(action="A09", harm=Harm.HATE), {"harm": "H5"}),
        (proposal(harm=Harm.VIOLENCE), {"harm": "H4"}),
    ],
    ids=lambda value: str(value)[:60] if isinstance(value, dict) else value.action + str(value.state),
)
def test_raw_sql_cannot_put_a_referral_that_people_did_not_approve(
    records: Records, stored: Proposal, changes: Mapping[str, Any]
) -> None:
    put(records, stored)
    with pytest.raises(ConstraintRefused), records.begin() as tx:
        tx.connection.execute(tb.referrals.insert(), referral_row(**changes))


def test_the_raw_row_itself_is_right_so_that_the_refusals_mean_something(records: Records) -> None:
    put(records, proposal())
    with records.begin() as tx:
        tx.connection.execute(tb.referrals.insert(), referral_row())


def test_danger_to_life_is_released_by_one_and_confirmed_by_another_within_half_an_hour(records: Records) -> None:
    life = proposal(harm=Harm.VIOLENCE, severity=Severity.S4, state=ProposalState.RELEASED, approved_by=None)
    put(records, life)
    with records.begin() as tx:
        referral = tx.outward.refer("r1", ApprovedReferral(proposal=life, imminent=True), NOW)
        assert referral.confirm_by == NOW + timedelta(minutes=30)
        assert tx.outward.unconfirmed() == [referral]
    with pytest.raises(ConstraintRefused), records.begin() as tx:
        tx.outward.confirm("r1", ONE, NOW)
    with records.begin() as tx:
        assert tx.outward.confirm("r1", TWO, NOW).confirmed_by == TWO
        assert tx.outward.unconfirmed() == []
        assert [event.verb for event in tx.outward.events("r1")] == ["release", "confirm"]
        with pytest.raises(NotReferable):
            tx.outward.confirm("r1", TWO, NOW)


def test_a_recall_reaches_the_cyber_team_and_is_written_down(records: Records) -> None:
    put(records, proposal())
    with records.begin() as tx:
        tx.outward.refer("r1", ApprovedReferral(proposal=proposal(), imminent=False), NOW)
        recalled = tx.outward.recall("r1", TWO, NOW + HOUR, "nhầm trang")
        assert (recalled.state, recalled.recalled_by) == (ReferralState.RECALLED, TWO)
        assert [entry.payload for entry in tx.outbox.claim("recall", 9, NOW + HOUR)] == [{"referral_id": "r1"}]
        assert [entry.verb for entry in tx.audit.list("referral:r1")] == ["recall", "refer"]
        with pytest.raises(NotReferable):
            tx.outward.recall("r1", TWO, NOW, "noch einmal")


def test_the_cyber_teams_answer_is_kept(records: Records) -> None:
    put(records, proposal())
    with records.begin() as tx:
        tx.outward.refer("r1", ApprovedReferral(proposal=proposal(), imminent=False), NOW)
        tx.outward.answer("r1", ReferralState.RECEIVED, "PA05", NOW + HOUR)
        done = tx.outward.answer("r1", ReferralState.RESULT, "PA05", NOW + DAY, "đã chặn tên miền")
        assert (done.state, done.answer, done.answered_at) == (ReferralState.RESULT, "đã chặn tên miền", NOW + DAY)
        assert tx.outward.referrals_open() == []


def test_one_proposal_is_referred_once(records: Records) -> None:
    put(records, proposal())
    with records.begin() as tx:
        tx.outward.refer("r1", ApprovedReferral(proposal=proposal(), imminent=False), NOW)
    with pytest.raises(ConstraintRefused), records.begin() as tx:
        tx.outward.refer("r2", ApprovedReferral(proposal=proposal(), imminent=False), NOW)


def verification(**changes: Any) -> Verification:
    values: dict[str, Any] = {
        "verification_id": "v1",
        "proposal_id": "p1",
        "story_id": "s1",
        "agency_code": "so-nnmt",
        "claim": "Hồ chứa sẽ xả khẩn cấp trong đêm.",
        "reach": Reach.R2,
        "due_at": NOW + 2 * HOUR,
        "reviewed_by": ONE,
        "sent_at": NOW,
    }
    return Verification(**{**values, **changes})


def test_a_rumour_is_asked_about_and_its_conclusion_recognised(records: Records) -> None:
    put(records, feedback("p1", lane=Lane.UNVERIFIED, action="A02"))
    with records.begin() as tx:
        tx.outward.put_verification(verification())
        tx.outward.put_notice(
            Notice(
                notice_id="n1",
                verification_id="v1",
                claim="Hồ chứa sẽ xả khẩn cấp trong đêm.",
                reach=Reach.R2,
                recipients=("spokesperson", "office"),
                reviewed_by=ONE,
                sent_at=NOW,
            )
        )
        assert tx.outward.verifications(VerificationState.SENT) == [verification()]
        concluded = verification(
            state=VerificationState.CONCLUDED,
            conclusion=Conclusion.NOT_TRUE,
            conclusion_url="https://tinh.example/thong-bao",
            concluded_at=NOW + HOUR,
        )
        tx.outward.put_verification(concluded)
        assert tx.outward.verifications(VerificationState.CONCLUDED, story_id="s1") == [concluded]
        assert tx.outward.verification("v1") == concluded
        assert [notice.recipients for notice in tx.outward.notices(NOW, NOW + HOUR)] == [("spokesperson", "office")]


def test_a_narrow_claim_makes_no_notice_and_nobody_asks_without_a_name(records: Records) -> None:
    put(records, feedback("p1", lane=Lane.UNVERIFIED, action="A02"))
    with pytest.raises(ConstraintRefused), records.begin() as tx:
        tx.outward.put_verification(verification(reviewed_by=""))
    with pytest.raises(ConstraintRefused), records.begin() as tx:
        tx.outward.put_verification(verification(state=VerificationState.CONCLUDED))
    with pytest.raises(ConstraintRefused), records.begin() as tx:
        tx.outward.put_verification(verification())
        notice = Notice(
            notice_id="n1",
            verification_id="v1",
            claim="x",
            reach=Reach.R1,
            recipients=(),
            reviewed_by=ONE,
            sent_at=NOW,
        )
        tx.outward.put_notice(notice)


def test_a_call_for_rescue_goes_out_on_one_name(records: Records) -> None:
    call = RescueCall(
        rescue_id="k1",
        item_id="i1",
        story_id=None,
        need=("boat",),
        place_code="21583",
        reviewed_by=ONE,
        sent_at=NOW,
        confirm_by=NOW + HOUR / 2,
    )
    put(records, feedback(item_id="i1", action="A17"))
    with records.begin() as tx:
        tx.outward.put_rescue(call)
        assert tx.outward.rescues_open() == tx.outward.rescues(NOW, NOW + HOUR) == [call]
        assert tx.outward.rescues(NOW - HOUR, NOW) == []
        closed = replace(call, state=RescueState.CLOSED, closed_at=NOW + HOUR, confirmed_by=TWO)
        tx.outward.put_rescue(closed)
        assert tx.outward.rescues_open() == []
        assert tx.outward.rescue("k1") == closed
    with pytest.raises(ConstraintRefused), records.begin() as tx:
        tx.outward.put_rescue(replace(closed, confirmed_by=ONE))


@pytest.mark.parametrize(
    "stored",
    [
        feedback("p1"),
        feedback("p1", action="A02"),
        feedback("p1", lane=Lane.UNVERIFIED),
        feedback("p1", lane=Lane.UNVERIFIED, action="A02", state=ProposalState.REJECTED),
        feedback("p1", lane=Lane.UNVERIFIED, action="A02", state=ProposalState.PROPOSED, reviewed_by=None),
        feedback("p1", lane=Lane.UNVERIFIED, action="A02", reviewed_by="Một người khác"),
        proposal(action="A02", state=ProposalState.REVIEWED, approved_by=None),
    ],
    ids=lambda each: f"{each.lane}-{each.action}-{each.state}-{each.reviewed_by}",
)
def test_nothing_but_an_approved_question_becomes_a_verification_request(records: Records, stored: Proposal) -> None:
    put(records, stored)
    with pytest.raises(ConstraintRefused, match="no approved question"), records.begin() as tx:
        tx.outward.put_verification(verification())
    with pytest.raises(ConstraintRefused), records.begin() as tx:
        tx.connection.execute(tb.verifications.insert(), to_columns(verification()))


def test_the_second_person_asks_about_a_suspected_harm(records: Records) -> None:
    put(records, proposal(action="A02"))
    with records.begin() as tx:
        tx.outward.put_verification(verification(reviewed_by=TWO))
        assert tx.outward.verification("v1").reviewed_by == TWO


@pytest.mark.parametrize(
    "stored",
    [
        feedback("p1", item_id="i1"),
        feedback("p1", action="A17", item_id="i2"),
        feedback("p1", action="A17", item_id="i1", state=ProposalState.PROPOSED, reviewed_by=None),
        feedback("p1", action="A17", item_id="i1", state=ProposalState.REJECTED),
        feedback("p1", action="A17", item_id="i1", reviewed_by=TWO),
    ],
    ids=lambda each: f"{each.action}-{each.item_id}-{each.state}-{each.reviewed_by}",
)
def test_nothing_but_an_approved_handover_becomes_a_call_for_rescue(records: Records, stored: Proposal) -> None:
    call = RescueCall(
        rescue_id="k1",
        item_id="i1",
        story_id=None,
        need=(),
        place_code=None,
        reviewed_by=ONE,
        sent_at=NOW,
        confirm_by=NOW + HOUR / 2,
    )
    put(records, stored)
    with pytest.raises(ConstraintRefused, match="nobody approved"), records.begin() as tx:
        tx.outward.put_rescue(call)
    with pytest.raises(ConstraintRefused), records.begin() as tx:
        tx.connection.execute(tb.rescues.insert(), to_columns(call))


def test_what_was_sent_cannot_be_moved_to_another_proposal(records: Records) -> None:
    other = feedback("p2", lane=Lane.FEEDBACK)
    put(records, feedback("p1", lane=Lane.UNVERIFIED, action="A02"), other)
    with records.begin() as tx:
        tx.outward.put_verification(verification())
    with pytest.raises(ConstraintRefused, match="approved as"), records.begin() as tx:
        tx.connection.execute(sa.update(tb.verifications).values(proposal_id="p2"))


def test_raw_sql_cannot_open_a_case_of_anything_but_approved_feedback(records: Records) -> None:
    put(records, proposal(), feedback(state=ProposalState.REVIEWED), feedback("p3", lane=Lane.GOOD, action="A14"))
    for number in ("p1", "p2", "p3"):
        with pytest.raises(ConstraintRefused), records.begin() as tx:
            tx.connection.execute(
                tb.cases.insert(),
                {
                    "case_id": "c1",
                    "proposal_id": number,
                    "story_id": "s1",
                    "agency_code": "x",
                    "state": "sent",
                    "opened_at": NOW,
                    "first_reply_due": NOW,
                    "final_due": NOW,
                },
            )


def test_a_proposal_row_holds_exactly_the_fields_of_its_type(records: Records) -> None:
    put(records, proposal())
    with records.read() as tx:
        row = tx.connection.execute(sa.select(tb.proposals)).mappings().one()
    assert set(row) == set(to_columns(proposal()))
