"""One reading of a text that every judge shares: lower-case and folded forms, links, cues, model tokens."""

from __future__ import annotations

import re
from dataclasses import dataclass

import text as vietnamese
from nlp.cues import SIGNS
from nlp.features import tokens
from nlp.links import Link, find_links

LONGEST = 1_500
"""Characters the models read (the rules read all): the beginning of a text decides its lane."""

_MARKED = re.compile(r"[àáảãạăằắẳẵặâầấẩẫậèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵđ]", re.IGNORECASE)
_BROKEN = re.compile(r"[^\W\d_][~'`^.,;:*][^\W\d_]")


@dataclass(frozen=True, slots=True)
class View:
    """A text as the judges see it. ``plain``: typed without diacritics. Offsets are those of ``text`` in all forms."""

    text: str
    lower: str
    folded: str
    plain: bool
    social: bool
    links: tuple[Link, ...]
    tokens: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Forms:
    lower: str
    folded: str
    plain: bool


def _signs(text: str, forms: _Forms, links: tuple[Link, ...]) -> list[str]:
    """Return pseudo-tokens for what single words do not say: cues, kinds of links, capitals, broken-up words, no diacritics."""
    signs = [f"{{link:{link.kind}}}" for link in links]
    signs += [f"{{{rule.name}}}" for rule in SIGNS if rule.find(forms)]
    if forms.plain and len(text) > 20:
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
        return View(text, lower, "", False, False, (), tuple(words))
    plain = _MARKED.search(text) is None
    folded = vietnamese.fold(text) if plain else ""
    links = find_links(text) if "." in text else ()
    words += _signs(head, _Forms(lower[:LONGEST], folded[:LONGEST], plain), links)
    return View(text, lower, folded, plain, True, links, tuple(words))
