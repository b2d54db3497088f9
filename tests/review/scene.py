"""A small fictional desk: invented publications stored, assessed and put into stories as the stages would do it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import handling
from provinces import Province
from records import Records, Transaction, VirtualClock
from records.types import (
    Assessment,
    Capture,
    Channel,
    Harm,
    HarmFinding,
    HarmLevel,
    Item,
    Lane,
    MaskKind,
    Member,
    Person,
    Proposal,
    Reach,
    Rescue,
    Role,
    SealedValue,
    Severity,
    Span,
    Story,
    Tone,
)

NOW = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)  # Friday, 08:00 in Vietnam
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
PHONE = "0987 654 321"
HOUSE = "15/4"
POSTER = "nguoi.dang.bai.99"

REVIEWER = Person(name="Hồ Thị Thử Nghiệm", role=Role.REVIEWER)
APPROVER = Person(name="Bùi Thị Ví Dụ", role=Role.APPROVER)
CYBER = Person(name="Trực ban Một", role=Role.CYBER)
LIAISON = Person(name="Lê Văn Đầu Mối", role=Role.LIAISON)


def found(harm: Harm, **changes: Any) -> HarmFinding:
    """Return a finding with an indicator."""
    values: dict[str, Any] = {
        "harm": harm,
        "probability": 0.93,
        "level": HarmLevel.ALERT,
        "spans": (Span(start=0, end=4, reason="link:mimic"),),
        "reasons": ("link:mimic", "model m: +2.00, threshold 0.3/0.6"),
        "artefacts": ("dien-luc-hotro.example",),
    }
    return HarmFinding(**{**values, **changes})


@dataclass(slots=True)
class Scene:
    """Records, a province, a clock, and short ways to fill them."""

    records: Records
    province: Province
    clock: VirtualClock = field(default_factory=lambda: VirtualClock(NOW))

    @property
    def now(self) -> datetime:
        return self.clock.now()

    def post(self, name: str, **changes: Any) -> Item:
        """Store a masked post with a sealed phone number and house."""
        values: dict[str, Any] = {
            "source_id": "xomnho/forum",
            "channel": Channel.SOCIAL,
            "platform": "xomnho",
            "native_id": name,
            "poster": POSTER,
            "url": f"https://xomnho.example/t/{name}",
            "title": "",
            "body": f"Bài {name}: gọi [PHONE:1], số nhà [ADDRESS:1], vào https://dien-luc-hotro.example/tai",
            "published_at": self.now - HOUR,
            "sealed": (
                SealedValue(kind=MaskKind.PHONE, number=1, value=PHONE),
                SealedValue(kind=MaskKind.ADDRESS, number=1, value=HOUSE),
            ),
        }
        with self.records.begin() as tx:
            stored = tx.items.store(Capture(**{**values, **changes}), self.now)
            return tx.items.get(stored.item_id)

    def article(self, name: str, **changes: Any) -> Item:
        """Store an article of an invented newspaper."""
        return self.post(
            name,
            **{
                "channel": Channel.PRESS,
                "platform": "",
                "native_id": "",
                "poster": "",
                "url": f"https://baobien.example/{name}.html",
                "title": f"Chuyện {name}",
                "body": f"Thân bài {name}.",
                "sealed": (),
                **changes,
            },
        )

    def judge(self, item: Item, lane: Lane, *harms: HarmFinding, **changes: Any) -> Assessment:
        """Store an assessment of an item."""
        values: dict[str, Any] = {
            "item_id": item.item_id,
            "version": item.version,
            "model_version": "m",
            "assessed_at": self.now,
            "language": "vi",
            "relevant": True,
            "relevance": 0.9,
            "relevance_reason": "place",
            "lane": lane,
            "lane_probability": 0.9,
            "lane_reasons": ("lý do",),
            "tone": Tone.NEUTRAL,
            "tone_probability": 0.7,
            "severity": Severity.S3 if harms else Severity.S1,
            "agency_codes": ("so-nnmt",),
            "harms": harms,
        }
        made = Assessment(**{**values, **changes})
        with self.records.begin() as tx:
            tx.assessments.put(made)
        return made

    def story(self, story_id: str, *items: Item, **changes: Any) -> Story:
        """Store a story of items, or change it, and propose."""
        with self.records.begin() as tx:
            known = tx.stories.get_many([story_id]).get(story_id)
            values: dict[str, Any] = {
                "story_id": story_id,
                "revision": 0,
                "headline": items[0].title or items[0].body,
                "lead": "",
                "lane": Lane.NEUTRAL,
                "tone": Tone.NEUTRAL,
                "severity": Severity.S1,
                "reach": Reach.R0,
                "first_published_at": known.first_published_at if known else self.now - HOUR,
                "last_published_at": self.now - HOUR,
                "lead_item_id": items[0].item_id,
                "items": len(items),
                "families": len(items),
                "outlets": 1,
                "agency_codes": ("so-nnmt",),
            }
            members = [
                Member(item_id=item.item_id, story_id=story_id, family_id=f"f{number}")
                for number, item in enumerate(items)
            ]
            story = tx.stories.put(Story(**{**values, **changes}), members, now=self.now)
        self.propose()
        return story

    def propose(self) -> None:
        """Run the stage ``propose``."""
        handling.run(self.records, self.province, self.clock)

    def harm(self, name: str, harm: Harm, **changes: Any) -> Item:
        """Put a post with one harm finding into a story of its own (``story-NAME``)."""
        imminent = bool(changes.pop("imminent", False))
        item = self.post(name)
        self.judge(item, Lane.HARM, found(harm, imminent=imminent), **changes)
        if harm is Harm.CHILD_ABUSE:
            self.propose()  # the text is erased: it has a story of its own by now
        else:
            self.story(f"story-{name}", item)
        return item

    def complaint(self, name: str, **changes: Any) -> Item:
        """Put a complaint into a story of its own."""
        item = self.article(name)
        self.judge(item, Lane.FEEDBACK)
        self.story(f"story-{name}", item, lane=Lane.FEEDBACK, **changes)
        return item

    def rumour(self, name: str, reach: Reach = Reach.R0, severity: Severity = Severity.S3) -> Item:
        """Put an unverified post into a story of its own."""
        item = self.post(name, title=f"Nghe nói hồ {name} xả lũ đêm nay, xem https://xomnho.example/t/{name}")
        self.judge(item, Lane.UNVERIFIED, severity=severity)
        self.story(f"story-{name}", item, reach=reach)
        return item

    def call(self, name: str) -> Item:
        """Put a call for rescue into a story of its own."""
        item = self.post(name)
        rescue = Rescue(score=0.9, need=("boat",), place_code=None)
        self.judge(item, Lane.NEUTRAL, rescue=rescue, severity=Severity.S4)
        self.story(f"story-{name}", item)
        return item

    def proposals(self, item: Item | None = None, story_id: str = "") -> dict[str, Proposal]:
        """Return the proposals of an item, or of a story as such, by action."""
        with self.records.read() as tx:
            if item is not None:
                return {one.action: one for one in tx.proposals.of_item(item.item_id)}
            found = tx.proposals.of_stories([story_id]).get(story_id, [])
            return {one.action: one for one in found if one.item_id is None}


def payloads(tx: Transaction, *topics: str) -> list[dict[str, Any]]:
    """Return the payloads of everything queued under the topics."""
    return [dict(row.entry.payload) for topic in topics for row in tx.outbox.list(topic)]
