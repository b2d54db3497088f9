"""Feeds as publishers really write them."""

from __future__ import annotations

import gzip
import time
import unicodedata
from datetime import UTC, datetime
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator

from crawlers import feeds, sitemaps
from crawlers.errors import Unreadable

URL = "https://bao.example/rss/home.rss"


def document(*items: str, head: str = '<?xml version="1.0" encoding="utf-8"?>') -> bytes:
    return f'{head}<rss version="2.0"><channel><title>Báo Thử</title>{"".join(items)}</channel></rss>'.encode()


def item(title: str = "Nước rút ở Tuy Phước", link: str = "https://bao.example/a-1.html", more: str = "") -> str:
    return f"<item><title>{title}</title><link>{link}</link>{more}</item>"


def test_rss_with_markup_in_cdata() -> None:
    more = (
        "<description><![CDATA[<a href='x'><img src='y.jpg'/></a></br>Chiều 19/11, nước đã rút &amp; đường thông.]]>"
        "</description><pubDate>Thu, 19 Nov 2026 07:30:00 +0700</pubDate><guid>bao-1</guid><category>Thời sự</category>"
    )
    (found,) = feeds.parse(document(item(more=more)), URL).entries
    assert found.title == "Nước rút ở Tuy Phước"
    assert found.summary == "Chiều 19/11, nước đã rút & đường thông."
    assert found.published == datetime(2026, 11, 19, 0, 30, tzinfo=UTC)
    assert (found.guid, found.section) == ("bao-1", "Thời sự")


def test_atom() -> None:
    body = """<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>Thể thao</title>
    <entry><title type="html">Đội bóng &lt;b&gt;phố núi&lt;/b&gt; thắng</title><link rel="edit" href="/sua/1"/>
    <link href="/bong-da-1.html"/><id>tag:1</id><updated>2026-11-19T09:00:00Z</updated>
    <published>2026-11-19T08:00:00+07:00</published><summary>Trận đấu tối qua</summary></entry></feed>"""
    (found,) = feeds.parse(body.encode(), URL).entries
    assert found.url == "https://bao.example/bong-da-1.html"
    assert found.title == "Đội bóng phố núi thắng"
    assert found.published == datetime(2026, 11, 19, 1, 0, tzinfo=UTC)
    assert found.updated == datetime(2026, 11, 19, 9, 0, tzinfo=UTC)


def test_rdf() -> None:
    body = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
    xmlns:dc="http://purl.org/dc/elements/1.1/"><item rdf:about="x"><title>Giá cà phê tăng</title>
    <link>https://bao.example/ca-phe.html</link><dc:date>2026-11-18T20:15:00+07:00</dc:date></item></rdf:RDF>"""
    (found,) = feeds.parse(body.encode(), URL).entries
    assert found.published == datetime(2026, 11, 18, 13, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    ("written", "hour_utc"),
    [
        ("Thu, 19 Nov 2026 07:30:00 GMT+7", 0),
        ("Thu, 19 Nov 2026 07:30:00", 0),
        ("2026-11-19 07:30:00", 0),
        ("2026-11-19T07:30:00+07:00", 0),
        ("19/11/2026 07:30", 0),
        ("19/11/2026 7:30:00 SA", 0),
        ("19/11/2026 2:30:00 CH", 7),
        ("07:30 19/11/2026", 0),
        ("Thu, 19 Nov 2026 07:30:00 +0000", 7),
    ],
)
def test_dates_without_zone_are_vietnam_time(written: str, hour_utc: int) -> None:
    (found,) = feeds.parse(document(item(more=f"<pubDate>{written}</pubDate>")), URL).entries
    assert found.published is not None
    assert found.published.astimezone(UTC) == datetime(2026, 11, 19, hour_utc, 30, tzinfo=UTC)


@pytest.mark.parametrize("written", ["", "hôm qua", "32/13/2026", "Thu, 99 Nov 2026", "0000-00-00T00:00:00"])
def test_unreadable_date_is_no_date(written: str) -> None:
    (found,) = feeds.parse(document(item(more=f"<pubDate>{written}</pubDate>")), URL).entries
    assert found.published is None


def test_broken_xml_is_read_as_far_as_it_goes() -> None:
    body = document(item()).replace(b"</channel></rss>", "<item><title>Cắt ngang & không đóng".encode())
    found = feeds.parse(body, URL)
    assert found.recovered
    assert [one.title for one in found.entries] == ["Nước rút ở Tuy Phước"]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "empty_body"),
        (b" \n\t", "empty_body"),
        (b"<!DOCTYPE html><html><body>Trang bao tri</body></html>", "html_for_feed"),
        (b"\xef\xbb\xbf\n <HTML><head></head></HTML>", "html_for_feed"),
        (b"this is not xml at all", "broken_xml"),
        (b'{"error": "not found"}', "broken_xml"),
        (b"<rss><channel><item", "broken_xml"),
        (gzip.compress(b"\0" * 50_000_000, mtime=0), "too_large"),
        (gzip.compress(b"<rss/>" * 99, mtime=0)[:12], "broken_xml"),
        (b"\x1f\x8bgarbage", "broken_xml"),
    ],
)
def test_what_is_no_feed_has_a_reason(body: bytes, reason: str) -> None:
    with pytest.raises(Unreadable) as caught:
        feeds.parse(body, URL)
    assert caught.value.reason == reason


def test_entities_are_never_expanded() -> None:
    laughs = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 9))
    head = f'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a0 "ha">{laughs}<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    body = document(item(title="&a8;&x;"), item(title="Bài thật", link="https://bao.example/b.html"), head=head)
    started = time.monotonic()
    found = feeds.parse(body, URL)
    assert time.monotonic() - started < 1
    assert [one.title for one in found.entries] == ["&a8;&x;", "Bài thật"]


@pytest.mark.parametrize("declared", ["iso-8859-1", "windows-1252", "utf-16", "nonsense"])
def test_utf8_wins_over_a_wrong_declaration(declared: str) -> None:
    body = document(item(), head=f'<?xml version="1.0" encoding="{declared}"?>')
    (found,) = feeds.parse(body, URL, f"text/xml; charset={declared}").entries
    assert found.title == "Nước rút ở Tuy Phước"


def test_html_names_of_letters_are_read() -> None:
    (found,) = feeds.parse(
        document(
            item(
                title="C&agrave; ph&ecirc;&nbsp;Gia Lai &amp; chợ",
            )
        ),
        URL,
    ).entries
    assert found.title == "Cà phê Gia Lai & chợ"


def test_other_charsets_are_believed_when_they_are_true() -> None:
    text = f'<?xml version="1.0" encoding="utf-16"?><rss><channel>{item()}</channel></rss>'
    assert feeds.parse(text.encode("utf-16"), URL).entries[0].title == "Nước rút ở Tuy Phước"
    latin = b'<?xml version="1.0" encoding="latin-1"?><rss><item><title>Caf\xe9</title><link>/c</link></item></rss>'
    assert feeds.parse(latin, URL).entries[0].title == "Café"


def test_nfd_text_comes_out_composed() -> None:
    body = document(item(title=unicodedata.normalize("NFD", "Hoà Hội đón bão")))
    (found,) = feeds.parse(body, URL).entries
    assert found.title == "Hòa Hội đón bão"
    assert unicodedata.is_normalized("NFC", found.title)


def test_duplicates_and_gaps_are_counted() -> None:
    same = "<guid>1</guid>"
    body = document(
        item(more=same),
        item(more=same),
        item("Bài khác cùng guid", "https://bao.example/b.html", same),
        "<item><title>Không có đường dẫn</title></item>",
        "<item><link>https://bao.example/c.html</link></item>",
        "<item><link>javascript:alert(1)</link><title>Bậy</title></item>",
        "<item><link>https://bao.example/d.html</link><description>Chỉ có mô tả</description></item>",
    )
    found = feeds.parse(body, URL)
    assert [one.title for one in found.entries] == ["Nước rút ở Tuy Phước", "Bài khác cùng guid", "Chỉ có mô tả"]
    assert dict(found.dropped) == {"duplicate": 1, "no_link": 2, "no_text": 1}


def test_five_thousand_entries() -> None:
    body = document(*(item(f"Tin số {n}", f"https://bao.example/{n}.html") for n in range(5000)))
    started = time.monotonic()
    assert len(feeds.parse(body, URL).entries) == 5000
    assert time.monotonic() - started < 5


def test_real_polls_read_completely(shared: Path) -> None:
    polls = 0
    with (shared / "data/replay/feeds-2025-11-03_06.warc.gz").open("rb") as stream:
        for record in ArchiveIterator(stream):
            found = feeds.parse(record.content_stream().read(), record.rec_headers.get_header("WARC-Target-URI"))
            polls += 1
            assert not found.recovered
            assert len(found.entries) >= 40
            assert all(one.published for one in found.entries)
            assert not any("<" in one.title or "<" in one.summary for one in found.entries)
    assert polls == 126


def test_news_sitemap() -> None:
    body = b"""<?xml version="1.0" encoding="UTF-8"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
    xmlns:news="http://www.google.com/schemas/sitemap-news/0.9" xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">
    <url><loc> https://bao.example/a.html </loc><news:news><news:publication_date>2026-11-19T07:00:00+07:00
    </news:publication_date><news:title>L\xc5\xa9 r\xc3\xbat</news:title></news:news><image:image><image:loc>https://bao.example/x.jpg
    </image:loc></image:image></url><url><loc>ftp://bao.example/b</loc></url></urlset>"""
    for packed in (body, gzip.compress(body)):
        (found,) = sitemaps.parse(packed).pages
        assert found.url == "https://bao.example/a.html"
        assert found.title == "Lũ rút"
        assert found.published == datetime(2026, 11, 19, 0, 0, tzinfo=UTC)


def test_sitemap_index_and_faults() -> None:
    body = b"<sitemapindex><sitemap><loc>https://bao.example/s1.xml.gz</loc><lastmod>2026-11-19</lastmod></sitemap></sitemapindex>"
    found = sitemaps.parse(body)
    assert [place.url for place in found.sitemaps] == ["https://bao.example/s1.xml.gz"]
    for broken, reason in ((b"<html></html>", "html_for_feed"), (b"", "empty_body"), (b"<a/>", "broken_xml")):
        with pytest.raises(Unreadable) as caught:
            sitemaps.parse(broken)
        assert caught.value.reason == reason
