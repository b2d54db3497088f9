"""From what a page says to a ``Capture``: normal form, date sanity, masks. Nothing leaves this room unmasked."""

from __future__ import annotations

from datetime import datetime, timedelta

import text
from crawlers import dates
from provinces.types import Source, SourceKind
from records.types import (
    BodyKind,
    Capture,
    Channel,
    Engagement,
    EvidenceRef,
    Precision,
)

ARTICLE_MISSING = "article_missing"
"""Flag of a feed entry whose article could not be had: title and lead only."""
ARTICLE_PENDING = "article_pending"
"""Flag of a feed entry whose article waits for a later run: the source brought more than one run may fetch."""
BAD_DATE = "bad_date"
"""Flag of an item whose source gave a time in the future or before online newspapers; the time was dropped."""

_MAX_BODY = 200_000
_MAX_LINE = 1_000

_CHANNELS = {
    SourceKind.PRESS_IN: Channel.PRESS,
    SourceKind.PRESS_OUT: Channel.PRESS,
    SourceKind.OFFICIAL: Channel.OFFICIAL,
    SourceKind.SOCIAL: Channel.SOCIAL,
}


def channel_of(source: Source) -> Channel:
    """Return the channel that a source's items belong to."""
    return _CHANNELS[source.kind]


def build(
    *,
    source_id: str,
    channel: Channel,
    now: datetime,
    title: str,
    lead: str = "",
    body: str = "",
    body_kind: BodyKind = BodyKind.FULL,
    url: str | None = None,
    published: datetime | None = None,
    precision: Precision = Precision.MINUTE,
    section: str = "",
    aliases: tuple[str, ...] = (),
    platform: str = "",
    native_id: str = "",
    parent_id: str | None = None,
    poster: str = "",
    engagement: Engagement = Engagement(),  # noqa: B008 (frozen)
    bulletin: str | None = None,
    valid_until: datetime | None = None,
    added_by: str | None = None,
    evidence: EvidenceRef | None = None,
    flags: tuple[str, ...] = (),
) -> Capture:
    """Build a masked capture. ``published`` is any aware instant; one that cannot be true is dropped and flagged.

    Social text loses names of private persons, handles and every phone number; press and official text the numbers of
    private persons (``text.Masker``). One numbering runs through title, lead and body.
    """
    masker = text.Masker(social=channel in {Channel.SOCIAL, Channel.HOTLINE})
    parts = [
        masker.mask(" ".join(text.normalize(title).split())[:_MAX_LINE]),
        masker.mask(" ".join(text.normalize(lead).split())[:_MAX_LINE]),
        masker.mask(text.normalize(body)[:_MAX_BODY]),
    ]
    if precision is Precision.DAY and published:
        # A day without a clock stands at the start of that day in Vietnam; today's day is not in the future.
        instant, wrong = dates.sane(published, now + timedelta(hours=24))
    else:
        instant, wrong = dates.sane(published, now)
    return Capture(
        source_id=source_id,
        channel=channel,
        url=url,
        title=parts[0],
        lead=parts[1],
        body=parts[2],
        body_kind=body_kind,
        published_at=instant,
        published_precision=precision if instant else Precision.NONE,
        section=text.normalize(section)[:100],
        aliases=aliases,
        platform=platform,
        native_id=native_id,
        parent_id=parent_id,
        poster=poster,
        engagement=engagement,
        bulletin=bulletin,
        valid_until=valid_until,
        added_by=added_by,
        sealed=tuple(masker.sealed),
        evidence=evidence,
        flags=(*flags, BAD_DATE) if wrong else flags,
    )
