"""In which language a text is written. Minority languages are never judged by the models: a person reads them."""

from __future__ import annotations

import re

import py3langid

import text as vietnamese

_VIETNAMESE = re.compile(r"[ăâđêôơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ]", re.IGNORECASE)
_SCRIPTS = (
    ("km", re.compile("[\u1780-\u17ff]")),
    ("cjm", re.compile("[\uaa00-\uaa5f]")),
    ("lo", re.compile("[\u0e80-\u0eff]")),
    ("blt", re.compile("[\uaa80-\uaadf]")),
    ("zh", re.compile("[\u3040-\u30ff\u4e00-\u9fff]")),
    ("ko", re.compile("[\uac00-\ud7af]")),
    ("th", re.compile("[\u0e00-\u0e7f]")),
    ("ru", re.compile("[\u0400-\u04ff]")),
    ("ar", re.compile("[\u0600-\u06ff]")),
)
_HIGHLAND = re.compile(r"[ĭŏŭčñƀĕ]|[ơưêô]̆|\b\w+[bčdgñ][jrw][aeiouơư]\w*\b", re.IGNORECASE)
"""Letters of Jrai, Bahnar and Êđê that Vietnamese lacks: breves on vowels, ƀ, č, ñ."""

_FOREIGN = re.compile(
    r"[ĭŏŭčñƀ\u0306\u0400-\u04ff\u0600-\u06ff\u0e00-\u0eff\u1780-\u17ff\u3040-\u9fff\uaa00-\uaadf\uac00-\ud7af]"
)

_SYLLABLE = re.compile(
    r"(?:ngh?|nh|ch|gh|gi|kh|ph|qu|th|tr|[bcdghklmnpqrstvx])?"
    r"(?:[aeiouy]|ai|ao|au|ay|eo|eu|ia|ie|iu|oa|oe|oi|oo|ua|ue|ui|uo|uu|uy|ye|ieu|oai|oay|oeo|uay|uoi|uou|uya|uye|uyu|yeu)"
    r"(?:ch|ng|nh|[cmnpt])?"
)
_PRESYLLABLE = re.compile(r"\b\w*[ơưăâ][bcdđghjklmnrsw]{1,2}[aeiouơưâêôă]\w*\b")
"""A marked vowel, a consonant and another vowel in one word ("gơmơi", "hơmâo"): no Vietnamese syllable is built so."""

_COMMON = re.compile(
    r"\b(?:của|và|là|có|không|được|cho|người|với|đã|trong|các|những|một|này|từ|đến|vào|ở|thì|mà|rồi)\b"
)
"""Words that hardly any Vietnamese sentence of some length lacks and no other language has."""

_CHAT = frozenset("ko k dc đc j r z vs dm vl vcl ck vk sdt stk tk ib fb ubnd tp hcm csgt ntn mn e a".split())

MINORITY = frozenset({"km", "cjm", "blt", "mra"})
"""Codes that go to a person only: Khmer, Chăm, Tai script, and ``mra`` = a Latin-written language of the Central Highlands."""


FOREIGN = frozenset("en fr de es it pt nl ru uk zh ja ko th lo id ms ar hi".split())
"""Languages a guess is believed for; on broken-up words and codes the guesser names any of a hundred others."""


def detect(text: str) -> str:
    """Return a language code: ``vi``, ``km``, ``cjm``, ``mra`` …, ``und`` where there are no words
    or nothing can be said.

    First a letter test, which no careful Vietnamese text fails; then, for text without diacritics, the share of possible
    Vietnamese syllables; only then a statistical guess (py3langid).
    """
    sample = text[:300]
    head = sample[:120]  # enough to see the share of letters; the rest is only searched for foreign ones
    if len(_VIETNAMESE.findall(head)) * 25 > len(head) and _FOREIGN.search(sample) is None:
        low = sample.lower()
        # Foreign names ("Djokovic") are impossible syllables too; only two words of highland build tell the language.
        strange = not _COMMON.search(low) and len(_PRESYLLABLE.findall(low)) >= 2 and _possible(sample) < 0.6
        return "mra" if strange else "vi"
    letters = [character for character in sample if character.isalpha()]
    if len(letters) < 3:
        return "und"
    for code, script in _SCRIPTS:
        if len(script.findall(sample)) > 0.3 * len(letters):
            return code
    if len(_HIGHLAND.findall(sample)) >= max(2, len(letters) // 25):
        return "mra"
    if len(_VIETNAMESE.findall(sample)) >= max(1, len(letters) // 25):
        return "vi"
    likely = _possible(sample)
    if likely >= 0.75:
        return "vi"
    code = str(py3langid.classify(sample)[0])
    if likely >= 0.5:
        return "vi"
    return code if code in FOREIGN else "und"


def _possible(sample: str) -> float:
    """Return the share of words that could be Vietnamese syllables (0..1; 0 without words)."""
    words = re.findall(r"[a-z]+", vietnamese.fold(sample))
    return sum(bool(_SYLLABLE.fullmatch(word)) or word in _CHAT for word in words) / len(words) if words else 0.0
