"""How often a site is asked: one gate for all spiders of a run, whatever source or kind a request belongs to."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from crawlers.errors import HostBusy

SPACING_S = 5.0
"""Seconds between two request starts at one site (Media Cloud's interval); 0 for replays and the demo."""
PARALLEL = 4
"""Requests in flight at one site."""
BACKOFF_S = 30.0
"""Pause of a site after 429 or 503 without ``Retry-After`` (the issue)."""
LONGEST_WAIT_S = 120.0
"""A request that would have to wait longer fails with ``HostBusy``; its source is polled again later."""


@dataclass(slots=True)
class _Site:
    spacing: float
    slots: asyncio.Semaphore
    next_start: float = 0.0
    closed_until: float = field(default=0.0)


class Gate:
    """Lets requests to a host through one by one.

    Spacing, parallel limit, crawl-delay, back-off. Waits never block a thread.
    """

    def __init__(
        self,
        spacing_s: float = SPACING_S,
        *,
        unspaced: Iterable[str] = (),
        parallel: int = PARALLEL,
        backoff_s: float = BACKOFF_S,
        longest_wait_s: float = LONGEST_WAIT_S,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._spacing = spacing_s
        self._unspaced = frozenset(unspaced)
        self._parallel = parallel
        self._backoff = backoff_s
        self._longest = longest_wait_s
        self._monotonic = monotonic
        self._sleep = sleep
        self._sites: dict[str, _Site] = {}

    def _site(self, host: str) -> _Site:
        if host not in self._sites:
            spacing = 0.0 if host in self._unspaced else self._spacing
            self._sites[host] = _Site(spacing, asyncio.Semaphore(self._parallel))
        return self._sites[host]

    @asynccontextmanager
    async def turn(self, host: str) -> AsyncIterator[None]:
        """Wait for this host's next turn and hold one of its slots; raises ``HostBusy`` rather than wait too long."""
        site = self._site(host)
        async with site.slots:
            start = max(self._monotonic(), site.next_start, site.closed_until)
            if start - self._monotonic() > self._longest:
                raise HostBusy(host, start - self._monotonic())
            site.next_start = start + site.spacing
            while (wait := max(start, site.closed_until) - self._monotonic()) > 0:
                # The host may close while we wait: look again after every sleep.
                if wait > self._longest:
                    raise HostBusy(host, wait)
                await self._sleep(wait)
            yield

    def slow_down(self, host: str, delay_s: float) -> None:
        """Take over a ``Crawl-delay`` when it is longer than our own spacing."""
        site = self._site(host)
        site.spacing = max(site.spacing, delay_s)

    def back_off(self, host: str, retry_after: str | None) -> float:
        """Close a host after 429 or 503.

        Return for how many seconds. ``retry_after``: the header's value, seconds or a date.
        """
        pause = _seconds(retry_after, self._backoff)
        site = self._site(host)
        site.closed_until = max(site.closed_until, self._monotonic() + pause)
        return pause


def _seconds(retry_after: str | None, otherwise: float) -> float:
    """Return what a ``Retry-After`` value means, at least a second; ``otherwise`` when there is none that can be
    read."""
    try:
        return max(1.0, float(retry_after or ""))
    except ValueError:
        pass
    try:
        instant = parsedate_to_datetime(retry_after or "")
    except (ValueError, TypeError):
        return otherwise
    # The system clock, not the stage's: the header speaks of real time.
    return max(1.0, (instant.astimezone(UTC) - datetime.now(UTC)).total_seconds())
