"""The stages in their order, each by the same name as its command, and ``run``: all of them, once."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any

from crawlers.render import Renderer
from langnghe.context import Context
from langnghe.settings import SettingsError
from records import Clock, StageReport, SystemClock, VirtualClock

STAGES = ("collect", "assess", "link", "index", "alert", "propose", "brief", "deliver")


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What a run may be told: an archive to replay, until when, and hosts the crawler may reach beside public ones."""

    replay: Path | None = None
    until: datetime | None = None
    allow_hosts: tuple[str, ...] = ()
    inbox: Path | None = None
    renderer: Renderer | None = None
    """A browser kept over several runs; without one each run that needs it opens its own."""


def clock_for(options: Options) -> Clock:
    """Return the virtual clock of a replay, else the machine's."""
    if options.replay is None:
        if options.until is not None:
            raise SettingsError("--until needs --replay: without an archive the clock is the machine's")
        return SystemClock()
    return VirtualClock(datetime.fromtimestamp(0, UTC))


def stage(name: str, context: Context, options: Options) -> StageReport:
    """Run one stage by name and return its report."""
    return _RUNNERS[name](context, options)


def run(
    context: Context,
    options: Options,
    *,
    stages: Iterable[str] = STAGES,
    watched: Callable[[str], None] = lambda name: None,
) -> list[StageReport]:
    """Run stages in order and return their reports; ``watched`` hears each name before it starts."""
    reports = []
    for name in stages:
        watched(name)
        reports.append(stage(name, context, options))
    return reports


def cutoff_of(context: Context) -> datetime:
    """Return the newest daily cut-off of the settings that has passed, in UTC."""
    from reports.gather import last_cutoff

    at = time.fromisoformat(context.settings.cutoff)
    return last_cutoff(context.province, context.clock.now(), at).astimezone(UTC)


def summary(context: Context, reports: Iterable[StageReport]) -> dict[str, Any]:
    """Return what a run did as JSON-ready values: counts per stage, relevant items per lane, stories, reasons, files."""
    done = {report.stage: report for report in reports}
    from reports.gather import edition_id as edition_id_of

    cutoff = cutoff_of(context)
    edition_id = edition_id_of(context.province, cutoff)
    folder = context.out / edition_id
    assessed = done.get("assess")
    with context.records.read() as tx:
        quarantined = {stage: dict(reasons) for stage, reasons in tx.quarantine.reasons().items()}
        stories = len(tx.stories.active(cutoff - timedelta(days=1)))
    return {
        "province": context.province.key,
        "now": context.clock.now().isoformat(),
        "edition": edition_id,
        "files": {path.name: str(path) for path in sorted(folder.glob("edition.*"))},
        "counts": {
            "collected": _count(done, "collect", "new", "changed"),
            "assessed": _count(done, "assess", "ok"),
            "relevant": {
                key.removeprefix("lane_"): number
                for key, number in sorted(assessed.counts.items() if assessed else ())
                if key.startswith("lane_")
            },
            "stories": stories,
            "quarantined": quarantined,
            "misses": _count(done, "collect", "miss"),
        },
        "stages": [report.as_dict() for report in done.values()],
    }


def _count(reports: dict[str, StageReport], name: str, *keys: str) -> int:
    return sum(reports[name].counts[key] for key in keys) if name in reports else 0


# The rooms are imported where they are used: each brings heavy libraries, and a command needs one or two of them.


def _collect(context: Context, options: Options) -> StageReport:
    from crawlers import collect

    return collect.run(
        context.records,
        context.province,
        context.clock,
        replay=options.replay,
        until=options.until,
        allow_hosts=options.allow_hosts,
        inbox=options.inbox,
        spacing_s=context.settings.spacing_s,
        contact=context.settings.contact,
        renderer=options.renderer,
    )


def _brief(context: Context, options: Options) -> StageReport:
    from reports import brief

    cutoff = cutoff_of(context)
    address, name = _sender(context)
    return brief.run(
        context.records,
        context.province,
        context.clock,
        cutoff=cutoff,
        out=context.out,
        sender_address=address,
        sender_name=name,
    )


def _deliver(context: Context, options: Options) -> StageReport:
    import alerts
    from reports import deliver

    address, name = _sender(context)
    report = deliver.run(
        context.records,
        context.province,
        context.clock,
        sender=context.mail_sender(),
        sender_address=address,
        sender_name=name,
        # Nobody can review a past morning: its automatic edition leaves at once.
        release_at=None if options.replay else time.fromisoformat(context.settings.out_at),
    )
    sent = alerts.send(
        context.records,
        context.province,
        context.clock,
        desk=context.desk_channel(),
        cyber=context.cyber_channel(),
    )
    report.counts.update(sent.counts)
    report.reasons.update(sent.reasons)
    return report


def _sender(context: Context) -> tuple[str, str]:
    return context.settings.mail_from, context.province.agency(context.province.lead_agency).name


def _assess(context: Context, options: Options) -> StageReport:
    from nlp import assess

    return assess.run(context.records, context.province, context.clock)


def _link(context: Context, options: Options) -> StageReport:
    from nlp import link

    return link.run(context.records, context.province, context.clock)


def _index(context: Context, options: Options) -> StageReport:
    import search

    return search.run(context.records, context.province, context.clock, context.engine)


def _alert(context: Context, options: Options) -> StageReport:
    import alerts

    settings = context.settings
    return alerts.run(
        context.records, context.province, context.clock, quiet_hours=settings.quiet_hours, off=settings.off
    )


def _propose(context: Context, options: Options) -> StageReport:
    import handling

    return handling.run(context.records, context.province, context.clock, off=context.settings.off)


_RUNNERS: dict[str, Callable[[Context, Options], StageReport]] = {
    "collect": _collect,
    "assess": _assess,
    "link": _link,
    "index": _index,
    "alert": _alert,
    "propose": _propose,
    "brief": _brief,
    "deliver": _deliver,
}
