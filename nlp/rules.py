"""One kind of rule: a regular expression that reads careful and hasty Vietnamese alike.

Rules are written once, with diacritics. On a text that has diacritics they run on the lower-case form; on a text typed without
them, on the folded form: ``đốt`` never matches ``dốt`` in a careful text, and ``dot nha no`` is still read in a hasty one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Protocol

import text as vietnamese


class Readable(Protocol):
    """The forms of a text that a rule runs on; ``plain`` when it was typed without diacritics."""

    @property
    def lower(self) -> str:
        """Lower case, same offsets as the text."""
        ...

    @property
    def folded(self) -> str:
        """Without diacritics, same offsets; only needed where ``plain``."""
        ...

    @property
    def plain(self) -> bool:
        """Tell whether the text has no diacritics at all."""
        ...


class Rule:
    """A regular expression written in lower case with diacritics (no upper-case escapes)."""

    def __init__(self, name: str, pattern: str) -> None:
        self.name = name
        self._marked = re.compile(pattern)
        self._plain = re.compile(vietnamese.fold(pattern))

    def find(self, view: Readable) -> re.Match[str] | None:
        """Return the first match in the form that fits the text."""
        return self._plain.search(view.folded) if view.plain else self._marked.search(view.lower)

    def all(self, view: Readable) -> Iterator[re.Match[str]]:
        """Return every match in the form that fits the text."""
        return self._plain.finditer(view.folded) if view.plain else self._marked.finditer(view.lower)
