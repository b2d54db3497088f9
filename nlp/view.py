"""One reading of a text that every judge shares: lower-case and folded forms, links, cues, model tokens."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

import text as vietnamese
from nlp.cues import SIGNS
from nlp.features import tokens
from nlp.links import Link, find_links
from nlp.rules import Rule, RuleSet
from records.types import Span

LONGEST = 1_500
"""Characters the models read (the rules read all): the beginning of a text decides its lane."""

_SIGNS = RuleSet(SIGNS)

_MARKED = re.compile(r"[àáảãạăằắẳẵặâầấẩẫậèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵđ]", re.IGNORECASE)
_BROKEN = re.compile(r"[^\W\d_][~'`^.,;:*][^\W\d_]")


@dataclass(frozen=True, slots=True)
class View:
    """A text as the judges see it. ``plain``: typed (nearly) without diacritics. Offsets are those of ``text`` in all forms.

    ``cues``: first place of each cue of :data:`nlp.cues.SIGNS` that was found, by name (social texts only).
    """

    text: str
    lower: str
    folded: str
    plain: bool
    social: bool
    links: tuple[Link, ...]
    tokens: tuple[str, ...]
    cues: Mapping[str, Span]


_WORD = re.compile(r"[^\W\d_]+")
_LEET = re.compile(r"(?<=[a-z])[01!$@|](?=[a-z])|(?<=[a-z][a-z])0\b")
_LETTERS = str.maketrans("01!$@|", "oiisai")


def _is_plain(text: str) -> bool:
    """Tell whether a text was typed without diacritics; a name or two that kept them do not count."""
    words = _WORD.findall(text[:LONGEST])
    marked = sum(_MARKED.search(word) is not None for word in words)
    return marked * 6 < len(words) or not words


def _spell_out(folded: str) -> str:
    """Undo letters written as signs ("d!eu k!en", "tr0 cap", "KHONG_DUOC"); same length."""
    return _LEET.sub(lambda match: match.group().translate(_LETTERS), folded).replace("_", " ")


def _span(rule: Rule, match: re.Match[str]) -> Span:
    return Span(start=match.start(), end=match.end(), reason=rule.name)


@dataclass(frozen=True, slots=True)
class _Forms:
    lower: str
    folded: str
    plain: bool


def _signs(text: str, plain: bool, found: Mapping[str, Span], links: tuple[Link, ...]) -> list[str]:
    """Return pseudo-tokens for what single words do not say: cues, kinds of links, capitals, broken-up words, no diacritics."""
    signs = [f"{{link:{link.kind}}}" for link in links]
    signs += [f"{{{name}}}" for name in found]
    if plain and len(text) > 20:
        signs.append("{plain}")
    letters = sum(map(str.isalpha, text))
    if letters > 20 and sum(map(str.isupper, text)) > 0.5 * letters:
        signs.append("{capitals}")
    if len(_BROKEN.findall(text)) > 4:
        signs.append("{broken}")
    signs.append(f"{{length:{min(5, len(text) // 60)}}}")
    return signs


def view(text: str, *, social: bool) -> View:
    """Read ``text`` (normalised and masked) once for all judges. Linear in its length."""
    head = text[:LONGEST]
    lower = text.lower()
    if len(lower) != len(text):  # a few foreign capitals grow when lowered; offsets must stay
        lower = "".join(low if len(low := character.lower()) == 1 else character for character in text)
    words = tokens(head, teencode=social)
    if not social:
        return View(text, lower, "", False, False, (), tuple(words), {})
    plain = _is_plain(text)
    folded = _spell_out(vietnamese.fold(text)) if plain else ""
    links = find_links(text) if "." in text else ()
    forms = _Forms(lower, folded, plain)
    cues = {rule.name: _span(rule, match) for rule, match in _SIGNS.find(forms)}
    words += _signs(head, plain, cues, links)
    return View(text, lower, folded, plain, True, links, tuple(words), cues)
