"""Hiding words that a person found to identify somebody ("Ẩn thông tin cá nhân"): pure functions of texts."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from text import MaskKind

FLAG = "hidden:"
"""Begins the item's flag ``hidden:NUMBER`` for each ``[PERSON:NUMBER]`` that a person put there."""
_MASK = re.compile(rf"\[{MaskKind.PERSON}:(\d+)\]")


def next_number(texts: Iterable[str]) -> int:
    """Return the first number that no ``[PERSON:n]`` of the texts has."""
    return 1 + max((int(number) for words in texts for number in _MASK.findall(words)), default=0)


@dataclass(frozen=True, slots=True)
class Hiding:
    """One value and the mask that takes its place, as a whole word wherever it stands."""

    value: str
    number: int

    @property
    def mask(self) -> str:
        """Return what stands in the text instead."""
        return f"[{MaskKind.PERSON}:{self.number}]"

    def finds(self, words: str) -> list[tuple[int, int]]:
        """Return where the value stands in ``words``: as whole words, in any case, outside masks."""
        return [match.span() for match in self._pattern.finditer(words) if not match[1]]

    def within(self, words: str) -> str:
        """Return ``words`` with every occurrence hidden."""
        return self._pattern.sub(lambda match: match[1] or self.mask, words)

    def moved(self, position: int, words: str, *, end: bool = False) -> int:
        """Return where a ``position`` of ``words`` stands once hidden; inside a hidden word: its begin, or ``end``."""
        shift = 0
        for first, last in self.finds(words):
            if position >= last:
                shift += len(self.mask) - (last - first)
            elif position > first:
                return first + shift + (len(self.mask) if end else 0)
        return position + shift

    def through(self, value: Any, words: str) -> Any:
        """Return JSON-ready data with the value hidden in its strings and its offsets (``start``, ``end``) moved."""
        if isinstance(value, str):
            return self.within(value)
        if isinstance(value, list):
            return [self.through(part, words) for part in value]
        if isinstance(value, dict):
            data = {key: self.through(part, words) for key, part in value.items()}
            if {"start", "end"} <= value.keys():
                data["start"] = self.moved(value["start"], words)
                data["end"] = self.moved(value["end"], words, end=True)
            return data
        return value

    @property
    def _pattern(self) -> re.Pattern[str]:
        before = r"(?<!\w)" if self.value[:1].isalnum() else ""
        after = r"(?!\w)" if self.value[-1:].isalnum() else ""
        return re.compile(rf"(\[(?:{'|'.join(MaskKind)}):\d+\])|{before}{re.escape(self.value)}{after}", re.IGNORECASE)
