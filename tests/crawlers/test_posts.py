"""Posts as real boards and the video API show them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from crawlers import posts
from crawlers.errors import Unreadable

BOARD = "https://dien-dan.example/forums/que.7/"


def test_real_boards_name_their_threads(shared: Path) -> None:
    for name in ("home.html", "f33.html"):
        page = (shared / "data/press/pages/html_voz" / name).read_text(encoding="utf-8", errors="replace")
        found = posts.threads(page, "https://voz.vn/", {})
        assert len(found) >= 10
        assert all(url.startswith("https://voz.vn/t/") for url in found)


def test_other_boards_by_a_selector() -> None:
    page = '<a class="t" href="/chu-de-1.html#moi">Một</a><a class="t" href="https://khac.example/x">Hai</a><a href="/b">Ba</a>'
    assert list(posts.threads(page, BOARD, {"thread": "a.t"})) == ["https://dien-dan.example/chu-de-1.html"]


def test_pages_of_a_thread() -> None:
    page = (
        '<h1 class="p-title-value">Đường hư</h1><div class="pageNav-main"><li class="pageNav-page"><a href="/t/a.1/">1</a></li>'
        '<li class="pageNav-page"><a href="/t/a.1/page-9">9</a></li></div><a class="pageNav-jump--prev" href="/t/a.1/page-7"></a>'
        '<article class="message" data-content="post-80" data-author="x"><div class="message-body"><div class="bbWrapper">'
        "<div class='bbCodeBlock--quote'>người khác</div>Sửa rồi<br>cảm ơn</div></div></article>"
        '<article class="message" data-content="post-81" data-author="y"><div class="message-body"><div class="bbWrapper">'
        "<blockquote>chỉ trích dẫn</blockquote></div></div></article>"
    )
    found = posts.thread(page, "https://dien-dan.example/t/a.1/page-8", {}, first="dien-dan.example/1")
    (post,) = found.posts
    assert (post.body, post.title, post.parent) == ("Sửa rồi\ncảm ơn", "", "dien-dan.example/1")
    assert post.native_id == "dien-dan.example/80"
    assert found.last == "https://dien-dan.example/t/a.1/page-9"
    assert found.previous == "https://dien-dan.example/t/a.1/page-7"


@pytest.mark.parametrize("page", ["", "<html></html>", "<article class='bai'>khác</article>"])
def test_a_page_without_posts_is_a_change_of_markup(page: str) -> None:
    with pytest.raises(Unreadable, match="parse_error"):
        posts.thread(page, BOARD, {})


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "parse_error"),
        (b"[]", "parse_error"),
        (b"{}", "parse_error"),
        (b'{"items": [{}]}', "parse_error"),
        (b'{"items": [null]}', "parse_error"),
        (b'{"error": {"code": 403, "errors": [{"reason": "quotaExceeded"}]}}', "api_quota"),
        (b'{"error": {"code": 429, "status": "RESOURCE_EXHAUSTED"}}', "api_quota"),
        (b'{"error": {"code": 400, "errors": [{"reason": "keyInvalid"}]}}', "api_error"),
    ],
)
def test_bad_answers_of_the_api_have_a_reason(body: bytes, reason: str) -> None:
    with pytest.raises(Unreadable) as caught:
        posts.comments(body)
    assert caught.value.reason == reason


def test_a_comment_leads_to_the_page_that_shows_it() -> None:
    thread = {
        "snippet": {"topLevelComment": {"id": "c&1", "snippet": {"videoId": "v1", "textDisplay": "Nước rút rồi"}}}
    }
    answer = json.dumps({"items": [thread]}).encode()
    assert posts.comments(answer)[0][0].url == "https://www.youtube.com/watch?v=v1&lc=c%261"
    assert posts.comments(answer, "https://video.example/xem")[0][0].url == "https://video.example/xem?v=v1&lc=c%261"


def test_an_empty_page_of_comments_is_fine() -> None:
    assert posts.comments(json.dumps({"items": []}).encode()) == ([], None)
