"""Opening, schema, locks, full disks, damage, death in the middle, several writers."""

from __future__ import annotations

import ast
import os
import re
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from records import (
    DiskFull,
    OtherProvince,
    Records,
    RecordsBusy,
    RecordsDamaged,
    RecordsError,
    RecordsUnreachable,
    SchemaMismatch,
    migrate,
)
from records import tables as tb
from tests.records.build import HOUR, NOW, capture, store

ROOT = Path(__file__).resolve().parents[2]


def count(records: Records) -> int:
    with records.read() as tx:
        return int(tx.connection.execute(sa.select(sa.func.count()).select_from(tb.items)).scalar() or 0)


def test_a_folder_is_made_and_belongs_to_one_province_for_good(tmp_path: Path) -> None:
    with Records.open(tmp_path / "data", province="gia-lai") as records:
        assert records.province == "gia-lai"
        for part in ("search", "evidence", "models", "keys", "out"):
            assert getattr(records.folder, part).is_dir()
    Records.open(tmp_path / "data", province="gia-lai").close()
    with pytest.raises(OtherProvince, match=r"'gia-lai', not 'an-giang'.*--province gia-lai"):
        Records.open(tmp_path / "data", province="an-giang")


def test_postgresql_belongs_to_one_province_too_and_is_migrated_by_url(postgres_url: str) -> None:
    with pytest.raises(SchemaMismatch, match="have schema none"):
        Records.open(postgres_url, migrate=False)
    migrate(postgres_url)
    Records.open(postgres_url, province="gia-lai", migrate=False).close()
    with pytest.raises(OtherProvince):
        Records.open(postgres_url, province="thai-nguyen")


def test_the_migrations_make_exactly_the_tables(records: Records) -> None:
    def named(kind: str, name: str | None, reflected: object) -> bool:
        return name != "alembic_version"

    with records.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_name": named})
        assert compare_metadata(context, tb.metadata) == []
        inspector = sa.inspect(connection)
        for table in tb.metadata.sorted_tables:
            declared = {str(check.name) for check in table.constraints if isinstance(check, sa.CheckConstraint)}
            assert {str(check["name"]) for check in inspector.get_check_constraints(table.name)} == declared
            assert {column["name"] for column in inspector.get_columns(table.name)} == set(table.c.keys())


def test_the_checks_of_the_migration_say_what_the_tables_say() -> None:
    """The frozen first migration and the tables must agree on every rule, word by word, or a new migration is due."""
    source = (ROOT / "records/migrations/versions/v0001_first.py").read_text()
    frozen = {
        node.keywords[0].value.args[0].value: node.args[0].value  # type: ignore[attr-defined]
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "CheckConstraint"
    }
    assert len(frozen) > 50
    for table in tb.metadata.sorted_tables:
        for check in table.constraints:
            if isinstance(check, sa.CheckConstraint):
                assert frozen[str(check.name)] == str(check.sqltext)


def test_there_is_no_place_for_residents_in_the_schema(records: Records) -> None:
    """No table and no column for who wrote a post; ``*_by`` and ``person`` hold staff."""
    forbidden = re.compile(
        r"author|handle|user|account|follower|friend|profile|nick|screen_name|face|voice|poster(?!_hash$)"
    )
    with records.engine.connect() as connection:
        inspector = sa.inspect(connection)
        names = [
            name
            for table in inspector.get_table_names()
            for name in (table, *(column["name"] for column in inspector.get_columns(table)))
        ]
    assert len(names) > 200
    assert [name for name in names if forbidden.search(name)] == []


def test_instants_are_utc_on_the_way_in_and_out_and_naive_ones_are_refused(records: Records) -> None:
    hanoi = datetime.fromisoformat("2026-11-20T08:00:00.123456+07:00")
    with records.begin() as tx:
        (item,) = store(tx, capture(published_at=hanoi))
    assert item.published_at == hanoi
    assert item.published_at is not None and item.published_at.tzinfo is UTC
    with pytest.raises((ValueError, sa.exc.StatementError), match="time zone"), records.begin() as tx:
        store(tx, capture("b", published_at=datetime(2026, 11, 20)))  # noqa: DTZ001


def test_reading_does_not_write_and_sees_one_snapshot(records: Records) -> None:
    with records.begin() as tx:
        store(tx, capture("a"))
    with records.read() as snapshot:
        assert len(snapshot.items.scan()) == 1
        with records.begin() as tx:
            store(tx, capture("b"))
        assert len(snapshot.items.scan()) == 1
    assert count(records) == 2
    with pytest.raises(RecordsError), records.read() as tx:
        tx.items.store(capture("c"), NOW)
    with records.begin() as tx:
        store(tx, capture("c"))


def test_a_locked_database_is_named_and_nothing_is_half_written(tmp_path: Path) -> None:
    Records.open(tmp_path).close()
    other = sqlite3.connect(tmp_path / "records.sqlite", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with Records.open(tmp_path, busy_seconds=0.1) as records:
        with pytest.raises(RecordsBusy, match="another process is writing; wait for it or stop it"), records.begin():
            pytest.fail("the lock was given twice")
        assert count(records) == 0
        other.execute("ROLLBACK")
        with records.begin() as tx:
            store(tx, capture())
        assert count(records) == 1
    other.close()


def test_a_locked_row_on_postgresql_is_named_too(postgres_url: str, tmp_path: Path) -> None:
    with Records.open(postgres_url, folder=tmp_path, busy_seconds=0.2) as records:
        with records.begin() as tx:
            (item,) = store(tx, capture())
        with records.begin() as holder:
            holder.items.withdraw(item.item_id, NOW)
            with pytest.raises(RecordsBusy), records.begin() as tx:
                tx.items.store(capture(body="mới"), NOW)


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    (tmp_path / "records.sqlite").write_bytes(b"not a database, " * 400)
    with pytest.raises(RecordsDamaged, match="restore the newest backup"):
        Records.open(tmp_path)


def test_a_damaged_page_is_named(tmp_path: Path) -> None:
    with Records.open(tmp_path) as records:
        with records.begin() as tx:
            tx.items.store_many([capture(f"n{number}", body="x" * 3000) for number in range(200)], NOW)
        records.scrub()
    data = bytearray((tmp_path / "records.sqlite").read_bytes())
    for page in range(60 * 4096, len(data) - 4096, 4096):
        data[page : page + 64] = b"\xff" * 64
    (tmp_path / "records.sqlite").write_bytes(data)
    with pytest.raises(RecordsDamaged), Records.open(tmp_path) as records, records.read() as tx:
        list(tx.items.collected(NOW, NOW + HOUR))


def test_a_place_that_cannot_be_opened_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(RecordsError, match="choose another --data"):
        Records.open(tmp_path / "file" / "data")
    with pytest.raises(RecordsUnreachable, match="cannot be opened"):
        Records.open("postgresql+psycopg://nobody@127.0.0.1:1/none")


def test_a_newer_schema_is_not_touched(tmp_path: Path) -> None:
    with Records.open(tmp_path) as records, records.begin() as tx:
        tx.connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(SchemaMismatch, match="install the newer version"):
        Records.open(tmp_path)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 2 MB where the machine lets us mount one."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(folder)], capture_output=True)
    if mounted.returncode != 0:
        pytest.skip("no right to mount: the file-size limit test stands for it")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def _fill_up(records: Records) -> int:
    """Store until the disk is full; return how many transactions were committed."""
    for number in range(1000):
        try:
            with records.begin() as tx:
                tx.items.store_many(
                    [capture(f"n{number}-{each}", body=os.urandom(2000).hex()) for each in range(5)], NOW
                )
        except DiskFull as error:
            assert "free space" in str(error)
            return number
    raise AssertionError("the disk was never full")


def test_a_full_disk_is_named_and_what_was_committed_stays(small_disk: Path) -> None:
    with Records.open(small_disk) as records:
        done = _fill_up(records)
        assert done > 3
        assert count(records) == 5 * done
        with pytest.raises(DiskFull), records.begin() as tx:
            tx.items.store(capture("last", body="x" * 100_000), NOW)
        assert count(records) == 5 * done
    subprocess.run(["mount", "-o", "remount,size=20m", str(small_disk)], check=True)
    with Records.open(small_disk) as records:
        assert count(records) == 5 * done
        with records.begin() as tx:
            store(tx, capture("last", body="x" * 100_000))
        assert count(records) == 5 * done + 1
        with records.read() as tx:
            assert tx.connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"


def test_a_file_size_limit_is_a_full_disk(tmp_path: Path) -> None:
    Records.open(tmp_path).close()
    child = os.fork()
    if child == 0:
        status = 1
        try:
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (1_500_000, 1_500_000))
            with Records.open(tmp_path) as records:
                (tmp_path / "done").write_text(str(_fill_up(records)))
            status = 0
        finally:
            os._exit(status)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    with Records.open(tmp_path) as records:
        assert count(records) == 5 * int((tmp_path / "done").read_text()) > 0


_WRITER = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[3])
from records import Records
from tests.records.build import NOW, assessment, capture
folder = Path(sys.argv[2])
with Records.open(sys.argv[1], folder=folder) as records:
    batch = 0
    while True:
        with records.begin() as tx:
            stored = tx.items.store_many([capture(f"{sys.argv[4]}-{batch}-{n}") for n in range(50)], NOW)
            tx.assessments.put_many([assessment(tx.items.get(s.item_id)) for s in stored])
            tx.audit.append("collect", "batch", f"batch:{batch}", {}, NOW)
        print(batch, flush=True)
        batch += 1
        if len(sys.argv) > 5 and batch == int(sys.argv[5]):
            break
"""


def _start(url: str, folder: Path, name: str, *more: str) -> subprocess.Popen[str]:
    arguments = [sys.executable, "-c", _WRITER, url, str(folder), str(ROOT), name, *more]
    return subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True, cwd=ROOT)


def _whole(records: Records) -> int:
    """Check that only whole batches are there; return how many."""
    with records.read() as tx:
        items = tx.connection.execute(sa.select(sa.func.count()).select_from(tb.items)).scalar() or 0
        judged = tx.connection.execute(sa.select(sa.func.count()).select_from(tb.assessments)).scalar() or 0
        queued = tx.connection.execute(sa.select(sa.func.count()).select_from(tb.outbox)).scalar() or 0
        verdict = tx.audit.verify()
    assert verdict.ok
    assert items == judged == queued == 50 * verdict.entries
    return verdict.entries


@pytest.mark.parametrize("database", ["sqlite", "postgres"])
def test_killed_in_the_middle_only_whole_batches_are_there_and_the_next_run_goes_on(
    database: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    url = str(tmp_path) if database == "sqlite" else request.getfixturevalue("postgres_url")
    Records.open(url, folder=tmp_path).close()
    batches = 0
    for round_ in range(3):
        writer = _start(url, tmp_path, f"r{round_}")
        assert writer.stdout is not None
        for _ in range(2):
            assert writer.stdout.readline()
        time.sleep(0.013 * (round_ + 1))
        writer.send_signal(signal.SIGKILL)
        writer.wait()
        with Records.open(url, folder=tmp_path) as records:
            found = _whole(records)
        assert found >= batches + 2
        batches = found


@pytest.mark.parametrize("database", ["sqlite", "postgres"])
def test_three_processes_write_at_once_and_nothing_is_lost(
    database: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    url = str(tmp_path) if database == "sqlite" else request.getfixturevalue("postgres_url")
    writers = [_start(url, tmp_path, name, "6") for name in ("a", "b", "c")]
    for writer in writers:
        writer.communicate(timeout=120)
        assert writer.returncode == 0
    with Records.open(url, folder=tmp_path) as records:
        assert _whole(records) == 18


def test_threads_share_the_records_and_claim_each_effect_once(records: Records) -> None:
    with records.begin() as tx:
        tx.outbox.put_many("mail", [(f"m{number}", {}) for number in range(60)], NOW)
    claimed: list[int] = []

    def work() -> None:
        while True:
            with records.begin() as tx:
                entries = tx.outbox.claim("mail", 7, NOW)
            if not entries:
                return
            claimed.extend(entry.entry_id for entry in entries)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(claimed) == len(set(claimed)) == 60


def test_the_same_article_from_two_writers_is_one_item(records: Records) -> None:
    outcomes: list[str] = []

    def work() -> None:
        for number in range(20):
            with records.begin() as tx:
                outcomes.append(tx.items.store(capture(f"n{number}"), NOW).outcome)

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert count(records) == 20
    assert sorted(outcomes) == 20 * ["new"] + 20 * ["unchanged"]


def test_a_copied_folder_is_a_backup(tmp_path: Path) -> None:
    with Records.open(tmp_path / "a", province="gia-lai") as records, records.begin() as tx:
        store(tx, capture())
    shutil.copytree(tmp_path / "a", tmp_path / "b")
    with Records.open(tmp_path / "b", province="gia-lai") as records:
        assert count(records) == 1
