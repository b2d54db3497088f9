"""The outbox, quarantine, fetch states, decisions, cases, alerts and editions."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from records import ConstraintRefused, Delivery, Records, UnknownRecord
from records import tables as tb
from records.types import (
    Alert,
    AlertKind,
    AlertState,
    Case,
    CaseState,
    Decision,
    Edition,
    EditionKind,
    EditionState,
    FetchState,
    Role,
    Severity,
)
from tests.records.build import DAY, HOUR, NOW, feedback


def test_an_effect_is_queued_once_and_claimed_once(records: Records) -> None:
    with records.begin() as tx:
        assert tx.outbox.put("mail", "e:1:office", {"to": "office"}, NOW)
        assert not tx.outbox.put("mail", "e:1:office", {"to": "changed"}, NOW)
        tx.outbox.put_many("mail", [("e:1:office", {}), ("e:1:chairman", {"to": "chairman"})], NOW)
        tx.outbox.put("webhook", "w", {}, NOW)
    with records.begin() as tx:
        first = tx.outbox.claim("mail", 1, NOW)
        second = tx.outbox.claim("mail", 9, NOW)
        third = tx.outbox.claim("mail", 9, NOW)
    assert [(entry.key, entry.payload, entry.attempts) for entry in first] == [("e:1:office", {"to": "office"}, 1)]
    assert [entry.key for entry in second] == ["e:1:chairman"]
    assert third == []
    with records.begin() as tx:
        tx.outbox.ack([first[0].entry_id], NOW)
        assert not tx.outbox.put("mail", "e:1:office", {}, NOW)
        assert tx.outbox.counts() == {("mail", "done"): 1, ("mail", "claimed"): 1, ("webhook", "pending"): 1}


def test_a_claim_keeps_to_its_limit_however_the_database_plans_it(records: Records) -> None:
    with records.begin() as tx:
        tx.outbox.put_many("mail", [(f"e:{number}", {}) for number in range(20)], NOW)
    with records.begin() as tx:
        if not tx.sqlite:
            for plan in ("hashjoin", "mergejoin", "hashagg", "sort", "material"):
                tx.connection.exec_driver_sql(f"SET LOCAL enable_{plan} = off")
        assert [entry.key for entry in tx.outbox.claim("mail", 3, NOW)] == ["e:0", "e:1", "e:2"]


def test_a_failed_effect_comes_back_at_its_time_or_never(records: Records) -> None:
    with records.begin() as tx:
        tx.outbox.put_many("mail", [("a", {}), ("b", {})], NOW)
        a, b = tx.outbox.claim("mail", 9, NOW)
        tx.outbox.fail(a.entry_id, "451", retry_at=NOW + HOUR)
        tx.outbox.fail(b.entry_id, "550", retry_at=None)
        assert tx.outbox.claim("mail", 9, NOW) == []
        (again,) = tx.outbox.claim("mail", 9, NOW + HOUR)
        assert (again.key, again.attempts, again.last_error) == ("a", 2, "451")
        assert [state.entry.last_error for state in tx.outbox.list("mail", "failed")] == ["550"]


def test_a_claim_whose_owner_died_is_seen_and_only_a_command_sends_it_again(records: Records) -> None:
    with records.begin() as tx:
        tx.outbox.put("mail", "a", {}, NOW)
        (entry,) = tx.outbox.claim("mail", 9, NOW)
    with records.begin() as tx:
        assert tx.outbox.stale("mail", NOW) == []
        assert [each.key for each in tx.outbox.stale("mail", NOW + HOUR)] == ["a"]
        tx.outbox.uncertain([entry.entry_id], "died around the answer")
        assert tx.outbox.claim("mail", 9, NOW + DAY) == []
        tx.outbox.resend([entry.entry_id], NOW + DAY)
        assert [each.key for each in tx.outbox.claim("mail", 9, NOW + DAY)] == ["a"]


def test_the_cause_and_its_effect_are_kept_or_lost_together(records: Records) -> None:
    with pytest.raises(RuntimeError), records.begin() as tx:
        tx.quarantine.put("collect", "x", "boom", "", NOW)
        tx.outbox.put("mail", "a", {}, NOW)
        raise RuntimeError
    with records.read() as tx:
        assert tx.outbox.counts() == {}
        assert tx.quarantine.list() == []


def test_quarantine_counts_attempts_and_keeps_the_first_time(records: Records) -> None:
    with records.begin() as tx:
        tx.quarantine.put("collect", "feed-a", "broken_xml", "x" * 900 + "\x00", NOW, retry_at=NOW + HOUR)
        again = tx.quarantine.put("collect", "feed-a", "broken_xml", "line 3", NOW + HOUR)
        tx.quarantine.put("assess", "item", "too_long", "", NOW)
        assert (again.attempts, again.since, again.detail, again.retry_at) == (2, NOW, "line 3", None)
        assert tx.quarantine.reasons() == {"collect": {"broken_xml": 1}, "assess": {"too_long": 1}}
        assert [each.subject_id for each in tx.quarantine.list("collect")] == ["feed-a"]
        assert not tx.quarantine.release("collect", "feed-b")


def test_fetch_states_are_remembered_per_url_of_any_length(records: Records) -> None:
    long = "https://baobien.example/rss?" + "x" * 5000
    state = FetchState(
        source_id="s", url=long, etag='"1"', last_fetched_at=NOW, next_at=NOW + HOUR, interval_s=1800, last_status=200
    )
    with records.begin() as tx:
        tx.sources.put(state)
        tx.sources.put(replace(state, etag='"2"', failures=1))
        tx.sources.put(FetchState(source_id="s", url="https://baobien.example/b", next_at=NOW))
        assert tx.sources.get("s", long) == replace(state, etag='"2"', failures=1)
        assert tx.sources.get("t", long) is None
        assert set(tx.sources.get_many("s", [long, "https://khong-biet.example/"])) == {long}
        assert [each.url for each in tx.sources.due(NOW)] == ["https://baobien.example/b"]
        assert len(tx.sources.of_source("s")) == 2


def test_source_health_adds_up_to_a_window_that_ends_at_half_past(records: Records) -> None:
    cutoff = datetime(2026, 11, 19, 22, 30, tzinfo=UTC)
    with records.begin() as tx:
        tx.sources.count("s", "ok", cutoff - timedelta(seconds=1))
        tx.sources.count("s", "ok", cutoff - timedelta(minutes=29), 4)
        tx.sources.count("s", "timeout", cutoff)
        (before,) = tx.sources.health(cutoff - DAY, cutoff)
        (after,) = tx.sources.health(cutoff)
    assert (before.outcome, before.number, before.last_at) == ("ok", 5, cutoff - timedelta(minutes=29))
    assert (after.outcome, after.number) == ("timeout", 1)


def decision(number: int, **changes: Any) -> Decision:
    values: dict[str, Any] = {
        "decision_id": f"d{number}",
        "subject": "story",
        "subject_id": "s1",
        "verb": "accept",
        "person": "Người duyệt Một",
        "role": Role.REVIEWER,
        "decided_at": NOW + number * HOUR,
    }
    return Decision(**{**values, **changes})


def test_decisions_are_kept_in_order_and_audited_without_their_note(records: Records) -> None:
    with records.begin() as tx:
        tx.decisions.put(decision(1, note="riêng tư", changes={"lane": ["harm", "feedback"]}))
        tx.decisions.put(decision(2, verb="reject"))
        tx.decisions.put(decision(3, subject_id="s2"))
        assert [each.verb for each in tx.decisions.of("story", "s1")] == ["accept", "reject"]
        assert tx.decisions.of("story", "s1")[0].changes == {"lane": ["harm", "feedback"]}
        assert {key: each.verb for key, each in tx.decisions.latest("story").items()} == {
            "s1": "reject",
            "s2": "accept",
        }
        assert [each.decision_id for each in tx.decisions.between(NOW, NOW + 2 * HOUR)] == ["d1"]
        entries = tx.audit.list("story:s1")
        assert [entry.verb for entry in entries] == ["reject", "accept"]
        assert "riêng tư" not in repr(entries)


@pytest.mark.parametrize("change", ["UPDATE decisions SET verb = 'x'", "DELETE FROM decisions"])
def test_a_decision_is_never_changed(records: Records, change: str) -> None:
    with records.begin() as tx:
        tx.decisions.put(decision(1))
    with pytest.raises(ConstraintRefused, match="decision is never"), records.begin() as tx:
        tx.connection.execute(sa.text(change))


def test_a_decision_needs_a_name(records: Records) -> None:
    with pytest.raises(ConstraintRefused), records.begin() as tx:
        tx.decisions.put(decision(1, person=""))


def test_a_case_is_followed_to_its_end(records: Records) -> None:
    case = Case(
        case_id="c1",
        proposal_id="p2",
        story_id="s1",
        agency_code="ubnd-21583",
        summary="Rác chưa thu gom sau ngập.",
        state=CaseState.SENT,
        opened_at=NOW,
        first_reply_due=NOW + 5 * DAY,
        final_due=NOW + 15 * DAY,
    )
    with records.begin() as tx:
        tx.proposals.put(feedback())
        tx.cases.put(case)
        tx.cases.note("c1", "sent", "so-vhttdl", NOW)
        assert tx.cases.get("c1") == case
        assert tx.cases.overdue(NOW + 14 * DAY) == []
        assert tx.cases.overdue(NOW + 16 * DAY) == [case]
        answered = replace(case, state=CaseState.ANSWERED, answered_at=NOW + DAY, answer="Đã thu gom.", reminders=1)
        tx.cases.put(answered)
        assert tx.cases.overdue(NOW + 16 * DAY) == []
        assert tx.cases.open() == [answered]
        assert tx.cases.touched(NOW + HOUR, NOW + 2 * DAY) == [answered]
        tx.cases.put(replace(answered, state=CaseState.CLOSED, closed_at=NOW + 2 * DAY))
        assert tx.cases.open() == []
        assert tx.cases.of_proposal("p2") is not None
        assert list(tx.cases.of_stories(["s1", "s9"])) == ["s1"]
        assert [(event.verb, event.person) for event in tx.cases.events("c1")] == [("sent", "so-vhttdl")]
    with pytest.raises(ConstraintRefused), records.begin() as tx:
        tx.cases.put(replace(case, state=CaseState.CLOSED))


def test_there_is_one_alert_state_per_story_and_kind(records: Records) -> None:
    alert = Alert(
        alert_id="a1",
        story_id="s1",
        kind=AlertKind.HARM,
        severity=Severity.S3,
        state=AlertState.OPEN,
        opened_at=NOW,
        headline="01 vụ chờ duyệt",
        next_at=NOW + HOUR,
    )
    with records.begin() as tx:
        tx.alerts.put(alert)
        tx.alerts.put(replace(alert, alert_id="a2", kind=AlertKind.RUMOUR, next_at=None))
        tx.alerts.note("a1", "rung", "system", NOW)
        assert tx.alerts.of("s1", AlertKind.HARM) == alert
        assert [each.alert_id for each in tx.alerts.unresolved()] == ["a1", "a2"]
        assert tx.alerts.due(NOW) == []
        assert tx.alerts.due(NOW + HOUR) == [alert]
        tx.alerts.put(replace(alert, state=AlertState.ACKNOWLEDGED, acknowledged_by="Trực chính", step=1))
        tx.alerts.put(replace(alert, state=AlertState.RESOLVED, resolved_at=NOW + HOUR))
        assert tx.alerts.due(NOW + DAY) == []
        assert len(tx.alerts.opened(NOW, NOW + HOUR)) == 2
        assert [event.verb for event in tx.alerts.events("a1")] == ["rung"]
    with pytest.raises(ConstraintRefused), records.begin() as tx:
        tx.alerts.put(replace(alert, alert_id="a3"))
    with pytest.raises(ConstraintRefused), records.begin() as tx:
        tx.alerts.put(replace(alert, state=AlertState.ACKNOWLEDGED))
    with records.read() as tx, pytest.raises(UnknownRecord):
        tx.alerts.get("a9")


def edition(content: dict[str, Any], digest: str, **changes: Any) -> Edition:
    values: dict[str, Any] = {
        "edition_id": "gia-lai-daily-2026-11-20",
        "kind": EditionKind.DAILY,
        "revision": 0,
        "window_start": NOW - DAY,
        "window_end": NOW,
        "state": EditionState.DRAFT,
        "made_at": NOW,
        "content": content,
        "content_hash": digest,
    }
    return Edition(**{**values, **changes})


def test_the_same_edition_is_one_revision_and_another_content_the_next(records: Records) -> None:
    content = {"z": 1, "a": ["Quy Nhơn", None, 0.5]}
    with records.begin() as tx:
        first = tx.editions.put(edition(content, "h1"))
        same = tx.editions.put(edition(content, "h1", made_at=NOW + HOUR))
        second = tx.editions.put(edition({"b": 2}, "h2"))
        back = tx.editions.put(edition(content, "h1"))
        assert [each.revision for each in (first, same, second, back)] == [1, 1, 2, 3]
        assert list(tx.editions.get(first.edition_id, 1).content) == ["z", "a"]
        assert tx.editions.get(first.edition_id) == back
        assert tx.editions.ending(EditionKind.DAILY, NOW, NOW) == [back]
        assert tx.editions.ending(EditionKind.WEEKLY, NOW, NOW) == []
        with pytest.raises(UnknownRecord, match="revision 9"):
            tx.editions.get(first.edition_id, 9)


def test_a_revision_changes_its_state_and_nothing_else(records: Records) -> None:
    with records.begin() as tx:
        made = tx.editions.put(edition({"a": 1}, "h1"))
        approved = tx.editions.set_state(made.edition_id, 1, EditionState.APPROVED, approved_by="Người duyệt Hai")
        assert (approved.state, approved.approved_by) == (EditionState.APPROVED, "Người duyệt Hai")
        with pytest.raises(UnknownRecord):
            tx.editions.set_state(made.edition_id, 2, EditionState.DELIVERED)
    for change in (
        "UPDATE editions SET content = '{\"a\": 2}'",
        "UPDATE editions SET content_hash = 'x'",
        "UPDATE editions SET revision = 7",
        "DELETE FROM editions",
    ):
        with pytest.raises(ConstraintRefused, match="edition"), records.begin() as tx:
            tx.connection.execute(sa.text(change))
    with pytest.raises(ConstraintRefused), records.begin() as tx:
        tx.connection.execute(tb.editions.update().values(approved_by=None))


def test_an_edition_goes_to_each_recipient_once(records: Records) -> None:
    with records.begin() as tx:
        made = tx.editions.put(edition({"a": 1}, "h1"))
        queued = Delivery(edition_id=made.edition_id, revision=1, recipient="office", state="queued", at=NOW)
        tx.editions.put_delivery(queued)
        sent = replace(queued, state="sent", message_id="<1@x.example>")
        tx.editions.put_delivery(sent)
        assert tx.editions.deliveries(made.edition_id) == [sent] == tx.editions.deliveries(made.edition_id, 1)
        assert tx.editions.deliveries(made.edition_id, 2) == []
    with pytest.raises(ConstraintRefused), records.begin() as tx:
        tx.editions.put_delivery(replace(sent, revision=5))
