"""A web of our own: one threaded server that answers for every invented host, and the stage run against it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

import provinces
from crawlers import collect
from provinces.types import Access, Source, SourceKind
from records.clock import VirtualClock
from records.stage import StageReport
from records.store import Records
from records.types import Item, Quarantined

NOW = datetime(2026, 11, 19, 2, 0, tzinfo=UTC)
HOSTS = ("bao.example", "bao2.example", "dien-dan.example", "video.example")


@dataclass(slots=True)
class Reply:
    """What a path answers."""

    body: bytes | str = b""
    status: int = 200
    kind: str = "text/html; charset=utf-8"
    headers: Mapping[str, str] = field(default_factory=dict)
    wait_s: float = 0.0


@dataclass(slots=True)
class Asked:
    """One request as the server saw it."""

    at: float
    host: str
    path: str
    headers: dict[str, str]


class Web:
    """Routes are ``host/path`` or ``/path`` for every host; a value may be a function of the request."""

    def __init__(self) -> None:
        self.routes: dict[str, Reply | Callable[[Asked], Reply]] = {}
        self.asked: list[Asked] = []
        self.most_at_once = 0
        self._at_once = 0
        self._lock = threading.Lock()
        web = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                web._answer(self)

            def log_message(self, format: str, *args: object) -> None:
                pass

        class Server(ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 128

        self._server = Server(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    @property
    def allow_hosts(self) -> tuple[str, ...]:
        return tuple(f"{host}=127.0.0.1:{self.port}" for host in HOSTS)

    def paths(self, host: str | None = None) -> list[str]:
        """Return the asked paths in order, robots.txt left out."""
        return [one.path for one in self.asked if one.path != "/robots.txt" and host in {None, one.host}]

    def _answer(self, handler: BaseHTTPRequestHandler) -> None:
        headers = {name.title(): value for name, value in handler.headers.items()}
        asked = Asked(time.monotonic(), handler.headers.get("Host", ""), handler.path, headers)
        with self._lock:
            self.asked.append(asked)
            self._at_once += 1
            self.most_at_once = max(self.most_at_once, self._at_once)
        route = self.routes.get(f"{asked.host}{asked.path}") or self.routes.get(asked.path)
        reply = route(asked) if callable(route) else route or Reply("Không có trang này.", 404)
        time.sleep(reply.wait_s)
        body = reply.body.encode() if isinstance(reply.body, str) else reply.body
        with self._lock:
            self._at_once -= 1
        try:
            handler.send_response(reply.status)
            handler.send_header("Content-Type", reply.kind)
            for name, value in reply.headers.items():
                handler.send_header(name, value)
            if "Content-Length" not in reply.headers:
                handler.send_header("Content-Length", str(len(body)))
            handler.end_headers()
            handler.wfile.write(body)
        except (BrokenPipeError, ConnectionResetError):
            pass

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def web() -> Iterator[Web]:
    server = Web()
    yield server
    server.close()


@pytest.fixture
def records(tmp_path: Path) -> Iterator[Records]:
    with Records.open(tmp_path / "data") as opened:
        yield opened


def source(url: str, access: Access = Access.FEED, **more: Any) -> Source:
    """Return a source of the invented outlet ``bao``."""
    values: dict[str, Any] = {
        "source_id": "bao.chinh",
        "outlet": "bao",
        "name": "Báo Thử",
        "kind": SourceKind.PRESS_IN,
        "access": access,
        "url": url,
        **more,
    }
    return Source(**values)


class Stage:
    """The stage with its records, clock and server."""

    def __init__(self, records: Records, web: Web) -> None:
        self.records = records
        self.web = web
        self.clock = VirtualClock(NOW)

    def collect(self, *sources: Source, **more: Any) -> StageReport:
        return collect.run(
            self.records,
            provinces.load("gia-lai"),
            self.clock,
            sources=sources,
            allow_hosts=self.web.allow_hosts,
            **more,
        )

    def items(self) -> list[Item]:
        with self.records.read() as tx:
            return sorted(tx.items.scan(), key=lambda item: (item.url or "", item.item_id))

    def quarantined(self) -> list[Quarantined]:
        with self.records.read() as tx:
            return tx.quarantine.list("collect")

    def health(self) -> dict[str, int]:
        with self.records.read() as tx:
            return {entry.outcome: entry.number for entry in tx.sources.health(datetime(2026, 11, 1, tzinfo=UTC))}


@pytest.fixture
def stage(records: Records, web: Web) -> Stage:
    return Stage(records, web)


def rss(*entries: Mapping[str, str]) -> str:
    """Return an RSS 2.0 document; keys of an entry are element names."""
    items = "".join(
        "<item>" + "".join(f"<{name}>{value}</{name}>" for name, value in entry.items()) + "</item>"
        for entry in entries
    )
    return f'<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>Báo Thử</title>{items}</channel></rss>'


def entry(number: int, **more: str) -> dict[str, str]:
    """Return an entry of ``bao.example`` with a Vietnamese headline."""
    return {
        "title": f"Xã Bình Khê thông đường số {number} sau mưa lớn",
        "link": f"https://bao.example/tin-{number}.html",
        "description": f"Tuyến đường số {number} đã thông xe trong sáng nay.",
        "pubDate": "Thu, 19 Nov 2026 07:30:00 +0700",
        **more,
    }


PARAGRAPH = (
    "Sáng nay, lực lượng dân quân cùng người dân xã Bình Khê đã dọn xong đất đá trên tuyến đường liên thôn, xe máy và xe "
    "tải nhỏ đi lại được bình thường. Ủy ban nhân dân xã cho biết sẽ tiếp tục kiểm tra các điểm có nguy cơ sạt lở."
)


def page(
    title: str, *, body: str = PARAGRAPH, published: str = "2026-11-19T07:30:00+07:00", canonical: str = ""
) -> str:
    """Return an article page with meta data, as most outlets write it."""
    link = f'<link rel="canonical" href="{canonical}">' if canonical else ""
    return (
        f'<!DOCTYPE html><html lang="vi"><head><meta charset="utf-8"><title>{title}</title>{link}'
        f'<meta property="og:type" content="article"><meta property="og:title" content="{title}">'
        f'<meta property="article:published_time" content="{published}"></head>'
        f"<body><article><h1>{title}</h1><div>{''.join(f'<p>{line}</p>' for line in body.split(chr(10)))}"
        f"<p>{PARAGRAPH}</p></div></article></body></html>"
    )


FEED = "application/rss+xml; charset=utf-8"
