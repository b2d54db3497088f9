"""Fictional records for the tests."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from records import Transaction, url_id
from records.types import (
    Assessment,
    Capture,
    Channel,
    Harm,
    HarmFinding,
    HarmLevel,
    Item,
    Lane,
    Member,
    Proposal,
    ProposalState,
    Reach,
    Severity,
    Span,
    Story,
    Tone,
)

NOW = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def capture(name: str = "mot", **changes: Any) -> Capture:
    """Return an article of an invented outlet."""
    values: dict[str, Any] = {
        "source_id": "baobien/rss",
        "channel": Channel.PRESS,
        "url": f"https://baobien.example/{name}.html",
        "title": f"Tin {name}",
        "lead": "Sapo của tin.",
        "body": "Thân bài của tin.",
        "published_at": NOW - HOUR,
    }
    return Capture(**{**values, **changes})


def post(name: str = "bai", **changes: Any) -> Capture:
    """Return a post of an invented forum."""
    values: dict[str, Any] = {
        "source_id": "xomnho/forum",
        "channel": Channel.SOCIAL,
        "platform": "xomnho",
        "native_id": name,
        "url": f"https://xomnho.example/t/{name}",
        "title": "",
        "body": f"Rác chưa ai gom, hôi quá {name}",
        "published_at": NOW - HOUR,
    }
    return Capture(**{**values, **changes})


def store(tx: Transaction, *captures: Capture, now: datetime = NOW) -> list[Item]:
    """Store captures and return their items."""
    return [tx.items.get(stored.item_id) for stored in tx.items.store_many(captures, now)]


def assessment(item: Item, **changes: Any) -> Assessment:
    """Return an assessment of an item: relevant, neutral."""
    values: dict[str, Any] = {
        "item_id": item.item_id,
        "version": item.version,
        "model_version": "m1",
        "assessed_at": NOW,
        "language": "vi",
        "relevant": True,
        "relevance": 0.9,
        "relevance_reason": "place",
        "lane": Lane.NEUTRAL,
        "lane_probability": 0.8,
        "lane_reasons": ("model",),
        "tone": Tone.NEUTRAL,
        "tone_probability": 0.7,
    }
    return Assessment(**{**values, **changes})


def finding(harm: Harm, **changes: Any) -> HarmFinding:
    """Return a suspicion of a harm."""
    values: dict[str, Any] = {
        "harm": harm,
        "probability": 0.95,
        "level": HarmLevel.ALERT,
        "spans": (Span(start=0, end=3, reason="link"),),
        "reasons": ("lookalike",),
        "artefacts": ("dien-luc.example",),
    }
    return HarmFinding(**{**values, **changes})


def story(story_id: str, lead: Item, **changes: Any) -> Story:
    """Return a story led by an item."""
    values: dict[str, Any] = {
        "story_id": story_id,
        "revision": 0,
        "headline": lead.title or lead.body,
        "lead": lead.lead,
        "lane": Lane.NEUTRAL,
        "tone": Tone.NEUTRAL,
        "severity": Severity.S1,
        "reach": Reach.R0,
        "first_published_at": lead.time,
        "last_published_at": lead.time,
        "lead_item_id": lead.item_id,
        "items": 1,
        "families": 1,
        "outlets": 1,
    }
    return Story(**{**values, **changes})


def member(item: Item, story_id: str, family_id: str = "f1") -> Member:
    """Return an item's membership."""
    return Member(item_id=item.item_id, story_id=story_id, family_id=family_id)


def proposal(proposal_id: str = "p1", **changes: Any) -> Proposal:
    """Return an approved referral proposal of a fraud, by two people."""
    values: dict[str, Any] = {
        "proposal_id": proposal_id,
        "story_id": "s1",
        "item_id": url_id("https://baobien.example/mot.html"),
        "action": "A11",
        "lane": Lane.HARM,
        "harm": Harm.FRAUD,
        "severity": Severity.S3,
        "actor": "approver",
        "due_at": NOW + 4 * HOUR,
        "basis": ("luat-116-2025",),
        "rationale": "Trang giả danh đơn vị điện lực.",
        "state": ProposalState.APPROVED,
        "created_at": NOW,
        "reviewed_by": "Người duyệt Một",
        "approved_by": "Người duyệt Hai",
    }
    return Proposal(**{**values, **changes})


def feedback(proposal_id: str = "p2", **changes: Any) -> Proposal:
    """Return an approved proposal to route a complaint."""
    values: dict[str, Any] = {
        "item_id": None,
        "action": "A07",
        "lane": Lane.FEEDBACK,
        "harm": None,
        "severity": Severity.S1,
        "approved_by": None,
    }
    return proposal(proposal_id, **{**values, **changes})
