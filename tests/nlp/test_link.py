"""Stage ``link`` on the records: new, changed, copied, withdrawn and no longer relevant items."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import provinces
from nlp import link
from provinces.province import Province
from provinces.types import SourceKind
from records import Assessed, Records, VirtualClock
from records.types import (
    Assessment,
    Capture,
    Channel,
    Engagement,
    Item,
    Lane,
    Member,
    PlaceHit,
    Proposal,
    ProposalState,
    Reach,
    Severity,
    Story,
    Tone,
)

NOW = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
CLOCK = VirtualClock(NOW)

BRIDGE = (
    (
        "Sập cầu treo ở xã vùng cao, năm học sinh bị thương",
        "Cây cầu treo bắc qua suối Đá Đen bất ngờ đứt cáp khi các em đi học về.",
    ),
    (
        "Năm học sinh nhập viện sau vụ đứt cáp cầu treo",
        "Cầu treo qua suối Đá Đen đứt cáp chiều qua, năm em nhỏ rơi xuống nước được cứu.",
    ),
    (
        "Vì sao cầu treo suối Đá Đen đứt cáp?",
        "Đoàn kiểm tra cho biết cáp cầu treo đã gỉ sét, từng được người dân phản ánh.",
    ),
)
MARKET = ("Cháy lớn thiêu rụi hai mươi ki ốt chợ đêm", "Đám cháy bùng lên từ gian hàng quần áo của chợ đêm Bến Lau.")


@cache
def province() -> Province:
    return provinces.load("gia-lai")


def sources(kind: SourceKind) -> list[str]:
    """Return one source of each publisher of a kind."""
    found: dict[str, str] = {}
    for source in province().sources:
        if source.kind is kind:
            found.setdefault(source.family or source.outlet, source.source_id)
    return list(found.values())


@pytest.fixture
def records(tmp_path: Path) -> Iterator[Records]:
    with Records.open(tmp_path) as opened:
        yield opened


def press(number: int, title: str, lead: str, **changes: Any) -> Capture:
    values: dict[str, Any] = {
        "source_id": sources(SourceKind.PRESS_OUT)[number % 4],
        "channel": Channel.PRESS,
        "url": f"https://bao{number}.example/{number}.html",
        "title": title,
        "lead": lead,
        "published_at": NOW - HOUR * (20 - number),
    }
    return Capture(**{**values, **changes})


def assessed(item: Item, **changes: Any) -> Assessment:
    values: dict[str, Any] = {
        "item_id": item.item_id,
        "version": item.version,
        "model_version": "m1",
        "assessed_at": NOW,
        "language": "vi",
        "relevant": True,
        "relevance": 0.9,
        "relevance_reason": "name",
        "lane": Lane.NEUTRAL,
        "lane_probability": 0.8,
        "lane_reasons": (),
        "tone": Tone.NEUTRAL,
        "tone_probability": 0.7,
    }
    return Assessment(**{**values, **changes})


def take(records: Records, *captures: Capture, **changes: Any) -> list[Item]:
    """Store and assess items."""
    with records.begin() as tx:
        items = [tx.items.get(stored.item_id) for stored in tx.items.store_many(captures, NOW)]
        tx.assessments.put_many([assessed(item, **changes) for item in items])
    return items


def stories(records: Records) -> list[Story]:
    with records.begin() as tx:
        return sorted(tx.stories.scan(), key=lambda story: (-story.items, story.headline))


def run(records: Records, **options: Any) -> dict[str, int]:
    return dict(link.run(records, province(), CLOCK, **options).counts)


def events() -> list[Capture]:
    return [press(number, *pair) for number, pair in enumerate((*BRIDGE, MARKET))]


def test_items_of_one_event_become_one_story(records: Records) -> None:
    take(records, *events())
    assert run(records)["ok"] == 4
    bridge, market = stories(records)
    assert (bridge.items, bridge.families, bridge.outlets) == (3, 3, 3)
    assert bridge.headline == BRIDGE[0][0]
    assert bridge.lead == BRIDGE[0][1]
    assert bridge.reach is Reach.R3, "three publishers"
    assert (bridge.first_published_at, bridge.last_published_at) == (NOW - HOUR * 20, NOW - HOUR * 18)
    assert (market.items, market.reach) == (1, Reach.R0)
    assert run(records) == {}, "a second run finds nothing to do"


def test_the_next_run_goes_on_where_the_last_one_stopped(records: Records, tmp_path: Path) -> None:
    take(records, *events())
    assert run(records, limit=2)["ok"] == 2
    assert run(records, limit=1)["ok"] == 1
    assert run(records)["ok"] == 1
    with Records.open(tmp_path / "whole") as whole:
        take(whole, *events())
        run(whole)
        assert [replace(story, revision=0) for story in stories(whole)] == [
            replace(story, revision=0) for story in stories(records)
        ]


def test_a_killed_run_leaves_nothing_half_written(records: Records, monkeypatch: pytest.MonkeyPatch) -> None:
    take(records, *events())

    def dies(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(link, "_stored", dies)
        run(records)
    assert stories(records) == []
    assert run(records)["ok"] == 4


def test_a_copy_is_a_family_and_no_confirmation(records: Records) -> None:
    copies = [press(number, *BRIDGE[0], body="Nguyên văn bản tin của hãng thông tấn. " * 5) for number in range(3)]
    take(records, *copies)
    assert run(records)["copies"] == 2
    (story,) = stories(records)
    assert (story.items, story.families, story.outlets) == (3, 1, 3)


def test_a_changed_version_updates_its_story_and_duplicates_nothing(records: Records) -> None:
    first, *_ = take(records, *events())
    run(records)
    (before, *_) = stories(records)
    take(records, press(0, "Sập cầu treo ở xã vùng cao, sáu học sinh bị thương", BRIDGE[0][1]))
    assert run(records)["changed"] == 1
    after, other = stories(records)
    assert after.story_id == before.story_id
    assert after.revision == before.revision + 1
    assert (after.items, other.items) == (3, 1)
    assert after.headline == "Sập cầu treo ở xã vùng cao, sáu học sinh bị thương"
    assert after.lead_item_id == first.item_id


def test_an_item_that_is_no_longer_relevant_leaves_and_an_empty_story_ends(records: Records) -> None:
    items = take(records, *events())
    run(records)
    with records.begin() as tx:
        tx.assessments.put_many([assessed(item, relevant=False, model_version="m2") for item in (items[1], items[3])])
    assert run(records) == {"unlinked": 2}
    (story,) = stories(records)
    assert (story.items, story.outlets) == (2, 2)


def test_a_withdrawn_item_no_longer_counts(records: Records) -> None:
    items = take(records, *events())
    run(records)
    with records.begin() as tx:
        tx.items.withdraw(items[0].item_id, NOW)
        tx.assessments.relink([items[0].item_id])
    run(records)
    story, _ = stories(records)
    assert (story.items, story.headline) == (2, BRIDGE[1][0])


def test_lane_other_and_irrelevant_items_are_not_linked(records: Records) -> None:
    take(records, press(0, *BRIDGE[0]), lane=Lane.OTHER)
    take(records, press(1, *BRIDGE[1]), relevant=False)
    assert run(records) == {}


def test_an_item_without_text_waits_for_a_person(records: Records) -> None:
    (item,) = take(records, press(0, " ", ""))
    assert run(records) == {"quarantine": 1, "ok": 0, "new": 0, "merged": 0}
    with records.begin() as tx:
        (entry,) = tx.quarantine.list("link")
    assert (entry.subject_id, entry.reason) == (item.item_id, "no-text")
    assert run(records) == {}


def test_merged_stories_become_one_and_their_items_move(records: Records) -> None:
    words = "Cầu treo suối Đá Đen đứt cáp, học sinh bản Nà Lau bị thương"
    first = take(
        records,
        press(
            0, "Đứt cáp cầu treo suối Đá Đen", "Năm học sinh trường bản Nà Lau rơi xuống nước khi đi học về qua cầu."
        ),
        press(1, "Cầu treo suối Đá Đen đứt cáp", "Bản Nà Lau lo lắng: năm học sinh bị thương nằm ở trạm y tế xã."),
    )
    run(records)
    with records.begin() as tx:
        home = tx.stories.member_of([item.item_id for item in first])
        kept = home[first[0].item_id]
        # As if the two had opened stories of their own, the second of them still unseen by any later stage.
        entries = tx.assessments.assessed([first[1].item_id])
        apart = Member(item_id=first[1].item_id, story_id="second", family_id="second")
        story = link.compose("second", [(entries[first[1].item_id], apart)], province())
        tx.stories.put(story, [apart], now=NOW)
    take(records, press(2, words, "Trạm y tế xã chăm sóc các em rơi xuống nước."))
    assert run(records)["merged"] == 1
    (story,) = stories(records)
    assert (story.story_id, story.items) == (kept.story_id, 3)
    with records.begin() as tx:
        assert {member.story_id for member in tx.stories.members(story.story_id)} == {kept.story_id}
        assert tx.stories.get_many(["second"]) == {}


def test_a_story_with_a_proposal_is_never_merged_away(records: Records) -> None:
    first = take(
        records,
        press(
            0, "Đứt cáp cầu treo suối Đá Đen", "Năm học sinh trường bản Nà Lau rơi xuống nước khi đi học về qua cầu."
        ),
        press(1, "Cầu treo suối Đá Đen đứt cáp", "Bản Nà Lau lo lắng: năm học sinh bị thương nằm ở trạm y tế xã."),
    )
    run(records)
    with records.begin() as tx:
        entries = tx.assessments.assessed([item.item_id for item in first])
        home = tx.stories.member_of(entries)
        apart = Member(item_id=first[1].item_id, story_id="second", family_id="second")
        tx.stories.put(link.compose("second", [(entries[first[1].item_id], apart)], province()), [apart], now=NOW)
        for number, story_id in enumerate(("second", home[first[0].item_id].story_id)):
            tx.proposals.put_many([proposal(f"p{number}", story_id)])
    take(records, press(2, "Cầu treo suối Đá Đen đứt cáp, học sinh bản Nà Lau bị thương", "Các em rơi xuống nước."))
    run(records)
    assert len(stories(records)) == 2


def proposal(proposal_id: str, story_id: str) -> Proposal:
    return Proposal(
        proposal_id=proposal_id,
        story_id=story_id,
        item_id=None,
        action="A07",
        lane=Lane.FEEDBACK,
        harm=None,
        severity=Severity.S1,
        actor="ubnd",
        due_at=NOW,
        basis=(),
        rationale="",
        state=ProposalState.PROPOSED,
        created_at=NOW,
    )


# The story as its members tell it: pure.


def pair(
    number: int, family: str = "", *, item: dict[str, Any] | None = None, **changes: Any
) -> tuple[Assessed, Member]:
    values: dict[str, Any] = {
        "item_id": f"{number:064d}",
        "version": 1,
        "source_id": sources(SourceKind.PRESS_OUT)[number % 4],
        "channel": Channel.PRESS,
        "url": None,
        "title": f"Tin số {number}",
        "lead": "Sapo",
        "body": "",
        "body_kind": "lead",
        "published_at": NOW + HOUR * number,
        "published_precision": "minute",
        "collected_at": NOW,
        "changed_at": NOW,
        "content_hash": "",
    }
    thing = Item(**{**values, **(item or {})})
    member = Member(item_id=thing.item_id, story_id="s", family_id=family or str(number))
    return Assessed(thing, assessed(thing, **changes)), member


def compose(*members: tuple[Assessed, Member]) -> Story:
    return link.compose("s", members, province())


def test_the_lane_is_counted_by_family_not_by_copy() -> None:
    story = compose(
        pair(1, "agency", lane=Lane.GOOD),
        pair(2, "agency", lane=Lane.GOOD),
        pair(3, "agency", lane=Lane.GOOD),
        pair(4, lane=Lane.FEEDBACK),
        pair(5, lane=Lane.FEEDBACK),
    )
    assert story.lane is Lane.FEEDBACK


def test_harm_and_rumour_never_give_a_story_its_lane_while_another_is_there() -> None:
    assert compose(pair(1, lane=Lane.HARM), pair(2, lane=Lane.HARM), pair(3, lane=Lane.NEUTRAL)).lane is Lane.NEUTRAL
    assert compose(pair(1, lane=Lane.UNVERIFIED), pair(2, lane=Lane.UNVERIFIED)).lane is Lane.UNVERIFIED


def test_the_headline_is_the_earliest_official_or_press_text_on_this_event_alone() -> None:
    official = sources(SourceKind.OFFICIAL)[0]
    social = {"channel": Channel.SOCIAL, "source_id": "xomnho/forum", "title": "", "body": "Ngập quá bà con ơi " * 20}
    rumour = pair(0, item={"title": "Nghe nói sắp vỡ đập"}, lane=Lane.UNVERIFIED)
    post = pair(1, item=social)
    round_up = pair(2, item={"title": "Xem nhanh 12h: ngập nặng | Giá vàng tăng"})
    article = pair(3)
    bulletin = pair(4, item={"source_id": official, "channel": Channel.OFFICIAL, "title": "Thông báo xả lũ"})
    assert compose(rumour, post, round_up, article, bulletin).headline == "Thông báo xả lũ"
    assert compose(rumour, post, round_up, article).headline == "Tin số 3"
    assert compose(rumour, post, round_up).headline.startswith("Ngập quá bà con ơi")
    assert len(compose(post).headline) <= 111


def test_severity_is_the_highest_and_places_fields_and_agencies_are_united() -> None:
    def hit(code: str) -> PlaceHit:
        return PlaceHit(place_code=code, name="", score=0.9, reason="", start=0, end=1)

    story = compose(
        pair(1, places=(hit("21583"),), fields=("health",), agency_codes=("so-y-te",), severity=Severity.S1),
        pair(2, places=(hit("21592"), hit("21583")), fields=("transport",), severity=Severity.S3),
    )
    assert story.severity is Severity.S3
    assert story.place_codes == ("21583", "21592")
    assert story.fields == ("health", "transport")
    assert story.agency_codes == ("so-y-te",)


@pytest.mark.parametrize(
    ("tones", "expected"),
    [
        ("PPN", Tone.MIXED),
        ("PPPPN", Tone.POSITIVE),
        ("NNU", Tone.NEGATIVE),
        ("UU", Tone.UNKNOWN),
    ],
)
def test_the_tone_of_a_story(tones: str, expected: Tone) -> None:
    by_letter = {"P": Tone.POSITIVE, "N": Tone.NEGATIVE, "U": Tone.UNKNOWN}
    assert compose(*(pair(number, tone=by_letter[letter]) for number, letter in enumerate(tones))).tone is expected


@pytest.mark.parametrize(
    ("engagement", "reach"),
    [
        (Engagement(), Reach.R0),
        (Engagement(views=999), Reach.R0),
        (Engagement(reactions=400, comments=300, shares=300), Reach.R1),
        (Engagement(views=10_000, reactions=5), Reach.R2),
        (Engagement(views=100_000), Reach.R3),
    ],
)
def test_reach_counts_views_or_reactions(engagement: Engagement, reach: Reach) -> None:
    item = {"channel": Channel.SOCIAL, "source_id": "xomnho/forum", "engagement": engagement}
    assert compose(pair(1, item=item)).reach is reach


def test_posts_of_many_channels_are_no_outlets_of_the_press() -> None:
    story = compose(*(pair(n, item={"channel": Channel.SOCIAL, "source_id": f"kenh{n}"}) for n in range(4)))
    assert (story.outlets, story.reach) == (4, Reach.R0)
