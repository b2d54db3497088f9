"""Import files: what people collected by hand, as CSV or NDJSON in the inbox folder."""

from __future__ import annotations

import hashlib
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


class ImportSpider(SourceSpider):
    """Reads files; no request is made.

    The source's ``url`` is a file name or pattern below the inbox, or a ``file:`` path; without one the files count
    whose names begin with the source's id.

    A file is taken again when its bytes change; rows already stored come out unchanged. A bad row is set aside with
    file and line, the others go on.
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
        digest = hashlib.sha256(b"".join(hashlib.sha256(body).digest() for _, body in files)).hexdigest()
        if poll.state.etag == digest or not files:
            poll.outcome = Outcome.NOT_MODIFIED
            return
        poll.etag = digest
        for path, body in files:
            if len(body) > MAX_BYTES:
                poll.fail(Outcome.TOO_LARGE, f"{path.name}: more than {MAX_BYTES} bytes; split the file")
                continue
            self._rows(poll, path.name, body)
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
        return sorted(path for path in root.glob(pattern) if path.is_file() and path.resolve().is_relative_to(root))

    def _rows(self, poll: Poll, name: str, body: bytes) -> None:
        now = self.crawl.clock.now()
        try:
            for line, fields in assisted.rows(body, name):
                poll.entries += 1
                try:
                    self.crawl.sink.put(assisted.imported(fields, poll.source, now, f"{name}, line {line}"))
                    poll.fresh += 1
                except (IntakeRefused, BadUrl) as error:
                    reason = "secrecy_mark" if isinstance(error, SecrecyMark) else Outcome.BAD_IMPORT.value
                    # The message of a secrecy mark names no content; the others name file, line and field.
                    self.crawl.sink.quarantine(f"{name}:{line}", reason, f"{name}, line {line}: {error}")
        except BadImport as error:
            poll.fail(Outcome.BAD_IMPORT, str(error))
