"""From stored records to the content of an edition: a pure function.

Every word comes from stored items or counts of them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import fmean, median
from zoneinfo import ZoneInfo

from handling.catalogue import catalogue
from provinces import Province
from provinces.errors import UnknownCode
from provinces.types import PlaceKind, Source, SourceKind
from records.types import (
    Case,
    CaseState,
    Channel,
    Lane,
    Precision,
    Proposal,
    ProposalState,
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
    NearMiss,
    ProposalView,
    Section,
    Sentence,
    Share,
    StoryView,
    Unchecked,
)
from reports.select import NEAR_MISSES, Candidate, Choice, caps, choose, importance
from text import fold

STALE_AFTER = timedelta(hours=3)
"""A last good collection older than this before the cut-off makes the day stale.

Feeds are polled at least every 30 minutes [J].
"""

REFS_PER_STORY = 6
"""Sources numbered in the annex per story; the rest stands in ``edition.json``."""
ALSO_FROM, ALSO_SHOWN = 4, 5
"""Stories of so many independent texts show so many further titles: one summary cannot speak for eleven articles."""
CASES_SHOWN = 6
UNCHECKED_SHOWN = 12
OUTSIDE_SHOWN = 5
DECISIONS = 3
"""At most three decisions a day are asked of the Chairman (``domain.md`` §5.4, A16)."""

SECTION_TITLES: Mapping[str, str] = {
    "good": "Thông tin tích cực",
    "negative": "Thông tin tiêu cực về thiên tai, tai nạn, vụ việc",
    "feedback": "Tồn tại, hạn chế và phản ánh của người dân",
    "unverified": "Tin chưa kiểm chứng",
    "harm": "Thông tin “xấu, độc” – có nguy cơ gây hại cụ thể",
    "news": "Thời sự khác đáng chú ý",
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
    reviewed. ``seen``: stories that an earlier edition printed. ``corrections`` come from people and from withdrawn
    articles.
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
        cases = self.cases()
        coverage = self.coverage()
        notices = self.notices(figures)
        decisions = self.decisions(sections)
        unchecked = [entry for entry in entries if entry.section == "unchecked"]
        unchecked.sort(key=lambda entry: (-_score(entry), entry.candidate.key))
        named = [entry for entry in unchecked if any(_is_public(item) for item in entry.items)]
        outside = [entry for entry in entries if entry.section == "outside"]
        outside.sort(key=lambda entry: (-_score(entry), entry.candidate.key))
        return EditionContent(
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
            subject=self.subject(sections, decisions, figures),
            head=self.head(),
            notices=notices,
            summary=self.summary(sections, figures),
            decisions=decisions,
            figures=figures,
            sections=sections,
            outside=tuple(self.brief_line(entry) for entry in outside[:OUTSIDE_SHOWN]),
            unchecked=tuple(self.brief_line(entry) for entry in named[:UNCHECKED_SHOWN]),
            unchecked_more=max(0, len(named) - UNCHECKED_SHOWN),
            unchecked_posts=sum(len(entry.items) for entry in unchecked if entry not in named),
            cases=cases,
            press_requests=self.press_requests(sections),
            corrections=given.corrections,
            coverage=coverage,
            limits=self.limits(figures),
            ai_notice=self.ai_notice(sections, figures),
            purpose=wording.PURPOSE,
        )

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

    def subject(self, sections: Sequence[Section], decisions: Sequence[Sentence], figures: Figures) -> str:
        urgent = _urgent(sections)
        day = wording.day(self.day)
        if self.given.automatic:
            found = f"{wording.count(figures.total)} tin, bài" if figures.total else "không ghi nhận tin, bài liên quan"
            if urgent:
                found += f"; {wording.count(urgent)} việc mức khẩn cấp"
            return f"[Báo cáo ngày {day} – bản tự động] Chưa được biên tập kiểm tra; {found}"
        tail = f"{wording.count(urgent)} việc mức khẩn cấp" if urgent else "không có việc khẩn cấp"
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
        before = {entry.entry.family_id for entry in judged if not entry.new and not entry.changed}
        suspicions = [entry for entry in fresh if entry.group in {"harm", "unverified"}]
        for group in ("unverified", "harm"):
            members = tuple(entry for entry in suspicions if entry.group == group)
            if members:
                yield self.entry(group, story, members, judged)
        plain = tuple(entry for entry in fresh if entry.group in {"good", "negative", "feedback", "news"})
        # Copies of a text that an earlier edition had are no news.
        if not plain or all(entry.entry.family_id in before for entry in plain):
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
        keys = [key for key in SECTION_TITLES if not (self.given.automatic and key in {"unverified", "harm"})]
        made = []
        limits = caps(Counter(entry.section for entry in entries))
        for key in keys:
            members = {entry.candidate.key: entry for entry in entries if entry.section == key}
            choices = choose([entry.candidate for entry in members.values()], limits[key])
            left = [choice for choice in choices if not choice.shown]
            made.append(
                Section(
                    key=key,
                    title=SECTION_TITLES[key],
                    stories=tuple(self.view(members[c.candidate.key], c) for c in choices if c.shown),
                    more=len(left),
                    near_misses=tuple(
                        NearMiss(
                            story_id=choice.candidate.key.partition(":")[0],
                            headline=choice.candidate.headline,
                            score=choice.score,
                            why=choice.why,
                        )
                        for choice in left[:NEAR_MISSES]
                    ),
                )
            )
        # General news is no part of the mandate: its section only stands where there is some.
        return tuple(section for section in made if section.stories or section.key != "news")

    def view(self, entry: _Entry, choice: Choice) -> StoryView:
        story, items, section = entry.story, entry.items, entry.section
        main = self.main_item(story, items)
        summary = extract.summarise(main.item)
        head = choice.candidate.headline
        if fold(summary).startswith(fold(head.rstrip("…"))):
            # The headline is the text's own opening: print it once.
            head = ""
        quoted, quoted_item = "", None
        if section in {"feedback", "unverified", "harm"}:
            for one in (main, *(other for other in items if other is not main)):
                if one.entry.assessment.version == one.item.version:
                    quoted = extract.quote(one.item, _evidence(one), summary)
                if quoted:
                    quoted_item = one.item.item_id
                    break
        ids = {one.item.item_id for one in items}
        proposals = tuple(
            self.proposal(proposal)
            for proposal in self.live(story.proposals)
            if (proposal.item_id in ids if section in {"unverified", "harm"} else proposal.item_id is None)
        )
        harms = tuple(sorted({finding.harm for one in items for finding in one.entry.assessment.harms}))
        posts = sum(1 for one in items if not _is_public(one))
        texts = {one.entry.family_id for one in items}
        return StoryView(
            story_id=story.story.story_id,
            headline=head,
            summary=summary,
            summary_item=main.item.item_id,
            quote=quoted,
            quote_item=quoted_item,
            places=self.place_names(_ranked(one.place_codes for one in items)),
            fields=tuple(self.fields[key] for key in choice.candidate.fields if key in self.fields),
            lane={"negative": "neutral", "news": "neutral"}.get(section, section),
            group=section,
            tone=dominant([one.tone for one in items], story.story.tone),
            severity=choice.candidate.severity,
            reach=story.story.reach,
            agency=self.agency(story, choice.candidate.fields, items) if section in {"feedback", "unverified"} else "",
            deadline=next((self.due(p) for p in self.live(story.proposals) if p.action == "A08"), "")
            if section == "feedback"
            else "",
            status=self.status(section, story, items),
            reviewed=not self.given.automatic and all(one.checked for one in items),
            confidence=round(fmean(one.entry.assessment.lane_probability for one in items), 2),
            families=len(texts),
            outlets=len({_publisher(one) for one in items if _is_public(one)}),
            posts=posts,
            copies=len(items) - len(texts),
            items=self.item_views(main, quoted_item, items, harm=section == "harm"),
            proposals=proposals if not self.given.automatic else tuple(p for p in proposals if p.code != "A16"),
            also=self.also(main, items) if len(texts) >= ALSO_FROM and section != "harm" else (),
            harms=harms if section == "harm" else (),
            kind_words="; ".join(wording.HARMS[harm] for harm in harms) if section == "harm" else "",
            score=choice.score,
            why=choice.why,
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
        if verdict and verdict.changes.get("headline") and section not in {"unverified", "harm"}:
            return extract.one_line(str(verdict.changes["headline"]))
        main = self.main_item(story, items)
        if _is_public(main):
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

    def live(self, proposals: Iterable[Proposal]) -> list[Proposal]:
        order = {state: number for number, state in enumerate(ProposalState)}
        return sorted(
            (proposal for proposal in proposals if proposal.state is not ProposalState.REJECTED),
            key=lambda proposal: (proposal.due_at, proposal.action, order[proposal.state], proposal.proposal_id),
        )

    def proposal(self, proposal: Proposal) -> ProposalView:
        action = catalogue()[proposal.action]
        actor = self.actor(proposal.actor)
        opened = proposal.created_at.astimezone(self.zone).date()
        reply = self.province.calendar.add_working_days(opened, self.province.deadlines_on(opened).first_reply_days)
        words = action.words
        for name, value in (
            ("{actor}", actor),
            ("{due}", self.due(proposal)),
            ("{first_reply}", f"ngày {wording.day(reply)}"),
        ):
            words = words.replace(name, value)
        return ProposalView(
            proposal_id=proposal.proposal_id,
            code=proposal.action,
            name=action.name,
            words=words[:1].upper() + words[1:],
            actor=actor,
            due=self.iso(proposal.due_at),
            state=proposal.state,
            basis=tuple(self.instruments[key] for key in proposal.basis if key in self.instruments),
        )

    def due(self, proposal: Proposal) -> str:
        """Return the deadline in words: with its hour where hours count, else the day."""
        if proposal.due_at - proposal.created_at <= timedelta(hours=30):
            return wording.instant(proposal.due_at, self.zone)
        return f"ngày {wording.day(proposal.due_at.astimezone(self.zone).date())}"

    def actor(self, code: str) -> str:
        try:
            return self.province.agency(code).name
        except UnknownCode:
            return wording.DUTIES.get(code, "cơ quan có trách nhiệm")

    def agency(self, story: StoryInput, fields: Sequence[str], items: Sequence[Judged]) -> str:
        """Return who must answer: as decided in a proposal, else the assessment, else the directory.

        Empty where nobody fits.
        """
        for proposal in self.live(story.proposals):
            if proposal.action in {"A07", "A08", "A02"}:
                return self.actor(proposal.actor)
        for code in story.story.agency_codes:
            return self.actor(code)
        places = [code for code in _ranked(one.place_codes for one in items) if self.kind(code) is not None]
        known = [key for key in fields if key in self.fields]
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
        self, main: Judged, quoted: str | None, items: Sequence[Judged], *, harm: bool
    ) -> tuple[ItemView, ...]:
        """Return the items: the quoted ones first, then one per family, then the copies.

        The first few public ones get numbers.
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
            if public and not harm and numbered < REFS_PER_STORY:
                numbered += 1
                self.refs += 1
                ref = f"{wording.KIND_PREFIX[one.entry.kind]}-{self.refs:02d}"
            url = one.item.url if public else None
            views.append(
                ItemView(
                    ref=ref,
                    item_id=one.item.item_id,
                    url=wording.defang(url) if url and harm else url,
                    title=extract.one_line(one.item.title) if public else "Bài đăng công khai",
                    outlet=one.entry.outlet,
                    kind=str(one.entry.kind),
                    published=self.published(one),
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
        """Return the printed names: the province as such only where no place within it is named."""
        near = [code for code in codes if self.kind(code) not in {None, PlaceKind.PROVINCE}]
        chosen = near or [code for code in codes if self.kind(code) is PlaceKind.PROVINCE]
        return tuple(dict.fromkeys(_place(self.province.place(code).full_name) for code in chosen))

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

    def summary(self, sections: Sequence[Section], figures: Figures) -> tuple[Sentence, ...]:
        ids = tuple(sorted(entry.item.item_id for entry in self.families))
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
                for section in sections
                for story in section.stories
                if section.key in {"good", "negative", "feedback", "news"}
            ),
            key=lambda story: (-story.score, story.story_id),
        )[:3]
        if top:
            found.append(
                Sentence(
                    text="Nổi bật: " + "; ".join(f"“{_title_of(story)}”" for story in top) + ".",
                    sources=tuple(story.story_id for story in top),
                )
            )
        if len(figures.fields) > 1:
            shares = "; ".join(f"{_lower(entry.name)} ({entry.share})" for entry in figures.fields[:4])
            found.append(Sentence(text=f"Lĩnh vực được nói đến nhiều nhất: {shares}.", sources=ids))
        urgent = [
            (f"{wording.roman(number)}.{place}", story)
            for number, section in enumerate(sections, start=3)
            for place, story in enumerate(section.stories, start=1)
            if story.severity == Severity.S4
        ]
        if urgent:
            where = ", ".join(where for where, _ in urgent)
            text = f"Có {wording.count(len(urgent))} việc mức khẩn cấp (mục {where})."
            found.append(Sentence(text=text, sources=tuple(story.story_id for _, story in urgent)))
        elif not self.given.automatic:
            # Only people can say that nothing is urgent.
            found.append(Sentence(text="Không có vụ việc mức khẩn cấp."))
        return tuple(found)

    def decisions(self, sections: Sequence[Section]) -> tuple[Sentence, ...]:
        """Return what is asked of the Chairman: stories with an A16 proposal, most important first, at most three."""
        if self.given.automatic:
            return ()
        found = []
        for number, section in enumerate(sections, start=3):
            for place, story in enumerate(section.stories, start=1):
                asked = next((p for p in story.proposals if p.code == "A16"), None)
                if asked:
                    act = next(
                        (p.words for p in story.proposals if p.code not in {"A16", "A01"}), "Xin ý kiến chỉ đạo."
                    )
                    text = f"{_title_of(story)}: {act.rstrip('.')} (mục {wording.roman(number)}.{place})."
                    found.append((-story.score, story.story_id, Sentence(text=text, sources=(story.story_id,))))
        return tuple(sentence for _, _, sentence in sorted(found, key=lambda row: row[:2])[:DECISIONS])

    def press_requests(self, sections: Sequence[Section]) -> tuple[Sentence, ...]:
        """Return the press questions to answer and the first statements due within 24 hours."""
        return tuple(
            Sentence(text=f"{_title_of(story)}: {proposal.words}", sources=(story.story_id,))
            for section in sections
            for story in section.stories
            for proposal in story.proposals
            if proposal.code == "A05"
        )

    # Cases, sources

    def cases(self) -> Cases:
        if self.given.automatic:
            return Cases()
        views = []
        answered = in_time = overdue = 0
        open_cases = [case for case in self.given.cases if self.is_current(case)]
        for case in open_cases:
            late = self.overdue_days(case)
            if case.state in {CaseState.ANSWERED, CaseState.PUBLISHED, CaseState.CLOSED}:
                answered += 1
            elif late:
                overdue += 1
            else:
                in_time += 1
            views.append(self.case(case, late))
        views.sort(key=lambda view: (-view.overdue_days, view.case_id))
        return Cases(
            total=len(open_cases),
            answered=answered,
            in_time=in_time,
            overdue=overdue,
            shown=tuple(views[:CASES_SHOWN]),
            more=max(0, len(views) - CASES_SHOWN),
        )

    def is_current(self, case: Case) -> bool:
        """Tell whether a case still counts: open, or closed or returned within this window."""
        if case.opened_at >= self.given.window_end:
            return False
        return case.closed_at is None or self.given.window_start <= case.closed_at < self.given.window_end

    def overdue_days(self, case: Case) -> int:
        """Return working days past the clock that runs now: the first reply while unanswered, then the final answer."""
        if case.state in {CaseState.PUBLISHED, CaseState.CLOSED, CaseState.RETURNED}:
            return 0
        due = case.final_due if case.answered_at else case.first_reply_due
        if self.given.window_end <= due:
            return 0
        days = self.province.calendar.working_days_between(due.astimezone(self.zone).date(), self.day)
        return max(1, days)

    def case(self, case: Case, late: int) -> CaseView:
        opened = wording.day(case.opened_at.astimezone(self.zone).date())
        if late:
            words = f"chuyển ngày {opened}; quá hạn {wording.count(late)} ngày làm việc"
        elif case.answered_at:
            words = f"chuyển ngày {opened}; trả lời ngày {wording.day(case.answered_at.astimezone(self.zone).date())}"
        else:
            words = f"chuyển ngày {opened}; hạn phản hồi ngày {wording.day(case.first_reply_due.astimezone(self.zone).date())}"
        if case.reminders:
            words += f"; đã nhắc {wording.count(case.reminders)} lần"
        return CaseView(
            case_id=case.case_id,
            summary=extract.clip(extract.one_line(case.summary), 30),
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
        shown = [story for section in sections for story in section.stories]
        checked = sum(1 for story in shown if story.reviewed)
        if not shown:
            people = "không có nội dung cần kiểm tra"
        elif checked == len(shown):
            people = "người biên tập đã kiểm tra các mục nêu trong báo cáo"
        else:
            people = (
                f"người biên tập đã kiểm tra {checked}/{len(shown)} mục nêu trong báo cáo, "
                "các mục còn lại là tin báo chí, nguồn chính thức không cần quyết định"
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
    return sum(reason.points for reason in importance(entry.candidate))


def _title_of(story: StoryView) -> str:
    return (story.headline or extract.clip(story.summary, 20)).rstrip(".")


def _urgent(sections: Sequence[Section]) -> int:
    return sum(1 for section in sections for story in section.stories if story.severity == Severity.S4)


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
