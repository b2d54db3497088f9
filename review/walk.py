"""An officer's walk through the queue: one task a screen, one key a decision, every decision its own transaction."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Protocol

import click
from rich.console import Console
from rich.text import Text

from handling.wording import LANES
from provinces import Province
from records import Clock, Records, Transaction, UnknownRecord
from records.types import Lane, Person
from review import decide
from review.errors import NotDecidable, ReviewError
from review.queue import DAILY_LIMIT, Task, TaskKind, queue
from review.roles import MAY, ROLE_NAMES
from review.view import screen as show


class Keyboard(Protocol):
    """Where keys come from."""

    def key(self) -> str:
        """Return one key; empty when no more will come."""
        ...

    def line(self, question: str) -> str:
        """Return an answer in words."""
        ...


class Terminal:
    """The officer's own keyboard."""

    def key(self) -> str:
        """Wait for one key; Ctrl-C and Ctrl-D end the walk."""
        try:
            return click.getchar()
        except (EOFError, KeyboardInterrupt):
            return ""

    def line(self, question: str) -> str:
        """Ask and read a line."""
        return str(click.prompt(question, default="", show_default=False, err=True))


class Scripted:
    """A twin that plays keys and lines in order, then ends."""

    def __init__(self, keys: Iterable[str]) -> None:
        self._keys = iter(keys)

    def key(self) -> str:
        """Return the next of the given keys."""
        return next(self._keys, "")

    def line(self, question: str) -> str:
        """Return the next of the given keys as an answer."""
        return next(self._keys, "")


@dataclass(slots=True)
class Walked:
    """What came of a walk: decisions by verb, what was skipped, and what was not reached ("chưa kiểm tra")."""

    decided: Counter[str] = field(default_factory=Counter)
    skipped: list[Task] = field(default_factory=list)
    unreached: list[Task] = field(default_factory=list)

    @property
    def unchecked(self) -> list[Task]:
        """Everything that stays undecided, in the order of the queue."""
        return [*self.skipped, *self.unreached]


@dataclass(frozen=True, slots=True)
class _At:
    """What a key works with; ``said`` is the officer's answer to the key's question."""

    tx: Transaction
    task: Task
    person: Person
    province: Province
    now: datetime
    said: str


@dataclass(frozen=True, slots=True)
class _Key:
    """One key: what the screen calls it, the verb it counts as, what it does, and what it asks before."""

    label: str
    verb: str
    do: Callable[[_At], object]
    question: str = ""


SKIP, FULL, QUIT = "b", "v", "q"
_ALWAYS = {FULL: "Xem toàn văn", SKIP: "Bỏ qua", QUIT: "Thoát"}
_LANES = {"1": Lane.GOOD, "2": Lane.NEUTRAL, "3": Lane.FEEDBACK, "4": Lane.UNVERIFIED, "5": Lane.OTHER}


def start(
    records: Records,
    province: Province,
    clock: Clock,
    person: Person,
    *,
    keyboard: Keyboard,
    screen: Console,
    limit: int = DAILY_LIMIT,
) -> Walked:
    """Walk ``person`` through the queue until it is empty, ``limit`` tasks were shown, or they quit.

    Everything decided is stored the moment the key is pressed; quitting loses nothing.
    """
    walked = Walked()
    with records.read() as tx:
        tasks, walked.unreached = queue(tx, clock.now(), limit, person)
    screen.print(f"{ROLE_NAMES[person.role]} {person.name}: {len(tasks)} việc cần quyết định.")
    for number, task in enumerate(tasks, 1):
        verb = _one(records, province, clock, person, task, f"{number}/{len(tasks)}", keyboard, screen)
        if verb == QUIT:
            walked.unreached = [*tasks[number - 1 :], *walked.unreached]
            break
        if verb == SKIP:
            walked.skipped.append(task)
        else:
            walked.decided[verb] += 1
    return walked


def _one(
    records: Records,
    province: Province,
    clock: Clock,
    person: Person,
    task: Task,
    place: str,
    keyboard: Keyboard,
    screen: Console,
) -> str:
    """Show one task until it is decided, skipped or the officer quits; return the verb."""
    full = False
    with records.begin() as tx:
        tx.audit.append(person.name, "view", task.subject, {"role": person.role.value}, clock.now())
    screen.print(show(task, province, place))
    while True:
        keys = _keys(task, person)
        offered = {key: one.label for key, one in keys.items()} | _ALWAYS
        screen.print(Text(" · ".join(f"[{key}] {label}" for key, label in offered.items())))
        key = keyboard.key().lower()
        if key in {"", "\x03", "\x04", QUIT}:
            return QUIT
        if key == SKIP:
            return SKIP
        if key == FULL:
            full = not full
            screen.print(show(task, province, place, full=full))
            continue
        chosen = keys.get(key)
        if chosen is None:
            screen.print(f"Phím “{key}” không có ở đây.", markup=False)
            continue
        # Asked before the transaction is open: nobody waits for an officer who thinks.
        said = keyboard.line(chosen.question) if chosen.question else ""
        if chosen.question and not said.strip():
            continue
        try:
            with records.begin() as tx:
                chosen.do(_At(tx, task, person, province, clock.now(), said.strip()))
                task = _again(tx, task)
        except (ReviewError, UnknownRecord) as error:
            screen.print(str(error), style="red", markup=False)
            continue
        if chosen.verb != "mask":
            screen.print(f"✓ {chosen.label}", style="green", markup=False)
            return chosen.verb
        screen.print(show(task, province, place, full=full))


def _again(tx: Transaction, task: Task) -> Task:
    """Return the task with its texts as they now are."""
    assessed = tx.assessments.assessed(one.item.item_id for one in task.assessed)
    story = tx.stories.get_many([task.story.story_id]).get(task.story.story_id, task.story)
    return replace(task, story=story, assessed=tuple(assessed.get(one.item.item_id, one) for one in task.assessed))


def _keys(task: Task, person: Person) -> dict[str, _Key]:
    """Return the keys of a task for a person, in the order of the screen."""
    if task.kind is TaskKind.SENT:
        return {
            "x": _Key("Xác nhận", "confirm", _confirm),
            "h": _Key("Thu hồi", "recall", _recall, "Lý do thu hồi (Enter: thôi)"),
        }
    if task.kind is TaskKind.PROPOSAL:
        return {
            "d": _Key("Duyệt", "approve", _approve),
            "t": _Key("Trả lại", "decline", _decline, "Lý do trả lại (Enter: thôi)"),
        }
    mask = _Key("Ẩn thông tin cá nhân", "mask", _mask, "Các từ cần ẩn (Enter: thôi)")
    if task.kind is TaskKind.STORY:
        return {
            "x": _Key("Xác nhận", "accept", _accept_story),
            "s": _Key("Sửa loại", "correct", _correct_story, _which(Lane.UNVERIFIED)),
            "k": _Key("Không cần việc gì", "reject", _reject_story),
            "a": mask,
        }
    if task.kind is TaskKind.READ:
        return {
            "x": _Key("Đã xem", "accept", _accept_item),
            "s": _Key("Sửa loại", "correct", _correct_item, _which()),
            "a": mask,
        }
    rescue = any(proposal.action == "A17" for proposal in task.proposals)
    harm = any(proposal.lane is Lane.HARM for proposal in task.proposals)
    keys = {"x": _Key("Xác nhận, chuyển cứu nạn ngay" if rescue else "Xác nhận", "accept", _accept_item)}
    if person.role in MAY["release"] and any(decide.releasable(proposal) for proposal in task.proposals):
        keys["g"] = _Key("Chuyển ngay (nguy hiểm tính mạng)", "release", _release)
    wrong = "Không phải thông tin gây hại" if harm else "Không cần xác minh"
    return keys | {
        "s": _Key("Sửa loại", "correct", _correct_item, _which()),
        "k": _Key("Không phải kêu cứu" if rescue else wrong, "reject", _reject_item),
        "p": _Key("Chuyển phản ánh", "forward", _forward),
        "a": mask,
    }


def _accept_story(at: _At) -> None:
    decide.accept_story(at.tx, at.task.subject_id, at.person, at.province, at.now)


def _reject_story(at: _At) -> None:
    decide.reject_story(at.tx, at.task.subject_id, at.person, at.now)


def _correct_story(at: _At) -> None:
    decide.correct_story(at.tx, at.task.subject_id, at.person, at.now, lane=_lane(at.said, Lane.UNVERIFIED))


def _accept_item(at: _At) -> None:
    decide.accept_item(at.tx, at.task.subject_id, at.person, at.province, at.now)


def _release(at: _At) -> None:
    for proposal in at.task.proposals:
        if decide.releasable(proposal):
            decide.release(at.tx, proposal.proposal_id, at.person, at.province, at.now)


def _correct_item(at: _At) -> None:
    decide.correct_item(at.tx, at.task.subject_id, at.person, at.now, lane=_lane(at.said), harms=())


def _reject_item(at: _At) -> None:
    decide.reject_item(at.tx, at.task.subject_id, at.person, at.now)


def _forward(at: _At) -> None:
    decide.forward_item(at.tx, at.task.subject_id, at.person, at.province, at.now)


def _approve(at: _At) -> None:
    decide.approve(at.tx, at.task.subject_id, at.person, at.province, at.now)


def _decline(at: _At) -> None:
    decide.decline(at.tx, at.task.subject_id, at.person, at.now, at.said)


def _confirm(at: _At) -> None:
    decide.confirm(at.tx, at.task.subject_id, at.person, at.now)


def _recall(at: _At) -> None:
    decide.recall(at.tx, at.task.subject_id, at.person, at.now, at.said)


def _mask(at: _At) -> None:
    """Hide the words in every text of the task that holds them."""
    holding = [one.item.item_id for one in at.task.assessed if decide.has_words(one.item, at.said)]
    if not holding:
        raise NotDecidable("Không thấy trọn các từ này trong văn bản.")
    for item_id in holding:
        decide.mask_words(at.tx, item_id, at.said, at.person, at.now)


def _which(without: Lane | None = None) -> str:
    offered = ", ".join(f"{key} {LANES[lane]}" for key, lane in _LANES.items() if lane is not without)
    return f"Đây là: {offered} (Enter: thôi)"


def _lane(said: str, without: Lane | None = None) -> Lane:
    lane = _LANES.get(said)
    if lane is None or lane is without:
        raise NotDecidable(f"Không có lựa chọn “{said}”.")
    return lane
