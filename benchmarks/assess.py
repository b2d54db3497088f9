"""Speed of ``assess`` beside plain scikit-learn TF-IDF + LogisticRegression on the same texts, one thread, one run.

    python -m benchmarks.assess [--shared ../shared] [--number 6000]

Assess here is all of it: reading, models, rules, places, fields, severity, reasons. The peer only predicts a lane.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import resource
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")

from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import FeatureUnion

import provinces
import text as vietnamese
from nlp import assess
from nlp.judge import load
from nlp.places import Resolver
from records.types import BodyKind, Channel, Item, Precision

GOAL = 0.3
NOW = datetime(2026, 11, 22, tzinfo=UTC)


def _item(number: int, channel: Channel, title: str, lead: str, body: str) -> Item:
    return Item(
        item_id=f"{number:064d}", version=1, source_id="bench", channel=channel, url=None, title=title, lead=lead, body=body,
        body_kind=BodyKind.LEAD, published_at=NOW, published_precision=Precision.MINUTE, collected_at=NOW, changed_at=NOW,
        content_hash="",
    )  # fmt: skip


def read(shared: Path, number: int) -> list[Item]:
    """Return press titles with leads (four fifths) and posts (one fifth), normalised and masked as ``collect`` leaves them."""
    found: list[Item] = []
    with gzip.open(shared / "data" / "press" / "rss_archive.jsonl.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            title, lead = vietnamese.normalize(row["title"]), vietnamese.normalize(row.get("body") or "")
            found.append(_item(len(found), Channel.PRESS, title, lead, ""))
            if len(found) >= number * 4 // 5:
                break
    posts = (shared / "data" / "gold" / "social_train.jsonl").read_text(encoding="utf-8").splitlines()
    for line in posts[: number // 5]:
        body = vietnamese.mask(vietnamese.normalize(json.loads(line)["text"]), social=True).text
        found.append(_item(len(found), Channel.SOCIAL, "", "", body))
    return found


def main() -> None:
    """Print documents per second of both, and their ratio."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, default=Path(os.environ.get("LANGNGHE_SHARED", "../shared")))
    parser.add_argument("--number", type=int, default=6000)
    options = parser.parse_args()
    items = read(options.shared, options.number)
    texts = [item.text for item in items]
    models, province = load(), provinces.load("gia-lai")
    resolver = Resolver(province)

    def plain(vectorizer: Any) -> float:
        matrix = vectorizer.fit_transform(texts[::3])
        peer = LogisticRegression(max_iter=50).fit(matrix, [number % 4 for number in range(matrix.shape[0])])
        start = time.process_time()
        for first in range(0, len(texts), assess.BATCH):
            peer.predict_proba(vectorizer.transform(texts[first : first + assess.BATCH]))
        return len(texts) / (time.process_time() - start)

    def ours() -> float:
        start = time.process_time()
        for first in range(0, len(items), assess.BATCH):
            assess.assess_items(items[first : first + assess.BATCH], models, resolver, province, NOW)
        return len(items) / (time.process_time() - start)

    ours()  # caches of syllables fill in the first minutes of a service, not of every run
    speed = ours()
    words, pairs = TfidfVectorizer(sublinear_tf=True), TfidfVectorizer(sublinear_tf=True, ngram_range=(1, 2))
    letters = TfidfVectorizer(sublinear_tf=True, analyzer="char_wb", ngram_range=(2, 5), min_df=2)
    both = FeatureUnion([("words", pairs), ("characters", letters)])
    for name, vectorizer in (("words", words), ("words 1-2", pairs), ("words 1-2 + characters 2-5", both)):
        peer_speed = plain(vectorizer)
        print(
            f"assess {speed:,.0f} docs/s; scikit-learn TF-IDF ({name}) + LogisticRegression {peer_speed:,.0f} docs/s; "
            f"ratio {speed / peer_speed:.2f} (goal {GOAL})"
        )
    print(f"{len(items)} texts, peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


if __name__ == "__main__":
    main()
