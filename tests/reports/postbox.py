"""A real SMTP server for tests: STARTTLS and login required, answers to order."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

USER, PASSWORD = "bao-cao", "mat-khau-thu"


class Postbox:
    """Collects messages. ``answer`` is what the server says after DATA; ``before_answer`` runs after storing, before it."""

    def __init__(self, certificate: Path, *, starttls: bool = True) -> None:
        self.messages: list[Envelope] = []
        self.answer = "250 OK"
        self.rcpt_answer = ""
        self.before_answer: Callable[[SMTP], None] = lambda server: None
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
        self._controller = Controller(self, hostname="127.0.0.1", port=0, **options)

    def _login(self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
        known = isinstance(data, LoginPassword) and data.login == USER.encode() and data.password == PASSWORD.encode()
        return AuthResult(success=known, handled=True)

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
        self.before_answer(server)
        return self.answer

    @property
    def port(self) -> int:
        """The port that the system chose."""
        assert self._controller.server is not None
        return int(self._controller.server.sockets[0].getsockname()[1])

    def __enter__(self) -> Postbox:
        self._controller.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._controller.stop()
