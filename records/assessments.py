"""What the models think of each version, what people corrected, and what still has to be linked to a story."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from records import tables as tb
from records.codec import from_columns, to_columns
from records.errors import UnknownRecord
from records.hiding import Hiding
from records.items import _item
from records.quarantine import Quarantine
from records.repository import Repository, chunks
from records.types import Assessment, Harm, Item, Lane, Member, Person, Reach, Story


@dataclass(frozen=True, slots=True)
class Assessed:
    """An item in its newest version, with the assessment of that version."""

    item: Item
    assessment: Assessment

    def without(self, off: Collection[Harm]) -> Assessed:
        """Return the same without findings of classes that the operator switched off."""
        kept = tuple(finding for finding in self.assessment.harms if finding.harm not in off)
        return replace(self, assessment=replace(self.assessment, harms=kept))


class Assessments(Repository):
    """One assessment per version of an item; the one of the newest version counts."""

    def put(self, assessment: Assessment) -> None:
        """Store one assessment; see ``put_many``."""
        self.put_many([assessment])

    def put_many(self, assessments: Sequence[Assessment]) -> None:
        """Store assessments, in few statements, and queue the items' index writes.

        A newer model's assessment of the same version replaces the older one; a person's correction stays. One of a
        version that has been superseded meanwhile is kept, but its item stays pending. An H6 finding erases its item in
        this transaction (``tx.items.erase``) and gives it a story of its own. Relevant items outside lane ``other``
        become pending for ``link``. Raises
        ``UnknownRecord`` for an item that is not stored.
        """
        for batch in chunks(assessments):
            self._put_batch(batch, None)

    def correct(self, assessment: Assessment, person: Person) -> None:
        """Store a person's corrected assessment of an item's newest version.

        No model overwrites it for that version.
        """
        self._put_batch([assessment], person.name)

    def get(self, item_id: str) -> Assessment | None:
        """Return the assessment of an item's newest version, or None while there is none."""
        return self.get_many([item_id]).get(item_id)

    def get_many(self, item_ids: Iterable[str]) -> dict[str, Assessment]:
        """Return the assessments of the newest versions of many items, by item."""
        found: dict[str, Assessment] = {}
        for batch in chunks(item_ids):
            query = sa.select(tb.assessments).join(tb.items, _CURRENT).where(tb.items.c.item_id.in_(batch))
            for row in self._db.execute(query).mappings():
                found[row["item_id"]] = from_columns(Assessment, row)
        return found

    def corrected_by(self, item_id: str) -> str | None:
        """Return who corrected the assessment of an item's newest version, or None."""
        query = sa.select(tb.assessments.c.corrected_by).join(tb.items, _CURRENT).where(tb.items.c.item_id == item_id)
        return self._db.execute(query).scalar()

    def assessed(self, item_ids: Iterable[str]) -> dict[str, Assessed]:
        """Return items together with their newest assessment, by item; those without one are left out."""
        found: dict[str, Assessed] = {}
        for batch in chunks(item_ids):
            for pair in self._pairs(tb.items.c.item_id.in_(batch)):
                found[pair.item.item_id] = pair
        return found

    def collected(self, start: datetime, end: datetime, *, relevant: bool = True) -> Iterator[Assessed]:
        """Yield assessed items first collected from ``start`` (inclusive) to ``end`` (exclusive), in order.

        Relevant ones by default.
        """
        within = sa.and_(_KEPT, tb.items.c.collected_at >= start, tb.items.c.collected_at < end)
        if relevant:
            within = sa.and_(within, tb.assessments.c.relevant)
        yield from self._pairs(within, tb.items.c.collected_at, tb.items.c.item_id)

    def published(self, start: datetime, end: datetime, *, relevant: bool = True) -> Iterator[Assessed]:
        """Yield assessed items published from ``start`` to ``end`` (exclusive), in order; without a time: collected."""
        within = sa.and_(_KEPT, tb.assessments.c.item_time >= start, tb.assessments.c.item_time < end)
        if relevant:
            within = sa.and_(within, tb.assessments.c.relevant)
        yield from self._pairs(within, tb.assessments.c.item_time, tb.items.c.item_id)

    def pending_link(self, now: datetime, limit: int) -> list[Assessed]:
        """Return relevant items outside lane ``other`` that are not linked as they now are, in order of publication.

        An item that is linked already comes back when its version, assessment or reach class changed. Leaves out what
        waits in quarantine of the stage ``link``, and what was erased or has expired.
        """
        table = tb.assessments
        query = (
            sa.select(table)
            .add_columns(*_item_columns())
            .join(tb.items, _CURRENT)
            .where(
                table.c.link_state == "pending",
                _KEPT,
                tb.items.c.expired_at.is_(None),
                ~Quarantine.waiting("link", table.c.item_id, now),
            )
            .order_by(table.c.link_state, table.c.item_time, table.c.item_id)
            .limit(limit)
        )
        return [_pair(row) for row in self._db.execute(query).mappings()]

    def pending_unlink(self, limit: int) -> list[str]:
        """Return members of stories whose newest assessment finds them irrelevant or of lane ``other``."""
        query = (
            sa.select(tb.members.c.item_id)
            .join(tb.items, tb.items.c.item_id == tb.members.c.item_id)
            .join(tb.assessments, _CURRENT)
            .where(tb.assessments.c.link_state == "none", _KEPT)
            .order_by(tb.members.c.item_id)
            .limit(limit)
        )
        return list(self._db.execute(query).scalars())

    def set_aside(self, item_ids: Iterable[str]) -> None:
        """Mark items as linked without a story: ``link`` looked at them and they belong to none."""
        self._set_link(item_ids, "linked")

    def relink(self, item_ids: Iterable[str]) -> None:
        """Make linked items pending for ``link`` again, because something their story counts has changed."""
        table = tb.assessments
        for batch in chunks(item_ids):
            where = sa.and_(table.c.item_id.in_(batch), table.c.link_state == "linked")
            self._db.execute(sa.update(table).where(where).values(link_state="pending"))

    def redact(self, item_ids: Sequence[str]) -> None:
        """Take the words of erased or expired items out of their assessments; class, level and probability stay."""
        table = tb.assessments
        rows = []
        for row in self._db.execute(sa.select(table).where(table.c.item_id.in_(item_ids))).mappings():
            blank = to_columns(_redacted(from_columns(Assessment, row)))
            words = {f"b_{name}": blank[name] for name in _WORDS}
            rows.append({"b_item": row["item_id"], "b_version": row["version"], **words})
        if rows:
            statement = sa.update(table).where(
                table.c.item_id == sa.bindparam("b_item"), table.c.version == sa.bindparam("b_version")
            )
            values = {name: sa.bindparam(f"b_{name}", type_=table.c[name].type) for name in _WORDS}
            self._db.execute(statement.values(values), rows)

    def carry(self, item: Item, hiding: Hiding) -> None:
        """Take the assessment of ``item`` over to its next version, in which words are hidden: nobody judged anew.

        Its story counts the item again, so that no headline keeps the words.
        """
        table = tb.assessments
        here = sa.and_(table.c.item_id == item.item_id, table.c.version == item.version)
        row = self._db.execute(sa.select(table).where(here)).mappings().first()
        if row is None:
            return
        words = {name: hiding.through(row[name], item.text) for name in _WORDS}
        self._db.execute(sa.update(table).where(here).values(words))
        state = "pending" if row["link_state"] == "linked" else row["link_state"]
        self._upsert(table, [{**row, **words, "version": item.version + 1, "link_state": state}])

    def _put_batch(self, assessments: Sequence[Assessment], corrected_by: str | None) -> None:
        states = self._states([assessment.item_id for assessment in assessments])
        corrected = set() if corrected_by else self._corrected(states)
        rows: list[dict[str, Any]] = []
        current: list[dict[str, Any]] = []
        erase: list[str] = []
        for assessment in assessments:
            state = states.get(assessment.item_id)
            if state is None:
                raise UnknownRecord(f"no item {assessment.item_id!r} to assess: it was never stored, or has expired")
            if assessment.version == state["version"]:
                current.append({"b_item": assessment.item_id, "b_model": assessment.model_version})
            if (assessment.item_id, assessment.version) in corrected:
                continue
            if any(finding.harm is Harm.CHILD_ABUSE for finding in assessment.harms):
                erase.append(assessment.item_id)
                assessment = _redacted(assessment)
            rows.append(
                {
                    **to_columns(assessment),
                    "corrected_by": corrected_by,
                    "link_state": "pending" if assessment.relevant and assessment.lane is not Lane.OTHER else "none",
                    "item_time": state["published_at"] or state["collected_at"],
                }
            )
        self._upsert(tb.assessments, rows)
        if not current:
            return
        table = tb.items
        self._db.execute(
            sa.update(table)
            .where(table.c.item_id == sa.bindparam("b_item"))
            .values(assessed_model=sa.bindparam("b_model"), revision=table.c.revision + 1),
            current,
        )
        now = max(assessment.assessed_at for assessment in assessments)
        ids = {row["b_item"] for row in current}
        self._tx.outbox.put_index("item", [(key, states[key]["revision"] + 1) for key in sorted(ids)], now)
        self._tx.quarantine.clear("assess", sorted(ids))
        for item_id in erase:
            self._tx.items.erase(item_id, now)
            self._put_alone(item_id, now)

    def _put_alone(self, item_id: str, now: datetime) -> None:
        """Give an erased item a story of its own: ``link`` has nothing to compare, and people must decide on it."""
        (found,) = self.assessed([item_id]).values()
        item, assessment = found.item, found.assessment
        if not assessment.relevant:
            return
        before = self._tx.stories.member_of([item_id]).get(item_id)
        story = Story(
            story_id=f"erased:{hashlib.sha256(item_id.encode()).hexdigest()[:40]}",
            revision=0,
            headline="",
            lead="",
            lane=assessment.lane,
            tone=assessment.tone,
            severity=assessment.severity,
            reach=Reach.R0,
            first_published_at=item.time,
            last_published_at=item.time,
            lead_item_id=item_id,
            items=1,
            families=1,
            outlets=1,
            fields=assessment.fields,
            agency_codes=assessment.agency_codes,
        )
        self._tx.stories.put(story, [Member(item_id=item_id, story_id=story.story_id, family_id=item_id[:80])], now=now)
        if before is not None and before.story_id != story.story_id:
            self.relink(member.item_id for member in self._tx.stories.members(before.story_id))

    def _states(self, item_ids: Sequence[str]) -> dict[str, Mapping[str, Any]]:
        table = tb.items
        query = sa.select(
            table.c.item_id, table.c.version, table.c.revision, table.c.published_at, table.c.collected_at
        ).where(table.c.item_id.in_(item_ids))
        if not self._tx.sqlite:
            query = query.with_for_update()
        return {row["item_id"]: dict(row) for row in self._db.execute(query).mappings()}

    def _corrected(self, item_ids: Iterable[str]) -> set[tuple[str, int]]:
        table = tb.assessments
        query = sa.select(table.c.item_id, table.c.version).where(
            table.c.item_id.in_(list(item_ids)), table.c.corrected_by.is_not(None)
        )
        return {(item_id, version) for item_id, version in self._db.execute(query)}

    def _set_link(self, item_ids: Iterable[str], state: str) -> None:
        table = tb.assessments
        for batch in chunks(item_ids):
            where = sa.and_(table.c.item_id.in_(batch), table.c.link_state == "pending")
            self._db.execute(sa.update(table).where(where).values(link_state=state))

    def _pairs(self, where: sa.ColumnElement[bool], *order: Any) -> Iterator[Assessed]:
        query = (
            sa.select(tb.assessments)
            .add_columns(*_item_columns())
            .join(tb.items, _CURRENT)
            .where(where)
            .order_by(*order)
        )
        for row in self._db.execute(query).mappings():
            yield _pair(row)


_CURRENT = sa.and_(
    tb.items.c.item_id == tb.assessments.c.item_id,
    tb.items.c.version == tb.assessments.c.version,
)
_KEPT = tb.items.c.erased_at.is_(None)
_WORDS = ("relevance_reason", "lane_reasons", "places", "spans", "harms", "rescue", "signals")
_PREFIX = "i_"


def _item_columns() -> list[sa.Label[Any]]:
    return [column.label(f"{_PREFIX}{column.name}") for column in tb.items.c]


def _pair(row: Mapping[Any, Any]) -> Assessed:
    item = {name.removeprefix(_PREFIX): value for name, value in row.items() if name.startswith(_PREFIX)}
    return Assessed(_item(item), from_columns(Assessment, row))


def _redacted(assessment: Assessment) -> Assessment:
    return replace(
        assessment,
        relevance_reason="",
        lane_reasons=(),
        places=(),
        spans=(),
        harms=tuple(replace(finding, spans=(), reasons=(), artefacts=()) for finding in assessment.harms),
        rescue=None,
        signals=(),
    )
