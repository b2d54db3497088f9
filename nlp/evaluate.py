"""Score the shipped judgement, and our standard recipe, on labelled files (formats: ``docs/evaluation.md``)."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import text as vietnamese
from nlp.errors import LabelledFileError
from nlp.judge import Judgement, Models, judge, load
from nlp.view import view
from records.types import Harm, HarmLevel, Lane, Tone

SCORED_TONES = (Tone.POSITIVE.value, Tone.NEUTRAL.value, Tone.NEGATIVE.value)
BOOTSTRAPS = 1000
BATCH = 256


def read_labelled(path: Path, keys: Sequence[str]) -> list[dict[str, Any]]:
    """Read a JSONL file whose rows hold ``keys``; raise :class:`LabelledFileError` naming line and key."""
    rows: list[dict[str, Any]] = []
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise LabelledFileError(f"{path} cannot be read: {error}") from error
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except ValueError as error:
            raise LabelledFileError(f"{path}:{number}: not JSON ({error})") from error
        missing = [key for key in keys if not isinstance(row, dict) or key not in row]
        if missing:
            raise LabelledFileError(f"{path}:{number}: key {missing[0]!r} is missing")
        rows.append(row)
    if not rows:
        raise LabelledFileError(f"{path} holds no rows")
    return rows


def precision_recall(truth: Sequence[bool], said: Sequence[bool]) -> dict[str, float]:
    """Return precision, recall and F1 of a yes/no decision (0 where undefined)."""
    hits = sum(a and b for a, b in zip(truth, said, strict=True))
    precision = hits / sum(said) if any(said) else 0.0
    recall = hits / sum(truth) if any(truth) else 0.0
    f1 = 2 * precision * recall / (precision + recall) if hits else 0.0
    return {"precision": round(precision, 4), "recall": round(recall, 4), "f1": round(f1, 4)}


def macro_f1(truth: Sequence[str], said: Sequence[str], classes: Sequence[str]) -> float:
    """Return the unweighted mean of the F1 of ``classes``."""
    return float(np.mean([precision_recall([t == c for t in truth], [s == c for s in said])["f1"] for c in classes]))


def interval(score: Callable[[NDArray[np.int64]], float], size: int, seed: int = 0) -> list[float]:
    """Return the 95 % bootstrap interval of ``score(indices)`` over ``size`` rows."""
    draws = np.random.default_rng(seed).integers(0, size, (BOOTSTRAPS, size))
    values = [score(draw) for draw in draws]
    return [round(float(value), 4) for value in np.percentile(values, [2.5, 97.5])]


def calibration_error(confidence: NDArray[np.float64], right: NDArray[np.float64], bins: int = 10) -> float:
    """Return the expected calibration error over equal-width bins."""
    number = np.minimum((confidence * bins).astype(int), bins - 1)
    sums = np.bincount(number, confidence - right, bins)
    return float(np.abs(sums).sum() / len(confidence))


def _judge_all(models: Models, rows: Sequence[dict[str, Any]]) -> tuple[list[Judgement], float]:
    """Judge rows the way the service does; only reading and judging is timed (masking belongs to ``collect``)."""
    found: list[Judgement] = []
    seconds = 0.0
    for first in range(0, len(rows), BATCH):
        texts = []
        for row in rows[first : first + BATCH]:
            social = row["channel"] not in ("press", "official", "broadcast")
            words = vietnamese.normalize(str(row["text"]))
            texts.append((vietnamese.mask(words, social=social).text, social))
        start = time.perf_counter()
        found.extend(judge(models, [view(words, social=social) for words, social in texts]))
        seconds += time.perf_counter() - start
    return found, seconds


def evaluate_lanes(path: Path, models: Models | None = None) -> dict[str, Any]:
    """Score lanes, harm and tone of ``path`` (JSONL: id, channel, text, lane, harm, harm2, tone).

    Overall harm is counted per item (any finding against any gold class), ``by_class`` per class; ``harm2`` counts as gold.
    ``tone`` null or mixed is not scored. Raises :class:`LabelledFileError`.
    """
    rows = read_labelled(path, ("id", "channel", "text", "lane", "harm", "tone"))
    lanes = [lane.value for lane in Lane]
    for number, row in enumerate(rows, 1):
        if row["lane"] not in lanes:
            raise LabelledFileError(f"{path}: row {number}: lane {row['lane']!r} is none of {', '.join(lanes)}")
    return score(rows, models or load())


def score(rows: Sequence[dict[str, Any]], models: Models) -> dict[str, Any]:
    """Return the scores of :func:`evaluate_lanes` for rows already read."""
    judged, seconds = _judge_all(models, rows)
    truth = [str(row["lane"]) for row in rows]
    said = [one.lane.value for one in judged]
    present = sorted(set(truth))
    classes = {
        lane: {**precision_recall([t == lane for t in truth], [s == lane for s in said]), "support": truth.count(lane)}
        for lane in present
    }
    gold = [{code for code in (row.get("harm"), row.get("harm2")) if code} for row in rows]
    suggested = [{finding.harm.value for finding in one.harms} for one in judged]
    alerted = [{f.harm.value for f in one.harms if f.level is HarmLevel.ALERT} for one in judged]
    feedback = [number for number, lane in enumerate(truth) if lane == Lane.FEEDBACK.value]
    toned = [number for number, row in enumerate(rows) if row["tone"] in SCORED_TONES]
    tone_truth = [str(rows[number]["tone"]) for number in toned]
    tone_said = [judged[number].tone.value for number in toned]
    confidence = np.array([one.lane_probability for one in judged])
    right = np.array([t == s for t, s in zip(truth, said, strict=True)], float)

    def pick(values: Sequence[str], draw: NDArray[np.int64]) -> list[str]:
        return [values[place] for place in draw]

    overall = precision_recall([bool(g) for g in gold], [bool(s) for s in suggested])
    at_alert = precision_recall([bool(g) for g in gold], [bool(a) for a in alerted])
    return {
        "model": models.version,
        "rows": len(rows),
        "classes": classes,
        "macro_f1": round(macro_f1(truth, said, present), 4),
        "macro_f1_ci95": interval(lambda d: macro_f1(pick(truth, d), pick(said, d), present), len(rows)),
        "feedback_as_harm": round(sum(bool(suggested[n]) for n in feedback) / len(feedback), 4) if feedback else 0.0,
        "harm": {
            **overall,
            "by_class": {
                kind.value: {
                    **precision_recall([kind.value in g for g in gold], [kind.value in s for s in suggested]),
                    "support": sum(kind.value in g for g in gold),
                }
                for kind in Harm
                if any(kind.value in group for group in (*gold, *suggested))
            },
        },
        "harm_at_alert": at_alert,
        "tone_macro_f1": round(macro_f1(tone_truth, tone_said, SCORED_TONES), 4),
        "tone_macro_f1_ci95": interval(
            lambda d: macro_f1(pick(tone_truth, d), pick(tone_said, d), SCORED_TONES), max(1, len(toned))
        )
        if toned
        else [0.0, 0.0],
        "ece": round(calibration_error(confidence, right), 4),
        "ece_ci95": interval(lambda d: calibration_error(confidence[d], right[d]), len(rows)),
        "docs_per_second": round(len(rows) / seconds, 1),
    }
