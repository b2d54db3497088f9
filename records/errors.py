"""Everything that storage can refuse or fail at, as one short tree.

The messages are for operators: what happened, then what to do.
"""

from __future__ import annotations

import errno
import sqlite3

import psycopg
from sqlalchemy import exc


class RecordsError(Exception):
    """Any failure of the records. Nothing of the transaction was kept; run the command again once the cause is gone."""


class RecordsBusy(RecordsError):
    """Another process held the write lock longer than the time-out. Wait for it, or stop it; then run again."""


class DiskFull(RecordsError):
    """The disk (or quota) of the data folder is full. Free space, then run again: nothing half-written was kept."""


class RecordsDamaged(RecordsError):
    """The database file is not readable as one. Restore the newest backup of the data folder."""


class RecordsUnreachable(RecordsError):
    """The database server does not answer, or the file cannot be opened.

    Check the address, the server, the file's rights.
    """


class OtherProvince(RecordsError):
    """The data folder belongs to another province. Use that province's folder, or a new one."""


class SchemaMismatch(RecordsError):
    """The database has a schema that this version does not know.

    Install the newer version, or open with ``migrate=True``.
    """


class ConstraintRefused(RecordsError):
    """The database refused a row: a rule of ``domain.md`` §5.3 or a reference was broken.

    A programming error, never retried.
    """


class UnknownRecord(RecordsError, KeyError):
    """No row has this id. Check the id; an expired row is gone for good."""

    def __str__(self) -> str:
        """Return the message without the quotes that KeyError adds."""
        return str(self.args[0]) if self.args else ""


class NotReferable(RecordsError):
    """The proposal may not become a cyber-team referral (lane, class, imminence or missing second person)."""


class SealRefused(RecordsError):
    """The sealed value may not be opened: no harm H1/H2/H8 and no call for rescue stands behind it, or it is gone."""


class KeysMissing(RecordsError):
    """Keys or evidence are needed, but the records were opened by URL without a data folder. Pass ``folder=``."""


class EvidenceDamaged(RecordsError):
    """The archived response is absent or its sha256 differs. Restore the WARC file from the backup."""


class BadUrl(RecordsError, ValueError):
    """The text is not an http(s) URL with a host. Quarantine the row it came from."""


_SQLITE = {
    "SQLITE_BUSY": RecordsBusy,
    "SQLITE_LOCKED": RecordsBusy,
    "SQLITE_FULL": DiskFull,
    "SQLITE_CORRUPT": RecordsDamaged,
    "SQLITE_NOTADB": RecordsDamaged,
    "SQLITE_CANTOPEN": RecordsUnreachable,
    "SQLITE_READONLY": RecordsUnreachable,
    "SQLITE_PERM": RecordsUnreachable,
}
_FIX = {
    RecordsBusy: "another process is writing; wait for it or stop it, then run again",
    DiskFull: "the disk is full; free space, then run again (nothing half-written was kept)",
    RecordsDamaged: "the database file is damaged; restore the newest backup of the data folder",
    RecordsUnreachable: "the database cannot be opened; check its address, that it runs, and the rights on it",
    ConstraintRefused: "the database refused the row by one of its rules",
}


def from_driver(error: exc.DBAPIError) -> RecordsError:
    """Translate a driver's error to this room's tree.

    SQLite by its extended result code, PostgreSQL by its SQLSTATE. SQLITE_IOERR counts as a full disk: it is what a
    write beyond the quota of the file size gives.
    """
    origin = error.orig
    kind: type[RecordsError] = RecordsError
    if isinstance(origin, sqlite3.Error):
        name = getattr(origin, "sqlite_errorname", "")
        if name.startswith("SQLITE_CONSTRAINT"):
            kind = ConstraintRefused
        elif name.startswith(
            ("SQLITE_IOERR_WRITE", "SQLITE_IOERR_TRUNCATE", "SQLITE_IOERR_FSYNC", "SQLITE_IOERR_SHMSIZE")
        ):
            kind = DiskFull
        else:
            kind = next((found for prefix, found in _SQLITE.items() if name.startswith(prefix)), RecordsError)
    elif isinstance(origin, psycopg.Error):
        state = origin.sqlstate or ""
        if state.startswith("23") or state in ("P0001", "25006"):
            kind = ConstraintRefused
        elif state in ("55P03", "40001", "40P01", "57014"):
            kind = RecordsBusy
        elif state in ("53100", "53200"):
            kind = DiskFull
        elif state.startswith("XX"):
            kind = RecordsDamaged
        elif isinstance(origin, psycopg.OperationalError):
            kind = RecordsUnreachable
    fix = _FIX.get(kind)
    return kind(f"{origin}: {fix}" if fix else str(origin))


def is_disk_full(error: OSError) -> bool:
    """Tell whether an ``OSError`` means that no more bytes fit (space, quota or file-size limit)."""
    return error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
