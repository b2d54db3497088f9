"""Body, lead, title, byline and printed time of a page whose layout nobody described.

The body is the element whose own paragraphs hold most running text. Words in ``class`` and ``id`` that Vietnamese
newsrooms' systems share raise or lower a candidate; without them (utility classes, generated names) the text's
density alone decides.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from selectolax.lexbor import LexborHTMLParser, LexborNode

from crawlers.extract._blocks import BLOCK_TAGS, MAX_DEPTH, SKIPPED_TAGS
from crawlers.extract._clean import clean, letters, similar, word_set
from crawlers.extract._metadata import Metadata
from crawlers.extract._times import Reading, parse_time
from records.types import Precision

_NAME_WORDS = re.compile(r"[a-z]+|[A-Z]+(?![a-z])|[A-Z][a-z]+")

# Words of class and id names. HARD ones are never running text; SOFT ones only when the element is short or mostly
# links.
_HARD = word_set(
    "related relate relates relatednews lienquan tinlienquan tags keyword keywords tukhoa comment comments cmt",
    "binhluan share sharing social socials breadcrumb breadcrumbs menu nav navbar navigation footer sidebar ads",
    "adv advert advertisement adsbygoogle banner banners quangcao qc sponsor popup modal newsletter subscribe",
    "login rating vote poll copyright recommend recommended readmore xemthem docthem docnhieu mostread tinmoi",
    "tinkhac othernews playlist reaction reactions donate cookie toolbar onenews recommendation mostview",
    "mostviewed tinnoibat tincungchuyenmuc cungchuyenmuc samecate",
)
_SOFT = word_set(
    "tag meta date time datetime pubdate source nguon author authors byline writer tacgia more hot latest newest",
    "event topic sukien timeline story stories video audio podcast player tool tools print search rate like",
    "follow other others suggest relatedbox thread theme threads series survey note hidden none sticky pin header",
    "list listnews",
)
_CAPTION = word_set(
    "caption figcaption chuthich imgcaption photocms credit credits",
)
_PICTURE = word_set(
    "image images photo photos picture pic img figure media thumb tplcaption slideshow gallery album video",
)
_BODY_NAMES = re.compile(
    r"(?:^|\s)(?:"
    r"(?:article|detail|news|post|entry|singular|content|story|main|page|the-article|cms|box|e-magazine)"
    r"[-_]{0,2}(?:detail|content|body|text|main|fck)\w*(?:[-_]\w+)?"
    r"|fck_detail|abody|divnewscontent|bodytext|body-text|knc-content|edittor-content|ck-content|afcbc-body"
    r"|zce-content-body|noidung|noi-dung|text-long|entry|td-post-content|b-maincontent"
    r")(?:\s|$)",
    re.I,
)
"""Class and id names that Vietnamese newsrooms' systems give the body: VnExpress, VCCorp, ePi, Dân trí, WordPress …"""
_TAIL_HEADING = re.compile(
    r"(?:các )?(?:tin|bài)(?: viết| tức)? (?:liên quan|cùng chuyên mục|khác|mới(?: nhất)?|đọc nhiều|nổi bật|nóng)"
    r"|tin tài trợ|dòng sự kiện|có thể bạn quan tâm|bạn (?:có thể|đang) (?:quan tâm|đọc).*|đọc (?:nhiều|thêm|tiếp)"
    r"|xem (?:thêm|nhiều)|cùng chuyên mục|(?:có )?liên quan|bình luận(?: \(\d+\))?|ý kiến(?: bạn đọc| của bạn)?"
    r"|từ kh(?:óa|oá)|tags?|chủ đề|chia sẻ",
    re.I,
)
_NOTE = re.compile(
    r">>|»|→|\+\s*>>|tags?\s*:|từ kh(?:óa|oá)\s*:|chủ đề\s*:|xem thêm\b|đọc thêm\b|mời (?:độc giả|bạn đọc|quý)"
    r"|tin liên quan\b|nguồn(?: tin)?\s*:|link bài gốc|theo dõi .{0,40} trên"
    r"|(?:bình luận|chia sẻ|in bài|gửi bài|lưu bài|thích|theo dõi|nghe bài|sao chép)(?: viết| này| liên kết)?$"
    r"|(?:email|facebook|zalo|copy link)$",
    re.I,
)
_CREDIT = re.compile(
    r"[(\[]?\b(?:(?:nguồn )?ảnh|ảnh (?:minh họa|tư liệu)|đồ h[oọ][aạ]|video|clip|infographic)\s*[:/–-]?\s*"
    r"[^.:;]{0,60}[)\]]?[.…]?$",
    re.I,
)
_SOURCE_LINE = re.compile(r"[(\[]?(?:theo|nguồn|tổng hợp)\b.{0,60}[^.]$", re.I)
_IMPRINT = re.compile(r"giấy phép (?:số|hoạt động|xuất bản)|cơ quan chủ quản|tổng biên tập\s*:|ghi rõ nguồn", re.I)
_LEAD = word_set("sapo chapeau chapo desc description lead summary standfirst intro trichdan tomtat abstract")
_AUTHOR = word_set("author authors byline tacgia writer reporter nguoiviet butdanh penname journalist")
_TIME = word_set("date time datetime publish published ngay posted meta pubdate publishdate info")
_COMMENTS = word_set("comment comments cmt binhluan")
_TITLE = word_set("title tieude headline heading")
_INLINE_AUTHOR = ", ".join(
    ['[rel="author"]', '[itemprop="author"]']
    + [f'{tag}[class*="{name}" i]' for tag in ("a", "span", "b", "strong") for name in ("author", "tacgia", "byline")]
)

_UNREAD_TAGS = SKIPPED_TAGS | {"nav", "footer", "aside"}  # never running text, and half of a page's elements
_LONG = 80  # characters from which a block counts as running text: shorter ones are headings, captions, teasers' titles
_EXTRA = 0.25  # a sibling container with this share of the best one's text belongs to the same body (magazine sections)


@dataclass(slots=True)
class Element:
    """A block-level element with what its subtree holds."""

    node: LexborNode
    parent: int
    tag: str
    names: str
    words: frozenset[str]
    length: int = 0
    linked: int = 0
    running: int = 0
    blocks: int = 0
    links_early: bool = False
    score: float = 0.0
    bad: bool = False


@dataclass(slots=True)
class Block:
    """One block of text. ``owner``: index of its element; ``after_image``: no text stands between it and an image."""

    text: str
    owner: int
    linked: int
    strong: int
    slanted: int
    after_image: bool

    @property
    def mostly_link(self) -> bool:
        """Tell whether a reader would click rather than read it."""
        return self.linked >= 0.7 * len(self.text)


@dataclass(slots=True)
class Page:
    """All block elements and text blocks of a page, in document order."""

    elements: list[Element] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)


@dataclass(slots=True)
class Generic:
    """What the generic reading found; empty where nothing convinced. ``cards``: characters in cards of teasers."""

    title: str = ""
    lead: str = ""
    paragraphs: list[str] = field(default_factory=list)
    bylines: list[str] = field(default_factory=list)
    times: list[Reading] = field(default_factory=list)
    cards: int = 0

    @property
    def body(self) -> str:
        """Return the paragraphs joined by newlines."""
        return "\n".join(self.paragraphs)


def read_generic(tree: LexborHTMLParser, meta: Metadata) -> Generic:
    """Read a page by structure and by the words its markup uses."""
    page = _survey(tree)
    if not page.elements:  # a frameset
        return Generic(title=_title(tree, meta))
    found = Generic(title=_title(tree, meta))
    title_at = _title_block(page, found.title)
    found.cards = _mark_bad(page)
    container = _container(page, title_at)
    if container is None:
        return found
    if not (meta.headline or meta.og_title or _is_printed(page, found.title)):
        found.title = _marked_title(page, container) or found.title
        title_at = _title_block(page, found.title)
    found.lead = _marked_lead(page, container, title_at, meta)
    blocks, marked_captions, loose_captions = _blocks_of(page, container)
    blocks = _after_lead(_after_title(blocks, found.title), found.lead)
    kept = _readable(blocks, marked_captions, loose_captions)
    kept, signature = _trim(page, kept, meta, found)
    marked = _inline_byline(tree) or _marked_byline(page, title_at)
    found.bylines = [marked] if marked else [signature] if signature else []
    found.paragraphs = [b.text for b in kept]
    found.times = _printed_times(page, title_at)
    return found


def densest_text(tree: LexborHTMLParser) -> int:
    """Return the characters of running text in the paragraphs of one parent, the most on the page: a cheap measure."""
    held: Counter[int] = Counter()
    for node in tree.css("p"):
        size = len(clean(node.text()))
        parent = node.parent
        if size >= _LONG and parent is not None and parent.tag != "figcaption":
            held[parent.mem_id] += size
    return max(held.values(), default=0)


@lru_cache(maxsize=8192)
def _words(names: str) -> frozenset[str]:
    """Return the words of class and id names: ``VCSortable author-info`` → vc, sortable, author, info."""
    return frozenset(word.lower() for word in _NAME_WORDS.findall(names)) if names else frozenset()


def _survey(tree: LexborHTMLParser) -> Page:
    page = Page()
    body = tree.body
    if body is None:
        return page
    elements, blocks = page.elements, page.blocks
    pieces: list[str] = []
    counts = [0, 0, 0]  # linked, strong, slanted characters of the block being read
    image = False

    def end(owner: int) -> None:
        nonlocal image
        if not pieces:
            return
        text = clean("".join(pieces))
        pieces.clear()
        linked, strong, slanted = counts
        counts[:] = [0, 0, 0]
        if text:
            blocks.append(Block(text, owner, min(linked, len(text)), strong, slanted, image))
            image = False

    def walk(node: LexborNode, depth: int, owner: int, link: bool, strong: bool, slanted: bool) -> None:
        nonlocal image
        if depth > MAX_DEPTH:
            pieces.append(node.text())
            return
        child = node.first_child
        while child is not None:
            tag = child.tag or ""
            if tag == "-text":
                text = child.text_content or ""
                pieces.append(text)
                if link or strong or slanted:
                    size = len(text.strip())
                    counts[0] += size * link
                    counts[1] += size * strong
                    counts[2] += size * slanted
            elif tag == "br":
                end(owner)
            elif tag == "img":
                image = True
            elif tag in _UNREAD_TAGS:
                image = image or tag == "video"
            elif tag in BLOCK_TAGS or "-" in tag:
                end(owner)
                attributes = child.attributes
                names = f"{attributes.get('class') or ''} {attributes.get('id') or ''}".strip()
                words = _words(names)
                style = (attributes.get("style") or "").replace(" ", "").lower()
                if "hidden" in attributes or "display:none" in style:
                    words |= {"hidden"}
                if "text-align:center" in style or attributes.get("align") == "center":
                    words |= {"centered"}
                elements.append(Element(child, owner, tag, names, words))
                index = len(elements) - 1
                walk(child, depth + 1, index, link, strong, slanted)
                end(index)
            else:
                walk(
                    child,
                    depth + 1,
                    owner,
                    link or tag == "a",
                    strong or tag in ("b", "strong"),
                    slanted or tag in ("i", "em"),
                )
            child = child.next

    elements.append(Element(body, -1, "body", "", frozenset()))
    walk(body, 0, 0, False, False, False)
    end(0)
    for block in blocks:
        size = len(block.text)
        running = size if size >= _LONG and not block.mostly_link else 0
        index = block.owner
        while index >= 0:
            element = elements[index]
            element.blocks += 1
            element.links_early |= element.blocks <= 2 and size >= 20 and block.mostly_link
            element.length += size
            element.linked += block.linked
            element.running += running
            index = element.parent
    return page


def _mark_bad(page: Page) -> int:
    """Mark what is no running text: by name, by shape, with everything below; return the characters in cards."""
    cards = [_is_card(element) for element in page.elements]
    siblings = Counter(element.parent for element, card in zip(page.elements, cards, strict=True) if card)
    total = page.elements[0].running - sum(e.running for e, card in zip(page.elements, cards, strict=True) if card)
    for element, card in zip(page.elements[1:], cards[1:], strict=True):
        repeated = siblings[element.parent] > 1 or element.tag in ("li", "article")
        if page.elements[element.parent].bad or (card and repeated):
            element.bad = True
        elif element.running <= 0.5 * total:  # else it holds the page's text, whatever it is called
            element.bad = _is_named_bad(element)
    return sum(element.length for element, card in zip(page.elements, cards, strict=True) if card)


def _is_named_bad(element: Element) -> bool:
    if element.tag in ("form", "dialog") or any(word in _HARD or word.startswith("relat") for word in element.words):
        return True
    if element.tag in ("ul", "ol") and element.linked > 0.5 * element.length:
        return True
    if element.tag in ("figure", "figcaption") or not element.words & _SOFT:
        return False
    return element.length < 300 or element.linked > 0.4 * element.length


def _is_card(element: Element) -> bool:
    """Tell a teaser's shape: a linked headline first, then a little text."""
    return element.links_early and 2 <= element.blocks <= 5 and element.length < 500


def _container(page: Page, title_at: int) -> int | None:
    elements = page.elements
    for position, block in enumerate(page.blocks):
        owner = elements[block.owner]
        if owner.bad or block.mostly_link or len(block.text) < 25 or _IMPRINT.search(block.text):
            continue
        weight = float(len(block.text)) * (1.0 if len(block.text) >= _LONG else 0.3)
        if position < title_at:  # what stands above the headline is teasers
            weight *= 0.3
        holder = (
            block.owner if owner.tag in ("div", "section", "article", "td", "main", "body", "center") else owner.parent
        )
        share = 1.0
        for _ in range(3):
            if holder < 0:
                break
            elements[holder].score += weight * share
            share *= 0.6
            holder = elements[holder].parent
    best, best_score = None, 0.0
    for index, element in enumerate(elements):
        if element.bad or element.score <= 0:
            continue
        score = element.score * (1.0 - min(element.linked / max(element.length, 1), 0.9))
        if element.node.attributes.get("itemprop") == "articleBody" or _BODY_NAMES.search(element.names):
            score *= 1.5
        if element.words & _PICTURE or element.words & _CAPTION:
            score *= 0.5
        if score > best_score:
            best, best_score = index, score
    if best is None:
        return None
    # A magazine's body comes in several sections: take their common parent then.
    for _ in range(2):
        parent = elements[best].parent
        if parent <= 0 or elements[parent].bad:
            break
        outside = sum(
            len(b.text)
            for b in page.blocks
            if len(b.text) >= _LONG
            and not b.mostly_link
            and not elements[b.owner].bad
            and _within(elements, b.owner, parent)
            and not _within(elements, b.owner, best)
            and not _looks_like_teaser(elements, b.owner, parent)
        )
        if outside < _EXTRA * max(elements[best].running, 1):
            break
        best = parent
    return best


def _looks_like_teaser(elements: list[Element], index: int, stop: int) -> bool:
    """Tell whether a block below ``stop`` belongs to a card: an element with a short linked heading of its own."""
    while index != stop and index > 0:
        element = elements[index]
        if element.tag in ("li", "article") or (
            element.linked > 0 and element.length < 500 and element.linked > 0.15 * element.length
        ):
            return True
        index = element.parent
    return False


def _within(elements: list[Element], index: int, ancestor: int) -> bool:
    while index > ancestor:
        index = elements[index].parent
    return index == ancestor


def _blocks_of(page: Page, container: int) -> tuple[list[Block], set[int], set[int]]:
    """Return the container's blocks, and the ids of those that are captions by markup and by look."""
    elements = page.elements
    chosen: list[Block] = []
    held = elements[container].running
    marked: set[int] = set()
    loose: set[int] = set()
    for block in page.blocks:
        if elements[block.owner].bad or not _within(elements, block.owner, container):
            continue
        caption = card = False
        index = block.owner
        while index != container and not card:
            element = elements[index]
            caption = (
                caption
                or element.tag in ("figcaption", "figure")
                or bool(element.words & _CAPTION)
                or (bool(element.words & _PICTURE) and element.length < 600)
            )
            aside = element.tag == "article" and element.length < 600 and element.running < 0.5 * held
            card = aside or (element.tag == "table" and not _is_layout(page, index))
            index = element.parent
        if card:
            continue
        if caption:
            marked.add(id(block))
        elif _is_loose_caption(block, elements[block.owner]):
            loose.add(id(block))
        elif block.mostly_link:
            continue
        chosen.append(block)
    return chosen, marked, loose


def _is_layout(page: Page, table: int) -> bool:
    """Tell a table that only places paragraphs (old systems) from a table of data."""
    return page.elements[table].running > 0.5 * page.elements[table].length


def _is_loose_caption(block: Block, owner: Element) -> bool:
    """Tell a caption that no markup marks: right after an image, short, and slanted, centred or with a credit."""
    if not block.after_image or len(block.text) > 300:
        return False
    slanted = block.slanted >= 0.9 * len(block.text.replace(" ", ""))
    return slanted or "centered" in owner.words or bool(_CREDIT.search(block.text[-80:]))


def _readable(chosen: Sequence[Block], marked: set[int], loose: set[int]) -> list[Block]:
    """Leave the captions out, unless they are the story.

    Text articles of the stored pages carry up to 1.2 times their text in marked captions; captions without markup are
    paragraphs under pictures, and two of three of them make a photo story.
    """
    size_marked = sum(len(b.text) for b in chosen if id(b) in marked)
    size_loose = sum(len(b.text) for b in chosen if id(b) in loose)
    said = sum(len(b.text) for b in chosen) - size_marked - size_loose
    if size_marked > 3 * (said + size_loose) or size_loose > 0.6 * said:
        return list(chosen)
    return [b for b in chosen if id(b) not in marked and id(b) not in loose]


def _title(tree: LexborHTMLParser, meta: Metadata) -> str:
    """Return the printed headline that the page's own statements confirm, else the statement itself."""
    declared = [text for text in (meta.headline, meta.og_title, meta.html_title) if text]
    heads = [clean(node.text()) for node in tree.css("h1")] or [clean(node.text()) for node in tree.css("h2")[:10]]
    best, score = "", 0.0
    for head in heads:
        if not 8 <= len(head) <= 400:
            continue
        agreement = max((similar(head, _unsuffixed(text, meta.site)) for text in declared), default=0.5)
        if agreement > score:
            best, score = head, agreement
    if best and score >= 0.6:
        return best
    stated = next(iter(declared), "")
    return _unsuffixed(stated, meta.site) if stated else best


def _unsuffixed(title: str, site: str) -> str:
    """Return a declared title without the site's name behind a bar or dash."""
    head, bar, tail = title.rpartition(" | ")
    if bar and len(head) >= 15:
        return _unsuffixed(head, site)
    head, bar, tail = title.rpartition(" - ")
    short = len(tail.split()) <= 6
    named = (bool(site) and similar(tail, site) > 0.5) or bool(
        re.match(r"(?:báo|tạp chí|đài|trang|tuổi trẻ|.*online|.*\.vn)\b", tail, re.I)
    )
    return head if bar and short and named and len(head) >= 15 else title


def _is_printed(page: Page, title: str) -> bool:
    wanted = letters(title)
    return any(letters(block.text) == wanted for block in page.blocks)


def _marked_title(page: Page, container: int) -> str:
    """Return the headline that only a name marks: portals print the site's name in every other place."""
    for block in page.blocks:
        if block.owner > container and not block.mostly_link and 20 <= len(block.text) <= 200:
            return ""
        element = page.elements[block.owner]
        if not element.bad and not block.mostly_link and element.words & _TITLE and 20 <= len(block.text) <= 200:
            return block.text
    return ""


def _title_block(page: Page, title: str) -> int:
    """Return the position of the last heading block that prints the title, 0 when none does."""
    wanted = letters(title)
    if not wanted:
        return 0
    for position, block in enumerate(page.blocks):
        if page.elements[block.owner].tag in ("h1", "h2") and letters(block.text) == wanted:
            return position
    return next(
        (i for i, block in enumerate(page.blocks) if not block.mostly_link and letters(block.text) == wanted), 0
    )


def _marked_lead(page: Page, container: int, title_at: int, meta: Metadata) -> str:
    """Return the sapo that markup names, near the headline, else an empty text."""
    for block in page.blocks[title_at : title_at + 40]:
        index, depth = block.owner, 0
        while index > 0 and depth < 3 and index != container:
            element = page.elements[index]
            if element.length < 1200 and element.words & _LEAD and not block.mostly_link and len(block.text) > 30:
                texts = [b.text for b in page.blocks if _within(page.elements, b.owner, index) and not b.mostly_link]
                return " ".join(texts)
            index, depth = element.parent, depth + 1
    return ""


def _after_title(blocks: list[Block], title: str) -> list[Block]:
    """Cut what stands before the headline when the container reaches above it."""
    wanted = letters(title)
    for position, block in enumerate(blocks[:30]):
        if letters(block.text) == wanted:
            return blocks[position + 1 :]
    return blocks


def _after_lead(blocks: list[Block], lead: str) -> list[Block]:
    """Cut the sapo that markup named off the head."""
    marked = letters(lead)
    for position, block in enumerate(blocks[:8]):
        if marked and letters(block.text) == marked:
            return blocks[position + 1 :]
    while marked and len(blocks) > 1 and letters(blocks[0].text) in marked:
        blocks = blocks[1:]
    return blocks


def _trim(page: Page, blocks: list[Block], meta: Metadata, found: Generic) -> tuple[list[Block], str]:
    """Take lead and time off the head, notes, source and byline off the tail; return the rest and the byline."""
    byline = ""
    while blocks and _is_preamble(blocks[0]):
        blocks = blocks[1:]
    blocks = _without_lead(page, blocks, meta, found)
    blocks = _before_tail(page, blocks)
    blocks = [b for b in blocks if not (_NOTE.match(b.text) and (len(b.text) < 120 or b.linked > 0.3 * len(b.text)))]
    while len(blocks) > 1:
        last = blocks[-1]
        heading = page.elements[last.owner].tag in ("h1", "h2", "h3", "h4", "h5", "h6")
        if heading or (_SOURCE_LINE.match(last.text) and len(last.text) < 70):
            blocks = blocks[:-1]
        elif _is_signature(last):
            byline = byline or last.text
            blocks = blocks[:-1]
        else:
            break
    return blocks, byline


def _before_tail(page: Page, blocks: list[Block]) -> list[Block]:
    """Cut what follows a heading like "Tin liên quan"; where the text goes on beside its paragraphs, cut the heading."""
    for position, block in enumerate(blocks):
        if position == 0 or not _TAIL_HEADING.fullmatch(block.text.strip(" :.")):
            continue
        holders = [
            {page.elements[b.owner].parent for b in part if len(b.text) >= _LONG}
            for part in (blocks[:position], blocks[position:])
        ]
        if holders[0].isdisjoint(holders[1]):
            return blocks[:position]
        return _before_tail(page, [*blocks[:position], *blocks[position + 1 :]])
    return blocks


def _is_preamble(block: Block) -> bool:
    """Tell a line of time, place or byline that stands before the text."""
    text = block.text
    return (len(text) < 60 and parse_time(text) is not None) or (len(text) < 4)


def _is_signature(block: Block) -> bool:
    """Tell a byline paragraph: a few words, every one with a capital, no full stop."""
    text = re.sub(
        r"\([^)]*\)|^(?:bài|tin|ảnh|bài, ảnh|bài và ảnh|tin, ảnh|thực hiện|tác giả)\s*:", "", block.text, flags=re.I
    ).strip(" .-–*")
    words = [word for word in re.split(r"[\s,;–/&-]+", text) if word]
    return (
        0 < len(words) <= 8
        and len(text) <= 60
        and all(word[0].isupper() or word in ("và",) for word in words)
        and ":" not in text
    )


def _without_lead(page: Page, blocks: list[Block], meta: Metadata, found: Generic) -> list[Block]:
    """Remove the sapo from the head of the body; fill ``found.lead`` when markup named none."""
    if not blocks:
        return blocks
    first = blocks[0]
    known = [text for text in (found.lead, meta.og_description, meta.description) if len(text) > 30]
    for text in known:
        if similar(first.text, text) >= 0.85 and len(blocks) > 1:
            found.lead = first.text
            return blocks[1:]
    if found.lead:
        return blocks
    element = page.elements[first.owner]
    compact = len(first.text.replace(" ", ""))
    marked_up = element.tag in ("h2", "h3") or first.strong >= 0.9 * compact
    if len(blocks) > 2 and 60 <= len(first.text) <= 700 and marked_up:
        found.lead = first.text
        return blocks[1:]
    return blocks


def _inline_byline(tree: LexborHTMLParser) -> str:
    """Return the first byline that an inline element's name marks."""
    for node in tree.css(_INLINE_AUTHOR):
        text = clean(node.text())
        above: LexborNode | None = node
        for _ in range(6):
            above = above.parent if above is not None else None
            if above is None or _COMMENTS & _words(above.attributes.get("class") or ""):
                break
        else:
            above = None
        if 3 <= len(text) <= 80 and above is None:
            return text
    return ""


def _marked_byline(page: Page, title_at: int) -> str:
    """Return the byline that a block's name marks, below the headline."""
    for block in page.blocks[title_at:]:
        index, depth = block.owner, 0
        while len(block.text) <= 120 and index > 0 and depth < 3:
            element = page.elements[index]
            if element.words & _COMMENTS:
                break
            if element.length < 200 and element.words & _AUTHOR:
                return block.text
            index, depth = element.parent, depth + 1
    return ""


def _printed_times(page: Page, title_at: int) -> list[Reading]:
    """Return the time printed near the headline, below it first: above stand the page header's clock and top
    stories."""
    found: list[tuple[tuple[bool, bool, int], Reading]] = []
    for position in range(max(0, title_at - 12), min(len(page.blocks), title_at + 25)):
        block = page.blocks[position]
        element = page.elements[block.owner]
        named = bool(element.words & _TIME) or element.tag == "time"
        if len(block.text) > (120 if named else 60):
            continue
        reading = parse_time(block.text)
        if reading is not None and (named or reading.precision is Precision.MINUTE):
            order = (reading.precision is not Precision.MINUTE, position < title_at, abs(position - title_at))
            found.append((order, reading))
    return [min(found, key=lambda pair: pair[0])[1]] if found else []
