"""Reading a page by its outlet's file."""

from __future__ import annotations

from dataclasses import dataclass, field

from selectolax.lexbor import LexborHTMLParser

from crawlers.extract._authors import names
from crawlers.extract._blocks import texts
from crawlers.extract._clean import clean
from crawlers.extract._times import Reading, parse_time
from crawlers.outlets import Rule

MIN_BODY = 120
"""Characters; a shorter body is a video's or gallery's teaser: title and lead carry as much."""


@dataclass(slots=True)
class Ruled:
    """What was read under ``name``; empty where the layout has no such part. ``time_expected``: it prints a time."""

    name: str
    title: str = ""
    lead: str = ""
    body: str = ""
    author: tuple[str, ...] = ()
    section: str = ""
    times: list[Reading] = field(default_factory=list)
    time_expected: bool = False


def read_by_rules(tree: LexborHTMLParser, candidates: tuple[Rule, ...]) -> Ruled | None:
    """Read with the first layout whose body is on the page, or return None; cuts boxes and captions out of the tree."""
    for rule in candidates:
        body = tree.css_first(rule.body)
        if body is None:
            continue
        read = Ruled(
            rule.name,
            title=_first(tree, rule.title),
            lead=_first(tree, rule.lead),
            section=_first(tree, rule.section),
            times=_times(tree, rule.time),
            time_expected=bool(rule.time),
        )
        if rule.author:
            read.author = tuple(dict.fromkeys(name for node in tree.css(rule.author) for name in names(node.text())))
        signatures = body.css(rule.signature) if rule.signature else []
        if signatures:
            read.author = read.author or names(signatures[-1].text())
            signatures[-1].decompose()
        keep_captions = bool(rule.captions_are_content) and tree.css_first(rule.captions_are_content) is not None
        cut = ", ".join((*rule.drop, *(() if keep_captions else (rule.captions,))))
        for node in body.css(cut) if cut else []:
            node.remove()
        read.body = "\n".join(texts(body))
        if len(read.body) >= MIN_BODY:
            return read
    return None


def _first(tree: LexborHTMLParser, selector: str) -> str:
    """Return the cleaned text of the first match that has any; an image's text is its description."""
    for node in tree.css(selector) if selector else []:
        text = clean(node.attributes.get("alt")) if node.tag == "img" else " ".join(texts(node))
        if text:
            return text
    return ""


def _times(tree: LexborHTMLParser, selector: str) -> list[Reading]:
    for node in tree.css(selector) if selector else []:
        reading = parse_time(node.attributes.get("datetime") or "") or parse_time(clean(node.text()))
        if reading is not None:
            return [reading]
    return []
