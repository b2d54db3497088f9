"""What the spiders of one crawl share: clock, gate, guard, sink, archive and browser."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from pathlib import Path

from protego import Protego
from scrapy.http import Request, Response

from crawlers.guard import Guard
from crawlers.politeness import Gate
from crawlers.render import Renderer
from crawlers.replay import Archive
from crawlers.sink import Sink
from records.clock import Clock


@dataclass(slots=True, kw_only=True)
class Crawl:
    """One crawl. ``claimed`` holds the article URLs already asked for, so that two feeds of an outlet fetch each page
    once.

    ``inbox`` is the folder that import sources are read from.
    """

    clock: Clock
    gate: Gate
    guard: Guard
    sink: Sink
    renderer: Renderer
    archive: Archive | None = None
    inbox: Path | None = None
    robots: dict[str, asyncio.Future[Protego | None]] = field(default_factory=dict)
    claimed: set[str] = field(default_factory=set)
    stored_leads: dict[str, int] = field(default_factory=dict)

    async def render(self, request: Request) -> Response:
        """Return a page as the browser shows it after its scripts ran."""
        return await self.renderer.render(request)
