"""Chat abbreviations: replaced for social text only, before features are counted.

The lexicon is ours (``nlp/data/teencode.tsv``). An abbreviation with several readings has one of them: the models only need the
same token every time.
"""

from __future__ import annotations

import re
from pathlib import Path

_FILE = Path(__file__).parent / "data" / "teencode.tsv"


def _read() -> dict[str, tuple[str, ...]]:
    lexicon: dict[str, tuple[str, ...]] = {}
    for line in _FILE.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            short, words = line.split("\t")
            lexicon[short] = tuple(words.split())
    return lexicon


LEXICON = _read()
"""Abbreviation (lower case) to the words it stands for."""

_WORD = re.compile(r"\w+")


def restore(text: str) -> str:
    """Return ``text`` with chat abbreviations written out, for people and for models that read words."""
    return _WORD.sub(lambda match: " ".join(LEXICON.get(match.group().lower(), (match.group(),))), text)
