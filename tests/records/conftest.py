"""The records on both databases: every test that takes ``records`` runs on SQLite and on PostgreSQL."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from records import Records
from tests.postgres import drop_database, make_database, postgres_server, postgres_url

__all__ = ["postgres_server", "postgres_url"]


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a migrated, empty SQLite file to copy: migrating once is enough."""
    folder = tmp_path_factory.mktemp("template")
    with Records.open(folder) as records:
        records.scrub()
    return folder / "records.sqlite"


@pytest.fixture(scope="session")
def postgres_template(postgres_server: str) -> str:
    """Return the name of a migrated, empty PostgreSQL database to copy."""
    url = make_database(postgres_server)
    Records.open(url).close()
    return url.rpartition("/")[2]


@pytest.fixture(params=["sqlite", "postgres"])
def records(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Records]:
    """Return empty records with a data folder, on SQLite and on PostgreSQL."""
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("sqlite_template"), tmp_path / "records.sqlite")
        with Records.open(tmp_path) as opened:
            yield opened
        return
    server = request.getfixturevalue("postgres_server")
    url = make_database(server, request.getfixturevalue("postgres_template"))
    with Records.open(url, folder=tmp_path) as opened:
        yield opened
    drop_database(server, url)
