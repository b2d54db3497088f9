"""Sealed originals, keys, and the erasing of what may not be kept."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from records import (
    ApprovedReferral,
    EvidenceDamaged,
    KeysMissing,
    Outcome,
    Purpose,
    Records,
    RecordsError,
    ReferralState,
    RescueCall,
    RescueState,
    Retention,
    SealRefused,
    VirtualClock,
    expire,
    url_id,
)
from records import tables as tb
from records.types import Capture, Harm, Lane, Person, ProposalState, Rescue, Role, SealedValue, Severity
from tests.records.build import (
    DAY,
    HOUR,
    NOW,
    assessment,
    capture,
    feedback,
    finding,
    member,
    post,
    proposal,
    store,
    story,
)
from text import MaskKind

CYBER = Person(name="Người duyệt Hai", role=Role.APPROVER)
PHONE = SealedValue(kind=MaskKind.PHONE, number=1, value="0900 000 111")


def fraud(**changes: object) -> Capture:
    return replace(post("lua", body="Gọi [PHONE:1] nhận tiền", sealed=(PHONE,)), **changes)  # type: ignore[arg-type]


def everything(records: Records) -> str:
    """Return all that the tables hold, as text."""
    with records.read() as tx:
        return repr([tx.connection.execute(sa.select(table)).all() for table in tb.metadata.sorted_tables])


def test_a_sealed_value_is_encrypted_and_opens_for_a_person_with_a_reason(records: Records) -> None:
    with records.begin() as tx:
        (item,) = store(tx, fraud())
        tx.assessments.put(assessment(item, lane=Lane.HARM, harms=(finding(Harm.FRAUD),)))
    assert "0900 000 111" not in everything(records)
    with records.begin() as tx:
        value = tx.sealed.open(
            item.item_id, MaskKind.PHONE, 1, purpose=Purpose.FRAUD, person=CYBER, reason="chuyển PA05", now=NOW + HOUR
        )
        (entry,) = tx.audit.list(f"item:{item.item_id}")
    assert value == "0900 000 111"
    assert (entry.actor, entry.verb) == (CYBER.name, "unseal")
    assert entry.detail == {"mask": "PHONE:1", "purpose": "H1", "role": "approver", "reason": "chuyển PA05"}
    assert "0900 000 111" not in repr(entry)


def test_without_a_harm_or_call_behind_it_a_seal_stays_closed(records: Records) -> None:
    with records.begin() as tx:
        (item,) = store(tx, fraud())
        tx.assessments.put(assessment(item, lane=Lane.FEEDBACK))
    for purpose in Purpose:
        with pytest.raises(SealRefused), records.begin() as tx:
            tx.sealed.open(item.item_id, MaskKind.PHONE, 1, purpose=purpose, person=CYBER, reason="tò mò", now=NOW)
    with records.begin() as tx:
        tx.proposals.put(proposal(item_id=item.item_id, harm=Harm.FRAUD, state=ProposalState.REJECTED))
    with pytest.raises(SealRefused), records.begin() as tx:
        tx.sealed.open(item.item_id, MaskKind.PHONE, 1, purpose=Purpose.FRAUD, person=CYBER, reason="x", now=NOW)
    with records.read() as tx:
        assert tx.audit.list() == []


def test_what_people_corrected_to_a_harm_opens_too_but_only_for_that_purpose(records: Records) -> None:
    with records.begin() as tx:
        (item,) = store(tx, fraud())
        tx.proposals.put(proposal(item_id=item.item_id, harm=Harm.IMPERSONATION))
        assert tx.sealed.open(
            item.item_id, MaskKind.PHONE, 1, purpose=Purpose.IMPERSONATION, person=CYBER, reason="x", now=NOW
        )
        with pytest.raises(SealRefused):
            tx.sealed.open(item.item_id, MaskKind.PHONE, 1, purpose=Purpose.FRAUD, person=CYBER, reason="x", now=NOW)


def test_a_name_a_reason_and_youth_are_needed(records: Records) -> None:
    with records.begin() as tx:
        (item,) = store(tx, fraud())
        tx.assessments.put(assessment(item, harms=(finding(Harm.FRAUD),)))
    nobody = Person(name=" ", role=Role.APPROVER)
    for person, reason, now in ((nobody, "x", NOW), (CYBER, " ", NOW), (CYBER, "x", NOW + 30 * DAY)):
        with pytest.raises(SealRefused), records.begin() as tx:
            tx.sealed.open(
                item.item_id, MaskKind.PHONE, 1, purpose=Purpose.FRAUD, person=person, reason=reason, now=now
            )
    with pytest.raises(SealRefused), records.begin() as tx:
        tx.sealed.open(item.item_id, MaskKind.PHONE, 2, purpose=Purpose.FRAUD, person=CYBER, reason="x", now=NOW)


def test_a_call_for_rescue_opens_its_phone_and_loses_it_72_hours_after_closing(records: Records) -> None:
    with records.begin() as tx:
        (item,) = store(tx, fraud())
        tx.assessments.put(assessment(item, rescue=Rescue(score=0.9, need=("boat",), place_code=None)))
        call = RescueCall(
            rescue_id="k1",
            item_id=item.item_id,
            story_id=None,
            need=("boat",),
            place_code=None,
            reviewed_by="Người duyệt Một",
            sent_at=NOW,
            confirm_by=NOW + HOUR / 2,
        )
        tx.proposals.put(feedback(item_id=item.item_id, action="A17"))
        tx.outward.put_rescue(call)
        opened = tx.sealed.open(
            item.item_id, MaskKind.PHONE, 1, purpose=Purpose.RESCUE, person=CYBER, reason="112", now=NOW
        )
        assert opened == "0900 000 111"
        tx.outward.put_rescue(replace(call, state=RescueState.CLOSED, closed_at=NOW + HOUR))
    assert expire.run(records, None, VirtualClock(NOW + 72 * HOUR)).counts["rescues"] == 0
    assert expire.run(records, None, VirtualClock(NOW + 73 * HOUR)).counts["rescues"] == 1
    with records.read() as tx:
        assert tx.sealed.kinds(item.item_id) == []


def test_keys_are_private_and_rotate_and_take_the_values_with_them(records: Records) -> None:
    with records.begin() as tx:
        (item,) = store(tx, fraud(poster="ai"))
        tx.assessments.put(assessment(item, harms=(finding(Harm.FRAUD),)))
    keys = sorted(records.folder.keys.iterdir())
    assert [key.stem.partition("-")[0] for key in keys] == ["poster", "sealed"]
    assert {key.stat().st_mode & 0o777 for key in keys} == {0o600}
    assert {len(key.read_bytes()) for key in keys} == {32}
    assert records.folder.keys.stat().st_mode & 0o077 == 0
    with records.read() as tx:
        tx.keys.expire(NOW + timedelta(days=8))
        assert [key.stem.partition("-")[0] for key in records.folder.keys.iterdir()] == ["sealed"]
        tx.keys.expire(NOW + timedelta(days=61))
    assert list(records.folder.keys.iterdir()) == []
    with pytest.raises(RecordsError, match="gone for good"), records.begin() as tx:
        tx.sealed.open(item.item_id, MaskKind.PHONE, 1, purpose=Purpose.FRAUD, person=CYBER, reason="x", now=NOW)


def test_a_box_moved_to_another_item_does_not_open(records: Records) -> None:
    other = SealedValue(kind=MaskKind.PHONE, number=1, value="0900 000 222")
    with records.begin() as tx:
        first, second = store(tx, fraud(), post("khac", sealed=(other,)))
        tx.assessments.put(assessment(first, harms=(finding(Harm.FRAUD),)))
        box = sa.select(tb.sealed.c.box).where(tb.sealed.c.item_id == second.item_id).scalar_subquery()
        tx.connection.execute(tb.sealed.update().where(tb.sealed.c.item_id == first.item_id).values(box=box))
        with pytest.raises(RecordsError, match="does not open"):
            tx.sealed.open(first.item_id, MaskKind.PHONE, 1, purpose=Purpose.FRAUD, person=CYBER, reason="x", now=NOW)


def test_by_url_without_a_folder_there_are_no_keys(postgres_url: str) -> None:
    with Records.open(postgres_url) as records:
        with pytest.raises(KeysMissing, match="folder="), records.begin() as tx:
            store(tx, fraud())
        with pytest.raises(KeysMissing):
            _ = records.evidence
        with records.begin() as tx:
            assert store(tx, capture())


def test_a_child_abuse_finding_erases_its_item_in_the_same_transaction(records: Records) -> None:
    secret = "chuyện không được giữ"
    ref = records.evidence.write("https://xomnho.example/t/h6", [], secret.encode(), NOW, Retention.SOCIAL)
    bad = post("h6", title=f"Tiêu đề {secret}", body=f"{secret} [PHONE:1]", sealed=(PHONE,), evidence=ref, poster="x")
    with records.begin() as tx:
        (item,) = store(tx, bad)
        (item,) = store(tx, replace(bad, body=f"bản hai {secret}"))
        tx.stories.put(story("s1", item), [member(item, "s1")], now=NOW)
        tx.stories.put_signature(item.item_id, secret.encode(), (1,), NOW)
        judged = assessment(
            item, lane=Lane.HARM, relevance_reason=secret, harms=(finding(Harm.CHILD_ABUSE, artefacts=(secret,)),)
        )
        tx.assessments.put(judged)
    assert secret not in everything(records)
    assert repr(secret.encode()) not in everything(records)
    assert "xomnho.example/t/h6" not in everything(records)
    with records.begin() as tx:
        erased = tx.items.get(item.item_id)
        assert (erased.title, erased.body, erased.url, erased.evidence) == ("", "", None, None)
        assert erased.content_hash == item.content_hash
        assert [each.version for each in tx.items.versions(item.item_id)] == [2]
        assert tx.items.pending_assessment("m2", NOW, 9) == []
        assert tx.items.is_erased("https://xomnho.example/t/h6")
        assert not tx.items.is_erased("https://xomnho.example/t/h7")
        assert tx.sealed.kinds(item.item_id) == [("URL", 0)]
        again = tx.items.store(replace(bad, body="lần nữa"), NOW + HOUR)
        assert (again.outcome, again.item_id) == (Outcome.UNCHANGED, item.item_id)
    assert secret not in everything(records)
    assert "lần nữa" not in everything(records)
    assert expire.run(records, None, VirtualClock(NOW)).counts["evidence_records"] == 1
    with pytest.raises(EvidenceDamaged, match="erased"):
        records.evidence.read(ref)


def test_an_erased_text_is_not_left_in_the_sqlite_files(tmp_path: Path) -> None:
    secret = "chuyện không được giữ lại ở đâu cả"
    with Records.open(tmp_path) as records:
        with records.begin() as tx:
            item, _ = store(tx, post("h6", body=secret * 200), capture())
            tx.items.erase(item.item_id, NOW)
        assert b"kh\xc3\xb4ng \xc4\x91\xc6\xb0\xe1\xbb\xa3c gi\xe1\xbb\xaf" in secret.encode()
        for file in tmp_path.glob("records.sqlite*"):
            assert secret.encode() not in file.read_bytes(), file


def test_the_sealed_url_serves_the_referral_and_goes_when_it_is_acknowledged(records: Records) -> None:
    with records.begin() as tx:
        (item,) = store(tx, post("h6"))
        tx.assessments.put(assessment(item, lane=Lane.HARM, harms=(finding(Harm.CHILD_ABUSE),)))
        with pytest.raises(SealRefused):
            tx.sealed.open_url(item.item_id, person=CYBER, reason="x", now=NOW)
        life = proposal(
            item_id=item.item_id,
            harm=Harm.CHILD_ABUSE,
            severity=Severity.S4,
            state=ProposalState.RELEASED,
            approved_by=None,
        )
        tx.proposals.put(life)
        url = tx.sealed.open_url(item.item_id, person=CYBER, reason="chuyển 111", now=NOW)
        assert url == "https://xomnho.example/t/h6"
        assert url_id(url) not in (None, item.item_id)
        tx.outward.refer("r1", ApprovedReferral(proposal=life, imminent=False), NOW)
        tx.outward.answer("r1", ReferralState.RECEIVED, "111", NOW + HOUR)
        assert tx.sealed.kinds(item.item_id) == []
        assert tx.audit.verify().ok


def test_a_proposal_of_another_lane_opens_nothing(records: Records) -> None:
    with records.begin() as tx:
        (item,) = store(tx, fraud())
        tx.proposals.put(feedback(item_id=item.item_id))
        with pytest.raises(SealRefused):
            tx.sealed.open(item.item_id, MaskKind.PHONE, 1, purpose=Purpose.FRAUD, person=CYBER, reason="x", now=NOW)
