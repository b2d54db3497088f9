"""Bylines: the printed names, without offices, addresses and the newspaper's own name."""

from __future__ import annotations

import re
from collections.abc import Iterable

from crawlers.extract._clean import clean, letters
from text import fold

_SPLIT = re.compile(r"\s*(?:[,;/|&\n]|\s[-–—]\s?|\svà\s|\sand\s)\s*")
_LABEL = re.compile(
    r"^(?:tác giả|bài(?: viết)?(?:,| và)? ?(?:ảnh|clip|video)?|tin(?:,| và)? ?(?:bài|ảnh)?"
    r"|thực hiện|theo|ảnh|phóng viên|pv)\s*:\s*|^(?:(?:đăng )?bởi|người đăng|by)\s*:?\s+",
    re.I,
)
_TAIL = re.compile(r"\s*(?:[-–|(]?\s*\S+@\S+\)?|\+?\d[\d .]{8,}|\d{1,2}[:h]\d{2}.*|\d{1,2}[/-]\d{1,2}[/-]\d{4}.*)$")
_HANDLE = re.compile(r"^(?:@|https?://|www\.)|\.(?:vn|com|net)$|^[a-z0-9_.]+$")
_WORDS = 6


def names(text: str, *, not_names: Iterable[str] = ()) -> tuple[str, ...]:
    """Split a printed byline into names; ``not_names`` are the outlet's own. A text that is no byline gives nothing."""
    barred = {letters(name) for name in not_names if name}
    found: list[str] = []
    for part in _SPLIT.split(_TAIL.sub("", _LABEL.sub("", clean(text)))):
        name = _TAIL.sub("", _LABEL.sub("", part)).strip(" .:-–—*")
        plain = letters(name)
        if (
            plain
            and plain not in barred
            and not any(plain == word for word in (letters(known) for known in found))
            and len(name.split()) <= _WORDS
            and not _HANDLE.search(name)
            and not any(letter.isdigit() for letter in name)
        ):
            found.append(name)
    return tuple(found)


def is_outlet(name: str, site: str, host: str) -> bool:
    """Tell whether a declared author is the newspaper itself ("Dân Trí", "TUOI TRE ONLINE", "VCCorp.vn")."""
    plain = letters(name)
    words = plain.split()
    if not words or words[0] in ("báo", "bao", "tạp", "tòa", "admin", "administrator", "vccorp", "vietnamnet"):
        return True
    compact = fold(plain).replace(" ", "").removeprefix("bao").removesuffix("online").removesuffix("vn")
    label = host.lower().removeprefix("www.").split(".")[0]
    return compact in (label, fold(letters(site)).replace(" ", "").removeprefix("bao"))
