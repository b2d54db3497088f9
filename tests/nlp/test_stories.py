"""Stories: one event together, two events apart, whatever the order and the batches."""

from __future__ import annotations

import gzip
import hashlib
import json
import random
from pathlib import Path

import pytest

from nlp import stories_signature
from nlp.errors import LabelledFileError, ModelError
from nlp.evaluate_stories import b3_and_pairwise, evaluate, parse_time
from nlp.stories import Linker
from nlp.stories_signature import Text, sign

FLOORS = json.loads((Path(__file__).parent.parent / "floors" / "stories.json").read_text(encoding="utf-8"))
HOUR = 3600.0

BRIDGE = [
    (
        "Sập cầu treo ở xã vùng cao, năm học sinh bị thương",
        "Cây cầu treo bắc qua suối Đá Đen bất ngờ đứt cáp khi nhóm học sinh đi học về.",
    ),
    (
        "Năm học sinh nhập viện sau vụ đứt cáp cầu treo",
        "Cầu treo qua suối Đá Đen đứt cáp chiều qua, năm em nhỏ rơi xuống nước được người dân cứu.",
    ),
    (
        "Vì sao cầu treo suối Đá Đen đứt cáp?",
        "Đoàn kiểm tra cho biết cáp cầu treo đã gỉ sét, từng được người dân phản ánh.",
    ),
]
MARKET = [
    (
        "Cháy lớn thiêu rụi hai mươi ki ốt chợ đêm",
        "Đám cháy bùng lên từ gian hàng quần áo của chợ đêm Bến Lau lúc rạng sáng.",
    ),
    (
        "Chợ đêm Bến Lau cháy lúc rạng sáng, tiểu thương trắng tay",
        "Hai mươi ki ốt quần áo bị thiêu rụi, nguyên nhân nghi do chập điện.",
    ),
]


def texts(pairs: list[tuple[str, str]], *, start: float = 0.0, step: float = HOUR, name: str = "") -> list[Text]:
    return [
        Text(f"{name}{number}", start + number * step, title, lead, "") for number, (title, lead) in enumerate(pairs)
    ]


def stories(batch: list[Text], *, size: int = 100) -> dict[str, str]:
    linker = Linker()
    found: dict[str, str] = {}
    for first in range(0, len(batch), size):
        for link in linker.add(sign(batch[first : first + size])):
            found[link.item_id] = link.story_id
            for gone in link.merged:
                found.update((item, link.story_id) for item, story in found.items() if story == gone)
    return found


def groups(found: dict[str, str]) -> set[frozenset[str]]:
    by_story: dict[str, set[str]] = {}
    for item, story in found.items():
        by_story.setdefault(story, set()).add(item)
    return {frozenset(items) for items in by_story.values()}


EVENTS = texts(BRIDGE, name="b") + texts(MARKET, name="m", start=HOUR / 2)
GOLD = {frozenset({"b0", "b1", "b2"}), frozenset({"m0", "m1"})}


def test_two_events_are_two_stories() -> None:
    assert groups(stories(EVENTS)) == GOLD


@pytest.mark.parametrize("size", [1, 2, 3])
def test_the_batches_change_nothing(size: int) -> None:
    assert stories(EVENTS, size=size) == stories(EVENTS)


@pytest.mark.parametrize("seed", range(5))
def test_late_arrivals_find_their_story(seed: int) -> None:
    shuffled = EVENTS.copy()
    random.Random(seed).shuffle(shuffled)
    assert groups(stories(shuffled)) == GOLD


def test_a_story_sleeps_after_its_window() -> None:
    late = Text("late", 100 * HOUR, *BRIDGE[1], "")
    found = stories([*texts(BRIDGE[:1], name="b"), late])
    assert found["late"] != found["b0"]


def test_a_reloaded_window_goes_on_as_if_nothing_had_happened() -> None:
    signatures = sign(EVENTS)
    whole = Linker()
    before = whole.add(signatures[:3])
    after = whole.add(signatures[3:])
    reloaded = Linker()
    reloaded.load(
        [(signature, link.story_id, link.family_id) for signature, link in zip(signatures, before, strict=False)]
    )
    assert reloaded.add(signatures[3:]) == after


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Kết quả xổ số miền Nam ngày 7 tháng 9", "Kết quả xổ số miền Nam ngày 8 tháng 9"),
        ("Giá vàng miếng hôm nay 7/9 tăng nhẹ phiên đầu tuần", "Giá vàng miếng hôm nay 8/9 tăng nhẹ phiên đầu tuần"),
        ("Nhật ký chuyến tàu nhân ái: ngày 2", "Nhật ký chuyến tàu nhân ái: ngày 21"),
        ("Bảng xếp hạng giải bóng đá làng vòng 4", "Bảng xếp hạng giải bóng đá làng vòng 5"),
    ],
)
def test_numbers_keep_the_issues_of_a_series_apart(first: str, second: str) -> None:
    lead = "Cập nhật mới nhất dành cho bạn đọc theo dõi chuyên mục"
    found = stories(
        [Text("a", 0.0, first, lead + " hôm trước", ""), Text("b", 20 * HOUR, second, lead + " hôm sau", "")]
    )
    assert found["a"] != found["b"]


def test_bulletins_of_one_storm_stay_together() -> None:
    title, lead = (
        "Tin bão khẩn cấp, bản tin số {}",
        "Tâm bão Hải Yến Mới cách đất liền {} km, gió giật cấp 13, sóng biển cao 6 m",
    )
    bulletins = [
        Text(str(number), number * 3 * HOUR, title.format(number), lead.format(500 - 60 * number), "", numbered=False)
        for number in range(1, 5)
    ]
    assert len(groups(stories(bulletins))) == 1


SAME = [
    ("Đứt cáp cầu treo suối Đá Đen", "Năm học sinh trường bản Nà Lau rơi xuống nước khi đi học về qua cầu."),
    ("Cầu treo suối Đá Đen đứt cáp", "Bản Nà Lau lo lắng: năm học sinh bị thương nằm ở trạm y tế xã."),
    ("Cáp cầu treo suối Đá Đen đứt, học sinh bản Nà Lau bị thương", "Trạm y tế xã chăm sóc các em rơi xuống nước."),
]


@pytest.mark.parametrize(
    ("held", "story", "merged"),
    [((), "s1", ("s2",)), (("s1",), "s1", ("s2",)), (("s2",), "s2", ("s1",)), (("s1", "s2"), None, ())],
)
def test_an_item_merges_the_two_stories_it_belongs_to_unless_both_are_held(
    held: tuple[str, ...], story: str | None, merged: tuple[str, ...]
) -> None:
    first, second, third = sign(texts(SAME))
    linker = Linker()
    linker.load([(first, "s1", "f1"), (second, "s2", "f2")])
    linker.ask(lambda stories: set(held) & set(stories))
    (link,) = linker.add([third])
    assert link.merged == merged
    assert link.story_id in ((story,) if story else ("s1", "s2"))


def test_odd_texts_open_their_own_story() -> None:
    odd = [Text(str(number), 0.0, title, "", "") for number, title in enumerate(["", "🙂", "a", "và của là", "\u200b"])]
    assert len(groups(stories(odd))) == len(odd)


def test_memory_and_time_stay_with_the_window() -> None:
    rng = random.Random(1)
    words = [f"từ{number}" for number in range(3000)]
    linker = Linker()
    for day in range(40):
        batch = [
            Text(f"{day}-{number}", (day * 24 + number % 24) * HOUR, " ".join(rng.choices(words, k=12)), "", "")
            for number in range(50)
        ]
        linker.add(sign(batch))
    assert len(linker._window) <= 6 * 50
    assert len(linker._stories) <= len(linker._window)


def test_b3_counts_distractors_against_precision_only() -> None:
    perfect = b3_and_pairwise(["x", "x", "y"], ["A", "A", None])
    assert perfect["b3"] == perfect["pairwise"] == {"precision": 1.0, "recall": 1.0, "f1": 1.0}
    polluted = b3_and_pairwise(["x", "x", "x"], ["A", "A", None])
    assert polluted["b3"]["precision"] == pytest.approx(2 / 3, abs=1e-4)
    assert polluted["b3"]["recall"] == 1.0
    split = b3_and_pairwise(["x", "y"], ["A", "A"])
    assert split["b3"] == {"precision": 1.0, "recall": 0.5, "f1": 0.6667}
    assert split["pairwise"] == {"precision": 0.0, "recall": 0.0, "f1": 0.0}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2026-01-31T07:55:00+07:00", "2026-01-31T07:55:00+07:00"),
        ("Thứ 6, 11:03, 20/05/2016", "2016-05-20T11:03:00+00:00"),
        ("20.05.2016 | 10:49 AM", "2016-05-20T10:49:00+00:00"),
        ("06:26 PM - 19/05/2016", "2016-05-19T18:26:00+00:00"),
        ("07:00 ngày 20 tháng 05 năm 2016", "2016-05-20T07:00:00+00:00"),
        ("1/11/2013 18:22", "2013-11-01T18:22:00+00:00"),
        ("20-5-2016", "2016-05-20T12:00:00+00:00"),
        ("45/13/2016", None),
        ("hôm qua", None),
        ("", None),
    ],
)
def test_times_are_read_as_papers_print_them(value: str, expected: str | None) -> None:
    moment = parse_time(value)
    assert (moment.isoformat() if moment else None) == expected


@pytest.mark.parametrize("name", ["vims", "ktlab"])
def test_the_floors_hold_on_real_stories(shared: Path, name: str) -> None:
    file = shared / "data" / "stories" / f"{name}.jsonl.gz"
    floor = FLOORS[name]
    assert hashlib.sha256(file.read_bytes()).hexdigest() == floor["data_sha256"], "other data: measure the floors anew"
    scores = evaluate(file)
    assert scores["b3"]["f1"] >= floor["b3_f1"] - FLOORS["noise"], scores
    assert scores["pairwise"]["f1"] >= floor["pairwise_f1"] - 2 * FLOORS["noise"], scores


def test_distractors_cost_little(shared: Path, tmp_path: Path) -> None:
    folder = shared / "data" / "stories"
    mixed = tmp_path / "mixed.jsonl"
    with mixed.open("w", encoding="utf-8") as out:
        for name in ("vims", "ktlab"):
            with gzip.open(folder / f"{name}.jsonl.gz", "rt", encoding="utf-8") as rows:
                for line in rows:
                    row = json.loads(line)
                    row["published"] = row["time"] = ""
                    row["cluster"] = row["cluster"] if name == "ktlab" else None
                    out.write(json.dumps(row, ensure_ascii=False) + "\n")
    assert evaluate(mixed)["b3"]["f1"] >= FLOORS["ktlab_with_distractors"]["b3_f1"] - FLOORS["noise"]


@pytest.mark.parametrize("row", ["{", '{"title": "a"}', '{"title": 3, "cluster": "a"}'])
def test_a_bad_row_is_named(tmp_path: Path, row: str) -> None:
    file = tmp_path / "stories.jsonl"
    file.write_text('{"title": "Tin", "cluster": "a"}\n' + row + "\n", encoding="utf-8")
    with pytest.raises(LabelledFileError, match="line 2"):
        evaluate(file)


def test_a_file_without_clusters_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "stories.jsonl"
    file.write_text('{"title": "Tin", "cluster": null}\n', encoding="utf-8")
    with pytest.raises(LabelledFileError, match="no row with a cluster"):
        evaluate(file)


def test_a_damaged_model_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "weights.npz").write_bytes(b"no archive")
    monkeypatch.setattr(stories_signature, "MODEL", tmp_path)
    stories_signature.term_weights.cache_clear()
    with pytest.raises(ModelError, match="reinstall"):
        stories_signature.term_weights()
    monkeypatch.undo()
    stories_signature.term_weights.cache_clear()
