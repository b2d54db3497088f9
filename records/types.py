"""Domain types: the frozen values that every room reads and writes.

Instants are timezone-aware ``datetime`` in UTC. Text is NFC, tone-placed and masked (see ``text``). Codes are the
strings of the province's data (``provinces``). Offsets count characters of ``Item.text``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from text import MaskKind as MaskKind
from text import SealedValue as SealedValue


class Channel(StrEnum):
    """Where an item was published."""

    PRESS = "press"
    OFFICIAL = "official"
    SOCIAL = "social"
    BROADCAST = "broadcast"
    HOTLINE = "hotline"


class Lane(StrEnum):
    """The one lane of an item; harm and feedback never share a way (``domain.md`` §5.1)."""

    GOOD = "good"
    NEUTRAL = "neutral"
    FEEDBACK = "feedback"
    HARM = "harm"
    UNVERIFIED = "unverified"
    OTHER = "other"


class Tone(StrEnum):
    """Attitude of the text, stored apart from the lane: negative is not harmful."""

    POSITIVE = "positive"
    NEUTRAL = "neutral"
    NEGATIVE = "negative"
    MIXED = "mixed"
    UNKNOWN = "unknown"


class Harm(StrEnum):
    """The closed list of concrete harms (``domain.md`` §5.2); nothing may be added by configuration."""

    FRAUD = "H1"
    IMPERSONATION = "H2"
    DANGEROUS_RUMOUR = "H3"
    VIOLENCE = "H4"
    HATE = "H5"
    CHILD_ABUSE = "H6"
    LEAKED_DATA = "H7"
    MALICIOUS_LINK = "H8"


REFERABLE = frozenset(
    {Harm.FRAUD, Harm.IMPERSONATION, Harm.VIOLENCE, Harm.CHILD_ABUSE, Harm.LEAKED_DATA, Harm.MALICIOUS_LINK}
)
"""Harms that may become a cyber-team referral (H4 only when imminent): ``domain.md`` §5.3 (12)."""


class HarmLevel(StrEnum):
    """Which of the two thresholds of its class a finding passed."""

    SUGGEST = "suggest"
    ALERT = "alert"


class FeedbackKind(StrEnum):
    """Sub-types of lane B (``domain.md`` §5.2)."""

    SERVICE = "service"
    INFRASTRUCTURE_ENVIRONMENT = "infrastructure_environment"
    PROCEDURE = "procedure"
    OFFICIAL_CONDUCT = "official_conduct"
    CORRUPTION_WASTE = "corruption_waste"
    POLICY_PROPOSAL = "policy_proposal"


class Severity(StrEnum):
    """S1 low … S4 life at risk (``domain.md`` §5.4)."""

    S1 = "S1"
    S2 = "S2"
    S3 = "S3"
    S4 = "S4"


class Reach(StrEnum):
    """Estimated public views or interactions in 24 h: R0 < 1 k, R1 < 10 k, R2 < 100 k, R3 above or three outlets."""

    R0 = "R0"
    R1 = "R1"
    R2 = "R2"
    R3 = "R3"


class Precision(StrEnum):
    """How exact ``published_at`` is: a day without a clock is never shown as 00:00."""

    MINUTE = "minute"
    DAY = "day"
    NONE = "none"


class BodyKind(StrEnum):
    """How much of a publication the body is.

    FULL: extracted article. LEAD: feed entry whose article could not be had (title and lead only). POST: a social post.
    """

    FULL = "full"
    LEAD = "lead"
    POST = "post"


@dataclass(frozen=True, slots=True, kw_only=True)
class Engagement:
    """Public counters as shown by the source at collection; None where the source shows none."""

    views: int | None = None
    reactions: int | None = None
    comments: int | None = None
    shares: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceRef:
    """Where the raw response lies.

    WARC file relative to the evidence folder, byte offset, sha256 of the payload (hex).
    """

    file: str
    offset: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Capture:
    """One publication as a crawler hands it over: extracted, normalised and masked, not yet stored.

    ``url`` is canonical; ``aliases`` are other URLs that led here. ``native_id`` is the platform's own id of a social
    post (it is hashed, never stored). ``poster`` is the raw name or id of a social poster: it only feeds the keyed
    7-day hash and is dropped. ``bulletin`` is the series key of an official bulletin; a newer one of the same series
    supersedes it.
    """

    source_id: str
    channel: Channel
    url: str | None
    title: str
    lead: str = ""
    body: str = ""
    body_kind: BodyKind = BodyKind.FULL
    published_at: datetime | None = None
    published_precision: Precision = Precision.NONE
    section: str = ""
    aliases: tuple[str, ...] = ()
    platform: str = ""
    native_id: str = ""
    parent_id: str | None = None
    poster: str = ""
    engagement: Engagement = Engagement()
    bulletin: str | None = None
    valid_until: datetime | None = None
    added_by: str | None = None
    sealed: tuple[SealedValue, ...] = ()
    evidence: EvidenceRef | None = None
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A stored publication in its newest version.

    ``item_id``: sha256 of the canonical URL, or ``platform:sha256(native id)``.
    ``revision`` grows with every change that the index must see (new version, assessment, story, withdrawal, expiry).
    """

    item_id: str
    version: int
    source_id: str
    channel: Channel
    url: str | None
    title: str
    lead: str
    body: str
    body_kind: BodyKind
    published_at: datetime | None
    published_precision: Precision
    collected_at: datetime
    changed_at: datetime
    content_hash: str
    section: str = ""
    parent_id: str | None = None
    poster_hash: str | None = None
    engagement: Engagement = Engagement()
    bulletin: str | None = None
    valid_until: datetime | None = None
    withdrawn_at: datetime | None = None
    added_by: str | None = None
    evidence: EvidenceRef | None = None
    flags: tuple[str, ...] = ()
    revision: int = 1

    @property
    def text(self) -> str:
        """Title, lead and body, joined by newlines: the text that spans count in."""
        return "\n".join(part for part in (self.title, self.lead, self.body) if part)

    @property
    def time(self) -> datetime:
        """Publication instant, or the collection instant where none is known."""
        return self.published_at or self.collected_at


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Characters ``start`` to ``end`` (exclusive) of ``Item.text``, with the reason they are evidence."""

    start: int
    end: int
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceHit:
    """One resolved place. ``score`` in 0..1; ``reason`` names the rule and the cue."""

    place_code: str
    name: str
    score: float
    reason: str
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HarmFinding:
    """One suspicion of a concrete harm.

    ``probability`` is calibrated; ``artefacts`` are indicators (domain, masked account).
    """

    harm: Harm
    probability: float
    level: HarmLevel
    spans: tuple[Span, ...]
    reasons: tuple[str, ...]
    imminent: bool = False
    artefacts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rescue:
    """A call for rescue (kêu cứu): never a harm. ``need`` in boat, food, medical, evacuation, other."""

    score: float
    need: tuple[str, ...]
    place_code: str | None
    spans: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """What ``nlp`` thinks of one version of an item; advisory, with confidence and reasons."""

    item_id: str
    version: int
    model_version: str
    assessed_at: datetime
    language: str
    relevant: bool
    relevance: float
    relevance_reason: str
    lane: Lane
    lane_probability: float
    lane_reasons: tuple[str, ...]
    tone: Tone
    tone_probability: float
    severity: Severity = Severity.S1
    human_only: bool = False
    places: tuple[PlaceHit, ...] = ()
    fields: tuple[str, ...] = ()
    agency_codes: tuple[str, ...] = ()
    feedback_kind: FeedbackKind | None = None
    spans: tuple[Span, ...] = ()
    harms: tuple[HarmFinding, ...] = ()
    rescue: Rescue | None = None
    signals: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """A set of items about one event. ``families`` counts independent texts: copies of one agency text are one family.

    ``lane`` is the dominant lane of its families outside harm and unverified; items in those two lanes are decided one
    by one.
    """

    story_id: str
    revision: int
    headline: str
    lead: str
    lane: Lane
    tone: Tone
    severity: Severity
    reach: Reach
    first_published_at: datetime
    last_published_at: datetime
    lead_item_id: str
    items: int
    families: int
    outlets: int
    place_codes: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    agency_codes: tuple[str, ...] = ()
    updated_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """An item's place in a story and family."""

    item_id: str
    story_id: str
    family_id: str


class ProposalState(StrEnum):
    """Life of a proposed action. Outward acts need APPROVED, lane C by two people.

    RELEASED: danger to life (S4) sent on by one named reviewer; the second person makes it APPROVED or REJECTED within
    30 minutes.
    """

    PROPOSED = "proposed"
    REVIEWED = "reviewed"
    RELEASED = "released"
    APPROVED = "approved"
    REJECTED = "rejected"
    DONE = "done"


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """One action of the catalogue (A01–A17) proposed for a story, or for one item in lane C.

    ``actor`` is an agency code or a role of the catalogue; ``basis`` are ids of instruments in force on the day.
    """

    proposal_id: str
    story_id: str
    item_id: str | None
    action: str
    lane: Lane
    harm: Harm | None
    severity: Severity
    actor: str
    due_at: datetime
    basis: tuple[str, ...]
    rationale: str
    state: ProposalState
    created_at: datetime
    reviewed_by: str | None = None
    approved_by: str | None = None


class Role(StrEnum):
    """Who may do what is fixed in ``review`` (``domain.md`` §5.3 (13))."""

    COLLECTOR = "collector"
    REVIEWER = "reviewer"
    APPROVER = "approver"
    SIGNER = "signer"
    LIAISON = "liaison"
    OFFICE = "office"
    CYBER = "cyber"
    AUDITOR = "auditor"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A named member of staff acting in a role. Staff only: no resident is ever a Person."""

    name: str
    role: Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What a person decided about a subject (story, item, proposal, case, edition)."""

    decision_id: str
    subject: str
    subject_id: str
    verb: str
    person: str
    role: Role
    decided_at: datetime
    note: str = ""
    changes: Mapping[str, Any] = field(default_factory=dict)


class CaseState(StrEnum):
    """Trạng thái of a case (``domain.md`` §6)."""

    SENT = "sent"
    RECEIVED = "received"
    IN_PROGRESS = "in_progress"
    ANSWERED = "answered"
    PUBLISHED = "published"
    RETURNED = "returned"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """An approved lane-B proposal followed to its end. Overdue is derived from the clock, never stored."""

    case_id: str
    proposal_id: str
    story_id: str
    agency_code: str
    summary: str
    state: CaseState
    opened_at: datetime
    first_reply_due: datetime
    final_due: datetime
    answered_at: datetime | None = None
    closed_at: datetime | None = None
    answer: str = ""
    reminders: int = 0


class OutwardKind(StrEnum):
    """The four outward ways; only REFERRAL reaches the cyber team."""

    REFERRAL = "referral"
    VERIFICATION = "verification"
    NOTICE = "notice"
    RESCUE = "rescue"


class Conclusion(StrEnum):
    """What the competent agency concluded on a claim.

    ``NOT_TRUE`` is only ever a citation of its published conclusion.
    """

    TRUE = "true"
    PARTLY_TRUE = "partly_true"
    NO_BASIS = "no_basis"
    NOT_TRUE = "not_true"


class AlertKind(StrEnum):
    """What an alert state is about."""

    HARM = "harm"
    RESCUE = "rescue"
    RUMOUR = "rumour"
    OPERATIONS = "operations"


class AlertState(StrEnum):
    """States, not messages."""

    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    RESOLVED = "resolved"


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """One alert state per story and kind.

    ``step`` is the escalation step along the roster, ``next_at`` the next ring.
    """

    alert_id: str
    story_id: str
    kind: AlertKind
    severity: Severity
    state: AlertState
    opened_at: datetime
    headline: str
    step: int = 0
    next_at: datetime | None = None
    acknowledged_by: str | None = None
    resolved_at: datetime | None = None


class EditionKind(StrEnum):
    """Kinds of editions."""

    DAILY = "daily"
    FLASH = "flash"
    WEEKLY = "weekly"
    MONTHLY = "monthly"


class EditionState(StrEnum):
    """draft → reviewed → approved → delivered; AUTOMATIC is the 07:00 fallback that nobody reviewed."""

    DRAFT = "draft"
    AUTOMATIC = "automatic"
    REVIEWED = "reviewed"
    APPROVED = "approved"
    DELIVERED = "delivered"


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """One edition in one revision. ``content`` is the machine-readable edition (the JSON attached to the PDF)."""

    edition_id: str
    kind: EditionKind
    revision: int
    window_start: datetime
    window_end: datetime
    state: EditionState
    made_at: datetime
    content: Mapping[str, Any]
    content_hash: str
    approved_by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxEntry:
    """An outward effect, written in the transaction of its cause.

    ``key`` is unique: the same effect is never queued twice.
    """

    entry_id: int
    topic: str
    key: str
    payload: Mapping[str, Any]
    created_at: datetime
    attempts: int = 0
    last_error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quarantined:
    """A row that left a stage with a reason a person can act on.

    ``retry_at`` None means: not before a person releases it.
    """

    stage: str
    subject_id: str
    reason: str
    detail: str
    since: datetime
    attempts: int
    retry_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchState:
    """What the crawler remembers of one fetched URL: validators, adaptive interval (seconds), last outcome."""

    source_id: str
    url: str
    etag: str | None = None
    last_modified: str | None = None
    last_fetched_at: datetime | None = None
    last_changed_at: datetime | None = None
    next_at: datetime | None = None
    interval_s: int = 600
    last_status: int | None = None
    last_error: str = ""
    failures: int = 0
