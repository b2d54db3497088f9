"""Sitemaps: news sitemaps, plain url sets, and indexes of either."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from scrapy.http import Response

from crawlers import sitemaps
from crawlers.feeds import Entry
from crawlers.polls import Poll
from crawlers.sitemaps import Location
from crawlers.spiders.article import EntrySpider
from crawlers.spiders.base import content_type

FRESH = timedelta(days=3)
"""Older locations are left out: a news sitemap holds two days by its definition, a full one the whole archive."""
MAX_SITEMAPS = 5
"""Sitemaps of an index that one poll opens, the newest ones."""
MAX_DEPTH = 2


class SitemapSpider(EntrySpider):
    """Reads sitemaps and what their indexes name."""

    name = "sitemap"

    def read(self, poll: Poll, response: Response) -> Iterator[Any]:
        """Take the fresh pages of a sitemap, or ask for the fresh sitemaps of an index."""
        found = sitemaps.parse(response.body, content_type(response))
        depth = response.meta.get("sitemap_depth", 0)
        now = self.crawl.clock.now()
        if depth < MAX_DEPTH:
            fresh = [place for place in found.sitemaps if _is_fresh(place, now)]
            # Without dates the end of an index is the newest part in every system we know of.
            newest = sorted(fresh, key=lambda place: place.modified.timestamp() if place.modified else 0.0)
            for place in newest[-MAX_SITEMAPS:]:
                yield self.request(place.url, poll, meta={"sitemap_depth": depth + 1}, priority=10)
        pages = [place for place in found.pages if _is_fresh(place, now)]
        self.crawl.sink.report.counts["entries"] += len(pages)
        before = poll.entries
        yield from self.take(
            poll, [Entry(url=page.url, title=page.title, summary="", published=page.published) for page in pages]
        )
        poll.entries += before


def _is_fresh(place: Location, now: datetime) -> bool:
    when = place.published or place.modified
    return when is None or when > now - FRESH
