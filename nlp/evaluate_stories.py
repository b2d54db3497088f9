"""The evaluation door for stories: one pass over the file, scored against its gold clusters."""

from __future__ import annotations

import gzip
import json
import re
import time
from collections import Counter, defaultdict
from collections.abc import Hashable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import text as vietnamese
from nlp.errors import LabelledFileError
from nlp.stories import Linker
from nlp.stories_signature import Text, sign

BATCH = 256
_DAY = re.compile(r"(\d{1,2})\s*(?:[/.-]|tháng)\s*(\d{1,2})\s*(?:[/.,-]|năm)?\s*(20\d\d|\d\d)(?!\d)", re.IGNORECASE)
_CLOCK = re.compile(r"(\d{1,2})[:h](\d{2})(?::\d{2})?\s*(pm|ch)?", re.IGNORECASE)


def evaluate(path: Path) -> dict[str, Any]:
    """Score a JSONL file (``.gz`` too) of ``{id, title, summary, body, published, cluster}``; ``cluster`` null: distractor.

    Returns ``b3`` and ``pairwise`` {precision, recall, f1} and ``docs_per_second`` of processor time. A distractor that joins a
    gold cluster costs precision; distractors among themselves are not scored, for nobody has told which belong together.
    Times are read leniently (ISO, "20/05/2016 11:03"); where fewer than nine in ten have one, all count as simultaneous.
    Raises LabelledFileError with the line of a row that breaks the format.
    """
    texts, gold = _read(path)
    order = sorted(range(len(texts)), key=lambda number: texts[number].at)
    linker = Linker()
    found: dict[str, str] = {}
    started = time.process_time()
    for start in range(0, len(order), BATCH):
        for link in linker.add(sign([texts[number] for number in order[start : start + BATCH]])):
            found[link.item_id] = link.story_id
            for gone in link.merged:
                found.update((item, link.story_id) for item, story in found.items() if story == gone)
    seconds = max(time.process_time() - started, 1e-9)
    scores = b3_and_pairwise([found[text.item_id] for text in texts], gold)
    return {**scores, "docs_per_second": round(len(texts) / seconds, 1)}


def b3_and_pairwise(predicted: Sequence[Hashable], gold: Sequence[Hashable | None]) -> dict[str, dict[str, float]]:
    """Return B³ and pairwise precision, recall and F1 over the items that have a gold cluster."""
    predicted_sizes = Counter(predicted)
    gold_sizes = Counter(cluster for cluster in gold if cluster is not None)
    both = Counter((p, g) for p, g in zip(predicted, gold, strict=True) if g is not None)
    labelled = sum(gold_sizes.values())
    b3_precision = sum(count * count / predicted_sizes[p] for (p, _), count in both.items()) / labelled
    b3_recall = sum(count * count / gold_sizes[g] for (_, g), count in both.items()) / labelled
    hits = sum(count * (count - 1) for count in both.values())
    inside: defaultdict[Hashable, int] = defaultdict(int)
    for (p, _), count in both.items():
        inside[p] += count
    # Pairs of a labelled item with anything else in its predicted story; distractor pairs are left out.
    proposed = sum(count * (predicted_sizes[p] - 1) for p, count in inside.items())
    wanted = sum(count * (count - 1) for count in gold_sizes.values())
    return {
        "b3": _figures(b3_precision, b3_recall),
        "pairwise": _figures(hits / proposed if proposed else 0.0, hits / wanted if wanted else 0.0),
    }


def _figures(precision: float, recall: float) -> dict[str, float]:
    both = precision + recall
    f1 = 2 * precision * recall / both if both else 0.0
    return {"precision": round(precision, 4), "recall": round(recall, 4), "f1": round(f1, 4)}


def _read(path: Path) -> tuple[list[Text], list[str | None]]:
    texts: list[Text] = []
    gold: list[str | None] = []
    times: list[datetime | None] = []
    try:
        with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as file:
            for number, line in enumerate(file, 1):
                if not line.strip():
                    continue
                try:
                    row = json.loads(line)
                    parts = [row.get("title"), row.get("summary"), row.get("body") or row.get("text")]
                    title, lead, body = (vietnamese.normalize(part or "") for part in parts)
                    cluster = row["cluster"]
                except (ValueError, TypeError, KeyError, AttributeError) as error:
                    raise LabelledFileError(f"{path}, line {number}: {error!r}; see docs/evaluation.md") from None
                texts.append(Text(str(len(texts)), 0.0, title, lead, body))
                gold.append(None if cluster is None else str(cluster))
                times.append(parse_time(str(row.get("published") or row.get("time") or "")))
    except (OSError, EOFError, UnicodeDecodeError) as error:
        raise LabelledFileError(f"cannot read {path}: {error}") from None
    if not any(cluster is not None for cluster in gold):
        raise LabelledFileError(f"{path} holds no row with a cluster")
    known = [moment.timestamp() for moment in times if moment is not None]
    if len(known) >= 0.9 * len(times):
        typical = sorted(known)[len(known) // 2]
        texts = [
            text._replace(at=typical if moment is None else moment.timestamp())
            for text, moment in zip(texts, times, strict=True)
        ]
    return texts, gold


def parse_time(value: str) -> datetime | None:
    """Read a time as Vietnamese papers print it, or ISO; None where there is no date."""
    try:
        moment = datetime.fromisoformat(value)
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    except ValueError:
        pass
    day = _DAY.search(value)
    if day is None:
        return None
    clock = _CLOCK.search(value)
    hour, minute = (int(clock[1]), int(clock[2])) if clock else (12, 0)
    if clock and clock[3] and hour < 12:
        hour += 12
    year = int(day[3]) + (2000 if len(day[3]) == 2 else 0)
    try:
        return datetime(year, int(day[2]), int(day[1]), hour, minute, tzinfo=UTC)
    except ValueError:
        return None
