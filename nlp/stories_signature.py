"""What is kept of a text to find its copies and its event: hashed terms, a MinHash, its numbers.

Everything is computed for a batch at once: one pass of a regular expression per text, the rest in numpy. Terms are hashed
syllables and syllable pairs (a Vietnamese word is mostly two syllables, so that no segmenter is needed), weighted by
TF-IDF; pairs of capitalised syllables, which are names, weigh more.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np
import xxhash
from numpy.typing import NDArray

from nlp.errors import ModelError

MODEL = Path(__file__).with_name("models") / "stories" / "1"

BODY = 3000
"""Characters of the body that are read: B³ F1 with 1,500 was 1 point lower on ktlab, more brought nothing."""

TERMS = 200
"""Heaviest terms kept of a text (100 cost 1 point of B³ F1)."""

NAME_WEIGHT = 1.5
"""Weight of a pair of capitalised syllables (1 and 2 were 0.5 to 1 point of B³ F1 worse on ktlab)."""

TITLE_WEIGHT = 2.0
"""Weight of the title's terms against those of lead and body."""

PERMUTATIONS = 64
"""MinHash values of 32 bits: recall 0.997 on posts with 10 % of the words changed (``pipeline.md`` §7)."""

LONG_LEAD = 60
"""Characters from which an identical lead alone makes two items copies of one text."""

FEW = 5
"""Syllables below which a text is nobody's copy: "hóng", "chấm", "ngập rồi"."""

BUCKETS = 1 << 18
_BUCKET_MASK = np.uint64(BUCKETS - 1)

_FORMAT = 1
_HEAD = struct.Struct("<BdHHHH")
_WORD = re.compile(r"[^\W_]+")
_CAPITAL = 1 << 32
_DIGIT = 1 << 33
_HASH = np.uint64(0xFFFFFFFF)
_PAIR = np.uint64(2654435761)
_MIX = np.uint64(0x9E3779B97F4A7C15)
_SHIFT = np.uint64(29)
_CACHE_LIMIT = 400_000

# What marks a number as the name of an issue in a series ("ngày 7", "vòng 12", "bão số 13", "7/9").
_KEY_NUMBER = re.compile(
    r"(?:(\w+)\s+)?(?<![\d.,/-])(\d{1,4})(?:[/.-](\d{1,2})\b(?![.,]\d)|\s+tháng\s+(\d{1,2}))?(?![\d.,/]*\d)"
)
_SERIES_WORDS = frozenset("ngày mùng kỳ vòng tập phần số lần tuần tháng chặng thứ day round".split())


class Text(NamedTuple):
    """What is read of an item. ``at``: publication instant in seconds since 1970.

    ``numbered`` False: numbers in the title name no other event (the bulletins of one series about one storm).
    """

    item_id: str
    at: float
    title: str
    lead: str
    body: str
    numbered: bool = True


@dataclass(frozen=True, slots=True, eq=False)
class Signature:
    """What is kept of a text.

    ``weights`` have length 1. ``exact``: hashes of the whole text and of a long lead; none where the text is too short to
    be a copy. ``title``: hashes of the title's syllables without numbers; ``numbers``: those that name an issue
    of a series.
    """

    item_id: str
    at: float
    terms: NDArray[np.uint32]
    weights: NDArray[np.float32]
    minhash: NDArray[np.uint32]
    exact: tuple[int, ...]
    title: NDArray[np.uint32]
    numbers: frozenset[int]


_vocabulary: dict[str, int] = {}


def _code(word: str) -> int:
    """Hash a syllable as written (32 bits of its lower case, and two flags) and remember it."""
    value = xxhash.xxh32_intdigest(word.lower().encode())
    if word[0].isupper():
        value |= _CAPITAL
    elif word[0].isdigit():
        value |= _DIGIT
    if len(_vocabulary) > _CACHE_LIMIT:
        _vocabulary.clear()
    _vocabulary[word] = value
    return value


@lru_cache(maxsize=1)
def term_weights() -> NDArray[np.float32]:
    """Return the weight of each bucket (``nlp.stories_train``). Raises ModelError where the file is missing or damaged."""
    try:
        with np.load(MODEL / "weights.npz", allow_pickle=False) as data:
            values: NDArray[np.float32] = data["weights"].astype(np.float32)
    except (OSError, ValueError, KeyError) as error:
        raise ModelError(f"{MODEL} is missing or damaged ({error}); reinstall the package") from None
    if values.shape != (BUCKETS,):
        raise ModelError(f"{MODEL / 'weights.npz'} has the shape {values.shape}; reinstall the package")
    return values


@lru_cache(maxsize=1)
def _permutations() -> tuple[NDArray[np.uint32], NDArray[np.uint32]]:
    random = np.random.default_rng(20261122)
    factors = random.integers(0, 1 << 31, PERMUTATIONS, dtype=np.uint32) * np.uint32(2) + np.uint32(1)
    return factors, random.integers(0, 1 << 32, PERMUTATIONS, dtype=np.uint32)


def _pairs(ids: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Hash each two neighbours to a bucket."""
    mixed = ids[:-1] * _PAIR + ids[1:] * np.uint64(40503)
    mixed ^= mixed >> _SHIFT
    return mixed & _BUCKET_MASK


def sign(texts: Sequence[Text], weights: NDArray[np.float32] | None = None) -> list[Signature]:
    """Return the signatures of a batch. ``weights``: weight of each bucket, ``term_weights()`` unless given."""
    if not texts:
        return []
    if weights is None:
        weights = term_weights()
    packed, bounds, titles = _encode(texts)
    ids = packed & _HASH
    owner = np.repeat(np.arange(len(texts)), np.diff(bounds))
    in_title = (np.arange(len(packed)) - bounds[owner]) < titles[owner]
    terms, values, ends = _tfidf(packed, ids, owner, in_title, len(texts), weights)
    minhashes = _minhash(ids, bounds)
    title_terms = ids.astype(np.uint32)
    digits = (packed & np.uint64(_DIGIT)) != 0
    signatures = []
    for number, text in enumerate(texts):
        start, end = bounds[number], bounds[number] + titles[number]
        plain = title_terms[start:end][~digits[start:end]]
        signatures.append(
            Signature(
                text.item_id,
                text.at,
                terms[ends[number] : ends[number + 1]],
                values[ends[number] : ends[number + 1]],
                minhashes[number],
                _exact(text) if bounds[number + 1] - bounds[number] >= FEW else (),
                plain,
                _numbers(text.title) if text.numbered and len(plain) < titles[number] else frozenset(),
            )
        )
    return signatures


def term_buckets(texts: Sequence[Text]) -> list[NDArray[np.int64]]:
    """Return the different term buckets of each text, without weights: to count documents by term."""
    packed, bounds, _ = _encode(texts)
    ids = packed & _HASH
    out = []
    for start, end in pairwise(bounds.tolist()):
        own = ids[start:end]
        out.append(np.unique(np.concatenate((own & _BUCKET_MASK, _pairs(own)))).astype(np.int64))
    return out


def _encode(texts: Sequence[Text]) -> tuple[NDArray[np.uint64], NDArray[np.int64], NDArray[np.int64]]:
    """Return the hashed syllables of all texts in a row, where each text begins and ends, and the lengths of the titles."""
    words: list[str] = []
    bounds = np.zeros(len(texts) + 1, dtype=np.int64)
    titles = np.zeros(len(texts), dtype=np.int64)
    for number, text in enumerate(texts):
        title = _WORD.findall(text.title)
        words += title
        words += _WORD.findall(f"{text.lead}\n{text.body[:BODY]}" if text.body else text.lead)
        bounds[number + 1] = len(words)
        titles[number] = len(title)
    codes = list(map(_vocabulary.get, words))
    if None in codes:
        codes = [_code(word) if code is None else code for word, code in zip(words, codes, strict=True)]
    return np.array(codes, dtype=np.uint64), bounds, titles


def _exact(text: Text) -> tuple[int, ...]:
    whole = xxhash.xxh3_64_intdigest(f"{text.title}\n{text.lead}\n{text.body}".lower().encode())
    if len(text.lead) < LONG_LEAD:
        return (whole,)
    return whole, xxhash.xxh3_64_intdigest(text.lead.lower().encode())


def _numbers(title: str) -> frozenset[int]:
    """Return the dates ("7 tháng 9", "7/9") and issue numbers ("vòng 12") of a title, a date as 100 × month + day."""
    found = set()
    for before, number, month, named_month in _KEY_NUMBER.findall(title.lower()):
        if month or named_month:
            found.add(int(month or named_month) * 100 + int(number))
        elif before in _SERIES_WORDS:
            found.add(-int(number))
    return frozenset(number & 0xFFFFFFFF for number in found)


def _tfidf(
    packed: NDArray[np.uint64],
    ids: NDArray[np.uint64],
    owner: NDArray[np.int64],
    in_title: NDArray[np.bool_],
    documents: int,
    weights: NDArray[np.float32],
) -> tuple[NDArray[np.uint32], NDArray[np.float32], NDArray[np.int64]]:
    capital = (packed & np.uint64(_CAPITAL)) != 0
    inside = owner[:-1] == owner[1:]
    bucket = np.concatenate((ids & _BUCKET_MASK, _pairs(ids)[inside])).astype(np.int64)
    document = np.concatenate((owner, owner[:-1][inside]))
    count = np.where(in_title, TITLE_WEIGHT, 1.0)
    count = np.concatenate((count, count[:-1][inside]))
    named = np.concatenate((np.zeros(len(ids), dtype=bool), (capital[:-1] & capital[1:])[inside]))
    telling = np.flatnonzero(weights[bucket])
    if not len(telling):
        return np.zeros(0, np.uint32), np.zeros(0, np.float32), np.zeros(documents + 1, np.int64)
    key = document[telling] * BUCKETS + bucket[telling]
    order = np.argsort(key, kind="stable")
    key = key[order]
    first = np.flatnonzero(np.concatenate(([True], key[1:] != key[:-1])))
    total = np.add.reduceat(count[telling][order], first)
    is_name = np.logical_or.reduceat(named[telling][order], first)
    document, bucket = key[first] // BUCKETS, key[first] % BUCKETS
    value = np.log1p(total) * weights[bucket] * np.where(is_name, NAME_WEIGHT, 1.0)
    # Heaviest first, so that a reader of the first terms reads the most telling ones; no weight comes near 1000.
    order = np.argsort(document * 1000.0 - value, kind="stable")
    bucket, value = bucket[order], value[order]
    sizes = np.bincount(document, minlength=documents)
    if sizes.max() > TERMS:
        kept = np.arange(len(bucket)) - np.repeat(np.cumsum(sizes) - sizes, sizes) < TERMS
        document, bucket, value = document[kept], bucket[kept], value[kept]
        sizes = np.bincount(document, minlength=documents)
    norms = np.sqrt(np.bincount(document, weights=value * value, minlength=documents))
    unit = (value / norms[document]).astype(np.float32)
    return bucket.astype(np.uint32), unit, np.concatenate(([0], np.cumsum(sizes)))


def _minhash(ids: NDArray[np.uint64], bounds: NDArray[np.int64]) -> NDArray[np.uint32]:
    """Return the MinHash of each text's 3-syllable shingles (of its syllables where it has fewer than three)."""
    documents = len(bounds) - 1
    lengths = np.diff(bounds)
    mixed = ids * _MIX
    shingle = mixed.copy()
    shingle[:-1] += mixed[1:] * np.uint64(3)
    shingle[:-2] += mixed[2:] * np.uint64(7)
    shingle ^= shingle >> _SHIFT
    values = (shingle >> np.uint64(32)).astype(np.uint32)
    # The last two positions of each text hold no whole shingle; a text of one or two syllables keeps its first.
    last = np.minimum(np.arange(len(ids)), np.repeat(np.maximum(bounds[1:] - 3, bounds[:-1]), lengths))
    values = values[last] if len(values) else values
    out = np.full((documents, PERMUTATIONS), np.uint32(0xFFFFFFFF), dtype=np.uint32)
    filled = np.flatnonzero(lengths)  # reduceat needs texts that are not empty
    if len(filled):
        starts = bounds[:-1][filled]
        factors, offsets = _permutations()
        column = np.empty_like(values)
        for number in range(PERMUTATIONS):
            np.multiply(values, factors[number], out=column)
            column += offsets[number]
            column ^= column >> np.uint32(15)
            out[filled, number] = np.minimum.reduceat(column, starts)
    return out


def pack(signature: Signature) -> bytes:
    """Return a signature as bytes, for the records; without its item id."""
    title = signature.title[:60]
    numbers, exact = sorted(signature.numbers)[:20], signature.exact
    head = _HEAD.pack(_FORMAT, signature.at, len(signature.terms), len(title), len(numbers), len(exact))
    return b"".join(
        (
            head,
            signature.minhash.astype("<u4").tobytes(),
            signature.terms.astype("<u4").tobytes(),
            signature.weights.astype("<f4").tobytes(),
            title.astype("<u4").tobytes(),
            np.array(numbers, dtype="<u4").tobytes(),
            np.array(exact, dtype="<u8").tobytes(),
        )
    )


def unpack(item_id: str, blob: bytes) -> Signature | None:
    """Return the signature of ``pack``, or None where the bytes are of another format (an older version wrote them)."""
    if len(blob) < _HEAD.size or blob[0] != _FORMAT:
        return None
    _, at, terms, title, numbers, exact = _HEAD.unpack_from(blob)
    sizes = (PERMUTATIONS * 4, terms * 4, terms * 4, title * 4, numbers * 4, exact * 8)
    ends = np.cumsum((_HEAD.size, *sizes)).tolist()
    if ends[-1] != len(blob):
        return None
    parts = [blob[start:end] for start, end in pairwise(ends)]
    return Signature(
        item_id,
        at,
        np.frombuffer(parts[1], dtype="<u4"),
        np.frombuffer(parts[2], dtype="<f4"),
        np.frombuffer(parts[0], dtype="<u4"),
        tuple(np.frombuffer(parts[5], dtype="<u8").tolist()),
        np.frombuffer(parts[3], dtype="<u4"),
        frozenset(np.frombuffer(parts[4], dtype="<u4").tolist()),
    )
