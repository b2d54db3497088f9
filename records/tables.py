"""All tables, with the rules that hold whatever the code above does (``domain.md`` §5.3).

There is no table and no column for who wrote a post: residents have no place in this schema. Columns named ``*_by`` and
``person`` hold named staff. Real columns carry what is filtered, sorted or constrained; JSON carries nested values.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator, TypeEngine

from records import types as t
from text import MaskKind


class Instant(TypeDecorator[datetime]):
    """An instant in UTC: ``timestamptz`` on PostgreSQL, sortable ISO text with microseconds and ``Z`` on SQLite.

    A naive datetime is refused with ``ValueError``: nobody could say which instant it was.
    """

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Return the column type of the database."""
        return sa.String(27) if dialect.name == "sqlite" else sa.DateTime(timezone=True)

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        """Return what is sent to the database."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"an instant needs a time zone, got {value!r}")
        utc = value.astimezone(UTC)
        return f"{utc.isoformat(timespec='microseconds')[:26]}Z" if dialect.name == "sqlite" else utc

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """Return what the database gave, in UTC."""
        if value is None:
            return None
        return datetime.fromisoformat(value) if isinstance(value, str) else value.astimezone(UTC)


metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _one_of(column: str, values: Iterable[str], name: str | None = None) -> sa.CheckConstraint:
    listed = ", ".join(f"'{value}'" for value in values)
    return sa.CheckConstraint(f"{column} IN ({listed})", name=name or f"{column}_known")


def _text(name: str, *, default: str = "") -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=False, server_default=default)


def _json(name: str, *, default: str = "[]") -> sa.Column[Any]:
    return sa.Column(name, sa.JSON(none_as_null=True), nullable=False, server_default=default)


def _instant(name: str, *, nullable: bool = False) -> sa.Column[datetime]:
    return sa.Column(name, Instant, nullable=nullable)


def _flag(name: str) -> sa.Column[bool]:
    return sa.Column(name, sa.Boolean, nullable=False, server_default=sa.false())


_SERIAL = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_REFERABLE = sorted(harm.value for harm in t.REFERABLE)
ACTIONS = tuple(f"A{number:02d}" for number in range(1, 18))
"""The closed catalogue (``domain.md`` §5.4): no action of taking down, fining or identifying can be stored."""

meta = sa.Table("meta", metadata, sa.Column("name", sa.String(40), primary_key=True), _text("value"))

fetch_states = sa.Table(
    "fetch_states",
    metadata,
    sa.Column("source_id", sa.String(120), primary_key=True),
    sa.Column("url_key", sa.String(64), primary_key=True),
    _text("url"),
    sa.Column("etag", sa.Text),
    sa.Column("last_modified", sa.Text),
    _instant("last_fetched_at", nullable=True),
    _instant("last_changed_at", nullable=True),
    _instant("next_at", nullable=True),
    sa.Column("interval_s", sa.Integer, nullable=False),
    sa.Column("last_status", sa.Integer),
    _text("last_error"),
    sa.Column("failures", sa.Integer, nullable=False, server_default="0"),
    sa.Index(None, "next_at"),
)

source_health = sa.Table(
    "source_health",
    metadata,
    sa.Column("source_id", sa.String(120), primary_key=True),
    sa.Column("slot", Instant, primary_key=True),
    sa.Column("outcome", sa.String(40), primary_key=True),
    sa.Column("number", sa.Integer, nullable=False),
    _instant("last_at"),
    sa.Index(None, "slot"),
)

_CONTENT: tuple[tuple[str, Any, bool], ...] = (
    ("url", sa.Text, True),
    ("title", sa.Text, False),
    ("lead", sa.Text, False),
    ("body", sa.Text, False),
    ("body_kind", sa.String(8), False),
    ("published_at", Instant, True),
    ("published_precision", sa.String(8), False),
    ("changed_at", Instant, False),
    ("content_hash", sa.String(64), False),
    ("section", sa.Text, False),
    ("evidence_file", sa.Text, True),
    ("evidence_offset", sa.BigInteger, True),
    ("evidence_sha256", sa.String(64), True),
    ("flags", sa.JSON, False),
)
CONTENT = tuple(name for name, _, _ in _CONTENT)
"""What a version of an item holds; the rest belongs to the item as such."""

items = sa.Table(
    "items",
    metadata,
    sa.Column("item_id", sa.String(120), primary_key=True),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("revision", sa.Integer, nullable=False),
    sa.Column("source_id", sa.String(120), nullable=False),
    sa.Column("channel", sa.String(12), nullable=False),
    *(sa.Column(name, kind, nullable=nullable) for name, kind, nullable in _CONTENT),
    _instant("collected_at"),
    sa.Column("parent_id", sa.String(120)),
    sa.Column("poster_hash", sa.String(32)),
    sa.Column("views", sa.BigInteger),
    sa.Column("reactions", sa.BigInteger),
    sa.Column("comments", sa.BigInteger),
    sa.Column("shares", sa.BigInteger),
    sa.Column("bulletin", sa.String(120)),
    _instant("valid_until", nullable=True),
    _instant("withdrawn_at", nullable=True),
    sa.Column("added_by", sa.Text),
    sa.Column("assessed_model", sa.String(80), nullable=False, server_default=""),
    _instant("erased_at", nullable=True),
    _instant("expired_at", nullable=True),
    _one_of("channel", t.Channel),
    _one_of("body_kind", t.BodyKind),
    _one_of("published_precision", t.Precision),
    sa.CheckConstraint("version >= 1", name="version_positive"),
    sa.CheckConstraint(
        "erased_at IS NULL OR (title = '' AND lead = '' AND body = '' AND url IS NULL AND evidence_file IS NULL)",
        name="erased_empty",
    ),
    sa.Index(None, "assessed_model", "collected_at", "item_id"),
    sa.Index(None, "collected_at"),
    sa.Index(None, "published_at"),
    sa.Index(None, "bulletin", "published_at"),
    sa.Index(None, "parent_id"),
    sa.Index(
        "ix_items_to_expire",
        "channel",
        "collected_at",
        sqlite_where=sa.text("expired_at IS NULL"),
        postgresql_where=sa.text("expired_at IS NULL"),
    ),
    sa.Index(
        "ix_items_poster",
        "poster_hash",
        sqlite_where=sa.text("poster_hash IS NOT NULL"),
        postgresql_where=sa.text("poster_hash IS NOT NULL"),
    ),
)

item_versions = sa.Table(
    "item_versions",
    metadata,
    sa.Column("item_id", sa.String(120), sa.ForeignKey("items.item_id", ondelete="CASCADE"), primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True),
    *(sa.Column(name, kind, nullable=nullable) for name, kind, nullable in _CONTENT),
)

aliases = sa.Table(
    "aliases",
    metadata,
    sa.Column("alias_id", sa.String(120), primary_key=True),
    sa.Column("item_id", sa.String(120), sa.ForeignKey("items.item_id", ondelete="CASCADE"), nullable=False),
    sa.Column("url", sa.Text),
    sa.Index(None, "item_id"),
)

sealed = sa.Table(
    "sealed",
    metadata,
    sa.Column("item_id", sa.String(120), sa.ForeignKey("items.item_id", ondelete="CASCADE"), primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True),
    sa.Column("kind", sa.String(12), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("key_name", sa.String(40), nullable=False),
    sa.Column("box", sa.LargeBinary, nullable=False),
    _instant("sealed_at"),
    _one_of("kind", [*MaskKind, "URL"]),
    sa.Index(None, "sealed_at"),
)

evidence_deletions = sa.Table(
    "evidence_deletions",
    metadata,
    sa.Column("file", sa.String(200), primary_key=True),
    sa.Column("record_offset", sa.BigInteger, primary_key=True),
    sa.Column("sha256", sa.String(64), nullable=False),
    _instant("marked_at"),
    _instant("deleted_at", nullable=True),
)

assessments = sa.Table(
    "assessments",
    metadata,
    sa.Column("item_id", sa.String(120), sa.ForeignKey("items.item_id", ondelete="CASCADE"), primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True),
    sa.Column("model_version", sa.String(80), nullable=False),
    _instant("assessed_at"),
    sa.Column("language", sa.String(12), nullable=False),
    sa.Column("relevant", sa.Boolean, nullable=False),
    sa.Column("relevance", sa.Float, nullable=False),
    _text("relevance_reason"),
    sa.Column("lane", sa.String(12), nullable=False),
    sa.Column("lane_probability", sa.Float, nullable=False),
    _json("lane_reasons"),
    sa.Column("tone", sa.String(12), nullable=False),
    sa.Column("tone_probability", sa.Float, nullable=False),
    sa.Column("severity", sa.String(2), nullable=False),
    sa.Column("human_only", sa.Boolean, nullable=False),
    _json("places"),
    _json("fields"),
    _json("agency_codes"),
    sa.Column("feedback_kind", sa.String(32)),
    _json("spans"),
    _json("harms"),
    sa.Column("rescue", sa.JSON(none_as_null=True)),
    _json("signals"),
    sa.Column("corrected_by", sa.Text),
    sa.Column("link_state", sa.String(8), nullable=False),
    _instant("item_time"),
    _one_of("lane", t.Lane),
    _one_of("tone", t.Tone),
    _one_of("severity", t.Severity),
    _one_of("link_state", ("pending", "linked", "none")),
    _one_of("feedback_kind", t.FeedbackKind),
    sa.Index(None, "link_state", "item_time", "item_id"),
    sa.Index(None, "assessed_at"),
)

stories = sa.Table(
    "stories",
    metadata,
    sa.Column("story_id", sa.String(80), primary_key=True),
    sa.Column("revision", sa.Integer, nullable=False),
    _text("headline"),
    _text("lead"),
    sa.Column("lane", sa.String(12), nullable=False),
    sa.Column("tone", sa.String(12), nullable=False),
    sa.Column("severity", sa.String(2), nullable=False),
    sa.Column("reach", sa.String(2), nullable=False),
    _instant("first_published_at"),
    _instant("last_published_at"),
    sa.Column("lead_item_id", sa.String(120), nullable=False),
    sa.Column("items", sa.Integer, nullable=False),
    sa.Column("families", sa.Integer, nullable=False),
    sa.Column("outlets", sa.Integer, nullable=False),
    _json("place_codes"),
    _json("fields"),
    _json("agency_codes"),
    _instant("updated_at"),
    sa.Column("proposed_revision", sa.Integer, nullable=False, server_default="0"),
    sa.Column("alerted_revision", sa.Integer, nullable=False, server_default="0"),
    sa.Column("state", sa.LargeBinary),
    _one_of("lane", t.Lane),
    _one_of("tone", t.Tone),
    _one_of("severity", t.Severity),
    _one_of("reach", t.Reach),
    sa.Index(None, "last_published_at"),
    sa.Index(
        "ix_stories_to_propose",
        "updated_at",
        sqlite_where=sa.text("proposed_revision < revision"),
        postgresql_where=sa.text("proposed_revision < revision"),
    ),
    sa.Index(
        "ix_stories_to_alert",
        "updated_at",
        sqlite_where=sa.text("alerted_revision < revision"),
        postgresql_where=sa.text("alerted_revision < revision"),
    ),
)

members = sa.Table(
    "members",
    metadata,
    sa.Column("item_id", sa.String(120), sa.ForeignKey("items.item_id", ondelete="CASCADE"), primary_key=True),
    sa.Column("story_id", sa.String(80), sa.ForeignKey("stories.story_id", ondelete="CASCADE"), nullable=False),
    sa.Column("family_id", sa.String(80), nullable=False),
    sa.Index(None, "story_id", "family_id"),
)

signatures = sa.Table(
    "signatures",
    metadata,
    sa.Column("signature_id", _SERIAL, primary_key=True),
    sa.Column(
        "item_id", sa.String(120), sa.ForeignKey("items.item_id", ondelete="CASCADE"), nullable=False, unique=True
    ),
    sa.Column("blob", sa.LargeBinary, nullable=False),
    _instant("at"),
    sa.Index(None, "at"),
)

signature_keys = sa.Table(
    "signature_keys",
    metadata,
    sa.Column("key", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column(
        "signature_id",
        sa.BigInteger,
        sa.ForeignKey("signatures.signature_id", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
    ),
    sa.Index(None, "signature_id"),
    # Keys are random: rows of two integers keep their tree small enough to stay in memory.
    sqlite_with_rowid=False,
)

proposals = sa.Table(
    "proposals",
    metadata,
    sa.Column("proposal_id", sa.String(80), primary_key=True),
    sa.Column("story_id", sa.String(80), nullable=False),
    sa.Column("item_id", sa.String(120)),
    sa.Column("action", sa.String(3), nullable=False),
    sa.Column("lane", sa.String(12), nullable=False),
    sa.Column("harm", sa.String(2)),
    sa.Column("severity", sa.String(2), nullable=False),
    sa.Column("actor", sa.String(120), nullable=False),
    _instant("due_at"),
    _json("basis"),
    _text("rationale"),
    sa.Column("state", sa.String(12), nullable=False),
    _instant("created_at"),
    sa.Column("reviewed_by", sa.Text),
    sa.Column("approved_by", sa.Text),
    _one_of("action", ACTIONS),
    _one_of("lane", t.Lane),
    _one_of("harm", t.Harm),
    _one_of("severity", t.Severity),
    _one_of("state", t.ProposalState),
    sa.CheckConstraint("lane <> 'feedback' OR harm IS NULL", name="feedback_is_no_harm"),
    sa.CheckConstraint("harm IS NULL OR lane = 'harm'", name="harm_in_its_lane"),
    sa.CheckConstraint("lane <> 'harm' OR (harm IS NOT NULL AND item_id IS NOT NULL)", name="harm_named_per_item"),
    sa.CheckConstraint(
        f"action <> 'A11' OR (harm IS NOT NULL AND harm IN ({', '.join(repr(code) for code in _REFERABLE)}))",
        name="referral_classes",
    ),
    sa.CheckConstraint("action <> 'A09' OR (harm IS NOT NULL AND harm <> 'H3')", name="platform_report_classes"),
    sa.CheckConstraint("reviewed_by IS NULL OR reviewed_by <> ''", name="reviewer_named"),
    sa.CheckConstraint("approved_by IS NULL OR approved_by <> ''", name="approver_named"),
    sa.CheckConstraint(
        "state NOT IN ('reviewed', 'approved', 'released', 'done') OR reviewed_by IS NOT NULL",
        name="reviewed_by_somebody",
    ),
    sa.CheckConstraint(
        "lane <> 'harm' OR state NOT IN ('approved', 'done')"
        " OR (reviewed_by IS NOT NULL AND approved_by IS NOT NULL AND approved_by <> reviewed_by)",
        name="two_people",
    ),
    sa.CheckConstraint(
        "state <> 'released' OR (lane = 'harm' AND severity = 'S4' AND harm IN ('H4', 'H6'))",
        name="release_for_life_only",
    ),
    sa.Index(None, "story_id"),
    sa.Index(None, "item_id"),
    sa.Index(None, "state", "due_at"),
    sa.UniqueConstraint("proposal_id", "lane", "harm"),
)

decisions = sa.Table(
    "decisions",
    metadata,
    sa.Column("decision_id", sa.String(80), primary_key=True),
    sa.Column("subject", sa.String(20), nullable=False),
    sa.Column("subject_id", sa.String(200), nullable=False),
    sa.Column("verb", sa.String(30), nullable=False),
    sa.Column("person", sa.Text, nullable=False),
    sa.Column("role", sa.String(12), nullable=False),
    _instant("decided_at"),
    _text("note"),
    _json("changes", default="{}"),
    _one_of("role", t.Role),
    sa.CheckConstraint("person <> ''", name="person_named"),
    sa.Index(None, "subject", "subject_id"),
    sa.Index(None, "decided_at"),
)

cases = sa.Table(
    "cases",
    metadata,
    sa.Column("case_id", sa.String(80), primary_key=True),
    sa.Column("proposal_id", sa.String(80), sa.ForeignKey("proposals.proposal_id"), nullable=False, unique=True),
    sa.Column("story_id", sa.String(80), nullable=False),
    sa.Column("agency_code", sa.String(80), nullable=False),
    _text("summary"),
    sa.Column("state", sa.String(12), nullable=False),
    _instant("opened_at"),
    _instant("first_reply_due"),
    _instant("final_due"),
    _instant("answered_at", nullable=True),
    _instant("closed_at", nullable=True),
    _text("answer"),
    sa.Column("reminders", sa.Integer, nullable=False, server_default="0"),
    _one_of("state", t.CaseState),
    sa.CheckConstraint("state <> 'closed' OR closed_at IS NOT NULL", name="closed_when"),
    sa.Index(None, "state", "final_due"),
    sa.Index(None, "story_id"),
    sa.Index(None, "agency_code"),
)


def _events(name: str, owner: str) -> sa.Table:
    """Return the append-only history of one kind of record: when, what, by which named person."""
    return sa.Table(
        name,
        metadata,
        sa.Column("event_id", _SERIAL, primary_key=True),
        sa.Column("subject_id", sa.String(80), sa.ForeignKey(owner, ondelete="CASCADE"), nullable=False),
        _instant("at"),
        sa.Column("verb", sa.String(30), nullable=False),
        _text("person"),
        _text("note"),
        sa.Index(None, "subject_id", "event_id"),
    )


case_events = _events("case_events", "cases.case_id")

referrals = sa.Table(
    "referrals",
    metadata,
    sa.Column("referral_id", sa.String(80), primary_key=True),
    sa.Column("proposal_id", sa.String(80), nullable=False, unique=True),
    sa.Column("lane", sa.String(12), nullable=False),
    sa.Column("item_id", sa.String(120), nullable=False),
    sa.Column("harm", sa.String(2), nullable=False),
    sa.Column("imminent", sa.Boolean, nullable=False),
    sa.Column("severity", sa.String(2), nullable=False),
    _json("artefacts"),
    _json("place_codes"),
    sa.Column("reviewed_by", sa.Text, nullable=False),
    sa.Column("approved_by", sa.Text),
    sa.Column("released", sa.Boolean, nullable=False),
    _instant("sent_at"),
    _instant("confirm_by", nullable=True),
    sa.Column("confirmed_by", sa.Text),
    sa.Column("recalled_by", sa.Text),
    sa.Column("state", sa.String(12), nullable=False),
    _instant("answered_at", nullable=True),
    _text("answer"),
    sa.ForeignKeyConstraint(
        ["proposal_id", "lane", "harm"],
        ["proposals.proposal_id", "proposals.lane", "proposals.harm"],
        name="fk_referrals_proposal",
    ),
    sa.CheckConstraint("lane = 'harm'", name="harm_lane_only"),
    _one_of("harm", _REFERABLE, "referable"),
    sa.CheckConstraint("harm <> 'H4' OR imminent", name="violence_imminent"),
    _one_of("severity", t.Severity),
    _one_of("state", ("sent", "received", "result", "returned", "recalled")),
    sa.CheckConstraint("reviewed_by <> ''", name="reviewer_named"),
    sa.CheckConstraint(
        "approved_by IS NULL OR (approved_by <> '' AND approved_by <> reviewed_by)", name="second_person"
    ),
    sa.CheckConstraint("released OR approved_by IS NOT NULL", name="two_people_or_release"),
    sa.CheckConstraint(
        "NOT released OR (severity = 'S4' AND harm IN ('H4', 'H6') AND confirm_by IS NOT NULL)",
        name="release_for_life_only",
    ),
    sa.CheckConstraint(
        "confirmed_by IS NULL OR (confirmed_by <> '' AND confirmed_by <> reviewed_by)", name="confirmed_by_second"
    ),
    sa.CheckConstraint("recalled_by IS NULL OR recalled_by <> ''", name="recaller_named"),
    sa.CheckConstraint("state <> 'recalled' OR recalled_by IS NOT NULL", name="recalled_by_somebody"),
    sa.Index(None, "state", "confirm_by"),
)

referral_events = _events("referral_events", "referrals.referral_id")

verifications = sa.Table(
    "verifications",
    metadata,
    sa.Column("verification_id", sa.String(80), primary_key=True),
    sa.Column("proposal_id", sa.String(80), sa.ForeignKey("proposals.proposal_id"), nullable=False, unique=True),
    sa.Column("story_id", sa.String(80), nullable=False),
    sa.Column("agency_code", sa.String(80), nullable=False),
    _text("claim"),
    sa.Column("reach", sa.String(2), nullable=False),
    _instant("due_at"),
    sa.Column("reviewed_by", sa.Text, nullable=False),
    _instant("sent_at"),
    sa.Column("state", sa.String(12), nullable=False),
    sa.Column("conclusion", sa.String(16)),
    sa.Column("conclusion_url", sa.Text),
    _instant("concluded_at", nullable=True),
    _one_of("reach", t.Reach),
    _one_of("state", ("sent", "concluded")),
    _one_of("conclusion", t.Conclusion),
    sa.CheckConstraint("reviewed_by <> ''", name="reviewer_named"),
    sa.CheckConstraint("state <> 'concluded' OR conclusion IS NOT NULL", name="concluded_how"),
    sa.Index(None, "state", "due_at"),
    sa.Index(None, "story_id"),
)

notices = sa.Table(
    "notices",
    metadata,
    sa.Column("notice_id", sa.String(80), primary_key=True),
    sa.Column("verification_id", sa.String(80), sa.ForeignKey("verifications.verification_id"), nullable=False),
    _text("claim"),
    sa.Column("reach", sa.String(2), nullable=False),
    _json("recipients"),
    sa.Column("reviewed_by", sa.Text, nullable=False),
    _instant("sent_at"),
    _one_of("reach", ("R2", "R3"), "wide_claims_only"),
    sa.CheckConstraint("reviewed_by <> ''", name="reviewer_named"),
    sa.Index(None, "sent_at"),
)

rescues = sa.Table(
    "rescues",
    metadata,
    sa.Column("rescue_id", sa.String(80), primary_key=True),
    sa.Column("item_id", sa.String(120), nullable=False, unique=True),
    sa.Column("story_id", sa.String(80)),
    _json("need"),
    sa.Column("place_code", sa.String(80)),
    sa.Column("reviewed_by", sa.Text, nullable=False),
    _instant("sent_at"),
    _instant("confirm_by"),
    sa.Column("confirmed_by", sa.Text),
    sa.Column("recalled_by", sa.Text),
    sa.Column("state", sa.String(12), nullable=False),
    _instant("closed_at", nullable=True),
    _instant("erased_at", nullable=True),
    _one_of("state", ("sent", "received", "closed", "recalled")),
    sa.CheckConstraint("reviewed_by <> ''", name="reviewer_named"),
    sa.CheckConstraint(
        "confirmed_by IS NULL OR (confirmed_by <> '' AND confirmed_by <> reviewed_by)", name="confirmed_by_second"
    ),
    sa.CheckConstraint("state NOT IN ('closed', 'recalled') OR closed_at IS NOT NULL", name="closed_when"),
    sa.Index(None, "state", "confirm_by"),
)

alerts = sa.Table(
    "alerts",
    metadata,
    sa.Column("alert_id", sa.String(80), primary_key=True),
    sa.Column("story_id", sa.String(120), nullable=False),
    sa.Column("kind", sa.String(12), nullable=False),
    sa.Column("severity", sa.String(2), nullable=False),
    sa.Column("state", sa.String(12), nullable=False),
    _instant("opened_at"),
    _text("headline"),
    sa.Column("step", sa.Integer, nullable=False),
    _instant("next_at", nullable=True),
    sa.Column("acknowledged_by", sa.Text),
    _instant("resolved_at", nullable=True),
    _one_of("kind", t.AlertKind),
    _one_of("severity", t.Severity),
    _one_of("state", t.AlertState),
    sa.CheckConstraint("state <> 'acknowledged' OR acknowledged_by IS NOT NULL", name="acknowledged_by_somebody"),
    sa.UniqueConstraint("story_id", "kind"),
    sa.Index(None, "state", "next_at"),
)

alert_events = _events("alert_events", "alerts.alert_id")

editions = sa.Table(
    "editions",
    metadata,
    sa.Column("edition_id", sa.String(80), primary_key=True),
    sa.Column("revision", sa.Integer, primary_key=True),
    sa.Column("kind", sa.String(12), nullable=False),
    _instant("window_start"),
    _instant("window_end"),
    sa.Column("state", sa.String(12), nullable=False),
    _instant("made_at"),
    sa.Column("content", sa.JSON, nullable=False),
    sa.Column("content_hash", sa.String(64), nullable=False),
    sa.Column("approved_by", sa.Text),
    _one_of("kind", t.EditionKind),
    _one_of("state", t.EditionState),
    sa.CheckConstraint("revision >= 1", name="revision_positive"),
    sa.CheckConstraint("state <> 'approved' OR approved_by IS NOT NULL", name="approved_by_somebody"),
    sa.Index(None, "kind", "window_end"),
)

deliveries = sa.Table(
    "deliveries",
    metadata,
    sa.Column("edition_id", sa.String(80), primary_key=True),
    sa.Column("revision", sa.Integer, primary_key=True),
    sa.Column("recipient", sa.String(120), primary_key=True),
    sa.Column("state", sa.String(12), nullable=False),
    _instant("at"),
    _text("message_id"),
    _text("detail"),
    sa.ForeignKeyConstraint(
        ["edition_id", "revision"], ["editions.edition_id", "editions.revision"], name="fk_deliveries_edition"
    ),
    _one_of("state", ("queued", "sent", "uncertain", "failed")),
)

outbox = sa.Table(
    "outbox",
    metadata,
    sa.Column("entry_id", _SERIAL, primary_key=True),
    sa.Column("topic", sa.String(20), nullable=False),
    sa.Column("key", sa.String(250), nullable=False, unique=True),
    _json("payload", default="{}"),
    _instant("created_at"),
    sa.Column("state", sa.String(12), nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
    _instant("next_at"),
    _text("last_error"),
    sa.Column("claim_id", sa.String(40)),
    _instant("claimed_at", nullable=True),
    _instant("done_at", nullable=True),
    sa.Column("referral_id", sa.String(80), sa.ForeignKey("referrals.referral_id")),
    _one_of("state", ("pending", "claimed", "done", "uncertain", "failed")),
    sa.CheckConstraint("(topic = 'referral') = (referral_id IS NOT NULL)", name="cyber_queue_takes_referrals"),
    sa.CheckConstraint(
        "state <> 'claimed' OR (claim_id IS NOT NULL AND claimed_at IS NOT NULL)", name="claimed_by_somebody"
    ),
    sa.Index(None, "topic", "state", "entry_id"),
    sa.Index(None, "state", "done_at"),
)

quarantine = sa.Table(
    "quarantine",
    metadata,
    sa.Column("stage", sa.String(20), primary_key=True),
    sa.Column("subject_id", sa.String(200), primary_key=True),
    sa.Column("reason", sa.String(60), nullable=False),
    _text("detail"),
    _instant("since"),
    sa.Column("attempts", sa.Integer, nullable=False),
    _instant("retry_at", nullable=True),
    sa.Index(None, "stage", "retry_at"),
)

audit = sa.Table(
    "audit",
    metadata,
    sa.Column("seq", _SERIAL, primary_key=True, autoincrement=False),
    sa.Column("at", Instant, nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("verb", sa.String(40), nullable=False),
    sa.Column("subject", sa.String(240), nullable=False),
    sa.Column("detail", sa.JSON, nullable=False),
    sa.Column("prev_hash", sa.String(64), nullable=False),
    sa.Column("hash", sa.String(64), nullable=False, unique=True),
    sa.Index(None, "at"),
    sa.Index(None, "subject"),
)
