"""The evaluation door, the recipe, the model files and their floors."""

from __future__ import annotations

import gzip
import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nlp.classify import classify
from nlp.errors import LabelledFileError, ModelError, TrainingDataError
from nlp.evaluate import calibration_error, evaluate_lanes, interval, macro_f1, precision_recall
from nlp.judge import FOLDER, load, newest
from nlp.train import calibrate, read, rules_digest

FLOORS = json.loads((Path(__file__).parents[1] / "floors" / "lanes.json").read_text(encoding="utf-8"))


def write(path: Path, rows: list[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return path


def row(text: str, lane: str, channel: str = "social", **more: Any) -> dict[str, Any]:
    return {
        "id": text[:8],
        "channel": channel,
        "text": text,
        "lane": lane,
        "harm": "",
        "harm2": "",
        "tone": None,
        **more,
    }


def test_scores_by_hand() -> None:
    assert precision_recall([True, True, False], [True, False, True]) == {"precision": 0.5, "recall": 0.5, "f1": 0.5}
    assert macro_f1(["a", "a", "b"], ["a", "b", "b"], ["a", "b"]) == pytest.approx(2 / 3, abs=1e-3)
    confidence, right = np.array([0.95, 0.95, 0.55, 0.55]), np.array([1.0, 1.0, 1.0, 0.0])
    assert calibration_error(confidence, right) == pytest.approx((0.1 + 0.1) / 4, abs=1e-9)
    low, high = interval(lambda d: float(d.mean()), 50)
    assert low < 24.5 < high


def test_lanes_has_exactly_the_promised_keys(tmp_path: Path) -> None:
    rows = [
        row("Rác ba ngày không ai dọn, phường làm ăn kiểu gì", "feedback", tone="negative"),
        row("Nap dau 100k tang 200k no hu ban ca rut nhanh t.ly/ax1", "harm", "message", harm="H1"),
        row("mai mấy giờ đá vậy mọi người", "neutral", tone="neutral"),
        row("Gia Lai khánh thành cầu mới", "good", "press", tone="positive"),
    ]
    scores = evaluate_lanes(write(tmp_path / "a.jsonl", rows))
    promised = {
        "classes",
        "macro_f1",
        "feedback_as_harm",
        "harm",
        "harm_at_alert",
        "tone_macro_f1",
        "ece",
        "ece_ci95",
        "docs_per_second",
    }
    assert promised <= set(scores)
    assert set(scores["classes"]["feedback"]) == {"precision", "recall", "f1", "support"}
    assert scores["harm"]["by_class"]["H1"]["support"] == 1
    assert scores["feedback_as_harm"] == 0.0
    json.dumps(scores)


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("", "no rows"),
        ("{not json}\n", ":1: not JSON"),
        ('{"id": "1", "channel": "social", "text": "a", "lane": "good", "harm": ""}\n', "key 'tone'"),
        ('{"id": "1", "channel": "social", "text": "a", "lane": "bad", "harm": "", "tone": null}\n', "lane 'bad'"),
        ("[1, 2]\n", "key 'id'"),
    ],
)
def test_a_bad_labelled_file_is_named(tmp_path: Path, content: str, complaint: str) -> None:
    path = tmp_path / "bad.jsonl"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(LabelledFileError, match=complaint.replace("(", r"\(")):
        evaluate_lanes(path)


def test_the_recipe_learns_and_reports(tmp_path: Path) -> None:
    good = ["dạy hay và dễ hiểu lắm", "thầy nhiệt tình vui vẻ", "bài giảng rất bổ ích", "cô tận tâm, em thích"]
    bad = ["chán quá buồn ngủ", "giảng khó nghe và nhanh", "phòng học hỏng máy lạnh", "điểm không công bằng"]
    lines = ["text,label"] + [
        f'"{text} {n}",{label}' for n in range(10) for label, texts in (("p", good), ("n", bad)) for text in texts
    ]
    train, test = tmp_path / "train.csv", tmp_path / "test.csv.gz"
    train.write_text("\n".join(lines), encoding="utf-8")
    test.write_bytes(gzip.compress('text,label\n"thầy dạy dễ hiểu, nhiệt tình",p\n"giảng chán, khó nghe",n\n'.encode()))
    scores = classify(train, test, "text", "label")
    assert scores["accuracy"] == 1.0
    assert scores["macro_f1"] == 1.0
    assert scores["auc"] == 1.0
    assert scores["weighted_f1"] == 1.0
    assert scores["ci95"][0] <= scores["macro_f1"] <= scores["ci95"][1]
    assert scores["docs_per_second"] > 0


def test_the_recipe_refuses_what_it_cannot_read(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("text,label\na,1\nb,1\n", encoding="utf-8")
    with pytest.raises(LabelledFileError, match="no column 'nhan'"):
        classify(path, path, "text", "nhan")
    with pytest.raises(LabelledFileError, match="single class"):
        classify(path, path, "text", "label")
    with pytest.raises(LabelledFileError, match="cannot be read"):
        classify(tmp_path / "absent.csv", path, "text", "label")


def test_one_model_is_shipped_small_without_pickles_and_with_a_card() -> None:
    versions = [child for child in FOLDER.iterdir() if child.is_dir()]
    assert len(versions) == 1
    files = sorted(path.name for path in versions[0].iterdir())
    assert files == ["card.json", "press.npz", "press.vocabulary.txt", "social.npz", "social.vocabulary.txt"]
    assert sum(path.stat().st_size for path in versions[0].iterdir()) < 10_000_000
    card = json.loads((versions[0] / "card.json").read_text(encoding="utf-8"))
    assert {"version", "data", "data_sha256", "seed", "scales", "offsets", "labels", "metrics"} <= set(card)
    assert all({"set", "terms"} <= set(entry) for entry in card["data"])
    assert load().version == card["version"]
    assert card["rules_sha256"] == rules_digest(), "a rule changed: run 'langnghe train judge' and ship the new version"


def test_a_missing_or_damaged_model_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="langnghe train"):
        newest(tmp_path)
    broken = tmp_path / "v1"
    broken.mkdir()
    for source in newest().iterdir():
        (broken / source.name).write_bytes(source.read_bytes())
    (broken / "press.vocabulary.txt").write_text("wmột\n", encoding="utf-8")
    with pytest.raises(ModelError, match="damaged"):
        load(broken)


def test_training_data_that_is_absent_is_named(tmp_path: Path) -> None:
    with pytest.raises(TrainingDataError, match="press_train"):
        read(tmp_path)


def test_calibration_lowers_the_log_loss() -> None:
    generator = np.random.default_rng(0)
    truth = generator.integers(0, 3, 400)
    scores = generator.normal(0, 1, (400, 3)).astype(np.float32)
    scores[np.arange(400), truth] += 1.0
    scores = scores * 4 + np.array([2.0, 0.0, 0.0], np.float32)

    def loss(values: Any) -> float:
        shifted = np.exp(values - values.max(1, keepdims=True))
        return float(-np.log((shifted / shifted.sum(1, keepdims=True))[np.arange(400), truth]).mean())

    temperature, offsets = calibrate(scores, truth.tolist(), 3)
    assert loss(scores / temperature + offsets) < loss(scores) - 0.2


def test_floors_on_the_dev_gold_hold(shared: Path) -> None:
    path = shared / "data" / "gold" / "lanes_dev.jsonl"
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    assert digest == FLOORS["data_sha256"], "another file: measure again and write new floors beside the old"
    scores = evaluate_lanes(path)
    for key, floor in FLOORS["at_least"].items():
        value: Any = scores
        for part in key.split("."):
            value = value[part]
        assert value >= floor - FLOORS["noise"], f"{key}: {value} is below the floor {floor}"
    for key, ceiling in FLOORS["at_most"].items():
        assert scores[key] <= ceiling, f"{key}: {scores[key]} is above {ceiling}"
