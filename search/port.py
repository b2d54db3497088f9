"""The search port: what every engine can do, and the values that cross it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

from search.query import Node

FILTERS = (
    "kind",
    "channel",
    "source",
    "outlet",
    "lane",
    "tone",
    "harm",
    "severity",
    "reach",
    "field",
    "place",
    "agency",
    "status",
    "family",
    "story",
)
"""Keyword fields: usable as ``name:value`` in the query language, as filters and as facets."""


class Sort(StrEnum):
    """Order of hits."""

    RELEVANCE = "relevance"
    NEWEST = "newest"


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexDoc:
    """One item or story as the engines hold it. No author identity, masked text only.

    ``doc_id`` is ``item:ID`` or ``story:ID``; ``revision`` the record's revision (external version: an older one never
    overwrites a newer). Keyword fields are tuples of codes named as in :data:`FILTERS`.
    """

    doc_id: str
    revision: int
    title: str
    lead: str
    body: str
    url: str | None
    published: datetime
    collected: datetime
    keywords: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """A search: parsed text, filters (any of the values per field), local dates inclusive, paging from 1.

    ``histogram`` asks for counts per local day of the hits.
    """

    text: Node | None = None
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    after: date | None = None
    before: date | None = None
    facets: tuple[str, ...] = ()
    histogram: bool = False
    sort: Sort = Sort.RELEVANCE
    page: int = 1
    size: int = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """One found document. ``marks`` are (start, end) characters of ``snippet`` that matched."""

    doc_id: str
    score: float
    title: str
    url: str | None
    published: datetime
    keywords: Mapping[str, tuple[str, ...]]
    snippet: str
    marks: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """A page of hits with the total over all pages, facet counts (most first) and days with their counts."""

    total: int
    hits: tuple[Hit, ...]
    facets: Mapping[str, tuple[tuple[str, int], ...]]
    histogram: tuple[tuple[date, int], ...]


class SearchError(Exception):
    """Raised when an engine cannot serve: its folder is locked or of another version; the message names the fix."""


class SearchEngine(Protocol):
    """A derived index: it may be dropped and rebuilt from the records at any time."""

    def upsert(self, documents: Sequence[IndexDoc]) -> int:
        """Write whole documents; return how many were stale (an equal or newer revision is there) and left alone."""
        ...

    def delete(self, doc_ids: Iterable[str]) -> None:
        """Remove documents; unknown ids are no error."""
        ...

    def commit(self) -> None:
        """Make writes durable and visible."""
        ...

    def search(self, query: Query) -> Results:
        """Answer a query."""
        ...

    def revisions(self) -> Mapping[str, int]:
        """Return every document's id with its revision, for reconciliation."""
        ...

    def close(self) -> None:
        """Give back locks."""
        ...
