"""What the cyber team answers to a referral: received, result or returned."""

from __future__ import annotations

from datetime import datetime

from alerts.errors import AlertError
from records import Referral, ReferralState, Transaction, UnknownRecord
from records.types import Person, Role

ANSWERS = frozenset({ReferralState.RECEIVED, ReferralState.RESULT, ReferralState.RETURNED})


def record_answer(
    tx: Transaction, referral_id: str, state: ReferralState, person: Person, now: datetime, note: str = ""
) -> Referral:
    """Store an answer of the cyber team's duty officer.

    Raises :class:`AlertError` for anybody else, another state, a recalled referral, a step back from a result, and a
    return without its reason.
    """
    if person.role is not Role.CYBER or not person.name.strip():
        raise AlertError("Chỉ trực an ninh mạng (vai cyber), có nêu tên, mới trả lời việc đã chuyển.")
    if state not in ANSWERS:
        raise AlertError("Trả lời là received (đã nhận), result (kết quả) hoặc returned (trả lại).")
    if state is ReferralState.RETURNED and not note.strip():
        raise AlertError("Trả lại phải ghi lý do.")
    try:
        referral = tx.outward.referral(referral_id)
    except UnknownRecord as error:
        raise AlertError(f"Không có việc đã chuyển {referral_id}.") from error
    if referral.state is ReferralState.RECALLED:
        raise AlertError(f"Việc {referral_id} đã được thu hồi.")
    if referral.state in {ReferralState.RESULT, ReferralState.RETURNED} and state is ReferralState.RECEIVED:
        raise AlertError(f"Việc {referral_id} đã có trả lời.")
    return tx.outward.answer(referral_id, state, person.name, now, note)
