"""The closed vocabulary of what became of a request; the words of source health, quarantine and counters."""

from __future__ import annotations

from enum import StrEnum

from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
    ResponseDataLossError,
)

from crawlers.errors import HostBusy, RefusedAddress, ReplayMiss, RobotsDenied, TooLarge, Unreadable


class Outcome(StrEnum):
    """OK and NOT_MODIFIED are good; every other word is a reason code a person can act on (``docs/operations.md``)."""

    OK = "ok"
    NOT_MODIFIED = "not_modified"
    HTTP_4XX = "http_4xx"
    HTTP_5XX = "http_5xx"
    GONE = "gone"
    BLOCKED = "blocked"
    ROBOTS_DENIED = "robots_denied"
    REFUSED_ADDRESS = "refused_address"
    REDIRECT_LOOP = "redirect_loop"
    TIMEOUT = "timeout"
    DNS_FAILED = "dns_failed"
    CONNECTION_FAILED = "connection_failed"
    TOO_LARGE = "too_large"
    HTML_FOR_FEED = "html_for_feed"
    BROKEN_XML = "broken_xml"
    EMPTY_BODY = "empty_body"
    NO_ENTRIES = "no_entries"
    PARSE_ERROR = "parse_error"
    API_QUOTA = "api_quota"
    API_ERROR = "api_error"
    BAD_IMPORT = "bad_import"
    RENDER_FAILED = "render_failed"
    REPLAY_MISS = "replay_miss"


def of_status(status: int) -> Outcome:
    """Return what an HTTP status means for its source."""
    if status == 304:
        return Outcome.NOT_MODIFIED
    if status < 400:
        return Outcome.OK
    if status in {403, 429, 451}:
        return Outcome.BLOCKED
    if status in {404, 410}:
        return Outcome.GONE
    return Outcome.HTTP_5XX if status >= 500 else Outcome.HTTP_4XX


_BY_TYPE: tuple[tuple[type[BaseException], Outcome], ...] = (
    (RobotsDenied, Outcome.ROBOTS_DENIED),
    (RefusedAddress, Outcome.REFUSED_ADDRESS),
    (TooLarge, Outcome.TOO_LARGE),
    (HostBusy, Outcome.BLOCKED),
    (ReplayMiss, Outcome.REPLAY_MISS),
    (DownloadTimeoutError, Outcome.TIMEOUT),
    (CannotResolveHostError, Outcome.DNS_FAILED),
    (DownloadConnectionRefusedError, Outcome.CONNECTION_FAILED),
    (DownloadFailedError, Outcome.CONNECTION_FAILED),
    (ResponseDataLossError, Outcome.CONNECTION_FAILED),
)


def of_error(error: BaseException) -> Outcome:
    """Return the outcome that an exception of the download chain stands for."""
    if isinstance(error, Unreadable):
        return Outcome(error.reason)
    for kind, outcome in _BY_TYPE:
        if isinstance(error, kind):
            return outcome
    if isinstance(error, IgnoreRequest):
        # Scrapy raises plain IgnoreRequest for both and tells them apart by message only.
        if "redirect" in str(error):
            return Outcome.REDIRECT_LOOP
        if "DOWNLOAD_MAXSIZE" in str(error):
            return Outcome.TOO_LARGE
    return Outcome.PARSE_ERROR
