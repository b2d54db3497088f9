"""What leaves: real HTTP servers on this machine, crashes between sending and noting, and what no payload may hold."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import stamina
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

import alerts
from alerts.channels import sign
from alerts.send import validate_referral
from records import ReferralState
from records.types import Harm, Lane, MaskKind, Reach, SealedValue, Severity
from review import cases, decide
from tests.review.scene import APPROVER, CYBER, HOUSE, LIAISON, MINUTE, PHONE, POSTER, REVIEWER, Scene, found

SECRET = b"bi mat dung chung"


@pytest.fixture(autouse=True)
def _quick_retries() -> Iterator[None]:
    stamina.set_testing(True, attempts=3, cap=True)
    yield
    stamina.set_testing(False)


def referred(scene: Scene, harm: Harm = Harm.FRAUD, name: str = "a", **changes: Any) -> str:
    """Have two people refer a post; return the referral's id."""
    item = scene.harm(name, harm, **changes)
    with scene.records.begin() as tx:
        decide.accept_item(tx, item.item_id, REVIEWER, scene.province, scene.now)
        decide.approve(tx, scene.proposals(item)["A11"].proposal_id, APPROVER, scene.province, scene.now)
        return next(one.referral_id for one in tx.outward.referrals_open() if one.item_id == item.item_id)


def send(
    scene: Scene, desk: alerts.Channel | None = None, cyber: alerts.Channel | None = None
) -> tuple[list[alerts.Message], list[alerts.Message], dict[str, int]]:
    """Run the sender; return what desk and cyber got, and the counts."""
    at_desk, at_cyber = alerts.MemoryChannel(), alerts.MemoryChannel()
    report = alerts.send(scene.records, scene.province, scene.clock, desk=desk or at_desk, cyber=cyber or at_cyber)
    return at_desk.sent, at_cyber.sent, dict(report.counts)


# --- the signed webhook


def test_the_webhook_is_signed_tried_again_and_told_apart(scene: Scene, httpserver: HTTPServer) -> None:
    referral_id = referred(scene)
    got: list[Request] = []

    def answer(request: Request) -> Response:
        got.append(request)
        request.get_data()
        return Response(status=503 if len(got) == 1 else 200)

    httpserver.expect_request("/nhan", method="POST").respond_with_handler(answer)
    channel = alerts.WebhookChannel(httpserver.url_for("/nhan"), SECRET)
    _, _, counts = send(scene, cyber=channel)
    assert counts["referral"] == 1
    assert len(got) == 2
    for request in got:
        body = request.get_data()
        stamp = request.headers["webhook-timestamp"]
        assert request.headers["webhook-signature"] == f"v1={sign(SECRET, stamp, body)}"
        assert sign(b"anderes", stamp, body) not in request.headers["webhook-signature"]
        assert request.headers["idempotency-key"] == request.headers["webhook-id"] == f"referral:{referral_id}"
        assert json.loads(body)["referral_id"] == referral_id
    assert send(scene, cyber=channel)[2].get("referral", 0) == 0  # nothing is sent twice
    assert len(got) == 2


@pytest.mark.parametrize("status", [500, 503, 429])
def test_an_answer_that_passes_is_tried_again_later(scene: Scene, httpserver: HTTPServer, status: int) -> None:
    referred(scene)
    httpserver.expect_request("/nhan").respond_with_data("", status=status)
    channel = alerts.WebhookChannel(httpserver.url_for("/nhan"), SECRET)
    assert send(scene, cyber=channel)[2]["retry"] == 1
    assert send(scene, cyber=channel)[2].get("retry", 0) == 0  # not before its time
    scene.clock.advance(MINUTE)
    assert send(scene, cyber=channel)[2]["retry"] == 1
    httpserver.clear()
    httpserver.expect_request("/nhan").respond_with_data("")
    scene.clock.advance(6 * MINUTE)
    assert send(scene, cyber=channel)[2]["referral"] == 1


@pytest.mark.parametrize("status", [400, 401, 404, 302])
def test_a_final_refusal_waits_for_a_person_who_sends_it_again(
    scene: Scene, httpserver: HTTPServer, status: int
) -> None:
    referral_id = referred(scene)
    elsewhere = {"location": httpserver.url_for("/noi-khac")}
    httpserver.expect_request("/nhan").respond_with_data("", status=status, headers=elsewhere)
    httpserver.expect_request("/noi-khac").respond_with_data("")
    assert send(scene, cyber=alerts.WebhookChannel(httpserver.url_for("/nhan"), SECRET))[2]["quarantine"] == 1
    assert [request.path for request, _ in httpserver.log] == ["/nhan"]  # a redirect is not followed
    with scene.records.begin() as tx:
        (row,) = tx.quarantine.list("deliver")
        assert (row.subject_id, row.reason) == (f"referral:{referral_id}", "channel_refused")
        assert alerts.resend(tx, row.subject_id, scene.now)
        assert not alerts.resend(tx, "referral:x", scene.now)
    assert len(send(scene)[1]) == 1
    with scene.records.read() as tx:
        assert tx.quarantine.list("deliver") == []


def test_a_server_that_is_away_is_tried_again(scene: Scene) -> None:
    referred(scene)
    assert send(scene, cyber=alerts.WebhookChannel("http://127.0.0.1:9/", SECRET))[2]["retry"] == 1


@pytest.mark.parametrize(
    ("url", "secret"), [("http://cong-an.example/nhan", SECRET), ("https://cong-an.example/", b"")]
)
def test_nothing_travels_in_the_clear_or_unsigned(url: str, secret: bytes) -> None:
    with pytest.raises(alerts.AlertError):
        alerts.WebhookChannel(url, secret)


def test_the_secret_is_never_printed() -> None:
    assert "bi mat" not in repr(alerts.WebhookChannel("https://a.example/", SECRET))
    assert "token" not in repr(alerts.AppriseChannel(("tgram://token/1",)))


# --- crashes


def test_a_sender_that_died_after_sending_sends_again_under_the_same_key(scene: Scene) -> None:
    referral_id = referred(scene)

    class Dies(alerts.MemoryChannel):
        def send(self, message: alerts.Message) -> None:
            super().send(message)
            raise KeyboardInterrupt  # the process ends between the server's answer and our note of it

    dying = Dies()
    with pytest.raises(KeyboardInterrupt):
        send(scene, cyber=dying)
    assert send(scene)[1] == []  # the claim may still be alive
    scene.clock.advance(3 * MINUTE)
    (again,) = send(scene)[1]
    assert again.key == dying.sent[0].key == f"referral:{referral_id}"
    assert again.body == dying.sent[0].body
    scene.clock.advance(60 * MINUTE)
    assert send(scene)[1] == []


def test_a_message_that_cannot_be_made_blocks_no_other(scene: Scene) -> None:
    good = referred(scene, name="a")
    with scene.records.begin() as tx:
        tx.outbox.put("verification", "verification:x", {"verification_id": "x"}, scene.now)
        tx.outbox.put("case", "case:x", {"case_id": "x", "reminder": 0}, scene.now)
    _, cyber, counts = send(scene)
    assert counts["quarantine"] == 2
    assert [message.body["referral_id"] for message in cyber] == [good]


def test_files_are_written_once_and_for_the_service_alone(scene: Scene, tmp_path: Path) -> None:
    referral_id = referred(scene)
    channel = alerts.FileChannel(tmp_path / "out")
    send(scene, desk=channel, cyber=channel)
    (file,) = (tmp_path / "out" / "referral").iterdir()
    assert file.name == f"referral-{referral_id}.json"
    assert file.stat().st_mode & 0o077 == 0
    validate_referral(json.loads(file.read_text("utf-8"))["body"])
    (tmp_path / "blocked").write_text("")
    with pytest.raises(alerts.ChannelUnavailable):
        message = alerts.Message(topic="t", key="k", subject="", text="", body={})
        alerts.FileChannel(tmp_path / "blocked" / "x").send(message)


def test_the_file_with_a_callers_number_goes_72_hours_after_the_closing(scene: Scene, tmp_path: Path) -> None:
    first, second = scene.call("a"), scene.call("b")
    with scene.records.begin() as tx:
        for item in (first, second):
            decide.accept_item(tx, item.item_id, REVIEWER, scene.province, scene.now)
        rescues = {call.item_id: call.rescue_id for call in tx.outward.rescues_open()}
    referred(scene, name="c")
    channel = alerts.FileChannel(tmp_path / "alerts")
    send(scene, desk=channel, cyber=channel)
    folder = tmp_path / "alerts" / "rescue"
    assert [PHONE in path.read_text("utf-8") for path in folder.iterdir()] == [True, True]
    scene.clock.advance(60 * MINUTE)
    with scene.records.begin() as tx:
        decide.close_rescue(tx, rescues[first.item_id], REVIEWER, scene.now)
    scene.clock.advance(72 * 60 * MINUTE - MINUTE)
    assert alerts.expire(tmp_path, scene.records, scene.clock) == 0
    scene.clock.advance(MINUTE)
    assert alerts.expire(tmp_path, scene.records, scene.clock) == 1
    assert [path.name for path in folder.iterdir()] == [f"rescue-{rescues[second.item_id]}.json"]
    scene.clock.advance(27 * 24 * 60 * MINUTE)
    assert alerts.expire(tmp_path, scene.records, scene.clock) > 1  # the open call's too, and those of other topics
    assert [path for path in (tmp_path / "alerts").rglob("*") if path.is_file()] == []
    assert alerts.expire(tmp_path, scene.records, scene.clock) == 0


def test_what_a_killed_sender_left_half_written_is_overwritten(scene: Scene, tmp_path: Path) -> None:
    channel = alerts.FileChannel(tmp_path)
    one = message("rescue")
    path = channel.path(one.topic, one.key)
    path.parent.mkdir()
    path.with_suffix(".part").write_text(f"{PHONE}, dở dang")
    channel.send(one)
    assert list(path.parent.iterdir()) == [path]


# --- Apprise


def message(topic: str, *to: str) -> alerts.Message:
    return alerts.Message(topic=topic, key=f"{topic}:1", subject="Chủ đề", text="Lời", body={}, to=to)


def test_apprise_reaches_the_recipients_and_nobody_else(httpserver: HTTPServer) -> None:
    for path in ("/desk", "/ptds", "/mail"):
        httpserver.expect_request(path).respond_with_data("")
    at = f"json://{httpserver.host}:{httpserver.port}"
    channel = alerts.AppriseChannel((f"{at}/desk", f"{at}/mail?+to={{to}}"))
    channel.send(message("rescue", f"{at}/ptds"))
    assert [request.path for request, _ in httpserver.log] == ["/ptds"]  # the desk's group hears no phone number
    channel.send(message("verification", "so@tinh.example"))
    assert [request.path for request, _ in httpserver.log] == ["/ptds", "/mail"]
    channel.send(message("alert", "truc-chinh@tinh.example"))
    assert sorted(request.path for request, _ in httpserver.log[2:]) == ["/desk", "/mail"]
    assert json.loads(httpserver.log[0][0].get_data())["message"] == "Lời"


def test_apprise_without_a_way_refuses_and_a_deaf_server_is_tried_again(httpserver: HTTPServer) -> None:
    at = f"json://{httpserver.host}:{httpserver.port}"
    for channel, said in (
        (alerts.AppriseChannel((f"{at}/desk",)), message("case", "so@tinh.example")),
        (alerts.AppriseChannel((f"{at}/desk",)), message("case")),
        (alerts.AppriseChannel(()), message("alert")),
        (alerts.AppriseChannel(("nonsense://",)), message("alert")),
    ):
        with pytest.raises(alerts.ChannelRefused):
            channel.send(said)
    httpserver.expect_request("/desk").respond_with_data("", status=500)
    with pytest.raises(alerts.ChannelUnavailable):
        alerts.AppriseChannel((f"{at}/desk",)).send(message("alert"))


def test_addresses_are_read_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "apprise.txt"
    file.write_text("# kênh\n\n tgram://a/b \nmailtos://u:p@m.example?to={to}\n", "utf-8")
    assert alerts.read_addresses(file) == ("tgram://a/b", "mailtos://u:p@m.example?to={to}")
    with pytest.raises(alerts.AlertError):
        alerts.read_addresses(tmp_path / "absent")


# --- what the messages hold


@pytest.mark.parametrize(
    ("harm", "changes"),
    [
        (Harm.FRAUD, {}),
        (Harm.IMPERSONATION, {}),
        (Harm.VIOLENCE, {"imminent": True, "severity": Severity.S4}),
        (Harm.CHILD_ABUSE, {"severity": Severity.S4}),
        (Harm.LEAKED_DATA, {}),
        (Harm.MALICIOUS_LINK, {}),
    ],
)
def test_a_referral_keeps_to_its_schema_and_holds_no_resident(
    scene: Scene, harm: Harm, changes: dict[str, Any]
) -> None:
    referred(scene, harm, **changes)
    (sent,) = send(scene)[1]
    validate_referral(sent.body)
    assert sent.body["url"] == "hxxps://xomnho[.]example/t/a"
    assert sent.to == ("truc-ban@cong-an.gia-lai.example",)
    said = json.dumps(sent.body, ensure_ascii=False) + sent.subject + sent.text
    for unwanted in (PHONE, HOUSE, POSTER, "[PHONE:1]", "Bài a", "http"):
        assert unwanted not in said
    assert len(sent.body["artefacts"]) == (0 if harm is Harm.CHILD_ABUSE else 1)


def test_the_link_of_an_erased_page_goes_to_the_cyber_team_alone_and_once_answered_is_gone(scene: Scene) -> None:
    referral_id = referred(scene, Harm.CHILD_ABUSE, severity=Severity.S4)
    _, (sent,), _ = send(scene)
    assert sent.body["url"] == "hxxps://xomnho[.]example/t/a"
    with scene.records.begin() as tx:
        referral = tx.outward.referral(referral_id)
        assert [entry.verb for entry in tx.audit.list(f"item:{referral.item_id}")].count("unseal") == 1
        alerts.record_answer(tx, referral_id, ReferralState.RECEIVED, CYBER, scene.now)
        assert tx.sealed.kinds(referral.item_id) == []


@pytest.mark.parametrize(
    "changes",
    [
        {"harm": "H3"},
        {"harm": "H5"},
        {"approved_by": None},
        {"harm": "H4", "imminent": False},
        {"text": "lời của người dân"},
        {"severity": "S9"},
        {"reviewed_by": ""},
        {"referral_id": "x"},
    ],
)
def test_the_schema_refuses_what_may_not_be_referred(scene: Scene, changes: dict[str, Any]) -> None:
    referred(scene)
    (sent,) = send(scene)[1]
    with pytest.raises(jsonschema.ValidationError):
        validate_referral({**sent.body, **changes})


def test_a_release_says_until_when_it_may_be_recalled_and_the_recall_follows(scene: Scene) -> None:
    item = scene.harm("a", Harm.VIOLENCE, imminent=True, severity=Severity.S4)
    with scene.records.begin() as tx:
        decide.release(tx, scene.proposals(item)["A11"].proposal_id, REVIEWER, scene.province, scene.now)
    (sent,) = send(scene)[1]
    assert (sent.body["released"], sent.body["approved_by"]) == (True, None)
    assert sent.body["confirm_by"] == "2026-11-20T01:30:00+00:00"
    with scene.records.begin() as tx:
        decide.recall(tx, sent.body["referral_id"], APPROVER, scene.now, "nhầm")
    (recalled,) = send(scene)[1]
    assert (recalled.topic, recalled.body["referral_id"]) == ("recall", sent.body["referral_id"])
    assert "nhầm" not in json.dumps(recalled.body, ensure_ascii=False)


def test_civil_defence_alone_gets_the_phone_and_every_opening_is_audited(scene: Scene) -> None:
    call = scene.call("a")
    with scene.records.begin() as tx:
        decide.accept_item(tx, call.item_id, REVIEWER, scene.province, scene.now)
    alerts.run(scene.records, scene.province, scene.clock)
    desk, cyber, _ = send(scene)
    assert cyber == []
    by_topic = {message.topic: message for message in desk}
    rescue = by_topic["rescue"]
    assert rescue.to == ("truc-ban@ptds.gia-lai.example",)
    assert rescue.body["contact"] == {"[ADDRESS:1]": HOUSE, "[PHONE:1]": PHONE}
    assert PHONE in rescue.text and "cần thuyền" in rescue.text
    for topic, other in by_topic.items():
        if topic != "rescue":
            assert PHONE not in repr(other) and HOUSE not in repr(other)
    with scene.records.read() as tx:
        opened = [entry for entry in tx.audit.list(f"item:{call.item_id}") if entry.verb == "unseal"]
        assert {entry.detail["mask"] for entry in opened} == {"PHONE:1", "ADDRESS:1"}
        assert {entry.actor for entry in opened} == {REVIEWER.name}
        assert PHONE not in repr(tx.audit.list())
        assert tx.audit.verify().ok


def test_a_call_recalled_before_it_left_opens_no_seal(scene: Scene) -> None:
    call = scene.call("a")
    with scene.records.begin() as tx:
        decide.accept_item(tx, call.item_id, REVIEWER, scene.province, scene.now)
        (sent,) = tx.outward.rescues_open()
        decide.recall(tx, sent.rescue_id, APPROVER, scene.now, "không phải kêu cứu")
    desk, _, _ = send(scene)
    assert len(desk) == 2
    assert PHONE not in repr(desk)
    with scene.records.read() as tx:
        assert "unseal" not in {entry.verb for entry in tx.audit.list()}


def test_a_request_and_a_notice_hold_the_claim_and_no_link_of_a_post(scene: Scene) -> None:
    rumour = scene.rumour("a", Reach.R2)
    with scene.records.begin() as tx:
        decide.accept_item(tx, rumour.item_id, REVIEWER, scene.province, scene.now)
    desk, cyber, _ = send(scene)
    assert cyber == []
    assert {message.topic for message in desk} == {"verification", "notice"}
    for message in desk:
        said = repr(message)
        assert "hồ a xả lũ đêm nay" in message.body["claim"]
        for unwanted in ("xomnho", "http", POSTER, PHONE, "đối tượng", "tin giả"):
            assert unwanted not in said
    (notice,) = [message for message in desk if message.topic == "notice"]
    assert "truc-ban@cong-an.gia-lai.example" in notice.to
    assert "van-phong@gia-lai.example" in notice.to


def test_a_case_and_its_reminder_reach_the_agency_without_the_complainant(scene: Scene) -> None:
    agency = next(agency for agency in scene.province.agencies if agency.code == "so-nnmt")
    agencies = tuple(
        replace(one, mailbox="so-nnmt@gia-lai.example") if one is agency else one for one in scene.province.agencies
    )
    scene.province = replace(scene.province, agencies=agencies)
    item = scene.post("a", title="Rác ở https://xomnho.example/t/a chưa gom")
    scene.judge(item, Lane.FEEDBACK)
    scene.story("s", item, lane=Lane.FEEDBACK)
    with scene.records.begin() as tx:
        decide.accept_story(tx, "s", REVIEWER, scene.province, scene.now)
        (case,) = tx.cases.open()
        cases.remind(tx, case.case_id, LIAISON, scene.now)
    first, reminder = send(scene)[0]
    assert first.to == reminder.to == ("so-nnmt@gia-lai.example",)
    assert first.subject == "Chuyển phản ánh để giải quyết"
    assert reminder.subject.startswith("Nhắc việc") and reminder.body["reminder"] == 1
    assert "https://" not in repr(first) and POSTER not in repr(first)
    assert "17 giờ 00 ngày 14/12/2026" in first.text


@pytest.mark.parametrize("seed", range(5))
def test_no_sealed_value_is_in_any_message_but_the_contact_of_a_rescue(scene: Scene, seed: int) -> None:
    draw = random.Random(seed)
    phone = "09" + "".join(draw.choices("0123456789", k=8))
    name = "Họ " + "".join(draw.choices("bcdghklmnpqrstvxyz", k=draw.randint(5, 12))).capitalize()
    account = "".join(draw.choices("123456789", k=12))
    sealed = (
        SealedValue(kind=MaskKind.PHONE, number=1, value=phone),
        SealedValue(kind=MaskKind.PERSON, number=1, value=name),
        SealedValue(kind=MaskKind.BANK, number=1, value=account),
    )
    words = "[PERSON:1] bảo gọi [PHONE:1], chuyển tới [BANK:1] https://dien-luc-hotro.example/x"
    every = [found(harm, imminent=True) for harm in Harm if harm is not Harm.CHILD_ABUSE]
    harms = draw.sample(every, k=draw.randint(2, len(every)))
    items = []
    for kind, lane, findings in (
        ("harm", Lane.HARM, harms),
        ("rumour", Lane.UNVERIFIED, []),
        ("complaint", Lane.FEEDBACK, []),
    ):
        item = scene.post(kind, title=f"{kind} {words}", body=words, sealed=sealed)
        scene.judge(item, lane, *findings, severity=Severity.S4)
        scene.story(kind, item, lane=lane, reach=Reach.R2)
        items.append(item)
    alerts.run(scene.records, scene.province, scene.clock)
    with scene.records.begin() as tx:
        decide.accept_story(tx, "complaint", REVIEWER, scene.province, scene.now)
        for item in items[:2]:
            decide.accept_item(tx, item.item_id, REVIEWER, scene.province, scene.now)
        for proposal in tx.proposals.of_item(items[0].item_id):
            decide.approve(tx, proposal.proposal_id, APPROVER, scene.province, scene.now)
    desk, cyber, _ = send(scene)
    assert {message.topic for message in (*desk, *cyber)} >= {"verification", "notice", "case", "alert"}
    for message in (*desk, *cyber):
        assert not [value.value for value in sealed if value.value in repr(message)]


# --- answers


def test_the_cyber_team_answers_and_nobody_else(scene: Scene) -> None:
    referral_id = referred(scene)
    with scene.records.begin() as tx:
        for person in (REVIEWER, APPROVER):
            with pytest.raises(alerts.AlertError):
                alerts.record_answer(tx, referral_id, ReferralState.RECEIVED, person, scene.now)
        for state in (ReferralState.SENT, ReferralState.RECALLED):
            with pytest.raises(alerts.AlertError):
                alerts.record_answer(tx, referral_id, state, CYBER, scene.now)
        alerts.record_answer(tx, referral_id, ReferralState.RECEIVED, CYBER, scene.now)
        with pytest.raises(alerts.AlertError, match="lý do"):
            alerts.record_answer(tx, referral_id, ReferralState.RETURNED, CYBER, scene.now)
        done = alerts.record_answer(tx, referral_id, ReferralState.RESULT, CYBER, scene.now, "đã chặn")
        assert (done.state, done.answer) == (ReferralState.RESULT, "đã chặn")
        with pytest.raises(alerts.AlertError):
            alerts.record_answer(tx, referral_id, ReferralState.RECEIVED, CYBER, scene.now)
        assert tx.outward.referrals_open() == []
        with pytest.raises(alerts.AlertError, match="Không có"):
            alerts.record_answer(tx, "x", ReferralState.RECEIVED, CYBER, scene.now)
        assert tx.audit.verify().ok


def test_a_recalled_referral_takes_no_answer(scene: Scene) -> None:
    referral_id = referred(scene)
    with scene.records.begin() as tx:
        decide.recall(tx, referral_id, APPROVER, scene.now, "nhầm")
        with pytest.raises(alerts.AlertError, match="thu hồi"):
            alerts.record_answer(tx, referral_id, ReferralState.RESULT, CYBER, scene.now, "đã chặn")
        assert tx.outward.referral(referral_id).state is ReferralState.RECALLED
