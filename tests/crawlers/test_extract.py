"""Extraction under bad input, its encodings, its drift codes, bylines and canonical addresses."""

from __future__ import annotations

import json
import unicodedata
from datetime import UTC, datetime
from pathlib import Path

import pytest

from crawlers.extract import DRIFT, Article, ExtractionFailed, Reason, extract
from crawlers.extract._authors import names
from crawlers.extract._decode import decode
from crawlers.outlets import RULES, rules_for

FETCHED = datetime(2026, 11, 22, tzinfo=UTC)
PAGES = Path(__file__).resolve().parent / "pages"
URL = "https://vidu.example.vn/thong-xe-duong-lien-thon-99123.html"
TITLE = "Thông xe đường liên thôn Bãi Đá"
TEXT = "Người dân thôn Bãi Đá cho biết đoạn đường đã được dọn sạch và xe cộ đi lại bình thường từ sáng nay."
PARAGRAPHS = [f"{TEXT} Đoạn thứ {n} dài hơn một chút để thành bài." for n in range(1, 5)]


def page(body: str = "", *, head: str = "", title: str = TITLE) -> str:
    body = body or "".join(f"<p>{p}</p>" for p in PARAGRAPHS)
    return (
        f'<html><head><meta charset="utf-8"><title>{title}</title>{head}</head>'
        f"<body><h1>{title}</h1><div>{body}</div></body></html>"
    )


def read(html: str | bytes, url: str = URL, **options: str) -> Article:
    return extract(html, url, fetched_at=FETCHED, **options)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("html", "reason"),
    [
        (b"", Reason.EMPTY),
        ("  \n\t", Reason.EMPTY),
        (b"%PDF-1.7 \x00\x01\x02 binary", Reason.NOT_HTML),
        ('{"error": "not found"}', Reason.NOT_HTML),
        ('<?xml version="1.0"?><rss version="2.0"><channel><title>x</title></channel></rss>', Reason.NOT_HTML),
        ("<urlset><url><loc>https://x.vn</loc></url></urlset>", Reason.NOT_HTML),
        ("<html><head><title>Just a moment...</title></head><body><p>Checking</p></body></html>", Reason.CHALLENGE),
        ("<html><head><title>404 - Không tìm thấy trang</title></head><body></body></html>", Reason.ERROR_PAGE),
        (f"<html><body><div><p>{'</p><p>'.join(PARAGRAPHS)}</p></div></body></html>", Reason.NO_TITLE),
        ("<html><head><title>Phóng sự truyền hình tối nay</title></head><body></body></html>", Reason.NO_BODY),
    ],
)
def test_pages_without_an_article_fail_with_a_reason(html: str | bytes, reason: Reason) -> None:
    with pytest.raises(ExtractionFailed) as failed:
        read(html)
    assert failed.value.reason is reason


def test_paid_article_is_a_paywall() -> None:
    statement = json.dumps({"@type": "NewsArticle", "headline": TITLE, "isAccessibleForFree": "False"})
    with pytest.raises(ExtractionFailed) as failed:
        read(page("<p>Mời bạn đăng nhập.</p>", head=f'<script type="application/ld+json">{statement}</script>'))
    assert failed.value.reason is Reason.PAYWALL


@pytest.mark.parametrize("notice", ["Bài dành cho bạn đọc trả phí.", "Vui lòng đăng nhập tài khoản để đọc tiếp."])
def test_a_teaser_that_asks_for_payment_is_a_paywall(notice: str) -> None:
    related = f'<aside><ul><li><a href="/khac-99124.html">{TEXT}</a></li></ul></aside>'
    with pytest.raises(ExtractionFailed) as failed:
        read(page(f"<p>{notice}</p>{related}", head='<meta name="pubdate" content="2026-11-18 09:12">'))
    assert failed.value.reason is Reason.PAYWALL


def test_a_page_beyond_the_limit_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crawlers.extract._extract.MAX_CHARACTERS", 100)
    with pytest.raises(ExtractionFailed) as failed:
        read(page())
    assert failed.value.reason is Reason.TOO_LARGE


@pytest.mark.parametrize("tag", ["div", "span"])
def test_deeply_nested_page_is_still_read(tag: str) -> None:
    deep = f"<{tag}>" * 20_000 + "".join(f"<p>{p}</p>" for p in PARAGRAPHS) + f"</{tag}>" * 20_000
    body = read(page(deep)).body
    assert all(paragraph in body for paragraph in PARAGRAPHS)


def test_naive_fetch_time_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        extract(page(), URL, fetched_at=datetime(2026, 11, 22))  # noqa: DTZ001 - the point of the test


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1258"])
def test_encodings(encoding: str) -> None:
    text = page()
    if encoding == "cp1258":
        marks = str.maketrans({"\u0300": "\u0300", "\u0301": "\u0301"})
        text = "".join(
            unicodedata.normalize("NFC", base) + tone
            for base, tone in (_base_and_tone(letter) for letter in text.translate(marks))
        )
    assert read(text.encode(encoding)).body.split("\n") == PARAGRAPHS


def _base_and_tone(letter: str) -> tuple[str, str]:
    parts = unicodedata.normalize("NFD", letter)
    tone = "".join(part for part in parts if part in "\u0300\u0301\u0303\u0309\u0323")
    return "".join(part for part in parts if part not in tone), tone


def test_wrong_declaration_does_not_spoil_utf8() -> None:
    html = page().replace("utf-8", "iso-8859-1").encode()
    assert read(html, encoding="windows-1252").body.split("\n") == PARAGRAPHS


def test_one_broken_byte_is_damage_not_another_encoding() -> None:
    html = page().encode().replace(b"Bai", b"Bai") + b"<!-- \xff -->"
    assert TITLE in decode(html)


def test_invisible_characters_and_spaces_are_cleaned() -> None:
    article = read(page("".join(f"<p>\ufeff{p[:20]}\u200b{p[20:]}\u00a0\n </p>" for p in PARAGRAPHS)))
    assert article.body.split("\n") == PARAGRAPHS


def test_line_breaks_end_paragraphs() -> None:
    assert read(page("<br><br>".join(PARAGRAPHS))).body.split("\n") == PARAGRAPHS


def test_declared_time_and_headline_survive_broken_json() -> None:
    broken = '{"@type": "NewsArticle", "headline": "Tin", "datePublished": "2026-11-18T09:12:00+07:00", "x": "a"b",}'
    article = read(page(head=f'<script type="application/ld+json">{broken}</script>'))
    assert article.published_at == datetime(2026, 11, 18, 2, 12, tzinfo=UTC)


def test_body_of_json_ld_replaces_a_page_without_text() -> None:
    statement = json.dumps({"@type": "NewsArticle", "headline": TITLE, "articleBody": " ".join(PARAGRAPHS)})
    article = read(page("<p>Đang tải…</p>", head=f'<script type="application/ld+json">{statement}</script>'))
    assert article.rule == "json-ld"
    assert article.body == " ".join(PARAGRAPHS)


def test_scripts_and_comments_never_reach_the_text() -> None:
    noise = '<script>var a = "<p>không phải tin</p>";</script><!-- <p>ẩn</p> --><style>p{color:red}</style>'
    body = read(page(noise.join(f"<p>{p}{noise}</p>" for p in PARAGRAPHS))).body
    assert body.split("\n") == PARAGRAPHS


@pytest.mark.parametrize(
    ("declared", "canonical"),
    [
        ('<link rel="canonical" href="https://vidu.example.vn/ban-chinh-99123.html">', "https://vidu.example.vn/ban-chinh-99123.html"),
        ('<link rel="canonical" href="/ban-chinh-99123.html#top">', "https://vidu.example.vn/ban-chinh-99123.html"),
        ('<link rel="canonical" href="https://vidu.example.vn/">', URL),
        ('<link rel="canonical" href="https://khac.example.com/ban-chinh.html">', URL),
        ('<link rel="canonical" href="http://[loi">', URL),
        ('<link rel="canonical" href="javascript:void(0)">', URL),
        ("", URL),
    ],
)  # fmt: skip
def test_canonical_address_is_the_same_sites_article(declared: str, canonical: str) -> None:
    assert read(page(head=declared)).canonical_url == canonical


@pytest.mark.parametrize(
    ("byline", "expected"),
    [
        ("Hà Minh Họa", ("Hà Minh Họa",)),
        ("Bài, ảnh: Hà Minh Họa - Lê Ví Dụ", ("Hà Minh Họa", "Lê Ví Dụ")),
        ("HÀ MINH HỌA; LÊ VÍ DỤ", ("HÀ MINH HỌA", "LÊ VÍ DỤ")),
        ("Hà Minh Họa (tổng hợp)", ("Hà Minh Họa (tổng hợp)",)),
        ("Hà Minh Họa - hmh@vidu.vn", ("Hà Minh Họa",)),
        ("bởi admin", ()),
        ("18/11/2026 09:12", ()),
        ("https://www.facebook.com/bao", ()),
        ("Một câu văn dài không phải là tên của ai cả trong bài này", ()),
    ],
)
def test_bylines(byline: str, expected: tuple[str, ...]) -> None:
    assert names(byline) == expected


@pytest.mark.parametrize("host", ["vnexpress.net", "m.vnexpress.net", "VNEXPRESS.NET", "suckhoe.vnexpress.net"])
def test_rules_hold_for_subdomains(host: str) -> None:
    assert [rule.outlet for rule in rules_for(host)] == ["vnexpress"]


def test_rules_do_not_leak_to_other_hosts() -> None:
    assert rules_for("notvnexpress.net") == ()
    assert rules_for("vnexpress.net.example.com") == ()
    assert rules_for("") == ()


def test_newest_layout_is_tried_first() -> None:
    days = [rule.since for rule in rules_for("dantri.com.vn")]
    assert days == sorted(days, reverse=True)
    assert len({rule.name for rule in RULES}) == len(RULES)


def _vnexpress(change: tuple[str, str]) -> Article:
    html = (PAGES / "vnexpress" / "article.html").read_text(encoding="utf-8")
    assert change[0] in html
    return read(html.replace(*change), "https://vnexpress.net/xa-suoi-ngoc-thong-tuyen-9000001.html")


def test_a_page_that_fits_its_rule_shows_no_drift() -> None:
    assert _vnexpress(("", "")).drift == ()


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (("fck_detail", "redesigned"), "rule_misses_body"),
        (("title-detail", "new-title"), "title_missing"),
        (('<h1 class="title-detail"> Xã Suối', '<h1 class="title-detail">Quảng cáo</h1><h1>Xã Suối'), "title_differs"),
        (('class="date"', 'class="when"'), "time_missing"),
        (("09:12 (GMT", "15:40 (GMT"), "time_differs"),
    ],
)
def test_a_redesign_shows_as_drift_and_the_article_is_still_read(change: tuple[str, str], code: str) -> None:
    article = _vnexpress(change)
    assert code in article.drift
    assert code in DRIFT
    assert article.body.startswith("Sáng 18/11, những chuyến xe")
    assert article.published_at == datetime(2026, 11, 18, 2, 12, tzinfo=UTC)


def test_a_body_that_moved_out_of_the_rules_container_is_flagged() -> None:
    html = (PAGES / "vnexpress" / "article.html").read_text(encoding="utf-8")
    first = html.index("</p>", html.index('article class="fck_detail')) + len("</p>")
    html = html[:first] + '</article><div class="moved">' + html[first:].replace("</article>", "</div>", 1)
    assert "body_short" in read(html, "https://vnexpress.net/xa-suoi-ngoc-thong-tuyen-9000001.html").drift
