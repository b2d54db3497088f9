"""The command line. Exit codes: 0 done, 1 refused with a message, 2 wrong usage, 75 busy (try again later)."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any, NoReturn

import structlog
import typer

import provinces
from langnghe import doctor as doctor_
from langnghe import log, pipeline, show
from langnghe.context import Context, opened
from langnghe.settings import Settings, SettingsError, load
from provinces import Province
from records import Clock, Records, RecordsBusy, StageReport, SystemClock
from records.types import Person, Role

BUSY = 75
"""EX_TEMPFAIL: somebody else writes; the scheduler tries again."""

ROOMS = frozenset("provinces records crawlers nlp search handling review alerts reports langnghe demo".split())
"""An error of these packages carries a message for the operator; anything else is a bug and shows its traceback."""

MORE = {
    "demo": ("demo",),
    "evaluation": ("evaluate", "train"),
    "delivery_commands": ("delivery",),
    "review_commands": (),
}
"""Modules that add commands, with the commands by which they are loaded alone (starting up costs seconds on a slow machine)."""

OWN = frozenset(
    "collect assess link index propose brief deliver run watch search rebuild reconcile expire check doctor".split()
)
"""Commands of this module that no other one adds to."""

app = typer.Typer(
    help="Lắng Nghe: press and public-social-media monitoring for a Vietnamese province.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)

ProvinceOption = Annotated[str | None, typer.Option("--province", help="Profile key, or the path of a profile folder.")]
DataOption = Annotated[Path | None, typer.Option("--data", help="Data folder of the province.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout.")]
ReplayOption = Annotated[
    Path | None, typer.Option("--replay", help="WARC file to read instead of the network, under a virtual clock.")
]
UntilOption = Annotated[
    datetime | None,
    typer.Option(
        "--until", help="End of the replay, with its offset.", formats=["%Y-%m-%dT%H:%M%z", "%Y-%m-%dT%H:%M:%S%z"]
    ),
]
AllowOption = Annotated[
    list[str] | None,
    typer.Option("--allow-host", help="HOST or HOST=ADDRESS:PORT the crawler may reach though not public."),
]
InboxOption = Annotated[Path | None, typer.Option("--inbox", help="Folder with the files of import sources.")]


def settings_of(province: str | None, data: Path | None) -> Settings:
    """Return the settings for the common options and set logging up."""
    settings = load({"province": province, "data": data}, os.environ)
    log.configure(settings.log)
    return settings


@contextmanager
def open_context(province: str | None, data: Path | None, options: pipeline.Options | None = None) -> Iterator[Context]:
    """Open the data folder for one command."""
    settings = settings_of(province, data)
    clock = pipeline.clock_for(options) if options else SystemClock()
    with opened(settings, clock) as context:
        yield context


def _stage_command(name: str, help_text: str) -> None:
    """Register a stage as a command of its own."""

    def command(
        province: ProvinceOption = None,
        data: DataOption = None,
        json: JsonOption = False,
        allow_host: AllowOption = None,
        inbox: InboxOption = None,
    ) -> None:
        options = pipeline.Options(allow_hosts=tuple(allow_host or ()), inbox=inbox)
        with open_context(province, data, options) as context, show.stage_bars() as bars:
            reports = pipeline.run(context, options, stages=(name,), watched=bars.start)
        if json:
            show.emit(reports[0].as_dict())
        else:
            show.screen.print(show.stage_table(reports))

    app.command(name, help=help_text)(command)


for _name, _help in (
    ("collect", "Poll the sources that are due and store what is new."),
    ("assess", "Judge pending items: places, lane, tone, harm, with confidence and reasons."),
    ("link", "Put assessed items into families and stories."),
    ("index", "Write what changed into the search index."),
    ("alert", "Open, ring and resolve alert states."),
    ("propose", "Propose handling actions for changed stories."),
    ("brief", "Make the edition of the last cut-off."),
    ("deliver", "Send approved editions, alerts, referrals, requests and cases."),
):
    _stage_command(_name, _help)


@app.command()
def run(
    province: ProvinceOption = None,
    data: DataOption = None,
    replay: ReplayOption = None,
    until: UntilOption = None,
    allow_host: AllowOption = None,
    inbox: InboxOption = None,
    json: JsonOption = False,
) -> None:
    """Run all stages once, in order; with --replay on archived traffic."""
    options = pipeline.Options(replay=replay, until=until, allow_hosts=tuple(allow_host or ()), inbox=inbox)
    with open_context(province, data, options) as context:
        with show.stage_bars() as bars:
            reports = pipeline.run(context, options, watched=bars.start)
        result = pipeline.summary(context, reports)
    if json:
        show.emit(result)
        return
    show.screen.print(show.stage_table(reports))
    for path in result["files"].values():
        show.screen.print(path)


@app.command()
def watch(
    province: ProvinceOption = None,
    data: DataOption = None,
    every: Annotated[int, typer.Option("--every", help="Seconds between two rounds.", min=10)] = 120,
    rounds: Annotated[
        int | None, typer.Option("--rounds", help="Stop after this many rounds (default: never).")
    ] = None,
) -> None:
    """Run the stages again and again: the embedded schedule; the edition is made once its cut-off has passed."""
    logger = structlog.get_logger()
    with open_context(province, data) as context:
        done = 0
        while rounds is None or done < rounds:
            for name in pipeline.STAGES:
                try:
                    report = pipeline.stage(name, context, pipeline.Options())
                except RecordsBusy as error:
                    logger.warning("stage_busy", stage=name, error=str(error))
                    continue
                logger.info("stage", **report.as_dict())
            done += 1
            if rounds is None or done < rounds:
                time.sleep(every)


@app.command("search")
def search_(
    words: Annotated[
        list[str], typer.Argument(help='Query: words, "phrases", -without, a OR b, lane:feedback place:CODE …')
    ],
    province: ProvinceOption = None,
    data: DataOption = None,
    after: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="From this local day on.")] = None,
    before: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Up to this local day.")] = None,
    facet: Annotated[
        list[str] | None, typer.Option(help="Count a keyword field: lane, channel, source, place …")
    ] = None,
    histogram: Annotated[bool, typer.Option("--histogram", help="Count per local day.")] = False,
    newest: Annotated[bool, typer.Option("--newest", help="Newest first instead of best first.")] = False,
    page: Annotated[int, typer.Option(min=1)] = 1,
    size: Annotated[int, typer.Option(min=1, max=200)] = 10,
    by: Annotated[str, typer.Option("--by", help="Your full name; required on a shared database.")] = "",
    role: Annotated[Role | None, typer.Option("--role", help="The role you act in.")] = None,
    json: JsonOption = False,
) -> None:
    """Search items and stories; words without diacritics match any."""
    import search

    with open_context(province, data) as context:
        person = _seeker(context, by, role)
        query = search.Query(
            text=search.parse(" ".join(words), search.synonyms(context.province)),
            after=after.date() if after else None,
            before=before.date() if before else None,
            facets=tuple(facet or ()),
            histogram=histogram,
            sort=search.Sort.NEWEST if newest else search.Sort.RELEVANCE,
            page=page,
            size=size,
        )
        results = context.engine.search(query)
        if person is not None:
            # Who looked, never for what: the words may be somebody's name.
            seen = {"role": person.role.value, "results": results.total}
            with context.records.begin() as tx:
                tx.audit.append(person.name, "view", "search", seen, context.clock.now())
    if json:
        show.emit(show.results_as_dict(results))
    else:
        show.print_results(results)


def _seeker(context: Context, by: str, role: Role | None) -> Person | None:
    """Return who searches; None for the one user of a folder of their own who gave no name."""
    if not by and role is None and not context.settings.records_url:
        return None
    if not by.strip() or role is None:
        raise SettingsError("give --by and --role: on a shared database it is written down who searched")
    from review import require

    person = Person(name=by.strip(), role=role)
    require(person, "view")
    return person


@app.command()
def rebuild(province: ProvinceOption = None, data: DataOption = None, json: JsonOption = False) -> None:
    """Write the whole search index anew from the records."""
    from search import rebuild as work

    _housekeeping(province, data, json, lambda context: work(*_parts(context), context.engine))


@app.command()
def reconcile(province: ProvinceOption = None, data: DataOption = None, json: JsonOption = False) -> None:
    """Find and repair every difference between records and search index."""
    from search import reconcile as work

    _housekeeping(province, data, json, lambda context: work(*_parts(context), context.engine))


@app.command()
def expire(province: ProvinceOption = None, data: DataOption = None, json: JsonOption = False) -> None:
    """Erase what has reached the end of its retention."""
    import alerts
    from records.expire import run as work

    def both(context: Context) -> StageReport:
        report = work(*_parts(context))
        report.counts["message_files"] += alerts.expire(context.out, context.records, context.clock)
        return report

    _housekeeping(province, data, json, both)


def _parts(context: Context) -> tuple[Records, Province, Clock]:
    return context.records, context.province, context.clock


def _housekeeping(province: str | None, data: Path | None, json: bool, work: Callable[[Context], Any]) -> None:
    with open_context(province, data) as context:
        report = work(context)
    if json:
        show.emit(report.as_dict())
    else:
        show.screen.print(show.stage_table([report]))


@app.command()
def check(profile: Annotated[str, typer.Argument(help="Profile key or folder.")], json: JsonOption = False) -> None:
    """Check a province's profile; names file, line, field and fix of every fault."""
    faults = provinces.check(profile)
    if json:
        show.emit({"profile": profile, "faults": [str(fault) for fault in faults]})
    for fault in faults:
        show.screen.print(str(fault), markup=False, highlight=False)
    if faults:
        raise typer.Exit(1)
    if not json:
        show.screen.print(f"{profile}: không có lỗi")


@app.command()
def doctor(json: JsonOption = False) -> None:
    """Say what is missing on this machine and how to get it."""
    findings = doctor_.examine()
    if json:
        show.emit({"findings": [finding.as_dict() for finding in findings]})
    else:
        show.screen.print(doctor_.table(findings))
    if any(not finding.ok and finding.needed for finding in findings):
        raise typer.Exit(1)


def register(first: str | None = None) -> None:
    """Load the modules that add their commands to :data:`app`: all, or only the one of the command ``first``."""
    if first in OWN:
        return
    alone = [name for name, commands in MORE.items() if first in commands]
    for name in alone or MORE:
        import_module(f"langnghe.{name}")


def main() -> NoReturn:
    """Run the command line; refusals become one line on stderr and exit code 1, a busy database 75."""
    register(sys.argv[1] if len(sys.argv) > 1 else None)
    try:
        app()
    except RecordsBusy as error:
        show.screen.print(f"bận: {error}", style="yellow", markup=False, soft_wrap=True)
        sys.exit(BUSY)
    except Exception as error:
        if not any(base.__module__.partition(".")[0] in ROOMS for base in type(error).__mro__):
            raise
        show.screen.print(f"lỗi: {error}", style="red", markup=False, soft_wrap=True)
        sys.exit(1)
    sys.exit(0)
