# ruff: noqa: E501
"""The first schema: written by Alembic from the tables, then frozen."""

from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa
from alembic import op

from records.tables import Instant

revision = "0001"
down_revision = None


_TRIGGERS: tuple[tuple[str, str, str, str, str], ...] = (
    # name, table, event, when it refuses, message
    ("audit_no_update", "audit", "UPDATE", "1 = 1", "the audit chain is append-only"),
    (
        "audit_no_delete",
        "audit",
        "DELETE",
        "OLD.at >= {five_years_ago}",
        "the audit chain is append-only for five years",
    ),
    (
        "editions_content_fixed",
        "editions",
        "UPDATE",
        "NEW.content_hash <> OLD.content_hash OR CAST(NEW.content AS TEXT) <> CAST(OLD.content AS TEXT) OR NEW.kind <> OLD.kind"
        " OR NEW.window_start <> OLD.window_start OR NEW.window_end <> OLD.window_end OR NEW.made_at <> OLD.made_at"
        " OR NEW.edition_id <> OLD.edition_id OR NEW.revision <> OLD.revision",
        "the content of an edition never changes: make a new revision",
    ),
    ("editions_no_delete", "editions", "DELETE", "1 = 1", "an edition is never deleted"),
    ("decisions_no_update", "decisions", "UPDATE", "1 = 1", "a decision is never changed: decide anew"),
    ("decisions_no_delete", "decisions", "DELETE", "1 = 1", "a decision is never deleted"),
    (
        "referrals_approved_only",
        "referrals",
        "INSERT",
        "NOT EXISTS (SELECT 1 FROM proposals p WHERE p.proposal_id = NEW.proposal_id AND p.action = 'A11' AND p.lane = 'harm'"
        " AND p.harm = NEW.harm AND p.item_id = NEW.item_id AND p.reviewed_by = NEW.reviewed_by"
        " AND ((NOT NEW.released AND p.state IN ('approved', 'done') AND p.approved_by = NEW.approved_by)"
        " OR (NEW.released AND p.state = 'released')))",
        "only an approved or released harm proposal becomes a referral",
    ),
    (
        "cases_approved_feedback_only",
        "cases",
        "INSERT",
        "NOT EXISTS (SELECT 1 FROM proposals p WHERE p.proposal_id = NEW.proposal_id AND p.lane = 'feedback'"
        " AND p.state IN ('approved', 'done'))",
        "only an approved proposal of lane feedback becomes a case",
    ),
    (
        "verifications_approved_question_only",
        "verifications",
        "INSERT",
        "NOT EXISTS (SELECT 1 FROM proposals p WHERE p.proposal_id = NEW.proposal_id AND p.action = 'A02'"
        " AND p.lane IN ('unverified', 'harm') AND p.state IN ('approved', 'done')"
        " AND (p.reviewed_by = NEW.reviewed_by OR p.approved_by = NEW.reviewed_by))",
        "only an approved question (A02) about a claim becomes a verification request",
    ),
    (
        "rescues_approved_call_only",
        "rescues",
        "INSERT",
        "NOT EXISTS (SELECT 1 FROM proposals p WHERE p.item_id = NEW.item_id AND p.action = 'A17'"
        " AND p.state IN ('approved', 'done') AND p.reviewed_by = NEW.reviewed_by)",
        "only an approved call for rescue (A17) is handed over",
    ),
    *(
        (
            f"{table}_{column}_fixed",
            table,
            "UPDATE",
            f"NEW.{column} <> OLD.{column}",
            "what was sent keeps what it was approved as",
        )
        for table, column in (
            ("referrals", "proposal_id"),
            ("cases", "proposal_id"),
            ("verifications", "proposal_id"),
            ("rescues", "item_id"),
        )
    ),
)
"""Rules that a CHECK cannot say, because they look at the old row or at another table. Each refuses the statement."""


def _sqlite_trigger(name: str, table: str, event: str, refuse: str, message: str) -> str:
    when = refuse.format(five_years_ago="strftime('%Y-%m-%dT%H:%M:%f', 'now', '-5 years')")
    return f"CREATE TRIGGER {name} BEFORE {event} ON {table} WHEN {when} BEGIN SELECT RAISE(ABORT, '{message}'); END"


def _postgresql_trigger(name: str, table: str, event: str, refuse: str, message: str) -> Iterator[str]:
    when = refuse.format(five_years_ago="now() - interval '5 years'")
    row = "OLD" if event == "DELETE" else "NEW"
    yield (
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF {when} THEN"
        f" RAISE EXCEPTION '{message}'; END IF; RETURN {row}; END $$"
    )
    yield f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()"


def _make_triggers() -> None:
    for trigger in _TRIGGERS:
        if op.get_bind().dialect.name == "sqlite":
            op.execute(_sqlite_trigger(*trigger))
        else:
            for statement in _postgresql_trigger(*trigger):
                op.execute(statement)
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE FUNCTION never_truncated() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            " RAISE EXCEPTION 'this table is never emptied'; END $$"
        )
        for table in ("audit", "editions", "decisions"):
            op.execute(
                f"CREATE TRIGGER {table}_never_truncated BEFORE TRUNCATE ON {table} EXECUTE FUNCTION never_truncated()"
            )


def upgrade() -> None:
    """Make all tables, then the triggers."""
    op.create_table(
        "alerts",
        sa.Column("alert_id", sa.String(length=80), nullable=False),
        sa.Column("story_id", sa.String(length=120), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("severity", sa.String(length=2), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("opened_at", Instant(), nullable=False),
        sa.Column("headline", sa.Text(), server_default="", nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("next_at", Instant(), nullable=True),
        sa.Column("acknowledged_by", sa.Text(), nullable=True),
        sa.Column("resolved_at", Instant(), nullable=True),
        sa.CheckConstraint("kind IN ('harm', 'rescue', 'rumour', 'operations')", name=op.f("ck_alerts_kind_known")),
        sa.CheckConstraint("severity IN ('S1', 'S2', 'S3', 'S4')", name=op.f("ck_alerts_severity_known")),
        sa.CheckConstraint(
            "state <> 'acknowledged' OR acknowledged_by IS NOT NULL", name=op.f("ck_alerts_acknowledged_by_somebody")
        ),
        sa.CheckConstraint("state IN ('open', 'acknowledged', 'resolved')", name=op.f("ck_alerts_state_known")),
        sa.PrimaryKeyConstraint("alert_id", name=op.f("pk_alerts")),
        sa.UniqueConstraint("story_id", "kind", name=op.f("uq_alerts_story_id_kind")),
    )
    op.create_index(op.f("ix_alerts_state_next_at"), "alerts", ["state", "next_at"], unique=False)
    op.create_table(
        "audit",
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("verb", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.String(length=240), nullable=False),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.Column("prev_hash", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_audit")),
        sa.UniqueConstraint("hash", name=op.f("uq_audit_hash")),
    )
    op.create_index(op.f("ix_audit_at"), "audit", ["at"], unique=False)
    op.create_index(op.f("ix_audit_subject"), "audit", ["subject"], unique=False)
    op.create_table(
        "decisions",
        sa.Column("decision_id", sa.String(length=80), nullable=False),
        sa.Column("subject", sa.String(length=20), nullable=False),
        sa.Column("subject_id", sa.String(length=200), nullable=False),
        sa.Column("verb", sa.String(length=30), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("role", sa.String(length=12), nullable=False),
        sa.Column("decided_at", Instant(), nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("changes", sa.JSON(none_as_null=True), server_default="{}", nullable=False),
        sa.CheckConstraint("person <> ''", name=op.f("ck_decisions_person_named")),
        sa.CheckConstraint(
            "role IN ('collector', 'reviewer', 'approver', 'signer', 'liaison', 'office', 'cyber', 'auditor', 'admin')",
            name=op.f("ck_decisions_role_known"),
        ),
        sa.PrimaryKeyConstraint("decision_id", name=op.f("pk_decisions")),
    )
    op.create_index(op.f("ix_decisions_decided_at"), "decisions", ["decided_at"], unique=False)
    op.create_index(op.f("ix_decisions_subject_subject_id"), "decisions", ["subject", "subject_id"], unique=False)
    op.create_table(
        "editions",
        sa.Column("edition_id", sa.String(length=80), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("window_start", Instant(), nullable=False),
        sa.Column("window_end", Instant(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("made_at", Instant(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("approved_by", sa.Text(), nullable=True),
        sa.CheckConstraint("kind IN ('daily', 'flash', 'weekly', 'monthly')", name=op.f("ck_editions_kind_known")),
        sa.CheckConstraint(
            "state <> 'approved' OR approved_by IS NOT NULL", name=op.f("ck_editions_approved_by_somebody")
        ),
        sa.CheckConstraint(
            "state IN ('draft', 'automatic', 'reviewed', 'approved', 'delivered')", name=op.f("ck_editions_state_known")
        ),
        sa.CheckConstraint("revision >= 1", name=op.f("ck_editions_revision_positive")),
        sa.PrimaryKeyConstraint("edition_id", "revision", name=op.f("pk_editions")),
    )
    op.create_index(op.f("ix_editions_kind_window_end"), "editions", ["kind", "window_end"], unique=False)
    op.create_table(
        "evidence_deletions",
        sa.Column("file", sa.String(length=200), nullable=False),
        sa.Column("record_offset", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("marked_at", Instant(), nullable=False),
        sa.Column("deleted_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("file", "record_offset", name=op.f("pk_evidence_deletions")),
    )
    op.create_table(
        "fetch_states",
        sa.Column("source_id", sa.String(length=120), nullable=False),
        sa.Column("url_key", sa.String(length=64), nullable=False),
        sa.Column("url", sa.Text(), server_default="", nullable=False),
        sa.Column("etag", sa.Text(), nullable=True),
        sa.Column("last_modified", sa.Text(), nullable=True),
        sa.Column("last_fetched_at", Instant(), nullable=True),
        sa.Column("last_changed_at", Instant(), nullable=True),
        sa.Column("next_at", Instant(), nullable=True),
        sa.Column("interval_s", sa.Integer(), nullable=False),
        sa.Column("last_status", sa.Integer(), nullable=True),
        sa.Column("last_error", sa.Text(), server_default="", nullable=False),
        sa.Column("failures", sa.Integer(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("source_id", "url_key", name=op.f("pk_fetch_states")),
    )
    op.create_index(op.f("ix_fetch_states_next_at"), "fetch_states", ["next_at"], unique=False)
    op.create_table(
        "items",
        sa.Column("item_id", sa.String(length=120), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.String(length=120), nullable=False),
        sa.Column("channel", sa.String(length=12), nullable=False),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("lead", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("body_kind", sa.String(length=8), nullable=False),
        sa.Column("published_at", Instant(), nullable=True),
        sa.Column("published_precision", sa.String(length=8), nullable=False),
        sa.Column("changed_at", Instant(), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("section", sa.Text(), nullable=False),
        sa.Column("evidence_file", sa.Text(), nullable=True),
        sa.Column("evidence_offset", sa.BigInteger(), nullable=True),
        sa.Column("evidence_sha256", sa.String(length=64), nullable=True),
        sa.Column("flags", sa.JSON(), nullable=False),
        sa.Column("collected_at", Instant(), nullable=False),
        sa.Column("parent_id", sa.String(length=120), nullable=True),
        sa.Column("poster_hash", sa.String(length=32), nullable=True),
        sa.Column("views", sa.BigInteger(), nullable=True),
        sa.Column("reactions", sa.BigInteger(), nullable=True),
        sa.Column("comments", sa.BigInteger(), nullable=True),
        sa.Column("shares", sa.BigInteger(), nullable=True),
        sa.Column("bulletin", sa.String(length=120), nullable=True),
        sa.Column("valid_until", Instant(), nullable=True),
        sa.Column("withdrawn_at", Instant(), nullable=True),
        sa.Column("added_by", sa.Text(), nullable=True),
        sa.Column("assessed_model", sa.String(length=80), server_default="", nullable=False),
        sa.Column("erased_at", Instant(), nullable=True),
        sa.Column("expired_at", Instant(), nullable=True),
        sa.CheckConstraint("body_kind IN ('full', 'lead', 'post')", name=op.f("ck_items_body_kind_known")),
        sa.CheckConstraint(
            "channel IN ('press', 'official', 'social', 'broadcast', 'hotline')", name=op.f("ck_items_channel_known")
        ),
        sa.CheckConstraint(
            "erased_at IS NULL OR (title = '' AND lead = '' AND body = '' AND url IS NULL AND evidence_file IS NULL)",
            name=op.f("ck_items_erased_empty"),
        ),
        sa.CheckConstraint(
            "published_precision IN ('minute', 'day', 'none')", name=op.f("ck_items_published_precision_known")
        ),
        sa.CheckConstraint("version >= 1", name=op.f("ck_items_version_positive")),
        sa.PrimaryKeyConstraint("item_id", name=op.f("pk_items")),
    )
    op.create_index(
        op.f("ix_items_assessed_model_collected_at_item_id"),
        "items",
        ["assessed_model", "collected_at", "item_id"],
        unique=False,
    )
    op.create_index(op.f("ix_items_bulletin_published_at"), "items", ["bulletin", "published_at"], unique=False)
    op.create_index(op.f("ix_items_collected_at"), "items", ["collected_at"], unique=False)
    op.create_index(op.f("ix_items_parent_id"), "items", ["parent_id"], unique=False)
    op.create_index(
        "ix_items_poster",
        "items",
        ["poster_hash"],
        unique=False,
        sqlite_where=sa.text("poster_hash IS NOT NULL"),
        postgresql_where=sa.text("poster_hash IS NOT NULL"),
    )
    op.create_index(op.f("ix_items_published_at"), "items", ["published_at"], unique=False)
    op.create_index(
        "ix_items_to_expire",
        "items",
        ["channel", "collected_at"],
        unique=False,
        sqlite_where=sa.text("expired_at IS NULL"),
        postgresql_where=sa.text("expired_at IS NULL"),
    )
    op.create_table(
        "meta",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("value", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_meta")),
    )
    op.create_table(
        "proposals",
        sa.Column("proposal_id", sa.String(length=80), nullable=False),
        sa.Column("story_id", sa.String(length=80), nullable=False),
        sa.Column("item_id", sa.String(length=120), nullable=True),
        sa.Column("action", sa.String(length=3), nullable=False),
        sa.Column("lane", sa.String(length=12), nullable=False),
        sa.Column("harm", sa.String(length=2), nullable=True),
        sa.Column("severity", sa.String(length=2), nullable=False),
        sa.Column("actor", sa.String(length=120), nullable=False),
        sa.Column("due_at", Instant(), nullable=False),
        sa.Column("basis", sa.JSON(none_as_null=True), server_default="[]", nullable=False),
        sa.Column("rationale", sa.Text(), server_default="", nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("reviewed_by", sa.Text(), nullable=True),
        sa.Column("approved_by", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "action <> 'A09' OR (harm IS NOT NULL AND harm <> 'H3')", name=op.f("ck_proposals_platform_report_classes")
        ),
        sa.CheckConstraint(
            "action <> 'A11' OR (harm IS NOT NULL AND harm IN ('H1', 'H2', 'H4', 'H6', 'H7', 'H8'))",
            name=op.f("ck_proposals_referral_classes"),
        ),
        sa.CheckConstraint(
            "action IN ('A01', 'A02', 'A03', 'A04', 'A05', 'A06', 'A07', 'A08', 'A09', 'A10', 'A11', 'A12', 'A13', 'A14', 'A15', 'A16', 'A17')",
            name=op.f("ck_proposals_action_known"),
        ),
        sa.CheckConstraint("approved_by IS NULL OR approved_by <> ''", name=op.f("ck_proposals_approver_named")),
        sa.CheckConstraint(
            "harm IN ('H1', 'H2', 'H3', 'H4', 'H5', 'H6', 'H7', 'H8')", name=op.f("ck_proposals_harm_known")
        ),
        sa.CheckConstraint("harm IS NULL OR lane = 'harm'", name=op.f("ck_proposals_harm_in_its_lane")),
        sa.CheckConstraint("lane <> 'feedback' OR harm IS NULL", name=op.f("ck_proposals_feedback_is_no_harm")),
        sa.CheckConstraint(
            "lane <> 'harm' OR (harm IS NOT NULL AND item_id IS NOT NULL)",
            name=op.f("ck_proposals_harm_named_per_item"),
        ),
        sa.CheckConstraint(
            "lane <> 'harm' OR state NOT IN ('approved', 'done') OR (reviewed_by IS NOT NULL AND approved_by IS NOT NULL AND approved_by <> reviewed_by)",
            name=op.f("ck_proposals_two_people"),
        ),
        sa.CheckConstraint(
            "lane IN ('good', 'neutral', 'feedback', 'harm', 'unverified', 'other')",
            name=op.f("ck_proposals_lane_known"),
        ),
        sa.CheckConstraint("reviewed_by IS NULL OR reviewed_by <> ''", name=op.f("ck_proposals_reviewer_named")),
        sa.CheckConstraint("severity IN ('S1', 'S2', 'S3', 'S4')", name=op.f("ck_proposals_severity_known")),
        sa.CheckConstraint(
            "state <> 'released' OR (lane = 'harm' AND severity = 'S4' AND harm IN ('H4', 'H6'))",
            name=op.f("ck_proposals_release_for_life_only"),
        ),
        sa.CheckConstraint(
            "state IN ('proposed', 'reviewed', 'released', 'approved', 'rejected', 'done')",
            name=op.f("ck_proposals_state_known"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('reviewed', 'approved', 'released', 'done') OR reviewed_by IS NOT NULL",
            name=op.f("ck_proposals_reviewed_by_somebody"),
        ),
        sa.PrimaryKeyConstraint("proposal_id", name=op.f("pk_proposals")),
        sa.UniqueConstraint("proposal_id", "lane", "harm", name=op.f("uq_proposals_proposal_id_lane_harm")),
    )
    op.create_index(op.f("ix_proposals_item_id"), "proposals", ["item_id"], unique=False)
    op.create_index(op.f("ix_proposals_state_due_at"), "proposals", ["state", "due_at"], unique=False)
    op.create_index(op.f("ix_proposals_story_id"), "proposals", ["story_id"], unique=False)
    op.create_table(
        "quarantine",
        sa.Column("stage", sa.String(length=20), nullable=False),
        sa.Column("subject_id", sa.String(length=200), nullable=False),
        sa.Column("reason", sa.String(length=60), nullable=False),
        sa.Column("detail", sa.Text(), server_default="", nullable=False),
        sa.Column("since", Instant(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("retry_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("stage", "subject_id", name=op.f("pk_quarantine")),
    )
    op.create_index(op.f("ix_quarantine_stage_retry_at"), "quarantine", ["stage", "retry_at"], unique=False)
    op.create_table(
        "rescues",
        sa.Column("rescue_id", sa.String(length=80), nullable=False),
        sa.Column("item_id", sa.String(length=120), nullable=False),
        sa.Column("story_id", sa.String(length=80), nullable=True),
        sa.Column("need", sa.JSON(none_as_null=True), server_default="[]", nullable=False),
        sa.Column("place_code", sa.String(length=80), nullable=True),
        sa.Column("reviewed_by", sa.Text(), nullable=False),
        sa.Column("sent_at", Instant(), nullable=False),
        sa.Column("confirm_by", Instant(), nullable=False),
        sa.Column("confirmed_by", sa.Text(), nullable=True),
        sa.Column("recalled_by", sa.Text(), nullable=True),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("closed_at", Instant(), nullable=True),
        sa.Column("erased_at", Instant(), nullable=True),
        sa.CheckConstraint(
            "confirmed_by IS NULL OR (confirmed_by <> '' AND confirmed_by <> reviewed_by)",
            name=op.f("ck_rescues_confirmed_by_second"),
        ),
        sa.CheckConstraint("reviewed_by <> ''", name=op.f("ck_rescues_reviewer_named")),
        sa.CheckConstraint("state IN ('sent', 'received', 'closed', 'recalled')", name=op.f("ck_rescues_state_known")),
        sa.CheckConstraint(
            "state NOT IN ('closed', 'recalled') OR closed_at IS NOT NULL", name=op.f("ck_rescues_closed_when")
        ),
        sa.PrimaryKeyConstraint("rescue_id", name=op.f("pk_rescues")),
        sa.UniqueConstraint("item_id", name=op.f("uq_rescues_item_id")),
    )
    op.create_index(op.f("ix_rescues_state_confirm_by"), "rescues", ["state", "confirm_by"], unique=False)
    op.create_table(
        "source_health",
        sa.Column("source_id", sa.String(length=120), nullable=False),
        sa.Column("slot", Instant(), nullable=False),
        sa.Column("outcome", sa.String(length=40), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("last_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("source_id", "slot", "outcome", name=op.f("pk_source_health")),
    )
    op.create_index(op.f("ix_source_health_slot"), "source_health", ["slot"], unique=False)
    op.create_table(
        "stories",
        sa.Column("story_id", sa.String(length=80), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("headline", sa.Text(), server_default="", nullable=False),
        sa.Column("lead", sa.Text(), server_default="", nullable=False),
        sa.Column("lane", sa.String(length=12), nullable=False),
        sa.Column("tone", sa.String(length=12), nullable=False),
        sa.Column("severity", sa.String(length=2), nullable=False),
        sa.Column("reach", sa.String(length=2), nullable=False),
        sa.Column("first_published_at", Instant(), nullable=False),
        sa.Column("last_published_at", Instant(), nullable=False),
        sa.Column("lead_item_id", sa.String(length=120), nullable=False),
        sa.Column("items", sa.Integer(), nullable=False),
        sa.Column("families", sa.Integer(), nullable=False),
        sa.Column("outlets", sa.Integer(), nullable=False),
        sa.Column("place_codes", sa.JSON(none_as_null=True), server_default="[]", nullable=False),
        sa.Column("fields", sa.JSON(none_as_null=True), server_default="[]", nullable=False),
        sa.Column("agency_codes", sa.JSON(none_as_null=True), server_default="[]", nullable=False),
        sa.Column("updated_at", Instant(), nullable=False),
        sa.Column("proposed_revision", sa.Integer(), server_default="0", nullable=False),
        sa.Column("alerted_revision", sa.Integer(), server_default="0", nullable=False),
        sa.Column("state", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint(
            "lane IN ('good', 'neutral', 'feedback', 'harm', 'unverified', 'other')", name=op.f("ck_stories_lane_known")
        ),
        sa.CheckConstraint("reach IN ('R0', 'R1', 'R2', 'R3')", name=op.f("ck_stories_reach_known")),
        sa.CheckConstraint("severity IN ('S1', 'S2', 'S3', 'S4')", name=op.f("ck_stories_severity_known")),
        sa.CheckConstraint(
            "tone IN ('positive', 'neutral', 'negative', 'mixed', 'unknown')", name=op.f("ck_stories_tone_known")
        ),
        sa.PrimaryKeyConstraint("story_id", name=op.f("pk_stories")),
    )
    op.create_index(op.f("ix_stories_last_published_at"), "stories", ["last_published_at"], unique=False)
    op.create_index(
        "ix_stories_to_alert",
        "stories",
        ["updated_at"],
        unique=False,
        sqlite_where=sa.text("alerted_revision < revision"),
        postgresql_where=sa.text("alerted_revision < revision"),
    )
    op.create_index(
        "ix_stories_to_propose",
        "stories",
        ["updated_at"],
        unique=False,
        sqlite_where=sa.text("proposed_revision < revision"),
        postgresql_where=sa.text("proposed_revision < revision"),
    )
    op.create_table(
        "alert_events",
        sa.Column("event_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("subject_id", sa.String(length=80), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("verb", sa.String(length=30), nullable=False),
        sa.Column("person", sa.Text(), server_default="", nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(
            ["subject_id"], ["alerts.alert_id"], name=op.f("fk_alert_events_subject_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_alert_events")),
    )
    op.create_index(
        op.f("ix_alert_events_subject_id_event_id"), "alert_events", ["subject_id", "event_id"], unique=False
    )
    op.create_table(
        "aliases",
        sa.Column("alias_id", sa.String(length=120), nullable=False),
        sa.Column("item_id", sa.String(length=120), nullable=False),
        sa.Column("url", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["item_id"], ["items.item_id"], name=op.f("fk_aliases_item_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("alias_id", name=op.f("pk_aliases")),
    )
    op.create_index(op.f("ix_aliases_item_id"), "aliases", ["item_id"], unique=False)
    op.create_table(
        "assessments",
        sa.Column("item_id", sa.String(length=120), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("model_version", sa.String(length=80), nullable=False),
        sa.Column("assessed_at", Instant(), nullable=False),
        sa.Column("language", sa.String(length=12), nullable=False),
        sa.Column("relevant", sa.Boolean(), nullable=False),
        sa.Column("relevance", sa.Float(), nullable=False),
        sa.Column("relevance_reason", sa.Text(), server_default="", nullable=False),
        sa.Column("lane", sa.String(length=12), nullable=False),
        sa.Column("lane_probability", sa.Float(), nullable=False),
        sa.Column("lane_reasons", sa.JSON(none_as_null=True), server_default="[]", nullable=False),
        sa.Column("tone", sa.String(length=12), nullable=False),
        sa.Column("tone_probability", sa.Float(), nullable=False),
        sa.Column("severity", sa.String(length=2), nullable=False),
        sa.Column("human_only", sa.Boolean(), nullable=False),
        sa.Column("places", sa.JSON(none_as_null=True), server_default="[]", nullable=False),
        sa.Column("fields", sa.JSON(none_as_null=True), server_default="[]", nullable=False),
        sa.Column("agency_codes", sa.JSON(none_as_null=True), server_default="[]", nullable=False),
        sa.Column("feedback_kind", sa.String(length=32), nullable=True),
        sa.Column("spans", sa.JSON(none_as_null=True), server_default="[]", nullable=False),
        sa.Column("harms", sa.JSON(none_as_null=True), server_default="[]", nullable=False),
        sa.Column("rescue", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("signals", sa.JSON(none_as_null=True), server_default="[]", nullable=False),
        sa.Column("corrected_by", sa.Text(), nullable=True),
        sa.Column("link_state", sa.String(length=8), nullable=False),
        sa.Column("item_time", Instant(), nullable=False),
        sa.CheckConstraint(
            "feedback_kind IN ('service', 'infrastructure_environment', 'procedure', 'official_conduct', 'corruption_waste', 'policy_proposal')",
            name=op.f("ck_assessments_feedback_kind_known"),
        ),
        sa.CheckConstraint(
            "lane IN ('good', 'neutral', 'feedback', 'harm', 'unverified', 'other')",
            name=op.f("ck_assessments_lane_known"),
        ),
        sa.CheckConstraint("link_state IN ('pending', 'linked', 'none')", name=op.f("ck_assessments_link_state_known")),
        sa.CheckConstraint("severity IN ('S1', 'S2', 'S3', 'S4')", name=op.f("ck_assessments_severity_known")),
        sa.CheckConstraint(
            "tone IN ('positive', 'neutral', 'negative', 'mixed', 'unknown')", name=op.f("ck_assessments_tone_known")
        ),
        sa.ForeignKeyConstraint(
            ["item_id"], ["items.item_id"], name=op.f("fk_assessments_item_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("item_id", "version", name=op.f("pk_assessments")),
    )
    op.create_index(op.f("ix_assessments_assessed_at"), "assessments", ["assessed_at"], unique=False)
    op.create_index(
        op.f("ix_assessments_link_state_item_time_item_id"),
        "assessments",
        ["link_state", "item_time", "item_id"],
        unique=False,
    )
    op.create_table(
        "cases",
        sa.Column("case_id", sa.String(length=80), nullable=False),
        sa.Column("proposal_id", sa.String(length=80), nullable=False),
        sa.Column("story_id", sa.String(length=80), nullable=False),
        sa.Column("agency_code", sa.String(length=80), nullable=False),
        sa.Column("summary", sa.Text(), server_default="", nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("opened_at", Instant(), nullable=False),
        sa.Column("first_reply_due", Instant(), nullable=False),
        sa.Column("final_due", Instant(), nullable=False),
        sa.Column("answered_at", Instant(), nullable=True),
        sa.Column("closed_at", Instant(), nullable=True),
        sa.Column("answer", sa.Text(), server_default="", nullable=False),
        sa.Column("reminders", sa.Integer(), server_default="0", nullable=False),
        sa.CheckConstraint("state <> 'closed' OR closed_at IS NOT NULL", name=op.f("ck_cases_closed_when")),
        sa.CheckConstraint(
            "state IN ('sent', 'received', 'in_progress', 'answered', 'published', 'returned', 'closed')",
            name=op.f("ck_cases_state_known"),
        ),
        sa.ForeignKeyConstraint(["proposal_id"], ["proposals.proposal_id"], name=op.f("fk_cases_proposal_id")),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_cases")),
        sa.UniqueConstraint("proposal_id", name=op.f("uq_cases_proposal_id")),
    )
    op.create_index(op.f("ix_cases_agency_code"), "cases", ["agency_code"], unique=False)
    op.create_index(op.f("ix_cases_state_final_due"), "cases", ["state", "final_due"], unique=False)
    op.create_index(op.f("ix_cases_story_id"), "cases", ["story_id"], unique=False)
    op.create_table(
        "deliveries",
        sa.Column("edition_id", sa.String(length=80), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("recipient", sa.String(length=120), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("message_id", sa.Text(), server_default="", nullable=False),
        sa.Column("detail", sa.Text(), server_default="", nullable=False),
        sa.CheckConstraint(
            "state IN ('queued', 'sent', 'uncertain', 'failed')", name=op.f("ck_deliveries_state_known")
        ),
        sa.ForeignKeyConstraint(
            ["edition_id", "revision"], ["editions.edition_id", "editions.revision"], name="fk_deliveries_edition"
        ),
        sa.PrimaryKeyConstraint("edition_id", "revision", "recipient", name=op.f("pk_deliveries")),
    )
    op.create_table(
        "item_versions",
        sa.Column("item_id", sa.String(length=120), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("lead", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("body_kind", sa.String(length=8), nullable=False),
        sa.Column("published_at", Instant(), nullable=True),
        sa.Column("published_precision", sa.String(length=8), nullable=False),
        sa.Column("changed_at", Instant(), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("section", sa.Text(), nullable=False),
        sa.Column("evidence_file", sa.Text(), nullable=True),
        sa.Column("evidence_offset", sa.BigInteger(), nullable=True),
        sa.Column("evidence_sha256", sa.String(length=64), nullable=True),
        sa.Column("flags", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["item_id"], ["items.item_id"], name=op.f("fk_item_versions_item_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("item_id", "version", name=op.f("pk_item_versions")),
    )
    op.create_table(
        "members",
        sa.Column("item_id", sa.String(length=120), nullable=False),
        sa.Column("story_id", sa.String(length=80), nullable=False),
        sa.Column("family_id", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["items.item_id"], name=op.f("fk_members_item_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["story_id"], ["stories.story_id"], name=op.f("fk_members_story_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("item_id", name=op.f("pk_members")),
    )
    op.create_index(op.f("ix_members_story_id_family_id"), "members", ["story_id", "family_id"], unique=False)
    op.create_table(
        "referrals",
        sa.Column("referral_id", sa.String(length=80), nullable=False),
        sa.Column("proposal_id", sa.String(length=80), nullable=False),
        sa.Column("lane", sa.String(length=12), nullable=False),
        sa.Column("item_id", sa.String(length=120), nullable=False),
        sa.Column("harm", sa.String(length=2), nullable=False),
        sa.Column("imminent", sa.Boolean(), nullable=False),
        sa.Column("severity", sa.String(length=2), nullable=False),
        sa.Column("artefacts", sa.JSON(none_as_null=True), server_default="[]", nullable=False),
        sa.Column("place_codes", sa.JSON(none_as_null=True), server_default="[]", nullable=False),
        sa.Column("reviewed_by", sa.Text(), nullable=False),
        sa.Column("approved_by", sa.Text(), nullable=True),
        sa.Column("released", sa.Boolean(), nullable=False),
        sa.Column("sent_at", Instant(), nullable=False),
        sa.Column("confirm_by", Instant(), nullable=True),
        sa.Column("confirmed_by", sa.Text(), nullable=True),
        sa.Column("recalled_by", sa.Text(), nullable=True),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("answered_at", Instant(), nullable=True),
        sa.Column("answer", sa.Text(), server_default="", nullable=False),
        sa.CheckConstraint(
            "NOT released OR (severity = 'S4' AND harm IN ('H4', 'H6') AND confirm_by IS NOT NULL)",
            name=op.f("ck_referrals_release_for_life_only"),
        ),
        sa.CheckConstraint(
            "approved_by IS NULL OR (approved_by <> '' AND approved_by <> reviewed_by)",
            name=op.f("ck_referrals_second_person"),
        ),
        sa.CheckConstraint(
            "confirmed_by IS NULL OR (confirmed_by <> '' AND confirmed_by <> reviewed_by)",
            name=op.f("ck_referrals_confirmed_by_second"),
        ),
        sa.CheckConstraint("harm <> 'H4' OR imminent", name=op.f("ck_referrals_violence_imminent")),
        sa.CheckConstraint("harm IN ('H1', 'H2', 'H4', 'H6', 'H7', 'H8')", name=op.f("ck_referrals_referable")),
        sa.CheckConstraint("lane = 'harm'", name=op.f("ck_referrals_harm_lane_only")),
        sa.CheckConstraint("recalled_by IS NULL OR recalled_by <> ''", name=op.f("ck_referrals_recaller_named")),
        sa.CheckConstraint("reviewed_by <> ''", name=op.f("ck_referrals_reviewer_named")),
        sa.CheckConstraint("severity IN ('S1', 'S2', 'S3', 'S4')", name=op.f("ck_referrals_severity_known")),
        sa.CheckConstraint(
            "state <> 'recalled' OR recalled_by IS NOT NULL", name=op.f("ck_referrals_recalled_by_somebody")
        ),
        sa.CheckConstraint(
            "state IN ('sent', 'received', 'result', 'returned', 'recalled')", name=op.f("ck_referrals_state_known")
        ),
        sa.CheckConstraint("released OR approved_by IS NOT NULL", name=op.f("ck_referrals_two_people_or_release")),
        sa.ForeignKeyConstraint(
            ["proposal_id", "lane", "harm"],
            ["proposals.proposal_id", "proposals.lane", "proposals.harm"],
            name="fk_referrals_proposal",
        ),
        sa.PrimaryKeyConstraint("referral_id", name=op.f("pk_referrals")),
        sa.UniqueConstraint("proposal_id", name=op.f("uq_referrals_proposal_id")),
    )
    op.create_index(op.f("ix_referrals_state_confirm_by"), "referrals", ["state", "confirm_by"], unique=False)
    op.create_table(
        "sealed",
        sa.Column("item_id", sa.String(length=120), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("key_name", sa.String(length=40), nullable=False),
        sa.Column("box", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_at", Instant(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('PHONE', 'ID', 'BANK', 'EMAIL', 'PERSON', 'HANDLE', 'ADDRESS', 'PLATE', 'URL')",
            name=op.f("ck_sealed_kind_known"),
        ),
        sa.ForeignKeyConstraint(["item_id"], ["items.item_id"], name=op.f("fk_sealed_item_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("item_id", "version", "kind", "number", name=op.f("pk_sealed")),
    )
    op.create_index(op.f("ix_sealed_sealed_at"), "sealed", ["sealed_at"], unique=False)
    op.create_table(
        "signatures",
        sa.Column("signature_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("item_id", sa.String(length=120), nullable=False),
        sa.Column("blob", sa.LargeBinary(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["items.item_id"], name=op.f("fk_signatures_item_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("signature_id", name=op.f("pk_signatures")),
        sa.UniqueConstraint("item_id", name=op.f("uq_signatures_item_id")),
    )
    op.create_index(op.f("ix_signatures_at"), "signatures", ["at"], unique=False)
    op.create_table(
        "verifications",
        sa.Column("verification_id", sa.String(length=80), nullable=False),
        sa.Column("proposal_id", sa.String(length=80), nullable=False),
        sa.Column("story_id", sa.String(length=80), nullable=False),
        sa.Column("agency_code", sa.String(length=80), nullable=False),
        sa.Column("claim", sa.Text(), server_default="", nullable=False),
        sa.Column("reach", sa.String(length=2), nullable=False),
        sa.Column("due_at", Instant(), nullable=False),
        sa.Column("reviewed_by", sa.Text(), nullable=False),
        sa.Column("sent_at", Instant(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("conclusion", sa.String(length=16), nullable=True),
        sa.Column("conclusion_url", sa.Text(), nullable=True),
        sa.Column("concluded_at", Instant(), nullable=True),
        sa.CheckConstraint(
            "conclusion IN ('true', 'partly_true', 'no_basis', 'not_true')",
            name=op.f("ck_verifications_conclusion_known"),
        ),
        sa.CheckConstraint("reach IN ('R0', 'R1', 'R2', 'R3')", name=op.f("ck_verifications_reach_known")),
        sa.CheckConstraint("reviewed_by <> ''", name=op.f("ck_verifications_reviewer_named")),
        sa.CheckConstraint(
            "state <> 'concluded' OR conclusion IS NOT NULL", name=op.f("ck_verifications_concluded_how")
        ),
        sa.CheckConstraint("state IN ('sent', 'concluded')", name=op.f("ck_verifications_state_known")),
        sa.ForeignKeyConstraint(["proposal_id"], ["proposals.proposal_id"], name=op.f("fk_verifications_proposal_id")),
        sa.PrimaryKeyConstraint("verification_id", name=op.f("pk_verifications")),
        sa.UniqueConstraint("proposal_id", name=op.f("uq_verifications_proposal_id")),
    )
    op.create_index(op.f("ix_verifications_state_due_at"), "verifications", ["state", "due_at"], unique=False)
    op.create_index(op.f("ix_verifications_story_id"), "verifications", ["story_id"], unique=False)
    op.create_table(
        "case_events",
        sa.Column("event_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("subject_id", sa.String(length=80), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("verb", sa.String(length=30), nullable=False),
        sa.Column("person", sa.Text(), server_default="", nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(
            ["subject_id"], ["cases.case_id"], name=op.f("fk_case_events_subject_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_case_events")),
    )
    op.create_index(op.f("ix_case_events_subject_id_event_id"), "case_events", ["subject_id", "event_id"], unique=False)
    op.create_table(
        "notices",
        sa.Column("notice_id", sa.String(length=80), nullable=False),
        sa.Column("verification_id", sa.String(length=80), nullable=False),
        sa.Column("claim", sa.Text(), server_default="", nullable=False),
        sa.Column("reach", sa.String(length=2), nullable=False),
        sa.Column("recipients", sa.JSON(none_as_null=True), server_default="[]", nullable=False),
        sa.Column("reviewed_by", sa.Text(), nullable=False),
        sa.Column("sent_at", Instant(), nullable=False),
        sa.CheckConstraint("reach IN ('R2', 'R3')", name=op.f("ck_notices_wide_claims_only")),
        sa.CheckConstraint("reviewed_by <> ''", name=op.f("ck_notices_reviewer_named")),
        sa.ForeignKeyConstraint(
            ["verification_id"], ["verifications.verification_id"], name=op.f("fk_notices_verification_id")
        ),
        sa.PrimaryKeyConstraint("notice_id", name=op.f("pk_notices")),
    )
    op.create_index(op.f("ix_notices_sent_at"), "notices", ["sent_at"], unique=False)
    op.create_table(
        "outbox",
        sa.Column("entry_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("topic", sa.String(length=20), nullable=False),
        sa.Column("key", sa.String(length=250), nullable=False),
        sa.Column("payload", sa.JSON(none_as_null=True), server_default="{}", nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("next_at", Instant(), nullable=False),
        sa.Column("last_error", sa.Text(), server_default="", nullable=False),
        sa.Column("claim_id", sa.String(length=40), nullable=True),
        sa.Column("claimed_at", Instant(), nullable=True),
        sa.Column("done_at", Instant(), nullable=True),
        sa.Column("referral_id", sa.String(length=80), nullable=True),
        sa.CheckConstraint(
            "(topic = 'referral') = (referral_id IS NOT NULL)", name=op.f("ck_outbox_cyber_queue_takes_referrals")
        ),
        sa.CheckConstraint(
            "state <> 'claimed' OR (claim_id IS NOT NULL AND claimed_at IS NOT NULL)",
            name=op.f("ck_outbox_claimed_by_somebody"),
        ),
        sa.CheckConstraint(
            "state IN ('pending', 'claimed', 'done', 'uncertain', 'failed')", name=op.f("ck_outbox_state_known")
        ),
        sa.ForeignKeyConstraint(["referral_id"], ["referrals.referral_id"], name=op.f("fk_outbox_referral_id")),
        sa.PrimaryKeyConstraint("entry_id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("key", name=op.f("uq_outbox_key")),
    )
    op.create_index(op.f("ix_outbox_state_done_at"), "outbox", ["state", "done_at"], unique=False)
    op.create_index(op.f("ix_outbox_topic_state_entry_id"), "outbox", ["topic", "state", "entry_id"], unique=False)
    op.create_table(
        "referral_events",
        sa.Column("event_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("subject_id", sa.String(length=80), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("verb", sa.String(length=30), nullable=False),
        sa.Column("person", sa.Text(), server_default="", nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(
            ["subject_id"], ["referrals.referral_id"], name=op.f("fk_referral_events_subject_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_referral_events")),
    )
    op.create_index(
        op.f("ix_referral_events_subject_id_event_id"), "referral_events", ["subject_id", "event_id"], unique=False
    )
    op.create_table(
        "signature_keys",
        sa.Column("key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("signature_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(
            ["signature_id"],
            ["signatures.signature_id"],
            name=op.f("fk_signature_keys_signature_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("key", "signature_id", name=op.f("pk_signature_keys")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_signature_keys_signature_id"), "signature_keys", ["signature_id"], unique=False)
    _make_triggers()
