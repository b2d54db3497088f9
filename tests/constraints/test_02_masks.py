"""Constraint 2: private data is masked before a human sees it; seals open for few reasons, and every time is audited.

The masks themselves: ``tests/text/test_masks.py``; seals, keys and H6 erasure: ``tests/records/test_sealed.py``.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from crawlers import captures
from records import Purpose, Records, SealRefused
from records.types import Channel, Harm, MaskKind, Person, Rescue, Role
from tests.constraints.house import House
from tests.records.build import NOW, assessment, finding

OFFICER = Person(name="Trực ban Một", role=Role.REVIEWER)


def build(channel: Channel, words: str) -> str:
    return captures.build(
        source_id="s", channel=channel, now=datetime(2026, 11, 20, tzinfo=UTC), title="", body=words
    ).body


@pytest.mark.parametrize(
    ("channel", "words", "read"),
    [
        (Channel.SOCIAL, "ông Trần Văn Mẫu nhà sát vách", "ông [PERSON:1] nhà sát vách"),
        (Channel.HOTLINE, "chị Lê Thị Thử gọi 0900 000 111", "chị [PERSON:1] gọi [PHONE:1]"),
        (Channel.SOCIAL, "Chủ tịch UBND xã, ông Trần Văn Mẫu chưa trả lời", None),
        (Channel.PRESS, "Chủ tịch UBND xã, ông Trần Văn Mẫu nói sẽ sửa", None),
        (Channel.PRESS, "đường dây nóng của sở: 0256 3000 001", None),
        (Channel.OFFICIAL, "trực ban 0256 3000 001", None),
    ],
)
def test_private_people_are_masked_at_intake_and_officials_in_office_stay(
    channel: Channel, words: str, read: str | None
) -> None:
    assert build(channel, words) == (words if read is None else read)


@pytest.mark.parametrize("harm", Harm)
def test_a_seal_opens_for_its_own_reason_only(records: Records, harm: Harm) -> None:
    openable = {
        Harm.FRAUD: Purpose.FRAUD,
        Harm.IMPERSONATION: Purpose.IMPERSONATION,
        Harm.MALICIOUS_LINK: Purpose.MALICIOUS_LINK,
    }
    capture = captures.build(
        source_id="xomnho", channel=Channel.SOCIAL, now=NOW, title="", body="gọi 0900 000 111 nhận tiền",
        platform="xomnho", native_id="1",
    )  # fmt: skip
    with records.begin() as tx:
        item_id = tx.items.store(capture, NOW).item_id
        tx.assessments.put(assessment(tx.items.get(item_id), harms=(finding(harm),)))
    opened = []
    for purpose in Purpose:
        try:
            with records.begin() as tx:
                value = tx.sealed.open(
                    item_id, MaskKind.PHONE, 1, purpose=purpose, person=OFFICER, reason="tiếp nhận", now=NOW
                )
            assert value == "0900 000 111"
            opened.append(purpose)
        except SealRefused:
            continue
    assert opened == ([openable[harm]] if harm in openable else [])
    with records.read() as tx:
        entries = [entry for entry in tx.audit.list(f"item:{item_id}") if entry.verb == "unseal"]
    assert [(entry.actor, entry.detail["purpose"]) for entry in entries] == [
        (OFFICER.name, one.value) for one in opened
    ]


def test_a_call_for_rescue_opens_for_rescue_alone(records: Records) -> None:
    capture = captures.build(
        source_id="xomnho", channel=Channel.SOCIAL, now=NOW, title="", body="cứu với, gọi 0900 000 111",
        platform="xomnho", native_id="1",
    )  # fmt: skip
    with records.begin() as tx:
        item_id = tx.items.store(capture, NOW).item_id
        call = Rescue(score=0.9, need=("boat",), place_code=None)
        tx.assessments.put(assessment(tx.items.get(item_id), rescue=call))
    for purpose in (Purpose.FRAUD, Purpose.IMPERSONATION, Purpose.MALICIOUS_LINK):
        with pytest.raises(SealRefused), records.begin() as tx:
            tx.sealed.open(item_id, MaskKind.PHONE, 1, purpose=purpose, person=OFFICER, reason="xem", now=NOW)
    with records.begin() as tx:
        assert tx.sealed.open(
            item_id, MaskKind.PHONE, 1, purpose=Purpose.RESCUE, person=OFFICER, reason="bàn giao", now=NOW
        )


def test_a_number_leaves_only_for_civil_defence_and_each_opening_is_written_down(decided: House) -> None:
    day = decided.clock.now().date()
    civil_defence = {entry.address for entry in decided.province.roster_on("civil_defence", day)}
    messages = [json.loads(path.read_text("utf-8")) for path in (decided.out / "alerts" / "rescue").glob("*.json")]
    handed = [(mask, number) for one in messages for mask, number in one["body"]["contact"].items()]
    assert handed
    assert all(set(one["to"]) == civil_defence for one in messages)
    with decided.records.read() as tx:
        openings = [entry for entry in tx.audit.list() if entry.verb == "unseal"]
        reviewers = {
            decision.person for one in tx.outward.rescues_open() for decision in tx.decisions.of("item", one.item_id)
        }
    assert len(openings) == len(handed)
    assert {entry.detail["purpose"] for entry in openings} == {"rescue"}
    assert {entry.actor for entry in openings} <= reviewers


def test_nothing_is_opened_while_nobody_decided(machine: House) -> None:
    with machine.records.read() as tx:
        assert [entry for entry in tx.audit.list() if entry.verb == "unseal"] == []
