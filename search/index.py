"""The stage ``index``, and what repairs a derived index: ``rebuild`` from the records and ``reconcile`` with them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from provinces import Province
from records import Clock, Records, StageReport, Transaction
from records.outbox import INDEX
from search.documents import item_documents, story_documents
from search.port import IndexDoc, SearchEngine

BATCH = 500


def run(records: Records, province: Province, clock: Clock, engine: SearchEngine) -> StageReport:
    """Drain the outbox's index entries in order; the newest state of each record is written as a whole document.

    Each batch is claimed, written and acknowledged in one transaction: killed anywhere, its entries are pending again, and
    writing them twice changes nothing. When the engine fails, nothing is lost and the error tells the operator.
    """
    report = StageReport("index", clock.now())
    while True:
        with records.begin() as tx:
            entries = tx.outbox.claim(INDEX, BATCH, clock.now())
            kinds: dict[str, dict[str, None]] = {"item": {}, "story": {}}
            for entry in entries:
                kinds[entry.payload["kind"]][entry.payload["id"]] = None
            documents = _prefixed("item", item_documents(tx, province, kinds["item"]))
            documents |= _prefixed("story", story_documents(tx, kinds["story"]))
            _write(engine, documents, report)
            engine.commit()
            tx.outbox.ack((entry.entry_id for entry in entries), clock.now())
        if len(entries) < BATCH:
            break
    report.ended_at = clock.now()
    return report


def rebuild(records: Records, province: Province, clock: Clock, engine: SearchEngine) -> StageReport:
    """Write every record into ``engine`` (a fresh one), whatever the outbox says."""
    report = StageReport("rebuild", clock.now())
    with records.read() as tx:
        for documents in _all(tx, province):
            _write(engine, documents, report)
            engine.commit()
    report.ended_at = clock.now()
    return report


def reconcile(records: Records, province: Province, clock: Clock, engine: SearchEngine) -> StageReport:
    """Find and repair every difference between records and index: missing, stale and left-over documents."""
    report = StageReport("reconcile", clock.now())
    indexed = dict(engine.revisions())
    with records.read() as tx:
        for documents in _all(tx, province):
            wrong: dict[str, IndexDoc | None] = {}
            for doc_id, document in documents.items():
                revision = indexed.pop(doc_id, None)
                if document is None and revision is None:
                    continue
                if document is None or revision is None or revision < document.revision:
                    wrong[doc_id] = document
            _write(engine, wrong, report)
    report.counts["left_over"] += len(indexed)
    engine.delete(indexed)
    engine.commit()
    report.ended_at = clock.now()
    return report


def _prefixed(kind: str, documents: Mapping[str, IndexDoc | None]) -> dict[str, IndexDoc | None]:
    return {f"{kind}:{key}": document for key, document in documents.items()}


def _write(engine: SearchEngine, documents: Mapping[str, IndexDoc | None], report: StageReport) -> None:
    present = [document for document in documents.values() if document]
    gone = [doc_id for doc_id, document in documents.items() if document is None]
    stale = engine.upsert(present) if present else 0
    if gone:
        engine.delete(gone)
    report.ok(len(present) - stale)
    report.counts["stale"] += stale
    report.counts["deleted"] += len(gone)


def _all(tx: Transaction, province: Province) -> Iterator[dict[str, IndexDoc | None]]:
    after = ""
    while items := tx.items.scan(after, BATCH):
        yield _prefixed("item", item_documents(tx, province, (item.item_id for item in items)))
        after = items[-1].item_id
    after = ""
    while stories := tx.stories.scan(after, BATCH):
        yield _prefixed("story", story_documents(tx, (story.story_id for story in stories)))
        after = stories[-1].story_id
