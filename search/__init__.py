"""One search port, two engines; the index is derived from the records and may be dropped at any time."""

from search.embedded import EmbeddedEngine
from search.index import rebuild, reconcile, run
from search.port import FILTERS, Hit, IndexDoc, Query, Results, SearchEngine, SearchError, Sort
from search.query import QueryError, parse
from search.synonyms import synonyms

__all__ = [
    "FILTERS",
    "EmbeddedEngine",
    "Hit",
    "IndexDoc",
    "Query",
    "QueryError",
    "Results",
    "SearchEngine",
    "SearchError",
    "Sort",
    "parse",
    "rebuild",
    "reconcile",
    "run",
    "synonyms",
]
