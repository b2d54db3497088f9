"""Read every mention of a place in its surroundings: is it the province's, another's, or no place at all?"""

from __future__ import annotations

import bisect
import re
from dataclasses import dataclass, field

import text as vietnamese
from nlp import places_cues as cues
from nlp.places_gazetteer import Gazetteer, Level, Mention, Syllable, regions, syllables

BARE = 0.45
"""Score of a commune's name that nothing announces: a place only beside another of the province."""

MOST = 2 / 3
"""Share of a region's provinces from which a warning for a number of them is taken to hold ours."""

THRESHOLD = 0.5
"""A mention below this score is not a place of the province (chưa xác định địa bàn)."""


@dataclass(slots=True)
class Reading:
    """One mention, read.

    ``score``: 0..1 that it is a place of the province; ``other``: the other province it points to; ``cues``: why;

    ``unit``: the kind of unit written before it; ``run``: the number of provinces in the list the mention stands in (1: no list).
    """

    mention: Mention
    sentence: int
    score: float = 0.0
    other: str | None = None
    cues: set[str] = field(default_factory=set)
    unit: str = ""
    run: int = 1

    @property
    def own(self) -> bool:
        """Whether the mention counts as a place of the province."""
        return self.score >= THRESHOLD


@dataclass(slots=True)
class Document:
    """A text with its mentions read.

    ``covered`` and ``region``: the range of provinces or the region a warning names, where it holds the province.
    """

    text: str
    low: str
    starts: list[int]
    title_end: int
    local_source: bool
    social: bool
    folded: bool
    readings: list[Reading] = field(default_factory=list)
    covered: tuple[int, int] | None = None
    region: tuple[int, int] | None = None


class Reader:
    """Reads documents for one province."""

    def __init__(self, names: Gazetteer) -> None:
        self._names = names
        home = regions().get(names.home)
        self._position = home.position if home else None
        self._plates = home.plates if home else ()
        # Provinces of each region that holds ours: a region is meant as a whole only where their number is given.
        self._regions = {
            name.lower(): sum(name in other.regions for other in regions().values())
            for name in (home.regions if home else ())
        }
        self._region = re.compile(
            r"(\d+) (?:tỉnh|địa phương)(?:, thành(?: phố)?)?(?: (?:thuộc|khu vực|vùng|ở|miền núi))* ("
            + "|".join(re.escape(name) for name in self._regions)
            + r")(?!\w)"
        )

    def may_be_covered(self, low: str) -> bool:
        """Tell quickly whether a text without a name of the province may still warn it (range or region)."""
        return (
            (self._position is not None and (" đến " in low or " - " in low))
            or (" tỉnh" in low and self._region.search(low) is not None)
        ) and cues.WARNING.search(low) is not None

    def read(self, document: Document) -> None:
        """Fill in the readings of ``document``."""
        found = syllables(document.text)
        for mention in self._names.mentions(document.text, found, folded=document.folded, small=document.social):
            sentence = max(0, bisect.bisect_right(document.starts, mention.start) - 1)
            document.readings.append(Reading(mention, sentence))
        for index, reading in enumerate(document.readings):
            self._look(document, index, reading, found)
        self._leave(document)
        self._settle(document)
        _count_lists(document)
        if document.folded:
            self._need_second_signal(document)
        if cues.WARNING.search(document.low):
            self._cover(document)

    def _look(self, document: Document, index: int, reading: Reading, found: list[Syllable]) -> None:
        """Note the cues beside one mention and score the names that stand for themselves."""
        mention, entry, noted = reading.mention, reading.mention.entry, reading.cues
        left = document.low[max(document.starts[reading.sentence], mention.start - 110) : mention.start]
        right = document.low[mention.end : mention.end + 30].split("\n", 1)[0]
        if mention.end <= document.title_end:
            noted.add("title")
        if match := cues.UNIT.search(left):
            reading.unit = match.group(1)
            noted.add("unit")
        strong = bool(entry.own) and not entry.shared
        if not (mention.capital or document.folded or (document.social and (strong or reading.unit))):
            noted.add("lower")
            return
        if not reading.unit:
            noted.update(self._embedded(document, index, found))
        noted.update(name for name, pattern in _LEFT if pattern.search(left))
        noted.update(name for name, pattern in _RIGHT if pattern.match(right))
        if "origin" in noted:
            noted.discard("home")
        elif cues.AGE.search(left):
            noted.add("home")
        if cues.SIGNATURE.search(left) and cues.SIGNATURE_RIGHT.match(document.low[mention.end : mention.end + 12]):
            noted.add("signature")
        if not entry.own:
            if not noted & {"embedded", "continued", "street", "person"} or (
                entry.province == entry.name and "embedded" not in noted
            ):
                only = entry.elsewhere[0] if len(entry.elsewhere) == 1 and reading.unit in cues.COMMUNE_UNITS else None
                reading.other = entry.province or only
        elif strong and entry.level is not None:
            reading.score = _strong_score(entry.level, noted)

    @staticmethod
    def _embedded(document: Document, index: int, found: list[Syllable]) -> list[str]:
        """Tell whether capitalised neighbours make the mention a piece of a longer name ("Thái Bình Dương", "Tân Hiệp Phát")."""
        readings, text = document.readings, document.text
        mention = readings[index].mention
        noted = []
        before = found[mention.first - 1] if mention.first else None
        if before is not None and text[before.end : mention.start] == " " and before.text[0].isupper():
            taken = index > 0 and readings[index - 1].mention.last == mention.first - 1
            opens = before.start in document.starts or text[before.start - 1 : before.start] in (
                "'",
                '"',
                "‘",
                "“",
                "(",
                "|",
            )
            if not taken and not opens:
                noted.append("embedded")
            if before.low in cues.SURNAMES and not taken:
                noted.append("person")
        after = found[mention.last + 1] if mention.last + 1 < len(found) else None
        if after is not None and text[mention.end : after.start] == " " and after.text[0].isupper():
            follows = index + 1 < len(readings) and readings[index + 1].mention.first == mention.last + 1
            if not follows and after.low not in cues.SURNAMES:
                # "Châu Phú Tính" is a person, "Sông Công Plaza" a building in Sông Công.
                noted.append("person" if found[mention.first].low in cues.SURNAMES else "continued")
        return noted

    @staticmethod
    def _leave(document: Document) -> None:
        """Give up a name that its own address places elsewhere: "phường Phú Bình (TP.HCM)"."""
        for reading, following in zip(document.readings, document.readings[1:], strict=False):
            level = reading.mention.entry.level
            between = document.low[reading.mention.end : following.mention.start]
            if reading.own and level is not None and level > Level.FORMER and following.other is not None:
                pattern = cues.ADDRESS if reading.unit in cues.COMMUNE_UNITS else cues.ADDRESS_BRACKET
                if pattern.match(between):
                    reading.score, reading.other = 0.0, following.other

    def _settle(self, document: Document) -> None:
        """Decide the names that other provinces or everyday speech share, by the province nearest to them."""
        for index, reading in enumerate(document.readings):
            entry, noted = reading.mention.entry, reading.cues
            if not entry.own or noted & _NEVER:
                continue
            if not entry.shared:
                if reading.score == BARE and self._nearest(document, index) == self._names.home:
                    reading.score = 0.7
                continue
            if "unit" not in noted and noted & {"embedded", "continued", "company", "person"}:
                continue
            placed = "unit" in noted or entry.level is Level.LANDMARK or ("locative" in noted and not entry.everyday)
            if entry.province:
                # "Bình Dương", "Khánh Hòa": a province first, a commune only when it is called one.
                placed = reading.unit in cues.COMMUNE_UNITS
            nearest = self._nearest(document, index)
            if nearest is None and (
                document.local_source or (not entry.province and self._beside_another(document, index))
            ):
                nearest = self._names.home
            if nearest == self._names.home:
                if (
                    placed
                    or ("locative" in noted and not entry.province)
                    or (entry.level is not Level.OLD and self._inside_home(document, index))
                ):
                    reading.score = 0.9
                elif entry.province:
                    reading.other = entry.province
                elif "facility" not in noted and (not entry.everyday or _continues(document, index)):
                    reading.score = 0.7
            elif nearest is not None:
                reading.other = nearest
            elif entry.province and not placed:
                reading.other = entry.province
            elif cues.KIND.get(reading.unit, reading.unit) in entry.kinds or (
                placed and not entry.elsewhere and not entry.everyday and entry.level is not Level.OLD
            ):
                reading.score = 0.8
            elif placed:
                reading.score = 0.3
                noted.add("ambiguous")
            if entry.level is Level.OLD:
                reading.score = min(reading.score, 0.7)

    def _nearest(self, document: Document, index: int) -> str | None:
        """Return the province that the surroundings name: behind the mention, before it, else the only one named."""
        here = document.readings[index]
        behind: str | None = None
        before: str | None = None
        everywhere: set[str] = set()
        for position, reading in enumerate(document.readings):
            province = self._points_to(reading)
            if province is None or position == index:
                continue
            everywhere.add(province)
            if reading.sentence == here.sentence:
                if position > index and behind is None:
                    if reading.mention.start - here.mention.end <= 60:
                        behind = province
                elif position < index:
                    before = province
        if behind or before:
            return behind or before
        if self._names.home in everywhere:
            return self._names.home
        return everywhere.pop() if len(everywhere) == 1 else None

    def _inside_home(self, document: Document, index: int) -> bool:
        """Tell whether the address goes on with the province itself: "Chợ Mới, An Giang"."""
        if index + 1 == len(document.readings):
            return False
        here, following = document.readings[index : index + 2]
        between = document.low[here.mention.end : following.mention.start]
        level = following.mention.entry.level
        return level is not None and level <= Level.FORMER and cues.ADDRESS.match(between) is not None

    @staticmethod
    def _beside_another(document: Document, index: int) -> bool:
        """Tell whether a second shared name in the same address leaves only this province: "Đập Đá, An Nhơn"."""
        here = document.readings[index]
        for neighbour in document.readings[max(0, index - 1) : index + 2]:
            entry = neighbour.mention.entry
            if neighbour is here or not entry.own or "lower" in neighbour.cues or entry.province:
                continue
            first, second = sorted((here, neighbour), key=lambda reading: reading.mention.start)
            between = document.low[first.mention.end : second.mention.start]
            if cues.ADDRESS.match(between) and first.cues & {"unit", "locative"}:
                return not set(entry.elsewhere) & set(here.mention.entry.elsewhere)
        return False

    def _points_to(self, reading: Reading) -> str | None:
        if reading.other is not None:
            return reading.other
        entry = reading.mention.entry
        return self._names.home if reading.own and not entry.shared and not reading.cues & {"home", "origin"} else None

    def _need_second_signal(self, document: Document) -> None:
        """Without diacritics a single name proves nothing: keep it only beside a second name, a unit or a number plate."""
        names = {reading.mention.entry.name for reading in document.readings if reading.own}
        plate = any(match.group(1) in self._plates for match in cues.PLATE.finditer(document.low))
        for reading in document.readings:
            if reading.own:
                left = document.low[max(0, reading.mention.start - 12) : reading.mention.start]
                second = len(names) > 1 or plate or document.local_source or cues.FOLDED_UNIT.search(left)
                reading.score = 0.6 if second else 0.3
                reading.cues.add("no diacritics")

    def _cover(self, document: Document) -> None:
        """Note a warning for a range of provinces, or for a region, that holds the province."""
        order = regions()
        for first, second in zip(document.readings, document.readings[1:], strict=False):
            between = document.low[first.mention.end : second.mention.start]
            left = document.low[max(0, first.mention.start - 40) : first.mention.start]
            if first.sentence != second.sentence or not cues.RANGE_GLUE.match(between) or not cues.RANGE.search(left):
                continue
            ends = [order[name].position for name in (self._end(first), self._end(second)) if name in order]
            known = [end for end in ends if end is not None]
            if self._position is not None and len(known) == 2 and min(known) <= self._position <= max(known):
                document.covered = first.mention.start, second.mention.end
        for match in self._region.finditer(document.low):
            if int(match[1]) >= MOST * self._regions.get(match[2], 1000):
                document.region = match.span()

    def _end(self, reading: Reading) -> str:
        entry = reading.mention.entry
        if reading.other is not None:
            return reading.other
        return self._names.home if entry.level is not None and entry.level <= Level.FORMER else ""


def document_of(title: str, lead: str, body: str, *, local_source: bool = False, social: bool = False) -> Document:
    """Join the parts of a text as ``Item.text`` does."""
    joined = "\n".join(part for part in (title, lead, body) if part)
    return Document(
        joined,
        joined.lower(),
        [start for start, _ in vietnamese.sentences(joined)] or [0],
        len(title),
        local_source,
        social,
        social and joined.isascii(),
    )


_NEVER = frozenset({"lower", "street", "club", "lottery", "history", "brand"})
_LEFT = (
    ("agency", cues.AGENCY),
    ("locative", cues.LOCATIVE),
    ("street", cues.STREET),
    ("club", cues.CLUB),
    ("brand", cues.BRAND),
    ("company", cues.COMPANY),
    ("lottery", cues.LOTTERY_LEFT),
    ("person", cues.PERSON),
    ("history", cues.HISTORY),
    ("facility", cues.FACILITY),
    ("school", cues.SCHOOL),
    ("prison", cues.PRISON),
    ("origin", cues.ORIGIN),
    ("home", cues.HOME),
    ("venue", cues.VENUE),
    ("highway", cues.HIGHWAY),
)
_RIGHT = (("club", cues.CLUB_RIGHT), ("history", cues.HISTORY_RIGHT))


def _strong_score(level: Level, noted: set[str]) -> float:
    if not noted & {"unit", "venue"} and noted & {"street", "brand", "club", "lottery", "prison"}:
        return 0.1
    if level is Level.CITY and "unit" not in noted and "person" in noted:
        return 0.3
    if level <= Level.CITY:
        return 0.95 if noted & {"unit", "agency"} else 0.9
    if (
        level is Level.LANDMARK
        or "unit" in noted
        or (noted & {"agency", "locative"} and not noted & {"embedded", "continued"})
    ):
        return 0.9
    return 0.2 if noted & {"embedded", "continued", "company", "person", "facility"} else BARE


def _continues(document: Document, index: int) -> bool:
    """Tell whether the mention continues a list that a place of the province opened ("xã A, B và C")."""
    if index == 0:
        return False
    previous, here = document.readings[index - 1], document.readings[index]
    between = document.low[previous.mention.end : here.mention.start]
    return previous.own and previous.sentence == here.sentence and cues.LIST_GLUE.match(between) is not None


def _count_lists(document: Document) -> None:
    """Give each mention the number of provinces in the list it stands in."""
    run: list[Reading] = []
    for reading in document.readings:
        if reading.other is None and not reading.own:
            continue
        between = document.low[run[-1].mention.end : reading.mention.start] if run else ""
        if run and (run[-1].sentence != reading.sentence or not cues.LIST_GLUE.match(between)):
            _close(run, document)
            run = []
        run.append(reading)
    _close(run, document)


def _close(run: list[Reading], document: Document) -> None:
    provinces = len({reading.other or "" for reading in run})
    if run and cues.ELLIPSIS.match(document.low[run[-1].mention.end : run[-1].mention.end + 5]):
        provinces += 1
    for reading in run:
        reading.run = provinces
