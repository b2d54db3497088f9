"""What a person hands over.

One post, clipping, bulletin or hotline note, or a whole import file. Same masks as any crawl.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from urllib.parse import urlsplit

import text
from crawlers import captures, dates
from crawlers.errors import BadImport, NotPublic, SecrecyMark
from crawlers.markup import decode
from provinces.types import Source
from records.identity import native_key, stored_url
from records.types import BodyKind, Capture, Channel, Engagement, Precision

_MARK = r"(?:TUYỆT\s+MẬT|TỐI\s+MẬT|MẬT)"
# The stamp stands alone on its line, in brackets, behind "Độ mật:" or behind the word for a document; the higher two
# marks are unmistakable anywhere in capitals. "BÍ MẬT", "MẬT ONG", "THẢM MẬT" are ordinary words and stay possible.
_SECRECY = re.compile(
    rf"^[\W_]*{_MARK}[\W_]*$|[(\[]\s*{_MARK}\s*[)\]]|\b(?:TUYỆT|TỐI)\s+MẬT\b"
    rf"|\b(?i:độ mật)\s*:?\s*(?i:tuyệt mật|tối mật|mật)\b|\b(?i:văn bản|tài liệu|công văn)\s+{_MARK}\b",
    re.MULTILINE,
)

# Chats, closed groups and mailboxes by their addresses: host and path, with any subdomain.
_PRIVATE = re.compile(
    r"(?:[\w-]+\.)*(?:"
    r"(?:m\.me|messenger\.com|wa\.me|whatsapp\.com|signal\.(?:me|group)|viber\.com|discord\.gg|join\.skype\.com"
    r"|chat\.zalo\.me|web\.telegram\.org|mail\.(?:google|yahoo)\.com|outlook\.(?:live|office)\.com)(?:/|$)"
    r"|(?:facebook|x|twitter|tiktok)\.com/messages\b|instagram\.com/direct\b|linkedin\.com/messaging\b"
    r"|discord(?:app)?\.com/(?:invite|channels)/|zalo\.me/(?:g/|(?:0|84)\d{9}\b)"
    r"|(?:t|telegram)\.me/(?:\+|joinchat/|c/)|line\.me/(?:r/)?ti/)",
    re.IGNORECASE,
)

COLUMNS: Mapping[str, str] = {
    "text": "the words of the post or note (required)",
    "url": "public address; required unless `where` says which public channel it was",
    "where": "the public channel in words, e.g. 'Đài PTTH tỉnh, thời sự 18 giờ'",
    "title": "headline or thread title",
    "channel": "press, official, social, broadcast or hotline (default: the source's)",
    "platform": "key of the platform, e.g. facebook; with `id` it identifies the post",
    "id": "the platform's own id of the post",
    "parent_id": "the platform's own id of the post this one answers",
    "author": "name or id of the poster; only feeds the seven-day hash and is dropped",
    "published": "when it was published (ISO 8601, or day-first; Vietnam time when no zone is given)",
    "seen": "when it was seen, used when `published` is empty",
    "by": "name of the member of staff who found it",
    "views": "public counter",
    "reactions": "public counter",
    "comments": "public counter",
    "shares": "public counter",
}
"""Columns of the import file (CSV with a header line, or NDJSON with these keys); unknown columns are refused."""


def refuse_secret(*parts: str) -> None:
    """Raise ``SecrecyMark`` when a part carries a mark of state secrecy."""
    for part in parts:
        if found := _SECRECY.search(text.nfc(part)):
            raise SecrecyMark(
                f"văn bản mang dấu “{' '.join(found[0].split()).strip()}”: không được nhập vào hệ thống này; "
                "xử lý theo quy định về bảo vệ bí mật nhà nước"
            )


def refuse_private(url: str) -> None:
    """Raise ``NotPublic`` when an address leads into a chat, a closed group or a mailbox."""
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        return  # no address at all: ``stored_url`` says so
    if _PRIVATE.match(f"{(parts.hostname or '').rstrip('.')}{parts.path}"):
        raise NotPublic("đường dẫn tin nhắn riêng, nhóm kín: không được nhập vào hệ thống này")


def note(
    words: str,
    *,
    channel: Channel,
    seen: datetime,
    by: str,
    now: datetime,
    url: str | None = None,
    where: str = "",
    title: str = "",
    source_id: str = "assisted",
) -> Capture:
    """Return the capture of one thing a person saw (``langnghe add``).

    Public content only: a public ``url`` or, for radio, TV, clippings and the hotline, ``where`` it was public.
    ``seen`` and ``now`` are aware instants. Raises ``SecrecyMark`` or ``NotPublic``; ``records.errors.BadUrl`` for a
    broken address.
    """
    refuse_secret(title, words, where)
    if not by.strip():
        raise NotPublic("thiếu tên người nhập (--by)")
    if not words.strip() and not title.strip():
        raise NotPublic("không có nội dung để nhập")
    if not url and not where.strip():
        raise NotPublic(
            "cần đường dẫn công khai, hoặc nói rõ kênh công khai nào (--where): không nhận tin nhắn riêng, nhóm kín"
        )
    if url:
        refuse_private(url)
    if not title:
        title, _, rest = words.strip().partition("\n")
        if len(title) > 140:
            title, rest = f"{title[:140].rpartition(' ')[0]}…", words
        words = rest
    social = channel in {Channel.SOCIAL, Channel.HOTLINE}
    return captures.build(
        source_id=source_id,
        channel=channel,
        now=now,
        title=title,
        body=words,
        body_kind=BodyKind.POST if social else BodyKind.FULL,
        url=stored_url(url, channel) if url else None,
        published=seen,
        section=where,
        added_by=by.strip(),
    )


def rows(body: bytes, name: str) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield line number and fields of an import file: CSV with a header line, or NDJSON. Raises ``BadImport``."""
    document = decode(body).lstrip("\ufeff")
    if document.lstrip().startswith("{"):
        for number, line in enumerate(document.splitlines(), 1):
            if not line.strip():
                continue
            try:
                record = json.loads(line)
            except ValueError as error:
                raise BadImport(f"{name}, line {number}: not JSON ({error}); one object a line") from error
            if not isinstance(record, dict):
                raise BadImport(f"{name}, line {number}: not an object")
            yield number, {str(key): "" if value is None else str(value) for key, value in record.items()}
        return
    reader = csv.DictReader(io.StringIO(document), strict=True)
    try:
        for row in reader:
            if None in row:
                raise BadImport(
                    f"{name}, line {reader.line_num}: more fields than columns; quote fields that hold commas"
                )
            yield reader.line_num, {key: value or "" for key, value in row.items()}
    except csv.Error as error:
        raise BadImport(f"{name}, line {reader.line_num}: {error}") from error


def imported(fields: Mapping[str, str], source: Source, now: datetime, place: str) -> Capture:
    """Return the capture of one row of an import file; ``place`` (file and line) leads the messages of ``BadImport``.

    Raises ``SecrecyMark`` and ``NotPublic`` like :func:`note`.
    """
    unknown = sorted(set(fields) - set(COLUMNS))
    if unknown:
        raise BadImport(f"{place}, field {unknown[0]!r}: unknown column; known are {', '.join(COLUMNS)}")
    value = {key: fields.get(key, "").strip() for key in COLUMNS}
    if not value["text"]:
        raise BadImport(f"{place}, field 'text': empty")
    refuse_secret(value["title"], value["text"], value["where"])
    if not value["url"] and not value["where"]:
        raise NotPublic(f"{place}: neither url nor where: say which public channel it was")
    if value["url"] and not value["url"].lower().startswith(("http://", "https://")):
        raise BadImport(f"{place}, field 'url': not a web address: {value['url'][:80]!r}")
    if value["url"]:
        try:
            refuse_private(value["url"])
        except NotPublic as error:
            raise NotPublic(f"{place}, field 'url': {error}") from error
    try:
        channel = Channel(value["channel"]) if value["channel"] else captures.channel_of(source)
    except ValueError as error:
        known = ", ".join(one.value for one in Channel)
        raise BadImport(f"{place}, field 'channel': {value['channel']!r} is none of {known}") from error
    when = value["published"] or value["seen"]
    instant = dates.parse(when)
    if when and instant is None:
        raise BadImport(f"{place}, field 'published': cannot read {when!r}; write 2026-11-20T07:30+07:00")
    platform = value["platform"] or source.outlet
    return captures.build(
        source_id=source.source_id,
        channel=channel,
        now=now,
        title=value["title"],
        body=value["text"],
        body_kind=BodyKind.POST if channel is Channel.SOCIAL else BodyKind.FULL,
        url=stored_url(value["url"], channel) if value["url"] else None,
        published=instant,
        precision=Precision.DAY if re.fullmatch(r"[\d/.\-]{8,10}", when) else Precision.MINUTE,
        section=value["where"],
        platform=platform if value["id"] else "",
        native_id=value["id"],
        parent_id=native_key(platform, value["parent_id"]) if value["parent_id"] else None,
        poster=value["author"],
        engagement=Engagement(
            **{
                name: _count(value[name], f"{place}, field {name!r}")
                for name in ("views", "reactions", "comments", "shares")
            }
        ),
        added_by=value["by"] or None,
    )


def _count(value: str, place: str) -> int | None:
    if not value:
        return None
    digits = re.sub(r"[.,\s]", "", value)
    if not digits.isdigit():
        raise BadImport(f"{place}: not a number: {value!r}")
    return int(digits)
