"""From text to sparse features: one tokenisation and one weighting, the same in training and in use.

Word 1–2-grams as written, word 1–2-grams folded (no diacritics) and character 2–5-grams of each folded token with its borders
(scikit-learn's ``char_wb``). The folded groups let a complaint typed without diacritics meet the one typed with them. Groups are
TF-IDF weighted (sublinear) and normalised to length 1 each, so that the many character n-grams do not drown the words.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

import text as vietnamese
from nlp.teencode import LEXICON

GROUPS = ("w", "f", "c", "s")
"""w: words as written, f: folded words, c: characters of folded tokens, s: signs (``{…}`` tokens, see ``view``)."""

_TOKEN = re.compile(
    r"\[[A-Z]+:\d+\]"
    r"|(?:https?://|www\.)\S+"
    r"|(?<![\w@])[a-zA-Z0-9][\w-]*(?:\.[\w-]+)*\.[a-zA-Z]{2,6}(?:/\S*)?(?!\w)"
    r"|<[a-z]+>"
    r"|\w+"
    r"|[^\w\s]+"
)
_SPECIAL = re.compile(r"[\[<]|[a-zA-Z0-9]\.[a-zA-Z]|https?:")
_WORD = re.compile(r"\w+|[^\w\s]+")
"""The same tokens where a text holds neither masks nor links: half the time."""

_RUN = re.compile(r"(.)\1{2,}")
_MASK = re.compile(r"\[([A-Z]+):\d+\]")
_DIGITS = re.compile(r"\d+")


def cut_runs(text: str) -> str:
    """Cut runs of three and more equal characters to two ("quáaaa" → "quáa")."""
    return _RUN.sub(r"\1\1", text)


_KNOWN: tuple[dict[str, tuple[str, ...]], dict[str, tuple[str, ...]]] = ({}, {})
"""Model tokens by raw token, without and with teencode: Vietnamese has few distinct syllables."""


def _learn(raw: str, teencode: bool) -> tuple[str, ...]:
    known = _KNOWN[teencode]
    if len(known) > 100_000:  # bounded: a flood of random strings must not eat the memory
        known.clear()
    known[raw] = _pieces(raw, teencode)
    return known[raw]


def _pieces(raw: str, teencode: bool) -> tuple[str, ...]:
    """Return the model tokens of one raw token."""
    if raw[0] == "[" and (mask := _MASK.fullmatch(raw)):
        return (f"<{mask.group(1).lower()}>",)
    if raw[0] == "<" and raw[-1] == ">" and len(raw) > 2:
        return (raw,)
    if "." in raw and len(raw) > 3 and raw[0].isalnum():
        return ("<url>",)
    token = cut_runs(raw.lower())
    if any(character.isdigit() for character in token):
        return (_DIGITS.sub("0", token),)
    if not token.isalnum():
        return (token[:3],)
    if teencode and (words := LEXICON.get(token)):
        return words
    return (token,)


def tokens(text: str, *, teencode: bool = False) -> list[str]:
    """Split ``text`` (normalised) into lower-case tokens of the models.

    Typed masks become ``<phone>`` …, links ``<url>``, digit runs ``0``; runs of three and more equal characters are cut to two;
    ``teencode`` replaces abbreviations of chat by the words they stand for (social text only).
    """
    found: list[str] = []
    known = _KNOWN[teencode]
    for raw in (_TOKEN if _SPECIAL.search(text) else _WORD).findall(text):
        found += known.get(raw) or _learn(raw, teencode)
    return found


def _characters(folded: str) -> list[str]:
    """Return the 2–5-grams of one token with a space at either border, as scikit-learn's ``char_wb`` does."""
    padded = f" {folded} "
    length = len(padded)
    grams: list[str] = []
    for size in range(2, 6):
        if size >= length:
            grams.append("c" + padded)
            break
        grams.extend("c" + padded[start : start + size] for start in range(length - size + 1))
    return grams


def _names(token: str) -> tuple[str, list[str]]:
    """Return the folded form of a token and the names of its own features."""
    if token[0] == "{":
        return token, ["s" + token]
    if token[0] == "<":
        return token, ["w" + token, "f" + token]
    folded = vietnamese.fold(token)
    return folded, ["w" + token, "f" + folded, *_characters(folded)]


_Token = tuple[tuple[int, ...], bool, str, dict[str, int] | None, dict[str, int] | None]
"""What is known of one token: own features, whether it is a sign, folded form, second words of pairs it begins (both forms)."""


@dataclass(slots=True)
class Vocabulary:
    """Feature names in the order of their columns, with inverse document frequencies.

    ``names`` carry the group as their first letter. Tokens are cached: Vietnamese has few distinct syllables, so after a short
    while a text costs one look-up per token.
    """

    names: list[str]
    idf: NDArray[np.float32]
    teencode: bool
    _ids: dict[str, int] = field(default_factory=dict)
    _pairs: dict[str, dict[str, int]] = field(default_factory=dict)
    _cache: dict[str, _Token] = field(default_factory=dict)
    _group: NDArray[np.int8] = field(default_factory=lambda: np.zeros(0, np.int8))

    def __post_init__(self) -> None:
        """Build the look-up tables: single features by name, pairs by first and second word."""
        self._group = np.array([GROUPS.index(name[0]) for name in self.names], np.int8)
        for number, name in enumerate(self.names):
            first, blank, second = name.partition(" ")
            if blank and name[0] != "c":
                self._pairs.setdefault(first, {})[second] = number
            else:
                self._ids[name] = number

    def __len__(self) -> int:
        """Return the number of features."""
        return len(self.names)

    def _token(self, token: str) -> _Token:
        folded, names = _names(token)
        ids = tuple(self._ids[name] for name in names if name in self._ids)
        sign = token[0] == "{"
        known = (ids, sign, folded, self._pairs.get("w" + token), self._pairs.get("f" + folded))
        if len(self._cache) > 200_000:  # bounded: a flood of random strings must not eat the memory
            self._cache.clear()
        self._cache[token] = known
        return known

    def ids(self, words: Sequence[str]) -> list[int]:
        """Return the feature numbers of a token list, with repeats."""
        ids: list[int] = []
        cache = self._cache
        after: dict[str, int] | None = None
        after_folded: dict[str, int] | None = None
        for word in words:
            own, sign, folded, next_after, next_folded = cache.get(word) or self._token(word)
            ids += own
            if sign:
                continue
            if after is not None and word in after:
                ids.append(after[word])
            if after_folded is not None and folded in after_folded:
                ids.append(after_folded[folded])
            after, after_folded = next_after, next_folded
        return ids

    def matrix(self, texts: Iterable[Sequence[str]]) -> sparse.csr_matrix[Any]:
        """Return the TF-IDF matrix (texts × features, float32) of token lists."""
        rows = [self.ids(words) for words in texts]
        size = max(1, len(self.names))
        lengths = [len(ids) for ids in rows]
        keys = np.fromiter(chain.from_iterable(rows), np.int64, sum(lengths))
        keys += size * np.repeat(np.arange(len(rows), dtype=np.int64), lengths)
        unique, counts = np.unique(keys, return_counts=True)
        row, column = np.divmod(unique, size)
        values = (1.0 + np.log(counts)).astype(np.float32) * self.idf[column]
        part = row * len(GROUPS) + self._group[column]
        norms = np.sqrt(np.bincount(part, values * values, len(rows) * len(GROUPS))).astype(np.float32)
        values /= norms[part]
        pointers = np.searchsorted(row, np.arange(len(rows) + 1))
        return sparse.csr_matrix((values, column.astype(np.int32), pointers), shape=(len(rows), size))


def learn_vocabulary(
    texts: Sequence[Sequence[str]], *, teencode: bool, size: int, least: int = 2, groups: str = "wfcs"
) -> Vocabulary:
    """Choose the ``size`` most frequent features of ``groups`` that occur in at least ``least`` texts."""
    seen: Counter[str] = Counter()
    known: dict[str, tuple[str, list[str]]] = {}
    for words in texts:
        names: set[str] = set()
        before, before_folded = "", ""
        for word in words:
            folded, own = known.get(word) or known.setdefault(word, _names(word))
            names.update(own)
            if word[0] == "{":
                continue
            if before:
                names.add(f"w{before} {word}")
                names.add(f"f{before_folded} {folded}")
            before, before_folded = word, folded
        seen.update(names)
    kept = sorted(
        (name for name, count in seen.items() if count >= least and name[0] in groups),
        key=lambda name: (-seen[name], name),
    )[:size]
    kept.sort()
    idf = np.array([np.log((1 + len(texts)) / (1 + seen[name])) + 1 for name in kept], np.float32)
    return Vocabulary(kept, idf, teencode)
