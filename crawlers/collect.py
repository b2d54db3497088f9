"""The stage ``collect``: poll what is due, live or from an archive, and store what is new."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from scrapy.crawler import AsyncCrawlerRunner, Crawler
from scrapy.settings import Settings

from crawlers.crawl import Crawl
from crawlers.dates import VIETNAM
from crawlers.guard import Guard
from crawlers.outcomes import Outcome
from crawlers.politeness import SPACING_S, Gate
from crawlers.polls import MAX_ARTICLES, Poll
from crawlers.render import Renderer
from crawlers.replay import Archive
from crawlers.settings import scrapy_settings, user_agent
from crawlers.sink import STAGE, Sink
from crawlers.spiders import SPIDERS
from crawlers.spiders.article import STATES, ArticleSpider, needs_browser
from provinces.province import Province
from provinces.types import Access, Source
from records.clock import Clock, VirtualClock
from records.identity import canonical_url
from records.stage import StageReport
from records.store import Records
from records.types import FetchState

# Scrapy announces each run at INFO and each experimental part at WARNING; outcomes are counted in the report instead.
logging.getLogger("scrapy").setLevel(logging.ERROR)


def run(
    records: Records,
    province: Province,
    clock: Clock,
    *,
    sources: Iterable[Source] | None = None,
    replay: Path | None = None,
    until: datetime | None = None,
    allow_hosts: Iterable[str] = (),
    inbox: Path | None = None,
    spacing_s: float = SPACING_S,
    contact: str = "",
    renderer: Renderer | None = None,
) -> StageReport:
    """Poll every source that is due and store what is new; continue where a killed run stopped.

    ``sources`` default to the province's. ``allow_hosts`` as in :class:`crawlers.guard.Guard`; those hosts are asked
    without spacing. ``inbox``: folder of the import sources. ``contact`` goes into the User-Agent.
    ``renderer``: a browser (see :func:`renderer_for`) that the caller keeps over several runs and closes; without one a
    run opens its own when a source needs it and closes it at its end.

    ``replay`` reads a WARC file instead of the network under a :class:`VirtualClock`, from its first record to
    ``until`` (default: its last), never sleeping; at ``until`` every source is polled once more, as the run before an
    edition does. Raises ``BadArchive``, ``ValueError`` when ``clock`` is not virtual, and the
    errors of ``records`` (full disk, locked database): nothing is lost then, the next run asks for the same answers again.

    The report counts polls by outcome (``polls_ok`` …), articles by outcome, items ``new``, ``changed``, ``unchanged``,
    ``alias``, ``withdrawn``, ``miss`` (URLs the archive lacks); a failing source never stops the others.
    """
    report = StageReport(STAGE, clock.now())
    archive = Archive(replay) if replay else None
    if archive and not isinstance(clock, VirtualClock):
        raise ValueError("a replay needs a VirtualClock")
    wanted = list(province.sources if sources is None else sources)
    allow_hosts = list(allow_hosts)
    guard = Guard(allow_hosts)
    crawl = Crawl(
        clock=clock,
        gate=Gate(0.0 if archive else spacing_s, unspaced=guard.routes),
        guard=guard,
        sink=Sink(records, clock, report),
        renderer=renderer or renderer_for(wanted, allow_hosts=allow_hosts, contact=contact),
        archive=archive,
        inbox=inbox,
    )
    with contextlib.nullcontext() if renderer else crawl.renderer:
        stage = _Stage(records, crawl, wanted, contact)
        if archive and isinstance(clock, VirtualClock):
            clock.advance_to(archive.first)
            report.started_at = clock.now()
            asyncio.run(stage.replay(clock, until or archive.last))
        else:
            asyncio.run(stage.once())
    report.ended_at = clock.now()
    return report


def renderer_for(sources: Iterable[Source], *, allow_hosts: Iterable[str] = (), contact: str = "") -> Renderer:
    """Return a browser for the pages of those ``sources`` that need one; it starts with its first page."""
    hosts = {urlsplit(source.url).hostname or "" for source in sources if source.access is Access.BROWSER}
    return Renderer(Guard(allow_hosts), hosts, user_agent(contact))


def fetch(
    records: Records, clock: Clock, source: Source, url: str, *, allow_hosts: Iterable[str] = (), contact: str = ""
) -> StageReport:
    """Fetch and store one article by its URL (``langnghe add URL``), as if ``source`` had listed it.

    ``counts["new"]``, ``["changed"]`` or ``["unchanged"]`` say what came of it; ``reasons`` or ``articles_…`` why
    nothing did.
    """
    report = StageReport(STAGE, clock.now())
    allow_hosts = list(allow_hosts)
    with renderer_for([source], allow_hosts=allow_hosts, contact=contact) as renderer:
        guard = Guard(allow_hosts)
        crawl = Crawl(clock=clock, gate=Gate(0.0), guard=guard, sink=Sink(records, clock, report), renderer=renderer)
        stage = _Stage(records, crawl, [source], contact)
        state = FetchState(source_id=STATES + source.outlet, url=canonical_url(url))
        asyncio.run(stage.articles([(_poll(source, None), state)]))
    report.ended_at = clock.now()
    return report


class _Stage:
    """One run: the crawl, its sources and the event loop's work."""

    def __init__(self, records: Records, crawl: Crawl, sources: Sequence[Source], contact: str) -> None:
        self._records = records
        self._crawl = crawl
        self._sources = [source for source in sources if not source.kill]
        self._settings = Settings(scrapy_settings(contact=contact, replay=crawl.archive is not None))
        self._runner = AsyncCrawlerRunner(self._settings)
        # What the archive lacks is missed once, not at every turn.
        self._missed: set[str] = set()

    async def once(self) -> None:
        """Poll what is due now."""
        await self._poll(self._due(self._crawl.clock.now()))

    async def articles(self, wanted: Sequence[tuple[Poll, FetchState]]) -> None:
        """Fetch single articles."""
        await self._runner.crawl(self._crawler(ArticleSpider), crawl=self._crawl, polls=[], wanted=wanted)
        self._raise_failure()
        self._crawl.sink.flush()

    async def replay(self, clock: VirtualClock, until: datetime) -> None:
        """Jump from due poll to due poll until ``until``, then poll everything once more."""
        while clock.now() <= until:
            due = self._due(clock.now())
            await self._poll(due)
            following = self._next_instant()
            if following is None or following > until:
                break
            clock.advance_to(max(following, clock.now() + timedelta(seconds=1)))
        if clock.now() < until:
            clock.advance_to(until)
            await self._poll([poll for poll in self._known_polls() if poll.source.source_id not in self._missed])

    def _known_polls(self) -> list[Poll]:
        """Return a poll per source in force, with what is remembered of it."""
        today = self._crawl.clock.now().astimezone(VIETNAM).date()
        polls = []
        for source in self._sources:
            in_force = (source.valid_from or today) <= today <= (source.valid_to or today)
            if in_force:
                state = self._crawl.sink.states(source.source_id, [source.url])[source.url]
                polls.append(_poll(source, state))
        return polls

    def _due(self, now: datetime) -> list[Poll]:
        return [
            poll
            for poll in self._known_polls()
            if poll.source.source_id not in self._missed and (poll.state.next_at is None or poll.state.next_at <= now)
        ]

    def _next_instant(self) -> datetime | None:
        """Return when the next source or article is due."""
        instants = [poll.state.next_at for poll in self._known_polls() if poll.source.source_id not in self._missed]
        return min((instant for instant in instants if instant is not None), default=None)

    async def _poll(self, polls: Sequence[Poll]) -> None:
        crawl = self._crawl
        crawl.claimed.clear()
        by_access: dict[Access, list[Poll]] = defaultdict(list)
        for poll in polls:
            by_access[poll.source.access].append(poll)
        try:
            jobs = [
                self._runner.crawl(self._crawler(SPIDERS[access]), crawl=crawl, polls=group)
                for access, group in by_access.items()
                if group
            ]
            browser = bool(by_access[Access.BROWSER]) or crawl.renderer.running
            wanted = self._due_articles(crawl.clock.now(), browser)
            if wanted:
                jobs.append(self._runner.crawl(self._crawler(ArticleSpider), crawl=crawl, polls=[], wanted=wanted))
            await asyncio.gather(*jobs)
        finally:
            crawl.robots.clear()
        self._raise_failure()
        for poll in polls:
            self._finish(poll)
        crawl.sink.flush()

    def _raise_failure(self) -> None:
        """Raise what kept the records from being written; no validators are kept, the next run asks again."""
        if self._crawl.sink.failure is not None:
            raise self._crawl.sink.failure

    def _finish(self, poll: Poll) -> None:
        state = poll.next_state(self._crawl.clock.now())
        outcome = poll.outcome or Outcome.PARSE_ERROR
        if outcome is Outcome.REPLAY_MISS:
            self._missed.add(poll.source.source_id)
        self._crawl.sink.remember(state)
        self._crawl.sink.outcome(poll.source.source_id, outcome, poll.detail, state.next_at)

    def _due_articles(self, now: datetime, browser: bool) -> list[tuple[Poll, FetchState]]:
        """Return the articles whose revisit or second try is due, at most one run's worth per outlet.

        Those that need the browser wait for a run that has it open anyway: starting it costs more than a hundred pages.
        """
        # Where one source of an outlet needs the browser, so do its articles, whichever source listed them.
        by_outlet = {source.outlet: source for source in sorted(self._sources, key=needs_browser)}
        wanted: dict[str, list[tuple[Poll, FetchState]]] = defaultdict(list)
        with self._records.read() as tx:
            due = tx.sources.due(now)
        for state in due:
            outlet = state.source_id.removeprefix(STATES)
            source = by_outlet.get(outlet) if state.source_id.startswith(STATES) else None
            if source is None or (needs_browser(source) and not browser):
                continue
            if len(wanted[outlet]) < MAX_ARTICLES:
                wanted[outlet].append((_poll(source, None), state))
        return [pair for pairs in wanted.values() for pair in pairs]

    def _crawler(self, spider: type) -> Crawler:
        return Crawler(spider, self._settings)


def _poll(source: Source, state: FetchState | None) -> Poll:
    fresh = FetchState(source_id=source.source_id, url=source.url, interval_s=source.interval_min * 60)
    return Poll(source=source, state=state or fresh)
