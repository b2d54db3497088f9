"""From stored records to the content of an edition: a pure function.

Every word comes from stored items or counts of them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from statistics import fmean, median
from zoneinfo import ZoneInfo

from handling.catalogue import catalogue
from provinces import Province
from provinces.errors import UnknownCode
from provinces.types import Place, PlaceKind, Source, SourceKind
from records import RescueCall, RescueState
from records.types import (
    Case,
    CaseState,
    Channel,
    Harm,
    Lane,
    Precision,
    Proposal,
    ProposalState,
    Reach,
    Severity,
    Span,
    Tone,
)
from reports import counting, extract, wording
from reports.counting import KINDS, DayCounts
from reports.judge import Judged, StoryInput, decision_on, dominant, group_of, judge
from reports.model import (
    SCHEMA,
    Cases,
    CaseView,
    Coverage,
    DayPoint,
    EditionContent,
    Figures,
    Head,
    ItemView,
    ProposalView,
    Reason,
    Section,
    Sentence,
    Share,
    Shown,
    StoryView,
    Unchecked,
)
from reports.select import LINES, Candidate, Choice, caps, choose, importance
from text import fold

STALE_AFTER = timedelta(hours=3)
"""A last good collection older than this before the cut-off makes the day stale.

Feeds are polled at least every 30 minutes [J].
"""

REFS: Mapping[Shown, int] = {Shown.FULL: 3, Shown.LINE: 1}
"""Sources numbered in the annex per story; the rest stands in ``edition.json``."""
ALSO_FROM, ALSO_SHOWN = 5, 2
"""Stories of so many independent texts show so many further titles: one summary cannot speak for eleven articles."""
SUMMARY_WORDS: Mapping[str, int] = {"feedback": 24, "unverified": 26, "harm": 26}
"""Words of a story's summary where a table is tight; else ``extract.SUMMARY_WORDS``."""
OVERDUE_SHOWN, ANSWERED_SHOWN, OPENED_SHOWN = 5, 4, 3
UNCHECKED_SHOWN = 8
OUTSIDE_SHOWN = 4
DECISIONS = 3
"""At most three decisions a day are asked of the Chairman (``domain.md`` §5.4, A16)."""
_LINK = re.compile(r"(?:https?://)?(?:[\w-]+\.)+[A-Za-z]{2,}(?:[:/]\S*)?")
SOON = timedelta(hours=2)
"""A deadline nearer to the cut-off than this has passed when the edition is read (07:00)."""
UNQUOTED = frozenset({Harm.HATE, Harm.CHILD_ABUSE, Harm.LEAKED_DATA})
"""Never quoted nor linked: the briefing must not spread an insult, a child's harm or a leaked list once more."""

SECTION_TITLES: Mapping[str, str] = {
    "good": "Thông tin tích cực",
    "negative": "Thông tin tiêu cực về thiên tai, tai nạn, vụ việc",
    "feedback": "Tồn tại, hạn chế và phản ánh của người dân",
    "unverified": "Tin chưa kiểm chứng",
    "harm": "Thông tin “xấu, độc” – có nguy cơ gây hại cụ thể",
    "news": "Thời sự khác",
}
"""The mandate's words in the mandate's order (``domain.md`` §7, changes)."""

_PEOPLES_NEED = {
    "health": "sức khỏe",
    "disaster_weather": "an toàn trong thiên tai",
    "traffic_accident": "an toàn giao thông",
    "social_policy": "hỗ trợ người dân",
    "agriculture_environment": "môi trường sống",
}
_DISASTER = "disaster_weather"
_AGREED = frozenset({ProposalState.APPROVED, ProposalState.RELEASED, ProposalState.DONE})
_SUSPECT = frozenset({"unverified", "harm"})
_ORDER = (
    "A17", "A02", "A11", "A12", "A09", "A13", "A03", "A10", "A07", "A08", "A04", "A05", "A06", "A14", "A15", "A01", "A16",
)  # fmt: skip
"""Actions in the order of their printing: find out, hand over, warn, report, help; then who answers and by when."""
_SHORT: Mapping[str, str] = {
    "A17": "{actor} cứu nạn, cứu trợ",
    "A02": "{actor} xác minh",
    "A11": "{actor} (đường dẫn, tên miền, thời điểm)",
    "A12": "cảnh báo người dân",
    "A09": "báo cáo nền tảng theo tiêu chuẩn cộng đồng",
    "A13": "hỗ trợ người bị ảnh hưởng",
    "A04": "{actor} công bố thông tin chính thức",
    "A10": "đề nghị các trang, nhóm ghim thông tin chính thức",
    "A14": "giới thiệu trên các kênh chính thức của tỉnh",
}
"""Actions in the few words that the pages have room for; the catalogue's sentences stand in JSON."""
_SENT_ON = frozenset({"A02", "A11", "A17"})
"""Actions that leave the house with their approval."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceState:
    """A source and what is known of its health.

    Last good answer before the cut-off, whether it answered in the window.
    """

    source: Source
    last_ok: datetime | None
    answered: bool
    error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class EditionInput:
    """All that one edition is made from.

    ``history``: counts of the windows before, oldest first, ending with the day before. ``automatic``: nobody
    reviewed. ``seen``: stories that an earlier edition named. ``corrections`` come from people and from withdrawn
    articles; ``rescues`` were handed over and no edition named them yet.
    """

    edition_id: str
    province: Province
    window_start: datetime
    window_end: datetime
    stories: tuple[StoryInput, ...]
    sources: tuple[SourceState, ...]
    history: tuple[DayCounts, ...] = ()
    cases: tuple[Case, ...] = ()
    corrections: tuple[Sentence, ...] = ()
    automatic: bool = True
    seen: frozenset[str] = frozenset()
    rescues: tuple[RescueCall, ...] = ()


@dataclass(frozen=True, slots=True)
class _Entry:
    """A story's items of one section, before it is chosen and numbered."""

    section: str
    story: StoryInput
    items: tuple[Judged, ...]
    candidate: Candidate


def compose(given: EditionInput) -> EditionContent:
    """Return the content of the edition; the same input gives the same content."""
    return _Composer(given).content()


class _Composer:
    def __init__(self, given: EditionInput) -> None:
        self.given = given
        self.province = given.province
        self.zone = ZoneInfo(given.province.timezone)
        self.day = given.window_end.astimezone(self.zone).date()
        self.fields = {entry.key: entry.name for entry in self.province.fields}
        self.instruments = {entry.key: entry.citation for entry in self.province.instruments_on(self.day)}
        self.refs = 0
        self.judged = {
            story.story.story_id: judge(
                story, self.province, given.window_start, given.window_end, automatic=given.automatic
            )
            for story in given.stories
        }
        self.all = [entry for entries in self.judged.values() for entry in entries]
        self.families = counting.families(self.all)

    def content(self) -> EditionContent:
        given = self.given
        entries = [entry for story in given.stories for entry in self.entries(story)]
        sections = self.sections([entry for entry in entries if entry.section in SECTION_TITLES])
        figures = self.figures()
        unchecked = [entry for entry in entries if entry.section == "unchecked"]
        unchecked.sort(key=lambda entry: (-_score(entry), entry.candidate.key))
        named = [entry for entry in unchecked if any(_is_public(item) for item in entry.items)]
        outside = [entry for entry in entries if entry.section == "outside"]
        outside.sort(key=lambda entry: (-_score(entry), entry.candidate.key))
        content = EditionContent(
            schema=SCHEMA,
            edition_id=given.edition_id,
            kind="daily",
            province=self.province.name,
            area=self.province.report_area.name,
            form="automatic" if given.automatic else "reviewed",
            status_line=("BẢN TỰ ĐỘNG – CHƯA ĐƯỢC BIÊN TẬP KIỂM TRA" if given.automatic else "DỰ THẢO – chờ ký số"),
            title=self.title(),
            period=(
                f"(từ {wording.instant(given.window_start, self.zone)} đến {wording.instant(given.window_end, self.zone)})"
            ),
            window_start=self.iso(given.window_start),
            window_end=self.iso(given.window_end),
            subject="",
            head=self.head(),
            notices=self.notices(figures),
            summary=(),
            decisions=(),
            figures=figures,
            sections=sections,
            outside=tuple(self.brief_line(entry) for entry in outside[:OUTSIDE_SHOWN]),
            unchecked=tuple(self.brief_line(entry) for entry in named[:UNCHECKED_SHOWN]),
            unchecked_more=max(0, len(named) - UNCHECKED_SHOWN),
            unchecked_posts=sum(len(entry.items) for entry in unchecked if entry not in named),
            cases=self.cases(sections),
            press_requests=self.press_requests(sections),
            corrections=given.corrections,
            coverage=self.coverage(),
            limits=self.limits(figures),
            ai_notice=self.ai_notice(sections, figures),
            purpose=wording.PURPOSE,
            rescues=tuple(self.rescue(call) for call in given.rescues),
        )
        # What points to a place in the edition is written when the places are known.
        content = replace(content, sections=tuple(self.annotated(part, content) for part in sections))
        content = replace(content, decisions=self.decisions(content))
        return replace(content, summary=self.summary(content), subject=self.subject(content))

    # Head

    def iso(self, instant: datetime) -> str:
        return instant.astimezone(self.zone).isoformat(timespec="minutes")

    def title(self) -> str:
        what = "báo chí và nguồn chính thức" if self.given.automatic else "báo chí và mạng xã hội"
        return f"Tình hình thông tin trên {what} về {_place(self.province.report_area.name)}"

    def head(self) -> Head:
        header = self.province.header_on(self.day)
        return Head(
            parent_agency=header.parent_agency,
            agency=header.agency,
            agency_name=self.lead_name(header.agency),
            symbol=header.symbol,
            place_date=f"{header.place}, {wording.long_day(self.day)}",
            addressee=header.addressee,
            closing=header.closing,
            signer_on_behalf=header.signer_on_behalf,
            signer_title=header.signer_title,
            receivers=header.receivers,
        )

    def lead_name(self, otherwise: str) -> str:
        """Return the reporting agency's name as written within a sentence."""
        try:
            return self.province.agency(self.province.lead_agency).name
        except UnknownCode:
            return otherwise

    def subject(self, content: EditionContent) -> str:
        figures, decisions = content.figures, content.decisions
        urgent = sum(1 for story in content.stories if story.severity == Severity.S4)
        day = wording.day(self.day)
        if self.given.automatic:
            found = f"{wording.count(figures.total)} tin, bài" if figures.total else "không ghi nhận tin, bài liên quan"
            if urgent:
                found += f"; {wording.count(urgent)} việc mức khẩn cấp"
            return f"[Báo cáo ngày {day} – bản tự động] Chưa được biên tập kiểm tra; {found}"
        rescues = f"{wording.count(len(content.rescues))} yêu cầu cứu nạn" if content.rescues else ""
        tail = f"{wording.count(urgent)} việc mức khẩn cấp" if urgent else "" if rescues else "không có việc khẩn cấp"
        tail = "; ".join(filter(None, (tail, rescues)))
        if not figures.total:
            tail = "không ghi nhận tin, bài liên quan"
        asked = f"{wording.count(len(decisions))} việc xin ý kiến" if decisions else "không có việc xin ý kiến"
        return f"[Báo cáo ngày {day}] {asked}; {tail}"

    def notices(self, figures: Figures) -> tuple[str, ...]:
        answered = [state for state in self.given.sources if state.answered]
        last = max((state.last_ok for state in self.given.sources if state.last_ok), default=None)
        if not answered:
            since = f" Lần thu thập gần nhất: {wording.instant(last, self.zone)}." if last else ""
            return (
                "Không nguồn nào trả lời trong kỳ: báo cáo này không phản ánh tình hình thông tin, "
                f"cần kiểm tra hệ thống thu thập.{since}",
            )
        found = []
        if last and self.given.window_end - last > STALE_AFTER:
            found.append(
                f"Số liệu chưa đầy đủ: lần thu thập gần nhất lúc {wording.instant(last, self.zone)}; "
                "tin, bài đăng sau thời điểm này chưa có trong báo cáo."
            )
        if not figures.total:
            found.append(
                "Trong kỳ không ghi nhận tin, bài nào có liên quan đến "
                f"{_place(self.province.report_area.name)} ({wording.count(len(answered))} nguồn đã trả lời)."
            )
        return tuple(found)

    # Sections

    def entries(self, story: StoryInput) -> Iterator[_Entry]:
        """Yield what one story gives to which section; a story without anything new gives nothing."""
        judged = self.judged[story.story.story_id]
        fresh = [entry for entry in judged if entry.new or entry.changed]
        before = {entry.entry.family_id for entry in judged if not entry.new}
        suspicions = [entry for entry in fresh if entry.group in {"harm", "unverified"}]
        for group in ("unverified", "harm"):
            members = tuple(entry for entry in suspicions if entry.group == group)
            if members:
                yield self.entry(group, story, members, judged)
        plain = tuple(entry for entry in fresh if entry.group in {"good", "negative", "feedback", "news"})
        # Copies of a text that an earlier edition had are no news; its edited text is.
        if not plain or all(entry.entry.family_id in before and not entry.changed for entry in plain):
            return
        if all(entry.outside for entry in plain):
            yield self.entry("outside", story, plain, judged)
            return
        verdict = decision_on(story.decisions, "story", story.story.story_id)
        # News that asks for no decision is printed; what waits for one, and posts nobody looked at, are not.
        waiting = any(p.item_id is None and p.state is ProposalState.PROPOSED for p in story.proposals)
        if not self.given.automatic and verdict is None and not all(entry.checked for entry in plain):
            if waiting or not any(_is_public(entry) for entry in plain):
                yield self.entry("unchecked", story, plain, judged)
                return
            plain = tuple(entry for entry in plain if _is_public(entry) or entry.checked)
        changes = verdict.changes if verdict else {}
        texts = list({entry.entry.family_id: entry for entry in plain}.values())
        lane = Lane(changes.get("lane", dominant([entry.lane for entry in texts], story.story.lane)))
        tone = Tone(changes.get("tone", dominant([entry.tone for entry in texts], story.story.tone)))
        fields = tuple(changes.get("fields", _ranked(entry.fields for entry in texts)))
        section = group_of(lane, tone, fields, checked=True)
        if section in SECTION_TITLES:
            yield self.entry(section, story, plain, judged)

    def entry(self, section: str, story: StoryInput, items: tuple[Judged, ...], known: Sequence[Judged]) -> _Entry:
        fields = _ranked(entry.fields for entry in items)
        places = _ranked(entry.place_codes for entry in items)
        ids = {entry.item.item_id for entry in items}
        proposals = [p for p in self.live(story.proposals) if p.item_id is None or p.item_id in ids]
        need = tuple(_PEOPLES_NEED[key] for key in fields[:2] if key in _PEOPLES_NEED)
        if section == "feedback" and not need:
            need = ("ý kiến cần trả lời",)
        waiting = min(entry.item.time for entry in (known if section == "feedback" else items))
        return _Entry(
            section,
            story,
            items,
            Candidate(
                key=f"{story.story.story_id}:{section}",
                headline=self.headline(story, items, section),
                section=section,
                severity=self.severity(story, items),
                reach=story.story.reach,
                families=len({entry.entry.family_id for entry in items}),
                new_families=len({entry.entry.family_id for entry in items if entry.new}),
                relevance=round(fmean(entry.entry.assessment.relevance for entry in items), 2),
                in_area=any(
                    self.province.in_report_area(code)
                    for code in places
                    if self.kind(code) not in {None, PlaceKind.PROVINCE}
                ),
                first_seen_before=story.story.story_id in self.given.seen,
                decision=any(proposal.action == "A16" for proposal in proposals),
                need=need,
                need_days=max(0, (self.given.window_end - waiting).days) if section == "feedback" else 0,
                priority=next((p.name for p in self.province.priorities if set(p.fields) & set(fields[:1])), ""),
                fields=fields,
                outlets=tuple(sorted({_publisher(entry) for entry in items})),
                last=max(entry.item.time for entry in items).isoformat(),
            ),
        )

    def sections(self, entries: Sequence[_Entry]) -> tuple[Section, ...]:
        keys = [key for key in SECTION_TITLES if not (self.given.automatic and key in _SUSPECT)]
        made = []
        limits = caps(Counter(entry.section for entry in entries))
        for key in keys:
            members = {entry.candidate.key: entry for entry in entries if entry.section == key}
            joined = self.alike(members.values()) if key == "feedback" else {}
            inside = {other for others in joined.values() for other in others}
            candidates = [
                _sum_of([members[one].candidate for one in (lead, *joined.get(lead, ()))])
                for lead in members
                if lead not in inside
            ]
            views: list[StoryView] = []
            left = LINES[key]
            for choice in choose(candidates, limits[key]):
                lead = choice.candidate.key
                others = joined.get(lead, ())
                shown = Shown.FULL
                if not choice.shown:
                    shown = Shown.LINE if left > 0 else Shown.COUNTED
                    left -= 1
                views.append(self.view(members[lead], choice, shown, [members[other] for other in others]))
                views += [
                    self.view(
                        members[other], Choice(members[other].candidate, *_worth(members[other]), False), Shown.MERGED
                    )
                    for other in others
                ]
            more = sum(1 for view in views if view.shown == Shown.COUNTED)
            made.append(Section(key=key, title=SECTION_TITLES[key], stories=tuple(views), more=more))
        # General news is no part of the mandate: its section only stands where there is some.
        return tuple(section for section in made if section.stories or section.key != "news")

    def alike(self, entries: Iterable[_Entry]) -> dict[str, tuple[str, ...]]:
        """Return, by the weightiest of them, complaints of residents that share field, place and answering agency.

        What may endanger people (S3, S4) and what the press took up stands alone.
        """
        groups: dict[tuple[str, str, str], list[_Entry]] = {}
        for entry in entries:
            places = self.place_names(_ranked(one.place_codes for one in entry.items))
            agency = self.agency(entry)
            plain = entry.candidate.severity < Severity.S3 and not any(_is_public(one) for one in entry.items)
            if plain and places and agency and entry.candidate.fields:
                groups.setdefault((entry.candidate.fields[0], places[0], agency), []).append(entry)
        found = {}
        for group in groups.values():
            keys = [entry.candidate.key for entry in sorted(group, key=lambda one: (-_score(one), one.candidate.key))]
            if len(keys) > 1:
                found[keys[0]] = tuple(keys[1:])
        return found

    def annotated(self, section: Section, content: EditionContent) -> Section:
        """Return an empty section with the reason why the table counts items of its group."""
        if section.stories:
            return section
        counted = [one for one in self.families if one.group == section.key]
        if not counted:
            return section
        ids = {one.item.item_id for one in counted}
        where = [
            _where(content, part, story)
            for part in content.sections
            for story in part.stories
            if ids & {item.item_id for item in story.items}
        ]
        if content.unchecked and ids & {
            one.item.item_id for line in content.unchecked for one in self.judged[line.story_id]
        }:
            where.append(f"mục {content.numbers['unchecked']}")
        number = f"{wording.count(len(counted))} tin, bài thuộc nhóm này"
        if where:
            return replace(section, note=f"{number} nằm trong việc nêu tại {', '.join(dict.fromkeys(where))}.")
        return replace(section, note=f"{number} chỉ đăng lại hoặc bổ sung việc đã nêu ở kỳ trước.")

    def view(self, entry: _Entry, choice: Choice, shown: Shown, joined: Sequence[_Entry] = ()) -> StoryView:
        story, items, section = entry.story, entry.items, entry.section
        main = self.main_item(story, items)
        hidden = _unquoted(main)
        summary = hidden or extract.summarise(main.item, SUMMARY_WORDS.get(section, extract.SUMMARY_WORDS))
        quoted, quoted_item = "", None
        if section in {"feedback", "unverified", "harm"} and not hidden:
            for one in (main, *(other for other in items if other is not main)):
                if one.entry.assessment.version == one.item.version and not _unquoted(one):
                    quoted = extract.quote(one.item, _evidence(one), summary)
                if quoted:
                    quoted_item = one.item.item_id
                    break
        proposals = self.proposals(entry)
        together = [entry, *joined]
        harms = tuple(sorted({finding.harm for one in items for finding in one.entry.assessment.harms}))
        posts = sum(1 for one in items if not _is_public(one))
        texts = {one.entry.family_id for one in items}
        asked = [proposal for one in together for proposal in self.proposals(one)]
        agency = ""
        if section in {"feedback", "unverified"} or any(proposal.action == "A07" for proposal in asked):
            agency = self.agency(entry)
        answer = min((proposal for proposal in asked if proposal.action == "A08"), key=_due_at, default=None)
        return StoryView(
            story_id=story.story.story_id,
            headline=choice.candidate.headline,
            summary=summary,
            summary_item=None if hidden else main.item.item_id,
            quote=quoted,
            quote_item=quoted_item,
            places=self.place_names(_ranked(one.place_codes for one in items)),
            fields=tuple(self.fields[key] for key in choice.candidate.fields if key in self.fields),
            lane={"negative": "neutral", "news": "neutral"}.get(section, section),
            group=section,
            tone=dominant([one.tone for one in items], story.story.tone),
            severity=choice.candidate.severity,
            reach=choice.candidate.reach,
            agency=agency,
            deadline=self.due(answer) if answer and section == "feedback" else "",
            status=self.status(section, story, items),
            reviewed=not self.given.automatic and all(one.checked for one in items),
            confidence=round(fmean(one.entry.assessment.lane_probability for one in items), 2),
            families=len(texts),
            outlets=len({_publisher(one) for one in items if _is_public(one)}),
            posts=posts,
            copies=len(items) - len(texts),
            items=self.item_views(main, quoted_item, items, refs=0 if section == "harm" else REFS.get(shown, 0)),
            proposals=self.proposal_views(proposals, section),
            also=self.also(main, items) if len(texts) >= ALSO_FROM and section != "harm" else (),
            harms=harms if section == "harm" else (),
            kind_words="; ".join(wording.HARMS[harm] for harm in harms) if section == "harm" else "",
            score=choice.score,
            why=choice.why,
            shown=shown,
            joined=tuple(one.story.story.story_id for one in joined),
            plan=self.plan(asked, section, story.story.story_id, agency),
            links=tuple(link for link in _links(items) if link not in summary) if section == "harm" else (),
        )

    def main_item(self, story: StoryInput, items: Sequence[Judged]) -> Judged:
        """Return the item whose own words summarise: press before posts; in a disaster the newest that still holds.

        Texts that name the report area in their title come first. An overtaken bulletin or forecast must not stand as
        current, so official texts past ``valid_until`` and those followed by a newer one of their series come last.
        """
        newest: dict[str, datetime] = {}
        for one in items:
            if one.item.bulletin:
                newest[one.item.bulletin] = max(newest.get(one.item.bulletin, one.item.time), one.item.time)
        sizes = Counter(one.entry.family_id for one in items)
        moving = any(_DISASTER in one.fields[:1] for one in items)

        def rank(one: Judged) -> tuple[bool, bool, int, bool, float, float, str]:
            item = one.item
            overtaken = bool(item.valid_until and item.valid_until < self.given.window_end) or bool(
                item.bulletin and item.time < newest[item.bulletin]
            )
            age = (self.given.window_end - item.time).total_seconds()
            corroborated = -float(sizes[one.entry.family_id])
            first, second = (age, corroborated) if moving else (corroborated, age)
            lead = not moving and item.item_id == story.story.lead_item_id
            return (not _is_public(one), overtaken, -self.named(one), not lead, first, second, item.item_id)

        return min(items, key=rank)

    def named(self, one: Judged) -> int:
        """Return how plainly an item is about the report area: 2 named in its title, 1 in its text, 0 not at all."""
        hits = [hit for hit in one.entry.assessment.places if self.kind(hit.place_code) is not None]
        inside = [hit for hit in hits if self.province.in_report_area(hit.place_code)]
        if any(hit.start < len(one.item.title) for hit in inside):
            return 2
        return 1 if inside else 0

    def also(self, main: Judged, items: Sequence[Judged]) -> tuple[Sentence, ...]:
        """Return titles of other independent public texts of a wide story, plainest and newest first."""
        others = sorted(
            (one for one in items if _is_public(one) and one.entry.family_id != main.entry.family_id),
            key=lambda one: (-self.named(one), -one.item.time.timestamp(), one.item.item_id),
        )
        titles: dict[str, Sentence] = {}
        for one in {one.entry.family_id: one for one in reversed(others)}.values():
            title = extract.headline(one.item).rstrip(".")
            text = f"{title} ({wording.short_instant(one.item.time, self.zone)})"
            titles.setdefault(fold(title), Sentence(text=text, sources=(one.item.item_id,)))
        titles.pop(fold(extract.headline(main.item).rstrip(".")), None)
        return tuple(reversed(titles.values()))[:ALSO_SHOWN]

    def headline(self, story: StoryInput, items: Sequence[Judged], section: str) -> str:
        verdict = decision_on(story.decisions, "story", story.story.story_id)
        if verdict and verdict.changes.get("headline") and section not in _SUSPECT:
            return extract.one_line(str(verdict.changes["headline"]))
        main = self.main_item(story, items)
        if _is_public(main) and not _unquoted(main):
            return extract.headline(main.item)
        # Posts have no title of their own; what is printed is their assessment, not a resident's first words.
        fields = _ranked(entry.fields for entry in items)
        places = self.place_names(_ranked(entry.place_codes for entry in items))
        if section == "harm":
            harms = sorted({finding.harm for one in items for finding in one.entry.assessment.harms})
            what = "; ".join(wording.HARMS[harm] for harm in harms) or "có nguy cơ gây hại"
            head = f"Bài đăng {what}"
        else:
            what = {
                "feedback": "Phản ánh",
                "good": "Thông tin tích cực",
                "unverified": "Thông tin chưa kiểm chứng",
            }.get(section, "Thông tin")
            head = f"{what} về {_lower(self.fields[fields[0]])}" if fields and fields[0] in self.fields else what
        return head + (f" – {places[0]}" if places else "")

    def severity(self, story: StoryInput, items: Sequence[Judged]) -> Severity:
        verdict = decision_on(story.decisions, "story", story.story.story_id)
        if verdict and "severity" in verdict.changes:
            return Severity(verdict.changes["severity"])
        return max(one.entry.assessment.severity for one in items)

    # What is proposed

    def live(self, proposals: Iterable[Proposal]) -> list[Proposal]:
        order = {state: number for number, state in enumerate(ProposalState)}
        return sorted(
            (proposal for proposal in proposals if proposal.state is not ProposalState.REJECTED),
            key=lambda proposal: (proposal.due_at, proposal.action, order[proposal.state], proposal.proposal_id),
        )

    def proposals(self, entry: _Entry) -> list[Proposal]:
        """Return the live proposals of a story's items in one section, the soonest due first."""
        ids = {one.item.item_id for one in entry.items}
        suspect = entry.section in _SUSPECT
        return [
            proposal
            for proposal in self.live(entry.story.proposals)
            if (proposal.item_id in ids if suspect else proposal.item_id is None)
            and not (self.given.automatic and proposal.action == "A16")
        ]

    def proposal_views(self, proposals: Sequence[Proposal], section: str) -> tuple[ProposalView, ...]:
        """Return one view per action."""
        return tuple(self.proposal(group, section) for group in _by_action(proposals).values())

    def proposal(self, group: Sequence[Proposal], section: str) -> ProposalView:
        """Return the proposals of one action as one; the first is the soonest due."""
        first = group[0]
        action = catalogue()[first.action]
        actor = self.actors(group)
        words = action.words
        for name, value in (
            ("{actor}", actor),
            ("{due}", self.due(first)),
            ("{first_reply}", f"ngày {wording.day(self.first_reply(first))}"),
        ):
            words = words.replace(name, value)
        order = list(ProposalState)
        state = min((proposal.state for proposal in group), key=order.index)
        if section in _SUSPECT and state in _AGREED:
            words = f"{words.rstrip('.')} ({'đã chuyển' if first.action in _SENT_ON else 'đã duyệt'})."
        return ProposalView(
            proposal_id=first.proposal_id,
            code=first.action,
            name=action.name,
            words=words[:1].upper() + words[1:],
            actor=actor,
            due=self.iso(first.due_at),
            state=state,
            basis=tuple(
                self.instruments[key]
                for key in dict.fromkeys(key for proposal in group for key in proposal.basis)
                if key in self.instruments
            ),
            also=tuple(proposal.proposal_id for proposal in group[1:]),
        )

    def plan(self, proposals: Sequence[Proposal], section: str, story_id: str, agency: str) -> str:
        """Return what is proposed in short words with the dates that are still ahead; the whole sentences are in JSON."""
        if section in _SUSPECT:
            return self.suspect_plan(proposals)
        parts = []
        for code, group in _by_action(sorted(proposals, key=_due_at)).items():
            first = group[0]
            due = first.due_at.astimezone(self.zone)
            # Another agency than the one that answers is named where it acts.
            other = self.actor(first.actor)
            who = f"{other} " if agency and other != agency else ""
            if code == "A07":
                case = next((case for case in self.given.cases if case.story_id == story_id), None)
                sent = f"đã chuyển {_short_day(case.opened_at.astimezone(self.zone))}" if case else "chuyển trong ngày"
                parts.append(sent)
            elif code == "A08":
                parts.append(f"phản hồi {_short_day(self.first_reply(first))}; trả lời {self.near_day(due)}")
            elif code == "A04":
                parts.append(f"{who}công bố thông tin trước {wording.short_instant(due, self.zone)}")
            elif code == "A05":
                parts.append(f"{who}phát ngôn trước {wording.short_instant(due, self.zone)}")
            elif code == "A16":
                parts.append("kính đề nghị Chủ tịch cho ý kiến")
            else:
                parts.append(_SHORT.get(code) or _lower(self.proposal(group, section).words.rstrip(".")))
        words = "; ".join(parts)
        return f"{words[:1].upper()}{words[1:]}." if words else ""

    def suspect_plan(self, proposals: Sequence[Proposal]) -> str:
        """Return what is proposed on suspicions by how far it is: ``Đã chuyển: …. Đã duyệt: …. Chờ duyệt: ….``"""
        stages: dict[str, list[str]] = {}
        asks = ""
        asked = ""
        for code, group in _by_action(sorted(proposals, key=_due_at)).items():
            if code == "A16":
                asks = " Kính đề nghị Chủ tịch cho ý kiến."
                continue
            agreed = all(proposal.state in _AGREED for proposal in group)
            words = _SHORT.get(code, _lower(catalogue()[code].name))
            # Who was asked to verify needs no second naming to publish.
            words = words.replace("{actor} công bố", "công bố") if self.actors(group) == asked else words
            words = words.replace("{actor}", self.actors(group))
            asked = self.actors(group) if code == "A02" else asked
            ahead = [proposal.due_at for proposal in group if proposal.due_at > self.given.window_end]
            if not agreed or (ahead and code not in _SENT_ON):
                words += f" (hạn {wording.short_instant(min(ahead, default=group[0].due_at), self.zone)})"
            stage = "Chờ duyệt" if not agreed else "Đã chuyển" if code in _SENT_ON else "Đã duyệt"
            stages.setdefault(stage, []).append(words)
        return " ".join(f"{stage}: {'; '.join(words)}." for stage, words in stages.items()) + asks

    def first_reply(self, proposal: Proposal) -> date:
        opened = proposal.created_at.astimezone(self.zone).date()
        return self.province.calendar.add_working_days(opened, self.province.deadlines_on(opened).first_reply_days)

    def due(self, proposal: Proposal) -> str:
        """Return the deadline in words: with its hour where hours count, else the day."""
        if proposal.due_at - proposal.created_at <= timedelta(hours=30):
            return wording.instant(proposal.due_at, self.zone)
        return f"ngày {wording.day(proposal.due_at.astimezone(self.zone).date())}"

    def near_day(self, value: datetime) -> str:
        """Return a day without the year where it is the edition's."""
        return _short_day(value) if value.year == self.day.year else wording.day(value.date())

    def actors(self, group: Iterable[Proposal]) -> str:
        names = list(dict.fromkeys(self.actor(proposal.actor) for proposal in group))
        return " và ".join(filter(None, (", ".join(names[:-1]), names[-1])))

    def actor(self, code: str) -> str:
        try:
            return self.province.agency(code).name
        except UnknownCode:
            return wording.DUTIES.get(code, "cơ quan có trách nhiệm")

    def agency(self, entry: _Entry) -> str:
        """Return who must answer or verify: as decided in a proposal, else the assessment, else the directory.

        Empty where nobody fits.
        """
        wanted = {"A02"} if entry.section in _SUSPECT else {"A07", "A08"}
        for proposal in self.proposals(entry):
            if proposal.action in wanted:
                return self.actor(proposal.actor)
        for code in entry.story.story.agency_codes:
            return self.actor(code)
        places = [code for code in _ranked(one.place_codes for one in entry.items) if self.kind(code) is not None]
        known = [key for key in entry.candidate.fields if key in self.fields]
        agency = self.province.agency_for(known[0], places, self.day) if known else None
        return agency.name if agency else ""

    def status(self, section: str, story: StoryInput, items: Sequence[Judged]) -> str:
        if self.given.automatic:
            return "Chưa được biên tập kiểm tra"
        case = next((case for case in self.given.cases if case.story_id == story.story.story_id), None)
        if case:
            return wording.CASE_STATES[case.state]
        ids = {one.item.item_id for one in items}
        live = [p for p in story.proposals if p.item_id is None or p.item_id in ids]
        if section == "unverified":
            asked = any(p.action == "A02" and p.state in _AGREED for p in live)
            return "Đang xác minh" if asked else "Chờ xác minh"
        states = {p.state for p in live}
        if states & {ProposalState.DONE, ProposalState.RELEASED}:
            return "Đã chuyển"
        if ProposalState.APPROVED in states:
            return "Đã duyệt"
        return "Chờ duyệt" if section == "harm" else "Đã có người kiểm tra"

    def item_views(
        self, main: Judged, quoted: str | None, items: Sequence[Judged], *, refs: int
    ) -> tuple[ItemView, ...]:
        """Return the items: the quoted ones first, then one per family, then the copies.

        The first ``refs`` public ones get numbers.
        """
        seen: set[str] = set()

        def rank(one: Judged) -> tuple[int, datetime, str]:
            if one is main:
                return (0, one.item.time, one.item.item_id)
            if one.item.item_id == quoted:
                return (1, one.item.time, one.item.item_id)
            first = one.entry.family_id not in seen
            seen.add(one.entry.family_id)
            return (2 if first else 3, one.item.time, one.item.item_id)

        views = []
        numbered = 0
        for one in sorted(items, key=rank):
            public = _is_public(one)
            ref = ""
            if public and numbered < refs:
                numbered += 1
                self.refs += 1
                ref = f"{wording.KIND_PREFIX[one.entry.kind]}-{self.refs:02d}"
            quotable = public and not _unquoted(one)
            url = one.item.url if quotable else None
            views.append(
                ItemView(
                    ref=ref,
                    item_id=one.item.item_id,
                    url=wording.defang(url) if url and one.group == "harm" else url,
                    title=extract.one_line(one.item.title) if quotable else "Bài đăng công khai",
                    outlet=one.entry.outlet,
                    kind=str(one.entry.kind),
                    published=self.published(one),
                    edited=self.iso(one.item.changed_at) if one.changed else None,
                )
            )
        return tuple(views)

    def published(self, one: Judged) -> str | None:
        item = one.item
        if item.published_at is None or item.published_precision is Precision.NONE:
            return None
        if item.published_precision is Precision.DAY:
            return item.published_at.astimezone(self.zone).date().isoformat()
        return self.iso(item.published_at)

    def kind(self, code: str) -> PlaceKind | None:
        try:
            return self.province.place(code).kind
        except UnknownCode:
            return None

    def place_names(self, codes: Sequence[str]) -> tuple[str, ...]:
        """Return the printed names: units of today before former ones, the province only where nothing else is named."""
        near = [code for code in codes if self.kind(code) not in {None, PlaceKind.PROVINCE}]
        chosen = near or [code for code in codes if self.kind(code) is PlaceKind.PROVINCE]
        places = sorted((self.province.place(code) for code in chosen), key=lambda place: not place.in_force(self.day))
        return tuple(dict.fromkeys(self.place_name(place) for place in places))

    def place_name(self, place: Place) -> str:
        """Return a place's name within a sentence; a former province is called by its report area."""
        area = self.province.report_area.name
        former = place.kind is PlaceKind.AREA and not place.in_force(self.day)
        if former and place.full_name.startswith("Tỉnh ") and area.endswith(place.name):
            return _place(area)
        return _place(place.full_name)

    def brief_line(self, entry: _Entry) -> Unchecked:
        outlets = sorted({one.entry.outlet for one in entry.items if _is_public(one)})
        words = outlets[0] if len(outlets) == 1 else f"{wording.count(len(outlets))} cơ quan báo chí, nguồn chính thức"
        return Unchecked(story_id=entry.story.story.story_id, headline=entry.candidate.headline, words=words)

    # Summary, figures

    def figures(self) -> Figures:
        given = self.given
        present = frozenset(state.source.kind for state in given.sources if state.answered) | frozenset(
            entry.entry.kind for entry in self.families
        )
        if given.automatic:
            present -= {SourceKind.SOCIAL}
        today = counting.count_window(self.day, self.all, complete=True)
        by_kind = Counter(entry.entry.kind for entry in self.families)
        fresh = [entry for entry in self.all if entry.new and not entry.outside]
        press_kinds = {SourceKind.PRESS_IN, SourceKind.PRESS_OUT}
        total = len(self.families)
        main_fields = Counter(
            self.fields[e.fields[0]] for e in self.families if e.fields and e.fields[0] in self.fields
        )
        places = Counter(
            name
            for entry in self.families
            for name in self.place_names(
                [code for code in dict.fromkeys(entry.place_codes) if self.kind(code) is PlaceKind.COMMUNE]
            )
        )
        delays = [
            (entry.item.collected_at - entry.item.published_at).total_seconds() / 60
            for entry in fresh
            if entry.item.published_at
            and entry.item.published_precision is Precision.MINUTE
            and given.window_start < entry.item.published_at <= entry.item.collected_at
        ]
        days = counting.baseline(given.history)[-13:]
        return Figures(
            total=total,
            press=sum(by_kind[kind] for kind in press_kinds) if present & press_kinds else None,
            official=by_kind[SourceKind.OFFICIAL] if SourceKind.OFFICIAL in present else None,
            social=by_kind[SourceKind.SOCIAL] if SourceKind.SOCIAL in present else None,
            copies=len(fresh) - total,
            outside=len({e.entry.family_id for e in self.all if e.new and e.outside}),
            unplaced=sum(1 for entry in self.families if not entry.place_codes),
            tables=counting.tables(today, given.history, present, automatic=given.automatic),
            fields=_shares(main_fields, total),
            places=_shares(places, total),
            days=tuple(_day_point(day) for day in (*days, today)) if len(days) >= 2 else (),
            baseline_days=len(counting.baseline(given.history)),
            delay_minutes=round(median(delays)) if delays else None,
            confidence=round(fmean(e.entry.assessment.lane_probability for e in self.families), 2)
            if self.families
            else None,
        )

    def summary(self, content: EditionContent) -> tuple[Sentence, ...]:
        ids = tuple(sorted(entry.item.item_id for entry in self.families))
        figures = content.figures
        if not figures.total:
            return ()
        parts = []
        if figures.press is not None:
            parts.append(f"báo chí {wording.figure(figures.press)}")
        if figures.official is not None:
            parts.append(f"nguồn chính thức {wording.figure(figures.official)}")
        if figures.social is not None:
            parts.append(f"mạng xã hội {wording.figure(figures.social)}")
        what = "tin, bài" if self.given.automatic else "tin, bài báo và bài đăng công khai"
        merged = f"; đã gộp {wording.count(figures.copies)} bản đăng lại" if figures.copies else ""
        before = figures.tables[0].rows[0].day_before
        trend = f", {before} so với ngày trước" if before != wording.NOT_ENOUGH else ""
        found = [
            Sentence(
                text=f"Trong kỳ ghi nhận {wording.count(figures.total)} {what} có liên quan "
                f"({', '.join(parts)}{merged}){trend}.",
                sources=ids,
            )
        ]
        top = sorted(
            (
                story
                for section in content.sections
                for story in section.full
                if section.key in {"good", "negative", "feedback", "news"}
            ),
            key=lambda story: (-story.score, story.story_id),
        )[:3]
        if top:
            found.append(
                Sentence(
                    text="Nổi bật: " + "; ".join(f"“{extract.clip(_title_of(story), 14)}”" for story in top) + ".",
                    sources=tuple(story.story_id for story in top),
                )
            )
        urgent = [
            (_where(content, section, story), story)
            for section in content.sections
            for story in section.stories
            if story.severity == Severity.S4
        ]
        if urgent:
            where = ", ".join(dict.fromkeys(where for where, _ in urgent))
            text = f"Có {wording.count(len(urgent))} việc mức khẩn cấp ({where})."
            found.append(Sentence(text=text, sources=tuple(story.story_id for _, story in urgent)))
        elif not self.given.automatic and not content.rescues:
            # Only people can say that nothing is urgent; a call for rescue always was.
            found.append(Sentence(text="Không có vụ việc mức khẩn cấp."))
        if content.rescues:
            number = wording.count(len(content.rescues))
            where = f"mục {content.numbers['rescues']}"
            ids = tuple(key for line in content.rescues for key in line.sources)
            found.append(Sentence(text=f"Đã chuyển {number} yêu cầu cứu nạn, cứu trợ ({where}).", sources=ids))
        return tuple(found)

    def decisions(self, content: EditionContent) -> tuple[Sentence, ...]:
        """Return what is asked of the Chairman, at most three (``domain.md`` §7).

        What people proposed for a decision (A16) comes first, then wide rumours nobody confirmed, cases past their
        date, and warnings of grave harm: the weightiest of each kind before the second of one.
        """
        if self.given.automatic:
            return ()
        asked: list[list[tuple[float, Sentence]]] = [[], [], [], []]
        for section in content.sections:
            for story in section.full:
                where = _where(content, section, story)
                codes = {proposal.code for proposal in story.proposals}
                if "A16" in codes:
                    act = next(
                        (p.words for p in story.proposals if p.code not in {"A16", "A01"}), "Xin ý kiến chỉ đạo."
                    )
                    rank, text = 0, f"{_title_of(story)}: {_lower(act.rstrip('.'))} ({where})."
                elif section.key == "unverified" and story.reach in {Reach.R2, Reach.R3}:
                    due = self.next_due(story, {"A02", "A04"})
                    rank, text = (
                        1,
                        (
                            f"Giao {story.agency or 'cơ quan có trách nhiệm'} cung cấp thông tin chính thức {due}: "
                            f"{_lower(_title_of(story))} ({where})."
                        ),
                    )
                elif section.key == "harm" and story.severity in {Severity.S3, Severity.S4} and "A12" in codes:
                    place = f" tại {story.places[0]}" if story.places else ""
                    due = self.next_due(story, {"A12"})
                    rank, text = 3, f"Thống nhất phát cảnh báo người dân {due}: {story.kind_words}{place} ({where})."
                else:
                    continue
                asked[rank].append((-story.score, Sentence(text=text, sources=(story.story_id,))))
        for number, case in enumerate(content.cases.shown, start=1):
            if case.overdue_days:
                text = (
                    f"Đôn đốc {case.agency} trả lời việc “{case.summary.rstrip('.')}”, quá hạn "
                    f"{wording.count(case.overdue_days)} ngày làm việc (mục {content.numbers['cases']}.{number})."
                )
                asked[2].append((-case.overdue_days, Sentence(text=text, sources=(case.case_id,))))
        for rows in asked:
            rows.sort(key=lambda row: (row[0], row[1].sources))
        proposed, *derived = asked
        first = [*proposed, *(rows[0] for rows in derived if rows)]
        rest = [row for rows in derived for row in rows[1:]]
        return tuple(sentence for _, sentence in [*first, *rest][:DECISIONS])

    def next_due(self, story: StoryView, codes: set[str]) -> str:
        """Return the soonest deadline of the actions that can still be met, else "trong ngày" with the edition's day."""
        dues = [datetime.fromisoformat(proposal.due) for proposal in story.proposals if proposal.code in codes]
        ahead = min((due for due in dues if due > self.given.window_end + SOON), default=None)
        return f"trước {wording.short_instant(ahead, self.zone)}" if ahead else f"trong ngày {_short_day(self.day)}"

    def press_requests(self, sections: Sequence[Section]) -> tuple[Sentence, ...]:
        """Return the press questions to answer and the first statements due within 24 hours."""
        return tuple(
            Sentence(text=f"{_title_of(story)}: {_lower(proposal.words)}", sources=(story.story_id,))
            for section in sections
            for story in section.full
            for proposal in story.proposals
            if proposal.code == "A05"
        )

    def rescue(self, call: RescueCall) -> Sentence:
        """Return a call for rescue in words: need, place, when and to whom; never a contact or an address."""
        need = (
            ", ".join(wording.NEEDS.get(need, wording.NEEDS["other"]) for need in call.need) or wording.NEEDS["other"]
        )
        known = call.place_code is not None and self.kind(call.place_code) is not None
        place = self.place_names([call.place_code])[0] if call.place_code and known else "chưa xác định địa bàn"
        state = wording.RESCUE_STATES[call.state]
        if call.state is RescueState.CLOSED and call.closed_at:
            state += f" {wording.short_instant(call.closed_at, self.zone)}"
        sent = wording.short_instant(call.sent_at, self.zone)
        return Sentence(text=f"{place}, {need} (chuyển {sent}, {state})", sources=(call.rescue_id,))

    # Cases, sources

    def cases(self, sections: Sequence[Section]) -> Cases:
        """Return the numbers, and the cases to mention.

        Those overdue, those answered in the window, and a few new ones that no section names already.
        """
        if self.given.automatic:
            return Cases()
        named = {story.story_id for section in sections for story in section.stories if story.shown != Shown.COUNTED}
        current = [case for case in self.given.cases if self.is_current(case)]
        late = {case.case_id: self.overdue_days(case) for case in current}
        overdue = [case for case in current if late[case.case_id]]
        answered = [case for case in current if self.answered(case)]
        overdue.sort(key=lambda case: (-late[case.case_id], case.case_id))
        start, end = self.given.window_start, self.given.window_end
        fresh = [case for case in answered if case not in overdue and case.answered_at and start < case.answered_at]
        opened = [
            case
            for case in current
            if start < case.opened_at <= end and case.story_id not in named and case not in [*overdue, *fresh]
        ]
        shown = [*overdue[:OVERDUE_SHOWN], *fresh[:ANSWERED_SHOWN], *opened[:OPENED_SHOWN]]
        return Cases(
            total=len(current),
            answered=len([case for case in answered if case not in overdue]),
            in_time=len([case for case in current if case not in overdue and case not in answered]),
            overdue=len(overdue),
            shown=tuple(self.case(case, late[case.case_id]) for case in shown),
            more=len(overdue) + len(fresh) - len([case for case in shown if case not in opened]),
        )

    def answered(self, case: Case) -> bool:
        """Tell whether the agency had answered at the cut-off."""
        return case.answered_at is not None and case.answered_at <= self.given.window_end

    def is_current(self, case: Case) -> bool:
        """Tell whether a case still counts: open, or closed or returned within this window."""
        if case.opened_at > self.given.window_end:
            return False
        return case.closed_at is None or self.given.window_start < case.closed_at

    def overdue_days(self, case: Case) -> int:
        """Return working days past the clock that runs now: the first reply while unanswered, then the final answer."""
        if case.state in {CaseState.PUBLISHED, CaseState.CLOSED, CaseState.RETURNED}:
            return 0
        due = case.final_due if self.answered(case) else case.first_reply_due
        if self.given.window_end <= due:
            return 0
        days = self.province.calendar.working_days_between(due.astimezone(self.zone).date(), self.day)
        return max(1, days)

    def case(self, case: Case, late: int) -> CaseView:
        opened = f"chuyển {_short_day(case.opened_at.astimezone(self.zone))}"
        if late:
            words = f"{opened}; quá hạn {wording.count(late)} ngày làm việc"
        elif case.answered_at and self.answered(case):
            words = f"{opened}; {_lower(wording.CASE_STATES[case.state])} {_short_day(case.answered_at.astimezone(self.zone))}"
        else:
            words = f"{opened}; hạn phản hồi {self.near_day(case.first_reply_due.astimezone(self.zone))}"
        if case.reminders:
            words += f"; đã nhắc {wording.count(case.reminders)} lần"
        return CaseView(
            case_id=case.case_id,
            summary=extract.clip(extract.one_line(case.summary), 14),
            agency=self.actor(case.agency_code),
            status="Quá hạn" if late else wording.CASE_STATES[case.state],
            words=words,
            overdue_days=late,
        )

    def coverage(self) -> tuple[Coverage, ...]:
        found = []
        for kind in KINDS:
            states = [state for state in self.given.sources if state.source.kind is kind]
            outlets: dict[str, list[SourceState]] = {}
            for state in states:
                outlets.setdefault(state.source.outlet, []).append(state)
            found.append(
                Coverage(
                    kind=str(kind),
                    label=wording.KINDS[kind],
                    configured=len(outlets),
                    answered=sum(1 for group in outlets.values() if any(state.answered for state in group)),
                    failing=tuple(
                        sorted(
                            group[0].source.name
                            for group in outlets.values()
                            if not any(state.answered for state in group) and any(state.error for state in group)
                        )
                    ),
                )
            )
        return tuple(found)

    def limits(self, figures: Figures) -> tuple[Sentence, ...]:
        found = []
        if figures.delay_minutes is not None:
            found.append(
                f"Thời gian từ khi đăng đến khi phát hiện (trung vị): {wording.duration(figures.delay_minutes)}."
            )
        if figures.unplaced:
            found.append(f"Chưa xác định địa bàn: {wording.count(figures.unplaced)} tin, bài.")
        if figures.outside:
            found.append(
                f"Ngoài địa bàn báo cáo, trong tỉnh: {wording.count(figures.outside)} tin, bài (không tính vào các bảng)."
            )
        if self.given.automatic:
            found.append(
                "Bản tự động không nêu nội dung mạng xã hội, tin chưa kiểm chứng và thông tin có nguy cơ gây hại "
                "vì chưa có người kiểm tra."
            )
        found.append("Không thu thập nhóm kín, tin nhắn riêng; không lưu danh tính người đăng.")
        return tuple(Sentence(text=text) for text in found)

    def ai_notice(self, sections: Sequence[Section], figures: Figures) -> str:
        """Return the sentence on software and people, computed from what really happened."""
        sure = f" Độ tin cậy phân loại trung bình {wording.decimal(figures.confidence)}." if figures.confidence else ""
        if self.given.automatic:
            return (
                "Báo cáo do phần mềm trí tuệ nhân tạo tự động tổng hợp từ các tin, bài đã dẫn nguồn; "
                f"chưa có người kiểm tra, chỉ dùng để tham khảo.{sure}"
            )
        shown = [story for section in sections for story in section.full]
        checked = sum(1 for story in shown if story.reviewed)
        if not shown:
            people = "không có nội dung cần kiểm tra"
        elif checked == len(shown):
            people = "người biên tập đã kiểm tra các mục nêu trong báo cáo"
        else:
            people = (
                f"người biên tập đã kiểm tra {checked}/{len(shown)} mục nêu trong báo cáo, "
                "các mục còn lại là tin báo chí, nguồn chính thức"
            )
        return f"Báo cáo được hỗ trợ bởi phần mềm trí tuệ nhân tạo; {people}.{sure}"


def _is_public(judged: Judged) -> bool:
    """Tell whether the item may be named with title and link: press, broadcast and official.

    Never a resident's post.
    """
    return judged.item.channel in {Channel.PRESS, Channel.OFFICIAL, Channel.BROADCAST}


def _publisher(judged: Judged) -> str:
    return judged.entry.source.outlet if judged.entry.source else judged.item.source_id


def _evidence(judged: Judged) -> Iterator[Span]:
    assessment = judged.entry.assessment
    for finding in assessment.harms:
        yield from finding.spans
    yield from assessment.spans


def _ranked(lists: Iterable[Sequence[str]]) -> tuple[str, ...]:
    """Return the codes of all lists by weight: the first of each list counts double; ties in order of appearance."""
    weights: Counter[str] = Counter()
    for codes in lists:
        for number, code in enumerate(codes):
            weights[code] += 1 if number else 2
    return tuple(code for code, _ in weights.most_common())


def _score(entry: _Entry) -> float:
    return _worth(entry)[0]


def _title_of(story: StoryView) -> str:
    return (story.headline or extract.clip(story.summary, 20)).rstrip(".")


def _where(content: EditionContent, section: Section, story: StoryView) -> str:
    """Return the place of a story on the pages: ``mục IV.1``, the row it was merged into, or the section."""
    number = content.numbers[section.key]
    for place, one in enumerate(section.full, start=1):
        if one is story or story.story_id in one.joined:
            return f"mục {number}.{place}"
    return f"mục {number}"


def _unquoted(judged: Judged) -> str:
    """Return the words that stand for a text that must not be spread; empty for all others."""
    harms = UNQUOTED.intersection(finding.harm for finding in judged.entry.assessment.harms)
    if Harm.CHILD_ABUSE in harms:
        return "Nội dung xâm hại trẻ em; không lưu, không dẫn nguyên văn."
    if Harm.LEAKED_DATA in harms:
        kinds = ", ".join(extract.masked_kinds(judged.item.text)) or "thông tin cá nhân"
        return f"Công khai dữ liệu cá nhân của người dân: {kinds}; không dẫn nguyên văn."
    return "Lời lẽ miệt thị, xúc phạm; không dẫn nguyên văn." if harms else ""


def _links(items: Iterable[Judged]) -> tuple[str, ...]:
    """Return the links that the harm works with, defanged: what a warning must name.

    Those the assessment found, else those that stand in the texts.
    """
    quotable = [one for one in items if not _unquoted(one)]
    found = [
        artefact
        for one in quotable
        for finding in one.entry.assessment.harms
        for artefact in finding.artefacts
        if _LINK.fullmatch(artefact)
    ]
    found = found or [link for one in quotable for link in wording.links(one.item.text)]
    return tuple(dict.fromkeys(wording.defang(link) for link in found))


def _by_action(proposals: Iterable[Proposal]) -> dict[str, list[Proposal]]:
    """Return the proposals by action in the order of printing."""
    groups: dict[str, list[Proposal]] = {}
    for proposal in proposals:
        groups.setdefault(proposal.action, []).append(proposal)
    return {code: groups[code] for code in _ORDER if code in groups}


def _due_at(proposal: Proposal) -> tuple[datetime, str]:
    return (proposal.due_at, proposal.proposal_id)


def _worth(entry: _Entry) -> tuple[float, tuple[Reason, ...]]:
    why = importance(entry.candidate)
    return round(sum(reason.points for reason in why), 2), why


def _sum_of(candidates: Sequence[Candidate]) -> Candidate:
    """Return like complaints as one candidate, named after the first."""
    lead = candidates[0]
    if len(candidates) == 1:
        return lead
    return replace(
        lead,
        reach=max(one.reach for one in candidates),
        families=sum(one.families for one in candidates),
        new_families=sum(one.new_families for one in candidates),
        first_seen_before=all(one.first_seen_before for one in candidates),
        need_days=max(one.need_days for one in candidates),
        outlets=tuple(sorted({outlet for one in candidates for outlet in one.outlets})),
        last=max(one.last for one in candidates),
    )


def _short_day(value: date) -> str:
    """Return ``27/11``: within an edition the year goes without saying."""
    return wording.day(value).rpartition("/")[0]


def _shares(counted: Counter[str], total: int) -> tuple[Share, ...]:
    ranked = sorted(counted.items(), key=lambda pair: (-pair[1], pair[0]))
    return tuple(Share(name=name, number=number, share=wording.percent(number, total)) for name, number in ranked[:8])


def _day_point(day: DayCounts) -> DayPoint:
    return DayPoint(
        day=day.day.isoformat(),
        positive=day.tone(Tone.POSITIVE),
        neutral=day.tone(Tone.NEUTRAL) + day.tone(Tone.UNKNOWN),
        negative=day.tone(Tone.NEGATIVE),
        mixed=day.tone(Tone.MIXED),
    )


_KINDS_OF_PLACE = frozenset(
    "địa phường xã thị tỉnh thành huyện quận đặc vùng khu sân hồ đập sông cầu đèo núi bãi đảo suối cảng đường".split()
)


def _place(name: str) -> str:
    """Return a place's name for the middle of a sentence: "Phường Quy Nhơn" as "phường Quy Nhơn", "Eo Gió" as it is."""
    return _lower(name) if name.split(" ", 1)[0].lower() in _KINDS_OF_PLACE else name


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]
