from __future__ import annotations

import io
from collections.abc import Iterable

import pytest
from rich.console import Console

from records.types import CaseState, Harm, Lane, Person, ProposalState, Severity, Span
from review import walk
from review.view import confidence, marked
from tests.review.scene import APPROVER, HOUSE, PHONE, POSTER, REVIEWER, Scene, found


def walk_with(scene: Scene, keys: Iterable[str], person: Person = REVIEWER, limit: int = 60) -> tuple[walk.Walked, str]:
    """Walk with the given keys and answers; return what came of it and everything the screen showed."""
    out = io.StringIO()
    screen = Console(file=out, width=160, force_terminal=False)
    walked = walk.start(
        scene.records, scene.province, scene.clock, person, keyboard=walk.Scripted(keys), screen=screen, limit=limit
    )
    return walked, out.getvalue()


def test_one_key_a_decision(scene: Scene) -> None:
    fraud, rumour = scene.harm("a", Harm.FRAUD), scene.rumour("b")
    scene.complaint("c")
    walked, said = walk_with(scene, "xxx")
    assert dict(walked.decided) == {"accept": 3}
    assert walked.unchecked == []
    assert "1/3" in said and "3/3" in said
    assert scene.proposals(fraud)["A11"].state is ProposalState.REVIEWED
    assert scene.proposals(rumour)["A02"].state is ProposalState.APPROVED
    with scene.records.read() as tx:
        assert [case.state for case in tx.cases.open()] == [CaseState.SENT]


def test_quitting_keeps_what_was_decided_and_lists_the_rest(scene: Scene) -> None:
    for name in "abcd":
        scene.complaint(name)
    walked, _ = walk_with(scene, "xbq")
    assert dict(walked.decided) == {"accept": 1}
    assert (len(walked.skipped), len(walked.unreached), len(walked.unchecked)) == (1, 2, 3)
    again, _ = walk_with(scene, "")
    assert len(again.unreached) == 3


def test_the_end_of_the_keyboard_is_a_quit(scene: Scene) -> None:
    scene.complaint("a")
    walked, _ = walk_with(scene, [])
    assert len(walked.unreached) == 1


def test_a_wrong_key_changes_nothing(scene: Scene) -> None:
    scene.complaint("a")
    walked, said = walk_with(scene, "zgdX")  # g and d belong to other tasks; capitals count
    assert dict(walked.decided) == {"accept": 1}
    assert "Phím “z” không có ở đây." in said


@pytest.mark.parametrize(
    ("keys", "lane"),
    [(["k"], Lane.NEUTRAL), (["p"], Lane.FEEDBACK), (["s", "4"], Lane.UNVERIFIED), (["s", "1"], Lane.GOOD)],
)
def test_no_harm_forwarding_and_correcting(scene: Scene, keys: list[str], lane: Lane) -> None:
    item = scene.harm("a", Harm.FRAUD)
    walk_with(scene, keys)
    with scene.records.read() as tx:
        assessment = tx.assessments.get(item.item_id)
        assert assessment and (assessment.lane, assessment.harms) == (lane, ())
        assert bool(tx.cases.open()) is (lane is Lane.FEEDBACK)


def test_a_text_in_another_language_is_read_or_put_in_its_lane(scene: Scene) -> None:
    for name in "ab":
        item = scene.post(name, title="", body=f"Lei hơmâo ia lŏng prŏng amăng plơi {name}.")
        scene.judge(item, Lane.NEUTRAL, language="jra", human_only=True)
        scene.story(name, item)
    walked, said = walk_with(scene, ["x", "s", "3"])
    assert dict(walked.decided) == {"accept": 1, "correct": 1}
    assert "TIN TIẾNG KHÁC, CẦN NGƯỜI ĐỌC" in said and "Chỉ người đọc được" in said
    assert "[k]" not in said  # nothing was suspected, so that nothing is rejected


def test_what_was_shown_stands_in_the_audit_chain_without_its_words(scene: Scene) -> None:
    fraud = scene.harm("a", Harm.FRAUD)
    scene.complaint("b")
    walk_with(scene, "bq")
    with scene.records.read() as tx:
        seen = [(one.actor, one.subject, dict(one.detail)) for one in tx.audit.list() if one.verb == "view"]
    assert sorted(seen) == [
        (REVIEWER.name, f"item:{fraud.item_id}", {"role": "reviewer"}),
        (REVIEWER.name, "story:story-b", {"role": "reviewer"}),
    ]


def test_a_correction_can_be_thought_better_of(scene: Scene) -> None:
    scene.complaint("a")
    walked, said = walk_with(scene, ["s", "", "s", "9", "s", "4", "x"])
    assert dict(walked.decided) == {"accept": 1}
    assert "Không có lựa chọn “9”." in said and "Không có lựa chọn “4”." in said


def test_hiding_a_name_shows_the_task_again_without_it(scene: Scene) -> None:
    item = scene.article("a", title="Bà Bịa Đặt kêu rác", body="Rác chưa ai gom.")
    scene.judge(item, Lane.FEEDBACK)
    scene.story("s", item, lane=Lane.FEEDBACK)
    walked, said = walk_with(scene, ["a", "không có", "a", "Bịa Đặt", "x"])
    assert dict(walked.decided) == {"accept": 1}
    assert "Không thấy trọn các từ này" in said
    assert "Bà [PERSON:1] kêu rác" in said
    with scene.records.read() as tx:
        assert "Bịa" not in tx.cases.open()[0].summary


def test_danger_to_life_can_be_released_with_one_key(scene: Scene) -> None:
    item = scene.harm("a", Harm.VIOLENCE, imminent=True, severity=Severity.S4)
    walked, said = walk_with(scene, "g")
    assert "[g] Chuyển ngay" in said
    assert dict(walked.decided) == {"release": 1}
    assert scene.proposals(item)["A11"].state is ProposalState.RELEASED
    scene.harm("b", Harm.FRAUD)
    assert "Chuyển ngay" not in walk_with(scene, "q")[1]


def test_a_released_post_has_its_other_acts_reviewed(scene: Scene) -> None:
    item = scene.harm("a", Harm.CHILD_ABUSE, severity=Severity.S4)
    _, said = walk_with(scene, "g")
    assert "(không lưu nội dung)" in said
    states = {action: one.state for action, one in scene.proposals(item).items()}
    assert states == {"A11": ProposalState.RELEASED, "A09": ProposalState.REVIEWED}


def test_the_second_person_walks_through_confirmations_and_approvals(scene: Scene) -> None:
    threat = scene.harm("a", Harm.VIOLENCE, imminent=True, severity=Severity.S4)
    fraud = scene.harm("b", Harm.FRAUD)
    walk_with(scene, "gx")
    walked, said = walk_with(scene, ["x", "d", "d", "d", "d", "t", "thừa"], APPROVER)
    assert dict(walked.decided) == {"confirm": 1, "approve": 4, "decline": 1}
    assert "CHỜ NGƯỜI THỨ HAI" in said
    assert scene.proposals(threat)["A11"].state is ProposalState.APPROVED
    states = [one.state for one in scene.proposals(fraud).values()]
    assert sorted(states) == [ProposalState.APPROVED] * 4 + [ProposalState.REJECTED]
    assert walk_with(scene, "x", APPROVER)[0].decided.total() == 0


def test_a_recall_asks_for_its_reason(scene: Scene) -> None:
    scene.harm("a", Harm.VIOLENCE, imminent=True, severity=Severity.S4)
    walk_with(scene, "g")
    walked, _ = walk_with(scene, ["h", "", "h", "nhầm"], APPROVER)
    assert dict(walked.decided) == {"recall": 1}


def test_what_a_colleague_decided_meanwhile_is_said_and_left(scene: Scene) -> None:
    from review import decide

    scene.complaint("a")

    class Slow(walk.Scripted):
        def key(self) -> str:
            with scene.records.begin() as tx:
                if not tx.decisions.of("story", "story-a"):
                    decide.accept_story(tx, "story-a", APPROVER, scene.province, scene.now)
            return super().key()

    out = io.StringIO()
    screen = Console(file=out, width=160)
    walked = walk.start(scene.records, scene.province, scene.clock, REVIEWER, keyboard=Slow("xb"), screen=screen)
    assert "không có đề xuất nào chờ duyệt" in out.getvalue()
    assert walked.decided.total() == 0


def test_the_screen_shows_what_a_decision_needs_and_no_resident(scene: Scene) -> None:
    item = scene.post("a")
    scene.judge(item, Lane.HARM, found(Harm.FRAUD))
    scene.story("s", item)
    scene.rumour("b")
    _, said = walk_with(scene, "vbvb")
    for wanted in (
        "Nghi lừa đảo, chiếm đoạt tài sản · mức cao",
        "hxxps://xomnho[.]example/t/a",
        "hxxps://dien-luc-hotro[.]example/tai",
        "Độ tin cậy: Cao",
        "Cơ quan trả lời: Sở Nông nghiệp và Môi trường",
        "1 tin, bài · 1 nguồn độc lập",
        "Chuyển Công an tỉnh (đường dẫn, tên miền, thời điểm; không kèm thông tin người phản ánh) trước 12 giờ 00",
        "[x] Xác nhận",
        "[k] Không phải thông tin gây hại",
        "[q] Thoát",
        "chưa xác định địa bàn",
    ):
        assert wanted in " ".join(said.replace("│", "").split()), wanted
    for unwanted in (PHONE, HOUSE, POSTER, "https://", "http://", "model m", "A11", "H1"):
        assert unwanted not in said, unwanted


def test_the_limit_holds_and_the_rest_is_unchecked(scene: Scene) -> None:
    for number in range(5):
        scene.complaint(f"c{number}")
    walked, said = walk_with(scene, "xxxxx", limit=2)
    assert walked.decided.total() == 2
    assert len(walked.unchecked) == 3
    assert "2/2" in said


def test_evidence_is_marked_and_links_are_defanged() -> None:
    words = "Bấm https://a.example/x để nhận tiền"
    spans = [Span(start=4, end=23), Span(start=words.index("nhận"), end=len(words))]
    text = marked(words, spans, full=True)
    assert text.plain == "Bấm hxxps://a[.]example/x để nhận tiền"
    marks = [text.plain[span.start : span.end] for span in text.spans if "yellow" in str(span.style)]
    assert "".join(marks) == "hxxps://a[.]example/xnhận tiền"


def test_long_texts_show_the_surroundings_of_evidence() -> None:
    words = "a" * 1000 + " lừa đảo " + "b" * 1000
    shown = marked(words, [Span(start=1001, end=1008)]).plain
    assert "lừa đảo" in shown and len(shown) < 320 and shown.endswith("…")
    assert marked("ngắn", []).plain == "ngắn"


@pytest.mark.parametrize(("probability", "said"), [(0.99, "Cao"), (0.85, "Cao"), (0.7, "Vừa"), (0.3, "Thấp")])
def test_confidence_in_words(probability: float, said: str) -> None:
    assert confidence(probability) == said
