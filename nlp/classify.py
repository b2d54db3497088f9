"""Our standard recipe for one label column: words and character n-grams, a linear separator, C chosen on a held-out part.

The recipe trains on whatever it is given and ships nothing: it measures how far plain features go on a public set
(``langnghe evaluate classify``).
"""

from __future__ import annotations

import csv
import gzip
import io
import re
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.metrics import f1_score, roc_auc_score
from sklearn.model_selection import StratifiedShuffleSplit
from sklearn.svm import LinearSVC

import text as vietnamese
from nlp.errors import LabelledFileError
from nlp.evaluate import interval
from nlp.features import cut_runs

STRENGTHS = (0.05, 0.1, 0.3, 1.0)
WEIGHTS: tuple[str | None, ...] = (None, "balanced")
HELD_OUT = 0.15
LONG = 1_000
"""Mean characters above which character n-grams are left out: on whole articles they cost minutes and gain nothing (VNTC)."""

LONGEST = 4_000
SEED = 0

_WORDS = re.compile(r"\w+|[^\w\s]")


def read_column(path: Path, text_col: str, label_col: str) -> tuple[list[str], list[str]]:
    """Read texts and labels of a CSV or CSV.GZ file; raise :class:`LabelledFileError` naming what is wrong."""
    csv.field_size_limit(10_000_000)  # whole articles; the default refuses cells over 128 kB
    try:
        raw = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        rows = list(csv.DictReader(io.StringIO(raw.decode("utf-8-sig"), newline="")))
    except (OSError, EOFError, UnicodeDecodeError, csv.Error) as error:
        raise LabelledFileError(f"{path} cannot be read as CSV: {error}") from error
    if not rows:
        raise LabelledFileError(f"{path} holds no rows")
    for column in (text_col, label_col):
        if column not in rows[0]:
            raise LabelledFileError(f"{path} has no column {column!r}; it has {', '.join(map(str, rows[0]))}")
    labelled = [row for row in rows if (row[label_col] or "") != ""]
    if not labelled:
        raise LabelledFileError(f"{path}: column {label_col!r} is empty in every row")
    return [row[text_col] or "" for row in labelled], [row[label_col] for row in labelled]


def prepare(text: str) -> str:
    """Return the form the recipe reads: normal form, lower case, runs of three and more equal characters cut to two."""
    return cut_runs(vietnamese.normalize(text[:LONGEST]).lower())


class _Features:
    """The two TF-IDF blocks side by side."""

    def __init__(self, texts: Sequence[str]) -> None:
        long = np.mean([len(text) for text in texts]) > LONG
        # One-letter words ("ở", "ý") count; scikit-learn's default pattern drops them.
        self._parts = [
            TfidfVectorizer(tokenizer=_WORDS.findall, token_pattern=None, ngram_range=(1, 2), min_df=2 if long else 1,
                            sublinear_tf=True, dtype=np.float32),
        ]  # fmt: skip
        if not long:
            self._parts.append(
                TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), min_df=2, sublinear_tf=True, dtype=np.float32)
            )
        self.matrix = sparse.hstack([part.fit_transform(texts) for part in self._parts], format="csr")

    def of(self, texts: Sequence[str]) -> Any:
        return sparse.hstack([part.transform(texts) for part in self._parts], format="csr")


def _choose(matrix: Any, labels: NDArray[np.str_]) -> tuple[float, str | None]:
    """Return C and class weight with the best macro-F1 on a held-out part."""
    if min(Counter(labels.tolist()).values()) < 2:
        return 0.3, None
    split = StratifiedShuffleSplit(1, test_size=HELD_OUT, random_state=SEED)
    inner, held = next(split.split(np.zeros(len(labels)), labels))
    best = (-1.0, STRENGTHS[0], WEIGHTS[0])
    for weight in WEIGHTS:
        for strength in STRENGTHS:
            model = LinearSVC(C=strength, class_weight=weight, random_state=SEED).fit(matrix[inner], labels[inner])
            score = float(f1_score(labels[held], model.predict(matrix[held]), average="macro"))
            if score > best[0]:
                best = (score, strength, weight)
    return best[1], best[2]


def classify(train: Path, test: Path, text_col: str, label_col: str) -> dict[str, Any]:
    """Train the recipe on ``train`` and score it on ``test`` (CSV or CSV.GZ).

    Returns ``accuracy, macro_f1, weighted_f1, auc`` (two classes, else None), ``ci95`` (bootstrap of macro-F1) and
    ``docs_per_second`` of prediction. Macro-F1 is over the classes of the test file. Raises :class:`LabelledFileError`.
    """
    train_texts, train_labels = read_column(train, text_col, label_col)
    test_texts, test_labels = read_column(test, text_col, label_col)
    if len(set(train_labels)) < 2:
        raise LabelledFileError(f"{train}: column {label_col!r} has a single class, nothing to learn")
    labels, truth = np.array(train_labels), np.array(test_labels)
    features = _Features([prepare(text) for text in train_texts])
    strength, weight = _choose(features.matrix, labels)
    model = LinearSVC(C=strength, class_weight=weight, random_state=SEED).fit(features.matrix, labels)
    start = time.perf_counter()
    matrix = features.of([prepare(text) for text in test_texts])
    scores = model.decision_function(matrix)
    seconds = time.perf_counter() - start
    said = model.classes_[(scores > 0).astype(int) if scores.ndim == 1 else scores.argmax(axis=1)]
    present = sorted(set(test_labels))
    auc = None
    if scores.ndim == 1 and len(present) == 2:
        auc = round(float(roc_auc_score(truth == model.classes_[1], scores)), 4)
    return {
        "rows": {"train": len(labels), "test": len(truth)},
        "recipe": {"C": strength, "class_weight": weight},
        "accuracy": round(float((said == truth).mean()), 4),
        "macro_f1": round(float(f1_score(truth, said, labels=present, average="macro", zero_division=0)), 4),
        "weighted_f1": round(float(f1_score(truth, said, labels=present, average="weighted", zero_division=0)), 4),
        "per_class": {
            name: round(float(score), 4)
            for name, score in zip(
                present, f1_score(truth, said, labels=present, average=None, zero_division=0), strict=True
            )
        },
        "auc": auc,
        "ci95": interval(lambda d: _macro(truth[d], said[d], present), len(truth)),
        "docs_per_second": round(len(truth) / max(seconds, 1e-9), 1),
    }


def _macro(truth: NDArray[np.str_], said: NDArray[np.str_], classes: Sequence[str]) -> float:
    scores = []
    for name in classes:
        hits = int(np.sum((truth == name) & (said == name)))
        total = int(np.sum(truth == name) + np.sum(said == name))
        scores.append(2 * hits / total if total else 0.0)
    return float(np.mean(scores))
