"""Sitemaps as bytes, locations out: url sets, news sitemaps and indexes, plain or gzip."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from lxml import etree

from crawlers import dates
from crawlers.errors import Unreadable
from crawlers.markup import plain, xml_tree


@dataclass(frozen=True, slots=True, kw_only=True)
class Location:
    """One address with what the sitemap says about it; ``title`` and ``published`` come from the news extension."""

    url: str
    title: str = ""
    published: datetime | None = None
    modified: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sitemap:
    """Pages and further sitemaps, in the file's order."""

    pages: tuple[Location, ...] = ()
    sitemaps: tuple[Location, ...] = ()


def parse(body: bytes, content_type: str = "") -> Sitemap:
    """Read a sitemap or a sitemap index. Raises ``Unreadable`` as :func:`crawlers.feeds.parse` does."""
    root, _ = xml_tree(body, content_type)
    pages = tuple(found for node in root.iter("{*}url") if (found := _location(node)))
    sitemaps = tuple(found for node in root.iter("{*}sitemap") if (found := _location(node)))
    if not pages and not sitemaps and etree.QName(root).localname not in {"urlset", "sitemapindex"}:
        raise Unreadable("broken_xml", "neither urlset nor sitemapindex")
    return Sitemap(pages=pages, sitemaps=sitemaps)


def _location(node: etree._Element) -> Location | None:
    url = (node.findtext("{*}loc") or "").strip()
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        return None
    return Location(
        url=url,
        title=plain(node.findtext("{*}news/{*}title") or ""),
        published=dates.parse(node.findtext("{*}news/{*}publication_date") or ""),
        modified=dates.parse(node.findtext("{*}lastmod") or ""),
    )
