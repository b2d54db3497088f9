"""CafeF (VCCorp system). The printed clock is 24-hour with a stray "AM"; JSON-LD has no zone: both are Vietnam time."""

from datetime import date

from crawlers.outlets.vccorp import vccorp

RULES = (
    vccorp(
        "cafef",
        "cafef.vn",
        date(2026, 3, 7),
        author=".content_source p.author",
        section=".dateandcat a.category-page__name",
        drop=(".tindnd", ".c-banner"),
    ),
)
