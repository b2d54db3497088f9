"""The stage ``propose`` on records: what nobody decided follows the newest assessment, what people decided stays."""

from __future__ import annotations

from datetime import timedelta

from handling import wording
from records.types import Harm, Lane, ProposalState, Reach, Severity
from review import decide
from tests.review.scene import HOUR, REVIEWER, Scene, found


def test_running_again_changes_nothing(scene: Scene) -> None:
    item = scene.harm("a", Harm.FRAUD)
    before = scene.proposals(item)
    scene.clock.advance(HOUR)
    scene.story("story-a", item)
    assert scene.proposals(item) == before


def test_what_lost_its_reason_is_withdrawn_and_comes_back_with_it(scene: Scene) -> None:
    item = scene.harm("a", Harm.FRAUD)
    scene.judge(item, Lane.NEUTRAL)
    scene.story("story-a", item)
    assert {(one.state, one.reviewed_by) for one in scene.proposals(item).values()} == {(ProposalState.REJECTED, None)}
    scene.judge(item, Lane.HARM, found(Harm.FRAUD))
    scene.story("story-a", item)
    assert {one.state for one in scene.proposals(item).values()} == {ProposalState.PROPOSED}


def test_what_a_person_rejected_is_not_proposed_again(scene: Scene) -> None:
    scene.complaint("a")
    with scene.records.begin() as tx:
        decide.reject_story(tx, "story-a", REVIEWER, scene.now)
        story = tx.stories.get("story-a")
        tx.stories.put(story, now=scene.now)
    scene.propose()
    assert {one.state for one in scene.proposals(story_id="story-a").values()} == {ProposalState.REJECTED}


def test_a_worse_severity_brings_the_deadline_forward(scene: Scene) -> None:
    item = scene.harm("a", Harm.FRAUD, severity=Severity.S3)
    before = scene.proposals(item)["A11"]
    scene.judge(item, Lane.HARM, found(Harm.FRAUD), severity=Severity.S4)
    scene.story("story-a", item)
    after = scene.proposals(item)["A11"]
    assert (before.severity, after.severity) == (Severity.S3, Severity.S4)
    assert after.due_at - after.created_at == timedelta(minutes=15)
    assert after.proposal_id == before.proposal_id


def test_an_item_keeps_its_decisions_when_it_moves_to_another_story(scene: Scene) -> None:
    item = scene.harm("a", Harm.FRAUD)
    with scene.records.begin() as tx:
        decide.accept_item(tx, item.item_id, REVIEWER, scene.province, scene.now)
    scene.story("story-b", item)
    moved = scene.proposals(item)
    assert {one.story_id for one in moved.values()} == {"story-b"}
    assert {one.state for one in moved.values()} == {ProposalState.REVIEWED}


def test_an_item_is_sent_to_its_own_agency_not_to_its_story_s(scene: Scene) -> None:
    item = scene.post("a", title="Nghe nói học sinh ngộ độc")
    scene.judge(item, Lane.UNVERIFIED, agency_codes=("so-yt",))
    scene.story("s", item, agency_codes=("so-nnmt",))
    assert scene.proposals(item)["A02"].actor == "so-yt"


def test_an_erased_item_is_proposed_for_referral(scene: Scene) -> None:
    item = scene.harm("a", Harm.CHILD_ABUSE, severity=Severity.S4)
    with scene.records.read() as tx:
        assert tx.items.get(item.item_id).text == ""
    assert set(scene.proposals(item)) == {"A11", "A09"}


def test_actions_in_words(scene: Scene) -> None:
    scene.complaint("a", reach=Reach.R2)
    said = {code: wording.say(one, scene.province) for code, one in scene.proposals(story_id="story-a").items()}
    assert said["A07"].startswith("Chuyển ") and "Sở Nông nghiệp và Môi trường" in said["A07"]
    assert "chậm nhất ngày 30/11/2026" in said["A08"] and "chậm nhất ngày 14/12/2026" in said["A08"]
    assert "trước 08 giờ 00 ngày 21/11/2026" in said["A04"]
    assert not any("{" in words or "A0" in words for words in said.values())


def test_links_are_defanged_once() -> None:
    for link, safe in (
        ("https://dien-luc.example/a.b?c=1", "hxxps://dien-luc[.]example/a.b?c=1"),
        ("http://a.b.example", "hxxp://a[.]b[.]example"),
        ("dien-luc.example", "dien-luc[.]example"),
        ("[BANK:1]", "[BANK:1]"),
    ):
        assert wording.defang(link) == safe
        assert wording.defang(safe) == safe
    assert wording.defang_text("bấm https://a.example/x, ngay") == "bấm hxxps://a[.]example/x, ngay"


def test_unknown_codes_stand_for_themselves(scene: Scene) -> None:
    assert wording.agency_name(scene.province, "khong-co") == "khong-co"
    assert wording.agency_name(scene.province, "police") == "Công an tỉnh"
    assert wording.place_name(scene.province, "khong-co") == "khong-co"
