"""Fit the weights of ``nlp.relevance``: logistic regression over the features, cross-validated by text.

    python -m nlp.relevance_train SHARED_DATA [OUTPUT]

``SHARED_DATA`` holds ``gold/places_dev.jsonl`` and ``press/rss_archive.jsonl.gz``. Beside the gold, ``relevance_extra.csv``
names articles of the archive that a first model was unsure of and that we read ourselves by the same guide; they weigh half,
like the gold's unsure rows, because they were picked for being hard. Press titles and leads may train shipped models.
"""

from __future__ import annotations

import csv
import gzip
import json
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

import provinces
import text as vietnamese
from nlp.errors import TrainingDataError
from nlp.places import Resolver
from nlp.relevance import MODEL, features

EXTRA = Path(__file__).with_name("relevance_extra.csv")
STRENGTH = 3.0
"""Inverse regularisation: flat between 1 and 10 on the cross-validation of 2026-11-22."""


@dataclass(frozen=True, slots=True)
class Example:
    """One text read for one province."""

    group: str
    found: dict[str, float]
    relevant: bool
    weight: float
    gold: bool


def examples(data: Path) -> list[Example]:
    """Read gold and extra rows for every monitored province. Raises TrainingDataError where a file is missing."""
    resolvers = {key: Resolver(provinces.load(key)) for key in ("gia-lai", "an-giang", "thai-nguyen")}
    out: list[Example] = []

    def add(title: str, lead: str, key: str, relevant: bool, weight: float, gold: bool) -> None:
        document = resolvers[key].read(vietnamese.normalize(title), vietnamese.normalize(lead), "")
        out.append(Example(title, features(document), relevant, weight, gold))

    try:
        with (data / "gold" / "places_dev.jsonl").open(encoding="utf-8") as file:
            for line in file:
                row = json.loads(line)
                for key in resolvers:
                    add(row["title"], row["body"], key, key in row["relevant"], 1.0 if row["sure"] else 0.5, True)
        with EXTRA.open(encoding="utf-8", newline="") as file:
            wanted = {row["url"]: row for row in csv.DictReader(file)}
        with gzip.open(data / "press" / "rss_archive.jsonl.gz", "rt", encoding="utf-8") as archive:
            for line in archive:
                row = json.loads(line)
                extra = wanted.pop(row["url"], None)
                if extra is not None:
                    add(row["title"], row.get("body") or "", extra["province"], extra["relevant"] == "1", 0.5, False)
    except (OSError, KeyError, ValueError) as error:
        raise TrainingDataError(f"cannot read the training data in {data}: {error}") from None
    return out


def train(data: Path, output: Path) -> dict[str, float]:
    """Fit on all rows, write the weights and return the cross-validated F1 on the gold (micro over the provinces)."""
    rows = examples(data)
    read = [row for row in rows if row.found]
    names = sorted({name for row in read for name in row.found})
    matrix = np.array([[row.found.get(name, 0.0) for name in names] for row in read])
    labels = np.array([row.relevant for row in read])
    weights = np.array([row.weight for row in read])
    ids = {group: number for number, group in enumerate(dict.fromkeys(row.group for row in read))}
    groups = np.random.default_rng(0).permutation(len(ids))[[ids[row.group] for row in read]]
    predicted = np.zeros(len(read), dtype=bool)
    for fit, held in GroupKFold(10).split(matrix, labels, groups):
        fold = LogisticRegression(C=STRENGTH, max_iter=1000).fit(matrix[fit], labels[fit], sample_weight=weights[fit])
        predicted[held] = fold.predict(matrix[held])
    gold = np.array([row.gold for row in read])
    hits = int((predicted & labels & gold).sum())
    found = int((predicted & gold).sum())
    wanted = sum(row.relevant for row in rows if row.gold)
    model = LogisticRegression(C=STRENGTH, max_iter=1000).fit(matrix, labels, sample_weight=weights)
    report = {"cv_precision": hits / found, "cv_recall": hits / wanted, "cv_f1": 2 * hits / (found + wanted)}
    payload = {
        "bias": round(float(model.intercept_[0]), 4),
        "weights": {name: round(float(weight), 4) for name, weight in zip(names, model.coef_[0], strict=True)},
        "card": {
            "data": "gold/places_dev.jsonl, relevance_extra.csv over press/rss_archive.jsonl.gz (press titles and leads)",
            "rows": len(read),
            "seed": 0,
            **{name: round(value, 4) for name, value in report.items()},
        },
    }
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_text(json.dumps(payload, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return report


if __name__ == "__main__":
    figures = train(Path(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) > 2 else MODEL)
    sys.stdout.write(json.dumps(figures) + "\n")
