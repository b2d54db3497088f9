"""What the invented sites answer: article pages in six markups, feeds, sitemaps, section pages, a forum, a video API.

Pure functions of the content and the virtual instant; the server only puts them on the wire.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from email.utils import format_datetime
from html import escape
from urllib.parse import parse_qs

from demo.content import VIETNAM, Entry, Site, Thread, Version, World

_WEEKDAYS = ("Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy", "Chủ Nhật")
_XML = '<?xml version="1.0" encoding="utf-8"?>\n'
_PER_PAGE = 5
"""Comments a page of the video API holds: few enough that videos need a second page."""


def _shown(world: World, site: Site, now: datetime) -> list[tuple[Entry, Version]]:
    """Return what the site lists at ``now``, newest first; withdrawn pieces are gone from its lists."""
    pairs = [(entry, entry.version(now)) for entry in reversed(world.of(site.key, now))]
    return [(entry, version) for entry, version in pairs if version is not None and version.status == 200]


def _iso(at: datetime) -> str:
    return at.astimezone(VIETNAM).isoformat(timespec="seconds")


def _visible(at: datetime) -> str:
    at = at.astimezone(VIETNAM)
    return f"{_WEEKDAYS[at.weekday()]}, {at:%d/%m/%Y}, {at:%H:%M} (GMT+7)"


def _document(site: Site, title: str, head: str, body: str, script: str = "") -> str:
    menu = "".join(f'<li><a href="/{slug}/">{name}</a></li>' for slug, name in _MENU)
    return (
        '<!DOCTYPE html>\n<html lang="vi"><head><meta charset="utf-8">'
        f"<title>{escape(title)} - {escape(site.name)}</title>\n"
        f"{head}</head>\n<body><header><a href='/'>{escape(site.name)}</a><nav><ul>{menu}</ul></nav></header>\n{body}\n"
        f"<footer><p>© 2026 {escape(site.name)}. Trang hư cấu của bộ dữ liệu trình diễn.</p></footer>"
        f"{script}</body></html>\n"
    )


_MENU = (("thoi-su", "Thời sự"), ("kinh-te", "Kinh tế"), ("doi-song", "Đời sống"), ("the-thao", "Thể thao"))


def _open_graph(world: World, entry: Entry, version: Version) -> str:
    properties = {
        "og:type": "article",
        "og:title": version.title,
        "og:description": version.lead,
        "og:url": world.url(entry),
        "og:site_name": world.sites[entry.site].name,
    }
    metas = "".join(f'<meta property="{name}" content="{escape(value)}">\n' for name, value in properties.items())
    return f"{_canonical(world, entry)}{_description(version)}{metas}"


def _canonical(world: World, entry: Entry) -> str:
    return f'<link rel="canonical" href="{world.url(entry)}">\n'


def _description(version: Version) -> str:
    return f'<meta name="description" content="{escape(version.lead)}">\n'


def _paragraphs(version: Version) -> str:
    return "\n".join(f"<p>{escape(paragraph)}</p>" for paragraph in version.paragraphs)


def _related(world: World, entry: Entry, version: Version) -> str:
    # As of the version's own time, so that a page changes (and its validators with it) only when its article does.
    others = [pair for pair in _shown(world, world.sites[entry.site], version.at) if pair[0] is not entry][:3]
    links = "".join(f'<li><a href="{other.path}">{escape(version.title)}</a></li>' for other, version in others)
    return f'<aside class="related"><h3>Tin liên quan</h3><ul>{links}</ul></aside>'


def _json_ld(world: World, entry: Entry, version: Version) -> str:
    data = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "mainEntityOfPage": {"@type": "WebPage", "@id": world.url(entry)},
        "headline": version.title,
        "description": version.lead,
        "datePublished": _iso(entry.at),
        "dateModified": _iso(version.at),
        "articleSection": entry.section,
        "author": {"@type": "Organization", "name": world.sites[entry.site].name},
        "publisher": {"@type": "Organization", "name": world.sites[entry.site].name},
    }
    # "</" inside a script element would end it.
    embedded = json.dumps(data, ensure_ascii=False).replace("</", "<\\/")
    head = f'{_open_graph(world, entry, version)}<script type="application/ld+json">{embedded}</script>\n'
    body = (
        f'<main><article class="detail"><h1 class="detail__title">{escape(version.title)}</h1>\n'
        f'<div class="detail__meta"><span class="date">{_visible(entry.at)}</span></div>\n'
        f'<h2 class="detail__sapo">{escape(version.lead)}</h2>\n'
        f'<div class="detail__content">\n{_paragraphs(version)}\n</div>'
        f"</article>{_related(world, entry, version)}</main>"
    )
    return _document(world.sites[entry.site], version.title, head, body)


def _open_graph_page(world: World, entry: Entry, version: Version) -> str:
    body = (
        f"<main><article><header><h1>{escape(version.title)}</h1>"
        f'<time datetime="{_iso(entry.at)}">{_visible(entry.at)}</time></header>\n'
        f'<p class="sapo"><strong>{escape(version.lead)}</strong></p>\n'
        f'<div class="entry-content">\n{_paragraphs(version)}\n'
        f"</div></article>{_related(world, entry, version)}</main>"
    )
    return _document(world.sites[entry.site], version.title, _open_graph(world, entry, version), body)


def _article_meta(world: World, entry: Entry, version: Version) -> str:
    head = (
        f"{_open_graph(world, entry, version)}"
        f'<meta property="article:published_time" content="{_iso(entry.at)}">\n'
        f'<meta property="article:modified_time" content="{_iso(version.at)}">\n'
    )
    body = (
        f'<div class="wrap"><div class="main-col"><h1 class="title-page">{escape(version.title)}</h1>\n'
        f'<p class="sapo">{escape(version.lead)}</p>\n'
        f'<div id="content-body" class="fck">\n{_paragraphs(version)}\n</div>\n'
        f"</div><div class='side'>{_related(world, entry, version)}</div></div>"
    )
    return _document(world.sites[entry.site], version.title, head, body)


def _visible_date(world: World, entry: Entry, version: Version) -> str:
    head = f"{_description(version)}{_canonical(world, entry)}"
    body = (
        f'<div class="page"><h1>{escape(version.title)}</h1>\n<div class="post-date">{_visible(entry.at)}</div>\n'
        f'<div class="post-lead"><b>{escape(version.lead)}</b></div>\n'
        f'<div class="post-body">\n{_paragraphs(version)}\n</div>'
        f"{_related(world, entry, version)}</div>"
    )
    return _document(world.sites[entry.site], version.title, head, body)


def _microdata(world: World, entry: Entry, version: Version) -> str:
    body = (
        '<main><div itemscope itemtype="https://schema.org/NewsArticle">'
        f'<h1 itemprop="headline">{escape(version.title)}</h1>\n'
        f'<meta itemprop="datePublished" content="{_iso(entry.at)}">\n'
        f'<meta itemprop="dateModified" content="{_iso(version.at)}">\n'
        f'<p class="sapo" itemprop="description">{escape(version.lead)}</p>\n'
        f'<div itemprop="articleBody">\n{_paragraphs(version)}\n</div></div>{_related(world, entry, version)}</main>'
    )
    return _document(world.sites[entry.site], version.title, _canonical(world, entry), body)


_BUILD_ARTICLE = """
const coded = atob(document.getElementById('state').textContent);
const a = JSON.parse(new TextDecoder().decode(Uint8Array.from(coded, c => c.charCodeAt(0))));
document.title = a.title;
const el = (tag, cls, text) => {
  const n = document.createElement(tag); n.className = cls; n.textContent = text; return n;
};
const art = document.createElement('article');
art.append(el('h1', 'title', a.title));
const t = el('time', 'date', a.visible); t.dateTime = a.published; art.append(t);
art.append(el('p', 'sapo', a.lead));
const box = el('div', 'body', '');
a.paragraphs.forEach(p => box.append(el('p', '', p)));
art.append(box);
document.getElementById('app').append(art);
"""
_BUILD_LIST = """
fetch('/api/moi-nhat.json').then(r => r.json()).then(list => {
  const app = document.getElementById('app');
  list.forEach(a => {
    const h = document.createElement('h3'); h.className = 'news'; const link = document.createElement('a');
    link.href = a.path; link.textContent = a.title; h.append(link); app.append(h);
  });
});
"""


def _scripted(world: World, entry: Entry, version: Version) -> str:
    # Coded, so that no crawler can read the article without running the script.
    state = {
        "title": version.title,
        "lead": version.lead,
        "paragraphs": version.paragraphs,
        "published": _iso(entry.at),
        "visible": _visible(entry.at),
    }
    coded = base64.b64encode(json.dumps(state, ensure_ascii=False).encode()).decode()
    return _document(
        world.sites[entry.site],
        "Đang tải",
        _canonical(world, entry),
        '<main id="app"></main>',
        f'<script id="state" type="text/plain">{coded}</script><script>{_BUILD_ARTICLE}</script>',
    )


LAYOUTS: Mapping[str, Callable[[World, Entry, Version], str]] = {
    "json_ld": _json_ld,
    "open_graph": _open_graph_page,
    "article_meta": _article_meta,
    "visible_date": _visible_date,
    "microdata": _microdata,
    "script": _scripted,
}
"""Markup of a site's article pages by the ``layout`` of ``sites.toml``."""


def article(world: World, entry: Entry, version: Version) -> str:
    """Return the page of an article's version in its site's markup."""
    return LAYOUTS[world.sites[entry.site].layout](world, entry, version)


def section(world: World, site: Site, now: datetime) -> str:
    """Return the page that lists a site's newest articles (also its front page)."""
    rows = "".join(
        f'<div class="item"><h3><a href="{entry.path}">{escape(version.title)}</a></h3>'
        f"<p>{escape(version.lead)}</p></div>\n"
        for entry, version in _shown(world, site, now)
    )
    return _document(site, "Tin mới", "", f'<main class="list">\n{rows}</main>')


def script_list(site: Site) -> str:
    """Return the list page that is empty until its script has asked for the list."""
    return _document(site, "Mới nhất", "", '<main id="app"></main>', f"<script>{_BUILD_LIST}</script>")


def script_data(world: World, site: Site, now: datetime) -> str:
    """Return the list that the script asks for."""
    rows = [{"path": entry.path, "title": version.title} for entry, version in _shown(world, site, now)]
    return json.dumps(rows, ensure_ascii=False)


def rss(world: World, site: Site, now: datetime, series: str = "") -> str:
    """Return an RSS 2.0 feed of the site, or of one of its bulletin series."""
    items = []
    for entry, version in _shown(world, site, now):
        if series and entry.bulletin != series:
            continue
        updated = f"<atom:updated>{_iso(version.at)}</atom:updated>" if version.at > entry.at else ""
        items.append(
            f"<item><title>{escape(version.title)}</title><link>{world.url(entry)}</link>"
            f"<guid isPermaLink='false'>{site.key}-{entry.path.rpartition('-')[2].removesuffix('.html')}</guid>"
            f"<pubDate>{format_datetime(entry.at.astimezone(VIETNAM))}</pubDate>{updated}"
            f"<category>{escape(entry.section)}</category>"
            f"<description><![CDATA[<p>{escape(version.lead)}</p>]]></description></item>\n"
        )
    return (
        f'{_XML}<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel>'
        f"<title>{escape(site.name)}</title><link>{site.base}/</link><description>Tin mới</description>\n"
        f"{''.join(items)}</channel></rss>\n"
    )


def broken_rss(world: World, site: Site, now: datetime) -> str:
    """Return the feed as a careless template writes it: raw ampersands, HTML without CDATA, a tag never closed."""
    items = "".join(
        f"<item><title>{version.title} & tin liên quan</title><link>{world.url(entry)}</link>"
        f"<pubDate>{format_datetime(entry.at.astimezone(VIETNAM))}</pubDate>"
        f"<description>{version.lead}<br></description></item>\n"
        for entry, version in _shown(world, site, now)
    )
    return (
        f'{_XML}<rss version="2.0"><channel>'
        f"<title>{site.name} & bạn</title><link>{site.base}/</link><image>\n{items}</channel></rss>\n"
    )


def atom(world: World, site: Site, now: datetime) -> str:
    """Return an Atom feed."""
    items = "".join(
        f"<entry><title>{escape(version.title)}</title><id>tag:{site.host},2026:{entry.path.rpartition('-')[2]}</id>"
        f'<link rel="alternate" href="{world.url(entry)}"/><published>{_iso(entry.at)}</published>'
        f"<updated>{_iso(version.at)}</updated><summary>{escape(version.lead)}</summary></entry>\n"
        for entry, version in _shown(world, site, now)
    )
    return (
        f'{_XML}<feed xmlns="http://www.w3.org/2005/Atom">'
        f"<title>{escape(site.name)}</title><id>{site.base}/</id><updated>{_iso(changed(world, site, now))}</updated>\n"
        f"{items}</feed>\n"
    )


def sitemap_index(world: World, site: Site, now: datetime) -> str:
    """Return the index that names the news sitemap and the one of the sections."""
    when = _iso(changed(world, site, now))
    places = "".join(
        f"<sitemap><loc>{site.base}/sitemaps/{name}.xml</loc><lastmod>{when}</lastmod></sitemap>\n"
        for name in ("sections", "news-2026-11")
    )
    return f'{_XML}<sitemapindex xmlns="{_SITEMAP}">\n{places}</sitemapindex>\n'


def news_sitemap(world: World, site: Site, now: datetime) -> str:
    """Return the news sitemap: address, headline and publication time of each article."""
    rows = "".join(
        f"<url><loc>{world.url(entry)}</loc><lastmod>{_iso(version.at)}</lastmod><news:news><news:publication>"
        f"<news:name>{escape(site.name)}</news:name><news:language>vi</news:language></news:publication>"
        f"<news:publication_date>{_iso(entry.at)}</news:publication_date><news:title>{escape(version.title)}</news:title>"
        "</news:news></url>\n"
        for entry, version in _shown(world, site, now)
    )
    return f'{_XML}<urlset xmlns="{_SITEMAP}" xmlns:news="{_NEWS}">\n{rows}</urlset>\n'


def section_sitemap(site: Site) -> str:
    """Return the sitemap of the sections: addresses that are no articles, with a date long past."""
    rows = "".join(f"<url><loc>{site.base}/{slug}/</loc><lastmod>2025-07-01</lastmod></url>\n" for slug, _ in _MENU)
    return f'{_XML}<urlset xmlns="{_SITEMAP}">\n{rows}</urlset>\n'


_SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
_NEWS = "http://www.google.com/schemas/sitemap-news/0.9"


def changed(world: World, site: Site, now: datetime) -> datetime:
    """Return when anything on the site last changed by ``now``; its first entry's time where nothing appeared yet."""
    times = [version.at for entry in world.of(site.key, now) for version in entry.versions if version.at <= now]
    return max(times, default=min(entry.at for entry in world.of(site.key)))


def forum_list(world: World, site: Site, now: datetime) -> str:
    """Return the board: its threads with the newest post first, in XenForo's markup."""
    newest = {
        thread.key: posts[-1].at
        for thread in world.threads.values()
        if thread.site == site.key and (posts := _posts(world, thread, now))
    }
    rows = "".join(
        f'<div class="structItem structItem--thread"><div class="structItem-title">'
        f'<a href="{world.threads[key].path}">{escape(world.threads[key].title)}</a></div>'
        f'<time class="structItem-latestDate u-dt" datetime="{_iso(at)}">{_visible(at)}</time></div>\n'
        for key, at in sorted(newest.items(), key=lambda pair: pair[1], reverse=True)
    )
    return _document(site, "Quê mình", "", f'<div class="structItemContainer">\n{rows}</div>')


def _posts(world: World, thread: Thread, now: datetime) -> list[Entry]:
    return [entry for entry in world.of(thread.site, now) if entry.thread == thread.key]


def forum_thread(world: World, thread: Thread, now: datetime) -> str | None:
    """Return a thread with its posts, each with nick, time and a signature; None before its first post."""
    posts = _posts(world, thread, now)
    if not posts:
        return None
    rows = "".join(
        f'<article class="message message--post js-post" data-author="{escape(entry.nick)}" '
        f'data-content="{entry.path.rpartition("#")[2]}" id="js-{entry.path.rpartition("#")[2]}">'
        f'<h4 class="message-name"><span class="username">{escape(entry.nick)}</span></h4>'
        f'<div class="message-attribution"><time class="u-dt" datetime="{_iso(entry.at)}">{_visible(entry.at)}</time>'
        "</div>"
        f'<div class="message-body"><div class="bbWrapper">{escape(entry.versions[-1].body)}</div></div>'
        f'<div class="reactionsBar">{entry.likes} lượt thích</div></article>\n'
        for entry in posts
    )
    heading = f'<h1 class="p-title-value">{escape(thread.title)}</h1>'
    return _document(world.sites[thread.site], thread.title, "", f'{heading}<div class="block-body">\n{rows}</div>')


def comment_threads(world: World, site: Site, query: str, now: datetime) -> tuple[int, str]:
    """Answer ``commentThreads?part=snippet,replies&videoId=…&pageToken=…``: status, and JSON as the public API's."""
    asked = parse_qs(query)
    video = asked.get("videoId", [""])[0]
    thread = world.threads.get(video)
    if not video or "part" not in asked:
        return 400, _api_error(400, "missingRequiredParameter", "part and videoId are required")
    if thread is None or thread.site != site.key or thread.at > now:
        return 404, _api_error(404, "videoNotFound", f"no video {video}")
    posts = _posts(world, thread, now)
    tops = [entry for entry in reversed(posts) if not entry.parent]
    try:
        start = int(asked.get("pageToken", ["p0"])[0].removeprefix("p"))
    except ValueError:
        return 400, _api_error(400, "invalidPageToken", "unknown page")
    page = tops[start : start + _PER_PAGE]
    answer: dict[str, object] = {
        "kind": "youtube#commentThreadListResponse",
        "pageInfo": {"totalResults": len(tops), "resultsPerPage": _PER_PAGE},
        "items": [_comment_thread(top, [entry for entry in posts if entry.parent == top.key], video) for top in page],
    }
    if start + _PER_PAGE < len(tops):
        answer["nextPageToken"] = f"p{start + _PER_PAGE}"
    return 200, json.dumps(answer, ensure_ascii=False)


def _comment_thread(top: Entry, replies: Iterable[Entry], video: str) -> dict[str, object]:
    answers = [_comment(entry, video) for entry in replies]
    snippet = {
        "videoId": video,
        "topLevelComment": _comment(top, video),
        "canReply": True,
        "totalReplyCount": len(answers),
        "isPublic": True,
    }
    found: dict[str, object] = {"kind": "youtube#commentThread", "id": top.key, "snippet": snippet}
    if answers:
        found["replies"] = {"comments": answers}
    return found


def _comment(entry: Entry, video: str) -> dict[str, object]:
    when = entry.at.astimezone(VIETNAM).isoformat(timespec="seconds")
    snippet: dict[str, object] = {
        "videoId": video,
        "textDisplay": escape(entry.versions[-1].body, quote=False).replace("\n", "<br>"),
        "authorDisplayName": f"@{entry.nick}",
        "authorChannelId": {"value": f"UC-demo-{base64.b32encode(entry.nick.encode()).decode().rstrip('=')[:18]}"},
        "likeCount": entry.likes,
        "publishedAt": when,
        "updatedAt": when,
    }
    if entry.parent:
        snippet["parentId"] = entry.parent
    return {"kind": "youtube#comment", "id": entry.key, "snippet": snippet}


def _api_error(code: int, reason: str, message: str) -> str:
    error = {"code": code, "message": message, "errors": [{"reason": reason, "message": message, "domain": "youtube"}]}
    return json.dumps({"error": error}, ensure_ascii=False)
