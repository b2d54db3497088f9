"""Archived traffic as the web: the newest record not later than "now" answers."""

from __future__ import annotations

import base64
import hashlib
import re
from bisect import bisect_right
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed

from crawlers.errors import BadArchive
from crawlers.markup import MAX_BYTES

# What the archive's own transfer added; the body is stored here without either.
_HOP = frozenset({"transfer-encoding", "content-encoding", "content-length", "connection"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One archived response; ``digest`` names its payload (two polls with equal digests are "not modified")."""

    url: str
    at: datetime
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    digest: str


@dataclass(frozen=True, slots=True)
class _Place:
    at: datetime
    offset: int
    digest: str


class Archive:
    """A WARC file (gzip per record, or plain), indexed once by URL and time; bodies are read when asked for.

    Raises ``BadArchive`` when the file is absent, is no WARC or holds no response.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._places: dict[str, list[_Place]] = {}
        try:
            with path.open("rb") as stream:
                iterator = ArchiveIterator(stream)
                for record in iterator:
                    self._note(record, iterator)
        except (OSError, ArchiveLoadFailed, ValueError, EOFError) as error:
            raise BadArchive(f"{path}: {error}") from error
        if not self._places:
            raise BadArchive(f"{path}: holds no response record")
        for places in self._places.values():
            places.sort(key=lambda place: place.at)

    @property
    def first(self) -> datetime:
        """The instant of the earliest record: where a replay's clock starts."""
        return min(places[0].at for places in self._places.values())

    @property
    def last(self) -> datetime:
        """The instant of the latest record."""
        return max(places[-1].at for places in self._places.values())

    def __contains__(self, url: str) -> bool:
        return self._find(url) is not None

    def at(self, url: str, now: datetime) -> Answer | None:
        """Return the newest answer for ``url`` that is not later than ``now``, None when there is none."""
        places = self._find(url)
        index = bisect_right(places, now, key=lambda place: place.at) if places else 0
        if not places or not index:
            return None
        place = places[index - 1]
        with self.path.open("rb") as stream:
            stream.seek(place.offset)
            return _read(stream, url, place)

    def _find(self, url: str) -> list[_Place] | None:
        other = (
            url.replace("https://", "http://", 1)
            if url.startswith("https://")
            else url.replace("http://", "https://", 1)
        )
        return self._places.get(url) or self._places.get(other)

    def _note(self, record: Any, iterator: Any) -> None:
        url = record.rec_headers.get_header("WARC-Target-URI")
        if record.rec_type != "response" or record.http_headers is None or not url:
            return
        declared = record.rec_headers.get_header("WARC-Payload-Digest")
        # The offset is only right before the content is read, the digest only known after.
        offset = iterator.get_record_offset()
        digest = declared or _digest(record.content_stream().read(MAX_BYTES + 1))
        instant = datetime.fromisoformat(record.rec_headers.get_header("WARC-Date")).astimezone(UTC)
        self._places.setdefault(url.strip("<>"), []).append(_Place(instant, offset, digest))


def _read(stream: BinaryIO, url: str, place: _Place) -> Answer:
    record = next(iter(ArchiveIterator(stream)))
    status = re.match(r"\d{3}", record.http_headers.get_statuscode() or "")
    return Answer(
        url=url,
        at=place.at,
        status=int(status[0]) if status else 200,
        headers=tuple((name, value) for name, value in record.http_headers.headers if name.lower() not in _HOP),
        body=record.content_stream().read(MAX_BYTES + 1),
        digest=place.digest,
    )


def _digest(body: bytes) -> str:
    return "sha1:" + base64.b32encode(hashlib.sha1(body, usedforsecurity=False).digest()).decode()
