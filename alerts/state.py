"""Alert states: one per story and kind, rung along the roster, reminded with widening gaps, resolved once decided."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from hashlib import sha256
from zoneinfo import ZoneInfo

from alerts.errors import AlertError
from provinces import Province
from records import Assessed, Transaction
from records.decisions import VERDICTS
from records.types import (
    REFERABLE,
    Alert,
    AlertKind,
    AlertState,
    Harm,
    HarmLevel,
    Lane,
    Person,
    Proposal,
    ProposalState,
    Reach,
    Severity,
    Story,
)

ESCALATION = (timedelta(0), timedelta(minutes=5), timedelta(minutes=10), timedelta(minutes=15))
"""When the steps of the roster are rung after the first ring (``domain.md`` §7, duty roster); the last one rings everybody."""
LAST = len(ESCALATION) - 1
REMINDERS = (timedelta(minutes=30), timedelta(hours=2), timedelta(hours=6), timedelta(days=1))
"""Gaps between reminders once the roster is through or somebody has acknowledged; the last one repeats (anchors.md §7 (4))."""
_BEGINS = frozenset({"opened", "raised", "reopened"})


class Rang(StrEnum):
    """What came of a due alert: RUNG, HELD back by quiet hours, or NOBODY stands on the roster."""

    RUNG = "rung"
    HELD = "held"
    NOBODY = "nobody_on_duty"


@dataclass(frozen=True, slots=True)
class QuietHours:
    """Local hours in which only S4 rings; the rest waits for their end."""

    start: time
    end: time

    @classmethod
    def parse(cls, raw: str) -> QuietHours:
        """Read ``HH:MM-HH:MM``. Raises :class:`AlertError`."""
        first, _, last = raw.partition("-")
        try:
            return cls(time.fromisoformat(first.strip()), time.fromisoformat(last.strip()))
        except ValueError as error:
            raise AlertError(f"quiet_hours = {raw!r}: write HH:MM-HH:MM, for example 22:00-06:00") from error

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


def wanted(story: Story, assessed: Iterable[Assessed]) -> dict[AlertKind, Severity]:
    """Return which alerts a story deserves, with their severity.

    Alert-level findings and findings of S3 or more ring; below that the queue is enough. A rumour rings from R2 or S3 on.
    """
    found: dict[AlertKind, Severity] = {}
    for one in assessed:
        for kind in AlertKind:
            severity = _deserved(kind, story, one)
            if severity is not None:
                found[kind] = max(severity, found.get(kind, severity))
    return found


def _deserved(kind: AlertKind, story: Story, one: Assessed) -> Severity | None:
    """Return how severe an alert of ``kind`` one item deserves, or None."""
    assessment = one.assessment
    grave = assessment.severity >= Severity.S3
    match kind:
        case AlertKind.RESCUE:
            deserves = assessment.rescue is not None
            return Severity.S4 if deserves else None
        case AlertKind.HARM:
            deserves = any(grave or finding.level is HarmLevel.ALERT for finding in assessment.harms)
        case AlertKind.RUMOUR:
            deserves = assessment.lane is Lane.UNVERIFIED and (grave or story.reach in {Reach.R2, Reach.R3})
        case _:
            deserves = False
    return assessment.severity if deserves else None


def open_alert(
    tx: Transaction, story: Story, assessed: Iterable[Assessed], kind: AlertKind, severity: Severity, now: datetime
) -> Alert | None:
    """Open the state of a story and kind, or return None where it is known already.

    A worse severity opens it anew, and after it was resolved a text that nobody has decided on.
    """
    known = tx.alerts.of(story.story_id, kind)
    verb = "opened"
    if known is not None:
        if severity > known.severity:
            verb = "raised"
        elif known.state is AlertState.RESOLVED and _undecided(tx, story, assessed, kind):
            verb = "reopened"
        else:
            return None
    return _begin(tx, known, story.story_id, kind, severity, story.headline, verb, now)


def open_operations(tx: Transaction, subject: str, severity: Severity, said: str, now: datetime) -> Alert | None:
    """Open an operations alert about ``subject`` (``kind:id``), or return None where it is open already."""
    known = tx.alerts.of(subject, AlertKind.OPERATIONS)
    if known and known.state is not AlertState.RESOLVED:
        return None
    verb = "reopened" if known else "opened"
    return _begin(tx, known, subject, AlertKind.OPERATIONS, severity, said, verb, now)


def _begin(
    tx: Transaction,
    known: Alert | None,
    subject: str,
    kind: AlertKind,
    severity: Severity,
    headline: str,
    verb: str,
    now: datetime,
) -> Alert:
    alert = Alert(
        alert_id=known.alert_id if known else sha256(f"{subject}|{kind}".encode()).hexdigest()[:20],
        story_id=subject,
        kind=kind,
        severity=severity,
        state=AlertState.OPEN,
        opened_at=now,
        headline=headline,
        step=0,
        next_at=now,
    )
    tx.alerts.put(alert)
    tx.alerts.note(alert.alert_id, verb, "alert", now, severity.value)
    return alert


def ring(tx: Transaction, alert: Alert, province: Province, quiet: QuietHours, now: datetime) -> Rang:
    """Ring what is due of an alert and set its next time.

    A run that comes late rings every step that has come due meanwhile.
    """
    zone = ZoneInfo(province.timezone)
    allowed = quiet.after(now, alert.severity, zone)
    if allowed > now:
        tx.alerts.put(replace(alert, next_at=allowed))
        return Rang.HELD
    events = tx.alerts.events(alert.alert_id)
    begun = max((number for number, event in enumerate(events) if event.verb in _BEGINS), default=0)
    first = next((event.at for event in events[begun:] if event.verb == "rung"), now)
    today = now.astimezone(zone).date()
    desk = province.roster_on("desk", today)
    step = alert.step
    called = desk
    if alert.state is AlertState.OPEN and step <= LAST:
        step = max(step, *(number for number, after in enumerate(ESCALATION) if after <= now - first))
        # A step without anybody on the roster rings everybody rather than nobody.
        if step < LAST:
            called = tuple(entry for entry in desk if alert.step <= entry.step <= step) or desk
        following = first + ESCALATION[step + 1] if step < LAST else now + REMINDERS[0]
    else:
        following = now + REMINDERS[min(step - LAST, len(REMINDERS) - 1)]
    if called:
        message = {"alert_id": alert.alert_id, "step": step, "to": [entry.address for entry in called]}
        tx.outbox.put("alert", f"alert:{alert.alert_id}:{len(events)}", message, now)
    if alert.step == 0 and alert.severity is Severity.S4:
        _ring_duty(tx, alert, province, len(events), today, now)
    names = ", ".join(entry.name for entry in called)
    tx.alerts.note(alert.alert_id, "rung", "alert", now, f"bậc {step}: {names or 'không có ai trong lịch trực'}")
    tx.alerts.put(replace(alert, step=step + 1, next_at=quiet.after(max(following, now), alert.severity, zone)))
    return Rang.RUNG if called else Rang.NOBODY


def _ring_duty(tx: Transaction, alert: Alert, province: Province, number: int, today: date, now: datetime) -> None:
    """Ring the duty outside the desk without any content: number and class only (``domain.md`` §5.3 (6)).

    Cyber duty for a class that may be referred, civil defence for a call for rescue, nobody for the rest: rumours and
    criticism have no way there (§5.3 (12)).
    """
    if alert.kind is AlertKind.RESCUE:
        duty, classes = "civil_defence", []
    elif alert.kind is AlertKind.HARM:
        assessed = tx.assessments.assessed(member.item_id for member in tx.stories.members(alert.story_id))
        findings = [finding for one in assessed.values() for finding in one.assessment.harms]
        duty, classes = "cyber", sorted({finding.harm.value for finding in findings if finding.harm in REFERABLE})
        if not classes:
            return
    else:
        return
    same = [one for one in tx.alerts.unresolved() if one.kind is alert.kind and one.severity is Severity.S4]
    content_free = {
        "kind": alert.kind.value,
        "classes": classes,
        "severity": alert.severity.value,
        "number": len(same),
        "to": [entry.address for entry in province.roster_on(duty, today)],
    }
    tx.outbox.put("ring", f"ring:{alert.alert_id}:{number}", content_free, now)


def acknowledge(tx: Transaction, alert_id: str, person: Person, now: datetime) -> Alert:
    """Note that somebody takes care: escalation stops, reminders go on with widening gaps.

    Raises :class:`AlertError` for an alert that has ended.
    """
    alert = tx.alerts.get(alert_id)
    if alert.state is AlertState.RESOLVED:
        raise AlertError(f"Cảnh báo {alert_id} đã kết thúc.")
    taken = replace(
        alert,
        state=AlertState.ACKNOWLEDGED,
        acknowledged_by=person.name,
        step=max(alert.step, LAST + 1),
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


def why_over(tx: Transaction, alert: Alert, off: Collection[Harm] = ()) -> str | None:
    """Return why the alert of a story is over (in Vietnamese), or None while anybody has to decide something."""
    story = tx.stories.get_many([alert.story_id]).get(alert.story_id)
    if story is None:
        return "câu chuyện không còn hoặc đã gộp"
    proposals = tx.proposals.of_stories([alert.story_id]).get(alert.story_id, [])
    about = [one for one in proposals if _is_about(one, alert.kind)]
    # A reviewed lane-C act still waits for its second person.
    if any(one.state in {ProposalState.PROPOSED, ProposalState.REVIEWED} for one in about):
        return None
    assessed = tx.assessments.assessed(member.item_id for member in tx.stories.members(alert.story_id))
    if _undecided(tx, story, (one.without(off) for one in assessed.values()), alert.kind):
        return None
    return "đã có quyết định" if about else "không còn dấu hiệu"


def _is_about(proposal: Proposal, kind: AlertKind) -> bool:
    match kind:
        case AlertKind.RESCUE:
            return proposal.action == "A17"
        case AlertKind.RUMOUR:
            return proposal.lane is Lane.UNVERIFIED and proposal.action != "A17"
        case _:
            return proposal.lane is Lane.HARM


def _undecided(tx: Transaction, story: Story, assessed: Iterable[Assessed], kind: AlertKind) -> bool:
    """Tell whether an item deserves an alert of ``kind`` and nobody has decided on it, nor on the same words."""
    known = list(assessed)
    texts = {one.item.text for one in known if _deserved(kind, story, one) is not None}
    decided: set[str] = set()
    for one in known:
        if one.item.text in texts:
            verdicts = [each for each in tx.decisions.of("item", one.item.item_id) if each.verb in VERDICTS]
            if verdicts and verdicts[-1].decided_at >= one.item.changed_at:
                decided.add(one.item.text)
    return not texts <= decided
