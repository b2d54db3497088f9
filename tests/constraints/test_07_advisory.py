"""Constraint 7: what the machine says is advice: with confidence, evidence and reason, quoted from what is stored, and marked.

Layout and wording of the edition: ``tests/reports``.
"""

from __future__ import annotations

import email
import email.policy
import json
import re
import subprocess
from typing import Any

from demo.reviewers import load as script
from records.types import Assessment, EditionState, Harm, Item, Lane, Person, Role
from reports.extract import masks_in_words, one_line
from reports.model import EditionContent
from reports.wording import defang_text
from review import decide
from tests.constraints.house import House

PURPOSE = "Không dùng để theo dõi, đánh giá hay xử lý cá nhân"


def assessed(house: House) -> list[tuple[Item, Assessment]]:
    with house.records.read() as tx:
        items = {item.item_id: item for item in tx.items.scan()}
        found = tx.assessments.get_many(items)
    return [(items[item_id], one) for item_id, one in found.items()]


def test_every_judgement_has_a_version_a_confidence_and_a_reason(machine: House) -> None:
    pairs = assessed(machine)
    assert len(pairs) > 150
    for _, one in pairs:
        assert one.model_version
        assert one.relevance_reason
        assert 0 <= one.relevance <= 1 and 0 <= one.lane_probability <= 1 and 0 <= one.tone_probability <= 1
        # What is not relevant is shown to nobody: why it is not is its reason.
        assert one.lane_reasons or one.lane is Lane.OTHER or not one.relevant


def test_every_span_of_evidence_lies_in_the_stored_text(machine: House) -> None:
    seen = 0
    for item, one in assessed(machine):
        spans = [*one.spans, *(span for found in one.harms for span in found.spans)]
        spans += [*one.rescue.spans] if one.rescue else []
        for span in spans:
            assert 0 <= span.start < span.end <= len(item.text)
            assert item.text[span.start : span.end].strip()
            seen += 1
        for hit in one.places:
            assert 0 <= hit.start < hit.end <= len(item.text)
    assert seen > 30


def test_every_suspicion_of_harm_shows_evidence_and_why(machine: House) -> None:
    found = [harm for _, one in assessed(machine) for harm in one.harms]
    assert found
    assert all(harm.spans and harm.reasons and 0 < harm.probability <= 1 for harm in found)


def stories(house: House) -> list[dict[str, Any]]:
    content = json.loads((house.edition / "edition.json").read_text("utf-8"))
    return [story for section in content["sections"] for story in section["stories"]]


def printed(words: str) -> str:
    """Return stored words as an edition prints them: one line, links defanged, masks in words."""
    return re.sub(r"\s+", " ", masks_in_words(defang_text(one_line(words))))


def test_every_summary_and_quote_is_a_piece_of_a_stored_item(decided: House, machine: House) -> None:
    for house in (decided, machine):
        with house.records.read() as tx:
            items = {item.item_id: item for item in tx.items.scan()}
        pieces = [
            (story[part], items[story[f"{part}_item"]])
            for story in stories(house)
            for part in ("summary", "quote")
            if story[part] and story[f"{part}_item"]
        ]
        assert len(pieces) > 10
        # An insult or a leaked list is described in our own words instead (H5, H6, H7).
        described = [story["summary"] for story in stories(house) if story["summary"] and not story["summary_item"]]
        assert all("không dẫn nguyên văn" in words for words in described)
        for words, item in pieces:
            source = {printed(item.text), printed(item.body), re.sub(r"\s+", " ", masks_in_words(one_line(item.text)))}
            piece = words.strip("…").rstrip()
            assert any(piece in one for one in source), words


def test_the_notice_is_on_the_pdf_the_page_and_the_mail(decided: House, machine: House) -> None:
    for house in (decided, machine):
        content = EditionContent.from_dict(json.loads((house.edition / "edition.json").read_text("utf-8")))
        assert "trí tuệ nhân tạo" in content.ai_notice and PURPOSE in content.purpose
        shown = subprocess.run(
            ["pdftotext", str(house.edition / "edition.pdf"), "-"], capture_output=True, text=True, check=True
        ).stdout
        mail = email.message_from_bytes((house.edition / "edition.eml").read_bytes(), policy=email.policy.default)
        parts = [str(part.get_content()) for part in mail.walk() if part.get_content_maintype() == "text"]
        pages = [shown, (house.edition / "edition.html").read_text("utf-8")]
        for words in pages:
            said = re.sub(r"\s+", " ", words)
            assert "trí tuệ nhân tạo" in said and PURPOSE in said
        assert parts and all("trí tuệ nhân tạo" in part for part in parts)


def test_the_notice_says_what_people_really_did(decided: House, machine: House) -> None:
    """Nobody looked: the edition says so; people looked: it says at how many."""
    with machine.records.read() as tx:
        assert tx.editions.get(machine.edition.name).state is EditionState.AUTOMATIC
    left = json.loads((machine.edition / "edition.json").read_text("utf-8"))
    seen = json.loads((decided.edition / "edition.json").read_text("utf-8"))
    assert "CHƯA ĐƯỢC BIÊN TẬP KIỂM TRA" in left["status_line"]
    assert "đã kiểm tra" not in left["ai_notice"] and "đã kiểm tra" in seen["ai_notice"]


def test_one_step_says_wrong_and_the_machine_does_not_say_it_again(decided: House) -> None:
    """ "Không phải thông tin gây hại": the finding goes, its proposals end, a later model cannot bring it back."""
    from dataclasses import replace

    person = Person(name=script().people["nghiem"].name, role=Role.REVIEWER)
    now = decided.clock.now()
    with decided.records.read() as tx:
        one = next(one for _, one in assessed(decided) if any(found.harm is Harm.HATE for found in one.harms))
    with decided.records.begin() as tx:
        rejected = decide.reject_item(tx, one.item_id, person, now, lane=Lane.FEEDBACK, note="sai")
        tx.assessments.put(replace(one, model_version="newer"))
        after = tx.assessments.get(one.item_id)
        assert rejected.harms == () and after is not None and after.harms == () and after.lane is Lane.FEEDBACK
        tx.connection.rollback()  # the house stays as the demo left it
