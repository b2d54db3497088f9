"""Stage ``deliver``: queued editions leave, one message per recipient.

What "exactly once" means here. The outbox row of a delivery is claimed (state "sending", committed) before the first
byte leaves and acknowledged after the server's answer. SMTP has no way to ask "did you take it?", so one gap remains:
a process that dies, or a connection that breaks, after the message was handed over and before the answer arrived. Such
a delivery becomes ``uncertain``: it is listed for a person and sent again only on command (``resend``). A second copy
is then possible and carries the same Message-ID; a silent second copy is not. Servers that accept a message and lose
it later are outside what SMTP tells us.
"""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Protocol
from zoneinfo import ZoneInfo

from provinces import Province
from records import Clock, Delivery, Records, StageReport, Transaction
from records.types import Edition, EditionKind, EditionState, OutboxEntry
from reports.errors import ContentInvalid, DeliveryLater, DeliveryRefused, DeliveryUncertain, RenderError
from reports.mail import Mailbox, compose_mail, message_id, recipients
from reports.model import EditionContent
from reports.render import render

TOPIC = "mail"
RETRY_AFTER = (timedelta(minutes=2), timedelta(minutes=5), timedelta(minutes=15), timedelta(hours=1))
"""Waits after the first, second … temporary failure (RFC 5321 4.5.4.1 asks for growing waits); the last one repeats."""
MAX_ATTEMPTS = 24
"""About a day of tries; then a person must look."""
STALE_CLAIM = timedelta(minutes=15)
"""A claim older than this lost its process: one message takes at most ``SmtpSender.timeout`` per step."""
RELEASE = time(7, 0)
"""When the automatic edition leaves if nobody approved one (``domain.md`` §2.2)."""
RELEASE_WINDOW = timedelta(days=2)
"""Older editions that were never approved stay where they are: yesterday's news is not mailed late by surprise."""
_AGREED = frozenset({EditionState.APPROVED, EditionState.DELIVERED})
READY = frozenset({EditionState.AUTOMATIC, EditionState.APPROVED})
"""Only these leave: the automatic form, or what a named person approved."""


class Sender(Protocol):
    """Hands one message over."""

    def send(self, mail: EmailMessage, entry_key: str) -> str:
        """Send and return the server's answer; raise one of the room's DeliveryErrors."""
        ...


@dataclass(slots=True)
class FileSender:
    """Writes each message as ``NAME.eml`` into ``folder``: the default without a mail server.

    Written whole or not at all.
    """

    folder: Path

    def send(self, mail: EmailMessage, entry_key: str) -> str:
        """Write the message; the same delivery gives the same file."""
        name = entry_key.replace(":", "_").replace("/", "_") + ".eml"
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            partial = self.folder / f".{name}.part"
            partial.write_bytes(mail.as_bytes())
            partial.replace(self.folder / name)
        except OSError as error:
            raise DeliveryLater(
                f"cannot write {name}: {error.strerror}: free space or fix the folder's rights"
            ) from error
        return f"file {name}"


@dataclass(slots=True)
class MemorySender:
    """Keeps messages in a list: the twin for tests and dry runs."""

    sent: list[EmailMessage] = field(default_factory=list)

    def send(self, mail: EmailMessage, entry_key: str) -> str:
        """Keep the message."""
        self.sent.append(mail)
        return "memory"


@dataclass(slots=True, kw_only=True)
class SmtpSender:
    """SMTP submission with STARTTLS (RFC 6409, 3207): no TLS, no credentials and no content."""

    host: str
    port: int = 587
    username: str = ""
    password: str = field(default="", repr=False)
    context: ssl.SSLContext = field(default_factory=ssl.create_default_context)
    timeout: float = 30.0

    def send(self, mail: EmailMessage, entry_key: str) -> str:
        """Send one message; the connection is new, so that one bad message cannot harm the next."""
        handed_over = False
        try:
            with smtplib.SMTP(self.host, self.port, timeout=self.timeout) as server:
                server.ehlo()
                if not server.has_extn("starttls"):
                    raise DeliveryRefused(
                        f"{self.host}:{self.port} offers no STARTTLS, nothing is sent in the clear: fix the server or port"
                    )
                server.starttls(context=self.context)
                server.ehlo()
                if self.username:
                    server.login(self.username, self.password)
                self._expect(server.mail(_address(mail, "From")), "MAIL FROM")
                self._expect(server.rcpt(_address(mail, "To")), "RCPT TO")
                self._expect(server.docmd("DATA"), "DATA", good=354)
                handed_over = True
                server.send(_dotted(mail.as_bytes()))
                answer = self._expect(server.getreply(), "message")
        except ssl.SSLError as error:
            # Also SSLCertVerificationError: before the message is handed over nothing is in doubt.
            if handed_over:
                raise DeliveryUncertain(f"TLS broke before the answer: {error}") from error
            raise DeliveryRefused(
                f"TLS with {self.host} failed: {error.reason or error}: check the server's certificate"
            ) from error
        except smtplib.SMTPAuthenticationError as error:
            raise DeliveryRefused(
                f"{self.host} refused the login ({error.smtp_code}): check user name and password"
            ) from error
        except (smtplib.SMTPServerDisconnected, OSError) as error:
            if handed_over:
                raise DeliveryUncertain(f"connection to {self.host} ended before the answer: {error}") from error
            raise DeliveryLater(f"{self.host}:{self.port} is away: {error}") from error
        except smtplib.SMTPException as error:
            raise DeliveryRefused(f"{self.host}: {error}") from error
        return answer

    @staticmethod
    def _expect(reply: tuple[int, bytes], step: str, good: int = 250) -> str:
        code, text = reply
        words = f"{step}: {code} {text.decode('utf-8', 'replace')}"
        if code == good or (good == 250 and code == 251):
            return words
        if 400 <= code < 500:
            raise DeliveryLater(words)
        raise DeliveryRefused(words)


def _address(mail: EmailMessage, header: str) -> str:
    return str(mail[header].addresses[0].addr_spec)


def _dotted(message: bytes) -> bytes:
    """Return the DATA block: CRLF lines, leading dots doubled, closed by a dot (RFC 5321 4.5.2)."""
    body = message.replace(b"\r\n.", b"\r\n..")
    if body.startswith(b"."):
        body = b"." + body
    return (body if body.endswith(b"\r\n") else body + b"\r\n") + b".\r\n"


def enqueue(tx: Transaction, province: Province, edition: Edition, now: datetime) -> int:
    """Queue one message per recipient of the whole edition, in the caller's transaction; return how many are new.

    A newer revision goes to everybody again, marked as such; the same revision never twice.
    """
    if edition.state not in READY:
        raise ContentInvalid(f"edition {edition.edition_id} is {edition.state}: approve it first")
    new = 0
    for recipient in recipients(province.recipients, edition.kind):
        key = f"{edition.edition_id}:{edition.revision}:{recipient.key}"
        payload = {
            "edition_id": edition.edition_id,
            "revision": edition.revision,
            "recipient": recipient.key,
            "content_hash": edition.content_hash,
        }
        if tx.outbox.put(TOPIC, key, payload, now):
            new += 1
            tx.editions.put_delivery(
                Delivery(
                    edition_id=edition.edition_id,
                    revision=edition.revision,
                    recipient=recipient.key,
                    state="queued",
                    at=now,
                )
            )
    return new


def release(tx: Transaction, province: Province, now: datetime, at: time | None = RELEASE) -> int:
    """Queue what is ready of the last two days; return how many messages are new.

    The newest approved revision leaves at once. Where nobody approved one, the newest automatic revision leaves from
    ``at`` (local time of its day; None: at once): people have the morning to review, and something always leaves.
    """
    zone = ZoneInfo(province.timezone)
    new = 0
    for kind in EditionKind:
        for newest in tx.editions.ending(kind, now - RELEASE_WINDOW, now):
            revisions = tx.editions.revisions(newest.edition_id)[::-1]
            chosen = next((one for one in revisions if one.state in _AGREED), None)
            if chosen is None and (
                at is None or now >= datetime.combine(newest.window_end.astimezone(zone).date(), at, zone)
            ):
                chosen = next((one for one in revisions if one.state is EditionState.AUTOMATIC), None)
            if chosen and chosen.state in READY and not _sent_already(tx, chosen, revisions):
                new += enqueue(tx, province, chosen, now)
    return new


def _sent_already(tx: Transaction, chosen: Edition, revisions: list[Edition]) -> bool:
    """Tell whether an earlier revision with the very same content was queued: nobody gets the same text twice."""
    queued = {delivery.revision for delivery in tx.editions.deliveries(chosen.edition_id)}
    return any(
        one.revision in queued and one.revision < chosen.revision and one.content_hash == chosen.content_hash
        for one in revisions
    )


def run(
    records: Records,
    province: Province,
    clock: Clock,
    *,
    sender: Sender,
    sender_address: str = Mailbox.address,
    sender_name: str = Mailbox.name,
    release_at: time | None = RELEASE,
) -> StageReport:
    """Queue what is ready and send what is queued; kill it anywhere, the next run goes on.

    ``release_at``: local time from which an automatic edition leaves (None: at once, for replays and demos).
    Counts ``ok``, ``retry``, ``uncertain``; refused ones are quarantined under stage ``deliver`` with the server's
    words.
    """
    report = StageReport("deliver", clock.now())
    mailbox = Mailbox(sender_address, sender_name)
    with records.begin() as tx:
        report.counts["queued"] += release(tx, province, clock.now(), release_at)
        for entry in tx.outbox.stale(TOPIC, clock.now() - STALE_CLAIM):
            _uncertain(tx, entry, "the sending process died before the server's answer was recorded", clock.now())
            report.counts["uncertain"] += 1
    loaded: dict[tuple[str, int], _Loaded] = {}
    while True:
        with records.begin() as tx:
            entries = tx.outbox.claim(TOPIC, 1, clock.now())
        if not entries:
            break
        _send(records, province, clock, entries[0], loaded, report, sender, mailbox)
    report.ended_at = clock.now()
    return report


def uncertain(records: Records) -> list[OutboxEntry]:
    """Return the deliveries of which nobody knows whether they arrived.

    Ask the recipient, then ``resend`` or ``confirm``.
    """
    with records.read() as tx:
        return [row.entry for row in tx.outbox.list(TOPIC, "uncertain")]


def resend(records: Records, entry_ids: Iterable[int], clock: Clock) -> None:
    """Queue uncertain deliveries again, on a person's word that they did not arrive."""
    with records.begin() as tx:
        tx.outbox.resend(list(entry_ids), clock.now())


def confirm(records: Records, entries: Iterable[OutboxEntry], clock: Clock) -> None:
    """Note that uncertain deliveries did arrive."""
    with records.begin() as tx:
        for entry in entries:
            tx.outbox.ack([entry.entry_id], clock.now())
            _log(tx, entry, "sent", clock.now(), detail="confirmed by a person")


@dataclass(frozen=True, slots=True)
class _Loaded:
    content: EditionContent
    pdf: bytes
    reissue: int


def _send(
    records: Records,
    province: Province,
    clock: Clock,
    entry: OutboxEntry,
    loaded: dict[tuple[str, int], _Loaded],
    report: StageReport,
    sender: Sender,
    mailbox: Mailbox,
) -> None:
    edition_id, revision = str(entry.payload["edition_id"]), int(entry.payload["revision"])
    key = str(entry.payload["recipient"])
    recipient = next((one for one in province.recipients if one.key == key), None)
    try:
        if recipient is None:
            raise DeliveryRefused(f"recipient {key!r} is no longer in the profile's recipients.toml")
        if (edition_id, revision) not in loaded:
            loaded[edition_id, revision] = _load(records, edition_id, revision)
        one = loaded[edition_id, revision]
        mail = compose_mail(one.content, one.pdf, recipient, revision=revision, reissue=one.reissue, mailbox=mailbox)
        answer = sender.send(mail, entry.key)
    except DeliveryLater as error:
        wait = RETRY_AFTER[min(entry.attempts, len(RETRY_AFTER)) - 1]
        with records.begin() as tx:
            if entry.attempts >= MAX_ATTEMPTS:
                _refuse(tx, entry, "mail_unreachable", str(error), clock.now())
                report.quarantine("mail_unreachable")
            else:
                tx.outbox.fail(entry.entry_id, str(error), retry_at=clock.now() + wait)
                report.retry("mail_later")
    except DeliveryUncertain as error:
        with records.begin() as tx:
            _uncertain(tx, entry, str(error), clock.now())
        report.counts["uncertain"] += 1
    except (DeliveryRefused, RenderError, ContentInvalid) as error:
        reason = "mail_refused" if isinstance(error, DeliveryRefused) else "edition_broken"
        with records.begin() as tx:
            _refuse(tx, entry, reason, str(error), clock.now())
        report.quarantine(reason)
    else:
        with records.begin() as tx:
            tx.outbox.ack([entry.entry_id], clock.now())
            identity = message_id(edition_id, revision, key, mailbox.address)
            _log(tx, entry, "sent", clock.now(), identity=identity, detail=answer)
            tx.audit.append("deliver", "send", f"edition:{edition_id}:{revision}", {"recipient": key}, clock.now())
            _close(tx, edition_id, revision)
        report.ok()


def _load(records: Records, edition_id: str, revision: int) -> _Loaded:
    """Return the stored content and its PDF: rendering is reproducible, so no file has to survive between stages."""
    with records.read() as tx:
        edition = tx.editions.get(edition_id, revision)
        again = reissues(tx, edition_id, revision)
    content = EditionContent.from_dict(edition.content)
    return _Loaded(content, render(content, reissue=again).pdf, again)


def reissues(tx: Transaction, edition_id: str, revision: int) -> int:
    """Return how many earlier revisions of an edition were sent or queued."""
    return len({delivery.revision for delivery in tx.editions.deliveries(edition_id) if delivery.revision < revision})


def _close(tx: Transaction, edition_id: str, revision: int) -> None:
    """Mark an approved edition as delivered when its last message left; an automatic one stays marked as automatic."""
    edition = tx.editions.get(edition_id, revision)
    if edition.state is EditionState.APPROVED and all(
        delivery.state == "sent" for delivery in tx.editions.deliveries(edition_id, revision)
    ):
        tx.editions.set_state(edition_id, revision, EditionState.DELIVERED)


def _uncertain(tx: Transaction, entry: OutboxEntry, why: str, now: datetime) -> None:
    tx.outbox.uncertain([entry.entry_id], why)
    _log(tx, entry, "uncertain", now, detail=why)


def _refuse(tx: Transaction, entry: OutboxEntry, reason: str, detail: str, now: datetime) -> None:
    tx.outbox.fail(entry.entry_id, detail, retry_at=None)
    tx.quarantine.put("deliver", entry.key, reason, detail, now)
    _log(tx, entry, "failed", now, detail=detail)


def _log(
    tx: Transaction, entry: OutboxEntry, state: str, now: datetime, *, identity: str = "", detail: str = ""
) -> None:
    tx.editions.put_delivery(
        Delivery(
            edition_id=str(entry.payload["edition_id"]),
            revision=int(entry.payload["revision"]),
            recipient=str(entry.payload["recipient"]),
            state=state,
            at=now,
            message_id=identity,
            detail=detail[:500],
        )
    )
