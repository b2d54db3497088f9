"""Cases: an approved complaint is carried until it is answered, its result published and closed."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from handling.catalogue import catalogue
from handling.deadlines import local_day_end
from handling.errors import CaseRefused
from provinces import Province
from records import Transaction
from records.types import Case, CaseState, Lane, Person, Proposal, ProposalState

FINISHED = frozenset({CaseState.CLOSED, CaseState.RETURNED})


def open_case(
    tx: Transaction, proposal: Proposal, summary: str, person: Person, province: Province, now: datetime
) -> Case:
    """Open the case of an approved lane-B proposal A07 and return it; the same proposal opens one case only.

    First reply and final answer run in working days of the province's calendar and deadline profile.
    """
    if proposal.lane is not Lane.FEEDBACK or proposal.action != "A07":
        raise CaseRefused(
            f"proposal {proposal.proposal_id} is {proposal.action} of lane {proposal.lane}: only A07 opens"
        )
    if proposal.state is not ProposalState.APPROVED:
        raise CaseRefused(f"proposal {proposal.proposal_id} is {proposal.state}: approve it first")
    known = tx.cases.of_proposal(proposal.proposal_id)
    if known:
        return known
    zone = ZoneInfo(province.timezone)
    today = now.astimezone(zone).date()
    clocks = province.deadlines_on(today)
    case = Case(
        case_id=f"V{today:%Y%m%d}-{proposal.proposal_id[:6]}",
        proposal_id=proposal.proposal_id,
        story_id=proposal.story_id,
        agency_code=proposal.actor,
        summary=summary,
        state=CaseState.SENT,
        opened_at=now,
        first_reply_due=local_day_end(province.calendar.add_working_days(today, clocks.first_reply_days), zone),
        final_due=local_day_end(province.calendar.add_working_days(today, clocks.final_days), zone),
    )
    return _step(tx, case, catalogue()["A07"].name, person, now)


def is_overdue(case: Case, now: datetime) -> bool:
    """Tell whether the clock that runs now has passed: the first reply while unanswered, then the final answer."""
    if case.state in FINISHED or case.state is CaseState.PUBLISHED:
        return False
    if case.answered_at is None:
        return now > case.first_reply_due
    return now > case.final_due


def answer(tx: Transaction, case_id: str, text: str, person: Person, now: datetime, *, published: bool = False) -> Case:
    """Record the agency's answer (``published``: its result was made public)."""
    case = _running(tx, case_id)
    state = CaseState.PUBLISHED if published else CaseState.ANSWERED
    return _step(tx, replace(case, state=state, answer=text, answered_at=case.answered_at or now), text, person, now)


def return_case(tx: Transaction, case_id: str, reason: str, person: Person, now: datetime) -> Case:
    """Record that the agency returned the case as outside its competence."""
    return _step(tx, replace(_running(tx, case_id), state=CaseState.RETURNED), reason, person, now)


def remind(tx: Transaction, case_id: str, person: Person, now: datetime) -> Case:
    """Count one reminder to the agency."""
    case = _running(tx, case_id)
    return _step(tx, replace(case, reminders=case.reminders + 1), "Nhắc việc", person, now)


def close(tx: Transaction, case_id: str, note: str, person: Person, now: datetime) -> Case:
    """Close an answered case."""
    case = _running(tx, case_id)
    if case.answered_at is None:
        raise CaseRefused(f"case {case_id} has no answer yet: record it with `case answer` or return the case")
    return _step(tx, replace(case, state=CaseState.CLOSED, closed_at=now), note, person, now)


def _running(tx: Transaction, case_id: str) -> Case:
    case = tx.cases.get(case_id)
    if case.state in FINISHED:
        raise CaseRefused(f"case {case_id} is {case.state.value}: nothing more can be done with it")
    return case


def _step(tx: Transaction, case: Case, note: str, person: Person, now: datetime) -> Case:
    """Store the case with its history and audit entry."""
    tx.cases.put(case)
    tx.cases.note(case.case_id, case.state.value, person.name, now, note)
    tx.audit.append(person.name, f"case.{case.state.value}", case.case_id, {"role": person.role.value}, now)
    return case
