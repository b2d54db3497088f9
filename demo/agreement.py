"""How far the service's reading of the bundled days agrees with a fair reader's: the end-to-end check."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from demo.content import Entry, World
from demo.match import item_ids
from provinces import Province, UnknownCode
from records import Transaction
from records.types import Assessment, Harm, Lane, PlaceHit


@dataclass(slots=True)
class Agreement:
    """Counts over the stored items; ``lanes`` by (expected, read), of items that are relevant for the fair reader.

    ``relevance`` by (expected, read). ``harms_found`` and ``harms_missed`` are expected findings; ``harms_false``
    findings in texts without harm; the lists name the publications' keys.
    """

    lanes: Counter[tuple[Lane, Lane]] = field(default_factory=Counter)
    relevance: Counter[tuple[bool, bool]] = field(default_factory=Counter)
    placed: int = 0
    misplaced: list[str] = field(default_factory=list)
    harms_found: list[str] = field(default_factory=list)
    harms_missed: list[str] = field(default_factory=list)
    harms_false: list[str] = field(default_factory=list)
    rescues_found: list[str] = field(default_factory=list)
    rescues_missed: list[str] = field(default_factory=list)
    rescues_false: list[str] = field(default_factory=list)

    @property
    def lane_share(self) -> float:
        """Share of items whose lane is the fair reader's."""
        right = sum(number for (expected, read), number in self.lanes.items() if expected is read)
        return right / max(1, self.lanes.total())

    @property
    def relevance_f1(self) -> float:
        """F1 of the relevance to the province."""
        right = self.relevance[True, True]
        return 2 * right / max(1, 2 * right + self.relevance[True, False] + self.relevance[False, True])

    @property
    def place_share(self) -> float:
        """Share of items with an expected commune of which one was resolved."""
        return self.placed / max(1, self.placed + len(self.misplaced))

    def __str__(self) -> str:
        """Return the figures in five lines."""
        wrong = Counter({pair: number for pair, number in self.lanes.items() if pair[0] is not pair[1]})
        often = ", ".join(f"{a.value}→{b.value} {number}" for (a, b), number in wrong.most_common(5))
        return "\n".join(
            [
                f"lane: {self.lane_share:.1%} of {self.lanes.total()} items as a fair reader; most often wrong: {often}",
                f"relevance: F1 {self.relevance_f1:.3f}",
                f"place: {self.place_share:.1%} of {self.placed + len(self.misplaced)}",
                f"harm: found {len(self.harms_found)}, missed {self.harms_missed}, false {self.harms_false}",
                f"rescue: found {len(self.rescues_found)}, missed {self.rescues_missed}, false {self.rescues_false}",
            ]
        )


def measure(tx: Transaction, province: Province, world: World) -> Agreement:
    """Compare every assessed item with its publication's labels."""
    entries = item_ids(world)
    found = Agreement()
    for item_id, assessment in tx.assessments.get_many(entries).items():
        _compare(found, entries[item_id], assessment, province)
    return found


def _compare(found: Agreement, entry: Entry, assessment: Assessment, province: Province) -> None:
    expected = entry.expected
    found.relevance[expected.relevant, assessment.relevant] += 1
    if expected.relevant:
        found.lanes[expected.lane, assessment.lane] += 1
        if expected.places and not _placed(assessment.places, expected.places, province, entry):
            found.misplaced.append(entry.key)
        elif expected.places:
            found.placed += 1
    harms = {finding.harm for finding in assessment.harms}
    _note(entry.key, bool(expected.harms), bool(_common(harms, expected.harms)), bool(harms), found)
    if expected.rescue or assessment.rescue is not None:
        lists: Mapping[tuple[bool, bool], list[str]] = {
            (True, True): found.rescues_found,
            (True, False): found.rescues_missed,
            (False, True): found.rescues_false,
        }
        lists[expected.rescue, assessment.rescue is not None].append(entry.key)


def _common(read: Iterable[Harm], expected: Iterable[Harm]) -> set[Harm]:
    return set(read) & set(expected)


def _note(key: str, expected: bool, right: bool, any_read: bool, found: Agreement) -> None:
    if expected:
        (found.harms_found if right else found.harms_missed).append(key)
    elif any_read:
        found.harms_false.append(key)


def _placed(hits: Iterable[PlaceHit], expected: tuple[str, ...], province: Province, entry: Entry) -> bool:
    """Tell whether a hit is an expected commune or an area (historic district, landmark) that holds one."""
    for hit in hits:
        if hit.place_code in expected:
            return True
        try:
            ground = province.successors_on(hit.place_code, entry.at.date())
        except UnknownCode:
            continue
        if set(ground) & set(expected):
            return True
    return False
