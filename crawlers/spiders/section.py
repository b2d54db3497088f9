"""Section pages of outlets that have no feed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from scrapy.http import Response

from crawlers.errors import Unreadable
from crawlers.feeds import Entry
from crawlers.lists import article_links
from crawlers.markup import decode
from crawlers.polls import Poll
from crawlers.spiders.article import EntrySpider
from crawlers.spiders.base import content_type


class SectionSpider(EntrySpider):
    """Reads the article links of a page."""

    name = "section"

    def read(self, poll: Poll, response: Response) -> Iterator[Any]:
        """Take the articles that a section page links to. Raises ``Unreadable`` when it links to none."""
        if not response.body.strip():
            raise Unreadable("empty_body", response.url)
        links = article_links(decode(response.body, content_type(response)), response.url)
        if not links:
            raise Unreadable("no_entries", response.url)
        self.crawl.sink.report.counts["entries"] += len(links)
        yield from self.take(poll, [Entry(url=link.url, title=link.title, summary="") for link in links])
