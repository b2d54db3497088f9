"""The shipped judgement of a text without its places: lane, tone, field and harm, with probabilities and reasons.

Pure: the same text and model give the same judgement. Press and official items and social items have models of their own.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from nlp import harm
from nlp.errors import ModelError
from nlp.linear import Floats, Heads, Ints, softmax
from nlp.view import View
from records.types import Harm, HarmFinding, HarmLevel, Lane, Tone

FOLDER = Path(__file__).parent / "models" / "judge"
FORMAT = 1

MIXED_SHARE = 0.38
"""A tone is mixed when positive and negative both have at least this probability (chosen on lanes_dev: mixed is rare there)."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the models and rules think of one text. ``fields``: probability per field of public life (press model's classes)."""

    lane: Lane
    lane_probability: float
    lane_probabilities: Mapping[str, float]
    lane_reasons: tuple[str, ...]
    tone: Tone
    tone_probability: float
    fields: tuple[tuple[str, float], ...]
    harms: tuple[HarmFinding, ...]


@dataclass(frozen=True, slots=True)
class Models:
    """Loaded heads with their calibration. ``version`` stands on every assessment.

    ``decisions``: weight of each lane when one is chosen, per channel. The likeliest lane is often neutral; a desk loses more
    by an overlooked complaint than by a neutral text among the complaints. Probabilities are reported unweighted.
    """

    version: str
    press: Heads
    social: Heads
    offsets: Mapping[str, Mapping[str, Floats]]
    temperatures: Mapping[str, Mapping[str, float]]
    decisions: Mapping[str, Mapping[str, float]]
    scales: harm.Scales
    card: Mapping[str, Any]


def newest(folder: Path = FOLDER) -> Path:
    """Return the newest version's folder; raise :class:`ModelError` when none is there."""
    versions = sorted(child for child in folder.glob("*") if (child / "card.json").is_file()) if folder.is_dir() else []
    if not versions:
        raise ModelError(f"no model in {folder}: reinstall the package or run 'langnghe train'")
    return versions[-1]


def load(folder: Path | None = None) -> Models:
    """Load the models of ``folder`` (one version), or the newest shipped version."""
    return _load(folder or newest())


@lru_cache(maxsize=4)
def _load(folder: Path) -> Models:
    try:
        card = json.loads((folder / "card.json").read_text(encoding="utf-8"))
        if card["format"] != FORMAT:
            raise ModelError(
                f"{folder}: model format {card['format']}, this version reads {FORMAT}: run 'langnghe train'"
            )
        scales = {Harm(code): harm.Scale(**scale) for code, scale in card["scales"].items()}
        offsets = {
            channel: {head: np.array(values, np.float32) for head, values in heads.items()}
            for channel, heads in card["offsets"].items()
        }
        labels, temperatures, version = card["labels"], card["temperatures"], card["version"]
        decisions = card["decisions"]
    except (OSError, KeyError, TypeError, ValueError) as error:
        raise ModelError(f"{folder}/card.json cannot be read ({error}); reinstall or run 'langnghe train'") from error
    press = Heads.load(folder, "press", labels["press"], teencode=False)
    social = Heads.load(folder, "social", labels["social"], teencode=True)
    return Models(version, press, social, offsets, temperatures, decisions, scales, card)


def _probabilities(models: Models, channel: str, head: str, heads: Heads, scores: Floats) -> Floats:
    part = scores[:, heads.columns(head)] / models.temperatures[channel].get(head, 1.0)
    offsets = models.offsets[channel].get(head)
    return softmax(part if offsets is None else part + offsets)


def finding(models: Models, elements: harm.Elements, learned: float) -> HarmFinding | None:
    """Turn complete elements and a learned score (log-odds) into a finding; None below the class's suggest threshold."""
    scale = models.scales[elements.harm]
    score = scale.weight * learned + scale.signs * elements.strength + scale.bias
    probability = float(1.0 / (1.0 + np.exp(-score)))
    if probability < scale.suggest:
        return None
    reasons = tuple(dict.fromkeys(span.reason for span in elements.spans))
    return HarmFinding(
        harm=elements.harm,
        probability=round(probability, 4),
        level=HarmLevel.ALERT if probability >= scale.alert else HarmLevel.SUGGEST,
        spans=elements.spans,
        reasons=(*reasons, f"model {models.version}: {learned:+.2f}, threshold {scale.suggest}/{scale.alert}"),
        imminent=elements.imminent,
        artefacts=elements.artefacts,
    )


def _reasons(heads: Heads, indices: Ints, values: Floats, column: int) -> tuple[str, ...]:
    """Return the three words, word pairs or signs that spoke most for a class."""
    gains = values * heads.weights[indices, column]
    names = heads.vocabulary.names
    found: list[str] = []
    for place in np.argsort(-gains)[:12]:
        name = names[indices[place]]
        if name[0] != "c" and gains[place] > 0 and name[1:] not in found:
            found.append(name[1:])
        if len(found) == 3:
            break
    return tuple(found)


def _lane(
    spread: dict[str, float], harms: Sequence[HarmFinding], weights: Mapping[str, float]
) -> tuple[Lane, dict[str, float]]:
    """Choose the lane of a post; harm only with a finding, and criticism with a finding below *alert* stays criticism.

    The probability mass of a harm class without a finding goes to the other lanes in proportion: a suspicion that lacks an
    element of its definition is none.
    """
    best = max((finding.probability for finding in harms), default=0.0)
    if "harm" in spread:
        rest = 1.0 - spread["harm"]
        share = max(best, spread["harm"]) if best else 0.0
        spread = {
            name: (share if name == "harm" else value / max(rest, 1e-6) * (1.0 - share))
            for name, value in spread.items()
        }
    lane = max(spread, key=lambda name: spread[name] * weights.get(name, 1.0))
    return Lane(lane), spread


def _harms(models: Models, view: View, lanes: Floats, scores: Floats) -> tuple[HarmFinding, ...]:
    """Return the findings of one social text; none without a hook where criticism is likelier than harm."""
    heads = models.social
    names = heads.labels["lane"]
    criticism = lanes[names.index("feedback")] > lanes[names.index("harm")]
    found = []
    for kind, elements in harm.elements(view).items():
        if criticism and not elements.hooked:
            continue
        head = f"harm:{kind.value}"
        learned = float(scores[heads.columns(head).start]) if head in heads.labels else 0.0
        if (one := finding(models, elements, learned)) is not None:
            found.append(one)
    return tuple(found)


def judge(models: Models, views: Sequence[View], explained: Sequence[bool] | None = None) -> list[Judgement]:
    """Judge texts; press and social ones may be mixed. Order is kept.

    ``explained`` tells for which texts ``lane_reasons`` are wanted (default: all).
    """
    found: list[Judgement | None] = [None] * len(views)
    for channel, heads in (("press", models.press), ("social", models.social)):
        places = [number for number, view in enumerate(views) if view.social == (channel == "social")]
        if not places:
            continue
        matrix, scores = heads.scores([views[number].tokens for number in places])
        lanes = _probabilities(models, channel, "lane", heads, scores)
        tones = _probabilities(models, channel, "tone", heads, scores)
        fields = _probabilities(models, channel, "field", heads, scores)
        lane_names, tone_names, field_names = (heads.labels[head] for head in ("lane", "tone", "field"))
        best_tones = tones.argmax(axis=1)
        sure = np.take_along_axis(tones, best_tones[:, None], axis=1)[:, 0].tolist()
        poles = tones[:, [tone_names.index("positive"), tone_names.index("negative")]].min(axis=1).tolist()
        order = np.argsort(-fields, axis=1)[:, :3]
        shares = np.take_along_axis(fields, order, axis=1).tolist()
        columns = np.array([models.decisions[channel].get(name, 1.0) for name in lane_names], np.float32)
        best_lanes = (lanes * columns).argmax(axis=1).tolist()
        spreads = lanes.tolist()
        first_lane = heads.columns("lane").start
        for row, (number, tone, kinds) in enumerate(zip(places, best_tones.tolist(), order.tolist(), strict=True)):
            spread = dict(zip(lane_names, spreads[row], strict=True))
            lane = Lane(lane_names[best_lanes[row]])
            harms: tuple[HarmFinding, ...] = ()
            if channel == "social":
                harms = _harms(models, views[number], lanes[row], scores[row])
                lane, spread = _lane(spread, harms, models.decisions[channel])
            part = slice(matrix.indptr[row], matrix.indptr[row + 1])
            column = first_lane + lane_names.index(lane.value)
            wanted = explained is None or explained[number]
            found[number] = Judgement(
                lane=lane,
                lane_probability=spread[lane.value],
                lane_probabilities=spread,
                lane_reasons=_reasons(heads, matrix.indices[part], matrix.data[part], column) if wanted else (),
                tone=Tone.MIXED if poles[row] >= MIXED_SHARE else Tone(tone_names[tone]),
                tone_probability=sure[row],
                fields=tuple(zip((field_names[kind] for kind in kinds), shares[row], strict=True)),
                harms=harms,
            )
    return [one for one in found if one is not None]
