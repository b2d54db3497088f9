"""Links of list pages: a newspaper's section without a feed, a forum's board. Pure functions of the page."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import parse_qs, urldefrag, urljoin, urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

from crawlers.extract._clean import clean, word_set
from crawlers.extract._decode import decode
from crawlers.extract._times import parse_time
from crawlers.urls import site

# Sections whose pages are no written articles, and pages of the site itself.
_NO_ARTICLES = word_set(
    "video videos clip podcast podcasts tv tag tags tu-khoa chu-de tac-gia author event su-kien collection topic",
    "tim-kiem search rss lien-he quang-cao dang-nhap login e-paper epaper page user",
)
_ID = re.compile(r"(?:[-_/.]|post|a|c|d|i|tin)(?:\d{5,}|(?!19|20)\d{4})$")  # …-4954454, …-post874982, …/12345, no year
_HEX_ID = re.compile(r"-(?=[0-9a-f]*\d)[0-9a-f]{6,12}$")  # …-4a30b2c
_DATED = re.compile(r"/(?:19|20)\d\d(?:/|-)?(?:0?[1-9]|1[0-2])/")
_EXTENSION = re.compile(r"\.(?:html?|chn|vnp|vov|aspx?|php|epi|tpo|ldo|antd|vgp|bbp|dec)$", re.I)
_MIN_TITLE = 20  # characters; shorter anchors are sections, tags and buttons
_SLUG_WORDS = 5  # a headline's slug has at least so many words where the address carries no id
_FEW = 5  # with so many addresses that carry an id or a date, those without are the site's sections


@dataclass(frozen=True, slots=True)
class Link:
    """An article that a list names: absolute address without fragment, headline as printed (cleaned)."""

    url: str
    title: str


@dataclass(frozen=True, slots=True)
class Thread:
    """A thread that a board names, without its poster. ``latest_at``: aware time of the newest post, when printed."""

    url: str
    title: str
    latest_at: datetime | None


def article_links(html: bytes | str, url: str) -> list[Link]:
    """Return the articles that a section page links to, each once, in the page's order.

    ``url`` is the page's own address: only links to the same site count. A link is an article's when its address
    carries an id or a date (on sites without either: a headline's slug) and some anchor to it prints a headline.
    Videos, tags, authors, topics and the site's own pages are left out.
    """
    found: dict[str, tuple[int, str]] = {}
    sure: set[str] = set()
    home = site(urlsplit(url).hostname or "")
    for node in LexborHTMLParser(_text(html)).css("a[href]"):
        address = _resolved(url, node)
        parts = urlsplit(address)
        if parts.scheme not in ("http", "https") or site(parts.hostname or "") != home:
            continue
        numbered, worded = _article_signs(parts.path, parts.query)
        if not (numbered or worded):
            continue
        if numbered:
            sure.add(address)
        rank, title = _headline(node)
        known = found.get(address)
        if known is None or rank > known[0]:
            found[address] = (rank, title)
    return [
        Link(address, title)
        for address, (_, title) in found.items()
        if len(title) >= _MIN_TITLE and (address in sure or len(sure) < _FEW)
    ]


def forum_threads(html: bytes | str, url: str) -> list[Thread]:
    """Return the threads that a XenForo board or front page names, each once, in the page's order; names of posters
    are not read."""
    found: dict[str, Thread] = {}
    tree = LexborHTMLParser(_text(html))
    for row in tree.css(".structItem--thread, .node-extra"):
        links = row.css('.structItem-title a[href]:not([class*="label"]), a.node-extra-title[href]')
        if not links:
            continue
        link = links[-1]
        address = re.sub(r"/(?:unread|latest|page-\d+|post-\d+)$", "/", _resolved(url, link))
        for label in link.css(".label, .label-append"):
            label.decompose()
        title = clean(link.text())
        time = row.css_first("time.structItem-latestDate, time.node-extra-date")
        reading = parse_time(time.attributes.get("datetime") or "") if time is not None else None
        if title and address not in found:
            found[address] = Thread(address, title, reading.at if reading else None)
    return list(found.values())


def _text(html: bytes | str) -> str:
    return decode(html) if isinstance(html, bytes) else html


def _resolved(base: str, node: LexborNode) -> str:
    try:
        return urldefrag(urljoin(base, (node.attributes.get("href") or "").strip())).url
    except ValueError:  # a malformed address such as http://[
        return ""


def _article_signs(path: str, query: str) -> tuple[bool, bool]:
    """Tell whether an address carries an article's id or date, and whether it ends in a headline's slug."""
    segments = [segment for segment in path.lower().split("/") if segment]
    if not segments or any(segment in _NO_ARTICLES for segment in segments[:-1]):
        return False, False
    last = _EXTENSION.sub("", segments[-1])
    words = last.count("-") + 1
    if _ID.search(last) or _HEX_ID.search(last):
        numbered = words >= 3 or len(segments) >= 2
    else:
        numbered = (bool(_DATED.search(path)) and words >= 3) or any(
            key.lower() in ("id", "newsid", "itemid", "articleid") for key in parse_qs(query)
        )
    return numbered, words >= _SLUG_WORDS


def _headline(node: LexborNode) -> tuple[int, str]:
    """Return how surely an anchor prints the headline (heading 3, plain text 2, title attribute 1), and the
    headline."""
    printed = clean(node.text())
    attribute = clean(node.attributes.get("title"))
    if len(printed) >= _MIN_TITLE:
        parent = node.parent
        in_heading = bool(re.fullmatch(r"h[1-6]", parent.tag or "")) if parent is not None else False
        return (3 if in_heading or node.css_first("h1, h2, h3, h4, h5, h6") is not None else 2), printed
    return (1, attribute) if len(attribute) >= _MIN_TITLE else (0, printed)
