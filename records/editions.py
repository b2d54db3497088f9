"""Editions and who got them. A revision's content never changes; a correction is a new revision."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

import sqlalchemy as sa

from records import tables as tb
from records.codec import from_columns, to_columns
from records.errors import UnknownRecord
from records.repository import Repository
from records.types import Edition, EditionKind, EditionState


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """What is known of one edition revision on its way to one recipient.

    ``state`` queued, sent, uncertain or failed.
    """

    edition_id: str
    revision: int
    recipient: str
    state: str
    at: datetime
    message_id: str = ""
    detail: str = ""


class Editions(Repository):
    """Editions in all revisions, and their deliveries."""

    def put(self, edition: Edition) -> Edition:
        """Store an edition and return it with its revision.

        The ``content_hash`` of the newest revision again is that revision (nothing is written); other content is the
        next revision, whatever ``edition.revision`` says.
        """
        known = self.revisions(edition.edition_id)
        if known and known[-1].content_hash == edition.content_hash:
            return known[-1]
        stored = replace(edition, revision=len(known) + 1)
        self._db.execute(tb.editions.insert(), {**to_columns(stored), "content": dict(edition.content)})
        return stored

    def set_state(
        self, edition_id: str, revision: int, state: EditionState, *, approved_by: str | None = None
    ) -> Edition:
        """Move a revision on; its content cannot change.

        Raises ``UnknownRecord``, ``ConstraintRefused`` (approved by nobody).
        """
        table = tb.editions
        values: dict[str, object] = {"state": state.value}
        if approved_by is not None:
            values["approved_by"] = approved_by
        where = sa.and_(table.c.edition_id == edition_id, table.c.revision == revision)
        if self._db.execute(sa.update(table).where(where).values(values)).rowcount == 0:
            raise UnknownRecord(f"no edition {edition_id!r} revision {revision}")
        return self.get(edition_id, revision)

    def get(self, edition_id: str, revision: int | None = None) -> Edition:
        """Return an edition, its newest revision by default. Raises ``UnknownRecord``."""
        for edition in reversed(self.revisions(edition_id)):
            if revision in (None, edition.revision):
                return edition
        raise UnknownRecord(f"no edition {edition_id!r}" + (f" revision {revision}" if revision else ""))

    def revisions(self, edition_id: str) -> list[Edition]:
        """Return all revisions of an edition, oldest first."""
        table = tb.editions
        query = sa.select(table).where(table.c.edition_id == edition_id).order_by(table.c.revision)
        return [from_columns(Edition, row) for row in self._db.execute(query).mappings()]

    def ending(self, kind: EditionKind, start: datetime, end: datetime) -> list[Edition]:
        """Return the editions of a kind whose window ends from ``start`` to ``end`` (inclusive), newest revisions."""
        table = tb.editions
        query = (
            sa.select(table)
            .where(table.c.kind == kind.value, table.c.window_end >= start, table.c.window_end <= end)
            .order_by(table.c.window_end, table.c.edition_id, table.c.revision)
        )
        newest = {row["edition_id"]: from_columns(Edition, row) for row in self._db.execute(query).mappings()}
        return list(newest.values())

    def put_delivery(self, delivery: Delivery) -> None:
        """Store what is known of a delivery: one row per edition, revision and recipient."""
        self._upsert(tb.deliveries, [to_columns(delivery)])

    def deliveries(self, edition_id: str, revision: int | None = None) -> list[Delivery]:
        """Return the deliveries of an edition, of one revision or of all."""
        table = tb.deliveries
        query = sa.select(table).where(table.c.edition_id == edition_id).order_by(table.c.revision, table.c.recipient)
        if revision is not None:
            query = query.where(table.c.revision == revision)
        return [from_columns(Delivery, row) for row in self._db.execute(query).mappings()]
