"""A name is a place only when its surroundings say so (``domain.md`` §3.2, §3.4)."""

from __future__ import annotations

from datetime import date
from functools import cache

import pytest

import provinces
import text as vietnamese
from nlp.places import PlaceResult, Resolver
from nlp.places_gazetteer import regions
from provinces.types import Source, SourceKind
from records.types import Channel

NOW = date(2026, 11, 20)
BEFORE = date(2025, 5, 10)


@cache
def resolver(key: str) -> Resolver:
    return Resolver(provinces.load(key))


def read(
    key: str,
    title: str,
    lead: str = "",
    *,
    on: date | None = NOW,
    channel: Channel = Channel.PRESS,
    source: Source | None = None,
) -> PlaceResult:
    title, lead = vietnamese.normalize(title), vietnamese.normalize(lead)
    return resolver(key).assess(title, lead, "", on, channel=channel, source=source)


def codes(result: PlaceResult) -> set[str]:
    return {hit.place_code for hit in result.places}


def local_source() -> Source:
    return next(source for source in provinces.load("gia-lai").sources if source.kind is SourceKind.PRESS_IN)


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("gia-lai", "Nghĩa quân Tây Sơn bình định Đàng Trong"),
        ("gia-lai", "Triều Tây Sơn và cuộc hành quân ra Bắc"),
        ("gia-lai", "Phiên tòa xử nhóm đập đá ở quán karaoke"),
        ("gia-lai", "Bình Dương: cháy xưởng gỗ trong đêm"),
        ("gia-lai", "Nhà máy nước ở An Nhơn, TP.HCM hoạt động lại"),
        ("gia-lai", "Công viên phần mềm Quang Trung khai trương tòa nhà mới"),
        ("gia-lai", "Chúc mọi người một năm bình an"),
        ("gia-lai", "Xây dựng xã an toàn về an ninh trật tự"),
        ("gia-lai", "Hai bên thống nhất phương án đền bù"),
        ("gia-lai", "Ca sĩ nói về cổng tam quan của chùa"),
        ("gia-lai", "Hoàng Anh Gia Lai thắng Hà Nội 2-1"),
        ("gia-lai", "Quốc Cường Gia Lai công bố lợi nhuận quý ba"),
        ("gia-lai", "Mỹ và khu vực châu Á - Thái Bình Dương"),
        ("gia-lai", "Thể thao điện tử: đội Việt Nam tập huấn ở Tây An, Trung Quốc"),
        ("an-giang", "Đảm bảo trật tự xã hội an toàn"),
        ("an-giang", "Bến phà xã Hội An, Đà Nẵng được sửa"),
        ("an-giang", "Khách Tây dạo phố cổ Hội An"),
        ("an-giang", "Bờ biển Tân Thành, Hội An sạt lở nặng"),
        ("an-giang", "Cuộc họp diễn ra vào chiều thứ Ba"),
        ("an-giang", "Chợ mới của khu dân cư khai trương"),
        ("an-giang", "Sạt lở ở Chợ Mới, Thái Nguyên"),
        ("an-giang", "Nước mắm Phú Quốc tăng giá"),
        ("an-giang", "Xi măng Hà Tiên báo lãi"),
        ("an-giang", "Hải tặc Somalia tấn công tàu hàng"),
        ("an-giang", "Tân Hiệp Phát ra sản phẩm mới"),
        ("an-giang", "Cháy bãi xe ở phường An Phú Đông, TP.HCM"),
        ("an-giang", "Cây cầu ở Khánh Hòa thông xe"),
        ("thai-nguyen", "Đường Trần Phú ở Hà Nội kẹt xe"),
        ("thai-nguyen", "Trường Đại học Văn Lang tuyển sinh"),
        ("thai-nguyen", "Cháy nhà trên đường Thái Nguyên, phường Nha Trang"),
        ("thai-nguyen", "Tập đoàn Thành Công ra mắt xe mới"),
    ],
)
def test_false_friends_are_no_places(key: str, text: str) -> None:
    result = read(key, text)
    assert result.places == ()
    assert not result.relevant


@pytest.mark.parametrize(
    ("key", "text", "code"),
    [
        ("gia-lai", "UBND xã Tây Sơn, tỉnh Gia Lai cấp phát gạo sau lũ", "21808"),
        ("gia-lai", "Sửa cầu Đập Đá, An Nhơn", "area:an-nhon"),
        ("gia-lai", "Công an phường Thống Nhất, Pleiku bắt nhóm trộm", "23584"),
        ("gia-lai", "Người dân phường Bình Định nhận hỗ trợ", "21907"),
        ("gia-lai", "Xã Bình Dương, tỉnh Gia Lai sửa kè", "21733"),
        ("gia-lai", "Xã An Toàn, Gia Lai có điện lưới", "21622"),
        ("gia-lai", "Sân bay Phù Cát tạm dừng khai thác vì mưa", "landmark:san-bay-phu-cat"),
        ("gia-lai", "Du khách đổ về Qui Nhơn dịp lễ", "area:quy-nhon"),
        ("an-giang", "Sửa chữa bến phà xã Hội An", "30673"),
        ("an-giang", "Cháy chợ ở thị trấn Thứ Ba, An Biên", "area:an-bien"),
        ("an-giang", "Chợ Mới, An Giang sạt lở bờ sông", "area:cho-moi"),
        ("an-giang", "Ra đảo Hải Tặc, xã Tiên Hải", "landmark:quan-dao-hai-tac"),
        ("thai-nguyen", "Sạt lở ở Chợ Mới, Thái Nguyên", "area:cho-moi"),
        ("thai-nguyen", "Hồ Ba Bể đông khách", "landmark:ho-ba-be"),
        ("thai-nguyen", "Bắc Cạn cũ đón đợt rét đầu mùa", "area:bac-kan"),
    ],
)
def test_a_cue_makes_the_place(key: str, text: str, code: str) -> None:
    result = read(key, text)
    assert code in codes(result)
    assert result.relevant
    assert all(hit.score >= 0.5 and hit.reason for hit in result.places)


def test_a_verb_beside_the_province_is_the_province_only() -> None:
    assert codes(read("gia-lai", "Chỉ đạo thống nhất toàn tỉnh Gia Lai")) == {"province:gia-lai"}


def test_a_shared_name_alone_stays_undecided_except_in_the_provinces_own_press() -> None:
    text = "UBND xã Tây Sơn cấp phát gạo sau lũ"
    assert read("gia-lai", text).places == ()
    assert codes(read("gia-lai", text, source=local_source())) == {"21808"}


def test_names_mean_what_they_meant_on_the_day() -> None:
    assert codes(read("gia-lai", "UBND huyện Phù Cát họp dân", on=BEFORE)) == {"area:phu-cat"}
    assert codes(read("gia-lai", "Cục thuế Bình Định thông báo", on=BEFORE)) == {"area:binh-dinh"}
    assert codes(read("gia-lai", "UBND phường Quy Nhơn thông báo", on=NOW)) == {"21583"}
    old = codes(read("gia-lai", "Xã Phước Sơn, huyện Tuy Phước, Bình Định ngập sâu", on=BEFORE))
    assert "area:tuy-phuoc" in old
    assert any(code.startswith("old:") for code in old)


def test_spans_point_at_the_name_in_the_joined_text() -> None:
    title, lead = "Mưa lớn gây ngập", "Nhiều tuyến đường ở Quy Nhơn ngập sâu"
    (hit,) = read("gia-lai", title, lead).places
    assert f"{title}\n{lead}"[hit.start : hit.end] == "Quy Nhơn"


@pytest.mark.parametrize(
    ("text", "ours"),
    [
        ("Bão hướng vào vùng biển từ Đà Nẵng đến Khánh Hòa, sóng cao 6 m", True),
        ("Đề nghị các tỉnh ven biển từ Quảng Ninh đến An Giang ứng phó áp thấp", True),
        ("Mưa lớn từ Nghệ An đến Quảng Trị", False),
        ("Xe khách chạy từ Đà Nẵng đến Khánh Hòa", False),
        ("Không khí lạnh gây mưa rét ở Bắc Bộ", False),
    ],
)
def test_a_warning_for_a_range_applies_to_the_provinces_inside(text: str, ours: bool) -> None:
    assert read("gia-lai", text).relevant is ours


def test_a_warning_for_most_of_a_region_applies_and_for_some_of_it_does_not() -> None:
    assert read("thai-nguyen", "Rét đậm ở 18 tỉnh, thành phố Bắc Bộ").relevant
    assert not read("thai-nguyen", "Rét đậm ở 3 tỉnh Bắc Bộ").relevant


def test_the_coast_runs_from_quang_ninh_to_an_giang() -> None:
    order = regions()
    coast = sorted((region.position, name) for name, region in order.items() if region.position is not None)
    assert coast[0][1] == "Quảng Ninh"
    assert coast[-1][1] == "An Giang"
    assert len(order) == 34
    assert [position for position, _ in coast] == list(range(1, len(coast) + 1))


@pytest.mark.parametrize(
    ("text", "ours"),
    [
        ("quy nhơn ngập rồi bà con ơi", True),
        ("quy nhon ngap qua, binh dinh oi", True),
        ("xa phu cat mat dien ca dem", True),
        ("xe 77 c 12345 lat o phu cat", True),
        ("xe 43 c 12345 lat o phu cat", False),
        ("nuoc ngap toi mai nha o quy nhon roi", False),
        ("an com chua ban oi", False),
    ],
)
def test_posts_without_diacritics_need_a_second_signal(text: str, ours: bool) -> None:
    assert bool(read("gia-lai", text, channel=Channel.SOCIAL).places) is ours


def test_press_names_are_capitalised() -> None:
    assert read("gia-lai", "dự báo quy nhơn mưa").places == ()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a",
        "🙂🙂",
        "\u200b",
        "x" * 200_000,
        "Gia " * 50_000,
        "(" * 20_000,
        "Gia Lai, " * 5_000,
        "từ Hà Nội đến " * 3_000,
    ],
    ids=["empty", "letter", "emoji", "zero-width", "one-word", "half-names", "brackets", "names", "ranges"],
)
def test_odd_text_ends_in_a_result_in_time(text: str) -> None:
    result = resolver("gia-lai").assess(text, "", text, None, channel=Channel.SOCIAL)
    assert 0.0 <= result.relevance <= 1.0
