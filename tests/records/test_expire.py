"""Retention: each kind of record goes at its time, not before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from records import ApprovedReferral, Records, ReferralState, Retention, VirtualClock, expire
from records import tables as tb
from records.types import (
    Alert,
    AlertKind,
    AlertState,
    Case,
    CaseState,
    Channel,
    Lane,
    ProposalState,
    SealedValue,
    Severity,
)
from tests.records.build import DAY, HOUR, NOW, assessment, capture, feedback, member, post, proposal, store, story
from text import MaskKind

PHONE = SealedValue(kind=MaskKind.PHONE, number=1, value="0900 000 111")


def after(records: Records, time: timedelta) -> Mapping[str, int]:
    """Run the stage at a time after NOW and return what it counted."""
    return expire.run(records, None, VirtualClock(NOW + time)).counts


def test_nothing_goes_before_its_time_and_running_twice_changes_nothing(records: Records) -> None:
    with records.begin() as tx:
        items = store(tx, capture("a"), post("b", poster="x", sealed=(PHONE,)))
        tx.assessments.put_many([assessment(item) for item in items])
        tx.stories.put(story("s1", items[1]), [member(item, "s1") for item in items], now=NOW)
    early = after(records, 6 * DAY)
    assert sum(number for kind, number in early.items() if kind not in ("keys", "ok")) == 0
    first = after(records, 31 * DAY)
    assert (first["poster_hashes"], first["sealed"], first["social_texts"], first["stories"]) == (1, 1, 1, 1)
    assert sum(after(records, 31 * DAY).values()) == 0


def test_a_poster_hash_lives_seven_days(records: Records) -> None:
    with records.begin() as tx:
        (item,) = store(tx, post(poster="x"))
    assert after(records, 7 * DAY - HOUR)["poster_hashes"] == 0
    assert after(records, 7 * DAY)["poster_hashes"] == 1
    with records.read() as tx:
        assert tx.items.get(item.item_id).poster_hash is None


@pytest.mark.parametrize("channel", [Channel.SOCIAL, Channel.HOTLINE])
def test_what_residents_wrote_lives_thirty_days_and_leaves_the_counts(records: Records, channel: Channel) -> None:
    with records.begin() as tx:
        store(tx, post("1", channel=channel))
        (item,) = store(tx, post("1", channel=channel, body="Rác, bản sửa", title="Tiêu đề"))
        tx.assessments.put(assessment(item, relevance_reason="Rác", lane=Lane.FEEDBACK))
        tx.stories.put(story("s1", item, headline="Rác chưa gom"), [member(item, "s1")], now=NOW)
    assert after(records, 30 * DAY - HOUR)["social_texts"] == 0
    assert after(records, 30 * DAY)["social_texts"] == 1
    with records.read() as tx:
        left = tx.items.get(item.item_id)
        assert (left.title, left.body, left.url, left.content_hash) == ("", "", None, item.content_hash)
        assert len(tx.items.versions(item.item_id)) == 1
        kept = tx.assessments.get(item.item_id)
        assert kept is not None and (kept.lane, kept.relevance_reason) == (Lane.FEEDBACK, "")
        assert tx.stories.get("s1").headline == ""
        assert tx.items.pending_assessment("m2", NOW, 9) == []
        assert tx.assessments.pending_link(NOW, 9) == []
        rows = repr([tx.connection.execute(sa.select(table)).all() for table in tb.metadata.sorted_tables])
    assert "Rác" not in rows
    with records.begin() as tx:
        assert tx.items.store(post("1", channel=channel, body="Rác lần ba"), NOW).outcome == "unchanged"


def test_press_official_and_broadcast_live_two_years_and_then_go_as_a_whole(records: Records) -> None:
    channels = (Channel.PRESS, Channel.OFFICIAL, Channel.BROADCAST)
    with records.begin() as tx:
        items = store(
            tx,
            *(
                capture(channel.value, channel=channel, aliases=(f"https://s.example/{channel}",))
                for channel in channels
            ),
        )
        tx.assessments.put_many([assessment(item) for item in items])
        tx.stories.put(story("s1", items[0]), [member(item, "s1") for item in items], now=NOW)
        tx.stories.put_signature(items[0].item_id, b"x", (1,), NOW)
    counts = after(records, 729 * DAY)
    assert (counts["items"], counts["social_texts"], counts["signatures"]) == (0, 0, 1)
    counts = after(records, 730 * DAY)
    assert (counts["items"], counts["empty_stories"]) == (3, 1)
    with records.read() as tx:
        for table in (tb.items, tb.aliases, tb.assessments, tb.members, tb.stories, tb.signatures):
            assert tx.connection.execute(sa.select(table)).all() == []
        assert {state.entry.payload["kind"] for state in tx.outbox.list("index", "pending")} == {"item", "story"}


def test_a_harm_case_file_keeps_its_item_for_a_year(records: Records) -> None:
    with records.begin() as tx:
        first, second = store(tx, post("1"), post("2"))
        tx.proposals.put(proposal(item_id=first.item_id))
        tx.proposals.put(proposal("p9", item_id=second.item_id, state=ProposalState.REJECTED))
        tx.outward.refer(
            "r1", ApprovedReferral(proposal=tx.proposals.get("p1"), imminent=False, artefacts=("x.example",)), NOW
        )
        tx.outward.answer("r1", ReferralState.RESULT, "PA05", NOW, "đã xong")
    assert after(records, 364 * DAY)["social_texts"] == 1
    with records.read() as tx:
        assert tx.items.get(first.item_id).body
        assert not tx.items.get(second.item_id).body
    counts = after(records, 365 * DAY)
    assert (counts["social_texts"], counts["proposals"], counts["referrals"]) == (1, 2, 1)
    with records.read() as tx:
        assert not tx.items.get(first.item_id).body
        referral = tx.outward.referral("r1")
        assert (referral.artefacts, referral.answer, referral.harm) == ((), "", "H1")
        assert tx.proposals.get("p1").rationale == ""


def test_a_masked_summary_lives_until_ninety_days_after_its_case_was_closed(records: Records) -> None:
    case = Case(
        case_id="c1",
        proposal_id="p2",
        story_id="s1",
        agency_code="x",
        summary="Rác chưa gom.",
        state=CaseState.SENT,
        opened_at=NOW,
        first_reply_due=NOW,
        final_due=NOW,
        answer="Đã gom.",
    )
    with records.begin() as tx:
        (item,) = store(tx, post())
        tx.stories.put(story("s1", item, headline="Rác chưa gom"), [member(item, "s1")], now=NOW)
        tx.proposals.put(feedback())
        tx.cases.put(case)
        tx.cases.note("c1", "answer", "x", NOW, "Đã gom.")
    counts = after(records, 400 * DAY)
    assert (counts["social_texts"], counts["cases"], counts["stories"], counts["proposals"]) == (1, 0, 0, 0)
    with records.begin() as tx:
        tx.cases.put(replace(case, state=CaseState.CLOSED, closed_at=NOW + 400 * DAY))
    assert after(records, 489 * DAY)["cases"] == 0
    counts = after(records, 490 * DAY)
    assert (counts["cases"], counts["stories"], counts["proposals"]) == (1, 1, 1)
    with records.read() as tx:
        left = tx.cases.get("c1")
        assert (left.summary, left.answer, left.state) == ("", "", CaseState.CLOSED)
        assert tx.cases.events("c1")[0].note == ""
        assert tx.stories.get("s1").headline == ""


def test_a_headline_led_by_a_newspaper_stays(records: Records) -> None:
    with records.begin() as tx:
        press, social = store(tx, capture(), post())
        tx.stories.put(story("s1", press), [member(press, "s1"), member(social, "s1")], now=NOW)
    assert after(records, 40 * DAY)["stories"] == 0
    with records.read() as tx:
        assert tx.stories.get("s1").headline == "Tin mot"


def test_the_outbox_forgets_what_it_carried_but_not_that_it_did(records: Records) -> None:
    with records.begin() as tx:
        tx.outbox.put("mail", "e:1:office", {"body": "văn bản"}, NOW)
        tx.outbox.put("mail", "e:1:later", {"body": "văn bản"}, NOW)
        tx.outbox.put_index("item", [("i", 1)], NOW)
        (sent,) = tx.outbox.claim("mail", 1, NOW)
        tx.outbox.ack([sent.entry_id, *(entry.entry_id for entry in tx.outbox.claim("index", 9, NOW))], NOW)
    after(records, 31 * DAY)
    with records.begin() as tx:
        assert tx.outbox.list("index") == []
        assert [state.entry.payload for state in tx.outbox.list("mail")] == [{}, {"body": "văn bản"}]
        assert not tx.outbox.put("mail", "e:1:office", {}, NOW)


def test_alerts_sources_audit_and_archives_have_their_periods(records: Records) -> None:
    alert = Alert(
        alert_id="a1",
        story_id="s1",
        kind=AlertKind.RESCUE,
        severity=Severity.S4,
        state=AlertState.RESOLVED,
        opened_at=NOW,
        headline="Kêu cứu ở xã",
        resolved_at=NOW,
    )
    with records.begin() as tx:
        tx.alerts.put(alert)
        still_open = replace(alert, state=AlertState.OPEN, resolved_at=None)
        tx.alerts.put(replace(still_open, alert_id="a2", kind=AlertKind.HARM))
        tx.alerts.put(replace(still_open, alert_id="a3", kind=AlertKind.OPERATIONS))
        tx.sources.count("s", "ok", NOW)
        tx.audit.append("x", "old", "y:1", {}, datetime(2019, 5, 1, tzinfo=UTC))
        tx.audit.append("x", "new", "y:2", {}, NOW)
    for retention in Retention:
        records.evidence.write("https://baobien.example/", [], b"x", NOW, retention)
    counts = after(records, 4 * DAY)
    assert (counts["alerts"], counts["audit"], counts["source_health"], counts["evidence_files"]) == (1, 1, 0, 0)
    assert after(records, 30 * DAY - HOUR)["alerts"] == 0
    counts = after(records, 31 * DAY)
    assert (counts["alerts"], counts["evidence_files"]) == (1, 1)
    counts = after(records, 367 * DAY)
    assert (counts["alerts"], counts["source_health"], counts["evidence_files"]) == (1, 1, 1)
    assert after(records, 731 * DAY)["evidence_files"] == 2
    with records.read() as tx:
        assert tx.audit.verify().ok
        assert [entry.verb for entry in tx.audit.list()] == ["new"]


def test_many_items_go_in_batches(records: Records) -> None:
    with records.begin() as tx:
        tx.items.store_many([post(f"n{number}") for number in range(1100)], NOW)
    report = expire.run(records, None, VirtualClock(NOW + 31 * DAY))
    assert report.counts["social_texts"] == 1100
    assert report.ended_at == NOW + 31 * DAY
    assert report.as_dict()["counts"]["ok"] == report.counts["ok"] >= 1100


def test_without_a_data_folder_the_tables_are_cleaned_all_the_same(postgres_url: str) -> None:
    with Records.open(postgres_url) as records:
        with records.begin() as tx:
            store(tx, post())
        assert after(records, 31 * DAY)["social_texts"] == 1
