from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from records.types import Harm, Lane, Person, Reach, Role, Severity
from review import decide
from review.queue import Task, TaskKind, queue
from tests.review.scene import APPROVER, HOUR, MINUTE, REVIEWER, Scene, found


def tasks(scene: Scene, person: Person | None = None, limit: int = 60) -> list[Task]:
    with scene.records.read() as tx:
        return queue(tx, scene.now, limit, person)[0]


def ids(scene: Scene, person: Person | None = None) -> list[str]:
    return [task.subject_id for task in tasks(scene, person)]


def test_most_important_first(scene: Scene) -> None:
    complaint = scene.complaint("phan-anh")
    fraud = scene.harm("lua-dao", Harm.FRAUD)
    rumour = scene.rumour("tin-don")
    threat = scene.harm("de-doa", Harm.VIOLENCE, imminent=True, severity=Severity.S4)
    call = scene.call("keu-cuu")
    assert complaint
    assert ids(scene) == [call.item_id, threat.item_id, fraud.item_id, rumour.item_id, "story-phan-anh"]
    assert tasks(scene)[0].why[0] == "kêu cứu"


def test_plain_news_needs_no_decision(scene: Scene) -> None:
    for name in ("a", "b", "c"):
        item = scene.article(name)
        scene.judge(item, Lane.NEUTRAL)
        scene.story(f"story-{name}", item)
    assert tasks(scene) == []


def test_what_no_model_reads_is_read_by_a_person_once_per_text(scene: Scene) -> None:
    copies = [scene.post(name, title="", body="Lei hơmâo ia lŏng prŏng amăng plơi.") for name in ("a", "b")]
    for item in copies:
        scene.judge(item, Lane.NEUTRAL, language="jra", human_only=True)
    scene.story("s", *copies)
    complaint = scene.complaint("c")
    assert complaint
    first, second = tasks(scene)
    assert (first.kind, len(first.assessed), first.proposals) == (TaskKind.READ, 2, ())
    assert first.subject == f"item:{first.subject_id}"
    assert first.why[0] == "tiếng khác, máy không xếp loại"
    assert second.subject_id == "story-c"
    with scene.records.begin() as tx:
        assert decide.accept_item(tx, first.subject_id, REVIEWER, scene.province, scene.now, "đã xem") == []
        assert all(tx.decisions.of("item", item.item_id) for item in copies)
    assert ids(scene) == ["story-c"]
    edited = scene.post("a", title="", body="Lei hơmâo ia lŏng prŏng, djru bơi.")
    scene.judge(edited, Lane.NEUTRAL, language="jra", human_only=True)
    assert [task.kind for task in tasks(scene)] == [TaskKind.READ, TaskKind.STORY]
    with scene.records.begin() as tx:
        decide.correct_item(tx, edited.item_id, REVIEWER, scene.now, lane=Lane.FEEDBACK)
    scene.story("s", edited, lane=Lane.FEEDBACK)  # as ``link`` does after a correction
    assert {(task.kind, task.subject_id) for task in tasks(scene)} == {
        (TaskKind.STORY, "s"), (TaskKind.STORY, "story-c")
    }  # fmt: skip


def test_what_lies_beyond_the_limit_is_listed_as_unchecked(scene: Scene) -> None:
    for number in range(7):
        scene.complaint(f"c{number}")
    scene.harm("lua-dao", Harm.FRAUD)
    with scene.records.read() as tx:
        shown, unchecked = queue(tx, scene.now, 5)
    assert (len(shown), len(unchecked)) == (5, 3)
    assert shown[0].kind is TaskKind.ITEM
    assert {task.subject_id for task in (*shown, *unchecked)} >= {f"story-c{number}" for number in range(7)}


def test_a_busy_morning_keeps_to_the_limit_by_deciding_texts_and_stories(scene: Scene) -> None:
    # 30 complaints about one matter, 25 copies of one fraud, 200 plain articles: three decisions.
    matter = [scene.article(f"rac{number}") for number in range(30)]
    for item in matter:
        scene.judge(item, Lane.FEEDBACK)
    scene.story("rac", *matter, lane=Lane.FEEDBACK)
    frauds = [scene.post(f"lua{number}", body="Nhận hoàn tiền ở https://dien-luc.example") for number in range(25)]
    for item in frauds:
        scene.judge(item, Lane.HARM, found(Harm.FRAUD))
    scene.story("lua", *frauds)
    news = [scene.article(f"tin{number}") for number in range(20)]
    for item in news:
        scene.judge(item, Lane.NEUTRAL)
    scene.story("tin", *news)
    assert len(tasks(scene)) == 2
    assert len(tasks(scene)[0].assessed) == 25


def test_a_decided_story_stays_away_until_something_material_changes(scene: Scene) -> None:
    item = scene.complaint("a")
    others = [scene.article(f"b{number}") for number in range(3)]
    for other in others:
        scene.judge(other, Lane.FEEDBACK)
    with scene.records.begin() as tx:
        decide.reject_story(tx, "story-a", REVIEWER, scene.now)
    scene.clock.advance(HOUR)
    scene.story("story-a", item, lane=Lane.FEEDBACK)
    assert tasks(scene) == []
    scene.story("story-a", item, *others, lane=Lane.FEEDBACK)  # families 1 → 4
    (task,) = tasks(scene)
    assert {one.action for one in task.proposals} == {"A07", "A08"}
    with scene.records.begin() as tx:
        decide.accept_story(tx, "story-a", REVIEWER, scene.province, scene.now)
    assert tasks(scene) == []


def test_an_accepted_story_comes_back_wider_or_in_another_lane(scene: Scene) -> None:
    item = scene.complaint("a")
    with scene.records.begin() as tx:
        decide.accept_story(tx, "story-a", REVIEWER, scene.province, scene.now)
    scene.story("story-a", item, lane=Lane.FEEDBACK, reach=Reach.R1)
    assert tasks(scene) == []
    scene.story("story-a", item, lane=Lane.FEEDBACK, reach=Reach.R2)
    (task,) = tasks(scene)
    assert {one.action for one in task.proposals} == {"A04", "A05"}
    with scene.records.begin() as tx:
        decide.accept_story(tx, "story-a", REVIEWER, scene.province, scene.now)
    scene.story("story-a", item, lane=Lane.GOOD, reach=Reach.R2)
    (task,) = tasks(scene)
    assert {one.action for one in task.proposals} == {"A14"}


def test_new_harm_in_a_decided_story_is_a_new_task(scene: Scene) -> None:
    first = scene.harm("a", Harm.FRAUD)
    with scene.records.begin() as tx:
        decide.accept_item(tx, first.item_id, REVIEWER, scene.province, scene.now)
    assert tasks(scene) == []
    second = scene.post("b")
    scene.judge(second, Lane.HARM, found(Harm.FRAUD))
    scene.story("story-a", first, second)
    assert ids(scene) == [second.item_id]


def test_a_decided_item_comes_back_with_another_harm_or_other_words(scene: Scene) -> None:
    item = scene.harm("a", Harm.LEAKED_DATA, severity=Severity.S2)
    with scene.records.begin() as tx:
        decide.accept_item(tx, item.item_id, REVIEWER, scene.province, scene.now)
    scene.clock.advance(HOUR)
    edited = scene.post("a", body="Giờ thì bán cả danh sách [PHONE:1]")
    assert edited.version == 2
    scene.judge(edited, Lane.HARM, found(Harm.FRAUD), found(Harm.LEAKED_DATA))
    scene.story("story-a", edited)
    assert ids(scene) == [item.item_id]


def test_hiding_a_name_is_no_decision_and_undoes_none(scene: Scene) -> None:
    item = scene.post("a", body="Bà Bịa Đặt mất tiền vì dien-luc.example", sealed=())
    scene.judge(item, Lane.HARM, found(Harm.FRAUD))
    scene.story("s", item)
    with scene.records.begin() as tx:
        decide.mask_words(tx, item.item_id, "Bịa Đặt", REVIEWER, scene.now)
    assert ids(scene) == [item.item_id]
    with scene.records.begin() as tx:
        decide.accept_item(tx, item.item_id, REVIEWER, scene.province, scene.now)
        decide.mask_words(tx, item.item_id, "mất tiền", REVIEWER, scene.now + MINUTE)
    scene.propose()
    assert tasks(scene) == []


def test_a_corrected_item_asks_again_for_what_it_now_proposes(scene: Scene) -> None:
    item = scene.harm("a", Harm.FRAUD)
    with scene.records.begin() as tx:
        decide.correct_item(tx, item.item_id, REVIEWER, scene.now, lane=Lane.UNVERIFIED, harms=())
    scene.story("story-a", item)
    (task,) = tasks(scene)
    assert {one.action for one in task.proposals} >= {"A02"}


def test_old_stories_leave_the_queue(scene: Scene) -> None:
    scene.complaint("a")
    scene.clock.advance(timedelta(hours=50))
    assert tasks(scene) == []


# --- second person


def test_the_second_person_gets_releases_first_and_never_their_own(scene: Scene) -> None:
    fraud = scene.harm("a", Harm.FRAUD)
    threat = scene.harm("b", Harm.VIOLENCE, imminent=True, severity=Severity.S4)
    scene.call("c")
    with scene.records.begin() as tx:
        decide.accept_item(tx, fraud.item_id, REVIEWER, scene.province, scene.now)
        decide.release(tx, scene.proposals(threat)["A11"].proposal_id, REVIEWER, scene.province, scene.now)
    first, *others = tasks(scene, APPROVER)
    assert first.kind is TaskKind.SENT
    assert first.why[0] == "còn 30 phút để xác nhận"
    approvals = [task for task in others if task.kind is TaskKind.PROPOSAL]
    assert len(approvals) == 5  # one task an act: A02, A09, A11, A12, A13
    assert others[0].subject_id == tasks(scene, REVIEWER)[0].subject_id  # the call for rescue before approvals
    same = replace(REVIEWER, name=REVIEWER.name.upper(), role=Role.APPROVER)
    assert {task.kind for task in tasks(scene, same)} == {TaskKind.ITEM}
    scene.clock.advance(31 * MINUTE)
    assert tasks(scene, APPROVER)[0].why[0] == "QUÁ HẠN xác nhận 1 phút"


def test_a_signer_only_approves(scene: Scene) -> None:
    fraud = scene.harm("a", Harm.FRAUD)
    scene.complaint("b")
    with scene.records.begin() as tx:
        decide.accept_item(tx, fraud.item_id, REVIEWER, scene.province, scene.now)
    signer = Person(name="Người Ký", role=Role.SIGNER)
    assert {task.kind for task in tasks(scene, signer)} == {TaskKind.PROPOSAL}


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.ADMIN, Role.CYBER])
def test_others_have_no_tasks(scene: Scene, role: Role) -> None:
    scene.complaint("b")
    assert tasks(scene, Person(name="Ai Đó", role=role)) == []


def test_an_unconfirmed_call_for_rescue_waits_for_its_second_person(scene: Scene) -> None:
    call = scene.call("a")
    with scene.records.begin() as tx:
        decide.accept_item(tx, call.item_id, REVIEWER, scene.province, scene.now)
        (sent,) = tx.outward.rescues_open()
    (task,) = tasks(scene, APPROVER)
    assert (task.kind, task.subject_id) == (TaskKind.SENT, sent.rescue_id)
