"""Import files: what people collected by hand, as CSV or NDJSON in the inbox folder.

An imported file is deleted, since it holds residents' words unmasked; ``FILE.done`` beside it says what was taken.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from crawlers import assisted
from crawlers.errors import BadImport, IntakeRefused, SecrecyMark
from crawlers.markup import MAX_BYTES
from crawlers.outcomes import Outcome
from crawlers.polls import Poll
from crawlers.spiders.base import SourceSpider
from records.errors import BadUrl

DONE = ".done"
"""Ends the name of the JSON file that counts the rows read from a file of this name, ever: ``rows``, and the refused
ones by reason. It holds no content."""


class ImportSpider(SourceSpider):
    """Reads files; no request is made.

    The source's ``url`` is a file name or pattern below the inbox, or a ``file:`` path; without one the files count
    whose names begin with the source's id.

    A file is deleted once its rows are stored; rows known from an earlier file come out unchanged. A bad row is set
    aside with file and line, the others go on. A file that cannot be read to its end stays until somebody mends it.
    """

    name = "import"

    async def start(self) -> AsyncIterator[Any]:
        """Read the files of every poll."""
        for poll in self.polls:
            self._take(poll)
        no_requests: tuple[Any, ...] = ()
        for request in no_requests:
            yield request

    def _take(self, poll: Poll) -> None:
        try:
            files = [(path, path.read_bytes()) for path in self._files(poll)]
        except OSError as error:
            poll.fail(Outcome.BAD_IMPORT, f"{poll.source.url}: {error.strerror}")
            return
        if not files:
            poll.outcome = Outcome.NOT_MODIFIED
            return
        for path, body in files:
            if len(body) > MAX_BYTES:
                poll.fail(Outcome.TOO_LARGE, f"{path.name}: more than {MAX_BYTES} bytes; split the file")
                continue
            counts = self._rows(poll, path.name, body)
            if counts is None:
                continue
            self.crawl.sink.commit()
            try:
                _finish(path, counts)
            except OSError as error:
                poll.fail(Outcome.BAD_IMPORT, f"{path.name} was taken but cannot be deleted: {error.strerror}")
        poll.outcome = poll.outcome or Outcome.OK

    def _files(self, poll: Poll) -> list[Path]:
        url = poll.source.url
        if url.startswith("file:"):
            return [Path(url.removeprefix("file://").removeprefix("file:"))]
        inbox = self.crawl.inbox
        if inbox is None or not inbox.is_dir():
            return []
        root = inbox.resolve()
        pattern = url or f"{poll.source.source_id}*"
        return sorted(
            path
            for path in root.glob(pattern)
            if path.is_file() and path.suffix != DONE and path.resolve().is_relative_to(root)
        )

    def _rows(self, poll: Poll, name: str, body: bytes) -> Counter[str] | None:
        """Put the rows into the sink; return their number and the refused ones by reason, None for a broken file."""
        now = self.crawl.clock.now()
        counts = Counter[str]()
        try:
            for line, fields in assisted.rows(body, name):
                poll.entries += 1
                counts["rows"] += 1
                try:
                    self.crawl.sink.put(assisted.imported(fields, poll.source, now, f"{name}, line {line}"))
                    poll.fresh += 1
                except (IntakeRefused, BadUrl) as error:
                    reason = "secrecy_mark" if isinstance(error, SecrecyMark) else Outcome.BAD_IMPORT.value
                    counts[reason] += 1
                    # The message of a secrecy mark names no content; the others name file, line and field.
                    self.crawl.sink.quarantine(f"{name}:{line}", reason, f"{name}, line {line}: {error}")
        except BadImport as error:
            poll.fail(Outcome.BAD_IMPORT, str(error))
            return None
        return counts


def rows_done(path: Path) -> int:
    """Return how many rows were ever read from files of this name."""
    return int(_done(path)["rows"])


def _done(path: Path) -> dict[str, int]:
    try:
        counts: dict[str, int] = json.loads(_marker(path).read_text("utf-8"))
    except FileNotFoundError:
        return {"rows": 0}
    return counts


def _finish(path: Path, counts: Counter[str]) -> None:
    """Delete an imported file, then count its rows: a kill in between counts too few, and keeps nothing."""
    counts.update(_done(path))
    path.unlink()
    partial = path.with_name(f"{path.name}.part{DONE}")
    partial.write_text(json.dumps(counts), encoding="utf-8")
    partial.replace(_marker(path))


def _marker(path: Path) -> Path:
    return path.with_name(path.name + DONE)
