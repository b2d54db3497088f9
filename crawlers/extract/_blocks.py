"""The text of a part of the tree as blocks: one paragraph, heading, list entry or table cell each."""

from __future__ import annotations

from selectolax.lexbor import LexborNode

from crawlers.extract._clean import clean, word_set

BLOCK_TAGS = word_set(
    "address article aside blockquote body center dd details dialog div dl dt fieldset figcaption figure footer",
    "form h1 h2 h3 h4 h5 h6 header hr li main nav ol p pre section summary table tbody td tfoot th thead tr ul",
)
SKIPPED_TAGS = word_set(
    "script style noscript iframe svg template button select option input textarea object embed audio video",
    "canvas map link meta head -comment title",
)

MAX_DEPTH = 200
"""Elements nested deeper (real pages: under 60) are read as one text: a hostile page must not exhaust the stack."""


def texts(root: LexborNode) -> list[str]:
    """Return the blocks of ``root`` in order, cleaned, without empty ones; ``<br>`` ends a block."""
    found: list[str] = []
    inline: list[str] = []

    def end() -> None:
        if inline:
            text = clean("".join(inline))
            inline.clear()
            if text:
                found.append(text)

    def walk(node: LexborNode, depth: int) -> None:
        if depth > MAX_DEPTH:
            inline.append(node.text())
            return
        child = node.first_child
        while child is not None:
            tag = child.tag or ""
            if tag == "-text":
                inline.append(child.text_content or "")
            elif tag == "br":
                end()
            elif tag not in SKIPPED_TAGS:
                # Elements named with a hyphen are the CMS's own blocks (zce-…, app-…).
                if tag in BLOCK_TAGS or "-" in tag:
                    end()
                    walk(child, depth + 1)
                    end()
                else:
                    walk(child, depth + 1)
            child = child.next

    walk(root, 0)
    end()
    return found
