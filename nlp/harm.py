"""Suspicions of concrete harm: the closed classes H1–H8 of ``domain.md`` §5.2, every element of a definition required.

A class is suggested only when (1) its elements are found by rules, which are also the evidence spans, and (2) the learned score,
calibrated together with the rules' signs, passes the class's *suggest* threshold. So anger, sarcasm, profanity and criticism
cannot become harm by a model's mood alone. A press or official item reporting a harm is not harm itself: only social items are
judged. H3 needs a stored official item that contradicts the claim; without one a rumour stays "chưa kiểm chứng".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from nlp.cues import (
    ABUSE,
    ADDRESSED,
    AGENCIES,
    ASKS,
    CALL,
    CHILD,
    DATA_SALE,
    EXPOSING,
    GROUP,
    IDIOM,
    IMMINENT,
    INSTALL,
    LURES,
    OFFER,
    SEVERE,
    SEXUAL,
    VICTIM,
    VIOLENCE,
    WARNING,
)
from nlp.rules import Rule
from nlp.view import View
from records.types import Harm, Span

SUSPECT_LINKS = frozenset({"lookalike", "mimic", "shortener", "risky", "plain", "file"})
"""Kinds of links that may be the hook of a deception; official and chat links are not pages of a deceiver."""


@dataclass(frozen=True, slots=True)
class Elements:
    """Elements of one class found in a text: evidence spans and how strongly they complete the definition (0..3)."""

    harm: Harm
    spans: tuple[Span, ...]
    strength: int
    imminent: bool = False
    artefacts: tuple[str, ...] = ()


def _spans(view: View, *rules: Rule) -> list[Span]:
    found = []
    for rule in rules:
        match = rule.find(view)
        if match:
            found.append(Span(start=match.start(), end=match.end(), reason=rule.name))
    return found


def _fraud(view: View) -> list[Elements]:
    lures, asks = _spans(view, *LURES), _spans(view, *ASKS)
    suspect = [link for link in view.links if link.kind in SUSPECT_LINKS]
    false_brand = [link for link in view.links if link.kind in ("lookalike", "mimic")]
    hooks = [Span(start=link.start, end=link.end, reason=f"link:{link.kind}") for link in suspect]
    official = any(link.kind == "official" for link in view.links)
    if WARNING.find(view) and not false_brand:
        return []
    found = []
    masked = tuple(dict.fromkeys(link.host for link in suspect))
    complete = bool(lures) and bool(asks or hooks)
    if (
        (complete and not (official and not hooks))
        or (hooks and "{broken}" in view.tokens)
        or (false_brand and (lures or asks))
    ):
        strength = min(3, len(lures) + bool(hooks) + bool(false_brand) + (len(asks) > 1))
        found.append(Elements(Harm.FRAUD, tuple(lures + asks + hooks), strength, artefacts=masked))
    named = _spans(view, AGENCIES)
    if found and (named or false_brand) and not (official and not hooks):
        brand = [Span(start=link.start, end=link.end, reason=f"imitates:{link.brand or 'vn'}") for link in false_brand]
        found.append(
            Elements(
                Harm.IMPERSONATION, tuple(named + brand + asks), min(3, 1 + 2 * bool(false_brand)), artefacts=masked
            )
        )
    return found


def _malware(view: View) -> list[Elements]:
    files = [link for link in view.links if link.kind == "file"]
    if not files or WARNING.find(view):
        return []
    spans = [Span(start=link.start, end=link.end, reason="link:file") for link in files] + _spans(view, INSTALL)
    return [
        Elements(Harm.MALICIOUS_LINK, tuple(spans), min(3, len(spans)), artefacts=tuple(link.host for link in files))
    ]


def _leak(view: View) -> list[Elements]:
    if "[" not in view.text and not DATA_SALE.find(view):
        return []
    kinds = {kind for kind in ("ID", "BANK", "PHONE", "PERSON", "ADDRESS") if f"[{kind}:" in view.text}
    numbers = sum(view.text.count(f"[{kind}:") for kind in ("ID", "BANK", "PHONE"))
    sale = _spans(view, DATA_SALE)
    private = (
        "ID" in kinds or ("BANK" in kinds and numbers > 1) or {"PERSON", "ADDRESS", "PHONE"} <= kinds
    ) and "PERSON" in kinds
    if not sale and not (private and EXPOSING.find(view)):
        return []
    spans = sale + _spans(view, EXPOSING)
    start = view.text.find("[")
    if start >= 0:
        spans.append(Span(start=start, end=view.text.find("]", start) + 1, reason="masked personal data"))
    return [Elements(Harm.LEAKED_DATA, tuple(spans), min(3, len(kinds) + 2 * bool(sale)))]


def _violence(view: View) -> list[Elements]:
    spans = _spans(view, VIOLENCE, CALL, VICTIM)
    if len(spans) < 3 or IDIOM.find(view) or WARNING.find(view):
        return []
    moment = _spans(view, IMMINENT)
    return [Elements(Harm.VIOLENCE, tuple(spans + moment), 1 + 2 * bool(moment), imminent=bool(moment))]


def _hate(view: View) -> list[Elements]:
    group, abuse = _spans(view, GROUP), _spans(view, ABUSE)
    if group and abuse:
        return [Elements(Harm.HATE, tuple(group + abuse), 2)]
    personal = _spans(view, ADDRESSED, SEVERE)
    if len(personal) == 2:
        return [Elements(Harm.HATE, tuple(personal), 1)]
    return []


def _child(view: View) -> list[Elements]:
    spans = _spans(view, CHILD, SEXUAL, OFFER)
    if len(spans) < 3 or WARNING.find(view):
        return []
    return [Elements(Harm.CHILD_ABUSE, tuple(spans), 2)]


def elements(view: View) -> dict[Harm, Elements]:
    """Return the classes whose elements are all present in a social text, with their evidence."""
    found = [*_fraud(view), *_malware(view), *_leak(view), *_violence(view), *_hate(view), *_child(view)]
    return {element.harm: element for element in found}


@dataclass(frozen=True, slots=True)
class Scale:
    """Calibration of one class: probability = sigmoid(weight · learned + signs · strength + bias), with its two thresholds."""

    weight: float
    signs: float
    bias: float
    suggest: float
    alert: float


Scales = Mapping[Harm, Scale]
