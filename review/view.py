"""One task on one screen: what it is, what speaks for it, what is proposed. Nothing on it can be opened by a click."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain, pairwise

from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.text import Text

from handling.wording import (
    HARMS,
    LANES,
    LINK,
    SEVERITIES,
    agency_name,
    defang,
    defang_text,
    instant,
    place_name,
    say,
)
from provinces import Province
from provinces.errors import UnknownCode
from records import Assessed
from records.types import Assessment, Channel, Lane, Span
from review.queue import Task, TaskKind

CONTEXT = 140
"""Characters shown before and after a piece of evidence."""
EXCERPT = 500
"""Characters shown of a text without evidence."""
SURE, FAIR = 0.85, 0.6
"""From where on a calibrated probability is called high or medium (our choice; ``domain.md`` §6 names the words)."""

TITLES = {
    TaskKind.STORY: "CÂU CHUYỆN",
    TaskKind.ITEM: "TIN CẦN QUYẾT ĐỊNH TỪNG TIN",
    TaskKind.READ: "TIN TIẾNG KHÁC, CẦN NGƯỜI ĐỌC",
    TaskKind.PROPOSAL: "CHỜ NGƯỜI THỨ HAI DUYỆT",
    TaskKind.SENT: "ĐÃ CHUYỂN NGAY – CHỜ NGƯỜI THỨ HAI XÁC NHẬN",
}


def confidence(probability: float) -> str:
    """Return a probability in the officer's words."""
    return "Cao" if probability >= SURE else "Vừa" if probability >= FAIR else "Thấp"


def screen(task: Task, province: Province, place: str, *, full: bool = False) -> RenderableType:
    """Return the screen of a task; ``place`` is its place in the queue ("12/57"), ``full`` shows texts as a whole."""
    lines: list[RenderableType] = []
    if task.kind is TaskKind.STORY:
        lines += _story(task, full)
    else:
        for one in task.assessed[:1]:
            lines += _item(one, province, len(task.assessed), full)
    judged = [one.assessment for one in task.assessed]
    places = _names((hit.place_code for each in judged for hit in each.places), province)
    agencies = dict.fromkeys(code for each in judged for code in each.agency_codes) or task.story.agency_codes
    lines += [
        Text(),
        _line("Địa bàn", ", ".join(places) or "chưa xác định địa bàn"),
        _line("Cơ quan trả lời", ", ".join(agency_name(province, code) for code in agencies) or "chưa xác định"),
        _line("Nguồn", f"{task.story.items} tin, bài · {task.story.families} nguồn độc lập"),
        _line("Xếp trước vì", " · ".join(task.why)),
        *(_line("Độ tin cậy", _how_sure(each)) for each in judged[:1]),
        Text("Đề xuất", style="bold"),
        *(Text(f"  – {say(proposal, province)}") for proposal in task.proposals),
    ]
    return Panel(Group(*lines), title=f"{place} · {TITLES[task.kind]}", title_align="left")


def marked(words: str, spans: Sequence[Span], *, full: bool = False) -> Text:
    """Return a text with its evidence marked and its links defanged; only the surroundings of evidence unless ``full``."""
    shown = [(0, len(words))] if full else _windows(words, spans)
    links = [match.span() for match in LINK.finditer(words)]
    out = Text()
    for number, (first, last) in enumerate(shown):
        if number or first:
            out.append(" … ")
        cuts = {first, last, *chain.from_iterable(links), *chain.from_iterable((one.start, one.end) for one in spans)}
        for begin, end in pairwise(sorted(cut for cut in cuts if first <= cut <= last)):
            evidence = any(span.start <= begin and end <= span.end for span in spans)
            out.append(_safe(words, begin, end, links), style="bold black on yellow" if evidence else "")
    if shown and shown[-1][1] < len(words):
        out.append(" …")
    return out


def _safe(words: str, begin: int, end: int, links: Sequence[tuple[int, int]]) -> str:
    """Return a piece of text, defanged where it belongs to a link."""
    piece = words[begin:end]
    for first, last in links:
        if first <= begin and end <= last:
            return piece.replace("http", "hxxp").replace("HTTP", "hxxp").replace(".", "[.]")
    return piece


def _windows(words: str, spans: Sequence[Span]) -> list[tuple[int, int]]:
    if not spans:
        return [(0, min(EXCERPT, len(words)))]
    found: list[tuple[int, int]] = []
    for span in sorted(spans, key=lambda span: span.start):
        first, last = max(0, span.start - CONTEXT), min(len(words), span.end + CONTEXT)
        if found and first <= found[-1][1]:
            found[-1] = (found[-1][0], max(last, found[-1][1]))
        else:
            found.append((first, last))
    return found


def _story(task: Task, full: bool) -> list[RenderableType]:
    story = task.story
    lead = next((one for one in task.assessed if one.item.item_id == story.lead_item_id), None)
    lines: list[RenderableType] = []
    if lead is None or lead.item.title != story.headline:
        lines.append(Text(defang_text(story.headline), style="bold"))
    if lead is not None:
        lines.append(marked(lead.item.text, _evidence(lead.assessment), full=full))
    elif story.lead:
        lines.append(Text(defang_text(story.lead)))
    others = dict.fromkeys(
        one.item.title for one in task.assessed if one is not lead and one.item.title not in {"", story.headline}
    )
    lines += [Text(f"  · {defang_text(title)}", style="dim") for title in list(others)[: len(others) if full else 3]]
    if not full and len(others) > 3:
        lines.append(Text(f"  · và {len(others) - 3} tin, bài khác", style="dim"))
    return lines


def _item(one: Assessed, province: Province, copies: int, full: bool) -> list[RenderableType]:
    item, assessment = one.item, one.assessment
    harms = ", ".join(HARMS[finding.harm] for finding in assessment.harms)
    head = f"Nghi {harms}" if harms else LANES[assessment.lane].capitalize()
    if assessment.rescue:
        head = f"KÊU CỨU · {head}"
    where = [_source(item.source_id, province), instant(item.time, province)]
    if copies > 1:
        where.append(f"{copies} bản giống nhau, quyết định một lần")
    if item.url:
        open_to_see = item.channel in {Channel.PRESS, Channel.OFFICIAL} and assessment.lane is not Lane.HARM
        where.append(item.url if open_to_see else defang(item.url))
    body = marked(item.text, _evidence(assessment), full=full) if item.text else Text("(không lưu nội dung)")
    return [
        Text(f"{head} · mức {SEVERITIES[assessment.severity]}", style="bold red" if harms else "bold"),
        Text(" · ".join(where), style="dim"),
        body,
    ]


def _evidence(assessment: Assessment) -> list[Span]:
    found = [*assessment.spans, *(span for finding in assessment.harms for span in finding.spans)]
    return [*found, *(assessment.rescue.spans if assessment.rescue else ())]


def _how_sure(assessment: Assessment) -> str:
    best = max((finding.probability for finding in assessment.harms), default=assessment.lane_probability)
    if assessment.human_only:
        return "Chỉ người đọc được (tiếng khác), máy không xếp loại"
    reasons = [reason for finding in assessment.harms for reason in finding.reasons if not reason.startswith("model ")]
    signs = ", ".join(dict.fromkeys([*reasons, *assessment.lane_reasons]))
    return confidence(best) + (f" – dấu hiệu: {signs}" if signs else "")


def _names(codes: Iterable[str], province: Province) -> list[str]:
    return [place_name(province, code) for code in dict.fromkeys(codes)]


def _source(source_id: str, province: Province) -> str:
    try:
        return province.source(source_id).name
    except UnknownCode:
        return source_id


def _line(label: str, words: str) -> Text:
    return Text.assemble((f"{label}: ", "bold"), words)
