"""What an edition says: sections, forms, figures, and that nothing is said without a stored item behind it."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from provinces.types import SourceKind
from records import RescueCall, RescueState
from records.types import Harm, HarmFinding, HarmLevel, Lane, PlaceHit, Precision, ProposalState, Reach, Severity, Tone
from reports.compose import compose
from reports.errors import ContentInvalid
from reports.judge import group_of
from reports.model import EditionContent, Section, Shown, StoryView
from reports.render import said, voices
from reports.select import LINES, STORM_CAP
from reports.wording import NO_SOURCE, NOT_ENOUGH
from tests.reports import sample


def section(content: EditionContent, key: str) -> Section:
    return next(one for one in content.sections if one.key == key)


def shown(content: EditionContent) -> dict[str, StoryView]:
    return {f"{part.key}:{story.story_id}": story for part in content.sections for story in part.stories}


def test_reviewed_edition_has_the_mandates_sections_in_order(reviewed: EditionContent) -> None:
    assert [part.key for part in reviewed.sections] == ["good", "negative", "feedback", "unverified", "harm"]
    assert set(shown(reviewed)) == {
        "good:khac-phuc-lu",
        "good:du-lich",
        "good:nha-giao",
        "negative:thiet-hai",
        "negative:ban-tin",
        "feedback:ke-sat",
        "feedback:rac",
        "unverified:tin-don",
        "harm:lua-dao",
    }
    assert reviewed.status_line == "DỰ THẢO – chờ ký số"
    assert reviewed.subject == "[Báo cáo ngày 20/11/2026] 03 việc xin ý kiến; không có việc khẩn cấp"


def test_deaths_in_a_storm_are_negative_news_not_criticism() -> None:
    assert group_of(Lane.NEUTRAL, Tone.NEGATIVE, ("disaster_weather",), checked=True) == "negative"
    assert group_of(Lane.FEEDBACK, Tone.NEGATIVE, ("disaster_weather",), checked=True) == "feedback"
    assert group_of(Lane.NEUTRAL, Tone.NEUTRAL, ("education",), checked=True) == "news"


def test_automatic_form_holds_press_and_official_only_and_no_harm(automatic: EditionContent) -> None:
    text = automatic.as_json()
    assert automatic.status_line == "BẢN TỰ ĐỘNG – CHƯA ĐƯỢC BIÊN TẬP KIỂM TRA"
    assert {part.key for part in automatic.sections} <= {"good", "negative", "feedback", "news"}
    assert {item.kind for story in automatic.stories for item in story.items} <= {"press_in", "press_out", "official"}
    for absent in ("dien-luc-hotro", "xả khẩn cấp", "Rác sau ngập", '"H1"', "Bài đăng công khai"):
        assert absent not in text, absent
    assert automatic.decisions == () and automatic.cases.total == 0
    assert automatic.figures.social is None
    assert "chưa có người kiểm tra" in automatic.ai_notice


def test_automatic_form_drops_press_items_that_carry_a_suspicion() -> None:
    one = sample.item("nghi", "p1", "Trang giả mạo ngân hàng", "Trang này yêu cầu nhập mã.")
    finding = HarmFinding(harm=Harm.FRAUD, probability=0.99, level=HarmLevel.ALERT, spans=(), reasons=())
    for judged in (
        sample.assessment(one, Lane.HARM, harms=(finding,)),
        sample.assessment(one, Lane.NEUTRAL, harms=(finding,)),
        sample.assessment(one, Lane.UNVERIFIED),
    ):
        content = compose(sample.given(automatic=True, stories=(sample.story("nghi", ((one, judged),), Lane.NEUTRAL),)))
        assert content.stories == () and content.figures.total == 0


def test_what_nobody_reached_is_listed_as_unchecked() -> None:
    story = replace(sample.stories()[5], decisions=())
    waiting = replace(story, proposals=tuple(replace(p, state=ProposalState.PROPOSED) for p in story.proposals))
    content = compose(sample.given(stories=(waiting,)))
    assert content.stories == ()
    assert [line.story_id for line in content.unchecked] == ["ke-sat"]
    assert "kè" in content.unchecked[0].headline.lower()


def test_press_news_that_asks_for_no_decision_is_printed_as_such(reviewed: EditionContent) -> None:
    one = sample.item(
        "tin", "p2", "Mưa lớn còn kéo dài đến cuối tuần", "Mưa lớn tại phường Cảng Đông đến hết ngày 22/11."
    )
    plain = sample.story("tin", ((one, sample.assessment(one, Lane.NEUTRAL)),), Lane.NEUTRAL)
    content = compose(sample.given(stories=(*sample.stories(), plain)))
    assert not shown(content)["negative:tin"].reviewed
    assert "9/10 mục" in content.ai_notice
    assert "đã kiểm tra các mục nêu trong báo cáo" in reviewed.ai_notice


def test_unchecked_posts_are_counted_never_quoted() -> None:
    rubbish = next(one for one in sample.stories() if one.story.story_id == "rac")
    waiting = replace(
        rubbish, decisions=(), proposals=tuple(replace(p, state=ProposalState.PROPOSED) for p in rubbish.proposals)
    )
    content = compose(sample.given(stories=(waiting,)))
    assert content.unchecked == () and content.unchecked_posts == 4
    assert "Rác sau ngập" not in content.as_json()


def test_unreviewed_suspicion_is_a_number_only() -> None:
    content = compose(sample.given(stories=sample.stories(decided=False), automatic=False))
    assert "dien-luc-hotro" not in content.as_json()
    groups = {row.key: row.total for row in content.figures.tables[1].rows}
    assert groups["pending"] == 2 and groups["harm"] == 0 and groups["unverified"] == 0


def test_every_story_and_summary_sentence_names_stored_items(reviewed: EditionContent) -> None:
    stored = {entry.item.item_id: entry.item for story in sample.stories() for entry in story.items}
    known = {story.story.story_id for story in sample.stories()} | set(stored) | {c.case_id for c in sample.cases()}
    for story in reviewed.stories:
        assert story.items
        source = stored[story.summary_item or ""]
        plain = story.summary.replace("hxxps", "https").replace("[.]", ".").replace("[số điện thoại]", "[PHONE:1]")
        assert plain.rstrip("…") in " ".join(source.text.split())
        assert len(story.summary.split()) <= 60 and len(story.quote.split()) <= 25
    for sentence in (*reviewed.summary, *reviewed.decisions, *reviewed.press_requests):
        assert set(sentence.sources) <= known
        assert sentence.sources or sentence.text == "Không có vụ việc mức khẩn cấp."


def test_newest_figure_speaks_for_a_moving_disaster(reviewed: EditionContent) -> None:
    damage = shown(reviewed)["negative:thiet-hai"]
    assert "hai người mất tích" in damage.headline
    assert "một người mất tích" not in damage.summary


def test_overtaken_bulletin_is_not_shown_as_current() -> None:
    old = sample.item("b1", "c1", "Lũ đang lên", "Lũ đang lên nhanh, vượt báo động 3.", hours=2, bulletin="lu")
    old = replace(old, valid_until=sample.END - timedelta(hours=1))
    new = sample.item("b2", "c1", "Lũ đang xuống", "Lũ đang xuống chậm.", hours=3, bulletin="")
    pair = tuple((one, sample.assessment(one, Lane.NEUTRAL)) for one in (old, new))
    content = compose(sample.given(automatic=True, stories=(sample.story("lu", pair, Lane.NEUTRAL),)))
    assert content.stories[0].summary.startswith("Lũ đang xuống")


def test_posts_carry_no_title_link_or_name(reviewed: EditionContent) -> None:
    posts = [item for story in reviewed.stories for item in story.items if item.kind == "social"]
    assert posts
    assert {item.title for item in posts} == {"Bài đăng công khai"}
    assert {item.url for item in posts} == {None}
    assert {item.ref for item in posts} == {""}


def test_harm_links_are_defanged_and_codes_stay_out_of_the_text(reviewed: EditionContent) -> None:
    harm = shown(reviewed)["harm:lua-dao"]
    assert "hxxps://dien-luc-hotro[.]example" in harm.summary
    assert "https://dien-luc-hotro" not in reviewed.as_json()
    assert harm.harms == ("H1", "H2") and "lừa đảo" in harm.kind_words
    words = " ".join([harm.headline, harm.summary, harm.status, *(p.words for p in harm.proposals)])
    assert not any(code in words for code in ("A11", "A12", "H1", "H2"))


def test_proposals_name_actor_deadline_and_basis_in_words(reviewed: EditionContent) -> None:
    dike = shown(reviewed)["feedback:ke-sat"]
    words = {proposal.code: proposal.words for proposal in dike.proposals}
    assert words["A07"] == "Chuyển phản ánh đến Sở Xây dựng trong ngày để xem xét, giải quyết."
    assert "chậm nhất ngày 14/12/2026" in words["A08"] and "ngày 30/11/2026" in words["A08"]
    assert dike.agency == "Sở Xây dựng" and dike.deadline == "ngày 14/12/2026"
    assert {proposal.basis for proposal in dike.proposals if proposal.code == "A07"} == {
        ("Nghị định số 237/2026/NĐ-CP",)
    }


def test_no_instrument_is_cited_before_it_was_in_force() -> None:
    province = sample.province()
    later = replace(province.instruments[0], valid_from=province.instruments[0].valid_from.replace(year=2027))  # type: ignore[union-attr]
    content = compose(sample.given(province=sample.province(instruments=(later,))))
    assert {basis for story in content.stories for p in story.proposals for basis in p.basis} == set()


def test_rejected_proposals_are_not_printed() -> None:
    story = sample.stories()[5]
    rejected = replace(story, proposals=tuple(replace(p, state=ProposalState.REJECTED) for p in story.proposals))
    assert compose(sample.given(stories=(rejected,))).stories[0].proposals == ()


def test_at_most_three_decisions_are_asked() -> None:
    made = []
    for number in range(5):
        one = sample.item(f"q{number}", "p1", f"Việc số {number} cần cho ý kiến", "Nội dung việc cần cho ý kiến.")
        key = f"q{number}"
        made.append(
            sample.story(
                key,
                ((one, sample.assessment(one, Lane.FEEDBACK, Tone.NEGATIVE)),),
                Lane.FEEDBACK,
                proposals=(sample.proposal(key, "A16", "signer", Lane.FEEDBACK),),
                decisions=(sample.decision("story", key),),
            )
        )
    content = compose(sample.given(stories=tuple(made)))
    assert len(content.decisions) == 3
    assert content.subject.startswith("[Báo cáo ngày 20/11/2026] 03 việc xin ý kiến")


def test_tables_count_families_once_and_never_mix() -> None:
    content = compose(sample.given())
    tone, group = content.figures.tables
    assert (tone.key, group.key) == ("tone", "group")
    assert tone.columns == ("press_in", "press_out", "official", "social")
    total = tone.rows[0]
    assert total.total == sum(row.total for row in tone.rows[1:]) == sum(row.total for row in group.rows)
    assert content.figures.copies == 1
    assert total.total == 17


def test_absent_channel_is_no_source_never_zero() -> None:
    silent = tuple(
        replace(state, answered=False, last_ok=None) if state.source.kind is SourceKind.SOCIAL else state
        for state in sample.states()
    )
    press = tuple(
        story for story in sample.stories() if not any(entry.kind is SourceKind.SOCIAL for entry in story.items)
    )
    content = compose(sample.given(stories=press, sources=silent))
    assert content.figures.social is None
    assert {row.values[3] for table in content.figures.tables for row in table.rows} == {None}
    assert NO_SOURCE == "không có nguồn"


def test_short_history_says_not_enough_data() -> None:
    content = compose(sample.given(history=sample.history(6)))
    rows = content.figures.tables[0].rows
    assert {row.baseline for row in rows} == {NOT_ENOUGH}
    assert NOT_ENOUGH not in {row.day_before for row in rows}
    none = compose(sample.given(history=()))
    assert {row.day_before for row in none.figures.tables[0].rows} == {NOT_ENOUGH}
    gap = [replace(day, complete=False) for day in sample.history(10)[-1:]]
    broken = compose(sample.given(history=(*sample.history(10)[:-1], *gap)))
    assert {row.day_before for row in broken.figures.tables[0].rows} == {NOT_ENOUGH}


def test_late_and_early_items_fall_out_of_the_window() -> None:
    inside = sample.item("trong", "p1", "Trong kỳ", "Nội dung trong kỳ.", hours=23, late_min=0)
    at_end = replace(inside, item_id="e" * 64, collected_at=sample.END)
    before = replace(inside, item_id="b" * 64, collected_at=sample.START - timedelta(seconds=1))
    at_start = replace(inside, item_id="s" * 64, collected_at=sample.START)
    for one, number in ((inside, 1), (at_end, 1), (before, 0), (at_start, 0)):
        story = sample.story("w", ((one, sample.assessment(one, Lane.GOOD, Tone.POSITIVE)),), Lane.GOOD)
        assert compose(sample.given(automatic=True, stories=(story,))).figures.total == number


def test_yesterdays_story_comes_back_only_when_something_changed() -> None:
    old = sample.item("cu", "p1", "Tin cũ", "Nội dung tin cũ.", hours=40)
    copy = sample.item("chep", "p2", "Tin cũ", "Nội dung tin cũ.", hours=5)
    pair = tuple((one, sample.assessment(one, Lane.GOOD, Tone.POSITIVE)) for one in (old, copy))
    same = compose(sample.given(automatic=True, stories=(sample.story("s", pair, Lane.GOOD, families=("f", "f")),)))
    other = compose(sample.given(automatic=True, stories=(sample.story("s", pair, Lane.GOOD, families=("f", "g")),)))
    edited = replace(old, version=2, changed_at=sample.END - timedelta(hours=2))
    untouched = sample.story("s", ((edited, replace(pair[0][1], version=2)), pair[1]), Lane.GOOD, families=("f", "f"))
    rewritten = replace(untouched, items=(replace(untouched.items[0], edited=True), untouched.items[1]))
    changed = compose(sample.given(automatic=True, stories=(rewritten,)))
    masked = compose(sample.given(automatic=True, stories=(untouched,)))
    counts = [len(content.stories) for content in (same, other, changed, masked)]
    assert counts == [0, 1, 1, 0]
    assert changed.figures.total == 1, "only the copy is new in the window"
    assert {item.edited for item in changed.stories[0].items} == {"2026-11-20T03:30+07:00", None}


def test_withdrawn_and_irrelevant_items_are_left_out() -> None:
    gone = sample.item("go", "p1", "Bài đã gỡ", "Nội dung.", withdrawn_at=sample.END - timedelta(hours=1))
    off = sample.item("lac", "p1", "Bóng đá", "Đội bóng thắng trận.")
    stories = (
        sample.story("go", ((gone, sample.assessment(gone, Lane.GOOD)),), Lane.GOOD),
        sample.story("lac", ((off, sample.assessment(off, Lane.NEUTRAL, relevant=False)),), Lane.NEUTRAL),
    )
    assert compose(sample.given(automatic=True, stories=stories)).figures.total == 0


def test_places_outside_the_report_area_are_counted_apart(reviewed: EditionContent) -> None:
    assert [line.story_id for line in reviewed.outside] == ["cao-nguyen"]
    assert reviewed.figures.outside == 1
    assert "cao-nguyen" not in {story.story_id for story in reviewed.stories}


def test_corrections_of_people_win() -> None:
    one = sample.item("x", "p1", "Chính quyền trả lời về bãi rác", "Phường cho biết lịch thu gom.")
    story = sample.story(
        "x",
        ((one, sample.assessment(one, Lane.GOOD, Tone.POSITIVE)),),
        Lane.GOOD,
        decisions=(sample.decision("story", "x", "correct", lane="feedback", severity="S3"),),
    )
    content = compose(sample.given(stories=(story,)))
    assert section(content, "feedback").stories[0].severity == Severity.S3
    assert section(content, "good").stories == ()


def test_rejected_harm_goes_to_criticism_and_leaves_the_harm_section() -> None:
    scam = next(one for one in sample.stories() if one.story.story_id == "lua-dao")
    item_id = scam.items[0].item.item_id
    story = replace(
        scam,
        decisions=(sample.decision("item", item_id, "reject"), sample.decision("story", "lua-dao")),
        proposals=tuple(replace(p, state=ProposalState.REJECTED) for p in scam.proposals),
    )
    content = compose(sample.given(stories=(story,)))
    assert section(content, "harm").stories == ()
    assert [one.story_id for one in section(content, "feedback").stories] == ["lua-dao"]


def test_empty_day_says_so_in_the_first_line() -> None:
    content = compose(sample.given(automatic=True, stories=()))
    assert content.notices[0].startswith("Trong kỳ không ghi nhận tin, bài nào")
    assert "không ghi nhận" in content.subject
    assert content.summary == () and content.figures.total == 0


def test_stale_day_says_since_when() -> None:
    content = compose(sample.given(automatic=True, sources=sample.states(last=timedelta(hours=5))))
    assert content.notices == (
        "Số liệu chưa đầy đủ: lần thu thập gần nhất lúc 00 giờ 30 ngày 20/11/2026; "
        "tin, bài đăng sau thời điểm này chưa có trong báo cáo.",
    )
    assert compose(sample.given(automatic=True)).notices == ()


def test_day_without_any_answer_is_no_quiet_day() -> None:
    silent = tuple(replace(state, answered=False) for state in sample.states(last=timedelta(hours=30)))
    content = compose(sample.given(automatic=True, stories=(), sources=silent))
    assert content.notices[0].startswith("Không nguồn nào trả lời trong kỳ")
    assert "lần thu thập gần nhất" in content.notices[0].lower()


def test_cases_are_counted_by_the_clock(reviewed: EditionContent) -> None:
    cases = reviewed.cases
    assert (cases.total, cases.answered, cases.in_time, cases.overdue) == (2, 1, 0, 1)
    assert cases.shown[0].overdue_days == 5 and "quá hạn 05 ngày làm việc" in cases.shown[0].words


def test_urgent_story_is_in_the_subject_and_summary() -> None:
    one = sample.item("bao", "p1", "Bão số 13 áp sát bờ biển", "Bão số 13 cách bờ 90 km, gió cấp 14.", hours=1)
    judged = sample.assessment(one, Lane.NEUTRAL, Tone.NEGATIVE, severity=Severity.S4)
    content = compose(sample.given(automatic=True, stories=(sample.story("bao", ((one, judged),), Lane.NEUTRAL),)))
    assert content.subject.endswith("01 việc mức khẩn cấp")
    assert any(sentence.text == "Có 01 việc mức khẩn cấp (mục IV.1)." for sentence in content.summary)


def test_day_precision_never_prints_a_clock() -> None:
    one = sample.item("ngay", "p1", "Tin chỉ có ngày", "Nội dung.", published_precision=Precision.DAY)
    content = compose(
        sample.given(
            automatic=True, stories=(sample.story("n", ((one, sample.assessment(one, Lane.GOOD)),), Lane.GOOD),)
        )
    )
    assert content.stories[0].items[0].published == "2026-11-19"


def test_unknown_codes_of_places_fields_agencies_do_not_break_an_edition() -> None:
    one = sample.item("la", "p1", "Tin có mã lạ", "Nội dung tin có mã lạ.")
    judged = sample.assessment(one, Lane.FEEDBACK, Tone.NEGATIVE, places=("99999",), fields=("no-such-field",))
    story = sample.story(
        "la",
        ((one, judged),),
        Lane.FEEDBACK,
        proposals=(sample.proposal("la", "A07", "no-such-agency", Lane.FEEDBACK),),
        decisions=(sample.decision("story", "la"),),
    )
    view = compose(sample.given(stories=(story,))).stories[0]
    assert view.places == () and view.fields == ()
    assert "cơ quan có trách nhiệm" in view.proposals[0].words


def test_same_input_in_any_order_gives_the_same_content() -> None:
    given = sample.given()
    again = replace(
        given,
        stories=tuple(replace(story, items=story.items[::-1]) for story in given.stories[::-1]),
        sources=given.sources[::-1],
    )
    assert compose(again).content_hash == compose(given).content_hash


def test_content_survives_json(reviewed: EditionContent) -> None:
    assert EditionContent.from_dict(json.loads(reviewed.as_json())) == reviewed


@pytest.mark.parametrize("broken", [{}, {"schema": "langnghe-edition/0"}, {"schema": "langnghe-edition/1"}])
def test_foreign_content_is_refused(broken: dict[str, str]) -> None:
    with pytest.raises(ContentInvalid, match="brief"):
        EditionContent.from_dict(broken)


def test_thousand_items_are_capped_with_the_rest_counted() -> None:
    content = compose(sample.big_day(1000))
    assert sum(row.total for row in content.figures.tables[1].rows) <= 1000
    for part in content.sections:
        assert len(part.full) <= STORM_CAP and len(part.lines) <= LINES[part.key]
        assert sum(story.shown == Shown.COUNTED for story in part.stories) == part.more
    assert any(part.more > 20 for part in content.sections)
    assert all(story.why and story.items and story.summary for story in content.stories)
    kept = {story.story_id for story in content.stories} | {line.story_id for line in content.unchecked}
    assert len(kept) >= 300, "every story of the day stays in edition.json, shown or not"


def test_wide_reach_is_named() -> None:
    story = sample.stories()[0]
    wide = replace(story, story=replace(story.story, reach=Reach.R3))
    assert compose(sample.given(stories=(wide,))).stories[0].reach == "R3"


def test_wide_story_is_led_by_a_text_about_the_area_and_names_its_others() -> None:
    titles = ("Nhiều địa phương bắn pháo hiệu", "Cảng Đông sơ tán dân", "Mưa lớn", "Sóng cao", "Gió mạnh")
    rows = []
    for number, title in enumerate(titles):
        one = sample.item(
            f"r{number}", f"p{number % 4 + 1}", title, f"Ghi nhận tại chỗ lần {number}.", hours=number + 1
        )
        judged = sample.assessment(one, Lane.NEUTRAL, places=())
        if number == 1:
            hit = PlaceHit(place_code="90001", name="Cảng Đông", score=0.9, reason="", start=0, end=9)
            judged = replace(judged, places=(hit,))
        rows.append((one, judged))
    content = compose(sample.given(automatic=True, stories=(sample.story("bao", tuple(rows), Lane.NEUTRAL),)))
    view = content.stories[0]
    assert view.headline == "Cảng Đông sơ tán dân"
    assert [other.text for other in view.also] == [
        "Nhiều địa phương bắn pháo hiệu (04 giờ 30 ngày 20/11)",
        "Mưa lớn (02 giờ 30 ngày 20/11)",
    ]


def test_one_proposal_per_action_with_the_soonest_date_and_every_actor_once() -> None:
    scam = next(one for one in sample.stories() if one.story.story_id == "lua-dao")
    first = scam.items[0]
    second = sample.item("lua-dao-2", "x1", "", body="Cài app hoàn tiền điện, nhập mã OTP ngay.", hours=4)
    judged = replace(first.assessment, item_id=second.item_id)
    id2 = second.item_id
    more = (
        sample.proposal("b", "A11", "ca-tinh", Lane.HARM, hours=1, item_id=id2, harm=Harm.FRAUD),
        sample.proposal("b", "A02", "so-xd", Lane.HARM, hours=3, item_id=id2, harm=Harm.FRAUD),
        sample.proposal("c", "A02", "so-nnmt", Lane.HARM, hours=2, item_id=first.item.item_id, harm=Harm.FRAUD),
        sample.proposal("b", "A13", "so-xd", Lane.HARM, hours=9, item_id=id2, harm=Harm.FRAUD),
        sample.proposal("b", "A09", "so-vhttdl", Lane.HARM, hours=9, item_id=id2, harm=Harm.FRAUD),
    )
    story = replace(
        scam,
        items=(first, replace(first, item=second, assessment=judged, family_id="x")),
        proposals=(*scam.proposals, *more),
        decisions=(*scam.decisions, sample.decision("item", id2)),
    )
    view = compose(sample.given(stories=(story,))).stories[0]
    assert [proposal.code for proposal in view.proposals] == ["A02", "A11", "A12", "A09", "A13"]
    verify, refer = view.proposals[:2]
    assert verify.actor == "Sở Nông nghiệp và Môi trường và Sở Xây dựng"
    assert verify.due == "2026-11-20T07:30+07:00" and refer.due == "2026-11-20T06:30+07:00"
    assert len(refer.also) == 1 and view.plan.count("Công an tỉnh") == 1
    assert "hxxps://dien-luc-hotro[.]example/app" in view.summary and view.links == (), "a link is named once"


@pytest.mark.parametrize(
    ("key", "absent", "said"),
    [
        ("miet-thi", "ăn bám", "Lời lẽ miệt thị, xúc phạm; không dẫn nguyên văn."),
        (
            "lo-du-lieu",
            "Danh sách hộ",
            "Công khai dữ liệu cá nhân của người dân: tên riêng, số giấy tờ, số tài khoản; không dẫn nguyên văn.",
        ),
    ],
)
def test_insults_and_leaked_lists_are_described_never_quoted(key: str, absent: str, said: str) -> None:
    story = next(one for one in sample.ordinary_day() if one.story.story_id == key)
    content = compose(sample.given(stories=(story,)))
    view = content.stories[0]
    assert (view.summary, view.summary_item, view.quote) == (said, None, "")
    assert absent not in content.as_json()


def test_insulting_article_is_neither_named_nor_linked() -> None:
    one = sample.item("bao", "p1", "Tiêu đề miệt thị", "Lời miệt thị nguyên văn.")
    finding = HarmFinding(harm=Harm.HATE, probability=0.99, level=HarmLevel.ALERT, spans=(), reasons=())
    judged = sample.assessment(one, Lane.HARM, harms=(finding,))
    story = sample.story("bao", ((one, judged),), Lane.NEUTRAL, decisions=(sample.decision("item", one.item_id),))
    text = compose(sample.given(stories=(story,))).as_json()
    assert "miệt thị nguyên văn" not in text and "Tiêu đề miệt thị" not in text and "bao.html" not in text


def test_like_complaints_share_a_row_and_stay_stories_of_their_own() -> None:
    same = [
        sample.complaint(
            f"den-{n}", f"Đèn đường hỏng {n} bữa nay.", place="90002", field="construction_transport_urban"
        )
        for n in range(3)
    ]
    press = sample.item("den-bao", "p1", "Đèn đường hỏng ở Cảng Nam", "Nhiều tuyến đường thiếu sáng.")
    judged = sample.assessment(press, Lane.FEEDBACK, places=("90002",), fields=("construction_transport_urban",))
    other = sample.complaint("khac", "Đèn đường hỏng.", place="90003", field="construction_transport_urban")
    alone = sample.story(
        "den-bao", ((press, judged),), Lane.FEEDBACK, agency_codes=("so-xd",), decisions=(sample.decision("story", "den-bao"),)
    )  # fmt: skip
    part = section(compose(sample.given(stories=(*same, other, alone))), "feedback")
    assert len(part.stories) == 5 and len(part.full) == 3
    lead = next(story for story in part.full if story.joined)
    merged = {story.story_id for story in part.stories if story.shown == Shown.MERGED}
    assert {lead.story_id, *lead.joined} == {"den-0", "den-1", "den-2"} and merged == set(lead.joined)
    assert voices([lead, *(story for story in part.stories if story.story_id in lead.joined)]) == "03 bài đăng"
    assert lead.plan == "Chuyển trong ngày; phản hồi 30/11; trả lời 14/12."


def test_decisions_come_from_rumours_overdue_cases_and_warnings_too() -> None:
    rumour = next(one for one in sample.stories() if one.story.story_id == "tin-don")
    plain = replace(rumour, proposals=tuple(p for p in rumour.proposals if p.action != "A16"))
    others = tuple(one for one in sample.stories() if one.story.story_id != "tin-don")
    content = compose(sample.given(stories=(*others, plain)))
    assert [sentence.text for sentence in content.decisions] == [
        "Giao Sở Nông nghiệp và Môi trường cung cấp thông tin chính thức trước 08 giờ 00 ngày 20/11: thông tin chưa "
        "kiểm chứng về thiên tai, thời tiết – xã Tuy Hà (mục VI.1).",
        "Đôn đốc UBND phường Cảng Nam trả lời việc “Đọng nước hẻm đường ven biển, phường Cảng Nam”, quá hạn 05 ngày "
        "làm việc (mục X.1).",
        "Thống nhất phát cảnh báo người dân trước 10 giờ 00 ngày 20/11: nghi lừa đảo, chiếm đoạt tài sản; nghi giả mạo "
        "cơ quan, tổ chức, cá nhân tại phường Cảng Đông (mục VII.1).",
    ]
    quiet = compose(sample.given(stories=(), cases=()))
    assert quiet.decisions == () and "không có việc xin ý kiến" in quiet.subject


def test_calls_for_rescue_are_named_without_a_contact() -> None:
    call = RescueCall(
        rescue_id="c1",
        item_id="x",
        story_id=None,
        need=("boat", "medical"),
        place_code="90003",
        reviewed_by="Người biên tập mẫu",
        sent_at=sample.END - timedelta(hours=7),
        confirm_by=sample.END,
        state=RescueState.RECEIVED,
    )
    content = compose(sample.given(rescues=(call,)))
    assert [line.text for line in content.rescues] == [
        "xã Tuy Hà, cần xuồng, ca nô, cần hỗ trợ y tế (chuyển 22 giờ 30 ngày 19/11, đã tiếp nhận)"
    ]
    assert content.subject == "[Báo cáo ngày 20/11/2026] 03 việc xin ý kiến; 01 yêu cầu cứu nạn"
    assert content.summary[-1].text == "Đã chuyển 01 yêu cầu cứu nạn, cứu trợ (mục X)."
    assert "rescues" in content.numbers and "Người biên tập mẫu" not in content.as_json()
    assert "rescues" not in compose(sample.given()).numbers


def test_empty_section_says_where_its_counted_items_stand() -> None:
    rows = [
        sample.item(f"bao-{n}", "p1", f"Bão vào bờ, tin số {n}", f"Bão vào bờ lúc {n} giờ.", hours=n + 1)
        for n in range(3)
    ]
    judged = [sample.assessment(one, Lane.NEUTRAL, Tone.NEGATIVE) for one in rows]
    judged[2] = sample.assessment(rows[2], Lane.GOOD, Tone.POSITIVE)
    story = sample.story("bao", tuple(zip(rows, judged, strict=True)), Lane.NEUTRAL)
    content = compose(sample.given(automatic=True, stories=(story,)))
    assert section(content, "good").note == "01 tin, bài thuộc nhóm này nằm trong việc nêu tại mục IV.1."
    assert section(content, "feedback").note == ""


def test_headline_is_not_printed_twice_and_never_lost() -> None:
    one = sample.item("h", "p1", "Hồ sơ: mười năm chống lũ", "Hồ sơ: mười năm chống lũ", body="")
    story = sample.story("h", ((one, sample.assessment(one, Lane.GOOD)),), Lane.GOOD)
    view = compose(sample.given(automatic=True, stories=(story,))).stories[0]
    assert view.headline == view.summary == "Hồ sơ: mười năm chống lũ"
    assert said(view) == ""
    longer = replace(view, summary="Hồ sơ: mười năm chống lũ. Nhìn lại các công trình.")
    assert said(longer) == "Nhìn lại các công trình."
