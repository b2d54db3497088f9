"""Extraction beside trafilatura on the same stored pages in the same run; prints one JSON object.

``python benchmarks/extraction.py [DIR]``: DIR holds ``articles_gold.json`` and the pages (default: the shared press
pages). Both read the raw bytes one page after the other on one processor and give body, title, author and date; passes
alternate, and the figures are medians, so that a busy machine slows both alike. Goals of issue 3: with rules body F1
≥ 0.99 and minute-exact times ≥ 95 %, ≥ 5 × trafilatura's pages per second; without rules body F1 ≥ 0.95, no page
below 0.80. ``--floors`` compares with tests/floors/extraction.json, ``--update`` raises them (lower only with
``--allow-regression``).
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import statistics
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import trafilatura

from crawlers.extract import extract
from crawlers.extract.evaluate import GOLD, body_f1, evaluate

ROOT = Path(__file__).resolve().parent.parent
FLOORS = ROOT / "tests" / "floors" / "extraction.json"
FETCHED = datetime(2026, 11, 22, tzinfo=UTC)
ROUNDS = 15
NOISE = 0.0005  # one token more or less in one of 14 pages of 400 tokens moves the mean F1 by 0.0001
SCORES = ("body_f1", "title_exact", "date_exact", "minute_exact", "author_exact")


def default_folder() -> Path:
    """Return the folder of the shared press pages."""
    return Path(os.environ.get("LANGNGHE_SHARED", ROOT.parent / "shared")) / "data" / "press"


def corpus_hash(folder: Path) -> str:
    """Return the sha256 over the gold and its pages: floors hold for this corpus only."""
    digest = hashlib.sha256((folder / GOLD).read_bytes())
    for entry in json.loads((folder / GOLD).read_text(encoding="utf-8")):
        digest.update((folder / "pages" / entry["file"]).read_bytes())
    return digest.hexdigest()


def quality(folder: Path) -> dict[str, Any]:
    """Return the scores with and without rules, with the worst page's body F1."""
    figures = {}
    for name, rules in (("rules", True), ("generic", False)):
        result = evaluate(folder, rules=rules, fetched_at=FETCHED)
        figures[name] = {score: result[score] for score in SCORES}
        figures[name]["body_f1_worst"] = min(page["body_f1"] for page in result["pages"])
    return figures


def speed(folder: Path) -> dict[str, Any]:
    """Return median pages per second of one processor for us and both modes of trafilatura, and their body F1."""
    gold = json.loads((folder / GOLD).read_text(encoding="utf-8"))
    pages = [((folder / "pages" / entry["file"]).read_bytes(), entry["url"]) for entry in gold]

    def peer(fast: bool) -> Callable[[bytes, str], str]:
        def read(html: bytes, url: str) -> str:
            document = trafilatura.bare_extraction(
                html, url=url, fast=fast, include_comments=False, include_tables=False, with_metadata=True
            )
            return str(getattr(document, "text", None) or "")

        return read

    readers: dict[str, Callable[[bytes, str], str]] = {
        "rules": lambda html, url: extract(html, url, fetched_at=FETCHED).body,
        "generic": lambda html, url: extract(html, url, fetched_at=FETCHED, rules=False).body,
        "trafilatura": peer(False),
        "trafilatura_fast": peer(True),
    }
    rates: dict[str, list[float]] = {name: [] for name in readers}
    for _ in range(ROUNDS):
        for name, read in readers.items():
            start = time.process_time()
            for html, url in pages:
                read(html, url)
            rates[name].append(len(pages) / (time.process_time() - start))
    medians = {name: round(statistics.median(values), 1) for name, values in rates.items()}
    scores = {
        name: round(
            statistics.mean(
                body_f1(read(html, url), "\n".join(entry["body"]))
                for (html, url), entry in zip(pages, gold, strict=True)
            ),
            4,
        )
        for name, read in readers.items()
        if name.startswith("trafilatura")
    }
    return {
        "pages_per_second": medians,
        "times_trafilatura": round(medians["rules"] / medians["trafilatura"], 2),
        "times_trafilatura_fast": round(medians["rules"] / medians["trafilatura_fast"], 2),
        "peer_body_f1": scores,
    }


def below_floor(figures: dict[str, Any], floors: dict[str, Any]) -> list[str]:
    """Return what fell below its floor by more than the noise band."""
    return [
        f"{group}.{name}: {figures[group][name]} < {floor}"
        for group in ("rules", "generic")
        for name, floor in floors[group].items()
        if figures[group][name] < floor - floors["noise"]
    ]


def main() -> int:
    """Print the figures; return 1 when a floor is broken."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("folder", nargs="?", type=Path, default=default_folder())
    arguments.add_argument("--floors", action="store_true")
    arguments.add_argument("--update", action="store_true")
    arguments.add_argument("--allow-regression", action="store_true")
    chosen = arguments.parse_args()
    figures = quality(chosen.folder) | {"corpus_sha256": corpus_hash(chosen.folder)}
    known = json.loads(FLOORS.read_text(encoding="utf-8")) if FLOORS.is_file() else None
    if chosen.update:
        if known and below_floor(figures, known) and not chosen.allow_regression:
            print("refused: floors would fall", *below_floor(figures, known), sep="\n  ", file=sys.stderr)
            return 1
        floors = {"corpus_sha256": figures["corpus_sha256"], "noise": NOISE}
        floors |= {group: figures[group] for group in ("rules", "generic")}
        FLOORS.write_text(json.dumps(floors, indent=1) + "\n", encoding="utf-8")
        return 0
    print(json.dumps(figures | speed(chosen.folder), ensure_ascii=False, indent=1))
    broken = below_floor(figures, known) if chosen.floors and known else []
    if broken:
        print(*broken, sep="\n", file=sys.stderr)
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
