"""Decisions of named people, each with its effects and its audit entry in one transaction.

Lane A and B need one named person. Lane C needs two: the reviewer's ``accept`` marks an outward act as reviewed, a second,
different person's ``approve`` sends it. Danger to life may be released by one and is confirmed or recalled by the second
within 30 minutes (``domain.md`` §5.3 (6)).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from typing import Any, TypeVar

from handling import open_case
from provinces import Province
from records import ApprovedReferral, Notice, NotReferable, RescueCall, Transaction, UnknownRecord, Verification
from records.outward import CONFIRM_WITHIN
from records.types import (
    Assessment,
    Decision,
    EditionState,
    Harm,
    Lane,
    Person,
    Proposal,
    ProposalState,
    Reach,
    Severity,
    Tone,
)
from review.errors import NotAllowed, NotDecidable, SecondPersonNeeded
from review.roles import require, same_person

T = TypeVar("T")

NOTICE_TO = ("spokesperson", "vp-ubnd", "cyber")
"""Who learns of a wide rumour at the level of the claim (``domain.md`` §5.3 (12))."""


def accept_story(
    tx: Transaction, story_id: str, person: Person, province: Province, now: datetime, note: str = ""
) -> list[Proposal]:
    """Accept the lane-A and lane-B proposals of a story: they are approved and carried out. Return them."""
    require(person, "accept")
    story = _known(lambda: tx.stories.get(story_id))
    waiting = [one for one in _open(tx, story_id) if one.item_id is None]
    if not waiting:
        raise NotDecidable(f"Câu chuyện {story_id[:12]} không có đề xuất nào chờ duyệt.")
    done = [_approve_alone(tx, proposal, person, province, now) for proposal in waiting]
    _decide(tx, "story", story.story_id, "accept", person, now, note)
    return done


def accept_item(
    tx: Transaction, item_id: str, person: Person, province: Province, now: datetime, note: str = ""
) -> list[Proposal]:
    """Accept the findings of one item; return its proposals.

    Verification requests and calls for rescue leave at once, lane-C acts wait for the second person.
    """
    require(person, "accept")
    waiting = [one for one in tx.proposals.of_item(item_id) if one.state is ProposalState.PROPOSED]
    if not waiting:
        raise NotDecidable(f"Tin {item_id[:12]} không có đề xuất nào chờ duyệt.")
    done = []
    for proposal in waiting:
        if proposal.lane is Lane.HARM:
            reviewed = replace(proposal, state=ProposalState.REVIEWED, reviewed_by=person.name)
            tx.proposals.put(reviewed)
            done.append(reviewed)
        else:
            done.append(_approve_alone(tx, proposal, person, province, now))
    _decide(tx, "item", item_id, "accept", person, now, note)
    return done


def reject_item(
    tx: Transaction, item_id: str, person: Person, now: datetime, *, lane: Lane = Lane.NEUTRAL, note: str = ""
) -> Assessment:
    """Record that an item is no harm ("Không phải thông tin gây hại"); its findings and proposals end.

    Criticism goes on as ``lane=Lane.FEEDBACK``: the story's lane-B proposals are made by the next ``propose``.
    """
    if lane in {Lane.HARM, Lane.UNVERIFIED}:
        raise NotDecidable("Tin bị bác phải được xếp vào nhóm tích cực, thời sự, phản ánh hoặc không liên quan.")
    return correct_item(tx, item_id, person, now, lane=lane, harms=(), verb="reject", note=note)


def correct_item(
    tx: Transaction,
    item_id: str,
    person: Person,
    now: datetime,
    *,
    lane: Lane | None = None,
    tone: Tone | None = None,
    harms: Sequence[Harm] | None = None,
    fields: tuple[str, ...] | None = None,
    agency_codes: tuple[str, ...] | None = None,
    relevant: bool | None = None,
    severity: Severity | None = None,
    verb: str = "correct",
    note: str = "",
) -> Assessment:
    """Correct an item's assessment; no model overwrites a person's word for that version.

    ``harms`` keeps those of the found classes that are named (people never add a class the text has no evidence for).
    Proposals that no longer stand are rejected; ``link`` and ``propose`` take the corrected item up again.
    """
    require(person, verb)
    assessment = tx.assessments.get(item_id)
    if assessment is None:
        raise NotDecidable(f"Tin {item_id[:12]} chưa được phân loại hoặc không tồn tại.")
    changes: dict[str, Any] = {
        key: value
        for key, value in {
            "lane": lane,
            "tone": tone,
            "fields": fields,
            "agency_codes": agency_codes,
            "relevant": relevant,
            "severity": severity,
        }.items()
        if value is not None
    }
    if harms is not None:
        changes["harms"] = tuple(finding for finding in assessment.harms if finding.harm in harms)
    if lane is Lane.HARM and not changes.get("harms", assessment.harms):
        raise NotDecidable("Nhóm “có nguy cơ gây hại” cần ít nhất một dấu hiệu H1–H8 có căn cứ trong văn bản.")
    corrected = replace(assessment, lane_probability=1.0 if lane else assessment.lane_probability, **changes)
    tx.assessments.correct(corrected, person)
    kept = {finding.harm for finding in corrected.harms}
    for proposal in tx.proposals.of_item(item_id):
        stands = proposal.harm in kept if proposal.lane is Lane.HARM else proposal.lane is corrected.lane
        if not stands and proposal.state in {ProposalState.PROPOSED, ProposalState.REVIEWED}:
            tx.proposals.put(replace(proposal, state=ProposalState.REJECTED, reviewed_by=person.name))
    _decide(tx, "item", item_id, verb, person, now, note, {key: _plain(value) for key, value in changes.items()})
    return corrected


def reject_story(tx: Transaction, story_id: str, person: Person, now: datetime, note: str = "") -> list[Proposal]:
    """Reject the lane-A and lane-B proposals of a story: nothing is done about it."""
    require(person, "reject")
    rejected = [
        replace(one, state=ProposalState.REJECTED, reviewed_by=person.name)
        for one in _open(tx, story_id)
        if one.item_id is None
    ]
    if not rejected:
        raise NotDecidable(f"Câu chuyện {story_id[:12]} không có đề xuất nào chờ duyệt.")
    for proposal in rejected:
        tx.proposals.put(proposal)
    _decide(tx, "story", story_id, "reject", person, now, note)
    return rejected


def approve(
    tx: Transaction, proposal_id: str, person: Person, province: Province, now: datetime, note: str = ""
) -> Proposal:
    """Approve a reviewed lane-C act as the second person and carry it out."""
    require(person, "approve")
    proposal = _known(lambda: tx.proposals.get(proposal_id))
    if proposal.state is not ProposalState.REVIEWED or not proposal.reviewed_by:
        raise NotDecidable(f"Đề xuất {proposal_id} đang ở trạng thái “{proposal.state.value}”, chưa chờ duyệt lần hai.")
    if same_person(proposal.reviewed_by, person.name):
        raise SecondPersonNeeded(
            f"Việc đối ngoại về thông tin gây hại cần người thứ hai: {proposal.reviewed_by} đã xem xét, "
            "người khác phải duyệt."
        )
    approved = replace(proposal, state=ProposalState.APPROVED, approved_by=person.name)
    tx.proposals.put(approved)
    _carry_out(tx, approved, person, province, now)
    _decide(tx, "proposal", proposal_id, "approve", person, now, note)
    return approved


def release(
    tx: Transaction, proposal_id: str, person: Person, province: Province, now: datetime, note: str = ""
) -> Proposal:
    """Release a referral about danger to life (S4: imminent H4, H6) at once; the second person has 30 minutes."""
    require(person, "release")
    proposal = _known(lambda: tx.proposals.get(proposal_id))
    if proposal.state not in {ProposalState.PROPOSED, ProposalState.REVIEWED}:
        raise NotDecidable(f"Đề xuất {proposal_id} đang ở trạng thái “{proposal.state.value}”, không thể chuyển ngay.")
    if proposal.action != "A11" or proposal.severity is not Severity.S4:
        raise NotAllowed("Chỉ việc nguy hiểm đến tính mạng (mức khẩn cấp) mới được một người chuyển ngay.")
    released = replace(proposal, state=ProposalState.RELEASED, reviewed_by=person.name)
    tx.proposals.put(released)
    _carry_out(tx, released, person, province, now)
    _decide(tx, "proposal", proposal_id, "release", person, now, note)
    return released


def confirm(tx: Transaction, referral_id: str, person: Person, now: datetime) -> None:
    """Confirm a released referral as the second person."""
    require(person, "confirm")
    referral = _known(lambda: tx.outward.referral(referral_id))
    if same_person(referral.reviewed_by, person.name):
        raise SecondPersonNeeded(f"{referral.reviewed_by} đã chuyển; người khác phải xác nhận hoặc thu hồi.")
    tx.outward.confirm(referral_id, person.name, now)
    proposal = tx.proposals.get(referral.proposal_id)
    tx.proposals.put(replace(proposal, state=ProposalState.APPROVED, approved_by=person.name))


def recall(tx: Transaction, referral_id: str, person: Person, now: datetime, reason: str) -> None:
    """Recall a referral; the cyber team is told at once."""
    require(person, "recall")
    if not reason.strip():
        raise NotDecidable("Thu hồi phải ghi lý do.")
    referral = _known(lambda: tx.outward.referral(referral_id))
    tx.outward.recall(referral_id, person.name, now, reason)
    proposal = tx.proposals.get(referral.proposal_id)
    if proposal.state is ProposalState.RELEASED:
        tx.proposals.put(replace(proposal, state=ProposalState.REJECTED))


def mask_item(tx: Transaction, item_id: str, start: int, end: int, person: Person, now: datetime) -> None:
    """Hide characters ``start`` to ``end`` (exclusive) of the item's text from everybody ("Ẩn thông tin cá nhân")."""
    require(person, "mask")
    item = _known(lambda: tx.items.get(item_id))
    if not 0 <= start < end <= len(item.text):
        raise NotDecidable(f"Đoạn {start}–{end} nằm ngoài văn bản ({len(item.text)} ký tự).")
    tx.items.mask(item_id, start, end, now)
    _decide(tx, "item", item_id, "mask", person, now, "", {"start": start, "end": end})


def instruct(tx: Transaction, edition_id: str, text: str, person: Person, now: datetime) -> Decision:
    """Record an instruction of the Chairman on an edition (Văn phòng UBND)."""
    require(person, "instruct")
    if not text.strip():
        raise NotDecidable("Ý kiến chỉ đạo trống.")
    _known(lambda: tx.editions.get(edition_id))
    return _decide(tx, "edition", edition_id, "instruct", person, now, text)


def approve_edition(tx: Transaction, edition_id: str, person: Person, now: datetime) -> None:
    """Approve the newest revision of an edition: ``deliver`` may send it, marked as waiting for the signature."""
    require(person, "edition")
    edition = _known(lambda: tx.editions.get(edition_id))
    if edition.state not in {EditionState.DRAFT, EditionState.REVIEWED}:
        raise NotDecidable(f"Báo cáo {edition_id} đang ở trạng thái “{edition.state.value}”.")
    tx.editions.set_state(edition_id, edition.revision, EditionState.APPROVED, approved_by=person.name)
    _decide(tx, "edition", edition_id, "approve", person, now, "", {"revision": edition.revision})


def _approve_alone(tx: Transaction, proposal: Proposal, person: Person, province: Province, now: datetime) -> Proposal:
    if proposal.lane is Lane.HARM:
        raise SecondPersonNeeded("Thông tin gây hại không được một người duyệt.")
    approved = replace(proposal, state=ProposalState.APPROVED, reviewed_by=person.name)
    tx.proposals.put(approved)
    _carry_out(tx, approved, person, province, now)
    return approved


def _carry_out(tx: Transaction, proposal: Proposal, person: Person, province: Province, now: datetime) -> None:
    """Do what an approved proposal means: open the case, queue the referral, the request or the handover."""
    match proposal.action:
        case "A07":
            story = tx.stories.get(proposal.story_id)
            case = open_case(tx, proposal, story.headline, person, province, now)
            tx.outbox.put("case", f"case:{case.case_id}", {"case_id": case.case_id}, now)
        case "A11":
            _refer(tx, proposal, now)
        case "A02":
            _verify(tx, proposal, person, now)
        case "A17":
            _hand_over(tx, proposal, person, now)


def _refer(tx: Transaction, proposal: Proposal, now: datetime) -> None:
    assert proposal.item_id is not None
    assessment = tx.assessments.get(proposal.item_id)
    findings = [one for one in assessment.harms if one.harm is proposal.harm] if assessment else []
    places = dict.fromkeys(hit.place_code for hit in assessment.places) if assessment else {}
    artefacts = dict.fromkeys(artefact for finding in findings for artefact in finding.artefacts)
    try:
        referral = ApprovedReferral(
            proposal=proposal,
            imminent=any(finding.imminent for finding in findings),
            artefacts=tuple(artefacts),
            place_codes=tuple(places),
        )
    except NotReferable as error:
        raise NotAllowed(f"Không thể chuyển cơ quan chức năng: {error}") from error
    tx.outward.refer(_key("referral", proposal.proposal_id), referral, now)


def _verify(tx: Transaction, proposal: Proposal, person: Person, now: datetime) -> None:
    story = tx.stories.get(proposal.story_id)
    # The claim itself, as the item says it in masked words; never who said it or where.
    claim = tx.items.get(proposal.item_id).title if proposal.item_id else story.headline
    verification = Verification(
        verification_id=_key("verification", proposal.proposal_id),
        proposal_id=proposal.proposal_id,
        story_id=story.story_id,
        agency_code=proposal.actor,
        claim=claim or story.headline,
        reach=story.reach,
        due_at=proposal.due_at,
        reviewed_by=person.name,
        sent_at=now,
    )
    tx.outward.put_verification(verification)
    tx.outbox.put(
        "verification",
        f"verification:{verification.verification_id}",
        {"verification_id": verification.verification_id},
        now,
    )
    if story.reach in {Reach.R2, Reach.R3} and proposal.lane is Lane.UNVERIFIED:
        notice = Notice(
            notice_id=_key("notice", proposal.proposal_id),
            verification_id=verification.verification_id,
            claim=verification.claim,
            reach=story.reach,
            recipients=NOTICE_TO,
            reviewed_by=person.name,
            sent_at=now,
        )
        tx.outward.put_notice(notice)
        tx.outbox.put("notice", f"notice:{notice.notice_id}", {"notice_id": notice.notice_id}, now)


def _hand_over(tx: Transaction, proposal: Proposal, person: Person, now: datetime) -> None:
    assert proposal.item_id is not None
    assessment = tx.assessments.get(proposal.item_id)
    rescue = assessment.rescue if assessment else None
    call = RescueCall(
        rescue_id=_key("rescue", proposal.proposal_id),
        item_id=proposal.item_id,
        story_id=proposal.story_id,
        need=rescue.need if rescue else (),
        place_code=rescue.place_code if rescue else None,
        reviewed_by=person.name,
        sent_at=now,
        confirm_by=now + CONFIRM_WITHIN,
    )
    tx.outward.put_rescue(call)
    tx.outbox.put("rescue", f"rescue:{call.rescue_id}", {"rescue_id": call.rescue_id}, now)


def _open(tx: Transaction, story_id: str) -> list[Proposal]:
    proposals = tx.proposals.of_stories([story_id]).get(story_id, [])
    return [one for one in proposals if one.state is ProposalState.PROPOSED]


def _decide(
    tx: Transaction,
    subject: str,
    subject_id: str,
    verb: str,
    person: Person,
    now: datetime,
    note: str = "",
    changes: Mapping[str, Any] | None = None,
) -> Decision:
    decision = Decision(
        decision_id=_key("decision", subject, subject_id, verb, person.name, now.isoformat()),
        subject=subject,
        subject_id=subject_id,
        verb=verb,
        person=person.name,
        role=person.role,
        decided_at=now,
        note=note,
        changes=changes or {},
    )
    tx.decisions.put(decision)
    return decision


def _key(*parts: str) -> str:
    return sha256("|".join(parts).encode()).hexdigest()[:20]


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_plain(part) for part in value]
    return getattr(value, "value", None) or getattr(getattr(value, "harm", None), "value", None) or value


def _known(read: Callable[[], T]) -> T:
    try:
        return read()
    except UnknownRecord as error:
        raise NotDecidable(f"Không tìm thấy: {error}") from error
