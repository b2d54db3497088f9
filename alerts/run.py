"""The stage ``alert``: open states for what changed, ring what is due, resolve what people have decided."""

from __future__ import annotations

from alerts.state import QuietHours, decided, open_alert, resolve, ring, wanted
from provinces import Province
from records import Clock, Records, StageReport

BATCH = 200


def run(records: Records, province: Province, clock: Clock, *, quiet_hours: str = "22:00-06:00") -> StageReport:
    """Bring the alert states up to date; messages go to the outbox in the same transaction.

    ``quiet_hours`` as in :class:`alerts.state.QuietHours`. Raises ``ValueError`` for unreadable quiet hours.
    """
    report = StageReport("alert", clock.now())
    quiet = QuietHours.parse(quiet_hours)
    while True:
        with records.begin() as tx:
            stories = tx.stories.changed_since_alert(BATCH)
            members = tx.stories.members_of(story.story_id for story in stories)
            assessed = tx.assessments.assessed(member.item_id for group in members.values() for member in group)
            for story in stories:
                own = [assessed[one.item_id] for one in members.get(story.story_id, []) if one.item_id in assessed]
                for kind, severity in wanted(story, own).items():
                    if open_alert(tx, story, kind, severity, clock.now()):
                        report.counts["opened"] += 1
            tx.stories.mark_alerted(stories)
        report.ok(len(stories))
        if len(stories) < BATCH:
            break
    with records.begin() as tx:
        for alert in tx.alerts.unresolved():
            if decided(tx, alert):
                resolve(tx, alert, "alert", clock.now(), "đã có quyết định")
                report.counts["resolved"] += 1
        for alert in tx.alerts.due(clock.now()):
            report.counts["rung" if ring(tx, alert, province, quiet, clock.now()) else "held"] += 1
    report.ended_at = clock.now()
    return report
