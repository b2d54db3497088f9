"""Bytes to text and HTML to plain text, within limits."""

from __future__ import annotations

import html
import re
import zlib
from html.entities import name2codepoint

from lxml import etree

import text
from crawlers.errors import Unreadable

MAX_BYTES = 10 * 1024 * 1024
"""Largest answer that is read, before and after decompression (Scrapy's own default of 1 GB would fill the machine)."""

_XML_ENCODING = re.compile(rb"^\s*<\?xml[^>]*?encoding\s*=\s*[\"']([\w.\-]+)")
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.\-]+)", re.IGNORECASE)
_META_CHARSET = re.compile(rb"<meta[^>]+charset\s*=\s*[\"']?([\w.\-]+)", re.IGNORECASE)
_NOISE = re.compile(r"<(script|style|iframe)\b.*?</\1\s*>", re.IGNORECASE | re.DOTALL)
_TAG = re.compile(r"<(?:!--.*?--|/?[a-zA-Z][^<>]*)>", re.DOTALL)
_BREAKS = re.compile(r"\s+")
_PROLOGUE = re.compile(r"^\s*(?:<\?xml[^>]*\?>)?\s*(?:<!--.*?-->\s*)*(?:<!DOCTYPE[^>\[]*(?:\[.*?\]\s*)?>)?", re.DOTALL)
_NAMED = re.compile(r"&([a-zA-Z]{2,8}\d?);")
_OF_XML = frozenset({"amp", "lt", "gt", "quot", "apos"})


def decode(body: bytes, content_type: str = "") -> str:
    """Return the text of ``body``. Valid UTF-8 wins over any declaration: servers that still say ISO-8859-1 are wrong.

    Then the byte-order mark, the HTTP header's charset, the document's own, and Vietnamese Windows (cp1258) as the
    last.
    """
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if body.startswith(mark):
            return body.decode(encoding, errors="replace")
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        pass
    declared = [found[1] for found in [_CHARSET.search(content_type)] if found]
    declared += [found[1].decode() for found in (_XML_ENCODING.match(body), _META_CHARSET.search(body[:2048])) if found]
    for encoding in declared:
        if encoding.lower().replace("_", "-") in {"utf-8", "utf8"}:
            # Mostly UTF-8 with a few broken bytes: better three marks than a wrong alphabet.
            return body.decode("utf-8", errors="replace")
        try:
            return body.decode(encoding)
        except (UnicodeDecodeError, LookupError):
            continue
    return body.decode("cp1258", errors="replace")


def gunzip(body: bytes, limit: int = MAX_BYTES) -> bytes:
    """Return ``body`` unpacked when it is gzip, else as it is.

    At most ``limit`` bytes. Raises ``ValueError`` past the limit.
    """
    if not body.startswith(b"\x1f\x8b"):
        return body
    machine = zlib.decompressobj(zlib.MAX_WBITS | 16)
    try:
        plain = machine.decompress(body, limit + 1)
    except zlib.error as error:
        raise ValueError(f"broken gzip: {error}") from error
    if len(plain) > limit:
        raise ValueError(f"more than {limit} bytes after decompression")
    return plain


def plain(markup: str) -> str:
    """Return the visible text of a small piece of HTML on one line, in the normal form of ``text``."""
    markup = _NOISE.sub(" ", markup)
    markup = _TAG.sub(" ", markup)
    if "&" in markup:
        # Feeds escape twice: &amp;quot; and &lt;p&gt; inside a title are common.
        markup = _TAG.sub(" ", html.unescape(html.unescape(markup)))
    return text.normalize(_BREAKS.sub(" ", markup))


def looks_like_html(document: str) -> bool:
    """Say whether a document is a web page, not a feed."""
    head = document[:1000].lstrip("\ufeff \t\r\n").lower()
    return head.startswith(("<!doctype html", "<html", "<head", "<body")) or ("<html" in head and "<rss" not in head)


def xml_tree(body: bytes, content_type: str = "") -> tuple[etree._Element, bool]:
    """Read a feed or sitemap: its root element, and whether the XML was broken and read as far as it goes.

    Raises ``Unreadable`` with ``empty_body``, ``html_for_feed``, ``broken_xml`` or ``too_large``.
    """
    try:
        document = decode(gunzip(body), content_type)
    except ValueError as error:
        raise Unreadable("too_large" if "more than" in str(error) else "broken_xml", str(error)) from error
    if not document.strip():
        raise Unreadable("empty_body")
    if looks_like_html(document):
        raise Unreadable("html_for_feed")
    # No DTD, no entities of its own, no network: a feed is data (billion laughs, XXE). HTML's names are known without one.
    document = _NAMED.sub(_character, _PROLOGUE.sub("", document.lstrip("\ufeff"), count=1))
    data = document.encode("utf-8", errors="replace")
    parser = etree.XMLParser(
        recover=True, resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, encoding="utf-8"
    )
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise Unreadable("broken_xml", str(error)) from error
    if root is None:
        raise Unreadable("broken_xml", "no element")
    return root, bool(parser.error_log.filter_from_errors())


def _character(match: re.Match[str]) -> str:
    code = None if match[1] in _OF_XML else name2codepoint.get(match[1])
    return match[0] if code is None else chr(code)
