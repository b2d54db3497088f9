"""Constraint 4: public content only; robots.txt is obeyed, nothing is logged into, private things are refused.

Spacing, Retry-After and crawl-delay: ``tests/crawlers/test_politeness.py``; addresses: ``test_guard.py``; notes without a
public place and marks of secrecy: ``test_assisted.py``.
"""

from __future__ import annotations

import re
from dataclasses import fields
from urllib.parse import urlsplit

import pytest

import provinces
from crawlers.assisted import imported, note
from crawlers.errors import NotPublic
from crawlers.settings import scrapy_settings
from demo.profile import FOLDER
from demo.server import Sites
from langnghe.settings import Settings
from provinces.types import Access, Source
from records import VirtualClock
from records.types import BodyKind, Channel
from tests.constraints.house import EVENING, WORLD, House, ids


def test_nothing_that_a_robots_txt_forbids_was_asked_for(machine: House) -> None:
    sites = Sites(WORLD, VirtualClock(EVENING))
    # The official API of a video platform is asked under its terms; robots.txt speaks of pages.
    api = {WORLD.sites[one.outlet].host for one in machine.province.sources if one.access is Access.VIDEO_COMMENTS}
    hosts = {host for host, _ in machine.asked} - api
    assert len(hosts) >= 6
    for host in hosts:
        robots = sites.answer(host, "/robots.txt", conditional=False).body.decode()
        forbidden = tuple(re.findall(r"^Disallow:\s*(\S+)", robots, re.MULTILINE))
        paths = [path for asked, path in machine.asked if asked == host]
        assert "/robots.txt" in paths
        assert [path for path in paths if forbidden and path.startswith(forbidden)] == []
    with machine.records.read() as tx:
        refused = tx.items.get(ids()["lm-tra-phi"])
    assert refused.body_kind is BodyKind.LEAD and not refused.body
    assert machine.report.counts["articles_robots_denied"] == 1


def test_no_request_carries_a_login() -> None:
    settings = scrapy_settings(contact="van-thu@so.example")
    assert settings["ROBOTSTXT_OBEY"] is True
    assert settings["COOKIES_ENABLED"] is False
    assert settings["DOWNLOADER_MIDDLEWARES"]["scrapy.downloadermiddlewares.httpauth.HttpAuthMiddleware"] is None
    assert not {"Authorization", "Cookie"} & set(settings["DEFAULT_REQUEST_HEADERS"])
    assert "monitoring of a Vietnamese province" in settings["USER_AGENT"]  # honest, no browser's name
    assert "Mozilla" not in settings["USER_AGENT"]


def test_there_is_no_way_to_configure_a_login() -> None:
    words = re.compile(r"password|login|cookie|token|session|account|credential")
    assert not [field.name for field in fields(Source) if words.search(field.name)]
    assert {field.name for field in fields(Settings) if words.search(field.name)} == {"smtp_password_file"}
    assert {access.value for access in Access} == {
        "feed", "sitemap", "section", "forum", "video_comments", "import", "browser",
    }  # fmt: skip


@pytest.mark.parametrize(
    "link",
    [
        "https://m.me/an.do", "https://www.facebook.com/messages/t/1", "https://M.facebook.com/Messages/t/1",
        "https://www.messenger.com/t/1", "https://zalo.me/g/abcdef", "https://zalo.me/0900000000",
        "https://chat.zalo.me/?c=1", "https://t.me/+abcdef", "https://t.me/joinchat/abc", "https://t.me/c/1234/5",
        "https://wa.me/84900000000", "https://chat.whatsapp.com/abc", "https://discord.gg/abc",
        "https://user@m.me:443/an.do", "https://mail.google.com/mail/u/0/#inbox/1", " https://m.me./an.do",
    ],
)  # fmt: skip
def test_a_private_conversation_cannot_be_added(link: str) -> None:
    with pytest.raises(NotPublic):
        note("Rác chưa gom", channel=Channel.SOCIAL, seen=EVENING, by="An", now=EVENING, url=link)
    (source,) = [one for one in provinces.load(FOLDER).sources if one.access is Access.IMPORT]
    with pytest.raises(NotPublic):
        imported({"text": "Rác chưa gom", "url": link}, source, EVENING, "tep.csv, line 2")


@pytest.mark.parametrize("profile", provinces.available())
def test_no_source_of_a_shipped_profile_is_private(profile: str) -> None:
    closed = re.compile(r"facebook\.com|messenger|zalo\.me/g|chat\.zalo|t\.me/(?:\+|joinchat)|discord|whatsapp")
    sources = provinces.load(profile).sources
    assert len(sources) > 20
    for source in sources:
        if source.access is Access.IMPORT:
            continue
        parts = urlsplit(source.url)
        assert parts.scheme in {"http", "https"} and "@" not in parts.netloc, source
        assert not closed.search(source.url), source
