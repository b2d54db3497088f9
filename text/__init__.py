"""Vietnamese text as such: normal form, folding, tokens, sentences and typed masks. Pure functions of strings."""

from text._forms import fold, match_key, nfc, normalize
from text._masks import Masked, Masker, MaskKind, SealedValue, mask
from text._tokens import Token, sentences, words

__all__ = [
    "MaskKind",
    "Masked",
    "Masker",
    "SealedValue",
    "Token",
    "fold",
    "mask",
    "match_key",
    "nfc",
    "normalize",
    "sentences",
    "words",
]
