"""Vietnamese word segmentation behind one interface: where the words of a text are.

``fast`` reads longest matches of our own lexicon (for search fields and counts), ``accurate`` asks underthesea (for models that
were trained on segmented text). Both give character spans of the text they were handed; the text itself is never changed.
"""

from __future__ import annotations

import itertools
import re
from functools import lru_cache
from pathlib import Path
from typing import Protocol

Spans = list[tuple[int, int]]

_FILE = Path(__file__).parent / "data" / "words.txt"
_SYLLABLE = re.compile(r"\w+")
LONGEST_WORD = 4
"""Syllables of the longest word looked up; longer ones are names or idioms."""


class Segmenter(Protocol):
    """Splits a text into words."""

    def __call__(self, text: str) -> Spans:
        """Return the spans of the words of ``text``, in order, without punctuation."""
        ...


@lru_cache(maxsize=1)
def lexicon() -> frozenset[str]:
    """Return the words of two to four syllables (lower case); mined from press titles and leads, a list of facts."""
    return frozenset(_FILE.read_text(encoding="utf-8").split("\n")) - {""}


def fast(text: str) -> Spans:
    """Segment by longest match from the left; linear, about a million syllables a second."""
    words = lexicon()
    syllables = [(match.group().lower(), match.start(), match.end()) for match in _SYLLABLE.finditer(text)]
    spans: Spans = []
    place = 0
    while place < len(syllables):
        length = 1
        for size in range(min(LONGEST_WORD, len(syllables) - place), 1, -1):
            part = syllables[place : place + size]
            joined = all(text[a[2] : b[1]] == " " for a, b in itertools.pairwise(part))
            if joined and " ".join(syllable for syllable, _, _ in part) in words:
                length = size
                break
        spans.append((syllables[place][1], syllables[place + length - 1][2]))
        place += length
    return spans


def accurate(text: str) -> Spans:
    """Segment with underthesea's CRF (word F1 about 0.98 on news); some ten times slower than :func:`fast`."""
    from underthesea import word_tokenize  # imported here: it loads a model of 26 MB

    spans: Spans = []
    place = 0
    # Its own token normalisation moves characters; spans must stay those of our text.
    for word in word_tokenize(text, use_token_normalize=False):
        pattern = r"\s+".join(map(re.escape, word.split()))
        match = re.compile(pattern).search(text, place)
        if match is None:
            continue
        place = match.end()
        if any(character.isalnum() for character in match.group()):
            spans.append(match.span())
    return spans


SEGMENTERS: dict[str, Segmenter] = {"fast": fast, "accurate": accurate}
