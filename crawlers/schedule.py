"""When a source and an article are looked at again. Pure functions of their fetch states."""

from __future__ import annotations

from datetime import datetime, timedelta

SHORTEST_S = 10 * 60
"""Never poll a feed more often (the issue's lower end; Media Cloud's busiest feeds)."""
LONGEST_S = 24 * 3600
"""Look at the quietest and the failing source at least daily."""

REVISITS_S = (3600, 5 * 3600, 18 * 3600)
"""Pauses before a stored article is looked at again, at the age of 1, 6 and 24 hours.

Corrections and withdrawals mostly come on the first day.
"""
RETRY_ARTICLE = timedelta(minutes=30)
"""First pause before an article that could not be had is tried again.

It doubles with each failure, four tries in all.
"""
ARTICLE_TRIES = 4


def after_success(interval_s: int, fresh: int, entries: int) -> int:
    """Return the next interval in seconds: ``fresh`` of ``entries`` were not in the feed before.

    A feed whose entries turned over by a third or more could lose some between two polls: halve. Some news: a little
    sooner. None: a quarter longer.
    """
    share = fresh / entries if entries else 0.0
    factor = 0.5 if share >= 1 / 3 else 0.8 if share >= 0.1 else 1.0 if fresh else 1.25
    return _bounded(interval_s * factor)


def after_failure(interval_s: int, asked_s: float = 0.0) -> int:
    """Return the next interval after a failed poll: twice as long, and at least what the site asked for."""
    return _bounded(max(interval_s * 2, asked_s))


def revisit_s(pause_s: int) -> int | None:
    """Return the pause in seconds that follows ``pause_s``, the first one for any other number, None after the last."""
    if pause_s not in REVISITS_S:
        return REVISITS_S[0]
    return next((longer for longer in REVISITS_S if longer > pause_s), None)


def retry_at(failures: int, now: datetime) -> datetime | None:
    """Return when an article that could not be had is tried again after ``failures`` failures, None for never."""
    return now + RETRY_ARTICLE * 2 ** (failures - 1) if 0 < failures < ARTICLE_TRIES else None


def _bounded(interval_s: float) -> int:
    return int(min(max(interval_s, SHORTEST_S), LONGEST_S))
