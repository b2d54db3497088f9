"""The names a province's desk listens for, and the names elsewhere that they could be confused with, as one syllable trie."""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import text as vietnamese
from nlp import places_cues as cues
from provinces.province import Province
from provinces.types import Place, PlaceKind

_RANGES = Path(__file__).with_name("ranges.csv")
_SYLLABLE = re.compile(r"[^\W_]+")
# What may stand between two syllables of one name: "Bà Rịa - Vũng Tàu", "TP.HCM".
_GLUE = frozenset({" ", "-", " - ", " – ", "–", "."})
_END = ""
ABROAD = "nước ngoài"
"""Stands for every place outside the country."""
_UNIT_WORDS = frozenset({"xã", "phường", "huyện", "thôn", "ấp", "x", "p", "h"})


class Level(IntEnum):
    """How wide a name reaches; the widest reading of a name comes first."""

    PROVINCE = 0
    FORMER = 1
    CITY = 2
    COMMUNE = 3
    LANDMARK = 4
    OLD = 5


@dataclass(frozen=True, slots=True)
class Entry:
    """One name. ``own``: its places in the province; ``elsewhere``: other provinces with a unit of this name.

    ``province`` is the other province that the name alone stands for (itself, a former province, or a district known
    nowhere else).
    ``shared`` names need a cue beside them before they count as a place of the province; ``everyday`` ones are also common words,
    persons or brands. ``kinds``: kinds of unit ("xã") that carry the name in the province and nowhere else.
    """

    name: str
    own: tuple[Place, ...] = ()
    level: Level | None = None
    elsewhere: tuple[str, ...] = ()
    province: str | None = None
    shared: bool = False
    everyday: bool = False
    kinds: frozenset[str] = frozenset()


class Syllable(NamedTuple):
    """A syllable as written, with its characters ``start`` to ``end``."""

    text: str
    low: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Mention:
    """An entry found at characters ``start`` to ``end``, syllables ``first`` to ``last`` (inclusive)."""

    entry: Entry
    start: int
    end: int
    first: int
    last: int
    capital: bool


@dataclass(frozen=True, slots=True)
class Region:
    """A province in the order of the coast (north to south; None inland) and the regions of forecasts it belongs to."""

    province: str
    position: int | None
    former: tuple[str, ...]
    regions: tuple[str, ...]
    plates: tuple[str, ...]


@lru_cache(maxsize=1)
def regions() -> dict[str, Region]:
    """Return the provinces by name, in the order of the coast (``ranges.csv``, from the map: An Giang after Cà Mau)."""
    found: dict[str, Region] = {}
    with _RANGES.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            found[row["province"]] = Region(
                row["province"],
                int(row["position"]) if row["position"] else None,
                tuple(filter(None, row["former"].split("|"))),
                tuple(filter(None, row["regions"].split("|"))),
                tuple(filter(None, row["plates"].split("|"))),
            )
    return found


def syllables(text: str) -> list[Syllable]:
    """Return the syllables and numbers of ``text``."""
    return [
        Syllable(match.group(), match.group().lower(), match.start(), match.end()) for match in _SYLLABLE.finditer(text)
    ]


def _key(name: str) -> tuple[str, ...]:
    return tuple(_SYLLABLE.findall(vietnamese.normalize(name).lower()))


def _short(name: str) -> str:
    """Return the name the press uses for a province ("TP.HCM" for "Hồ Chí Minh")."""
    return "TP.HCM" if name == "Hồ Chí Minh" else name


class Gazetteer:
    """All names of one province's profile and their namesakes in the country."""

    def __init__(self, province: Province) -> None:
        self.home = _short(province.name)
        self._trie: dict[str, Any] = {}
        self._folded: dict[str, Any] = {}
        entries = self._entries(province)
        for key, entry in entries.items():
            _insert(self._trie, key, entry)
            if entry.own and not entry.shared and len(key) > 1:
                _insert(self._folded, tuple(vietnamese.fold(part) for part in key), entry)
        # Two syllables decide quickly that a text names none of the province's places.
        own = [key for key, entry in entries.items() if entry.own]
        self._pairs = frozenset(key[:2] for key in own if len(key) > 1)
        self._singles = frozenset(key[0] for key in own if len(key) == 1)
        self._folded_pairs = frozenset(
            (first, second) for first, node in self._folded.items() for second in node if second
        )

    def _entries(self, province: Province) -> dict[tuple[str, ...], Entry]:
        stands_for = _province_names()
        entries: dict[tuple[str, ...], Entry] = {}
        for name, province_name in stands_for.items():
            if province_name != self.home:
                entries[_key(name)] = Entry(name, elsewhere=(province_name,), province=province_name)
        for name in cues.ABROAD:
            entries.setdefault(_key(name), Entry(name, elsewhere=(ABROAD,), province=ABROAD))
        bearers: defaultdict[tuple[str, ...], set[str]] = defaultdict(set)
        towns: defaultdict[tuple[str, ...], set[str]] = defaultdict(set)
        kinds: defaultdict[tuple[str, ...], set[str]] = defaultdict(set)
        for name, units in province.units.items():
            key = _key(name)
            for unit in units:
                bearer = stands_for.get(_short(unit.province), unit.province)
                bearers[key].add(bearer)
                if bearer != self.home and unit.kind == "district":
                    towns[key].add(bearer)
                elif bearer != self.home and unit.kind == "commune":
                    kinds[key].add(_kind(unit.full_name, name))
            if key not in entries and len(key) > 1 and self.home not in bearers[key]:
                everywhere = tuple(sorted(bearers[key]))
                one = everywhere[0] if towns[key] and len(everywhere) == 1 else None
                entries[key] = Entry(name, elsewhere=everywhere, province=one)
        own: defaultdict[tuple[str, ...], list[Place]] = defaultdict(list)
        for place in province.places:
            for key in _keys(place):
                own[key].append(place)
        for key, places in own.items():
            level = min(_level(place) for place in places)
            elsewhere = tuple(sorted(bearers[key] - {self.home})) if level is not Level.LANDMARK else ()
            namesake = entries.get(key)
            known_for = namesake.province if namesake else None
            if known_for == ABROAD:
                elsewhere = (*elsewhere, ABROAD)
            if level > Level.CITY and len(towns[key]) == 1:
                # "Hội An", "Kim Sơn": a town elsewhere is meant before a commune here.
                (known_for,) = towns[key]
            risk = any(place.risk for place in places) and level > Level.CITY
            entries[key] = Entry(
                min(places, key=_level).name,
                tuple(places),
                level,
                elsewhere,
                known_for if level > Level.FORMER else None,
                shared=level > Level.FORMER and (bool(elsewhere) or level is Level.OLD or risk),
                everyday=any("word:" in place.risk_reason for place in places),
                kinds=frozenset(
                    _kind(place.full_name, place.name)
                    for place in places
                    if place.code.isdecimal() and "former:" not in place.risk_reason
                )
                - kinds[key],
            )
        return entries

    def may_name(self, lows: list[str]) -> bool:
        """Tell quickly whether the lower-case syllables may hold a name of the province."""
        return not self._pairs.isdisjoint(pairwise(lows)) or not self._singles.isdisjoint(lows)

    def may_name_folded(self, lows: list[str]) -> bool:
        """Tell quickly whether syllables typed without diacritics may hold a name of the province."""
        return not self._folded_pairs.isdisjoint(pairwise(lows))

    def mentions(
        self, text: str, found: list[Syllable], *, folded: bool = False, small: bool = False
    ) -> Iterator[Mention]:
        """Yield the longest names in order; they never overlap.

        ``small``: names in small letters count too (posts), shared ones only behind a unit ("xã an toàn").
        """
        trie = self._folded if folded else self._trie
        index = 0
        while index < len(found):
            best = self._longest(trie, text, found, index)
            if best is None:
                index += 1
                continue
            entry, last = best
            # A landmark's kind is written small ("sân bay Phù Cát"); its last syllable never is.
            part = found[last : last + 1] if entry.level is Level.LANDMARK else found[index : last + 1]
            capital = all(syllable.text[0].isupper() or syllable.text[0].isdigit() for syllable in part)
            told = folded or (entry.own and not entry.shared) or (index and found[index - 1].low in _UNIT_WORDS)
            if not capital and not ((small or folded) and told):
                # "công an Phú Quốc" holds no "An Phú": a name in small letters takes nothing from the next one.
                index += 1
                continue
            yield Mention(entry, found[index].start, found[last].end, index, last, capital)
            index = last + 1

    @staticmethod
    def _longest(trie: dict[str, Any], text: str, found: list[Syllable], index: int) -> tuple[Entry, int] | None:
        node, best = trie.get(found[index].low), None
        step = index
        while node is not None:
            if _END in node:
                best = node[_END], step
            step += 1
            if step >= len(found) or text[found[step - 1].end : found[step].start] not in _GLUE:
                break
            node = node.get(found[step].low)
        return best


def _insert(trie: dict[str, Any], key: tuple[str, ...], entry: Entry) -> None:
    node = trie
    for part in key:
        node = node.setdefault(part, {})
    node.setdefault(_END, entry)


def is_province(place: Place) -> bool:
    """Tell whether a place is the province or a province merged into it."""
    return place.kind is PlaceKind.PROVINCE or (
        place.kind is PlaceKind.AREA and place.full_name.lower().startswith("tỉnh")
    )


def _level(place: Place) -> Level:
    if place.kind is PlaceKind.PROVINCE:
        return Level.PROVINCE
    if place.kind is PlaceKind.AREA:
        return Level.FORMER if is_province(place) else Level.CITY
    if place.kind is PlaceKind.LANDMARK:
        return Level.LANDMARK
    return Level.OLD if place.code.startswith("old:") else Level.COMMUNE


def _keys(place: Place) -> set[tuple[str, ...]]:
    """Return the syllables of each way to write a place: landmarks with their kind."""
    if place.kind is PlaceKind.LANDMARK:
        return {_key(name) for name in (place.full_name, *place.aliases)}
    return {_key(name) for name in (place.name, *place.aliases)}


def _province_names() -> dict[str, str]:
    """Map every present and former province name to the present province, with the short forms the press uses."""
    found = {"TPHCM": "TP.HCM", "HCM": "TP.HCM", "Sài Gòn": "TP.HCM", "Vinh": "Nghệ An"}
    for region in regions().values():
        for name in (region.province, *region.former):
            found[name] = region.province
    return found


def _kind(full_name: str, name: str) -> str:
    """Return the kind of unit in a full name ("Xã Hội An" → "xã")."""
    return full_name.removesuffix(name).strip().lower()


@lru_cache(maxsize=8)
def gazetteer(province: Province) -> Gazetteer:
    """Return the gazetteer of a loaded profile, built once a process (0.1–0.3 s)."""
    return Gazetteer(province)
