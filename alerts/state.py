"""Alert states: one per story and kind, rung along the roster, reminded with widening gaps, resolved once decided."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from hashlib import sha256
from zoneinfo import ZoneInfo

from provinces import Province
from records import Assessed, Transaction
from records.types import (
    Alert,
    AlertKind,
    AlertState,
    HarmLevel,
    Lane,
    Person,
    ProposalState,
    Reach,
    Severity,
    Story,
)

ESCALATION = (timedelta(0), timedelta(minutes=5), timedelta(minutes=10), timedelta(minutes=15))
"""When the steps of the roster are rung after opening (``domain.md`` §7, duty roster); the last one rings everybody."""
REMINDERS = (timedelta(minutes=30), timedelta(hours=2), timedelta(hours=6), timedelta(days=1))
"""Gaps between reminders once the roster is through or somebody has acknowledged; the last one repeats (anchors.md §7 (4))."""


@dataclass(frozen=True, slots=True)
class QuietHours:
    """Local hours in which only S4 rings; the rest waits for their end."""

    start: time
    end: time

    @classmethod
    def parse(cls, raw: str) -> QuietHours:
        """Read ``HH:MM-HH:MM``."""
        first, _, last = raw.partition("-")
        return cls(time.fromisoformat(first.strip()), time.fromisoformat(last.strip()))

    def after(self, instant: datetime, severity: Severity, zone: ZoneInfo) -> datetime:
        """Return ``instant``, or the end of the quiet hours it falls in."""
        if severity is Severity.S4:
            return instant
        local = instant.astimezone(zone)
        now = local.time()
        over_midnight = self.start > self.end
        quiet = (now >= self.start or now < self.end) if over_midnight else self.start <= now < self.end
        if not quiet:
            return instant
        day: date = local.date() + timedelta(days=1 if over_midnight and now >= self.start else 0)
        return datetime.combine(day, self.end, zone).astimezone(instant.tzinfo)


def wanted(story: Story, assessed: list[Assessed]) -> dict[AlertKind, Severity]:
    """Return which alerts a story deserves, with their severity.

    Alert-level findings and findings of S3 or more ring; below that the queue is enough. A rumour rings from R2 or S3 on.
    """
    found: dict[AlertKind, Severity] = {}

    def want(kind: AlertKind, severity: Severity) -> None:
        found[kind] = max(severity, found.get(kind, severity))

    for one in assessed:
        assessment = one.assessment
        if assessment.rescue:
            want(AlertKind.RESCUE, Severity.S4)
        for finding in assessment.harms:
            if finding.level is HarmLevel.ALERT or assessment.severity >= Severity.S3:
                want(AlertKind.HARM, assessment.severity)
        wide = story.reach in {Reach.R2, Reach.R3}
        if assessment.lane is Lane.UNVERIFIED and (wide or assessment.severity >= Severity.S3):
            want(AlertKind.RUMOUR, assessment.severity)
    return found


def open_alert(tx: Transaction, story: Story, kind: AlertKind, severity: Severity, now: datetime) -> Alert | None:
    """Open the state of a story and kind, or return None where it is known already (a worse severity opens it anew)."""
    known = tx.alerts.of(story.story_id, kind)
    if known and severity <= known.severity:
        return None
    alert = Alert(
        alert_id=known.alert_id if known else sha256(f"{story.story_id}|{kind}".encode()).hexdigest()[:20],
        story_id=story.story_id,
        kind=kind,
        severity=severity,
        state=AlertState.OPEN,
        opened_at=now,
        headline=story.headline,
        step=0,
        next_at=now,
    )
    tx.alerts.put(alert)
    tx.alerts.note(alert.alert_id, "opened" if known is None else "raised", "alert", now, severity.value)
    return alert


def ring(tx: Transaction, alert: Alert, province: Province, quiet: QuietHours, now: datetime) -> bool:
    """Ring what is due of an alert and set its next time; False where quiet hours hold it back."""
    zone = ZoneInfo(province.timezone)
    allowed = quiet.after(now, alert.severity, zone)
    if allowed > now:
        tx.alerts.put(replace(alert, next_at=allowed))
        return False
    number = len(tx.alerts.events(alert.alert_id))
    desk = province.roster_on("desk", now.astimezone(zone).date())
    last = len(ESCALATION) - 1
    escalating = alert.state is AlertState.OPEN and alert.step <= last
    rung = [entry for entry in desk if not escalating or alert.step == last or entry.step == alert.step]
    if rung:
        message = {"alert_id": alert.alert_id, "step": alert.step, "to": [entry.address for entry in rung]}
        tx.outbox.put("alert", f"alert:{alert.alert_id}:{number}", message, now)
    if alert.step == 0 and alert.state is AlertState.OPEN and alert.severity is Severity.S4:
        cyber = [entry.address for entry in province.roster_on("cyber", now.astimezone(zone).date())]
        # No content leaves before two people decided: number and class only (``domain.md`` §5.3 (6)).
        content_free = {"kind": alert.kind.value, "severity": alert.severity.value, "number": 1, "to": cyber}
        tx.outbox.put("ring", f"ring:{alert.alert_id}:{number}", content_free, now)
    tx.alerts.note(alert.alert_id, "rung", "alert", now, f"step {alert.step}")
    step = alert.step + 1
    if escalating and step <= last:
        following = alert.opened_at + ESCALATION[step]
    else:
        following = now + REMINDERS[min(max(0, step - last - 1), len(REMINDERS) - 1)]
    tx.alerts.put(replace(alert, step=step, next_at=quiet.after(max(following, now), alert.severity, zone)))
    return True


def acknowledge(tx: Transaction, alert_id: str, person: Person, now: datetime) -> Alert:
    """Note that somebody takes care: escalation stops, reminders go on with widening gaps."""
    alert = tx.alerts.get(alert_id)
    taken = replace(
        alert,
        state=AlertState.ACKNOWLEDGED,
        acknowledged_by=person.name,
        step=max(alert.step, len(ESCALATION)),
        next_at=now + REMINDERS[0],
    )
    tx.alerts.put(taken)
    tx.alerts.note(alert_id, "acknowledged", person.name, now)
    tx.audit.append(person.name, "alert.acknowledge", f"alert:{alert_id}", {"role": person.role.value}, now)
    return taken


def resolve(tx: Transaction, alert: Alert, who: str, now: datetime, note: str = "") -> Alert:
    """End an alert; it rings no more."""
    ended = replace(alert, state=AlertState.RESOLVED, resolved_at=now, next_at=None)
    tx.alerts.put(ended)
    tx.alerts.note(alert.alert_id, "resolved", who, now, note)
    return ended


def decided(tx: Transaction, alert: Alert) -> bool:
    """Tell whether people have decided everything that the alert is about."""
    proposals = tx.proposals.of_stories([alert.story_id]).get(alert.story_id, [])
    about = [one for one in proposals if one.item_id is not None]
    return bool(about) and all(one.state is not ProposalState.PROPOSED for one in about)
