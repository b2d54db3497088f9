"""How a request leaves: through the gate, past the guard, within time and size. Or into an archive instead."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import aiohttp
import yarl
from scrapy.core.downloader.handlers.base import BaseDownloadHandler
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    ResponseDataLossError,
)
from scrapy.http import Headers, Request, Response

from crawlers.errors import ReplayMiss, TooLarge
from crawlers.guard import GuardedResolver
from crawlers.urls import host_of

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

    from crawlers.crawl import Crawl


def _crawl(crawler: Crawler) -> Crawl:
    crawl: Crawl = crawler.spider.crawl  # type: ignore[union-attr]
    return crawl


class WebHandler(BaseDownloadHandler):
    """Fetches over the network. An own handler, because the address guard must sit where the connection is made.

    One request is one exchange: redirects come back to Scrapy's middleware and through here again, so that
    robots.txt, gate and guard see each of them.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._max_size = crawler.settings.getint("DOWNLOAD_MAXSIZE")
        self._timeout = crawler.settings.getfloat("DOWNLOAD_TIMEOUT")
        self._session: aiohttp.ClientSession | None = None

    async def download_request(self, request: Request) -> Response:
        """Return the answer to one request; raises Scrapy's download errors, ``RefusedAddress``, ``TooLarge``,
        ``HostBusy``."""
        crawl = _crawl(self.crawler)
        host = host_of(request.url)
        async with crawl.gate.turn(host):
            if request.meta.get("render"):
                response = await crawl.render(request)
            else:
                response = await self._fetch(request)
        if response.status in {429, 503}:
            after = response.headers.get("Retry-After")
            request.meta["asked_s"] = crawl.gate.back_off(host, after.decode("latin-1") if after else None)
        return response

    async def _fetch(self, request: Request) -> Response:
        guard = _crawl(self.crawler).guard
        parts = urlsplit(request.url)
        headers = [(name, value) for name, value in _pairs(request.headers) if name.lower() != "host"]
        route = guard.route(parts.netloc)
        if route:
            query = f"?{parts.query}" if parts.query else ""
            url = yarl.URL(f"http://{route}{parts.path or '/'}{query}", encoded=True)
            headers.append(("Host", parts.netloc))
        else:
            guard.check_literal(parts.hostname or "")
            url = yarl.URL(request.url, encoded=True)
        try:
            async with self._connected().request(
                request.method,
                url,
                data=request.body or None,
                headers=headers,
                allow_redirects=False,
                timeout=aiohttp.ClientTimeout(total=self._timeout),
            ) as answer:
                return _response(request.url, answer.status, answer.headers.items(), await self._body(answer))
        except TimeoutError as error:
            raise DownloadTimeoutError(f"{request.url} took longer than {self._timeout:.0f} s") from error
        except aiohttp.ClientConnectorDNSError as error:
            raise CannotResolveHostError(str(error)) from error
        except aiohttp.ClientConnectorError as error:
            raise DownloadConnectionRefusedError(str(error)) from error
        except aiohttp.ClientPayloadError as error:
            raise ResponseDataLossError(str(error)) from error
        except (aiohttp.ClientError, ValueError, asyncio.IncompleteReadError) as error:
            raise DownloadFailedError(str(error)) from error

    async def _body(self, answer: aiohttp.ClientResponse) -> bytes:
        if (answer.content_length or 0) > self._max_size:
            raise TooLarge(f"{answer.url} announces {answer.content_length} bytes")
        body = bytearray()
        async for chunk in answer.content.iter_any():
            body += chunk
            if len(body) > self._max_size:
                raise TooLarge(f"{answer.url} sends more than {self._max_size} bytes")
        return bytes(body)

    def _connected(self) -> aiohttp.ClientSession:
        if self._session is None:
            routes = _crawl(self.crawler).guard.routes.values()
            resolver = GuardedResolver(admitted=[route.partition(":")[0] for route in routes])
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(resolver=resolver, limit=0),
                cookie_jar=aiohttp.DummyCookieJar(),
                # Bounded decompression is the middleware's work (gzip bombs).
                auto_decompress=False,
                skip_auto_headers=("Accept", "Accept-Encoding", "Content-Type", "User-Agent"),
            )
        return self._session

    async def close(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()


class ReplayHandler(BaseDownloadHandler):
    """Answers from the crawl's archive at the virtual instant; nothing reaches the network.

    The payload's digest serves as ETag, so that an unchanged poll is "not modified" by the same code as on the live
    web.
    """

    async def download_request(self, request: Request) -> Response:
        """Return the archived answer. Raises ``ReplayMiss``; an absent robots.txt is a 404 (everything allowed)."""
        crawl = _crawl(self.crawler)
        assert crawl.archive is not None
        answer = crawl.archive.at(request.url, crawl.clock.now())
        if answer is None:
            if urlsplit(request.url).path == "/robots.txt":
                return Response(request.url, status=404)
            raise ReplayMiss(request.url)
        tag = f'"{answer.digest}"'
        if request.headers.get("If-None-Match") == tag.encode():
            return Response(request.url, status=304)
        headers = [(name, value) for name, value in answer.headers if name.lower() != "etag"]
        return _response(request.url, answer.status, [*headers, ("ETag", tag)], answer.body)


def _pairs(headers: Headers) -> Iterable[tuple[str, str]]:
    for name, values in headers.items():
        for value in values:
            yield name.decode("latin-1"), value.decode("latin-1")


def _response(url: str, status: int, headers: Iterable[tuple[str, str]], body: bytes) -> Response:
    collected: dict[str, list[str]] = {}
    for name, value in headers:
        collected.setdefault(name.lower(), []).append(value)
    # Never a TextResponse: spiders decode by their own rules, and guessing the kind costs as much as reading the page's head.
    return Response(url=url, status=status, headers=collected, body=body)
