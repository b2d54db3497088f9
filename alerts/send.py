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
from handling.wording import HARMS, REACHES, SEVERITIES, agency_name, defang, defang_text, instant, place_name
from provinces import Province
from provinces.errors import UnknownCode
from records import (
    Clock,
    Purpose,
    Records,
    Referral,
    RescueCall,
    SealRefused,
    StageReport,
    Transaction,
    UnknownRecord,
)
from records.types import AlertKind, Harm, MaskKind, OutboxEntry, Person, Role

CYBER_TOPICS = ("referral", "recall")
"""What goes to the cyber team's own channel; everything else goes to the desk's."""
TOPICS = ("ring", "alert", "rescue", *CYBER_TOPICS, "verification", "notice", "case")
"""In order of urgency."""
RETRY = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30))
STALE = timedelta(minutes=2)
"""A claim this old belongs to a sender that died; every message carries its key, so sending again is told apart."""
NEEDS = {
    "boat": "cần thuyền, xuồng",
    "food": "cần lương thực, nước uống",
    "medical": "cần cấp cứu y tế",
    "evacuation": "cần sơ tán",
    "other": "cần cứu nạn",
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
    with the same key. What cannot be made, or is refused for good, ends as ``failed`` and stands in quarantine under
    ``deliver`` until :func:`resend`.
    """
    report = StageReport("deliver", clock.now())
    for topic in TOPICS:
        channel = cyber if topic in CYBER_TOPICS else desk
        with records.begin() as tx:
            dead = tx.outbox.stale(topic, clock.now() - STALE)
            tx.outbox.resend((entry.entry_id for entry in dead), clock.now())
        # One claim at a time: a slow channel must not let the next entries look like those of a dead sender.
        while _next(records, province, clock, topic, channel, report):
            pass
    report.ended_at = clock.now()
    return report


def _next(
    records: Records, province: Province, clock: Clock, topic: str, channel: Channel, report: StageReport
) -> bool:
    """Send the next due message of a topic; False when there is none."""
    with records.begin() as tx:
        entries = tx.outbox.claim(topic, 1, clock.now())
        if not entries:
            return False
        (entry,) = entries
        try:
            message = compose(tx, province, entry, clock.now())
        except (UnknownRecord, jsonschema.ValidationError) as error:
            # The schema's own words would quote the payload.
            _give_up(tx, entry, "message_broken", type(error).__name__, clock.now())
            report.quarantine("message_broken")
            return True
    try:
        channel.send(message)
    except ChannelUnavailable as error:
        wait = RETRY[min(entry.attempts, len(RETRY)) - 1]
        with records.begin() as tx:
            tx.outbox.fail(entry.entry_id, str(error), retry_at=clock.now() + wait)
        report.retry("channel_unavailable")
    except ChannelRefused as error:
        with records.begin() as tx:
            _give_up(tx, entry, "channel_refused", str(error), clock.now())
        report.quarantine("channel_refused")
    else:
        with records.begin() as tx:
            tx.outbox.ack([entry.entry_id], clock.now())
            tx.quarantine.clear(report.stage, [entry.key])
            # Who got it; an Apprise address may hold a token and is named by its scheme alone.
            told = [address.partition("://")[0] for address in message.to]
            tx.audit.append("deliver", "send", entry.key, {"topic": entry.topic, "to": told}, clock.now())
        report.ok()
        report.counts[entry.topic] += 1
    return True


def resend(tx: Transaction, key: str, now: datetime) -> bool:
    """Queue a failed message again after its cause was mended; False where no message of this key has failed."""
    failed = [row.entry.entry_id for topic in TOPICS for row in tx.outbox.list(topic, "failed") if row.entry.key == key]
    tx.outbox.resend(failed, now)
    tx.quarantine.release("deliver", key)
    return bool(failed)


def _give_up(tx: Transaction, entry: OutboxEntry, reason: str, detail: str, now: datetime) -> None:
    tx.outbox.fail(entry.entry_id, detail, retry_at=None)
    tx.quarantine.put("deliver", entry.key, reason, detail, now)


def compose(tx: Transaction, province: Province, entry: OutboxEntry, now: datetime) -> Message:
    """Make the message of an outbox entry from the records; the text is Vietnamese and names no resident."""
    subject, words, body, to = _COMPOSERS[entry.topic](tx, province, entry.payload, now)
    return Message(topic=entry.topic, key=entry.key, subject=subject, text=words, body=body, to=to)


_Composed = tuple[str, str, Mapping[str, Any], tuple[str, ...]]


def _alert(tx: Transaction, province: Province, payload: Mapping[str, Any], now: datetime) -> _Composed:
    alert = tx.alerts.get(payload["alert_id"])
    said = KIND_NAMES[alert.kind].capitalize()
    look = "alert list" if alert.kind is AlertKind.OPERATIONS else "review start"
    words = (
        f"{defang_text(alert.headline) or said}\nMức {SEVERITIES[alert.severity]}, mở lúc"
        f" {instant(alert.opened_at, province)}. Xem: langnghe {look}"
    )
    body = {
        "schema": "langnghe.alert/1",
        "alert_id": alert.alert_id,
        "kind": alert.kind.value,
        "severity": alert.severity.value,
        "headline": defang_text(alert.headline),
        "step": payload["step"],
    }
    return f"[{SEVERITIES[alert.severity].upper()}] {said}", words, body, tuple(payload["to"])


def _ring(tx: Transaction, province: Province, payload: Mapping[str, Any], now: datetime) -> _Composed:
    said = f"{payload['number']:02d} vụ mức khẩn cấp chờ duyệt"
    names = [HARMS[Harm(code)] for code in payload["classes"]] or [KIND_NAMES[AlertKind(payload["kind"])]]
    body = {
        "schema": "langnghe.ring/1",
        **{key: payload[key] for key in ("kind", "classes", "severity", "number")},
    }
    return said, f"{said} ({', '.join(names)}).", body, tuple(payload["to"])


def _referral(tx: Transaction, province: Province, payload: Mapping[str, Any], now: datetime) -> _Composed:
    referral = tx.outward.referral(payload["referral_id"])
    artefacts = [defang(artefact) for artefact in referral.artefacts]
    url = _url(tx, referral, now)
    body = {
        "schema": "langnghe.referral/1",
        "referral_id": referral.referral_id,
        "harm": referral.harm.value,
        "imminent": referral.imminent,
        "severity": referral.severity.value,
        "url": defang(url) if url else None,
        "artefacts": artefacts,
        "places": [place_name(province, code) for code in referral.place_codes],
        "reviewed_by": referral.reviewed_by,
        "approved_by": referral.approved_by,
        "released": referral.released,
        "sent_at": referral.sent_at.isoformat(),
        "confirm_by": referral.confirm_by.isoformat() if referral.confirm_by else None,
    }
    validate_referral(body)
    name = HARMS[referral.harm]
    words = (
        f"Nghi {name}; mức {SEVERITIES[referral.severity]}; dấu hiệu: {', '.join(artefacts) or 'xem đường dẫn'};"
        f" đường dẫn: {body['url'] or 'không lưu'}"
    )
    return f"Chuyển thông tin nghi {name}", words, body, _to(province, "cyber", now)


def _url(tx: Transaction, referral: Referral, now: datetime) -> str | None:
    """Return the page's public link; of an erased item (H6) the sealed one, which nobody else gets."""
    if referral.harm is not Harm.CHILD_ABUSE:
        item = tx.items.get_many([referral.item_id]).get(referral.item_id)
        return item.url if item else None
    officer = Person(name=referral.approved_by or referral.reviewed_by, role=Role.APPROVER)
    try:
        reason = f"chuyển cơ quan chức năng {referral.referral_id}"
        return tx.sealed.open_url(referral.item_id, person=officer, reason=reason, now=now)
    except SealRefused:
        return None  # acknowledged already, and erased with that


def _recall(tx: Transaction, province: Province, payload: Mapping[str, Any], now: datetime) -> _Composed:
    referral = tx.outward.referral(payload["referral_id"])
    body = {"schema": "langnghe.recall/1", "referral_id": referral.referral_id, "recalled_by": referral.recalled_by}
    words = f"Đề nghị không sử dụng thông tin đã chuyển {referral.referral_id}: người duyệt đã thu hồi."
    return "Thu hồi thông tin đã chuyển", words, body, _to(province, "cyber", now)


def _verification(tx: Transaction, province: Province, payload: Mapping[str, Any], now: datetime) -> _Composed:
    request = tx.outward.verification(payload["verification_id"])
    name = agency_name(province, request.agency_code)
    body = {
        "schema": "langnghe.verification/1",
        "verification_id": request.verification_id,
        "agency": name,
        "claim": request.claim,
        "reach": request.reach.value,
        "due_at": request.due_at.isoformat(),
    }
    due = instant(request.due_at, province)
    words = f"Đề nghị {name} xác minh thông tin chưa kiểm chứng sau, trả lời trước {due}:\n“{request.claim}”"
    return "Đề nghị xác minh thông tin", words, body, _mailbox(province, request.agency_code)


def _notice(tx: Transaction, province: Province, payload: Mapping[str, Any], now: datetime) -> _Composed:
    notice = tx.outward.notice(payload["notice_id"])
    body = {
        "schema": "langnghe.notice/1",
        "notice_id": notice.notice_id,
        "claim": notice.claim,
        "reach": notice.reach.value,
        "recipients": list(notice.recipients),
    }
    words = f"Thông tin chưa kiểm chứng đang lan truyền {REACHES[notice.reach]}, đã đề nghị xác minh:\n“{notice.claim}”"
    to = dict.fromkeys(address for who in notice.recipients for address in _told(province, who, now))
    return "Thông báo về thông tin chưa kiểm chứng lan rộng", words, body, tuple(to)


def _told(province: Province, who: str, now: datetime) -> tuple[str, ...]:
    """Return the addresses of a recipient of notices: a duty, an agency or a recipient of editions."""
    if who == "cyber":
        return _to(province, "cyber", now)
    if who == "spokesperson":
        today = now.astimezone(ZoneInfo(province.timezone)).date()
        return tuple(one.mailbox for one in province.agencies_of_kind("committee", today) if one.mailbox)
    reading = (one.address for one in province.recipients if one.key == who)
    return tuple(dict.fromkeys((*_mailbox(province, who), *reading)))


def _rescue(tx: Transaction, province: Province, payload: Mapping[str, Any], now: datetime) -> _Composed:
    call = tx.outward.rescue(payload["rescue_id"])
    to = _to(province, "civil_defence", now)
    if call.recalled_by:
        body: dict[str, Any] = {
            "schema": "langnghe.rescue/1",
            "rescue_id": call.rescue_id,
            "recalled_by": call.recalled_by,
        }
        return "Thu hồi yêu cầu cứu nạn", f"Yêu cầu cứu nạn {call.rescue_id} đã được thu hồi.", body, to
    item = tx.items.get(call.item_id)
    contact = _contact(tx, call, now)
    place = place_name(province, call.place_code) if call.place_code else "chưa xác định địa bàn"
    body = {
        "schema": "langnghe.rescue/1",
        "rescue_id": call.rescue_id,
        "need": list(call.need),
        "place": place,
        "url": item.url,
        "contact": contact,
        "sent_at": call.sent_at.isoformat(),
    }
    words = (
        f"Kêu cứu tại {place}: {', '.join(NEEDS.get(need, need) for need in call.need) or 'cần cứu nạn'}."
        f" Liên hệ: {', '.join(contact.values()) or 'không có'}. Bài đăng: {item.url or 'không có đường dẫn'}"
    )
    return "KÊU CỨU – đề nghị tiếp nhận ngay", words, body, to


def _contact(tx: Transaction, call: RescueCall, now: datetime) -> dict[str, str]:
    """Open phone and address of a call for rescue, for civil defence alone; every opening is audited."""
    officer = Person(name=call.reviewed_by, role=Role.REVIEWER)
    opened: dict[str, str] = {}
    for kind, number in tx.sealed.kinds(call.item_id):
        if kind not in {MaskKind.PHONE, MaskKind.ADDRESS}:
            continue
        try:
            opened[f"[{kind}:{number}]"] = tx.sealed.open(
                call.item_id,
                MaskKind(kind),
                number,
                purpose=Purpose.RESCUE,
                person=officer,
                reason=f"bàn giao kêu cứu {call.rescue_id}",
                now=now,
            )
        except SealRefused:
            continue  # closed meanwhile: the handover still leaves with place and need
    return opened


def _case(tx: Transaction, province: Province, payload: Mapping[str, Any], now: datetime) -> _Composed:
    case = tx.cases.get(payload["case_id"])
    name = agency_name(province, case.agency_code)
    body = {
        "schema": "langnghe.case/1",
        "case_id": case.case_id,
        "agency": name,
        "summary": case.summary,
        "first_reply_due": case.first_reply_due.isoformat(),
        "final_due": case.final_due.isoformat(),
        "reminder": payload["reminder"],
    }
    first, final = instant(case.first_reply_due, province), instant(case.final_due, province)
    clocks = f"Phản hồi ban đầu chậm nhất {first}; trả lời và công khai kết quả chậm nhất {final}."
    if payload["reminder"]:
        words = f"Nhắc lần {payload['reminder']}: đề nghị {name} giải quyết phản ánh “{case.summary}”. {clocks}"
        return f"Nhắc việc {case.case_id}", words, body, _mailbox(province, case.agency_code)
    words = f"Chuyển {name} xem xét, giải quyết phản ánh: “{case.summary}”. {clocks}"
    return "Chuyển phản ánh để giải quyết", words, body, _mailbox(province, case.agency_code)


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


def _to(province: Province, duty: str, now: datetime) -> tuple[str, ...]:
    today = now.astimezone(ZoneInfo(province.timezone)).date()
    return tuple(entry.address for entry in province.roster_on(duty, today))


def _mailbox(province: Province, code: str) -> tuple[str, ...]:
    """Return the mailbox of an agency; nothing where the profile knows none."""
    try:
        mailbox = province.agency(code).mailbox
    except UnknownCode:
        return ()
    return (mailbox,) if mailbox else ()
