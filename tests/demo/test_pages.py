"""Every article page of the invented sites extracts to exactly what was written."""

from __future__ import annotations

import unicodedata

from crawlers.extract import extract
from demo import pages
from demo.content import LAST, load

WORLD = load()


def test_pages_in_all_plain_markups_extract_exactly() -> None:
    seen = set()
    for entry in WORLD.entries:
        site = WORLD.sites[entry.site]
        if entry.kind != "article" or site.layout == "script" or entry.section == "tra-phi":
            continue
        for version in entry.versions:
            if version.status != 200:
                continue
            html = pages.article(WORLD, entry, version)
            if entry.nfd:
                html = unicodedata.normalize("NFD", html)
            found = extract(html.encode(), WORLD.url(entry), fetched_at=LAST)
            assert (found.title, found.lead) == (version.title, version.lead), entry.key
            assert found.body.split() == version.body.split(), entry.key
            assert found.published_at == entry.at, entry.key
            seen.add(site.layout)
    assert seen == {"json_ld", "open_graph", "article_meta", "visible_date", "microdata"}


def test_a_page_changes_only_when_its_article_does() -> None:
    entry = WORLD.of("baobanmai")[5]
    version = entry.versions[0]
    assert pages.article(WORLD, entry, version) == pages.article(WORLD, entry, version)
    assert "Tin liên quan" in pages.article(WORLD, entry, version)
    later = WORLD.of("baobanmai")[-1].versions[0]
    assert later.title not in pages.article(WORLD, entry, version)


def test_hostile_words_stay_words() -> None:
    entry = WORLD.entry("vc-qn-4")
    status, body = pages.comment_threads(WORLD, WORLD.sites["xemlang"], "part=snippet,replies&videoId=vQuyNhon3", LAST)
    assert status == 200 and "[INST]" in entry.versions[0].body
    assert "</s>" not in body and "&lt;/s&gt;" in "".join(
        pages.comment_threads(WORLD, WORLD.sites["xemlang"], f"part=snippet&videoId=vQuyNhon3&pageToken=p{page}", LAST)[
            1
        ]
        for page in (0, 5)
    )
