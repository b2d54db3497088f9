"""The outward ways: referrals to the cyber team, verification requests, claim-level notices, calls for rescue.

Only ``ApprovedReferral`` reaches the cyber team, and it cannot be made from anything but an approved (or, for danger to
life, released) harm proposal of an allowed class; the tables refuse the same by themselves.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from records import tables as tb
from records.codec import from_columns, to_columns
from records.errors import ConstraintRefused, NotReferable, UnknownRecord
from records.events import WithEvents
from records.types import REFERABLE, Conclusion, Harm, Lane, Proposal, ProposalState, Reach, Severity

CONFIRM_WITHIN = timedelta(minutes=30)
"""The second person confirms or recalls a release within 30 minutes (``domain.md`` §5.3 (6))."""
RELEASABLE = frozenset({Harm.VIOLENCE, Harm.CHILD_ABUSE})
"""Danger to life: imminent H4 and H6 may be released by one person at S4 (a call for rescue has its own way)."""
_APPROVED = frozenset({ProposalState.APPROVED, ProposalState.DONE})


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovedReferral:
    """A suspicion that people decided to hand to the cyber team: proof in itself that they did.

    ``artefacts`` are indicators only (domains, hashes, masked accounts), never a text of residents. Making one raises
    ``NotReferable`` unless the proposal is action A11 of lane ``harm``, of a referable class (H4 only when
    ``imminent``), and approved by two different named people, or released by one at S4 for danger to life.
    """

    proposal: Proposal
    imminent: bool
    artefacts: tuple[str, ...] = ()
    place_codes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse everything that is not an approved harm referral."""
        proposal = self.proposal
        if proposal.lane is not Lane.HARM or proposal.harm is None or proposal.item_id is None:
            raise NotReferable(
                f"proposal {proposal.proposal_id} is of lane {proposal.lane.value}: only a harm finding can be referred"
            )
        if proposal.action != "A11":
            raise NotReferable(f"proposal {proposal.proposal_id} proposes {proposal.action}, not a referral (A11)")
        if proposal.harm not in REFERABLE:
            raise NotReferable(f"{proposal.harm.value} is never referred to the cyber team")
        if proposal.harm is Harm.VIOLENCE and not self.imminent:
            raise NotReferable("H4 is referred only when the violence is imminent")
        if not proposal.reviewed_by:
            raise NotReferable(f"proposal {proposal.proposal_id} has no named reviewer")
        if self.released:
            if proposal.severity is not Severity.S4 or proposal.harm not in RELEASABLE:
                raise NotReferable("one person may release only danger to life: S4 of imminent H4 or H6")
        elif proposal.state not in _APPROVED:
            raise NotReferable(f"proposal {proposal.proposal_id} is {proposal.state.value}, not approved")
        elif not proposal.approved_by or proposal.approved_by == proposal.reviewed_by:
            raise NotReferable(f"proposal {proposal.proposal_id} needs a second, different named person")

    @property
    def released(self) -> bool:
        """Tell whether one person sent it on, and the second has still to confirm."""
        return self.proposal.state is ProposalState.RELEASED


class ReferralState(StrEnum):
    """What the cyber team answered, or RECALLED by the second person."""

    SENT = "sent"
    RECEIVED = "received"
    RESULT = "result"
    RETURNED = "returned"
    RECALLED = "recalled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Referral:
    """A referral in the cyber team's queue."""

    referral_id: str
    proposal_id: str
    item_id: str
    harm: Harm
    imminent: bool
    severity: Severity
    artefacts: tuple[str, ...]
    place_codes: tuple[str, ...]
    reviewed_by: str
    approved_by: str | None
    released: bool
    sent_at: datetime
    confirm_by: datetime | None
    state: ReferralState
    confirmed_by: str | None = None
    recalled_by: str | None = None
    answered_at: datetime | None = None
    answer: str = ""


class VerificationState(StrEnum):
    """A request waits (SENT) until the agency has concluded."""

    SENT = "sent"
    CONCLUDED = "concluded"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """A claim put to the agency competent for the fact: never who said it, never a private link."""

    verification_id: str
    proposal_id: str
    story_id: str
    agency_code: str
    claim: str
    reach: Reach
    due_at: datetime
    reviewed_by: str
    sent_at: datetime
    state: VerificationState = VerificationState.SENT
    conclusion: Conclusion | None = None
    conclusion_url: str | None = None
    concluded_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A wide claim (R2, R3) brought to spokesperson, Văn phòng UBND and cyber duty: the claim, not who said it."""

    notice_id: str
    verification_id: str
    claim: str
    reach: Reach
    recipients: tuple[str, ...]
    reviewed_by: str
    sent_at: datetime


class RescueState(StrEnum):
    """Life of a call for rescue after it was handed over."""

    SENT = "sent"
    RECEIVED = "received"
    CLOSED = "closed"
    RECALLED = "recalled"


@dataclass(frozen=True, slots=True, kw_only=True)
class RescueCall:
    """A call for rescue handed to civil defence: place and need.

    Phone and address stay sealed for that recipient alone.
    """

    rescue_id: str
    item_id: str
    story_id: str | None
    need: tuple[str, ...]
    place_code: str | None
    reviewed_by: str
    sent_at: datetime
    confirm_by: datetime
    state: RescueState = RescueState.SENT
    confirmed_by: str | None = None
    recalled_by: str | None = None
    closed_at: datetime | None = None


class Outward(WithEvents):
    """Everything that leaves for another authority, other than editions. ``note`` and ``events`` are of referrals."""

    _events = tb.referral_events

    def refer(self, referral_id: str, approved: ApprovedReferral, now: datetime) -> Referral:
        """Put an approved referral into the cyber team's queue (outbox topic ``referral``), with its audit entry.

        A release gets its 30-minute date for the second person. Raises ``ConstraintRefused`` when the stored proposal
        does not agree (changed meanwhile, or referred already).
        """
        proposal = approved.proposal
        assert proposal.harm is not None and proposal.item_id is not None and proposal.reviewed_by is not None
        referral = Referral(
            referral_id=referral_id,
            proposal_id=proposal.proposal_id,
            item_id=proposal.item_id,
            harm=proposal.harm,
            imminent=approved.imminent,
            severity=proposal.severity,
            artefacts=approved.artefacts,
            place_codes=approved.place_codes,
            reviewed_by=proposal.reviewed_by,
            approved_by=None if approved.released else proposal.approved_by,
            released=approved.released,
            sent_at=now,
            confirm_by=now + CONFIRM_WITHIN if approved.released else None,
            state=ReferralState.SENT,
        )
        self._db.execute(tb.referrals.insert(), {**to_columns(referral), "lane": Lane.HARM.value})
        self._tx.outbox._put_referral(referral_id, f"referral:{referral_id}", {"referral_id": referral_id}, now)
        verb = "release" if referral.released else "refer"
        person = referral.approved_by or referral.reviewed_by
        self.note(referral_id, verb, person, now)
        self._tx.audit.append(
            person, verb, f"referral:{referral_id}", {"harm": referral.harm, "proposal": proposal.proposal_id}, now
        )
        return referral

    def confirm(self, referral_id: str, person: str, now: datetime) -> Referral:
        """Confirm a release as the second, different person.

        Raises ``ConstraintRefused`` for the releaser, ``NotReferable`` if too odd.
        """
        referral = self.referral(referral_id)
        if not referral.released or referral.recalled_by or referral.confirmed_by:
            raise NotReferable(f"referral {referral_id} is not waiting for a second person")
        return self._change(referral, person, "confirm", now, confirmed_by=person)

    def recall(self, referral_id: str, person: str, now: datetime, reason: str) -> Referral:
        """Recall a referral; the cyber team is told through the outbox (topic ``recall``)."""
        referral = self.referral(referral_id)
        if referral.recalled_by:
            raise NotReferable(f"referral {referral_id} is recalled already")
        changed = self._change(
            referral, person, "recall", now, reason, recalled_by=person, state=ReferralState.RECALLED.value
        )
        self._tx.outbox.put("recall", f"recall:{referral_id}", {"referral_id": referral_id}, now)
        return changed

    def answer(self, referral_id: str, state: ReferralState, person: str, now: datetime, answer: str = "") -> Referral:
        """Store the cyber team's answer: received, result or returned. The sealed URL of an H6 item goes with it."""
        referral = self.referral(referral_id)
        if referral.harm is Harm.CHILD_ABUSE:
            self._tx.sealed.erase([referral.item_id])
        return self._change(
            referral, person, state.value, now, answer, state=state.value, answered_at=now, answer=answer
        )

    def referral(self, referral_id: str) -> Referral:
        """Return a referral. Raises ``UnknownRecord``."""
        found = self._referrals(tb.referrals.c.referral_id == referral_id)
        if not found:
            raise UnknownRecord(f"no referral {referral_id!r}")
        return found[0]

    def referrals(self, start: datetime, end: datetime) -> list[Referral]:
        """Return the referrals sent from ``start`` (inclusive) to ``end`` (exclusive), oldest first."""
        return self._referrals(tb.referrals.c.sent_at >= start, tb.referrals.c.sent_at < end)

    def referrals_open(self) -> list[Referral]:
        """Return the referrals that the cyber team has neither given a result for nor returned."""
        return self._referrals(tb.referrals.c.state.in_((ReferralState.SENT.value, ReferralState.RECEIVED.value)))

    def unconfirmed(self) -> list[Referral]:
        """Return the releases that wait for the second person, soonest due first."""
        table = tb.referrals
        found = self._referrals(table.c.released, table.c.confirmed_by.is_(None), table.c.recalled_by.is_(None))
        return sorted(found, key=lambda referral: referral.confirm_by or referral.sent_at)

    def put_verification(self, verification: Verification) -> None:
        """Store a verification request, new or concluded.

        Raises ``ConstraintRefused`` unless its proposal is an approved question (A02) of lane ``unverified`` or ``harm``
        and ``reviewed_by`` one of those who decided on it: criticism cannot travel this way.
        """
        proposal = self._tx.proposals.get_many([verification.proposal_id]).get(verification.proposal_id)
        if (
            proposal is None
            or proposal.action != "A02"
            or proposal.lane not in (Lane.UNVERIFIED, Lane.HARM)
            or proposal.state not in _APPROVED
            or verification.reviewed_by not in (proposal.reviewed_by, proposal.approved_by)
        ):
            raise ConstraintRefused(
                f"proposal {verification.proposal_id} is no approved question (A02) about a claim:"
                " no verification request can be made of it"
            )
        self._upsert(tb.verifications, [to_columns(verification)])

    def verification(self, verification_id: str) -> Verification:
        """Return a verification request. Raises ``UnknownRecord``."""
        found = self._verifications(tb.verifications.c.verification_id == verification_id)
        if not found:
            raise UnknownRecord(f"no verification request {verification_id!r}")
        return found[0]

    def verifications(
        self, state: VerificationState | None = None, *, story_id: str | None = None
    ) -> list[Verification]:
        """Return verification requests, soonest due first.

        The concluded ones are how a claim is recognised when it comes back.
        """
        where: list[sa.ColumnElement[bool]] = []
        if state is not None:
            where.append(tb.verifications.c.state == state.value)
        if story_id is not None:
            where.append(tb.verifications.c.story_id == story_id)
        return self._verifications(*where)

    def put_notice(self, notice: Notice) -> None:
        """Store a claim-level notice. Raises ``ConstraintRefused`` below R2 or without its verification request."""
        self._db.execute(tb.notices.insert(), to_columns(notice))

    def notice(self, notice_id: str) -> Notice:
        """Return a notice. Raises ``UnknownRecord``."""
        row = self._db.execute(sa.select(tb.notices).where(tb.notices.c.notice_id == notice_id)).mappings().first()
        if row is None:
            raise UnknownRecord(f"no notice {notice_id!r}")
        return from_columns(Notice, row)

    def notices(self, start: datetime, end: datetime) -> list[Notice]:
        """Return the notices sent from ``start`` (inclusive) to ``end`` (exclusive), oldest first."""
        table = tb.notices
        query = (
            sa.select(table)
            .where(table.c.sent_at >= start, table.c.sent_at < end)
            .order_by(table.c.sent_at, table.c.notice_id)
        )
        return [from_columns(Notice, row) for row in self._db.execute(query).mappings()]

    def put_rescue(self, rescue: RescueCall) -> None:
        """Store a call for rescue, new or changed.

        Raises ``ConstraintRefused`` unless ``reviewed_by`` approved a handover (A17) of this item.
        """
        if not any(
            proposal.action == "A17" and proposal.state in _APPROVED and proposal.reviewed_by == rescue.reviewed_by
            for proposal in self._tx.proposals.of_item(rescue.item_id)
        ):
            raise ConstraintRefused(f"nobody approved to hand over item {rescue.item_id} as a call for rescue (A17)")
        self._upsert(tb.rescues, [to_columns(rescue)])

    def rescue(self, rescue_id: str) -> RescueCall:
        """Return a call for rescue. Raises ``UnknownRecord``."""
        found = self._rescues(tb.rescues.c.rescue_id == rescue_id)
        if not found:
            raise UnknownRecord(f"no call for rescue {rescue_id!r}")
        return found[0]

    def rescues(self, start: datetime, end: datetime) -> list[RescueCall]:
        """Return the calls for rescue handed over from ``start`` (inclusive) to ``end`` (exclusive), oldest first."""
        return self._rescues(tb.rescues.c.sent_at >= start, tb.rescues.c.sent_at < end)

    def rescues_open(self) -> list[RescueCall]:
        """Return the calls for rescue that are neither closed nor recalled, oldest first."""
        return self._rescues(tb.rescues.c.state.in_((RescueState.SENT.value, RescueState.RECEIVED.value)))

    def _change(
        self, referral: Referral, person: str, verb: str, now: datetime, note: str = "", **values: Any
    ) -> Referral:
        table = tb.referrals
        self._db.execute(sa.update(table).where(table.c.referral_id == referral.referral_id).values(**values))
        self.note(referral.referral_id, verb, person, now, note)
        self._tx.audit.append(person, verb, f"referral:{referral.referral_id}", {"harm": referral.harm}, now)
        return self.referral(referral.referral_id)

    def _referrals(self, *where: sa.ColumnElement[bool]) -> list[Referral]:
        table = tb.referrals
        query = sa.select(table).where(*where).order_by(table.c.sent_at, table.c.referral_id)
        return [from_columns(Referral, row) for row in self._db.execute(query).mappings()]

    def _verifications(self, *where: sa.ColumnElement[bool]) -> list[Verification]:
        table = tb.verifications
        query = sa.select(table).where(*where).order_by(table.c.due_at, table.c.verification_id)
        return [from_columns(Verification, row) for row in self._db.execute(query).mappings()]

    def _rescues(self, *where: sa.ColumnElement[bool]) -> list[RescueCall]:
        table = tb.rescues
        query = sa.select(table).where(*where).order_by(table.c.sent_at, table.c.rescue_id)
        return [from_columns(RescueCall, row) for row in self._db.execute(query).mappings()]
