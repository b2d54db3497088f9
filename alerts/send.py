"""Carry out what the outbox holds for people and teams outside: rings, referrals, requests, notices, handovers, cases."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import cache
from importlib.resources import files
from typing import Any
from zoneinfo import ZoneInfo

import jsonschema

from alerts.channels import Channel, Message
from alerts.errors import ChannelRefused, ChannelUnavailable
from provinces import Province
from provinces.errors import UnknownCode
from records import Clock, Purpose, Records, SealRefused, StageReport, Transaction
from records.types import AlertKind, Harm, MaskKind, OutboxEntry, Person, Role

CYBER_TOPICS = ("referral", "recall")
"""What goes to the cyber team's own channel; everything else goes to the desk's."""
TOPICS = ("ring", "alert", "rescue", *CYBER_TOPICS, "verification", "notice", "case")
"""In order of urgency."""
RETRY = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30))
STALE = timedelta(minutes=2)
"""A claim this old belongs to a sender that died; every message carries its key, so sending again is told apart."""
BATCH = 100

HARM_NAMES = {
    Harm.FRAUD: "Lừa đảo, chiếm đoạt tài sản",
    Harm.IMPERSONATION: "Giả mạo cơ quan, tổ chức, cá nhân",
    Harm.DANGEROUS_RUMOUR: "Tin đồn gây nguy hiểm",
    Harm.VIOLENCE: "Kích động bạo lực",
    Harm.HATE: "Thù ghét, quấy rối",
    Harm.CHILD_ABUSE: "Xâm hại, bóc lột trẻ em",
    Harm.LEAKED_DATA: "Lộ dữ liệu cá nhân",
    Harm.MALICIOUS_LINK: "Liên kết, mã độc hại",
}
KIND_NAMES = {
    AlertKind.HARM: "nghi có nguy cơ gây hại",
    AlertKind.RESCUE: "kêu cứu",
    AlertKind.RUMOUR: "tin chưa kiểm chứng lan rộng",
    AlertKind.OPERATIONS: "vận hành hệ thống",
}


def run(records: Records, province: Province, clock: Clock, *, desk: Channel, cyber: Channel) -> StageReport:
    """Send what is due: ``cyber`` takes approved referrals and recalls only, ``desk`` the rest.

    A message is claimed and committed before it leaves and acknowledged after; a sender killed in between sends it again
    with the same key. What the other side refuses for good ends as ``failed`` and is counted as quarantine.
    """
    report = StageReport("deliver", clock.now())
    for topic in TOPICS:
        channel = cyber if topic in CYBER_TOPICS else desk
        with records.begin() as tx:
            dead = tx.outbox.stale(topic, clock.now() - STALE)
            tx.outbox.resend((entry.entry_id for entry in dead), clock.now())
        while True:
            with records.begin() as tx:
                entries = tx.outbox.claim(topic, BATCH, clock.now())
                messages = [(entry, compose(tx, province, entry, clock.now())) for entry in entries]
            for entry, message in messages:
                _send(records, clock, channel, entry, message, report)
            if len(entries) < BATCH:
                break
    report.ended_at = clock.now()
    return report


def _send(
    records: Records, clock: Clock, channel: Channel, entry: OutboxEntry, message: Message, report: StageReport
) -> None:
    try:
        channel.send(message)
    except ChannelUnavailable as error:
        wait = RETRY[min(entry.attempts, len(RETRY)) - 1]
        with records.begin() as tx:
            tx.outbox.fail(entry.entry_id, str(error), retry_at=clock.now() + wait)
        report.retry("channel_unavailable")
    except ChannelRefused as error:
        with records.begin() as tx:
            tx.outbox.fail(entry.entry_id, str(error), retry_at=None)
        report.quarantine("channel_refused")
    else:
        with records.begin() as tx:
            tx.outbox.ack([entry.entry_id], clock.now())
        report.ok()
        report.counts[entry.topic] += 1


def compose(tx: Transaction, province: Province, entry: OutboxEntry, now: datetime) -> Message:
    """Make the message of an outbox entry from the records; the text is Vietnamese and names no resident."""
    subject, text, body, to = _COMPOSERS[entry.topic](tx, province, entry.payload, now)
    return Message(topic=entry.topic, key=entry.key, subject=subject, text=text, body=body, to=to)


_Composed = tuple[str, str, Mapping[str, Any], tuple[str, ...]]


def _alert(tx: Transaction, province: Province, payload: Mapping[str, Any], now: datetime) -> _Composed:
    alert = tx.alerts.get(payload["alert_id"])
    text = f"{alert.headline}\nMức {alert.severity.value}. Mở lúc {_local(alert.opened_at, province)}. Xem: langnghe review list"
    body = {
        "alert_id": alert.alert_id,
        "kind": alert.kind.value,
        "severity": alert.severity.value,
        "headline": alert.headline,
    }
    return f"[{alert.severity.value}] {KIND_NAMES[alert.kind].capitalize()}", text, body, tuple(payload["to"])


def _ring(tx: Transaction, province: Province, payload: Mapping[str, Any], now: datetime) -> _Composed:
    said = f"{payload['number']:02d} vụ mức khẩn cấp chờ duyệt"
    body = {key: payload[key] for key in ("kind", "severity", "number")}
    return said, f"{said} ({KIND_NAMES[AlertKind(payload['kind'])]}).", body, tuple(payload["to"])


def _referral(tx: Transaction, province: Province, payload: Mapping[str, Any], now: datetime) -> _Composed:
    referral = tx.outward.referral(payload["referral_id"])
    item = tx.items.get_many([referral.item_id]).get(referral.item_id)
    artefacts = [defang(artefact) for artefact in referral.artefacts]
    body = {
        "schema": "langnghe.referral/1",
        "referral_id": referral.referral_id,
        "harm": referral.harm.value,
        "imminent": referral.imminent,
        "severity": referral.severity.value,
        "url": defang(item.url) if item and item.url else None,
        "artefacts": artefacts,
        "places": [_place(province, code) for code in referral.place_codes],
        "reviewed_by": referral.reviewed_by,
        "approved_by": referral.approved_by,
        "released": referral.released,
        "sent_at": referral.sent_at.isoformat(),
        "confirm_by": referral.confirm_by.isoformat() if referral.confirm_by else None,
    }
    validate_referral(body)
    name = HARM_NAMES[referral.harm]
    text = f"{name}; mức {referral.severity.value}; dấu hiệu: {', '.join(artefacts) or 'xem đường dẫn'}"
    return f"Chuyển thông tin nghi {name.lower()}", text, body, _to(province, "cyber", now)


def _recall(tx: Transaction, province: Province, payload: Mapping[str, Any], now: datetime) -> _Composed:
    referral = tx.outward.referral(payload["referral_id"])
    body = {"schema": "langnghe.recall/1", "referral_id": referral.referral_id, "recalled_by": referral.recalled_by}
    return "Thu hồi thông tin đã chuyển", f"Thu hồi {referral.referral_id}", body, _to(province, "cyber", now)


def _verification(tx: Transaction, province: Province, payload: Mapping[str, Any], now: datetime) -> _Composed:
    request = tx.outward.verification(payload["verification_id"])
    agency = _agency(province, request.agency_code)
    due = _local(request.due_at, province)
    body = {
        "schema": "langnghe.verification/1",
        "verification_id": request.verification_id,
        "agency": agency[0],
        "claim": request.claim,
        "reach": request.reach.value,
        "due_at": request.due_at.isoformat(),
    }
    text = f"Đề nghị {agency[0]} xác minh thông tin chưa kiểm chứng sau, trả lời trước {due}:\n“{request.claim}”"
    return "Đề nghị xác minh thông tin", text, body, agency[1]


def _notice(tx: Transaction, province: Province, payload: Mapping[str, Any], now: datetime) -> _Composed:
    (notice,) = [one for one in tx.outward.notices(datetime.min.replace(tzinfo=now.tzinfo), now + timedelta(days=1))
                 if one.notice_id == payload["notice_id"]]  # fmt: skip
    body = {
        "schema": "langnghe.notice/1",
        "notice_id": notice.notice_id,
        "claim": notice.claim,
        "reach": notice.reach.value,
        "recipients": list(notice.recipients),
    }
    text = f"Thông tin chưa kiểm chứng đang lan rộng ({notice.reach.value}), đã đề nghị xác minh:\n“{notice.claim}”"
    return "Thông báo về thông tin chưa kiểm chứng lan rộng", text, body, _to(province, "cyber", now)


def _rescue(tx: Transaction, province: Province, payload: Mapping[str, Any], now: datetime) -> _Composed:
    call = tx.outward.rescue(payload["rescue_id"])
    item = tx.items.get(call.item_id)
    officer = Person(name=call.reviewed_by, role=Role.REVIEWER)
    opened: dict[str, str] = {}
    for kind, number in tx.sealed.kinds(call.item_id):
        if kind in {MaskKind.PHONE.value, MaskKind.ADDRESS.value}:
            try:
                value = tx.sealed.open(
                    call.item_id, MaskKind(kind), number, purpose=Purpose.RESCUE, person=officer,
                    reason=f"bàn giao kêu cứu {call.rescue_id}", now=now,
                )  # fmt: skip
            except SealRefused:
                continue  # closed meanwhile: the handover still leaves with place and need
            opened[f"[{kind}:{number}]"] = value
    place = _place(province, call.place_code) if call.place_code else "chưa xác định địa bàn"
    body = {
        "schema": "langnghe.rescue/1",
        "rescue_id": call.rescue_id,
        "need": list(call.need),
        "place": place,
        "url": item.url,
        "contact": opened,
        "sent_at": call.sent_at.isoformat(),
    }
    text = f"Kêu cứu tại {place}: {', '.join(call.need) or 'cần cứu nạn'}. Liên hệ: {', '.join(opened.values()) or 'không có'}"
    return "KÊU CỨU – đề nghị tiếp nhận ngay", text, body, _to(province, "civil_defence", now)


def _case(tx: Transaction, province: Province, payload: Mapping[str, Any], now: datetime) -> _Composed:
    case = tx.cases.get(payload["case_id"])
    agency = _agency(province, case.agency_code)
    body = {
        "schema": "langnghe.case/1",
        "case_id": case.case_id,
        "agency": agency[0],
        "summary": case.summary,
        "first_reply_due": case.first_reply_due.isoformat(),
        "final_due": case.final_due.isoformat(),
    }
    text = (
        f"Chuyển {agency[0]} xem xét, giải quyết phản ánh: “{case.summary}”. Phản hồi ban đầu chậm nhất "
        f"{_local(case.first_reply_due, province)}; trả lời chậm nhất {_local(case.final_due, province)}."
    )
    return "Chuyển phản ánh để giải quyết", text, body, agency[1]


_COMPOSERS: dict[str, Callable[[Transaction, Province, Mapping[str, Any], datetime], _Composed]] = {
    "alert": _alert,
    "ring": _ring,
    "referral": _referral,
    "recall": _recall,
    "verification": _verification,
    "notice": _notice,
    "rescue": _rescue,
    "case": _case,
}


@cache
def _validator() -> jsonschema.Draft202012Validator:
    schema = json.loads((files("alerts") / "alert.schema.json").read_text("utf-8"))
    return jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker())


def validate_referral(body: Mapping[str, Any]) -> None:
    """Raise ``jsonschema.ValidationError`` unless a referral keeps to ``alert.schema.json``."""
    _validator().validate(dict(body))


def defang(link: str) -> str:
    """Return a link that nobody can follow by accident: ``hxxps://name[.]example``."""
    return link.replace("http", "hxxp", 1).replace(".", "[.]")


def _local(instant: datetime, province: Province) -> str:
    return instant.astimezone(ZoneInfo(province.timezone)).strftime("%H giờ %M ngày %d/%m/%Y")


def _to(province: Province, duty: str, now: datetime) -> tuple[str, ...]:
    today = now.astimezone(ZoneInfo(province.timezone)).date()
    return tuple(entry.address for entry in province.roster_on(duty, today))


def _agency(province: Province, code: str) -> tuple[str, tuple[str, ...]]:
    try:
        agency = province.agency(code)
    except UnknownCode:
        return code, ()
    return agency.name, (agency.mailbox,) if agency.mailbox else ()


def _place(province: Province, code: str) -> str:
    try:
        return province.place(code).full_name
    except UnknownCode:
        return code
