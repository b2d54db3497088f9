"""Constraint 5: what isn't kept can't be demanded. Kind by kind: ``tests/records/test_expire.py``; here: the whole folder."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path

import provinces
import search
from demo.profile import FOLDER
from records import Records, VirtualClock, expire
from records.types import Channel
from search.documents import item_documents
from tests.constraints.house import EVENING, RESIDENTS, House, entries, ids
from tests.constraints.test_01_no_person_layer import numbers


def copied(house: House, folder: Path) -> Records:
    """Return the records of a copy of the house, to let time pass there."""
    shutil.copytree(house.folder, folder)
    return Records.open(folder, province=house.province.key)


def test_after_31_days_no_word_of_an_undisputed_post_is_left(machine: House, tmp_path: Path) -> None:
    clock = VirtualClock(EVENING + timedelta(days=31))
    province = provinces.load(FOLDER)
    with copied(machine, tmp_path / "data") as records:
        with records.read() as tx:
            under_suspicion = {
                item.item_id for item in tx.items.scan() if any(one.harm for one in tx.proposals.of_item(item.item_id))
            }
            before = {item.item_id: item for item in tx.items.scan() if item.channel is Channel.SOCIAL}
        expire.run(records, province, clock)
        engine = search.EmbeddedEngine(tmp_path / "data" / "search", province.timezone)
        search.run(records, province, clock, engine)
        with records.read() as tx:
            after = tx.items.get_many(before)
            documents = item_documents(tx, province, before)
        gone = set(before) - under_suspicion
        assert len(gone) > 90
        assert len(after) == len(before)  # the row stays: it is counted, and recognised when it is collected again
        assert [item_id for item_id in gone if after[item_id].text or after[item_id].url] == []
        assert [item_id for item_id in gone if documents[item_id] is not None] == []
        assert all(item.poster_hash is None for item in after.values())
        words = before[ids()["xn-rac-1"]].body.split()[:6]
        assert engine.search(search.Query(text=search.parse(f'"{" ".join(words)}"'))).total == 0
        engine.close()
    database = b"".join(path.read_bytes() for path in (tmp_path / "data").glob("records.sqlite*"))
    left = [
        entry.key
        for entry in entries(*RESIDENTS)
        if (item_id := ids()[entry.key]) in gone and before[item_id].body[20:60].encode() in database
    ]
    assert left == []


def test_after_a_year_no_suspicion_of_a_resident_is_left_either(machine: House, tmp_path: Path) -> None:
    clock = VirtualClock(EVENING + timedelta(days=366))
    with copied(machine, tmp_path / "data") as records:
        expire.run(records, None, clock)
        with records.read() as tx:
            items = list(tx.items.scan())
            proposals = [one for item in items for one in tx.proposals.of_item(item.item_id)]
    assert [item for item in items if item.channel is Channel.SOCIAL and (item.text or item.url)] == []
    assert proposals and {one.rationale for one in proposals} == {""}
    assert any(item.text for item in items if item.channel is Channel.PRESS)


def test_sealed_numbers_and_their_keys_are_gone_after_30_days(machine: House, tmp_path: Path) -> None:
    with copied(machine, tmp_path / "data") as records:
        with records.read() as tx:
            sealed = {item.item_id for item in tx.items.scan() if tx.sealed.kinds(item.item_id)}
        assert len(sealed) >= len(numbers()) // 4
        expire.run(records, None, VirtualClock(EVENING + timedelta(days=61)))
        with records.read() as tx:
            assert [item_id for item_id in sealed if tx.sealed.kinds(item_id)] == []
    assert not list((tmp_path / "data" / "keys").glob("*-*.key"))


def test_periods_are_no_setting() -> None:
    """A deployment cannot keep longer by configuration: periods are constants of the code."""
    from dataclasses import fields

    from langnghe.settings import Settings

    assert not [one.name for one in fields(Settings) if any(word in one.name for word in ("days", "keep", "retention"))]
