"""From an edition's content to HTML and PDF: same content, same bytes.

PDF/A-3a with the PDF/UA-1 identifier, Tinos embedded, ``edition.json`` attached. Nothing outside this folder is ever
loaded.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from fontTools.ttLib import TTFont, TTLibError  # type: ignore[import-untyped]
from jinja2 import Environment, PackageLoader, StrictUndefined, TemplateError, select_autoescape
from markupsafe import Markup
from weasyprint import HTML, Attachment, Document
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

from reports import charts, wording
from reports.errors import AssetRefused, FontMissing, TemplateBroken
from reports.extract import beyond, clip
from reports.model import EditionContent, Figures, Section, Shown, StoryView
from reports.select import CAPS
from text import fold, nfc

FONTS = Path(__file__).parent / "fonts"
FONT_FILES = ("Tinos-Regular.ttf", "Tinos-Bold.ttf", "Tinos-Italic.ttf", "Tinos-BoldItalic.ttf")
"""Tinos 1.33 (SIL OFL 1.1): as wide as Times New Roman, with every Vietnamese letter and ₫ (``platform.md`` §2)."""

SCHEME = "brief-asset"
ATTACHMENT = "edition.json"
CHART_MIN = 5
"""Bars of fewer items than this say nothing."""
AIRY = 5200
"""Characters of stories up to which the body is set in 14 pt; above, in 13 pt (NĐ 30/2020 allows 13–14).

A first guess, so that most editions are laid out once; an edition over its pages is laid out again, denser.
"""
DENSITIES = ("airy", "dense", "tight", "tight bare")
"""Body in 14 pt; body in 13 pt; tables in 11 pt and no further titles besides; the charts left out, last of all."""
PAGES, PAGES_STORM = 4, 5
"""Pages before the annex: 2–4 (``domain.md`` §2.2), one more on a day whose incidents took the room of others."""
ANNEX = "phu-luc"
_VARIANT = "pdf/a-3a"

_UA = b"""<rdf:Description xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" rdf:about=""
 xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/"><pdfuaid:part>1</pdfuaid:part></rdf:Description>
<rdf:Description xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" rdf:about=""
 xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
 xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#"
 xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>PDF/UA Universal Accessibility Schema</pdfaSchema:schema>
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
<pdfaProperty:name>part</pdfaProperty:name><pdfaProperty:valueType>Integer</pdfaProperty:valueType>
<pdfaProperty:category>internal</pdfaProperty:category>
<pdfaProperty:description>Part of the PDF/UA standard</pdfaProperty:description>
</rdf:li></rdf:Seq></pdfaSchema:property>
</rdf:li></rdf:Bag></pdfaExtension:schemas></rdf:Description>
</rdf:RDF>"""
"""WeasyPrint writes one identifier only.

PDF/A-3a with PDF/UA needs the second one and its extension schema (ISO 19005-3, 6.6.2.3).
"""


@dataclass(frozen=True, slots=True)
class Rendered:
    """One edition as files: PDF bytes, the page as HTML, the content as JSON."""

    pdf: bytes
    html: str
    json: str

    @property
    def sha256(self) -> str:
        """Return the PDF's sha256 (hex)."""
        return hashlib.sha256(self.pdf).hexdigest()


class _Assets(URLFetcher):  # type: ignore[misc]
    """Serves the fonts and ``data:`` images, refuses everything else and remembers that it did.

    WeasyPrint swallows refusals inside SVG, so the caller looks at ``refused`` afterwards.
    """

    def __init__(self, fonts: Path) -> None:
        super().__init__(allowed_protocols=("data",), fail_on_errors=True)
        self.fonts = fonts
        self.refused: list[str] = []

    def fetch(self, url: str, headers: Any = None) -> URLFetcherResponse:
        """Return the asset of ``url``; refuse by an error that ends the rendering."""
        scheme, _, name = url.partition(":")
        if scheme == SCHEME and name in FONT_FILES:
            return URLFetcherResponse(url, (self.fonts / name).read_bytes(), {"Content-Type": "font/ttf"})
        if scheme == "data":
            return super().fetch(url, headers)
        self.refused.append(url)
        raise FatalURLFetchingError(f"refused: {url}")


def check_fonts(folder: Path = FONTS) -> frozenset[int]:
    """Return the code points that all four fonts cover; raise :class:`FontMissing` for a missing or broken file."""
    return _coverage(folder)


@cache
def _coverage(folder: Path) -> frozenset[int]:
    covered: frozenset[int] | None = None
    for name in FONT_FILES:
        path = folder / name
        try:
            points = frozenset(TTFont(path, lazy=True).getBestCmap())
        except (OSError, TTLibError) as error:
            raise FontMissing(
                f"font {path.name} is missing or broken in {folder.name}/ ({error}): restore it from git"
            ) from error
        covered = points if covered is None else covered & points
    return covered or frozenset()


def printable(text: str, covered: frozenset[int]) -> str:
    """Return NFC text with what the fonts cannot draw left out (emoji) or replaced by □ (other scripts).

    A missing glyph would break PDF/A and pull in whatever font the machine has.
    """
    kept = []
    for char in nfc(text):
        if ord(char) in covered or char in "\n\t":
            kept.append(char)
        elif unicodedata.category(char)[0] in "LN":
            kept.append("□")
        elif unicodedata.category(char) == "Zs":
            kept.append(" ")
    return "".join(kept)


def _clean(value: Any, covered: frozenset[int]) -> Any:
    if isinstance(value, str):
        return printable(value, covered)
    if isinstance(value, dict):
        return {key: _clean(entry, covered) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [_clean(entry, covered) for entry in value]
    return value


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("reports", "templates"),
        autoescape=select_autoescape(
            enabled_extensions=("html.j2", "html"), default=True, disabled_extensions=("txt.j2",)
        ),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        count=wording.count,
        figure=wording.figure,
        roman=wording.roman,
        moment=_moment,
        severity=wording.SEVERITIES.__getitem__,
        reach=wording.REACHES.__getitem__,
        kind=wording.KINDS.__getitem__,
        voices=voices,
        said=said,
        clip=clip,
        unnamed=unnamed,
        clock=clock,
        host=host,
        balanced=wording.balanced,
    )
    return environment


def _moment(value: str | None) -> str:
    """Return a stored publication time in words: with its clock, the day alone, or "không rõ thời điểm"."""
    if value is None:
        return "không rõ thời điểm"
    if len(value) == 10:
        return f"ngày {wording.day(datetime.fromisoformat(value).date())}"
    when = datetime.fromisoformat(value)
    return f"{wording.clock_time(when)} ngày {wording.day(when.date())}"


def said(story: StoryView, named: bool = True, limit: int = 60) -> str:
    """Return the summary without the headline it may open with.

    The words of a post, at most ``limit``, stand in quotation marks, so that nobody reads them as the office's own;
    ``named`` says in words that a post is quoted.
    """
    if story.items[0].kind == "social" and story.summary_item:
        return f"{'Bài đăng viết: ' if named else ''}“{clip(story.summary.strip(), limit)}”"
    return beyond(story.headline, story.summary)


def unnamed(story: StoryView) -> list[str]:
    """Return the places that neither the headline nor the summary names already."""
    words = fold(f"{story.headline} {story.summary}")
    return [place for place in story.places if fold(place) not in words and fold(place.split(" ", 1)[-1]) not in words]


def voices(stories: Sequence[StoryView]) -> str:
    """Return who carries a row: "Báo A, 16 giờ 20 ngày 05/11, và 03 báo khác; 31 bài đăng công khai".

    A summary is one item's words, so the item is named with its time: an older forecast can be seen to be older.
    """
    public = [item for story in stories for item in story.items if item.kind != "social"]
    parts = []
    if public:
        # The year is the edition's own and would cost a line.
        first = f"{public[0].outlet}, {_short(public[0].published)}"
        edited = max((item.edited for item in public if item.edited), default=None)
        if edited:
            first += f" (bài được sửa {_short(edited)})"
        parts.append(first)
        for official, many in ((False, "báo khác"), (True, "nguồn chính thức khác")):
            others = {item.outlet for item in public if (item.kind == "official") is official} - {public[0].outlet}
            if others:
                parts.append(f"{wording.count(len(others))} {many}")
    posts = sum(story.posts for story in stories)
    if posts:
        parts.append(f"{wording.count(posts)} bài đăng")
    return "; ".join(parts)


def _short(published: str | None) -> str:
    return _moment(published).rpartition("/")[0] or _moment(None)


def clock(value: str | None) -> str:
    """Return a stored publication time for the annex: ``16:20 05/11``, ``05/11`` or ``–``."""
    if value is None:
        return "–"
    when = datetime.fromisoformat(value)
    day = wording.day(when.date()).rpartition("/")[0]
    return day if len(value) == 10 else f"{when:%H:%M} {day}"


def host(url: str | None) -> str:
    """Return the host of a link without ``www.``: what a reader recognises; the whole link is behind it."""
    return urlsplit(url).netloc.removeprefix("www.") if url and urlsplit(url).scheme in {"http", "https"} else ""


def page(template: str, content: EditionContent, reissue: int = 0, density: str = "dense") -> str:
    """Return a filled template (``edition.html.j2``, ``mail.html.j2``, ``mail.txt.j2``).

    Titles and texts are escaped.
    """
    covered = check_fonts()
    clean = EditionContent.from_dict(_clean(content.as_dict(), covered))
    sources = [(item, story) for story in clean.stories for item in story.items if item.ref]
    figures = clean.figures
    try:
        environment = _environment()
        style, _, _ = environment.loader.get_source(environment, "edition.css")  # type: ignore[union-attr]
        return environment.get_template(template).render(
            edition=clean,
            reissue=reissue,
            style=Markup(style),  # noqa: S704 -- our own file
            sources=sources,
            refs=_refs(clean),
            rows=_rows,
            numbers=clean.numbers,
            density=density,
            charts=_charts(figures) if figures.total >= CHART_MIN else [],
            no_source=wording.NO_SOURCE,
            civil_defence=wording.DUTIES["civil_defence"],
            not_enough=wording.NOT_ENOUGH,
            window_end=datetime.fromisoformat(clean.window_end),
        )
    except TemplateError as error:
        raise TemplateBroken(f"template {template}: {type(error).__name__}: {error}") from error


def _charts(figures: Figures) -> list[charts.Chart]:
    """Return two charts for one row: the days (once three are known) or the places, and the fields."""
    days = charts.days("Tin, bài theo ngày và sắc thái", figures.days)
    other = days or charts.bars("Địa bàn (số tin, bài)", figures.places)
    return [chart for chart in (charts.bars("Lĩnh vực (số tin, bài)", figures.fields), other) if chart]


def _rows(section: Section) -> list[tuple[StoryView, ...]]:
    """Return the rows of a table: each story with its own row, then those merged into it."""
    by_id = {story.story_id: story for story in section.stories}
    return [(story, *(by_id[key] for key in story.joined if key in by_id)) for story in section.full]


def _length(content: EditionContent) -> int:
    """Return the characters of all that is printed of stories before the annex."""
    return sum(
        len(story.headline) + (len(said(story)) + len(story.plan) + 90 if story.shown == Shown.FULL else 40)
        for section in content.sections
        for story in section.stories
        if story.shown == Shown.FULL or (story.shown == Shown.LINE and section.key != "feedback")
    )


def _refs(content: EditionContent) -> dict[str, str]:
    """Return for each story its numbered sources in words: ``P-01, P-02`` or ``P-03 đến P-05``."""
    found = {}
    for section in content.sections:
        for story in section.stories:
            numbered = [item.ref for item in story.items if item.ref]
            words = ", ".join(numbered) if len(numbered) < 3 else f"{numbered[0]} đến {numbered[-1]}"
            found[f"{section.key}:{story.story_id}"] = words
    return found


def render(content: EditionContent, *, reissue: int = 0, fonts: Path = FONTS) -> Rendered:
    """Return the edition as PDF, HTML and JSON; the same content gives the same bytes.

    ``reissue`` counts the earlier revisions that had been sent; from 1 on the pages say so.

    Raises :class:`FontMissing`, :class:`TemplateBroken` or :class:`AssetRefused`; nothing is written to disk.
    """
    check_fonts(fonts)
    text = content.as_json()
    most = PAGES_STORM if any(len(part.full) > CAPS[part.key] for part in content.sections) else PAGES
    for density in DENSITIES[_length(content) > AIRY :]:
        markup = page("edition.html.j2", content, reissue, density)
        document, assets = _lay_out(markup, fonts)
        if _body_pages(document) <= most:
            break
    return Rendered(_write(document, assets, markup, content, text), markup, text)


def to_pdf(markup: str, content: EditionContent, attachment: str, *, fonts: Path = FONTS) -> bytes:
    """Return the laid-out PDF of ``markup`` with ``attachment`` (JSON) as its source file."""
    document, assets = _lay_out(markup, fonts)
    return _write(document, assets, markup, content, attachment)


def _lay_out(markup: str, fonts: Path) -> tuple[Document, _Assets]:
    assets = _Assets(fonts)
    try:
        html = HTML(string=markup, url_fetcher=assets, base_url=f"{SCHEME}:/")
        document = html.render(font_config=FontConfiguration(), pdf_variant=_VARIANT)
    except FatalURLFetchingError as error:
        raise AssetRefused(f"the page asks for {assets.refused or error}: remove it from the template") from error
    return document, assets


def _body_pages(document: Document) -> int:
    """Return the pages before the annex."""
    return next((number for number, page in enumerate(document.pages) if ANNEX in page.anchors), len(document.pages))


def _write(document: Document, assets: _Assets, markup: str, content: EditionContent, attachment: str) -> bytes:
    made = datetime.fromisoformat(content.window_end)
    # ``AFRelationship`` Source: the attached JSON is what the pages were made from (ISO 32000-2, 7.11.3).
    source = Attachment(
        string=attachment,
        name=ATTACHMENT,
        description="Nội dung báo cáo dạng máy đọc được",
        created=made,
        modified=made,
        relationship="Source",
    )
    target = BytesIO()
    try:
        document.write_pdf(
            target,
            pdf_variant=_VARIANT,
            pdf_identifier=hashlib.sha256(markup.encode()).digest()[:16],
            attachments=[source],
            finisher=_add_ua_identifier,
        )
    except FatalURLFetchingError as error:
        raise AssetRefused(f"the page asks for {assets.refused or error}: remove it from the template") from error
    if assets.refused:
        raise AssetRefused(f"the page asks for {assets.refused}: remove it from the template")
    return target.getvalue()


def _add_ua_identifier(document: Any, pdf: Any) -> None:
    for entry in pdf.objects:
        if getattr(entry, "extra", {}).get("Type") == "/Metadata":
            # The rdf:RDF element closes once; what validators read is inside it.
            entry.stream = [
                part.replace(b"</rdf:RDF>", _UA) if isinstance(part, bytes) else part for part in entry.stream
            ]
