"""What the bundled days hold: enough of everything, in sound records, and nothing that could be a real person or brand."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from demo.content import FIRST, FOLDER, LAST, ContentError, load
from provinces import load as load_province
from records.types import Harm, Lane
from text import fold

WORLD = load()


def by_event(name: str) -> int:
    return sum(entry.expected.event == name for entry in WORLD.entries)


def texts() -> str:
    words = [
        f"{version.title}\n{version.lead}\n{version.body}" for entry in WORLD.entries for version in entry.versions
    ]
    return "\n".join([*words, *(thread.title for thread in WORLD.threads.values())])


def test_every_site_shows_something_before_the_first_look() -> None:
    early = {entry.site for entry in WORLD.entries if entry.at < FIRST}
    assert early == set(WORLD.sites) - {"xemlang", "nhaptay"}
    assert {entry.bulletin for entry in WORLD.entries} == {
        entry.bulletin for entry in WORLD.entries if entry.at < FIRST
    }


def test_there_is_enough_of_every_kind() -> None:
    assert len(WORLD.entries) >= 220
    press = {site.key for site in WORLD.sites.values() if site.kind.startswith("press")}
    assert len(press) >= 6
    assert {site.access for site in WORLD.sites.values()} == {
        "feed", "sitemap", "section", "browser", "forum", "video_comments", "import",
    }  # fmt: skip
    counts = Counter(entry.site for entry in WORLD.entries)
    assert all(counts[key] >= 5 for key in WORLD.sites)
    assert sum(counts[key] for key in press) >= 90
    assert counts["xomnho"] >= 50 and counts["xemlang"] >= 30 and counts["nhaptay"] >= 45
    assert len([site for site in WORLD.sites.values() if site.kind == "official"]) == 2


@pytest.mark.parametrize(
    ("event", "least"),
    [
        ("flood", 20), ("recovery", 25), ("reservoir_rumour", 10), ("power_scam", 12), ("rubbish", 15),
        ("land_procedure", 9), ("support_criteria", 7), ("embankment", 9), ("waterlogging", 4), ("rescue", 6),
        ("teachers_day", 10), ("tourism", 6), ("prices", 6), ("football", 5), ("neighbour_flood", 4), ("national", 8),
        ("leak", 2), ("hate", 3), ("history", 2), ("injection", 1), ("minority_language", 1), ("foreign", 1),
        ("advert", 3), ("secret", 1),
    ],
)  # fmt: skip
def test_every_event_of_the_model_briefing_is_there(event: str, least: int) -> None:
    assert by_event(event) >= least


def test_every_lane_and_the_harms_of_the_model_are_there() -> None:
    lanes = Counter(entry.expected.lane for entry in WORLD.entries)
    assert all(lanes[lane] >= 5 for lane in Lane)
    harms = {harm for entry in WORLD.entries for harm in entry.expected.harms}
    assert harms == {Harm.FRAUD, Harm.IMPERSONATION, Harm.HATE, Harm.LEAKED_DATA}
    assert sum(entry.expected.rescue for entry in WORLD.entries) >= 4


def test_each_of_the_three_editions_and_the_day_after_has_its_news() -> None:
    days = Counter((entry.at - FIRST).days for entry in WORLD.entries)
    assert set(days) == {-1, 0, 1, 2, 3}
    assert days[0] >= 30 and days[1] >= 60 and days[2] >= 90 and days[3] >= 30
    assert max(entry.at for entry in WORLD.entries) < LAST


def test_articles_are_edited_withdrawn_copied_and_decomposed() -> None:
    articles = [entry for entry in WORLD.entries if entry.kind == "article"]
    assert any(len(entry.versions) >= 4 for entry in articles)
    assert {version.status for entry in articles for version in entry.versions} == {200, 404, 410}
    bodies = Counter(entry.versions[0].body for entry in articles)
    assert sum(number for number in bodies.values() if number > 1) >= 3
    assert any(entry.nfd for entry in articles)


def test_official_bulletins_supersede_each_other() -> None:
    series = Counter(entry.bulletin for entry in WORLD.entries if WORLD.sites[entry.site].kind == "official")
    assert "" not in series
    assert all(number >= 4 for number in series.values())
    night = [entry for entry in WORLD.of("hochua") if entry.at.isoformat().startswith("2026-11-19T21:00")]
    assert "không tăng lưu lượng" in night[0].versions[0].body


def test_every_place_is_a_commune_of_the_province() -> None:
    province = load_province("gia-lai")
    codes = {code for entry in WORLD.entries for code in entry.expected.places}
    assert len(codes) >= 25
    for code in codes:
        assert province.place(code).code == code


def test_named_communes_stand_in_the_text() -> None:
    """A record whose labels name a commune must name it too: a fair reader has only the text."""
    province = load_province("gia-lai")
    unnamed = []
    for entry in WORLD.entries:
        head = WORLD.threads[entry.thread].title if entry.thread and entry.kind == "post" else ""
        words = " ".join([head, *(f"{v.title} {v.lead} {v.body}" for v in entry.versions)])
        for code in entry.expected.places:
            place = province.place(code)
            names = {place.name, *place.aliases, *_LANDMARKS.get(code, ())}
            if not any(fold(name) in fold(words) for name in names):
                unnamed.append((entry.key, place.name))
    assert unnamed == []


_LANDMARKS = {"21786": ("Đá Vàng",), "21601": ("Eo Gió", "Nhơn Lý"), "21583": ("Quy Nhơn",)}


def test_nothing_could_be_real() -> None:
    words = texts()
    for link in re.findall(r"\b[\w-]+(?:\.[\w-]+)*\.(?:vn|com|net|org|info|example)\b", words):
        assert link.endswith(".example"), link
    phones = re.findall(r"(?<![\d])0[3-9]\d{2}[ .]?\d{3}[ .]?\d{3}(?!\d)", words)
    assert phones and all(re.sub(r"\D", "", phone).startswith("0900000") for phone in phones)
    identities = re.findall(r"(?<!\d)\d{12,13}(?!\d)", words)
    assert identities and all(number.startswith("000") for number in identities)
    brands = (
        "facebook",
        "zalo",
        "youtube",
        "tiktok",
        "vnexpress",
        "tuổi trẻ",
        "thanh niên online",
        "evn",
        "hagl",
        "vietcombank",
    )
    found = [brand for brand in brands if re.search(rf"\b{brand}\b", words.lower())]
    assert found == []


def test_no_word_that_the_product_avoids() -> None:
    words = texts().lower()
    for word in ("đối tượng", "phản động", "chống phá", "thế lực", "tin giả", "xử lý chủ tài khoản"):
        assert word not in words, word


def test_full_personal_names_are_sample_names() -> None:
    """Only the invented list names people by full names, and its given name is "Mẫu" (sample)."""
    surnames = "Nguyễn|Trần|Lê|Phạm|Hoàng|Huỳnh|Phan|Vũ|Võ|Đặng|Bùi|Đỗ|Hồ|Ngô|Dương|Lý"
    names = re.findall(rf"\b(?:{surnames}) (?:Thị|Văn|Hữu|Minh|Thanh|Ngọc|Quốc|Đức) [A-ZĐÀ-Ỹ]\w+(?: \w\b)?", texts())
    assert names and all("Mẫu" in name for name in names)


def test_a_record_that_contradicts_itself_is_refused(tmp_path: Path) -> None:
    for file in FOLDER.glob("*.toml"):
        (tmp_path / file.name).write_text(file.read_text(encoding="utf-8"), encoding="utf-8")
    broken = tmp_path / "maiam.toml"
    text = broken.read_text(encoding="utf-8")
    for wrong, message in (
        (text.replace('copy_of = "bm-gao-cuu-tro"', 'copy_of = "bm-khong-co"'), "ma-gao-cuu-tro.*does not exist"),
        (text.replace("Chị Út, một thành viên nhóm, nói", "Chị Ba"), "ma-gao-cuu-tro.*do not stand"),
        (text.replace('key = "ma-me-bau"', 'key = "ma-ao-am"'), "twice: ma-ao-am"),
        (text.replace('lane = "feedback"', 'lane = "harm"', 1), "ma-bep-an.*go together"),
        (text.replace("2026-11-18T09:30:00", "2026-12-18T09:30:00"), "ma-ao-am.*outside"),
    ):
        assert wrong != text
        broken.write_text(wrong, encoding="utf-8")
        load.cache_clear()
        with pytest.raises(ContentError, match=message):
            load(tmp_path)
