"""Typed masks: what identifies a private person leaves the text before anybody reads it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum


class MaskKind(StrEnum):
    """Kinds of typed masks; the text carries ``[PHONE:1]`` and so on."""

    PHONE = "PHONE"
    ID = "ID"
    BANK = "BANK"
    EMAIL = "EMAIL"
    PERSON = "PERSON"
    HANDLE = "HANDLE"
    ADDRESS = "ADDRESS"
    PLATE = "PLATE"


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedValue:
    """The original behind one mask: kind, number within its item, and the characters that stood there."""

    kind: MaskKind
    number: int
    value: str


@dataclass(frozen=True, slots=True)
class Masked:
    """A masked text and the originals of its masks."""

    text: str
    sealed: tuple[SealedValue, ...]


# Six digits, spaces and points between them allowed: the shortest account number.
_LONG_NUMBER = re.compile(r"\d(?:[\s.\-]{0,3}\d){5}")
_URL = re.compile(r"\b(?:https?://|hxxps?://|www\.)[^\s<>\"']+", re.IGNORECASE)
# Hosts whose first path element is a person's or page's handle.
_HANDLE_URL = re.compile(
    r"(?:facebook\.com|fb\.com|tiktok\.com|instagram\.com|twitter\.com|x\.com|threads\.net|t\.me|zalo\.me|youtube\.com)"
    r"/(@?[\w.\-]+)",
    re.IGNORECASE,
)
_NOT_A_HANDLE = re.compile(
    r"(?:groups|watch|reels?|videos?|posts|photos?|story\.php|permalink\.php|sharer?|events|hashtag|search)$",
    re.IGNORECASE,
)
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_MENTION = re.compile(r"(?<![\w/@.])@[\w.]{2,30}")
# Vietnamese numbering plan (Thông tư 22/2014/TT-BTTTT; ten-digit mobiles since 2018): mobile 03/05/07/08/09 + 8,
# fixed 02 + 8 or 9 digits.
_PHONE = re.compile(r"(?<![\d.,/\w-])(?:\(?(?:\+?84|0)\)?[\s.\-]?)(?:[35789]|2\d)(?:[\s.\-]?\d){8}(?:\d)?(?![\d\w])")
_CITIZEN_ID = re.compile(r"(?<![\d.,\w])0\d{2}[\s.]?\d{3}[\s.]?\d{3}[\s.]?\d{3}(?![\d\w])")
_OLD_ID = re.compile(
    r"(?:\bCMND|\bCCCD|căn cước(?: công dân)?|chứng minh(?: nhân dân)?)\D{0,14}(\d[\d .]{7,14}\d)", re.IGNORECASE
)
_BANK = re.compile(
    r"(?:\bSTK|\bTK|số tài khoản|tài khoản|chuyển khoản|\bso tk|\bso tai khoan|\bbank\b)"
    r"[^\d\n]{0,40}?(\d(?:[ .]?\d){5,18})(?!\d)",
    re.IGNORECASE,
)
_ACCOUNT_CUE = re.compile(r"STK|số tài khoản|chuyển khoản|so tk|so tai khoan", re.IGNORECASE)
_MOBILE = re.compile(r"0[35789](?:[\s.]?\d){8}")
_PLATE = re.compile(r"(?<![\w])\d{2}[A-Z]\d?[\s\-–.]{0,3}(\d{3}[.,]?\d{2}|\d{4})(?![\d\w])")
_HOUSE = re.compile(
    r"(?:\bsố nhà|\bnhà số|\bsn|\bso nha)\s*:?\s*(\d+[\w/\-]*)|(?<![\w/.,])(\d+(?:/\d+)*[A-Za-z]?)\s+đường\s",
    re.IGNORECASE,
)
_UPPER = "A-ZÀÁẢÃẠĂẰẮẲẴẶÂẦẤẨẪẬĐÈÉẺẼẸÊỀẾỂỄỆÌÍỈĨỊÒÓỎÕỌÔỒỐỔỖỘƠỜỚỞỠỢÙÚỦŨỤƯỪỨỬỮỰỲÝỶỸỴ"
_SYLLABLE = rf"[{_UPPER}][^\W\d_A-Z]*"
_NAME = rf"{_SYLLABLE}(?:\s+{_SYLLABLE}){{1,3}}"
# "bà con Tuy Phước", "thầy cô Vĩnh Sơn" speak of the people of a place.
_PERSON = re.compile(
    rf"(?<!đường )(?<!phố )(?<!bà )(?<!Bà )(?<!thầy )(?<!Thầy )"
    rf"(?i:\b(?:anh|chị|ông|bà|cô|chú|bác|dì|cậu|mợ|em|bé|cháu|con|thằng|chủ tài khoản|tên))\s+({_NAME})"
)
# A name beside its number: "Nguyễn Thị Mẫu A, CCCD [ID:1]".
_NAMED_NUMBER = re.compile(
    rf"({_NAME}(?:\s+[{_UPPER}]\b)?)(?=\s*[,:;–-]?\s*(?i:CCCD|CMND|căn cước|STK|số tài khoản|SĐT|số điện thoại)\b)"
)
# An official acting in office, as named by the press, stays readable (``domain.md`` §5.3 (2)).
_OFFICE = re.compile(
    r"(?:chủ tịch|bí thư|giám đốc|trưởng|phó|đồng chí|thủ tướng|đại biểu|phát ngôn)[^.\n]{0,60}$",
    re.IGNORECASE,
)
_HOTLINE = re.compile(
    r"(?:đường dây nóng|hotline|tổng đài|trực ban|điện thoại trực|số trực|cứu hộ)[^\n]{0,50}$", re.IGNORECASE
)
# Cues are looked for this many characters back.
_CUE = 90
_OFFICIAL_EMAIL = re.compile(r"\.gov\.vn$", re.IGNORECASE)


@dataclass(slots=True)
class Masker:
    """Masks the parts of one item with one numbering: the same value gets the same number in title, lead and body.

    ``social`` adds names of private persons, handles, house numbers and every phone number; in press and official text
    the numbers of duty lines and agency mailboxes stay, as they are published for duty (``domain.md`` §5.2 H7).
    """

    social: bool
    sealed: list[SealedValue] = field(default_factory=list)

    def mask(self, text: str) -> str:
        """Return ``text`` with typed masks; masking a masked text changes nothing."""
        pieces: list[str] = []
        last = 0
        for start, end, kind in self._spans(text):
            pieces += [text[last:start], f"[{kind}:{self._number(kind, text[start:end])}]"]
            last = end
        return "".join([*pieces, text[last:]])

    def _number(self, kind: MaskKind, value: str) -> int:
        same = [span for span in self.sealed if span.kind is kind]
        for span in same:
            if span.value == value:
                return span.number
        self.sealed.append(SealedValue(kind=kind, number=len(same) + 1, value=value))
        return len(same) + 1

    def _spans(self, text: str) -> list[tuple[int, int, MaskKind]]:
        taken: list[tuple[int, int, MaskKind]] = []
        urls = [match.span() for match in _URL.finditer(text)]
        for start, end, kind in self._candidates(text):
            inside_url = kind is not MaskKind.HANDLE and any(left < end and start < right for left, right in urls)
            if not inside_url and not any(left < end and start < right for left, right, _ in taken):
                taken.append((start, end, kind))
        return sorted(taken)

    def _candidates(self, text: str) -> Iterator[tuple[int, int, MaskKind]]:
        # Most texts hold no "@", no "/" and no long number: the patterns that need one are not tried on them.
        if "@" in text:
            for match in _EMAIL.finditer(text):
                if self.social or not _OFFICIAL_EMAIL.search(match[0]):
                    yield *match.span(), MaskKind.EMAIL
        if "/" in text:
            for match in _HANDLE_URL.finditer(text):
                if not _NOT_A_HANDLE.match(match[1]):
                    yield *match.span(1), MaskKind.HANDLE
        if _LONG_NUMBER.search(text):
            yield from self._numbers(text)
        for match in _PLATE.finditer(text):
            # The series in front (77, 81 …) names a province, not a person: it stays as a cue for places.
            yield *match.span(1), MaskKind.PLATE
        if self.social:
            yield from self._residents(text)

    def _numbers(self, text: str) -> Iterator[tuple[int, int, MaskKind]]:
        for match in _BANK.finditer(text):
            # "tài khoản Zalo 0900…" is a telephone number; only a cue for account numbers makes ten digits one.
            if not (_MOBILE.fullmatch(match[1]) and not _ACCOUNT_CUE.match(match[0])):
                yield *match.span(1), MaskKind.BANK
        for match in _OLD_ID.finditer(text):
            yield *match.span(1), MaskKind.ID
        for match in _PHONE.finditer(text):
            if self.social or not _HOTLINE.search(text[max(0, match.start() - _CUE) : match.start()]):
                yield *match.span(), MaskKind.PHONE
        for match in _CITIZEN_ID.finditer(text):
            yield *match.span(), MaskKind.ID

    def _residents(self, text: str) -> Iterator[tuple[int, int, MaskKind]]:
        if "@" in text:
            for match in _MENTION.finditer(text):
                yield *match.span(), MaskKind.HANDLE
        for match in _HOUSE.finditer(text):
            yield *match.span(1 if match[1] else 2), MaskKind.ADDRESS
        for match in _NAMED_NUMBER.finditer(text):
            yield *match.span(1), MaskKind.PERSON
        for match in _PERSON.finditer(text):
            if not _OFFICE.search(text[max(0, match.start(1) - _CUE) : match.start(1)]):
                yield *match.span(1), MaskKind.PERSON


def mask(text: str, *, social: bool) -> Masked:
    """Return ``text`` with typed masks and their originals; see :class:`Masker` for items of several parts."""
    masker = Masker(social=social)
    return Masked(masker.mask(text), tuple(masker.sealed))
