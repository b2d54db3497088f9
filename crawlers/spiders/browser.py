"""Section pages that only exist after their scripts ran."""

from __future__ import annotations

from scrapy.http import Request

from crawlers.polls import Poll
from crawlers.spiders.section import SectionSpider


class BrowserSpider(SectionSpider):
    """Opens the page in the browser; articles too, unless the source's option ``articles`` says ``http``.

    Option ``wait_for``: a CSS selector that shows the list is there; ``wait_for_article`` the same for articles.
    """

    name = "browser"

    def ask(self, poll: Poll) -> Request:
        """Return the request of the section page, rendered."""
        request = super().ask(poll)
        return request.replace(
            headers={}, meta={**request.meta, "render": True, "wait_for": poll.source.options.get("wait_for")}
        )
