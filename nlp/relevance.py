"""Whether the province's desk wants a text: a few explainable features and their calibrated sum.

A feature is a statement about the readings of a text ("in the title", "only a person's home"). Weights are those of a
logistic regression (``nlp.relevance_train``; ``nlp/models/relevance/VERSION/weights.json``).
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from nlp import places_cues as cues
from nlp.errors import ModelError
from nlp.places_gazetteer import Level
from nlp.places_reading import Document

MODEL = Path(__file__).with_name("models") / "relevance" / "1" / "weights.json"
DECISION = 0.5
"""Probability from which a text is relevant."""


@dataclass(frozen=True, slots=True)
class Relevance:
    """The decision, its probability and the features behind it, strongest first."""

    relevant: bool
    probability: float
    reason: str


def features(document: Document) -> dict[str, float]:
    """Return the features of a read document; absent ones are 0."""
    own = [reading for reading in document.readings if reading.own]
    others = [reading for reading in document.readings if reading.other is not None]
    found: dict[str, float] = {}
    if document.covered:
        found["warning for a range that holds the province"] = 1.0
    if document.region and not own:
        found["warning for a region that holds the province"] = 1.0
    if not own:
        return found
    sport = len(set(cues.SPORT.findall(document.low)))
    warning = cues.WARNING.search(document.low) is not None
    lottery = cues.LOTTERY.search(document.low) is not None
    title_own = [reading for reading in own if "title" in reading.cues]
    title_others = [reading for reading in others if "title" in reading.cues]
    body_own = [reading for reading in own if "title" not in reading.cues]
    plain = [reading for reading in own if not reading.cues & {"home", "origin", "signature"}]
    best = max(own, key=lambda reading: reading.score)
    found["a name of the province"] = 1.0
    if best.mention.entry.level is not None and best.mention.entry.level > Level.CITY:
        found["only a commune or landmark"] = 1.0
    if any("title" in reading.cues for reading in plain):
        found["in the title"] = 1.0
    if len({(reading.mention.entry.name, "title" in reading.cues) for reading in plain}) > 1:
        found["named more than once"] = 1.0
    if any(reading.cues & {"unit"} and reading.run <= 2 for reading in plain):
        found["unit before the name"] = 1.0
    if any("agency" in reading.cues for reading in plain):
        found["authority of the place"] = 1.0
    if any("locative" in reading.cues and reading.run <= 2 for reading in plain):
        found["words of place"] = 1.0
    if not plain:
        kind = "origin" if all(reading.cues & {"origin", "signature"} for reading in own) else "home"
        found[f"only a person's {kind}"] = 1.0
        if others:
            found[f"{kind}, and another province"] = 1.0
    if any("signature" in reading.cues for reading in own):
        found["reader's sign-off"] = 1.0
    shortest = min(reading.run for reading in own)
    if shortest >= 3:
        kind = "a warning's list" if warning else "a list"
        found[f"only in {kind} of three"] = 1.0
        if shortest >= 4:
            found[f"only in {kind} of four or more"] = 1.0
    if sport:
        venue = any(reading.cues & {"venue", "unit"} for reading in plain if "school" not in reading.cues)
        found["sport, place of play" if venue else "sport"] = min(sport, 3) / 2
        if any("school" in reading.cues for reading in own):
            found["sport, a school's team"] = 1.0
    if warning and not sport:
        found["weather, disaster or epidemic"] = 1.0
    if lottery:
        found["lottery"] = 1.0
    if title_others and not title_own:
        found["another province in the title"] = 1.0
    if others:
        found["other provinces"] = min(len({reading.other for reading in others}), 4) / 2
    first = min(
        document.readings, key=lambda reading: reading.mention.start if reading.own or reading.other else 1 << 30
    )
    if others and first.other is not None and body_own and not title_own:
        found["another province first"] = 1.0
    if all("embedded" in reading.cues for reading in own):
        found["only inside a longer name"] = 1.0
    roads = [reading for reading in document.readings if "highway" in reading.cues]
    if roads and all(reading in roads or reading.run > 1 for reading in own):
        found["only in a road's name"] = 1.0
    if document.local_source:
        found["the province's own press"] = 1.0
    return found


def judge(document: Document) -> Relevance:
    """Weigh the features of a read document."""
    return decide(features(document))


def decide(found: Mapping[str, float]) -> Relevance:
    """Turn features into a decision with its reason."""
    if not found:
        return Relevance(False, 0.0, "no place of the province")
    weights, bias = model()
    parts = {name: weights.get(name, 0.0) * value for name, value in found.items()}
    probability = 1 / (1 + math.exp(-(bias + sum(parts.values()))))
    order = sorted(parts, key=lambda name: -abs(parts[name]))[:4]
    reason = "; ".join(f"{name} {parts[name]:+.1f}" for name in order)
    return Relevance(probability >= DECISION, round(probability, 4), reason)


@lru_cache(maxsize=1)
def model() -> tuple[dict[str, float], float]:
    """Return the shipped weights and the bias. Raises ModelError where the file is missing or damaged."""
    try:
        data = json.loads(MODEL.read_text(encoding="utf-8"))
        return {str(name): float(weight) for name, weight in data["weights"].items()}, float(data["bias"])
    except (OSError, ValueError, KeyError, AttributeError) as error:
        raise ModelError(f"{MODEL} is missing or damaged ({error}); reinstall the package") from None
