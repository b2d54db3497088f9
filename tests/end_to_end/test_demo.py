"""The three fictional days: what they leave behind, that a second run changes nothing, and that a kill loses nothing."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest

import provinces
from crawlers.render import browser
from demo import agreement
from demo.content import FIRST, LAST, VIETNAM, load
from demo.match import item_ids
from demo.profile import FOLDER
from records import Records, Transaction
from records.types import EditionState, Harm, Lane

ROOT = Path(__file__).resolve().parents[2]
WORLD = load()
ITEM_IDS = {entry.key: item_id for item_id, entry in item_ids(WORLD).items()}
KILLS = (
    (datetime(2026, 11, 18, 5, 40, tzinfo=VIETNAM), 0.0),
    (datetime(2026, 11, 19, 5, 40, tzinfo=VIETNAM), 0.7),
    (datetime(2026, 11, 20, 7, 0, tzinfo=VIETNAM), 0.3),
)
"""Virtual instants after which the process is killed, and seconds that it goes on before: somewhere in the next instant."""
LIMIT_S = 900

pytestmark = pytest.mark.slow

if browser() is None:
    if os.environ.get("CI") == "true":
        pytest.fail("Chromium is absent: ./run setup installs it", pytrace=False)
    pytest.skip("Chromium is absent: ./run setup installs it", allow_module_level=True)


@dataclass(frozen=True, slots=True)
class Played:
    """A finished run of the demo."""

    folder: Path
    answer: dict[str, Any]
    errors: str

    @property
    def files(self) -> dict[str, str]:
        """The sha256 of every file under ``out``."""
        out = self.folder / "out"
        return {
            str(path.relative_to(out)): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in sorted(out.rglob("*"))
            if path.is_file()
        }


def start(folder: Path) -> subprocess.Popen[str]:
    words = ["-c", "from langnghe.cli import main; main()", "demo", "--data", str(folder), "--json"]
    return subprocess.Popen(
        [sys.executable, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT
    )


def finish(process: subprocess.Popen[str], folder: Path) -> Played:
    out, errors = process.communicate(timeout=LIMIT_S)
    assert process.returncode == 0, errors[-3000:]
    return Played(folder, json.loads(out), errors)


def kill_after(process: subprocess.Popen[str], folder: Path, instant: datetime, seconds: float) -> None:
    state = folder / "demo.state"
    deadline = time.monotonic() + LIMIT_S
    while not state.exists() or datetime.fromisoformat(state.read_text()) < instant:
        assert process.poll() is None, process.communicate()[1][-3000:]
        assert time.monotonic() < deadline
        time.sleep(0.02)
    time.sleep(seconds)
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=60)
    assert process.returncode == -signal.SIGKILL


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> tuple[Played, Played]:
    """The days in one go, and beside it in a process that is killed three times and begins again."""
    folders = tmp_path_factory.mktemp("whole"), tmp_path_factory.mktemp("killed")

    def without_end() -> Played:
        for instant, seconds in KILLS:
            kill_after(start(folders[1]), folders[1], instant, seconds)
        return finish(start(folders[1]), folders[1])

    with ThreadPoolExecutor(1) as pool:
        killed = pool.submit(without_end)
        return finish(start(folders[0]), folders[0]), killed.result()


@pytest.fixture(scope="module")
def whole(both: tuple[Played, Played]) -> Played:
    return both[0]


@pytest.fixture(scope="module")
def killed(both: tuple[Played, Played]) -> Played:
    return both[1]


@pytest.fixture
def tx(whole: Played) -> Iterator[Transaction]:
    with Records.open(whole.folder, province="gia-lai") as records, records.read() as open_tx:
        yield open_tx


def test_three_editions_are_approved_and_mailed_to_each_recipient_once(whole: Played, tx: Transaction) -> None:
    days = ["2026-11-18", "2026-11-19", "2026-11-20"]
    assert [Path(path).name for path in whole.answer["files"]["editions"]] == [f"gia-lai-daily-{day}" for day in days]
    for day in days:
        edition = tx.editions.get(f"gia-lai-daily-{day}")
        assert edition.state is EditionState.DELIVERED
        assert edition.approved_by == "Bùi Thị Ví Dụ"
        folder = whole.folder / "out" / edition.edition_id
        assert (folder / "edition.pdf").read_bytes().startswith(b"%PDF-")
        assert json.loads((folder / "edition.json").read_text("utf-8"))["sections"]
    mails = [
        message_from_bytes(path.read_bytes(), policy=policy.default)
        for path in (whole.folder / "out" / "mail").glob("*.eml")
    ]
    to = sorted((mail["To"].addresses[0].addr_spec, str(mail["Subject"])) for mail in mails)
    assert len(to) == len(set(to)) == 3 * 3
    assert {address for address, _ in to} == {
        "chu-tich@ubnd.example", "van-phong@ubnd.example", "pho-chu-tich@ubnd.example",
    }  # fmt: skip
    assert all([part.get_content_type() for part in mail.iter_attachments()].count("application/pdf") for mail in mails)


def test_only_what_two_people_decided_went_to_the_cyber_team(tx: Transaction) -> None:
    referrals = tx.outward.referrals(FIRST, LAST)
    assert referrals
    for referral in referrals:
        assert referral.approved_by and referral.approved_by != referral.reviewed_by
        entry = next(entry for key, entry in _entries() if ITEM_IDS[key] == referral.item_id)
        assert referral.harm in entry.expected.harms
    scam = next(one for one in referrals if one.item_id == ITEM_IDS["np-lua-1"])
    assert (scam.harm, scam.state.value) == (Harm.FRAUD, "result")


def test_the_reservoir_rumour_went_to_the_agency_that_knows_and_not_to_the_cyber_team(tx: Transaction) -> None:
    rumour = {
        ITEM_IDS[key]
        for key, entry in _entries()
        if entry.expected.event == "reservoir_rumour" and entry.expected.lane is Lane.UNVERIFIED
    }
    stories = {member.story_id for member in tx.stories.member_of(rumour).values()}
    asked = {request.story_id for request in tx.outward.verifications()}
    assert stories & asked
    assert not rumour & {referral.item_id for referral in tx.outward.referrals(FIRST, LAST)}


def test_calls_for_rescue_reach_civil_defence_and_complaints_become_cases(whole: Played, tx: Transaction) -> None:
    calls = {ITEM_IDS[key] for key, entry in _entries() if entry.expected.rescue}
    handed = {call.item_id for call in tx.outward.rescues_open()}
    assert handed and handed <= calls
    assert tx.cases.open()
    rings = [json.loads(path.read_text("utf-8")) for path in (whole.folder / "out/alerts/rescue").glob("*.json")]
    assert {address for ring in rings for address in ring["to"]} == {"truc-ban@phong-thu-dan-su.example"}


def test_the_edited_the_withdrawn_and_the_secret_are_handled(tx: Transaction) -> None:
    assert tx.items.get(ITEM_IDS["cd-xoa-tin-vo-dap"]).withdrawn_at is not None
    assert tx.items.get(ITEM_IDS["cd-cap-nhat-thiet-hai"]).version >= 2
    refused = [ITEM_IDS[key] for key, entry in _entries() if entry.refused]
    assert refused and not tx.items.get_many(refused)
    assert tx.quarantine.reasons()["collect"]["secrecy_mark"] == len(refused)
    # A silent outlet and articles that only exist in the browser leave no false reason behind.
    assert set(tx.quarantine.reasons()["collect"]) == {"secrecy_mark"}


def test_a_site_that_goes_silent_is_no_error_on_the_screen(whole: Played) -> None:
    assert "cuabien" not in whole.errors
    assert "error" not in whole.errors.lower()


def test_the_days_are_read_much_as_a_fair_reader_reads_them(tx: Transaction) -> None:
    found = agreement.measure(tx, provinces.load(FOLDER), WORLD)
    print(f"\n{found}")  # the measured figures are what this test is for
    assert found.lanes.total() > 150
    assert found.lane_share > 0.55  # the floor of tests/demo/test_crawl.py


def test_a_second_run_sends_nothing_and_changes_no_file(whole: Played) -> None:
    before = whole.files
    started = time.monotonic()
    again = finish(start(whole.folder), whole.folder)
    assert again.files == before
    assert (again.answer["until"], again.answer["files"]) == (whole.answer["until"], whole.answer["files"])
    assert again.answer["done"] == {}
    assert {**again.answer["counts"], "gửi lần này": 0} == {**whole.answer["counts"], "gửi lần này": 0}
    assert time.monotonic() - started < 60


def test_killed_three_times_it_ends_with_the_same(whole: Played, killed: Played) -> None:
    assert {**killed.answer["counts"], "gửi lần này": 0} == {**whole.answer["counts"], "gửi lần này": 0}
    assert _kinds(killed) == _kinds(whole)


def _entries() -> list[tuple[str, Any]]:
    return [(entry.key, entry) for entry in WORLD.entries]


def _kinds(played: Played) -> dict[str, int]:
    """Return how many files lie in each folder of ``out``: editions, mails, each kind of alert."""
    folders = [str(Path(name).parent) for name in played.files]
    return {folder: folders.count(folder) for folder in sorted(set(folders))}
