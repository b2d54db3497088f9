"""Feeds as bytes, entries out: RSS 0.9x, 1.0 (RDF), 2.0 and Atom. A pure function of the bytes."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urljoin, urlsplit

from lxml import etree

from crawlers import dates
from crawlers.errors import Unreadable
from crawlers.markup import plain, xml_tree

_TITLE_FROM_SUMMARY = 100
_ATOM = "{http://www.w3.org/2005/Atom}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One entry: plain text without markup, ``published`` aware or None, ``updated`` where the feed gives it."""

    url: str
    title: str
    summary: str
    guid: str = ""
    published: datetime | None = None
    updated: datetime | None = None
    section: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """The entries in the feed's order.

    ``dropped`` counts what was left out by reason; ``recovered``: the XML was broken.
    """

    entries: tuple[Entry, ...]
    dropped: Counter[str]
    recovered: bool = False


def parse(body: bytes, url: str, content_type: str = "") -> Feed:
    """Read a feed.

    Broken XML is read as far as it goes; a duplicate (same link) counts once. Raises ``Unreadable`` with
    ``empty_body``, ``html_for_feed``, ``broken_xml`` or ``too_large``.
    """
    root, recovered = xml_tree(body, content_type)
    nodes = [node for node in root.iter() if _name(node) in {"item", "entry"}]
    feed = _collect(nodes, url, recovered)
    if not feed.entries and (recovered or _name(root) not in {"rss", "RDF", "feed", "channel"}):
        raise Unreadable("broken_xml", f"root <{_name(root)}> without entries")
    return feed


def _collect(nodes: list[etree._Element], url: str, recovered: bool) -> Feed:
    entries: dict[str, Entry] = {}
    dropped: Counter[str] = Counter()
    for node in nodes:
        entry = _entry(node, url)
        if entry is None:
            dropped["no_link"] += 1
        elif not entry.title:
            dropped["no_text"] += 1
        elif entry.url in entries:
            dropped["duplicate"] += 1
        else:
            entries[entry.url] = entry
    return Feed(entries=tuple(entries.values()), dropped=dropped, recovered=recovered)


def _entry(node: etree._Element, base: str) -> Entry | None:
    fields: dict[str, str] = {}
    link = ""
    for child in node:
        name = _name(child)
        if name == "link" and child.tag.startswith(_ATOM) and child.get("href"):
            if child.get("rel", "alternate") == "alternate" and not link:
                link = child.get("href", "")
        elif name == "link":
            link = link or _text(child)
        elif name and name not in fields:
            fields[name] = _text(child)
    guid = fields.get("guid") or fields.get("id") or ""
    link = _absolute(link, base) or _absolute(guid, base, relative=False)
    if not link:
        return None
    summary = plain(
        fields.get("description") or fields.get("summary") or fields.get("encoded") or fields.get("content", "")
    )
    title = plain(fields.get("title", "")) or _shorten(summary)
    published = _first_date(fields, "pubDate", "published", "date", "issued", "created", "updated")
    return Entry(
        url=link,
        title=title,
        summary="" if summary == title else summary,
        guid=guid.strip(),
        published=published,
        updated=_first_date(fields, "updated", "modified"),
        section=plain(fields.get("category", "")),
    )


def _first_date(fields: dict[str, str], *names: str) -> datetime | None:
    for name in names:
        if found := dates.parse(fields.get(name, "")):
            return found
    return None


def _absolute(link: str, base: str, *, relative: bool = True) -> str:
    link = link.strip()
    if not link or any(blank in link for blank in " \n\t"):
        return ""
    try:
        link = urljoin(base, link) if relative else link
        parts = urlsplit(link)
    except ValueError:
        return ""
    return link if parts.scheme in {"http", "https"} and parts.hostname else ""


def _name(node: etree._Element) -> str:
    """Return the local name; comments and processing instructions have none."""
    return node.tag.rpartition("}")[2] if isinstance(node.tag, str) else ""


def _text(node: etree._Element) -> str:
    """Return the text, with the markup of an unescaped (XHTML) child as plain text."""
    return "".join(node.itertext())


def _shorten(summary: str) -> str:
    if len(summary) <= _TITLE_FROM_SUMMARY:
        return summary
    return summary[:_TITLE_FROM_SUMMARY].rpartition(" ")[0] + "…"
