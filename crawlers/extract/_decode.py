"""Bytes to text: byte-order mark, then the charset that is declared, then what Vietnamese pages really use."""

from __future__ import annotations

import codecs
import re
import unicodedata

_DECLARED = re.compile(
    rb"""<(?:meta|\?xml)[^>]{0,200}?(?:charset|encoding)\s*=\s*["']?\s*([A-Za-z0-9_.:-]{3,30})""", re.I
)
_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_CP1252_AS_1258 = {"iso-8859-1", "latin-1", "latin1", "us-ascii", "ascii", "windows-1252", "cp1252"}


def decode(page: bytes, encoding: str | None = None) -> str:
    """Return the page as text; never raises, undecodable bytes become U+FFFD.

    Valid UTF-8 is taken as UTF-8 whatever is declared: servers and templates disagree often, and text in another
    encoding is practically never valid UTF-8. Otherwise ``encoding`` (the transport's), the page's own declaration,
    windows-1258 when it gives Vietnamese letters, windows-1252.
    """
    for bom, codec in _BOMS:
        if page.startswith(bom):
            return page[len(bom) :].decode(codec, errors="replace")
    try:
        return page.decode("utf-8")
    except UnicodeDecodeError as error:
        broken = error
    declared = _DECLARED.search(page[:4096])
    names = [encoding, declared.group(1).decode("ascii") if declared else None]
    for name in names:
        if name and name.lower().replace("_", "-") not in {"utf-8", "utf8"} | _CP1252_AS_1258 and _known(name):
            return page.decode(name, errors="replace")
    # One stray byte in a long UTF-8 page is damage, not another encoding: many valid multi-byte letters come with it.
    as_utf8 = page.decode("utf-8", errors="replace")
    if as_utf8.count("\ufffd") * 20 <= sum(1 for letter in as_utf8 if letter > "\x7f") or broken.start > len(page) - 4:
        return as_utf8
    as_1258 = unicodedata.normalize("NFC", page.decode("cp1258", errors="replace"))
    if any("\u1ea0" <= letter <= "\u1ef9" for letter in as_1258):
        return as_1258
    return page.decode("cp1252", errors="replace")


def _known(name: str) -> bool:
    try:
        return codecs.lookup(name)._is_text_encoding
    except LookupError:
        return False
