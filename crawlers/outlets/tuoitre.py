"""Tuổi Trẻ Online (VCCorp system). JSON-LD is escaped twice; the byline above the text names only the first author."""

from datetime import date

from crawlers.outlets.vccorp import vccorp

RULES = (
    vccorp(
        "tuoitre",
        "tuoitre.vn",
        date(2026, 3, 7),
        author=".box-author-detail .detail-author-bot .name",
        section=".detail-cate a",
    ),
)
