"""Time compose + render of a 1,000-item day beside plain WeasyPrint of the same HTML, in one run; prints one JSON object.

Both sides lay out the same HTML with the same fonts and are timed in turn, best of ``--rounds``. Ours adds: choosing and
composing from 1,000 items, filling the template, PDF/A-3a tags, the attached JSON and the PDF/UA identifier. Target: at
most twice plain WeasyPrint, at most 2 s on an idle machine.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import weasyprint  # noqa: E402
from weasyprint.text.fonts import FontConfiguration  # noqa: E402

from reports.compose import compose  # noqa: E402
from reports.render import FONTS, render  # noqa: E402
from tests.reports import sample  # noqa: E402


def best(run: Callable[[], object], rounds: int) -> float:
    """Return the shortest CPU time of a call in seconds (CPU, so that a shared machine does not blur the ratio)."""
    times = []
    for _ in range(rounds):
        start = time.process_time()
        run()
        times.append(time.process_time() - start)
    return min(times)


def main() -> int:
    """Run the benchmark; exit 1 where the ratio is over ``--max-ratio``."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--items", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--max-ratio", type=float, default=2.0)
    options = parser.parse_args()
    given = sample.big_day(options.items)
    made = render(compose(given))
    # What anybody would do: the same page, fonts from files, no tags, no archive profile, no attachment.
    plain_html = made.html.replace("brief-asset:", FONTS.as_uri() + "/")

    def plain() -> bytes:
        pdf: bytes = weasyprint.HTML(string=plain_html).write_pdf(font_config=FontConfiguration())
        return pdf

    plain()
    # Alternating would let one side warm the other's caches; both were run once before.
    ours_s = best(lambda: render(compose(given)), options.rounds)
    compose_s = best(lambda: compose(given), options.rounds)
    plain_s = best(plain, options.rounds)
    ratio = ours_s / plain_s
    result = {
        "benchmark": "edition",
        "items": options.items,
        "stories": len(given.stories),
        "compose_s": round(compose_s, 3),
        "compose_and_render_s": round(ours_s, 3),
        "plain_weasyprint_s": round(plain_s, 3),
        "ratio": round(ratio, 2),
        "max_ratio": options.max_ratio,
        "pdf_bytes": len(made.pdf),
        "same_bytes_again": hashlib.sha256(render(compose(given)).pdf).hexdigest() == made.sha256,
        "peak_memory_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        "weasyprint": weasyprint.__version__,
    }
    print(json.dumps(result))
    return 0 if ratio <= options.max_ratio else 1


if __name__ == "__main__":
    raise SystemExit(main())
