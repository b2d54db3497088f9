"""Constraint 13: who may do what; and the Chairman's copy has no way down to a resident's post."""

from __future__ import annotations

import email
import email.policy
import inspect
import json
import re
from collections.abc import Callable, Mapping
from typing import Any

import pikepdf
import pytest

import alerts
from provinces import Province
from records import Records, ReferralState
from records.types import Channel, Conclusion, Lane, Person, Role
from review import cases, decide
from review.errors import NotAllowed
from review.roles import MAY, require
from tests.constraints.house import RESIDENTS, House, entries, ids
from tests.records.build import NOW, post, store

EDITORS = {Role.REVIEWER, Role.APPROVER}
SECONDS = {Role.APPROVER, Role.SIGNER}
WHO: Mapping[str, set[Role]] = {
    # ``domain.md`` §5.3 (13), written out: decisions belong to reviewers, second steps to approvers and signers.
    "view": EDITORS | {Role.SIGNER, Role.AUDITOR},
    "follow": EDITORS | {Role.SIGNER, Role.CYBER, Role.AUDITOR},
    "add": EDITORS | {Role.COLLECTOR},
    "accept": EDITORS,
    "correct": EDITORS,
    "reject": EDITORS,
    "mask": EDITORS,
    "release": EDITORS,
    "approve": SECONDS,
    "decline": SECONDS,
    "confirm": SECONDS,
    "recall": SECONDS,
    "edition": SECONDS,
    "conclude": EDITORS | {Role.LIAISON},
    "case": EDITORS | {Role.LIAISON, Role.OFFICE},
    "rescue": EDITORS | {Role.LIAISON},
    "instruct": {Role.OFFICE},
    "referral": {Role.CYBER},
    "acknowledge": EDITORS | {Role.SIGNER},
    "operate": {Role.ADMIN, Role.APPROVER},
}


@pytest.mark.parametrize("verb", sorted(MAY))
@pytest.mark.parametrize("role", Role)
def test_the_table_of_roles(verb: str, role: Role) -> None:
    """A new verb must be given its roles here by somebody who has read the constraint."""
    person = Person(name="Một Người", role=role)
    if role in WHO[verb]:
        require(person, verb)
    else:
        with pytest.raises(NotAllowed):
            require(person, verb)


def test_auditors_decide_nothing_and_administrators_touch_no_content() -> None:
    verbs = {role: {verb for verb, roles in MAY.items() if role in roles} for role in Role}
    assert verbs[Role.AUDITOR] == {"view", "follow"}  # reads
    assert verbs[Role.ADMIN] == {"operate"}
    assert verbs[Role.CYBER] == {"referral", "follow"}  # sees approved referrals, answers them
    assert verbs[Role.COLLECTOR] == {"add"}
    assert verbs[Role.OFFICE] == {"instruct", "case"}


FUNCTIONS: Mapping[str, tuple[Callable[..., Any], str]] = {
    "accept_story": (decide.accept_story, "accept"),
    "accept_item": (decide.accept_item, "accept"),
    "reject_item": (decide.reject_item, "reject"),
    "reject_story": (decide.reject_story, "reject"),
    "forward_item": (decide.forward_item, "correct"),
    "correct_item": (decide.correct_item, "correct"),
    "correct_story": (decide.correct_story, "correct"),
    "approve": (decide.approve, "approve"),
    "decline": (decide.decline, "decline"),
    "release": (decide.release, "release"),
    "confirm": (decide.confirm, "confirm"),
    "recall": (decide.recall, "recall"),
    "close_rescue": (decide.close_rescue, "rescue"),
    "conclude": (decide.conclude, "conclude"),
    "mask_item": (decide.mask_item, "mask"),
    "mask_words": (decide.mask_words, "mask"),
    "instruct": (decide.instruct, "instruct"),
    "approve_edition": (decide.approve_edition, "edition"),
    "cases.receive": (cases.receive, "case"),
    "cases.answer": (cases.answer, "case"),
    "cases.return_case": (cases.return_case, "case"),
    "cases.remind": (cases.remind, "case"),
    "cases.close": (cases.close, "case"),
}


def test_every_function_that_takes_a_person_is_in_the_table() -> None:
    found = {
        ("" if module is decide else "cases.") + name
        for module in (decide, cases)
        for name, function in vars(module).items()
        if inspect.isfunction(function) and function.__module__ == module.__name__ and not name.startswith("_")
        if "person" in inspect.signature(function).parameters
    }
    assert found == set(FUNCTIONS)


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize("role", Role)
def test_each_function_asks_for_the_role_before_anything_else(
    records: Records, province: Province, name: str, role: Role
) -> None:
    function, verb = FUNCTIONS[name]
    if role in WHO[verb]:
        return
    given: dict[str, Any] = {
        "person": Person(name="Một Người", role=role), "province": province, "now": NOW, "reason": "x", "said": "x",
        "words": "x", "start": 0, "end": 1, "conclusion": Conclusion.TRUE, "harms": (), "lane": Lane.FEEDBACK, "note": "x",
    }  # fmt: skip
    with records.begin() as tx:
        given["item_id"] = "unknown" if name == "mask_words" else store(tx, post("x", body="rác"))[0].item_id
    with pytest.raises(NotAllowed), records.begin() as tx:
        needed = [
            one for one in inspect.signature(function).parameters.values() if one.default is inspect.Parameter.empty
        ]
        arguments = {one.name: given.get(one.name, "unknown") for one in needed if one.name != "tx"}
        function(tx, **arguments)
    with records.read() as tx:
        assert tx.audit.list() == []


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.CYBER])
def test_only_the_cyber_duty_answers_referrals(records: Records, role: Role) -> None:
    with pytest.raises(alerts.AlertError), records.begin() as tx:
        alerts.record_answer(tx, "r1", ReferralState.RECEIVED, Person(name="Ai đó", role=role), NOW)


def chairmans_copy(house: House) -> dict[str, str]:
    """Return everything the Chairman is given, as text: JSON, page, mail, and the file inside the PDF."""
    found = {name: (house.edition / name).read_text("utf-8") for name in ("edition.json", "edition.html")}
    (mail,) = (house.out / "mail").glob("*chu-tich.eml")
    message = email.message_from_bytes(mail.read_bytes(), policy=email.policy.default)
    for number, part in enumerate(message.walk()):
        if part.get_content_maintype() == "text":
            found[f"mail {number}"] = str(part.get_content())
    with pikepdf.open(house.edition / "edition.pdf") as document:
        found["edition.pdf/edition.json"] = document.attachments["edition.json"].get_file().read_bytes().decode()
    return found


def test_the_chairmans_copy_has_no_way_down_to_a_post(decided: House, machine: House) -> None:
    for house in (decided, machine):
        with house.records.read() as tx:
            posts = [item for item in tx.items.scan() if item.channel in {Channel.SOCIAL, Channel.HOTLINE}]
        links = {item.url for item in posts if item.url} | {item.url.split("://")[1] for item in posts if item.url}
        assert len(links) > 150
        for name, words in chairmans_copy(house).items():
            assert [link for link in links if link in words] == [], name
    content = json.loads(chairmans_copy(decided)["edition.json"])
    shown = [item for section in content["sections"] for story in section["stories"] for item in story["items"]]
    social = [item for item in shown if item["kind"] == "social"]
    assert len(social) > 10
    assert {(item["url"], item["title"]) for item in social} == {(None, "Bài đăng công khai")}


def test_without_a_decision_the_copy_holds_no_post_at_all(machine: House) -> None:
    content = json.loads(chairmans_copy(machine)["edition.json"])
    shown = [item for section in content["sections"] for story in section["stories"] for item in story["items"]]
    assert shown and {item["kind"] for item in shown} <= {"press_in", "press_out", "official"}
    words = "\n".join(chairmans_copy(machine).values())
    bodies = [entry.versions[-1].body for entry in entries(*RESIDENTS)]
    pieces = {body[15:55] for body in bodies if len(body) > 60}
    assert len(pieces) > 60
    assert [piece for piece in pieces if piece in words] == []
    assert not re.search(r"\bH[1-8]\b", content["subject"])


def test_recipients_of_the_whole_edition_are_offices_and_agencies_get_none(decided: House) -> None:
    kinds = {one.key: one.kind for one in decided.province.recipients}
    sent = [path.stem.rpartition("_")[2] for path in (decided.out / "mail").glob("*.eml")]
    assert sorted(kinds[key] for key in sent) == ["chairman", "leadership", "office"]
    assert {"agency", "police"} <= set(kinds.values())  # they are recipients, of extracts


def test_ids_of_posts_lead_nowhere(decided: House) -> None:
    """The JSON names stored items by hash; a hash of a post is no address on its platform."""
    content = json.loads(chairmans_copy(decided)["edition.json"])
    shown = [item for section in content["sections"] for story in section["stories"] for item in story["items"]]
    native = {entry.key for entry in entries("xemlang")} | {entry.path for entry in entries("xomnho", "nhaptay")} - {""}
    for item in shown:
        if item["kind"] == "social":
            assert item["item_id"] in ids().values()
            assert not [one for one in native if one in item["item_id"]]
