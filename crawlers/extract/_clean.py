"""Small string helpers that every reading of a page shares."""

from __future__ import annotations

import html
import re
import unicodedata
from collections import Counter

_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]+")
_LETTERS = re.compile(r"[^\W_]+")


def clean(text: str | None) -> str:
    """Return NFC text with single spaces and without invisible characters."""
    if not text or text.isspace():
        return ""
    if _INVISIBLE.search(text):
        text = _INVISIBLE.sub("", text)
    return " ".join(unicodedata.normalize("NFC", text).split())


def unescape(text: str) -> str:
    """Return text with entities resolved, also those escaped twice (Tuổi Trẻ's JSON-LD)."""
    for _ in range(3):
        once = html.unescape(text)
        if once == text:
            break
        text = once
    return text


def letters(text: str) -> str:
    """Return lower-case words joined by spaces: the form in which two readings of one text are compared."""
    return " ".join(_LETTERS.findall(text.lower()))


def similar(one: str, other: str) -> float:
    """Return the Dice overlap of the words of two texts, 0..1."""
    a, b = Counter(letters(one).split()), Counter(letters(other).split())
    common = (a & b).total()
    return 2 * common / (a.total() + b.total()) if common else 0.0


def word_set(*lines: str) -> frozenset[str]:
    """Return the words of a table that is written as lines of text."""
    return frozenset(word for line in lines for word in line.split())
