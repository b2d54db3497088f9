"""Load the invented publications of the bundled days: one TOML file per site, one record per publication.

An article's record holds ``key, at, section, title, lead, body`` (paragraphs parted by an empty line), what a fair
reader expects of it (``lane, harm, tone, places, relevant, event, rescue``; guide: ``docs/evaluation.md``) and its
later ``change`` records: ``at`` with a new ``title``, ``lead``, ``body``, or a ``status`` of 404 or 410. ``copy_of``
names a record whose text is taken over; ``edits`` are pairs of old and new words in the copy. A forum file holds
``thread`` records with ``post`` records, a video file ``video`` with ``comment`` and ``reply``, an import file ``post``.
Times carry no zone in the files: they are Vietnam time.
"""

from __future__ import annotations

import tomllib
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from records.types import Harm, Lane, Tone
from text import fold

FOLDER = Path(__file__).resolve().parent
VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
OLDEST = datetime(2026, 11, 16, tzinfo=VIETNAM)
"""Nothing is older: on the day before the first window every site shows something already."""
FIRST = datetime(2026, 11, 17, 5, 30, tzinfo=VIETNAM)
"""Start of the first edition's window."""
LAST = datetime(2026, 11, 21, 5, 30, tzinfo=VIETNAM)
"""No publication and no change is later than this cut-off."""


class ContentError(Exception):
    """Raised when a content file contradicts itself; correct the record that the message names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """One invented host.

    ``access`` and ``start``: how it is crawled; ``layout``: the markup of its articles; the rest: how it misbehaves.
    """

    key: str
    host: str
    name: str
    kind: str
    access: str
    start: str
    layout: str
    interval: int
    feed: str = "rss"
    busy_once: str = ""
    down_from: datetime | None = None

    @property
    def base(self) -> str:
        """The site's public address, without a trailing slash."""
        return f"https://{self.host}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """What the site shows from ``at`` on; ``status`` 404 or 410 means that it shows nothing any more."""

    at: datetime
    title: str
    lead: str
    body: str
    status: int = 200

    @property
    def paragraphs(self) -> tuple[str, ...]:
        """The body's paragraphs, one line each."""
        return tuple(" ".join(part.split()) for part in self.body.split("\n\n") if part.strip())


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What a fair reader says about the text: the measure of the end-to-end check. ``harms`` only in lane harm."""

    lane: Lane
    tone: Tone
    harms: tuple[Harm, ...] = ()
    places: tuple[str, ...] = ()
    relevant: bool = True
    event: str = ""
    rescue: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One publication. ``kind``: article, post (forum), comment (video) or import.

    ``thread`` is the key of its thread or video. ``bulletin`` is an official series (a newer one supersedes the older)
    and ``hours`` how long a bulletin is valid. ``nick`` is the invented name beside a social post; ``channel`` the
    public page or group an imported post stood in; ``seen`` when the officer saw it. ``refused`` is the reason why the
    intake must turn it away; ``nfd``: the site serves it in decomposed Unicode.
    """

    key: str
    site: str
    kind: str
    path: str
    versions: tuple[Version, ...]
    expected: Expected
    section: str = ""
    nick: str = ""
    likes: int = 0
    thread: str = ""
    parent: str = ""
    bulletin: str = ""
    hours: int = 0
    channel: str = ""
    platform: str = ""
    seen: datetime | None = None
    counters: Mapping[str, int] = field(default_factory=dict)
    refused: str = ""
    nfd: bool = False

    @property
    def at(self) -> datetime:
        """First publication."""
        return self.versions[0].at

    def version(self, now: datetime) -> Version | None:
        """Return what is shown at ``now``, or None before the first publication."""
        shown = [version for version in self.versions if version.at <= now]
        return shown[-1] if shown else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Thread:
    """A forum thread or a video: the head that its posts or comments hang under."""

    key: str
    site: str
    title: str
    at: datetime
    path: str = ""
    channel: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """Everything the bundled days hold."""

    sites: Mapping[str, Site]
    threads: Mapping[str, Thread]
    entries: tuple[Entry, ...]

    def of(self, site: str, now: datetime | None = None) -> tuple[Entry, ...]:
        """Return a site's entries, oldest first; with ``now`` only those published by then."""
        return tuple(entry for entry in self.entries if entry.site == site and (now is None or entry.at <= now))

    def entry(self, key: str) -> Entry:
        """Return one entry by its key; KeyError when there is none."""
        for entry in self.entries:
            if entry.key == key:
                return entry
        raise KeyError(key)

    def url(self, entry: Entry) -> str:
        """Return an entry's address on its site."""
        return f"{self.sites[entry.site].base}{entry.path}"


def slug(title: str) -> str:
    """Return the address part of a title: folded words joined by hyphens."""
    return "-".join("".join(c if c.isalnum() and c.isascii() else " " for c in fold(title)).split())[:80].strip("-")


def _time(value: datetime) -> datetime:
    return value.replace(tzinfo=VIETNAM) if value.tzinfo is None else value.astimezone(VIETNAM)


def _expected(record: Mapping[str, Any]) -> Expected:
    harm = str(record.get("harm", ""))
    return Expected(
        lane=Lane(record["lane"]),
        tone=Tone(record.get("tone", "neutral")),
        harms=tuple(Harm(code) for code in harm.split()),
        places=tuple(record.get("places", ())),
        relevant=record.get("relevant", True),
        event=record.get("event", ""),
        rescue=record.get("rescue", False),
    )


def _versions(record: Mapping[str, Any]) -> tuple[Version, ...]:
    versions = [
        Version(
            at=_time(record["at"]),
            title=record.get("title", ""),
            lead=record.get("lead", ""),
            body=record.get("body", record.get("text", "")).strip(),
        )
    ]
    for change in record.get("change", ()):
        last = versions[-1]
        versions.append(
            Version(
                at=_time(change["at"]),
                title=change.get("title", last.title),
                lead=change.get("lead", last.lead),
                body=change.get("body", last.body).strip(),
                status=change.get("status", 200),
            )
        )
    if sorted(version.at for version in versions) != [version.at for version in versions]:
        raise ContentError(f"{record['key']}: its changes are not in the order of time")
    return tuple(versions)


def _copied(record: Mapping[str, Any], originals: Mapping[str, Mapping[str, Any]]) -> Mapping[str, Any]:
    """Return the record of a syndicated copy: the original's text with the copy's own fields and edits over it."""
    if "copy_of" not in record:
        return record
    original = originals.get(record["copy_of"])
    if original is None:
        raise ContentError(f"{record['key']}: copy_of names {record['copy_of']!r}, which does not exist")
    taken = {
        name: original[name]
        for name in ("title", "lead", "body", "lane", "tone", "places", "event")
        if name in original
    }
    copy = {**taken, **record}
    for old, new in record.get("edits", ()):
        if not any(old in copy[part] for part in ("title", "lead", "body")):
            raise ContentError(f"{record['key']}: the edit's words {old!r} do not stand in the original")
        for part in ("title", "lead", "body"):
            copy[part] = copy[part].replace(old, new)
    return copy


def _article(site: Site, record: Mapping[str, Any]) -> Entry:
    number = zlib.crc32(record["key"].encode()) % 900_000 + 100_000
    section = record.get("section", "thoi-su")
    return Entry(
        key=record["key"],
        site=site.key,
        kind="article",
        path=f"/{section}/{slug(record['title'])}-{_time(record['at']):%y%m%d}{number}.html",
        section=section,
        versions=_versions(record),
        expected=_expected(record),
        bulletin=record.get("bulletin", ""),
        hours=record.get("hours", 0),
        nfd=record.get("nfd", False),
    )


def _forum(site: Site, data: Mapping[str, Any]) -> Iterator[tuple[Thread, list[Entry]]]:
    for number, record in enumerate(data.get("thread", ()), 1):
        posts: list[Mapping[str, Any]] = record["post"]
        path = f"/threads/{slug(record['title'])}.{1000 + number}/"
        thread = Thread(key=record["key"], site=site.key, title=record["title"], at=_time(posts[0]["at"]), path=path)
        yield (
            thread,
            [
                Entry(
                    key=post["key"],
                    site=site.key,
                    kind="post",
                    path=f"{path}#post-{zlib.crc32(post['key'].encode()) % 900_000 + 100_000}",
                    versions=_versions(post),
                    expected=_expected(post),
                    nick=post["nick"],
                    likes=post.get("likes", 0),
                    thread=thread.key,
                )
                for post in posts
            ],
        )


def _videos(site: Site, data: Mapping[str, Any]) -> Iterator[tuple[Thread, list[Entry]]]:
    for record in data.get("video", ()):
        path = f"/watch?v={record['key']}"
        thread = Thread(
            key=record["key"],
            site=site.key,
            title=record["title"],
            at=_time(record["at"]),
            path=path,
            channel=record["channel"],
        )
        entries = []
        for comment in record["comment"]:
            for child in (comment, *comment.get("reply", ())):
                entries.append(
                    Entry(
                        key=child["key"],
                        site=site.key,
                        kind="comment",
                        path=f"{path}&lc={child['key']}",
                        versions=_versions(child),
                        expected=_expected(child),
                        nick=child["nick"],
                        likes=child.get("likes", 0),
                        thread=thread.key,
                        parent="" if child is comment else comment["key"],
                    )
                )
        yield thread, entries


def _imported(site: Site, record: Mapping[str, Any]) -> Entry:
    number = zlib.crc32(record["key"].encode()) % 9_000_000 + 1_000_000
    return Entry(
        key=record["key"],
        site=site.key,
        kind="import",
        path=f"/bai-viet/{number}" if record.get("link", True) else "",
        versions=_versions(record),
        expected=_expected(record),
        nick=record.get("nick", ""),
        channel=record["channel"],
        platform=record.get("platform", "trangcong"),
        seen=_time(record["seen"]) if "seen" in record else _time(record["at"]),
        counters={name: record[name] for name in ("views", "reactions", "comments", "shares") if name in record},
        refused=record.get("refused", ""),
    )


def _checked(world: World) -> World:
    keys = [entry.key for entry in world.entries]
    doubles = {key for key in keys if keys.count(key) > 1}
    if doubles:
        raise ContentError(f"keys used twice: {', '.join(sorted(doubles))}")
    for entry in world.entries:
        if not all(OLDEST <= version.at <= LAST for version in entry.versions):
            raise ContentError(f"{entry.key}: a time lies outside the bundled days")
        if (entry.expected.lane is Lane.HARM) != bool(entry.expected.harms):
            raise ContentError(f"{entry.key}: lane harm and a harm class go together")
        if entry.thread and entry.at < world.threads[entry.thread].at:
            raise ContentError(f"{entry.key}: older than the thread or video it stands under")
    return world


@cache
def load(folder: Path = FOLDER) -> World:
    """Read all content files; raises ContentError with the record's key when a file contradicts itself."""
    with (folder / "sites.toml").open("rb") as file:
        settings = tomllib.load(file)
    sites = {}
    for key, record in settings.items():
        down = record.pop("down_from", None)
        sites[key] = Site(key=key, down_from=_time(down) if down else None, **record)
    data = {key: tomllib.loads((folder / f"{key}.toml").read_text(encoding="utf-8")) for key in sites}
    originals = {record["key"]: record for content in data.values() for record in content.get("article", ())}
    threads: dict[str, Thread] = {}
    entries: list[Entry] = []
    for key, site in sites.items():
        entries += [_article(site, _copied(record, originals)) for record in data[key].get("article", ())]
        entries += [_imported(site, record) for record in data[key].get("post", ())]
        for thread, children in (*_forum(site, data[key]), *_videos(site, data[key])):
            threads[thread.key] = thread
            entries += children
    entries.sort(key=lambda entry: (entry.at.astimezone(UTC), entry.key))
    return _checked(World(sites=sites, threads=threads, entries=tuple(entries)))
