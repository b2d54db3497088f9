"""What every spider does: ask a source under the conditions known from last time, and note how it went."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import Any

from scrapy import Spider
from scrapy.exceptions import CloseSpider
from scrapy.http import Request, Response
from twisted.python.failure import Failure

from crawlers.crawl import Crawl
from crawlers.errors import CrawlError, HostBusy, Unreadable
from crawlers.outcomes import Outcome, of_error, of_status
from crawlers.polls import Poll


class SourceSpider(Spider):
    """Polls sources of one kind. A subclass reads one answer in ``read``; everything it yields is a further request."""

    name = ""

    def __init__(self, crawl: Crawl, polls: list[Poll], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.crawl = crawl
        self.polls = polls

    async def start(self) -> AsyncIterator[Any]:
        """Yield the first request of every poll."""
        for poll in self.polls:
            yield self.ask(poll)

    def ask(self, poll: Poll) -> Request:
        """Return the conditional request of a poll's source."""
        headers = {}
        if poll.state.etag:
            headers["If-None-Match"] = poll.state.etag
        if poll.state.last_modified:
            headers["If-Modified-Since"] = poll.state.last_modified
        return self.request(poll.source.url, poll, headers=headers, priority=10)

    def request(self, url: str, poll: Poll, **kwargs: Any) -> Request:
        """Return a request whose answer, good or bad, comes to ``answered`` or ``failed`` with its poll."""
        meta = {"poll": poll, **kwargs.pop("meta", {})}
        arguments = {"callback": self.answered, "errback": self.failed, "dont_filter": True, **kwargs}
        return Request(url, meta=meta, **arguments)

    def answered(self, response: Response) -> Iterator[Any]:
        """Take over validators and status, then read the answer; every failure becomes the poll's outcome."""
        poll: Poll = response.meta["poll"]
        poll.status = response.status
        outcome = of_status(response.status)
        if outcome is not Outcome.OK:
            poll.asked_s = response.meta.get("asked_s", 0.0)
            if outcome is Outcome.NOT_MODIFIED:
                poll.outcome = poll.outcome or outcome
            else:
                poll.fail(outcome, f"HTTP {response.status}")
            return
        poll.etag = header(response, "ETag")
        poll.last_modified = header(response, "Last-Modified")
        yield from self.guarded(poll, response)

    def guarded(self, poll: Poll, response: Response) -> Iterator[Any]:
        """Run ``read``: one source that cannot be read, for whatever reason, must not stop the others."""
        try:
            yield from self.read(poll, response)
        except Unreadable as error:
            poll.fail(Outcome(error.reason), error.detail)
        except CloseSpider:
            raise
        except Exception as error:  # noqa: BLE001
            poll.fail(Outcome.PARSE_ERROR, f"{type(error).__name__}: {error}")
        else:
            poll.outcome = poll.outcome or Outcome.OK

    def read(self, poll: Poll, response: Response) -> Iterator[Any]:
        """Read a good answer: put captures into the sink, yield further requests."""
        raise NotImplementedError

    def failed(self, failure: Failure) -> None:
        """Note a request that brought no answer."""
        poll: Poll = failure.request.meta["poll"]  # type: ignore[attr-defined]
        error = reason(failure)
        if isinstance(error, HostBusy):
            poll.asked_s = error.wait_s
        poll.fail(of_error(error), str(error) if isinstance(error, CrawlError) else type(error).__name__)


def reason(failure: Failure) -> BaseException:
    """Return the exception inside Twisted's failure."""
    assert failure.value is not None
    return failure.value


def header(response: Response, name: str) -> str | None:
    """Return a response header as text."""
    value = response.headers.get(name)
    return value.decode("latin-1") if value else None


def content_type(response: Response) -> str:
    """Return the Content-Type header, empty where there is none."""
    return header(response, "Content-Type") or ""


def header_pairs(response: Response) -> list[tuple[str, str]]:
    """Return all response headers, for the evidence archive."""
    return [
        (name.decode("latin-1"), value.decode("latin-1"))
        for name, values in response.headers.items()
        for value in values
    ]
