"""Near-duplicate families: copies and light edits of one text, such as the agency text that ten outlets print.

An exact hash stands in front; then locality-sensitive hashing of the MinHash (16 bands of 4 rows) proposes candidates and
the share of equal MinHash values verifies them.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from nlp.stories_signature import PERMUTATIONS, Signature

BANDS = 16
ROWS = PERMUTATIONS // BANDS
SIMILAR = 0.5
"""Estimated Jaccard similarity of 3-syllable shingles from which two texts are copies: a tenth of the words changed
leaves about 0.55 (``pipeline.md`` §7)."""

_FACTORS = np.array([0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 0x27D4EB2F165667C5], dtype=np.uint64)


def bands(minhashes: NDArray[np.uint32]) -> NDArray[np.uint64]:
    """Return the 16 look-up keys of each row of MinHash values; the band's number is part of the key."""
    cells = minhashes.reshape(len(minhashes), BANDS, ROWS).astype(np.uint64)
    keys: NDArray[np.uint64] = (cells * _FACTORS).sum(axis=2, dtype=np.uint64)
    keys ^= keys >> np.uint64(31)
    keys += np.arange(BANDS, dtype=np.uint64) << np.uint64(58)
    return keys


class FamilyIndex:
    """The families of the texts in a window, in memory."""

    def __init__(self) -> None:
        self._buckets: dict[int, int] = {}
        self._minhash: dict[int, NDArray[np.uint32]] = {}
        self._next = 0
        self._gone = 0

    def add(self, signatures: Sequence[Signature]) -> list[int | None]:
        """Index a batch in order; return for each the number of an earlier text it copies, or None.

        Texts are numbered in the order in which they are added, from 0.
        """
        if not signatures:
            return []
        keys = bands(np.stack([signature.minhash for signature in signatures])).tolist()
        buckets, minhashes = self._buckets, self._minhash
        out: list[int | None] = []
        for signature, band_keys in zip(signatures, keys, strict=True):
            number = self._next
            self._next += 1
            if not signature.exact:
                out.append(None)
                continue
            band_keys += signature.exact
            seen = {buckets[key] for key in band_keys if key in buckets} & minhashes.keys()
            out.append(self._verify(signature, seen) if seen else None)
            # The newest text stands for its bucket: a chain of edits stays one family.
            buckets.update(dict.fromkeys(band_keys, number))
            minhashes[number] = signature.minhash
        return out

    def _verify(self, signature: Signature, candidates: set[int]) -> int | None:
        exact = {self._buckets[key] for key in signature.exact if key in self._buckets} & candidates
        if exact:
            return max(exact)
        shares = {
            number: np.count_nonzero(self._minhash[number] == signature.minhash) / PERMUTATIONS for number in candidates
        }
        best = max(shares, key=lambda number: (shares[number], number))
        return best if shares[best] >= SIMILAR else None

    def forget(self, numbers: Sequence[int]) -> None:
        """Drop texts that left the window."""
        for number in numbers:
            self._gone += self._minhash.pop(number, None) is not None
        if self._gone > len(self._minhash):
            # Keys of texts that are gone stay until they are the majority.
            self._buckets = {key: number for key, number in self._buckets.items() if number in self._minhash}
            self._gone = 0
