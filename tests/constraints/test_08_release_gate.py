"""Constraint 8: criticism is not taken for harm, and never leaves as harm by one person's hand.

The judgement alone is gated in ``tests/nlp/test_harm.py``; here the whole way is, from the intake to the outbox.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

import alerts
import handling
from crawlers import captures
from nlp import assess
from provinces import Province
from records import NotReferable, Records, VirtualClock
from records.types import Assessment, BodyKind, Channel, HarmLevel, Lane, Person, ProposalState, Role
from review import decide
from review.errors import NotDecidable, SecondPersonNeeded
from tests.conftest import ROOT
from tests.constraints.house import stories
from tests.records.build import NOW

ROWS = [json.loads(line) for line in (ROOT / "tests/nlp/criticism.jsonl").read_text("utf-8").splitlines()]
PLACE = " (phường Quy Nhơn, tỉnh Gia Lai)"
"""Makes every text one of the province, so that it walks the whole way."""
SUGGESTED_AT_MOST = 0.005
"""``domain.md`` §5.3 (8)."""


@dataclass(frozen=True)
class Gate:
    records: Records
    assessments: dict[int, Assessment]


@pytest.fixture(scope="module")
def gate(empty_database: Path, tmp_path_factory: pytest.TempPathFactory, province: Province) -> Iterator[Gate]:
    """Return the criticism set stored, assessed, and proposed for."""
    folder = tmp_path_factory.mktemp("gate")
    (folder / "records.sqlite").write_bytes(empty_database.read_bytes())
    clock = VirtualClock(NOW)
    with Records.open(folder) as records:
        made = [
            captures.build(
                source_id="demo.xomnho", channel=Channel.SOCIAL, now=NOW, title="", body=row["text"] + PLACE,
                body_kind=BodyKind.POST, platform="xomnho", native_id=str(number), published=NOW - timedelta(hours=1),
            )
            for number, row in enumerate(ROWS)
        ]  # fmt: skip
        with records.begin() as tx:
            ids = [stored.item_id for stored in tx.items.store_many(made, NOW)]
        assess.run(records, province, clock)
        stories(records, NOW)
        alerts.run(records, province, clock)
        handling.run(records, province, clock)
        with records.read() as tx:
            found = tx.assessments.get_many(ids)
        yield Gate(records, {number: found[item_id] for number, item_id in enumerate(ids)})


def test_the_set_is_large_and_varied() -> None:
    assert len({row["text"] for row in ROWS}) == len(ROWS) >= 500
    assert {row["region"] for row in ROWS} == {"north", "central", "south"}
    assert {"sarcasm", "no-diacritics", "profanity", "official", "teencode"} <= {row["style"] for row in ROWS}


@pytest.mark.parametrize("by", ["region", "style"])
def test_at_most_five_in_a_thousand_are_suggested_as_harm(gate: Gate, by: str) -> None:
    groups: dict[str, Counter[str]] = {}
    for number, row in enumerate(ROWS):
        one = gate.assessments[number]
        counted = groups.setdefault(row[by], Counter())
        counted["n"] += 1
        counted[one.lane.value] += 1
        counted["suggested"] += bool(one.harms)
        counted["alert"] += any(found.level is HarmLevel.ALERT for found in one.harms)
    for name, counted in sorted(groups.items()):  # shown with -s: the breakdown of ``domain.md`` §5.3 (8)
        print(f"{by} {name}: {dict(counted)}")
    total = sum(counted["suggested"] for counted in groups.values())
    assert total <= SUGGESTED_AT_MOST * len(ROWS)
    assert sum(counted["alert"] for counted in groups.values()) == 0
    # No region and no way of speaking carries the errors alone: none may exceed two texts.
    assert all(counted["suggested"] <= 2 for counted in groups.values())


def test_criticism_rings_nobody_as_harm(gate: Gate) -> None:
    with gate.records.read() as tx:
        assert [one for one in tx.alerts.unresolved() if one.kind.value == "harm"] == []


def test_none_reaches_an_outward_act_of_harm_by_one_person(gate: Gate, province: Province) -> None:
    """An officer who accepts every proposal about every complaint sends none of them to the police or to a platform."""
    officer = Person(name="Một Người", role=Role.APPROVER)
    with gate.records.read() as tx:
        waiting = tx.proposals.in_state(ProposalState.PROPOSED)
    assert sum(one.action == "A07" for one in waiting) > 250
    for item_id in sorted({one.item_id for one in waiting if one.item_id}):
        with gate.records.begin() as tx:
            decide.accept_item(tx, item_id, officer, province, NOW)
    for story_id in sorted({one.story_id for one in waiting if not one.item_id})[:60]:
        with gate.records.begin() as tx:
            decide.accept_story(tx, story_id, officer, province, NOW)
    with gate.records.read() as tx:
        reviewed = [one.proposal_id for one in tx.proposals.in_state(ProposalState.REVIEWED)]
    for proposal_id in reviewed:
        with pytest.raises((SecondPersonNeeded, NotDecidable, NotReferable)), gate.records.begin() as tx:
            decide.approve(tx, proposal_id, officer, province, NOW)
    with gate.records.read() as tx:
        assert not tx.outbox.list("referral")
        assert len(tx.outbox.list("case")) > 30
        assert tx.outward.referrals(NOW - timedelta(days=1), NOW + timedelta(days=1)) == []


MINORITY = (
    ("km", "ពួកលោភលន់លួចលុយ ចុចតំណនេះដើម្បីទទួលប្រាក់ http://tien-thuong.example"),
    ("mra", "Ơ ayŏng adơi ăh, kơ̆ jing mơnuih ƀuôn sang, čiăng tŭ mă prăk kơčŏng http://tien-thuong.example"),
)


@pytest.mark.parametrize(("language", "words"), MINORITY)
def test_minority_languages_are_left_to_people(records: Records, province: Province, language: str, words: str) -> None:
    """No class, no suspicion, no proposal by the machine, even where the text holds a link."""
    capture = captures.build(
        source_id="demo.xomnho", channel=Channel.SOCIAL, now=NOW, title="", body=words, body_kind=BodyKind.POST,
        platform="xomnho", native_id="m", published=NOW,
    )  # fmt: skip
    with records.begin() as tx:
        item_id = tx.items.store(capture, NOW).item_id
    assess.run(records, province, VirtualClock(NOW))
    stories(records, NOW)
    handling.run(records, province, VirtualClock(NOW))
    with records.read() as tx:
        one = tx.assessments.get(item_id)
        assert one is not None and one.language == language
        assert one.human_only and one.harms == () and one.lane is not Lane.HARM
        assert [made for made in tx.proposals.of_item(item_id) if made.lane is Lane.HARM] == []
