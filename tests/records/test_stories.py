"""Assessments, links to stories, signatures, and the cursors of the stages after them."""

from __future__ import annotations

import pytest

from records import Records, UnknownRecord
from records.types import (
    FeedbackKind,
    Harm,
    Lane,
    Person,
    PlaceHit,
    Rescue,
    Role,
    Severity,
    Span,
)
from tests.records.build import DAY, HOUR, NOW, assessment, capture, finding, member, post, store, story

EDITOR = Person(name="Người biên tập Một", role=Role.REVIEWER)


def test_an_assessment_comes_back_as_it_was_put(records: Records) -> None:
    with records.begin() as tx:
        (item,) = store(tx, post())
        full = assessment(
            item,
            lane=Lane.FEEDBACK,
            severity=Severity.S3,
            human_only=True,
            places=(PlaceHit(place_code="21583", name="Quy Nhơn", score=0.9, reason="trigger", start=0, end=9),),
            fields=("environment",),
            agency_codes=("ubnd-21583",),
            feedback_kind=FeedbackKind.SERVICE,
            spans=(Span(start=0, end=4, reason="complaint"),),
            harms=(finding(Harm.FRAUD), finding(Harm.VIOLENCE, imminent=True)),
            rescue=Rescue(score=0.8, need=("boat", "food"), place_code=None, spans=(Span(start=1, end=2),)),
            signals=("sarcasm",),
        )
        tx.assessments.put(full)
        assert tx.assessments.get(item.item_id) == full
        assert tx.assessments.assessed([item.item_id])[item.item_id].item.revision == 2


def test_an_assessment_of_a_superseded_version_leaves_the_item_pending(records: Records) -> None:
    with records.begin() as tx:
        (old,) = store(tx, capture())
        store(tx, capture(body="mới"))
        tx.assessments.put(assessment(old))
        assert tx.assessments.get(old.item_id) is None
        assert [item.version for item in tx.items.pending_assessment("m1", NOW, 9)] == [2]
        assert tx.assessments.pending_link(NOW, 9) == []


def test_an_unknown_item_cannot_be_assessed(records: Records) -> None:
    with records.begin() as tx:
        (item,) = store(tx, capture())
    with pytest.raises(UnknownRecord, match="no item 'weg'"), records.begin() as tx:
        tx.assessments.put(assessment(item, item_id="weg"))


def test_a_persons_correction_outlives_the_next_model(records: Records) -> None:
    with records.begin() as tx:
        (item,) = store(tx, capture())
        tx.assessments.put(assessment(item, lane=Lane.UNVERIFIED))
        tx.assessments.correct(assessment(item, lane=Lane.FEEDBACK), EDITOR)
        tx.assessments.put(assessment(item, lane=Lane.UNVERIFIED, model_version="m2"))
        found = tx.assessments.get(item.item_id)
        assert found is not None and found.lane is Lane.FEEDBACK
        assert tx.assessments.corrected_by(item.item_id) == EDITOR.name
        assert tx.items.pending_assessment("m2", NOW, 9) == []


def test_only_relevant_items_of_a_lane_are_linked_in_order_of_publication(records: Records) -> None:
    with records.begin() as tx:
        late = capture("a", published_at=NOW - HOUR)
        early = capture("b", published_at=NOW - 5 * HOUR)
        items = store(tx, late, early, capture("c"), capture("d"))
        tx.assessments.put_many(
            [
                assessment(items[0]),
                assessment(items[1]),
                assessment(items[2], relevant=False),
                assessment(items[3], lane=Lane.OTHER),
            ]
        )
        assert [pair.item.title for pair in tx.assessments.pending_link(NOW, 9)] == ["Tin b", "Tin a"]
        assert {pair.item.title for pair in tx.assessments.published(NOW - 2 * HOUR, NOW)} == {"Tin a", "Tin d"}
        assert len(list(tx.assessments.collected(NOW, NOW + HOUR, relevant=False))) == 4
        tx.quarantine.put("link", items[1].item_id, "odd", "", NOW)
        assert [pair.item.title for pair in tx.assessments.pending_link(NOW, 9)] == ["Tin a"]


def test_a_story_grows_by_revisions_and_queues_what_changed(records: Records) -> None:
    with records.begin() as tx:
        first, second = store(tx, capture("a"), capture("b"))
        tx.assessments.put_many([assessment(first), assessment(second)])
        one = tx.stories.put(story("s1", first), [member(first, "s1")], now=NOW)
        two = tx.stories.put(story("s1", first, items=2, outlets=2), [member(second, "s1", "f2")], now=NOW + HOUR)
        assert (one.revision, two.revision, two.updated_at) == (1, 2, NOW + HOUR)
        assert tx.stories.get("s1") == two
        assert [each.family_id for each in tx.stories.members("s1")] == ["f1", "f2"]
        assert tx.stories.member_of([second.item_id])[second.item_id].story_id == "s1"
        assert tx.assessments.pending_link(NOW, 9) == []
        keys = [state.entry.key for state in tx.outbox.list("index")]
    assert keys[-4:] == [
        f"index:item:{first.item_id}:3",
        "index:story:s1:1",
        f"index:item:{second.item_id}:3",
        "index:story:s1:2",
    ]


def test_a_changed_version_of_a_linked_item_is_linked_again_not_doubled(records: Records) -> None:
    with records.begin() as tx:
        (item,) = store(tx, capture())
        tx.assessments.put(assessment(item))
        tx.stories.put(story("s1", item), [member(item, "s1")], now=NOW)
        (changed,) = store(tx, capture(body="mới"))
        assert tx.assessments.pending_link(NOW, 9) == []
        tx.assessments.put(assessment(changed))
        assert [pair.item.version for pair in tx.assessments.pending_link(NOW, 9)] == [2]
        tx.stories.put(story("s1", changed), [member(changed, "s1")], now=NOW)
        assert len(tx.stories.members("s1")) == 1
        assert tx.stories.get("s1").revision == 2


def test_an_item_that_turns_out_irrelevant_is_taken_out(records: Records) -> None:
    with records.begin() as tx:
        first, second = store(tx, capture("a"), capture("b"))
        tx.assessments.put_many([assessment(first), assessment(second)])
        tx.stories.put(story("s1", first), [member(first, "s1"), member(second, "s1")], now=NOW)
        tx.assessments.put(assessment(second, relevant=False, model_version="m2"))
        assert tx.assessments.pending_unlink(9) == [second.item_id]
        assert tx.stories.remove([second.item_id], now=NOW) == {"s1"}
        assert tx.assessments.pending_unlink(9) == []
        assert [each.item_id for each in tx.stories.members("s1")] == [first.item_id]
        assert tx.stories.remove([first.item_id], now=NOW) == {"s1"}
        tx.stories.drop("s1", now=NOW)
        with pytest.raises(UnknownRecord):
            tx.stories.get("s1")


def test_moving_an_item_to_another_story_leaves_it_in_one(records: Records) -> None:
    with records.begin() as tx:
        (item,) = store(tx, capture())
        tx.stories.put(story("s1", item), [member(item, "s1")], now=NOW)
        tx.stories.put(story("s2", item), [member(item, "s2")], now=NOW)
        assert tx.stories.members("s1") == []
        assert tx.stories.member_of([item.item_id])[item.item_id].story_id == "s2"


def test_each_stage_after_link_sees_each_revision_once(records: Records) -> None:
    with records.begin() as tx:
        (item,) = store(tx, capture())
        tx.stories.put(story("s1", item), [member(item, "s1")], now=NOW)
        (seen,) = tx.stories.changed_since_proposal(9)
        tx.stories.put(story("s1", item), now=NOW)
        tx.stories.mark_proposed([seen])
        assert [each.revision for each in tx.stories.changed_since_proposal(9)] == [2]
        tx.stories.mark_proposed(tx.stories.changed_since_proposal(9))
        assert tx.stories.changed_since_proposal(9) == []
        assert [each.story_id for each in tx.stories.changed_since_alert(9)] == ["s1"]
        tx.stories.mark_alerted(tx.stories.changed_since_alert(9))
        assert tx.stories.changed_since_alert(9) == []


def test_active_stories_are_those_with_members_in_the_window(records: Records) -> None:
    with records.begin() as tx:
        (item,) = store(tx, capture())
        tx.stories.put(story("old", item, first_published_at=NOW - 5 * DAY, last_published_at=NOW - 4 * DAY), now=NOW)
        tx.stories.put(story("long", item, first_published_at=NOW - 5 * DAY, last_published_at=NOW), now=NOW)
        tx.stories.put(story("new", item, first_published_at=NOW + HOUR, last_published_at=NOW + HOUR), now=NOW)
        assert [each.story_id for each in tx.stories.active(NOW - DAY)] == ["new", "long"]
        assert [each.story_id for each in tx.stories.active(NOW - DAY, NOW + HOUR)] == ["long"]
        assert [each.story_id for each in tx.stories.scan()] == ["long", "new", "old"]


def test_signatures_are_found_by_any_shared_key_in_the_window(records: Records) -> None:
    top, negative = (1 << 64) - 1, -5
    with records.begin() as tx:
        items = store(tx, capture("a"), capture("b"), capture("c"))
        ids = [item.item_id for item in items]
        tx.stories.put_signatures(
            [(ids[0], b"A", (1, top), NOW - 9 * DAY), (ids[1], b"B", (1, top), NOW), (ids[2], b"C", (7, negative), NOW)]
        )
        assert tx.stories.candidates([top, 99], NOW - DAY) == [(ids[1], b"B")]
        assert tx.stories.candidates([negative], NOW - DAY) == [(ids[2], b"C")]
        assert {blob for _, blob in tx.stories.candidates([1, 7], NOW - 30 * DAY)} == {b"A", b"B", b"C"}
        assert len(tx.stories.candidates([1, 7], NOW - 30 * DAY, limit=2)) == 2
        tx.stories.put_signature(ids[1], b"B2", (8,), NOW)
        assert tx.stories.candidates([1], NOW - DAY) == []
        assert tx.stories.signatures(NOW - DAY) == sorted([(ids[1], b"B2"), (ids[2], b"C")])


def test_what_link_keeps_about_a_story_is_no_revision(records: Records) -> None:
    with records.begin() as tx:
        (item,) = store(tx, capture())
        tx.stories.put(story("s1", item), now=NOW)
        assert tx.stories.state("s1") is None
        tx.stories.put_states([("s1", b"\x00\xff")])
        tx.stories.put(story("s1", item, headline="khác"), now=NOW)
        assert tx.stories.state("s1") == b"\x00\xff"
        assert tx.stories.get("s1").revision == 2
