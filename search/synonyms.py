"""Synonyms for the query builder, the same for every engine: abbreviations of our own and the names of the province's places."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from importlib.resources import files

from provinces import Province
from search.query import Synonyms, key_syllables


def synonyms(province: Province) -> Synonyms:
    """Return every known way to say something, as folded syllables, with the other ways."""
    groups: list[Iterable[str]] = [
        line.split("|")
        for line in (files("search") / "synonyms.txt").read_text("utf-8").splitlines()
        if line.strip() and not line.startswith("#")
    ]
    groups += [(place.name, *place.aliases) for place in province.places if place.aliases]
    found: defaultdict[tuple[str, ...], dict[tuple[str, ...], None]] = defaultdict(dict)
    for group in groups:
        ways = {key_syllables(way): None for way in group}
        for way in ways:
            found[way].update((other, None) for other in ways if other != way)
    return {way: tuple(others) for way, others in found.items() if way and others}
