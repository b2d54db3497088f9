from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from records import ConstraintRefused, NotReferable, ReferralState, RescueState, SealRefused
from records.types import (
    CaseState,
    Conclusion,
    Harm,
    Item,
    Lane,
    MaskKind,
    Person,
    ProposalState,
    Reach,
    Role,
    Severity,
)
from review import NotAllowed, NotDecidable, SecondPersonNeeded, decide, same_person
from tests.review.scene import APPROVER, HOUSE, PHONE, REVIEWER, Scene, found, payloads


def accept(scene: Scene, item: Item, person: Person = REVIEWER) -> None:
    with scene.records.begin() as tx:
        decide.accept_item(tx, item.item_id, person, scene.province, scene.now)


def approve(scene: Scene, item: Item, action: str, person: Person = APPROVER) -> None:
    with scene.records.begin() as tx:
        decide.approve(tx, scene.proposals(item)[action].proposal_id, person, scene.province, scene.now)


@pytest.mark.parametrize(
    "other",
    ["Hồ Thị Thử Nghiệm", "HỒ THỊ THỬ NGHIỆM", "ho thi thu nghiem", " Hồ  Thị Thử\tNghiệm ", "Hồ-Thị Thử Nghiệm."],
)
def test_one_person_is_no_second_person_however_the_name_is_written(scene: Scene, other: str) -> None:
    item = scene.harm("a", Harm.FRAUD)
    accept(scene, item)
    with pytest.raises(SecondPersonNeeded):
        approve(scene, item, "A11", Person(name=other, role=Role.APPROVER))
    assert scene.proposals(item)["A11"].state is ProposalState.REVIEWED
    with scene.records.read() as tx:
        assert tx.outward.referrals_open() == []


def test_two_people_send_a_referral(both: Scene) -> None:
    item = both.harm("a", Harm.FRAUD)
    accept(both, item)
    with both.records.read() as tx:
        assert payloads(tx, "referral", "verification") == []  # nothing leaves on one person's word
    approve(both, item, "A11")
    with both.records.read() as tx:
        (referral,) = tx.outward.referrals_open()
        assert (referral.reviewed_by, referral.approved_by, referral.released) == (REVIEWER.name, APPROVER.name, False)
        assert payloads(tx, "referral") == [{"referral_id": referral.referral_id}]
        assert tx.audit.verify().ok


def test_an_act_is_approved_once_and_alone(scene: Scene) -> None:
    item = scene.harm("a", Harm.FRAUD)
    accept(scene, item)
    approve(scene, item, "A11")
    with pytest.raises(NotDecidable):
        approve(scene, item, "A11")
    states = {action: one.state for action, one in scene.proposals(item).items()}
    assert [action for action, state in states.items() if state is ProposalState.APPROVED] == ["A11"]


@pytest.mark.parametrize("role", [role for role in Role if role not in {Role.REVIEWER, Role.APPROVER}])
def test_only_reviewers_and_approvers_review(scene: Scene, role: Role) -> None:
    item = scene.harm("a", Harm.FRAUD)
    person = Person(name="Ai Đó", role=role)
    with scene.records.begin() as tx:
        for act in (
            lambda: decide.accept_item(tx, item.item_id, person, scene.province, scene.now),
            lambda: decide.reject_item(tx, item.item_id, person, scene.now),
            lambda: decide.correct_item(tx, item.item_id, person, scene.now, lane=Lane.NEUTRAL),
            lambda: decide.mask_item(tx, item.item_id, 0, 3, person, scene.now),
        ):
            with pytest.raises(NotAllowed):
                act()
        assert tx.decisions.of("item", item.item_id) == []


@pytest.mark.parametrize("role", [role for role in Role if role not in {Role.APPROVER, Role.SIGNER}])
def test_only_approvers_and_signers_approve(scene: Scene, role: Role) -> None:
    item = scene.harm("a", Harm.FRAUD)
    accept(scene, item)
    with pytest.raises(NotAllowed):
        approve(scene, item, "A11", Person(name="Ai Đó", role=role))


def test_nobody_acts_without_a_name(scene: Scene) -> None:
    item = scene.harm("a", Harm.FRAUD)
    with pytest.raises(NotAllowed):
        accept(scene, item, Person(name="  ", role=Role.REVIEWER))


@pytest.mark.parametrize("harm", [Harm.DANGEROUS_RUMOUR, Harm.HATE])
def test_rumours_and_hate_have_no_way_to_the_police(scene: Scene, harm: Harm) -> None:
    item = scene.harm("a", harm)
    proposals = scene.proposals(item)
    assert "A11" not in proposals
    forged = replace(next(iter(proposals.values())), proposal_id="x", action="A11")
    with pytest.raises(ConstraintRefused), scene.records.begin() as tx:
        tx.proposals.put(forged)


def test_a_threat_that_is_not_imminent_is_not_referred(scene: Scene) -> None:
    item = scene.harm("a", Harm.VIOLENCE)
    assert set(scene.proposals(item)) == {"A09"}
    with scene.records.begin() as tx:
        tx.proposals.put(
            replace(scene.proposals(item)["A09"], proposal_id="x", action="A11", state=ProposalState.REVIEWED,
                    reviewed_by=REVIEWER.name)
        )  # fmt: skip
        with pytest.raises(NotAllowed):
            decide.approve(tx, "x", APPROVER, scene.province, scene.now)


def test_criticism_never_becomes_a_referral(scene: Scene) -> None:
    scene.complaint("a")
    (routed, reply) = scene.proposals(story_id="story-a").values()
    assert {routed.action, reply.action} == {"A07", "A08"}
    with scene.records.begin() as tx:
        with pytest.raises(NotAllowed):
            decide.release(tx, routed.proposal_id, APPROVER, scene.province, scene.now)
        with pytest.raises(NotDecidable):
            decide.approve(tx, routed.proposal_id, APPROVER, scene.province, scene.now)
    for changes in ({"action": "A11"}, {"action": "A11", "harm": Harm.FRAUD}):
        with pytest.raises(ConstraintRefused), scene.records.begin() as tx:
            tx.proposals.put(replace(routed, proposal_id="x", **changes))  # type: ignore[arg-type]
    with scene.records.begin() as tx, pytest.raises(NotReferable):
        tx.outbox.put("referral", "referral:x", {}, scene.now)


def test_a_complaint_with_a_harmful_link_goes_both_ways_apart(scene: Scene) -> None:
    item = scene.post("a")
    scene.judge(item, Lane.FEEDBACK, found(Harm.FRAUD))
    scene.story("story-a", item, lane=Lane.FEEDBACK)
    with scene.records.begin() as tx:
        decide.accept_story(tx, "story-a", REVIEWER, scene.province, scene.now)
    accept(scene, item)
    approve(scene, item, "A11")
    with scene.records.read() as tx:
        (case,) = tx.cases.open()
        (referral,) = tx.outward.referrals_open()
        assert case.agency_code == "so-nnmt"
        assert tx.proposals.get(referral.proposal_id).lane is Lane.HARM


def test_accepting_a_complaint_opens_its_case_once(scene: Scene) -> None:
    scene.complaint("a")
    with scene.records.begin() as tx:
        decide.accept_story(tx, "story-a", REVIEWER, scene.province, scene.now)
        with pytest.raises(NotDecidable):
            decide.accept_story(tx, "story-a", REVIEWER, scene.province, scene.now)
        (case,) = tx.cases.open()
        assert case.state is CaseState.SENT
        assert [row["case_id"] for row in payloads(tx, "case")] == [case.case_id]


def test_what_was_rejected_can_be_taken_up_again(scene: Scene) -> None:
    scene.complaint("a")
    with scene.records.begin() as tx:
        decide.reject_story(tx, "story-a", REVIEWER, scene.now)
        assert tx.cases.open() == []
        decide.accept_story(tx, "story-a", REVIEWER, scene.province, scene.now + timedelta(minutes=1))
        assert len(tx.cases.open()) == 1


# --- danger to life


def released(scene: Scene, harm: Harm = Harm.VIOLENCE) -> str:
    item = scene.harm("a", harm, imminent=True, severity=Severity.S4)
    with scene.records.begin() as tx:
        decide.release(tx, scene.proposals(item)["A11"].proposal_id, REVIEWER, scene.province, scene.now)
        (referral,) = tx.outward.unconfirmed()
        assert (referral.released, referral.approved_by) == (True, None)
        assert referral.confirm_by == scene.now + timedelta(minutes=30)
    return referral.referral_id


@pytest.mark.parametrize("harm", [Harm.VIOLENCE, Harm.CHILD_ABUSE])
def test_danger_to_life_is_released_by_one_and_confirmed_by_another(both: Scene, harm: Harm) -> None:
    referral_id = released(both, harm)
    with both.records.begin() as tx:
        with pytest.raises(SecondPersonNeeded):
            decide.confirm(tx, referral_id, replace(REVIEWER, role=Role.APPROVER), both.now)
        decide.confirm(tx, referral_id, APPROVER, both.now)
        assert tx.outward.unconfirmed() == []
        referral = tx.outward.referral(referral_id)
        proposal = tx.proposals.get(referral.proposal_id)
        assert (proposal.state, proposal.approved_by) == (ProposalState.APPROVED, APPROVER.name)
        with pytest.raises(NotDecidable):
            decide.confirm(tx, referral_id, APPROVER, both.now)
        assert tx.audit.verify().ok


def test_a_release_can_be_recalled_with_a_reason(scene: Scene) -> None:
    referral_id = released(scene)
    with scene.records.begin() as tx:
        with pytest.raises(NotDecidable):
            decide.recall(tx, referral_id, APPROVER, scene.now, " ")
        decide.recall(tx, referral_id, APPROVER, scene.now, "nhầm người")
        referral = tx.outward.referral(referral_id)
        assert referral.state is ReferralState.RECALLED
        assert tx.proposals.get(referral.proposal_id).state is ProposalState.REJECTED
        assert payloads(tx, "recall") == [{"referral_id": referral_id}]
        with pytest.raises(NotDecidable):
            decide.recall(tx, referral_id, APPROVER, scene.now, "lần nữa")


@pytest.mark.parametrize(
    ("harm", "severity", "imminent"),
    [
        (Harm.FRAUD, Severity.S4, False),
        (Harm.LEAKED_DATA, Severity.S4, False),
        (Harm.VIOLENCE, Severity.S3, True),
        (Harm.CHILD_ABUSE, Severity.S3, False),
    ],
)
def test_nothing_else_is_released_by_one_person(scene: Scene, harm: Harm, severity: Severity, imminent: bool) -> None:
    item = scene.harm("a", harm, imminent=imminent, severity=severity)
    with scene.records.begin() as tx:
        with pytest.raises(NotAllowed):
            decide.release(tx, scene.proposals(item)["A11"].proposal_id, REVIEWER, scene.province, scene.now)
        assert tx.outward.referrals_open() == []


def test_other_acts_than_the_referral_are_not_released(scene: Scene) -> None:
    item = scene.harm("a", Harm.CHILD_ABUSE, severity=Severity.S4)
    with scene.records.begin() as tx, pytest.raises(NotAllowed):
        decide.release(tx, scene.proposals(item)["A09"].proposal_id, REVIEWER, scene.province, scene.now)


def test_a_call_for_rescue_leaves_on_one_word_and_waits_for_a_second(scene: Scene) -> None:
    item = scene.call("a")
    accept(scene, item)
    with scene.records.begin() as tx:
        (call,) = tx.outward.rescues_open()
        assert call.confirm_by == scene.now + timedelta(minutes=30)
        assert payloads(tx, "rescue") == [{"rescue_id": call.rescue_id}]
        with pytest.raises(SecondPersonNeeded):
            decide.confirm(tx, call.rescue_id, replace(REVIEWER, role=Role.APPROVER), scene.now)
        decide.confirm(tx, call.rescue_id, APPROVER, scene.now)
        assert tx.outward.rescue(call.rescue_id).confirmed_by == APPROVER.name
        decide.close_rescue(tx, call.rescue_id, REVIEWER, scene.now, "đã cứu")
        assert tx.outward.rescue(call.rescue_id).state is RescueState.CLOSED


def test_a_call_for_rescue_can_be_recalled(scene: Scene) -> None:
    item = scene.call("a")
    accept(scene, item)
    with scene.records.begin() as tx:
        (call,) = tx.outward.rescues_open()
        decide.recall(tx, call.rescue_id, APPROVER, scene.now, "không phải kêu cứu")
        assert tx.outward.rescues_open() == []
        assert len(payloads(tx, "rescue")) == 2


def test_a_call_for_rescue_in_a_harmful_post_is_no_harm(scene: Scene) -> None:
    item = scene.post("a")
    call = scene.call("b")
    with scene.records.read() as tx:
        known = tx.assessments.get(call.item_id)
    assert known
    scene.judge(item, Lane.HARM, found(Harm.FRAUD), rescue=known.rescue, severity=Severity.S4)
    scene.story("story-a", item)
    accept(scene, item)
    assert scene.proposals(item)["A17"].state is ProposalState.APPROVED
    assert scene.proposals(item)["A11"].state is ProposalState.REVIEWED


# --- rumours


def test_a_rumour_becomes_one_request_without_link_or_author(scene: Scene) -> None:
    item = scene.rumour("a")
    accept(scene, item)
    with scene.records.read() as tx:
        (request,) = tx.outward.verifications()
        assert "xomnho" not in request.claim and "http" not in request.claim
        assert request.agency_code == "so-nnmt"
        assert payloads(tx, "notice") == []
        assert tx.outward.referrals_open() == []


@pytest.mark.parametrize("reach", [Reach.R2, Reach.R3])
def test_a_wide_rumour_is_noticed_at_claim_level(scene: Scene, reach: Reach) -> None:
    item = scene.rumour("a", reach)
    accept(scene, item)
    with scene.records.read() as tx:
        assert len(payloads(tx, "notice")) == 1
        assert len(payloads(tx, "verification")) == 1


def test_a_wide_contradicted_rumour_is_noticed_too_after_two_people(scene: Scene) -> None:
    item = scene.harm("a", Harm.DANGEROUS_RUMOUR)
    scene.story("story-a", item, reach=Reach.R2)
    accept(scene, item)
    approve(scene, item, "A02")
    with scene.records.read() as tx:
        assert len(payloads(tx, "notice")) == 1


def test_a_second_text_of_the_same_claim_is_no_second_request(scene: Scene) -> None:
    first = scene.rumour("a")
    second = scene.post("b", title=first.title, body="Tôi cũng nghe vậy")
    scene.judge(second, Lane.UNVERIFIED, severity=Severity.S3)
    scene.story("story-a", first, second)
    for item in (first, second):
        accept(scene, item)
    with scene.records.read() as tx:
        assert len(tx.outward.verifications()) == 1


def test_not_true_is_only_recorded_as_a_citation(scene: Scene) -> None:
    accept(scene, scene.rumour("a"))
    with scene.records.begin() as tx:
        (request,) = tx.outward.verifications()
        with pytest.raises(NotDecidable):
            decide.conclude(tx, request.verification_id, Conclusion.NOT_TRUE, REVIEWER, scene.now)
        url = "https://so-nnmt.example/ket-luan"
        done = decide.conclude(tx, request.verification_id, Conclusion.NOT_TRUE, REVIEWER, scene.now, url=url)
        assert done.conclusion_url == url


# --- corrections


def test_no_harm_ends_its_proposals_and_a_correction_back_revives_them(scene: Scene) -> None:
    item = scene.rumour("a")
    with scene.records.begin() as tx:
        decide.reject_item(tx, item.item_id, REVIEWER, scene.now)
    assert {one.state for one in scene.proposals(item).values()} == {ProposalState.REJECTED}
    with scene.records.begin() as tx:
        decide.correct_item(tx, item.item_id, REVIEWER, scene.now, lane=Lane.UNVERIFIED)
    assert {one.state for one in scene.proposals(item).values()} == {ProposalState.PROPOSED}


def test_people_never_add_a_class_without_evidence(scene: Scene) -> None:
    item = scene.complaint("a")
    with scene.records.begin() as tx:
        with pytest.raises(NotDecidable):
            decide.correct_item(tx, item.item_id, REVIEWER, scene.now, lane=Lane.HARM, harms=(Harm.FRAUD,))
        with pytest.raises(NotDecidable):
            decide.reject_item(tx, item.item_id, REVIEWER, scene.now, lane=Lane.HARM)
        with pytest.raises(NotDecidable):
            decide.correct_story(tx, "story-a", REVIEWER, scene.now, lane=Lane.HARM)


def test_a_story_is_corrected_with_its_items_of_that_lane(scene: Scene) -> None:
    complaint, news, rumour = scene.article("a"), scene.article("b"), scene.post("c")
    scene.judge(complaint, Lane.FEEDBACK)
    scene.judge(news, Lane.NEUTRAL)
    scene.judge(rumour, Lane.UNVERIFIED)
    scene.story("s", complaint, news, rumour, lane=Lane.FEEDBACK)
    with scene.records.begin() as tx:
        decide.correct_story(tx, "s", REVIEWER, scene.now, lane=Lane.GOOD, headline="Tin vui")
        lanes = {item: one.lane for item, one in tx.assessments.get_many(
            [complaint.item_id, news.item_id, rumour.item_id]).items()}  # fmt: skip
    assert lanes == {complaint.item_id: Lane.GOOD, news.item_id: Lane.NEUTRAL, rumour.item_id: Lane.UNVERIFIED}
    assert {one.state for one in scene.proposals(story_id="s").values()} == {ProposalState.REJECTED}


def test_forwarding_makes_a_suspicion_a_case_of_its_agency(scene: Scene) -> None:
    item = scene.harm("a", Harm.FRAUD)
    with scene.records.begin() as tx:
        decide.forward_item(tx, item.item_id, REVIEWER, scene.province, scene.now)
        (case,) = tx.cases.open()
        assert case.agency_code == "so-nnmt"
        assessment = tx.assessments.get(item.item_id)
        assert assessment and (assessment.lane, assessment.harms) == (Lane.FEEDBACK, ())
    assert {one.state for one in scene.proposals(item).values()} == {ProposalState.REJECTED}


def test_copies_of_one_text_are_decided_once(scene: Scene) -> None:
    same = {"body": "Nhận hoàn tiền tại https://dien-luc-hotro.example ngay"}
    items = [scene.post(name, **same) for name in ("a", "b", "c")]
    for item in items:
        scene.judge(item, Lane.HARM, found(Harm.FRAUD))
    scene.story("s", *items)
    accept(scene, items[1])
    assert all(scene.proposals(item)["A11"].state is ProposalState.REVIEWED for item in items)
    approve(scene, items[0], "A11")  # but every outward act is approved by itself
    assert scene.proposals(items[2])["A11"].state is ProposalState.REVIEWED


def test_the_second_person_turns_an_act_down(scene: Scene) -> None:
    item = scene.harm("a", Harm.FRAUD)
    accept(scene, item)
    with scene.records.begin() as tx:
        decide.decline(tx, scene.proposals(item)["A09"].proposal_id, APPROVER, scene.now, "chưa đủ căn cứ")
    assert scene.proposals(item)["A09"].state is ProposalState.REJECTED
    with pytest.raises(NotDecidable):
        approve(scene, item, "A09")


def test_unknown_subjects_are_refused_in_words(scene: Scene) -> None:
    with scene.records.begin() as tx:
        for act in (
            lambda: decide.accept_story(tx, "x", REVIEWER, scene.province, scene.now),
            lambda: decide.accept_item(tx, "x", REVIEWER, scene.province, scene.now),
            lambda: decide.approve(tx, "x", APPROVER, scene.province, scene.now),
            lambda: decide.confirm(tx, "x", APPROVER, scene.now),
            lambda: decide.instruct(tx, "x", "Giao Sở", Person(name="VP", role=Role.OFFICE), scene.now),
        ):
            with pytest.raises(NotDecidable, match="Không tìm thấy"):
                act()


# --- hiding


def test_hidden_words_are_gone_everywhere_and_stay_gone(both: Scene) -> None:
    scene = both
    item = scene.article(
        "a", title="Trần Văn Bịa kêu bị lừa", body="Bà con nói TRẦN VĂN BỊA mất tiền.\nÔng Trần Văn Bịa buồn."
    )
    scene.judge(item, Lane.FEEDBACK)
    scene.story("story-a", item, lane=Lane.FEEDBACK)
    with scene.records.begin() as tx:
        decide.accept_story(tx, "story-a", REVIEWER, scene.province, scene.now)
        masked = decide.mask_words(tx, item.item_id, "trần văn bịa", REVIEWER, scene.now)
    assert masked.text == "[PERSON:1] kêu bị lừa\nBà con nói [PERSON:1] mất tiền.\nÔng [PERSON:1] buồn."
    again = scene.article(
        "a", title="Trần Văn Bịa kêu bị lừa", body="Bà con nói TRẦN VĂN BỊA mất tiền.\nÔng Trần Văn Bịa buồn."
    )
    assert (again.version, again.text) == (masked.version, masked.text)
    edited = scene.article("a", title="Ông Trần Văn Bịa lại kêu", body="Bà con nói khác.")
    assert edited.text == "Ông [PERSON:1] lại kêu\nBà con nói khác."
    with scene.records.begin() as tx:
        assert not any("Bịa" in each.text for each in tx.items.versions(item.item_id))
        assert "Bịa" not in tx.stories.get("story-a").headline
        (case,) = tx.cases.open()
        assert "Bịa" not in case.summary
        assert "Bịa" not in repr(tx.decisions.of("item", item.item_id)) + repr(tx.audit.list())
        with pytest.raises(SealRefused):
            from records import Purpose

            tx.sealed.open(
                item.item_id, MaskKind.PERSON, 1, purpose=Purpose.RESCUE, person=REVIEWER, reason="?", now=scene.now
            )
        assert tx.audit.verify().ok


def test_hiding_keeps_the_judgement_and_moves_its_evidence(scene: Scene) -> None:
    item = scene.post("a", body="Bà Bịa Đặt xóm trên bảo bấm dien-luc.example nhận tiền", sealed=())
    at = item.text.index("dien-luc")
    from records.types import Span

    scene.judge(item, Lane.HARM, found(Harm.FRAUD, spans=(Span(start=at, end=at + 16, reason="link"),)))
    scene.story("s", item)
    with scene.records.begin() as tx:
        masked = decide.mask_words(tx, item.item_id, "Bịa Đặt", REVIEWER, scene.now)
        kept = tx.assessments.get(item.item_id)
        assert kept and kept.version == masked.version and kept.lane is Lane.HARM
        (span,) = kept.harms[0].spans
        assert masked.text[span.start : span.end] == "dien-luc.example"
        assert tx.items.pending_assessment("m", scene.now, 10) == []


@pytest.mark.parametrize("words", ["", "không có", "[PHONE:1]", "PHONE", "rần Văn"])
def test_only_whole_words_outside_masks_are_hidden(scene: Scene, words: str) -> None:
    item = scene.post("a", body="Trần Văn Bịa gọi [PHONE:1]")
    scene.judge(item, Lane.FEEDBACK)
    with scene.records.begin() as tx, pytest.raises(NotDecidable):
        decide.mask_words(tx, item.item_id, words, REVIEWER, scene.now)


def test_names_of_one_person_in_other_spellings() -> None:
    assert same_person("Nguyễn  Văn Ví Dụ", "NGUYEN VAN VI DU")
    assert not same_person("Nguyễn Văn Ví Dụ", "Nguyễn Văn Ví Von")


def test_sealed_words_never_reach_a_decision(scene: Scene) -> None:
    item = scene.call("a")
    accept(scene, item)
    with scene.records.read() as tx:
        said = repr(tx.decisions.of("item", item.item_id)) + repr(tx.audit.list()) + repr(tx.outward.rescues_open())
    assert PHONE not in said and HOUSE not in said
