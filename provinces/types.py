"""Types of a province's profile; what changes by law or season carries ``valid_from``/``valid_to``, inclusive."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum


def _covers(valid_from: date | None, valid_to: date | None, on: date) -> bool:
    return (valid_from is None or valid_from <= on) and (valid_to is None or on <= valid_to)


class PlaceKind(StrEnum):
    """PROVINCE, COMMUNE (xã, phường, đặc khu, thị trấn), AREA (historic district or report area) and LANDMARK."""

    PROVINCE = "province"
    COMMUNE = "commune"
    AREA = "area"
    LANDMARK = "landmark"


class SourceKind(StrEnum):
    """PRESS_IN, PRESS_OUT: outlets of the province, of elsewhere; OFFICIAL: agencies; SOCIAL: public channels."""

    PRESS_IN = "press_in"
    PRESS_OUT = "press_out"
    OFFICIAL = "official"
    SOCIAL = "social"


class Access(StrEnum):
    """How a source is read: one spider kind each."""

    FEED = "feed"
    SITEMAP = "sitemap"
    SECTION = "section"
    FORUM = "forum"
    VIDEO_COMMENTS = "video_comments"
    IMPORT = "import"
    BROWSER = "browser"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A dated place.

    ``code``: 5-digit unit code of a current commune (``"21583"``), ``"old:CODE"`` of a former one, ``"area:SLUG"`` of
    a former district or province, ``"landmark:SLUG"``, ``"province:KEY"``.

    ``risk`` marks names that need a trigger (``domain.md`` §3.4); ``risk_reason`` says why: ``current:PROVINCE`` (a
    commune of that province bears the name), ``former:PROVINCE`` (a unit there bore it until 2025), ``word:…`` (an
    everyday word, a person, a brand). ``successors`` of a former unit are the current communes on its ground, the main
    one first; of a landmark, the communes it lies in.
    """

    code: str
    name: str
    full_name: str
    kind: PlaceKind
    parent: str | None
    valid_from: date | None
    valid_to: date | None
    successors: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    risk: bool = False
    risk_reason: str = ""

    def in_force(self, on: date) -> bool:
        """Tell whether the unit exists on the date (a landmark without dates always does)."""
        return _covers(self.valid_from, self.valid_to, on)


@dataclass(frozen=True, slots=True, kw_only=True)
class Agency:
    """An agency that can be asked to act.

    ``fields`` are keys of the field table, ``areas`` place codes (empty: the whole province). ``kind``: committee (of the
    province), department, office, police, military, border_guard, civil_defence, service_centre, utility (power,
    reservoirs), media, party, inspectorate, commune or district.
    """

    code: str
    name: str
    electronic_code: str
    valid_from: date | None
    valid_to: date | None
    fields: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()
    mailbox: str = ""
    successor: str | None = None
    kind: str = "department"

    def in_force(self, on: date) -> bool:
        """Tell whether the agency exists on the date."""
        return _covers(self.valid_from, self.valid_to, on)


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One outlet or public channel of the registry, one row per feed, section page, API or import channel.

    ``outlet`` is the publisher's key (several sources share it), ``family`` the publisher family for corroboration;
    ``kill`` switches the source off. ``checked`` is the date somebody last looked; ``evidence`` says how it is known.
    """

    source_id: str
    outlet: str
    name: str
    kind: SourceKind
    access: Access
    url: str
    language: str = "vi"
    section: str = ""
    interval_min: int = 30
    valid_from: date | None = None
    valid_to: date | None = None
    evidence: str = ""
    checked: date | None = None
    status: str = ""
    kill: bool = False
    family: str = ""
    options: Mapping[str, str] = field(default_factory=dict)

    def in_force(self, on: date) -> bool:
        """Tell whether the source may be read on the date: valid and not switched off."""
        return not self.kill and _covers(self.valid_from, self.valid_to, on)


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterEntry:
    """A dated turn of duty.

    ``duty``: desk, approver, cyber or civil_defence. ``step`` 0 is rung first, 1 and 2 later; ``address`` is an
    Apprise URL or a mailbox.
    """

    name: str
    duty: str
    step: int
    address: str
    valid_from: date | None = None
    valid_to: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """Who receives an edition.

    ``kind``: chairman, office, leadership, agency (own rows only) or police (referral extract only).
    """

    key: str
    name: str
    address: str
    kind: str
    agency_code: str | None = None
    editions: tuple[str, ...] = ("daily",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """The head, signer block and Nơi nhận of the province's reports (NĐ 30/2020), valid on dates."""

    valid_from: date | None
    valid_to: date | None
    parent_agency: str
    agency: str
    symbol: str
    place: str
    addressee: str
    closing: str
    signer_title: str
    signer_on_behalf: str = ""
    receivers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Priority:
    """One entry of the province's priority list (R8, R19): weekly coverage is measured against it."""

    key: str
    name: str
    fields: tuple[str, ...]
    terms: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadlines:
    """Clocks of a deadline profile: clock hours, and working days of the calendar (``domain.md`` §5.4, §2.2)."""

    key: str
    valid_from: date | None
    valid_to: date | None
    verify_hours: Mapping[str, int]
    first_reply_days: int
    final_days: int
    fix_days: int
    press_days: int
    statement_hours: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Holiday:
    """A non-working day, or (``working`` true) a weekend day worked in exchange."""

    day: date
    name: str
    working: bool = False
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportArea:
    """The part of the province an edition is about; ``name`` completes "… về", ``places`` are current commune codes."""

    code: str
    name: str
    places: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A field of public life; ``level`` commune: a matter in a single commune belongs to its UBND; else province."""

    key: str
    name: str
    level: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Instrument:
    """A legal instrument with its dates.

    ``citation`` is the short form for later mentions; ``background`` ones (fines) are known but never cited;
    ``evidence`` begins with the mark F, F2, M or J of ``domain.md``.
    """

    key: str
    title: str
    citation: str
    valid_from: date | None
    valid_to: date | None
    successor: str | None
    evidence: str
    background: bool = False

    def in_force(self, on: date) -> bool:
        """Tell whether the instrument may be cited on the date."""
        return _covers(self.valid_from, self.valid_to, on)


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """A public service that warnings and referrals name. ``checked``: when somebody last looked; None: never."""

    key: str
    name: str
    contact: str
    purpose: str
    checked: date | None
    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """A unit anywhere in the country, to know false friends.

    ``code``: unit code, ``province:CODE``, or ``old:CODE`` of one abolished in 2025. ``kind``: commune, district or
    province.
    """

    code: str
    name: str
    full_name: str
    kind: str
    province: str
    valid_to: date | None
