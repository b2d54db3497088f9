"""Articles: fetched once, extracted, looked at again on the first day, kept as title and lead when they cannot be
had."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from scrapy.http import Request, Response
from twisted.python.failure import Failure

from crawlers import captures, schedule
from crawlers.errors import CrawlError, HostBusy
from crawlers.extract import Article, ExtractionFailed, extract
from crawlers.feeds import Entry
from crawlers.outcomes import Outcome, of_error, of_status
from crawlers.polls import Poll
from crawlers.spiders.base import SourceSpider, header, header_pairs, reason
from crawlers.urls import article_url
from provinces.types import Access, Source
from records.errors import BadUrl
from records.identity import canonical_url
from records.types import BodyKind, Capture, FetchState, Precision

STATES = "article:"
"""Fetch states of articles stand under ``article:OUTLET``: all sources of an outlet share them."""
_FINAL = frozenset(
    {
        Outcome.GONE,
        Outcome.ROBOTS_DENIED,
        Outcome.REPLAY_MISS,
        Outcome.REFUSED_ADDRESS,
        Outcome.REDIRECT_LOOP,
        Outcome.TOO_LARGE,
    }
)
"""Failures that a later try does not mend."""


class EntrySpider(SourceSpider):
    """A source that lists articles: feed, sitemap, section page."""

    def take(self, poll: Poll, entries: Iterable[Entry]) -> Iterator[Request]:
        """Yield a request for each article not yet known; what does not fit into this run is stored as title and lead.

        Newest first, so that a flood pushes back the old and not the new.
        """
        listed = sorted(entries, key=_age)
        addresses = {entry.url: _canonical(entry.url) for entry in listed}
        known = self.crawl.sink.states(_key(poll), {address for address in addresses.values() if address})
        poll.entries = len(listed)
        for entry in listed:
            address = addresses[entry.url]
            if address is None:
                continue
            state = known[address]
            if state is None:
                poll.fresh += 1
                state = FetchState(source_id=_key(poll), url=address)
            elif not _edited(entry, state):
                self._refresh_lead(poll, entry, state)
                continue
            if address in self.crawl.claimed:
                continue
            self.crawl.claimed.add(address)
            if poll.room():
                yield self.fetch(poll, entry, state)
            else:
                self._keep_lead(poll, entry, state, captures.ARTICLE_PENDING)
                self.crawl.sink.remember(replace(state, next_at=self.crawl.clock.now() + timedelta(minutes=10)))

    def fetch(self, poll: Poll, entry: Entry, state: FetchState) -> Request:
        """Return the conditional request of one article."""
        headers = {}
        if state.etag:
            headers["If-None-Match"] = state.etag
        if state.last_modified:
            headers["If-Modified-Since"] = state.last_modified
        return self.request(
            entry.url,
            poll,
            headers=headers,
            callback=self.article,
            errback=self.article_failed,
            meta={"entry": entry, "state": state, **_render(poll.source)},
        )

    def article(self, response: Response) -> Iterator[Request]:
        """Store an article that answered."""
        poll, entry, state = response.meta["poll"], response.meta["entry"], response.meta["state"]
        outcome = of_status(response.status)
        if outcome is Outcome.NOT_MODIFIED:
            self._had(state, response, changed=False)
        elif outcome is not Outcome.OK:
            self._missed(poll, entry, state, outcome, f"HTTP {response.status}", response.meta.get("asked_s", 0.0))
        else:
            self._read(poll, entry, state, response)
        yield from ()

    def article_failed(self, failure: Failure) -> None:
        """Keep the entry of an article that brought no answer."""
        meta = failure.request.meta  # type: ignore[attr-defined]
        error = reason(failure)
        asked = error.wait_s if isinstance(error, HostBusy) else 0.0
        detail = str(error) if isinstance(error, CrawlError) else type(error).__name__
        self._missed(meta["poll"], meta["entry"], meta["state"], of_error(error), detail, asked)

    def _read(self, poll: Poll, entry: Entry, state: FetchState, response: Response) -> None:
        now = self.crawl.clock.now()
        try:
            article = extract(response.body, response.url, fetched_at=now, encoding=_charset(response))
            capture = _from_article(poll, entry, article, response.url, now)
        except ExtractionFailed as failure:
            self._unread(poll, entry, state, response, failure.reason.value, failure.detail)
            return
        except Exception as error:  # noqa: BLE001 - a page that breaks the extractor is one page, not the crawl
            self._unread(poll, entry, state, response, "extraction_error", f"{type(error).__name__}: {error}")
            return
        evidence = self.crawl.sink.archive(poll.channel, response.url, header_pairs(response), response.body)
        self.crawl.sink.put(replace(capture, evidence=evidence))
        for code in article.drift:
            self.crawl.sink.report.counts[f"drift_{code}"] += 1
        self._had(state, response, changed=True)

    def _unread(
        self, poll: Poll, entry: Entry, state: FetchState, response: Response, reason: str, detail: str
    ) -> None:
        """Keep the entry of a page that answered but gives no article; one we have already stays as it is."""
        if state.last_changed_at is None:
            self.crawl.sink.quarantine(state.url, reason, detail)
            self._keep_lead(poll, entry, state, captures.ARTICLE_MISSING)
        self.crawl.sink.report.counts[f"articles_{reason}"] += 1
        self._note(state, response.status, reason, retry=False)

    def _missed(
        self, poll: Poll, entry: Entry, state: FetchState, outcome: Outcome, detail: str, asked_s: float
    ) -> None:
        report = self.crawl.sink.report
        report.counts[f"articles_{outcome.value}"] += 1
        if outcome is Outcome.REPLAY_MISS:
            self.crawl.sink.miss()
        had = state.last_changed_at is not None
        if outcome is Outcome.GONE and had:
            self.crawl.sink.withdraw(state.url)
        elif outcome in {Outcome.TOO_LARGE, Outcome.REFUSED_ADDRESS, Outcome.REDIRECT_LOOP}:
            self.crawl.sink.quarantine(state.url, outcome.value, detail)
        if not had:
            self._keep_lead(poll, entry, state, captures.ARTICLE_MISSING)
        self._note(state, None, outcome.value, retry=outcome not in _FINAL, asked_s=asked_s)

    def _had(self, state: FetchState, response: Response, *, changed: bool) -> None:
        now = self.crawl.clock.now()
        pause = schedule.revisit_s(state.interval_s)
        self.crawl.sink.remember(
            replace(
                state,
                etag=header(response, "ETag") if changed else state.etag,
                last_modified=header(response, "Last-Modified") if changed else state.last_modified,
                last_fetched_at=now,
                last_changed_at=now if changed else state.last_changed_at,
                interval_s=pause or state.interval_s,
                next_at=now + timedelta(seconds=pause) if pause else None,
                last_status=response.status,
                last_error="",
                failures=0,
            )
        )
        self.crawl.sink.report.counts["articles_ok"] += 1

    def _note(self, state: FetchState, status: int | None, reason: str, *, retry: bool, asked_s: float = 0.0) -> None:
        now = self.crawl.clock.now()
        failures = state.failures + 1
        again = schedule.retry_at(failures, now) if retry else None
        if again is not None:
            again = max(again, now + timedelta(seconds=asked_s))
        self.crawl.sink.remember(
            replace(state, last_fetched_at=now, next_at=again, last_status=status, last_error=reason, failures=failures)
        )

    def _keep_lead(self, poll: Poll, entry: Entry, state: FetchState, flag: str) -> None:
        """Store title and lead of an entry whose article is not to be had now."""
        capture = _from_entry(poll, entry, state.url, flag, self.crawl.clock.now())
        if capture is None:
            self.crawl.sink.report.counts["entries_without_text"] += 1
            return
        self.crawl.stored_leads[state.url] = hash((entry.title, entry.summary))
        self.crawl.sink.put(capture)

    def _refresh_lead(self, poll: Poll, entry: Entry, state: FetchState) -> None:
        """Take over changed words of a listed entry whose article was never had; once per run and wording."""
        if state.last_changed_at is not None or self.crawl.stored_leads.get(state.url) == hash(
            (entry.title, entry.summary)
        ):
            return
        flag = captures.ARTICLE_MISSING if state.failures else captures.ARTICLE_PENDING
        self._keep_lead(poll, entry, state, flag)


class ArticleSpider(EntrySpider):
    """Fetches single articles whose time has come: revisits, second tries, what a flood pushed back, ``langnghe add
    URL``."""

    name = "article"

    def __init__(self, wanted: Iterable[tuple[Poll, FetchState]] = (), **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.wanted = list(wanted)

    async def start(self) -> Any:
        """Yield one request per wanted article."""
        for poll, state in self.wanted:
            if state.url not in self.crawl.claimed:
                self.crawl.claimed.add(state.url)
                yield self.fetch(poll, Entry(url=state.url, title="", summary=""), state)


def needs_browser(source: Source) -> bool:
    """Say whether a source's articles only exist after their scripts ran."""
    return source.access is Access.BROWSER and source.options.get("articles") != "http"


def _render(source: Source) -> dict[str, Any]:
    return {"render": True, "wait_for": source.options.get("wait_for_article")} if needs_browser(source) else {}


def _from_article(poll: Poll, entry: Entry, article: Article, fetched: str, now: datetime) -> Capture:
    declared = article_url(fetched, article.canonical_url)
    published, precision = article.published_at, article.precision
    if published is None and entry.published is not None:
        published, precision = entry.published, Precision.MINUTE
    return captures.build(
        source_id=poll.source.source_id,
        channel=poll.channel,
        now=now,
        title=article.title,
        lead=article.lead,
        body=article.body,
        url=declared,
        aliases=tuple(dict.fromkeys(url for url in (fetched, entry.url) if canonical_url(url) != declared)),
        published=published,
        precision=precision,
        section=article.section or entry.section or poll.source.section,
        flags=("rule_drift",) if article.drift else (),
        **_series(poll, now),
    )


def _from_entry(poll: Poll, entry: Entry, address: str, flag: str, now: datetime) -> Capture | None:
    if not entry.title:
        return None
    return captures.build(
        source_id=poll.source.source_id,
        channel=poll.channel,
        now=now,
        title=entry.title,
        lead=entry.summary,
        body_kind=BodyKind.LEAD,
        url=address,
        published=entry.published,
        section=entry.section or poll.source.section,
        evidence=poll.evidence,
        flags=(flag,),
        **_series(poll, now),
    )


def _series(poll: Poll, now: datetime) -> dict[str, Any]:
    """Return the series of an official source's bulletins: a newer one supersedes, and each ages (``options``)."""
    options = poll.source.options
    if "bulletin" not in options:
        return {}
    hours = options.get("valid_hours")
    return {
        "bulletin": options["bulletin"],
        "valid_until": now + timedelta(hours=float(hours)) if hours else None,
    }


def _key(poll: Poll) -> str:
    return STATES + poll.source.outlet


def _age(entry: Entry) -> float:
    return -entry.published.timestamp() if entry.published else 0.0


def _edited(entry: Entry, state: FetchState) -> bool:
    """Say whether the feed names an update later than our last look at an article we had."""
    return bool(
        entry.updated and state.last_changed_at and state.last_fetched_at and entry.updated > state.last_fetched_at
    )


def _canonical(url: str) -> str | None:
    try:
        return canonical_url(url)
    except BadUrl:
        return None


def _charset(response: Response) -> str | None:
    value = header(response, "Content-Type") or ""
    _, found, charset = value.lower().partition("charset=")
    return charset.split(";")[0].strip(" \"'") or None if found else None
