"""Extraction on whole pages: the fictional ones in every outlet's markup, and the real ones of the shared data."""

from __future__ import annotations

import json
import re
import unicodedata
from datetime import UTC, datetime
from pathlib import Path

import pytest

from crawlers.extract import Article, ExtractionFailed, Reason, extract
from crawlers.extract._times import VIETNAM
from crawlers.extract.evaluate import body_f1, evaluate
from crawlers.lists import article_links, forum_threads
from crawlers.outlets import RULES
from records.types import Precision

ROOT = Path(__file__).resolve().parents[2]
PAGES = Path(__file__).resolve().parent / "pages"
FETCHED = datetime(2026, 11, 22, tzinfo=UTC)
ALL = sorted(PAGES.glob("*/*.html"))


def _expected(page: Path) -> dict[str, object]:
    expected: dict[str, object] = json.loads(page.with_suffix(".json").read_text(encoding="utf-8"))
    return expected


def _read(page: Path, *, rules: bool = True) -> Article:
    return extract(page.read_bytes(), str(_expected(page)["url"]), fetched_at=FETCHED, rules=rules)


def _printed(article: Article) -> str:
    assert article.published_at is not None
    local = article.published_at.astimezone(VIETNAM).isoformat()
    return local[:16] if article.precision is Precision.MINUTE else local[:10]


@pytest.mark.parametrize("page", ALL, ids=lambda page: f"{page.parent.name}-{page.stem}")
def test_page_gives_its_expected_article(page: Path) -> None:
    expected, article = _expected(page), _read(page)
    assert article.body.split("\n") == expected["body"]
    assert article.title == expected["title"]
    assert article.lead == expected["lead"]
    assert list(article.author) == expected["author"]
    assert article.section == expected["section"]
    assert _printed(article) == expected["published"]
    assert article.canonical_url == expected["url"]
    assert article.rule == expected["rule"]


@pytest.mark.parametrize("page", ALL, ids=lambda page: f"{page.parent.name}-{page.stem}")
def test_generic_reading_finds_the_body_without_a_rule(page: Path) -> None:
    expected, article = _expected(page), _read(page, rules=False)
    body = expected["body"]
    assert isinstance(body, list)
    assert body_f1(article.body, "\n".join(body)) >= 0.98
    assert article.title == expected["title"]
    assert _printed(article) == expected["published"]
    assert article.rule == "generic"


def test_every_rule_has_a_fictional_page() -> None:
    assert {rule.name for rule in RULES} == {_expected(page)["rule"] for page in ALL} - {"generic"}


def test_same_page_gives_the_same_article_every_time() -> None:
    page = PAGES / "plo" / "article.html"
    assert len({_read(page) for _ in range(6)}) == 1


@pytest.mark.parametrize("rules", [True, False])
def test_real_pages_reach_their_gold(shared: Path, rules: bool) -> None:
    result = evaluate(shared / "data" / "press", rules=rules, fetched_at=FETCHED)
    assert set(result) == {
        "pages",
        "body_f1",
        "title_exact",
        "date_exact",
        "minute_exact",
        "author_exact",
        "pages_per_second",
    }
    assert len(result["pages"]) == 14
    assert all(set(page) == {"file", "body_f1", "title", "date", "minute", "author"} for page in result["pages"])
    assert result["body_f1"] >= (0.99 if rules else 0.95)
    assert min(page["body_f1"] for page in result["pages"]) >= 0.80
    assert result["minute_exact"] >= 0.95
    assert [page["minute"] for page in result["pages"]].count(None) == 8


def test_quality_stays_above_its_floors(shared: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(ROOT))
    from benchmarks.extraction import FLOORS, below_floor, corpus_hash, quality

    floors = json.loads(FLOORS.read_text(encoding="utf-8"))
    folder = shared / "data" / "press"
    assert corpus_hash(folder) == floors["corpus_sha256"], "other pages: make new floors with --update"
    assert below_floor(quality(folder), floors) == []
    assert below_floor({"rules": dict.fromkeys(floors["rules"], 0.0), "generic": floors["generic"]}, floors)


def _nameless(html: str) -> str:
    """Rename every class and id: what remains is structure."""

    def rename(match: re.Match[str]) -> str:
        words = (f"x{sum(map(ord, word)):x}" for word in match[2].split())
        return f'{match[1]}="{" ".join(words)}"'

    return re.sub(r'\b(class|id|itemprop|data-role)="([^"]*)"(?=[^<]*>)', rename, html)


def _unstated(html: str) -> str:
    """Take out what the page says about itself."""
    return re.sub(r"<script[^>]*ld\+json.*?</script>", "", re.sub(r"<meta[^>]*>", "", html), flags=re.S)


@pytest.mark.parametrize("change", [_nameless, _unstated], ids=["nameless", "unstated"])
def test_real_pages_survive_without_names_or_statements(shared: Path, change: object) -> None:
    folder = shared / "data" / "press"
    scores = []
    for entry in json.loads((folder / "articles_gold.json").read_text(encoding="utf-8")):
        html = change((folder / "pages" / entry["file"]).read_text(encoding="utf-8"))  # type: ignore[operator]
        article = extract(html, entry["url"], fetched_at=FETCHED, rules=False)
        scores.append(body_f1(article.body, "\n".join(entry["body"])))
        assert article.title == entry["title"]
    assert min(scores) >= 0.90
    assert sum(scores) / len(scores) >= 0.98


def test_decomposed_page_gives_composed_text(shared: Path) -> None:
    folder = shared / "data" / "press"
    entry = json.loads((folder / "articles_gold.json").read_text(encoding="utf-8"))[0]
    html = (folder / "pages" / entry["file"]).read_text(encoding="utf-8")
    plain = extract(html, entry["url"], fetched_at=FETCHED)
    assert extract(unicodedata.normalize("NFD", html), entry["url"], fetched_at=FETCHED) == plain


SECTIONS = {
    "cafef_list.html": "https://cafef.vn/thi-truong-chung-khoan.chn",
    "dantri_list.html": "https://dantri.com.vn/kinh-doanh.htm",
    "tuoitre_list.html": "https://tuoitre.vn/kinh-doanh.htm",
    "vnexpress_list.html": "https://vnexpress.net/kinh-doanh",
}


def test_section_pages_are_no_articles(shared: Path) -> None:
    for file, url in SECTIONS.items():
        page = (shared / "data/press/pages/html_tracking_news" / file).read_bytes()
        with pytest.raises(ExtractionFailed) as failed:
            extract(page, url, fetched_at=FETCHED)
        assert failed.value.reason is Reason.NOT_ARTICLE


def test_section_pages_give_their_articles(shared: Path) -> None:
    press = shared / "data" / "press"
    for entry in json.loads((press / "lists_gold.json").read_text(encoding="utf-8")):
        file = entry["file"]
        links = article_links((press / "pages" / file).read_bytes(), SECTIONS[Path(file).name])
        ours, gold = {link.url for link in links}, {link["url"] for link in entry["links"]}
        assert len(links) == len(ours)
        assert len(ours & gold) >= 0.98 * len(gold), f"{file} misses {gold - ours}"
        assert len(ours & gold) >= 0.98 * len(ours), f"{file} adds {ours - gold}"


def test_boards_give_their_threads_without_posters(shared: Path) -> None:
    folder = shared / "data/press/pages/html_voz"
    for file, url, number in (("f33.html", "https://voz.vn/f/diem-bao.33/", 23), ("home.html", "https://voz.vn/", 46)):
        threads = forum_threads((folder / file).read_bytes(), url)
        assert len(threads) == number
        assert all(re.fullmatch(r"https://voz\.vn/t/[^/]+\.\d+/", thread.url) for thread in threads)
        assert all(thread.title and thread.latest_at is not None for thread in threads)
        assert not any("/u/" in thread.url for thread in threads)
