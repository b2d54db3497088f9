"""What the cyber team answers to a referral: received, result or returned."""

from __future__ import annotations

from datetime import datetime

from alerts.errors import AlertError
from records import Referral, ReferralState, Transaction
from records.types import Person, Role


def record_answer(
    tx: Transaction, referral_id: str, state: ReferralState, person: Person, now: datetime, note: str = ""
) -> Referral:
    """Store an answer of the cyber team's duty officer. Raises :class:`AlertError` for anybody else or another state."""
    if person.role is not Role.CYBER:
        raise AlertError(
            f"only role {Role.CYBER.value} answers referrals, {person.name!r} has role {person.role.value}"
        )
    if state not in {ReferralState.RECEIVED, ReferralState.RESULT, ReferralState.RETURNED}:
        raise AlertError(f"an answer is received, result or returned, not {state.value}")
    return tx.outward.answer(referral_id, state, person.name, now, note)
