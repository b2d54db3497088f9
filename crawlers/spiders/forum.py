"""Forums: a list of threads, and the newest posts of those that are due."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from scrapy.http import Response

from crawlers import captures, posts, schedule
from crawlers.errors import Unreadable
from crawlers.markup import decode
from crawlers.outcomes import Outcome, of_status
from crawlers.polls import Poll
from crawlers.posts import Post
from crawlers.spiders.base import SourceSpider, content_type
from records.identity import native_key
from records.types import BodyKind, FetchState

MAX_THREADS = 30
"""Threads opened per poll, in the forum's order: the ones with the newest posts stand first."""
MAX_PAGES = 3
"""Pages read per thread and poll: the first one and the newest two."""
OLDEST = timedelta(days=7)
"""Older posts are not taken in; raw social text is kept for 30 days at most (``domain.md`` §5.3 (5))."""


class PostSpider(SourceSpider):
    """A source whose entries are posts of residents."""

    def keep(self, poll: Poll, found: list[Post]) -> int:
        """Put the recent posts into the sink; return how many."""
        now = self.crawl.clock.now()
        recent = [post for post in found if post.published is None or post.published > now - OLDEST]
        for post in recent:
            self.crawl.sink.put(
                captures.build(
                    source_id=poll.source.source_id,
                    channel=poll.channel,
                    now=now,
                    title=post.title,
                    body=post.body,
                    body_kind=BodyKind.POST,
                    url=post.url,
                    published=post.published,
                    section=poll.source.section,
                    platform=poll.source.outlet,
                    native_id=post.native_id,
                    parent_id=native_key(poll.source.outlet, post.parent) if post.parent else None,
                    poster=post.author,
                    engagement=post.engagement,
                )
            )
        self.crawl.sink.report.counts["entries"] += len(recent)
        return len(recent)


class ForumSpider(PostSpider):
    """Reads a forum's list page, then the threads that are due. Selectors: ``posts.POST_SELECTORS`` and the source's
    options."""

    name = "forum"

    def read(self, poll: Poll, response: Response) -> Iterator[Any]:
        """Ask for the threads of the list page that are due. Raises ``Unreadable`` when there is none at all."""
        page = decode(response.body, content_type(response))
        found = posts.threads(page, response.url, poll.source.options)
        if not found:
            raise Unreadable("no_entries", response.url)
        key = f"thread:{poll.source.source_id}"
        newest = dict(list(found.items())[:MAX_THREADS])
        known = self.crawl.sink.states(key, newest)
        poll.entries = len(newest)
        for url, latest in newest.items():
            state = known[url]
            if state is None or _has_news(state, latest, self.crawl.clock.now()):
                poll.fresh += 1
                state = state or FetchState(source_id=key, url=url)
                meta = {"state": state, "pages": MAX_PAGES, "kept": 0, "first": ""}
                yield self.request(url, poll, callback=self.thread, errback=self.thread_failed, meta=meta)

    def thread(self, response: Response) -> Iterator[Any]:
        """Take the posts of a thread's page, then go to its end and one page back from there."""
        poll, state, pages = response.meta["poll"], response.meta["state"], response.meta["pages"]
        outcome = of_status(response.status)
        if outcome is not Outcome.OK:
            self._done(state, response.status, outcome.value)
            return
        try:
            document = decode(response.body, content_type(response))
            page = posts.thread(document, response.url, poll.source.options, response.meta["first"])
        except Unreadable as error:
            self.crawl.sink.quarantine(state.url, error.reason, error.detail)
            self._done(state, response.status, error.reason)
            return
        kept = response.meta["kept"] + self.keep(poll, page.posts)
        following = page.last if pages == MAX_PAGES else page.previous
        if following and pages > 1 and following != state.url:
            meta = {"state": state, "pages": pages - 1, "kept": kept, "first": page.first}
            yield self.request(following, poll, callback=self.thread, errback=self.thread_failed, meta=meta)
        else:
            self._done(state, response.status, "", kept)

    def thread_failed(self, failure: Any) -> None:
        """Note a thread that brought no answer; the forum itself is fine."""
        self._done(failure.request.meta["state"], None, type(failure.value).__name__)

    def _done(self, state: FetchState, status: int | None, error: str, kept: int = 0) -> None:
        now = self.crawl.clock.now()
        if error:
            interval = schedule.after_failure(state.interval_s)
        else:
            interval = schedule.after_success(state.interval_s, kept, kept)
        self.crawl.sink.remember(
            replace(
                state,
                last_fetched_at=now,
                next_at=now + timedelta(seconds=interval),
                interval_s=interval,
                last_status=status,
                last_error=error,
                failures=state.failures + 1 if error else 0,
            )
        )


def _has_news(state: FetchState, latest: datetime | None, now: datetime) -> bool:
    """Say whether a thread is worth opening: its newest post came after our last look, or its time has come."""
    if latest is not None and state.last_fetched_at is not None and not state.last_error:
        return latest > state.last_fetched_at
    return state.next_at is None or state.next_at <= now
