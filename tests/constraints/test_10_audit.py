"""Constraint 10: who decided, opened, sent what, to whom, in a chain that shows tampering and holds no resident's words.

The chain under attack: ``tests/records/test_audit.py``; here: whether everything that happened stands in it.
"""

from __future__ import annotations

import importlib
import json
import shutil
import sqlite3
from pathlib import Path

import pytest
import sqlalchemy as sa
from typer.testing import CliRunner

from demo.profile import FOLDER
from records import Records
from records import tables as tb
from tests.constraints.house import OUTWARD, RESIDENTS, House, entries, ids
from tests.constraints.test_01_no_person_layer import handles, numbers


def test_the_chain_of_both_walks_is_whole(machine: House, decided: House) -> None:
    for house in (machine, decided):
        with house.records.read() as tx:
            assert tx.audit.verify().ok
            assert tx.audit.verify().entries > 0


def test_every_decision_stands_in_the_chain_with_its_person(decided: House) -> None:
    with decided.records.read() as tx:
        rows = tx.connection.execute(sa.select(tb.decisions)).mappings().all()
        written = {(entry.actor, entry.at) for entry in tx.audit.list()}
    assert len(rows) > 60
    assert [row["decision_id"] for row in rows if (row["person"], row["decided_at"]) not in written] == []


def test_everything_that_left_stands_in_the_chain(decided: House) -> None:
    with decided.records.read() as tx:
        chain = tx.audit.list()
        subjects = {entry.subject for entry in chain}
        referrals = tx.outward.referrals_open()
        cases = tx.cases.open()
        rescues = tx.outward.rescues_open()
        mails = tx.outbox.list("mail", "done")
        messages = [row for topic in (*OUTWARD, "alert", "ring") for row in tx.outbox.list(topic, "done")]
    assert {f"referral:{one.referral_id}" for one in referrals} <= subjects
    assert {f"case:{one.case_id}" for one in cases} <= subjects
    sent = {(entry.subject, entry.detail.get("recipient")) for entry in chain if entry.verb == "send"}
    for row in mails:
        payload = row.entry.payload
        assert (f"edition:{payload['edition_id']}:{payload['revision']}", payload["recipient"]) in sent
    assert len(mails) == 3
    assert {row.entry.key for row in messages} <= {subject for subject, _ in sent}
    to = [entry.detail["to"] for entry in chain if entry.verb == "send" and "to" in entry.detail]
    assert len(to) == len(messages) > 30
    opened = {entry.subject for entry in chain if entry.verb == "unseal"}
    assert opened <= {f"item:{one.item_id}" for one in rescues}


def test_the_chain_holds_no_word_of_a_resident(decided: House) -> None:
    with decided.records.read() as tx:
        chain = json.dumps([[one.actor, one.subject, dict(one.detail)] for one in tx.audit.list()], ensure_ascii=False)
        items = tx.items.get_many(ids()[entry.key] for entry in entries(*RESIDENTS))
    words = {item.body[start : start + 30] for item in items.values() for start in range(0, len(item.body) - 30, 15)}
    assert len(words) > 300
    assert [piece for piece in words if piece in chain] == []
    assert [one for one in handles() | numbers() if one in chain] == []


TAMPERING = (
    "UPDATE audit SET actor = 'Người khác' WHERE seq = {middle}",
    "UPDATE audit SET verb = 'reject' WHERE seq = {middle}",
    "DELETE FROM audit WHERE seq = {middle}",
    "UPDATE audit SET subject = 'referral:other' WHERE verb IN ('refer', 'release')",
    "UPDATE audit SET detail = '{{}}' WHERE seq = {middle}",
)


@pytest.mark.parametrize("change", TAMPERING)
def test_who_changes_the_chain_is_refused_or_found(decided: House, tmp_path: Path, change: str) -> None:
    """The database refuses; somebody who removes the triggers from the file is found by ``verify``."""
    for path in decided.folder.glob("records.sqlite*"):
        shutil.copy(path, tmp_path)
    database = sqlite3.connect(tmp_path / "records.sqlite", isolation_level=None)
    middle = database.execute("SELECT max(seq) / 2 FROM audit").fetchone()[0]
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        database.execute(change.format(middle=middle))
    for name in ("audit_no_update", "audit_no_delete"):
        database.execute(f"DROP TRIGGER {name}")
    assert database.execute(change.format(middle=middle)).rowcount > 0
    database.close()
    with Records.open(tmp_path, province=decided.province.key) as records, records.read() as tx:
        assert not tx.audit.verify().ok


@pytest.fixture
def _no_logging(monkeypatch: pytest.MonkeyPatch) -> None:
    """Logging would keep the runner's stderr and break whoever logs after it is closed."""
    monkeypatch.setattr("langnghe.log.configure", lambda style: None)


@pytest.mark.usefixtures("_no_logging")
def test_who_looked_stands_in_the_chain_and_who_may_not_look_sees_nothing(decided: House, tmp_path: Path) -> None:
    """On the command line: a reviewer and an auditor read, both are written down; a collector is refused."""
    cli = importlib.import_module("langnghe.cli")
    cli.register()
    folder = tmp_path / "data"
    shutil.copytree(decided.folder, folder)
    item_id = ids()["np-lua-1"]
    common = ["--data", str(folder), "--province", str(FOLDER), "--json"]
    for name, role in (("Trực ban Một", "reviewer"), ("Kiểm toán Hai", "auditor")):
        done = CliRunner().invoke(cli.app, ["review", "show", item_id, "--by", name, "--role", role, *common])
        assert done.exit_code == 0, done.output
        assert "hoàn 100% tiền điện" in done.output
    refused = CliRunner().invoke(
        cli.app, ["review", "show", item_id, "--by", "Người Ba", "--role", "collector", *common]
    )
    assert refused.exit_code != 0 and "hoàn 100% tiền điện" not in refused.output
    with Records.open(folder, province=decided.province.key) as records, records.read() as tx:
        seen = [
            (entry.actor, entry.detail["role"]) for entry in tx.audit.list(f"item:{item_id}") if entry.verb == "view"
        ]
        assert tx.audit.verify().ok
    assert sorted(seen) == [("Kiểm toán Hai", "auditor"), ("Trực ban Một", "reviewer")]


@pytest.mark.usefixtures("_no_logging")
def test_a_search_is_written_down_without_its_words_and_has_a_name_on_a_shared_database(
    decided: House, tmp_path: Path
) -> None:
    cli = importlib.import_module("langnghe.cli")
    folder = tmp_path / "data"
    shutil.copytree(decided.folder, folder)
    common = ["search", "tiền điện", "--data", str(folder), "--province", str(FOLDER), "--json"]
    done = CliRunner().invoke(cli.app, [*common, "--by", "Trực ban Một", "--role", "reviewer"])
    assert done.exit_code == 0, done.output
    for refused in (["--by", "Người Ba", "--role", "collector"], ["--by", "Người Ba"], ["--role", "reviewer"]):
        assert CliRunner().invoke(cli.app, [*common, *refused]).exit_code != 0
    shared = {"LANGNGHE_RECORDS_URL": f"sqlite:///{folder / 'records.sqlite'}"}
    assert CliRunner().invoke(cli.app, common, env=shared).exit_code != 0
    assert CliRunner().invoke(cli.app, [*common, "--by", "Một", "--role", "auditor"], env=shared).exit_code == 0
    with Records.open(folder, province=decided.province.key) as records, records.read() as tx:
        found = [(entry.actor, entry.verb, set(entry.detail)) for entry in tx.audit.list("search")]
    assert found == [("Một", "view", {"role", "results"}), ("Trực ban Một", "view", {"role", "results"})]
