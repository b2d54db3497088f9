"""A real SMTP server for tests: STARTTLS and login required, answers to order."""

from __future__ import annotations

import socket
import ssl
import threading
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

USER, PASSWORD = "bao-cao", "mat-khau-thu"


class Postbox:
    """Collects messages. ``answer`` is what the server says after DATA; ``abort`` cuts the line instead, after storing."""

    def __init__(self, certificate: Path, *, starttls: bool = True) -> None:
        self.messages: list[Envelope] = []
        self.abort = False
        self.answer = "250 OK"
        self.rcpt_answer = ""
        self.lock = threading.Lock()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        options: dict[str, Any] = {
            "auth_required": starttls,
            "authenticator": self._login,
            "require_starttls": starttls,
            "tls_context": context if starttls else None,
        }
        if not starttls:
            options["auth_require_tls"] = False
        self._controller = Controller(self, hostname="127.0.0.1", port=_free_port(), **options)

    def _login(self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
        known = isinstance(data, LoginPassword) and data.login == USER.encode() and data.password == PASSWORD.encode()
        return AuthResult(success=known, handled=False)

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.rcpt_answer:
            return self.rcpt_answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self.answer.startswith("2"):
            with self.lock:
                self.messages.append(envelope)
        if self.abort:
            transport: Any = server.transport
            transport.abort()
        return self.answer

    def content(self, number: int) -> bytes:
        """Return the bytes of a received message."""
        received = self.messages[number].content
        assert isinstance(received, bytes)
        return received

    @property
    def port(self) -> int:
        """The port it listens on."""
        return int(self._controller.port)

    def __enter__(self) -> Postbox:
        self._controller.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._controller.stop()


def _free_port() -> int:
    # aiosmtpd cannot start on port 0: it knocks at its own door to see whether it is open.
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
