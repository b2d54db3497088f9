"""Read a profile folder into a :class:`Province`, or tell every fault in it."""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from functools import cache, cached_property, lru_cache, partial
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from provinces.errors import InvalidProfile, ProfileError, UnknownProfile
from provinces.province import Province
from provinces.tables import Faults, Row, Toml, csv_rows
from provinces.types import (
    Access,
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
    SourceKind,
    Unit,
)

_ROOT = Path(__file__).resolve().parent
NATIONAL = _ROOT / "national"

PLACE_COLUMNS = (
    "code", "name", "full_name", "kind", "parent", "valid_from", "valid_to", "successors", "aliases", "risk", "origin",
)  # fmt: skip
AGENCY_COLUMNS = (
    "code", "name", "electronic_code", "kind", "fields", "areas", "valid_from", "valid_to", "successor", "mailbox",
    "origin", "evidence",
)  # fmt: skip
SOURCE_COLUMNS = (
    "source_id", "outlet", "name", "kind", "access", "url", "section", "language", "interval_min", "valid_from",
    "valid_to", "status", "checked", "kill", "family", "options", "origin", "evidence",
)  # fmt: skip
UNIT_COLUMNS = ("code", "name", "full_name", "kind", "province", "valid_to")
HOLIDAY_COLUMNS = ("day", "name", "working", "source")
FIELD_COLUMNS = ("key", "name", "level")
INSTRUMENT_COLUMNS = ("key", "title", "citation", "valid_from", "valid_to", "successor", "background", "evidence")
SERVICE_COLUMNS = ("key", "name", "contact", "purpose", "checked", "status")

AGENCY_KINDS = (
    "committee", "department", "office", "police", "military", "border_guard", "civil_defence", "service_centre", "utility",
    "media", "party", "inspectorate", "commune", "district",
)  # fmt: skip
PROFILE_KEYS = (
    "key", "name", "timezone", "lead_agency", "public_contact", "report_area", "extends", "national_outlets",
    "build", "report_areas", "headers", "deadlines",
)  # fmt: skip
RECIPIENT_KINDS = ("chairman", "office", "leadership", "agency", "police")
EDITIONS = ("daily", "flash", "weekly", "monthly")
DUTIES = ("desk", "approver", "cyber", "civil_defence")
SEVERITIES = ("S1", "S2", "S3", "S4")

_PLACE_CODE = {
    PlaceKind.PROVINCE: re.compile(r"province:[a-z0-9-]+"),
    PlaceKind.COMMUNE: re.compile(r"\d{5}|old:[a-z0-9-]+"),
    PlaceKind.AREA: re.compile(r"area:[a-z0-9-]+"),
    PlaceKind.LANDMARK: re.compile(r"landmark:[a-z0-9-]+"),
}
_PERIOD = ("valid_from", "valid_to")
_SLUG = re.compile(r"[a-z0-9][a-z0-9.-]*")
_MAILBOX = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
# The commonest family names; two to four capitalised syllables behind one of them read as a person's name.
_PERSON = re.compile(
    r"\b(?:Nguyễn|Trần|Lê|Phạm|Hoàng|Huỳnh|Phan|Vũ|Võ|Đặng|Bùi|Đỗ|Hồ|Ngô|Dương|Lý)(?: [A-ZĐÀ-Ỹ][a-zà-ỹ]+){1,3}\b"
)


def available() -> tuple[str, ...]:
    """Return the keys of the shipped profiles."""
    return tuple(sorted(file.parent.name for file in _ROOT.glob("*/profile.toml")))


def load(key_or_path: str | Path, *, report_area: str | None = None) -> Province:
    """Load a profile by key (``gia-lai``) or folder.

    A folder whose profile.toml says ``extends = "KEY"`` takes the files, keys and tables it lacks from that profile;
    ``national_outlets = false`` leaves the national outlets out.
    ``report_area`` chooses another of the profile's report areas than its own default. Loaded profiles are kept until
    a file of theirs changes. Raises UnknownProfile, and InvalidProfile with every fault of the folder.
    """
    folder = _folder(key_or_path)
    province, errors = _read(folder, _base(folder), _stamp(folder, _base(folder), NATIONAL))
    if province is None or errors:
        raise InvalidProfile(folder.name, errors)
    if report_area is None:
        return province
    for area in province.report_areas:
        if area.code == report_area:
            return replace(province, report_area=area)
    raise UnknownProfile(
        f"profile {province.key} has no report area {report_area!r}; it has "
        + ", ".join(area.code for area in province.report_areas)
    )


def check(key_or_path: str | Path) -> list[ProfileError]:
    """Return every fault of a profile; empty when it is good. Raises UnknownProfile."""
    folder = _folder(key_or_path)
    return list(_read(folder, _base(folder), _stamp(folder, _base(folder), NATIONAL))[1])


def _folder(key_or_path: str | Path) -> Path:
    for folder in (_ROOT / str(key_or_path), Path(key_or_path)):
        if (folder / "profile.toml").is_file():
            return folder.resolve()
    raise UnknownProfile(
        f"no profile {str(key_or_path)!r}: give one of {', '.join(available())}, or a folder that holds profile.toml"
    )


def _base(folder: Path) -> Path | None:
    """Return the folder that ``extends`` of the profile names; None where it names none or the file cannot be read."""
    try:
        extends = tomllib.loads((folder / "profile.toml").read_text(encoding="utf-8")).get("extends")
        return _folder(extends) if isinstance(extends, str) else None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, UnknownProfile):
        return None


def _stamp(*folders: Path | None) -> tuple[tuple[str, int, int], ...]:
    """Name every file the profile is read from with its size and time, so that an edited profile is read anew."""
    files = sorted(file for base in folders if base for file in base.iterdir() if file.suffix in (".toml", ".csv"))
    return tuple((str(file), (stat := file.stat()).st_size, stat.st_mtime_ns) for file in files)


@lru_cache(maxsize=8)
def _read(
    folder: Path, base: Path | None, stamp: tuple[tuple[str, int, int], ...]
) -> tuple[Province | None, tuple[ProfileError, ...]]:
    faults = Faults()
    try:
        province = _Reader(folder, base, faults).province()
    except InvalidProfile as broken:  # the national units, read apart from the profile
        return None, (*faults.found, *broken.errors)
    return (None if faults.found else province), tuple(faults.found)


@cache
def _units(file: Path) -> tuple[Unit, ...]:
    faults = Faults()
    units = tuple(
        Unit(
            code=row.text("code"),
            name=row.text("name"),
            full_name=row.text("full_name"),
            kind=row.text("kind"),
            province=row.text("province"),
            valid_to=row.day("valid_to"),
        )
        for row in csv_rows(file, UNIT_COLUMNS, faults)
    )
    if faults.found:
        raise InvalidProfile(file.parent.name, tuple(faults.found))
    return units


class _Reader:
    def __init__(self, folder: Path, base: Path | None, faults: Faults) -> None:
        self._folder = folder
        self._base = base
        self._faults = faults
        self._fields: tuple[Field, ...] = ()
        self._places: dict[str, Place] = {}
        self._agencies: dict[str, Agency] = {}

    def province(self) -> Province | None:
        profile = Toml(self._folder / "profile.toml", self._faults, self._base and self._base / "profile.toml")
        self._fields = self._national_fields()
        self._read_places()
        self._read_agencies()
        sources = self._sources(national=profile.top().flag("national_outlets", default=True))
        priorities = self._priorities()
        roster = self._roster()
        recipients = self._recipients()
        national = self._holidays(NATIONAL / "holidays.csv")
        holidays = (*national, *self._holidays(self._file("holidays.csv"), optional=True))
        instruments, services = self._instruments(), self._services()
        if not profile.readable:
            return None
        top = profile.top()
        top.only(*PROFILE_KEYS)
        if top.has("extends") and self._base is None:
            top.fault("extends", f"no profile {top.text('extends')!r}", f"use one of: {', '.join(available())}")
        key, timezone = top.text("key", required=True), top.text("timezone", required=True)
        if not _SLUG.fullmatch(key):
            top.fault("key", f"{key!r} is not a key", "use small letters, digits and hyphens")
        try:
            ZoneInfo(timezone or "UTC")
        except (ZoneInfoNotFoundError, ValueError):
            top.fault("timezone", f"{timezone!r} is no time zone", 'write "Asia/Ho_Chi_Minh"')
        lead = top.text("lead_agency", required=True)
        self._known(top, "lead_agency", (lead,), self._agencies, "agency", "agencies.csv")
        areas, headers, deadlines = self._areas(profile), self._headers(profile), self._deadlines(profile)
        default = top.text("report_area", required=True)
        report_area = next((area for area in areas if area.code == default), None)
        if report_area is None:
            top.fault(
                "report_area", f"no report area {default!r}", f"use one of: {', '.join(area.code for area in areas)}"
            )
            return None
        return Province(
            key=key,
            name=top.text("name", required=True),
            timezone=timezone,
            lead_agency=lead,
            report_area=report_area,
            report_areas=areas,
            places=tuple(self._places.values()),
            agencies=tuple(self._agencies.values()),
            sources=sources,
            headers=headers,
            deadlines=deadlines,
            priorities=priorities,
            roster=roster,
            recipients=recipients,
            holidays=holidays,
            national_holidays=national,
            fields=self._fields,
            instruments=instruments,
            services=services,
            read_units=partial(_units, NATIONAL / "units.csv"),
            public_contact=top.text("public_contact"),
        )

    # Helpers

    def _file(self, name: str) -> Path:
        own = self._folder / name
        return own if self._base is None or own.exists() else self._base / name

    def _known(
        self, row: Row, field: str, codes: Iterable[str], known: Mapping[str, Any], what: str, where: str
    ) -> None:
        for code in codes:
            if code and code not in known:
                row.fault(field, f"{what} {code!r} is not in {where}", f"correct the code or add the {what} to {where}")

    def _known_fields(self, row: Row) -> tuple[str, ...]:
        fields = row.texts("fields")
        self._known(row, "fields", fields, {entry.key: entry for entry in self._fields}, "field", "national/fields.csv")
        return fields

    def _unique(self, row: Row, field: str, key: str, seen: Mapping[str, Any]) -> None:
        if key in seen:
            row.fault(field, f"{key!r} stands here twice", "remove one of the rows or give it a code of its own")

    def _no_overlap(self, rows: Iterable[tuple[Row, str, date | None, date | None]]) -> None:
        groups: defaultdict[str, list[tuple[date, date, Row]]] = defaultdict(list)
        for row, group, start, end in rows:
            groups[group].append((start or date.min, end or date.max, row))
        for periods in groups.values():
            periods.sort(key=lambda period: period[:2])
            for (_, end, _), (start, _, row) in pairwise(periods):
                if start <= end:
                    row.fault(
                        "valid_from",
                        "overlaps an earlier entry that is valid to " + (f"{end}" if end < date.max else "today"),
                        "end the earlier one on the day before",
                    )

    def _succession(self, row: Row, field: str, end: date | None, successors: Iterable[Place | Agency]) -> None:
        for successor in successors:
            if end is None:
                row.fault(
                    "valid_to", "is empty although a successor is named", "write the last day, or remove the successor"
                )
                return
            if successor.valid_from is None or successor.valid_from <= end:
                row.fault(
                    field,
                    f"successor {successor.code} exists before this one ended on {end}",
                    "correct valid_to here or valid_from there",
                )

    # Places

    def _read_places(self) -> None:
        units = {unit.code: unit for unit in _units(NATIONAL / "units.csv")}
        rows: list[tuple[Row, Place]] = []
        for row in csv_rows(self._file("places.csv"), PLACE_COLUMNS, self._faults):
            kind = row.choice("kind", PlaceKind, [kind.value for kind in PlaceKind], PlaceKind.LANDMARK)
            start, end = row.period()
            place = Place(
                code=row.text("code", required=True),
                name=row.text("name", required=True),
                full_name=row.text("full_name", required=True),
                kind=kind,
                parent=row.text("parent") or None,
                valid_from=start,
                valid_to=end,
                successors=row.texts("successors"),
                aliases=row.texts("aliases"),
                risk=row.has("risk"),
                risk_reason=row.text("risk"),
            )
            self._unique(row, "code", place.code, self._places)
            if not _PLACE_CODE[kind].fullmatch(place.code):
                row.fault("code", f"{place.code!r} is no code of a {kind}", f"write {_PLACE_CODE[kind].pattern}")
            elif kind is PlaceKind.COMMUNE and place.code.isdecimal():
                unit = units.get(place.code)
                if unit is None:
                    row.fault("code", f"no commune has the code {place.code}", "look the code up in national/units.csv")
                elif unit.full_name != place.full_name:
                    row.fault(
                        "full_name",
                        f"{place.code} is {unit.full_name} ({unit.province}), not {place.full_name}",
                        "correct the code or the name; see national/units.csv",
                    )
            self._places[place.code] = place
            rows.append((row, place))
        for row, place in rows:
            self._known(row, "parent", (place.parent or "",), self._places, "place", "places.csv")
            self._known(row, "successors", place.successors, self._places, "place", "places.csv")
            if place.kind is not PlaceKind.LANDMARK:
                known = [self._places[code] for code in place.successors if code in self._places]
                self._succession(row, "successors", place.valid_to, known)

    def _areas(self, profile: Toml) -> tuple[ReportArea, ...]:
        areas: dict[str, ReportArea] = {}
        for row in profile.tables("report_areas", ("code", "name", "places")):
            code = row.text("code", required=True)
            self._unique(row, "code", code, areas)
            named = row.texts("places")
            self._known(row, "places", named, self._places, "place", "places.csv")
            communes: set[str] = set()
            for name in named:
                if name in self._places:
                    communes |= self._current(self._places[name])
            if not communes:
                row.fault("places", "hold no commune", "name a province, historic areas or commune codes of places.csv")
            areas[code] = ReportArea(code=code, name=row.text("name", required=True), places=frozenset(communes))
        return tuple(areas.values())

    def _current(self, place: Place) -> set[str]:
        if place.kind is PlaceKind.PROVINCE:
            return {
                code
                for code, entry in self._places.items()
                if entry.kind is PlaceKind.COMMUNE and entry.valid_to is None
            }
        if place.kind is PlaceKind.COMMUNE and place.valid_to is None:
            return {place.code}
        return {code for name in place.successors if name in self._places for code in self._current(self._places[name])}

    # Agencies

    def _read_agencies(self) -> None:
        rows: list[tuple[Row, Agency]] = []
        for row in csv_rows(self._file("agencies.csv"), AGENCY_COLUMNS, self._faults):
            start, end = row.period()
            agency = Agency(
                code=row.text("code", required=True),
                name=row.text("name", required=True),
                electronic_code=row.text("electronic_code"),
                valid_from=start,
                valid_to=end,
                fields=self._known_fields(row),
                areas=row.texts("areas"),
                mailbox=row.text("mailbox"),
                successor=row.text("successor") or None,
                kind=row.text("kind"),
            )
            self._unique(row, "code", agency.code, self._agencies)
            if not _SLUG.fullmatch(agency.code):
                row.fault("code", f"{agency.code!r} is not a code", "use small letters, digits and hyphens")
            if agency.kind not in AGENCY_KINDS:
                row.fault("kind", f"{agency.kind!r} is not known", f"use one of: {', '.join(AGENCY_KINDS)}")
            if agency.mailbox and not _MAILBOX.fullmatch(agency.mailbox):
                row.fault("mailbox", f"{agency.mailbox!r} is not a mailbox", "write name@host")
            self._known(row, "areas", agency.areas, self._places, "place", "places.csv")
            self._agencies[agency.code] = agency
            rows.append((row, agency))
        for row, agency in rows:
            if agency.successor:
                self._known(row, "successor", (agency.successor,), self._agencies, "agency", "agencies.csv")
                if agency.successor in self._agencies:
                    self._succession(row, "successor", agency.valid_to, [self._agencies[agency.successor]])
        self._no_overlap(
            (row, f"{agency.kind} {area}", agency.valid_from, agency.valid_to)
            for row, agency in rows
            if agency.kind in ("commune", "district")
            for area in agency.areas
        )

    @cached_property
    def _place_names(self) -> frozenset[str]:
        return frozenset(
            name.casefold() for place in self._places.values() for name in (place.name, place.full_name, *place.aliases)
        )

    # Sources

    def _sources(self, *, national: bool) -> tuple[Source, ...]:
        sources: dict[str, Source] = {}
        for file in (self._file("sources.csv"), *([NATIONAL / "outlets.csv"] if national else [])):
            for row in csv_rows(file, SOURCE_COLUMNS, self._faults):
                source = self._source(row)
                self._unique(row, "source_id", source.source_id, sources)
                sources[source.source_id] = source
        return tuple(sources.values())

    def _source(self, row: Row) -> Source:
        start, end = row.period()
        access = row.choice("access", Access, [access.value for access in Access], Access.FEED)
        url = row.text("url")
        parts = urlsplit(url)
        if access is Access.IMPORT:
            if url:
                row.fault("url", "an import channel has no address", "leave it empty")
        elif parts.scheme not in ("http", "https") or not parts.hostname:
            row.fault("url", f"{url!r} is not a web address", "write https://…")
        source_id = row.text("source_id", required=True)
        if not _SLUG.fullmatch(source_id):
            row.fault("source_id", f"{source_id!r} is not an id", "use small letters, digits, dots and hyphens")
        options: dict[str, str] = {}
        for option in row.texts("options"):
            name, equals, value = option.partition("=")
            if not equals:
                row.fault("options", f"{option!r} has no value", "write name=value, | between options")
            options[name] = value
        return Source(
            source_id=source_id,
            outlet=row.text("outlet", required=True),
            name=row.text("name", required=True),
            kind=row.choice("kind", SourceKind, [kind.value for kind in SourceKind], SourceKind.PRESS_OUT),
            access=access,
            url=url,
            language=row.text("language") or "vi",
            section=row.text("section"),
            interval_min=row.number("interval_min", 1, 1440, 30),
            valid_from=start,
            valid_to=end,
            evidence=row.text("evidence"),
            checked=row.day("checked"),
            status=row.text("status", required=True),
            kill=row.flag("kill"),
            family=row.text("family") or row.text("outlet"),
            options=options,
        )

    # People and lists

    def _priorities(self) -> tuple[Priority, ...]:
        found: dict[str, Priority] = {}
        for row in Toml(self._file("priorities.toml"), self._faults).tables(
            "priorities", ("key", "name", "fields", "terms")
        ):
            key = row.text("key", required=True)
            self._unique(row, "key", key, found)
            terms = row.texts("terms")
            for term in terms:
                if _PERSON.search(term) and term.casefold() not in self._place_names:
                    row.fault(
                        "terms", f"{term!r} reads as a person's name", "watch terms never name a person: use the office"
                    )
            found[key] = Priority(
                key=key, name=row.text("name", required=True), fields=self._known_fields(row), terms=terms
            )
        return tuple(found.values())

    def _roster(self) -> tuple[RosterEntry, ...]:
        rows: list[tuple[Row, RosterEntry]] = []
        for row in Toml(self._file("roster.toml"), self._faults).tables(
            "roster", (*_PERIOD, "name", "duty", "step", "address")
        ):
            start, end = row.period()
            duty = row.text("duty", required=True)
            if duty not in DUTIES:
                row.fault("duty", f"{duty!r} is not known", f"use one of: {', '.join(DUTIES)}")
            address = row.text("address", required=True)
            if not _MAILBOX.fullmatch(address) and "://" not in address:
                row.fault(
                    "address", f"{address!r} is neither a mailbox nor an Apprise URL", "write name@host or scheme://…"
                )
            entry = RosterEntry(
                name=row.text("name", required=True),
                duty=duty,
                step=row.number("step", 0, 2),
                address=address,
                valid_from=start,
                valid_to=end,
            )
            rows.append((row, entry))
        self._no_overlap((row, f"{entry.duty} {entry.step}", entry.valid_from, entry.valid_to) for row, entry in rows)
        return tuple(entry for _, entry in rows)

    def _recipients(self) -> tuple[Recipient, ...]:
        found: dict[str, Recipient] = {}
        for row in Toml(self._file("recipients.toml"), self._faults).tables(
            "recipients", ("key", "name", "address", "kind", "agency_code", "editions")
        ):
            key, kind, address = (row.text(field, required=True) for field in ("key", "kind", "address"))
            self._unique(row, "key", key, found)
            if kind not in RECIPIENT_KINDS:
                row.fault("kind", f"{kind!r} is not known", f"use one of: {', '.join(RECIPIENT_KINDS)}")
            if not _MAILBOX.fullmatch(address):
                row.fault("address", f"{address!r} is not a mailbox", "write name@host")
            agency = row.text("agency_code") or None
            if agency:
                self._known(row, "agency_code", (agency,), self._agencies, "agency", "agencies.csv")
            elif kind in ("agency", "police"):
                row.fault("agency_code", "is empty", "an agency receives its own rows only: name its code")
            editions = row.texts("editions") or ("daily",)
            for edition in editions:
                if edition not in EDITIONS:
                    row.fault("editions", f"{edition!r} is not known", f"use one of: {', '.join(EDITIONS)}")
            found[key] = Recipient(
                key=key,
                name=row.text("name", required=True),
                address=address,
                kind=kind,
                agency_code=agency,
                editions=editions,
            )
        return tuple(found.values())

    # Dated tables of the profile

    def _headers(self, profile: Toml) -> tuple[Header, ...]:
        rows: list[tuple[Row, Header]] = []
        names = ("parent_agency", "agency", "symbol", "place", "addressee", "closing", "signer_title")
        for row in profile.tables("headers", (*_PERIOD, *names, "signer_on_behalf", "receivers")):
            start, end = row.period()
            texts = {name: row.text(name, required=True) for name in names}
            header = Header(
                valid_from=start,
                valid_to=end,
                signer_on_behalf=row.text("signer_on_behalf"),
                receivers=row.texts("receivers"),
                **texts,
            )
            rows.append((row, header))
        self._no_overlap((row, "header", header.valid_from, header.valid_to) for row, header in rows)
        return tuple(header for _, header in rows)

    def _deadlines(self, profile: Toml) -> tuple[Deadlines, ...]:
        rows: list[tuple[Row, Deadlines]] = []
        counted = ("first_reply_days", "final_days", "fix_days", "press_days")
        for row in profile.tables("deadlines", (*_PERIOD, *counted, "key", "verify_hours", "statement_hours")):
            start, end = row.period()
            days = {name: row.number(name, 1, 90) for name in counted}
            deadlines = Deadlines(
                key=row.text("key", required=True),
                valid_from=start,
                valid_to=end,
                verify_hours=row.numbers("verify_hours", SEVERITIES),
                statement_hours=row.number("statement_hours", 1, 240),
                **days,
            )
            rows.append((row, deadlines))
        self._no_overlap((row, "deadlines", entry.valid_from, entry.valid_to) for row, entry in rows)
        return tuple(entry for _, entry in rows)

    # National tables

    def _national_fields(self) -> tuple[Field, ...]:
        found: dict[str, Field] = {}
        for row in csv_rows(NATIONAL / "fields.csv", FIELD_COLUMNS, self._faults):
            key, level = row.text("key", required=True), row.text("level")
            self._unique(row, "key", key, found)
            if level not in ("commune", "province"):
                row.fault("level", f"{level!r} is not known", "use one of: commune, province")
            found[key] = Field(key=key, name=row.text("name", required=True), level=level)
        return tuple(found.values())

    def _holidays(self, file: Path, *, optional: bool = False) -> tuple[Holiday, ...]:
        found: dict[str, Holiday] = {}
        for row in csv_rows(file, HOLIDAY_COLUMNS, self._faults, optional=optional):
            day = row.day("day")
            if day is None:
                if not row.has("day"):
                    row.fault("day", "is empty", "write YYYY-MM-DD")
                continue
            self._unique(row, "day", day.isoformat(), found)
            working = row.flag("working")
            if working and day.weekday() < 5:
                row.fault("working", f"{day} is no weekend day", "only a Saturday or Sunday can be worked in exchange")
            found[day.isoformat()] = Holiday(
                day=day, name=row.text("name", required=True), working=working, source=row.text("source", required=True)
            )
        return tuple(found.values())

    def _instruments(self) -> tuple[Instrument, ...]:
        found: dict[str, Instrument] = {}
        rows: list[Row] = []
        for row in csv_rows(NATIONAL / "instruments.csv", INSTRUMENT_COLUMNS, self._faults):
            start, end = row.period()
            key = row.text("key", required=True)
            self._unique(row, "key", key, found)
            found[key] = Instrument(
                key=key,
                title=row.text("title", required=True),
                citation=row.text("citation", required=True),
                valid_from=start,
                valid_to=end,
                successor=row.text("successor") or None,
                background=row.flag("background"),
                evidence=row.text("evidence", required=True),
            )
            rows.append(row)
        for row, entry in zip(rows, found.values(), strict=False):
            self._known(row, "successor", (entry.successor or "",), found, "instrument", "instruments.csv")
        return tuple(found.values())

    def _services(self) -> tuple[Service, ...]:
        found: dict[str, Service] = {}
        for row in csv_rows(NATIONAL / "services.csv", SERVICE_COLUMNS, self._faults):
            key = row.text("key", required=True)
            self._unique(row, "key", key, found)
            found[key] = Service(
                key=key,
                name=row.text("name", required=True),
                contact=row.text("contact", required=True),
                purpose=row.text("purpose", required=True),
                checked=row.day("checked"),
                status=row.text("status", required=True),
            )
        return tuple(found.values())
