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
    BANISH,
    CALL,
    CHILD,
    DATA_SALE,
    EXPOSING,
    GROUP,
    HOOK,
    IDIOM,
    IMMINENT,
    INSTALL,
    LURES,
    OFFER,
    SEVERE,
    SEXUAL,
    SIGN_NAMES,
    TRANSACTION,
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
    """Elements of one class found in a text: evidence spans and how strongly they complete the definition (0..3).

    ``hooked``: the text itself offers the way to the harm (a suspect link, an account, a number to call). Without a hook, a text
    that reads as criticism stays criticism (``domain.md`` §5.1: doubt goes to lane B).
    """

    harm: Harm
    spans: tuple[Span, ...]
    strength: int
    imminent: bool = False
    hooked: bool = False
    artefacts: tuple[str, ...] = ()


def _spans(view: View, *rules: Rule) -> list[Span]:
    """Return the first place of each rule that matches; cues have been looked for already."""
    found = []
    for rule in rules:
        if rule.name in SIGN_NAMES:
            if (span := view.cues.get(rule.name)) is not None:
                found.append(span)
        elif (match := rule.find(view)) is not None:
            found.append(Span(start=match.start(), end=match.end(), reason=rule.name))
    return found


def _fraud(view: View) -> list[Elements]:
    lures, asks = _spans(view, *LURES), _spans(view, *ASKS)
    suspect = [link for link in view.links if link.kind in SUSPECT_LINKS]
    false_brand = [link for link in view.links if link.kind in ("lookalike", "mimic")]
    if _spans(view, WARNING) and not false_brand:
        return []
    if TRANSACTION.find(view) and not suspect:
        return []  # a bank's own message about what was done
    hooks = [Span(start=link.start, end=link.end, reason=f"link:{link.kind}") for link in suspect]
    # A notice that leads to the true host only is a notice, whatever it promises.
    if not hooks and any(link.kind == "official" for link in view.links):
        return []
    contact = [link for link in view.links if link.kind == "contact"]
    broken = bool(hooks) and "{broken}" in view.tokens
    complete = bool(lures and (asks or hooks or contact)) or broken or bool(false_brand and asks)
    if not complete:
        return []
    hooked = bool(hooks or contact) or HOOK.find(view) is not None
    strength = min(3, len(lures) + bool(hooks) + bool(false_brand) + (len(asks) > 1))
    hosts = tuple(dict.fromkeys(link.host for link in suspect))
    found = [Elements(Harm.FRAUD, tuple(lures + asks + hooks), strength, hooked=hooked, artefacts=hosts)]
    named = _spans(view, AGENCIES)
    if named or false_brand:
        brand = [Span(start=link.start, end=link.end, reason=f"imitates:{link.brand or 'vn'}") for link in false_brand]
        strength = min(3, 1 + 2 * bool(false_brand))
        found.append(
            Elements(Harm.IMPERSONATION, tuple(named + brand + asks), strength, hooked=hooked, artefacts=hosts)
        )
    return found


def _malware(view: View) -> list[Elements]:
    files = [link for link in view.links if link.kind == "file"]
    if not files or _spans(view, WARNING):
        return []
    spans = [Span(start=link.start, end=link.end, reason="link:file") for link in files] + _spans(view, INSTALL)
    return [
        Elements(
            Harm.MALICIOUS_LINK,
            tuple(spans),
            min(3, len(spans)),
            hooked=True,
            artefacts=tuple(link.host for link in files),
        )
    ]


def _leak(view: View) -> list[Elements]:
    if "[" not in view.text and not _spans(view, DATA_SALE):
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
    return [Elements(Harm.LEAKED_DATA, tuple(spans), min(3, len(kinds) + 2 * bool(sale)), hooked=True)]


def _violence(view: View) -> list[Elements]:
    spans = _spans(view, VIOLENCE, CALL, VICTIM)
    if len(spans) < 3 or IDIOM.find(view) or _spans(view, WARNING):
        return []
    moment = _spans(view, IMMINENT)
    return [Elements(Harm.VIOLENCE, tuple(spans + moment), 1 + 2 * bool(moment), imminent=bool(moment))]


def _hate(view: View) -> list[Elements]:
    group, abuse = _spans(view, GROUP), _spans(view, ABUSE)
    if group and abuse:
        banish = _spans(view, BANISH)
        return [Elements(Harm.HATE, tuple(group + abuse + banish), 2 + bool(banish))]
    personal = _spans(view, ADDRESSED, SEVERE)
    if len(personal) == 2:
        return [Elements(Harm.HATE, tuple(personal), 1)]
    return []


def _child(view: View) -> list[Elements]:
    spans = _spans(view, CHILD, SEXUAL, OFFER)
    if len(spans) < 3 or _spans(view, WARNING):
        return []
    return [Elements(Harm.CHILD_ABUSE, tuple(spans), 2)]


def elements(view: View) -> dict[Harm, Elements]:
    """Return the classes whose elements are all present in a social text, with their evidence."""
    found = [*_fraud(view), *_malware(view), *_leak(view), *_violence(view), *_hate(view), *_child(view)]
    by_kind = {element.harm: element for element in found}
    if Harm.LEAKED_DATA in by_kind and not view.links:
        # Account numbers of a leaked list are its content, not a way to be paid.
        by_kind.pop(Harm.FRAUD, None)
        by_kind.pop(Harm.IMPERSONATION, None)
    return by_kind


@dataclass(frozen=True, slots=True)
class Scale:
    """Calibration of one class: probability = sigmoid(weight · learned + signs · strength + bias), with its two thresholds."""

    weight: float
    signs: float
    bias: float
    suggest: float
    alert: float


Scales = Mapping[Harm, Scale]
