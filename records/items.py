"""Publications: stored once, in versions, findable under every URL that led to them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from records import tables as tb
from records.codec import from_columns
from records.errors import BadUrl, UnknownRecord
from records.hiding import FLAG, Hiding, next_number
from records.identity import item_id, stored_url, url_id
from records.quarantine import Quarantine
from records.repository import Repository, chunks
from records.types import (
    BodyKind,
    Capture,
    Channel,
    Engagement,
    EvidenceRef,
    Item,
    MaskKind,
    Reach,
    SealedValue,
)


class Outcome(StrEnum):
    """What storing a capture did. ALIAS: nothing new but the URL, which is now another name of a known item."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    ALIAS = "alias"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """Where a capture went: the item, its newest version, and what happened."""

    item_id: str
    version: int
    outcome: Outcome


class Items(Repository):
    """Items, their versions and aliases."""

    def store(self, capture: Capture, now: datetime) -> Stored:
        """Store one capture collected at ``now``.

        A new URL or native id is a new item; changed words are a new version and the old one is kept; the same words
        only refresh the counters. A LEAD never replaces a FULL text; a FULL text replaces its LEAD as a new version.
        The poster becomes a keyed hash, sealed values are encrypted. Raises ``BadUrl``.
        """
        return self.store_many([capture], now)[0]

    def store_many(self, captures: Iterable[Capture], now: datetime) -> list[Stored]:
        """Store captures in their order, in few statements; the result has one entry per capture."""
        results: list[Stored] = []
        batch: list[_Incoming] = []
        seen: set[str] = set()
        for capture in captures:
            incoming = _incoming(capture)
            names = {incoming.key, *incoming.aliases}
            if not seen.isdisjoint(names) or len(batch) >= 250:
                results += self._store_batch(batch, now)
                batch, seen = [], set()
            batch.append(incoming)
            seen |= names
        if batch:
            results += self._store_batch(batch, now)
        return results

    def get(self, item_id: str) -> Item:
        """Return an item in its newest version. Raises ``UnknownRecord``."""
        found = self.get_many([item_id]).get(item_id)
        if found is None:
            raise UnknownRecord(f"no item {item_id!r}: it was never stored, or has expired")
        return found

    def get_many(self, item_ids: Iterable[str]) -> dict[str, Item]:
        """Return the known ones of many items, by id."""
        found: dict[str, Item] = {}
        for batch in chunks(item_ids):
            for row in self._db.execute(sa.select(tb.items).where(tb.items.c.item_id.in_(batch))).mappings():
                found[row["item_id"]] = _item(row)
        return found

    def find(self, url: str) -> str | None:
        """Return the id of the item that a URL leads to (its own or an alias), or None. Raises ``BadUrl``."""
        return self._resolve([url_id(url)]).get(url_id(url))

    def versions(self, item_id: str) -> list[Item]:
        """Return all versions of an item, oldest first; the last one is the current one. Raises ``UnknownRecord``."""
        current = self._db.execute(sa.select(tb.items).where(tb.items.c.item_id == item_id)).mappings().first()
        if current is None:
            raise UnknownRecord(f"no item {item_id!r}: it was never stored, or has expired")
        old = (
            sa.select(tb.item_versions)
            .where(tb.item_versions.c.item_id == item_id)
            .order_by(tb.item_versions.c.version)
        )
        return [_item({**current, **row}) for row in self._db.execute(old).mappings()] + [_item(current)]

    def withdraw(self, item_id: str, at: datetime) -> bool:
        """Note that the source took the item down (404, 410); its text stays.

        False where it was noted or never stored.
        """
        table = tb.items
        statement = (
            sa.update(table)
            .where(table.c.item_id == item_id, table.c.withdrawn_at.is_(None))
            .values(withdrawn_at=at, revision=table.c.revision + 1)
            .returning(table.c.revision)
        )
        revision = self._db.execute(statement).scalar()
        if revision is None:
            return False
        self._tx.outbox.put_index("item", [(item_id, revision)], at)
        return True

    def pending_assessment(self, model_version: str, now: datetime, limit: int) -> list[Item]:
        """Return items whose newest version this model has not assessed, in order of collection.

        Leaves out what waits in quarantine of the stage ``assess``, and what was erased or has expired.
        """
        table = tb.items
        found: list[Item] = []
        # Never assessed first; then those of other models, as two ranges, so that every part walks the index.
        for part in (
            table.c.assessed_model == "",
            sa.and_(table.c.assessed_model > "", table.c.assessed_model < model_version),
            table.c.assessed_model > model_version,
        ):
            query = (
                sa.select(table)
                .where(
                    part,
                    table.c.erased_at.is_(None),
                    table.c.expired_at.is_(None),
                    ~Quarantine.waiting("assess", table.c.item_id, now),
                )
                .order_by(table.c.assessed_model, table.c.collected_at, table.c.item_id)
                .limit(limit - len(found))
            )
            found += [_item(row) for row in self._db.execute(query).mappings()]
            if len(found) >= limit:
                break
        return found

    def collected(self, start: datetime, end: datetime) -> Iterator[Item]:
        """Yield the items first collected from ``start`` (inclusive) to ``end`` (exclusive), in order."""
        table = tb.items
        query = (
            sa.select(table)
            .where(table.c.collected_at >= start, table.c.collected_at < end)
            .order_by(table.c.collected_at, table.c.item_id)
        )
        for row in self._db.execute(query).mappings():
            yield _item(row)

    def changed(self, start: datetime, end: datetime) -> dict[str, datetime]:
        """Return, by id, when items were edited from ``start`` (inclusive) to ``end`` (exclusive).

        An edit is new words in a text of the same kind: a full text that replaces its lead is none, a mask is none.
        """
        new, old = tb.items, tb.item_versions
        before = sa.exists().where(
            old.c.item_id == new.c.item_id, old.c.body_kind == new.c.body_kind, old.c.changed_at < new.c.changed_at
        )
        query = sa.select(new.c.item_id, new.c.changed_at).where(
            new.c.changed_at >= start, new.c.changed_at < end, new.c.version > 1, before
        )
        return {row.item_id: row.changed_at for row in self._db.execute(query.order_by(new.c.item_id))}

    def scan(self, after: str = "", limit: int = 1000) -> list[Item]:
        """Return items by ascending id, after an id: for rebuilding what is derived."""
        query = sa.select(tb.items).where(tb.items.c.item_id > after).order_by(tb.items.c.item_id).limit(limit)
        return [_item(row) for row in self._db.execute(query).mappings()]

    def bulletins(self, now: datetime) -> list[Item]:
        """Return the newest item of every official series that is still valid at ``now``.

        Superseded ones do not count.
        """
        table = tb.items
        rank = (
            sa.func.row_number()
            .over(
                partition_by=table.c.bulletin,
                order_by=[sa.desc(sa.func.coalesce(table.c.published_at, table.c.collected_at)), table.c.item_id],
            )
            .label("rank")
        )
        newest = (
            sa.select(table.c.item_id, rank)
            .where(table.c.bulletin.is_not(None), table.c.withdrawn_at.is_(None), table.c.collected_at <= now)
            .subquery()
        )
        query = (
            sa.select(table)
            .join(newest, newest.c.item_id == table.c.item_id)
            .where(newest.c.rank == 1, sa.or_(table.c.valid_until.is_(None), table.c.valid_until > now))
            .order_by(table.c.bulletin)
        )
        return [_item(row) for row in self._db.execute(query).mappings()]

    def children(self, parent_id: str) -> list[Item]:
        """Return the comments under an item, oldest first."""
        table = tb.items
        query = sa.select(table).where(table.c.parent_id == parent_id).order_by(table.c.collected_at, table.c.item_id)
        return [_item(row) for row in self._db.execute(query).mappings()]

    def counts(self, start: datetime, end: datetime) -> dict[tuple[str, str], int]:
        """Return the number of items collected in a window per (channel, source_id)."""
        table = tb.items
        query = (
            sa.select(table.c.channel, table.c.source_id, sa.func.count())
            .where(table.c.collected_at >= start, table.c.collected_at < end)
            .group_by(table.c.channel, table.c.source_id)
        )
        return {(channel, source_id): number for channel, source_id, number in self._db.execute(query)}

    def erase(self, item_id: str, now: datetime) -> None:
        """Erase an item whose copy may not be kept (H6).

        Title, text, versions, sealed values, URL, findings' words and signature go at once.
        A content hash stays. The URL is sealed for the referral alone (``tx.sealed.open_url``) and goes when the
        referral is acknowledged. The archived response is marked for deletion. All in this transaction; the next
        ``expire`` empties the archive's bytes.
        """
        table = tb.items
        row = self._db.execute(sa.select(table).where(table.c.item_id == item_id)).mappings().first()
        if row is None:
            raise UnknownRecord(f"no item {item_id!r} to erase")
        if row["erased_at"] is not None:
            return
        self._mark_evidence(item_id, now)
        self._tx.sealed.erase([item_id])
        if row["url"]:
            self._tx.sealed.put_url(item_id, row["version"], row["url"], now)
        self.empty([item_id], now, erased_at=now, flags=["erased"])
        self._tx.stories.blank(tb.stories.c.lead_item_id == item_id, now)
        self._tx.audit.append("records", "erase", f"item:{item_id}", {"content_hash": row["content_hash"]}, now)
        self._tx.scrub = self._tx.compact = True

    def mask(self, item_id: str, start: int, end: int, now: datetime) -> Item:
        """Hide characters ``start`` to ``end`` (exclusive) of an item's text behind the next ``[PERSON:n]``; return it.

        The same words go wherever they stand in the item, in its older versions and in its assessment; the original is
        sealed. The masked text is a new version under the content hash of what was collected, so that the same words
        collected again are no news; an edited text gets the mask again while the seal lives. Raises ``UnknownRecord``,
        and ``ValueError`` for characters that are no whole words of one part of the text.
        """
        item = self.get(item_id)
        versions = self.versions(item_id)
        number = next_number([version.text for version in versions])
        number = max([number, *(n + 1 for kind, n in self._tx.sealed.kinds(item_id) if kind == MaskKind.PERSON)])
        hiding = Hiding(item.text[start:end], number)
        if not hiding.value.strip() or (start, end) not in hiding.finds(item.text) or "\n" in hiding.value:
            raise ValueError(
                f"characters {start} to {end} of item {item_id} are no whole words of one part of its text"
            )
        self._supersede([item_id])
        table = tb.item_versions
        for version in versions:
            here = sa.and_(table.c.item_id == item_id, table.c.version == version.version)
            self._db.execute(sa.update(table).where(here).values(_hidden(hiding, version)))
        flags = [*item.flags, f"{FLAG}{number}"]
        self.bump([item_id], now, version=item.version + 1, flags=flags, **_hidden(hiding, item))
        self._tx.sealed.put_many(
            item_id, item.version + 1, [SealedValue(kind=MaskKind.PERSON, number=number, value=hiding.value)], now
        )
        self._tx.assessments.carry(item, hiding)
        self._tx.scrub = True
        return self.get(item_id)

    def empty(self, item_ids: Sequence[str], now: datetime, **values: Any) -> None:
        """Take the words, URLs and old versions of items away; ids, counters, classes and the content hash stay.

        Under every name that led to it a later capture is still recognised, and stores nothing.
        """
        for batch in chunks(item_ids):
            self.bump(batch, now, **{**_EMPTY, **values})
            self._db.execute(sa.delete(tb.item_versions).where(tb.item_versions.c.item_id.in_(batch)))
            self._db.execute(sa.update(tb.aliases).where(tb.aliases.c.item_id.in_(batch)).values(url=None))
            self._db.execute(sa.delete(tb.signatures).where(tb.signatures.c.item_id.in_(batch)))
            self._tx.assessments.redact(batch)
        self._tx.scrub = True

    def is_erased(self, url: str) -> bool:
        """Tell whether a URL leads to an item that was erased: it is not to be fetched or archived again."""
        target = self.find(url)
        query = sa.select(tb.items.c.erased_at.is_not(None)).where(tb.items.c.item_id == target)
        return bool(self._db.execute(query).scalar())

    def bump(self, item_ids: Iterable[str], now: datetime, **values: Any) -> None:
        """Raise the revision of items (and set columns), and queue their index writes."""
        table = tb.items
        for batch in chunks(item_ids):
            statement = (
                sa.update(table)
                .where(table.c.item_id.in_(batch))
                .values(revision=table.c.revision + 1, **values)
                .returning(table.c.item_id, table.c.revision)
            )
            self._tx.outbox.put_index("item", sorted((row[0], row[1]) for row in self._db.execute(statement)), now)

    def _mark_evidence(self, item_id: str, now: datetime) -> None:
        """Note the archived responses of all versions, to be overwritten."""
        for table in (tb.items, tb.item_versions):
            query = sa.select(table.c.evidence_file, table.c.evidence_offset, table.c.evidence_sha256).where(
                table.c.item_id == item_id, table.c.evidence_file.is_not(None)
            )
            for file, offset, digest in self._db.execute(query).all():
                self._mark_evidence_ref(EvidenceRef(file=file, offset=offset, sha256=digest), now)

    def _mark_evidence_ref(self, ref: EvidenceRef, now: datetime) -> None:
        row = {"file": ref.file, "record_offset": ref.offset, "sha256": ref.sha256, "marked_at": now}
        self._insert_new(tb.evidence_deletions, [row])

    def _resolve(self, names: Iterable[str]) -> dict[str, str]:
        """Return, for URL ids or native keys that are known, the item they lead to."""
        found: dict[str, str] = {}
        for batch in chunks(sorted(set(names))):
            query = sa.select(tb.items.c.item_id).where(tb.items.c.item_id.in_(batch))
            found.update((name, name) for name in self._db.execute(query).scalars())
            query2 = sa.select(tb.aliases.c.alias_id, tb.aliases.c.item_id).where(tb.aliases.c.alias_id.in_(batch))
            for alias, target in self._db.execute(query2):
                found.setdefault(alias, target)
        return found

    def _store_batch(self, batch: Sequence[_Incoming], now: datetime) -> list[Stored]:
        """Store captures that share no name with each other."""
        known = self._resolve(name for incoming in batch for name in (incoming.key, *incoming.aliases))
        targets = [next((known[name] for name in (one.key, *one.aliases) if name in known), one.key) for one in batch]
        if len(set(targets)) < len(targets):  # two captures of one item under different names: in turn
            return [stored for one in batch for stored in self._store_batch([one], now)]
        states = self._states(targets)
        new: list[dict[str, Any]] = []
        changed: list[dict[str, Any]] = []
        refreshed: list[dict[str, Any]] = []
        grown: list[str] = []
        alias_rows: list[dict[str, Any]] = []
        sealed: list[tuple[str, int, Capture]] = []
        results: list[Stored] = []
        for one, target in zip(batch, targets, strict=True):
            state = states.get(target)
            for name, url in one.aliases.items():
                if name != target and known.get(name) != target:
                    alias_rows.append({"alias_id": name, "item_id": target, "url": url})
            if state is None:
                new.append(self._new_row(one, target, now))
                sealed.append((target, 1, one.capture))
                results.append(Stored(item_id=target, version=1, outcome=Outcome.NEW))
                continue
            renamed = one.key != target and one.key not in known
            if renamed:
                alias_rows.append({"alias_id": one.key, "item_id": target, "url": one.url})
            if _says_more(one, state):
                version = state["version"] + 1
                one = self._hide_again(one, target, state["flags"], now)
                changed.append({"item": target, **one.content(now), **one.counters(), **one.validity(), "poster": None})
                sealed.append((target, version, one.capture))
                results.append(Stored(item_id=target, version=version, outcome=Outcome.CHANGED))
                continue
            if state["erased_at"] is None and _grew(one.capture.engagement, state):
                refreshed.append({"item": target, **one.counters(state)})
                if _reach(one.capture.engagement) != _reach(_engagement(state)):
                    grown.append(target)
            if state["erased_at"] is not None and one.capture.evidence is not None:
                self._mark_evidence_ref(one.capture.evidence, now)
            outcome = Outcome.ALIAS if renamed else Outcome.UNCHANGED
            results.append(Stored(item_id=target, version=state["version"], outcome=outcome))
        raced = self._insert_items(new)
        if changed:
            self._supersede([row["item"] for row in changed])
            self._update(
                changed,
                version=tb.items.c.version + 1,
                revision=tb.items.c.revision + 1,
                assessed_model="",
                withdrawn_at=None,
            )
        if refreshed:
            self._update(refreshed)
        if grown:
            self._tx.assessments.relink(grown)
        self._insert_new(tb.aliases, alias_rows)
        for target, version, capture in sealed:
            if target not in raced:
                self._tx.sealed.put_many(target, version, capture.sealed, now)
        return [
            self._store_batch([one], now)[0] if stored.item_id in raced else stored
            for one, stored in zip(batch, results, strict=True)
        ]

    def _insert_items(self, rows: list[dict[str, Any]]) -> set[str]:
        """Insert new items; return those that another writer of PostgreSQL inserted first, now to be met as known ones.

        In order of their ids, so that two writers wait for each other in one direction only.
        """
        if not rows:
            return set()
        ordered = sorted(rows, key=lambda row: str(row["item_id"]))
        statement = self._insert(tb.items).on_conflict_do_nothing().returning(tb.items.c.item_id)
        return {row["item_id"] for row in ordered} - set(self._db.execute(statement, ordered).scalars())

    def _states(self, item_ids: Sequence[str]) -> dict[str, Mapping[str, Any]]:
        """Return what deciding about a capture needs of each stored item, locked for this transaction."""
        table = tb.items
        query = sa.select(
            table.c.item_id,
            table.c.version,
            table.c.content_hash,
            table.c.body_kind,
            table.c.erased_at,
            table.c.expired_at,
            table.c.views,
            table.c.reactions,
            table.c.comments,
            table.c.shares,
            table.c.flags,
        ).where(table.c.item_id.in_(item_ids))
        if not self._tx.sqlite:
            query = query.with_for_update()
        return {row["item_id"]: dict(row) for row in self._db.execute(query).mappings()}

    def _new_row(self, one: _Incoming, target: str, now: datetime) -> dict[str, Any]:
        capture = one.capture
        poster = (
            self._tx.keys.poster_hash(capture.platform or capture.source_id, capture.poster, now)
            if capture.poster
            else None
        )
        return {
            "item_id": target,
            "version": 1,
            "revision": 1,
            "source_id": capture.source_id,
            "channel": capture.channel.value,
            **one.content(now),
            **one.counters(),
            **one.validity(),
            "collected_at": now,
            "parent_id": capture.parent_id,
            "poster_hash": poster,
            "added_by": capture.added_by,
        }

    def _hide_again(self, one: _Incoming, item_id: str, flags: Sequence[str], now: datetime) -> _Incoming:
        """Return an edited text with everything hidden that a person hid before and the seal still knows."""
        capture = one.capture
        for flag in flags:
            if not flag.startswith(FLAG):
                continue
            value = self._tx.sealed.again(item_id, MaskKind.PERSON, int(flag.removeprefix(FLAG)), now)
            if value is None:
                continue
            taken = [sealed.number for sealed in capture.sealed if sealed.kind is MaskKind.PERSON]
            number = max([next_number((capture.title, capture.lead, capture.body)), *(n + 1 for n in taken)])
            hidden: dict[str, Any] = _hidden(Hiding(value, number), capture)
            capture = replace(
                capture,
                **hidden,
                sealed=(*capture.sealed, SealedValue(kind=MaskKind.PERSON, number=number, value=value)),
                flags=(*capture.flags, f"{FLAG}{number}"),
            )
        return replace(one, capture=capture)

    def _supersede(self, item_ids: Sequence[str]) -> None:
        """Copy the current versions to the table of old ones."""
        names = ["item_id", "version", *tb.CONTENT]
        current = sa.select(*(tb.items.c[name] for name in names)).where(tb.items.c.item_id.in_(item_ids))
        self._db.execute(tb.item_versions.insert().from_select(names, current))

    def _update(self, rows: list[dict[str, Any]], **more: Any) -> None:
        names = [name for name in rows[0] if name not in ("item", "poster")]
        values = {name: sa.bindparam(f"b_{name}", type_=tb.items.c[name].type) for name in names}
        statement = sa.update(tb.items).where(tb.items.c.item_id == sa.bindparam("b_item")).values(**values, **more)
        self._db.execute(statement, [{f"b_{name}": value for name, value in row.items()} for row in rows])


_EMPTY: dict[str, Any] = {
    "url": None,
    "title": "",
    "lead": "",
    "body": "",
    "section": "",
    "evidence_file": None,
    "evidence_offset": None,
    "evidence_sha256": None,
    "poster_hash": None,
}
_COUNTERS = ("views", "reactions", "comments", "shares")


@dataclass(frozen=True, slots=True)
class _Incoming:
    """A capture with its id, the URL that may be stored, and its other names."""

    capture: Capture
    key: str
    url: str | None
    aliases: dict[str, str | None]
    digest: str

    def content(self, now: datetime) -> dict[str, Any]:
        capture = self.capture
        evidence = capture.evidence
        return {
            "url": self.url,
            "title": _clean(capture.title),
            "lead": _clean(capture.lead),
            "body": _clean(capture.body),
            "body_kind": capture.body_kind.value,
            "published_at": capture.published_at,
            "published_precision": capture.published_precision.value,
            "changed_at": now,
            "content_hash": self.digest,
            "section": _clean(capture.section),
            "evidence_file": evidence.file if evidence else None,
            "evidence_offset": evidence.offset if evidence else None,
            "evidence_sha256": evidence.sha256 if evidence else None,
            "flags": list(capture.flags),
        }

    def counters(self, state: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Return the counters, keeping the stored ones where the source shows none now."""
        shown = {name: getattr(self.capture.engagement, name) for name in _COUNTERS}
        return {name: value if value is not None or state is None else state[name] for name, value in shown.items()}

    def validity(self) -> dict[str, Any]:
        return {"bulletin": self.capture.bulletin, "valid_until": self.capture.valid_until}


def content_hash(capture: Capture) -> str:
    """Return the sha256 (hex) of what makes a version: title, lead, body and kind of body."""
    words = "\x1f".join((_clean(capture.title), _clean(capture.lead), _clean(capture.body), capture.body_kind))
    return hashlib.sha256(words.encode()).hexdigest()


def _incoming(capture: Capture) -> _Incoming:
    aliases: dict[str, str | None] = {}
    for url in capture.aliases:
        try:
            aliases[url_id(url)] = stored_url(url, capture.channel)
        except BadUrl:
            continue
    key = item_id(capture)
    if capture.url and capture.native_id:
        aliases[url_id(capture.url)] = stored_url(capture.url, capture.channel)
    aliases.pop(key, None)
    shown = stored_url(capture.url, capture.channel) if capture.url else None
    return _Incoming(capture, key, shown, aliases, content_hash(capture))


def _says_more(one: _Incoming, state: Mapping[str, Any]) -> bool:
    """Tell whether a capture is a new version: other words, unless they are only the lead of a text we have in full."""
    if state["erased_at"] is not None or state["expired_at"] is not None:
        return False
    if one.capture.body_kind is BodyKind.LEAD and state["body_kind"] == BodyKind.FULL:
        return False
    return bool(one.digest != state["content_hash"])


def _clean(text: str) -> str:
    """Drop what no database takes: NUL, and halves of surrogate pairs (from broken JSON escapes)."""
    if "\x00" in text:
        text = text.replace("\x00", "")
    try:
        text.encode()
    except UnicodeEncodeError:
        text = text.encode("utf-8", "replace").decode()
    return text


def _hidden(hiding: Hiding, said: Item | Capture) -> dict[str, str]:
    return {name: hiding.within(getattr(said, name)) for name in ("title", "lead", "body")}


def _engagement(row: Mapping[Any, Any]) -> Engagement:
    return Engagement(views=row["views"], reactions=row["reactions"], comments=row["comments"], shares=row["shares"])


def _grew(engagement: Engagement, state: Mapping[str, Any]) -> bool:
    return any(getattr(engagement, name) not in (None, state[name]) for name in _COUNTERS)


def _reach(engagement: Engagement) -> Reach:
    """Return the reach class of the counters alone (``domain.md`` §5.4).

    Crossing into another one makes the story count anew.
    """
    most = max(
        engagement.views or 0, (engagement.reactions or 0) + (engagement.comments or 0) + (engagement.shares or 0)
    )
    return Reach.R3 if most >= 100_000 else Reach.R2 if most >= 10_000 else Reach.R1 if most >= 1_000 else Reach.R0


def _item(row: Mapping[Any, Any]) -> Item:
    values = dict(row)
    values["engagement"] = _engagement(row)
    values["evidence"] = (
        EvidenceRef(file=row["evidence_file"], offset=row["evidence_offset"], sha256=row["evidence_sha256"])
        if row["evidence_file"]
        else None
    )
    values["channel"] = Channel(row["channel"])
    return from_columns(Item, values)
