"""Tokens and sentences with offsets."""

from __future__ import annotations

import re
from typing import NamedTuple

_WORD = re.compile(r"\[[A-Z]+:\d+\]|[^\W_]+")
_END = re.compile(r"[.!?…]+[\"'”’)\]]*(?=\s+)|\n+")
# A full stop after these does not end a sentence (titles, units and the abbreviations of places).
_ABBREVIATION = re.compile(
    r"(?:tp|tx|tt|bs|ths|ts|gs|pgs|kts|ks|ll|đc|st|dr|mrs?|ms|nxb|v\.v|vd|stt|sn|đt)$", re.IGNORECASE
)


class Token(NamedTuple):
    """A syllable, number or typed mask: its text and the characters ``start`` to ``end`` (exclusive) it covers."""

    text: str
    start: int
    end: int


def words(text: str) -> list[Token]:
    """Return the syllables, numbers and typed masks of ``text`` in order; punctuation is left out."""
    return [Token(match[0], match.start(), match.end()) for match in _WORD.finditer(text)]


def sentences(text: str) -> list[tuple[int, int]]:
    """Return (start, end) of each sentence; line breaks end sentences, abbreviations and decimal points do not."""
    found: list[tuple[int, int]] = []
    start = 0
    for match in _END.finditer(text):
        if match[0].startswith("."):
            before = text[start : match.start()].rsplit(None, 1)
            last = before[-1] if before else ""
            # A single capital is an initial or "P.", "Q."; a single small letter is a unit and may end a sentence.
            if _ABBREVIATION.match(last) or (len(last) == 1 and last.isupper()):
                continue
        _add(found, text, start, match.end())
        start = match.end()
    _add(found, text, start, len(text))
    return found


def _add(found: list[tuple[int, int]], text: str, start: int, end: int) -> None:
    piece = text[start:end]
    left = len(piece) - len(piece.lstrip())
    right = len(piece.rstrip())
    if right > left:
        found.append((start + left, start + right))
