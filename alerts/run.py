"""The stage ``alert``: open states for what changed, ring what is due, resolve what people have decided."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime

from alerts.send import CYBER_TOPICS, TOPICS
from alerts.state import QuietHours, open_alert, open_operations, resolve, ring, wanted, why_over
from provinces import Province
from records import Clock, Records, StageReport, Transaction
from records.types import AlertKind, Harm, Severity

BATCH = 200
STUCK = 3
"""Failed tries after which people should know that a message to an authority does not get through (about six minutes)."""
URGENT_TOPICS = frozenset({*CYBER_TOPICS, "rescue"})


def run(
    records: Records, province: Province, clock: Clock, *, quiet_hours: str = "22:00-06:00", off: Collection[Harm] = ()
) -> StageReport:
    """Bring the alert states up to date; messages go to the outbox in the same transaction.

    ``quiet_hours`` as in :class:`alerts.state.QuietHours`; classes in ``off`` ring nobody. Counts ``opened``,
    ``resolved``, ``rung``, ``held`` (by quiet hours) and ``nobody_on_duty``. Raises :class:`AlertError` for unreadable
    quiet hours.
    """
    report = StageReport("alert", clock.now())
    quiet = QuietHours.parse(quiet_hours)
    while True:
        with records.begin() as tx:
            stories = tx.stories.changed_since_alert(BATCH)
            members = tx.stories.members_of(story.story_id for story in stories)
            assessed = tx.assessments.assessed(member.item_id for group in members.values() for member in group)
            for story in stories:
                known = (assessed.get(one.item_id) for one in members.get(story.story_id, []))
                own = [one.without(off) for one in known if one]
                for kind, severity in wanted(story, own).items():
                    if open_alert(tx, story, own, kind, severity, clock.now()):
                        report.counts["opened"] += 1
            tx.stories.mark_alerted(stories)
        report.ok(len(stories))
        if len(stories) < BATCH:
            break
    with records.begin() as tx:
        troubles = dict(_troubles(tx, clock.now()))
        for subject, (severity, said) in troubles.items():
            if open_operations(tx, subject, severity, said, clock.now()):
                report.counts["opened"] += 1
        for alert in tx.alerts.unresolved():
            if alert.kind is AlertKind.OPERATIONS:
                why = None if alert.story_id in troubles else "đã giải quyết"
            else:
                why = why_over(tx, alert, off)
            if why:
                resolve(tx, alert, "alert", clock.now(), why)
                report.counts["resolved"] += 1
        for alert in tx.alerts.due(clock.now()):
            report.counts[ring(tx, alert, province, quiet, clock.now()).value] += 1
    report.ended_at = clock.now()
    return report


def _troubles(tx: Transaction, now: datetime) -> Iterator[tuple[str, tuple[Severity, str]]]:
    """Yield what the desk itself must see to: (subject, (severity, words without any content))."""
    late = "quá 30 phút chưa có người thứ hai xác nhận hoặc thu hồi"
    for referral in tx.outward.unconfirmed():
        if referral.confirm_by and referral.confirm_by < now:
            yield f"referral:{referral.referral_id}", (Severity.S4, f"Việc chuyển ngay {referral.referral_id} {late}")
    for call in tx.outward.rescues_open():
        if call.confirmed_by is None and call.confirm_by < now:
            yield f"rescue:{call.rescue_id}", (Severity.S4, f"Kêu cứu đã chuyển {call.rescue_id} {late}")
    for topic in TOPICS:
        if topic == "alert":
            continue  # what the desk's own channel cannot carry, the same channel cannot report
        severity = Severity.S4 if topic in URGENT_TOPICS else Severity.S2
        for row in tx.outbox.list(topic, "failed", "pending"):
            if row.state == "failed" or row.entry.attempts >= STUCK:
                yield f"outbox:{row.entry.entry_id}", (severity, f"Tin nhắn {row.entry.key} chưa gửi được")
