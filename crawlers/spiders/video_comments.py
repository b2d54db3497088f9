"""Comments under public videos, by the platform's own API (shape of YouTube Data API v3 ``commentThreads``)."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Iterator
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from scrapy.http import Request, Response

from crawlers import posts
from crawlers.errors import Unreadable
from crawlers.outcomes import Outcome, of_status
from crawlers.polls import Poll
from crawlers.spiders.forum import PostSpider

MAX_PAGES = 5
"""Pages of 100 comments per poll; each costs one unit of the API's daily quota."""


class VideoCommentsSpider(PostSpider):
    """Pages through a video's comments.

    The key comes from the environment variable that the source's option ``key_env`` names and travels as a header, so
    that it stands in no URL, log or record. Option ``watch``: the page that shows a comment to people, when it is not
    YouTube's. The API answers errors as JSON with a 4xx status: they are read, not
    counted as 4xx.
    """

    name = "video_comments"

    async def start(self) -> AsyncIterator[Any]:
        """Yield the first page of every video of every poll."""
        for poll in self.polls:
            for url in _videos(poll):
                yield self._page(poll, url, MAX_PAGES)

    def _page(self, poll: Poll, url: str, pages: int) -> Request:
        key = os.environ.get(poll.source.options.get("key_env", ""), "")
        # robots.txt speaks to crawlers of pages; an API is used under its own terms, with a key.
        meta = {"pages": pages, "first_url": url, "dont_obey_robotstxt": True, "max_retry_times": 0}
        return self.request(url, poll, headers={"X-Goog-Api-Key": key} if key else {}, meta=meta)

    def answered(self, response: Response) -> Iterator[Any]:
        """Read good and bad answers alike: the platform explains its errors in the body."""
        poll: Poll = response.meta["poll"]
        poll.status = response.status
        poll.asked_s = response.meta.get("asked_s", 0.0)
        yield from self.guarded(poll, response)

    def guarded(self, poll: Poll, response: Response) -> Iterator[Any]:
        """Read; a video that is gone or closed to comments is counted and does not hide that the others answered."""
        before = poll.take_outcome()
        yield from super().guarded(poll, response)
        this = poll.take_outcome()
        if this is Outcome.API_ERROR:
            self.crawl.sink.report.counts["videos_unavailable"] += 1
        poll.outcome = max((one for one in (before, this) if one is not None), key=lambda one: _RANK.get(one, 3))

    def read(self, poll: Poll, response: Response) -> Iterator[Any]:
        """Take the comments of a page and ask for the next one."""
        outcome = of_status(response.status)
        if outcome is not Outcome.OK and not response.body.lstrip().startswith(b"{"):
            raise Unreadable(outcome.value, f"HTTP {response.status}")
        found, token = posts.comments(response.body, poll.source.options.get("watch", posts.WATCH))
        kept = self.keep(poll, found)
        poll.entries += len(found)
        poll.fresh += kept
        pages = response.meta["pages"] - 1
        if token and pages and kept:
            parts = urlsplit(response.meta["first_url"])
            query = [(key, value) for key, value in parse_qsl(parts.query) if key != "pageToken"]
            url = urlunsplit(parts._replace(query=urlencode([*query, ("pageToken", token)])))
            yield self._page(poll, url, pages)


_RANK = {Outcome.API_ERROR: 1, Outcome.OK: 2}
"""Any other outcome (a spent quota, a fault of ours) concerns the whole source and outweighs these."""


def _videos(poll: Poll) -> list[str]:
    videos = [video.strip() for video in poll.source.options.get("videos", "").split(",") if video.strip()]
    if not videos:
        return [poll.source.url]
    common = {"part": "snippet,replies", "order": "time", "maxResults": "100"}
    return [f"{poll.source.url}?{urlencode({**common, 'videoId': video})}" for video in videos]
