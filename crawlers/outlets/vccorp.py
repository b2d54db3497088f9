"""The newsroom system of VCCorp, which marks an article's parts with ``data-role``: Tuổi Trẻ and CafeF share it."""

from __future__ import annotations

from datetime import date

from crawlers.outlets.rule import Rule


def vccorp(
    outlet: str, host: str, since: date, *, author: str, section: str, drop: tuple[str, ...] = (), body: str = ""
) -> Rule:
    """Return the rule of an outlet on this system; ``author`` and ``section`` differ from outlet to outlet."""
    return Rule(
        outlet=outlet,
        hosts=(host,),
        since=since,
        body=body or '.detail-cmain .detail-content[data-role="content"]',
        title='h1[data-role="title"]',
        lead='[data-role="sapo"]',
        drop=('[type="RelatedOneNews"]', '[type="RelatedNews"]', ".readmore-body-box", *drop),
        author=author,
        section=section,
        time='[data-role="publishdate"]',
    )
