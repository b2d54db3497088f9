"""One kind of rule: a regular expression that reads careful and hasty Vietnamese alike.

Rules are written once, with diacritics. On a text that has diacritics they run on the lower-case form; on a text typed without
them, on the folded form: ``đốt`` never matches ``dốt`` in a careful text, and ``dot nha no`` is still read in a hasty one.
"""

from __future__ import annotations

import re
import re._parser as _parser  # type: ignore[import-not-found]  # reads a pattern's literals; see _needed
from collections.abc import Iterator, Sequence
from typing import Any, Protocol

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


def _needed(pattern: Any) -> frozenset[str] | None:
    """Return literals of which every match of a parsed pattern contains at least one; None where nothing can be said."""
    best: frozenset[str] | None = None
    run = ""

    def offer(candidate: frozenset[str] | None) -> None:
        nonlocal best
        if candidate and (best is None or min(map(len, candidate)) > min(map(len, best))):
            best = candidate

    for code, argument in pattern:
        name = str(code)
        if name == "LITERAL":
            run += chr(argument)
            continue
        if len(run) >= 2:
            offer(frozenset({run}))
        run = ""
        if name == "SUBPATTERN":
            offer(_needed(argument[-1]))
        elif name == "BRANCH":
            parts = [_needed(branch) for branch in argument[1]]
            if all(parts):
                offer(frozenset().union(*(part for part in parts if part)))
        elif name in ("MAX_REPEAT", "MIN_REPEAT") and argument[0] >= 1:
            offer(_needed(argument[-1]))
    if len(run) >= 2:
        offer(frozenset({run}))
    return best


class _Form:
    """One compiled form of a rule. A text without any needed literal is not searched: most rules say nothing of most texts."""

    def __init__(self, pattern: str) -> None:
        self._search = re.compile(pattern).search
        self.finditer = re.compile(pattern).finditer
        self.literals = tuple(_needed(_parser.parse(pattern)) or ())

    def search(self, text: str) -> re.Match[str] | None:
        for literal in self.literals:
            if literal in text:
                return self._search(text)
        return None if self.literals else self._search(text)


class Rule:
    """A regular expression over a :class:`Readable`, written in lower case with diacritics (no upper-case escapes)."""

    def __init__(self, name: str, pattern: str) -> None:
        self.name = name
        self._marked = _Form(pattern)
        self._plain = _Form(vietnamese.fold(pattern))

    def find(self, view: Readable) -> re.Match[str] | None:
        """Return the first match in the form that fits the text."""
        return self._plain.search(view.folded) if view.plain else self._marked.search(view.lower)

    def all(self, view: Readable) -> Iterator[re.Match[str]]:
        """Return every match in the form that fits the text."""
        return self._plain.finditer(view.folded) if view.plain else self._marked.finditer(view.lower)

    def form(self, *, plain: bool) -> _Form:
        """Return the compiled form for texts with or without diacritics."""
        return self._plain if plain else self._marked


class _Index:
    """Which rules a text may match, by the first three letters of their literals (or all of a shorter one); a bit per rule."""

    def __init__(self, forms: Sequence[_Form]) -> None:
        self._forms = forms
        self._by_letters: dict[str, int] = {}
        self._short: dict[str, int] = {}
        self._always = 0
        for number, form in enumerate(forms):
            if not form.literals:
                self._always |= 1 << number
            for literal in form.literals:
                known = self._by_letters if len(literal) > 2 else self._short
                known[literal[:3]] = known.get(literal[:3], 0) | 1 << number

    def search(self, text: str) -> Iterator[tuple[int, re.Match[str]]]:
        likely = self._always
        for letters in {text[at : at + 3] for at in range(len(text) - 2)} & self._by_letters.keys():
            likely |= self._by_letters[letters]
        for letters, numbers in self._short.items():
            if letters in text:
                likely |= numbers
        while likely:
            first = likely & -likely
            likely ^= first
            number = first.bit_length() - 1
            if (match := self._forms[number].search(text)) is not None:
                yield number, match


class RuleSet:
    """Many rules on one text: most say nothing of it, and are not even tried."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self.rules = tuple(rules)
        self._marked = _Index([rule.form(plain=False) for rule in self.rules])
        self._plain = _Index([rule.form(plain=True) for rule in self.rules])

    def find(self, view: Readable) -> Iterator[tuple[Rule, re.Match[str]]]:
        """Yield each rule that matches with its first match, in the order of the rules; equal to trying them one by one."""
        found = self._plain.search(view.folded) if view.plain else self._marked.search(view.lower)
        for number, match in found:
            yield self.rules[number], match
