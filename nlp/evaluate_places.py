"""The evaluation door for places: relevance of each text to each monitored province."""

from __future__ import annotations

import json
import time
from datetime import date, datetime
from pathlib import Path
from typing import Any

import provinces
import text as vietnamese
from nlp.errors import LabelledFileError
from nlp.places import Resolver

PROFILES = ("gia-lai", "an-giang", "thai-nguyen")


def evaluate(path: Path) -> dict[str, Any]:
    """Score a JSONL file of ``{id, title, body, published, relevant: [profile, …]}``.

    Returns ``profiles`` {name: {precision, recall, f1}}, ``f1_micro`` and ``docs_per_second`` (texts read for all
    profiles per second of processor time). Raises LabelledFileError with the line of a row that breaks the format.
    """
    rows = _read(path)
    resolvers = {key: Resolver(provinces.load(key)) for key in PROFILES}
    counts = {key: [0, 0, 0] for key in PROFILES}
    started = time.process_time()
    verdicts = [
        {key: resolver.assess(title, body, "", published).relevant for key, resolver in resolvers.items()}
        for title, body, published, _ in rows
    ]
    seconds = max(time.process_time() - started, 1e-9)
    for (_, _, _, relevant), verdict in zip(rows, verdicts, strict=True):
        for key, counted in counts.items():
            gold = key in relevant
            counted[0] += verdict[key] and gold
            counted[1] += verdict[key] and not gold
            counted[2] += gold and not verdict[key]
    return {
        "profiles": {key: _figures(*counted) for key, counted in counts.items()},
        "f1_micro": _figures(*(sum(column) for column in zip(*counts.values(), strict=True)))["f1"],
        "docs_per_second": round(len(rows) / seconds, 1),
    }


def _figures(hits: int, wrong: int, missed: int) -> dict[str, float]:
    return {
        "precision": round(hits / (hits + wrong), 4) if hits + wrong else 0.0,
        "recall": round(hits / (hits + missed), 4) if hits + missed else 0.0,
        "f1": round(2 * hits / (2 * hits + wrong + missed), 4) if hits + wrong + missed else 0.0,
    }


def _read(path: Path) -> list[tuple[str, str, date | None, frozenset[str]]]:
    rows = []
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise LabelledFileError(f"cannot read {path}: {error.strerror}") from None
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            title, body = vietnamese.normalize(row["title"] or ""), vietnamese.normalize(row.get("body") or "")
            relevant = frozenset(row["relevant"])
            published = datetime.fromisoformat(row["published"]).date() if row.get("published") else None
        except (ValueError, TypeError, KeyError) as error:
            raise LabelledFileError(f"{path}, line {number}: {error!r}; see docs/evaluation.md") from None
        rows.append((title, body, published, relevant))
    if not rows:
        raise LabelledFileError(f"{path} holds no row")
    return rows
