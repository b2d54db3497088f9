"""Cases: an approved complaint is carried until it is answered, its result published and closed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from handling.catalogue import catalogue
from handling.deadlines import local_day_end
from handling.errors import CaseRefused
from handling.wording import CASE_STATES
from provinces import Province
from records import Transaction
from records.types import Case, CaseState, Lane, Person, Proposal, ProposalState

FINISHED = frozenset({CaseState.CLOSED, CaseState.RETURNED})


def open_case(
    tx: Transaction, proposal: Proposal, summary: str, person: Person, province: Province, now: datetime
) -> Case:
    """Open the case of an approved lane-B proposal A07 and return it; the same proposal opens one case only.

    First reply and final answer run in working days of the province's calendar and deadline profile. The agency is told
    through the outbox (topic ``case``).
    """
    if proposal.lane is not Lane.FEEDBACK or proposal.action != "A07":
        raise CaseRefused(f"Đề xuất {proposal.proposal_id} không phải chuyển phản ánh (A07): không mở được việc.")
    if proposal.state is not ProposalState.APPROVED:
        raise CaseRefused(f"Đề xuất {proposal.proposal_id} chưa được duyệt: duyệt trước khi mở việc.")
    known = tx.cases.of_proposal(proposal.proposal_id)
    if known:
        return known
    today = now.astimezone(ZoneInfo(province.timezone)).date()
    first_reply_due, final_due = _clocks(province, today)
    case = Case(
        case_id=f"V{today:%Y%m%d}-{proposal.proposal_id[:6]}",
        proposal_id=proposal.proposal_id,
        story_id=proposal.story_id,
        agency_code=proposal.actor,
        summary=summary,
        state=CaseState.SENT,
        opened_at=now,
        first_reply_due=first_reply_due,
        final_due=final_due,
    )
    _step(tx, case, catalogue()["A07"].name, person, now)
    _tell(tx, case, now)
    return case


def is_overdue(case: Case, now: datetime) -> bool:
    """Tell whether the clock that runs now has passed: the first reply while unanswered, then the final answer."""
    if case.state in FINISHED or case.state is CaseState.PUBLISHED:
        return False
    if case.answered_at is None:
        return now > case.first_reply_due
    return now > case.final_due


def receive(
    tx: Transaction, case_id: str, person: Person, now: datetime, *, in_progress: bool = False, note: str = ""
) -> Case:
    """Record that the agency has received the case (``in_progress``: works on it)."""
    case = _running(tx, case_id)
    if case.answered_at:
        raise CaseRefused(f"Việc {case_id} đã có trả lời.")
    state = CaseState.IN_PROGRESS if in_progress else CaseState.RECEIVED
    return _step(tx, replace(case, state=state), note, person, now)


def answer(tx: Transaction, case_id: str, text: str, person: Person, now: datetime, *, published: bool = False) -> Case:
    """Record the agency's answer (``published``: its result was made public); the first answer stops the first clock."""
    case = _running(tx, case_id)
    if not text.strip():
        raise CaseRefused("Nội dung trả lời trống.")
    state = CaseState.PUBLISHED if published else CaseState.ANSWERED
    return _step(tx, replace(case, state=state, answer=text, answered_at=case.answered_at or now), text, person, now)


def return_case(
    tx: Transaction,
    case_id: str,
    reason: str,
    person: Person,
    province: Province,
    now: datetime,
    *,
    to: str | None = None,
) -> Case:
    """Record that the agency returned the case as outside its competence.

    With ``to``, the code of the competent agency, the case goes on there with new clocks; also one returned earlier.
    """
    case = tx.cases.get(case_id)
    if case.state is CaseState.CLOSED or (case.state is CaseState.RETURNED and to is None):
        raise CaseRefused(f"Việc {case_id} {CASE_STATES[case.state]}: không trả lại được nữa.")
    if not reason.strip():
        raise CaseRefused("Trả lại phải ghi lý do.")
    if case.state is not CaseState.RETURNED:
        case = _step(tx, replace(case, state=CaseState.RETURNED), reason, person, now)
    if to is None:
        return case
    today = now.astimezone(ZoneInfo(province.timezone)).date()
    if to not in {agency.code for agency in province.agencies_on(today)}:
        raise CaseRefused(f"Không có cơ quan {to!r} đang hoạt động trong danh mục của tỉnh.")
    if to == case.agency_code:
        raise CaseRefused(f"Việc {case_id} vừa được chính cơ quan này trả lại: chọn cơ quan khác.")
    first_reply_due, final_due = _clocks(province, today)
    case = replace(
        case,
        agency_code=to,
        state=CaseState.SENT,
        first_reply_due=first_reply_due,
        final_due=final_due,
        answered_at=None,
        answer="",
    )
    _step(tx, case, f"Chuyển lại: {to}", person, now)
    _tell(tx, case, now)
    return case


def remind(tx: Transaction, case_id: str, person: Person, now: datetime) -> Case:
    """Remind the agency through the outbox and count it."""
    case = _running(tx, case_id)
    case = _step(tx, replace(case, reminders=case.reminders + 1), f"Nhắc lần {case.reminders + 1}", person, now)
    _tell(tx, case, now, reminder=case.reminders)
    return case


def close(tx: Transaction, case_id: str, note: str, person: Person, now: datetime) -> Case:
    """Close an answered case."""
    case = _running(tx, case_id)
    if case.answered_at is None:
        raise CaseRefused(f"Việc {case_id} chưa có trả lời: ghi trả lời hoặc trả lại trước khi kết thúc.")
    return _step(tx, replace(case, state=CaseState.CLOSED, closed_at=now), note, person, now)


def _clocks(province: Province, today: date) -> tuple[datetime, datetime]:
    """Return when the first reply and the final answer are due of a case sent today."""
    zone = ZoneInfo(province.timezone)
    days = province.deadlines_on(today)
    return (
        local_day_end(province.calendar.add_working_days(today, days.first_reply_days), zone),
        local_day_end(province.calendar.add_working_days(today, days.final_days), zone),
    )


def _running(tx: Transaction, case_id: str) -> Case:
    case = tx.cases.get(case_id)
    if case.state in FINISHED:
        raise CaseRefused(f"Việc {case_id} {CASE_STATES[case.state]}: không làm gì thêm được.")
    return case


def _step(tx: Transaction, case: Case, note: str, person: Person, now: datetime) -> Case:
    """Store the case with its history and audit entry."""
    tx.cases.put(case)
    tx.cases.note(case.case_id, case.state.value, person.name, now, note)
    tx.audit.append(person.name, f"case.{case.state.value}", f"case:{case.case_id}", {"role": person.role.value}, now)
    return case


def _tell(tx: Transaction, case: Case, now: datetime, *, reminder: int = 0) -> None:
    """Queue the message to the agency: the case itself, or a reminder of it."""
    key = f"case:{case.case_id}:{case.agency_code}" + (f":{reminder}" if reminder else "")
    tx.outbox.put("case", key, {"case_id": case.case_id, "reminder": reminder}, now)
