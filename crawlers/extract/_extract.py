"""The one way from a page to an article: decode, read by rule and by structure, compare, decide."""

from __future__ import annotations

import re
from datetime import datetime
from urllib.parse import urlsplit

from selectolax.lexbor import LexborHTMLParser

from crawlers.extract._authors import is_outlet, names
from crawlers.extract._clean import clean, letters, similar
from crawlers.extract._decode import decode
from crawlers.extract._generic import Generic, densest_text, read_generic
from crawlers.extract._metadata import Metadata, read_metadata
from crawlers.extract._ruled import MIN_BODY, Ruled, read_by_rules
from crawlers.extract._times import time_of_url, weigh
from crawlers.extract._types import Article, ExtractionFailed, Reason
from crawlers.outlets import rules_for

DRIFT = {
    "rule_misses_body": "no layout of the outlet's file fits: the generic reading was taken",
    "title_missing": "the rule's headline selector finds nothing",
    "title_differs": "the rule's headline and the page's own statement share too few words",
    "body_short": "the rule's body holds far less text than the generic reading",
    "body_long": "the rule's body holds far more text than the generic reading",
    "time_missing": "the rule's time selector finds no time",
    "time_differs": "two sources of the publication time are more than five minutes apart",
    "time_out_of_range": "a source gives a time before 1998 or after tomorrow; it was ignored",
    "zone_wrong": "a source gives Vietnam's clock with another zone; it was corrected",
}
"""Code → what an operator should read into it."""

MAX_CHARACTERS = 12_000_000
"""Longer pages are refused: the crawler's download limit is 10 MB, so only a decompression fault brings more."""

_PAID = re.compile(
    r"trả phí|(?:dành (?:riêng )?cho|chỉ) (?:thành viên|hội viên)"
    r"|(?:đăng ký|đăng nhập|nạp|mua gói).{0,30} để (?:đọc|xem)",
    re.I,
)
_CARDS_OF_A_LIST = 3  # section pages hold at least six times as much text in cards, article pages at most twice
# The stored pages give 1.0 for the headline and 0.98–1.84 for the body.
_ALIKE, _SHORT, _LONG = 0.5, 0.6, 2.5
_MARKUP = re.compile(r"<(?:html|head|body|div|p|article|title|!doctype)\b", re.I)
_FEED = re.compile(r"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)?<(?:rss|feed|urlset|sitemapindex|rdf:RDF)\b", re.S | re.I)
_CHALLENGE = re.compile(
    r"just a moment\.\.\.|attention required! \| cloudflare|access denied|captcha|are you a robot|ddos protection"
    r"|kiểm tra trình duyệt",
    re.I,
)
_ERROR_TITLE = re.compile(
    r"^(?:lỗi )?(?:40[0-9]|50[0-9])\b|not found|(?:trang|bài viết) không tồn tại|không tìm thấy (?:trang|bài)"
    r"|service unavailable|bad gateway",
    re.I,
)


def extract(
    html: bytes | str, url: str, *, fetched_at: datetime, encoding: str | None = None, rules: bool = True
) -> Article:
    """Return the article of a page, or raise ``ExtractionFailed`` with a reason of ``Reason``.

    ``url`` is the address that answered, ``fetched_at`` the aware instant of the answer (bounds the dates),
    ``encoding`` the charset of the transport. ``rules=False`` ignores the outlet's file: the page is read as an
    unknown outlet's.
    """
    if fetched_at.tzinfo is None:
        raise ValueError(f"fetched_at needs a zone, got {fetched_at!r}")
    page = decode(html, encoding) if isinstance(html, bytes) else html
    _refuse_unreadable(page)
    host = urlsplit(url).hostname or ""
    candidates = rules_for(host) if rules else ()
    tree = LexborHTMLParser(page)
    meta = read_metadata(tree, url)
    running = densest_text(tree) if candidates else 0
    ruled = read_by_rules(tree, candidates)
    drift = _drift(ruled, meta, running) if candidates else []
    generic = Generic()
    if ruled is None or drift:
        # Reading by rules cuts the tree: the second opinion needs a fresh one. Most pages need none.
        generic = read_generic(LexborHTMLParser(page) if candidates else tree, meta)
        drift = _confirmed(drift, ruled, generic)
    read = ruled or Ruled(name="generic", title=generic.title, lead=generic.lead, body=generic.body)

    from_url = time_of_url(url)
    is_stated = meta.has_article or bool(meta.times) or from_url is not None
    if ruled is None and len(read.body) < MIN_BODY and is_stated:
        read.name, read.body = _rescued(page, url, read.body, meta)
    title = read.title or generic.title or meta.headline or meta.og_title
    is_list = not is_stated and generic.cards > _CARDS_OF_A_LIST * len(read.body)
    _refuse_no_article(title, read.body, meta, is_list=is_list)

    printed = read.times or generic.times
    verdict = weigh([*meta.times, *([from_url] if from_url else []), *printed], fetched_at)
    return Article(
        title=title,
        lead=read.lead or generic.lead or _declared_lead(meta, read.body),
        body=read.body,
        author=read.author or _author(meta, generic, host),
        section=read.section or meta.section,
        published_at=verdict.at,
        precision=verdict.precision,
        canonical_url=meta.canonical,
        rule=read.name,
        drift=tuple(dict.fromkeys((*drift, *verdict.doubts))),
    )


def _refuse_unreadable(page: str) -> None:
    if not page.strip("\x00 \t\r\n\ufeff"):
        raise ExtractionFailed(Reason.EMPTY)
    if len(page) > MAX_CHARACTERS:
        raise ExtractionFailed(Reason.TOO_LARGE, f"{len(page)} characters")
    if _FEED.match(page[:2000]):
        raise ExtractionFailed(Reason.NOT_HTML, "a feed or sitemap")
    if not _MARKUP.search(page[:200_000]) or page[:1000].count("\ufffd") > 100 or "\x00" in page[:1000]:
        raise ExtractionFailed(Reason.NOT_HTML)


def _refuse_no_article(title: str, body: str, meta: Metadata, *, is_list: bool) -> None:
    if len(body) < 1500 and _CHALLENGE.search(meta.html_title or title):
        raise ExtractionFailed(Reason.CHALLENGE, meta.html_title)
    if len(body) < 1500 and _ERROR_TITLE.search(meta.html_title or title):
        raise ExtractionFailed(Reason.ERROR_PAGE, meta.html_title)
    if is_list:
        raise ExtractionFailed(Reason.NOT_ARTICLE, "a list of teasers")
    if not title:
        raise ExtractionFailed(Reason.NO_TITLE)
    if len(body) < MIN_BODY:
        if not meta.free or _PAID.search(f"{meta.description} {body}"):
            raise ExtractionFailed(Reason.PAYWALL)
        raise ExtractionFailed(Reason.NO_BODY, f"{len(body)} characters")


def _declared_lead(meta: Metadata, body: str) -> str:
    """Return the declared description when it is not just the body's beginning cut off."""
    text = meta.og_description or meta.description
    start = letters(text)[:80]
    return "" if start and start in letters(body[:600]) else text


def _rescued(page: str, url: str, body: str, meta: Metadata) -> tuple[str, str]:
    """Replace a generic body that is too short: by JSON-LD's, or by trafilatura's reading."""
    if len(meta.body) >= MIN_BODY:
        return "json-ld", meta.body
    import trafilatura  # here, because it takes half a second and few pages need it

    # `deduplicate` stays off: it keeps state between calls, and the same page would give different answers.
    other = trafilatura.extract(
        page, url=url, fast=True, include_comments=False, include_tables=False, deduplicate=False
    )
    # It takes teasers' headlines, the page's own and the sapo for text where there is no other.
    known = {clean(node.text()) for node in LexborHTMLParser(page).css("a[href], h1")}
    known |= {meta.headline, meta.og_title, meta.description, meta.og_description}
    lines = [line for line in map(clean, (other or "").splitlines()) if line.lstrip("- ") not in known | {""}]
    return ("trafilatura", "\n".join(lines)) if lines else ("generic", body)


def _author(meta: Metadata, generic: Generic, host: str) -> tuple[str, ...]:
    """Return the declared people, else the printed byline; the newspaper itself is nobody's name."""
    for bylines in (meta.authors, generic.bylines):
        found = {
            letters(name): name
            for byline in bylines
            if not is_outlet(byline, meta.site, host)
            for name in names(byline, not_names=(meta.site,))
            if not is_outlet(name, meta.site, host)
        }
        if found:
            return tuple(found.values())
    return ()


def _drift(ruled: Ruled | None, meta: Metadata, running: int) -> list[str]:
    """Compare the rule's reading with the page's own statements and with where its running text stands."""
    if ruled is None:
        return ["rule_misses_body"]
    codes: list[str] = []
    stated = [text for text in (meta.headline, meta.og_title, meta.html_title) if text]
    if not ruled.title:
        codes.append("title_missing")
    elif stated and max(similar(ruled.title, text) for text in stated) < _ALIKE:
        codes.append("title_differs")
    if len(ruled.body) < _SHORT * running:
        codes.append("body_short")
    elif len(ruled.body) > _LONG * running:
        codes.append("body_long")
    if ruled.time_expected and not ruled.times:
        codes.append("time_missing")
    return codes


def _confirmed(drift: list[str], ruled: Ruled | None, generic: Generic) -> list[str]:
    """Keep a suspicion about the body only where the whole generic reading shares it."""
    refuted = {
        "body_short": ruled is not None and len(ruled.body) >= _SHORT * len(generic.body),
        "body_long": ruled is not None and len(ruled.body) <= _LONG * len(generic.body),
    }
    return [code for code in drift if not refuted.get(code, False)]
