"""The room's exceptions.

NlpError
├── ModelError           a model folder is missing or damaged
├── TrainingDataError    a training file is missing or has a bad row
└── LabelledFileError    a file given to ``langnghe evaluate`` is not in its format
"""

from __future__ import annotations


class NlpError(Exception):
    """Base of every error that this room raises on purpose."""


class ModelError(NlpError):
    """Raised when a model folder is missing, incomplete or of another format; reinstall the package or run ``langnghe train``."""


class TrainingDataError(NlpError):
    """Raised when training data is absent or a row is malformed; the message names file and line to repair."""


class LabelledFileError(NlpError):
    """Raised when an evaluation file breaks its format (``docs/evaluation.md``); the message names line and key to repair."""
