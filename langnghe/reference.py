"""The reference of the command line, ``docs/cli.md``: ``python -m langnghe.reference > docs/cli.md``."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

import typer.main

from langnghe.cli import app, register

HEAD = """# Command line

Made by `python -m langnghe.reference`; a test compares it with the program. Options stand after the command; every command
that reads a data folder takes `--province` and `--data`, and `--json` where it has something to print for a program.

Exit codes: 0 done · 1 refused, with a message that names the fix · 2 wrong usage · 75 busy, try again.
"""


def reference() -> str:
    """Return the whole reference as Markdown."""
    register()
    root = typer.main.get_command(app)
    return "\n".join([HEAD, *_commands(root, "langnghe")]) + "\n"


def _commands(command: Any, path: str) -> Iterator[str]:
    children = getattr(command, "commands", None)
    if children is not None:
        for name in sorted(children):
            yield from _commands(children[name], f"{path} {name}")
        return
    yield f"## `{path}`\n\n{(command.help or '').strip()}\n"
    rows = [row for parameter in command.params for row in _row(parameter)]
    if rows:
        yield "| option | meaning |\n|---|---|\n" + "\n".join(rows) + "\n"


def _row(parameter: Any) -> Iterator[str]:
    if parameter.name == "help":
        return
    if parameter.param_type_name == "argument":
        name = parameter.name.upper()
    else:
        name = ", ".join(f"`{option}`" for option in (*parameter.opts, *parameter.secondary_opts))
    text = (getattr(parameter, "help", None) or "").replace("|", "\\|")
    plain = (
        parameter.default if isinstance(parameter.default, str | int) and parameter.default not in ("", False) else None
    )
    notes = (["required"] if parameter.required else []) + ([f"default {plain}"] if plain is not None else [])
    yield f"| {name} | {text}{' (' + ', '.join(notes) + ')' if notes else ''} |"


if __name__ == "__main__":
    sys.stdout.write(reference())
