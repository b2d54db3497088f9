"""What this machine lacks for which part of the work, and how to get it."""

from __future__ import annotations

import shutil
import sqlite3
import sys
from collections.abc import Callable, Iterator
from ctypes.util import find_library
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from rich.table import Table


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One checked thing. ``needed``: the main job does not run without it; ``fix`` is a command or a sentence."""

    name: str
    ok: bool
    needed: bool
    what_for: str
    fix: str

    def as_dict(self) -> dict[str, Any]:
        """Return the finding as JSON-ready values."""
        return asdict(self)


def examine() -> list[Finding]:
    """Look at Python, libraries, fonts, models, programs and free space."""
    return list(_findings())


def _findings() -> Iterator[Finding]:
    yield _needed(
        "Python 3.11–3.13",
        (3, 11) <= sys.version_info[:2] <= (3, 13),
        "everything",
        "install python3.11 and run ./run setup",
    )
    for library, package in (("pango-1.0", "libpangoft2-1.0-0"), ("pangoft2-1.0", "libpangoft2-1.0-0")):
        yield _needed(library, bool(find_library(library)), "the briefing's PDF", f"apt-get install {package}")
    yield _optional(
        "harfbuzz-subset",
        bool(find_library("harfbuzz-subset")),
        "smaller and faster PDFs",
        "apt-get install libharfbuzz-subset0",
    )
    yield _needed("fonts", _works(_fonts), "the briefing's PDF", "check out reports/fonts again")
    yield _needed("models", _works(_models), "assess", "run `langnghe train judge`, or check out nlp/models again")
    yield _needed("SQLite ≥ 3.35", sqlite3.sqlite_version_info >= (3, 35), "the embedded records", "use a newer Python")
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    yield _optional("chromium", bool(chromium), "outlets that need JavaScript", "apt-get install chromium")
    postgresql = bool(list(Path("/usr/lib/postgresql").glob("*/bin/initdb"))) or bool(shutil.which("initdb"))
    yield _optional("PostgreSQL 15+", postgresql, "production records and the tests", "apt-get install postgresql")
    for program in ("pdftotext", "qpdf"):
        package = "poppler-utils" if program == "pdftotext" else "qpdf"
        yield _optional(program, bool(shutil.which(program)), "the tests of the PDF", f"apt-get install {package}")
    free = shutil.disk_usage(Path.cwd()).free // 2**20
    yield _needed("1 GB free space here", free > 1024, "records, evidence and index", f"free some: {free} MB are left")


def _fonts() -> None:
    from reports.render import check_fonts

    check_fonts()


def _models() -> None:
    from nlp.judge import load

    load()


def _works(check: Callable[[], object]) -> bool:
    try:
        check()
    except Exception:  # noqa: BLE001 — whatever keeps it from working is what doctor reports
        return False
    return True


def _needed(name: str, ok: bool, what_for: str, fix: str) -> Finding:
    return Finding(name=name, ok=ok, needed=True, what_for=what_for, fix=fix)


def _optional(name: str, ok: bool, what_for: str, fix: str) -> Finding:
    return Finding(name=name, ok=ok, needed=False, what_for=what_for, fix=fix)


def table(findings: list[Finding]) -> Table:
    """Return the findings as a table."""
    made = Table(title="langnghe doctor")
    for heading in ("", "what", "for", "how to get it"):
        made.add_column(heading)
    for finding in findings:
        mark = "[green]ok[/]" if finding.ok else "[red]missing[/]" if finding.needed else "[yellow]missing[/]"
        made.add_row(mark, finding.name, finding.what_for, "" if finding.ok else finding.fix)
    return made
