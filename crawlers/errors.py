"""The exceptions of this room."""

from __future__ import annotations

from scrapy.exceptions import IgnoreRequest


class CrawlError(Exception):
    """Root of the room's exceptions; the stage turns every one of them into a counted outcome."""


class Unreadable(CrawlError):
    """Raised when a feed, sitemap, thread or API answer cannot be read; ``reason`` is the quarantine code.

    The operator opens the URL in a browser: ``html_for_feed`` means a moved feed, ``broken_xml`` and ``empty_body``
    are the publisher's fault and pass by themselves, ``api_quota`` and ``api_error`` name the platform's own message.
    """

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason = reason
        self.detail = detail


class RefusedAddress(CrawlError):
    """Raised when a host is or resolves to an address that is not public; a redirect into the own network ends here.

    The operator checks the source's URL; the replay or demo host is admitted with ``allow_hosts``.
    """


class TooLarge(CrawlError):
    """Raised when an answer passes the size limit.

    The operator does nothing, or corrects a source that points at a file.
    """


class HostBusy(CrawlError):
    """Raised when a host asked us to stay away longer than a crawl may wait.

    The source is polled again after that time.
    """

    def __init__(self, host: str, wait_s: float) -> None:
        super().__init__(f"{host} asks for {wait_s:.0f} s")
        self.wait_s = wait_s


class ReplayMiss(CrawlError):
    """Raised when the replayed archive has no answer for a URL: recorded, never retried; nothing to do."""


class BadArchive(CrawlError):
    """Raised when a replay file cannot be read as WARC; the operator names another file."""


class RobotsDenied(IgnoreRequest):
    """Raised when robots.txt forbids a URL; the operator asks the publisher for a feed, never works around it."""


class IntakeRefused(CrawlError):
    """Root of refusals at the assisted intake; the message tells the officer what to do."""


class SecrecyMark(IntakeRefused):
    """Raised when a text carries the mark MẬT, TỐI MẬT or TUYỆT MẬT: classified matter never enters (seed R13)."""


class NotPublic(IntakeRefused):
    """Raised when neither a public URL nor a statement of the public channel comes with a text."""


class BadImport(IntakeRefused):
    """Raised when an import file lacks a documented column or cannot be read; names file, line and field."""
