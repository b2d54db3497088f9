"""The schema's history: one file per change, run in order, all in one transaction.

A change of ``records/tables.py`` needs a new file in ``versions/`` and ``records.store.HEAD`` raised to it; a test
compares what the migrations make with the tables on both databases.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.script import ScriptDirectory
from sqlalchemy.engine import Engine

_LOCK = 0x6C6E6D  # "lnm": one migrator at a time on PostgreSQL; SQLite takes its write lock


def upgrade(engine: Engine) -> None:
    """Bring the database to the newest schema; nothing happens when it is there. Two processes may do it at once."""
    script = ScriptDirectory(str(Path(__file__).parent))

    def steps(revision: Any, _: Any) -> Any:
        return script._upgrade_revs("head", revision)

    with engine.connect().execution_options(records_mode="IMMEDIATE") as connection, connection.begin():
        if connection.dialect.name == "postgresql":
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
        with EnvironmentContext(Config(), script, fn=steps) as environment:
            environment.configure(connection=connection)
            environment.run_migrations()
