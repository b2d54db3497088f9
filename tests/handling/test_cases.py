"""Complaints from the approved proposal to the closed case. 20/11/2026 is a Friday, 24/11 a holiday."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

import handling
from handling import CaseRefused
from records.types import Case, CaseState, Harm, Lane, Person, ProposalState, Role
from review import NotAllowed, NotDecidable, cases, decide
from tests.review.scene import LIAISON, MINUTE, REVIEWER, Scene, payloads


@pytest.fixture
def case(scene: Scene) -> Case:
    scene.complaint("a")
    with scene.records.begin() as tx:
        decide.accept_story(tx, "story-a", REVIEWER, scene.province, scene.now)
        return tx.cases.open()[0]


def evening(day: int, month: int = 11) -> datetime:
    """Return 17:00 in Vietnam."""
    return datetime(2026, month, day, 10, 0, tzinfo=UTC)


def test_the_clocks_run_in_working_days(case: Case) -> None:
    # Five working days after Friday 20/11, without the holiday on Tuesday 24/11: Monday 30/11.
    assert case.first_reply_due == evening(30)
    assert case.final_due == evening(14, 12)
    assert case.agency_code == "so-nnmt"


def test_overdue_is_the_first_reply_then_the_answer(case: Case) -> None:
    assert not handling.is_overdue(case, evening(30))
    assert handling.is_overdue(case, evening(30) + MINUTE)
    answered = replace(case, state=CaseState.ANSWERED, answered_at=evening(27))
    assert not handling.is_overdue(answered, evening(14, 12))
    assert handling.is_overdue(answered, evening(14, 12) + MINUTE)
    for state in (CaseState.CLOSED, CaseState.RETURNED, CaseState.PUBLISHED):
        assert not handling.is_overdue(replace(case, state=state), evening(31, 12))


def test_from_sent_to_closed(scene: Scene, case: Case) -> None:
    with scene.records.begin() as tx:
        assert cases.receive(tx, case.case_id, LIAISON, scene.now).state is CaseState.RECEIVED
        working = cases.receive(tx, case.case_id, LIAISON, scene.now, in_progress=True)
        assert working.state is CaseState.IN_PROGRESS
        with pytest.raises(CaseRefused, match="chưa có trả lời"):
            cases.close(tx, case.case_id, "", LIAISON, scene.now)
        assert cases.answer(tx, case.case_id, "Đã gom rác", LIAISON, scene.now).state is CaseState.ANSWERED
        published = cases.answer(tx, case.case_id, "Đã công khai", LIAISON, evening(27), published=True)
        assert (published.state, published.answered_at) == (CaseState.PUBLISHED, scene.now)
        closed = cases.close(tx, case.case_id, "xong", LIAISON, evening(27))
        assert (closed.state, closed.closed_at) == (CaseState.CLOSED, evening(27))
        assert tx.cases.open() == []
        assert [event.verb for event in tx.cases.events(case.case_id)] == [
            "sent", "received", "in_progress", "answered", "published", "closed",
        ]  # fmt: skip
        assert {entry.verb for entry in tx.audit.list(f"case:{case.case_id}")} >= {"case.sent", "case.closed"}
        assert tx.audit.verify().ok


def test_a_finished_case_takes_no_step(scene: Scene, case: Case) -> None:
    with scene.records.begin() as tx:
        cases.answer(tx, case.case_id, "Đã gom", LIAISON, scene.now)
        cases.close(tx, case.case_id, "", LIAISON, scene.now)
        with pytest.raises(CaseRefused):
            cases.answer(tx, case.case_id, "nữa", LIAISON, scene.now)
        with pytest.raises(CaseRefused):
            cases.remind(tx, case.case_id, LIAISON, scene.now)
        with pytest.raises(CaseRefused):
            cases.close(tx, case.case_id, "", LIAISON, scene.now)
        with pytest.raises(CaseRefused):
            cases.receive(tx, case.case_id, LIAISON, scene.now)
        with pytest.raises(CaseRefused):
            cases.return_case(tx, case.case_id, "nhầm", LIAISON, scene.province, scene.now)


def test_a_returned_case_goes_on_to_the_competent_agency_with_new_clocks(scene: Scene, case: Case) -> None:
    with scene.records.begin() as tx:
        with pytest.raises(CaseRefused, match="lý do"):
            cases.return_case(tx, case.case_id, " ", LIAISON, scene.province, scene.now)
        returned = cases.return_case(tx, case.case_id, "không thuộc thẩm quyền", LIAISON, scene.province, scene.now)
        assert returned.state is CaseState.RETURNED
        for wrong in ("khong-co", "so-nnmt"):
            with pytest.raises(CaseRefused):
                cases.return_case(tx, case.case_id, "x", LIAISON, scene.province, scene.now, to=wrong)
    scene.clock.advance_to(evening(25))
    with scene.records.begin() as tx:
        sent = cases.return_case(tx, case.case_id, "đúng chỗ", LIAISON, scene.province, scene.now, to="so-xd")
        assert (sent.state, sent.agency_code) == (CaseState.SENT, "so-xd")
        assert sent.first_reply_due == evening(2, 12)
        assert len(payloads(tx, "case")) == 2


def test_reminders_are_counted_and_leave(scene: Scene, case: Case) -> None:
    with scene.records.begin() as tx:
        for expected in (1, 2):
            assert cases.remind(tx, case.case_id, LIAISON, scene.now).reminders == expected
        assert [payload["reminder"] for payload in payloads(tx, "case")] == [0, 1, 2]


@pytest.mark.parametrize("role", [Role.CYBER, Role.AUDITOR, Role.ADMIN, Role.COLLECTOR])
def test_only_those_who_follow_cases_change_them(scene: Scene, case: Case, role: Role) -> None:
    with scene.records.begin() as tx, pytest.raises(NotAllowed):
        cases.answer(tx, case.case_id, "Đã gom", Person(name="Ai Đó", role=role), scene.now)


def test_an_unknown_case_and_an_empty_answer(scene: Scene, case: Case) -> None:
    with scene.records.begin() as tx:
        with pytest.raises(NotDecidable, match="Không có việc"):
            cases.remind(tx, "V0", LIAISON, scene.now)
        with pytest.raises(CaseRefused, match="trống"):
            cases.answer(tx, case.case_id, "  ", LIAISON, scene.now)


def test_only_an_approved_complaint_opens_a_case(scene: Scene) -> None:
    scene.complaint("a")
    proposals = scene.proposals(story_id="story-a")
    harmful = scene.harm("b", Harm.FRAUD)
    with scene.records.begin() as tx:
        for wrong in (
            proposals["A07"],
            replace(proposals["A08"], state=ProposalState.APPROVED, reviewed_by="x"),
            replace(scene.proposals(harmful)["A11"], state=ProposalState.APPROVED, lane=Lane.HARM),
        ):
            with pytest.raises(CaseRefused):
                handling.open_case(tx, wrong, "x", REVIEWER, scene.province, scene.now)


def test_the_same_proposal_opens_one_case(scene: Scene, case: Case) -> None:
    with scene.records.begin() as tx:
        proposal = tx.proposals.get(case.proposal_id)
        assert handling.open_case(tx, proposal, "lần nữa", REVIEWER, scene.province, scene.now) == case
