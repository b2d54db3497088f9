from collections import Counter
from datetime import date

import pytest

import provinces
from provinces import UnknownCode
from provinces.types import PlaceKind

NOW = date(2026, 11, 20)
BEFORE = date(2024, 5, 1)
GIA_LAI = provinces.load("gia-lai")


def types(key: str, area: str) -> Counter[str]:
    province = provinces.load(key, report_area=area)
    return Counter(province.place(code).full_name.split()[0] for code in province.report_area.places)


@pytest.mark.parametrize(
    ("key", "area", "expected"),
    [
        ("gia-lai", "toan-tinh", {"Xã": 110, "Phường": 25}),
        ("gia-lai", "binh-dinh", {"Xã": 41, "Phường": 17}),
        ("an-giang", "toan-tinh", {"Xã": 85, "Phường": 14, "Đặc": 3}),
        ("thai-nguyen", "toan-tinh", {"Xã": 77, "Phường": 15}),
        ("thai-nguyen", "bac-kan", {"Xã": 35, "Phường": 2}),
    ],
)
def test_communes_of_the_resolutions(key: str, area: str, expected: dict[str, int]) -> None:
    assert types(key, area) == expected


def test_the_rest_of_the_merged_provinces() -> None:
    assert sum(types("an-giang", "kien-giang").values()) == 48
    assert sum(types("gia-lai", "gia-lai-cu").values()) == 77
    assert sum(types("an-giang", "an-giang-cu").values()) == 54


@pytest.mark.parametrize(
    ("district", "names"),
    [
        ("area:quy-nhon", "Quy Nhơn, Quy Nhơn Đông, Quy Nhơn Tây, Quy Nhơn Nam, Quy Nhơn Bắc, Nhơn Châu"),
        ("area:an-nhon", "Bình Định, An Nhơn, An Nhơn Đông, An Nhơn Nam, An Nhơn Bắc, An Nhơn Tây"),
        (
            "area:hoai-nhon",
            "Bồng Sơn, Tam Quan, Hoài Nhơn, Hoài Nhơn Đông, Hoài Nhơn Tây, Hoài Nhơn Nam, Hoài Nhơn Bắc",
        ),
        ("area:phu-cat", "Phù Cát, Xuân An, Ngô Mây, Cát Tiến, Đề Gi, Hòa Hội, Hội Sơn"),
        ("area:tay-son", "Tây Sơn, Bình Khê, Bình Phú, Bình Hiệp, Bình An"),
        ("area:van-canh", "Vân Canh, Canh Vinh, Canh Liên"),
    ],
)
def test_old_districts_stand_for_their_communes(district: str, names: str) -> None:
    codes = GIA_LAI.successors_on(district, NOW)
    assert {GIA_LAI.place(code).name for code in codes} == set(names.split(", "))
    assert GIA_LAI.successors_on(district, BEFORE) == (district,)


def test_a_former_ward_leads_to_its_commune_and_back() -> None:
    assert GIA_LAI.successors_on("old:21556", NOW) == ("21583",)
    assert GIA_LAI.successors_on("old:21556", BEFORE) == ("old:21556",)
    assert "old:21556" in GIA_LAI.successors_on("21583", BEFORE)
    assert GIA_LAI.successors_on("21583", NOW) == ("21583",)


def test_a_divided_commune_names_its_main_successor_first() -> None:
    names = [GIA_LAI.place(code).name for code in GIA_LAI.successors_on("old:21634", NOW)]
    assert names == ["An Hòa", "An Toàn"]


def test_names_are_in_the_normal_form() -> None:
    assert GIA_LAI.place("21871").full_name == "Xã Hòa Hội"  # the source writes Hoà Hội


def test_old_names_outlive_their_units_and_new_ones_do_not_come_early() -> None:
    now = {place.code for place in GIA_LAI.places_on(NOW)}
    before = {place.code for place in GIA_LAI.places_on(BEFORE)}
    assert {"21583", "old:21556", "area:quy-nhon", "landmark:eo-gio"} <= now
    assert "21583" not in before
    assert {"old:21556", "area:quy-nhon", "area:binh-dinh", "landmark:eo-gio"} <= before


def test_bình_định_is_read_by_date() -> None:
    def in_force(on: date) -> set[str]:
        return {place.code for place in GIA_LAI.places_on(on) if place.name == "Bình Định" and place.in_force(on)}

    assert in_force(date(2025, 5, 15)) == {"area:binh-dinh", "old:21907"}
    assert in_force(NOW) == {"21907"}


def test_a_place_touches_the_report_area() -> None:
    province = provinces.load("gia-lai", report_area="binh-dinh")
    for code in ("21583", "old:21556", "area:quy-nhon", "landmark:san-bay-phu-cat", "province:gia-lai"):
        assert province.in_report_area(code), code
    for code in ("23575", "area:pleiku", "landmark:san-bay-pleiku", "area:gia-lai-cu"):
        assert not province.in_report_area(code), code
        assert province.in_area("toan-tinh", code)
    with pytest.raises(UnknownCode):
        province.in_report_area("99999")


@pytest.mark.parametrize(("key", "shared_now"), [("gia-lai", 21), ("an-giang", 47), ("thai-nguyen", 24)])
def test_shared_commune_names_are_marked(key: str, shared_now: int) -> None:
    """The counts of the domain note: 21 of 135, 47 of 102, 24 of 92."""
    province = provinces.load(key)
    communes = [place for place in province.places if place.kind is PlaceKind.COMMUNE and place.valid_to is None]
    assert sum("current:" in place.risk_reason for place in communes) == shared_now
    assert all(place.risk == bool(place.risk_reason) for place in province.places)


@pytest.mark.parametrize(
    ("key", "names"),
    [
        (
            "gia-lai",
            "Bình Định, Tây Sơn, Quy Nhơn, An Nhơn, An Lão, An Toàn, Bình An, An Phú, Bình Dương, Tam Quan, Thống Nhất",
        ),
        (
            "gia-lai",
            "Đập Đá, Ngô Mây, Bùi Thị Xuân, Trần Quang Diệu, Quang Trung, Diên Hồng, An Khê, Vân Canh, Đống Đa, Phước Mỹ",
        ),
        (
            "an-giang",
            "Hội An, Bình An, An Phú, Chợ Mới, Vĩnh Thông, Châu Thành, Phú Quốc, Hòn Đất, Hà Tiên, Thứ Ba, Sóc Sơn",
        ),
        (
            "an-giang",
            "Minh Lương, Tân Hiệp, An Biên, Vĩnh Thuận, Vĩnh Tuy, Cô Tô, Nhơn Hội, Mỹ Đức, Thứ Mười Một",
        ),
        (
            "thai-nguyen",
            "Chợ Mới, Vĩnh Thông, Trần Phú, Ba Bể, Yên Phong, Yên Bình, Phú Xuyên, Phú Lương, Thành Công",
        ),
        ("thai-nguyen", "Quyết Thắng, Trung Thành, Văn Lang, Sông Cầu, Thái Nguyên"),
    ],
)
def test_the_names_of_the_ambiguity_table_need_a_trigger(key: str, names: str) -> None:
    places = provinces.load(key).places
    for name in names.split(", "):
        bearers = [place for place in places if place.name == name]
        assert bearers, name
        assert all(place.risk for place in bearers if place.kind is not PlaceKind.LANDMARK), name


def test_false_friends_are_found_by_name() -> None:
    assert {(unit.code, unit.province) for unit in GIA_LAI.units["An Nhơn Tây"]} == {
        ("21940", "Gia Lai"),
        ("27508", "Hồ Chí Minh"),
    }
    assert {unit.province for unit in GIA_LAI.units["Vĩnh Thạnh"] if unit.kind == "commune"} == {
        "Gia Lai",
        "Cần Thơ",
        "Tây Ninh",
    }
    assert sum(unit.kind == "commune" for units in GIA_LAI.units.values() for unit in units) == 3321
    assert (
        sum(unit.kind == "province" and unit.valid_to is None for units in GIA_LAI.units.values() for unit in units)
        == 34
    )


def test_landmarks_are_named_with_their_kind() -> None:
    for key in provinces.available():
        for place in provinces.load(key).places:
            if place.kind is PlaceKind.LANDMARK:
                assert place.name == place.full_name
                assert place.successors
    assert provinces.load("an-giang").place("landmark:quan-dao-hai-tac").risk  # pirates


def test_spellings_and_abbreviations() -> None:
    assert {"Qui Nhơn", "TP. Quy Nhơn", "TP Qui Nhơn"} <= set(GIA_LAI.place("area:quy-nhon").aliases)
    assert "Bắc Cạn" in provinces.load("thai-nguyen").place("area:bac-kan").aliases
    assert {"Đăk Đoa", "Đắk Đoa"} <= set(GIA_LAI.place("23677").aliases)


def test_the_old_profile_differs_in_data_only() -> None:
    old = provinces.load("binh-dinh-2022")
    on = date(2022, 11, 8)
    header = old.header_on(on)
    assert (header.parent_agency, header.agency) == ("ỦY BAN NHÂN DÂN TỈNH BÌNH ĐỊNH", "SỞ THÔNG TIN VÀ TRUYỀN THÔNG")
    assert old.place("province:binh-dinh").in_force(on)
    in_force = [place for place in old.places if place.kind is PlaceKind.COMMUNE and place.in_force(on)]
    # 155 of the reform's ward map and the four wards of Quy Nhơn merged at the end of 2024.
    assert len(in_force) == 159
    assert {place.code.split(":")[0] for place in in_force} == {"old"}
    assert all(old.in_report_area(place.code) for place in old.places)
