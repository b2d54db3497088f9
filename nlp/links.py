"""Links in a text, sorted by what their host name says. Nothing is ever opened or resolved."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache
from pathlib import Path

_FILE = Path(__file__).parent / "data" / "brands.csv"

_LINK = re.compile(
    r"(?:h(?:tt|xx)ps?:\s?/\s?/\s?)?(?<![\w@])"
    r"((?:[a-z0-9](?:[a-z0-9_-]*[a-z0-9])?\.)+[a-z]{2,10})(?![a-z0-9@])((?:/[^\s,;)\]]*)?)",
    re.IGNORECASE,
)

SHORTENERS = frozenset(
    "bit.ly t.ly tinyurl.com shorturl.at goo.gl cutt.ly is.gd rb.gy s.id yip.su slim.link by.com.vn url.cn ow.ly tiny.cc".split()
)
CONTACTS = frozenset({"zalo.me", "t.me", "m.me"})
"""Hosts that open a chat with somebody: an invitation to get in touch, not a page."""

HOSTED = frozenset({"sites.google.com", "docs.google.com", "forms.gle", "drive.google.com", "linktr.ee"})
"""True hosts whose pages anybody can make: never official."""

RISKY = frozenset(
    "top vip cc xyz icu club life site online cfd cyou buzz monster click fun tk ml gq cf ga win bet casino loan work rest "
    "sbs lol pics quest bond shop live tech pro asia".split()
)
"""Cheap top-level domains that Vietnamese scam lists are full of; [J], a sign and never a verdict."""

KNOWN = (
    frozenset(
        "vn com net org edu gov info io me app dev tv ly gl gd id de uk us fr jp cn ru kr eu co biz at su link".split()
    )
    | RISKY
)
"""Endings that make a dotted word a link; everything else ("TP.HCM", "ngày.Mai") is not."""

_FILES = re.compile(r"\.(?:apk|exe|scr|msi|bat|jar|dmg)\b", re.IGNORECASE)
_MIMIC = re.compile(r"(?:^|\.)(?:com\.|gov\.|edu\.)?vn-[a-z0-9]{1,6}\.[a-z]+$|gov-vn|-gov\.|govvn")
_DIGITS = str.maketrans("013457", "oleast")


@dataclass(frozen=True, slots=True)
class Link:
    """One link. ``kind``: official, lookalike, mimic, file, shortener (or
    a page anybody can make), contact, risky or plain. ``brand``: the name it imitates."""

    start: int
    end: int
    host: str
    path: str
    kind: str
    brand: str = ""


@lru_cache(maxsize=1)
def _brands() -> tuple[dict[str, str], frozenset[str]]:
    """Return the short names (to their brand) and all true hosts."""
    with _FILE.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(line for line in lines if not line.startswith("#")))
    names = {name: row["brand"] for row in rows for name in row["names"].split()}
    hosts = frozenset(host for row in rows for host in row["hosts"].split())
    return names, hosts


def _official(host: str, hosts: frozenset[str]) -> bool:
    if host.endswith((".gov.vn", ".edu.vn")):
        return True
    parts = host.split(".")
    return any(".".join(parts[start:]) in hosts for start in range(len(parts) - 1))


@lru_cache(maxsize=4096)
def _imitated(host: str) -> str:
    """Return the brand whose name a foreign host carries, or one letter away from it; "" where none does."""
    names, _ = _brands()
    stem = host.rsplit(".", 1)[0]
    for label in (*re.split(r"[.-]", stem), re.sub(r"[.-]", "", stem)):
        for form in (label, label.translate(_DIGITS)):
            if form in names:
                return names[form]
            for name, brand in names.items():
                if len(name) >= 5 and (name in form or (abs(len(form) - len(name)) <= 1 and _near(form, name))):
                    return brand
                if len(name) <= 4 and form.startswith(name) and form[len(name) :].isdigit():
                    return brand
    return ""


def _near(form: str, name: str) -> bool:
    return (
        len(form) >= 5 and len(name) >= 6 and form[0] == name[0] and SequenceMatcher(None, form, name).ratio() >= 0.85
    )


def _kind(host: str, path: str) -> tuple[str, str]:
    _, hosts = _brands()
    if _FILES.search(path) or (_FILES.search(host) and not _official(host, hosts)):
        return "file", _imitated(host)
    if host in CONTACTS:
        return "contact", ""
    if host in SHORTENERS or host in HOSTED or (host == "google.com" and path.startswith("/search")):
        return "shortener", ""
    if _official(host, hosts):
        return "official", ""
    if brand := _imitated(host):
        return "lookalike", brand
    if _MIMIC.search(host):
        return "mimic", ""
    return ("risky" if host.rsplit(".", 1)[1] in RISKY else "plain"), ""


def find_links(text: str) -> tuple[Link, ...]:
    """Find the links of ``text``, written with or without a scheme, defanged or not."""
    found = []
    for match in _LINK.finditer(text):
        host, path = match.group(1).lower(), match.group(2)
        if host.startswith("www."):
            host = host[4:]
        scheme = match.start(1) != match.start()
        ending = host.rsplit(".", 1)[-1]
        if not _FILES.search(host) and ending not in KNOWN:
            continue
        # "ngày.Me" or "TP.De" is a missing space, not a link: a bare host needs a lower-case ending, a path or ".Com".
        if not (scheme or path or ending == "com" or match.group(1).endswith(ending)):
            continue
        kind, brand = _kind(host, path)
        found.append(Link(match.start(), match.end(), host, path, kind, brand))
    return tuple(found)
