"""Ways a message leaves: a signed webhook, Apprise (mail, Telegram, ntfy, Zalo …), a file; and a twin for tests."""

from __future__ import annotations

import hashlib
import hmac
import http.client
import json
import os
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import quote, urlsplit

import apprise
import stamina

from alerts.errors import AlertError, ChannelRefused, ChannelUnavailable

TIMEOUT_S = 15.0
SIGNATURE_VERSION = "v1"
GATEWAY = "{to}"
"""Stands in an Apprise address for the mailbox that a message is for."""
DESK_TOPICS = frozenset({"alert"})
"""What the desk's own channels may hear; everything else goes to its recipients alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message. ``key`` is unique and stays the same when it is sent again; ``body`` is the machine-readable content."""

    topic: str
    key: str
    subject: str
    text: str
    body: Mapping[str, Any]
    to: tuple[str, ...] = ()


class Channel(Protocol):
    """A way out. Sending the same message twice must do no harm, or be told apart by ``Message.key``."""

    def send(self, message: Message) -> None:
        """Send, or raise :class:`ChannelUnavailable` (tried again) or :class:`ChannelRefused` (a person must look)."""
        ...


@dataclass(slots=True)
class MemoryChannel:
    """Keeps what was sent; ``failing`` raises that many times first."""

    sent: list[Message] = field(default_factory=list)
    failing: int = 0

    def send(self, message: Message) -> None:
        """Keep the message."""
        if self.failing:
            self.failing -= 1
            raise ChannelUnavailable("memory channel told to fail")
        self.sent.append(message)


@dataclass(frozen=True, slots=True)
class FileChannel:
    """Writes one JSON file per message into ``folder/TOPIC``, named by its key: writing it again changes nothing.

    Only the service's user may read them: a call for rescue holds the caller's number.
    """

    folder: Path

    def send(self, message: Message) -> None:
        """Write the file as a whole or not at all."""
        path = self.path(message.topic, message.key)
        # The same name for the same message: what a killed sender left is overwritten by the next one.
        partial = path.with_suffix(".part")
        content = {"subject": message.subject, "text": message.text, "to": list(message.to), "body": message.body}
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with open(partial, "w", encoding="utf-8", opener=_private) as file:
                json.dump(content, file, ensure_ascii=False, indent=1)
            partial.replace(path)
        except OSError as error:
            raise ChannelUnavailable(f"cannot write into {path.parent}: {error}") from error

    def path(self, topic: str, key: str) -> Path:
        """Return the file of a message."""
        return self.folder / topic / f"{key.replace(':', '-')}.json"


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


@dataclass(frozen=True, slots=True)
class WebhookChannel:
    """Posts JSON to one address, signed: ``webhook-signature: v1=HMAC-SHA256(secret, "TIMESTAMP.BODY")`` in hex.

    ``webhook-id`` and ``idempotency-key`` are the message's key. Answers: 2xx done, 5xx and 429 tried again, others
    (redirects too) final. Raises :class:`AlertError` for plain http beyond this machine, and without a secret.
    """

    url: str
    secret: bytes = field(repr=False)
    attempts: int = 3

    def __post_init__(self) -> None:
        """Refuse what would send indicators in the clear or unsigned."""
        parts = urlsplit(self.url)
        if parts.scheme != "https" and parts.hostname not in _THIS_MACHINE:
            raise AlertError("webhook_url must begin with https://: referrals never travel in the clear")
        if not self.secret:
            raise AlertError("the file named by webhook_secret_file is empty: nothing is sent unsigned")

    def send(self, message: Message) -> None:
        """Post the message, with up to ``attempts`` tries."""
        body = json.dumps(message.body, ensure_ascii=False, sort_keys=True).encode()
        for attempt in stamina.retry_context(on=ChannelUnavailable, attempts=self.attempts, timeout=60):
            with attempt:
                self._post(message.key, body)

    def _post(self, key: str, body: bytes) -> None:
        stamp = str(int(time.time()))
        request = urllib.request.Request(  # noqa: S310 — the operator's own address, from the settings
            self.url,
            data=body,
            method="POST",
            headers={
                "content-type": "application/json; charset=utf-8",
                "webhook-id": key,
                "idempotency-key": key,
                "webhook-timestamp": stamp,
                "webhook-signature": f"{SIGNATURE_VERSION}={sign(self.secret, stamp, body)}",
            },
        )
        try:
            with _OPENER.open(request, timeout=TIMEOUT_S):
                return
        except urllib.error.HTTPError as error:
            if error.code >= 500 or error.code == 429:
                raise ChannelUnavailable(f"webhook answered {error.code}") from error
            raise ChannelRefused(f"webhook answered {error.code}") from error
        except (OSError, http.client.HTTPException) as error:
            raise ChannelUnavailable(f"webhook not reached: {error}") from error


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """Leaves a redirect as the answer it is: a signed message goes to the configured address only."""

    def redirect_request(self, *_: Any) -> None:
        """Follow nothing."""


_OPENER = urllib.request.build_opener(_NoRedirect)
_THIS_MACHINE = frozenset({"127.0.0.1", "::1", "localhost"})


def sign(secret: bytes, timestamp: str, body: bytes) -> str:
    """Return the hex HMAC-SHA256 over ``TIMESTAMP.BODY``."""
    return hmac.new(secret, timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()


@dataclass(frozen=True, slots=True)
class AppriseChannel:
    """Notifies people through Apprise addresses, nobody but those a message is for.

    ``addresses``: the desk's own (``tgram://…``), which hear the desk's alerts only; and gateways, which hold ``{to}``
    (``mailtos://user:password@mail.example?to={to}``) and carry any message to the mailboxes it is for. Apprise does not
    tell repeats apart: where one of several recipients fails, the others may hear twice.
    """

    addresses: tuple[str, ...] = field(repr=False)

    def send(self, message: Message) -> None:
        """Notify every recipient. Apprise itself neither retries nor tells why it failed."""
        targets = self._targets(message)
        if not targets:
            raise ChannelRefused("nobody to send to: fill the roster, the agency's mailbox, or the file apprise_file")
        sender = apprise.Apprise()
        for target in targets:
            if not sender.add(target):
                # The address may hold a token: it is not named.
                raise ChannelRefused("an Apprise address of the settings or the roster cannot be read")
        if not bool(sender.notify(title=message.subject, body=message.text)):
            raise ChannelUnavailable("an Apprise channel did not take the message")

    def _targets(self, message: Message) -> list[str]:
        gateways = [address for address in self.addresses if GATEWAY in address]
        targets = [address for address in message.to if "://" in address]
        for mailbox in (address for address in message.to if "://" not in address):
            if not gateways and message.topic not in DESK_TOPICS:
                raise ChannelRefused(f"no gateway with {GATEWAY} in the file apprise_file: {mailbox} cannot be reached")
            targets += [gateway.replace(GATEWAY, quote(mailbox)) for gateway in gateways]
        if message.topic in DESK_TOPICS:
            targets += [address for address in self.addresses if GATEWAY not in address]
        return targets


def read_addresses(path: Path) -> tuple[str, ...]:
    """Return the Apprise addresses of a file, one a line; ``#`` starts a comment. Raises :class:`AlertError`."""
    try:
        lines = [line.strip() for line in path.read_text("utf-8").splitlines()]
    except (OSError, UnicodeDecodeError) as error:
        raise AlertError(f"apprise_file: cannot read {path}: {error}") from error
    return tuple(line for line in lines if line and not line.startswith("#"))
