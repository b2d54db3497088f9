"""Who may do what (``domain.md`` §5.3 (13)). A table, fixed in code: roles are no configuration."""

from __future__ import annotations

import text
from records.types import Person, Role
from review.errors import NotAllowed

ROLE_NAMES = {
    Role.COLLECTOR: "Người thu thập",
    Role.REVIEWER: "Người biên tập",
    Role.APPROVER: "Người duyệt",
    Role.SIGNER: "Người ký",
    Role.LIAISON: "Đầu mối cơ quan",
    Role.OFFICE: "Văn phòng UBND",
    Role.CYBER: "Trực an ninh mạng",
    Role.AUDITOR: "Kiểm toán viên",
    Role.ADMIN: "Quản trị",
}

MAY: dict[str, frozenset[Role]] = {
    "view": frozenset({Role.REVIEWER, Role.APPROVER, Role.SIGNER, Role.AUDITOR}),
    "follow": frozenset({Role.REVIEWER, Role.APPROVER, Role.SIGNER, Role.CYBER, Role.AUDITOR}),
    "add": frozenset({Role.COLLECTOR, Role.REVIEWER, Role.APPROVER}),
    "accept": frozenset({Role.REVIEWER, Role.APPROVER}),
    "correct": frozenset({Role.REVIEWER, Role.APPROVER}),
    "reject": frozenset({Role.REVIEWER, Role.APPROVER}),
    "mask": frozenset({Role.REVIEWER, Role.APPROVER}),
    "approve": frozenset({Role.APPROVER, Role.SIGNER}),
    "release": frozenset({Role.REVIEWER, Role.APPROVER}),
    "decline": frozenset({Role.APPROVER, Role.SIGNER}),
    "confirm": frozenset({Role.APPROVER, Role.SIGNER}),
    "recall": frozenset({Role.APPROVER, Role.SIGNER}),
    "conclude": frozenset({Role.LIAISON, Role.REVIEWER, Role.APPROVER}),
    "instruct": frozenset({Role.OFFICE}),
    "case": frozenset({Role.LIAISON, Role.REVIEWER, Role.APPROVER, Role.OFFICE}),
    "edition": frozenset({Role.APPROVER, Role.SIGNER}),
    "referral": frozenset({Role.CYBER}),
    "rescue": frozenset({Role.LIAISON, Role.REVIEWER, Role.APPROVER}),
    "acknowledge": frozenset({Role.REVIEWER, Role.APPROVER, Role.SIGNER}),
    "operate": frozenset({Role.ADMIN, Role.APPROVER}),
}
"""Auditors read, administrators see no content: neither decides anything. ``view``: the queue and what is in it;
``follow``: what was referred to the cyber team."""


def require(person: Person, verb: str) -> None:
    """Raise :class:`NotAllowed` unless the named person's role may do ``verb``."""
    if not person.name.strip():
        raise NotAllowed("Mỗi quyết định phải có tên người thực hiện.")
    if person.role not in MAY[verb]:
        allowed = ", ".join(sorted(ROLE_NAMES[role] for role in MAY[verb]))
        raise NotAllowed(f"Vai “{ROLE_NAMES[person.role]}” không được thực hiện việc này; cần: {allowed}.")


def same_person(first: str, second: str) -> bool:
    """Tell whether two names are one person's: case, spacing, punctuation and diacritics make no second person."""
    return _plain(first) == _plain(second)


def _plain(name: str) -> str:
    return "".join(letter for letter in text.fold(text.normalize(name)) if letter.isalnum())
