"""What officers do with cases: the steps of ``handling.cases``, each by somebody whose role may take it."""

from __future__ import annotations

from datetime import datetime

import handling
from provinces import Province
from records import Transaction, UnknownRecord
from records.types import Case, Person
from review.errors import NotDecidable
from review.roles import require


def receive(
    tx: Transaction, case_id: str, person: Person, now: datetime, *, in_progress: bool = False, note: str = ""
) -> Case:
    """Record that the agency has received the case, or works on it."""
    return handling.receive(tx, _allowed(tx, case_id, person), person, now, in_progress=in_progress, note=note)


def answer(tx: Transaction, case_id: str, said: str, person: Person, now: datetime, *, published: bool = False) -> Case:
    """Record the agency's answer; ``published``: its result is public."""
    return handling.answer(tx, _allowed(tx, case_id, person), said, person, now, published=published)


def return_case(
    tx: Transaction,
    case_id: str,
    reason: str,
    person: Person,
    province: Province,
    now: datetime,
    *,
    to: str | None = None,
) -> Case:
    """Record that the agency is not competent; with ``to`` the case goes on to that agency."""
    return handling.return_case(tx, _allowed(tx, case_id, person), reason, person, province, now, to=to)


def remind(tx: Transaction, case_id: str, person: Person, now: datetime) -> Case:
    """Remind the agency."""
    return handling.remind(tx, _allowed(tx, case_id, person), person, now)


def close(tx: Transaction, case_id: str, note: str, person: Person, now: datetime) -> Case:
    """Close an answered case."""
    return handling.close(tx, _allowed(tx, case_id, person), note, person, now)


def _allowed(tx: Transaction, case_id: str, person: Person) -> str:
    require(person, "case")
    try:
        tx.cases.get(case_id)
    except UnknownRecord as error:
        raise NotDecidable(f"Không có việc {case_id}.") from error
    return case_id
