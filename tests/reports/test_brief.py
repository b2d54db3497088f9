"""The stage on real records: window, revisions, decisions, corrections, files, and what a broken template leaves behind."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from records import Records, VirtualClock
from records import tables as tb
from records.types import (
    Capture,
    Channel,
    Decision,
    EditionState,
    Member,
    Person,
    Role,
)
from reports import brief, deliver, render
from reports.compose import compose
from reports.errors import ReportError, TemplateBroken
from reports.gather import edition_id, gather, last_cutoff, previous
from reports.judge import StoryInput
from tests.reports import sample

PROVINCE = sample.province()


@pytest.fixture
def records(tmp_path: Path) -> Iterator[Records]:
    with Records.open(tmp_path / "data", province="binh-minh") as opened:
        yield opened


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock(sample.END)


def keep(records: Records, given: StoryInput, **shift: float) -> dict[str, str]:
    """Store a sample story as crawl, assess, link and propose would; return new item ids by old ones."""
    back = timedelta(**shift)
    ids: dict[str, str] = {}
    with records.begin() as tx:
        for entry in given.items:
            one = entry.item
            social = one.channel is Channel.SOCIAL
            stored = tx.items.store(
                Capture(
                    source_id=one.source_id,
                    channel=one.channel,
                    url=None if social else one.url,
                    title=one.title,
                    lead=one.lead,
                    body=one.body,
                    body_kind=one.body_kind,
                    published_at=(one.published_at or one.collected_at) - back,
                    published_precision=one.published_precision,
                    platform="forum" if social else "",
                    native_id=one.item_id if social else "",
                ),
                one.collected_at - back,
            )
            ids[one.item_id] = stored.item_id
            tx.assessments.put(
                replace(entry.assessment, item_id=stored.item_id, version=stored.version, harms=entry.assessment.harms)
            )
        story = replace(
            given.story,
            lead_item_id=ids[given.story.lead_item_id],
            first_published_at=given.story.first_published_at - back,
            last_published_at=given.story.last_published_at - back,
        )
        members = [
            Member(item_id=ids[entry.item.item_id], story_id=story.story_id, family_id=entry.family_id)
            for entry in given.items
        ]
        tx.stories.put(story, members, now=sample.END - back)
    return ids


def poll(records: Records, hours: range = range(24)) -> None:
    """Note good answers of every source but the silent one, an hour apart, back from the cut-off."""
    with records.begin() as tx:
        tx.sources.count_many(
            [
                (key, "timeout" if key == "p9" else "ok", sample.END - timedelta(hours=back, minutes=5), 1)
                for key in [one.source_id for one in PROVINCE.sources]
                for back in hours
            ]
        )


def make(records: Records, clock: VirtualClock, out: Path, automatic: bool | None = None) -> dict[str, int]:
    report = brief.run(records, PROVINCE, clock, cutoff=sample.END, out=out, automatic=automatic)
    assert report.ended_at is not None
    return dict(report.counts) | dict(report.reasons)


def content_of(out: Path) -> dict[str, object]:
    loaded = json.loads(brief.files(out, PROVINCE, sample.END)["edition.json"].read_text())
    assert isinstance(loaded, dict)
    return loaded


def test_cutoffs_are_local() -> None:
    assert edition_id(PROVINCE, sample.END) == "binh-minh-daily-2026-11-20"
    assert last_cutoff(PROVINCE, sample.END) == sample.END
    assert last_cutoff(PROVINCE, sample.END - timedelta(seconds=1)) == sample.START
    assert previous(sample.END, PROVINCE) == sample.START


def test_nobody_at_the_desk_gives_the_automatic_form(records: Records, clock: VirtualClock, tmp_path: Path) -> None:
    for given in sample.stories():
        keep(records, given)
    poll(records)
    result = make(records, clock, tmp_path)
    assert result["ok"] == 1 and result["revision"] == 1 and result["shown"] >= 5
    files = brief.files(tmp_path, PROVINCE, sample.END)
    assert sorted(files) == ["edition.eml", "edition.html", "edition.json", "edition.pdf"]
    content = content_of(tmp_path)
    assert content["form"] == "automatic" and content["notices"] == []
    assert files["edition.pdf"].read_bytes().startswith(b"%PDF-1.7")
    with records.read() as tx:
        assert tx.editions.get("binh-minh-daily-2026-11-20").state is EditionState.AUTOMATIC


def test_run_twice_changes_nothing(records: Records, clock: VirtualClock, tmp_path: Path) -> None:
    keep(records, sample.stories()[0])
    poll(records)
    make(records, clock, tmp_path)
    before = {name: path.read_bytes() for name, path in brief.files(tmp_path, PROVINCE, sample.END).items()}
    clock.advance(timedelta(minutes=20))
    assert make(records, clock, tmp_path)["revision"] == 1
    assert before == {name: path.read_bytes() for name, path in brief.files(tmp_path, PROVINCE, sample.END).items()}
    with records.read() as tx:
        assert len(tx.editions.revisions("binh-minh-daily-2026-11-20")) == 1


def decide(records: Records, subject: str, subject_id: str, verb: str = "accept", **changes: object) -> None:
    with records.begin() as tx:
        tx.decisions.put(
            Decision(
                decision_id=f"{subject}{subject_id}{verb}",
                subject=subject,
                subject_id=subject_id,
                verb=verb,
                person="Người biên tập mẫu",
                role=Role.REVIEWER,
                decided_at=sample.END + timedelta(minutes=30),
                changes=changes,
            )
        )


def test_a_decision_gives_the_reviewed_form_as_the_next_revision(
    records: Records, clock: VirtualClock, tmp_path: Path
) -> None:
    for given in sample.stories()[:3]:
        keep(records, given)
    poll(records)
    make(records, clock, tmp_path)
    decide(records, "story", "khac-phuc-lu")
    assert make(records, clock, tmp_path)["revision"] == 2
    content = content_of(tmp_path)
    assert content["form"] == "reviewed"
    sender = deliver.MemorySender()
    seven = VirtualClock(sample.END + timedelta(minutes=95))
    assert deliver.run(records, PROVINCE, seven, sender=sender).counts["ok"] == 2
    assert sender.sent[0]["Subject"].startswith("[Báo cáo ngày 20/11/2026 – bản tự động]"), "something leaves at seven"
    make(records, clock, tmp_path, automatic=True)
    assert deliver.run(records, PROVINCE, seven, sender=sender).counts["ok"] == 0, "the same text never goes twice"


def test_stored_proposals_reach_the_edition(records: Records, clock: VirtualClock, tmp_path: Path) -> None:
    dike = sample.stories()[5]
    keep(records, dike)
    poll(records)
    with records.begin() as tx:
        tx.proposals.put_many([replace(p, approved_by=None, reviewed_by="Người biên tập") for p in dike.proposals])
    decide(records, "story", "ke-sat")
    make(records, clock, tmp_path)
    with records.read() as tx:
        given = gather(tx, PROVINCE, sample.END)
    assert {p.action for story in given.stories for p in story.proposals} == {"A05", "A07", "A08"}
    text = brief.files(tmp_path, PROVINCE, sample.END)["edition.html"].read_text()
    assert "Chuyển trong ngày; phản hồi 30/11; trả lời 14/12" in text and "A07 – Chuyển phản ánh" in text


def test_unreviewed_harm_stays_out_even_when_other_stories_were_reviewed(
    records: Records, clock: VirtualClock, tmp_path: Path
) -> None:
    for given in sample.stories():
        keep(records, given)
    poll(records)
    decide(records, "story", "khac-phuc-lu")
    make(records, clock, tmp_path)
    for path in brief.files(tmp_path, PROVINCE, sample.END).values():
        assert b"dien-luc-hotro" not in path.read_bytes()


def test_yesterday_is_compared_when_collection_ran(records: Records, clock: VirtualClock, tmp_path: Path) -> None:
    keep(records, sample.stories()[0])
    other = replace(sample.stories()[1], story=replace(sample.stories()[1].story, story_id="hom-qua"))
    keep(records, other, days=1)
    poll(records, range(24))
    make(records, clock, tmp_path)
    rows = content_of(tmp_path)["figures"]["tables"][0]["rows"]  # type: ignore[index]
    assert rows[0]["day_before"] == "chưa đủ dữ liệu", "nothing was polled the day before"
    poll(records, range(24, 49))
    make(records, clock, tmp_path)
    rows = content_of(tmp_path)["figures"]["tables"][0]["rows"]  # type: ignore[index]
    assert rows[0]["day_before"] == "tăng 2" and rows[0]["baseline"] == "chưa đủ dữ liệu"


def test_empty_records_say_that_no_source_answered(records: Records, clock: VirtualClock, tmp_path: Path) -> None:
    assert make(records, clock, tmp_path)["counted"] == 0
    notices = content_of(tmp_path)["notices"]
    assert isinstance(notices, list) and notices[0].startswith("Không nguồn nào trả lời trong kỳ")


def test_failing_sources_are_named(records: Records, clock: VirtualClock, tmp_path: Path) -> None:
    poll(records)
    make(records, clock, tmp_path)
    rows = content_of(tmp_path)["coverage"]
    assert isinstance(rows, list)
    by_kind = {row["kind"]: row for row in rows}
    assert by_kind["press_out"]["failing"] == ["Báo Im Lặng"]
    assert (by_kind["press_out"]["configured"], by_kind["press_out"]["answered"]) == (4, 3)


def test_article_taken_down_after_an_edition_is_corrected_in_the_next(
    records: Records, clock: VirtualClock, tmp_path: Path
) -> None:
    ids = keep(records, sample.stories()[1])
    poll(records, range(49))
    make(records, clock, tmp_path)
    with records.begin() as tx:
        tx.items.withdraw(next(iter(ids.values())), sample.END + timedelta(hours=3))
    tomorrow = sample.END + timedelta(days=1)
    with records.read() as tx:
        given = gather(tx, PROVINCE, tomorrow)
    assert [sentence.text for sentence in given.corrections] == [
        "Báo cáo ngày 20/11/2026 có nêu bài “Đón khách trở lại các điểm du lịch biển từ cuối tuần” (Báo Bình Minh); "
        "nơi đăng đã gỡ bài này."
    ]


def test_wrong_label_is_corrected_in_the_next_edition(records: Records, clock: VirtualClock, tmp_path: Path) -> None:
    ids = keep(records, sample.stories()[1])
    poll(records)
    make(records, clock, tmp_path)
    decide(records, "item", next(iter(ids.values())), "correct", lane="feedback")
    with records.read() as tx:
        given = gather(tx, PROVINCE, sample.END + timedelta(days=1))
    assert len(given.corrections) == 1
    assert "xếp lại là “phản ánh, góp ý, phê bình”" in given.corrections[0].text


def test_corrected_assessment_is_what_counts(records: Records, clock: VirtualClock, tmp_path: Path) -> None:
    ids = keep(records, sample.stories()[1])
    poll(records)
    with records.begin() as tx:
        item_id = next(iter(ids.values()))
        known = tx.assessments.get(item_id)
        assert known is not None
        tx.assessments.correct(replace(known, relevant=False), Person(name="Người biên tập", role=Role.REVIEWER))
    assert make(records, clock, tmp_path)["counted"] == 0


def test_broken_template_keeps_the_last_good_edition(
    records: Records, clock: VirtualClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(records, sample.stories()[0])
    poll(records)
    make(records, clock, tmp_path)
    before = brief.files(tmp_path, PROVINCE, sample.END)["edition.pdf"].read_bytes()
    keep(records, sample.stories()[1])

    def broken(*_: object, **__: object) -> render.Rendered:
        raise TemplateBroken("template edition.html.j2: unexpected 'end of template'")

    monkeypatch.setattr(brief, "render", broken)
    result = make(records, clock, tmp_path)
    assert result["quarantine"] == 1 and result["edition_broken"] == 1
    assert brief.files(tmp_path, PROVINCE, sample.END)["edition.pdf"].read_bytes() == before
    with records.read() as tx:
        assert [row.reason for row in tx.quarantine.list("brief")] == ["edition_broken"]
        assert len(tx.editions.revisions("binh-minh-daily-2026-11-20")) == 1
    monkeypatch.undo()
    assert make(records, clock, tmp_path)["revision"] == 2
    with records.read() as tx:
        assert tx.quarantine.list("brief") == []


def test_unwritable_folder_is_a_clear_error(records: Records, clock: VirtualClock, tmp_path: Path) -> None:
    poll(records)
    blocked = tmp_path / "out"
    blocked.write_text("a file")
    with pytest.raises(ReportError, match="choose another --data"):
        make(records, clock, blocked)


def test_edition_names_every_item_behind_each_story(records: Records, clock: VirtualClock, tmp_path: Path) -> None:
    ids: dict[str, str] = {}
    for given in sample.stories():
        ids |= keep(records, given)
    poll(records)
    make(records, clock, tmp_path)
    sections = content_of(tmp_path)["sections"]
    assert isinstance(sections, list)
    for section in sections:
        for story in section["stories"]:
            assert {item["item_id"] for item in story["items"]} <= set(ids.values())
            assert all(item["url"].startswith("https://") for item in story["items"])


def test_what_is_collected_at_the_very_cutoff_belongs_to_this_edition(
    records: Records, clock: VirtualClock, tmp_path: Path
) -> None:
    ids = keep(records, sample.stories()[1])
    with records.begin() as tx:
        tx.sources.count_many([("p1", "ok", sample.END - timedelta(hours=4), 1), ("p1", "ok", sample.END, 1)])
        at_end = tx.connection.execute(
            sa.update(tb.items).where(tb.items.c.item_id.in_(ids.values())).values(collected_at=sample.END)
        )
        assert at_end.rowcount == 1
    assert make(records, clock, tmp_path)["counted"] == 1
    assert content_of(tmp_path)["notices"] == [], "the poll at the cut-off makes the day complete"
    with records.read() as tx:
        assert gather(tx, PROVINCE, sample.END + timedelta(days=1)).stories == ()


def test_item_found_irrelevant_later_is_corrected_once(records: Records, clock: VirtualClock, tmp_path: Path) -> None:
    ids = keep(records, sample.stories()[1])
    poll(records, range(49))
    make(records, clock, tmp_path)
    item_id = next(iter(ids.values()))
    with records.begin() as tx:
        known = tx.assessments.get(item_id)
        assert known is not None
        tx.assessments.correct(replace(known, relevant=False), Person(name="Người biên tập", role=Role.REVIEWER))
    decide(records, "item", item_id, "correct", relevant=False)
    tomorrow = sample.END + timedelta(days=1)
    with records.read() as tx:
        said = [sentence.text for sentence in gather(tx, PROVINCE, tomorrow).corrections]
    assert said == [
        "Báo cáo ngày 20/11/2026 có nêu bài “Đón khách trở lại các điểm du lịch biển từ cuối tuần” (Báo Bình Minh); nội "
        "dung này không thuộc phạm vi báo cáo."
    ]
    brief.run(records, PROVINCE, VirtualClock(tomorrow), cutoff=tomorrow, out=tmp_path)
    with records.read() as tx:
        assert gather(tx, PROVINCE, tomorrow + timedelta(days=1)).corrections == ()


def test_edited_article_comes_back_without_a_new_item(records: Records, clock: VirtualClock, tmp_path: Path) -> None:
    tour = sample.stories()[1]
    ids = keep(records, tour)
    poll(records, range(49))
    make(records, clock, tmp_path)
    one = tour.items[0].item
    tomorrow = sample.END + timedelta(days=1)
    with records.read() as tx:
        assert gather(tx, PROVINCE, tomorrow).stories == ()
    with records.begin() as tx:
        said = Capture(
            source_id=one.source_id, channel=one.channel, url=one.url, title=one.title, lead=one.lead,
            body="Lịch mở cửa lùi sang ngày 25/11.", body_kind=one.body_kind, published_at=one.published_at,
            published_precision=one.published_precision,
        )  # fmt: skip
        known = tx.assessments.get(next(iter(ids.values())))
        assert known is not None
        assert tx.items.store(said, sample.END + timedelta(hours=3)).version == 2
        tx.assessments.put(replace(known, version=2))
    with records.read() as tx:
        content = compose(gather(tx, PROVINCE, tomorrow, automatic=True))
    assert [item.edited for story in content.stories for item in story.items] == ["2026-11-20T08:30+07:00"]
    assert "bài được sửa 08 giờ 30 ngày 20/11" in render.page("edition.html.j2", content)
