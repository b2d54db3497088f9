"""Constraint 1: there is no layer of persons, in any type, any column, any file, any query.

The schema on both databases is looked at by ``tests/records/test_store.py``, poster hashes and their seven days by
``tests/records/test_items.py`` and ``test_expire.py``; here the whole data folder of a crawl is.
"""

from __future__ import annotations

import base64
import dataclasses
import email
import email.policy
import gzip
import json
import re
import subprocess
from collections.abc import Iterator
from importlib.resources import files
from types import ModuleType

import pytest

import provinces.types
import records.assessments
import records.outward
import records.types
import reports.model
import search
import text
from records import Records, VirtualClock
from records.expire import run as expire
from records.keys import POSTER_DAYS
from records.types import Channel
from search import port, query
from tests.constraints.house import EVENING, RESIDENTS, WORLD, House, entries
from tests.records.build import DAY, NOW, post, store

PERSON_WORDS = re.compile(
    r"author|handle|\buser|account|follow|friend|nick|screen_name|display_name|face(?!t)|voice|avatar|poster|birth|gender"
    r"|relig|ethnic|politic|opinion|location_of|tac_gia|nguoi_dang"
)


def names(module: ModuleType) -> Iterator[str]:
    """Yield ``Class.field`` of every dataclass that a module defines."""
    for kind in vars(module).values():
        if isinstance(kind, type) and dataclasses.is_dataclass(kind) and kind.__module__ == module.__name__:
            yield from (f"{kind.__name__}.{field.name}" for field in dataclasses.fields(kind))


def test_no_type_has_a_field_for_who_wrote_a_post() -> None:
    modules = (records.types, records.outward, records.assessments, reports.model, port, provinces.types)
    found = {name for module in modules for name in names(module) if PERSON_WORDS.search(name.lower())}
    assert found == {"Capture.poster", "Item.poster_hash"}  # the first is dropped at storing, the second lives 7 days


def test_what_the_cyber_team_gets_has_no_field_for_a_person_or_a_text() -> None:
    schema = json.loads((files("alerts") / "alert.schema.json").read_text("utf-8"))
    assert schema["additionalProperties"] is False
    fields = set(schema["properties"])
    assert not {name for name in fields if PERSON_WORDS.search(name)}
    assert not fields & {"text", "body", "title", "headline", "quote", "summary", "item_id", "sealed"}


@pytest.mark.parametrize(
    "typed",
    ["author:an", "user:an", "handle:an", "person:an", "poster:ab", "nick:an", "name:an", "by:an", "account:1"],
)
def test_the_query_language_has_no_field_for_persons(typed: str) -> None:
    with pytest.raises(query.QueryError):
        search.parse(typed)
    assert not {name for name in query.KEYWORD_FIELDS if PERSON_WORDS.search(name)}


def test_no_index_entry_has_a_key_beyond_the_query_language(machine: House) -> None:
    from search.documents import item_documents

    with machine.records.read() as tx:
        documents = item_documents(tx, machine.province, (item.item_id for item in tx.items.scan()))
    used = {key for document in documents.values() if document for key in document.keywords}
    assert len(documents) > 150
    assert used <= query.KEYWORD_FIELDS


def readable(house: House) -> dict[str, bytes]:
    """Return the data folder's files with archives unpacked, mails decoded and PDFs as text."""
    found = dict(house.files())
    for name, payload in list(found.items()):
        if name.endswith(".gz"):
            found[name] = gzip.decompress(payload)
        elif name.endswith(".eml"):
            mail = email.message_from_bytes(payload, policy=email.policy.default)
            parts = [part.get_content() for part in mail.walk() if part.get_content_maintype() == "text"]
            found[name] += "\n".join(str(part) for part in parts).encode()
        elif name.endswith(".pdf"):
            path = house.folder / name
            found[name] += subprocess.run(["pdftotext", str(path), "-"], capture_output=True, check=True).stdout
    return found


def where(house: House, needles: set[str]) -> dict[str, list[str]]:
    """Return the files that hold each needle as UTF-8; needles that no file holds are left out."""
    seen = readable(house)
    hits = {needle: [name for name, data in seen.items() if needle.encode() in data] for needle in needles}
    return {needle: found for needle, found in hits.items() if found}


def handles() -> set[str]:
    """Return the nicks and channel ids beside the demo's public posts, less those that the posts themselves say."""
    nicks = {entry.nick for entry in entries(*RESIDENTS) if entry.nick}
    said = " ".join(
        [
            *(version.title + version.lead + version.body for entry in WORLD.entries for version in entry.versions),
            *(thread.title + thread.channel for thread in WORLD.threads.values()),
            *(entry.channel for entry in WORLD.entries),
        ]
    )
    # As the demo's video platform builds its channel ids (demo/pages.py).
    channels = {f"UC-demo-{base64.b32encode(nick.encode()).decode().rstrip('=')[:18]}" for nick in nicks}
    return {nick for nick in nicks if nick not in said} | channels | {"UC-demo-"}


def numbers() -> set[str]:
    """Return the telephone, identity and account numbers in the demo's public posts, as written and in digits alone."""
    words = "\n".join(version.body for entry in entries(*RESIDENTS) for version in entry.versions)
    found = set(re.findall(r"0900[ .]?\d{3}[ .]?\d{3}|\b000\d{9,12}\b", words))
    return found | {re.sub(r"\D", "", one) for one in found}


def test_the_needles_are_many_and_the_sites_really_show_them() -> None:
    assert len(handles()) > 120
    assert len(numbers()) > 15


def test_no_handle_of_a_resident_is_anywhere_in_the_data_folder(machine: House, decided: House) -> None:
    for house in (machine, decided):
        assert "records.sqlite-wal" in house.files()
        assert where(house, handles()) == {}


def test_no_number_of_a_resident_is_anywhere_in_the_data_folder_while_nobody_decided(machine: House) -> None:
    assert where(machine, numbers()) == {}


def test_the_only_numbers_that_leave_are_those_of_calls_for_rescue(decided: House) -> None:
    found = where(decided, numbers())
    assert {name.rpartition("/")[0] for names in found.values() for name in names} <= {"out/alerts/rescue"}
    assert {"0900 000 654", "0900 000 321", "0900 000 468"} == set(found)


def everything(house: House) -> list[records.types.Item]:
    with house.records.read() as tx:
        return tx.items.scan()


def test_the_index_finds_nobody(machine: House) -> None:
    engine = search.EmbeddedEngine(machine.folder / "search", machine.province.timezone)
    try:
        # The index folds case and marks: a nick that is also two ordinary words of a text ("song_lai") proves nothing.
        said = " ".join(text.fold(item.text) for item in everything(machine))
        needles = {one for one in handles() if text.fold(one).replace("_", " ") not in said} | numbers()
        assert len(needles) > 60
        for needle in sorted(needles):
            results = engine.search(search.Query(text=search.parse(f'"{needle}"')))
            assert results.total == 0, needle
        assert engine.search(search.Query(text=search.parse("điện lực"))).total > 0
    finally:
        engine.close()


def test_a_poster_is_forgotten_after_seven_days_with_the_key(records: Records) -> None:
    with records.begin() as tx:
        (first,) = store(tx, post("mot", poster="ba_tam_77"))
    with records.begin() as tx:
        (second,) = store(tx, post("hai", poster="ba_tam_77"), now=NOW + POSTER_DAYS * DAY)
    assert first.poster_hash and second.poster_hash and first.poster_hash != second.poster_hash
    expire(records, None, VirtualClock(NOW + 2 * POSTER_DAYS * DAY))
    with records.read() as tx:
        assert {item.poster_hash for item in tx.items.scan()} == {None}
    assert not list((records.folder.root / "keys").glob("poster-*"))


def test_posters_are_hashed_for_posts_only(machine: House) -> None:
    with machine.records.read() as tx:
        items = tx.items.scan()
    assert all(item.poster_hash is None for item in items if item.channel is not Channel.SOCIAL)
    assert sum(item.poster_hash is not None for item in items) > 80
    assert all(item.collected_at <= EVENING for item in items)
