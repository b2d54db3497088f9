"""Storing publications: identity, versions, aliases, counters, withdrawal, what is pending."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from records import BadUrl, Outcome, Records, UnknownRecord, url_id
from records import tables as tb
from records.types import BodyKind, Channel, Engagement, EvidenceRef, Precision
from tests.records.build import DAY, HOUR, NOW, assessment, capture, post, store


def test_a_new_url_is_a_new_item_with_everything_the_crawler_found(records: Records) -> None:
    ref = EvidenceRef(file="press/press-2026-11-20.warc.gz", offset=7, sha256="0" * 64)
    one = capture(
        published_precision=Precision.MINUTE,
        section="Thời sự",
        engagement=Engagement(views=10),
        evidence=ref,
        flags=("generic",),
        added_by="Người thu thập",
        bulletin="thuy-van",
        valid_until=NOW + DAY,
    )
    with records.begin() as tx:
        stored = tx.items.store(one, NOW)
    assert stored.outcome is Outcome.NEW
    assert stored.version == 1
    with records.read() as tx:
        item = tx.items.get(stored.item_id)
    assert item.item_id == url_id("https://baobien.example/mot.html")
    assert (item.title, item.lead, item.body, item.section) == (one.title, one.lead, one.body, "Thời sự")
    assert (item.published_at, item.collected_at, item.changed_at) == (NOW - HOUR, NOW, NOW)
    assert (item.channel, item.body_kind, item.published_precision) == (Channel.PRESS, BodyKind.FULL, Precision.MINUTE)
    assert (item.engagement, item.evidence, item.flags) == (Engagement(views=10), ref, ("generic",))
    assert (item.bulletin, item.valid_until, item.added_by) == ("thuy-van", NOW + DAY, "Người thu thập")
    assert (item.version, item.revision, item.withdrawn_at) == (1, 1, None)


def test_the_same_words_again_change_nothing_and_bring_counters_up_to_date(records: Records) -> None:
    with records.begin() as tx:
        tx.items.store(capture(engagement=Engagement(views=5, comments=2)), NOW)
        again = tx.items.store(capture(engagement=Engagement(views=9)), NOW + HOUR)
        item = tx.items.get(again.item_id)
    assert again.outcome is Outcome.UNCHANGED
    assert item.engagement == Engagement(views=9, comments=2)
    assert item.revision == 1


def test_an_article_with_five_different_texts_has_five_versions(records: Records) -> None:
    with records.begin() as tx:
        outcomes = [tx.items.store(capture(body=f"Bản {number}"), NOW + number * HOUR) for number in range(5)]
        versions = tx.items.versions(outcomes[0].item_id)
    assert [stored.outcome for stored in outcomes] == [Outcome.NEW] + 4 * [Outcome.CHANGED]
    assert [(version.version, version.body) for version in versions] == [(n + 1, f"Bản {n}") for n in range(5)]
    assert [version.changed_at for version in versions] == [NOW + number * HOUR for number in range(5)]
    assert {version.collected_at for version in versions} == {NOW}


def test_a_text_that_returns_to_an_older_one_is_a_new_version(records: Records) -> None:
    with records.begin() as tx:
        for body in ("A", "B", "A"):
            stored = tx.items.store(capture(body=body), NOW)
    assert stored.version == 3


def test_a_full_text_replaces_its_lead_but_never_the_other_way(records: Records) -> None:
    lead = capture(body="", body_kind=BodyKind.LEAD, flags=("article_missing",))
    with records.begin() as tx:
        tx.items.store(lead, NOW)
        full = tx.items.store(capture(), NOW + HOUR)
        late = tx.items.store(lead, NOW + 2 * HOUR)
        item = tx.items.get(full.item_id)
    assert (full.outcome, full.version) == (Outcome.CHANGED, 2)
    assert (late.outcome, late.version) == (Outcome.UNCHANGED, 2)
    assert (item.body_kind, item.flags) == (BodyKind.FULL, ())


def test_edits_of_a_window_are_found_and_a_full_text_or_a_mask_is_no_edit(records: Records) -> None:
    with records.begin() as tx:
        edited = tx.items.store(capture("sua"), NOW)
        tx.items.store(capture("sua", body="Thân bài đã sửa: hai người bị thương."), NOW + HOUR)
        tx.items.store(capture("tom-tat", body="", body_kind=BodyKind.LEAD), NOW)
        tx.items.store(capture("tom-tat"), NOW + HOUR)
        masked = tx.items.store(capture("che"), NOW + HOUR)
        text = tx.items.get(masked.item_id).text
        tx.items.mask(masked.item_id, 0, text.index(" "), NOW + HOUR)
        assert tx.items.changed(NOW, NOW + HOUR) == {}
        assert tx.items.changed(NOW + HOUR, NOW + 2 * HOUR) == {edited.item_id: NOW + HOUR}


def test_all_urls_of_an_article_lead_to_one_item(records: Records) -> None:
    short = "https://s.baobien.example/x1"
    with records.begin() as tx:
        first = tx.items.store(capture(aliases=(short, "not a url")), NOW)
        by_alias = tx.items.store(capture(url=short), NOW)
        by_redirect = tx.items.store(capture("khac", title="Tin mot", aliases=(short,)), NOW)
        assert tx.items.find("http://M.baobien.example/khac.html?utm_source=zalo#top") == first.item_id
        changed = tx.items.store(capture("khac", body="Thân bài đã sửa."), NOW)
        assert tx.connection.execute(sa.select(sa.func.count()).select_from(tb.items)).scalar() == 1
    assert by_alias.outcome is Outcome.UNCHANGED
    assert by_redirect.outcome is Outcome.ALIAS
    assert (changed.item_id, changed.version) == (first.item_id, 2)


def test_a_batch_behaves_like_its_captures_one_by_one(records: Records) -> None:
    batch = [
        capture("a"),
        capture("b"),
        capture("a"),
        capture("a", body="mới"),
        capture("c", title="Tin b", aliases=("https://baobien.example/b.html",)),
        capture("c", title="Tin c", body="khác"),
        *(capture(f"n{number}") for number in range(600)),
    ]
    with records.begin() as tx:
        results = tx.items.store_many(batch, NOW)
    assert [stored.outcome for stored in results[:6]] == ["new", "new", "unchanged", "changed", "alias", "changed"]
    assert results[5].item_id == results[1].item_id
    assert {stored.outcome for stored in results[6:]} == {Outcome.NEW}
    assert len({stored.item_id for stored in results}) == 602


def test_a_social_post_is_known_by_its_native_id_and_stored_without_handle(records: Records) -> None:
    with records.begin() as tx:
        first = tx.items.store(post("9", url="https://xomnho.example/@ai-do/t/9", poster="ai-do"), NOW)
        again = tx.items.store(post("9", url="https://xomnho.example/t/9?user=ai-do", poster="ai-do"), NOW)
        item = tx.items.get(first.item_id)
    assert first.item_id.startswith("xomnho:")
    assert first.item_id.partition(":")[2] != "9"
    assert again.item_id == first.item_id
    assert item.url is None
    assert item.poster_hash is not None and "ai-do" not in item.poster_hash


def test_no_handle_and_no_native_id_reaches_the_database_file(records: Records) -> None:
    with records.begin() as tx:
        tx.items.store(
            post(
                "native-77",
                body="Nước rút rồi.",
                url="https://xomnho.example/@bi-mat-ten/t/1",
                aliases=("https://x.com/bi-mat-ten/status/12",),
                poster="bi-mat-ten",
            ),
            NOW,
        )
        dump = [row for table in tb.metadata.sorted_tables for row in tx.connection.execute(sa.select(table))]
    assert "bi-mat-ten" not in repr(dump)
    assert "native-77" not in repr(dump)
    assert "https://x.com/i/status/12" in repr(dump)


def test_posters_of_one_week_can_be_told_apart_but_not_across_weeks_or_platforms(records: Records) -> None:
    with records.begin() as tx:
        items = store(tx, post("1", poster="A"), post("2", poster="A"), post("3", poster="B"))
        items += store(tx, post("4", poster="A", platform="khac"))
        items += store(tx, post("5", poster="A"), now=NOW + 8 * DAY)
    hashes = [item.poster_hash for item in items]
    assert hashes[0] == hashes[1]
    assert len(set(hashes)) == 4


def test_a_note_without_url_is_an_item_and_twice_the_same_note_is_one(records: Records) -> None:
    note = capture(url=None, channel=Channel.HOTLINE, title="Người dân gọi về đọng nước")
    with records.begin() as tx:
        first, second = tx.items.store(note, NOW), tx.items.store(note, NOW)
    assert (first.outcome, second.outcome) == (Outcome.NEW, Outcome.UNCHANGED)


@pytest.mark.parametrize(
    "url", ["   ", "ftp://baobien.example/x", "https://", "http://[", "javascript:alert(1)", "/tin.html"]
)
def test_what_is_no_url_is_refused_and_nothing_stored(records: Records, url: str) -> None:
    with pytest.raises(BadUrl), records.begin() as tx:
        tx.items.store_many([capture("gut"), capture(url=url)], NOW)
    with records.read() as tx:
        assert tx.items.scan() == []


def test_bytes_that_no_database_takes_are_dropped_not_fatal(records: Records) -> None:
    with records.begin() as tx:
        (item,) = store(tx, capture(title="Tin\x00 một", body="nửa chữ \ud83d đây"))
        assert tx.items.store(capture(title="Tin\x00 một", body="nửa chữ \ud83d đây"), NOW).outcome is Outcome.UNCHANGED
    assert item.title == "Tin một"
    assert item.body == "nửa chữ ? đây"


def test_a_withdrawn_article_keeps_its_text_and_its_index_entry_is_renewed(records: Records) -> None:
    with records.begin() as tx:
        (item,) = store(tx, capture())
        assert tx.items.withdraw(item.item_id, NOW + HOUR)
        assert not tx.items.withdraw(item.item_id, NOW + 2 * HOUR)
        assert not tx.items.withdraw("nothing", NOW)
        found = tx.items.get(item.item_id)
        keys = [state.entry.key for state in tx.outbox.list("index")]
    assert (found.withdrawn_at, found.body, found.revision) == (NOW + HOUR, item.body, 2)
    assert keys == [f"index:item:{item.item_id}:2"]


def test_pending_assessment_gives_each_version_once_per_model(records: Records) -> None:
    with records.begin() as tx:
        items = store(tx, capture("a"), capture("b"), now=NOW) + store(tx, capture("c"), now=NOW - HOUR)
        in_order = sorted(items, key=lambda item: (item.collected_at, item.item_id))
        assert tx.items.pending_assessment("m1", NOW, 10) == in_order
        tx.assessments.put_many([assessment(item) for item in items])
        assert tx.items.pending_assessment("m1", NOW, 10) == []
        assert len(tx.items.pending_assessment("m0", NOW, 10)) == 3
        assert len(tx.items.pending_assessment("m2", NOW, 2)) == 2
        tx.items.store(capture("b", body="mới"), NOW)
        (changed,) = tx.items.pending_assessment("m1", NOW, 10)
    assert (changed.title, changed.version) == ("Tin b", 2)


def test_what_waits_in_quarantine_is_not_pending_until_its_time(records: Records) -> None:
    with records.begin() as tx:
        first, second = store(tx, capture("a"), capture("b"))
        tx.quarantine.put("assess", first.item_id, "too_long", "", NOW)
        tx.quarantine.put("assess", second.item_id, "model_missing", "", NOW, retry_at=NOW + HOUR)
        tx.quarantine.put("link", second.item_id, "x", "", NOW)
        assert tx.items.pending_assessment("m1", NOW, 10) == []
        assert [item.item_id for item in tx.items.pending_assessment("m1", NOW + HOUR, 10)] == [second.item_id]
        tx.assessments.put(assessment(second))
        assert tx.quarantine.get("assess", second.item_id) is None
        assert tx.quarantine.release("assess", first.item_id)
        assert [item.item_id for item in tx.items.pending_assessment("m1", NOW, 10)] == [first.item_id]


def test_only_the_newest_bulletin_of_a_series_counts_and_only_while_valid(records: Records) -> None:
    series: dict[str, Any] = {"channel": Channel.OFFICIAL, "bulletin": "ho-a"}
    with records.begin() as tx:
        old = capture("old", published_at=NOW - 3 * HOUR, **series)
        new = capture("new", published_at=NOW - HOUR, valid_until=NOW + HOUR, **series)
        store(tx, old, new, capture("other"))
        assert [item.title for item in tx.items.bulletins(NOW)] == ["Tin new"]
        assert tx.items.bulletins(NOW + 2 * HOUR) == []


def test_comments_are_found_under_what_they_answer(records: Records) -> None:
    with records.begin() as tx:
        (parent,) = store(tx, post("1"))
        store(tx, post("2", parent_id=parent.item_id), post("3", parent_id=parent.item_id), post("4"))
        assert len(tx.items.children(parent.item_id)) == 2


def test_scan_walks_everything_in_pieces(records: Records) -> None:
    with records.begin() as tx:
        store(tx, *(capture(f"n{number}") for number in range(25)))
        seen: list[str] = []
        while page := tx.items.scan(seen[-1] if seen else "", 10):
            seen += [item.item_id for item in page]
    assert len(seen) == len(set(seen)) == 25


def test_windows_are_half_open(records: Records) -> None:
    with records.begin() as tx:
        store(tx, capture("a"), now=NOW)
        store(tx, capture("b"), now=NOW + HOUR)
        assert [item.title for item in tx.items.collected(NOW, NOW + HOUR)] == ["Tin a"]
        assert tx.items.counts(NOW, NOW + 2 * HOUR) == {("press", "baobien/rss"): 2}


def test_an_unknown_item_is_named_in_the_error(records: Records) -> None:
    with records.read() as tx, pytest.raises(UnknownRecord, match="no item 'abc'"):
        tx.items.get("abc")
    with records.read() as tx, pytest.raises(UnknownRecord, match="no item 'abc'"):
        tx.items.versions("abc")


def test_growing_into_another_reach_class_makes_the_story_count_anew(records: Records) -> None:
    with records.begin() as tx:
        (item,) = store(tx, post(engagement=Engagement(views=900)))
        tx.assessments.put(assessment(item))
        tx.assessments.set_aside([item.item_id])
        tx.items.store(post(engagement=Engagement(views=990)), NOW)
        assert tx.assessments.pending_link(NOW, 10) == []
        tx.items.store(post(engagement=Engagement(views=1100)), NOW)
        assert [pair.item.engagement.views for pair in tx.assessments.pending_link(NOW, 10)] == [1100]
