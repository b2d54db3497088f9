"""The replay server: one local port that answers for all invented hosts, as each site stood at the virtual instant.

The host is taken from the ``Host`` header (the crawler's ``allow_hosts`` routes send it), from an absolute request line
(a plain HTTP proxy) or from a name ``SITE.localhost``. Time comes from the clock object that the runner shares; in a
process of its own (``python -m demo.server``) the address ``/_clock`` reads and moves it.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
import threading
import unicodedata
from collections import Counter
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import ClassVar
from urllib.parse import urlsplit

from demo import content, pages
from demo.content import Site, World
from records.clock import Clock, VirtualClock

_HTML = "text/html; charset=utf-8"
_XML = "application/rss+xml; charset=utf-8"
_PLAIN = "text/plain; charset=utf-8"
_JSON = "application/json; charset=utf-8"
_ROBOTS = {
    "loimoi": "User-agent: *\nDisallow: /tra-phi/\nSitemap: https://loimoi.example/sitemap.xml\n",
    # Short: a real delay would be longer, the bundled days should not take minutes of waiting.
    "maiam": "User-agent: *\nCrawl-delay: 0.2\n",
}


class Answer:
    """One answer before it is written; ``changed`` gives it validators. ``closed``: hang up without a word."""

    def __init__(
        self,
        status: int,
        body: str = "",
        kind: str = _HTML,
        headers: dict[str, str] | None = None,
        changed: datetime | None = None,
    ) -> None:
        self.status = status
        self.body = body.encode()
        self.kind = kind
        self.headers = dict(headers or {})
        self.changed = changed
        self.closed = False


class Sites:
    """Answers requests for the invented hosts; ``asked`` counts requests per host and path."""

    def __init__(self, world: World, clock: Clock) -> None:
        self.world = world
        self.clock = clock
        self.asked: Counter[tuple[str, str]] = Counter()
        self._hosts = {site.host: site for site in world.sites.values() if site.layout != "import"}
        self._articles = {(entry.site, entry.path): entry for entry in world.entries if entry.kind == "article"}
        self._threads = {(thread.site, thread.path): thread for thread in world.threads.values()}
        self._lock = threading.Lock()

    @property
    def hosts(self) -> tuple[str, ...]:
        """The host names that are answered for."""
        return tuple(self._hosts)

    def site(self, host: str) -> Site | None:
        """Return the site of a ``Host`` header: ``baobanmai.example`` or ``baobanmai.localhost:PORT``."""
        name = host.partition(":")[0].lower()
        if name.endswith(".localhost"):
            return next((site for site in self._hosts.values() if site.key == name.removesuffix(".localhost")), None)
        return self._hosts.get(name)

    def answer(self, host: str, target: str, conditional: bool) -> Answer:
        """Return the answer to GET ``target`` (path and query). ``conditional``: the client sent validators."""
        site = self.site(host)
        if site is None:
            return Answer(421, f"no site {host}\n", _PLAIN)
        path, _, query = target.partition("?")
        with self._lock:
            self.asked[site.host, path] += 1
            first = self.asked[site.host, path] == 1
        now = self.clock.now()
        if site.down_from is not None and now >= site.down_from:
            answer = Answer(503)
            answer.closed = True
            return answer
        # A client that knows the feed already is no newcomer: a second run of the demo meets no 429.
        if site.busy_once == path and first and not conditional:
            return Answer(429, "Too many requests\n", _PLAIN, {"Retry-After": "1"})
        return self._page(site, path, query, now)

    def _page(self, site: Site, path: str, query: str, now: datetime) -> Answer:
        world = self.world
        if path == "/robots.txt":
            return Answer(200, _ROBOTS.get(site.key, "User-agent: *\nDisallow: /quan-tri/\n"), _PLAIN)
        entry = self._articles.get((site.key, path))
        if entry is not None:
            version = entry.version(now)
            if version is None:
                return Answer(404, "Không tìm thấy trang.")
            if version.status != 200:
                return Answer(version.status, "Bài viết không còn trên trang.")
            page = pages.article(world, entry, version)
            return Answer(200, unicodedata.normalize("NFD", page) if entry.nfd else page, changed=version.at)
        changed = pages.changed(world, site, now)
        if site.access == "video_comments":
            if path != site.start:
                return Answer(404)
            status, body = pages.comment_threads(world, site, query, now)
            return Answer(status, body, _JSON, changed=changed)
        if site.access == "forum":
            thread = self._threads.get((site.key, path))
            if path == site.start:
                return Answer(200, pages.forum_list(world, site, now), changed=changed)
            page_or_none = pages.forum_thread(world, thread, now) if thread else None
            return Answer(200, page_or_none) if page_or_none else Answer(404)
        return self._list(site, path, now, changed)

    def _list(self, site: Site, path: str, now: datetime, changed: datetime) -> Answer:
        world = self.world
        if site.access == "sitemap":
            maps = {
                site.start: lambda: pages.sitemap_index(world, site, now),
                "/sitemaps/news-2026-11.xml": lambda: pages.news_sitemap(world, site, now),
                "/sitemaps/sections.xml": lambda: pages.section_sitemap(site),
            }
            if path in maps:
                return Answer(200, maps[path](), "application/xml; charset=utf-8", changed=changed)
        if site.access == "browser":
            if path == site.start:
                return Answer(200, pages.script_list(site))
            if path == "/api/moi-nhat.json":
                return Answer(200, pages.script_data(world, site, now), _JSON, changed=changed)
        if site.access == "feed" and path == site.start:
            feed = {"broken": pages.broken_rss, "atom": pages.atom}.get(site.feed, pages.rss)
            return Answer(200, feed(world, site, now), _XML, changed=changed)
        if series := series_of(world, site, path):
            return Answer(200, pages.rss(world, site, now, series), _XML, changed=changed)
        if path == "/" or (site.access == "section" and path == site.start):
            return Answer(200, pages.section(world, site, now), changed=changed)
        return Answer(404, "Không tìm thấy trang.")


def series_path(series: str) -> str:
    """Return the path of a bulletin series' own feed."""
    return f"/rss/{series}.rss"


def series_of(world: World, site: Site, path: str) -> str:
    """Return the bulletin series whose feed stands under ``path``, empty for none."""
    series = {entry.bulletin for entry in world.of(site.key) if entry.bulletin}
    return next((name for name in sorted(series) if series_path(name) == path), "")


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "demo"
    sys_version = ""
    sites: ClassVar[Sites]

    def do_GET(self) -> None:
        """Answer a page request, or read the clock."""
        parts = urlsplit(self.path)
        host = parts.netloc or self.headers.get("Host", "")
        if parts.path == "/_clock" and self.sites.site(host) is None:
            self._write(Answer(200, json.dumps({"now": self.sites.clock.now().isoformat()}), _JSON))
            return
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        conditional = bool(self.headers.get("If-None-Match") or self.headers.get("If-Modified-Since"))
        self._write(self.sites.answer(host, target or "/", conditional))

    do_HEAD = do_GET

    def do_PUT(self) -> None:
        """Move the virtual clock: ``PUT /_clock`` with an ISO instant as body; it never goes back."""
        words = self.rfile.read(int(self.headers.get("Content-Length", "0"))).decode("ascii", "replace").strip()
        clock = self.sites.clock
        try:
            instant = datetime.fromisoformat(words)
            if self.path != "/_clock" or not isinstance(clock, VirtualClock) or instant.tzinfo is None:
                raise ValueError(words)
        except ValueError:
            self._write(Answer(400, "PUT /_clock wants an ISO instant with its zone\n", _PLAIN))
            return
        clock.advance_to(instant)
        self._write(Answer(200, json.dumps({"now": clock.now().isoformat()}), _JSON))

    def date_time_string(self, timestamp: float | None = None) -> str:
        """Give the virtual time in the Date header."""
        return format_datetime(self.sites.clock.now(), usegmt=True)

    def log_message(self, format: str, *args: object) -> None:
        """Stay silent: the runner shows its own progress."""

    def _write(self, answer: Answer) -> None:
        if answer.closed:
            self.close_connection = True
            return
        tag = f'"{hashlib.sha256(answer.body).hexdigest()[:20]}"'
        if answer.status == 200 and answer.changed is not None:
            answer.headers["ETag"] = tag
            answer.headers["Last-Modified"] = format_datetime(answer.changed.astimezone(UTC), usegmt=True)
            if self._unchanged(tag, answer.changed):
                answer.status, answer.body = 304, b""
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        if answer.status != 304:
            self.send_header("Content-Type", answer.kind)
            self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer.body)

    def _unchanged(self, tag: str, changed: datetime) -> bool:
        """Tell whether the client's copy is still good; the entity tag wins over the date (RFC 9110 §13.2.2)."""
        if tags := self.headers.get("If-None-Match"):
            return tag in {part.strip().removeprefix("W/") for part in tags.split(",")}
        try:
            since = parsedate_to_datetime(self.headers.get("If-Modified-Since", ""))
        except ValueError:
            return False
        return changed.replace(microsecond=0) <= since


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    # All hosts share the port: with the library's 5 a burst of connections waits a whole second for its second try.
    request_queue_size = 128


class DemoServer:
    """Serve the bundled days on ``127.0.0.1`` while the context lasts; ``port`` 0 takes a free one.

    ``allow_hosts`` are the routes for the crawler; ``sites.asked`` counts what was asked for.
    """

    def __init__(self, clock: Clock, *, port: int = 0, world: World | None = None) -> None:
        self.sites = Sites(world or content.load(), clock)
        handler = type("Handler", (_Handler,), {"sites": self.sites})
        self._server = _Server(("127.0.0.1", port), handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)

    @property
    def port(self) -> int:
        """The port that is listened on."""
        return int(self._server.server_address[1])

    @property
    def allow_hosts(self) -> tuple[str, ...]:
        """Routes for ``crawlers.collect``: every invented host to this server."""
        return tuple(f"{host}=127.0.0.1:{self.port}" for host in self.sites.hosts)

    @property
    def base_urls(self) -> dict[str, str]:
        """Addresses of the sites for a person's own browser on this machine, by site key."""
        keys = [site.key for site in self.sites.world.sites.values() if site.host in self.sites.hosts]
        return {key: f"http://{key}.localhost:{self.port}" for key in keys}

    def __enter__(self) -> DemoServer:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def main() -> None:
    """Serve until interrupted: ``python -m demo.server --port 8200 --at 2026-11-19T12:00+07:00``."""
    parser = argparse.ArgumentParser(description="Replay server of the bundled fictional days")
    parser.add_argument("--port", type=int, default=8200)
    parser.add_argument("--at", type=datetime.fromisoformat, default=content.FIRST, help="instant, ISO with zone")
    arguments = parser.parse_args()
    with DemoServer(VirtualClock(arguments.at), port=arguments.port) as server:
        clock = f"curl -X PUT -d 2026-11-20T05:30+07:00 http://127.0.0.1:{server.port}/_clock"
        sys.stdout.write("\n".join([*(f"{url}/" for url in server.base_urls.values()), f"clock: {clock}", ""]))
        sys.stdout.flush()
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            return


if __name__ == "__main__":
    main()
