"""Public posts as pages and APIs show them.

Forum threads and video comments. Pure functions; nothing here is masked yet.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

from crawlers import dates
from crawlers.errors import Unreadable
from crawlers.lists import forum_threads
from crawlers.markup import plain
from records.types import Engagement


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """One public post. ``author`` is raw: it may only become ``Capture.poster``. ``url`` holds no handle."""

    native_id: str
    url: str
    body: str
    title: str = ""
    author: str = ""
    parent: str = ""
    published: datetime | None = None
    engagement: Engagement = field(default_factory=Engagement)


POST_SELECTORS: Mapping[str, str] = {
    "post": "article.message[data-content^='post-']",
    "post_id": "data-content",
    "post_author": "data-author",
    "post_body": ".message-body .bbWrapper",
    "post_time": ".message-attribution time[datetime], time.u-dt[datetime]",
    "quote": "blockquote, .bbCodeBlock--quote, .message-signature, .js-selectToQuoteEnd",
    "title": "h1.p-title-value, h1",
    "last": ".pageNav-main .pageNav-page:last-child a",
    "previous": "a.pageNav-jump--prev",
}
"""CSS selectors of XenForo 2 (voz, otofun and most Vietnamese forums); a source's options replace single ones.

``post_id`` and ``post_author`` name attributes of the post's element.
"""


def threads(page: str, url: str, options: Mapping[str, str]) -> dict[str, datetime | None]:
    """Return the threads that a forum's list page shows, in its order: address → time of the newest post, if printed.

    XenForo boards are read by ``lists.forum_threads``, others by the selector of the source's option ``thread``.
    """
    if "thread" not in options:
        return {thread.url: thread.latest_at for thread in forum_threads(page, url)}
    found: dict[str, datetime | None] = {}
    for link in LexborHTMLParser(page).css(options["thread"]):
        absolute = urljoin(url, (link.attributes.get("href") or "").strip()).partition("#")[0]
        if urlsplit(absolute).netloc == urlsplit(url).netloc and absolute != url:
            found.setdefault(absolute)
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadPage:
    """The posts of one page of a thread, and the addresses of the thread's last and of the previous page."""

    posts: list[Post]
    first: str
    last: str | None = None
    previous: str | None = None


def thread(page: str, url: str, options: Mapping[str, str], first: str = "") -> ThreadPage:
    """Return the posts of a thread page. Quotations and signatures are left out; only the first post carries the title.

    ``first`` is the native id of the thread's first post, empty on the page that opens with it.

    Raises ``Unreadable("parse_error")`` when the page shows no post: the forum changed its markup.
    """
    rules = {**POST_SELECTORS, **options}
    tree = LexborHTMLParser(page)
    heading = tree.css_first(rules["title"])
    title = plain(heading.html or "") if heading else ""
    base = url.partition("#")[0]
    posts: list[Post] = []
    for node in tree.css(rules["post"]):
        number = (node.attributes.get(rules["post_id"]) or "").rpartition("-")[2]
        body = node.css_first(rules["post_body"])
        if not number or body is None:
            continue
        for quote in body.css(rules["quote"]):
            quote.decompose()
        when = node.css_first(rules["post_time"])
        words = _lines(body)
        native_id = f"{urlsplit(url).netloc}/{number}"
        if words:
            posts.append(
                Post(
                    native_id=native_id,
                    url=f"{base.rstrip('/')}/post-{number}",
                    body=words,
                    title="" if first else title,
                    author=node.attributes.get(rules["post_author"]) or "",
                    parent=first,
                    published=dates.parse((when.attributes.get("datetime") or when.text()) if when else ""),
                )
            )
        first = first or native_id
    if not posts and not tree.css(rules["post"]):
        raise Unreadable("parse_error", f"no post on {url}")
    return ThreadPage(
        posts=posts, first=first, last=_link(tree, rules["last"], url), previous=_link(tree, rules["previous"], url)
    )


def _link(tree: LexborHTMLParser, selector: str, url: str) -> str | None:
    node = tree.css_first(selector)
    href = (node.attributes.get("href") or "").partition("#")[0] if node else ""
    absolute = urljoin(url, href) if href else ""
    return absolute if absolute and urlsplit(absolute).netloc == urlsplit(url).netloc else None


def _lines(node: LexborNode) -> str:
    """Return a post's text with its line breaks."""
    return "\n".join(line for line in (plain(part) for part in node.text(separator="\n").split("\n")) if line)


WATCH = "https://www.youtube.com/watch"
"""The page that shows a video and one of its comments to people; a source's option ``watch`` replaces it."""


def comments(body: bytes, watch: str = WATCH) -> tuple[list[Post], str | None]:
    """Return the comments of one page of a ``commentThreads`` answer (YouTube Data API v3) and the next page's token.

    ``watch`` is the page that the comments' addresses lead to. Replies point to their top comment. Raises
    ``Unreadable`` with ``api_quota`` (quotaExceeded, rateLimitExceeded), ``api_error`` (any other error the platform
    names) or ``parse_error``.
    """
    try:
        answer = json.loads(body)
    except ValueError as error:
        raise Unreadable("parse_error", f"not JSON: {error}") from error
    if not isinstance(answer, dict):
        raise Unreadable("parse_error", "not a JSON object")
    if isinstance(answer.get("error"), dict):
        raise _api_error(answer["error"])
    if not isinstance(answer.get("items"), list):
        raise Unreadable("parse_error", "no items")
    posts: list[Post] = []
    for item in answer["items"]:
        try:
            top = item["snippet"]["topLevelComment"]
            posts.append(_comment(top, "", watch))
            replies = (item.get("replies") or {}).get("comments", ())
            posts.extend(_comment(reply, top["id"], watch) for reply in replies)
        except (KeyError, TypeError) as error:
            raise Unreadable("parse_error", f"comment without {error}") from error
    token = answer.get("nextPageToken")
    return [post for post in posts if post.body], token if isinstance(token, str) and token else None


def _api_error(error: Mapping[str, Any]) -> Unreadable:
    reasons = [str(entry.get("reason", "")) for entry in error.get("errors", ()) if isinstance(entry, dict)]
    reason = reasons[0] if reasons else str(error.get("status", ""))
    quota = reason in {"quotaExceeded", "rateLimitExceeded", "userRateLimitExceeded", "dailyLimitExceeded"}
    quota = quota or reason == "RESOURCE_EXHAUSTED"
    return Unreadable("api_quota" if quota else "api_error", f"{error.get('code')} {reason}")


def _comment(comment: Mapping[str, Any], parent: str, watch: str) -> Post:
    snippet = comment["snippet"]
    channel = snippet.get("authorChannelId") or {}
    likes = snippet.get("likeCount")
    return Post(
        native_id=str(comment["id"]),
        url=f"{watch}?{urlencode({'v': snippet.get('videoId', ''), 'lc': comment['id']})}",
        body="\n".join(filter(None, (plain(line) for line in _words(snippet).split("\n")))),
        author=str(channel.get("value") or snippet.get("authorDisplayName") or ""),
        parent=parent,
        published=dates.parse(str(snippet.get("publishedAt", ""))),
        engagement=Engagement(reactions=likes if isinstance(likes, int) else None),
    )


def _words(snippet: Mapping[str, Any]) -> str:
    # textDisplay is HTML with <br>; textOriginal is only given to the author's own client.
    display = snippet.get("textOriginal") or snippet.get("textDisplay") or ""
    return str(display).replace("<br>", "\n").replace("<br/>", "\n").replace("<br />", "\n")
