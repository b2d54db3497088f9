"""Fixtures that every room's tests share."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


def shared_folder() -> Path:
    """Return the folder of the shared real data: ``LANGNGHE_SHARED``, or ``../shared`` beside the checkout."""
    return Path(os.environ.get("LANGNGHE_SHARED", ROOT.parent / "shared"))


@pytest.fixture(scope="session")
def shared() -> Path:
    """Return the shared data folder; skip loudly where it is absent, fail under ``CI=true``."""
    folder = shared_folder() / "data"
    if not folder.is_dir():
        message = f"real data is absent: {folder} (set LANGNGHE_SHARED)"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    return folder.parent
