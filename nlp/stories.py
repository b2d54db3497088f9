"""Stories: one pass over the items as they come, each joins the story whose recent members it resembles most, or opens one.

Similarity is the cosine of TF-IDF terms, damped by the time between the two; a story's score is the mean over its members in
the window of 72 hours, so that one chance resemblance does not pull an item in. Copies of one text (``nlp.families``) go
where the first went. Numbers guard against series: two titles that differ only in the day, round or number are two events.
"""

from __future__ import annotations

import hashlib
import math
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import chain, islice

from nlp.families import FamilyIndex
from nlp.stories_signature import Signature

WINDOW_HOURS = 72.0
"""A story takes new members for so long after its last one (Miranda et al. 2018; ``anchors.md`` §3)."""

_WINDOW = WINDOW_HOURS * 3600

DAMP_HOURS = 150.0
"""Similarity fades with the hours between an item and a story: to 0.89 at the window's end (72 was no better)."""

_DAMP = DAMP_HOURS * 3600

JOIN = 0.11
"""Mean similarity from which an item joins a story: tuned on vims.jsonl (0.10 without, 0.12 with distractors)."""

MERGE = 0.25
"""Mean similarity to two stories from which the item shows them to be one, if their members agree at ``JOIN``."""

PROBES = 24
"""Heaviest terms of a text by which stories are looked up; long texts use a quarter of their terms."""

SHARED = 2
"""Probes that an item and a story must share before their similarity is computed: one rare word is no event."""

STALE = 2
"""Ended items per item of the window from which the probes are swept."""

CROWDED = 40
"""Stories behind one probe above which it proposes none (a name on everyone's lips)."""

SERIES = 0.75
"""Share of equal title syllables from which differing issue numbers forbid a match."""


@dataclass(frozen=True, slots=True)
class Link:
    """Where an item went. ``merged``: stories that ended in this one because of the item."""

    item_id: str
    story_id: str
    family_id: str
    merged: tuple[str, ...] = ()


def first_id(item_id: str, kind: str) -> str:
    """Return the id of a story or family that an item opens: always the same for the same item."""
    return hashlib.sha256(f"{kind}:{item_id}".encode()).hexdigest()


@dataclass(slots=True)
class _Linked:
    signature: Signature
    terms: dict[int, float]
    story: str
    family: str

    def takes(self, copy: Signature) -> bool:
        """Tell whether a near-duplicate is a copy: not after the window, and not the next issue of a series."""
        return abs(self.signature.at - copy.at) <= _WINDOW and not _series(copy, self.signature)


@dataclass(slots=True)
class _Open:
    """A story in the window: numbers of its members there, the times between which they came, the sums of their terms."""

    members: set[int]
    first: float
    last: float
    sums: dict[int, float]

    def apart(self, at: float) -> float:
        """Return the seconds between an instant and the story's nearest edge; 0 inside."""
        return max(self.first - at, at - self.last, 0.0)

    def mean(self, terms: dict[int, float]) -> float:
        """Return the mean similarity of a text to the members."""
        sums = self.sums
        return math.fsum([terms[term] * sums[term] for term in terms.keys() & sums.keys()]) / len(self.members)

    def agrees(self, other: _Open) -> bool:
        """Tell whether two stories resemble each other as the items of one story do."""
        total = sum(weight * other.sums.get(term, 0.0) for term, weight in self.sums.items())
        return total / (len(self.members) * len(other.members)) >= JOIN

    def add(self, number: int, at: float, terms: dict[int, float]) -> None:
        """Take in a member."""
        self.members.add(number)
        self.first, self.last = min(self.first, at), max(self.last, at)
        for term, weight in terms.items():
            self.sums[term] = self.sums.get(term, 0.0) + weight

    def drop(self, number: int, terms: dict[int, float]) -> None:
        """Let a member go."""
        self.members.discard(number)
        for term, weight in terms.items():
            self.sums[term] -= weight


class Linker:
    """The window of recent items, in memory; the same items in the same order give the same stories."""

    def __init__(self) -> None:

        self._settled: Callable[[list[str]], set[str]] = lambda _: set()
        self._families = FamilyIndex()
        self._window: dict[int, _Linked] = {}
        self._stories: dict[str, _Open] = {}
        self._probes: dict[int, tuple[str, ...]] = {}
        self._dead = 0
        self._next = 0

    def ask(self, settled: Callable[[list[str]], set[str]]) -> None:
        """Set who tells which stories people or later stages hold by their id: those are never merged away."""
        self._settled = settled

    def load(self, known: Sequence[tuple[Signature, str, str]]) -> None:
        """Fill the window with items linked before: (signature, story_id, family_id) each, oldest first."""
        self._families.add([signature for signature, _, _ in known])
        for signature, story, family in known:
            self._place(signature, _terms(signature), story, family)

    def add(self, signatures: Sequence[Signature]) -> list[Link]:
        """Link a batch in order and take it into the window."""
        if not signatures:
            return []
        self._expire(min(signature.at for signature in signatures) - _WINDOW)
        links = []
        for signature, copied in zip(signatures, self._families.add(signatures), strict=True):
            terms = _terms(signature)
            merged: tuple[str, ...] = ()
            original = self._window[copied] if copied is not None else None
            if original is not None and original.takes(signature):
                story, family = original.story, original.family
            else:
                family = first_id(signature.item_id, "family")
                story, merged = self._choose(signature, terms)
            self._place(signature, terms, story, family)
            links.append(Link(signature.item_id, story, family, merged))
        return links

    def _choose(self, signature: Signature, terms: dict[int, float]) -> tuple[str, tuple[str, ...]]:
        known = self._probes.get
        postings = [posting for term in _probes(terms) if (posting := known(term)) and len(posting) <= CROWDED]
        counts = Counter(chain.from_iterable(postings))
        scores = {}
        for story, count in counts.items():
            if count < SHARED or story not in self._stories:
                continue
            opened = self._stories[story]
            apart = opened.apart(signature.at)
            if apart <= _WINDOW:
                score = opened.mean(terms) * math.exp(-0.5 * (apart / _DAMP) ** 2)
                if score >= JOIN and not self._issue_of(signature, opened):
                    scores[story] = score
        if not scores:
            return first_id(signature.item_id, "story"), ()
        ranked = sorted(scores, key=lambda story: (-scores[story], story))
        merged = [
            story
            for story in ranked[1:]
            if scores[story] >= MERGE and self._stories[ranked[0]].agrees(self._stories[story])
        ]
        if not merged:
            return ranked[0], ()
        settled = self._settled([ranked[0], *merged])
        # The story that is settled, else the one that began first, keeps its id.
        keep, *rest = sorted(
            (ranked[0], *merged), key=lambda story: (story not in settled, min(self._stories[story].members), story)
        )
        gone = tuple(story for story in rest if story not in settled)
        for story in gone:
            self._absorb(keep, story)
        return keep, gone

    def _issue_of(self, signature: Signature, opened: _Open) -> bool:
        """Tell whether the item is another issue of a series that the story belongs to."""
        return bool(signature.numbers) and any(
            _series(signature, self._window[number].signature) for number in opened.members
        )

    # The window

    def _place(self, signature: Signature, terms: dict[int, float], story: str, family: str) -> None:
        number = self._next
        self._next += 1
        self._window[number] = _Linked(signature, terms, story, family)
        opened = self._stories.get(story)
        if opened is None:
            self._stories[story] = _Open({number}, signature.at, signature.at, dict(terms))
        else:
            opened.add(number, signature.at, terms)
        self._offer(terms, story)

    def _offer(self, terms: dict[int, float], story: str) -> None:
        """Let a story be found by the probes of one of its members."""
        probes = self._probes
        for term in _probes(terms):
            # Tuples, not lists: the garbage collector does not walk them.
            stories = probes.get(term, ())
            if len(stories) <= CROWDED and story not in stories:
                probes[term] = (*stories, story)

    def _absorb(self, keep: str, gone: str) -> None:
        into, out = self._stories[keep], self._stories.pop(gone)
        for number in sorted(out.members):
            linked = self._window[number]
            linked.story = keep
            into.add(number, linked.signature.at, linked.terms)
            self._offer(linked.terms, keep)
        into.first = min(into.first, out.first)

    def _expire(self, limit: float) -> None:
        """Drop the items published before ``limit``: nothing that still comes can reach them."""
        gone = [number for number, linked in self._window.items() if linked.signature.at < limit]
        for number in gone:
            linked = self._window.pop(number)
            opened = self._stories[linked.story]
            if len(opened.members) == 1:
                del self._stories[linked.story]
            else:
                opened.drop(number, linked.terms)
        self._families.forget(gone)
        self._dead += len(gone)
        if self._dead > STALE * len(self._window):
            # Stories that ended stay behind their probes until the table is mostly theirs.
            alive, self._dead = self._stories.keys(), 0
            found = ((term, tuple(filter(alive.__contains__, stories))) for term, stories in self._probes.items())
            self._probes = {term: stories for term, stories in found if stories}


def _terms(signature: Signature) -> dict[int, float]:
    return dict(zip(signature.terms.tolist(), signature.weights.tolist(), strict=True))


def _probes(terms: dict[int, float]) -> Iterable[int]:
    return islice(terms, max(PROBES, len(terms) // 4))


def _series(first: Signature, second: Signature) -> bool:
    """Tell whether two titles are two issues of one series: the same words, other numbers."""
    if not second.numbers or not first.numbers.isdisjoint(second.numbers):
        return False
    left, right = set(first.title.tolist()), set(second.title.tolist())
    return len(left & right) >= SERIES * max(len(left), len(right), 1)
