"""The desk's query language, parsed once for both engines; nothing a user types reaches an engine as syntax.

``nước ngập`` both words · ``"xả lũ"`` the phrase · ``ngập OR lụt`` (also ``HOẶC``) either · ``-bóng`` without ·
``lane:feedback place:21583`` a keyword field · parentheses group. Words with diacritics match exactly, words without match
any diacritics (``quy nhon`` finds "Quy Nhơn", also "Qui Nhơn").
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

import text

KEYWORD_FIELDS = frozenset(
    "kind channel source outlet lane tone harm severity reach field place agency status family story".split()
)
MAX_WORDS = 64
"""Longer queries are refused: a desk query has under twenty words, and cost grows with their number."""


class QueryError(Exception):
    """Raised for a query that cannot be read; the message is Vietnamese, for the person who typed it."""


@dataclass(frozen=True, slots=True)
class Words:
    """Adjacent syllables: one word, or a phrase in order. ``exact``: with diacritics."""

    syllables: tuple[str, ...]
    exact: bool


@dataclass(frozen=True, slots=True)
class Keyword:
    """A keyword field that must hold ``value``."""

    field: str
    value: str


@dataclass(frozen=True, slots=True)
class Not:
    """Without ``node``."""

    node: Node


@dataclass(frozen=True, slots=True)
class All:
    """All of ``nodes``."""

    nodes: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Any:
    """At least one of ``nodes``."""

    nodes: tuple[Node, ...]


Node = Words | Keyword | Not | All | Any

Synonyms = Mapping[tuple[str, ...], tuple[tuple[str, ...], ...]]
"""Folded syllables to the folded syllables of other ways to say it."""

_TOKEN = re.compile(r'\s*(?:(?P<phrase>"[^"]*")|(?P<open>\()|(?P<close>\))|(?P<minus>-(?=\S))|(?P<word>[^\s()"]+))')
_FIELD = re.compile(r"^([a-z]+):(.+)$")
# Stands for a space inside a quoted field value while the query is cut into tokens (a private-use character).
_SPACE = "\ue000"


def key_syllables(raw: str) -> tuple[str, ...]:
    """Return the syllables of ``raw`` without diacritics and with i/y made one, as the folded index holds them."""
    return tuple(token.text for token in text.words(text.match_key(text.normalize(raw))))


def exact_syllables(raw: str) -> tuple[str, ...]:
    """Return the lower-case syllables of ``raw`` with diacritics, i/y made one, as the exact index holds them."""
    return tuple(token.text for token in text.words(text.match_key(text.normalize(raw), accents=True)))


def parse(raw: str, synonyms: Synonyms | None = None) -> Node | None:
    """Return the query's tree, or None for an empty query. Raises :class:`QueryError`."""
    tokens = _tokens(raw)
    if not tokens:
        return None
    node, rest = _either(tokens, synonyms or {})
    if rest:
        raise QueryError("Thừa dấu đóng ngoặc “)” trong câu tìm kiếm.")
    if _size(node) > MAX_WORDS:
        raise QueryError(f"Câu tìm kiếm quá dài (tối đa {MAX_WORDS} từ).")
    return node


def _tokens(raw: str) -> list[tuple[str, str]]:
    raw = text.nfc(raw).replace("“", '"').replace("”", '"')
    if raw.count('"') % 2:
        raise QueryError("Thiếu dấu ngoặc kép đóng.")
    raw = re.sub(r'\b([a-z]+):"([^"]*)"', lambda match: f"{match[1]}:{match[2].replace(' ', _SPACE)}", raw)
    return [(str(match.lastgroup), match[str(match.lastgroup)]) for match in _TOKEN.finditer(raw)]


def _either(tokens: list[tuple[str, str]], synonyms: Synonyms) -> tuple[Node, list[tuple[str, str]]]:
    branches: list[Node] = []
    node, tokens = _both(tokens, synonyms)
    branches.append(node)
    while tokens and tokens[0] in {("word", "OR"), ("word", "HOẶC")}:
        node, tokens = _both(tokens[1:], synonyms)
        branches.append(node)
    return (branches[0] if len(branches) == 1 else Any(tuple(branches))), tokens


def _both(tokens: list[tuple[str, str]], synonyms: Synonyms) -> tuple[Node, list[tuple[str, str]]]:
    parts: list[Node] = []
    run: list[str] = []
    while tokens and tokens[0][0] != "close" and tokens[0] not in {("word", "OR"), ("word", "HOẶC")}:
        (kind, value), tokens = tokens[0], tokens[1:]
        if kind == "word" and not _FIELD.match(value):
            run.append(value)
            continue
        parts += _free(run, synonyms)
        run = []
        if kind == "minus":
            if not tokens or tokens[0][0] in {"close", "minus"}:
                raise QueryError("Sau dấu “-” phải là một từ hoặc cụm từ.")
            if tokens[0][0] == "open":
                inner, tokens = _group(tokens[1:], synonyms)
            else:
                inner = _leaf(tokens[0], synonyms)
                tokens = tokens[1:]
            parts.append(Not(inner))
        elif kind == "open":
            inner, tokens = _group(tokens, synonyms)
            parts.append(inner)
        else:
            parts.append(_leaf((kind, value), synonyms))
    parts += _free(run, synonyms)
    if not parts:
        raise QueryError("Câu tìm kiếm thiếu từ khóa.")
    return (parts[0] if len(parts) == 1 and not isinstance(parts[0], Not) else All(tuple(parts))), tokens


def _group(tokens: list[tuple[str, str]], synonyms: Synonyms) -> tuple[Node, list[tuple[str, str]]]:
    node, rest = _either(tokens, synonyms)
    if not rest:
        raise QueryError("Thiếu dấu đóng ngoặc “)”.")
    return node, rest[1:]


def _leaf(token: tuple[str, str], synonyms: Synonyms) -> Node:
    kind, value = token
    named = _FIELD.match(value) if kind == "word" else None
    if named:
        if named[1] not in KEYWORD_FIELDS:
            raise QueryError(f"Không có trường “{named[1]}”; các trường: {', '.join(sorted(KEYWORD_FIELDS))}.")
        return Keyword(named[1], named[2].replace(_SPACE, " "))
    found = _free([value.strip('"')], synonyms, phrase=kind == "phrase")
    if not found:
        raise QueryError("Cụm từ tìm kiếm trống.")
    return found[0] if len(found) == 1 else All(tuple(found))


def _free(run: list[str], synonyms: Synonyms, *, phrase: bool = False) -> list[Node]:
    """Turn adjacent typed words into nodes, the longest known synonym first."""
    raw = " ".join(run)
    exact, key = exact_syllables(raw), key_syllables(raw)
    if phrase:
        return [_words(exact, key)] if key else []
    nodes: list[Node] = []
    position = 0
    while position < len(key):
        for length in range(min(8, len(key) - position), 0, -1):
            others = synonyms.get(key[position : position + length])
            if others:
                said = _words(exact[position : position + length], key[position : position + length])
                nodes.append(Any((said, *(Words(other, exact=False) for other in others))))
                position += length
                break
        else:
            nodes.append(_words(exact[position : position + 1], key[position : position + 1]))
            position += 1
    return nodes


def _words(exact: tuple[str, ...], key: tuple[str, ...]) -> Words:
    folded = all(text.fold(syllable) == syllable for syllable in exact)
    return Words(key, exact=False) if folded else Words(exact, exact=True)


def _size(node: Node) -> int:
    match node:
        case Words(syllables):
            return len(syllables)
        case Keyword():
            return 1
        case Not(inner):
            return _size(inner)
        case All(nodes) | Any(nodes):
            return sum(map(_size, nodes))
