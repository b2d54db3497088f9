"""Pháp Luật TP.HCM (ePi system). Related stories and the event box stand inside the body's container."""

from datetime import date

from crawlers.outlets.rule import Rule

RULES = (
    Rule(
        outlet="plo",
        hosts=("plo.vn",),
        since=date(2025, 10, 11),
        body="div.article__body.cms-body",
        title="h1.article__title",
        lead="div.article__sapo",
        drop=(".article-relate", ".related-topic", ".article__meta", ".article__tag", ".ads_middle", "article.story"),
        author="div.article__header div.cms-author a.name",
        section="div.breadcrumb h2.main a",
        time="time.article__time",
    ),
)
