"""What an outlet's file declares: where its markup keeps each part of an article."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One layout of one outlet; the fields after ``since`` are CSS selectors, empty where the layout has no such part.

    ``hosts`` are registrable hosts, matched with their subdomains. ``since`` is the day of the oldest page that
    proves the layout: a redesign gets a further rule with its own day, old pages keep the old one. ``body`` names the
    container; a layout is tried only on pages that have it. ``drop`` are taken out of the container before it is
    read, ``captions`` too unless ``captions_are_content`` matches the page (photo stories). ``time`` is the printed
    publication time. ``signature`` is a byline that stands inside the body as its last paragraph.
    """

    outlet: str
    hosts: tuple[str, ...]
    since: date
    body: str
    title: str = "h1"
    lead: str = ""
    drop: tuple[str, ...] = ()
    captions: str = "figcaption"
    captions_are_content: str = ""
    author: str = ""
    signature: str = ""
    section: str = ""
    time: str = ""

    @property
    def name(self) -> str:
        """Return outlet and version, for example ``dantri@2022-12-24``."""
        return f"{self.outlet}@{self.since}"
