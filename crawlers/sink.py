"""Where a crawl writes: captures, fetch states, outcomes and quarantine, in small transactions that can be cut at any
line."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import itemgetter

from scrapy.exceptions import CloseSpider

from crawlers.outcomes import Outcome
from records import items
from records.clock import Clock
from records.errors import BadUrl, ConstraintRefused, RecordsError
from records.evidence import Retention
from records.stage import StageReport
from records.store import Records, Transaction
from records.types import Capture, Channel, EvidenceRef, FetchState

STAGE = "collect"
BATCH = 100
"""Captures per transaction: about a tenth of a second on SQLite, so that other writers never wait long."""
LONGEST_BUFFERED_S = 5.0
"""A found item is visible to the next stage after this time, however slowly a polite crawl goes on."""


@dataclass(frozen=True, slots=True)
class _Set:
    """One row for quarantine; ``retry_at`` None waits for a person."""

    subject: str
    reason: str
    detail: str
    retry_at: datetime | None


class Sink:
    """Buffers what the spiders find and writes it in batches.

    A source's validators are written only after everything that its answer brought: a crawl that is killed asks again
    for the whole feed, and items that are already stored come out unchanged.
    """

    def __init__(self, records: Records, clock: Clock, report: StageReport) -> None:
        self._records = records
        self._clock = clock
        self.report = report
        self.failure: RecordsError | None = None
        self._captures: list[tuple[Capture, datetime]] = []
        self._oldest = 0.0
        self._gone: list[tuple[str, datetime]] = []
        self._states: dict[tuple[str, str], FetchState] = {}
        self._known: dict[tuple[str, str], FetchState | None] = {}
        self._outcomes: list[tuple[str, str, datetime, int]] = []
        self._quarantined: list[_Set] = []
        self._cleared: set[str] = set()

    def states(self, source_id: str, urls: Iterable[str]) -> dict[str, FetchState | None]:
        """Return what is remembered of each URL under ``source_id``."""
        wanted = list(urls)
        missing = [url for url in wanted if (source_id, url) not in self._known]
        if missing:
            with self._records.read() as tx:
                found = tx.sources.get_many(source_id, missing)
            self._known.update({(source_id, url): found.get(url) for url in missing})
        return {url: self._known[source_id, url] for url in wanted}

    def remember(self, state: FetchState) -> None:
        """Write a fetch state with the next batch."""
        self._states[state.source_id, state.url] = self._known[state.source_id, state.url] = state

    def put(self, capture: Capture) -> None:
        """Store a capture with the next batch."""
        if not self._captures:
            self._oldest = time.monotonic()
        # Whole seconds, so that what came together is stored together.
        self._captures.append((capture, self._clock.now().replace(microsecond=0)))
        if len(self._captures) >= BATCH or time.monotonic() - self._oldest > LONGEST_BUFFERED_S:
            self.commit()

    def commit(self) -> None:
        """Write everything buffered now; stops the crawl when the records cannot be written."""
        with self._stopping():
            self.flush()

    def withdraw(self, url: str) -> None:
        """Mark the item of a URL withdrawn: its publisher answers 404 or 410."""
        self._gone.append((url, self._clock.now()))

    def archive(
        self, channel: Channel, url: str, headers: Iterable[tuple[str, str]], body: bytes
    ) -> EvidenceRef | None:
        """Keep a raw answer as evidence: press and official only, a raw social answer is never stored."""
        if channel not in {Channel.PRESS, Channel.OFFICIAL}:
            return None
        with self._stopping():
            return self._records.evidence.write(url, list(headers), body, self._clock.now(), Retention(channel.value))

    @contextmanager
    def _stopping(self) -> Iterator[None]:
        """Stop the crawl when the records cannot be written (full disk, locked database): going on would lose what comes."""
        try:
            yield
        except RecordsError as error:
            self.failure = error
            raise CloseSpider(type(error).__name__) from error

    def outcome(self, source_id: str, outcome: Outcome, detail: str, retry_at: datetime | None) -> None:
        """Count how a poll of a source ended, in the report and in the source's health."""
        now = self._clock.now()
        self._outcomes.append((source_id, outcome.value, now, 1))
        self.report.counts[f"polls_{outcome.value}"] += 1
        if outcome in {Outcome.OK, Outcome.NOT_MODIFIED}:
            self._cleared.add(source_id)
        elif outcome is Outcome.REPLAY_MISS:
            self.miss()
        elif outcome in _PASSING:
            self.report.retry(outcome.value)
        else:
            self.quarantine(source_id, outcome.value, detail, retry_at)

    def miss(self) -> None:
        """Count a URL that the replayed archive lacks."""
        self.report.counts["miss"] += 1

    def quarantine(self, subject: str, reason: str, detail: str, retry_at: datetime | None = None) -> None:
        """Set a source or a URL aside with a reason a person can act on."""
        self.report.quarantine(reason)
        self._quarantined.append(_Set(subject, reason, detail, retry_at))
        self._cleared.discard(subject)

    def flush(self) -> None:
        """Write everything buffered in one transaction. Raises the errors of ``records``; the buffer is then kept."""
        captures = self._captures
        try:
            with self._records.begin() as tx:
                counted = [
                    stored.outcome
                    for at, group in groupby(captures, key=itemgetter(1))
                    for stored in tx.items.store_many([capture for capture, _ in group], at)
                ]
                self._write_rest(tx)
        except (BadUrl, ConstraintRefused, ValueError):
            # One bad row must not take its neighbours with it: again, one by one.
            counted = self._store_singly(captures)
            with self._records.begin() as tx:
                self._write_rest(tx)
        for outcome in counted:
            self.report.ok()
            self.report.counts[outcome.value] += 1
        self._captures = []
        self._gone, self._outcomes, self._quarantined = [], [], []
        self._states, self._cleared = {}, set()

    def _store_singly(self, captures: list[tuple[Capture, datetime]]) -> list[items.Outcome]:
        outcomes: list[items.Outcome] = []
        for capture, at in captures:
            try:
                with self._records.begin() as tx:
                    outcomes.append(tx.items.store(capture, at).outcome)
            except (BadUrl, ConstraintRefused, ValueError) as error:
                self.quarantine(capture.url or capture.source_id, "refused_by_records", type(error).__name__)
        return outcomes

    def _write_rest(self, tx: Transaction) -> None:
        now = self._clock.now()
        for url, at in self._gone:
            item_id = tx.items.find(url)
            if item_id and tx.items.withdraw(item_id, at):
                self.report.counts["withdrawn"] += 1
        tx.sources.put_many(self._states.values())
        tx.sources.count_many(self._outcomes)
        tx.quarantine.clear(STAGE, self._cleared)
        for row in self._quarantined:
            tx.quarantine.put(STAGE, row.subject[:200], row.reason, row.detail, now, retry_at=row.retry_at)


_PASSING = frozenset(
    {
        Outcome.TIMEOUT,
        Outcome.DNS_FAILED,
        Outcome.CONNECTION_FAILED,
        Outcome.HTTP_5XX,
        Outcome.BLOCKED,
        Outcome.API_QUOTA,
        Outcome.RENDER_FAILED,
    }
)
"""Failures that pass by themselves: retried on schedule. The others wait for a person (and are polled once a day)."""
