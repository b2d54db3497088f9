"""The closed catalogue of actions, read once from ``actions.toml`` and checked: nothing can be added by configuration."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from records.types import REFERABLE, Harm, Lane, Severity

CODES = tuple(f"A{number:02d}" for number in range(1, 18))
"""Codes of ``domain.md`` §5.4. The file must hold exactly these."""

Due = str | float
"""Clock hours, or one of ``same_day``, ``next_cycle``, ``next_briefing``, ``weekly``, ``working_days:N``, ``profile:NAME``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """One action: Vietnamese name and sentence, who acts, by when per severity, how many people before it leaves the house.

    ``actor`` is a duty of the catalogue. ``manual`` actions are chosen by people only; ``rescue`` ones need a call for rescue.
    """

    code: str
    name: str
    words: str
    actor: str
    due: Mapping[Severity, Due]
    people: int
    outward: bool
    basis: tuple[str, ...]
    lanes: frozenset[Lane]
    harms: frozenset[Harm]
    manual: bool
    rescue: bool


@cache
def _table() -> dict[str, dict[str, object]]:
    return tomllib.loads((files("handling") / "actions.toml").read_text("utf-8"))


@cache
def duties() -> Mapping[str, str]:
    """Return the Vietnamese names of the duties that act where no agency is named."""
    return MappingProxyType({duty: str(name) for duty, name in _table()["duties"].items()})


@cache
def catalogue() -> Mapping[str, Action]:
    """Return the actions by code."""
    table = {code: row for code, row in _table().items() if code != "duties"}
    if tuple(table) != CODES:
        raise ValueError(
            f"handling/actions.toml must hold exactly {CODES[0]}–{CODES[-1]} in order, found {list(table)}"
        )
    actions = {code: _action(code, row) for code, row in table.items()}
    # The two rules that no edit of the file may break (``domain.md`` §5.3 (6), (12)).
    referral = actions["A11"]
    if not referral.harms <= REFERABLE or referral.lanes != {Lane.HARM}:
        raise ValueError("handling/actions.toml: A11 may only hold referable harms of lane harm")
    for action in actions.values():
        if action.outward and action.lanes == {Lane.HARM} and action.people < 2:
            raise ValueError(f"handling/actions.toml: {action.code} is a lane-C outward act and needs people = 2")
    return MappingProxyType(actions)


def _action(code: str, row: Mapping[str, object]) -> Action:
    actor = str(row["actor"])
    if actor != "responsible" and actor not in duties():
        raise ValueError(f"handling/actions.toml: {code}.actor {actor!r} is not in [duties]")
    lanes, harms, basis = row["lanes"], row.get("harms", []), row["basis"]
    assert isinstance(lanes, list) and isinstance(harms, list) and isinstance(basis, list)
    return Action(
        code=code,
        name=str(row["name"]),
        words=str(row["words"]),
        actor=actor,
        due=_due(row["due"]),
        people=int(str(row["people"])),
        outward=bool(row["outward"]),
        basis=tuple(basis),
        lanes=frozenset(map(Lane, lanes)),
        harms=frozenset(map(Harm, harms)),
        manual=bool(row.get("manual", False)),
        rescue=bool(row.get("rescue", False)),
    )


def _due(value: object) -> Mapping[Severity, Due]:
    if isinstance(value, dict):
        if "working_days" in value:
            value = f"working_days:{value['working_days']}"
        elif "profile" in value:
            value = f"profile:{value['profile']}"
        else:
            return {Severity(key): hours for key, hours in value.items()}
    assert isinstance(value, str)
    return dict.fromkeys(Severity, value)
