"""Figures and speed of the place resolver: relevance on the dev gold beside a plain list of names, and texts per second.

    python -m benchmarks.places [--shared ../shared] [--number 20000]

The plain list calls a text relevant when it holds the name of the province, of the province merged into it, or of one of their
former districts. Speed is that of one province over titles and leads of the feed archive, most of which name nobody.
Prints one JSON object.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import time
from pathlib import Path

import provinces
import text as vietnamese
from nlp.evaluate_places import PROFILES, evaluate
from nlp.places import Resolver
from provinces.types import PlaceKind

GOAL = 0.94


def plain_list(rows: list[dict[str, object]], key: str) -> float:
    """Return the F1 of the plain list of names."""
    places = provinces.load(key).places
    names = {place.name for place in places if place.kind in (PlaceKind.PROVINCE, PlaceKind.AREA)}
    hits = wrong = missed = 0
    for row in rows:
        text = vietnamese.normalize(f"{row['title']}\n{row['body']}")
        found, gold = any(name in text for name in names), key in str(row["relevant"])
        hits, wrong, missed = hits + (found and gold), wrong + (found and not gold), missed + (gold and not found)
    return 2 * hits / (2 * hits + wrong + missed)


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, default=Path(os.environ.get("LANGNGHE_SHARED", "../shared")))
    parser.add_argument("--number", type=int, default=20_000)
    options = parser.parse_args()
    gold = options.shared / "data" / "gold" / "places_dev.jsonl"
    rows = [json.loads(line) for line in gold.read_text(encoding="utf-8").splitlines()]
    scores = evaluate(gold)
    texts = []
    with gzip.open(options.shared / "data" / "press" / "rss_archive.jsonl.gz", "rt", encoding="utf-8") as archive:
        for line in archive:
            row = json.loads(line)
            texts.append((vietnamese.normalize(row["title"]), vietnamese.normalize(row.get("body") or "")))
            if len(texts) >= options.number:
                break
    speeds = {}
    for key in PROFILES:
        resolver = Resolver(provinces.load(key))
        start = time.process_time()
        for title, lead in texts:
            resolver.assess(title, lead, "", None)
        speeds[key] = round(len(texts) / (time.process_time() - start))
    print(
        json.dumps(
            {
                "relevance_f1": {key: scores["profiles"][key]["f1"] for key in PROFILES},
                "plain_list_f1": {key: round(plain_list(rows, key), 3) for key in PROFILES},
                "goal": GOAL,
                "docs_per_second": speeds,
            }
        )
    )


if __name__ == "__main__":
    main()
