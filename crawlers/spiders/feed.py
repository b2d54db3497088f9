"""RSS, RDF and Atom feeds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from scrapy.http import Response

from crawlers import feeds
from crawlers.errors import Unreadable
from crawlers.polls import Poll
from crawlers.spiders.article import EntrySpider
from crawlers.spiders.base import content_type, header_pairs


class FeedSpider(EntrySpider):
    """Reads feeds; the feed's own answer is the evidence of entries whose article cannot be had."""

    name = "feed"

    def read(self, poll: Poll, response: Response) -> Iterator[Any]:
        """Take the entries of a feed. Raises ``Unreadable`` for what is no feed or holds nothing at all."""
        feed = feeds.parse(response.body, response.url, content_type(response))
        counts = self.crawl.sink.report.counts
        for reason, number in feed.dropped.items():
            counts[f"entries_{reason}"] += number
        if feed.recovered:
            counts["feeds_recovered"] += 1
        if not feed.entries:
            raise Unreadable("no_entries", response.url)
        poll.evidence = self.crawl.sink.archive(poll.channel, response.url, header_pairs(response), response.body)
        counts["entries"] += len(feed.entries)
        yield from self.take(poll, feed.entries)
