"""``langnghe demo``: three fictional days through every room, with invented sites on a local port and invented officers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Annotated, Any

import typer

from crawlers import collect
from demo import content, inbox, reviewers
from demo.server import DemoServer
from langnghe import pipeline, show
from langnghe.cli import JsonOption, app, settings_of
from langnghe.context import Context, opened
from records import VirtualClock
from reports import brief

PROFILE = Path(content.FOLDER).parent / "profile"
POLL_EVERY = timedelta(hours=4)
"""How often the virtual days are crawled: the service polls every 10–60 minutes, four hours keep the demo short."""
LAST = datetime(2026, 11, 20, 18, 0, tzinfo=content.VIETNAM)
"""The demo ends on the evening of the third day, after the last act of the reviewers."""
OUT_AT = time(7, 0)
STATE = "demo.state"
"""File with the last finished instant: a second run has nothing left to do, a killed one continues there."""


@app.command()
def demo(
    data: Annotated[Path, typer.Option("--data", help="Data folder of the demo.")] = Path("data/demo"),
    json: JsonOption = False,
) -> None:
    """Run the main job on the bundled fictional days and print where its results lie."""
    settings = replace(settings_of(str(PROFILE), data), mail_from="langnghe@gia-lai.example")
    with show.stage_bars() as bars:
        result = run(settings, bars.start)
    if json:
        show.emit(result)
        return
    show.screen.print(f"\nĐã xử lý đến {datetime.fromisoformat(result['until']):%H:%M ngày %d/%m/%Y} (thời gian ảo).")
    show.screen.print(", ".join(f"{name}: {number}" for name, number in result["counts"].items()), highlight=False)
    for title, key in (("Báo cáo (PDF)", "pdf"), ("Thư điện tử", "mail"), ("Cảnh báo, chuyển xử lý", "alerts")):
        show.screen.print(f"[bold]{title}[/]: {result['files'][key]}", highlight=False, soft_wrap=True)


def run(settings: Any, watched: Callable[[str], None] = lambda name: None) -> dict[str, Any]:
    """Play the days in the data folder of ``settings`` from where it stands; return counts and where the results lie."""
    world = content.load()
    clock = VirtualClock(content.FIRST)
    done: Counter[str] = Counter()
    with (
        opened(settings, clock) as context,
        DemoServer(clock, world=world) as server,
        # One browser for all the days: each start costs as much as everything else that a poll does.
        collect.renderer_for(context.province.sources, allow_hosts=server.allow_hosts) as renderer,
    ):
        state = settings.data / STATE
        previous = datetime.fromisoformat(state.read_text()) if state.exists() else content.FIRST - timedelta(seconds=1)
        clock.advance_to(previous)
        import_folder = settings.data / "inbox"
        options = pipeline.Options(allow_hosts=server.allow_hosts, inbox=import_folder, renderer=renderer)
        cutoff = time.fromisoformat(settings.cutoff)
        for instant in _timeline(cutoff, after=previous):
            clock.advance_to(instant)
            inbox.write(world, import_folder, instant)
            stages = ("collect", "assess", "link", "index", "alert", "propose")
            for report in pipeline.run(context, options, stages=stages, watched=watched):
                done[report.stage] += report.counts["new" if report.stage == "collect" else "ok"]
            decided = reviewers.act(context.records, context.province, world, previous, instant)
            done["decisions"] += sum(decided.values())
            if any(one.edition and one.at == instant for one in reviewers.load().sittings):
                _edition(context, options, watched)
            sent = pipeline.run(context, options, stages=("deliver",), watched=watched)
            done["sent"] += sent[0].counts["ok"]
            previous = instant
            partial = state.with_suffix(".part")
            partial.write_text(instant.isoformat())
            partial.replace(state)
        return _result(context, done)


def _edition(context: Context, options: pipeline.Options, watched: Callable[[str], None]) -> None:
    """Take up the decisions, make the edition and have it approved: ``deliver`` sends what is approved."""
    pipeline.run(context, options, stages=("link", "propose", "brief"), watched=watched)
    now = context.clock.now()
    edition_id = brief.edition_id(context.province, pipeline.cutoff_of(context))
    reviewers.approve_edition(context.records, edition_id, now)


def _timeline(cutoff: time, after: datetime) -> Iterator[datetime]:
    """Yield the instants at which something happens, in order: polls, cut-offs, the reviewers' acts, 07:00."""
    instants: set[datetime] = set(reviewers.load().times)
    instant = content.FIRST
    while instant <= LAST:
        instants.add(instant)
        local = instant.astimezone(content.VIETNAM).date()
        instants |= {datetime.combine(local, at, content.VIETNAM) for at in (cutoff, OUT_AT)}
        instant += POLL_EVERY
    yield from sorted(one.astimezone(UTC) for one in instants if after < one <= LAST)


def _result(context: Context, done: Counter[str]) -> dict[str, Any]:
    """Say what the records hold now and where the files lie."""
    editions = sorted(context.out.glob("*/edition.pdf"))
    newest = editions[-1] if editions else context.out
    with context.records.read() as tx:
        quarantined = sum(sum(reasons.values()) for reasons in tx.quarantine.reasons().values())
        items = sum(
            tx.items.counts(content.FIRST - timedelta(days=9), context.clock.now() + timedelta(days=1)).values()
        )
        referrals = len(tx.outward.referrals(content.FIRST, context.clock.now() + timedelta(days=1)))
        cases = len(tx.cases.open())
    return {
        "until": context.clock.now().astimezone(content.VIETNAM).isoformat(),
        "counts": {
            "tin": items,
            "phiên bản báo cáo": len(editions),
            "hồ sơ đang theo dõi": cases,
            "đã chuyển an ninh mạng": referrals,
            "chờ người xử lý": quarantined,
            "gửi lần này": done["sent"],
        },
        "done": dict(done),
        "files": {
            "pdf": str(newest),
            "mail": str(context.out / "mail"),
            "alerts": str(context.out / "alerts"),
            "editions": [str(path.parent) for path in editions],
        },
    }
