"""What extraction gives, and the closed list of reasons why it cannot."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from records.types import Precision


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """One article as its page prints it: NFC, single spaces, not yet tone-placed or masked.

    ``title``: the printed headline without the site's name. ``lead``: the sapo, empty where the page has none; never
    repeated in ``body``. ``body``: paragraphs and sub-headings joined by newlines, without captions, related boxes,
    tags and byline (a photo story keeps its captions). ``author``: names as printed, in order; the house shows them
    to nobody and stores none. ``section``: first crumb. ``published_at``: UTC; a day without a clock is midnight in
    Vietnam with ``precision`` DAY. ``canonical_url``: absolute, as the page declares it, else the URL given.
    ``rule``: ``outlet@since``, ``generic`` or ``trafilatura``. ``drift``: codes of ``crawlers.extract.DRIFT`` where
    independent readings of the page disagree.
    """

    title: str
    lead: str
    body: str
    author: tuple[str, ...]
    section: str
    published_at: datetime | None
    precision: Precision
    canonical_url: str
    rule: str
    drift: tuple[str, ...] = ()


class Reason(StrEnum):
    """Why a page gives no article; the values are quarantine reason codes."""

    NOT_HTML = "not_html"
    EMPTY = "empty"
    TOO_LARGE = "too_large"
    CHALLENGE = "challenge"
    ERROR_PAGE = "error_page"
    NOT_ARTICLE = "not_article"
    NO_TITLE = "no_title"
    NO_BODY = "no_body"
    PAYWALL = "paywall"


class ExtractionFailed(Exception):
    """The page gives no article.

    Raised by ``extract`` only, with ``reason`` from ``Reason``. The operator looks the page up by the reason:
    ``challenge`` means the site refuses the crawler, ``no_body`` on many pages of one outlet means a redesign (write
    a new rule), ``paywall`` and ``not_article`` need nothing: the feed's title and lead stay as the item.
    """

    def __init__(self, reason: Reason, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else str(reason))
        self.reason = reason
        self.detail = detail
