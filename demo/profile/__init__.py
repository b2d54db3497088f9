"""The demo's profile folder: ``profile.toml`` extends the real Gia Lai profile; the rest here is invented."""

from pathlib import Path

FOLDER = Path(__file__).resolve().parent
"""Give it to ``provinces.load`` or ``--province``."""
