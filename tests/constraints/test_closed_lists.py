"""The closed lists of ``domain.md`` §5.1–§5.4: eight harms, seventeen actions, no opinions, nothing by setting."""

from __future__ import annotations

import csv
import importlib
import re
import shutil
import types
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
import typer.main

import provinces
from demo.profile import FOLDER
from handling.catalogue import CODES, catalogue
from langnghe.settings import Settings, SettingsError, load
from nlp.judge import load as load_models
from provinces import ProvinceError
from records.types import REFERABLE, FeedbackKind, Harm, Lane, OutwardKind
from tests.conftest import ROOT

CATALOGUE = importlib.import_module("handling.catalogue")
OPINION = re.compile(
    r"politic|opinion|ideolog|dissent|reaction|petition|protest|strike|religio|loyal|trust_score|reputation|chính trị|tư tưởng"
    r"|phản động|chống phá|xuyên tạc|tôn giáo|biểu tình|đình công|khiếu kiện|uy tín"
)
FORBIDDEN_ACTS = re.compile(
    r"xử phạt|triệu tập|yêu cầu gỡ|gỡ bỏ|gỡ bài|chặn tài khoản|xác định (?:chủ|danh tính)|truy vết|khóa tài khoản|ngăn chặn"
    r"|đấu tranh|răn đe|mời làm việc|nhắc nhở người đăng|bình luận thay|take.?down",
    re.IGNORECASE,
)
AVOIDED = re.compile(
    r"(?<!bảo trợ )\bđối tượng\b|phản động|chống phá|thế lực|tin giả|xử lý chủ tài khoản", re.IGNORECASE
)


def test_there_are_exactly_eight_harms() -> None:
    assert [harm.value for harm in Harm] == [f"H{number}" for number in range(1, 9)]
    assert {harm.value for harm in REFERABLE} == {"H1", "H2", "H4", "H6", "H7", "H8"}
    with pytest.raises(TypeError, match="cannot extend"):
        types.new_class("More", (Harm,))
    with pytest.raises(ValueError, match="H9"):
        Harm("H9")


def test_lanes_kinds_of_feedback_and_ways_out_are_closed_and_hold_no_opinion() -> None:
    assert {lane.value for lane in Lane} == {"good", "neutral", "feedback", "harm", "unverified", "other"}
    assert {way.value for way in OutwardKind} == {"referral", "verification", "notice", "rescue"}
    names = [one.value for kind in (Harm, Lane, FeedbackKind, OutwardKind) for one in kind]
    names += [one.name.lower() for kind in (Harm, Lane, FeedbackKind, OutwardKind) for one in kind]
    assert [name for name in names if OPINION.search(name)] == []
    assert len(FeedbackKind) == 6


@pytest.mark.parametrize("profile", provinces.available())
def test_no_field_of_a_profile_is_a_class_for_opinions(profile: str) -> None:
    found = provinces.load(profile).fields
    assert len(found) > 10
    assert [one for one in found if OPINION.search(f"{one.key} {one.name.lower()}")] == []


def test_the_models_know_no_class_beyond_the_lists() -> None:
    models = load_models()
    known = {lane.value for lane in Lane}
    tones = {"positive", "neutral", "negative", "mixed", "unknown"}
    topics = {one.key for one in provinces.load("gia-lai").fields}
    for heads in (models.press, models.social):
        for head, labels in heads.labels.items():
            if head == "lane":
                assert set(labels) <= known
            elif head == "tone":
                assert set(labels) <= tones
            elif head.startswith("harm:"):
                assert head.removeprefix("harm:") in {harm.value for harm in Harm}
            else:
                assert head == "field" and not [label for label in labels if OPINION.search(label)]
    assert set(models.scales) <= set(Harm)
    assert topics


@pytest.mark.parametrize(
    "more",
    ['harms = ["H9"]', 'lanes = ["politics"]', '[[harm]]\nkey = "H9"', '[[actions]]\ncode = "A18"', 'keywords = ["x"]'],
)
def test_a_profile_cannot_add_a_class_or_an_action(tmp_path: Path, more: str) -> None:
    folder = tmp_path / "profile"
    shutil.copytree(FOLDER, folder)
    path = folder / "profile.toml"
    text = path.read_text("utf-8")
    first = more if not more.startswith("[[") else ""
    path.write_text(f"{first}\n{text}\n{'' if first else more}\n", "utf-8")
    with pytest.raises(ProvinceError):
        provinces.load(folder)


@pytest.mark.parametrize("key", ["harms", "lanes", "actions", "keywords", "watch_terms", "roles", "classes"])
def test_no_setting_adds_a_class_or_an_action(tmp_path: Path, key: str) -> None:
    with pytest.raises(SettingsError, match="unknown setting"):
        load({"data": tmp_path}, {f"LANGNGHE_{key.upper()}": "x"})
    assert key not in {field.name for field in fields(Settings)}


def broken(table: dict[str, Any], change: Mapping[str, Any]) -> dict[str, Any]:
    return {code: {**row, **change.get(code, {})} for code, row in table.items()} | {
        code: row for code, row in change.items() if code not in table
    }


@pytest.mark.parametrize(
    "change",
    [
        {"A18": {"name": "Gỡ bài", "words": "Gỡ.", "actor": "police", "due": "same_day", "people": 1, "outward": True,
                 "basis": [], "lanes": ["feedback"]}},
        {"A11": {"lanes": ["harm", "feedback"]}},
        {"A11": {"harms": ["H1", "H3"]}},
        {"A11": {"harms": ["H1", "H5"]}},
        {"A12": {"people": 1}},
        {"A09": {"people": 1}},
        {"A11": {"people": 1}},
        {"A01": {"lanes": ["politics"]}},
        {"A09": {"harms": ["H9"]}},
    ],
)  # fmt: skip
def test_an_edited_catalogue_is_refused(monkeypatch: pytest.MonkeyPatch, change: Mapping[str, Any]) -> None:
    table = broken(CATALOGUE._table(), change)
    monkeypatch.setattr(CATALOGUE, "_table", lambda: table)
    with pytest.raises((ValueError, KeyError)):
        CATALOGUE.catalogue.__wrapped__()


def test_no_action_is_against_a_person_or_a_post() -> None:
    assert tuple(catalogue()) == CODES == tuple(f"A{number:02d}" for number in range(1, 18))
    for action in catalogue().values():
        assert not FORBIDDEN_ACTS.search(f"{action.name} {action.words}"), action.code


def commands(group: Any, path: str = "") -> list[str]:
    """Return the full names of all commands below a group of the command line."""
    if inner := getattr(group, "commands", None):
        return [name for key, one in inner.items() for name in commands(one, f"{path} {key}".strip())]
    return [path]


def test_no_command_searches_follows_or_punishes_persons() -> None:
    cli = importlib.import_module("langnghe.cli")
    cli.register()
    found = commands(typer.main.get_command(cli.app))
    assert {"collect", "assess", "search", "deliver"} <= set(found)
    words = re.compile(
        r"author|user|person|people|account|profile(?!s)|follow|track|watchlist|block|takedown|remove|ban|fine|face"
    )
    assert [name for name in found if words.search(name)] == []


TEXTS = ("handling", "review", "alerts", "reports", "langnghe", "search")


def test_product_texts_avoid_the_words_that_accuse() -> None:
    """``domain.md`` §6: in everything that officers and leaders read."""
    found = []
    for room in TEXTS:
        for path in sorted((ROOT / room).rglob("*")):
            if path.suffix in {".py", ".j2", ".toml", ".css", ".json"}:
                for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
                    if AVOIDED.search(line):
                        found.append(f"{path.relative_to(ROOT)}:{number}: {line.strip()[:80]}")
    assert found == []


def test_no_shipped_list_of_words_is_about_opinions() -> None:
    """Tables that the models and rules read: no list of ideas, faiths or names of movements."""
    for path in sorted((ROOT / "nlp").rglob("*.csv")) + sorted((ROOT / "provinces").rglob("fields.csv")):
        for row in csv.reader(path.open(encoding="utf-8")):
            assert not OPINION.search(" ".join(row).lower()), f"{path.name}: {row}"
