"""The produced PDF: layout to the millimetre, archive and accessibility marks, text that copies out, same bytes twice."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import unicodedata
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import pikepdf
import pytest

from records.types import Lane, Tone
from reports import render as rendering
from reports.compose import compose
from reports.errors import AssetRefused, FontMissing, TemplateBroken
from reports.model import EditionContent
from reports.render import FONT_FILES, FONTS, Rendered, page, printable, render, to_pdf
from tests.reports import sample

MM = 72 / 25.4
PAGE_W, PAGE_H = 210 * MM, 297 * MM


class Word(NamedTuple):
    page: int
    left: float
    top: float
    right: float
    bottom: float
    text: str


def words_of(path: Path) -> list[Word]:
    out = subprocess.run(["pdftotext", "-bbox", str(path), "-"], capture_output=True, text=True, check=True).stdout
    found, number = [], 0
    for line in out.splitlines():
        if "<page " in line:
            number += 1
        match = re.search(r'<word xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">(.*)</word>', line)
        if match:
            left, top, right, bottom = (float(match[group]) for group in range(1, 5))
            found.append(Word(number, left, top, right, bottom, match[5]))
    return found


def line_at(words: list[Word], first: str, number: int = 1) -> list[Word]:
    """Return the words of the line that holds the word ``first``."""
    top = next(word.top for word in words if word.text == first and word.page == number)
    return [word for word in words if word.page == number and abs(word.top - top) < 3]


@pytest.fixture(scope="module")
def words(pdf: Path) -> list[Word]:
    return words_of(pdf)


def text_of(path: Path) -> str:
    return subprocess.run(["pdftotext", "-layout", str(path), "-"], capture_output=True, text=True, check=True).stdout


def flat(text: str) -> str:
    return " ".join(text.split())


def sizes_of(pdf: Path, number: int) -> dict[str, float]:
    """Return words of a page with the font size in points (height of the em box as poppler reports it)."""
    out = subprocess.run(
        ["pdftohtml", "-xml", "-stdout", "-i", "-f", str(number), "-l", str(number), str(pdf)],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    scale = 1.5  # pdftohtml -xml gives pixels at 108 dpi
    fonts = {match[1]: int(match[2]) / scale for match in re.finditer(r'<fontspec id="(\d+)" size="(\d+)"', out)}
    return {
        re.sub(r"<[^>]+>", "", match[2]).strip(): fonts[match[1]]
        for match in re.finditer(r'<text [^>]*font="(\d+)">(.*?)</text>', out)
    }


def test_pages_are_a4_portrait(pdf: Path) -> None:
    with pikepdf.open(pdf) as document:
        for sheet in document.pages:
            box = [float(value) for value in sheet.mediabox]
            assert abs(box[2] - PAGE_W) < 0.5 and abs(box[3] - PAGE_H) < 0.5
        assert 3 <= len(document.pages) <= 8


def test_text_stays_within_the_margins(words: list[Word]) -> None:
    body = [word for word in words if 20 * MM < word.top < PAGE_H - 20.5 * MM]
    assert body
    assert min(word.left for word in body) >= 30 * MM - 1
    assert max(word.right for word in body) <= PAGE_W - 20 * MM + 1.5
    assert min(word.top for word in body if word.page == 1) <= 20 * MM + 8


def test_national_header_and_rules(words: list[Word], pdf: Path) -> None:
    nation, motto = line_at(words, "CỘNG"), line_at(words, "Độc")
    nation = [word for word in nation if word.left > 90 * MM]
    assert " ".join(word.text for word in nation) == "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
    motto = [word for word in motto if word.left > 90 * MM]
    assert " ".join(word.text for word in motto) == "Độc lập - Tự do - Hạnh phúc"
    middle = (nation[0].left + nation[-1].right) / 2
    assert abs(middle - (motto[0].left + motto[-1].right) / 2) < 1.5
    agency = line_at(words, "SỞ")
    assert agency[0].right < 100 * MM
    rules = horizontal_rules(pdf)
    under_motto = [r for r in rules if abs(r[0] - motto[0].left) < 1.5 and abs(r[1] - motto[-1].right) < 1.5]
    assert under_motto, "the rule below the motto is as long as the motto"
    left_rules = [r for r in rules if r[1] < 100 * MM]
    width = max(word.right for word in line_at(words, "SỞ") if word.right < 100 * MM) - agency[0].left
    assert any(width / 3 - 2 <= right - left <= width / 2 + 2 for left, right, _ in left_rules)


def horizontal_rules(pdf: Path) -> list[tuple[float, float, float]]:
    """Return (left, right, y) of horizontal lines and thin boxes on page 1, in points from the left and the top."""
    with pikepdf.open(pdf) as document:
        operations = pikepdf.parse_content_stream(document.pages[0])
    found = []
    stack: list[pikepdf.Matrix] = []
    matrix = pikepdf.Matrix()
    start = (0.0, 0.0)

    def add(one: tuple[float, float], other: tuple[float, float]) -> None:
        (x0, y0), (x1, y1) = matrix.transform(one), matrix.transform(other)
        if abs(y1 - y0) < 1.6 and abs(x1 - x0) > 40:
            found.append((min(x0, x1), max(x0, x1), PAGE_H - max(y0, y1)))

    for instruction in operations:
        operands: Any = instruction.operands
        name = str(instruction.operator)
        if name == "q":
            stack.append(matrix)
        elif name == "Q":
            matrix = stack.pop()
        elif name == "cm":
            matrix = pikepdf.Matrix(*(float(value) for value in operands)) @ matrix
        elif name == "re":
            x, y, w, h = (float(value) for value in operands)
            add((x, y), (x + w, y + h))
        elif name == "m":
            start = (float(operands[0]), float(operands[1]))
        elif name == "l":
            add(start, (float(operands[0]), float(operands[1])))
    return found


def test_font_sizes_follow_the_decree(pdf: Path) -> None:
    sizes = sizes_of(pdf, 1)

    def size(start: str) -> float:
        return next(value for text, value in sizes.items() if text.startswith(start))

    assert 12 <= size("CỘNG HÒA") <= 13.4
    assert 12 <= size("ỦY BAN") <= 13.4
    assert 13 <= size("Độc lập") <= 14
    assert 13 <= size("BÁO CÁO") <= 14
    assert 13 <= size("Tình hình thông tin") <= 14
    assert 13 <= size("Kính gửi") <= 14
    assert 12.6 <= size("I. TÓM TẮT") <= 14
    assert 12.6 <= size("Trong kỳ ghi nhận") <= 14


def test_page_number_is_centred_in_the_top_margin_from_page_two(words: list[Word], pdf: Path) -> None:
    in_margin = [word for word in words if word.bottom < 20 * MM]
    assert all(word.page > 1 for word in in_margin)
    second = [word for word in in_margin if word.page == 2]
    assert [word.text for word in second] == ["2"]
    middle = (second[0].left + second[0].right) / 2
    assert abs(middle - (30 * MM + 160 * MM / 2)) < 1.5
    assert 13 <= sizes_of(pdf, 2)["2"] <= 14
    annex = next(word.page for word in words if word.text == "Phụ" and word.top < 40 * MM)
    assert not [word for word in in_margin if word.page == annex]
    follow = [word.text for word in in_margin if word.page == annex + 1]
    assert follow in ([], ["2"])


def test_number_is_left_blank_and_date_stands_on_the_same_line(words: list[Word]) -> None:
    line = line_at(words, "Số:")
    assert [word.text for word in line][:2] == ["Số:", "/BC-SVHTTDL"]
    assert line[1].left - line[0].right > 10 * MM
    assert " ".join(word.text for word in line[2:]) == "Bình Minh, ngày 20 tháng 11 năm 2026"


def test_purpose_stands_in_every_footer(pdf: Path) -> None:
    with pikepdf.open(pdf) as document:
        number = len(document.pages)
    for sheet in range(1, number + 1):
        text = subprocess.run(
            ["pdftotext", "-f", str(sheet), "-l", str(sheet), str(pdf), "-"], capture_output=True, text=True, check=True
        ).stdout
        assert "Không dùng để theo dõi, đánh giá hay xử lý cá nhân." in flat(text)


def test_draft_mark_receivers_and_reserved_boxes(pdf: Path, words: list[Word]) -> None:
    text = flat(text_of(pdf))
    assert "DỰ THẢO – chờ ký số" in text
    assert "KT. GIÁM ĐỐC" in text and "PHÓ GIÁM ĐỐC" in text
    assert "Nơi nhận:" in text and "- Như trên;" in text and "- Lưu: VT, TTBCXB." in text
    assert "chữ ký số" in text and "dấu" in text
    label = next(word for word in words if word.text == "nhận:")
    listed = next(word for word in words if word.text == "Như" and word.top > label.top)
    assert abs(listed.top - label.top) < 20
    with pikepdf.open(pdf) as document:
        for sheet in document.pages:
            assert not [name for name, image in sheet.images.items()], "no signature or seal image is ever drawn"


def test_archive_marks(pdf: Path) -> None:
    with pikepdf.open(pdf) as document:
        xmp = document.Root.Metadata.read_bytes().decode()
        assert 'pdfaid:part="3"' in xmp and 'pdfaid:conformance="A"' in xmp
        assert "<pdfuaid:part>1</pdfuaid:part>" in xmp and "pdfaSchema:namespaceURI" in xmp
        assert xmp.count("</rdf:RDF>") == 1
        assert str(document.Root.Lang) == "vi"
        assert bool(document.Root.MarkInfo.Marked)
        assert "/StructTreeRoot" in document.Root and "/OutputIntents" in document.Root
        assert document.Root.Outlines.Count != 0
        assert not document.is_encrypted
        assert "/OpenAction" not in document.Root and "/JavaScript" not in str(document.Root.get("/Names", ""))
        fonts = [font for sheet in document.pages for font in sheet.resources.Font.values()]
        assert fonts
        for font in fonts:
            descriptor = font.DescendantFonts[0].FontDescriptor
            assert "/FontFile2" in descriptor or "/FontFile3" in descriptor
            assert "Tinos" in str(font.BaseFont)
    subprocess.run(["qpdf", "--check", str(pdf)], check=True, capture_output=True)


def test_every_figure_has_an_alternative_text(pdf: Path) -> None:
    figures = []
    with pikepdf.open(pdf) as document:
        for entry in document.objects:
            if isinstance(entry, pikepdf.Dictionary) and entry.get("/S") == "/Figure":
                figures.append(str(entry.get("/Alt", "")))
    assert len(figures) == 2
    assert all("; " in alt and alt.endswith(".") for alt in figures)


def test_edition_json_is_attached_as_source(pdf: Path, printed: Rendered) -> None:
    with pikepdf.open(pdf) as document:
        assert list(document.attachments) == ["edition.json"]
        attached = document.attachments["edition.json"]
        assert attached.relationship == pikepdf.Name.Source
        assert attached.get_file().read_bytes().decode() == printed.json
    sections = json.loads(printed.json)["sections"]
    story = sections[0]["stories"][0]
    assert {"summary", "places", "lane", "proposals", "items"} <= set(story)
    assert {"url", "title", "outlet", "published"} <= set(story["items"][0])


def test_text_copies_out_in_nfc(pdf: Path, reviewed: EditionContent) -> None:
    text = text_of(pdf)
    assert text == unicodedata.normalize("NFC", text)
    body = flat(subprocess.run(["pdftotext", str(pdf), "-"], capture_output=True, text=True, check=True).stdout)
    for sentence in reviewed.summary:
        assert sentence.text in body
    assert reviewed.title in body


def test_decomposed_text_does_not_get_through(reviewed: EditionContent) -> None:
    story = reviewed.sections[0].stories[0]
    nfd = replace(story, headline=unicodedata.normalize("NFD", "Thủy lợi phường Quy Nhơn – ẲẵẫữỡỹỴợựể ₫"))
    content = replace(reviewed, sections=(replace(reviewed.sections[0], stories=(nfd,)), *reviewed.sections[1:]))
    html = page("edition.html.j2", content)
    assert html == unicodedata.normalize("NFC", html)
    assert "Thủy lợi phường Quy Nhơn – ẲẵẫữỡỹỴợựể ₫" in html


def test_same_content_gives_the_same_bytes(reviewed: EditionContent, printed: Rendered) -> None:
    again = render(compose(sample.given()))
    assert again.sha256 == printed.sha256
    assert again == printed
    other = render(replace(reviewed, title="Báo cáo khác"))
    assert other.sha256 != printed.sha256


def test_reissue_is_marked(reviewed: EditionContent) -> None:
    assert "(bản sửa lần 1)" in page("edition.html.j2", reviewed, 1)
    assert "bản sửa" not in page("edition.html.j2", reviewed)


def test_hostile_titles_are_escaped(tmp_path: Path) -> None:
    evil = sample.item(
        "evil",
        "p1",
        "<script>alert(1)</script> {{ 7*7 }} {% raw %} <img src=http://example.com/x.png>",
        "<link rel=attachment href=file:///etc/passwd> </style><style>@import url(http://example.com/a.css)</style>",
        url="javascript:alert(1)",
    )
    story = sample.story("evil", ((evil, sample.assessment(evil, Lane.GOOD, Tone.POSITIVE)),), Lane.GOOD)
    content = compose(sample.given(automatic=True, stories=(story,)))
    made = render(content)
    assert "<script" not in made.html and "&lt;script&gt;" in made.html
    assert "{{ 7*7 }}" in made.html
    assert "<a " not in made.html
    path = tmp_path / "evil.pdf"
    path.write_bytes(made.pdf)
    assert "<script>alert(1)</script>" in flat(text_of(path))
    with pikepdf.open(path) as document:
        assert list(document.attachments) == ["edition.json"]
    assert "<script" not in page("mail.html.j2", content)


@pytest.mark.parametrize(
    "markup",
    [
        '<img src="http://example.com/x.png">',
        '<img src="file:///etc/hostname">',
        '<img src="brief-asset:../model.py">',
        "<style>@import url(https://example.com/a.css);</style>",
        '<p style="background:url(//example.com/a.png)">x</p>',
        '<link rel="attachment" href="file:///etc/hostname">',
        "<img alt=x src=\"data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'>"
        "<image href='http://example.com/x.png' width='9' height='9'/></svg>\">",
    ],
)
def test_nothing_outside_the_room_is_loaded(reviewed: EditionContent, markup: str) -> None:
    html = f"<html lang=vi><head><title>x</title></head><body>{markup}</body></html>"
    with pytest.raises(AssetRefused, match="remove it from the template"):
        to_pdf(html, reviewed, "{}")


def test_missing_or_broken_font_is_a_clear_error(reviewed: EditionContent, tmp_path: Path) -> None:
    with pytest.raises(FontMissing, match="Tinos-Regular"):
        render(reviewed, fonts=tmp_path)
    folder = tmp_path / "fonts"
    shutil.copytree(FONTS, folder)
    (folder / "Tinos-Italic.ttf").write_bytes(b"not a font")
    with pytest.raises(FontMissing, match="Tinos-Italic"):
        render(reviewed, fonts=folder)


def test_fonts_cover_vietnamese_and_carry_their_licence() -> None:
    covered = rendering.check_fonts()
    letters = "ăâđêôơưĂÂĐÊÔƠƯ" + "".join(chr(code) for code in range(0x1EA0, 0x1EFA)) + "₫–“”…"
    assert not [letter for letter in letters if ord(letter) not in covered]
    assert {path.name for path in FONTS.iterdir()} == {*FONT_FILES, "OFL.txt"}
    assert "SIL OPEN FONT LICENSE" in (FONTS / "OFL.txt").read_text()


@pytest.mark.parametrize(
    ("text", "drawn"),
    [("mưa 😡🌧️ lớn", "mưa  lớn"), ("ចំណី", "□" * 2), ("tab\tx", "tab\tx"), ("a\u200bb", "ab"), ("x\u00a0y", "x\u00a0y")],
)
def test_what_the_font_lacks_is_dropped_or_boxed(text: str, drawn: str) -> None:
    made = printable(text, rendering.check_fonts())
    assert made == drawn or set(made) == {"□"}


def test_broken_template_is_a_clear_error(monkeypatch: pytest.MonkeyPatch, reviewed: EditionContent) -> None:
    from jinja2 import DictLoader

    environment = rendering._environment()
    css = (Path(rendering.__file__).parent / "templates" / "edition.css").read_text()
    broken = environment.overlay(loader=DictLoader({"edition.css": css, "edition.html.j2": "{{ edition.no_such }}"}))
    monkeypatch.setattr(rendering, "_environment", lambda: broken)
    with pytest.raises(TemplateBroken, match=r"edition\.html\.j2"):
        page("edition.html.j2", reviewed)


def test_automatic_form_on_paper(automatic: EditionContent, tmp_path: Path) -> None:
    path = tmp_path / "auto.pdf"
    path.write_bytes(render(automatic).pdf)
    text = flat(text_of(path))
    assert "BẢN TỰ ĐỘNG – CHƯA" in text and "ĐƯỢC BIÊN TẬP KIỂM TRA" in text
    assert "Mạng xã hội" not in text.replace("Bản tự động không nêu nội dung mạng xã hội", "").split("NGUỒN DỮ LIỆU")[0]
    assert "chữ ký số" not in text
    assert "(Họ và tên" not in text


@pytest.mark.parametrize("stories", [(), "stale"])
def test_empty_and_stale_days_are_one_or_two_pages_and_say_so_first(stories: object, tmp_path: Path) -> None:
    from datetime import timedelta

    last = timedelta(hours=9) if stories == "stale" else timedelta(minutes=5)
    content = compose(sample.given(automatic=True, stories=(), sources=sample.states(last=last)))
    path = tmp_path / "empty.pdf"
    path.write_bytes(render(content).pdf)
    with pikepdf.open(path) as document:
        assert len(document.pages) <= 2
    text = flat(text_of(path))
    first = content.notices[0]
    assert first in flat(
        subprocess.run(["pdftotext", str(path), "-"], capture_output=True, text=True, check=True).stdout
    )
    assert text.index(first[:30]) < text.index("I. TÓM TẮT")


def test_long_words_and_long_tables_stay_on_the_page(tmp_path: Path) -> None:
    made = []
    for number in range(40):
        one = sample.item(
            f"d{number}", "p1", "x" * 300 if number == 0 else f"Phản ánh số {number} về hạ tầng", "Nội dung. " * 30
        )
        key = f"d{number}"
        judged = sample.assessment(one, Lane.FEEDBACK, Tone.NEGATIVE, fields=("education",))
        made.append(sample.story(key, ((one, judged),), Lane.FEEDBACK, decisions=(sample.decision("story", key),)))
    path = tmp_path / "long.pdf"
    path.write_bytes(render(compose(sample.given(stories=tuple(made)))).pdf)
    words = words_of(path)
    assert max(word.right for word in words) <= PAGE_W - 20 * MM + 2
    assert "Còn 32 phản ánh khác tại Phụ lục II" in flat(text_of(path))
    tables = [word.page for word in words if word.text == "STT"]
    assert len(tables) == len(set(tables)) >= 2, "the table's head stands again on each page"


def test_thousand_item_day_stays_readable(tmp_path: Path) -> None:
    content = compose(sample.big_day(1000))
    path = tmp_path / "big.pdf"
    path.write_bytes(render(content).pdf)
    words = words_of(path)
    annex = next(word.page for word in words if word.text == "Phụ" and word.top < 40 * MM)
    assert annex <= 6, "a storm's edition has at most five pages before the annex"


def annex_page(path: Path) -> int:
    return next(word.page for word in words_of(path) if word.text == "Phụ" and word.top < 40 * MM)


def test_ordinary_day_has_at_most_four_pages_and_a_short_annex(tmp_path: Path) -> None:
    content = compose(sample.given(stories=sample.ordinary_day()))
    assert content.figures.total > 70
    path = tmp_path / "ordinary.pdf"
    path.write_bytes(render(content).pdf)
    first = annex_page(path)
    assert first <= 5, "four pages before the annex"
    with pikepdf.open(path) as document:
        assert len(document.pages) - first + 1 <= 3, "a short annex"


def test_body_is_set_in_fourteen_points_where_there_is_room(pdf: Path, tmp_path: Path) -> None:
    def size(path: Path) -> float:
        return next(value for text, value in sizes_of(path, 1).items() if text.startswith("Trong kỳ ghi nhận"))

    path = tmp_path / "dense.pdf"
    path.write_bytes(render(compose(sample.given(stories=sample.ordinary_day()))).pdf)
    assert abs(size(pdf) - 14) < 0.5 and abs(size(path) - 13) < 0.5


def test_sources_stand_on_one_line_each_with_the_whole_link_behind_them(pdf: Path, reviewed: EditionContent) -> None:
    refs = [item for story in reviewed.stories for item in story.items if item.ref]
    words = words_of(pdf)
    tops = [word.top for word in words if re.fullmatch(r"[PC]-\d\d", word.text) and word.page == annex_page(pdf)]
    assert len(tops) == len(refs)
    assert all(13 < below - above < 16 for above, below in pairwise(tops)), "one line of 10.5 pt each"
    links = set()
    with pikepdf.open(pdf) as document:
        for sheet in document.pages:
            links |= {str(note.A.URI) for note in sheet.get("/Annots", []) if "/A" in note}
    assert links == {item.url for item in refs}
