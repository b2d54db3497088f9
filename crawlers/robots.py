"""robots.txt as a Scrapy middleware: obeyed, with its crawl-delay, once per host and crawl (RFC 9309)."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from protego import Protego
from scrapy.exceptions import IgnoreRequest, NotConfigured
from scrapy.http import Request
from scrapy.http.request import NO_CALLBACK

from crawlers.errors import RobotsDenied
from crawlers.markup import decode
from crawlers.urls import host_of

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

    from crawlers.crawl import Crawl

PRODUCT = "LangNghe"
"""Our product token in robots.txt."""
_MAX_RULES = 500 * 1024
"""RFC 9309 asks to read at least this much."""


class RobotsMiddleware:
    """Replaces Scrapy's own, which ignores ``Crawl-delay`` and lets a 5xx robots.txt pass as "everything allowed"."""

    def __init__(self, crawler: Crawler) -> None:
        if not crawler.settings.getbool("ROBOTSTXT_OBEY"):
            raise NotConfigured
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> RobotsMiddleware:
        """Build the middleware, as Scrapy asks."""
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        """Let the request pass or raise ``RobotsDenied``."""
        if request.meta.get("dont_obey_robotstxt"):
            return
        rules = await self._rules(request.url)
        if rules is not None and not rules.can_fetch(request.url, PRODUCT):
            raise RobotsDenied(f"robots.txt forbids {request.url}")

    async def _rules(self, url: str) -> Protego | None:
        crawl: Crawl = self._crawler.spider.crawl  # type: ignore[union-attr]
        parts = urlsplit(url)
        origin = f"{parts.scheme}://{parts.netloc}"
        known = crawl.robots.get(origin)
        if known is None:
            # The spiders of a crawl share the answer; the first one asks.
            known = crawl.robots[origin] = asyncio.ensure_future(self._fetch(origin, crawl))
        return await asyncio.shield(known)

    async def _fetch(self, origin: str, crawl: Crawl) -> Protego | None:
        request = Request(
            f"{origin}/robots.txt", meta={"dont_obey_robotstxt": True}, callback=NO_CALLBACK, priority=1000
        )
        try:
            response = await self._crawler.engine.download_async(request)
        except IgnoreRequest:
            # Endless redirects or an absurd size: "unavailable", which allows (RFC 9309 §2.3.1.3).
            return None
        if response.status >= 500:
            raise RobotsDenied(f"{origin}/robots.txt answers {response.status}: everything is forbidden until it works")
        if response.status >= 400:
            return None
        rules = Protego.parse(decode(response.body[:_MAX_RULES]))
        delay = rules.crawl_delay(PRODUCT)
        if delay:
            crawl.gate.slow_down(host_of(origin), float(delay))
        return rules
