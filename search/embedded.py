"""The embedded engine: Tantivy in a folder, no service.

Texts are cut into syllables by ``text`` on both sides and handed to Tantivy space-separated, so that "what is a word" is ours
and the same in every engine; each text is indexed twice, with diacritics (``*_exact``) and folded (``*_key``).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import tantivy

import text
from search.port import FILTERS, Hit, IndexDoc, Query, Results, SearchError, Sort
from search.query import All, Any, Keyword, Node, Not, Words, exact_syllables, key_syllables
from search.snippets import snippet

SCHEMA_VERSION = 1
"""Part of the folder's name: an index of another schema is left alone and rebuilt from the records."""
HEAP = 64_000_000
"""Writer memory in bytes: a day's items need a fraction, a rebuild of 120,000 items stays under 200 MB in all."""
_TITLE_BOOST = 3.0
_FACET_SIZE = 500
_DAY = 86_400


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("doc_id", stored=True, fast=True, tokenizer_name="raw", index_option="basic")
    builder.add_unsigned_field("revision", stored=True, fast=True, indexed=True)
    builder.add_integer_field("published", fast=True, indexed=True)
    for name in ("title_exact", "title_key", "body_exact", "body_key"):
        builder.add_text_field(name, tokenizer_name="whitespace", index_option="position")
    for name in FILTERS:
        builder.add_text_field(name, fast=True, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("source_json", stored=True, tokenizer_name="raw", index_option="basic", fast=False)
    return builder.build()


class EmbeddedEngine:
    """Tantivy behind the search port. One process writes at a time; readers are free.

    ``folder`` is the province's ``search/`` folder; ``zone`` the zone of days in filters and histograms.
    """

    def __init__(self, folder: Path, zone: str) -> None:
        self._zone = ZoneInfo(zone)
        self._folder = folder / f"tantivy-{SCHEMA_VERSION}"
        self._schema = _schema()
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._index = tantivy.Index(self._schema, path=str(self._folder))
        except (OSError, ValueError) as error:
            raise SearchError(f"cannot open the index in {self._folder}: {error}: run `langnghe rebuild`") from error
        self._writer: tantivy.IndexWriter | None = None
        self._known: dict[str, int] | None = None

    def upsert(self, documents: Sequence[IndexDoc]) -> int:
        """Write whole documents; return how many were stale and left alone."""
        writer, known = self._writing()
        stale = 0
        for document in documents:
            if known.get(document.doc_id, -1) >= document.revision:
                stale += 1
                continue
            if document.doc_id in known:
                writer.delete_documents_by_term("doc_id", document.doc_id)
            writer.add_document(_document(document))
            known[document.doc_id] = document.revision
        return stale

    def delete(self, doc_ids: Iterable[str]) -> None:
        """Remove documents; unknown ids are no error."""
        writer, known = self._writing()
        for doc_id in doc_ids:
            writer.delete_documents_by_term("doc_id", doc_id)
            known.pop(doc_id, None)

    def commit(self) -> None:
        """Make writes durable and visible."""
        if self._writer is not None:
            self._writer.commit()
        self._index.reload()

    def close(self) -> None:
        """Give back the writer's lock; what was not committed is dropped."""
        if self._writer is not None:
            self._writer.rollback()
            self._writer.wait_merging_threads()
            self._writer = None
            self._known = None

    def revisions(self) -> Mapping[str, int]:
        """Return every document's id with its revision."""
        searcher = self._index.searcher()
        found = searcher.search(tantivy.Query.all_query(), limit=max(1, searcher.num_docs))
        revisions: dict[str, int] = {}
        for _, address in found.hits:
            stored = searcher.doc(address)
            revisions[str(stored.get_first("doc_id"))] = int(str(stored.get_first("revision")))
        return revisions

    def search(self, query: Query) -> Results:
        """Answer a query."""
        searcher = self._index.searcher()
        built = self._build(query)
        newest = query.sort is Sort.NEWEST
        found = searcher.search(
            built,
            limit=query.size,
            offset=(query.page - 1) * query.size,
            order_by_field="published" if newest else None,
        )
        aggregations = self._aggregations(query)
        counted = searcher.aggregate(built, aggregations) if aggregations else {}
        histogram = counted.pop("days", {}).get("buckets", [])
        return Results(
            total=int(getattr(found, "count", 0)),  # the stub lacks it
            hits=tuple(
                _hit(str(searcher.doc(address).get_first("source_json")), 0.0 if newest else float(order), query.text)
                for order, address in found.hits
            ),
            facets={
                name: tuple((bucket["key"], bucket["doc_count"]) for bucket in facet["buckets"])
                for name, facet in counted.items()
            },
            histogram=tuple(
                (self._local_day(bucket["key"]), bucket["doc_count"]) for bucket in histogram if bucket["doc_count"]
            ),
        )

    def _writing(self) -> tuple[tantivy.IndexWriter, dict[str, int]]:
        if self._writer is None:
            try:
                self._writer = self._index.writer(heap_size=HEAP, num_threads=1)
            except ValueError as error:
                message = f"another process writes the index in {self._folder}: wait for it, then run `langnghe index`"
                raise SearchError(message) from error
        if self._known is None:
            self._known = dict(self.revisions())
        return self._writer, self._known

    def _build(self, query: Query) -> tantivy.Query:
        must: list[tuple[tantivy.Occur, tantivy.Query]] = []
        if query.text is not None:
            must.append((tantivy.Occur.Must, self._node(query.text)))
        for name, values in query.filters.items():
            if name not in FILTERS:
                raise SearchError(f"no filter {name!r}; filters: {', '.join(FILTERS)}")
            either = [(tantivy.Occur.Should, self._term(name, value)) for value in values]
            must.append((tantivy.Occur.Must, tantivy.Query.boolean_query(either)))
        if query.after or query.before:
            first = self._day_start(query.after) if query.after else None
            end = self._day_start(query.before + timedelta(days=1)) if query.before else None
            must.append(
                (
                    tantivy.Occur.Must,
                    tantivy.Query.range_query(
                        self._schema, "published", tantivy.FieldType.Integer, first, end, include_upper=False
                    ),
                )
            )
        return tantivy.Query.boolean_query(must) if must else tantivy.Query.all_query()

    def _node(self, node: Node) -> tantivy.Query:
        match node:
            case Words(syllables, exact):
                suffix = "exact" if exact else "key"
                title = tantivy.Query.boost_query(self._words(f"title_{suffix}", syllables), _TITLE_BOOST)
                body = self._words(f"body_{suffix}", syllables)
                return tantivy.Query.boolean_query([(tantivy.Occur.Should, title), (tantivy.Occur.Should, body)])
            case Keyword(name, value):
                return self._term(name, value)
            case Not(inner):
                everything = (tantivy.Occur.Must, tantivy.Query.all_query())
                return tantivy.Query.boolean_query([everything, (tantivy.Occur.MustNot, self._node(inner))])
            case All(nodes):
                clauses = [
                    (tantivy.Occur.MustNot, self._node(part.node))
                    if isinstance(part, Not)
                    else (tantivy.Occur.Must, self._node(part))
                    for part in nodes
                ]
                if all(isinstance(part, Not) for part in nodes):
                    clauses.append((tantivy.Occur.Must, tantivy.Query.all_query()))
                return tantivy.Query.boolean_query(clauses)
            case Any(nodes):
                return tantivy.Query.boolean_query([(tantivy.Occur.Should, self._node(part)) for part in nodes])

    def _words(self, name: str, syllables: tuple[str, ...]) -> tantivy.Query:
        if len(syllables) == 1:
            return self._term(name, syllables[0], index_option="position")
        return tantivy.Query.phrase_query(self._schema, name, list(syllables))

    def _term(self, name: str, value: str, index_option: str = "basic") -> tantivy.Query:
        return tantivy.Query.term_query(self._schema, name, value, index_option)

    def _aggregations(self, query: Query) -> dict[str, object]:
        wanted: dict[str, object] = {
            name: {"terms": {"field": name, "size": _FACET_SIZE, "segment_size": _FACET_SIZE}} for name in query.facets
        }
        if query.histogram:
            offset = -int(self._offset().total_seconds()) % _DAY
            wanted["days"] = {"histogram": {"field": "published", "interval": _DAY, "offset": offset}}
        return wanted

    def _offset(self) -> timedelta:
        # Vietnam keeps one offset all year (since 1975): one number serves all days.
        return datetime(2026, 1, 1, tzinfo=self._zone).utcoffset() or timedelta(0)

    def _day_start(self, day: date) -> int:
        return int(datetime(day.year, day.month, day.day, tzinfo=self._zone).timestamp())

    def _local_day(self, seconds: float) -> date:
        return datetime.fromtimestamp(seconds, self._zone).date()


def _document(document: IndexDoc) -> tantivy.Document:
    made = tantivy.Document()
    title, rest = text.normalize(document.title), text.normalize(f"{document.lead}\n{document.body}")
    made.add_text("doc_id", document.doc_id)
    made.add_unsigned("revision", document.revision)
    made.add_integer("published", int(document.published.timestamp()))
    made.add_text("title_exact", " ".join(exact_syllables(title)))
    made.add_text("title_key", " ".join(key_syllables(title)))
    made.add_text("body_exact", " ".join(exact_syllables(rest)))
    made.add_text("body_key", " ".join(key_syllables(rest)))
    for name, values in document.keywords.items():
        for value in values:
            made.add_text(name, value)
    shown = {
        "id": document.doc_id,
        "title": title,
        "text": rest,
        "url": document.url,
        "published": document.published.astimezone(UTC).isoformat(),
        "keywords": {name: list(values) for name, values in document.keywords.items()},
    }
    made.add_text("source_json", json.dumps(shown, ensure_ascii=False))
    return made


def _hit(stored: str, score: float, query: Node | None) -> Hit:
    shown = json.loads(stored)
    passage, marks = snippet(f"{shown['title']}\n{shown['text']}", query)
    return Hit(
        doc_id=shown["id"],
        score=score,
        title=shown["title"],
        url=shown["url"],
        published=datetime.fromisoformat(shown["published"]),
        keywords={name: tuple(values) for name, values in shown["keywords"].items()},
        snippet=passage,
        marks=marks,
    )
