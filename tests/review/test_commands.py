"""The officers' commands as they are typed: messages, exit codes, JSON."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pytest_httpserver import HTTPServer

from langnghe import cli, log
from records import VirtualClock
from records.types import CaseState, Edition, EditionKind, EditionState, Harm, ProposalState, Severity
from tests.review.scene import Scene

Run = Callable[..., tuple[int, Any, str]]
REVIEWER = ("--by", "Hồ Thị Thử Nghiệm", "--role", "reviewer")
APPROVER = ("--by", "Bùi Thị Ví Dụ", "--role", "approver")


@pytest.fixture
def scene(scene: Scene) -> Scene:
    """Return the desk at the machine's own time, as the commands see it."""
    scene.clock = VirtualClock(datetime.now(UTC))
    return scene


@pytest.fixture
def run(scene: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Run:
    """Return what runs one command on the desk's data folder: exit code, JSON of stdout, stderr."""
    for name in [name for name in os.environ if name.startswith("LANGNGHE_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("COLUMNS", "200")
    # Logging would keep this test's captured stderr and break whoever logs after it is closed.
    monkeypatch.setattr(log, "configure", lambda style: None)

    def command(*words: str) -> tuple[int, Any, str]:
        capfd.readouterr()
        place = ["--province", "gia-lai", "--data", str(tmp_path)]
        monkeypatch.setattr(sys, "argv", ["langnghe", *words, *place])
        with pytest.raises(SystemExit) as end:
            cli.main()
        out, err = capfd.readouterr()
        return int(end.value.code or 0), json.loads(out) if out.strip() else None, err

    return command


def test_from_the_queue_to_a_referral(scene: Scene, run: Run) -> None:
    item = scene.harm("a", Harm.FRAUD)
    code, out, _ = run("review", "list", *REVIEWER, "--json")
    assert code == 0
    (task,) = out["tasks"]
    assert (task["kind"], task["id"], out["unchecked"]) == ("item", item.item_id, [])
    assert run("review", "show", task["short"], *REVIEWER)[0] == 0
    code, out, _ = run("review", "accept", task["short"], *REVIEWER, "--json")
    assert {one["state"] for one in out["proposals"]} == {"reviewed"}
    referral = next(one["proposal_id"] for one in out["proposals"] if one["action"] == "A11")
    code, _, said = run("approve", referral, "--by", "HO THI THU NGHIEM", "--role", "approver")
    assert code == 1 and "người thứ hai" in said
    assert run("approve", referral, *REVIEWER)[0] == 1
    assert run("approve", referral[:10], *APPROVER)[0] == 0
    code, out, _ = run("referral", "list", "--by", "Trực ban", "--role", "cyber", "--json")
    (sent,) = out["referrals"]
    for answer in (("received",), ("result", "--note", "đã chặn")):
        words = ("referral", "answer", sent["referral_id"], *answer, "--by", "Trực ban", "--role", "cyber")
        assert run(*words)[0] == 0
    assert run("referral", "answer", sent["referral_id"], "received", *REVIEWER)[0] == 1
    code, out, _ = run("audit", "verify", "--json")
    assert (code, out["ok"]) == (0, True)


def test_a_complaint_is_followed_to_its_end(scene: Scene, run: Run) -> None:
    scene.complaint("a")
    assert run("review", "accept", "story-a", *REVIEWER)[0] == 0
    (case,) = run("case", "list", "--json")[1]["cases"]
    case_id = case["case_id"]
    assert run("case", "list", "--overdue", "--json")[1]["cases"] == []
    assert run("case", "close", case_id, *REVIEWER)[0] == 1
    liaison = ("--by", "Lê Văn Đầu Mối", "--role", "liaison")
    for words in (
        ("case", "receive", case_id, "--in-progress", *liaison),
        ("case", "remind", case_id, *REVIEWER),
        ("case", "return", case_id, "--reason", "không đúng", "--to", "so-xd", *liaison),
        ("case", "answer", case_id, "--text", "Đã gom rác", "--published", *liaison),
        ("case", "close", case_id, *REVIEWER),
    ):
        assert run(*words)[0] == 0, words
    out = run("case", "show", case_id, "--json")[1]
    assert (out["case"]["state"], out["case"]["agency_code"]) == (CaseState.CLOSED, "so-xd")
    assert len(out["history"]) == 7
    assert run("case", "show", "V0")[0] == 1


def test_the_walk_reads_keys_from_a_pipe_and_lists_what_stays(
    scene: Scene, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    import io

    for name in "abc":
        scene.complaint(name)
    monkeypatch.setattr(sys, "stdin", io.StringIO("x\nb\nq\n"))
    code, out, said = run("review", "start", *REVIEWER, "--json")
    assert (code, out["decided"], len(out["unchecked"])) == (0, {"accept": 1}, 2)
    assert "1/3" in said
    monkeypatch.setattr(sys, "stdin", io.StringIO(""))
    code, _, said = run("review", "start", *REVIEWER, "--limit", "1")
    assert code == 0 and "chưa kiểm tra 2 việc" in said


def test_release_confirm_and_recall(scene: Scene, run: Run) -> None:
    items = [scene.harm(name, Harm.VIOLENCE, imminent=True, severity=Severity.S4) for name in "ab"]
    for item in items:
        assert run("release", scene.proposals(item)["A11"].proposal_id, *REVIEWER)[0] == 0
    first, second = run("referral", "list", *APPROVER, "--json")[1]["referrals"]
    assert first["unconfirmed"] and second["unconfirmed"]
    assert run("confirm", first["referral_id"], "--by", "hồ thị thử nghiệm", "--role", "approver")[0] == 1
    assert run("confirm", first["referral_id"][:8], *APPROVER)[0] == 0
    assert run("recall", second["referral_id"], *APPROVER, "--reason", "nhầm")[0] == 0
    assert run("recall", second["referral_id"], *APPROVER, "--reason", "nhầm")[0] == 1


def test_corrections_and_masks(scene: Scene, run: Run) -> None:
    item = scene.article("a", title="Bà Bịa Đặt kêu rác", body="Rác.")
    from records.types import Lane

    scene.judge(item, Lane.FEEDBACK)
    scene.story("story-a", item, lane=Lane.FEEDBACK)
    code, out, _ = run("review", "mask", item.item_id, "--words", "Bịa Đặt", *REVIEWER, "--json")
    assert (code, out["text"]) == (0, "Bà [PERSON:1] kêu rác\nRác.")
    assert run("review", "mask", item.item_id, *REVIEWER)[0] == 2
    assert run("review", "correct", "story-a", "--field", "khong-co", *REVIEWER)[0] == 1
    assert run("review", "correct", "story-a", *REVIEWER)[0] == 1
    assert run("review", "correct", "story-a", "--harm", "H1", *REVIEWER)[0] == 1
    assert run("review", "correct", "story-a", "--agency", "so-xd", "--lane", "feedback", *REVIEWER)[0] == 0
    assert run("review", "correct", item.item_id, "--lane", "neutral", "--tone", "negative", *REVIEWER)[0] == 0
    assert run("review", "reject", "khong-co-ai", *REVIEWER)[0] == 1
    assert scene.proposals(story_id="story-a")["A07"].state is ProposalState.PROPOSED


def test_alerts_are_listed_taken_on_and_run(scene: Scene, run: Run) -> None:
    scene.harm("a", Harm.FRAUD)
    assert run("alert", "--json")[1]["counts"]["opened"] == 1
    (alert,) = run("alert", "list", *REVIEWER, "--json")[1]["alerts"]
    assert "https://" not in alert["headline"]
    assert run("alert", "ack", alert["alert_id"], "--by", "Trực ban", "--role", "cyber")[0] == 1
    assert run("alert", "ack", alert["alert_id"], *REVIEWER)[0] == 0
    assert run("alert", "list", *REVIEWER, "--json")[1]["alerts"][0]["acknowledged_by"] == REVIEWER[1]


def test_a_rumour_is_put_to_its_agency_and_concluded(scene: Scene, run: Run) -> None:
    item = scene.rumour("a")
    assert run("review", "accept", item.item_id, *REVIEWER)[0] == 0
    (request,) = run("verification", "list", "--json")[1]["verifications"]
    request_id = request["verification_id"]
    assert run("verification", "conclude", request_id, "not_true", *REVIEWER)[0] == 1
    url = ("--url", "https://so-nnmt.example/tb")
    assert run("verification", "conclude", request_id, "not_true", *url, *REVIEWER)[0] == 0
    assert run("verification", "list", "--json")[1]["verifications"] == []


def test_a_call_for_rescue_is_handed_over_and_closed(scene: Scene, run: Run) -> None:
    item = scene.call("a")
    assert run("review", "accept", item.item_id, *REVIEWER)[0] == 0
    (call,) = run("rescue", "list", *REVIEWER, "--json")[1]["rescues"]
    assert run("confirm", call["rescue_id"], *APPROVER)[0] == 0
    assert run("rescue", "close", call["rescue_id"], *REVIEWER)[0] == 0
    assert run("rescue", "list", *REVIEWER, "--json")[1]["rescues"] == []


# --- add


def test_a_hotline_note_is_added_masked(scene: Scene, run: Run) -> None:
    words = ("--text", "Chị Nguyễn Thị Bịa báo ngập, gọi 0905 123 456", "--channel", "hotline")
    code, out, _ = run(
        "add", *words, "--where", "Đường dây nóng 1022", "--seen", "2026-11-20T07:30", *REVIEWER, "--json"
    )
    assert (code, out["outcome"], out["masked"]) == (0, "new", 2)
    with scene.records.read() as tx:
        item = tx.items.get(out["item_id"])
        assert item.published_at == datetime(2026, 11, 20, 0, 30, tzinfo=UTC)
        assert "0905" not in item.text and "Bịa" not in item.text
        assert tx.audit.list(f"item:{item.item_id}")[0].verb == "add"
    again = run("add", *words, "--where", "Đường dây nóng 1022", "--seen", "2026-11-20T07:30", *REVIEWER, "--json")
    assert again[1]["outcome"] == "unchanged"


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("--text", "Văn bản\nTỐI MẬT\nnội dung", "--where", "x"), 1),
        (("--text", "không rõ ở đâu"), 1),
        (("--text", "  ", "--where", "x"), 1),
        ((), 2),
        (("https://facebook.example/x", "--channel", "social"), 1),
    ],
)
def test_what_may_not_come_in_is_refused(run: Run, scene: Scene, words: tuple[str, ...], code: int) -> None:
    assert run("add", *words, *REVIEWER)[0] == code
    with scene.records.read() as tx:
        assert tx.items.scan() == []


def test_others_than_the_desk_add_nothing(run: Run) -> None:
    code, _, said = run("add", "--text", "x", "--where", "y", "--by", "Ai Đó", "--role", "cyber")
    assert code == 1 and "không được thực hiện" in said


def test_an_article_is_fetched_by_its_address(scene: Scene, run: Run, httpserver: HTTPServer) -> None:
    page = """<html lang="vi"><head><title>Quy Nhơn khắc phục ngập</title>
    <meta property="og:title" content="Quy Nhơn khắc phục ngập sau mưa lớn">
    <meta property="og:type" content="article">
    <meta property="article:published_time" content="2026-11-20T06:00:00+07:00"></head><body><article>
    <h1>Quy Nhơn khắc phục ngập sau mưa lớn</h1>%s</article></body></html>"""
    body = "".join(
        f"<p>Đoạn thứ {number} kể việc dọn bùn, thông cống ở các phường ven biển.</p>" for number in range(8)
    )
    httpserver.expect_request("/tin/ngap-1.html").respond_with_data(
        page % body, content_type="text/html; charset=utf-8"
    )
    httpserver.expect_request("/robots.txt").respond_with_data("", status=404)
    here = ("--allow-host", f"baobien.example=127.0.0.1:{httpserver.port}")
    code, out, said = run("add", "https://baobien.example/tin/ngap-1.html", *here, *REVIEWER, "--json")
    assert code == 0, said
    with scene.records.read() as tx:
        assert "dọn bùn" in tx.items.get(out["item_id"]).body
    assert run("add", "https://baobien.example/khong-co.html", *here, *REVIEWER)[0] == 1


# --- editions, quarantine, audit


def test_an_approved_edition_is_queued_for_its_recipients(scene: Scene, run: Run) -> None:
    with scene.records.begin() as tx:
        tx.editions.put(
            Edition(
                edition_id="gia-lai-daily-x", kind=EditionKind.DAILY, revision=1, window_start=scene.now,
                window_end=scene.now, state=EditionState.DRAFT, made_at=scene.now, content={"sections": []},
                content_hash="h",
            )
        )  # fmt: skip
    assert run("edition", "approve", "gia-lai-daily-x", *REVIEWER)[0] == 1
    code, out, _ = run("edition", "approve", "gia-lai-daily-x", *APPROVER, "--json")
    assert code == 0 and out["queued"] > 1
    assert run("edition", "approve", "gia-lai-daily-x", *APPROVER)[0] == 1
    assert run("edition", "list", "--json")[1]["editions"][0]["approved_by"] == APPROVER[1]
    office = ("--by", "Văn Thư", "--role", "office")
    assert run("instruction", "add", "gia-lai-daily-x", "Giao Sở trả lời", *office)[0] == 0
    assert run("instruction", "add", "gia-lai-daily-x", "Giao Sở trả lời", *REVIEWER)[0] == 1
    assert run("instruction", "add", "khong-co", "Giao Sở", *office)[0] == 1


def test_quarantine_is_listed_and_released_by_name(scene: Scene, run: Run) -> None:
    with scene.records.begin() as tx:
        tx.quarantine.put("assess", "i1", "too_long", "chi tiết", scene.now)
    assert run("quarantine", "list", "--json")[1]["quarantine"][0]["reason"] == "too_long"
    assert run("quarantine", "release", "assess", "i1", *REVIEWER)[0] == 1
    assert run("quarantine", "release", "assess", "i1", *APPROVER)[0] == 0
    assert run("quarantine", "release", "assess", "i1", *APPROVER)[0] == 1
    assert run("quarantine", "list", "--json")[1]["quarantine"] == []


def test_a_broken_chain_ends_with_one(scene: Scene, run: Run) -> None:
    import sqlalchemy as sa

    scene.complaint("a")
    assert run("review", "accept", "story-a", *REVIEWER)[0] == 0
    with scene.records.begin() as tx:
        tx.connection.execute(sa.text("DROP TRIGGER audit_no_update"))
        tx.connection.execute(sa.text("UPDATE audit SET actor = 'ai khác' WHERE seq = 1"))
    code, out, _ = run("audit", "verify", "--json")
    assert (code, out["ok"], out["broken_at"]) == (1, False, 1)


@pytest.mark.parametrize(
    "words",
    [
        ("review", "accept", "x"),
        ("review", "accept", "x", "--by", "A"),
        ("review", "accept", "x", "--by", "A", "--role", "vua"),
        ("case", "answer", "V1", *REVIEWER),
    ],
)
def test_wrong_usage_ends_with_two(run: Run, words: tuple[str, ...]) -> None:
    assert run(*words)[0] == 2


@pytest.mark.parametrize("role", ["admin", "collector", "liaison", "cyber", "office"])
def test_the_queue_is_not_shown_to_everybody(scene: Scene, run: Run, role: str) -> None:
    scene.complaint("a")
    assert run("review", "list", "--by", "Ai Đó", "--role", role)[0] == 1
    assert run("review", "show", "story-a", "--by", "Ai Đó", "--role", role)[0] == 1
