"""Find and resolve the places of a text, by date and with a reason; below the threshold: none rather than a guess.

A name counts as a place of the province only when its surroundings say so: names that other provinces share, everyday
words, persons, streets, clubs and brands need a cue (``domain.md`` §3.2, §3.4).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from nlp import places_cues as cues
from nlp.places_gazetteer import gazetteer, is_province
from nlp.places_reading import Document, Reader, Reading, document_of
from nlp.relevance import judge
from provinces.province import Province
from provinces.types import Place, PlaceKind, Source, SourceKind
from records.types import Channel, PlaceHit

BODY = 1500
"""Characters of the body that are read: the press names the place of an event in its first paragraphs."""

_WORD = re.compile(r"[^\W_]+")
_PUBLIC_POST = frozenset({Channel.SOCIAL, Channel.HOTLINE})


@dataclass(frozen=True, slots=True)
class PlaceResult:
    """Places of the province that the text is about, and whether the province's desk wants the text.

    ``relevance`` is a calibrated probability; ``reason`` names the features that decided, strongest first.
    """

    places: tuple[PlaceHit, ...]
    relevant: bool
    relevance: float
    reason: str


_NOTHING = PlaceResult((), False, 0.0, "no place of the province")


class Resolver:
    """Resolves the places of texts for one province."""

    def __init__(self, province: Province) -> None:
        self._names = gazetteer(province)
        self._reader = Reader(self._names)

    def assess(
        self,
        title: str,
        lead: str,
        body: str,
        published: date | None,
        *,
        channel: Channel = Channel.PRESS,
        source: Source | None = None,
    ) -> PlaceResult:
        """Return the places and the relevance of one text.

        Texts are in ``text.normalize`` form; spans of the hits count in the non-empty parts joined by newlines (``Item.text``).
        ``published`` is the local day (None: today's units). A ``source`` of the province's own press is a cue for shared names.
        """
        body = body[:BODY]
        social = channel in _PUBLIC_POST
        low = f"{title}\n{lead}\n{body}".lower()
        lows = _WORD.findall(low)
        named = self._names.may_name(lows) or (social and low.isascii() and self._names.may_name_folded(lows))
        if not named and not self._reader.may_be_covered(low):
            return _NOTHING
        local = source is not None and source.kind in (SourceKind.PRESS_IN, SourceKind.OFFICIAL)
        document = document_of(title, lead, body, local_source=local, social=social)
        self._reader.read(document)
        verdict = judge(document)
        return PlaceResult(_hits(document, published), verdict.relevant, verdict.probability, verdict.reason)

    def read(self, title: str, lead: str, body: str) -> Document:
        """Return the readings behind an assessment of a press text (training and explanation)."""
        document = document_of(title, lead, body[:BODY])
        self._reader.read(document)
        return document


def _hits(document: Document, published: date | None) -> tuple[PlaceHit, ...]:
    best: dict[str, PlaceHit] = {}
    for reading in document.readings:
        if not reading.own:
            continue
        place = _place(reading, published)
        if place.code not in best or reading.score > best[place.code].score:
            best[place.code] = PlaceHit(
                place_code=place.code,
                name=place.name,
                score=round(reading.score, 2),
                reason=", ".join(sorted(reading.cues)) or "name",
                start=reading.mention.start,
                end=reading.mention.end,
            )
    return tuple(sorted(best.values(), key=lambda hit: hit.start))


def _place(reading: Reading, published: date | None) -> Place:
    """Choose among the places of one name: by the unit written before it, else the widest; then by the date."""

    def rank(place: Place) -> tuple[int, int, str]:
        if reading.unit in cues.COMMUNE_UNITS:
            kind = 0 if place.kind is PlaceKind.COMMUNE else 1
        elif reading.unit in cues.DISTRICT_UNITS:
            kind = 0 if place.kind is PlaceKind.AREA and not is_province(place) else 1
        else:
            kind = 0 if is_province(place) else 1 if place.kind is PlaceKind.AREA else 2
        heard = place.valid_to is None if published is None else place.in_force(published)
        return kind, 0 if heard else 1, place.code

    return min(reading.mention.entry.own, key=rank)
