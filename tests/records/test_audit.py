"""The chain: append-only, and any change is found."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from records import ConstraintRefused, Records, RecordsError
from records.audit import GENESIS
from tests.records.build import DAY, HOUR, NOW


def chain(records: Records, number: int = 5) -> None:
    with records.begin() as tx:
        for each in range(number):
            tx.audit.append(
                "Người duyệt Một", "accept", f"story:s{each}", {"n": each, "vai": "biên tập"}, NOW + each * HOUR
            )


def unlocked(records: Records, *statements: str) -> None:
    """Run statements as somebody who holds the database itself and switched the triggers off."""
    with records.begin() as tx:
        if tx.sqlite:
            for name in ("audit_no_update", "audit_no_delete"):
                tx.connection.exec_driver_sql(f"DROP TRIGGER {name}")
        else:
            tx.connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
        for statement in statements:
            tx.connection.execute(sa.text(statement))


def test_each_entry_carries_the_hash_of_the_one_before(records: Records) -> None:
    chain(records)
    with records.read() as tx:
        entries = list(reversed(tx.audit.list()))
        verdict = tx.audit.verify()
        assert tx.audit.head() == (5, entries[-1].hash)
    assert [entry.prev_hash for entry in entries] == [GENESIS, *(entry.hash for entry in entries[:-1])]
    assert (verdict.ok, verdict.entries) == (True, 5)


def test_an_empty_chain_is_whole(records: Records) -> None:
    with records.read() as tx:
        assert tx.audit.verify().ok
        assert tx.audit.head() == (0, GENESIS)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit SET actor = 'x'",
        "UPDATE audit SET hash = 'x' WHERE seq = 5",
        "DELETE FROM audit",
        "DELETE FROM audit WHERE seq = 5",
    ],
)
def test_the_database_refuses_to_change_or_shorten_it(records: Records, statement: str) -> None:
    chain(records)
    with pytest.raises(ConstraintRefused, match="append-only"), records.begin() as tx:
        tx.connection.execute(sa.text(statement))
    with records.read() as tx:
        assert tx.audit.verify().entries == 5


def test_postgresql_refuses_to_empty_it(records: Records) -> None:
    chain(records)
    with pytest.raises(RecordsError, match=r"never emptied|syntax error"), records.begin() as tx:
        tx.connection.execute(sa.text("TRUNCATE audit"))
    with records.read() as tx:
        assert tx.audit.verify().entries == 5


@pytest.mark.parametrize(
    ("tampering", "broken_at"),
    [
        ("UPDATE audit SET actor = 'Ai đó' WHERE seq = 3", 3),
        ("UPDATE audit SET detail = '{\"n\": 9}' WHERE seq = 2", 2),
        ("UPDATE audit SET subject = 'story:s9' WHERE seq = 5", 5),
        ("UPDATE audit SET verb = 'reject' WHERE seq = 1", 1),
        ("DELETE FROM audit WHERE seq = 3", 4),
        ("DELETE FROM audit WHERE seq = 1", 2),
        ("UPDATE audit SET prev_hash = (SELECT hash FROM audit WHERE seq = 1) WHERE seq = 4", 4),
        ("UPDATE audit SET seq = 9 WHERE seq = 5", 9),
    ],
)
def test_tampering_past_the_triggers_is_found(records: Records, tampering: str, broken_at: int) -> None:
    chain(records)
    unlocked(records, tampering)
    with records.read() as tx:
        verdict = tx.audit.verify()
    assert (verdict.ok, verdict.broken_at) == (False, broken_at)


def test_a_changed_time_is_found(records: Records) -> None:
    chain(records)
    with records.read() as tx:
        later = "'2026-11-21T01:00:00.000000Z'" if tx.sqlite else "'2026-11-21T01:00:00Z'"
    unlocked(records, f"UPDATE audit SET at = {later} WHERE seq = 2")
    with records.read() as tx:
        assert tx.audit.verify().broken_at == 2


def test_after_five_years_the_chain_goes_on_from_its_anchor(records: Records) -> None:
    old = datetime(2019, 1, 1, tzinfo=UTC)
    with records.begin() as tx:
        for each in range(3):
            tx.audit.append("x", "old", f"story:{each}", {}, old + each * DAY)
        tx.audit.append("x", "new", "story:9", {}, NOW)
        assert tx.audit.expire(NOW - 1827 * DAY) == 3
        assert tx.audit.expire(NOW - 1827 * DAY) == 0
        verdict = tx.audit.verify()
        assert (verdict.ok, verdict.entries) == (True, 1)
    unlocked(records, "DELETE FROM audit")
    with records.begin() as tx:
        tx.audit.append("x", "again", "story:9", {}, NOW)
        assert tx.audit.head()[0] == 4


def test_a_virtual_clock_cannot_expire_what_is_young(records: Records) -> None:
    chain(records)
    with pytest.raises(ConstraintRefused, match="five years"), records.begin() as tx:
        tx.audit.expire(NOW + 100 * DAY)
