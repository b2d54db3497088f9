"""A fictional province and its day of 19–20 November 2026, after the model briefing. Names of outlets and events are invented."""

from __future__ import annotations

import hashlib
import random
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from provinces import Province
from provinces.types import (
    Access,
    Agency,
    Deadlines,
    Field,
    Header,
    Holiday,
    Instrument,
    Place,
    PlaceKind,
    Priority,
    Recipient,
    ReportArea,
    Source,
    SourceKind,
)
from records.types import (
    Assessment,
    BodyKind,
    Case,
    CaseState,
    Channel,
    Decision,
    Harm,
    HarmFinding,
    HarmLevel,
    Item,
    Lane,
    PlaceHit,
    Precision,
    Proposal,
    ProposalState,
    Reach,
    Role,
    Severity,
    Span,
    Story,
    Tone,
)
from reports.compose import EditionInput, SourceState
from reports.counting import DayCounts
from reports.judge import ItemInput, StoryInput
from reports.model import Sentence

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
END = datetime(2026, 11, 20, 5, 30, tzinfo=ZONE).astimezone(UTC)
START = END - timedelta(days=1)


def _place(code: str, full: str, kind: PlaceKind = PlaceKind.COMMUNE) -> Place:
    return Place(
        code=code,
        name=full.split(" ", 1)[1],
        full_name=full,
        kind=kind,
        parent="province:bm",
        valid_from=None,
        valid_to=None,
        successors=(),
    )


PLACES = (
    Place(
        code="province:bm",
        name="Bình Minh",
        full_name="Tỉnh Bình Minh",
        kind=PlaceKind.PROVINCE,
        parent=None,
        valid_from=None,
        valid_to=None,
    ),
    _place("90001", "Phường Cảng Đông"),
    _place("90002", "Phường Cảng Nam"),
    _place("90003", "Xã Tuy Hà"),
    _place("90004", "Xã Núi Thơm"),
    _place("90005", "Phường Cầu Gỗ"),
    _place("90009", "Phường Cao Nguyên"),
)

SOURCES = (
    ("p1", "bao-binh-minh", "Báo Bình Minh", SourceKind.PRESS_IN),
    ("p2", "bao-dong-hai", "Báo Đông Hải", SourceKind.PRESS_OUT),
    ("p3", "tin-ba-mien", "Tin Ba Miền", SourceKind.PRESS_OUT),
    ("p4", "thoi-su-moi", "Thời sự Mới", SourceKind.PRESS_OUT),
    ("c1", "kttv", "Đài Khí tượng Thủy văn tỉnh", SourceKind.OFFICIAL),
    ("x1", "dien-dan", "Diễn đàn Cảng Đông", SourceKind.SOCIAL),
    ("x2", "video", "Kênh bình luận công khai", SourceKind.SOCIAL),
    ("p9", "bao-im-lang", "Báo Im Lặng", SourceKind.PRESS_OUT),
)


def source(source_id: str) -> Source:
    key, outlet, name, kind = next(row for row in SOURCES if row[0] == source_id)
    return Source(
        source_id=key, outlet=outlet, name=name, kind=kind, access=Access.FEED, url=f"https://{outlet}.example/rss"
    )


def province(**changes: object) -> Province:
    """Return the fictional province; ``changes`` replace attributes."""
    area = ReportArea(
        code="ven-bien",
        name="địa bàn ven biển Bình Minh",
        places=frozenset({"90001", "90002", "90003", "90004", "90005"}),
    )
    deadlines = Deadlines(
        key="2026",
        valid_from=None,
        valid_to=None,
        verify_hours={"S4": 2, "S3": 4, "S2": 24, "S1": 24},
        first_reply_days=5,
        final_days=15,
        fix_days=10,
        press_days=15,
        statement_hours=24,
    )
    header = Header(
        valid_from=None,
        valid_to=None,
        parent_agency="ỦY BAN NHÂN DÂN TỈNH BÌNH MINH",
        agency="SỞ VĂN HÓA, THỂ THAO VÀ DU LỊCH",
        symbol="BC-SVHTTDL",
        place="Bình Minh",
        addressee="Chủ tịch Ủy ban nhân dân tỉnh",
        closing="Sở Văn hóa, Thể thao và Du lịch kính báo cáo Chủ tịch Ủy ban nhân dân tỉnh xem xét, chỉ đạo./.",
        signer_title="PHÓ GIÁM ĐỐC",
        signer_on_behalf="KT. GIÁM ĐỐC",
        receivers=(
            "Như trên;",
            "Thường trực Tỉnh ủy (b/c);",
            "Các Phó Chủ tịch UBND tỉnh;",
            "Ban Tuyên giáo và Dân vận Tỉnh ủy;",
            "Văn phòng UBND tỉnh;",
            "Công an tỉnh (phần được duyệt chuyển);",
            "Các cơ quan nêu trong báo cáo (trích);",
            "Lưu: VT, TTBCXB.",
        ),
    )

    def agency(code: str, name: str, *fields: str, kind: str = "department", areas: tuple[str, ...] = ()) -> Agency:
        return Agency(
            code=code,
            name=name,
            electronic_code="H00.01",
            valid_from=None,
            valid_to=None,
            fields=fields,
            areas=areas,
            kind=kind,
        )

    values: dict[str, object] = {
        "key": "binh-minh",
        "name": "Bình Minh",
        "timezone": "Asia/Ho_Chi_Minh",
        "lead_agency": "so-vhttdl",
        "report_area": area,
        "report_areas": (area,),
        "places": PLACES,
        "agencies": (
            agency("so-nnmt", "Sở Nông nghiệp và Môi trường", "agriculture_environment"),
            agency("so-xd", "Sở Xây dựng", "construction_transport_urban"),
            agency("so-vhttdl", "Sở Văn hóa, Thể thao và Du lịch", "tourism_culture_sport"),
            agency("ub-cang-nam", "UBND phường Cảng Nam", kind="commune", areas=("90002",)),
            agency("ca-tinh", "Công an tỉnh", kind="police"),
        ),
        "sources": tuple(source(row[0]) for row in SOURCES),
        "headers": (header,),
        "deadlines": (deadlines,),
        "priorities": (Priority(key="du-lich", name="du lịch", fields=("tourism_culture_sport",), terms=("du lịch",)),),
        "roster": (),
        "recipients": (
            Recipient(key="chu-tich", name="Chủ tịch UBND tỉnh", address="chu-tich@binh-minh.example", kind="chairman"),
            Recipient(
                key="van-phong", name="Văn phòng UBND tỉnh", address="van-phong@binh-minh.example", kind="office"
            ),
            Recipient(key="cong-an", name="Công an tỉnh", address="cong-an@binh-minh.example", kind="police"),
        ),
        "holidays": (Holiday(day=date(2026, 11, 24), name="Ngày Văn hóa Việt Nam"),),
        "national_holidays": (),
        "fields": (
            Field(key="disaster_weather", name="Thiên tai, thời tiết", level="province"),
            Field(key="construction_transport_urban", name="Hạ tầng, đô thị", level="province"),
            Field(key="agriculture_environment", name="Nông nghiệp, môi trường", level="province"),
            Field(key="tourism_culture_sport", name="Văn hóa, thể thao, du lịch", level="province"),
            Field(key="education", name="Giáo dục", level="province"),
            Field(key="public_order_crime", name="An ninh trật tự", level="province"),
            Field(key="land", name="Đất đai", level="commune"),
        ),
        "instruments": (
            Instrument(
                key="nd-237-2026",
                title="Nghị định 237/2026/NĐ-CP",
                citation="Nghị định số 237/2026/NĐ-CP",
                valid_from=date(2026, 7, 1),
                valid_to=None,
                successor=None,
                evidence="",
            ),
        ),
        "services": (),
        "read_units": tuple,
    }
    return Province(**(values | changes))  # type: ignore[arg-type]


def item(
    key: str,
    source_id: str,
    title: str,
    lead: str = "",
    body: str = "",
    *,
    hours: float = 6.0,
    late_min: float = 35,
    **changes: object,
) -> Item:
    """Return an item published ``hours`` before the cut-off and collected ``late_min`` later."""
    kind = source(source_id).kind
    channel = {SourceKind.OFFICIAL: Channel.OFFICIAL, SourceKind.SOCIAL: Channel.SOCIAL}.get(kind, Channel.PRESS)
    published = END - timedelta(hours=hours)
    collected = published + timedelta(minutes=late_min)
    made = Item(
        item_id=hashlib.sha256(key.encode()).hexdigest(),
        version=1,
        source_id=source_id,
        channel=channel,
        url=f"https://{source(source_id).outlet}.example/{key}.html",
        title=title,
        lead=lead,
        body=body,
        body_kind=BodyKind.POST if channel is Channel.SOCIAL else BodyKind.FULL,
        published_at=published,
        published_precision=Precision.MINUTE,
        collected_at=collected,
        changed_at=collected,
        content_hash=key,
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def assessment(
    of: Item,
    lane: Lane,
    tone: Tone = Tone.NEUTRAL,
    *,
    places: tuple[str, ...] = ("90001",),
    fields: tuple[str, ...] = ("disaster_weather",),
    severity: Severity = Severity.S1,
    harms: tuple[HarmFinding, ...] = (),
    spans: tuple[Span, ...] = (),
    relevance: float = 0.95,
    relevant: bool = True,
) -> Assessment:
    return Assessment(
        item_id=of.item_id,
        version=of.version,
        model_version="test-1",
        assessed_at=of.collected_at,
        language="vi",
        relevant=relevant,
        relevance=relevance,
        relevance_reason="",
        lane=lane,
        lane_probability=0.87,
        lane_reasons=(),
        tone=tone,
        tone_probability=0.8,
        severity=severity,
        places=tuple(PlaceHit(place_code=code, name=code, score=0.9, reason="", start=0, end=1) for code in places),
        fields=fields,
        harms=harms,
        spans=spans,
    )


def story(
    key: str,
    items: tuple[tuple[Item, Assessment], ...],
    lane: Lane,
    *,
    families: tuple[str, ...] | None = None,
    reach: Reach = Reach.R1,
    agency_codes: tuple[str, ...] = (),
    proposals: tuple[Proposal, ...] = (),
    decisions: tuple[Decision, ...] = (),
) -> StoryInput:
    entries = tuple(
        ItemInput(
            item=one,
            assessment=judged,
            family_id=families[number] if families else one.item_id[:12],
            source=source(one.source_id),
        )
        for number, (one, judged) in enumerate(items)
    )
    first = entries[0].item
    return StoryInput(
        story=Story(
            story_id=key,
            revision=1,
            headline=first.title,
            lead=first.lead,
            lane=lane,
            tone=items[0][1].tone,
            severity=max(judged.severity for _, judged in items),
            reach=reach,
            first_published_at=min(entry.item.time for entry in entries),
            last_published_at=max(entry.item.time for entry in entries),
            lead_item_id=first.item_id,
            items=len(entries),
            families=len({entry.family_id for entry in entries}),
            outlets=len({entry.source.outlet for entry in entries if entry.source}),
            agency_codes=agency_codes,
        ),
        items=entries,
        proposals=proposals,
        decisions=decisions,
    )


def proposal(
    story_id: str,
    action: str,
    actor: str,
    lane: Lane,
    *,
    hours: float = 4,
    item_id: str | None = None,
    harm: Harm | None = None,
    state: ProposalState = ProposalState.APPROVED,
    severity: Severity = Severity.S2,
    basis: tuple[str, ...] = (),
) -> Proposal:
    return Proposal(
        proposal_id=f"{story_id}-{action}-{(item_id or '')[:6]}",
        story_id=story_id,
        item_id=item_id,
        action=action,
        lane=lane,
        harm=harm,
        severity=severity,
        actor=actor,
        due_at=END + timedelta(hours=hours),
        basis=basis,
        rationale="",
        state=state,
        created_at=END - timedelta(minutes=30),
        reviewed_by="Người biên tập mẫu",
        approved_by="Người duyệt mẫu",
    )


def decision(subject: str, subject_id: str, verb: str = "accept", **changes: object) -> Decision:
    return Decision(
        decision_id=f"{subject}-{subject_id}-{verb}",
        subject=subject,
        subject_id=subject_id,
        verb=verb,
        person="Người biên tập mẫu",
        role=Role.REVIEWER,
        decided_at=END + timedelta(minutes=20),
        changes=changes,
    )


def span_of(one: Item, words: str) -> tuple[Span, ...]:
    start = one.text.index(words)
    return (Span(start=start, end=start + len(words), reason="test"),)


def stories(*, decided: bool = True) -> tuple[StoryInput, ...]:
    """Return the stories of the model briefing; ``decided``: people went through them before the cut-off."""

    def by(key: str) -> tuple[Decision, ...]:
        return (decision("story", key),) if decided else ()

    made: list[StoryInput] = []
    state = ProposalState.APPROVED if decided else ProposalState.PROPOSED

    text = (
        "Đến chiều 19/11, các tuyến đường chính qua xã Tuy Hà và xã Núi Thơm đã thông xe trở lại; "
        "lực lượng dân quân và đoàn viên hỗ trợ người cao tuổi dọn bùn, sửa mái nhà."
    )
    rows = (
        item("thong-duong-1", "p1", "Các xã vùng ngập thông đường, có điện trở lại sau mưa lũ", text, hours=11),
        item("thong-duong-2", "p2", "Tuy Hà, Núi Thơm thông xe trở lại sau ba ngày chia cắt", text, hours=10),
        item("thong-duong-3", "p3", "Tuy Hà, Núi Thơm thông xe trở lại sau ba ngày chia cắt", text, hours=9),
        item(
            "thong-duong-4",
            "p4",
            "Điện lực huy động 120 công nhân khôi phục lưới điện vùng lũ Bình Minh",
            "Toàn bộ 14 xã, phường bị mất điện do mưa lũ đã được cấp điện lại lúc 17 giờ ngày 19/11, ngành điện thông báo.",
            hours=8,
        ),
    )
    made.append(
        story(
            "khac-phuc-lu",
            tuple((r, assessment(r, Lane.GOOD, Tone.POSITIVE, places=("90003", "90004"))) for r in rows),
            Lane.GOOD,
            families=("f1", "f2", "f2", "f3"),
            reach=Reach.R3,
            proposals=(proposal("khac-phuc-lu", "A14", "so-vhttdl", Lane.GOOD, hours=24 * 7),),
            decisions=by("khac-phuc-lu"),
        )
    )
    tour = item(
        "du-lich",
        "p1",
        "Đón khách trở lại các điểm du lịch biển từ cuối tuần",
        "Các điểm tham quan ven biển phường Cảng Đông mở cửa trở lại từ ngày 21/11; ban quản lý khuyến cáo du khách "
        "xem dự báo thời tiết trước khi đi.",
        hours=14,
    )
    made.append(
        story(
            "du-lich",
            ((tour, assessment(tour, Lane.GOOD, Tone.POSITIVE, fields=("tourism_culture_sport",))),),
            Lane.GOOD,
            proposals=(proposal("du-lich", "A14", "so-vhttdl", Lane.GOOD, hours=24 * 7),),
            decisions=by("du-lich"),
        )
    )
    school = item(
        "nha-giao",
        "p2",
        "Lớp học ghép trên đỉnh Núi Thơm đón Ngày Nhà giáo Việt Nam",
        "Sau mưa lũ, thầy trò điểm trường xã Núi Thơm dựng lại phòng học, kịp đón ngày 20/11.",
        hours=7,
    )
    made.append(
        story(
            "nha-giao",
            ((school, assessment(school, Lane.GOOD, Tone.POSITIVE, places=("90004",), fields=("education",))),),
            Lane.GOOD,
            decisions=by("nha-giao"),
        )
    )
    damage = item(
        "thiet-hai",
        "p1",
        "Mưa lũ làm hai người mất tích, hơn 300 nhà ngập ở Bình Minh",
        "Tính đến 20 giờ ngày 19/11, mưa lũ làm hai người mất tích tại xã Tuy Hà, hơn 300 nhà bị ngập, "
        "Ban Chỉ huy Phòng thủ dân sự tỉnh cho biết.",
        hours=9,
    )
    older = item(
        "thiet-hai-cu",
        "p2",
        "Mưa lũ ở Bình Minh: một người mất tích",
        "Tính đến 10 giờ ngày 19/11, mưa lũ làm một người mất tích tại xã Tuy Hà, tỉnh Bình Minh.",
        hours=19,
    )
    made.append(
        story(
            "thiet-hai",
            tuple(
                (r, assessment(r, Lane.NEUTRAL, Tone.NEGATIVE, places=("90003",), severity=Severity.S3))
                for r in (older, damage)
            ),
            Lane.NEUTRAL,
            reach=Reach.R3,
            decisions=by("thiet-hai"),
        )
    )
    bulletin = item(
        "ban-tin",
        "c1",
        "Tin mưa lớn và cảnh báo lũ trên các sông tỉnh Bình Minh (phát lúc 03 giờ 30 ngày 20/11)",
        "Lũ trên sông Thơm tại trạm Cầu Gỗ đang xuống, ở mức dưới báo động 2; từ nay đến chiều 20/11 tiếp tục xuống chậm.",
        hours=2,
        bulletin="lu-song-thom",
    )
    made.append(
        story(
            "ban-tin",
            ((bulletin, assessment(bulletin, Lane.NEUTRAL, places=("90005",))),),
            Lane.NEUTRAL,
            decisions=by("ban-tin"),
        )
    )
    dike = item(
        "ke-sat",
        "p4",
        "Kè sông qua phường Cầu Gỗ sửa chậm, người dân lo mùa mưa",
        "Đoạn kè dài 400 m sạt từ tháng 9 đến nay mới gia cố được một phần ba; nhiều hộ dân phường Cầu Gỗ cho biết "
        "phải tự kê kích nhà khi có mưa lớn.",
        hours=13,
    )
    dike2 = item(
        "ke-sat-2",
        "p1",
        "Sửa kè Cầu Gỗ: chủ đầu tư nói gì?",
        "Ban quản lý dự án cho biết tiến độ sửa kè qua phường Cầu Gỗ chậm do mưa kéo dài, chưa bố trí đủ vốn.",
        hours=5,
    )
    made.append(
        story(
            "ke-sat",
            tuple(
                (
                    r,
                    assessment(
                        r,
                        Lane.FEEDBACK,
                        Tone.NEGATIVE,
                        places=("90005",),
                        fields=("construction_transport_urban",),
                        severity=Severity.S2,
                    ),
                )
                for r in (dike, dike2)
            ),
            Lane.FEEDBACK,
            reach=Reach.R1,
            agency_codes=("so-xd",),
            proposals=(
                proposal("ke-sat", "A07", "so-xd", Lane.FEEDBACK, hours=11.5, basis=("nd-237-2026",)),
                proposal("ke-sat", "A08", "so-xd", Lane.FEEDBACK, hours=24 * 24 + 11.5, basis=("nd-237-2026",)),
                proposal("ke-sat", "A05", "so-xd", Lane.FEEDBACK, hours=24),
            ),
            decisions=by("ke-sat"),
        )
    )
    posts = tuple(
        item(
            f"rac-{number}",
            "x1" if number % 2 else "x2",
            "",
            body=words,
            hours=20 - number,
        )
        for number, words in enumerate(
            (
                "Rác sau ngập ở đường ven biển phường Cảng Nam ba ngày rồi chưa ai thu gom, mùi hôi không chịu nổi.",
                "Xe rác bỏ tuyến hẻm sau chợ Cảng Nam từ hôm lụt tới giờ, đề nghị phường cho lịch thu gom cụ thể.",
                "Mong công ty môi trường tăng chuyến, trẻ con đi học qua đống rác Cảng Nam mỗi ngày.",
                "rac o cang nam van con nguyen, goi duong day nong khong ai bat may",
            )
        )
    )
    made.append(
        story(
            "rac",
            tuple(
                (
                    r,
                    assessment(
                        r,
                        Lane.FEEDBACK,
                        Tone.NEGATIVE,
                        places=("90002",),
                        fields=("agriculture_environment",),
                        spans=span_of(r, r.body[:20]),
                    ),
                )
                for r in posts
            ),
            Lane.FEEDBACK,
            agency_codes=("ub-cang-nam",),
            proposals=(
                proposal("rac", "A07", "ub-cang-nam", Lane.FEEDBACK, hours=11.5),
                proposal("rac", "A08", "ub-cang-nam", Lane.FEEDBACK, hours=24 * 24 + 11.5),
            ),
            decisions=by("rac"),
        )
    )
    rumour = item(
        "tin-don",
        "x1",
        "",
        body="Nghe nói hồ Suối Đá sẽ xả khẩn cấp trong đêm, nước ngập tới mái nhà, bà con hạ lưu chạy đi!",
        hours=8,
    )
    made.append(
        story(
            "tin-don",
            (
                (
                    rumour,
                    assessment(
                        rumour,
                        Lane.UNVERIFIED,
                        Tone.NEGATIVE,
                        places=("90003",),
                        severity=Severity.S3,
                        spans=span_of(rumour, "xả khẩn cấp"),
                    ),
                ),
            ),
            Lane.UNVERIFIED,
            reach=Reach.R2,
            agency_codes=("so-nnmt",),
            proposals=(
                proposal(
                    "tin-don",
                    "A02",
                    "so-nnmt",
                    Lane.UNVERIFIED,
                    hours=2.5,
                    item_id=rumour.item_id,
                    severity=Severity.S3,
                    state=state,
                ),
                proposal(
                    "tin-don",
                    "A16",
                    "signer",
                    Lane.UNVERIFIED,
                    hours=1.5,
                    item_id=rumour.item_id,
                    severity=Severity.S3,
                    state=state,
                ),
            ),
            decisions=(decision("item", rumour.item_id),) if decided else (),
        )
    )
    scam = item(
        "lua-dao",
        "x2",
        "",
        body="Nhân viên điện lực hỗ trợ hoàn tiền điện vùng lũ, cài ứng dụng tại https://dien-luc-hotro.example/app "
        "rồi nhập mã OTP gửi số [PHONE:1].",
        hours=6,
    )
    finding = HarmFinding(
        harm=Harm.FRAUD,
        probability=0.96,
        level=HarmLevel.ALERT,
        spans=span_of(scam, "cài ứng dụng tại"),
        reasons=("liên kết giả mạo",),
        artefacts=("dien-luc-hotro.example",),
    )
    fake = replace(finding, harm=Harm.IMPERSONATION)
    made.append(
        story(
            "lua-dao",
            (
                (
                    scam,
                    assessment(
                        scam,
                        Lane.HARM,
                        Tone.NEUTRAL,
                        places=("90001",),
                        fields=("public_order_crime",),
                        severity=Severity.S3,
                        harms=(finding, fake),
                    ),
                ),
            ),
            Lane.NEUTRAL,
            proposals=(
                proposal("lua-dao", "A11", "ca-tinh", Lane.HARM, item_id=scam.item_id, harm=Harm.FRAUD, state=state),
                proposal(
                    "lua-dao",
                    "A12",
                    "so-vhttdl",
                    Lane.HARM,
                    hours=4.5,
                    item_id=scam.item_id,
                    harm=Harm.FRAUD,
                    state=state,
                ),
            ),
            decisions=(decision("item", scam.item_id),) if decided else (),
        )
    )
    plateau = item(
        "cao-nguyen",
        "p3",
        "Phường Cao Nguyên khánh thành nhà văn hóa mới",
        "Nhà văn hóa phường Cao Nguyên vừa đưa vào sử dụng sau tám tháng thi công.",
        hours=12,
    )
    made.append(
        story("cao-nguyen", ((plateau, assessment(plateau, Lane.GOOD, Tone.POSITIVE, places=("90009",))),), Lane.GOOD)
    )
    late = item(
        "chua-xem",
        "p3",
        "Giá vật liệu sửa nhà ở Bình Minh tăng sau lũ",
        "Giá tôn, xi măng tại nhiều cửa hàng phường Cảng Đông tăng 5–7% so với tuần trước.",
        hours=3,
    )
    made.append(
        story(
            "chua-xem",
            ((late, assessment(late, Lane.NEUTRAL, Tone.NEGATIVE, fields=("construction_transport_urban",))),),
            Lane.NEUTRAL,
            proposals=(proposal("chua-xem", "A01", "reviewer", Lane.NEUTRAL, state=ProposalState.PROPOSED),),
        )
    )
    return tuple(made)


def history(days: int = 14) -> tuple[DayCounts, ...]:
    """Return complete days before the edition with plausible numbers."""
    rng = random.Random(7)
    made = []
    for back in range(days, 0, -1):
        counts = {}
        for kind, scale in (("press_in", 3), ("press_out", 4), ("official", 1), ("social", 4)):
            for tone in (Tone.POSITIVE, Tone.NEUTRAL, Tone.NEGATIVE, Tone.MIXED):
                counts["tone", str(tone), kind] = rng.randint(0, scale)
            total = sum(number for (_, _, where), number in counts.items() if where == kind)
            counts["group", "good", kind] = total // 2
            counts["group", "feedback", kind] = total - total // 2
        made.append(DayCounts((END - timedelta(days=back)).astimezone(ZONE).date(), True, counts))
    return tuple(made)


def states(*, last: timedelta = timedelta(minutes=20)) -> tuple[SourceState, ...]:
    return tuple(
        SourceState(
            source=source(key),
            last_ok=None if key == "p9" else END - last,
            answered=key != "p9",
            error="HTTP 503" if key == "p9" else "",
        )
        for key, _, _, _ in SOURCES
    )


def cases() -> tuple[Case, ...]:
    opened = datetime(2026, 11, 2, 8, 0, tzinfo=ZONE).astimezone(UTC)
    return (
        Case(
            case_id="V20261102-a",
            proposal_id="x",
            story_id="dong-nuoc",
            agency_code="ub-cang-nam",
            summary="Đọng nước hẻm đường ven biển, phường Cảng Nam",
            state=CaseState.RECEIVED,
            opened_at=opened,
            first_reply_due=datetime(2026, 11, 13, 17, 0, tzinfo=ZONE).astimezone(UTC),
            final_due=datetime(2026, 11, 23, 17, 0, tzinfo=ZONE).astimezone(UTC),
            reminders=2,
        ),
        Case(
            case_id="V20261105-b",
            proposal_id="y",
            story_id="den-cau",
            agency_code="so-xd",
            summary="Đèn chiếu sáng cầu tại phường Cầu Gỗ",
            state=CaseState.PUBLISHED,
            opened_at=opened,
            first_reply_due=opened + timedelta(days=7),
            final_due=opened + timedelta(days=21),
            answered_at=datetime(2026, 11, 18, 9, 0, tzinfo=ZONE).astimezone(UTC),
        ),
    )


def given(*, automatic: bool = False, **changes: object) -> EditionInput:
    """Return the input of the edition of 20/11/2026."""
    values: dict[str, object] = {
        "edition_id": "binh-minh-daily-2026-11-20",
        "province": province(),
        "window_start": START,
        "window_end": END,
        "stories": stories(decided=not automatic),
        "sources": states(),
        "history": history(),
        "cases": cases(),
        "corrections": (
            Sentence(
                text="Báo cáo ngày 19/11/2026 ghi “phường Cầu Gỗ” tại mục V.3 là nhầm địa bàn; đúng là phường Cầu Gỗ, "
                "tỉnh khác (ngoài tỉnh); số liệu đã được điều chỉnh."
            ),
        ),
        "automatic": automatic,
    }
    return EditionInput(**(values | changes))  # type: ignore[arg-type]


def big_day(number: int = 1000, *, automatic: bool = False, seed: int = 3) -> EditionInput:
    """Return a day of ``number`` items in about a third as many stories, as on a storm day."""
    rng = random.Random(seed)
    verbs = (
        "ngập sâu",
        "đã thông đường",
        "chờ hỗ trợ",
        "sửa chữa nhà cửa",
        "đón khách trở lại",
        "thiếu nước sạch",
        "dạy học trở lại",
    )
    made = []
    left = number
    index = 0
    while left:
        size = min(left, rng.choice((1, 1, 1, 2, 3, 5, 8)))
        left -= size
        lane = rng.choice((Lane.GOOD, Lane.NEUTRAL, Lane.NEUTRAL, Lane.FEEDBACK))
        tone = {Lane.GOOD: Tone.POSITIVE, Lane.FEEDBACK: Tone.NEGATIVE}.get(
            lane, rng.choice((Tone.NEUTRAL, Tone.NEGATIVE))
        )
        place = rng.choice(PLACES[1:6])
        field = rng.choice(
            ("disaster_weather", "construction_transport_urban", "education", "agriculture_environment", "land")
        )
        words = rng.choice(verbs)
        key = f"s{index}"
        rows = tuple(
            item(
                f"{key}-{n}",
                rng.choice(("p1", "p2", "p3", "p4", "x1", "x2")),
                f"{place.full_name} {words}, ghi nhận số {index}.{n}",
                f"Ngày 19/11, {place.full_name.lower()} {words}; chính quyền và người dân cùng khắc phục, đợt {index}.{n}.",
                body="Nội dung chi tiết của bài viết mẫu về tình hình sau mưa lũ. " * 12,
                hours=rng.uniform(1, 23),
            )
            for n in range(size)
        )
        made.append(
            story(
                key,
                tuple((r, assessment(r, lane, tone, places=(place.code,), fields=(field,))) for r in rows),
                lane,
                reach=rng.choice(tuple(Reach)),
                agency_codes=("so-xd",),
                proposals=(
                    proposal(key, "A07", "so-xd", Lane.FEEDBACK, hours=11),
                    proposal(key, "A08", "so-xd", Lane.FEEDBACK, hours=500),
                )
                if lane is Lane.FEEDBACK
                else (),
                decisions=() if automatic else (decision("story", key),),
            )
        )
        index += 1
    return given(automatic=automatic, stories=tuple(made))


def harm_post(
    key: str, words: str, harm: Harm, *, place: str = "90003", severity: Severity = Severity.S2
) -> StoryInput:
    """Return a story of one public post with a harm that a person confirmed."""
    one = item(key, "x1", "", body=words, hours=5)
    finding = HarmFinding(
        harm=harm, probability=0.97, level=HarmLevel.ALERT, spans=span_of(one, words[:12]), reasons=("mẫu",)
    )
    judged = assessment(one, Lane.HARM, Tone.NEGATIVE, places=(place,), severity=severity, harms=(finding,))
    return story(
        key,
        ((one, judged),),
        Lane.NEUTRAL,
        proposals=(
            proposal(key, "A09", "so-vhttdl", Lane.HARM, hours=12, item_id=one.item_id, harm=harm),
            proposal(key, "A13", "so-vhttdl", Lane.HARM, hours=11, item_id=one.item_id, harm=harm),
        ),
        decisions=(decision("item", one.item_id),),
    )


def complaint(key: str, words: str, *, place: str, field: str, agency: str = "so-xd", hours: float = 9) -> StoryInput:
    """Return a story of one resident's complaint that a person accepted."""
    one = item(key, "x1", "", body=words, hours=hours)
    judged = assessment(one, Lane.FEEDBACK, Tone.NEGATIVE, places=(place,), fields=(field,))
    return story(
        key,
        ((one, judged),),
        Lane.FEEDBACK,
        agency_codes=(agency,),
        proposals=(
            proposal(key, "A07", agency, Lane.FEEDBACK, hours=11.5),
            proposal(key, "A08", agency, Lane.FEEDBACK, hours=24 * 24 + 11.5),
        ),
        decisions=(decision("story", key),),
    )


def ordinary_day() -> tuple[StoryInput, ...]:
    """Return about eighty items in some forty stories: the model briefing's day as a district office knows it."""
    rng = random.Random(11)
    made = list(stories())
    incidents = (
        "Sạt lở taluy làm hư hỏng 40 m đường liên xã, chưa có người bị thương",
        "Xe tải lật trên đèo lúc rạng sáng, tài xế bị thương nhẹ",
        "Cháy kho vật liệu tạm, thiệt hại ước 200 triệu đồng",
        "Nuôi trồng thủy sản thiệt hại do nước ngọt tràn về đầm",
        "Triều cường dâng cao, sóng đánh hỏng 30 m kè tạm",
        "Học sinh hai điểm trường nghỉ thêm một ngày vì đường ngập",
        "Tàu cá hỏng máy được lai dắt vào bờ an toàn",
        "Mưa lớn làm chậm chuyến bay buổi chiều",
    )
    for number, title in enumerate(incidents):
        place = PLACES[1 + number % 5]
        rows = tuple(
            item(
                f"vu-{number}-{n}",
                f"p{1 + (number + n) % 4}",
                f"{title} tại {place.full_name.lower()}" if n == 0 else f"{title} ({n})",
                f"Vụ việc xảy ra ngày 19/11 tại {place.full_name.lower()}; chính quyền địa phương đã có mặt, khắc phục "
                f"bước đầu và tiếp tục theo dõi tình hình, ghi nhận lần {number}.{n}.",
                hours=rng.uniform(2, 22),
            )
            for n in range(1 + number % 4)
        )
        made.append(
            story(
                f"vu-{number}",
                tuple((r, assessment(r, Lane.NEUTRAL, Tone.NEGATIVE, places=(place.code,))) for r in rows),
                Lane.NEUTRAL,
                reach=rng.choice(tuple(Reach)),
                decisions=(decision("story", f"vu-{number}"),),
            )
        )
    complaints = (
        "Đèn đường đoạn qua trường học tắt cả tuần, buổi tối con nít đi học về không thấy đường",
        "Cống thoát nước đầu hẻm nghẹt, mưa một chút là nước tràn vô nhà",
        "Ổ gà trước chợ càng ngày càng lớn, đã có người té xe",
        "Xin hỏi lịch cấp nước lại cho khu tái định cư, ba bữa nay không có giọt nào",
        "Hồ sơ nộp ở bộ phận một cửa hẹn lại ba lần chưa có kết quả",
        "Cây gãy chắn lối vào nghĩa trang chưa ai dọn",
    )
    fields = ("construction_transport_urban", "agriculture_environment", "land")
    for number in range(36):
        code = PLACES[1 + number % 5].code
        words = f"{complaints[number % 6]}, mong phường, xã xem giúp (lần {number})."
        made.append(complaint(f"ph-{number}", words, place=code, field=fields[number % 3], hours=rng.uniform(2, 22)))
    made.append(harm_post("miet-thi", "Bọn dân vùng đó sinh ra đã ăn bám, cho chúng đói hết đi.", Harm.HATE))
    made.append(
        harm_post(
            "lo-du-lieu",
            "Danh sách hộ nhận hỗ trợ: [PERSON:1], căn cước [ID:1], tài khoản [BANK:1]; [PERSON:2], căn cước [ID:2].",
            Harm.LEAKED_DATA,
            severity=Severity.S3,
        )
    )
    return tuple(made)
