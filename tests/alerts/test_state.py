"""Alert states over time, under a virtual clock. 08:00 in Vietnam is the scene's first instant."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import datetime, time, timedelta
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

import alerts
from alerts.state import QuietHours
from provinces import Province
from provinces.types import RosterEntry
from records import Records, VirtualClock
from records.types import Alert, AlertKind, AlertState, Harm, HarmLevel, Lane, Reach, Severity
from review import decide
from tests.review.scene import APPROVER, HOUR, MINUTE, REVIEWER, Scene, found, payloads

FIRST, SECOND, THIRD = "truc-chinh@gia-lai.example", "truc-phu@gia-lai.example", "nguoi-duyet@gia-lai.example"


def step(scene: Scene) -> Counter[str]:
    """Run the stage once."""
    return alerts.run(scene.records, scene.province, scene.clock).counts


def rung(scene: Scene) -> list[list[str]]:
    with scene.records.read() as tx:
        return [payload["to"] for payload in payloads(tx, "alert")]


def states(scene: Scene) -> list[Alert]:
    with scene.records.read() as tx:
        return tx.alerts.unresolved()


def test_the_roster_is_climbed_after_5_10_and_15_minutes(scene: Scene) -> None:
    scene.harm("a", Harm.FRAUD)
    heard: list[tuple[int, list[str]]] = []
    for minute in range(16):
        step(scene)
        heard += [(minute, to) for to in rung(scene)[len(heard) :]]
        scene.clock.advance(MINUTE)
    assert heard == [(0, [FIRST]), (5, [SECOND]), (10, [THIRD]), (15, [FIRST, SECOND, THIRD])]


def test_reminders_widen_until_somebody_decides(scene: Scene) -> None:
    item = scene.harm("a", Harm.FRAUD)
    times: list[datetime] = []
    for _ in range(12 * 24 * 3):
        before = len(rung(scene))
        step(scene)
        times += [scene.now] * (len(rung(scene)) - before)
        scene.clock.advance(5 * MINUTE)
        if len(times) == 8:
            break
    gaps = [(later - earlier) / MINUTE for earlier, later in pairwise(times[3:])]
    # After the last step: 30 minutes, 2 hours, 6 hours (16:45), then a day; 22:00-06:00 is quiet.
    assert gaps == [30, 120, 360, 24 * 60]
    with scene.records.begin() as tx:
        decide.reject_item(tx, item.item_id, REVIEWER, scene.now)
    assert step(scene)["resolved"] == 1
    scene.clock.advance(timedelta(days=3))
    assert step(scene)["rung"] == 0


def test_acknowledging_stops_the_climb_and_keeps_reminding(scene: Scene) -> None:
    scene.harm("a", Harm.FRAUD)
    step(scene)
    (alert,) = states(scene)
    with scene.records.begin() as tx:
        taken = alerts.acknowledge(tx, alert.alert_id, REVIEWER, scene.now)
    assert (taken.state, taken.acknowledged_by) == (AlertState.ACKNOWLEDGED, REVIEWER.name)
    for _ in range(29):
        scene.clock.advance(MINUTE)
        assert step(scene)["rung"] == 0
    scene.clock.advance(MINUTE)
    assert step(scene)["rung"] == 1
    scene.clock.advance(119 * MINUTE)
    assert step(scene)["rung"] == 0
    scene.clock.advance(MINUTE)
    assert step(scene)["rung"] == 1
    with scene.records.read() as tx:
        assert tx.audit.verify().ok
        assert [entry.verb for entry in tx.audit.list(f"alert:{alert.alert_id}")] == ["alert.acknowledge"]


def test_one_state_per_story_however_often_and_by_whom_the_stage_runs(scene: Scene, tmp_path: Path) -> None:
    item = scene.harm("a", Harm.FRAUD)
    for _ in range(3):
        step(scene)
    scene.story("story-a", item, families=3)  # the story changes; the harm does not
    with Records.open(tmp_path) as again:  # another process after a restart
        alerts.run(again, scene.province, VirtualClock(scene.now))
    assert len(states(scene)) == 1
    assert rung(scene) == [[FIRST]]


def test_a_run_that_comes_late_rings_everybody_due_at_once(scene: Scene) -> None:
    scene.harm("a", Harm.FRAUD)
    step(scene)
    scene.clock.advance(12 * MINUTE)
    step(scene)
    assert rung(scene)[1:] == [[SECOND, THIRD]]


def test_worse_opens_anew(scene: Scene) -> None:
    item = scene.harm("a", Harm.FRAUD, severity=Severity.S3)
    step(scene)
    (alert,) = states(scene)
    with scene.records.begin() as tx:
        alerts.acknowledge(tx, alert.alert_id, REVIEWER, scene.now)
    scene.judge(item, Lane.HARM, found(Harm.FRAUD), severity=Severity.S4)
    scene.story("story-a", item)
    assert step(scene)["rung"] == 1
    (alert,) = states(scene)
    assert (alert.severity, alert.state) == (Severity.S4, AlertState.OPEN)


def test_below_the_alert_level_the_queue_is_enough(scene: Scene) -> None:
    item = scene.post("a")
    scene.judge(item, Lane.HARM, found(Harm.FRAUD, level=HarmLevel.SUGGEST), severity=Severity.S2)
    scene.story("s", item)
    scene.complaint("b")
    scene.rumour("c", severity=Severity.S2)
    assert step(scene)["opened"] == 0
    scene.rumour("d", Reach.R2, Severity.S2)
    assert step(scene)["opened"] == 1


# --- ending


def test_an_alert_ends_only_when_the_second_person_has_decided_too(scene: Scene) -> None:
    item = scene.harm("a", Harm.FRAUD)
    step(scene)
    with scene.records.begin() as tx:
        decide.accept_item(tx, item.item_id, REVIEWER, scene.province, scene.now)
    assert step(scene)["resolved"] == 0
    with scene.records.begin() as tx:
        for proposal in scene.proposals(item).values():
            decide.approve(tx, proposal.proposal_id, APPROVER, scene.province, scene.now)
    assert step(scene)["resolved"] == 1
    assert states(scene) == []


def test_a_new_text_in_a_decided_story_rings_again_a_copy_does_not(scene: Scene) -> None:
    first = scene.harm("a", Harm.FRAUD)
    step(scene)
    with scene.records.begin() as tx:
        decide.reject_item(tx, first.item_id, REVIEWER, scene.now)
    step(scene)
    scene.clock.advance(HOUR)
    copy = scene.post("a2", body=first.body)
    scene.judge(copy, Lane.HARM, found(Harm.FRAUD))
    scene.story("story-a", first, copy)
    assert step(scene)["opened"] == 0
    other = scene.post("a3", body="Một bài khác hẳn ở https://dien-luc-hotro.example")
    scene.judge(other, Lane.HARM, found(Harm.FRAUD))
    scene.story("story-a", first, copy, other)
    assert step(scene)["opened"] == 1


def test_new_text_before_its_proposals_keeps_the_alert(scene: Scene) -> None:
    first = scene.harm("a", Harm.FRAUD)
    step(scene)
    with scene.records.begin() as tx:
        decide.reject_item(tx, first.item_id, REVIEWER, scene.now)
        scene.clock.advance(MINUTE)
    other = scene.post("b", body="Một bài khác hẳn")
    scene.judge(other, Lane.HARM, found(Harm.FRAUD))
    with scene.records.begin() as tx:
        from records.types import Member

        story = tx.stories.get("story-a")
        tx.stories.put(story, [Member(item_id=other.item_id, story_id="story-a", family_id="g")], now=scene.now)
    assert step(scene)["resolved"] == 0  # ``alert`` runs before ``propose``


def test_an_alert_ends_when_its_reason_is_gone_or_its_story(scene: Scene) -> None:
    gone, merged = scene.harm("a", Harm.FRAUD), scene.harm("b", Harm.FRAUD)
    step(scene)
    scene.judge(gone, Lane.NEUTRAL)
    scene.story("story-a", gone)
    scene.story("story-c", merged)
    with scene.records.begin() as tx:
        tx.stories.drop("story-b", now=scene.now)
    assert step(scene)["resolved"] == 2
    assert [alert.story_id for alert in states(scene)] == ["story-c"]


def test_a_call_for_rescue_ends_with_its_handover_not_with_other_decisions(scene: Scene) -> None:
    call = scene.call("a")
    step(scene)
    assert [alert.kind for alert in states(scene)] == [AlertKind.RESCUE]
    with scene.records.begin() as tx:
        decide.accept_item(tx, call.item_id, REVIEWER, scene.province, scene.now)
    assert step(scene)["resolved"] == 1


# --- quiet hours


def test_quiet_hours_hold_everything_but_danger_to_life(scene: Scene) -> None:
    scene.clock.advance_to(datetime(2026, 11, 20, 23, 30, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh")))
    scene.harm("a", Harm.FRAUD, severity=Severity.S3)
    assert step(scene)["held"] == 1
    assert rung(scene) == []
    scene.harm("b", Harm.VIOLENCE, imminent=True, severity=Severity.S4)
    assert step(scene)["rung"] == 1
    assert rung(scene) == [[FIRST]]
    morning = datetime(2026, 11, 21, 6, 0, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))
    scene.clock.advance_to(morning - MINUTE)
    before = len(rung(scene))
    step(scene)
    scene.clock.advance_to(morning)
    step(scene)
    held = next(alert for alert in states(scene) if alert.severity is Severity.S3)
    assert (held.step, held.next_at) == (1, morning + 5 * MINUTE)  # the climb starts with the first ring
    assert len(rung(scene)) > before


@pytest.mark.parametrize(
    ("raw", "hour", "minute", "waits"),
    [
        ("22:00-06:00", 21, 59, False),
        ("22:00-06:00", 22, 0, True),
        ("22:00-06:00", 5, 59, True),
        ("22:00-06:00", 6, 0, False),
        ("12:00-13:30", 13, 0, True),
        ("12:00-13:30", 14, 0, False),
    ],
)
def test_quiet_hours_over_midnight_and_within_a_day(raw: str, hour: int, minute: int, waits: bool) -> None:
    zone = ZoneInfo("Asia/Ho_Chi_Minh")
    instant = datetime(2026, 11, 20, hour, minute, tzinfo=zone)
    quiet = QuietHours.parse(raw)
    assert (quiet.after(instant, Severity.S3, zone) > instant) is waits
    assert quiet.after(instant, Severity.S4, zone) == instant
    if waits:
        assert quiet.after(instant, Severity.S1, zone).astimezone(zone).time() == time.fromisoformat(raw[-5:])


@pytest.mark.parametrize("raw", ["", "22:00", "25:00-06:00", "tối-sáng"])
def test_unreadable_quiet_hours_are_refused_with_the_fix(raw: str) -> None:
    with pytest.raises(alerts.AlertError, match="HH:MM-HH:MM"):
        QuietHours.parse(raw)


# --- duties outside the desk


def test_cyber_duty_hears_a_number_and_a_class_and_nothing_else(scene: Scene) -> None:
    scene.harm("a", Harm.VIOLENCE, imminent=True, severity=Severity.S4)
    scene.harm("b", Harm.CHILD_ABUSE, severity=Severity.S4)
    step(scene)
    with scene.records.read() as tx:
        rings = payloads(tx, "ring")
    assert len(rings) == 2
    for ring in rings:
        assert set(ring) == {"kind", "classes", "severity", "number", "to"}
        assert ring["number"] == 2
        assert ring["to"] == ["truc-ban@cong-an.gia-lai.example"]
    assert sorted(ring["classes"] for ring in rings) == [["H4"], ["H6"]]


@pytest.mark.parametrize("harm", [Harm.DANGEROUS_RUMOUR, Harm.HATE])
def test_cyber_duty_hears_nothing_of_what_may_not_be_referred(scene: Scene, harm: Harm) -> None:
    scene.harm("a", harm, severity=Severity.S4)
    scene.rumour("b", severity=Severity.S4)
    scene.harm("c", Harm.FRAUD, severity=Severity.S3)
    step(scene)
    with scene.records.read() as tx:
        assert payloads(tx, "ring") == []


def test_a_call_for_rescue_rings_civil_defence(scene: Scene) -> None:
    scene.call("a")
    step(scene)
    with scene.records.read() as tx:
        (ring,) = payloads(tx, "ring")
    assert (ring["kind"], ring["classes"]) == ("rescue", [])
    assert ring["to"] == ["truc-ban@ptds.gia-lai.example"]


def test_an_empty_roster_is_counted_and_written_down(scene: Scene) -> None:
    scene.province = replace(scene.province, roster=())
    scene.harm("a", Harm.FRAUD)
    assert step(scene)["nobody_on_duty"] == 1
    (alert,) = states(scene)
    with scene.records.read() as tx:
        assert "không có ai trong lịch trực" in tx.alerts.events(alert.alert_id)[-1].note


def test_a_step_without_anybody_rings_everybody(scene: Scene) -> None:
    alone = RosterEntry(name="Một Mình", duty="desk", step=0, address=FIRST)
    scene.province = replace(scene.province, roster=(alone,))
    scene.harm("a", Harm.FRAUD)
    step(scene)
    scene.clock.advance(5 * MINUTE)
    step(scene)
    assert rung(scene) == [[FIRST], [FIRST]]


def test_only_those_on_duty_today_are_rung(scene: Scene, province: Province) -> None:
    tomorrow = scene.now.date() + timedelta(days=1)
    later = [replace(entry, valid_from=tomorrow) if entry.address == FIRST else entry for entry in province.roster]
    other = RosterEntry(name="Hôm Nay", duty="desk", step=0, address="hom-nay@gia-lai.example")
    scene.province = replace(province, roster=(*later, other))
    scene.harm("a", Harm.FRAUD)
    step(scene)
    assert rung(scene) == [["hom-nay@gia-lai.example"]]


# --- operations


def test_a_release_nobody_confirmed_rings_after_30_minutes_until_somebody_does(scene: Scene) -> None:
    item = scene.harm("a", Harm.VIOLENCE, imminent=True, severity=Severity.S4)
    with scene.records.begin() as tx:
        decide.release(tx, scene.proposals(item)["A11"].proposal_id, REVIEWER, scene.province, scene.now)
        (referral,) = tx.outward.unconfirmed()
    scene.clock.advance(30 * MINUTE)
    step(scene)
    assert [alert.kind for alert in states(scene)] == []
    scene.clock.advance(MINUTE)
    step(scene)
    step(scene)
    (alert,) = states(scene)
    assert (alert.kind, alert.severity, alert.story_id) == (
        AlertKind.OPERATIONS,
        Severity.S4,
        f"referral:{referral.referral_id}",
    )
    assert "30 phút" in alert.headline
    assert rung(scene) == [[FIRST]]
    with scene.records.begin() as tx:
        decide.confirm(tx, referral.referral_id, APPROVER, scene.now)
    assert step(scene)["resolved"] == 1


def test_an_unconfirmed_call_for_rescue_rings_too(scene: Scene) -> None:
    call = scene.call("a")
    with scene.records.begin() as tx:
        decide.accept_item(tx, call.item_id, REVIEWER, scene.province, scene.now)
        (sent,) = tx.outward.rescues_open()
    scene.clock.advance(31 * MINUTE)
    step(scene)
    assert [alert.story_id for alert in states(scene)] == [f"rescue:{sent.rescue_id}"]
    with scene.records.begin() as tx:
        decide.recall(tx, sent.rescue_id, APPROVER, scene.now, "nhầm")
    step(scene)
    assert states(scene) == []


def test_a_message_that_does_not_get_through_rings(scene: Scene) -> None:
    item = scene.harm("a", Harm.FRAUD)
    with scene.records.begin() as tx:
        decide.accept_item(tx, item.item_id, REVIEWER, scene.province, scene.now)
        decide.approve(tx, scene.proposals(item)["A11"].proposal_id, APPROVER, scene.province, scene.now)
    cyber = alerts.MemoryChannel(failing=3)
    for _ in range(3):
        alerts.send(scene.records, scene.province, scene.clock, desk=alerts.MemoryChannel(), cyber=cyber)
        scene.clock.advance(31 * MINUTE)
    step(scene)
    (trouble,) = [alert for alert in states(scene) if alert.kind is AlertKind.OPERATIONS]
    assert trouble.severity is Severity.S4
    alerts.send(scene.records, scene.province, scene.clock, desk=alerts.MemoryChannel(), cyber=cyber)
    step(scene)
    assert [alert for alert in states(scene) if alert.kind is AlertKind.OPERATIONS] == []


def test_an_ended_alert_is_not_acknowledged(scene: Scene) -> None:
    item = scene.harm("a", Harm.FRAUD)
    step(scene)
    (alert,) = states(scene)
    with scene.records.begin() as tx:
        decide.reject_item(tx, item.item_id, REVIEWER, scene.now)
    step(scene)
    with scene.records.begin() as tx, pytest.raises(alerts.AlertError, match="đã kết thúc"):
        alerts.acknowledge(tx, alert.alert_id, REVIEWER, scene.now)
