"""One normal form for everything: NFC, old-style tone placement, plain spaces."""

from __future__ import annotations

import re
import unicodedata

_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\ufe0f]")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_BLANKS = re.compile(r"[^\S\n]+")
_BREAKS = re.compile(r" ?\n[ \n]*")

_TONED = {
    "a": "àáảãạ",
    "e": "èéẻẽẹ",
    "o": "òóỏõọ",
    "u": "ùúủũụ",
    "y": "ỳýỷỹỵ",
}
_OPEN = re.compile(r"(?:(o)([àáảãạèéẻẽẹ])|(?<!q)(u)([ỳýỷỹỵ]))(?![^\W\d_])", re.IGNORECASE)
_CLOSED = re.compile(r"([òóỏõọ])([ae])(?=n|m|t|c|p|i|y|o)|(?<!q)([ùúủũụ])(y)(?=ê|e|n|t|c|p)", re.IGNORECASE)


def _plain(letter: str) -> tuple[str, int]:
    """Split a toned vowel into the plain vowel and the index of its tone (lower case)."""
    low = letter.lower()
    for plain, toned in _TONED.items():
        index = toned.find(low)
        if index >= 0:
            return plain, index
    raise ValueError(letter)


def _cased(like: str, letter: str) -> str:
    return letter.upper() if like.isupper() else letter


def _move_forward(match: re.Match[str]) -> str:
    first, second = (match[1], match[2]) if match[1] else (match[3], match[4])
    plain, tone = _plain(second)
    return _cased(first, _TONED[first.lower()][tone]) + _cased(second, plain)


def _move_back(match: re.Match[str]) -> str:
    first, second = (match[1], match[2]) if match[1] else (match[3], match[4])
    plain, tone = _plain(first)
    return _cased(first, plain) + _cased(second, _TONED[second.lower()][tone])


def nfc(text: str) -> str:
    """Return Unicode NFC without invisible and control characters (newlines and tabs stay)."""
    return _CONTROL.sub(" ", _INVISIBLE.sub("", unicodedata.normalize("NFC", text)))


def normalize(text: str) -> str:
    """Return the normal form: NFC, tone marks in the old style (hòa, khỏe, thủy), single spaces and line breaks.

    Old style is what underthesea and most of the press write. The text people read and every offset count in this form.
    """
    text = nfc(text).replace("\r\n", "\n").replace("\r", "\n")
    text = _BREAKS.sub("\n", _BLANKS.sub(" ", text)).strip()
    # Only text that has a tone mark at all can have a misplaced one.
    if text.isascii():
        return text
    return _CLOSED.sub(_move_back, _OPEN.sub(_move_forward, text))


def _fold_table() -> dict[int, str]:
    table: dict[int, str] = {ord("đ"): "d", ord("Đ"): "d"}
    for block in (range(0x41, 0x5B), range(0xC0, 0x250), range(0x1E00, 0x1F00)):
        for code in block:
            base = unicodedata.normalize("NFD", chr(code))[0].lower()
            if code not in table and len(base) == 1 and base.isascii():
                table[code] = base
    return table


_FOLD = _fold_table()
_IY = re.compile(r"\b(h|k|l|m|s|t|v|qu)([iìíỉĩị])\b")
_TO_Y = dict(zip("iìíỉĩị", "yỳýỷỹỵ", strict=True))


def _lower(text: str) -> str:
    # A few letters grow when lower-cased ("İ"); they stay, so that offsets hold.
    low = text.lower()
    return low if len(low) == len(text) else "".join(c if len(c.lower()) != 1 else c.lower() for c in text)


def fold(text: str) -> str:
    """Return lower case without diacritics, đ as d; as long as the NFC input, so offsets stay."""
    return _lower(unicodedata.normalize("NFC", text).translate(_FOLD))


def match_key(text: str, *, accents: bool = False) -> str:
    """Return :func:`fold` with i/y made one (Qui Nhơn = Quy Nhơn, Mĩ = Mỹ); same length. ``accents`` keeps diacritics."""
    base = _lower(unicodedata.normalize("NFC", text)) if accents else fold(text)
    return _IY.sub(lambda match: match[1] + _TO_Y[match[2]], base)
