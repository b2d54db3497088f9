"""The content of one edition: frozen, JSON-ready values with every word that is printed and the items behind it.

Instants are ISO 8601 strings in the province's zone. ``EditionContent`` is stored with the edition, attached to the
PDF as ``edition.json`` and is all that rendering and mail need: the same content gives the same bytes.
"""

from __future__ import annotations

import hashlib
import json
import types
import typing
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, is_dataclass
from enum import StrEnum
from typing import Any, TypeVar

from reports.errors import ContentInvalid
from reports.wording import roman

SCHEMA = "langnghe-edition/1"

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemView:
    """One stored item behind a sentence.

    ``ref`` is its number in the annex (``P-07``), empty beyond the annex's cap. ``url`` is None for posts of residents
    and defanged for harm. ``title`` of a resident's post is a fixed phrase. ``published`` is an instant, a day, or
    None where unknown; ``edited`` is the instant at which an article that was known changed its text in the window.
    """

    ref: str
    item_id: str
    url: str | None
    title: str
    outlet: str
    kind: str
    published: str | None
    edited: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalView:
    """A proposed action, once per story: the proposals of its items with the same action are one.

    ``code`` for the annex, ``words`` for the text, ``actor`` all that act, ``due`` the earliest, ``state`` the least
    advanced, ``basis`` citations in force on the edition's day; ``also`` are the ids of the proposals after the first.
    """

    proposal_id: str
    code: str
    name: str
    words: str
    actor: str
    due: str
    state: str
    basis: tuple[str, ...] = ()
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One part of a story's importance: which rule, how many points, why."""

    rule: str
    points: float
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """One sentence and the ids of the stored items or stories it comes from."""

    text: str
    sources: tuple[str, ...] = ()


class Shown(StrEnum):
    """How a story stands on the pages.

    FULL: its own paragraph or row. MERGED: counted in another story's row (its ``joined``). LINE: one line. COUNTED:
    only in "và N tin khác" and in the numbers.
    """

    FULL = "full"
    MERGED = "merged"
    LINE = "line"
    COUNTED = "counted"


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryView:
    """One story (or the harm or unverified items of one story).

    ``summary`` (at most 60 words) and ``quote`` (at most 25) are whole pieces of the item named by ``summary_item`` and
    ``quote_item``; a text that may not be quoted (H5, H6, H7) is described instead and ``summary_item`` is None.
    ``also`` are titles of further texts of a wide story, ``joined`` the ids of the like complaints of its row.
    ``plan`` is what is proposed and by when, in words; ``links`` are the defanged links of a fraud that the
    summary does not show.
    ``harms`` are codes for the annex; ``kind_words`` says the same in words. ``confidence`` in 0..1.
    """

    story_id: str
    headline: str
    summary: str
    summary_item: str | None
    quote: str
    quote_item: str | None
    places: tuple[str, ...]
    fields: tuple[str, ...]
    lane: str
    group: str
    tone: str
    severity: str
    reach: str
    agency: str
    deadline: str
    status: str
    reviewed: bool
    confidence: float
    families: int
    outlets: int
    posts: int
    copies: int
    items: tuple[ItemView, ...]
    proposals: tuple[ProposalView, ...] = ()
    also: tuple[Sentence, ...] = ()
    harms: tuple[str, ...] = ()
    kind_words: str = ""
    score: float = 0.0
    why: tuple[Reason, ...] = ()
    shown: str = Shown.FULL
    joined: tuple[str, ...] = ()
    plan: str = ""
    links: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One section with all its stories in printing order, whether the pages have room for them or not.

    ``more`` counts what is only counted ("và N tin khác"); ``note`` says where the items of an empty section stand.
    """

    key: str
    title: str
    stories: tuple[StoryView, ...]
    more: int = 0
    note: str = ""

    @property
    def full(self) -> tuple[StoryView, ...]:
        """Return the stories with their own paragraph or row."""
        return tuple(story for story in self.stories if story.shown == Shown.FULL)

    @property
    def lines(self) -> tuple[StoryView, ...]:
        """Return the stories of one line each."""
        return tuple(story for story in self.stories if story.shown == Shown.LINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row of a table: a number per column (None.

    No source of that kind answered), total, share and comparisons in words.
    """

    key: str
    label: str
    values: tuple[int | None, ...]
    total: int
    share: str
    day_before: str
    baseline: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table of counts after merging copies. ``columns`` are source kinds in the order of ``Row.values``."""

    key: str
    title: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DayPoint:
    """One day of the 14-day chart: the edition's day and its numbers by tone."""

    day: str
    positive: int
    neutral: int
    negative: int
    mixed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """A name with its number, for the fields and places charts."""

    name: str
    number: int
    share: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """The numbers of the window. ``copies``: republished copies merged. ``delay_minutes``.

    Median from publication to detection.
    """

    total: int
    press: int | None
    official: int | None
    social: int | None
    copies: int
    outside: int
    unplaced: int
    tables: tuple[Table, ...]
    fields: tuple[Share, ...]
    places: tuple[Share, ...]
    days: tuple[DayPoint, ...]
    baseline_days: int
    delay_minutes: int | None
    confidence: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseView:
    """One followed case in words."""

    case_id: str
    summary: str
    agency: str
    status: str
    words: str
    overdue_days: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Cases:
    """Progress of what was handed over: numbers and the cases to mention."""

    total: int = 0
    answered: int = 0
    in_time: int = 0
    overdue: int = 0
    shown: tuple[CaseView, ...] = ()
    more: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Unchecked:
    """A press or official story that nobody reached in the morning: headline only."""

    story_id: str
    headline: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """Sources of one kind: configured, answered in the window, and the failing ones by name."""

    kind: str
    label: str
    configured: int
    answered: int
    failing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """Head and signer block (NĐ 30/2020), as valid on the edition's day."""

    parent_agency: str
    agency: str
    agency_name: str
    symbol: str
    place_date: str
    addressee: str
    closing: str
    signer_on_behalf: str
    signer_title: str
    receivers: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EditionContent:
    """Everything one edition says. ``form`` is ``automatic`` (nobody reviewed) or ``reviewed``.

    ``notices`` stand before all text.
    """

    schema: str
    edition_id: str
    kind: str
    province: str
    area: str
    form: str
    status_line: str
    title: str
    period: str
    window_start: str
    window_end: str
    subject: str
    head: Head
    notices: tuple[str, ...]
    summary: tuple[Sentence, ...]
    decisions: tuple[Sentence, ...]
    figures: Figures
    sections: tuple[Section, ...]
    outside: tuple[Unchecked, ...]
    unchecked: tuple[Unchecked, ...]
    unchecked_more: int
    unchecked_posts: int
    cases: Cases
    press_requests: tuple[Sentence, ...]
    corrections: tuple[Sentence, ...]
    coverage: tuple[Coverage, ...]
    limits: tuple[Sentence, ...]
    ai_notice: str
    purpose: str
    rescues: tuple[Sentence, ...] = ()

    @property
    def stories(self) -> tuple[StoryView, ...]:
        """Return the stories of all sections in order, also those only counted."""
        return tuple(story for section in self.sections for story in section.stories)

    @property
    def numbers(self) -> Mapping[str, str]:
        """Return the Roman numbers of the headings that are printed, by key."""
        reviewed = not self.automatic
        printed = {
            "summary": True,
            "figures": self.figures.total > 0,
            **{section.key: True for section in self.sections},
            "outside": bool(self.outside),
            "unchecked": bool(self.unchecked or self.unchecked_posts),
            "rescues": bool(self.rescues),
            "cases": reviewed,
            "press": reviewed,
            "corrections": reviewed or bool(self.corrections),
            "sources": True,
        }
        return {key: roman(number) for number, key in enumerate((key for key in printed if printed[key]), start=1)}

    @property
    def automatic(self) -> bool:
        """Return whether nobody reviewed this edition."""
        return self.form == "automatic"

    def as_dict(self) -> dict[str, Any]:
        """Return JSON-ready values."""
        return asdict(self)

    def as_json(self) -> str:
        """Return ``edition.json``: indented, keys in the order of the model, UTF-8 letters kept."""
        return json.dumps(self.as_dict(), ensure_ascii=False, indent=1) + "\n"

    @property
    def content_hash(self) -> str:
        """Return the sha256 (hex) of the canonical JSON."""
        canonical = json.dumps(self.as_dict(), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(canonical.encode()).hexdigest()

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> EditionContent:
        """Return the content stored as ``values``; raise :class:`ContentInvalid` where the shape is another one's."""
        if values.get("schema") != SCHEMA:
            raise ContentInvalid(
                f"edition content has schema {values.get('schema')!r}, this version reads {SCHEMA!r}: run brief"
            )
        try:
            return _build(cls, values)
        except (KeyError, TypeError) as error:
            raise ContentInvalid(f"edition content does not fit {SCHEMA}: {error}; run brief again") from error


def _build(kind: type[T], values: Mapping[str, Any]) -> T:
    hints = typing.get_type_hints(kind)
    known = {entry.name for entry in fields(kind)}  # type: ignore[arg-type]
    return kind(**{name: _value(hints[name], value) for name, value in values.items() if name in known})


def _value(hint: Any, value: Any) -> Any:
    if isinstance(hint, types.UnionType):
        inner = [part for part in typing.get_args(hint) if part is not types.NoneType]
        return None if value is None else _value(inner[0], value)
    if typing.get_origin(hint) is tuple:
        return tuple(_value(typing.get_args(hint)[0], entry) for entry in value)
    if is_dataclass(hint):
        return _build(typing.cast("type[Any]", hint), value)
    return value
