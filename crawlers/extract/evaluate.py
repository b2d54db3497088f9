"""Score extraction on stored pages: ``langnghe evaluate extract DIR``."""

from __future__ import annotations

import json
import time
from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import Any

from crawlers.extract import Article, ExtractionFailed, extract
from crawlers.extract._authors import names
from crawlers.extract._clean import clean, letters
from crawlers.extract._times import VIETNAM
from records.clock import SystemClock
from records.types import Precision

GOLD = "articles_gold.json"
_TIMED_FOR = 1.0  # seconds of processor time over which the speed is taken, whole passes over the pages


def evaluate(folder: Path, *, rules: bool = True, fetched_at: datetime | None = None) -> dict[str, Any]:
    """Score the shipped extraction on ``folder``, which holds ``articles_gold.json`` and the pages it names.

    The gold is a list of {file, url, title, published, author, ld_author, body}: ``file`` is relative to the folder or
    its ``pages``; ``published`` is Vietnam time, ``YYYY-MM-DD`` or ``YYYY-MM-DDTHH:MM``; ``body`` is a list of
    paragraphs without the sapo. Returned keys: ``pages`` [{file, body_f1, title, date, minute, author}] and the means
    ``body_f1``, ``title_exact``, ``date_exact``, ``minute_exact``, ``author_exact`` (0..1), ``pages_per_second`` (of
    one processor). ``body_f1`` counts whitespace tokens as a multiset and is strict: captions, bylines or the sapo in
    our body cost precision. ``minute`` is null where the gold knows only the day. ``author`` compares names as a set,
    with ``ld_author`` where the page prints no byline. A page that gives no article scores 0. ``rules=False`` reads
    every page as an unknown outlet's. ``fetched_at`` bounds the dates (default: now). Raises ``OSError`` for a missing
    file and ``ValueError`` for a gold that is no list.
    """
    gold = json.loads((folder / GOLD).read_text(encoding="utf-8"))
    if not isinstance(gold, list) or not gold:
        raise ValueError(f"{folder / GOLD} holds no list of articles")
    fetched_at = fetched_at or SystemClock().now()
    sources = [(_page(folder, entry["file"]).read_bytes(), str(entry["url"])) for entry in gold]
    pages = [
        _score(entry, _read(html, url, fetched_at, rules)) for entry, (html, url) in zip(gold, sources, strict=True)
    ]
    return {
        "pages": pages,
        "body_f1": _mean(page["body_f1"] for page in pages),
        "title_exact": _mean(page["title"] for page in pages),
        "date_exact": _mean(page["date"] for page in pages),
        "minute_exact": _mean(page["minute"] for page in pages if page["minute"] is not None),
        "author_exact": _mean(page["author"] for page in pages),
        "pages_per_second": _speed(sources, fetched_at, rules),
    }


def body_f1(ours: str, gold: str) -> float:
    """Return the F1 of two texts' whitespace tokens, counted as multisets, 0..1."""
    a, b = Counter(clean(ours).split()), Counter(clean(gold).split())
    common = sum((a & b).values())
    return 2 * common / (a.total() + b.total()) if common else 0.0


def _page(folder: Path, file: str) -> Path:
    inside = folder / "pages" / file
    return inside if inside.is_file() else folder / file


def _read(html: bytes, url: str, fetched_at: datetime, rules: bool) -> Article | None:
    try:
        return extract(html, url, fetched_at=fetched_at, rules=rules)
    except ExtractionFailed:
        return None


def _score(entry: dict[str, Any], article: Article | None) -> dict[str, Any]:
    published = str(entry.get("published") or "")
    has_clock = "T" in published
    if article is None:
        return {
            "file": entry["file"],
            "body_f1": 0.0,
            "title": False,
            "date": False,
            "minute": False if has_clock else None,
            "author": False,
        }
    local = article.published_at.astimezone(VIETNAM).isoformat() if article.published_at is not None else ""
    exact_minute = article.precision is Precision.MINUTE and local[:16] == published[:16]
    return {
        "file": entry["file"],
        "body_f1": round(body_f1(article.body, "\n".join(entry["body"])), 4),
        "title": article.title == clean(entry["title"]),
        "date": local[:10] == published[:10],
        "minute": exact_minute if has_clock else None,
        "author": _names(article.author)
        == (_names(entry.get("author") or ()) or _names([entry.get("ld_author") or ""])),
    }


def _names(printed: Any) -> frozenset[str]:
    return frozenset(letters(name) for byline in printed for name in names(byline))


def _mean(values: Any) -> float | None:
    numbers = [float(value) for value in values]
    return round(sum(numbers) / len(numbers), 4) if numbers else None


def _speed(sources: list[tuple[bytes, str]], fetched_at: datetime, rules: bool) -> float:
    start = time.process_time()
    read = 0
    while time.process_time() - start < _TIMED_FOR:
        for html, url in sources:
            _read(html, url, fetched_at, rules)
        read += len(sources)
    return round(read / (time.process_time() - start), 1)
