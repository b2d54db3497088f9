"""Linear heads over one vocabulary: multinomial logistic regressions that share one feature matrix.

Stored as ``NAME.npz`` (float16 weights, biases, idf; never pickled objects) beside ``NAME.vocabulary.txt`` (one feature a line)
and described in the model card. Trained with scikit-learn, used with numpy and scipy alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nlp.errors import ModelError
from nlp.features import Vocabulary

Floats = NDArray[np.float32]
Ints = NDArray[np.int32]


def softmax(scores: Floats) -> Floats:
    """Return probabilities along the last axis."""
    shifted = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return np.asarray(shifted / shifted.sum(axis=-1, keepdims=True), np.float32)


@dataclass(slots=True)
class Heads:
    """Several classifiers over one vocabulary. ``labels`` maps a head's name to its classes, in the order of the columns."""

    vocabulary: Vocabulary
    weights: Floats
    bias: Floats
    labels: Mapping[str, tuple[str, ...]]

    def columns(self, head: str) -> slice:
        """Return the columns of ``weights`` that belong to ``head``."""
        start = 0
        for name, classes in self.labels.items():
            if name == head:
                return slice(start, start + len(classes))
            start += len(classes)
        raise KeyError(head)

    def scores(self, texts: Sequence[Sequence[str]]) -> tuple[Any, Floats]:
        """Return the feature matrix and the scores (texts × all columns) of token lists."""
        matrix = self.vocabulary.matrix(texts)
        return matrix, np.asarray(matrix @ self.weights + self.bias, np.float32)

    def save(self, folder: Path, name: str) -> None:
        """Write the heads to ``folder``."""
        (folder / f"{name}.vocabulary.txt").write_text("\n".join(self.vocabulary.names) + "\n", encoding="utf-8")
        np.savez_compressed(
            folder / f"{name}.npz",
            weights=self.weights.astype(np.float16),
            bias=self.bias.astype(np.float32),
            idf=self.vocabulary.idf.astype(np.float16),
        )

    @classmethod
    def load(cls, folder: Path, name: str, labels: Mapping[str, Sequence[str]], *, teencode: bool) -> Heads:
        """Read heads back; raise :class:`ModelError` when files are missing or do not fit each other."""
        try:
            names = (folder / f"{name}.vocabulary.txt").read_text(encoding="utf-8").split("\n")[:-1]
            with np.load(folder / f"{name}.npz", allow_pickle=False) as stored:
                weights = stored["weights"].astype(np.float32)
                bias = stored["bias"].astype(np.float32)
                idf = stored["idf"].astype(np.float32)
        except (OSError, KeyError, ValueError) as error:
            raise ModelError(
                f"the model {folder}/{name} cannot be read ({error}); reinstall or run 'langnghe train'"
            ) from error
        columns = sum(len(classes) for classes in labels.values())
        if weights.shape != (len(names), columns) or bias.shape != (columns,) or idf.shape != (len(names),):
            raise ModelError(
                f"the model {folder}/{name} is damaged: {len(names)} features, {weights.shape} weights, {columns} classes"
            )
        return cls(
            Vocabulary(names, idf, teencode), weights, bias, {head: tuple(classes) for head, classes in labels.items()}
        )
