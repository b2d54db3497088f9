"""The documents say what the program does."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import typer.main

from langnghe.cli import app, register
from langnghe.reference import reference

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = [ROOT / "README.md", ROOT / "README.vi.md", *sorted((ROOT / "docs").glob("*.md"))]


def test_the_command_line_reference_is_current() -> None:
    assert (ROOT / "docs/cli.md").read_text("utf-8") == reference(), (
        "run: .venv/bin/python -m langnghe.reference > docs/cli.md"
    )


def commands() -> dict[str, Any]:
    register()
    found: dict[str, Any] = {}

    def walk(command: Any, path: str) -> None:
        children = getattr(command, "commands", None)
        if children is None:
            found[path] = command
            return
        for name, child in children.items():
            walk(child, f"{path} {name}".strip())

    walk(typer.main.get_command(app), "")
    return found


def test_every_command_says_what_it_does() -> None:
    assert [path for path, command in commands().items() if not (command.help or "").strip()] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_code_blocks_name_real_commands_and_options(document: Path) -> None:
    known = commands()
    blocks = re.findall(r"```console\n(.*?)```", document.read_text("utf-8"), re.DOTALL)
    for line in "\n".join(blocks).replace("\\\n", " ").splitlines():
        words = shlex.split(line, comments=True)
        if not words:
            continue
        if words[0] == "./run":
            assert re.search(rf"^    {words[1]}\)", (ROOT / "run").read_text(), re.MULTILINE), line
        elif words[0].endswith("langnghe"):
            depth = 2 if f"{words[1]} {words[2] if len(words) > 2 else ''}" in known else 1
            path = " ".join(words[1 : 1 + depth])
            assert path in known, line
            options = {option for parameter in known[path].params for option in parameter.opts}
            assert {word.split("=")[0] for word in words if word.startswith("--")} <= options | {"--help"}, line


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_between_documents_lead_somewhere(document: Path) -> None:
    for target in re.findall(r"\]\(([^)#\s]+)\)", document.read_text("utf-8")):
        if "://" not in target:
            assert (document.parent / target).exists(), f"{document.name} → {target}"
