"""Short extracts of stored texts: nothing is rewritten, only cut at sentences, clauses and words."""

from __future__ import annotations

import re
from collections.abc import Iterable

from records.types import Channel, Item, Span
from reports.wording import MASKS, defang_text
from text import fold, nfc, sentences, words

SUMMARY_WORDS = 30
"""Whole sentences up to here: 60 are allowed (``domain.md`` §7, model notes), four pages have room for fewer."""
FIRST_SENTENCE = 1.4
"""A first sentence may be longer by this factor before it is cut: leads of the press run to 40 words."""
QUOTE_WORDS = 25
HEADLINE_WORDS = 28
_SHORT_LEAD = 12

# "TTO - ", "(Dân trí) - ", "VOV.VN – ": the outlet's own signature before the first sentence.
_SIGNATURE = re.compile(r"^\s*(?:\([^)\n]{2,24}\)|[A-ZĐ]{2,}[\w.]{0,10})\s*[-–—]+\s+")
_CLAUSE = re.compile(r"[,;:–—]\s")
_SPACE = re.compile(r"\s+")
_MASK = re.compile(r"\[([A-Z]+):\d+\]")


def one_line(text: str) -> str:
    """Return NFC text on one line with single spaces."""
    return _SPACE.sub(" ", nfc(text)).strip()


def clip(text: str, limit: int) -> str:
    """Return at most ``limit`` words of ``text``.

    Whole where it fits, else cut at a clause (or word) and marked with "…".
    """
    tokens = words(text)
    if len(tokens) <= limit:
        return text
    cut = text[: tokens[limit - 1].end]
    clauses = [match.start() for match in _CLAUSE.finditer(cut)]
    # A clause end in the last third keeps the sense; an earlier one would lose too much.
    if clauses and clauses[-1] > len(cut) * 2 // 3:
        cut = cut[: clauses[-1]]
    return cut.rstrip(" ,;:–—-") + "…"


def _opening(text: str, limit: int) -> str:
    """Return the first whole sentences of ``text`` within ``limit`` words; a longer first sentence is clipped."""
    end, used = 0, 0
    for start, stop in sentences(text):
        size = len(words(text[start:stop]))
        if used and used + size > limit:
            break
        end, used = stop, used + size
    return clip(one_line(text[:end]), round(limit * FIRST_SENTENCE))


def summarise(item: Item, limit: int = SUMMARY_WORDS) -> str:
    """Return the item's own lead (or opening) in at most ``limit`` words, links defanged in posts."""
    lead = _SIGNATURE.sub("", item.lead)
    body = _SIGNATURE.sub("", item.body)
    size = len(words(lead))
    text = lead if size >= _SHORT_LEAD or not body else f"{lead}\n{body}" if size else body
    summary = _opening(text, limit) or clip(one_line(item.title), limit)
    return _safe(summary) if item.channel is Channel.SOCIAL else masks_in_words(summary)


def beyond(headline: str, summary: str) -> str:
    """Return what ``summary`` says beyond the headline that it opens with: nothing is printed twice."""
    head = headline.rstrip("….!? ")
    if not head or not fold(summary).startswith(fold(head)):
        return summary
    return summary[len(head) :].lstrip("….,;:!?–- ")


def masked_kinds(text: str) -> tuple[str, ...]:
    """Return the kinds of personal data that were masked in ``text``, in words, in order of appearance."""
    return tuple(dict.fromkeys(MASKS[match[1]] for match in _MASK.finditer(text) if match[1] in MASKS))


def headline(item: Item) -> str:
    """Return the item's title on one line in at most 28 words."""
    return clip(masks_in_words(one_line(item.title)), HEADLINE_WORDS)


def quote(item: Item, spans: Iterable[Span], avoid: str = "") -> str:
    """Return the sentence around the first evidence span, at most 25 words; empty where ``avoid`` already holds it.

    Spans count characters of ``item.text``; spans outside it (another version) are ignored.
    """
    text = item.text
    for span in spans:
        if not 0 <= span.start < span.end <= len(text):
            continue
        start, stop = next(
            ((left, right) for left, right in sentences(text) if left <= span.start < right), (span.start, span.end)
        )
        piece = _safe(one_line(_around(text[start:stop], span.start - start, QUOTE_WORDS)))
        if piece.strip("…") not in avoid:
            return piece
    return ""


def masks_in_words(text: str) -> str:
    """Return ``text`` with typed masks as a reader of the office expects them: ``[PHONE:1]`` as ``[số điện thoại]``."""
    return _MASK.sub(lambda match: f"[{MASKS.get(match[1], 'đã che')}]", text)


def _safe(text: str) -> str:
    return masks_in_words(defang_text(text))


def _around(sentence: str, position: int, limit: int) -> str:
    tokens = words(sentence)
    if len(tokens) <= limit:
        return sentence
    index = next((number for number, token in enumerate(tokens) if token.end > position), 0)
    first = max(0, min(index - limit // 3, len(tokens) - limit))
    last = first + limit - 1
    head = "…" if first else ""
    tail = "…" if last < len(tokens) - 1 else ""
    return head + sentence[tokens[first].start : tokens[last].end] + tail
