"""Speed of ``link`` beside rensa on titles and leads, one thread, one run; and how time and memory grow to 120,000 items.

    python -m benchmarks.link [--shared ../shared] [--number 120000]

rensa (128 permutations, 32 bands, candidates not verified, nothing ever forgotten) only finds near-duplicates. "families" is
ours for the same task: tokens, MinHash, look-up, verification, and a window that forgets. "link" adds all that stories need:
TF-IDF signatures, search, joining, merging. Processor seconds. Prints one JSON object.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import re
import resource
import time
from collections.abc import Callable
from datetime import datetime
from itertools import pairwise
from pathlib import Path

import rensa

import text as vietnamese
from nlp.families import FamilyIndex
from nlp.stories import WINDOW_HOURS, Linker
from nlp.stories_signature import Text, sign

GOAL = 0.5
BATCH = 512
SAMPLE = 20_000
_WORD = re.compile(r"\w+")


def read(shared: Path, number: int) -> list[Text]:
    """Return titles and leads of the feed archive, in order of publication."""
    found = []
    with gzip.open(shared / "data" / "press" / "rss_archive.jsonl.gz", "rt", encoding="utf-8") as archive:
        for line in archive:
            row = json.loads(line)
            title, lead = vietnamese.normalize(row["title"]), vietnamese.normalize(row.get("body") or "")
            found.append(Text(row["url"], datetime.fromisoformat(row["published"]).timestamp(), title, lead, ""))
            if len(found) >= number:
                break
    return sorted(found, key=lambda text: (text.at, text.item_id))


def peer(texts: list[Text]) -> None:
    """Find near-duplicates with rensa as its manual shows it."""
    index = rensa.RMinHashLSH(threshold=0.5, num_perm=128, num_bands=32)
    for number, text in enumerate(texts):
        words = _WORD.findall(f"{text.title} {text.lead}".lower())
        minhash = rensa.RMinHash(num_perm=128, seed=42)
        minhash.update([" ".join(words[first : first + 3]) for first in range(len(words) - 2)])
        index.query(minhash)
        index.insert(number, minhash)


def families(texts: list[Text]) -> None:
    """Find near-duplicates with ours."""
    index = FamilyIndex()
    kept: list[float] = []
    forgotten = 0
    for first in range(0, len(texts), BATCH):
        batch = texts[first : first + BATCH]
        index.add(sign(batch))
        kept += [text.at for text in batch]
        oldest = batch[0].at - WINDOW_HOURS * 3600
        until = forgotten
        while kept[until] < oldest:
            until += 1
        index.forget(range(forgotten, until))
        forgotten = until


def seconds(work: Callable[[list[Text]], None], texts: list[Text]) -> float:
    """Return the processor seconds of one run."""
    start = time.process_time()
    work(texts)
    return time.process_time() - start


def link(texts: list[Text]) -> None:
    """Link a stream."""
    linker = Linker()
    for first in range(0, len(texts), BATCH):
        linker.add(sign(texts[first : first + BATCH]))


def main() -> None:
    """Print documents per second of each, the ratios, the cost of each further slice, and the peak memory."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, default=Path(os.environ.get("LANGNGHE_SHARED", "../shared")))
    parser.add_argument("--number", type=int, default=120_000)
    options = parser.parse_args()
    texts = read(options.shared, options.number)
    sample = texts[:SAMPLE]
    sign(sample)  # the vocabulary fills in the first minutes of a service, not of every run
    speeds = {
        name: len(sample) / min(seconds(work, sample) for _ in range(3))
        for name, work in (("rensa", peer), ("families", families), ("link", link))
    }
    linker = Linker()
    marks = [(0, time.process_time())]
    for first in range(0, len(texts), BATCH):
        linker.add(sign(texts[first : first + BATCH]))
        if first + BATCH - marks[-1][0] >= SAMPLE:
            marks.append((first + BATCH, time.process_time()))
    slices = [round(1e6 * (end - start) / (there - here), 1) for (here, start), (there, end) in pairwise(marks)]
    print(
        json.dumps(
            {
                "docs_per_second": {name: round(speed) for name, speed in speeds.items()},
                "families_to_rensa": round(speeds["families"] / speeds["rensa"], 2),
                "link_to_rensa": round(speeds["link"] / speeds["rensa"], 2),
                "goal": GOAL,
                "items": len(texts),
                "microseconds_per_item_by_slice_of_20000": slices,
                "peak_memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
            }
        )
    )


if __name__ == "__main__":
    main()
