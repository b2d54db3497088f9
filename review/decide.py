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

import text
from handling import open_case, propose_story
from handling.wording import LINK, defang_text
from provinces import Province
from records import (
    ApprovedReferral,
    Notice,
    NotReferable,
    Referral,
    RescueCall,
    RescueState,
    Transaction,
    UnknownRecord,
    Verification,
    VerificationState,
    canonical_url,
)
from records.hiding import FLAG, Hiding
from records.outward import CONFIRM_WITHIN, RELEASABLE
from records.types import (
    AlertKind,
    Assessment,
    Conclusion,
    Decision,
    Edition,
    EditionState,
    Harm,
    Item,
    Lane,
    Person,
    Proposal,
    ProposalState,
    Reach,
    Severity,
    Story,
    Tone,
)
from review.errors import NotAllowed, NotDecidable, SecondPersonNeeded
from review.roles import require, same_person

T = TypeVar("T")

NOTICE_TO = ("spokesperson", "vp-ubnd", "cyber")
"""Who learns of a wide rumour at the level of the claim (``domain.md`` §5.3 (12))."""
SEEN = "seen"
"""Key of a decision's ``changes`` that holds what it was about (:func:`seen_story`, :func:`seen_item`)."""

_STATES = {
    ProposalState.PROPOSED: "chưa có người xem xét",
    ProposalState.REVIEWED: "chờ duyệt lần hai",
    ProposalState.RELEASED: "đã được chuyển ngay",
    ProposalState.APPROVED: "đã được duyệt",
    ProposalState.REJECTED: "đã bị bác",
    ProposalState.DONE: "đã xong",
}
_EDITIONS = {
    EditionState.DRAFT: "là dự thảo",
    EditionState.AUTOMATIC: "là bản tự động, chưa được biên tập",
    EditionState.REVIEWED: "đã biên tập",
    EditionState.APPROVED: "đã được duyệt",
    EditionState.DELIVERED: "đã gửi",
}


def accept_story(
    tx: Transaction, story_id: str, person: Person, province: Province, now: datetime, note: str = ""
) -> list[Proposal]:
    """Accept the lane-A and lane-B proposals of a story: they are approved and carried out. Return them.

    Where nothing is proposed any more, what a person rejected is taken up again.
    """
    require(person, "accept")
    story = _known(lambda: tx.stories.get(story_id))
    proposals = [one for one in tx.proposals.of_stories([story_id]).get(story_id, []) if one.item_id is None]
    waiting = [one for one in proposals if one.state is ProposalState.PROPOSED] or [
        one for one in proposals if one.state is ProposalState.REJECTED and one.reviewed_by
    ]
    if not waiting:
        raise NotDecidable(f"Câu chuyện {story_id[:12]} không có đề xuất nào chờ duyệt.")
    done = [_approve_alone(tx, proposal, person, province, now) for proposal in waiting]
    _decide(tx, "story", story_id, "accept", person, now, note, {SEEN: seen_story(story, waiting)})
    return done


def accept_item(
    tx: Transaction, item_id: str, person: Person, province: Province, now: datetime, note: str = ""
) -> list[Proposal]:
    """Accept the findings of one item, and of its word-for-word copies in the same story; return their proposals.

    Verification requests and calls for rescue leave at once, lane-C acts wait for the second person. Of a text that only
    people judge, with nothing proposed, it says that a person has read it.
    """
    require(person, "accept")
    done: list[Proposal] = []
    read = False
    for copy in _copies(tx, item_id):
        waiting = [one for one in tx.proposals.of_item(copy.item_id) if one.state is ProposalState.PROPOSED]
        for proposal in waiting:
            if proposal.lane is Lane.HARM:
                reviewed = replace(proposal, state=ProposalState.REVIEWED, reviewed_by=person.name)
                tx.proposals.put(reviewed)
                done.append(reviewed)
            else:
                done.append(_approve_alone(tx, proposal, person, province, now))
        assessment = tx.assessments.get(copy.item_id)
        by_people = assessment is not None and assessment.human_only
        if waiting or by_people:
            _decide(tx, "item", copy.item_id, "accept", person, now, note, _seen(tx, copy))
        read = read or by_people
    if not done and not read:
        raise NotDecidable(f"Tin {item_id[:12]} không có đề xuất nào chờ duyệt.")
    return done


def reject_item(
    tx: Transaction, item_id: str, person: Person, now: datetime, *, lane: Lane = Lane.NEUTRAL, note: str = ""
) -> Assessment:
    """Record that an item is no harm ("Không phải thông tin gây hại") and no call for rescue; its proposals end.

    Criticism goes on as ``lane=Lane.FEEDBACK``: the story's lane-B proposals are made by the next ``propose``.
    """
    if lane in {Lane.HARM, Lane.UNVERIFIED}:
        raise NotDecidable("Tin bị bác phải được xếp vào nhóm tích cực, thời sự, phản ánh hoặc không liên quan.")
    return correct_item(tx, item_id, person, now, lane=lane, harms=(), rescue=False, verb="reject", note=note)


def forward_item(
    tx: Transaction, item_id: str, person: Person, province: Province, now: datetime, note: str = ""
) -> list[Proposal]:
    """Send an item to the agency that must answer ("Chuyển phản ánh"): criticism, no harm. Return what was approved."""
    reject_item(tx, item_id, person, now, lane=Lane.FEEDBACK, note=note)
    member = tx.stories.member_of([item_id]).get(item_id)
    if member is None:
        raise NotDecidable(f"Tin {item_id[:12]} chưa thuộc câu chuyện nào.")
    story = tx.stories.get(member.story_id)
    assessed = tx.assessments.assessed(one.item_id for one in tx.stories.members(story.story_id))
    proposals = propose_story(story, [(one.item, one.assessment) for one in assessed.values()], province, now)
    tx.proposals.put_many([one for one in proposals if one.lane is Lane.FEEDBACK and one.item_id is None])
    waiting = [one for one in _open(tx, story.story_id) if one.lane is Lane.FEEDBACK]
    if not waiting:
        return []  # the story's complaint is with its agency already
    done = [_approve_alone(tx, proposal, person, province, now) for proposal in waiting]
    _decide(tx, "story", story.story_id, "accept", person, now, note, {SEEN: seen_story(story, waiting)})
    return done


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
    rescue: bool | None = None,
    verb: str = "correct",
    note: str = "",
) -> Assessment:
    """Correct the assessment of an item and of its word-for-word copies; no model overwrites a person's word.

    ``harms`` keeps those of the found classes that are named, ``rescue`` False ends a call for rescue (people never add
    a class the text has no evidence for). Proposals that no longer stand are rejected; ``link`` and ``propose`` take
    the corrected items up again.
    """
    require(person, verb)
    given = {
        "lane": lane,
        "tone": tone,
        "fields": fields,
        "agency_codes": agency_codes,
        "relevant": relevant,
        "severity": severity,
    }
    changes: dict[str, Any] = {key: value for key, value in given.items() if value is not None}
    if not changes and harms is None and rescue is None:
        raise NotDecidable("Chưa nói sửa gì: nhóm, sắc thái, lĩnh vực, cơ quan, mức độ hoặc dấu hiệu gây hại.")
    if tx.assessments.get(item_id) is None:
        raise NotDecidable(f"Tin {item_id[:12]} chưa được phân loại hoặc không tồn tại.")
    corrected = {}
    for copy in _copies(tx, item_id):
        assessment = tx.assessments.get(copy.item_id)
        if assessment is None:
            continue
        own = dict(changes)
        if harms is not None:
            own["harms"] = tuple(finding for finding in assessment.harms if finding.harm in harms)
        if rescue is False:
            own["rescue"] = None
        if lane is Lane.HARM and not own.get("harms", assessment.harms):
            raise NotDecidable("Nhóm “có nguy cơ gây hại” cần ít nhất một dấu hiệu H1–H8 có căn cứ trong văn bản.")
        corrected[copy.item_id] = _correct(tx, assessment, own, person)
        said = {key: _plain(value) for key, value in own.items()}
        _decide(tx, "item", copy.item_id, verb, person, now, note, said | _seen(tx, copy))
    return corrected[item_id]


def correct_story(
    tx: Transaction,
    story_id: str,
    person: Person,
    now: datetime,
    *,
    lane: Lane | None = None,
    tone: Tone | None = None,
    fields: tuple[str, ...] | None = None,
    agency_codes: tuple[str, ...] | None = None,
    headline: str | None = None,
    note: str = "",
) -> None:
    """Correct what a story of lanes A and B is ("Sửa loại"): one decision for all its items of the lane in question.

    Items suspected of harm and unverified ones are decided one by one and stay as they are.
    """
    require(person, "correct")
    if lane in {Lane.HARM, Lane.UNVERIFIED}:
        raise NotDecidable(
            "Nghi ngờ gây hại và tin chưa kiểm chứng được quyết định theo từng tin, không theo câu chuyện."
        )
    given = {"lane": lane, "tone": tone, "fields": fields, "agency_codes": agency_codes}
    changes = {key: value for key, value in given.items() if value is not None}
    if not changes and not headline:
        raise NotDecidable("Chưa nói sửa gì: nhóm, sắc thái, lĩnh vực, cơ quan hoặc tiêu đề.")
    story = _known(lambda: tx.stories.get(story_id))
    waiting = [one for one in _open(tx, story_id) if one.item_id is None]
    about = {one.lane for one in waiting} or {story.lane}
    assessed = tx.assessments.assessed(member.item_id for member in tx.stories.members(story_id))
    for one in assessed.values():
        if one.assessment.lane in about and changes:
            _correct(tx, one.assessment, changes, person)
    if lane is not None:
        for proposal in waiting:
            if proposal.lane is not lane:
                tx.proposals.put(replace(proposal, state=ProposalState.REJECTED, reviewed_by=person.name))
    said = {key: _plain(value) for key, value in changes.items()}
    if headline:
        said["headline"] = headline
    _decide(tx, "story", story_id, "correct", person, now, note, said | {SEEN: seen_story(story, waiting)})


def reject_story(tx: Transaction, story_id: str, person: Person, now: datetime, note: str = "") -> list[Proposal]:
    """Reject the lane-A and lane-B proposals of a story: nothing is done about it."""
    require(person, "reject")
    story = _known(lambda: tx.stories.get(story_id))
    rejected = [
        replace(one, state=ProposalState.REJECTED, reviewed_by=person.name)
        for one in _open(tx, story_id)
        if one.item_id is None
    ]
    if not rejected:
        raise NotDecidable(f"Câu chuyện {story_id[:12]} không có đề xuất nào chờ duyệt.")
    for proposal in rejected:
        tx.proposals.put(proposal)
    _decide(tx, "story", story_id, "reject", person, now, note, {SEEN: seen_story(story, rejected)})
    return rejected


def approve(
    tx: Transaction, proposal_id: str, person: Person, province: Province, now: datetime, note: str = ""
) -> Proposal:
    """Approve a reviewed lane-C act as the second person and carry it out."""
    require(person, "approve")
    proposal = _known(lambda: tx.proposals.get(proposal_id))
    if proposal.state is not ProposalState.REVIEWED or not proposal.reviewed_by:
        raise NotDecidable(f"Đề xuất {proposal_id} {_STATES[proposal.state]}: không chờ duyệt lần hai.")
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


def decline(tx: Transaction, proposal_id: str, person: Person, now: datetime, note: str = "") -> Proposal:
    """Turn a reviewed lane-C act down as the second person ("Trả lại"): it does not leave."""
    require(person, "decline")
    proposal = _known(lambda: tx.proposals.get(proposal_id))
    if proposal.state is not ProposalState.REVIEWED:
        raise NotDecidable(f"Đề xuất {proposal_id} {_STATES[proposal.state]}: không chờ duyệt lần hai.")
    declined = replace(proposal, state=ProposalState.REJECTED)
    tx.proposals.put(declined)
    _decide(tx, "proposal", proposal_id, "decline", person, now, note)
    return declined


def release(
    tx: Transaction, proposal_id: str, person: Person, province: Province, now: datetime, note: str = ""
) -> Proposal:
    """Release a referral about danger to life (S4: imminent H4, H6) at once; the second person has 30 minutes.

    The item's findings count as accepted: its other acts wait for the second person.
    """
    require(person, "release")
    proposal = _known(lambda: tx.proposals.get(proposal_id))
    if proposal.state not in {ProposalState.PROPOSED, ProposalState.REVIEWED}:
        raise NotDecidable(f"Đề xuất {proposal_id} {_STATES[proposal.state]}: không thể chuyển ngay.")
    if not releasable(proposal):
        raise NotAllowed("Chỉ việc nguy hiểm đến tính mạng (mức khẩn cấp) mới được một người chuyển ngay.")
    released = replace(proposal, state=ProposalState.RELEASED, reviewed_by=person.name)
    tx.proposals.put(released)
    _carry_out(tx, released, person, province, now)
    _decide(tx, "proposal", proposal_id, "release", person, now, note)
    item = tx.items.get(str(proposal.item_id))
    if any(one.state is ProposalState.PROPOSED for one in tx.proposals.of_item(item.item_id)):
        accept_item(tx, item.item_id, person, province, now, note)
    else:
        _decide(tx, "item", item.item_id, "accept", person, now, note, _seen(tx, item))
    return released


def releasable(proposal: Proposal) -> bool:
    """Tell whether one person may send a proposal on at once: a referral of imminent H4 or H6 at S4."""
    return proposal.action == "A11" and proposal.severity is Severity.S4 and proposal.harm in RELEASABLE


def confirm(tx: Transaction, sent_id: str, person: Person, now: datetime) -> None:
    """Confirm, as the second person, what one person sent on: a released referral or a call for rescue."""
    require(person, "confirm")
    sent = _sent(tx, sent_id)
    if same_person(sent.reviewed_by, person.name):
        raise SecondPersonNeeded(f"{sent.reviewed_by} đã chuyển; người khác phải xác nhận hoặc thu hồi.")
    if sent.confirmed_by or sent.recalled_by or (isinstance(sent, Referral) and not sent.released):
        raise NotDecidable(f"Việc {sent_id} không chờ người thứ hai xác nhận.")
    if isinstance(sent, Referral):
        tx.outward.confirm(sent_id, person.name, now)
        proposal = tx.proposals.get(sent.proposal_id)
        tx.proposals.put(replace(proposal, state=ProposalState.APPROVED, approved_by=person.name))
    else:
        tx.outward.put_rescue(replace(sent, confirmed_by=person.name))
    _decide(tx, _subject(sent), sent_id, "confirm", person, now)


def recall(tx: Transaction, sent_id: str, person: Person, now: datetime, reason: str) -> None:
    """Recall a referral or a call for rescue; the recipient is told at once."""
    require(person, "recall")
    if not reason.strip():
        raise NotDecidable("Thu hồi phải ghi lý do.")
    sent = _sent(tx, sent_id)
    if sent.recalled_by:
        raise NotDecidable(f"Việc {sent_id} đã được {sent.recalled_by} thu hồi.")
    if isinstance(sent, Referral):
        tx.outward.recall(sent_id, person.name, now, reason)
        proposal = tx.proposals.get(sent.proposal_id)
        if proposal.state is ProposalState.RELEASED:
            tx.proposals.put(replace(proposal, state=ProposalState.REJECTED))
    else:
        tx.outward.put_rescue(replace(sent, state=RescueState.RECALLED, recalled_by=person.name, closed_at=now))
        tx.outbox.put("rescue", f"rescue:{sent_id}:recall", {"rescue_id": sent_id}, now)
    _decide(tx, _subject(sent), sent_id, "recall", person, now, reason)


def close_rescue(tx: Transaction, rescue_id: str, person: Person, now: datetime, note: str = "") -> None:
    """Note that help has come or the call is settled: phone and address are erased 72 hours later."""
    require(person, "rescue")
    call = _known(lambda: tx.outward.rescue(rescue_id))
    if call.closed_at:
        raise NotDecidable(f"Kêu cứu {rescue_id} đã kết thúc.")
    tx.outward.put_rescue(replace(call, state=RescueState.CLOSED, closed_at=now))
    _decide(tx, "rescue", rescue_id, "close", person, now, note)


def conclude(
    tx: Transaction,
    verification_id: str,
    conclusion: Conclusion,
    person: Person,
    now: datetime,
    *,
    url: str | None = None,
    note: str = "",
) -> Verification:
    """Record what the competent agency concluded on a claim; "not true" only with the link of its published word."""
    require(person, "conclude")
    request = _known(lambda: tx.outward.verification(verification_id))
    if conclusion is Conclusion.NOT_TRUE and not url:
        raise NotDecidable(
            "Kết luận “không đúng” chỉ được ghi kèm đường dẫn công bố của cơ quan có thẩm quyền (--url)."
        )
    concluded = replace(
        request,
        state=VerificationState.CONCLUDED,
        conclusion=conclusion,
        conclusion_url=canonical_url(url) if url else None,
        concluded_at=now,
    )
    tx.outward.put_verification(concluded)
    changes = {"conclusion": conclusion.value, "url": concluded.conclusion_url}
    _decide(tx, "verification", verification_id, "conclude", person, now, note, changes)
    return concluded


def mask_item(tx: Transaction, item_id: str, start: int, end: int, person: Person, now: datetime) -> Item:
    """Hide characters ``start`` to ``end`` (exclusive) of the item's text from everybody ("Ẩn thông tin cá nhân").

    The same words go wherever the item's story, alert, case or request repeats them.
    """
    require(person, "mask")
    item = _known(lambda: tx.items.get(item_id))
    try:
        masked = tx.items.mask(item_id, start, end, now)
    except ValueError as error:
        raise NotDecidable(f"Đoạn {start}–{end} không phải trọn từ trong một phần của văn bản.") from error
    _hide_elsewhere(tx, masked, item.text[start:end], now)
    _decide(tx, "item", item_id, "mask", person, now, "", {"start": start, "end": end})
    return masked


def has_words(item: Item, words: str) -> bool:
    """Tell whether the words stand in an item's text, as whole words in any case."""
    said = text.normalize(words)
    return bool(said) and bool(Hiding(said, 0).finds(item.text))


def mask_words(tx: Transaction, item_id: str, words: str, person: Person, now: datetime) -> Item:
    """Hide words of the item's text wherever they stand; see :func:`mask_item`."""
    require(person, "mask")
    item = _known(lambda: tx.items.get(item_id))
    said = text.normalize(words)
    found = Hiding(said, 0).finds(item.text) if said else []
    if not found:
        raise NotDecidable("Không thấy trọn các từ này trong văn bản.")
    return mask_item(tx, item_id, *found[0], person, now)


def instruct(tx: Transaction, edition_id: str, said: str, person: Person, now: datetime) -> Decision:
    """Record an instruction of the Chairman on an edition (Văn phòng UBND)."""
    require(person, "instruct")
    if not said.strip():
        raise NotDecidable("Ý kiến chỉ đạo trống.")
    _known(lambda: tx.editions.get(edition_id))
    return _decide(tx, "edition", edition_id, "instruct", person, now, said)


def approve_edition(tx: Transaction, edition_id: str, person: Person, now: datetime) -> Edition:
    """Approve the newest revision of an edition: ``deliver`` may send it, marked as waiting for the signature."""
    require(person, "edition")
    edition = _known(lambda: tx.editions.get(edition_id))
    if edition.state not in {EditionState.DRAFT, EditionState.REVIEWED}:
        raise NotDecidable(f"Báo cáo {edition_id} {_EDITIONS[edition.state]}: không chờ duyệt.")
    approved = tx.editions.set_state(edition_id, edition.revision, EditionState.APPROVED, approved_by=person.name)
    _decide(tx, "edition", edition_id, "approve", person, now, "", {"revision": edition.revision})
    return approved


def seen_story(story: Story, proposals: Sequence[Proposal]) -> dict[str, Any]:
    """Return what a decision on a story was about, to tell later whether something material has changed."""
    lanes = sorted({proposal.lane.value for proposal in proposals})
    return {"families": story.families, "lanes": lanes, "reach": story.reach.value}


def seen_item(item: Item, assessment: Assessment) -> dict[str, Any]:
    """Return what a decision on an item was about, to tell later whether something material has changed."""
    harms = sorted({finding.harm.value for finding in assessment.harms})
    return {"text": item.content_hash, "lane": assessment.lane.value, "harms": harms}


def _seen(tx: Transaction, item: Item) -> dict[str, Any]:
    assessment = tx.assessments.get(item.item_id)
    return {SEEN: seen_item(item, assessment)} if assessment else {}


def _copies(tx: Transaction, item_id: str) -> list[Item]:
    """Return an item and its word-for-word copies in the same story: one text is judged once."""
    item = _known(lambda: tx.items.get(item_id))
    member = tx.stories.member_of([item_id]).get(item_id)
    if member is None or not item.text:
        return [item]
    others = tx.items.get_many(one.item_id for one in tx.stories.members(member.story_id) if one.item_id != item_id)
    return [item, *(other for _, other in sorted(others.items()) if other.text == item.text)]


def _correct(tx: Transaction, assessment: Assessment, changes: Mapping[str, Any], person: Person) -> Assessment:
    """Store a corrected assessment and bring the item's undecided proposals in line with it."""
    lane = changes.get("lane")
    corrected = replace(assessment, lane_probability=1.0 if lane else assessment.lane_probability, **changes)
    tx.assessments.correct(corrected, person)
    for proposal in tx.proposals.of_item(assessment.item_id):
        stands = _stands(proposal, corrected)
        if not stands and proposal.state in {ProposalState.PROPOSED, ProposalState.REVIEWED}:
            tx.proposals.put(replace(proposal, state=ProposalState.REJECTED, reviewed_by=person.name))
        elif stands and proposal.state is ProposalState.REJECTED:
            tx.proposals.put(replace(proposal, state=ProposalState.PROPOSED, reviewed_by=None, approved_by=None))
    return corrected


def _stands(proposal: Proposal, assessment: Assessment) -> bool:
    if proposal.action == "A17":
        return assessment.rescue is not None
    if proposal.lane is Lane.HARM:
        return any(finding.harm is proposal.harm for finding in assessment.harms)
    return proposal.lane is assessment.lane


def _hide_elsewhere(tx: Transaction, masked: Item, value: str, now: datetime) -> None:
    """Hide the words also where other records repeat the item's headline."""
    member = tx.stories.member_of([masked.item_id]).get(masked.item_id)
    if member is None:
        return
    hiding = Hiding(value, max(int(flag.removeprefix(FLAG)) for flag in masked.flags if flag.startswith(FLAG)))
    story = tx.stories.get(member.story_id)
    hidden = replace(story, headline=hiding.within(story.headline), lead=hiding.within(story.lead))
    if hidden != story:
        tx.stories.put(hidden, now=now)
    for kind in AlertKind:
        alert = tx.alerts.of(story.story_id, kind)
        if alert and hiding.finds(alert.headline):
            tx.alerts.put(replace(alert, headline=hiding.within(alert.headline)))
    for case in tx.cases.of_stories([story.story_id]).get(story.story_id, []):
        if hiding.finds(case.summary):
            tx.cases.put(replace(case, summary=hiding.within(case.summary)))
    for request in tx.outward.verifications(story_id=story.story_id):
        if hiding.finds(request.claim):
            tx.outward.put_verification(replace(request, claim=hiding.within(request.claim)))


def _sent(tx: Transaction, sent_id: str) -> Referral | RescueCall:
    """Return what one person may have sent on."""
    try:
        return tx.outward.referral(sent_id)
    except UnknownRecord:
        return _known(lambda: tx.outward.rescue(sent_id))


def _subject(sent: Referral | RescueCall) -> str:
    return "referral" if isinstance(sent, Referral) else "rescue"


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
            open_case(tx, proposal, defang_text(story.headline), person, province, now)
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
    said = tx.items.get(proposal.item_id).title if proposal.item_id else ""
    claim = LINK.sub("(đường dẫn)", said or story.headline)
    asked = tx.outward.verifications(VerificationState.SENT, story_id=story.story_id)
    if any(text.match_key(one.claim) == text.match_key(claim) and one.agency_code == proposal.actor for one in asked):
        return  # the agency has the question already: another copy of the claim is no second request
    verification = Verification(
        verification_id=_key("verification", proposal.proposal_id),
        proposal_id=proposal.proposal_id,
        story_id=story.story_id,
        agency_code=proposal.actor,
        claim=claim,
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
    rumour = proposal.lane is Lane.UNVERIFIED or proposal.harm is Harm.DANGEROUS_RUMOUR
    if rumour and story.reach in {Reach.R2, Reach.R3}:
        notice = Notice(
            notice_id=_key("notice", proposal.proposal_id),
            verification_id=verification.verification_id,
            claim=claim,
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
    # Numbered per subject: two decisions of one instant keep their order.
    number = len(tx.decisions.of(subject, subject_id))
    decision = Decision(
        decision_id=f"{number:04d}-{_key('decision', subject, subject_id, verb, person.name, now.isoformat())}",
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
