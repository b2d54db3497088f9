"""The stage against a real server: what is stored, how politely it was asked for, what happens the next time."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from crawlers import collect
from crawlers.politeness import Gate
from crawlers.spiders.import_file import rows_done
from provinces.types import Access, SourceKind
from records.errors import DiskFull, RecordsBusy
from records.evidence import EvidenceArchive
from records.store import Records
from records.types import BodyKind, Channel, Precision
from tests.crawlers.conftest import FEED, HOSTS, NOW, Asked, Reply, Stage, Web, entry, page, rss, source

HOME = "https://bao.example/rss/home.rss"


def serve(web: Web, *numbers: int, **more: Any) -> None:
    """Serve a feed of numbered entries with their article pages."""
    web.routes["/rss/home.rss"] = Reply(rss(*(entry(number) for number in numbers)), kind=FEED, **more)
    for number in numbers:
        web.routes[f"/tin-{number}.html"] = Reply(page(entry(number)["title"]), headers={"ETag": f'"{number}"'})


def test_a_feed_becomes_full_articles_with_evidence(stage: Stage) -> None:
    serve(stage.web, 1, 2)
    report = stage.collect(source(HOME))
    first, second = stage.items()
    assert (report.counts["new"], report.counts["polls_ok"], report.counts["articles_ok"]) == (2, 1, 2)
    assert first.url == "https://bao.example/tin-1.html"
    assert (first.title, first.body_kind, first.channel) == (entry(1)["title"], BodyKind.FULL, Channel.PRESS)
    assert first.published_at == datetime(2026, 11, 19, 0, 30, tzinfo=UTC)
    assert (first.published_precision, first.collected_at, first.source_id) == (Precision.MINUTE, NOW, "bao.chinh")
    assert "dân quân" in first.body
    assert first.evidence is not None and second.evidence is not None
    kept = stage.records.evidence.read(first.evidence)
    assert kept.url == first.url and hashlib.sha256(kept.body).hexdigest() == first.evidence.sha256
    assert stage.health() == {"ok": 1}


def test_requests_say_who_we_are_and_robots_come_first(stage: Stage) -> None:
    serve(stage.web, 1)
    stage.collect(source(HOME), contact="lienhe@tinh.example")
    assert stage.web.asked[0].path == "/robots.txt"
    assert [one.path for one in stage.web.asked].count("/robots.txt") == 1
    for one in stage.web.asked:
        assert one.headers["User-Agent"].startswith("LangNghe/")
        assert "lienhe@tinh.example" in one.headers["User-Agent"]
        assert one.host == "bao.example"
        assert "Cookie" not in one.headers and "Referer" not in one.headers


def test_nothing_is_due_twice_and_a_304_reads_nothing(stage: Stage) -> None:
    serve(stage.web, 1, headers={"ETag": '"eins"', "Last-Modified": "Thu, 19 Nov 2026 00:00:00 GMT"})
    stage.collect(source(HOME))
    before = len(stage.web.asked)
    assert stage.collect(source(HOME)).counts == {}
    assert len(stage.web.asked) == before

    def conditional(asked: Asked) -> Reply:
        assert asked.headers["If-None-Match"] == '"eins"'
        assert asked.headers["If-Modified-Since"] == "Thu, 19 Nov 2026 00:00:00 GMT"
        return Reply(status=304)

    stage.web.routes["/rss/home.rss"] = conditional
    stage.clock.advance(timedelta(minutes=31))
    report = stage.collect(source(HOME))
    assert report.counts["polls_not_modified"] == 1
    assert stage.health() == {"ok": 1, "not_modified": 1}


def test_a_known_article_is_not_fetched_again_by_the_next_poll(stage: Stage) -> None:
    serve(stage.web, 1)
    stage.collect(source(HOME))
    serve(stage.web, 1, 2)
    stage.clock.advance(timedelta(minutes=31))
    report = stage.collect(source(HOME))
    assert report.counts["new"] == 1
    assert stage.web.paths().count("/tin-1.html") == 1


def test_an_edited_article_is_a_new_version_five_times(stage: Stage) -> None:
    serve(stage.web, 1)
    stage.collect(source(HOME))
    for number in range(1, 6):
        stage.clock.advance(timedelta(hours=7 * number))
        edited = entry(1, **{"atom:updated": stage.clock.now().isoformat()})
        stage.web.routes["/rss/home.rss"] = Reply(
            rss(edited).replace("<rss ", '<rss xmlns:atom="http://www.w3.org/2005/Atom" '), kind=FEED
        )
        stage.web.routes["/tin-1.html"] = Reply(page(f"Xã Bình Khê thông đường số 1 (cập nhật lần {number})"))
        assert stage.collect(source(HOME)).counts["changed"] == 1
    (item,) = stage.items()
    assert item.version == 6
    with stage.records.read() as tx:
        assert len({old.title for old in tx.items.versions(item.item_id)}) == 6


def test_a_withdrawn_article_keeps_its_text(stage: Stage) -> None:
    serve(stage.web, 1)
    stage.collect(source(HOME))
    stage.web.routes["/tin-1.html"] = Reply("Bài đã gỡ", 410)
    stage.clock.advance(timedelta(minutes=61))
    report = stage.collect(source(HOME))
    (item,) = stage.items()
    assert report.counts["withdrawn"] == 1
    assert item.withdrawn_at == stage.clock.now()
    assert item.body_kind is BodyKind.FULL and "dân quân" in item.body


@pytest.mark.parametrize(
    ("reply", "counted"),
    [
        (Reply(status=403), "articles_blocked"),
        (Reply(status=404), "articles_gone"),
        (Reply("lỗi", status=500), "articles_http_5xx"),
        (Reply(page("x" * 20), wait_s=1.5), "articles_timeout"),
        (Reply(status=302, headers={"Location": "/tin-1.html"}), "articles_redirect_loop"),
        (
            Reply(status=302, headers={"Location": "http://169.254.169.254/latest/meta-data/"}),
            "articles_refused_address",
        ),
    ],
)
def test_an_article_that_cannot_be_had_is_title_and_lead(
    stage: Stage, reply: Reply, counted: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crawlers.settings.TIMEOUT_S", 1)
    serve(stage.web, 1)
    stage.web.routes["/tin-1.html"] = reply
    report = stage.collect(source(HOME))
    (item,) = stage.items()
    assert report.counts[counted] == 1
    assert report.counts["polls_ok"] == 1
    assert (item.body_kind, item.flags) == (BodyKind.LEAD, ("article_missing",))
    assert item.title == entry(1)["title"] and item.lead == entry(1)["description"]
    assert item.published_at == datetime(2026, 11, 19, 0, 30, tzinfo=UTC)
    assert item.evidence is not None
    assert b"<rss" in stage.records.evidence.read(item.evidence).body


def test_a_second_try_turns_the_lead_into_the_article(stage: Stage) -> None:
    serve(stage.web, 1)
    stage.web.routes["/tin-1.html"] = Reply(status=500)
    stage.collect(source(HOME))
    serve(stage.web, 1)
    stage.clock.advance(timedelta(minutes=31))
    assert stage.collect(source(HOME)).counts["changed"] == 1
    (item,) = stage.items()
    assert (item.body_kind, item.flags, item.version) == (BodyKind.FULL, (), 2)


def test_robots_txt_is_obeyed_and_named(stage: Stage) -> None:
    serve(stage.web, 1, 2)
    stage.web.routes["/robots.txt"] = Reply("User-agent: LangNghe\nDisallow: /tin-1\n", kind="text/plain")
    report = stage.collect(source(HOME))
    assert "/tin-1.html" not in stage.web.paths()
    assert [item.body_kind for item in stage.items()] == [BodyKind.LEAD, BodyKind.FULL]
    assert report.counts["articles_robots_denied"] == 1
    stage.web.routes["/robots.txt"] = Reply("User-agent: *\nDisallow: /\n", kind="text/plain")
    stage.clock.advance(timedelta(minutes=31))
    report = stage.collect(source(HOME))
    assert report.counts["polls_robots_denied"] == 1
    assert [(row.subject_id, row.reason) for row in stage.quarantined()] == [("bao.chinh", "robots_denied")]


@pytest.mark.parametrize(("status", "allowed"), [(404, True), (403, True), (500, False), (503, False)])
def test_a_robots_txt_that_fails_on_the_server_forbids(
    stage: Stage, status: int, allowed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crawlers.politeness.BACKOFF_S", 1.0)
    serve(stage.web, 1)
    stage.web.routes["/robots.txt"] = Reply("", status, headers={"Retry-After": "1"})
    stage.collect(source(HOME))
    assert bool(stage.items()) is allowed


def test_crawl_delay_spaces_the_requests(stage: Stage) -> None:
    serve(stage.web, 1, 2)
    stage.web.routes["/robots.txt"] = Reply("User-agent: *\nCrawl-delay: 0.4\n", kind="text/plain")
    stage.collect(source(HOME))
    times = [one.at for one in stage.web.asked if one.path != "/robots.txt"]
    gaps = [later - earlier for earlier, later in pairwise(times)]
    assert len(gaps) == 2 and min(gaps) > 0.35


def test_spacing_holds_across_sources_and_kinds(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    serve(stage.web, 1)
    monkeypatch.setattr(collect, "Gate", lambda *_, **__: Gate(0.3))
    stage.collect(
        source(HOME),
        source("https://bao.example/thoi-su/", Access.SECTION, source_id="bao.muc"),
        source("https://bao.example/sitemap.xml", Access.SITEMAP, source_id="bao.so-do"),
    )
    times = sorted(one.at for one in stage.web.asked)
    assert len(times) == 5
    assert min(later - earlier for earlier, later in pairwise(times)) > 0.25


def test_never_more_than_four_at_once(stage: Stage) -> None:
    serve(stage.web, *range(12))
    for number in range(12):
        stage.web.routes[f"/tin-{number}.html"] = Reply(page(entry(number)["title"]), wait_s=0.1)
    stage.collect(source(HOME))
    assert len(stage.items()) == 12
    assert 2 <= stage.web.most_at_once <= 4


def test_429_waits_as_long_as_asked_then_works(stage: Stage) -> None:
    serve(stage.web, 1)
    answers = [Reply(status=429, headers={"Retry-After": "1"}), Reply(rss(entry(1)), kind=FEED)]
    stage.web.routes["/rss/home.rss"] = lambda _: answers.pop(0)
    report = stage.collect(source(HOME))
    polls = [one.at for one in stage.web.asked if one.path == "/rss/home.rss"]
    assert polls[1] - polls[0] >= 1
    assert report.counts["polls_ok"] == 1


def test_429_for_an_hour_is_polled_again_after_that_hour(stage: Stage) -> None:
    stage.web.routes["/rss/home.rss"] = Reply(status=429, headers={"Retry-After": "7200"})
    started = time.monotonic()
    report = stage.collect(source(HOME))
    assert time.monotonic() - started < 5
    assert (report.counts["retry"], report.reasons["blocked"]) == (1, 1)
    with stage.records.read() as tx:
        state = tx.sources.get("bao.chinh", HOME)
    assert state is not None and state.next_at is not None
    assert state.next_at - NOW >= timedelta(seconds=7190)


def test_one_bad_source_stops_nobody(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    serve(stage.web, 1)
    stage.web.routes["bao2.example/rss"] = Reply("<html>Bảo trì</html>")

    def broken(*_: object) -> None:
        raise RuntimeError("a fault of ours")

    monkeypatch.setattr("crawlers.spiders.section.article_links", broken)
    report = stage.collect(
        source("https://bao2.example/rss", source_id="bao2"),
        source("https://bao.example/muc/", Access.SECTION, source_id="muc"),
        source("http://127.0.0.1:1/rss", source_id="trong-nha"),
        source(HOME),
    )
    assert len(stage.items()) == 1
    assert report.counts["polls_html_for_feed"] == 1
    assert report.counts["polls_refused_address"] == 1
    assert {(row.subject_id, row.reason) for row in stage.quarantined()} >= {
        ("bao2", "html_for_feed"),
        ("trong-nha", "refused_address"),
    }


def test_a_repaired_source_leaves_quarantine(stage: Stage) -> None:
    stage.web.routes["/rss/home.rss"] = Reply("<html>Bảo trì</html>")
    stage.collect(source(HOME))
    assert [row.reason for row in stage.quarantined()] == ["html_for_feed"]
    serve(stage.web, 1)
    stage.clock.advance(timedelta(hours=2))
    stage.collect(source(HOME))
    assert stage.quarantined() == []


def test_killed_sources_and_expired_ones_are_not_asked(stage: Stage) -> None:
    serve(stage.web, 1)
    stage.collect(
        source(HOME, kill=True),
        source(HOME, source_id="cu", valid_to=(NOW - timedelta(days=2)).date()),
        source(HOME, source_id="moi", valid_from=(NOW + timedelta(days=2)).date()),
    )
    assert stage.web.asked == []


def test_a_redirect_makes_an_alias_and_a_foreign_canonical_is_not_believed(stage: Stage) -> None:
    stage.web.routes["/rss/home.rss"] = Reply(rss(entry(1), entry(2)), kind=FEED)
    stage.web.routes["/tin-1.html"] = Reply(
        status=301, headers={"Location": "https://bao.example/moi/tin-1.html?utm_source=rss"}
    )
    stage.web.routes["/moi/tin-1.html?utm_source=rss"] = Reply(page("Xã Bình Khê thông đường số một"))
    stage.web.routes["/tin-2.html"] = Reply(
        page("Xã Bình Khê thông đường số hai", canonical="https://bao2.example/goc.html")
    )
    stage.collect(source(HOME))
    assert [item.url for item in stage.items()] == [
        "https://bao.example/moi/tin-1.html",
        "https://bao.example/tin-2.html",
    ]
    with stage.records.read() as tx:
        assert tx.items.find("https://bao.example/tin-1.html") == tx.items.find("https://bao.example/moi/tin-1.html")


def test_a_redirect_into_the_own_network_is_refused_after_dns_too(stage: Stage) -> None:
    stage.web.routes["/rss/home.rss"] = Reply(
        status=302, headers={"Location": f"http://localhost:{stage.web.port}/trong"}
    )
    report = stage.collect(source(HOME))
    assert report.counts["polls_refused_address"] == 1
    assert "/trong" not in stage.web.paths()


def test_press_numbers_of_private_persons_are_masked_and_duty_lines_stay(stage: Stage) -> None:
    serve(stage.web, 1)
    body = "Ai bị lừa xin gọi chị bán hàng số 0900 000 321.\nĐường dây nóng của xã: 0256 000 1111."
    stage.web.routes["/tin-1.html"] = Reply(page("Cảnh báo giả danh nhân viên điện lực", body=body))
    stage.collect(source(HOME))
    (item,) = stage.items()
    assert "0900 000 321" not in item.body and "[PHONE:1]" in item.body
    assert "0256 000 1111" in item.body


def test_official_bulletins_supersede_each_other(stage: Stage) -> None:
    serve(stage.web, 1, 2)
    stage.collect(source(HOME, kind=SourceKind.OFFICIAL, options={"bulletin": "lu-song-kon", "valid_hours": "6"}))
    with stage.records.read() as tx:
        (newest,) = tx.items.bulletins(stage.clock.now())
    assert newest.channel is Channel.OFFICIAL
    assert newest.valid_until == NOW + timedelta(hours=6)


def test_sitemap_index_with_gzip_and_old_pages(stage: Stage) -> None:
    index = "<sitemapindex><sitemap><loc>https://bao.example/s1.xml.gz</loc></sitemap></sitemapindex>"
    pages = (
        '<urlset xmlns:n="http://www.google.com/schemas/sitemap-news/0.9">'
        "<url><loc>https://bao.example/tin-1.html</loc><n:news>"
        "<n:publication_date>2026-11-19T07:30:00+07:00</n:publication_date>"
        "<n:title>Xã Bình Khê thông đường</n:title></n:news></url>"
        "<url><loc>https://bao.example/cu.html</loc><lastmod>2024-01-01</lastmod></url></urlset>"
    )
    serve(stage.web, 1)
    stage.web.routes["/sitemap.xml"] = Reply(index, kind="application/xml")
    stage.web.routes["/s1.xml.gz"] = Reply(gzip.compress(pages.encode()), kind="application/x-gzip")
    stage.collect(source("https://bao.example/sitemap.xml", Access.SITEMAP))
    assert [item.url for item in stage.items()] == ["https://bao.example/tin-1.html"]
    assert "/cu.html" not in stage.web.paths()


def test_section_page(stage: Stage) -> None:
    links = "".join(
        f'<h3><a href="/xa-binh-khe-thong-duong-{n}.html">{entry(n)["title"]} ngày 19 tháng 11</a></h3>'
        for n in (100001, 100002)
    )
    for n in (100001, 100002):
        stage.web.routes[f"/xa-binh-khe-thong-duong-{n}.html"] = Reply(page(entry(n)["title"]))
    stage.web.routes["/thoi-su/"] = Reply(f"<html><body>{links}</body></html>")
    stage.collect(source("https://bao.example/thoi-su/", Access.SECTION))
    assert [item.body_kind for item in stage.items()] == [BodyKind.FULL, BodyKind.FULL]


def forum_page(*posts: tuple[int, str, str], title: str = "Đường liên xã hư") -> str:
    rows = "".join(
        f'<article class="message" data-content="post-{number}" data-author="{nick}"><div class="message-attribution">'
        f'<time datetime="2026-11-19T0{number}:00:00+07:00"></time></div><div class="message-body"><div class="bbWrapper">'
        f"<blockquote>người khác nói</blockquote>{words}</div></div></article>"
        for number, nick, words in posts
    )
    return f'<html><body><h1 class="p-title-value">{title}</h1>{rows}</body></html>'


def test_forum_posts_hold_no_poster(stage: Stage) -> None:
    board = (
        '<div class="structItem structItem--thread"><div class="structItem-title"><a href="/threads/duong-hu.7/">Đường liên xã hư'
        '</a></div><time class="structItem-latestDate" datetime="2026-11-19T08:00:00+07:00"></time></div>'
    )
    stage.web.routes["/forums/que/"] = Reply(board)
    stage.web.routes["/threads/duong-hu.7/"] = Reply(
        forum_page((1, "Cò Lả", "Đường hư quá<br>ai sửa giùm"), (2, "be_ot", "Đồng ý với @colả, gọi 0900 000 111 nha"))
    )
    social = source("https://dien-dan.example/forums/que/", Access.FORUM, kind=SourceKind.SOCIAL, outlet="dien-dan")
    report = stage.collect(social)
    with stage.records.read() as tx:
        first, second = sorted(tx.items.scan(), key=lambda item: item.published_at or NOW)
    assert report.counts["new"] == 2
    assert (first.title, first.body) == ("Đường liên xã hư", "Đường hư quá\nai sửa giùm")
    assert (second.title, second.parent_id) == ("", first.item_id)
    assert "@colả" not in second.body and "0900" not in second.body
    assert first.evidence is None and first.poster_hash and first.poster_hash != second.poster_hash
    folder = Path(stage.records.folder.root)
    for file in folder.rglob("*"):
        if file.is_file():
            assert "Cò Lả".encode() not in file.read_bytes() and b"be_ot" not in file.read_bytes(), file
    # Without a newer post the thread is not opened again.
    stage.clock.advance(timedelta(hours=2))
    stage.collect(social)
    assert stage.web.paths("dien-dan.example").count("/threads/duong-hu.7/") == 1


def comment(key: str, words: str) -> dict[str, Any]:
    snippet = {
        "videoId": "v1",
        "textDisplay": words,
        "authorDisplayName": "@nguoixem",
        "authorChannelId": {"value": "UCnguoixem"},
        "likeCount": 3,
        "publishedAt": "2026-11-19T01:00:00Z",
    }
    return {"id": key, "snippet": snippet}


def test_video_comments_page_through_and_keep_the_key_out_of_urls(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KHOA_THU", "bi-mat-cua-may")
    one = {
        "snippet": {"topLevelComment": comment("c1", "Cầu xong rồi <br> mừng quá")},
        "replies": {"comments": [comment("c1.r1", "Đúng đó")]},
    }
    two = {"snippet": {"topLevelComment": comment("c2", "Chưa thấy đèn đường")}}
    query = "part=snippet%2Creplies&order=time&maxResults=100&videoId=v1"
    stage.web.routes[f"/api?{query}"] = Reply(
        json.dumps({"items": [one], "nextPageToken": "p2"}), kind="application/json"
    )
    stage.web.routes[f"/api?{query}&pageToken=p2"] = Reply(json.dumps({"items": [two]}), kind="application/json")
    social = source(
        "https://video.example/api",
        Access.VIDEO_COMMENTS,
        kind=SourceKind.SOCIAL,
        outlet="video",
        options={"videos": "v1", "key_env": "KHOA_THU", "watch": "https://video.example/xem"},
    )
    report = stage.collect(social)
    assert report.counts["new"] == 3
    items = {item.body: item for item in stage.items()}
    assert set(items) == {"Cầu xong rồi\nmừng quá", "Đúng đó", "Chưa thấy đèn đường"}
    assert items["Đúng đó"].parent_id == items["Cầu xong rồi\nmừng quá"].item_id
    assert items["Đúng đó"].engagement.reactions == 3
    assert items["Đúng đó"].url == "https://video.example/xem?lc=c1.r1&v=v1"
    assert all("nguoixem" not in (item.url or "") for item in stage.items())
    assert all(one.headers.get("X-Goog-Api-Key") == "bi-mat-cua-may" for one in stage.web.asked)
    assert all("bi-mat" not in one.path for one in stage.web.asked)


@pytest.mark.parametrize(
    ("status", "reason", "outcome"),
    [
        (403, "quotaExceeded", "api_quota"),
        (429, "rateLimitExceeded", "api_quota"),
        (403, "commentsDisabled", "api_error"),
    ],
)
def test_api_errors_are_named(stage: Stage, status: int, reason: str, outcome: str) -> None:
    error = {"error": {"code": status, "errors": [{"reason": reason}]}}
    stage.web.routes["/api?videoId=v1"] = Reply(json.dumps(error), status, "application/json", {"Retry-After": "1"})
    report = stage.collect(
        source("https://video.example/api?videoId=v1", Access.VIDEO_COMMENTS, kind=SourceKind.SOCIAL)
    )
    assert report.counts[f"polls_{outcome}"] == 1


def test_one_closed_video_hides_none_of_the_others(stage: Stage) -> None:
    gone = {"error": {"code": 404, "errors": [{"reason": "videoNotFound"}]}}
    query = "part=snippet%2Creplies&order=time&maxResults=100&videoId="
    stage.web.routes[f"/api?{query}v1"] = Reply(json.dumps(gone), 404, "application/json")
    stage.web.routes[f"/api?{query}v3"] = stage.web.routes[f"/api?{query}v1"]
    top = {"snippet": {"topLevelComment": comment("c2", "Chưa thấy đèn đường")}}
    stage.web.routes[f"/api?{query}v2"] = Reply(json.dumps({"items": [top]}), kind="application/json")
    options = {"videos": "v1, v2,v3"}
    social = source("https://video.example/api", Access.VIDEO_COMMENTS, kind=SourceKind.SOCIAL, options=options)
    report = stage.collect(social)
    assert (report.counts["new"], report.counts["videos_unavailable"], report.counts["polls_ok"]) == (1, 2, 1)


def test_import_files_take_good_rows_and_set_bad_ones_aside(stage: Stage, tmp_path: Path) -> None:
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    file = inbox / "bai-dang.csv"
    file.write_text(
        "text,url,id,platform,seen\n"
        "Loa phường nhỏ quá,https://www.facebook.com/groups/que/posts/1,1,facebook,2026-11-19T07:00\n"
        "MẬT,https://www.facebook.com/groups/que/posts/2,2,facebook,\n"
        "Không có nguồn,,3,facebook,\n",
        encoding="utf-8",
    )
    imported = source("*.csv", Access.IMPORT, kind=SourceKind.SOCIAL)
    report = stage.collect(imported, inbox=inbox)
    assert [item.title or item.body for item in stage.items()] == ["Loa phường nhỏ quá"]
    assert {(row.subject_id, row.reason) for row in stage.quarantined()} == {
        ("bai-dang.csv:3", "secrecy_mark"),
        ("bai-dang.csv:4", "bad_import"),
    }
    assert report.counts["quarantine"] == 2
    # The words of residents do not stay behind; what was done is counted without them.
    assert [path.name for path in inbox.iterdir()] == ["bai-dang.csv.done"]
    assert json.loads((inbox / "bai-dang.csv.done").read_text()) == {"rows": 3, "secrecy_mark": 1, "bad_import": 1}
    stage.clock.advance(timedelta(hours=2))
    assert stage.collect(imported, inbox=inbox).counts["polls_not_modified"] == 1
    assert rows_done(file) == 3
    file.write_text("text,where\nĐường đã thông,Đài PTTH\n", encoding="utf-8")
    stage.clock.advance(timedelta(hours=2))
    assert stage.collect(imported, inbox=inbox).counts["new"] == 1
    assert (rows_done(file), file.exists()) == (4, False)
    outside = source("../data/*.sqlite", Access.IMPORT, source_id="ngoai")
    assert stage.collect(outside, inbox=inbox).counts["new"] == 0


def test_a_broken_import_file_stays_until_it_is_mended(stage: Stage, tmp_path: Path) -> None:
    file = tmp_path / "bai-dang.csv"
    file.write_text("text,where\nĐường đã thông,Đài PTTH\nthừa,một,trường\n", encoding="utf-8")
    imported = source("*.csv", Access.IMPORT, kind=SourceKind.SOCIAL)
    report = stage.collect(imported, inbox=tmp_path)
    assert (report.counts["new"], report.reasons["bad_import"]) == (1, 1)
    assert [path.name for path in tmp_path.glob("bai-dang*")] == ["bai-dang.csv"]
    file.write_text("text,where\nĐường đã thông,Đài PTTH\nCầu cũng đã thông,Đài PTTH\n", encoding="utf-8")
    stage.clock.advance(timedelta(days=1))
    report = stage.collect(imported, inbox=tmp_path)
    assert (report.counts["new"], report.counts["unchanged"]) == (1, 1)
    assert [path.name for path in tmp_path.glob("bai-dang*")] == ["bai-dang.csv.done"]


def test_a_file_that_cannot_be_stored_is_not_deleted(
    stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "bai-dang.csv"
    file.write_text("text,where\nĐường đã thông,Đài PTTH\n", encoding="utf-8")

    def full(*_: object) -> None:
        raise DiskFull("no space")

    monkeypatch.setattr("crawlers.sink.Sink.flush", full)
    with pytest.raises(DiskFull):
        stage.collect(source("*.csv", Access.IMPORT, kind=SourceKind.SOCIAL), inbox=tmp_path)
    assert file.exists()


def test_a_flood_is_stored_at_once_and_fetched_over_several_runs(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crawlers.polls.MAX_ARTICLES", 3)
    monkeypatch.setattr("crawlers.collect.MAX_ARTICLES", 3)
    serve(stage.web, *range(7), headers={"ETag": '"lu"'})
    stage.collect(source(HOME))
    kinds = [item.body_kind for item in stage.items()]
    assert (kinds.count(BodyKind.FULL), kinds.count(BodyKind.LEAD)) == (3, 4)
    assert {item.flags for item in stage.items() if item.body_kind is BodyKind.LEAD} == {("article_pending",)}
    for _ in range(2):
        stage.clock.advance(timedelta(minutes=11))
        stage.collect(source(HOME))
    assert {item.body_kind for item in stage.items()} == {BodyKind.FULL}


CHILD = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from crawlers import collect
from crawlers import collect
from crawlers.politeness import Gate
from crawlers.spiders.import_file import rows_done
from provinces.types import Access, Source, SourceKind
from records.clock import VirtualClock
from records.errors import DiskFull, RecordsBusy
from records.evidence import EvidenceArchive
from records.store import Records
source = Source(source_id="bao.chinh", outlet="bao", name="Báo", kind=SourceKind.PRESS_IN, access=Access.FEED, url=sys.argv[2])
with Records.open(Path(sys.argv[1])) as records:
    collect.run(records, None, VirtualClock(datetime.fromisoformat(sys.argv[3])), sources=[source], allow_hosts=[sys.argv[4]])
"""


def test_a_killed_run_continues(tmp_path: Path, web: Web) -> None:
    serve(web, *range(14), headers={"ETag": '"x"'})
    for number in range(4, 14):
        web.routes[f"/tin-{number}.html"] = Reply(page(entry(number)["title"]), wait_s=0.5)
    data = tmp_path / "data"
    Records.open(data).close()
    arguments = [sys.executable, "-c", CHILD, str(data), HOME, NOW.isoformat(), f"bao.example=127.0.0.1:{web.port}"]
    child = subprocess.Popen(arguments, cwd=Path(__file__).resolve().parents[2])
    while len(web.paths()) < 8 and child.poll() is None:
        time.sleep(0.02)
    os.kill(child.pid, signal.SIGKILL)
    child.wait()
    for number in range(4, 14):
        web.routes[f"/tin-{number}.html"] = Reply(page(entry(number)["title"]))
    subprocess.run(arguments, check=True, cwd=Path(__file__).resolve().parents[2])
    with Records.open(data) as records, records.read() as tx:
        items = tx.items.scan()
    assert len(items) == 14
    assert {item.body_kind for item in items} == {BodyKind.FULL}
    assert {item.version for item in items} == {1}


@pytest.mark.parametrize("where", ["database", "evidence"])
def test_a_full_disk_or_locked_database_stops_the_run_and_loses_nothing(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    serve(stage.web, *range(8), headers={"ETag": '"x"'})
    monkeypatch.setattr("crawlers.sink.BATCH", 3)
    real_begin, real_write, calls = Records.begin, EvidenceArchive.write, iter(range(100))

    def locked(self: Records) -> Any:
        if next(calls) == 1:
            raise RecordsBusy("another process holds the lock")
        return real_begin(self)

    def full(self: EvidenceArchive, *arguments: Any, **more: Any) -> Any:
        if next(calls) >= 4:
            raise DiskFull("no space left")
        return real_write(self, *arguments, **more)

    if where == "database":
        monkeypatch.setattr(Records, "begin", locked)
    else:
        monkeypatch.setattr(EvidenceArchive, "write", full)
    with pytest.raises(RecordsBusy if where == "database" else DiskFull):
        stage.collect(source(HOME))
    assert len(stage.items()) < 8
    monkeypatch.undo()
    stage.collect(source(HOME))
    assert {item.body_kind for item in stage.items()} == {BodyKind.FULL}
    assert [item.version for item in stage.items()] == [1] * 8


def test_one_article_by_its_address(stage: Stage) -> None:
    serve(stage.web, 1)
    report = collect.fetch(
        stage.records, stage.clock, source(""), "https://bao.example/tin-1.html", allow_hosts=stage.web.allow_hosts
    )
    assert report.counts["new"] == 1
    assert stage.items()[0].url == "https://bao.example/tin-1.html"


def test_all_hosts_of_the_test_web_are_invented() -> None:
    assert all(host.endswith(".example") for host in HOSTS)
