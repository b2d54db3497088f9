from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

import provinces
from provinces import Province
from records import Records
from tests.postgres import drop_database, make_database, postgres_server
from tests.review.scene import Scene

__all__ = ["postgres_server"]


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a migrated, empty SQLite file to copy."""
    folder = tmp_path_factory.mktemp("template")
    with Records.open(folder) as records:
        records.scrub()
    return folder / "records.sqlite"


@pytest.fixture(scope="session")
def province() -> Province:
    return provinces.load("gia-lai")


@pytest.fixture
def scene(template: Path, tmp_path: Path, province: Province) -> Iterator[Scene]:
    """Return an empty desk on SQLite."""
    shutil.copy(template, tmp_path / "records.sqlite")
    with Records.open(tmp_path, province=province.key) as records:
        yield Scene(records, province)


@pytest.fixture(params=["sqlite", "postgres"])
def both(request: pytest.FixtureRequest, tmp_path: Path, province: Province) -> Iterator[Scene]:
    """Return an empty desk on each database."""
    if request.param == "sqlite":
        yield request.getfixturevalue("scene")
        return
    server = request.getfixturevalue("postgres_server")
    url = make_database(server)
    with Records.open(url, folder=tmp_path) as records:
        yield Scene(records, province)
    drop_database(server, url)
