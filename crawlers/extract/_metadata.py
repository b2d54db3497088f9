"""What a page says about itself: JSON-LD, meta elements, links."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urldefrag, urljoin, urlsplit

from selectolax.lexbor import LexborHTMLParser

from crawlers.extract._clean import clean, unescape
from crawlers.extract._times import Reading, parse_time

_ARTICLE_TYPES = ("Article", "BlogPosting", "Report", "Review", "SocialMediaPosting", "Newsarticle")
_LD_STRING = r'"%s"\s*:\s*"((?:[^"\\]|\\.)*)"'
_PUBLISHED_META = (
    "article:published_time",
    "pubdate",
    "datepublished",
    "publish-date",
    "publish_date",
    "published_time",
    "og:article:published_time",
    "article:published",
    "dc.date.issued",
    "dc.date",
    "cxenseparse:recs:publishtime",
    "article.published",
    "date",
)


@dataclass(slots=True)
class Metadata:
    """The page's own statements; texts are cleaned, times are readings in order of trust."""

    headline: str = ""
    og_title: str = ""
    html_title: str = ""
    description: str = ""
    og_description: str = ""
    body: str = ""
    site: str = ""
    section: str = ""
    authors: list[str] = field(default_factory=list)
    times: list[Reading] = field(default_factory=list)
    canonical: str = ""
    free: bool = True
    has_article: bool = False


def read_metadata(tree: LexborHTMLParser, url: str) -> Metadata:
    """Read JSON-LD, meta and link elements; what is broken or absent stays empty."""
    found = Metadata()
    metas: dict[str, list[str]] = {}
    for node in tree.css("meta[content]"):
        attributes = node.attributes
        content = attributes.get("content")
        for key in {attributes.get("property"), attributes.get("name"), attributes.get("itemprop")}:
            if key and content:
                metas.setdefault(key.lower(), []).append(content)

    def meta(*keys: str) -> str:
        return next((clean(unescape(metas[key][0])) for key in keys if key in metas), "")

    found.og_title = meta("og:title", "twitter:title", "title")
    found.og_description = meta("og:description", "twitter:description")
    found.description = meta("description") or found.og_description
    found.site = meta("og:site_name", "application-name")
    found.section = meta("article:section").split(",")[0].strip()
    title = tree.css_first("title")
    found.html_title = clean(title.text()) if title is not None else ""

    breadcrumb = ""
    for entry in _linked_data(tree):
        kinds = entry.get("@type")
        kinds = kinds if isinstance(kinds, list) else [kinds]
        if any(isinstance(kind, str) and kind.endswith(_ARTICLE_TYPES) for kind in kinds):
            _read_article(entry, found)
        elif "BreadcrumbList" in kinds:
            breadcrumb = breadcrumb or _crumb(entry)
        elif "VideoObject" in kinds and not found.times:
            _add_time(found, "json-ld", entry.get("uploadDate"))
    found.section = breadcrumb or found.section
    for key in _PUBLISHED_META:
        for content in metas.get(key, [])[:1]:
            _add_time(found, "meta", content)
    for key in ("dable:author", "article:author", "author"):
        for content in metas.get(key, []):
            if "://" not in content:
                found.authors.extend(clean(unescape(part)) for part in content.split(";"))
    found.canonical = _canonical(tree, meta("og:url"), url)
    return found


def _read_article(entry: dict[str, Any], found: Metadata) -> None:
    found.has_article = True
    found.headline = found.headline or _text(entry.get("headline") or entry.get("name"))
    found.description = found.description or _text(entry.get("description"))
    found.body = max(found.body, _text(entry.get("articleBody")), key=len)
    section = entry.get("articleSection")
    section = section[0] if isinstance(section, list) and section else section
    found.section = found.section or _text(section).split(",")[0].strip()
    found.free = found.free and str(entry.get("isAccessibleForFree", True)).lower() not in ("false", "0", "no")
    authors = entry.get("author") or entry.get("creator") or []
    for author in authors if isinstance(authors, list) else [authors]:
        if isinstance(author, dict):
            if author.get("@type") not in ("Organization", "NewsMediaOrganization"):
                found.authors.append(_text(author.get("name")))
        else:
            found.authors.append(_text(author))
    publisher = entry.get("publisher")
    if isinstance(publisher, dict):
        found.site = found.site or _text(publisher.get("name"))
    _add_time(found, "json-ld", entry.get("datePublished"))


def _add_time(found: Metadata, source: str, value: object) -> None:
    reading = parse_time(_text(value), source)
    if reading is not None:
        found.times.append(reading)


def _text(value: object) -> str:
    if isinstance(value, list):
        value = value[0] if value else ""
    return clean(unescape(value)) if isinstance(value, str) else ""


def _linked_data(tree: LexborHTMLParser) -> Iterator[dict[str, Any]]:
    for node in tree.css('script[type="application/ld+json"]'):
        source = (node.text() or "").strip().removeprefix("<!--").removesuffix("-->").strip().rstrip(";")
        if not source:
            continue
        try:
            yield from _entries(json.loads(source, strict=False))
        except (ValueError, RecursionError):
            yield from _salvaged(source)


def _entries(value: object) -> Iterator[dict[str, Any]]:
    if isinstance(value, list):
        for part in value:
            yield from _entries(part)
    elif isinstance(value, dict):
        yield value
        for key in ("@graph", "mainEntity", "mainEntityOfPage"):
            if isinstance(value.get(key), (list, dict)):
                yield from _entries(value[key])


def _salvaged(source: str) -> Iterator[dict[str, Any]]:
    """Read headline and time out of JSON-LD that is no JSON (unescaped quotes and trailing commas are common)."""
    if re.search(r'"@type"\s*:\s*"[A-Za-z]*Article"', source):
        entry: dict[str, Any] = {"@type": "NewsArticle"}
        for key in ("headline", "description", "datePublished"):
            match = re.search(_LD_STRING % key, source)
            if match:
                entry[key] = match.group(1)
        yield entry


def _crumb(entry: dict[str, Any]) -> str:
    """Return the name of the first crumb that is not the front page."""
    crumbs = entry.get("itemListElement")
    for crumb in crumbs if isinstance(crumbs, list) else []:
        crumb = crumb[0] if isinstance(crumb, list) and crumb else crumb
        if not isinstance(crumb, dict):
            continue
        item = crumb.get("item")
        target = item.get("@id") if isinstance(item, dict) else item
        name = _text(crumb.get("name")) or (_text(item.get("name")) if isinstance(item, dict) else "")
        is_front = isinstance(target, str) and urlsplit(target).path in ("", "/")
        if name and not is_front and name.lower() not in ("trang chủ", "home"):
            return name
    return ""


def _canonical(tree: LexborHTMLParser, og_url: str, url: str) -> str:
    """Return the declared address when it is an article's on the same site, else the given one."""
    link = tree.css_first('link[rel="canonical"][href]')
    for declared in ((link.attributes.get("href") if link is not None else None), og_url):
        if not declared:
            continue
        try:
            absolute = urldefrag(urljoin(url, declared.strip())).url
            parts = urlsplit(absolute)
        except ValueError:  # "http://[" and the like
            continue
        if (
            parts.scheme in ("http", "https")
            and _site(parts.hostname) == _site(urlsplit(url).hostname)
            and len(parts.path) > 1
        ):
            return absolute
    return urldefrag(url).url


def _site(host: str | None) -> str:
    labels = (host or "").lower().split(".")
    keep = (
        3 if len(labels) > 2 and labels[-1] == "vn" and labels[-2] in ("com", "net", "org", "edu", "gov", "info") else 2
    )
    return ".".join(labels[-keep:])
