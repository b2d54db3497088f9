"""The door to the records: one data folder or database, one transaction at a time.

``Records.open(folder)`` is the embedded default (SQLite); ``Records.open("postgresql+psycopg://…", folder=…)``
production. Everything is read and written inside ``begin()`` (writes; all or nothing) or ``read()`` (a consistent
snapshot).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import exc
from sqlalchemy.engine import Connection, Engine

from records import tables as tb
from records.alerts import Alerts
from records.assessments import Assessments
from records.audit import Audit
from records.cases import Cases
from records.decisions import Decisions
from records.editions import Editions
from records.errors import DiskFull, KeysMissing, OtherProvince, RecordsBusy, RecordsError, SchemaMismatch, from_driver
from records.evidence import EvidenceArchive
from records.items import Items
from records.keys import Keyring
from records.outbox import Outbox
from records.outward import Outward
from records.proposals import Proposals
from records.quarantine import Quarantine
from records.sealed import Sealed
from records.sources import Sources
from records.stories import Stories

HEAD = "0001"
"""The migration this version of the code expects."""
BUSY_SECONDS = 30.0
"""How long a writer waits for another one: a batch of any stage takes well under a second, an expiry some seconds."""


@dataclass(frozen=True, slots=True)
class DataFolder:
    """The folders of one province's data folder (``architecture.md``); made when first asked for."""

    root: Path

    @property
    def database(self) -> Path:
        """The SQLite file."""
        return self.root / "records.sqlite"

    @property
    def search(self) -> Path:
        """The embedded search index (derived, may be deleted)."""
        return self._made("search")

    @property
    def evidence(self) -> Path:
        """The WARC files."""
        return self._made("evidence")

    @property
    def models(self) -> Path:
        """Models promoted for this province."""
        return self._made("models")

    @property
    def keys(self) -> Path:
        """Rotating keys; only the service's user may read them."""
        return self._made("keys", 0o700)

    @property
    def out(self) -> Path:
        """Editions, mails and alert files."""
        return self._made("out")

    def _made(self, name: str, mode: int = 0o755) -> Path:
        path = self.root / name
        path.mkdir(parents=True, exist_ok=True, mode=mode)
        return path


class Transaction:
    """One transaction, with a repository per kind of record. Valid only inside its ``with`` block."""

    def __init__(self, connection: Connection, folder: DataFolder | None) -> None:
        self.connection = connection
        self._folder = folder
        self._keys: Keyring | None = None
        self.scrub = False
        """Whether words were taken out that the database's files must lose too, once this is committed."""
        self.compact = False
        """Whether that cannot wait for the next ``expire`` (H6)."""
        self.sources = Sources(self)
        self.items = Items(self)
        self.sealed = Sealed(self)
        self.assessments = Assessments(self)
        self.stories = Stories(self)
        self.proposals = Proposals(self)
        self.decisions = Decisions(self)
        self.cases = Cases(self)
        self.outward = Outward(self)
        self.alerts = Alerts(self)
        self.editions = Editions(self)
        self.outbox = Outbox(self)
        self.quarantine = Quarantine(self)
        self.audit = Audit(self)

    @property
    def sqlite(self) -> bool:
        """Tell whether this is SQLite (else PostgreSQL)."""
        return self.connection.dialect.name == "sqlite"

    @property
    def keys(self) -> Keyring:
        """Return the keys of the data folder. Raises ``KeysMissing`` where the records were opened without one."""
        if self._keys is None:
            if self._folder is None:
                raise KeysMissing(
                    "the records were opened by URL: pass folder=… so that keys and evidence have a place"
                )
            self._keys = Keyring(self._folder.keys)
        return self._keys


class Records:
    """The records of one province."""

    def __init__(self, engine: Engine, folder: DataFolder | None) -> None:
        self.engine = engine
        self._folder = folder
        self._evidence: EvidenceArchive | None = None

    @classmethod
    def open(
        cls,
        target: Path | str,
        *,
        province: str | None = None,
        folder: Path | None = None,
        migrate: bool = True,
        busy_seconds: float = BUSY_SECONDS,
    ) -> Records:
        """Open a data folder (made when absent) or a database URL.

        ``province`` is the key of the profile: the first one opens the folder for good, another one raises
        ``OtherProvince``. ``folder`` gives a database opened by URL its place for keys, evidence and output.
        ``migrate`` brings the schema up to date, otherwise an older or newer schema raises ``SchemaMismatch``. Raises
        ``RecordsBusy``, ``RecordsDamaged``, ``RecordsUnreachable``.
        """
        if isinstance(target, Path) or "://" not in target:
            folder = Path(target)
            try:
                folder.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise RecordsError(
                    f"the data folder {folder} cannot be made: {error}; choose another --data"
                ) from error
            target = f"sqlite:///{DataFolder(folder).database}"
        engine = _engine(target, busy_seconds)
        data = DataFolder(folder) if folder else None
        records = cls(engine, data)
        try:
            records._check_schema(migrate)
            if province is not None:
                records._claim(province)
        except BaseException:
            records.close()
            raise
        return records

    @property
    def folder(self) -> DataFolder:
        """Return the data folder. Raises ``KeysMissing`` where the records were opened by URL without one."""
        if self._folder is None:
            raise KeysMissing("the records were opened by URL: pass folder=… so that keys and evidence have a place")
        return self._folder

    @property
    def has_folder(self) -> bool:
        """Tell whether there is a data folder (keys, evidence, output) beside the database."""
        return self._folder is not None

    @property
    def evidence(self) -> EvidenceArchive:
        """Return the WARC archive of the data folder."""
        if self._evidence is None:
            self._evidence = EvidenceArchive(self.folder.evidence)
        return self._evidence

    @property
    def province(self) -> str | None:
        """Return the key of the province that these records belong to, or None while no one claimed them."""
        with self.read() as tx:
            return tx.connection.execute(sa.select(tb.meta.c.value).where(tb.meta.c.name == "province")).scalar()

    @contextmanager
    def begin(self) -> Iterator[Transaction]:
        """Open a writing transaction: committed at the end of the block, rolled back as a whole on any error.

        SQLite takes the write lock at once (one writer at a time). Raises the errors of this room.
        """
        with self._transaction("IMMEDIATE") as tx:
            yield tx
        if tx.scrub:
            self.scrub(compact=tx.compact)

    @contextmanager
    def read(self) -> Iterator[Transaction]:
        """Open a reading transaction on one consistent snapshot.

        It never waits for a writer, and writing in it is refused.
        """
        with self._transaction("DEFERRED") as tx:
            yield tx

    def close(self) -> None:
        """Give all connections back."""
        if self._evidence is not None:
            self._evidence.close()
        self.engine.dispose()

    def __enter__(self) -> Records:
        """Return itself: ``with Records.open(…) as records``."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close."""
        self.close()

    @contextmanager
    def _transaction(self, mode: str) -> Iterator[Transaction]:
        try:
            with self.engine.connect().execution_options(records_mode=mode) as connection, connection.begin():
                if mode == "DEFERRED":
                    _read_only(connection)
                yield Transaction(connection, self._folder)
        except exc.DBAPIError as error:
            raise from_driver(error) from error

    def scrub(self, *, compact: bool = False) -> bool:
        """Take erased text out of the files too: SQLite's log is emptied, PostgreSQL's dead rows are vacuumed.

        ``compact`` also writes SQLite's file anew: pages that were split or merged keep copies of rows that
        ``secure_delete`` never sees. That takes the free space of a second file and keeps writers waiting (measured: 1.9 s
        for 131 MB). False where another process or a full disk is in the way; the next ``expire`` does it then.
        """
        with self.engine.connect().execution_options(isolation_level="AUTOCOMMIT", records_mode="") as connection:
            try:
                if connection.dialect.name == "postgresql":
                    tables = (
                        "items, item_versions, sealed, aliases, assessments, stories, signatures, alerts, proposals,"
                        " cases, case_events, referrals, referral_events, outbox"
                    )
                    connection.exec_driver_sql(f"VACUUM {tables}")
                    return True
                if compact:
                    connection.exec_driver_sql("VACUUM")
                waiting = connection.exec_driver_sql("PRAGMA busy_timeout").scalar()
                connection.exec_driver_sql("PRAGMA busy_timeout=1000")
                blocked = connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").scalar()
                connection.exec_driver_sql(f"PRAGMA busy_timeout={waiting}")
                return not blocked
            except exc.DBAPIError as error:
                if isinstance(found := from_driver(error), RecordsBusy | DiskFull):
                    return False
                raise found from error

    def _check_schema(self, migrate_now: bool) -> None:
        found = self._schema()
        if found == HEAD:
            return
        if found is not None and found > HEAD:
            raise SchemaMismatch(
                f"the records have schema {found}, this version knows {HEAD}: install the newer version"
            )
        if not migrate_now:
            raise SchemaMismatch(
                f"the records have schema {found or 'none'}, this version needs {HEAD}: run with migrate=True"
            )
        from records.migrations import upgrade

        try:
            upgrade(self.engine)
        except exc.DBAPIError as error:
            raise from_driver(error) from error

    def _schema(self) -> str | None:
        with self._transaction("DEFERRED") as tx:
            if not sa.inspect(tx.connection).has_table("alembic_version"):
                return None
            return tx.connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar()

    def _claim(self, province: str) -> None:
        found = self.province
        if found is None:
            with self.begin() as tx:
                known = tx.connection.execute(sa.select(tb.meta.c.value).where(tb.meta.c.name == "province")).scalar()
                if known is None:
                    tx.connection.execute(tb.meta.insert().values(name="province", value=province))
                found = known or province
        if found != province:
            raise OtherProvince(
                f"these records belong to province {found!r}, not {province!r}:"
                f" use --province {found} or another --data folder"
            )


def migrate(url: str) -> None:
    """Bring the schema of a database up to date. ``url`` as for ``Records.open``."""
    Records.open(url).close()


def _engine(url: str, busy_seconds: float) -> Engine:
    """Return the engine: SQLite in WAL mode with explicit BEGIN, PostgreSQL with the same waiting time for locks."""
    options: dict[str, Any] = {
        "json_serializer": lambda value: json.dumps(value, ensure_ascii=False, separators=(",", ":")),
    }
    if not url.startswith("sqlite"):
        wait = int(busy_seconds * 1000)
        return sa.create_engine(url, connect_args={"options": f"-c lock_timeout={wait} -c timezone=UTC"}, **options)
    engine = sa.create_engine(url, connect_args={"timeout": busy_seconds, "isolation_level": None}, **options)

    @sa.event.listens_for(engine, "connect")
    def _prepare(connection: Any, _: object) -> None:
        cursor = connection.cursor()
        # secure_delete: what is erased is overwritten in the file, not only unlinked (an H6 finding, expired text).
        for pragma in (
            "journal_mode=WAL",
            "synchronous=NORMAL",
            "foreign_keys=ON",
            "secure_delete=ON",
            "cache_size=-65536",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @sa.event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        mode = connection.get_execution_options().get("records_mode", "IMMEDIATE")
        if mode:
            connection.exec_driver_sql(f"BEGIN {mode}")

    @sa.event.listens_for(engine, "reset")
    def _writable(connection: Any, *_: object) -> None:
        cursor = connection.cursor()
        cursor.execute("PRAGMA query_only=OFF")
        cursor.close()

    return engine


def _read_only(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA query_only=ON")
    else:
        connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
