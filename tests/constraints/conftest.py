"""Two walks of the bundled days, made once: nobody at the desk, and the invented reviewers at work."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

import provinces
from demo.profile import FOLDER
from provinces import Province
from records import Records
from tests.constraints.house import House, walk


@pytest.fixture(scope="session")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Return the data folder after all stages ran with nobody at the desk."""
    house = walk(tmp_path_factory.mktemp("machine") / "data", decided=False)
    yield house
    house.records.close()


@pytest.fixture(scope="session")
def decided(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Return the data folder after the invented reviewers and the approver acted."""
    house = walk(tmp_path_factory.mktemp("decided") / "data", decided=True)
    yield house
    house.records.close()


@pytest.fixture(scope="session")
def province() -> Province:
    """Return the demo's profile: Gia Lai with invented sources and people."""
    return provinces.load(FOLDER)


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a migrated, empty SQLite file to copy."""
    folder = tmp_path_factory.mktemp("empty")
    with Records.open(folder) as opened:
        opened.scrub()
    return folder / "records.sqlite"


@pytest.fixture
def records(empty_database: Path, tmp_path: Path) -> Iterator[Records]:
    """Return empty records with a data folder."""
    shutil.copy(empty_database, tmp_path / "records.sqlite")
    with Records.open(tmp_path) as opened:
        yield opened
