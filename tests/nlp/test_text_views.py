"""What the judges see of a text: tokens, links, language, teencode, rules on careful and hasty writing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import text as vietnamese
from nlp import cues
from nlp.features import learn_vocabulary, tokens
from nlp.language import MINORITY, detect
from nlp.links import find_links
from nlp.rules import Rule, RuleSet
from nlp.teencode import restore
from nlp.view import view


def test_tokens_keep_masks_links_and_cut_runs() -> None:
    assert tokens("Gọi [PHONE:1] nhaaaa!!!! https://abc.vn/x?y=1 lúc 14h30") == [
        "gọi", "<phone>", "nhaa", "!!", "<url>", "lúc", "0h0",
    ]  # fmt: skip


def test_teencode_is_read_in_social_text_only() -> None:
    assert tokens("ko đc", teencode=True) == ["không", "được"]
    assert tokens("ko đc") == ["ko", "đc"]
    assert restore("Ko đc đâu") == "không được đâu"


def test_folded_features_let_a_hasty_complaint_meet_a_careful_one() -> None:
    careful, hasty = tokens("rác đầu hẻm không ai dọn"), tokens("rac dau hem khong ai don")
    vocabulary = learn_vocabulary(
        [careful, hasty, tokens("trời hôm nay đẹp quá")], teencode=False, size=10_000, least=1
    )
    matrix = vocabulary.matrix([careful, hasty, tokens("trời hôm nay đẹp quá")])
    near, far = (matrix[0] @ matrix[1].T).toarray()[0, 0], (matrix[0] @ matrix[2].T).toarray()[0, 0]
    assert near > 1.5 > 0.3 > far


def test_train_and_use_build_the_same_matrix() -> None:
    texts = [tokens(line) for line in ("đường nát quá", "đường đẹp quá", "nước máy đục", "")]
    vocabulary = learn_vocabulary(texts, teencode=False, size=500, least=1)
    together = vocabulary.matrix(texts).toarray()
    for number, words in enumerate(texts):
        assert (vocabulary.matrix([words]).toarray()[0] == together[number]).all()
    assert together[3].sum() == 0


def test_group_norms_are_one() -> None:
    words = tokens("phường làm ăn kiểu gì mà cống nghẹt cả tháng")
    vocabulary = learn_vocabulary([words], teencode=False, size=500, least=1)
    row = vocabulary.matrix([words]).toarray()[0]
    for group in "wfc":
        part = [value for name, value in zip(vocabulary.names, row, strict=True) if name[0] == group]
        assert sum(value * value for value in part) == pytest.approx(1.0, abs=1e-5)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("vào https://vietcombank.com.vn xem", "official"),
        ("nộp tại dichvucong.gov.vn", "official"),
        ("vào vietc0mbank-xacthuc.top ngay", "lookalike"),
        ("bam shb.com.vn-kx.top de huy", "lookalike"),
        ("xem sh0pe.vip", "lookalike"),
        ("vào abc.com.vn-qr.life", "mimic"),
        ("bit.ly/3xyz", "shortener"),
        ("zalo.me/0900", "contact"),
        ("tải lulut.example.cc/app.apk", "file"),
        ("hxxps://dien-luc-hotro.xyz/", "lookalike"),
        ("đọc thêm tại tochuc.org/bai-viet", "plain"),
        ("nhận quà ở qua-x9.icu", "risky"),
    ],
)
def test_links_are_sorted_by_host(text: str, kind: str) -> None:
    links = find_links(text)
    assert [link.kind for link in links] == [kind]
    assert text[links[0].start : links[0].end].strip()


@pytest.mark.parametrize("text", ["TP.HCM hôm nay.Mai mưa", "ngày.Me", "a@b.vn", "3.500.000đ", "v.v.", "Th.S Ng.Văn"])
def test_what_only_looks_like_a_link(text: str) -> None:
    assert find_links(text) == ()


def test_rules_respect_diacritics_where_there_are_some() -> None:
    rule = Rule("burn", r"\bđốt nhà")
    assert rule.find(view("tối nay đốt nhà nó đi", social=True))
    assert rule.find(view("toi nay dot nha no di", social=True))
    assert not rule.find(view("thằng dốt nhà bên hỏi bài cả buổi", social=True))


def test_the_shortcut_of_rules_never_changes_what_they_find() -> None:
    """Rules skip texts without any of their literals; on real-style texts that must equal a plain search."""
    here = Path(__file__)
    lines = (here.parents[2] / "nlp" / "training" / "own.jsonl").read_text(encoding="utf-8").splitlines()
    lines += (here.parent / "criticism.jsonl").read_text(encoding="utf-8").splitlines()
    views = [view(json.loads(line)["text"], social=True) for line in lines[::3]]
    rules = [value for value in vars(cues).values() if isinstance(value, Rule)] + list(cues.LURES) + list(cues.ASKS)
    found = 0
    for rule in rules:
        for seen in views:
            slow = next(rule.all(seen), None)
            quick = rule.find(seen)
            assert (quick and quick.span()) == (slow and slow.span()), rule.name
            found += quick is not None
    assert found > 1000
    together = RuleSet(rules)
    for seen in views:
        one_by_one = [(rule.name, match.span()) for rule in rules if (match := rule.find(seen))]
        assert [(rule.name, match.span()) for rule, match in together.find(seen)] == one_by_one


def test_letters_written_as_signs_are_read() -> None:
    seen = view("Ong/Ba da du d!eu k!en nhan tr0 cap, qua han SE KH0NG_DUOC nhan", social=True)
    assert "dieu kien" in seen.folded
    assert "tro cap" in seen.folded
    assert "khong duoc" in seen.folded
    assert len(seen.folded) == len(seen.text)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Đường vào thôn nát quá", "vi"),
        ("duong vao thon nat qua, khong ai sua", "vi"),
        ("ok ko dc dau nha", "vi"),
        ("The quick brown fox jumps over the lazy dog near the river bank", "en"),
        ("សួស្តី តើអ្នកសុខសប្បាយទេ", "km"),
        ("Ƀơi tơlơi pơhing, ƀing gơyut mơng plơi čar Jrai ñu nao pơ anŏ", "mra"),
        ("这条路很不好走", "zh"),
        ("...!!! 123", "und"),
        ("", "und"),
    ],
)
def test_language(text: str, language: str) -> None:
    assert detect(text) == language


def test_minority_languages_are_the_ones_for_people() -> None:
    assert detect("ខ្ញុំត្រូវការជំនួយ ទឹកជំនន់") in MINORITY
    assert "vi" not in MINORITY
    assert "en" not in MINORITY


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=400))
def test_any_text_can_be_read(text: str) -> None:
    clean = vietnamese.normalize(text)
    seen = view(clean, social=True)
    assert len(seen.lower) == len(clean)
    assert seen.folded == "" or len(seen.folded) == len(clean)
    assert all(0 <= link.start < link.end <= len(clean) for link in seen.links)
    detect(clean)


def test_long_and_odd_text_takes_linear_time() -> None:
    import time

    times = []
    for size in (20_000, 200_000):
        text = ("chuyển khoản nhận quà a.b.c.d!" * (size // 30))[:size]
        start = time.perf_counter()
        view(text, social=True)
        times.append(time.perf_counter() - start)
    assert times[1] < 40 * max(times[0], 0.005)
