"""The officers' commands: review, approvals, cases, referrals, alerts, editions, and one thing added by hand.

Everybody acts by name and in a role (``--by``, ``--role``); messages are Vietnamese. Ids may be cut to their first
characters as the lists print them.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import typer
from rich.table import Table

import alerts
from crawlers import assisted, collect
from handling import is_overdue
from handling.wording import (
    CASE_STATES,
    HARMS,
    LANES,
    REACHES,
    SEVERITIES,
    agency_name,
    defang_text,
    instant,
    say,
)
from langnghe import pipeline, show
from langnghe.cli import AllowOption, DataOption, JsonOption, ProvinceOption, app, open_context
from langnghe.context import Context
from provinces import Province
from provinces.types import Access, Source, SourceKind
from records import ReferralState, Transaction, VerificationState
from records.codec import to_json
from records.types import (
    Channel,
    Conclusion,
    EditionKind,
    EditionState,
    Harm,
    Lane,
    Person,
    Proposal,
    ProposalState,
    Role,
    Severity,
    Tone,
)
from reports import deliver
from review import NotDecidable, cases, decide, require, walk
from review.queue import DAILY_LIMIT, WINDOW, Task, TaskKind, queue
from review.view import screen as task_screen

ByOption = Annotated[str, typer.Option("--by", help="Your full name.")]
RoleOption = Annotated[Role, typer.Option("--role", help="The role you act in.")]
NoteOption = Annotated[str, typer.Option("--note", help="A remark, kept with the decision.")]
LimitOption = Annotated[int, typer.Option("--limit", min=1, help="Most tasks of this sitting (40 in event mode).")]

review_app = typer.Typer(help="The queue: what waits for a person.", no_args_is_help=True)
case_app = typer.Typer(help="Complaints on their way to an answer.", no_args_is_help=True)
instruction_app = typer.Typer(help="The Chairman's instructions.", no_args_is_help=True)
referral_app = typer.Typer(help="What was referred to the cyber team.", no_args_is_help=True)
verification_app = typer.Typer(help="Claims put to the competent agency.", no_args_is_help=True)
rescue_app = typer.Typer(help="Calls for rescue that were handed over.", no_args_is_help=True)
alert_app = typer.Typer(help="Alert states; without a subcommand: run the stage.", invoke_without_command=True)
edition_app = typer.Typer(help="Editions and their approval.", no_args_is_help=True)
quarantine_app = typer.Typer(help="Rows that wait for a person.", no_args_is_help=True)
audit_app = typer.Typer(help="The audit chain.", no_args_is_help=True)
for _name, _group in (
    ("review", review_app),
    ("case", case_app),
    ("instruction", instruction_app),
    ("referral", referral_app),
    ("verification", verification_app),
    ("rescue", rescue_app),
    ("alert", alert_app),
    ("edition", edition_app),
    ("quarantine", quarantine_app),
    ("audit", audit_app),
):
    app.add_typer(_group, name=_name)


@dataclass(frozen=True, slots=True)
class _Desk:
    """One command at work: an open transaction, and who acts."""

    context: Context
    tx: Transaction
    person: Person
    now: datetime

    @property
    def province(self) -> Province:
        return self.context.province


@contextmanager
def _desk(province: str | None, data: Any, by: str, role: Role, allowed: str | None = None) -> Iterator[_Desk]:
    """Open one transaction for a named person; ``allowed`` is the verb their role must have."""
    person = Person(name=by.strip(), role=role)
    if allowed:
        require(person, allowed)
    with open_context(province, data) as context, context.records.begin() as tx:
        yield _Desk(context, tx, person, context.clock.now())


def _done(json: bool, value: Mapping[str, Any], words: str) -> None:
    """Say what was done: one JSON object, or one line."""
    if json:
        show.emit(to_json(value))
    else:
        show.screen.print(words, markup=False, highlight=False)


def _rows(json: bool, name: str, rows: Sequence[Mapping[str, Any]], columns: Mapping[str, str]) -> None:
    """Print rows as one JSON object, or as a table of the named columns."""
    if json:
        show.emit({name: to_json(list(rows))})
        return
    table = Table()
    for heading in columns.values():
        table.add_column(heading, overflow="fold")
    for row in rows:
        table.add_row(*(_cell(row[key]) for key in columns))
    show.screen.print(table if rows else "Không có gì.")


def _cell(value: object) -> str:
    if isinstance(value, bool):
        return "có" if value else ""
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    return "" if value is None else str(value)


# --- review


@review_app.command("start")
def review_start(
    by: ByOption,
    role: RoleOption,
    province: ProvinceOption = None,
    data: DataOption = None,
    limit: LimitOption = DAILY_LIMIT,
    json: JsonOption = False,
) -> None:
    """Walk through the queue, most important first, one key a decision."""
    person = Person(name=by.strip(), role=role)
    require(person, "view")
    keyboard = walk.Terminal() if sys.stdin.isatty() else walk.Scripted(sys.stdin.read().splitlines())
    with open_context(province, data) as context:
        walked = walk.start(
            context.records,
            context.province,
            context.clock,
            person,
            keyboard=keyboard,
            screen=show.screen,
            limit=limit,
        )
        unchecked = [_task_row(task, context.province) for task in walked.unchecked]
    if json:
        show.emit({"decided": dict(walked.decided), "unchecked": unchecked})
        return
    total = sum(walked.decided.values())
    show.screen.print(f"Đã quyết định {total} việc; chưa kiểm tra {len(unchecked)} việc.")
    if unchecked:
        _rows(False, "unchecked", unchecked, _TASK_COLUMNS)


_KINDS = {
    TaskKind.STORY: "câu chuyện",
    TaskKind.ITEM: "từng tin",
    TaskKind.READ: "cần người đọc",
    TaskKind.PROPOSAL: "chờ duyệt lần hai",
    TaskKind.SENT: "chờ xác nhận",
}
_TASK_COLUMNS = {"short": "Mã", "kind_words": "Loại", "about": "Nội dung", "why": "Vì sao", "actions": "Đề xuất"}


@review_app.command("list")
def review_list(
    by: ByOption,
    role: RoleOption,
    province: ProvinceOption = None,
    data: DataOption = None,
    limit: LimitOption = DAILY_LIMIT,
    json: JsonOption = False,
) -> None:
    """List what waits for you, and what lies beyond the limit ("chưa kiểm tra")."""
    with _desk(province, data, by, role, "view") as desk:
        tasks, beyond = queue(desk.tx, desk.now, limit, desk.person)
        rows = [_task_row(task, desk.province) for task in tasks]
        unchecked = [_task_row(task, desk.province) for task in beyond]
        desk.tx.audit.append(desk.person.name, "view", "queue:list", {"tasks": len(rows), "role": role.value}, desk.now)
    if json:
        show.emit({"tasks": rows, "unchecked": unchecked})
        return
    _rows(False, "tasks", rows, _TASK_COLUMNS)
    if unchecked:
        show.screen.print(f"Chưa kiểm tra (ngoài giới hạn {limit}):")
        _rows(False, "unchecked", unchecked, _TASK_COLUMNS)


@review_app.command("show")
def review_show(
    subject: Annotated[str, typer.Argument(help="Id of a story, an item or a proposal.")],
    by: ByOption,
    role: RoleOption,
    province: ProvinceOption = None,
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """Show one story or item with its evidence and proposals."""
    with _desk(province, data, by, role, "view") as desk:
        kind, subject_id = _find(desk, subject)
        desk.tx.audit.append(desk.person.name, "view", f"{kind}:{subject_id}", {"role": role.value}, desk.now)
        task = _as_task(desk, kind, subject_id)
        decisions = desk.tx.decisions.of(kind, subject_id)
    if json:
        show.emit({"task": to_json(task), "decisions": to_json(decisions)})
        return
    show.screen.print(task_screen(task, desk.province, _short(subject_id), full=True))
    for decision in decisions:
        at = instant(decision.decided_at, desk.province)
        show.screen.print(f"{at} {decision.person}: {decision.verb} {decision.note}", markup=False)


@review_app.command("accept")
def review_accept(
    subject: Annotated[str, typer.Argument(help="Id of a story or an item.")],
    by: ByOption,
    role: RoleOption,
    note: NoteOption = "",
    province: ProvinceOption = None,
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """Accept what is proposed for a story (lanes A, B) or an item (lane C)."""
    with _desk(province, data, by, role) as desk:
        kind, subject_id = _find(desk, subject)
        if kind == "story":
            done = decide.accept_story(desk.tx, subject_id, desk.person, desk.province, desk.now, note)
        else:
            done = decide.accept_item(desk.tx, _item(kind, subject_id), desk.person, desk.province, desk.now, note)
    waiting = [one for one in done if one.state is ProposalState.REVIEWED]
    words = f"Đã xác nhận {len(done)} đề xuất" + (f"; {len(waiting)} việc chờ người thứ hai duyệt" if waiting else "")
    _done(json, {"proposals": done}, words)


@review_app.command("correct")
def review_correct(
    subject: Annotated[str, typer.Argument(help="Id of a story or an item.")],
    by: ByOption,
    role: RoleOption,
    lane: Annotated[Lane | None, typer.Option("--lane")] = None,
    tone: Annotated[Tone | None, typer.Option("--tone")] = None,
    harm: Annotated[list[Harm] | None, typer.Option("--harm", help="Keep this found class; repeat for more.")] = None,
    no_harm: Annotated[bool, typer.Option("--no-harm", help="No found class stands.")] = False,
    field: Annotated[list[str] | None, typer.Option("--field", help="Key of a field of public life.")] = None,
    agency: Annotated[list[str] | None, typer.Option("--agency", help="Code of the agency that must answer.")] = None,
    severity: Annotated[Severity | None, typer.Option("--severity")] = None,
    relevant: Annotated[bool | None, typer.Option("--relevant/--irrelevant")] = None,
    headline: Annotated[str | None, typer.Option("--headline", help="Better headline of a story.")] = None,
    note: NoteOption = "",
    province: ProvinceOption = None,
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """Correct what a story or an item is."""
    with _desk(province, data, by, role) as desk:
        _known_codes(desk, field or (), agency or ())
        fields, agencies = (tuple(field) if field else None), (tuple(agency) if agency else None)
        kind, subject_id = _find(desk, subject)
        if kind == "story":
            if harm or no_harm or severity or relevant is not None:
                raise NotDecidable(
                    "Dấu hiệu gây hại, mức độ và liên quan được sửa theo từng tin, không theo câu chuyện."
                )
            decide.correct_story(
                desk.tx,
                subject_id,
                desk.person,
                desk.now,
                lane=lane,
                tone=tone,
                fields=fields,
                agency_codes=agencies,
                headline=headline,
                note=note,
            )
        else:
            decide.correct_item(
                desk.tx,
                _item(kind, subject_id),
                desk.person,
                desk.now,
                lane=lane,
                tone=tone,
                harms=() if no_harm else harm,
                fields=fields,
                agency_codes=agencies,
                relevant=relevant,
                severity=severity,
                note=note,
            )
    _done(json, {"kind": kind, "id": subject_id, "verb": "correct"}, "Đã sửa.")


@review_app.command("reject")
def review_reject(
    subject: Annotated[str, typer.Argument(help="Id of a story, an item, or a reviewed proposal.")],
    by: ByOption,
    role: RoleOption,
    lane: Annotated[Lane, typer.Option("--lane", help="What an item is instead.")] = Lane.NEUTRAL,
    note: NoteOption = "",
    province: ProvinceOption = None,
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """Reject: no harm ("Không phải thông tin gây hại"), nothing to do about a story, or a lane-C act turned down."""
    with _desk(province, data, by, role) as desk:
        kind, subject_id = _find(desk, subject)
        if kind == "story":
            decide.reject_story(desk.tx, subject_id, desk.person, desk.now, note)
        elif kind == "proposal":
            decide.decline(desk.tx, subject_id, desk.person, desk.now, note)
        else:
            decide.reject_item(desk.tx, subject_id, desk.person, desk.now, lane=lane, note=note)
    _done(json, {"kind": kind, "id": subject_id, "verb": "reject"}, "Đã bác.")


@review_app.command("forward")
def review_forward(
    item: Annotated[str, typer.Argument(help="Id of an item.")],
    by: ByOption,
    role: RoleOption,
    note: NoteOption = "",
    province: ProvinceOption = None,
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """Send an item as criticism to the agency that must answer ("Chuyển phản ánh")."""
    with _desk(province, data, by, role) as desk:
        item_id = _item(*_find(desk, item))
        done = decide.forward_item(desk.tx, item_id, desk.person, desk.province, desk.now, note)
    _done(json, {"proposals": done}, "Đã chuyển phản ánh." if done else "Phản ánh này đã được chuyển trước đó.")


@review_app.command("mask")
def review_mask(
    item: Annotated[str, typer.Argument(help="Id of an item.")],
    by: ByOption,
    role: RoleOption,
    words: Annotated[str, typer.Option("--words", help="The words to hide, wherever they stand.")] = "",
    start: Annotated[int | None, typer.Option("--start", help="First character, instead of --words.")] = None,
    end: Annotated[int | None, typer.Option("--end", help="Character after the last.")] = None,
    province: ProvinceOption = None,
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """Hide personal information from everybody ("Ẩn thông tin cá nhân")."""
    if bool(words) == (start is not None and end is not None):
        raise typer.BadParameter("give --words, or --start and --end")
    with _desk(province, data, by, role) as desk:
        item_id = _item(*_find(desk, item))
        if words:
            masked = decide.mask_words(desk.tx, item_id, words, desk.person, desk.now)
        else:
            masked = decide.mask_item(desk.tx, item_id, start or 0, end or 0, desk.person, desk.now)
    _done(json, {"item_id": masked.item_id, "version": masked.version, "text": masked.text}, "Đã ẩn.")


# --- second person


@app.command("approve")
def approve(
    proposal: Annotated[str, typer.Argument(help="Id of a reviewed proposal.")],
    by: ByOption,
    role: RoleOption,
    note: NoteOption = "",
    province: ProvinceOption = None,
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """Approve one reviewed lane-C act as the second person; it leaves with the next delivery."""
    with _desk(province, data, by, role) as desk:
        done = decide.approve(desk.tx, _proposal(desk, proposal), desk.person, desk.province, desk.now, note)
    _done(json, {"proposal": done}, f"Đã duyệt: {say(done, desk.province)}")


@app.command("release")
def release(
    proposal: Annotated[str, typer.Argument(help="Id of a referral about danger to life.")],
    by: ByOption,
    role: RoleOption,
    note: NoteOption = "",
    province: ProvinceOption = None,
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """Send a referral about danger to life at once; a second person confirms or recalls within 30 minutes."""
    with _desk(province, data, by, role) as desk:
        done = decide.release(desk.tx, _proposal(desk, proposal), desk.person, desk.province, desk.now, note)
    _done(json, {"proposal": done}, "Đã chuyển ngay; người thứ hai phải xác nhận hoặc thu hồi trong 30 phút.")


@app.command("confirm")
def confirm(
    sent: Annotated[str, typer.Argument(help="Id of a released referral or a call for rescue.")],
    by: ByOption,
    role: RoleOption,
    province: ProvinceOption = None,
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """Confirm, as the second person, what one person sent on."""
    with _desk(province, data, by, role) as desk:
        sent_id = _sent(desk, sent)
        decide.confirm(desk.tx, sent_id, desk.person, desk.now)
    _done(json, {"id": sent_id, "verb": "confirm"}, "Đã xác nhận.")


@app.command("recall")
def recall(
    sent: Annotated[str, typer.Argument(help="Id of a referral or a call for rescue.")],
    by: ByOption,
    role: RoleOption,
    reason: Annotated[str, typer.Option("--reason", help="Why it is recalled.")],
    province: ProvinceOption = None,
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """Recall a referral or a call for rescue; the recipient is told with the next delivery."""
    with _desk(province, data, by, role) as desk:
        sent_id = _sent(desk, sent)
        decide.recall(desk.tx, sent_id, desk.person, desk.now, reason)
    _done(json, {"id": sent_id, "verb": "recall"}, "Đã thu hồi.")


# --- cases


@case_app.command("list")
def case_list(
    overdue: Annotated[bool, typer.Option("--overdue", help="Only what is overdue.")] = False,
    province: ProvinceOption = None,
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """List the cases that are not closed, soonest due first."""
    with open_context(province, data) as context:
        now = context.clock.now()
        with context.records.read() as tx:
            found = tx.cases.open()
        rows = [
            {
                **to_json(case),
                "agency": agency_name(context.province, case.agency_code),
                "status": CASE_STATES[case.state],
                "due": instant(case.final_due if case.answered_at else case.first_reply_due, context.province),
                "overdue": is_overdue(case, now),
            }
            for case in found
        ]
    columns = {"case_id": "Mã", "summary": "Nội dung", "agency": "Cơ quan", "status": "Trạng thái", "due": "Hạn"}
    shown = [row for row in rows if row["overdue"] or not overdue]
    _rows(json, "cases", shown, {**columns, "overdue": "Quá hạn"})


@case_app.command("show")
def case_show(
    case: Annotated[str, typer.Argument(help="Id of a case.")],
    province: ProvinceOption = None,
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """Show one case with its history."""
    with open_context(province, data) as context, context.records.read() as tx:
        found = tx.cases.get(case)
        history = tx.cases.events(case)
        overdue = is_overdue(found, context.clock.now())
    if json:
        show.emit({"case": to_json(found), "overdue": overdue, "history": to_json(history)})
        return
    late = " – QUÁ HẠN" if overdue else ""
    agency = agency_name(context.province, found.agency_code)
    show.screen.print(f"{found.case_id}: {found.summary}\n{agency} · {CASE_STATES[found.state]}{late}", markup=False)
    for event in history:
        show.screen.print(f"{instant(event.at, context.province)} {event.person}: {event.note}", markup=False)


@case_app.command("receive")
def case_receive(
    case: Annotated[str, typer.Argument(help="Id of a case.")],
    by: ByOption,
    role: RoleOption,
    in_progress: Annotated[bool, typer.Option("--in-progress", help="The agency works on it.")] = False,
    note: NoteOption = "",
    province: ProvinceOption = None,
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """Record that the agency has received a case."""
    with _desk(province, data, by, role) as desk:
        changed = cases.receive(desk.tx, case, desk.person, desk.now, in_progress=in_progress, note=note)
    _done(json, {"case": changed}, f"{case}: {CASE_STATES[changed.state]}.")


@case_app.command("answer")
def case_answer(
    case: Annotated[str, typer.Argument(help="Id of a case.")],
    text: Annotated[str, typer.Option("--text", help="What the agency answered.")],
    by: ByOption,
    role: RoleOption,
    published: Annotated[bool, typer.Option("--published", help="Its result was made public.")] = False,
    province: ProvinceOption = None,
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """Record the agency's answer."""
    with _desk(province, data, by, role) as desk:
        changed = cases.answer(desk.tx, case, text, desk.person, desk.now, published=published)
    _done(json, {"case": changed}, f"{case}: {CASE_STATES[changed.state]}.")


@case_app.command("return")
def case_return(
    case: Annotated[str, typer.Argument(help="Id of a case.")],
    reason: Annotated[str, typer.Option("--reason", help="Why the agency is not competent.")],
    by: ByOption,
    role: RoleOption,
    to: Annotated[
        str | None, typer.Option("--to", help="Code of the competent agency: the case goes on there.")
    ] = None,
    province: ProvinceOption = None,
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """Record that the agency returned a case, and send it on where it belongs."""
    with _desk(province, data, by, role) as desk:
        changed = cases.return_case(desk.tx, case, reason, desk.person, desk.province, desk.now, to=to)
    _done(json, {"case": changed}, f"{case}: {CASE_STATES[changed.state]}.")


@case_app.command("remind")
def case_remind(
    case: Annotated[str, typer.Argument(help="Id of a case.")],
    by: ByOption,
    role: RoleOption,
    province: ProvinceOption = None,
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """Remind the agency; the reminder leaves with the next delivery."""
    with _desk(province, data, by, role) as desk:
        changed = cases.remind(desk.tx, case, desk.person, desk.now)
    _done(json, {"case": changed}, f"{case}: đã nhắc lần {changed.reminders}.")


@case_app.command("close")
def case_close(
    case: Annotated[str, typer.Argument(help="Id of a case.")],
    by: ByOption,
    role: RoleOption,
    note: NoteOption = "",
    province: ProvinceOption = None,
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """Close an answered case."""
    with _desk(province, data, by, role) as desk:
        changed = cases.close(desk.tx, case, note, desk.person, desk.now)
    _done(json, {"case": changed}, f"{case}: {CASE_STATES[changed.state]}.")


# --- instructions, referrals, verification requests, calls for rescue


@instruction_app.command("add")
def instruction_add(
    edition: Annotated[str, typer.Argument(help="Id of an edition.")],
    text: Annotated[str, typer.Argument(help="The instruction, in the Chairman's words.")],
    by: ByOption,
    role: RoleOption,
    province: ProvinceOption = None,
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """Record an instruction of the Chairman on an edition (Văn phòng UBND)."""
    with _desk(province, data, by, role) as desk:
        decision = decide.instruct(desk.tx, edition, text, desk.person, desk.now)
    _done(json, {"decision": decision}, "Đã ghi ý kiến chỉ đạo.")


@referral_app.command("list")
def referral_list(
    by: ByOption,
    role: RoleOption,
    province: ProvinceOption = None,
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """List the referrals that wait for the cyber team, and releases that wait for the second person."""
    with _desk(province, data, by, role, "follow") as desk:
        unconfirmed = {referral.referral_id for referral in desk.tx.outward.unconfirmed()}
        found = {one.referral_id: one for one in (*desk.tx.outward.unconfirmed(), *desk.tx.outward.referrals_open())}
        rows = [
            {
                **to_json(one),
                "about": HARMS[one.harm],
                "level": SEVERITIES[one.severity],
                "sent": instant(one.sent_at, desk.province),
                "unconfirmed": one.referral_id in unconfirmed,
            }
            for one in found.values()
        ]
        desk.tx.audit.append(desk.person.name, "view", "referral:list", {"number": len(rows)}, desk.now)
    columns = {"referral_id": "Mã", "about": "Nghi", "level": "Mức", "sent": "Chuyển lúc", "state": "Trạng thái"}
    _rows(json, "referrals", rows, {**columns, "unconfirmed": "Chờ xác nhận"})


@referral_app.command("answer")
def referral_answer(
    referral: Annotated[str, typer.Argument(help="Id of a referral.")],
    state: Annotated[ReferralState, typer.Argument(help="received, result or returned.")],
    by: ByOption,
    role: RoleOption,
    note: NoteOption = "",
    province: ProvinceOption = None,
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """Record the cyber team's answer."""
    with _desk(province, data, by, role) as desk:
        changed = alerts.record_answer(desk.tx, referral, state, desk.person, desk.now, note)
    _done(json, {"referral": changed}, "Đã ghi trả lời.")


@verification_app.command("list")
def verification_list(province: ProvinceOption = None, data: DataOption = None, json: JsonOption = False) -> None:
    """List the verification requests without a conclusion, soonest due first."""
    with open_context(province, data) as context, context.records.read() as tx:
        rows = [
            {
                **to_json(one),
                "agency": agency_name(context.province, one.agency_code),
                "spread": REACHES[one.reach],
                "due": instant(one.due_at, context.province),
            }
            for one in tx.outward.verifications(VerificationState.SENT)
        ]
    columns = {"verification_id": "Mã", "claim": "Nội dung", "agency": "Cơ quan", "spread": "Lan truyền", "due": "Hạn"}
    _rows(json, "verifications", rows, columns)


@verification_app.command("conclude")
def verification_conclude(
    verification: Annotated[str, typer.Argument(help="Id of a verification request.")],
    conclusion: Annotated[Conclusion, typer.Argument(help="What the competent agency concluded.")],
    by: ByOption,
    role: RoleOption,
    url: Annotated[str | None, typer.Option("--url", help="Where the agency published it.")] = None,
    note: NoteOption = "",
    province: ProvinceOption = None,
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """Record the competent agency's conclusion on a claim."""
    with _desk(province, data, by, role) as desk:
        changed = decide.conclude(desk.tx, verification, conclusion, desk.person, desk.now, url=url, note=note)
    _done(json, {"verification": changed}, "Đã ghi kết luận.")


@rescue_app.command("list")
def rescue_list(
    by: ByOption,
    role: RoleOption,
    province: ProvinceOption = None,
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """List the calls for rescue that are not settled."""
    with _desk(province, data, by, role, "rescue") as desk:
        rows = [{**to_json(one), "sent": instant(one.sent_at, desk.province)} for one in desk.tx.outward.rescues_open()]
    columns = {"rescue_id": "Mã", "need": "Cần", "place_code": "Địa bàn", "sent": "Chuyển lúc"}
    _rows(json, "rescues", rows, {**columns, "confirmed_by": "Người xác nhận"})


@rescue_app.command("close")
def rescue_close(
    rescue: Annotated[str, typer.Argument(help="Id of a call for rescue.")],
    by: ByOption,
    role: RoleOption,
    note: NoteOption = "",
    province: ProvinceOption = None,
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """Note that a call is settled: phone and address are erased 72 hours later."""
    with _desk(province, data, by, role) as desk:
        decide.close_rescue(desk.tx, rescue, desk.person, desk.now, note)
    _done(json, {"id": rescue, "verb": "close"}, "Đã kết thúc.")


# --- alerts


@alert_app.callback()
def alert(
    call: typer.Context,
    province: ProvinceOption = None,
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """Open, ring and resolve alert states."""
    if call.invoked_subcommand:
        return
    with open_context(province, data) as context, show.stage_bars() as bars:
        reports = pipeline.run(context, pipeline.Options(), stages=("alert",), watched=bars.start)
    if json:
        show.emit(reports[0].as_dict())
    else:
        show.screen.print(show.stage_table(reports))


@alert_app.command("list")
def alert_list(
    by: ByOption,
    role: RoleOption,
    province: ProvinceOption = None,
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """List the alerts that are not resolved, next ring first."""
    with _desk(province, data, by, role, "view") as desk:
        rows = [
            {
                **to_json(one),
                "headline": defang_text(one.headline),
                "about": alerts.KIND_NAMES[one.kind],
                "level": SEVERITIES[one.severity],
                "opened": instant(one.opened_at, desk.province),
                "next": instant(one.next_at, desk.province) if one.next_at else "",
            }
            for one in desk.tx.alerts.unresolved()
        ]
        desk.tx.audit.append(desk.person.name, "view", "alert:list", {"number": len(rows)}, desk.now)
    columns = {"alert_id": "Mã", "about": "Loại", "level": "Mức", "headline": "Nội dung", "opened": "Mở lúc"}
    _rows(json, "alerts", rows, {**columns, "next": "Chuông kế tiếp", "acknowledged_by": "Người nhận"})


@alert_app.command("ack")
def alert_ack(
    alert: Annotated[str, typer.Argument(help="Id of an alert.")],
    by: ByOption,
    role: RoleOption,
    province: ProvinceOption = None,
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """Take an alert on: escalation stops, reminders go on with widening gaps."""
    with _desk(province, data, by, role, "acknowledge") as desk:
        taken = alerts.acknowledge(desk.tx, alert, desk.person, desk.now)
    _done(json, {"alert": taken}, "Đã nhận.")


# --- editions


@edition_app.command("list")
def edition_list(
    days: Annotated[int, typer.Option("--days", min=1, help="How far back.")] = 7,
    province: ProvinceOption = None,
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """List the editions of the last days."""
    with open_context(province, data) as context, context.records.read() as tx:
        now = context.clock.now()
        rows = [
            {
                "edition_id": one.edition_id,
                "revision": one.revision,
                "state": one.state.value,
                "until": instant(one.window_end, context.province),
                "approved_by": one.approved_by,
            }
            for kind in EditionKind
            for one in tx.editions.ending(kind, now - timedelta(days=days), now)
        ]
    columns = {"edition_id": "Mã", "revision": "Bản", "state": "Trạng thái", "until": "Số liệu đến"}
    _rows(json, "editions", rows, {**columns, "approved_by": "Người duyệt"})


@edition_app.command("approve")
def edition_approve(
    edition: Annotated[str, typer.Argument(help="Id of an edition; its newest revision is approved.")],
    by: ByOption,
    role: RoleOption,
    province: ProvinceOption = None,
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """Approve an edition and queue it for its recipients."""
    with _desk(province, data, by, role) as desk:
        approved = decide.approve_edition(desk.tx, edition, desk.person, desk.now)
        queued = deliver.enqueue(desk.tx, desk.province, approved, desk.now)
    value = {"edition_id": edition, "revision": approved.revision, "state": EditionState.APPROVED, "queued": queued}
    _done(json, value, f"Đã duyệt bản {approved.revision}; {queued} thư chờ gửi.")


# --- one thing added by hand


_SEEN_FORMATS = ["%Y-%m-%dT%H:%M%z", "%Y-%m-%dT%H:%M:%S%z", "%Y-%m-%dT%H:%M"]


@app.command("add")
def add(
    by: ByOption,
    role: RoleOption,
    url: Annotated[str | None, typer.Argument(help="Public address; without --text the article is fetched.")] = None,
    text: Annotated[
        str | None, typer.Option("--text", help="The words seen or heard; - reads them from stdin.")
    ] = None,
    channel: Annotated[Channel, typer.Option("--channel", help="Where it was public.")] = Channel.PRESS,
    seen: Annotated[
        datetime | None,
        typer.Option("--seen", help="When it was seen; Vietnam time without an offset.", formats=_SEEN_FORMATS),
    ] = None,
    where: Annotated[str, typer.Option("--where", help="The public channel in words, without an address.")] = "",
    title: Annotated[str, typer.Option("--title")] = "",
    allow_host: AllowOption = None,
    province: ProvinceOption = None,
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """Add one post, article, broadcast, clipping or hotline note: public content only, masked like any other."""
    person = Person(name=by.strip(), role=role)
    require(person, "add")
    if url is None and text is None:
        raise typer.BadParameter("give an address, or --text")
    with open_context(province, data) as context:
        if text is None:
            assert url is not None
            result = _fetched(context, url, channel, person, allow_host or ())
        else:
            result = _noted(
                context, sys.stdin.read() if text == "-" else text, url, channel, seen, where, title, person
            )
    words = f"{_OUTCOMES.get(result['outcome'], result['outcome'])}: {_short(result['item_id'])}"
    _done(json, result, words + (f"; đã che {result['masked']} chi tiết cá nhân" if result.get("masked") else ""))


_OUTCOMES = {"new": "Đã thêm", "changed": "Đã cập nhật", "unchanged": "Đã có từ trước", "alias": "Đã có từ trước"}


def _noted(
    context: Context,
    words: str,
    url: str | None,
    channel: Channel,
    seen: datetime | None,
    where: str,
    title: str,
    person: Person,
) -> dict[str, Any]:
    """Store what a person saw."""
    now = context.clock.now()
    seen = seen or now
    if seen.tzinfo is None:
        seen = seen.replace(tzinfo=ZoneInfo(context.province.timezone))
    capture = assisted.note(
        words, channel=channel, seen=seen, by=person.name, now=now, url=url, where=where, title=title
    )
    with context.records.begin() as tx:
        stored = tx.items.store(capture, now)
        _audit_add(tx, stored.item_id, person, channel, now)
    return {"item_id": stored.item_id, "outcome": stored.outcome.value, "masked": len(capture.sealed)}


def _fetched(
    context: Context, url: str, channel: Channel, person: Person, allow_hosts: Iterable[str]
) -> dict[str, Any]:
    """Fetch an article as if its outlet had listed it."""
    if channel not in {Channel.PRESS, Channel.OFFICIAL}:
        raise NotDecidable("Bài đăng mạng xã hội, phát thanh và đường dây nóng cần nội dung: thêm --text.")
    source = _source_of(context.province, url, channel)
    report = collect.fetch(
        context.records,
        context.clock,
        source,
        url,
        allow_hosts=allow_hosts,
        contact=context.settings.contact,
    )
    now = context.clock.now()
    with context.records.begin() as tx:
        item_id = tx.items.find(url)
        if item_id is None:
            why = ", ".join([*report.reasons, *(name for name in report.counts if name.startswith("articles_"))])
            raise NotDecidable(f"Không lấy được bài ({why or 'không rõ lý do'}): dán nội dung bằng --text.")
        _audit_add(tx, item_id, person, channel, now)
    outcome = next((name for name in ("new", "changed") if report.counts[name]), "unchanged")
    return {"item_id": item_id, "outcome": outcome}


def _audit_add(tx: Transaction, item_id: str, person: Person, channel: Channel, now: datetime) -> None:
    detail = {"role": person.role.value, "channel": channel.value}
    tx.audit.append(person.name, "add", f"item:{item_id}", detail, now)


def _source_of(province: Province, url: str, channel: Channel) -> Source:
    """Return the registry's source of a URL's host, else one made for this address alone."""
    host = (urlsplit(url).hostname or "").removeprefix("www.")
    for source in province.sources:
        if host and (urlsplit(source.url).hostname or "").removeprefix("www.") == host:
            return source
    kind = SourceKind.OFFICIAL if channel is Channel.OFFICIAL else SourceKind.PRESS_OUT
    return Source(
        source_id=f"assisted/{host}", outlet=host, name=host, kind=kind, access=Access.SECTION, url=url, family=host
    )


# --- quarantine and audit


@quarantine_app.command("list")
def quarantine_list(
    stage: Annotated[str | None, typer.Option("--stage", help="Only of this stage.")] = None,
    province: ProvinceOption = None,
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """List the rows that wait for a person or for their next try."""
    with open_context(province, data) as context, context.records.read() as tx:
        rows = [to_json(row) for row in tx.quarantine.list(stage)]
    columns = {
        "stage": "Bước",
        "subject_id": "Dòng",
        "reason": "Lý do",
        "detail": "Chi tiết",
        "retry_at": "Thử lại lúc",
    }
    _rows(json, "quarantine", rows, columns)


@quarantine_app.command("release")
def quarantine_release(
    stage: Annotated[str, typer.Argument(help="The stage, as listed.")],
    subject: Annotated[str, typer.Argument(help="The row, as listed.")],
    by: ByOption,
    role: RoleOption,
    province: ProvinceOption = None,
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """Let a stage take a row again after its cause was mended; a message that failed is sent again."""
    with _desk(province, data, by, role, "operate") as desk:
        if not desk.tx.quarantine.release(stage, subject):
            raise NotDecidable(f"Không có dòng {subject} của bước {stage} trong danh sách chờ.")
        if stage == "deliver":
            alerts.resend(desk.tx, subject, desk.now)
            mails = [row.entry for row in desk.tx.outbox.list(deliver.TOPIC, "failed") if row.entry.key == subject]
            desk.tx.outbox.resend((mail.entry_id for mail in mails), desk.now)
        desk.tx.audit.append(desk.person.name, "quarantine.release", f"{stage}:{subject}"[:240], {}, desk.now)
    _done(json, {"stage": stage, "subject_id": subject, "verb": "release"}, "Đã cho làm lại.")


@audit_app.command("verify")
def audit_verify(province: ProvinceOption = None, data: DataOption = None, json: JsonOption = False) -> None:
    """Walk the audit chain and recompute every hash; exit code 1 when it is broken."""
    with open_context(province, data) as context, context.records.read() as tx:
        verdict = tx.audit.verify()
        head = tx.audit.head()
    value = {"ok": verdict.ok, "entries": verdict.entries, "broken_at": verdict.broken_at, "why": verdict.why}
    broken = f"Chuỗi kiểm toán ĐỨT tại mục {verdict.broken_at}: {verdict.why}"
    _done(
        json,
        {**value, "head": head[1]},
        f"Chuỗi kiểm toán nguyên vẹn: {verdict.entries} mục." if verdict.ok else broken,
    )
    if not verdict.ok:
        raise typer.Exit(1)


# --- finding what an officer means


def _short(subject_id: str) -> str:
    """Return the beginning of an id that the commands take for the whole."""
    platform, mark, digest = subject_id.rpartition(":")
    return f"{platform}{mark}{digest[:12]}"


def _find(desk: _Desk, given: str) -> tuple[str, str]:
    """Return kind (story, item, proposal) and full id of what ``given`` begins."""
    tx = desk.tx
    for kind, known in (
        ("story", tx.stories.get_many([given])),
        ("item", tx.items.get_many([given])),
        ("proposal", tx.proposals.get_many([given])),
    ):
        if known:
            return kind, given
    stories = [story.story_id for story in tx.stories.active(desk.now - WINDOW)]
    members = [member.item_id for group in tx.stories.members_of(stories).values() for member in group]
    open_ones = [one.proposal_id for one in tx.proposals.in_state(ProposalState.PROPOSED, ProposalState.REVIEWED)]
    groups = (("story", stories), ("item", members), ("proposal", open_ones))
    found = [(kind, one) for kind, ids in groups for one in ids if one.startswith(given)]
    return _only(found, given)


def _item(kind: str, subject_id: str) -> str:
    if kind != "item":
        raise NotDecidable(f"{_short(subject_id)} không phải một tin.")
    return subject_id


def _proposal(desk: _Desk, given: str) -> str:
    kind, proposal_id = _find(desk, given)
    if kind != "proposal":
        raise NotDecidable(f"{_short(proposal_id)} không phải một đề xuất.")
    return proposal_id


def _sent(desk: _Desk, given: str) -> str:
    """Return the full id of a referral or a call for rescue."""
    outward = desk.tx.outward
    known = [one.referral_id for one in (*outward.unconfirmed(), *outward.referrals_open())]
    known += [one.rescue_id for one in outward.rescues_open()]
    found = [("sent", one) for one in dict.fromkeys(known) if one.startswith(given)]
    return _only(found, given)[1] if found else given


def _only(found: Sequence[tuple[str, str]], given: str) -> tuple[str, str]:
    if not given or not found:
        raise NotDecidable(f"Không tìm thấy {given!r} trong hai ngày qua: ghi đủ mã.")
    if len(found) > 1:
        raise NotDecidable(f"{given!r} chỉ đến {len(found)} việc: ghi thêm ký tự.")
    return found[0]


def _known_codes(desk: _Desk, fields: Sequence[str], agencies: Sequence[str]) -> None:
    """Refuse fields and agencies that the profile does not know."""
    known = {field.key for field in desk.province.fields}
    today = desk.now.astimezone(ZoneInfo(desk.province.timezone)).date()
    acting = {agency.code for agency in desk.province.agencies_on(today)}
    wrong = [*(one for one in fields if one not in known), *(one for one in agencies if one not in acting)]
    if wrong:
        raise NotDecidable(f"Hồ sơ tỉnh không có lĩnh vực hoặc cơ quan: {', '.join(wrong)}.")


def _as_task(desk: _Desk, kind: str, subject_id: str) -> Task:
    """Return a story, item or proposal in the shape of a task, decided or not."""
    tx = desk.tx
    proposals: list[Proposal]
    if kind == "proposal":
        proposals = [tx.proposals.get(subject_id)]
        items = [one.item_id for one in proposals if one.item_id]
        story_id = proposals[0].story_id
    elif kind == "item":
        proposals = tx.proposals.of_item(subject_id)
        items = [subject_id]
        member = tx.stories.member_of(items).get(subject_id)
        if member is None:
            raise NotDecidable(f"Tin {_short(subject_id)} không thuộc câu chuyện nào: không liên quan hoặc chưa xếp.")
        story_id = member.story_id
    else:
        proposals = [one for one in tx.proposals.of_stories([subject_id]).get(subject_id, []) if one.item_id is None]
        items = [member.item_id for member in tx.stories.members(subject_id)]
        story_id = subject_id
    return Task(
        kind=TaskKind(kind),
        subject_id=subject_id,
        story=tx.stories.get(story_id),
        assessed=tuple(tx.assessments.assessed(items).values()),
        proposals=tuple(proposals),
        importance=0.0,
        why=(),
    )


def _task_row(task: Task, province: Province) -> dict[str, Any]:
    """Return a task as JSON-ready values, with the words that the list shows."""
    harms = dict.fromkeys(HARMS[one.harm] for one in task.proposals if one.harm)
    first = task.assessed[0].assessment.lane if task.assessed else task.story.lane
    about = f"nghi {', '.join(harms)}" if harms else LANES[first]
    headline = defang_text(task.story.headline)
    return {
        "short": _short(task.subject_id),
        "kind": task.kind.value,
        "kind_words": _KINDS[task.kind],
        "id": task.subject_id,
        "story_id": task.story.story_id,
        "about": headline if task.kind in {TaskKind.STORY, TaskKind.READ} else f"{about}: {headline}",
        "why": list(task.why),
        "actions": [say(proposal, province) for proposal in task.proposals],
        "proposals": [proposal.proposal_id for proposal in task.proposals],
        "importance": round(task.importance, 1),
    }
