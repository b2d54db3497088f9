"""``langnghe evaluate`` and ``langnghe train``: the door behind which the shipped system is measured."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from langnghe import show
from langnghe.cli import JsonOption, app
from langnghe.settings import SettingsError

evaluate = typer.Typer(
    help="Score the shipped system on a labelled file (formats: docs/evaluation.md).", no_args_is_help=True
)
app.add_typer(evaluate, name="evaluate")

FileArgument = Annotated[Path, typer.Argument(help="Labelled JSONL file.", exists=True, readable=True)]


def _emit(result: dict[str, Any], json: bool) -> None:
    if json:
        show.emit(result)
    else:
        show.print_scores(result)


@evaluate.command("extract")
def extract(
    folder: Annotated[
        Path, typer.Argument(help="Folder with pages and articles_gold.json.", exists=True, file_okay=False)
    ],
    json: JsonOption = False,
) -> None:
    """Score extraction: body F1, title, date, minute, author, pages per second."""
    from crawlers.extract import evaluate as extract_

    _emit(extract_.evaluate(folder), json)


@evaluate.command("places")
def places(file: FileArgument, json: JsonOption = False) -> None:
    """Score relevance to the three provinces: precision, recall, F1."""
    from nlp import evaluate_places as places_

    _emit(places_.evaluate(file), json)


@evaluate.command("lanes")
def lanes(file: FileArgument, json: JsonOption = False) -> None:
    """Score lanes, harm, tone and calibration; prints the share of criticism proposed as harm."""
    from nlp import evaluate as lanes_

    _emit(lanes_.evaluate_lanes(file), json)


@evaluate.command("stories")
def stories(file: FileArgument, json: JsonOption = False) -> None:
    """Score stories: B³ and pairwise precision, recall, F1."""
    from nlp import evaluate_stories as stories_

    _emit(stories_.evaluate(file), json)


@evaluate.command("classify")
def classify(
    train: Annotated[Path, typer.Option("--train", help="CSV (.gz too) to train on.", exists=True)],
    test: Annotated[Path, typer.Option("--test", help="CSV (.gz too) to score on.", exists=True)],
    text: Annotated[str, typer.Option("--text", help="Column with the text.")] = "text",
    label: Annotated[str, typer.Option("--label", help="Column with the label.")] = "label",
    json: JsonOption = False,
) -> None:
    """Train the standard recipe on one file and score it on another."""
    from nlp import classify as classify_

    _emit(classify_.classify(train, test, text, label), json)


@app.command("train")
def train(
    what: Annotated[str, typer.Argument(help="What to train: judge.")] = "judge",
    shared: Annotated[Path, typer.Option("--shared", help="Folder of the shared data.")] = Path("../shared"),
    out: Annotated[Path, typer.Option("--out", help="Folder that gets NAME/VERSION.")] = Path("nlp/models"),
    seed: Annotated[int, typer.Option("--seed")] = 0,
    json: JsonOption = False,
) -> None:
    """Train a model on data whose terms allow shipping it; the same data and seed give the same files."""
    from nlp import train as train_

    if not (shared / "data").is_dir():
        raise SettingsError(f"no training data in {shared}: give --shared, the folder that holds data/")
    card = train_.train(what, shared, out / what, seed)
    _emit(card, json)
