"""The one way from a page to an article: decode, read by rule and by structure, compare, decide."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlsplit

import trafilatura
from selectolax.lexbor import LexborHTMLParser

from crawlers.extract._authors import is_outlet, names
from crawlers.extract._blocks import texts
from crawlers.extract._clean import clean, letters, similar
from crawlers.extract._decode import decode
from crawlers.extract._generic import Generic, read_generic
from crawlers.extract._metadata import Metadata, read_metadata
from crawlers.extract._times import Reading, parse_time, time_of_url, weigh
from crawlers.extract._types import Article, ExtractionFailed, Reason
from crawlers.outlets import Rule, rules_for

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

_MIN_BODY = 120  # characters; shorter texts are teasers of videos and galleries, the lead carries as much
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


@dataclass(slots=True)
class _Ruled:
    """What an outlet's rule read."""

    rule: Rule
    title: str = ""
    lead: str = ""
    paragraphs: list[str] = field(default_factory=list)
    author: tuple[str, ...] = ()
    section: str = ""
    times: list[Reading] = field(default_factory=list)

    @property
    def body(self) -> str:
        return "\n".join(self.paragraphs)


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
    tree = LexborHTMLParser(page)
    meta = read_metadata(tree, url)
    generic = read_generic(tree, meta)
    ruled = _read_by_rules(tree, rules_for(host)) if rules else None
    rule_name = ruled.rule.name if ruled is not None else "generic"

    title = (ruled.title if ruled is not None else "") or generic.title
    lead = (ruled.lead if ruled is not None else "") or generic.lead or _declared_lead(meta, generic)
    body = ruled.body if ruled is not None else generic.body
    if ruled is None:
        body, rule_name = _rescued(page, url, body, meta)
    _refuse_no_article(title, body, lead, meta)

    from_url = time_of_url(url)
    printed = (ruled.times if ruled is not None else None) or generic.times
    verdict = weigh([*meta.times, *([from_url] if from_url else []), *printed], fetched_at)
    drift = (*_drift(ruled, generic, meta, bool(rules and rules_for(host))), *verdict.doubts)
    return Article(
        title=title,
        lead=lead,
        body=body,
        author=(ruled.author if ruled is not None else ()) or _author(meta, generic, host),
        section=(ruled.section if ruled is not None else "") or meta.section,
        published_at=verdict.at,
        precision=verdict.precision,
        canonical_url=meta.canonical,
        rule=rule_name,
        drift=tuple(dict.fromkeys(drift)),
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


def _refuse_no_article(title: str, body: str, lead: str, meta: Metadata) -> None:
    if len(body) < 1500 and _CHALLENGE.search(meta.html_title or title):
        raise ExtractionFailed(Reason.CHALLENGE, meta.html_title)
    if len(body) < 1500 and _ERROR_TITLE.search(meta.html_title or title):
        raise ExtractionFailed(Reason.ERROR_PAGE, meta.html_title)
    if not title:
        raise ExtractionFailed(Reason.NO_TITLE)
    if len(body) < _MIN_BODY:
        if not meta.free:
            raise ExtractionFailed(Reason.PAYWALL)
        if not meta.has_article and meta.page_type == "website" and not meta.times:
            raise ExtractionFailed(Reason.NOT_ARTICLE)
        raise ExtractionFailed(Reason.NO_BODY, f"{len(body)} characters")


def _read_by_rules(tree: LexborHTMLParser, candidates: tuple[Rule, ...]) -> _Ruled | None:
    """Read with the first layout whose body is on the page; None when none fits."""
    for rule in candidates:
        body = tree.css_first(rule.body)
        if body is None:
            continue
        keep_captions = bool(rule.captions_are_content) and tree.css_first(rule.captions_are_content) is not None
        read = _Ruled(
            rule, title=_first(tree, rule.title), lead=_first(tree, rule.lead), section=_first(tree, rule.section)
        )
        if rule.author:
            read.author = tuple(dict.fromkeys(name for node in tree.css(rule.author) for name in names(node.text())))
        signature = body.css(rule.signature) if rule.signature else []
        if signature:
            read.author = read.author or names(signature[-1].text())
            signature[-1].decompose()
        if rule.time:
            read.times = _times_at(tree, rule.time)
        for selector in (*rule.drop, *(() if keep_captions else (rule.captions,))):
            for node in body.css(selector):
                node.decompose()
        read.paragraphs = texts(body)
        if len(read.body) >= _MIN_BODY:
            return read
    return None


def _first(tree: LexborHTMLParser, selector: str) -> str:
    """Return the cleaned text of the first match that has any."""
    for node in tree.css(selector) if selector else []:
        text = clean(
            node.attributes.get("alt") if node.tag == "img" else node.text(separator=" " if node.tag == "div" else "")
        )
        if text:
            return text
    return ""


def _times_at(tree: LexborHTMLParser, selector: str) -> list[Reading]:
    for node in tree.css(selector):
        reading = parse_time(node.attributes.get("datetime") or "") or parse_time(clean(node.text()))
        if reading is not None:
            return [reading]
    return []


def _declared_lead(meta: Metadata, generic: Generic) -> str:
    """Return the declared description when it is not just the body's beginning cut off."""
    text = meta.og_description or meta.description
    start = letters(generic.body[:600])
    return "" if letters(text)[:80] and letters(text)[:80] in start else text


def _rescued(page: str, url: str, body: str, meta: Metadata) -> tuple[str, str]:
    """Replace a generic body that is too short: by JSON-LD's, or by trafilatura's reading."""
    if len(meta.body) > 2 * len(body) and len(meta.body) > _MIN_BODY:
        return meta.body, "json-ld"
    if len(body) < 2 * _MIN_BODY:
        # `deduplicate` stays off: it keeps state between calls, and the same page would give different answers.
        other = trafilatura.extract(
            page, url=url, fast=True, include_comments=False, include_tables=False, deduplicate=False
        )
        other = "\n".join(clean(line) for line in (other or "").splitlines() if clean(line))
        if len(other) > 2 * len(body):
            return other, "trafilatura"
    return body, "generic"


def _author(meta: Metadata, generic: Generic, host: str) -> tuple[str, ...]:
    declared = [name for name in meta.authors if name and not is_outlet(name, meta.site, host)]
    for text in (*declared[:1], generic.byline):
        found = names(text, not_names=(meta.site,))
        found = tuple(name for name in found if not is_outlet(name, meta.site, host))
        if found:
            rest = (name for other in declared[1:] for name in names(other)) if text in declared else ()
            return tuple({letters(name): name for name in reversed((*found, *rest))}.values())[::-1]
    return ()


def _drift(ruled: _Ruled | None, generic: Generic, meta: Metadata, has_rules: bool) -> list[str]:
    """Compare the rule's reading with the generic one and the page's own statements."""
    if ruled is None:
        return ["rule_misses_body"] if has_rules else []
    codes: list[str] = []
    stated = [text for text in (meta.headline, meta.og_title, meta.html_title) if text]
    if not ruled.title:
        codes.append("title_missing")
    elif stated and max(similar(ruled.title, text) for text in stated) < 0.5:
        codes.append("title_differs")
    if len(ruled.body) < 0.6 * len(generic.body):
        codes.append("body_short")
    elif len(ruled.body) > 2.5 * len(generic.body) > 0:
        codes.append("body_long")
    if ruled.rule.time and not ruled.times:
        codes.append("time_missing")
    return codes
