"""Delivery against a real SMTP server: one copy each, also when the process dies around the answer."""

from __future__ import annotations

import multiprocessing
import os
import ssl
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, time, timedelta
from email import charset, policy
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path
from typing import Any

import pytest

from provinces.types import Recipient
from records import Records, VirtualClock
from records.types import Edition, EditionKind, EditionState
from reports import deliver
from reports.compose import compose
from reports.errors import ContentInvalid, DeliveryRefused
from reports.mail import Mailbox, compose_mail, message_id, recipients
from reports.model import EditionContent
from tests.reports import sample
from tests.reports.postbox import PASSWORD, USER, Postbox

NOW = datetime(2026, 11, 20, 0, 5, tzinfo=UTC)  # 07:05 in Vietnam
MAILBOX = Mailbox("bao-cao@binh-minh.example", "Sở Văn hóa, Thể thao và Du lịch")


@pytest.fixture
def records(tmp_path: Path) -> Records:
    return Records.open(tmp_path / "data", province="binh-minh")


@pytest.fixture(scope="session")
def small() -> EditionContent:
    """Return a reviewed edition of two stories: quick to lay out."""
    return compose(sample.given(stories=sample.stories()[:2], history=(), cases=()))


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock(NOW)


def put(records: Records, content: EditionContent, state: EditionState = EditionState.AUTOMATIC) -> Edition:
    with records.begin() as tx:
        edition = tx.editions.put(
            Edition(
                edition_id=content.edition_id,
                kind=EditionKind.DAILY,
                revision=1,
                window_start=datetime.fromisoformat(content.window_start),
                window_end=datetime.fromisoformat(content.window_end),
                state=EditionState.AUTOMATIC if state is EditionState.AUTOMATIC else EditionState.REVIEWED,
                made_at=NOW,
                content=content.as_dict(),
                content_hash=content.content_hash,
            )
        )
        if state is EditionState.APPROVED:
            edition = tx.editions.set_state(edition.edition_id, edition.revision, state, approved_by="Người duyệt")
        return edition


def send(records: Records, clock: VirtualClock, sender: deliver.Sender, **options: Any) -> dict[str, Any]:
    report = deliver.run(
        records,
        sample.province(),
        clock,
        sender=sender,
        sender_address=MAILBOX.address,
        sender_name=MAILBOX.name,
        **options,
    )
    return {key: number for key, number in report.as_dict()["counts"].items() if number} | report.reasons


def smtp(postbox: Postbox, context: ssl.SSLContext, **changes: Any) -> deliver.SmtpSender:
    options: dict[str, Any] = {
        "host": "127.0.0.1",
        "port": postbox.port,
        "username": USER,
        "password": PASSWORD,
        "context": context,
        "timeout": 5.0,
    }
    return deliver.SmtpSender(**(options | changes))


def test_whole_edition_goes_to_chairman_and_office_never_to_police() -> None:
    agency = Recipient(key="so", name="Sở", address="so@x.example", kind="agency", agency_code="so-xd")
    weekly = Recipient(key="tuan", name="Tuần", address="t@x.example", kind="leadership", editions=("weekly",))
    everyone = (*sample.province().recipients, agency, weekly)
    assert [one.key for one in recipients(everyone, "daily")] == ["chu-tich", "van-phong"]


@pytest.fixture(params=["as it is", "changed by another library"])
def registry(request: pytest.FixtureRequest) -> Iterator[None]:
    """The process-wide table of mail charsets, also as Apprise leaves it."""
    kept = dict(charset.CHARSETS)
    if request.param != "as it is":
        charset.add_charset("utf-8", charset.QP, charset.QP, "utf-8")
    yield
    charset.CHARSETS.clear()
    charset.CHARSETS.update(kept)


def test_mail_reads_without_the_pdf_and_is_the_same_every_time(reviewed: EditionContent, registry: None) -> None:
    to = sample.province().recipients[0]
    made = compose_mail(reviewed, b"%PDF-1.7 test", to, mailbox=MAILBOX)
    assert made.as_bytes() == compose_mail(reviewed, b"%PDF-1.7 test", to, mailbox=MAILBOX).as_bytes()
    mail = BytesParser(policy=policy.default).parsebytes(made.as_bytes())
    assert mail["Subject"] == "[Báo cáo ngày 20/11/2026] 03 việc xin ý kiến; không có việc khẩn cấp"
    assert mail["From"].addresses[0].display_name == "Sở Văn hóa, Thể thao và Du lịch"
    assert mail["To"].addresses[0].display_name == "Chủ tịch UBND tỉnh"
    html = mail.get_body(("html",))
    text = mail.get_body(("plain",))
    assert html is not None and text is not None
    for body in (html.get_content(), text.get_content()):
        assert "Mưa lũ làm hai người mất tích" in body
        assert "Sở Nông nghiệp và Môi trường xác minh" in body
        assert "DỰ THẢO – chờ ký số" in body
        assert "https://dien-luc-hotro" not in body
        assert "Không dùng để theo dõi" in body
    assert "http://" not in html.get_content() and "src=" not in html.get_content()
    assert 'name="viewport"' in html.get_content()
    attached = list(mail.iter_attachments())
    assert [part.get_filename() for part in attached] == ["Bao-cao-20-11-2026.pdf"]
    assert attached[0].get_content() == b"%PDF-1.7 test"
    assert all(len(line) <= 998 for line in made.as_bytes().split(b"\r\n"))


def test_plain_text_mail_is_not_html_escaped() -> None:
    one = sample.item("amp", "p1", 'A & B <hợp tác> "mới"', "Nội dung A & B.")
    from records.types import Lane

    story = sample.story("amp", ((one, sample.assessment(one, Lane.GOOD)),), Lane.GOOD)
    content = compose(sample.given(automatic=True, stories=(story,)))
    mail = compose_mail(content, b"", sample.province().recipients[0])
    text, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert text is not None and html is not None
    assert 'A & B <hợp tác> "mới"' in text.get_content()
    assert "A &amp; B &lt;hợp tác&gt;" in html.get_content()


def test_files_are_the_default_sender(
    records: Records, clock: VirtualClock, tmp_path: Path, small: EditionContent
) -> None:
    put(records, small, EditionState.APPROVED)
    sender = deliver.FileSender(tmp_path / "mail")
    assert send(records, clock, sender) == {"ok": 2, "queued": 2}
    names = sorted(path.name for path in (tmp_path / "mail").iterdir())
    assert names == [
        "binh-minh-daily-2026-11-20_1_chu-tich.eml",
        "binh-minh-daily-2026-11-20_1_van-phong.eml",
    ]
    assert send(records, clock, sender) == {}
    with records.read() as tx:
        assert {row.state for row in tx.editions.deliveries(small.edition_id)} == {"sent"}
        assert tx.editions.get(small.edition_id).state is EditionState.DELIVERED
        assert tx.audit.verify().ok


def test_full_disk_keeps_the_message_queued(
    records: Records, clock: VirtualClock, small: EditionContent, tmp_path: Path
) -> None:
    put(records, small, EditionState.APPROVED)
    (tmp_path / "mail").write_text("a file where the folder should be")
    assert send(records, clock, deliver.FileSender(tmp_path / "mail")) == {"queued": 2, "retry": 2, "mail_later": 2}


def test_automatic_edition_waits_until_seven(records: Records, automatic: EditionContent) -> None:
    put(records, automatic)
    early = VirtualClock(NOW - timedelta(minutes=30))
    sender = deliver.MemorySender()
    assert send(records, early, sender) == {}
    assert send(records, early, sender, release_at=None) == {"queued": 2, "ok": 2}
    assert sender.sent[0]["Subject"].startswith("[Báo cáo ngày 20/11/2026 – bản tự động] Chưa được biên tập kiểm tra")


def test_automatic_edition_leaves_at_seven(records: Records, clock: VirtualClock, automatic: EditionContent) -> None:
    put(records, automatic)
    assert send(records, clock, deliver.MemorySender(), release_at=time(7, 0)) == {"queued": 2, "ok": 2}
    with records.read() as tx:
        assert tx.editions.get(automatic.edition_id).state is EditionState.AUTOMATIC


def test_unapproved_edition_never_leaves(records: Records, clock: VirtualClock, small: EditionContent) -> None:
    edition = put(records, small, EditionState.REVIEWED)
    assert send(records, clock, deliver.MemorySender()) == {}
    with records.begin() as tx, pytest.raises(ContentInvalid, match="approve it first"):
        deliver.enqueue(tx, sample.province(), edition, NOW)


def test_corrected_edition_goes_again_marked_as_such(
    records: Records, clock: VirtualClock, small: EditionContent, automatic: EditionContent
) -> None:
    put(records, automatic)
    sender = deliver.MemorySender()
    send(records, clock, sender)
    put(records, small, EditionState.APPROVED)
    assert send(records, clock, sender) == {"queued": 2, "ok": 2}
    last = sender.sent[-1]
    assert last["Subject"].endswith("(bản sửa lần 1)")
    assert [part.get_filename() for part in last.iter_attachments()] == ["Bao-cao-20-11-2026-sua-1.pdf"]


def test_smtp_with_starttls_and_login(
    records: Records, clock: VirtualClock, postbox: Postbox, trusting: ssl.SSLContext, reviewed: EditionContent
) -> None:
    put(records, reviewed, EditionState.APPROVED)
    assert send(records, clock, smtp(postbox, trusting)) == {"queued": 2, "ok": 2}
    assert [envelope.rcpt_tos for envelope in postbox.messages] == [
        ["chu-tich@binh-minh.example"],
        ["van-phong@binh-minh.example"],
    ]
    mail = BytesParser(policy=policy.default).parsebytes(postbox.content(0))
    assert mail["Message-ID"] == message_id(reviewed.edition_id, 1, "chu-tich", MAILBOX.address)
    attached = next(iter(mail.iter_attachments())).get_content()
    assert attached.startswith(b"%PDF") and attached.rstrip().endswith(b"%%EOF")


def test_leading_dots_survive(postbox: Postbox, trusting: ssl.SSLContext) -> None:
    mail = EmailMessage(policy=policy.SMTP)
    mail["From"], mail["To"], mail["Subject"] = "a@x.example", "b@x.example", "x"
    mail.set_content(".một chấm\n..hai chấm\nhết", cte="8bit")
    smtp(postbox, trusting).send(mail, "k")
    received = BytesParser(policy=policy.default).parsebytes(postbox.content(0))
    assert received.get_content().splitlines()[:3] == [".một chấm", "..hai chấm", "hết"]


def test_untrusted_certificate_is_refused(
    records: Records, clock: VirtualClock, postbox: Postbox, small: EditionContent
) -> None:
    put(records, small, EditionState.APPROVED)
    result = send(records, clock, smtp(postbox, ssl.create_default_context()))
    assert result == {"queued": 2, "quarantine": 2, "mail_refused": 2}
    assert postbox.messages == []
    with records.read() as tx:
        assert "certificate" in tx.quarantine.list("deliver")[0].detail


def test_server_without_starttls_gets_neither_password_nor_content(certificate: Path, trusting: ssl.SSLContext) -> None:
    with Postbox(certificate, starttls=False) as plain:
        mail = EmailMessage(policy=policy.SMTP)
        mail["From"], mail["To"] = "a@x.example", "b@x.example"
        with pytest.raises(DeliveryRefused, match="STARTTLS"):
            smtp(plain, trusting).send(mail, "k")
        assert plain.messages == []


def test_wrong_password_is_refused_without_naming_it(postbox: Postbox, trusting: ssl.SSLContext) -> None:
    mail = EmailMessage(policy=policy.SMTP)
    mail["From"], mail["To"] = "a@x.example", "b@x.example"
    sender = smtp(postbox, trusting, password="sai-mat-khau")
    with pytest.raises(DeliveryRefused, match="refused the login") as refused:
        sender.send(mail, "k")
    assert "sai-mat-khau" not in str(refused.value) and "sai-mat-khau" not in repr(sender)


def test_busy_server_is_tried_again_later(
    records: Records, clock: VirtualClock, postbox: Postbox, trusting: ssl.SSLContext, small: EditionContent
) -> None:
    put(records, small, EditionState.APPROVED)
    postbox.answer = "451 try again later"
    assert send(records, clock, smtp(postbox, trusting)) == {"queued": 2, "retry": 2, "mail_later": 2}
    assert send(records, clock, smtp(postbox, trusting)) == {}, "not before its time"
    postbox.answer = "250 OK"
    clock.advance(deliver.RETRY_AFTER[0])
    assert send(records, clock, smtp(postbox, trusting)) == {"ok": 2}
    assert len(postbox.messages) == 2


def test_absent_server_is_tried_again_until_a_person_must_look(
    records: Records, clock: VirtualClock, small: EditionContent, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deliver, "MAX_ATTEMPTS", 3)
    put(records, small, EditionState.APPROVED)
    away = deliver.SmtpSender(host="127.0.0.1", port=1, timeout=2)
    assert send(records, clock, away)["retry"] == 2
    for _ in range(deliver.MAX_ATTEMPTS):
        clock.advance(timedelta(hours=1))
        last = send(records, clock, away)
    assert last == {}
    with records.read() as tx:
        assert {row.reason for row in tx.quarantine.list("deliver")} == {"mail_unreachable"}


def test_refused_recipient_does_not_stop_the_others(
    records: Records, clock: VirtualClock, postbox: Postbox, trusting: ssl.SSLContext, small: EditionContent
) -> None:
    put(records, small, EditionState.APPROVED)
    sender = smtp(postbox, trusting)
    calls = 0

    class OneRefused:
        def send(self, mail: EmailMessage, entry_key: str) -> str:
            nonlocal calls
            calls += 1
            postbox.rcpt_answer = "550 no such mailbox" if calls == 1 else ""
            return sender.send(mail, entry_key)

    assert send(records, clock, OneRefused()) == {"queued": 2, "quarantine": 1, "mail_refused": 1, "ok": 1}
    with records.read() as tx:
        assert {row.recipient: row.state for row in tx.editions.deliveries(small.edition_id)} == {
            "chu-tich": "failed",
            "van-phong": "sent",
        }
        assert tx.editions.get(small.edition_id).state is EditionState.APPROVED


def test_connection_lost_before_the_answer_is_uncertain_and_resent_only_on_command(
    records: Records, clock: VirtualClock, postbox: Postbox, trusting: ssl.SSLContext, small: EditionContent
) -> None:
    put(records, small, EditionState.APPROVED)
    postbox.abort = True
    assert send(records, clock, smtp(postbox, trusting)) == {"queued": 2, "uncertain": 2}
    assert len(postbox.messages) == 2, "the server did take them"
    postbox.abort = False
    clock.advance(timedelta(days=1))
    assert send(records, clock, smtp(postbox, trusting)) == {}, "never again by itself"
    waiting = deliver.uncertain(records)
    assert [entry.payload["recipient"] for entry in waiting] == ["chu-tich", "van-phong"]
    deliver.confirm(records, waiting[:1], clock)
    deliver.resend(records, [waiting[1].entry_id], clock)
    assert send(records, clock, smtp(postbox, trusting)) == {"ok": 1}
    assert len(postbox.messages) == 3
    assert deliver.uncertain(records) == []


def _die(step: str) -> Callable[..., Any]:
    """Return a sender method that ends the process hard, before or after the message was taken."""

    def send(self: deliver.SmtpSender, mail: EmailMessage, entry_key: str) -> str:
        if step == "after":
            original(self, mail, entry_key)
        os._exit(9)

    original = deliver.SmtpSender.send
    return send


def _deliver_and_die(data: Path, port: int, ca: Path, step: str) -> None:
    deliver.SmtpSender.send = _die(step)  # type: ignore[method-assign]
    sender = deliver.SmtpSender(
        host="127.0.0.1",
        port=port,
        username=USER,
        password=PASSWORD,
        context=ssl.create_default_context(cafile=str(ca)),
    )
    with Records.open(data) as records:
        deliver.run(records, sample.province(), VirtualClock(NOW), sender=sender, sender_address=MAILBOX.address)


@pytest.mark.parametrize(("step", "arrived"), [("before", 0), ("after", 1)])
def test_killed_around_the_answer_nothing_is_sent_twice(
    tmp_path: Path,
    postbox: Postbox,
    certificate: Path,
    trusting: ssl.SSLContext,
    small: EditionContent,
    step: str,
    arrived: int,
) -> None:
    data = tmp_path / "data"
    with Records.open(data, province="binh-minh") as records:
        put(records, small, EditionState.APPROVED)
    process = multiprocessing.get_context("spawn").Process(
        target=_deliver_and_die, args=(data, postbox.port, certificate, step)
    )
    process.start()
    process.join(60)
    assert process.exitcode == 9
    assert len(postbox.messages) == arrived
    clock = VirtualClock(NOW + timedelta(minutes=1))
    with Records.open(data) as records:
        assert send(records, clock, smtp(postbox, trusting)) == {"ok": 1}, "the other recipient is served at once"
        clock.advance(deliver.STALE_CLAIM + timedelta(minutes=1))
        assert send(records, clock, smtp(postbox, trusting)) == {"uncertain": 1}
        assert len(postbox.messages) == arrived + 1
        assert [entry.payload["recipient"] for entry in deliver.uncertain(records)] == ["chu-tich"]


def test_recipient_that_left_the_profile_is_quarantined(
    records: Records, clock: VirtualClock, small: EditionContent
) -> None:
    edition = put(records, small, EditionState.APPROVED)
    stranger = Recipient(key="la", name="Người lạ", address="la@x.example", kind="office")
    with records.begin() as tx:
        province = sample.province(recipients=(stranger,))
        assert deliver.enqueue(tx, province, edition, NOW) == 1
    result = send(records, clock, deliver.MemorySender())
    assert result["mail_refused"] == 1 and result["ok"] == 2
