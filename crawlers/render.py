"""Pages that only exist after their scripts ran: Chromium through scrapy-playwright, in a process of its own.

scrapy-playwright needs Twisted's reactor, the crawl runs without one (``docs/choices.md``); and a browser of a
gigabyte should be gone when its work is done. The parent keeps robots.txt, spacing and size; the child opens pages
and nothing else.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import itertools
import json
import os
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Iterable
from concurrent.futures import Future
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from scrapy.exceptions import DownloadFailedError, DownloadTimeoutError
from scrapy.http import HtmlResponse, Request, Response

from crawlers.errors import RefusedAddress
from crawlers.guard import Guard, is_public
from crawlers.markup import MAX_BYTES
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


class Renderer:
    """A browser for the pages of ``hosts``. Chromium's resolver knows these hosts only, each pinned to a checked
    address.

    So neither a redirect, a script nor a second DNS answer can reach anything else: not the own network, not a third
    site. It starts with its first page and lives until ``close``; it may serve several runs, each with its own event
    loop.
    """

    def __init__(self, guard: Guard, hosts: Iterable[str], user_agent: str) -> None:
        self._guard = guard
        self._hosts = sorted({host.lower() for host in hosts})
        self._agent = user_agent
        self._child: subprocess.Popen[str] | None = None
        self._reader: threading.Thread | None = None
        self._waiting: dict[int, Future[dict[str, Any]]] = {}
        self._numbers = itertools.count(1)
        self._starting = threading.Lock()

    def __enter__(self) -> Renderer:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def running(self) -> bool:
        """Say whether the browser is open, so that a page more costs little."""
        return self._child is not None and self._child.poll() is None

    async def render(self, request: Request) -> Response:
        """Return the page after its scripts ran. ``request.meta["wait_for"]`` names a selector to wait for.

        Raises Scrapy's download errors; ``RefusedAddress`` for a host that is not one of ``hosts`` or not public.
        """
        parts = urlsplit(request.url)
        if parts.hostname not in self._hosts:
            raise RefusedAddress(f"{parts.hostname} is not on the browser's list")
        routed = self._guard.route(parts.netloc) is not None
        url = urlunsplit(parts._replace(scheme="http")) if routed else request.url
        # In a thread: names are resolved, which blocks.
        child = await asyncio.to_thread(self._started)
        number = next(self._numbers)
        answer = self._waiting[number] = Future()
        # Once running it cannot be cancelled under the reader's hands.
        answer.set_running_or_notify_cancel()
        line = json.dumps({"number": number, "url": url, "wait_for": request.meta.get("wait_for")})
        assert child.stdin is not None
        try:
            child.stdin.write(f"{line}\n")
            child.stdin.flush()
            found = await asyncio.wait_for(asyncio.wrap_future(answer), PAGE_TIMEOUT_S + 15)
        except TimeoutError as error:
            raise DownloadTimeoutError(f"{request.url}: the browser gave no page") from error
        except OSError as error:
            raise DownloadFailedError(f"{request.url}: the browser is gone") from error
        finally:
            self._waiting.pop(number, None)
        if found.get("error"):
            raise DownloadFailedError(f"{request.url}: {found['error']}")
        return HtmlResponse(request.url, status=found["status"], body=base64.b64decode(found["body"]), encoding="utf-8")

    def _started(self) -> subprocess.Popen[str]:
        with self._starting:
            if self._child is None or self._child.poll() is not None:
                job = {"rules": self._rules(), "hosts": self._hosts, "agent": self._agent}
                self._child = subprocess.Popen(  # noqa: S603 - our own module and what was checked above
                    [sys.executable, "-m", "crawlers.render", json.dumps(job)],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.DEVNULL,
                    text=True,
                    # Chromium and Playwright's driver are children of the child: one group, ended together.
                    start_new_session=True,
                )
                self._reader = threading.Thread(target=self._read, args=(self._child,), daemon=True)
                self._reader.start()
            return self._child

    def _rules(self) -> str:
        """Return Chromium's host rules: each host to one checked address, everything else to nowhere."""
        rules: list[str] = []
        for host in self._hosts:
            route = self._guard.route(host)
            if route:
                rules.append(f"MAP {host} {route}")
                continue
            self._guard.check_literal(host)
            with contextlib.suppress(OSError):
                found = socket.getaddrinfo(host, 443, type=socket.SOCK_STREAM)
                address = next((str(entry[4][0]) for entry in found if is_public(str(entry[4][0]))), None)
                if address:
                    rules.append(f"MAP {host} {f'[{address}]' if ':' in address else address}")
        return ",".join([*rules, "MAP * ~NOTFOUND"])

    def _read(self, child: subprocess.Popen[str]) -> None:
        """Hand the child's answers to those who wait, until it ends."""
        assert child.stdout is not None
        for line in child.stdout:
            found = json.loads(line)
            answer = self._waiting.pop(found["number"], None)
            if answer is not None:
                answer.set_result(found)
        while self._waiting:
            with contextlib.suppress(KeyError):
                self._waiting.popitem()[1].set_result({"error": "the browser process ended"})

    def close(self) -> None:
        """End the browser and its process group; the next page would start it again."""
        child, self._child = self._child, None
        if child is None:
            return
        assert child.stdin is not None and child.stdout is not None and self._reader is not None
        with contextlib.suppress(BrokenPipeError):
            child.stdin.close()
        try:
            child.wait(10)
        except subprocess.TimeoutExpired:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child.pid, 9)
            child.wait()
        self._reader.join()
        child.stdout.close()


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
            number = response.meta["number"]
            if len(response.body) > MAX_BYTES:
                self.answer({"number": number, "error": f"more than {MAX_BYTES} bytes"})
                return
            body = base64.b64encode(response.body).decode()
            self.answer({"number": number, "status": response.status, "body": body})

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
