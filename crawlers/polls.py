"""One look at one source: what is known before, what came of it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from crawlers import schedule
from crawlers.captures import channel_of
from crawlers.outcomes import Outcome
from provinces.types import Source
from records.types import Channel, EvidenceRef, FetchState

MAX_ARTICLES = 120
"""New articles fetched per source and run: ten minutes at one site's spacing; the rest follow with the next polls."""


@dataclass(slots=True, kw_only=True)
class Poll:
    """The poll of ``source``; the spider fills in what happened and the stage turns it into the next fetch state."""

    source: Source
    state: FetchState
    outcome: Outcome | None = None
    detail: str = ""
    status: int | None = None
    etag: str | None = None
    last_modified: str | None = None
    asked_s: float = 0.0
    entries: int = 0
    fresh: int = 0
    articles: int = 0
    partial: bool = False
    evidence: EvidenceRef | None = field(default=None)

    @property
    def channel(self) -> Channel:
        """The channel of the source's items."""
        return channel_of(self.source)

    def fail(self, outcome: Outcome, detail: str = "") -> None:
        """Note a failure; the first one stands."""
        if self.outcome in {None, Outcome.OK, Outcome.NOT_MODIFIED}:
            self.outcome, self.detail = outcome, detail

    def take_outcome(self) -> Outcome | None:
        """Return the outcome so far and forget it."""
        outcome, self.outcome = self.outcome, None
        return outcome

    def room(self) -> bool:
        """Take one article's place in this run's budget; False when it is used up."""
        if self.articles >= MAX_ARTICLES:
            self.partial = True
            return False
        self.articles += 1
        return True

    def next_state(self, now: datetime) -> FetchState:
        """Return the source's fetch state after this poll."""
        outcome = self.outcome or Outcome.PARSE_ERROR
        before = self.state
        if outcome in {Outcome.OK, Outcome.NOT_MODIFIED}:
            interval = schedule.after_success(before.interval_s, self.fresh, self.entries)
            changed = outcome is Outcome.OK and bool(self.fresh)
            # Validators of an answer that was not used up would hide its rest behind a 304.
            keep = outcome is Outcome.NOT_MODIFIED
            return replace(
                before,
                etag=before.etag if keep else None if self.partial else self.etag,
                last_modified=before.last_modified if keep else None if self.partial else self.last_modified,
                last_fetched_at=now,
                last_changed_at=now if changed else before.last_changed_at,
                next_at=now + timedelta(seconds=interval),
                interval_s=interval,
                last_status=self.status,
                last_error="",
                failures=0,
            )
        interval = schedule.after_failure(before.interval_s, self.asked_s)
        missed = outcome is Outcome.REPLAY_MISS
        return replace(
            before,
            last_fetched_at=now,
            next_at=None if missed else now + timedelta(seconds=interval),
            interval_s=before.interval_s if missed else interval,
            last_status=self.status,
            last_error=outcome.value,
            failures=before.failures if missed else before.failures + 1,
        )
