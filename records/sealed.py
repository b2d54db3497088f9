"""The originals of masked spans: encrypted, short-lived, and every opening written down."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from enum import StrEnum

import sqlalchemy as sa

from records import tables as tb
from records.errors import SealRefused
from records.keys import SEALED_DAYS
from records.repository import Repository
from records.types import Harm, Person, Role
from text import MaskKind, SealedValue

URL = "URL"


class Purpose(StrEnum):
    """Why a sealed value may be opened at all; there is no other reason."""

    FRAUD = "H1"
    IMPERSONATION = "H2"
    MALICIOUS_LINK = "H8"
    RESCUE = "rescue"


class Sealed(Repository):
    """Sealed values of items."""

    def put_many(self, item_id: str, version: int, values: Sequence[SealedValue], now: datetime) -> None:
        """Encrypt and store the originals of one version's masks. Needs the data folder's keys."""
        rows = [self._row(item_id, version, value.kind.value, value.number, value.value, now) for value in values]
        self._upsert(tb.sealed, rows)

    def put_url(self, item_id: str, version: int, url: str, now: datetime) -> None:
        """Seal the URL of an erased item, for its referral alone."""
        self._upsert(tb.sealed, [self._row(item_id, version, URL, 0, url, now)])

    def open(
        self, item_id: str, kind: MaskKind, number: int, *, purpose: Purpose, person: Person, reason: str, now: datetime
    ) -> str:
        """Decrypt the original of one mask, in the newest version that has it, and audit that with person and reason.

        Raises ``SealRefused`` unless the item carries a finding or proposal of that harm class (or a call for rescue),
        names a person and a reason, and the value is younger than 30 days.
        """
        if not self._stands(item_id, purpose):
            raise SealRefused(
                f"nothing of {purpose.value} stands behind item {item_id} (finding, proposal, call): it stays sealed"
            )
        return self._open(item_id, kind.value, number, purpose.value, person, reason, now)

    def open_url(self, item_id: str, *, person: Person, reason: str, now: datetime) -> str:
        """Decrypt the URL of an erased item for its H6 referral. Raises ``SealRefused`` as ``open`` does."""
        query = sa.select(tb.proposals.c.proposal_id).where(
            tb.proposals.c.item_id == item_id,
            tb.proposals.c.harm == Harm.CHILD_ABUSE,
            tb.proposals.c.state != "rejected",
        )
        if self._db.execute(query.limit(1)).first() is None:
            raise SealRefused(f"item {item_id} has no H6 proposal: the seal stays closed")
        return self._open(item_id, URL, 0, Harm.CHILD_ABUSE.value, person, reason, now)

    def again(self, item_id: str, kind: MaskKind, number: int, now: datetime) -> str | None:
        """Decrypt a value so that the same words are hidden in an edited text; nobody sees it. None where it is gone.

        Audited like any opening.
        """
        person = Person(name="records", role=Role.ADMIN)
        try:
            return self._open(item_id, kind.value, number, "mask", person, "hide it in the edited text", now)
        except SealRefused:
            return None

    def kinds(self, item_id: str) -> list[tuple[str, int]]:
        """Return the (kind, number) of the values still sealed for an item."""
        table = tb.sealed
        query = sa.select(table.c.kind, table.c.number).where(table.c.item_id == item_id).distinct()
        return sorted((kind, number) for kind, number in self._db.execute(query))

    def erase(self, item_ids: Iterable[str]) -> int:
        """Delete all sealed values of items; return how many there were."""
        gone = 0
        for item_id in item_ids:
            gone += self._db.execute(sa.delete(tb.sealed).where(tb.sealed.c.item_id == item_id)).rowcount
        self._tx.scrub = self._tx.scrub or gone > 0
        return gone

    def _row(self, item_id: str, version: int, kind: str, number: int, value: str, now: datetime) -> dict[str, object]:
        key_name, box = self._tx.keys.seal(value, _label(item_id, version, kind, number), now)
        return {
            "item_id": item_id,
            "version": version,
            "kind": kind,
            "number": number,
            "key_name": key_name,
            "box": box,
            "sealed_at": now,
        }

    def _open(
        self, item_id: str, kind: str, number: int, purpose: str, person: Person, reason: str, now: datetime
    ) -> str:
        if not person.name.strip() or not reason.strip():
            raise SealRefused("opening a seal needs a named person and a reason")
        table = tb.sealed
        query = (
            sa.select(table)
            .where(
                table.c.item_id == item_id,
                table.c.kind == kind,
                table.c.number == number,
                table.c.sealed_at > now - timedelta(days=SEALED_DAYS),
            )
            .order_by(table.c.version.desc())
            .limit(1)
        )
        row = self._db.execute(query).mappings().first()
        if row is None:
            raise SealRefused(f"item {item_id} has no sealed {kind}:{number} (any more)")
        detail = {"mask": f"{kind}:{number}", "purpose": purpose, "role": person.role.value, "reason": reason[:200]}
        self._tx.audit.append(person.name, "unseal", f"item:{item_id}", detail, now)
        return self._tx.keys.unseal(row["key_name"], row["box"], _label(item_id, row["version"], kind, number))

    def _stands(self, item_id: str, purpose: Purpose) -> bool:
        if purpose is Purpose.RESCUE:
            query = sa.select(tb.rescues.c.rescue_id).where(
                tb.rescues.c.item_id == item_id, tb.rescues.c.state.in_(("sent", "received"))
            )
            if self._db.execute(query.limit(1)).first() is not None:
                return True
        else:
            query = sa.select(tb.proposals.c.proposal_id).where(
                tb.proposals.c.item_id == item_id,
                tb.proposals.c.harm == purpose.value,
                tb.proposals.c.state != "rejected",
            )
            if self._db.execute(query.limit(1)).first() is not None:
                return True
        assessment = self._tx.assessments.get(item_id)
        if assessment is None:
            return False
        if purpose is Purpose.RESCUE:
            return assessment.rescue is not None
        return any(finding.harm.value == purpose.value for finding in assessment.harms)


def _label(item_id: str, version: int, kind: str, number: int) -> str:
    return f"{item_id}|{version}|{kind}|{number}"
