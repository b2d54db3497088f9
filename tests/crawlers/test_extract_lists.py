"""Links of section pages and boards."""

from __future__ import annotations

from datetime import UTC, datetime

from crawlers.lists import Link, article_links, forum_threads

URL = "https://vidu.example.vn/thoi-su"
HEADLINE = "Thông xe đường liên thôn Bãi Đá sau ba tuần sạt lở"


def links(*anchors: str) -> list[Link]:
    return article_links(f"<html><body>{''.join(anchors)}</body></html>", URL)


def test_article_is_named_once_by_its_heading() -> None:
    found = links(
        '<a href="/thong-xe-99123.html#binh-luan"><img></a>',
        '<p><a href="/thong-xe-99123.html">Sau ba tuần khắc phục, tuyến đường đã thông xe một làn.</a></p>',
        f'<h3><a href="https://vidu.example.vn/thong-xe-duong-99123.html">{HEADLINE}</a></h3>',
        f'<h3><a href="/thong-xe-99123.html">{HEADLINE}</a></h3>',
    )
    assert found == [
        Link("https://vidu.example.vn/thong-xe-99123.html", HEADLINE),
        Link("https://vidu.example.vn/thong-xe-duong-99123.html", HEADLINE),
    ]


def test_headline_comes_from_the_title_attribute_where_only_an_image_links() -> None:
    assert links(f'<a href="/a-b-c-99123.html" title="{HEADLINE}"><img></a>')[0].title == HEADLINE


def test_other_sites_sections_videos_and_broken_addresses_are_left_out() -> None:
    assert (
        links(
            f'<a href="https://khac.example.com/bai-viet-khac-99123.html">{HEADLINE}</a>',
            f'<a href="/video/canh-thong-xe-99123.html">{HEADLINE}</a>',
            f'<a href="/tag/thong-xe-duong-lien-thon-99123.html">{HEADLINE}</a>',
            '<a href="/xa-hoi.html">Tin tức xã hội mới nhất trong ngày</a>',
            f'<a href="javascript:void(0)">{HEADLINE}</a>',
            f'<a href="http://[">{HEADLINE}</a>',
            f'<a href="">{HEADLINE}</a>',
        )
        == []
    )


def test_slugs_count_only_on_sites_without_numbered_addresses() -> None:
    slug = f'<a href="/thong-xe-duong-lien-thon-bai-da/">{HEADLINE}</a>'
    assert [link.url for link in links(slug)] == ["https://vidu.example.vn/thong-xe-duong-lien-thon-bai-da/"]
    numbered = [f'<a href="/tin-so-{n}-a{10000 + n}.html">{HEADLINE} {n}</a>' for n in range(6)]
    assert len(links(slug, *numbered)) == 6


def test_dated_query_and_hexadecimal_addresses_are_articles() -> None:
    addresses = ["/2026/11/thong-xe-duong/", "/Default.aspx?tabid=3&ItemID=44", "/thoi-su/202611/thong-xe-4a30b2c/"]
    assert len(links(*(f'<a href="{address}">{HEADLINE}</a>' for address in addresses))) == 3


def test_subdomains_belong_to_the_site() -> None:
    assert len(links(f'<a href="https://thethao.vidu.example.vn/doi-bong-thang-99124.html">{HEADLINE}</a>')) == 1


def test_threads_without_labels_pages_and_posters() -> None:
    board = """
    <div class="structItem structItem--thread" data-author="nguoi_vi_du"><div class="structItem-title">
      <a href="/f/hoi-dap.3/?prefix_id=2" class="labelLink"><span class="label">thắc mắc</span></a>
      <a href="/t/duong-bai-da-thong-xe-chua.1234/unread">Đường Bãi Đá thông xe chưa mọi người?</a></div>
      <ul><li><a href="/u/nguoi-vi-du.9/" class="username">nguoi_vi_du</a></li></ul>
      <a href="/t/duong-bai-da-thong-xe-chua.1234/latest"><time class="structItem-latestDate"
        datetime="2026-11-18T09:12:00+0700">vừa xong</time></a></div>
    <div class="structItem structItem--thread"><div class="structItem-title"></div></div>"""
    (thread,) = forum_threads(board, "https://dien-dan.example.vn/f/hoi-dap.3/")
    assert thread.url == "https://dien-dan.example.vn/t/duong-bai-da-thong-xe-chua.1234/"
    assert thread.title == "Đường Bãi Đá thông xe chưa mọi người?"
    assert thread.latest_at == datetime(2026, 11, 18, 2, 12, tzinfo=UTC)
    assert "nguoi" not in repr(thread)
