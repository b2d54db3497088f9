"""A loaded profile: frozen rows and the questions other rooms ask of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TypeVar

from provinces.calendar import WorkingCalendar
from provinces.errors import UnknownCode
from provinces.types import (
    Agency,
    Deadlines,
    Field,
    Header,
    Holiday,
    Instrument,
    Place,
    PlaceKind,
    Priority,
    Recipient,
    ReportArea,
    RosterEntry,
    Service,
    Source,
    Unit,
)

_LOCAL = frozenset({"commune", "district"})
_RowT = TypeVar("_RowT", Header, Deadlines)


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Province:
    """One province's profile, as read from its folder; nothing in it changes after loading.

    ``lead_agency`` is the code of the agency that makes the report. ``report_area`` is the area editions are about,
    one of ``report_areas``. ``holidays`` are ``national_holidays`` plus the folder's own. ``public_contact`` is where
    anybody may object to the service or ask for a correction, in words for print; empty where the deployer named none.
    """

    key: str
    name: str
    timezone: str
    lead_agency: str
    report_area: ReportArea
    report_areas: tuple[ReportArea, ...]
    places: tuple[Place, ...]
    agencies: tuple[Agency, ...]
    sources: tuple[Source, ...]
    headers: tuple[Header, ...]
    deadlines: tuple[Deadlines, ...]
    priorities: tuple[Priority, ...]
    roster: tuple[RosterEntry, ...]
    recipients: tuple[Recipient, ...]
    holidays: tuple[Holiday, ...]
    national_holidays: tuple[Holiday, ...]
    fields: tuple[Field, ...]
    instruments: tuple[Instrument, ...]
    services: tuple[Service, ...]
    read_units: Callable[[], tuple[Unit, ...]]
    public_contact: str = ""

    def __repr__(self) -> str:
        return f"<Province {self.key}, report area {self.report_area.code}>"

    @cached_property
    def calendar(self) -> WorkingCalendar:
        """The working-day calendar."""
        return WorkingCalendar(self.holidays)

    @cached_property
    def units(self) -> Mapping[str, tuple[Unit, ...]]:
        """Units of the whole country by name, to know false friends: today's and the former districts and provinces."""
        found: defaultdict[str, list[Unit]] = defaultdict(list)
        for unit in self.read_units():
            found[unit.name].append(unit)
        return {name: tuple(units) for name, units in found.items()}

    @cached_property
    def _places(self) -> Mapping[str, Place]:
        return {place.code: place for place in self.places}

    @cached_property
    def _agencies(self) -> Mapping[str, Agency]:
        return {agency.code: agency for agency in self.agencies}

    @cached_property
    def _sources(self) -> Mapping[str, Source]:
        return {source.source_id: source for source in self.sources}

    @cached_property
    def _local_agencies(self) -> Mapping[str, tuple[Agency, ...]]:
        found: defaultdict[str, list[Agency]] = defaultdict(list)
        for agency in self.agencies:
            if agency.kind in _LOCAL:
                for area in agency.areas:
                    found[area].append(agency)
        return {area: tuple(agencies) for area, agencies in found.items()}

    @cached_property
    def _field_levels(self) -> Mapping[str, str]:
        return {entry.key: entry.level for entry in self.fields}

    # Places

    def place(self, code: str) -> Place:
        """Return the place of a code. Raises UnknownCode."""
        try:
            return self._places[code]
        except KeyError:
            raise UnknownCode(f"no place {code!r} in profile {self.key}") from None

    def places_on(self, on: date) -> tuple[Place, ...]:
        """Return every place whose name may be heard on the date.

        Those are units in force, landmarks, and former units (names outlive units). Where two of one name are
        returned, the one in force (``Place.in_force``) is the usual reading.
        """
        return tuple(place for place in self.places if place.valid_from is None or place.valid_from <= on)

    def successors_on(self, code: str, on: date) -> tuple[str, ...]:
        """Return the codes in force on the date that stand on the ground of a place, the main one first.

        A unit in force gives itself; a former one its successors; a landmark or historic area its communes (their
        predecessors before the reform). Empty where nothing is known. Raises UnknownCode.
        """
        place = self.place(code)
        if place.kind is not PlaceKind.LANDMARK and place.in_force(on):
            return (code,)
        out: dict[str, None] = {}
        for successor in place.successors:
            out.update(dict.fromkeys(self._on(successor, on)))
        if place.kind is PlaceKind.COMMUNE and not place.successors:
            out.update(dict.fromkeys(self._on(code, on)))
        return tuple(out)

    def _on(self, code: str, on: date) -> tuple[str, ...]:
        place = self.place(code)
        if place.in_force(on):
            return (code,)
        if place.valid_to is not None and place.valid_to < on:
            return self.successors_on(code, on)
        return tuple(old.code for old in self._predecessors.get(code, ()) if old.in_force(on))

    @cached_property
    def _predecessors(self) -> Mapping[str, tuple[Place, ...]]:
        found: defaultdict[str, list[Place]] = defaultdict(list)
        for place in self.places:
            if place.kind is PlaceKind.COMMUNE:
                for successor in place.successors:
                    found[successor].append(place)
        return {code: tuple(places) for code, places in found.items()}

    def communes(self, code: str) -> frozenset[str]:
        """Return the current communes a place stands on (a commune: itself; a province: all). Raises UnknownCode."""
        place = self.place(code)
        if place.kind is PlaceKind.PROVINCE and not place.successors:
            return self._current_communes
        if not place.successors:
            return frozenset({code}) if place.kind is PlaceKind.COMMUNE else frozenset()
        return frozenset().union(*(self.communes(successor) for successor in place.successors))

    @cached_property
    def _current_communes(self) -> frozenset[str]:
        return frozenset(
            place.code for place in self.places if place.kind is PlaceKind.COMMUNE and place.valid_to is None
        )

    def in_report_area(self, place_code: str) -> bool:
        """Tell whether a place touches the report area; the province as a whole does. Raises UnknownCode."""
        return not self.report_area.places.isdisjoint(self.communes(place_code))

    def in_area(self, area_code: str, place_code: str) -> bool:
        """Tell whether a place touches the report area of that code. Raises UnknownCode."""
        for area in self.report_areas:
            if area.code == area_code:
                return not area.places.isdisjoint(self.communes(place_code))
        raise UnknownCode(f"no report area {area_code!r} in profile {self.key}")

    # Agencies

    def agency(self, code: str) -> Agency:
        """Return the agency of a code. Raises UnknownCode."""
        try:
            return self._agencies[code]
        except KeyError:
            raise UnknownCode(f"no agency {code!r} in profile {self.key}") from None

    def agencies_on(self, on: date) -> tuple[Agency, ...]:
        """Return the agencies that exist on the date."""
        return tuple(agency for agency in self.agencies if agency.in_force(on))

    def agencies_of_kind(self, kind: str, on: date) -> tuple[Agency, ...]:
        """Return the agencies of a kind (``Agency.kind``) on the date, in the order of the file."""
        return tuple(agency for agency in self.agencies if agency.kind == kind and agency.in_force(on))

    def local_agency(self, place_codes: Iterable[str], on: date) -> Agency | None:
        """Return the people's committee of the one commune (district until 30/6/2025) that holds all the places."""
        found: Agency | None = None
        for code in place_codes:
            agency = self._committee(code, on)
            if agency is None or (found is not None and agency.code != found.code):
                return None
            found = agency
        return found

    def _committee(self, code: str, on: date) -> Agency | None:
        committees: dict[str, Agency] = {}
        for unit in self.successors_on(code, on):
            step: str | None = unit
            while step is not None:
                here = [agency for agency in self._local_agencies.get(step, ()) if agency.in_force(on)]
                if here:
                    committees[here[0].code] = here[0]
                    break
                step = self.place(step).parent
            else:
                return None
        return next(iter(committees.values())) if len(committees) == 1 else None

    def agencies_for(self, field: str, place_codes: Iterable[str], on: date) -> tuple[Agency, ...]:
        """Return the agencies that answer for a field in the places on the date, the leading one first.

        A field of level commune in a single commune belongs to its people's committee first; then the agencies of the
        field whose area holds all the places, in the order of the file. Raises UnknownCode.
        """
        if field not in self._field_levels:
            raise UnknownCode(f"no field {field!r}; see national/fields.csv")
        codes = tuple(dict.fromkeys(place_codes))
        local = self.local_agency(codes, on) if self._field_levels[field] == "commune" else None
        wider = tuple(
            agency
            for agency in self.agencies
            if field in agency.fields
            and agency.kind not in _LOCAL
            and agency.in_force(on)
            and self._covers(agency, codes)
        )
        return (local, *wider) if local else wider

    def agency_for(self, field: str, place_codes: Iterable[str], on: date) -> Agency | None:
        """Return the agency that must answer: the first of :meth:`agencies_for`, or None. Raises UnknownCode."""
        return next(iter(self.agencies_for(field, place_codes, on)), None)

    def _covers(self, agency: Agency, codes: tuple[str, ...]) -> bool:
        if not agency.areas:
            return True
        ground = frozenset().union(*(self.communes(area) for area in agency.areas))
        return all(code in agency.areas or self.communes(code) <= ground for code in codes)

    # Dated tables

    def header_on(self, on: date) -> Header:
        """Return the report header of the date. Raises UnknownCode where the profile has none."""
        return _dated(self.headers, on, f"no header for {on} in profile {self.key}")

    def deadlines_on(self, on: date) -> Deadlines:
        """Return the deadline profile of the date. Raises UnknownCode where the profile has none."""
        return _dated(self.deadlines, on, f"no deadline profile for {on} in profile {self.key}")

    def roster_on(self, duty: str, on: date) -> tuple[RosterEntry, ...]:
        """Return who has a duty on the date, by step (0 first)."""
        due = (entry for entry in self.roster if entry.duty == duty and _valid(entry, on))
        return tuple(sorted(due, key=lambda entry: entry.step))

    def instruments_on(self, on: date) -> tuple[Instrument, ...]:
        """Return the legal instruments in force on the date; no other may be cited."""
        return tuple(entry for entry in self.instruments if entry.in_force(on))

    def instrument(self, key: str, on: date) -> Instrument | None:
        """Return the instrument of a key if in force on the date, else the predecessor that was, else None."""
        # A decree on fines is never the basis of an action (domain.md §4).
        chain = [key, *(entry.key for entry in self.instruments if entry.successor == key)]
        return next((entry for entry in self.instruments_on(on) if entry.key in chain and not entry.background), None)

    # Sources

    def source(self, source_id: str) -> Source:
        """Return the source of an id. Raises UnknownCode."""
        try:
            return self._sources[source_id]
        except KeyError:
            raise UnknownCode(f"no source {source_id!r} in profile {self.key}") from None

    def sources_on(self, on: date) -> tuple[Source, ...]:
        """Return the sources to be read on the date: valid and not switched off."""
        return tuple(source for source in self.sources if source.in_force(on))


def _valid(row: Header | Deadlines | RosterEntry, on: date) -> bool:
    return (row.valid_from is None or row.valid_from <= on) and (row.valid_to is None or on <= row.valid_to)


def _dated(rows: tuple[_RowT, ...], on: date, missing: str) -> _RowT:
    for row in rows:
        if _valid(row, on):
            return row
    raise UnknownCode(missing)
