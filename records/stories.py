"""Stories, their members, and what ``link`` needs to find the next member fast."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from records import tables as tb
from records.codec import from_columns, to_columns
from records.errors import UnknownRecord
from records.repository import Repository, chunks
from records.types import Member, Story


class Stories(Repository):
    """Stories in their newest revision; an item is a member of one story at most."""

    def put(self, story: Story, members: Sequence[Member] = (), *, now: datetime) -> Story:
        """Store a story and the members that this revision adds or moves; return it with its new revision.

        ``story.revision`` is ignored: the stored one grows by one. Members that are not named stay (a story of 500
        copies is not rewritten for the 501st); ``remove`` takes members out. The named items count as linked as they
        now are, and index writes of the story and of them are queued in this transaction.
        """
        return self.put_many([(story, members)], now=now)[0]

    def put_many(self, changes: Sequence[tuple[Story, Sequence[Member]]], *, now: datetime) -> list[Story]:
        """Store many stories as ``put`` does, in few statements; of a story named twice the last one counts."""
        latest = {story.story_id: story for story, _ in changes}
        revisions = self._revisions(latest)
        stored = {
            key: replace(story, revision=revisions.get(key, 0) + 1, updated_at=now) for key, story in latest.items()
        }
        self._upsert(tb.stories, [to_columns(story) for story in stored.values()])
        moved = {member.item_id: member for _, members in changes for member in members}
        self._upsert(tb.members, [to_columns(member) for member in moved.values()])
        self._tx.assessments.set_aside(moved)
        self._tx.items.bump(moved, now)
        self._tx.quarantine.clear("link", moved)
        self._tx.outbox.put_index("story", [(key, story.revision) for key, story in stored.items()], now)
        return [stored[story.story_id] for story, _ in changes]

    def remove(self, item_ids: Iterable[str], *, now: datetime) -> set[str]:
        """Take items out of their stories.

        Return the stories concerned, which the caller counts anew and ``put``s (or ``drop``s).
        """
        touched: set[str] = set()
        gone: list[str] = []
        table = tb.members
        for batch in chunks(item_ids):
            statement = sa.delete(table).where(table.c.item_id.in_(batch)).returning(table.c.item_id, table.c.story_id)
            for item_id, story_id in self._db.execute(statement):
                gone.append(item_id)
                touched.add(story_id)
        self._tx.items.bump(sorted(gone), now)
        return touched

    def drop(self, story_id: str, *, now: datetime) -> None:
        """Delete a story that lost its last member. Raises ``UnknownRecord``."""
        revision = self._revisions([story_id]).get(story_id)
        if revision is None:
            raise UnknownRecord(f"no story {story_id!r}")
        self._db.execute(sa.delete(tb.stories).where(tb.stories.c.story_id == story_id))
        self._tx.outbox.put_index("story", [(story_id, revision + 1)], now)

    def get(self, story_id: str) -> Story:
        """Return a story. Raises ``UnknownRecord``."""
        found = self.get_many([story_id]).get(story_id)
        if found is None:
            raise UnknownRecord(f"no story {story_id!r}")
        return found

    def get_many(self, story_ids: Iterable[str]) -> dict[str, Story]:
        """Return the known ones of many stories, by id."""
        found: dict[str, Story] = {}
        for batch in chunks(story_ids):
            for story in self._select(tb.stories.c.story_id.in_(batch)):
                found[story.story_id] = story
        return found

    def active(self, since: datetime, until: datetime | None = None) -> list[Story]:
        """Return the stories with members published from ``since`` (to ``until``, exclusive), newest first."""
        where = tb.stories.c.last_published_at >= since
        if until is not None:
            where = sa.and_(where, tb.stories.c.first_published_at < until)
        return self._select(where, order=(tb.stories.c.last_published_at.desc(), tb.stories.c.story_id))

    def members(self, story_id: str) -> list[Member]:
        """Return the members of a story, family by family."""
        return self.members_of([story_id]).get(story_id, [])

    def members_of(self, story_ids: Iterable[str]) -> dict[str, list[Member]]:
        """Return the members of many stories, by story."""
        table = tb.members
        found: dict[str, list[Member]] = {}
        for batch in chunks(story_ids):
            query = (
                sa.select(table)
                .where(table.c.story_id.in_(batch))
                .order_by(table.c.story_id, table.c.family_id, table.c.item_id)
            )
            for row in self._db.execute(query).mappings():
                found.setdefault(row["story_id"], []).append(from_columns(Member, row))
        return found

    def member_of(self, item_ids: Iterable[str]) -> dict[str, Member]:
        """Return where items belong, by item; unlinked ones are left out."""
        table = tb.members
        found: dict[str, Member] = {}
        for batch in chunks(item_ids):
            for row in self._db.execute(sa.select(table).where(table.c.item_id.in_(batch))).mappings():
                found[row["item_id"]] = from_columns(Member, row)
        return found

    def changed_since_proposal(self, limit: int) -> list[Story]:
        """Return stories of which ``propose`` has not seen the newest revision, longest waiting first."""
        return self._changed(tb.stories.c.proposed_revision, limit)

    def mark_proposed(self, stories: Iterable[Story]) -> None:
        """Note that ``propose`` has seen these stories in the revision given."""
        self._mark("proposed_revision", stories)

    def changed_since_alert(self, limit: int) -> list[Story]:
        """Return stories of which ``alert`` has not seen the newest revision, longest waiting first."""
        return self._changed(tb.stories.c.alerted_revision, limit)

    def mark_alerted(self, stories: Iterable[Story]) -> None:
        """Note that ``alert`` has seen these stories in the revision given."""
        self._mark("alerted_revision", stories)

    def state(self, story_id: str) -> bytes | None:
        """Return what ``link`` keeps about a story (its own format), or None."""
        return self.states([story_id]).get(story_id)

    def states(self, story_ids: Iterable[str]) -> dict[str, bytes]:
        """Return what ``link`` keeps about many stories, by story."""
        table = tb.stories
        found: dict[str, bytes] = {}
        for batch in chunks(story_ids):
            query = sa.select(table.c.story_id, table.c.state).where(
                table.c.story_id.in_(batch), table.c.state.is_not(None)
            )
            found.update((key, state) for key, state in self._db.execute(query))
        return found

    def put_states(self, states: Sequence[tuple[str, bytes]]) -> None:
        """Keep what ``link`` wants to know about stories next time: (story_id, bytes) each; no new revision."""
        if states:
            table = tb.stories
            statement = (
                sa.update(table)
                .where(table.c.story_id == sa.bindparam("b_story"))
                .values(state=sa.bindparam("b_state"))
            )
            self._db.execute(statement, [{"b_story": key, "b_state": state} for key, state in states])

    def put_signature(self, item_id: str, blob: bytes, keys: Sequence[int], at: datetime) -> None:
        """Keep the signature of an item under its look-up keys; see ``put_signatures``."""
        self.put_signatures([(item_id, blob, keys, at)])

    def put_signatures(self, signatures: Sequence[tuple[str, bytes, Sequence[int], datetime]]) -> None:
        """Keep signatures: (item_id, blob, keys, time of the item) each, replacing older ones.

        Keys are integers of 64 bits, signed or not.
        """
        table = tb.signatures
        for batch in chunks(signatures):
            ids = [item_id for item_id, _, _, _ in batch]
            known = sa.select(table.c.signature_id).where(table.c.item_id.in_(ids))
            replaced = list(self._db.execute(known).scalars())
            if replaced:
                self._db.execute(sa.delete(table).where(table.c.signature_id.in_(replaced)))
            rows = [{"item_id": item_id, "blob": blob, "at": at} for item_id, blob, _, at in batch]
            made = tb.signatures.insert().returning(table.c.item_id, table.c.signature_id)
            numbers = {row.item_id: row.signature_id for row in self._db.execute(made, rows)}
            keys = {(_signed(key), numbers[item_id]) for item_id, _, keys, _ in batch for key in keys}
            self._db.execute(
                tb.signature_keys.insert(), [{"key": key, "signature_id": number} for key, number in sorted(keys)]
            )

    def candidates(self, keys: Sequence[int], since: datetime, limit: int = 200) -> list[tuple[str, bytes]]:
        """Return (item_id, blob) of signatures that share a key and are not older than ``since``, newest first.

        ``limit`` bounds what one common phrase can cost.
        """
        table = tb.signatures
        shared = sa.select(tb.signature_keys.c.signature_id).where(
            tb.signature_keys.c.key.in_([_signed(key) for key in keys])
        )
        query = (
            sa.select(table.c.item_id, table.c.blob)
            .where(table.c.signature_id.in_(shared), table.c.at >= since)
            .order_by(table.c.at.desc(), table.c.item_id)
            .limit(limit)
        )
        return [(item_id, blob) for item_id, blob in self._db.execute(query)]

    def signatures(self, since: datetime) -> list[tuple[str, bytes]]:
        """Return (item_id, blob) of all signatures not older than ``since``, oldest first.

        To fill a window in memory.
        """
        table = tb.signatures
        query = (
            sa.select(table.c.item_id, table.c.blob).where(table.c.at >= since).order_by(table.c.at, table.c.item_id)
        )
        return [(item_id, blob) for item_id, blob in self._db.execute(query)]

    def scan(self, after: str = "", limit: int = 1000) -> list[Story]:
        """Return stories by ascending id, after an id: for rebuilding what is derived."""
        return self._select(tb.stories.c.story_id > after, order=(tb.stories.c.story_id,), limit=limit)

    def blank(self, where: sa.ColumnElement[bool], now: datetime) -> int:
        """Blank headline, lead and link state of stories under a condition, as a new revision; return how many.

        The headlines of their alerts go with them.
        """
        table = tb.stories
        statement = (
            sa.update(table)
            .where(where)
            .values(headline="", lead="", state=None, revision=table.c.revision + 1, updated_at=now)
            .returning(table.c.story_id, table.c.revision)
        )
        changed = [(row[0], row[1]) for row in self._db.execute(statement)]
        self._tx.outbox.put_index("story", changed, now)
        for batch in chunks(story_id for story_id, _ in changed):
            alerts = sa.update(tb.alerts).where(tb.alerts.c.story_id.in_(batch))
            self._db.execute(alerts.values(headline=""))
        return len(changed)

    def _revisions(self, story_ids: Iterable[str]) -> dict[str, int]:
        table = tb.stories
        found: dict[str, int] = {}
        for batch in chunks(story_ids):
            query = sa.select(table.c.story_id, table.c.revision).where(table.c.story_id.in_(batch))
            if not self._tx.sqlite:
                query = query.with_for_update()
            found.update((key, revision) for key, revision in self._db.execute(query))
        return found

    def _select(
        self, where: sa.ColumnElement[bool], *, order: Sequence[Any] = (), limit: int | None = None
    ) -> list[Story]:
        query = sa.select(*_STORY).where(where).order_by(*order).limit(limit)
        return [from_columns(Story, row) for row in self._db.execute(query).mappings()]

    def _changed(self, cursor: sa.Column[int], limit: int) -> list[Story]:
        return self._select(
            cursor < tb.stories.c.revision, order=(tb.stories.c.updated_at, tb.stories.c.story_id), limit=limit
        )

    def _mark(self, cursor: str, stories: Iterable[Story]) -> None:
        rows = [{"b_story": story.story_id, "b_revision": story.revision} for story in stories]
        if rows:
            table = tb.stories
            statement = (
                sa.update(table)
                .where(table.c.story_id == sa.bindparam("b_story"), table.c[cursor] < sa.bindparam("b_revision"))
                .values({cursor: sa.bindparam("b_revision")})
            )
            self._db.execute(statement, rows)


_STORY = [column for column in tb.stories.c if column.name not in ("state", "proposed_revision", "alerted_revision")]


def _signed(key: int) -> int:
    """Map an integer of 64 bits, signed or not, to the database's signed one."""
    return (key & 0xFFFFFFFFFFFFFFFF) - (1 << 64) if key & (1 << 63) else key & 0xFFFFFFFFFFFFFFFF
