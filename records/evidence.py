"""The evidence archive: raw responses as WARC, one file per retention class and UTC day.

``FOLDER/press/press-2026-11-22.warc.gz``: expiry deletes whole files. Every record is one gzip member, appended under a
file lock, so that several crawlers may write at once, and a writer that dies leaves at most a partial last member,
which the next writer cuts off.
"""

from __future__ import annotations

import base64
import fcntl
import hashlib
import os
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, BinaryIO
from uuid import NAMESPACE_URL, uuid5

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed

from records.errors import DiskFull, EvidenceDamaged, is_disk_full
from records.types import EvidenceRef

_DROPPED = frozenset({"content-encoding", "transfer-encoding", "content-length", "set-cookie", "connection"})
"""Headers that are not kept: the archived body is decoded, and a cookie belongs to nobody's archive."""
_LEVEL = 4
"""Real pages of 217 KB (20 of ../shared/data/press/pages): level 9 takes 6.9 ms, 6 3.4 ms and 1 % more disk, 4 2.0 ms and 6 %."""


class Retention(StrEnum):
    """Retention classes of evidence; ``CASE`` holds masked captures behind a suspicion of harm (kept 12 months)."""

    PRESS = "press"
    OFFICIAL = "official"
    SOCIAL = "social"
    CASE = "case"


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """An archived response. ``body`` is the decoded payload, ``at`` the time of the capture."""

    url: str
    at: datetime
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


class EvidenceArchive:
    """The WARC files under one folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._sound: dict[Path, int] = {}

    def write(
        self,
        url: str,
        headers: Iterable[tuple[str, str]],
        body: bytes,
        at: datetime,
        retention: Retention,
        *,
        status: int = 200,
    ) -> EvidenceRef:
        """Append one response and return where it lies.

        ``body`` is the decoded payload (the sha256 is of these bytes); ``at`` decides the file's day. Raises
        ``DiskFull``, and then nothing of the record is left.
        """
        day = at.astimezone(UTC).date()
        name = f"{retention.value}/{retention.value}-{day.isoformat()}.warc.gz"
        path = self._folder / name
        sha256 = hashlib.sha256(body).hexdigest()
        member = _member(url, headers, body, at, status, sha256)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with _locked(path) as file:
                offset = self._sound_end(path, file)
                self._append(path, file, offset, member)
        except OSError as error:
            if is_disk_full(error):
                raise DiskFull(f"the evidence archive {path.parent} is full: free space, then run again") from error
            raise
        return EvidenceRef(file=name, offset=offset, sha256=sha256)

    def read(self, ref: EvidenceRef) -> Evidence:
        """Return an archived response.

        Raises ``EvidenceDamaged`` when it is absent, erased, unreadable, or its sha256 differs.
        """
        path = self._folder / ref.file
        try:
            with path.open("rb") as file:
                file.seek(ref.offset)
                record = next(iter(ArchiveIterator(file)))
                if record.rec_type != "response":
                    raise EvidenceDamaged(f"{ref.file}@{ref.offset} was erased")
                body = record.content_stream().read()
        except (OSError, StopIteration, ArchiveLoadFailed, zlib.error, EOFError) as error:
            raise EvidenceDamaged(
                f"{ref.file}@{ref.offset} cannot be read ({error}): restore the file from the backup"
            ) from error
        if hashlib.sha256(body).hexdigest() != ref.sha256:
            raise EvidenceDamaged(
                f"{ref.file}@{ref.offset}: the payload's sha256 differs: restore the file from the backup"
            )
        return Evidence(
            url=record.rec_headers.get_header("WARC-Target-URI"),
            at=datetime.fromisoformat(record.rec_headers.get_header("WARC-Date")),
            status=int(record.http_headers.get_statuscode()),
            headers=tuple(record.http_headers.headers),
            body=body,
        )

    def erase(self, ref: EvidenceRef) -> bool:
        """Overwrite one record in place by an empty one of the same length.

        False where the file or the record is gone already.
        """
        path = self._folder / ref.file
        if not path.is_file():
            return False
        with _locked(path) as file:
            file.seek(ref.offset)
            length = _member_length(file)
            if length is None:
                return False
            file.seek(ref.offset)
            file.write(_filler(length))
            os.fsync(file.fileno())
        return True

    def expire(self, retention: Retention, before: date) -> int:
        """Delete the files of a class whose day lies before ``before``; return how many."""
        gone = 0
        for path in sorted((self._folder / retention.value).glob(f"{retention.value}-*.warc.gz")):
            day = date.fromisoformat(path.name.removeprefix(f"{retention.value}-").removesuffix(".warc.gz"))
            if day < before:
                path.unlink()
                self._sound.pop(path, None)
                gone += 1
        return gone

    def close(self) -> None:
        """Forget what is known of the files; nothing stays open between calls."""
        self._sound.clear()

    def _append(self, path: Path, file: BinaryIO, offset: int, member: bytes) -> None:
        try:
            file.seek(offset)
            rest = memoryview(member)
            while rest:  # near the end of the disk the system writes what fits and says so only by the count
                rest = rest[file.write(rest) :]
        except OSError:
            file.truncate(offset)
            raise
        self._sound[path] = offset + len(member)

    def _sound_end(self, path: Path, file: BinaryIO) -> int:
        """Return the end of the last whole member, cutting off what a dead writer left behind it."""
        size = os.fstat(file.fileno()).st_size
        end = self._sound.get(path, 0)
        if end > size:
            end = 0
        while end < size:
            file.seek(end)
            length = _member_length(file)
            if length is None:
                file.truncate(end)
                break
            end += length
        self._sound[path] = end
        return end


@contextmanager
def _locked(path: Path) -> Iterator[BinaryIO]:
    """Open a file for reading and writing, made when absent, locked against other writers."""
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    with os.fdopen(handle, "r+b", buffering=0) as raw:
        fcntl.flock(handle, fcntl.LOCK_EX)
        file: Any = raw
        yield file


def _member(url: str, headers: Iterable[tuple[str, str]], body: bytes, at: datetime, status: int, sha256: str) -> bytes:
    """Return one WARC 1.1 response record as a gzip member.

    Written by hand: warcio's writer takes a third of the time of the whole record.
    """
    kept = [(name, value) for name, value in headers if name.lower() not in _DROPPED]
    answer = _fields(f"HTTP/1.1 {status} OK", [*kept, ("Content-Length", str(len(body)))])
    instant = at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
    sha1 = base64.b32encode(hashlib.sha1(body, usedforsecurity=False).digest()).decode()
    named = [
        ("WARC-Type", "response"),
        ("WARC-Record-ID", f"<urn:uuid:{uuid5(NAMESPACE_URL, f'{url} {instant} {sha256}')}>"),
        ("WARC-Target-URI", url),
        ("WARC-Date", instant),
        ("WARC-Payload-Digest", f"sha1:{sha1}"),
        ("Content-Type", "application/http; msgtype=response"),
        ("Content-Length", str(len(answer) + len(body))),
    ]
    deflate = zlib.compressobj(_LEVEL, zlib.DEFLATED, zlib.MAX_WBITS + 16)
    parts = (_fields("WARC/1.1", named), answer, body, b"\r\n\r\n")
    return b"".join(map(deflate.compress, parts)) + deflate.flush()


def _fields(first: str, fields: Iterable[tuple[str, str]]) -> bytes:
    """Return a first line and header fields, each on a line of its own whatever a server put into them."""
    lines = [first, *(f"{name}: {' '.join(value.splitlines())}" for name, value in fields)]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("utf-8", "replace")


def _member_length(file: BinaryIO) -> int | None:
    """Return the length of the gzip member at the file's position, or None where it is partial or no member."""
    unzip = zlib.decompressobj(16 + zlib.MAX_WBITS)
    read = 0
    while piece := file.read(1 << 16):
        read += len(piece)
        try:
            unzip.decompress(piece)
        except zlib.error:
            return None
        if unzip.eof:
            return read - len(unzip.unused_data)
    return None


def _filler(length: int) -> bytes:
    """Return one gzip member of exactly ``length`` bytes.

    A WARC ``metadata`` record without content, padded by a gzip comment.
    """
    text = (
        b"WARC/1.1\r\nWARC-Type: metadata\r\nContent-Type: application/warc-fields\r\nContent-Length: 0\r\n\r\n\r\n\r\n"
    )
    for content in (text, b""):
        deflate = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
        packed = deflate.compress(content) + deflate.flush()
        tail = packed + zlib.crc32(content).to_bytes(4, "little") + len(content).to_bytes(4, "little")
        padding = length - 10 - 1 - len(tail)
        if padding >= 0:
            return b"\x1f\x8b\x08\x10\x00\x00\x00\x00\x00\xff" + b" " * padding + b"\x00" + tail
    raise ValueError(f"a gzip member of {length} bytes cannot be")
