"""The bundled days walked through every room, to be looked at from outside: files, rows, messages, pages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path

import sqlalchemy as sa

import alerts
import handling
import provinces
import search
from crawlers import collect
from demo import inbox, reviewers
from demo.content import FIRST, VIETNAM, Entry, World, load
from demo.match import item_ids
from demo.profile import FOLDER
from demo.server import DemoServer
from nlp import assess
from provinces import Province
from provinces.types import Access, Source, SourceKind
from records import Records, StageReport, VirtualClock
from records import tables as tb
from records.types import Lane, Member, Reach, Story
from reports import brief, deliver

WORLD: World = load()
EVENING = datetime(2026, 11, 19, 22, 30, tzinfo=VIETNAM)
CUTOFF = datetime(2026, 11, 20, 5, 30, tzinfo=VIETNAM)
MORNING = datetime(2026, 11, 20, 7, 5, tzinfo=VIETNAM)
OUTLETS = frozenset({"nhaptay", "xomnho", "xemlang", "baobanmai", "chuyendong", "loimoi", "khituong", "hochua"})
"""All social channels and official sources of the demo, and enough press for an edition."""
RESIDENTS = ("nhaptay", "xomnho", "xemlang")
OUTWARD = ("referral", "recall", "verification", "notice", "rescue", "case")
"""Outbox topics that carry content out of the desk (``domain.md`` §5.3 (6)); editions leave as ``mail``."""


@dataclass(frozen=True, slots=True)
class House:
    """One data folder after a walk. ``inbox`` (what the officer typed in) lies beside it, not in it."""

    folder: Path
    records: Records
    province: Province
    clock: VirtualClock
    asked: Mapping[tuple[str, str], int]
    report: StageReport

    @property
    def out(self) -> Path:
        """Where editions, mails and messages lie."""
        return self.folder / "out"

    @property
    def edition(self) -> Path:
        """The folder of the edition of 20/11/2026."""
        return self.out / brief.edition_id(self.province, CUTOFF)

    def files(self) -> dict[str, bytes]:
        """Return the bytes of every file of the data folder by its relative name, the database with its WAL."""
        return {
            str(path.relative_to(self.folder)): path.read_bytes()
            for path in sorted(self.folder.rglob("*"))
            if path.is_file()
        }

    def topics(self) -> Counter[str]:
        """Return the number of outbox entries by topic."""
        with self.records.read() as tx:
            return Counter(tx.connection.execute(sa.select(tb.outbox.c.topic)).scalars())


def entries(*sites: str) -> list[Entry]:
    """Return the demo's publications of some sites that were visible when the crawl looked."""
    return [entry for entry in WORLD.entries if entry.site in sites and not entry.refused and entry.at <= EVENING]


def ids() -> dict[str, str]:
    """Return item ids by the keys of the demo's publications."""
    return {entry.key: item_id for item_id, entry in item_ids(WORLD).items()}


def stories(records: Records, now: datetime) -> None:
    """Make every assessed, relevant item a story of its own: what the stage ``link`` decides is not looked at here."""
    with records.begin() as tx:
        for pair in list(tx.assessments.collected(now - timedelta(days=9), now + timedelta(days=1))):
            if not pair.assessment.relevant:
                continue
            lane = Lane.NEUTRAL if pair.assessment.lane in {Lane.HARM, Lane.UNVERIFIED} else pair.assessment.lane
            story = Story(
                story_id=sha256(pair.item.item_id.encode()).hexdigest(),
                revision=0,
                headline=pair.item.title or pair.item.body[:80],
                lead=pair.item.lead,
                lane=lane,
                tone=pair.assessment.tone,
                severity=pair.assessment.severity,
                reach=Reach.R2 if (pair.item.engagement.views or 0) >= 10_000 else Reach.R1,
                first_published_at=pair.item.time,
                last_published_at=pair.item.time,
                lead_item_id=pair.item.item_id,
                items=1,
                families=1,
                outlets=1,
                place_codes=tuple(hit.place_code for hit in pair.assessment.places),
                fields=pair.assessment.fields,
                agency_codes=pair.assessment.agency_codes,
            )
            member = Member(item_id=pair.item.item_id, story_id=story.story_id, family_id=story.story_id)
            tx.stories.put(story, [member], now=now)


def sources(province: Province, outlets: Iterable[str] = OUTLETS) -> list[Source]:
    """Return the demo's sources of some outlets, without the one that needs a browser."""
    wanted = set(outlets)
    return [one for one in province.sources if one.outlet in wanted and one.access is not Access.BROWSER]


def press_and_official(province: Province) -> list[Source]:
    """Return the sources that residents do not write in."""
    return [one for one in sources(province) if one.kind is not SourceKind.SOCIAL]


def walk(folder: Path, *, decided: bool, chosen: Iterable[Source] | None = None) -> House:
    """Walk the evening of 19/11 and the morning of 20/11 into ``folder``.

    ``decided``: the invented reviewers act and the approver approves the edition; else nobody is at the desk.
    """
    province = provinces.load(FOLDER)
    clock = VirtualClock(EVENING)
    records = Records.open(folder, province=province.key)
    notes = folder.parent / f"{folder.name}-inbox"
    inbox.write(WORLD, notes, EVENING)
    used = sources(province) if chosen is None else list(chosen)
    with DemoServer(clock, world=WORLD) as server:
        report = collect.run(
            records, province, clock, sources=used, allow_hosts=server.allow_hosts, inbox=notes, spacing_s=0
        )
        asked = dict(server.sites.asked)
    assess.run(records, province, clock)
    stories(records, clock.now())
    alerts.run(records, province, clock)
    handling.run(records, province, clock)
    engine = search.EmbeddedEngine(folder / "search", province.timezone)
    search.run(records, province, clock, engine)
    engine.close()
    if decided:
        reviewers.act(records, province, WORLD, FIRST, EVENING)
        handling.run(records, province, clock)
    clock.advance_to(CUTOFF + timedelta(minutes=15))
    brief.run(records, province, clock, cutoff=CUTOFF, out=folder / "out")
    if decided:
        reviewers.approve_edition(records, brief.edition_id(province, CUTOFF), clock.now())
    clock.advance_to(MORNING)
    deliver.run(records, province, clock, sender=deliver.FileSender(folder / "out" / "mail"))
    channel = alerts.FileChannel(folder / "out" / "alerts")
    alerts.send(records, province, clock, desk=channel, cyber=channel)
    return House(folder, records, province, clock, asked, report)
