"""The records on both databases: every test that takes ``records`` runs on SQLite and on PostgreSQL."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from records import Records
from records.tables import metadata
from tests.postgres import make_database, postgres_server, postgres_url

__all__ = ["postgres_server", "postgres_url"]


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a migrated, empty SQLite file to copy: migrating once is enough."""
    folder = tmp_path_factory.mktemp("template")
    with Records.open(folder) as records:
        records.scrub()
    return folder / "records.sqlite"


@pytest.fixture(scope="session")
def postgres_migrated(postgres_server: str) -> str:
    """Return the URL of a migrated PostgreSQL database that the tests share: making one takes a second, emptying it none."""
    url = make_database(postgres_server)
    Records.open(url).close()
    return url


def empty(url: str) -> None:
    """Delete every row, past all triggers and references."""
    with psycopg.connect(url.replace("+psycopg", "")) as connection:
        connection.execute("SET session_replication_role = replica")
        for table in metadata.tables:
            connection.execute(f'DELETE FROM "{table}"'.encode())


@pytest.fixture(params=["sqlite", "postgres"])
def records(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Records]:
    """Return empty records with a data folder, on SQLite and on PostgreSQL."""
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("sqlite_template"), tmp_path / "records.sqlite")
        with Records.open(tmp_path) as opened:
            yield opened
        return
    url = request.getfixturevalue("postgres_migrated")
    with Records.open(url, folder=tmp_path) as opened:
        yield opened
    empty(url)
