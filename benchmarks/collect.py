"""Pages per second of the stage ``collect`` beside a Scrapy spider that fetches the same pages and throws them away.

``python -m benchmarks.collect [--pages 300] [--rounds 5]`` prints one JSON object. Both crawl the same local server in
turn, round by round, four requests at once and without spacing; each round of ours starts with an empty data folder and does all
the work (robots.txt, extraction, masks, evidence archive, database). The goal is a ratio of at least 0.6 (``goal``).
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import random
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing.connection import Connection
from pathlib import Path
from typing import NamedTuple

GOAL = 0.6
HOST = "bao.example"
NOW = datetime(2026, 11, 19, 2, 0, tzinfo=UTC)
PAGE_BYTES = 77_000
"""Size of a page as measured on Vietnamese outlets (``pipeline.md`` §2); most of it is scripts, menus and boxes."""


class Speed(NamedTuple):
    """Wall speed, and the processor's time that no neighbour on the machine can take away."""

    pages_per_second: float
    cpu_ms_per_page: float


def article(number: int) -> bytes:
    """Return an article page of usual size and shape."""
    title = f"Xã Bình Khê thông tuyến đường liên thôn số {number} sau đợt mưa lớn"
    words = (
        f"Sáng nay lực lượng dân quân cùng người dân thôn số {number} đã dọn xong đất đá, xe cộ đi lại bình thường. "
    )
    paragraphs = "".join(f"<p>{words * 2}</p>" for _ in range(12))
    head = (
        f'<!DOCTYPE html><html lang="vi"><head><meta charset="utf-8"><title>{title}</title>'
        f'<meta property="og:type" content="article"><meta property="og:title" content="{title}">'
        '<meta property="article:published_time" content="2026-11-19T07:30:00+07:00">'
    )
    menu = "".join(f'<li><a href="/muc-{n}/">Mục số {n}</a></li>' for n in range(40))
    boxes = "".join(
        f'<div class="box"><a href="/tin-khac-{n}.html">Tin khác số {n} trong ngày</a></div>' for n in range(60)
    )
    body = f"<body><nav><ul>{menu}</ul></nav><article><h1>{title}</h1>{paragraphs}</article><aside>{boxes}</aside>"
    # As hard to compress as real pages, whose gzip is a fifth of them.
    noise = random.Random(number)
    names = "".join(f"thamSoCuaHop: '{noise.getrandbits(64):x}', daNapXong: true, " for _ in range(1500))
    script = f"var cauHinh = {{{names}"
    document = f"{head}<script>{script[: PAGE_BYTES - 16_000]}</script></head>{body}</body></html>"
    return document.encode()


def serve(pages: int, pipe: Connection) -> None:
    """Serve robots.txt, a feed and its pages; send the port once listening."""
    bodies = {f"/tin-{number}.html": article(number) for number in range(pages)}
    items = "".join(
        f"<item><title>Xã Bình Khê thông đường số {number}</title><link>https://{HOST}/tin-{number}.html</link></item>"
        for number in range(pages)
    )
    bodies["/rss"] = f"<rss><channel>{items}</channel></rss>".encode()
    bodies["/robots.txt"] = b"User-agent: *\nDisallow: /quan-tri/\n"

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            body = bodies[self.path]
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        # With the library's 5 a burst of connections waits a whole second for its second try.
        request_queue_size = 128

    server = Server(("127.0.0.1", 0), Handler)
    pipe.send((server.server_address[1], len(bodies["/tin-0.html"])))
    server.serve_forever()


def ours(pages: int, port: int, folder: Path) -> Speed:
    """Return our speed."""
    import provinces
    from crawlers import collect, polls
    from provinces.types import Access, Source, SourceKind
    from records.clock import VirtualClock
    from records.store import Records

    polls.MAX_ARTICLES = pages
    source = Source(
        source_id="bao",
        outlet="bao",
        name="Báo",
        kind=SourceKind.PRESS_IN,
        access=Access.FEED,
        url=f"https://{HOST}/rss",
    )
    with Records.open(folder) as records:
        started, cpu = time.perf_counter(), time.process_time()
        report = collect.run(
            records,
            provinces.load("gia-lai"),
            VirtualClock(NOW),
            sources=[source],
            allow_hosts=[f"{HOST}=127.0.0.1:{port}"],
        )
        took, cpu = time.perf_counter() - started, time.process_time() - cpu
    if report.counts["articles_ok"] != pages or report.counts["new"] != pages:
        raise SystemExit(f"our run did not store every page: {report.as_dict()}")
    return Speed(pages / took, 1000 * cpu / pages)


PEER = """
import sys, time
import scrapy
from scrapy.crawler import CrawlerProcess
port, pages = int(sys.argv[1]), int(sys.argv[2])
class Discard(scrapy.Spider):
    name = "discard"
    async def start(self):
        for number in range(pages):
            yield scrapy.Request(f"http://127.0.0.1:{port}/tin-{number}.html")
    def parse(self, response):
        pass
process = CrawlerProcess({"ROBOTSTXT_OBEY": True, "CONCURRENT_REQUESTS_PER_DOMAIN": 4, "DOWNLOAD_DELAY": 0, "LOG_ENABLED": False,
                          "TELNETCONSOLE_ENABLED": False})
crawler = process.create_crawler(Discard)
process.crawl(crawler)
started, cpu = time.perf_counter(), time.process_time()
process.start()
took, cpu = time.perf_counter() - started, time.process_time() - cpu
assert crawler.stats.get_value("response_received_count") == pages + 1
print(pages / took, 1000 * cpu / pages)
"""


def peer(pages: int, port: int) -> Speed:
    """Return the speed of a default Scrapy spider (Twisted) that discards them."""
    done = subprocess.run(
        [sys.executable, "-c", PEER, str(port), str(pages)], check=True, capture_output=True, text=True
    )
    return Speed(*map(float, done.stdout.split()))


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=300)
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    ear, mouth = multiprocessing.Pipe(duplex=False)
    server = multiprocessing.Process(target=serve, args=(arguments.pages, mouth), daemon=True)
    server.start()
    port, size = ear.recv()
    rounds: list[tuple[Speed, Speed]] = []
    try:
        with tempfile.TemporaryDirectory() as folder:
            # The first run imports everything; it is not counted.
            ours(arguments.pages, port, Path(folder) / "warm")
            for number in range(arguments.rounds):
                theirs = peer(arguments.pages, port)
                rounds.append((ours(arguments.pages, port, Path(folder) / str(number)), theirs))
    finally:
        server.terminate()
    ratio = statistics.median(mine.pages_per_second / theirs.pages_per_second for mine, theirs in rounds)
    print(
        json.dumps(
            {
                "benchmark": "collect",
                "pages": arguments.pages,
                "page_bytes": size,
                **_median("ours", [mine for mine, _ in rounds]),
                **_median("scrapy_discard", [theirs for _, theirs in rounds]),
                "ratio": round(ratio, 3),
                "ratio_of_cpu": round(
                    statistics.median(theirs.cpu_ms_per_page / mine.cpu_ms_per_page for mine, theirs in rounds), 3
                ),
                "ratio_by_round": [
                    round(mine.pages_per_second / theirs.pages_per_second, 3) for mine, theirs in rounds
                ],
                "goal": GOAL,
                "reached": ratio >= GOAL,
            }
        )
    )


def _median(name: str, speeds: list[Speed]) -> dict[str, float]:
    return {
        f"{name}_pages_per_second": round(statistics.median(speed.pages_per_second for speed in speeds), 1),
        f"{name}_cpu_ms_per_page": round(statistics.median(speed.cpu_ms_per_page for speed in speeds), 2),
    }


if __name__ == "__main__":
    main()
