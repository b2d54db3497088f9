"""Dân trí (own CMS): article and magazine of 2022, article of 2026 (utility classes, so anchored on ids and slots).

The stored pages of 2022 print no clock and no byline: time and author come from JSON-LD, else from the id in the URL.
"""

from datetime import date

from crawlers.outlets.rule import Rule

RULES = (
    Rule(
        outlet="dantri",
        hosts=("dantri.com.vn",),
        since=date(2026, 3, 7),
        body="#desktop-in-article",
        title='h1[data-slot="title"]',
        lead="article > h2",
        drop=(".dantri-widget", "aside"),
        author='article a[href*="/tac-gia/"]',
        section="main ul > li:first-child > a",
        time="article time[datetime]",
    ),
    Rule(
        outlet="dantri",
        hosts=("dantri.com.vn",),
        since=date(2022, 12, 23),
        body="article div.e-magazine__body",
        title="h1.e-magazine__title, .e-magazine__cover h1 img",
        lead="div.e-magazine__sapo",
        captions_are_content="article.photo-story",
        drop=(".dantri-widget",),
    ),
    Rule(
        outlet="dantri",
        hosts=("dantri.com.vn",),
        since=date(2022, 12, 24),
        body="article div.singular-content",
        title="h1.title-page",
        lead="h2.singular-sapo",
        drop=(".dantri-widget",),
        section="ul.breadcrumbs > li:first-child > a",
    ),
)
