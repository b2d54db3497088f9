"""Rebuild the generated rows of the data folders: ``python -m provinces.build --shared ../shared``.

Generated are the rows whose ``origin`` is ``units`` (places, people's committees) or ``feeds`` (sources), and
``national/units.csv``. A row of any other origin belongs to a person: it stays as it is, and no row with its code is
generated, so that changing ``origin`` to ``hand`` is how one takes a generated row over.
"""

from __future__ import annotations

import argparse
import csv
import json
import re
import sys
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from provinces.loader import AGENCY_COLUMNS, PLACE_COLUMNS, SOURCE_COLUMNS, UNIT_COLUMNS
from text import fold, normalize

Line = dict[str, str]

REFORM = date(2025, 7, 1)
"""Two tiers of local government and 34 provinces from this day (NQ 202/2025/QH15; ``domain.md`` §3.1)."""
_FROM = REFORM.isoformat()
_LAST = (REFORM - timedelta(days=1)).isoformat()

_TYPES = ("Thành phố", "Thị xã", "Thị trấn", "Đặc khu", "Phường", "Huyện", "Quận", "Tỉnh", "Xã")
_SHORT = {"Thành phố": ("TP", "TP."), "Thị xã": ("TX", "TX.")}
_SLUGS = {"Thành phố": "tp", "Thị xã": "tx", "Huyện": "huyen"}
_DAK = re.compile(r"\b(?:Đăk|Đắk|Đak)\b")

# Statuses of the feed list, in our few words. The order matters: the first that is found in the text wins.
_STATUS = (
    ("guessed", "unverified"),
    ("404", "broken"),
    ("dead", "broken"),
    ("cookie challenge", "browser"),
    ("slug listed", "slug"),
    ("verified:", "verified"),
    ("verified by", "verified"),
    ("reported valid", "reported"),
    ("working crawler", "configured"),
    ("crawler config", "configured"),
    ("listed, not verified", "listed"),
)
_ON = frozenset({"verified", "reported", "configured"})
# Sections that hardly ever hold a province's news; off so that politeness is spent on the others.
_FAR = re.compile(
    r"the-?gioi|giai-tri|tam-su|xe|the-?thao|quoc-te|cong-nghe|so-hoa|khoa-hoc|gia-dinh|bat-dong-san|chung-khoan|game|sao",
    re.ASCII,
)
# Sections worth reading even where nobody has confirmed the feed.
_NEAR = re.compile(r"tin-moi-nhat|thoi-su|xa-?hoi(-\d+)?|phap-?luat(-\d+)?|tintuctrongngay")


def split(full_name: str) -> tuple[str, str]:
    """Split ``Phường Quy Nhơn`` into type and name, in the normal form of ``text``."""
    full_name = normalize(full_name)
    for kind in _TYPES:
        if full_name.lower().startswith(kind.lower() + " "):
            return kind, full_name[len(kind) + 1 :]
    raise ValueError(f"no unit type in {full_name!r}")


def slug(name: str) -> str:
    """Return a name in ASCII letters, digits and hyphens."""
    return re.sub(r"[^a-z0-9]+", "-", fold(name)).strip("-")


@dataclass(frozen=True)
class Facts:
    """The shared facts: units of today, the ward map of the reform, the feed list."""

    units: list[Any]
    wards: list[Line]
    feeds: list[Line]

    @classmethod
    def read(cls, shared: Path) -> Facts:
        """Read the facts from the shared folder."""
        units = json.loads((shared / "data/admin_units/units_2026-07.json").read_text(encoding="utf-8"))
        return cls(
            units, _read(shared / "data/admin_units/old_to_new_wards.csv"), _read(shared / "data/press/feeds.csv")
        )


def _read(file: Path) -> list[Line]:
    if not file.exists():
        return []
    with file.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def _write(file: Path, columns: Iterable[str], rows: Iterable[Mapping[str, str]]) -> None:
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(columns), restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def _merge(
    file: Path, columns: Iterable[str], key: str, made: Iterable[Line], origin: str, *, hand_first: bool
) -> None:
    kept = [row for row in _read(file) if row["origin"] != origin]
    taken = {row[key] for row in kept}
    rows = [{**row, "origin": origin} for row in made if row[key] not in taken]
    _write(file, columns, [*kept, *rows] if hand_first else [*rows, *kept])


def national_units(facts: Facts) -> list[Line]:
    """List every current commune, and the districts and provinces that ended with the reform."""
    rows: list[Line] = []
    for province in facts.units:
        name = split(province["FullName"])[1]
        for unit in province["Wards"]:
            kind, short = split(unit["FullName"])
            rows.append(
                {
                    "code": unit["Code"],
                    "name": short,
                    "full_name": f"{kind} {short}",
                    "kind": "commune",
                    "province": name,
                    "valid_to": "",
                }
            )
        rows.append(
            {
                "code": f"province:{province['Code']}",
                "name": name,
                "full_name": normalize(province["FullName"]),
                "kind": "province",
                "province": name,
                "valid_to": "",
            }
        )
    old: dict[str, Line] = {}
    for ward in facts.wards:
        province = split(ward["old_province"])[1]
        for full, code, what in (
            (ward["old_province"], f"old:{ward['old_province_code']}", "province"),
            (ward["old_district"], f"old:{ward['old_district_code']}", "district"),
        ):
            kind, short = split(full)
            old[code] = {
                "code": code,
                "name": short,
                "full_name": f"{kind} {short}",
                "kind": what,
                "province": province,
                "valid_to": _LAST,
            }
    return rows + [old[code] for code in sorted(old)]


class Names:
    """Who else bears a name, and what people wrote about names by hand (``national/names.csv``)."""

    def __init__(self, facts: Facts, hand: Iterable[Line]) -> None:
        self._hand = {row["name"]: row for row in hand}
        self._current: defaultdict[str, set[str]] = defaultdict(set)
        self._former: defaultdict[str, set[str]] = defaultdict(set)
        for province in facts.units:
            for unit in province["Wards"]:
                self._current[split(unit["FullName"])[1]].add(province["Code"])
        self._names = {province["Code"]: split(province["FullName"])[1] for province in facts.units}
        for ward in facts.wards:
            for unit in (ward["old_ward"], ward["old_district"], ward["old_province"]):
                if unit:
                    self._former[split(unit)[1]].add(ward["new_province_code"])

    def risk(self, name: str, home: str) -> str:
        """Return why a name of a province (unit code) needs a trigger; empty when it does not."""
        reasons = [f"current:{self._names[code]}" for code in sorted(self._current[name] - {home})]
        reasons += [f"former:{self._names[code]}" for code in sorted(self._former[name] - self._current[name] - {home})]
        word = self._hand.get(name, {}).get("word", "")
        return "; ".join(([f"word:{word}"] if word else []) + reasons[:4])

    def aliases(self, kind: str, name: str) -> list[str]:
        """Return other spellings of a name, and the abbreviated form of a town."""
        spelled = [name, *self._hand.get(name, {}).get("aliases", "").split("|")]
        if "Quy " in name:
            spelled.append(name.replace("Quy ", "Qui "))
        spelled += [_DAK.sub(form, name) for form in ("Đăk", "Đắk", "Đak") if _DAK.search(name)]
        variants = list(dict.fromkeys(entry for entry in spelled if entry and entry != name))
        return variants + [f"{short} {form}" for short in _SHORT.get(kind, ()) for form in [name, *variants]]


@dataclass(frozen=True)
class Profile:
    """What ``profile.toml`` says of the territory: today's unit code of the province, the former provinces in it."""

    folder: Path
    key: str
    name: str
    home: str
    former: tuple[str, ...]

    @classmethod
    def read(cls, folder: Path) -> Profile:
        """Read the ``[build]`` table of a profile."""
        data = tomllib.loads((folder / "profile.toml").read_text(encoding="utf-8"))
        return cls(
            folder, data["key"], data["name"], data["build"]["unit_province"], tuple(data["build"]["former_provinces"])
        )

    def wards(self, facts: Facts) -> list[Line]:
        """Return the rows of the ward map on this territory."""
        return [row for row in facts.wards if split(row["old_province"])[1] in self.former and row["old_ward"]]

    def area_codes(self, facts: Facts) -> dict[tuple[str, str], str]:
        """Return the codes of historic provinces ``(province, "")`` and districts ``(province, full name)``."""
        codes: dict[tuple[str, str], str] = {}
        for province in self.former:
            if province == self.name and len(self.former) == 1:
                codes[province, ""] = f"province:{slug(province)}"
            else:
                codes[province, ""] = f"area:{slug(province)}" + ("-cu" if province == self.name else "")
        districts = dict.fromkeys(
            (split(row["old_province"])[1], normalize(row["old_district"])) for row in self.wards(facts)
        )
        plain: defaultdict[str, int] = defaultdict(int)
        for _, district in districts:
            plain[slug(split(district)[1])] += 1
        for province, district in districts:
            kind, name = split(district)
            code = f"area:{slug(name)}"
            if plain[slug(name)] > 1:
                code += f"-{slug(province)}"
            elif code in codes.values():
                code = f"area:{_SLUGS[kind]}-{slug(name)}"
            codes[province, district] = code
        return codes


def places(profile: Profile, facts: Facts, names: Names) -> list[Line]:
    """List the province, its historic provinces and districts, its communes of today and those of before."""
    wards = profile.wards(facts)
    codes = profile.area_codes(facts)
    communes = {row["new_ward_code"] for row in wards}
    successors: defaultdict[str, dict[str, None]] = defaultdict(dict)
    for row in sorted(wards, key=lambda row: row["is_default"] != "1"):
        province, district = split(row["old_province"])[1], normalize(row["old_district"])
        for key in (codes[province, ""], codes[province, district], f"old:{row['old_ward_code']}"):
            successors[key][row["new_ward_code"]] = None
    home = f"province:{profile.key if f'province:{slug(profile.name)}' not in codes.values() else slug(profile.name)}"

    def line(code: str, full_name: str, kind: str, parent: str, start: str, end: str) -> Line:
        unit, name = split(full_name)
        after = successors[code] if code.startswith(("old:", "area:")) or (code == home and end) else {}
        if kind == "area":
            after = dict.fromkeys(sorted(after))
        return {
            "code": code,
            "name": name,
            "full_name": f"{unit} {name}",
            "kind": kind,
            "parent": parent,
            "valid_from": start,
            "valid_to": end,
            "successors": "|".join(sorted(after) if kind == "province" else after),
            "aliases": "|".join(names.aliases(unit, name)),
            "risk": names.risk(name, profile.home),
        }

    rows: list[Line] = []
    if home in codes.values():
        rows.append(line(home, f"Tỉnh {profile.name}", "province", "", "", _LAST))
    else:
        rows.append(line(home, f"Tỉnh {profile.name}", "province", "", _FROM, ""))
        rows += [line(codes[name, ""], f"Tỉnh {name}", "area", home, "", _LAST) for name in profile.former]
    for (province, district), code in codes.items():
        if district:
            rows.append(line(code, district, "area", codes[province, ""], "", _LAST))
    for province_of_today in facts.units:
        for unit in province_of_today["Wards"]:
            if unit["Code"] in communes:
                rows.append(line(unit["Code"], unit["FullName"], "commune", home, _FROM, ""))
    for row in sorted({row["old_ward_code"]: row for row in wards}.values(), key=lambda row: row["old_ward_code"]):
        parent = codes[split(row["old_province"])[1], normalize(row["old_district"])]
        rows.append(line(f"old:{row['old_ward_code']}", row["old_ward"], "commune", parent, "", _LAST))
    return rows


def committees(rows: Iterable[Line]) -> list[Line]:
    """List the people's committees of the communes of today and of the districts of before."""
    made: list[Line] = []
    for row in rows:
        kind, name = split(row["full_name"])
        if row["kind"] == "commune" and not row["valid_to"]:
            made.append(
                {
                    "code": f"ubnd-{row['code']}",
                    "name": f"UBND {kind.lower()} {name}",
                    "kind": "commune",
                    "areas": row["code"],
                    "valid_from": _FROM,
                }
            )
        elif row["kind"] == "area" and kind != "Tỉnh":
            made.append(
                {
                    "code": f"ubnd-{row['code'].removeprefix('area:')}",
                    "name": f"UBND {kind.lower()} {name}",
                    "kind": "district",
                    "areas": row["code"],
                    "valid_to": row["valid_to"],
                }
            )
    return made


class Outlets:
    """The feed list as rows of the source registry."""

    def __init__(self, facts: Facts, publishers: Iterable[Line], switches: Iterable[Line]) -> None:
        self._feeds = facts.feeds
        self._publishers = {row["host"]: row for row in publishers}
        self._switches = {row["url"]: row for row in switches}

    def rows(self, before: Iterable[str], *, inside: bool) -> list[Line]:
        """List the feeds of papers from the former provinces ``before`` (``inside``), or of all other papers."""
        before = set(before)
        made = [
            self._row(feed, inside) for feed in self._feeds if (feed["province_before_2025_07"] in before) == inside
        ]
        seen: dict[str, str] = {}
        for row in made:
            if seen.setdefault(row["source_id"], row["url"]) != row["url"]:
                row["source_id"] += "." + ("page" if row["access"] == "section" else row["access"])
        return made

    def _row(self, feed: Line, inside: bool) -> Line:
        url, claimed = feed["feed_url"], feed["status"]
        parts = urlsplit(url)
        host = parts.netloc
        publisher = self._publishers.get(host, {})
        outlet = publisher.get("outlet", host.removeprefix("www.").split(".")[0])
        path = re.sub(r"(^/(rss|upload/rss)\b)|\.(rss|htm|html|chn|xml)$", "", parts.path).strip("/")
        section = slug(path) or "home"
        status = next(ours for words, ours in _STATUS if words in claimed)
        if status == "listed" and parts.path == "/rss/home.rss":
            status = "unverified"
        template = "{" in url
        switch = self._switches.get(url)
        # Repositories are named without their owners: who listed a feed is evidence, the account is not ours to keep.
        evidence = re.sub(r"\b[\w-]+/(?=[\w-]+)", "", feed["evidence"])
        on = status in _ON or (status == "listed" and _NEAR.fullmatch(section) is not None)
        if switch:
            on = switch["on"] == "yes"
        elif template or _FAR.search(section):
            on = False
        links = re.search(r"links: (\S+)", feed["evidence"])
        gone = inside and feed["newspaper"].removeprefix("Báo ") not in feed["province_after_2025_07"].split(" (")[0]
        return {
            "source_id": f"{outlet}.{section}",
            "outlet": outlet,
            "name": publisher.get("name", feed["newspaper"]),
            "kind": "press_in" if inside else "press_out",
            "access": {"rss": "feed", "sitemap": "sitemap"}.get(feed["kind"], "section")
            if status != "browser"
            else "browser",
            "url": url,
            "section": feed["section"],
            "language": "vi",
            "interval_min": "30",
            "valid_from": "",
            "valid_to": _LAST if gone else "",
            "status": "template" if template else status,
            "checked": feed["evidence_date"],
            "kill": "" if on else "yes",
            "family": publisher.get("family", outlet),
            "options": f"links={links[1]}" if links else "",
            "evidence": f"{claimed}; {evidence}" + (f"; switched {switch['on']}: {switch['reason']}" if switch else ""),
        }


def build(root: Path, shared: Path) -> None:
    """Rewrite the generated rows of every profile under ``root``."""
    facts = Facts.read(shared)
    national = root / "national"
    _write(national / "units.csv", UNIT_COLUMNS, national_units(facts))
    names = Names(facts, _read(national / "names.csv"))
    outlets = Outlets(facts, _read(national / "publishers.csv"), _read(national / "switches.csv"))
    profiles = [Profile.read(file.parent) for file in sorted(root.glob("*/profile.toml"))]
    for profile in profiles:
        made = places(profile, facts, names)
        _merge(profile.folder / "places.csv", PLACE_COLUMNS, "code", made, "units", hand_first=False)
        _merge(profile.folder / "agencies.csv", AGENCY_COLUMNS, "code", committees(made), "units", hand_first=True)
        local = outlets.rows(profile.former, inside=True)
        _merge(profile.folder / "sources.csv", SOURCE_COLUMNS, "source_id", local, "feeds", hand_first=True)
    everyone = {name for profile in profiles for name in profile.former}
    _merge(
        national / "outlets.csv",
        SOURCE_COLUMNS,
        "source_id",
        outlets.rows(everyone, inside=False),
        "feeds",
        hand_first=True,
    )


def main() -> int:
    """Rebuild the shipped profiles."""
    parser = argparse.ArgumentParser(
        prog="python -m provinces.build", description="Rebuild the generated rows of the data folders."
    )
    parser.add_argument("--shared", type=Path, required=True, help="folder that holds data/admin_units and data/press")
    parser.add_argument("--root", type=Path, default=Path(__file__).resolve().parent, help="folder of the profiles")
    options = parser.parse_args()
    build(options.root, options.shared)
    return 0


if __name__ == "__main__":
    sys.exit(main())
