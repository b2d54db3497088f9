"""Constraint 14: a source is switched off by one word of data, and without residents' channels a briefing still leaves."""

from __future__ import annotations

import csv
import json
import shutil
from dataclasses import replace
from pathlib import Path

import provinces
from crawlers import collect
from demo.profile import FOLDER
from demo.server import DemoServer
from langnghe import pipeline
from langnghe.context import Context
from langnghe.settings import Settings
from provinces import Province
from records import Records, VirtualClock
from records.types import Channel, EditionState, Harm, Lane, ProposalState
from review.queue import queue
from tests.constraints.house import EVENING, WORLD, press_and_official, sources, walk
from tests.records.build import member
from tests.review.scene import Scene, found


def crawl(folder: Path, province: Province, used: list[provinces.types.Source]) -> set[str]:
    """Collect once from the given sources and return the hosts that were asked."""
    clock = VirtualClock(EVENING)
    with Records.open(folder, province=province.key) as records, DemoServer(clock, world=WORLD) as server:
        collect.run(records, province, clock, sources=used, allow_hosts=server.allow_hosts, spacing_s=0)
        return {host for host, _ in server.sites.asked}


def test_a_killed_source_is_not_asked_and_its_neighbour_is(tmp_path: Path, province: Province) -> None:
    used = sources(province, {"xomnho", "baobanmai"})
    both = crawl(tmp_path / "both", province, used)
    one = crawl(tmp_path / "one", province, [replace(source, kill=source.outlet == "xomnho") for source in used])
    hosts = {key: WORLD.sites[key].host for key in ("xomnho", "baobanmai")}
    assert both == set(hosts.values())
    assert one == {hosts["baobanmai"]}


def test_the_switch_is_one_cell_of_the_profile(tmp_path: Path) -> None:
    folder = tmp_path / "profile"
    shutil.copytree(FOLDER, folder)
    path = folder / "sources.csv"
    rows = list(csv.DictReader(path.open(encoding="utf-8")))
    for row in rows:
        row["kill"] = "yes" if row["outlet"] == "xomnho" else row["kill"]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    killed = {source.outlet: source.kill for source in provinces.load(folder).sources}
    assert killed["xomnho"] and not killed["baobanmai"]
    assert not any(source.kill for source in provinces.load(FOLDER).sources)
    (source,) = [one for one in provinces.load(folder).sources if one.outlet == "xomnho"]
    assert not source.in_force(EVENING.date())


def test_a_killed_class_is_neither_proposed_nor_rung_and_comes_back(records: Records) -> None:
    scene = Scene(records, provinces.load("gia-lai"))
    hate, fraud = scene.harm("a", Harm.HATE), scene.harm("b", Harm.FRAUD)

    def run(off_classes: str) -> tuple[set[str], set[str], set[str]]:
        """Run the stages as configured; return what is proposed, what waits for a person, and which stories ring."""
        settings = Settings(province="gia-lai", off_classes=off_classes)
        context = Context(settings=settings, province=scene.province, records=records, clock=scene.clock)
        for name in ("propose", "alert"):
            pipeline.stage(name, context, pipeline.Options())
        with records.read() as tx:
            waiting = {str(one.item_id) for one in tx.proposals.in_state(ProposalState.PROPOSED)}
            tasks, _ = queue(tx, scene.now)
            return waiting, {task.subject_id for task in tasks}, {one.story_id for one in tx.alerts.unresolved()}

    both, one = {hate.item_id, fraud.item_id}, {fraud.item_id}
    assert run("") == (both, both, {"story-a", "story-b"})
    assert run(" h5, ") == (one, one, {"story-b"})
    later = scene.post("c")
    scene.judge(later, Lane.HARM, found(Harm.HATE))
    with records.begin() as tx:
        tx.stories.put(tx.stories.get("story-a"), [member(later, "story-a")], now=scene.now)
    assert run("H5") == (one, one, {"story-b"})
    with records.begin() as tx:  # switched on again, the class comes back with the next change of its story
        tx.stories.put(tx.stories.get("story-a"), [], now=scene.now)
    assert run("") == ({*both, later.item_id}, {*both, later.item_id}, {"story-a", "story-b"})


def test_without_residents_channels_the_press_briefing_still_leaves(tmp_path: Path, province: Province) -> None:
    """Offline from all platforms, and nobody at the desk: an edition of press and official sources goes out at 07:00."""
    house = walk(tmp_path / "data", decided=False, chosen=press_and_official(province))
    try:
        with house.records.read() as tx:
            channels = {item.channel for item in tx.items.scan()}
            edition = tx.editions.get(house.edition.name)
        assert channels == {Channel.PRESS, Channel.OFFICIAL}
        assert edition.state is EditionState.AUTOMATIC
        content = json.loads((house.edition / "edition.json").read_text("utf-8"))
        shown = [item for section in content["sections"] for story in section["stories"] for item in story["items"]]
        assert len(shown) > 10
        assert {item["kind"] for item in shown} <= {"press_in", "press_out", "official"}
        # What is absent is said to be absent, never counted as zero.
        absent = [row for row in content["coverage"] if "xã hội" in row["label"].lower() or row["configured"] == 0]
        assert absent and all(row["answered"] == 0 for row in absent)
        assert len(list((house.out / "mail").glob("*.eml"))) == 3
    finally:
        house.records.close()
