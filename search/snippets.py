"""Snippets with the matched words marked, the same for every engine: computed from the stored text, not by the engine."""

from __future__ import annotations

import re
from functools import lru_cache

import text
from search.query import All, Any, Node, Not, Words

LENGTH = 240
"""Characters of a snippet: two lines on the desk's screen."""


def snippet(passage: str, query: Node | None) -> tuple[str, tuple[tuple[int, int], ...]]:
    """Return the part of ``passage`` (in normal form) with the most matches and the (start, end) of each match in it."""
    found = _matches(passage, _leaves(query))
    start = _window(found)
    if start:
        start = passage.rfind(" ", 0, start) + 1
    end = min(len(passage), start + LENGTH)
    if end < len(passage):
        end = max(passage.rfind(" ", start, end), start + LENGTH // 2)
    marks = tuple((left - start, right - start) for left, right in found if left >= start and right <= end)
    return passage[start:end], marks


def _leaves(node: Node | None) -> list[Words]:
    match node:
        case Words():
            return [node]
        case All(nodes) | Any(nodes):
            return [leaf for part in nodes for leaf in _leaves(part)]
        case Not() | None:
            return []
        case _:
            return []


def _matches(passage: str, leaves: list[Words]) -> list[tuple[int, int]]:
    found: set[tuple[int, int]] = set()
    for exact in {leaf.exact for leaf in leaves}:
        pattern = _pattern(tuple(leaf.syllables for leaf in leaves if leaf.exact is exact))
        found.update(match.span() for match in pattern.finditer(text.match_key(passage, accents=exact)))
    return sorted(found)


@lru_cache(maxsize=256)
def _pattern(phrases: tuple[tuple[str, ...], ...]) -> re.Pattern[str]:
    """Return the pattern of whole syllables in order; the longest phrase first, as alternation takes the first match."""
    longest = sorted(phrases, key=len, reverse=True)
    either = "|".join(r"[\W_]+".join(map(re.escape, syllables)) for syllables in longest)
    return re.compile(rf"(?<![^\W_])(?:{either})(?![^\W_])")


def _window(found: list[tuple[int, int]]) -> int:
    """Return where to start so that most matches fit, with a little room before the first."""
    best, most = 0, 0
    for left, _ in found:
        inside = sum(1 for start, end in found if start >= left and end <= left + LENGTH - 40)
        if inside > most:
            best, most = max(0, left - 40), inside
    return 0 if best < LENGTH // 2 and most <= 1 else best
