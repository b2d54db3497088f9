"""What every repository has in common: its transaction, and the few statements that both databases share."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.engine import Connection

if TYPE_CHECKING:
    from records.store import Transaction

T = TypeVar("T")
CHUNK = 500
"""Ids per IN list: SQLite takes 32,766 parameters, PostgreSQL 65,535.

500 keeps statements in the cache and costs nothing.
"""


class Repository:
    """One kind of record within a transaction."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    @property
    def _db(self) -> Connection:
        return self._tx.connection

    def _upsert(
        self, table: sa.Table, rows: Sequence[Mapping[str, Any]], *, keep: Iterable[str] = (), add: Iterable[str] = ()
    ) -> None:
        """Insert rows; where the primary key exists, overwrite all columns but ``keep``, adding to those in ``add``."""
        if not rows:
            return
        statement = self._insert(table)
        keys = [column.name for column in table.primary_key]
        changed = {
            name: table.c[name] + statement.excluded[name] if name in set(add) else statement.excluded[name]
            for name in rows[0]
            if name not in keys and name not in set(keep)
        }
        self._db.execute(statement.on_conflict_do_update(index_elements=keys, set_=changed), list(rows))

    def _insert_new(self, table: sa.Table, rows: Sequence[Mapping[str, Any]]) -> None:
        """Insert rows, leaving those alone that already exist."""
        if rows:
            self._db.execute(self._insert(table).on_conflict_do_nothing(), list(rows))

    def _insert(self, table: sa.Table) -> Any:
        return sqlite_insert(table) if self._tx.sqlite else postgresql_insert(table)


def chunks(values: Iterable[T], size: int = CHUNK) -> Iterator[list[T]]:
    """Cut values into lists of at most ``size``."""
    batch: list[T] = []
    for value in values:
        batch.append(value)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch
