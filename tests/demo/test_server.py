"""The replay server over real HTTP: what each site shows at which time, and how it misbehaves."""

from __future__ import annotations

import http.client
import json
import unicodedata
from collections.abc import Iterator
from datetime import datetime

import pytest

from crawlers import feeds, lists, posts, sitemaps
from crawlers.errors import Unreadable
from demo.content import LAST, VIETNAM, load
from demo.server import DemoServer
from records.clock import VirtualClock

WORLD = load()


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=VIETNAM)


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock(at(17, 18))


@pytest.fixture
def server(clock: VirtualClock) -> Iterator[DemoServer]:
    with DemoServer(clock) as running:
        yield running


def get(
    server: DemoServer, host: str, path: str, method: str = "GET", body: str | None = None, **headers: str
) -> tuple[int, dict[str, str], bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=5)
    try:
        sent = {"Host": host, **{name.replace("_", "-"): value for name, value in headers.items()}}
        connection.request(method, path, body=body, headers=sent)
        answer = connection.getresponse()
        return answer.status, dict(answer.getheaders()), answer.read()
    finally:
        connection.close()


def test_the_feed_grows_with_the_clock(server: DemoServer, clock: VirtualClock) -> None:
    _, _, early = get(server, "baobanmai.example", "/rss/trang-chu.rss")
    clock.advance_to(at(20, 5, 30))
    _, _, late = get(server, "baobanmai.example", "/rss/trang-chu.rss")
    first = feeds.parse(early, "https://baobanmai.example/").entries
    assert [entry.title for entry in first] == [
        "Nước sông Kôn lên nhanh, nhiều xã hạ lưu bị ngập",
        "Các xã vùng trũng hạ lưu sông Kôn chuẩn bị ứng phó mưa lớn",
    ]
    assert first[0].published == at(17, 17, 20)
    assert len(feeds.parse(late, "https://baobanmai.example/").entries) > 15


def test_validators_give_304_until_something_changes(server: DemoServer, clock: VirtualClock) -> None:
    path = "/rss/trang-chu.rss"
    _, headers, _ = get(server, "baobanmai.example", path)
    for condition in ({"If_None_Match": headers["ETag"]}, {"If_Modified_Since": headers["Last-Modified"]}):
        status, _, body = get(server, "baobanmai.example", path, **condition)
        assert (status, body) == (304, b"")
    clock.advance_to(at(18, 12))
    for condition in ({"If_None_Match": headers["ETag"]}, {"If_Modified_Since": headers["Last-Modified"]}):
        assert get(server, "baobanmai.example", path, **condition)[0] == 200


def test_an_edited_article_shows_its_text_of_the_hour(server: DemoServer, clock: VirtualClock) -> None:
    entry = WORLD.entry("cd-cap-nhat-thiet-hai")
    shown = []
    for now in (at(18, 7), at(18, 10), at(18, 18), at(19, 9)):
        clock.advance_to(now)
        _, headers, body = get(server, "chuyendong.example", entry.path)
        shown.append((headers["ETag"], "2.800 nhà ngập" in body.decode(), "46 tỷ đồng" in body.decode()))
    assert len({tag for tag, _, _ in shown}) == 4
    assert [(old, new) for _, old, new in shown] == [(True, False), (False, False), (False, False), (False, True)]


def test_an_article_does_not_exist_before_and_is_gone_after(server: DemoServer, clock: VirtualClock) -> None:
    gone, missing = WORLD.entry("cd-xoa-tin-vo-dap"), WORLD.entry("lm-go-bai")
    assert get(server, "chuyendong.example", gone.path)[0] == 404
    clock.advance_to(at(18, 5))
    assert get(server, "chuyendong.example", gone.path)[0] == 200
    clock.advance_to(at(18, 8))
    assert get(server, "chuyendong.example", gone.path)[0] == 410
    get(server, "chuyendong.example", "/rss/tin-moi.rss")
    _, _, feed = get(server, "chuyendong.example", "/rss/tin-moi.rss")
    assert gone.path not in feed.decode()
    clock.advance_to(at(19, 10))
    assert get(server, "loimoi.example", missing.path)[0] == 200
    clock.advance_to(at(19, 18))
    assert get(server, "loimoi.example", missing.path)[0] == 404


def test_a_newcomer_meets_429_once_and_a_returning_client_never(server: DemoServer) -> None:
    status, headers, _ = get(server, "chuyendong.example", "/rss/tin-moi.rss")
    assert status == 429 and headers["Retry-After"] == "1"
    status, headers, _ = get(server, "chuyendong.example", "/rss/tin-moi.rss")
    assert status == 200
    with DemoServer(VirtualClock(at(17, 18))) as second:
        assert get(second, "chuyendong.example", "/rss/tin-moi.rss", If_None_Match=headers["ETag"])[0] == 304


def test_the_broken_feed_is_broken_and_still_readable(server: DemoServer, clock: VirtualClock) -> None:
    clock.advance_to(LAST)
    _, _, body = get(server, "dongxanh.example", "/rss/nong-thon.rss")
    feed = feeds.parse(body, "https://dongxanh.example/")
    assert feed.recovered
    assert len(feed.entries) == len(WORLD.of("dongxanh"))


def test_the_silent_site_hangs_up_from_its_hour_on(server: DemoServer, clock: VirtualClock) -> None:
    clock.advance_to(at(19, 5, 59))
    assert get(server, "cuabien.example", "/feed/")[0] == 200
    clock.advance_to(at(19, 6))
    for path in ("/feed/", "/robots.txt", WORLD.of("cuabien")[0].path):
        with pytest.raises(http.client.RemoteDisconnected):
            get(server, "cuabien.example", path)


def test_atom_sitemap_section_page_and_bulletin_feeds(server: DemoServer, clock: VirtualClock) -> None:
    clock.advance_to(LAST)
    _, _, atom = get(server, "sannha.example", "/atom.xml")
    assert len(feeds.parse(atom, "https://sannha.example/").entries) == len(WORLD.of("sannha"))
    _, _, index = get(server, "loimoi.example", "/sitemap.xml")
    places = sitemaps.parse(index).sitemaps
    _, _, news = get(server, "loimoi.example", places[-1].url.removeprefix("https://loimoi.example"))
    pages = sitemaps.parse(news).pages
    assert len(pages) == len(WORLD.of("loimoi")) - 1
    assert all(page.title and page.published for page in pages)
    for host, path in (("maiam", "/dia-phuong/"), ("hochua", "/thong-bao/")):
        _, _, page_body = get(server, f"{host}.example", path)
        found = lists.article_links(page_body, f"https://{host}.example{path}")
        assert {link.url for link in found} == {WORLD.url(entry) for entry in WORLD.of(host)}
    _, _, flood = get(server, "khituong.example", "/rss/lu-song-kon.rss")
    titles = [entry.title for entry in feeds.parse(flood, "https://khituong.example/").entries]
    assert len(titles) == 6 and titles[0].startswith("Tin cuối cùng về đợt lũ")


def test_robots_txt_speaks_of_delay_and_of_what_is_forbidden(server: DemoServer) -> None:
    assert b"Crawl-delay: 0.2" in get(server, "maiam.example", "/robots.txt")[2]
    assert b"Disallow: /tra-phi/" in get(server, "loimoi.example", "/robots.txt")[2]
    assert WORLD.entry("lm-tra-phi").path.startswith("/tra-phi/")


def test_the_scripted_site_shows_nothing_without_its_script(server: DemoServer, clock: VirtualClock) -> None:
    clock.advance_to(LAST)
    entry = WORLD.entry("tx-rung-dau-nguon")
    _, _, page = get(server, "tinxanh.example", entry.path)
    _, _, start = get(server, "tinxanh.example", "/moi-nhat/")
    assert "giữ rừng" not in page.decode().lower()
    assert lists.article_links(start, "https://tinxanh.example/moi-nhat/") == []
    _, _, data = get(server, "tinxanh.example", "/api/moi-nhat.json")
    assert len(json.loads(data)) == len(WORLD.of("tinxanh"))


def test_the_decomposed_article_is_served_as_nfd(server: DemoServer, clock: VirtualClock) -> None:
    clock.advance_to(at(18, 14))
    _, _, body = get(server, "cuabien.example", WORLD.entry("cb-bep-com").path)
    text = body.decode()
    assert not unicodedata.is_normalized("NFC", text) and unicodedata.is_normalized("NFD", text)


def test_the_forum_lists_threads_by_their_newest_post(server: DemoServer, clock: VirtualClock) -> None:
    clock.advance_to(at(19, 20, 10))
    _, _, page = get(server, "xomnho.example", "/forums/que-minh/")
    found = list(posts.threads(page.decode(), "https://xomnho.example/forums/que-minh/", {}))
    newest = WORLD.threads[WORLD.of("xomnho", clock.now())[-1].thread]
    assert found[0].endswith(newest.path)
    _, _, body = get(server, "xomnho.example", newest.path)
    shown = posts.thread(body.decode(), found[0], {}).posts
    expected = [entry for entry in WORLD.of("xomnho", clock.now()) if entry.thread == newest.key]
    assert [post.body for post in shown] == [entry.versions[0].body for entry in expected]
    assert [post.published for post in shown] == [entry.at for entry in expected]


def test_the_video_api_pages_and_answers_errors_as_the_platform_does(server: DemoServer, clock: VirtualClock) -> None:
    clock.advance_to(LAST)
    path = "/youtube/v3/commentThreads?part=snippet,replies&videoId=vQuyNhon3"
    found: list[posts.Post] = []
    token: str | None = ""
    while token is not None:
        _, _, body = get(server, "xemlang.example", path + (f"&pageToken={token}" if token else ""))
        page, token = posts.comments(body)
        found += page
    expected = {entry.key: entry for entry in WORLD.of("xemlang") if entry.thread == "vQuyNhon3"}
    # The reader drops markup, and with it the "</s>" of the hostile comment.
    assert {post.native_id: post.body for post in found} == {
        key: entry.versions[0].body.replace("</s> ", "") for key, entry in expected.items()
    }
    assert {post.parent for post in found if post.parent} == {"vc-qn-6"}
    status, _, body = get(server, "xemlang.example", "/youtube/v3/commentThreads?part=snippet&videoId=nothing")
    assert status == 404
    with pytest.raises(Unreadable):
        posts.comments(body)
    assert get(server, "xemlang.example", "/youtube/v3/commentThreads?videoId=vQuyNhon3")[0] == 400
    assert get(server, "xemlang.example", f"{path}&pageToken=x")[0] == 400


def test_hosts_by_header_by_proxy_line_and_by_localhost_name(server: DemoServer) -> None:
    assert get(server, "baobanmai.example", "/")[0] == 200
    assert get(server, "localhost", "http://baobanmai.example/")[0] == 200
    assert get(server, f"baobanmai.localhost:{server.port}", "/")[0] == 200
    assert get(server, "nobody.example", "/")[0] == 421
    assert f"baobanmai.example=127.0.0.1:{server.port}" in server.allow_hosts
    assert not any("nhaptay" in route for route in server.allow_hosts)


def test_the_clock_is_read_and_moved_but_never_back(server: DemoServer, clock: VirtualClock) -> None:
    assert get(server, "127.0.0.1", "/_clock", "PUT", "2026-11-19T12:00+07:00")[0] == 200
    assert clock.now() == at(19, 12)
    get(server, "127.0.0.1", "/_clock", "PUT", "2026-11-18T12:00+07:00")
    _, headers, body = get(server, "127.0.0.1", "/_clock")
    assert json.loads(body) == {"now": clock.now().isoformat()} and clock.now() == at(19, 12)
    assert headers["Date"] == "Thu, 19 Nov 2026 05:00:00 GMT"
    assert get(server, "127.0.0.1", "/_clock", "PUT", "tomorrow")[0] == 400
    assert get(server, "baobanmai.example", "/_clock")[0] == 404
