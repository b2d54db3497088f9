"""VnExpress (own CMS). The byline is the last, right-aligned paragraph of the body; JSON-LD names the newspaper."""

from datetime import date

from crawlers.outlets.rule import Rule

RULES = (
    Rule(
        outlet="vnexpress",
        hosts=("vnexpress.net",),
        since=date(2025, 10, 22),
        body="article.fck_detail",
        title="h1.title-detail",
        lead="p.description",
        captions="figcaption, p.Image",
        signature='p.Normal[style*="text-align:right"]',
        section="ul.breadcrumb > li:first-child > a",
        time="span.date",
    ),
)
