"""Keys of the data folder: they rotate, and what they locked becomes meaningless when they are deleted."""

from __future__ import annotations

import hashlib
import hmac
import os
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from records.errors import RecordsError

POSTER_DAYS = 7
"""A poster hash lives 7 days (``domain.md`` §5.3 (1))."""
SEALED_DAYS = 30
"""A sealed value lives 30 days at most (``architecture.md``, masking)."""
_EPOCH = datetime(2020, 1, 6, tzinfo=UTC)


class Keyring:
    """The key files of one data folder: 32 random bytes each, mode 0600, one per kind and period."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def poster_hash(self, platform: str, poster: str, now: datetime) -> str:
        """Return the keyed hash (32 hex digits) of a poster on one platform in the current 7 days.

        Never comparable across either.
        """
        key = self._key("poster", _period(now, POSTER_DAYS))
        return hmac.new(key, f"{platform}\x00{poster}".encode("utf-8", "replace"), hashlib.sha256).hexdigest()[:32]

    def seal(self, value: str, label: str, now: datetime) -> tuple[str, bytes]:
        """Encrypt ``value`` with AES-256-GCM, bound to ``label``; return the key's name and nonce + ciphertext."""
        period = _period(now, SEALED_DAYS)
        nonce = os.urandom(12)
        return f"sealed-{period}", nonce + AESGCM(self._key("sealed", period)).encrypt(
            nonce, value.encode(), label.encode()
        )

    def unseal(self, key_name: str, box: bytes, label: str) -> str:
        """Decrypt what ``seal`` made.

        Raises ``RecordsError`` where the key was deleted (the value is gone for good).
        """
        path = self._folder / f"{key_name}.key"
        if not path.is_file():
            raise RecordsError(f"the key {key_name} was deleted after its period: the sealed value is gone for good")
        try:
            return AESGCM(path.read_bytes()).decrypt(box[:12], box[12:], label.encode()).decode()
        except InvalidTag:
            raise RecordsError(f"the sealed value does not open with {key_name}: it was changed or moved") from None

    def expire(self, now: datetime) -> int:
        """Delete poster keys of past periods and sealed keys whose last value is over 30 days old; return how many."""
        gone = 0
        for path in sorted(self._folder.glob("*-*.key")):
            kind, _, number = path.stem.partition("-")
            days = {"poster": POSTER_DAYS, "sealed": SEALED_DAYS}.get(kind)
            if days is None or not number.isdigit():
                continue
            ended = _EPOCH + timedelta(days=days * (int(number) + 1))
            if ended + timedelta(days=SEALED_DAYS if kind == "sealed" else 0) <= now:
                path.unlink()
                gone += 1
        _read.cache_clear()
        return gone

    def _key(self, kind: str, period: int) -> bytes:
        path = self._folder / f"{kind}-{period}.key"
        try:
            return _read(path)
        except FileNotFoundError:
            return _create(path)


def _period(now: datetime, days: int) -> int:
    return (now - _EPOCH) // timedelta(days=days)


@lru_cache(maxsize=16)
def _read(path: Path) -> bytes:
    return path.read_bytes()


def _create(path: Path) -> bytes:
    """Write a new key so that a second process that does the same at the same time ends with the same one."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(os.urandom(32))
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    return _read(path)
