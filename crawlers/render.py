"""Pages that only exist after their scripts ran: Chromium through scrapy-playwright, in a process of its own.

scrapy-playwright needs Twisted's reactor, the crawl runs without one (``docs/choices.md``); and a browser of a
gigabyte should be gone when its work is done. The parent keeps robots.txt, spacing and size; the child opens pages
and nothing else.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
import os
import shutil
import socket
import sys
from collections.abc import AsyncIterator, Iterable
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from scrapy.exceptions import DownloadFailedError, DownloadTimeoutError
from scrapy.http import HtmlResponse, Request, Response

from crawlers.errors import RefusedAddress
from crawlers.guard import Guard, is_public
from crawlers.urls import site

CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
)
"""Flags with which Debian's Chromium starts as root in a container (``pipeline.md`` §2, run there)."""
SKIPPED = frozenset({"image", "media", "font", "stylesheet"})
"""Kinds of sub-requests that never carry an article's text."""
PAGE_TIMEOUT_S = 45.0
_LINE_LIMIT = 64 * 1024 * 1024


class Renderer:
    """A browser for the pages of ``hosts``. Chromium's resolver knows these hosts only, each pinned to a checked
    address.

    So neither a redirect, a script nor a second DNS answer can reach anything else: not the own network, not a third
    site.
    """

    def __init__(self, guard: Guard, hosts: Iterable[str], user_agent: str) -> None:
        self._guard = guard
        self._hosts = sorted({host.lower() for host in hosts})
        self._agent = user_agent
        self._child: asyncio.subprocess.Process | None = None
        self._waiting: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._number = 0
        self._reader: asyncio.Task[None] | None = None
        self._starting = asyncio.Lock()

    async def render(self, request: Request) -> Response:
        """Return the page after its scripts ran. ``request.meta["wait_for"]`` names a selector to wait for.

        Raises Scrapy's download errors; ``RefusedAddress`` for a host that is not one of ``hosts`` or not public.
        """
        parts = urlsplit(request.url)
        if parts.hostname not in self._hosts:
            raise RefusedAddress(f"{parts.hostname} is not on the browser's list")
        routed = self._guard.route(parts.netloc) is not None
        url = urlunsplit(parts._replace(scheme="http")) if routed else request.url
        child = await self._started()
        self._number += 1
        number = self._number
        answer = self._waiting[number] = asyncio.get_running_loop().create_future()
        line = json.dumps({"number": number, "url": url, "wait_for": request.meta.get("wait_for")})
        assert child.stdin is not None
        child.stdin.write(line.encode() + b"\n")
        try:
            await child.stdin.drain()
            found = await asyncio.wait_for(answer, PAGE_TIMEOUT_S + 15)
        except TimeoutError as error:
            raise DownloadTimeoutError(f"{request.url}: the browser gave no page") from error
        except ConnectionError as error:
            raise DownloadFailedError(f"{request.url}: the browser is gone") from error
        finally:
            self._waiting.pop(number, None)
        if found.get("error"):
            raise DownloadFailedError(f"{request.url}: {found['error']}")
        return HtmlResponse(request.url, status=found["status"], body=base64.b64decode(found["body"]), encoding="utf-8")

    async def _started(self) -> asyncio.subprocess.Process:
        async with self._starting:
            if self._child is None or self._child.returncode is not None:
                job = {"rules": await self._rules(), "hosts": self._hosts, "agent": self._agent}
                self._child = await asyncio.create_subprocess_exec(
                    sys.executable,
                    "-m",
                    "crawlers.render",
                    json.dumps(job),
                    stdin=asyncio.subprocess.PIPE,
                    stdout=asyncio.subprocess.PIPE,
                    stderr=asyncio.subprocess.DEVNULL,
                    limit=_LINE_LIMIT,
                    # Chromium and Playwright's driver are children of the child: one group, ended together.
                    start_new_session=True,
                )
                self._reader = asyncio.create_task(self._read(self._child))
            return self._child

    async def _rules(self) -> str:
        """Return Chromium's host rules: each host to one checked address, everything else to nowhere."""
        rules: list[str] = []
        for host in self._hosts:
            route = self._guard.route(host)
            if route:
                rules.append(f"MAP {host} {route}")
                continue
            self._guard.check_literal(host)
            loop = asyncio.get_running_loop()
            with contextlib.suppress(OSError):
                found = await loop.getaddrinfo(host, 443, type=socket.SOCK_STREAM)
                address = next((str(entry[4][0]) for entry in found if is_public(str(entry[4][0]))), None)
                if address:
                    rules.append(f"MAP {host} {f'[{address}]' if ':' in address else address}")
        return ",".join([*rules, "MAP * ~NOTFOUND"])

    async def _read(self, child: asyncio.subprocess.Process) -> None:
        assert child.stdout is not None
        with contextlib.suppress(ValueError):
            while line := await child.stdout.readline():
                found = json.loads(line)
                waiting = self._waiting.get(found["number"])
                if waiting and not waiting.done():
                    waiting.set_result(found)
        for waiting in self._waiting.values():
            if not waiting.done():
                waiting.set_result({"error": "the browser process ended"})

    async def close(self) -> None:
        """End the browser and its process group."""
        child = self._child
        if child is not None and child.returncode is None:
            assert child.stdin is not None
            child.stdin.close()
            try:
                await asyncio.wait_for(child.wait(), 10)
            except TimeoutError:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(child.pid, 9)
                await child.wait()
        if self._reader is not None:
            await self._reader


def browser() -> str | None:
    """Return the path of the system's Chromium, None where it is not installed."""
    return next((path for name in CHROMIUM if (path := shutil.which(name))), None)


def _child(job: dict[str, Any]) -> None:
    """Open the pages that arrive on standard input, one JSON line each, and answer on standard output."""
    from scrapy import Spider
    from scrapy.crawler import AsyncCrawlerProcess
    from scrapy_playwright.page import PageMethod

    out = sys.stdout
    sites = {site(host) for host in job["hosts"]}

    def refuse(request: Any) -> bool:
        host = urlsplit(request.url).hostname or ""
        return request.resource_type in SKIPPED or site(host) not in sites

    class Pages(Spider):
        name = "pages"

        async def start(self) -> AsyncIterator[Any]:
            reader = asyncio.StreamReader()
            loop = asyncio.get_running_loop()
            await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
            while line := await reader.readline():
                wanted = json.loads(line)
                methods = (
                    [PageMethod("wait_for_selector", wanted["wait_for"], timeout=15_000)] if wanted["wait_for"] else []
                )
                yield Request(
                    wanted["url"],
                    callback=self.parse,
                    errback=self.failed,
                    dont_filter=True,
                    meta={
                        "playwright": True,
                        "number": wanted["number"],
                        "playwright_page_methods": methods,
                        "playwright_page_goto_kwargs": {"wait_until": "domcontentloaded"},
                        "handle_httpstatus_all": True,
                    },
                )

        def parse(self, response: Response) -> None:
            body = base64.b64encode(response.body).decode()
            self.answer({"number": response.meta["number"], "status": response.status, "body": body})

        def failed(self, failure: Any) -> None:
            words = f"{failure.type.__name__}: {failure.getErrorMessage().splitlines()[0][:200]}"
            self.answer({"number": failure.request.meta["number"], "error": words})

        def answer(self, found: dict[str, Any]) -> None:
            out.write(json.dumps(found) + "\n")
            out.flush()

    handler = "scrapy_playwright.handler.ScrapyPlaywrightDownloadHandler"
    process = AsyncCrawlerProcess(
        {
            "DOWNLOAD_HANDLERS": {"http": handler, "https": handler},
            "TWISTED_REACTOR": "twisted.internet.asyncioreactor.AsyncioSelectorReactor",
            "PLAYWRIGHT_BROWSER_TYPE": "chromium",
            "PLAYWRIGHT_LAUNCH_OPTIONS": {
                "executable_path": browser(),
                "args": [*FLAGS, f"--host-resolver-rules={job['rules']}"],
            },
            "PLAYWRIGHT_MAX_PAGES_PER_CONTEXT": 4,
            "PLAYWRIGHT_DEFAULT_NAVIGATION_TIMEOUT": PAGE_TIMEOUT_S * 1000,
            "PLAYWRIGHT_ABORT_REQUEST": refuse,
            "PLAYWRIGHT_CONTEXTS": {
                "default": {"user_agent": job["agent"], "locale": "vi-VN", "accept_downloads": False}
            },
            "USER_AGENT": job["agent"],
            # robots.txt and spacing were the parent's work before the URL came here.
            "ROBOTSTXT_OBEY": False,
            "RETRY_ENABLED": False,
            "TELNETCONSOLE_ENABLED": False,
            "LOG_ENABLED": False,
        }
    )
    process.crawl(Pages)
    process.start()


if __name__ == "__main__":
    _child(json.loads(sys.argv[1]))
