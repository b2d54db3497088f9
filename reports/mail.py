"""One e-mail per recipient: readable on a phone without opening the PDF; same edition, same bytes."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.charset import BASE64, Charset
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime
from typing import Any

from provinces.types import Recipient
from reports.model import EditionContent
from reports.render import page

FULL_EDITION = frozenset({"chairman", "office", "leadership"})
"""Kinds of recipients that get the whole edition.

Agencies and the police only ever get extracts (``domain.md`` §7, model notes).
"""


@dataclass(frozen=True)
class Mailbox:
    """The sender: an address of the office's mail domain and the name shown.

    The default can receive nothing (RFC 2606).
    """

    address: str = "bao-cao@lang-nghe.invalid"
    name: str = "Báo cáo thông tin hằng ngày"


# A charset of our own: the registry's is shared by the process, and Apprise changes it to quoted-printable, which cuts names
# into several encoded words; some readers show a blank where two of them meet.
_UTF8 = Charset("utf-8")
_UTF8.header_encoding = BASE64


class _Policy(EmailPolicy):
    """CRLF lines, and headers folded by ``email.header``.

    The standard policy of Python 3.11 loses blanks between encoded words ("xin ý kiến" arrives as "xiný kiến").
    """

    def fold_binary(self, name: str, value: Any) -> bytes:
        """Return one header line, non-ASCII parts as RFC 2047 encoded words."""
        if str(value).isascii():
            return super().fold_binary(name, value)
        if hasattr(value, "addresses"):
            pairs = ((Header(one.display_name, _UTF8).encode(), one.addr_spec) for one in value.addresses)
            folded = ",\n ".join(f"{words}\n <{address}>" for words, address in pairs)
        else:
            folded = Header(str(value), _UTF8, header_name=name).encode()
        return f"{name}: {folded}\n".replace("\n", "\r\n").encode("ascii")


def recipients(all_of_them: Sequence[Recipient], kind: str) -> tuple[Recipient, ...]:
    """Return who receives the whole edition of a kind (``daily`` …)."""
    return tuple(one for one in all_of_them if one.kind in FULL_EDITION and kind in one.editions)


def message_id(edition_id: str, revision: int, recipient: str, sender: str) -> str:
    """Return the fixed Message-ID of one delivery.

    The same on every try, so that a mail client can fold a second copy.
    """
    digest = hashlib.sha256(f"{edition_id}|{revision}|{recipient}".encode()).hexdigest()[:32]
    return f"<{digest}@{sender.rpartition('@')[2]}>"


def pdf_name(content: EditionContent, reissue: int = 0) -> str:
    """Return the attachment's file name: ``Bao-cao-20-11-2026.pdf``, ``…-sua-1.pdf`` for a corrected one."""
    day = datetime.fromisoformat(content.window_end)
    tail = f"-sua-{reissue}" if reissue else ""
    return f"Bao-cao-{day:%d-%m-%Y}{tail}.pdf"


def compose_mail(
    content: EditionContent,
    pdf: bytes,
    recipient: Recipient,
    *,
    revision: int = 1,
    reissue: int = 0,
    mailbox: Mailbox = Mailbox(),
) -> EmailMessage:
    """Return the message: text and HTML alternatives and the PDF.

    Date is the edition's cut-off and boundaries are fixed, so that the bytes depend on the edition alone.
    """
    mail = EmailMessage(policy=_Policy(linesep="\r\n"))
    mail["Subject"] = content.subject + (f" (bản sửa lần {reissue})" if reissue else "")
    mail["From"] = Address(display_name=mailbox.name, addr_spec=mailbox.address)
    mail["To"] = Address(display_name=recipient.name, addr_spec=recipient.address)
    mail["Date"] = format_datetime(datetime.fromisoformat(content.window_end))
    mail["Message-ID"] = message_id(content.edition_id, revision, recipient.key, mailbox.address)
    mail["Auto-Submitted"] = "auto-generated"
    mail["Content-Language"] = "vi"
    mail.set_content(page("mail.txt.j2", content, reissue), cte="quoted-printable")
    mail.add_alternative(page("mail.html.j2", content, reissue), subtype="html", cte="quoted-printable")
    mail.add_attachment(pdf, maintype="application", subtype="pdf", filename=pdf_name(content, reissue))
    for number, part in enumerate(part for part in mail.walk() if part.is_multipart()):
        part.set_boundary(f"=={hashlib.sha256(f'{content.edition_id}|{number}'.encode()).hexdigest()[:40]}==")
    return mail
