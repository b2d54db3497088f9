"""Charts as hand-written SVG, readable in black-and-white print.

Embedded as images so that text alternatives work (PDF/UA).
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from html import escape

from reports.model import DayPoint, Share
from reports.wording import figure

INK = "#1b2a41"
# Four steps that stay apart in grey (luminance about 0.75, 0.55, 0.15, 0.35) and a hatch for the darkest.
TONE_FILLS = (("Tích cực", "#9cc5a1"), ("Trung tính", "#d5dae1"), ("Đan xen", "#c9a227"), ("Tiêu cực", "#8c2f39"))
_BAR = "#3b5b7f"
_FONT = 'font-family="Tinos LN" font-size="10.5"'


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart: data URI of the SVG, the text that says the same, width and height in points."""

    uri: str
    alt: str
    width: int
    height: int


def _chart(parts: Iterable[str], alt: str, width: int, height: int) -> Chart:
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}">'
        + "".join(parts)
        + "</svg>"
    )
    return Chart("data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode("ascii"), alt, width, height)


def _text(x: float, y: float, words: str, anchor: str = "start", fill: str = INK) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" {_FONT} text-anchor="{anchor}" fill="{fill}">{escape(words)}</text>'


def bars(title: str, shares: Sequence[Share], *, width: int = 222, limit: int = 4) -> Chart | None:
    """Return horizontal bars with their numbers, None where there is nothing to show."""
    shown = shares[:limit]
    if not shown:
        return None
    label, row, top = 124, 16, 18
    most = max(entry.number for entry in shown)
    room = width - label - 28
    parts = [f'<text x="0" y="11" {_FONT} font-weight="bold" fill="{INK}">{escape(title)}</text>']
    for number, entry in enumerate(shown):
        y = top + number * row
        length = max(2.0, room * entry.number / most)
        parts.append(_text(label - 6, y + 11, _short(entry.name, 26), "end"))
        parts.append(f'<rect x="{label}" y="{y + 2}" width="{length:.1f}" height="11" fill="{_BAR}"/>')
        parts.append(_text(label + length + 4, y + 11, figure(entry.number)))
    alt = f"{title}: " + "; ".join(f"{entry.name} {entry.number}" for entry in shown) + "."
    return _chart(parts, alt, width, top + row * len(shown) + 2)


def days(title: str, points: Sequence[DayPoint], *, width: int = 222, height: int = 84) -> Chart | None:
    """Return stacked columns of the last days by tone, None under three days."""
    if len(points) < 3:
        return None
    left, bottom, top = 22, 16, 30
    room = height - bottom - top
    most = max(1, *(point.positive + point.neutral + point.mixed + point.negative for point in points))
    step = (width - left) / max(len(points), 7)
    parts = [f'<text x="0" y="11" {_FONT} font-weight="bold" fill="{INK}">{escape(title)}</text>']
    x = 0.0
    for name, fill in TONE_FILLS:
        parts.append(f'<rect x="{x:.1f}" y="17" width="8" height="8" fill="{fill}" stroke="{INK}" stroke-width="0.4"/>')
        parts.append(_text(x + 10, 25, name))
        x += 18 + 4.9 * len(name)
    base = height - bottom
    parts.append(f'<line x1="{left}" y1="{base}" x2="{width}" y2="{base}" stroke="{INK}" stroke-width="0.6"/>')
    parts.append(_text(left - 4, top + 7, figure(most), "end"))
    for number, point in enumerate(points):
        column = left + number * step + step * 0.2
        y = float(base)
        for value, (_, fill) in zip(
            (point.positive, point.neutral, point.mixed, point.negative), TONE_FILLS, strict=True
        ):
            high = room * value / most
            y -= high
            parts.append(
                f'<rect x="{column:.1f}" y="{y:.2f}" width="{step * 0.6:.1f}" height="{high:.2f}" fill="{fill}"'
                f' stroke="{INK}" stroke-width="0.4"/>'
            )
        # Every label of 14 days would run into the next; the edition's own day is always named.
        if (len(points) - 1 - number) % (1 + len(points) // 7) == 0:
            day = date.fromisoformat(point.day)
            parts.append(_text(min(column + step * 0.3, width - 13), base + 12, f"{day.day:02d}/{day.month}", "middle"))
    alt = f"{title}: " + "; ".join(
        f"{date.fromisoformat(p.day):%d/%m}: tích cực {p.positive}, trung tính {p.neutral}, đan xen {p.mixed}, "
        f"tiêu cực {p.negative}"
        for p in points
    )
    return _chart(parts, alt + ".", width, height)


def _short(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - 1].rstrip(" ,") + "…"
