from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

import provinces
from handling import propose_story
from provinces import Province
from records.types import (
    Assessment,
    BodyKind,
    Channel,
    Harm,
    HarmFinding,
    HarmLevel,
    Item,
    Lane,
    Precision,
    Reach,
    Rescue,
    Severity,
    Story,
    Tone,
)

NOW = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)  # Friday 08:00 in Vietnam


@pytest.fixture(scope="module")
def province() -> Province:
    return provinces.load("gia-lai")


ITEM = Item(
    item_id="i1", version=1, source_id="s", channel=Channel.SOCIAL, url=None, title="t", lead="", body="b",
    body_kind=BodyKind.POST, published_at=NOW, published_precision=Precision.MINUTE, collected_at=NOW, changed_at=NOW,
    content_hash="h",
)  # fmt: skip
ASSESSMENT = Assessment(
    item_id="i1", version=1, model_version="m", assessed_at=NOW, language="vi", relevant=True, relevance=1.0,
    relevance_reason="", lane=Lane.NEUTRAL, lane_probability=0.9, lane_reasons=(), tone=Tone.NEUTRAL,
    tone_probability=0.9,
)  # fmt: skip
STORY = Story(
    story_id="st", revision=1, headline="h", lead="", lane=Lane.NEUTRAL, tone=Tone.NEUTRAL, severity=Severity.S1,
    reach=Reach.R0, first_published_at=NOW, last_published_at=NOW, lead_item_id="i1", items=1, families=1, outlets=1,
    agency_codes=("so-nnmt",),
)  # fmt: skip


def finding(harm: Harm, *, imminent: bool = False) -> HarmFinding:
    return HarmFinding(
        harm=harm, probability=0.9, level=HarmLevel.ALERT, spans=(), reasons=("dấu hiệu",), imminent=imminent
    )


def actions(province: Province, story: Story, assessment: Assessment, item: Item = ITEM) -> list[str]:
    return [proposal.action for proposal in propose_story(story, [(item, assessment)], province, NOW)]


def test_a_complaint_goes_to_the_agency_that_must_answer(province: Province) -> None:
    (route, reply) = propose_story(STORY, [(ITEM, replace(ASSESSMENT, lane=Lane.FEEDBACK))], province, NOW)
    assert (route.action, reply.action) == ("A07", "A08")
    assert {route.actor, reply.actor} == {"so-nnmt"}
    assert {route.lane, reply.lane} == {Lane.FEEDBACK}
    # Same day ends at 17:00 local; 15 working days from 20/11/2026 end on 14/12/2026 (24/11 is a holiday).
    assert route.due_at == datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
    assert reply.due_at == datetime(2026, 12, 14, 10, 0, tzinfo=UTC)


def test_a_wide_complaint_of_the_press_asks_for_a_statement(province: Province) -> None:
    wide = replace(STORY, reach=Reach.R2)
    press = replace(ITEM, channel=Channel.PRESS)
    assert actions(province, wide, replace(ASSESSMENT, lane=Lane.FEEDBACK), press) == ["A07", "A08", "A04", "A05"]


@pytest.mark.parametrize("harm", list(Harm))
def test_criticism_with_a_harmful_part_stays_criticism(province: Province, harm: Harm) -> None:
    both = replace(ASSESSMENT, lane=Lane.FEEDBACK, harms=(finding(harm),))
    made = propose_story(STORY, [(ITEM, both)], province, NOW)
    assert {proposal.action for proposal in made if proposal.lane is Lane.FEEDBACK} == {"A07", "A08"}
    assert all(proposal.harm is None for proposal in made if proposal.lane is Lane.FEEDBACK)
    assert all(proposal.item_id == "i1" for proposal in made if proposal.lane is Lane.HARM)


@pytest.mark.parametrize(
    ("harm", "severity", "expected"),
    [
        (Harm.FRAUD, Severity.S3, ["A02", "A11", "A12", "A09", "A13"]),
        (Harm.IMPERSONATION, Severity.S2, ["A02", "A09", "A12", "A11"]),
        (Harm.DANGEROUS_RUMOUR, Severity.S3, ["A02", "A04", "A10", "A12"]),
        (Harm.HATE, Severity.S2, ["A09", "A13"]),
        (Harm.LEAKED_DATA, Severity.S2, ["A09", "A13"]),
        (Harm.LEAKED_DATA, Severity.S3, ["A09", "A13", "A11"]),
        (Harm.CHILD_ABUSE, Severity.S4, ["A11", "A09"]),
        (Harm.MALICIOUS_LINK, Severity.S2, ["A11", "A12"]),
        (Harm.VIOLENCE, Severity.S3, ["A09"]),
    ],
)
def test_each_class_has_its_actions(province: Province, harm: Harm, severity: Severity, expected: list[str]) -> None:
    harmful = replace(ASSESSMENT, lane=Lane.HARM, severity=severity, harms=(finding(harm),))
    assert actions(province, STORY, harmful) == expected


def test_imminent_violence_goes_to_the_police_at_once(province: Province) -> None:
    harmful = replace(ASSESSMENT, lane=Lane.HARM, severity=Severity.S4, harms=(finding(Harm.VIOLENCE, imminent=True),))
    (referral,) = propose_story(STORY, [(ITEM, harmful)], province, NOW)
    assert (referral.action, referral.actor) == ("A11", "cong-an-tinh")
    assert referral.due_at - NOW == timedelta(minutes=15)


def test_a_rumour_is_verified_never_referred(province: Province) -> None:
    rumour = replace(ASSESSMENT, lane=Lane.UNVERIFIED, severity=Severity.S3)
    assert actions(province, replace(STORY, reach=Reach.R3), rumour) == ["A02", "A10", "A04"]
    assert actions(province, STORY, replace(rumour, severity=Severity.S1)) == ["A02", "A01"]


def test_a_call_for_rescue_goes_to_civil_defence_within_15_minutes(province: Province) -> None:
    (handover,) = propose_story(
        STORY, [(ITEM, replace(ASSESSMENT, rescue=Rescue(score=0.9, need=("thuyền",), place_code=None)))], province, NOW
    )
    assert (handover.action, handover.actor, handover.severity) == ("A17", "bch-ptds", Severity.S4)
    assert handover.due_at - NOW == timedelta(minutes=15)


def test_the_same_story_gives_the_same_proposals(province: Province) -> None:
    pair = [(ITEM, replace(ASSESSMENT, lane=Lane.FEEDBACK))]
    assert propose_story(STORY, pair, province, NOW) == propose_story(STORY, pair, province, NOW)


def test_no_instrument_is_cited_before_it_was_in_force(province: Province) -> None:
    then = datetime(2025, 11, 6, 1, 0, tzinfo=UTC)
    rumour = replace(ASSESSMENT, lane=Lane.UNVERIFIED)
    assert {
        basis for proposal in propose_story(STORY, [(ITEM, rumour)], province, then) for basis in proposal.basis
    } == {"nd-09-2017"}
