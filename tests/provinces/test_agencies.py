from datetime import date

import pytest

import provinces
from provinces import UnknownCode

NOW = date(2026, 11, 20)
GIA_LAI = provinces.load("gia-lai")


def name(field: str, places: list[str], on: date, key: str = "gia-lai") -> str:
    agency = provinces.load(key).agency_for(field, places, on)
    assert agency is not None
    return agency.name


def test_local_matters_in_one_commune_belong_to_its_committee() -> None:
    assert name("local_services", ["21583"], NOW) == "UBND phường Quy Nhơn"
    assert name("construction_transport_urban", ["21592", "21592"], NOW) == "UBND phường Quy Nhơn Nam"
    assert name("land", ["old:21556"], NOW) == "UBND phường Quy Nhơn"
    assert name("social_policy", ["landmark:eo-gio"], NOW) == "UBND phường Quy Nhơn Đông"
    assert name("land", ["31078"], NOW, "an-giang") == "UBND đặc khu Phú Quốc"


def test_wider_matters_belong_to_the_department_of_the_field() -> None:
    assert name("construction_transport_urban", ["21592", "21583"], NOW) == "Sở Xây dựng"
    assert name("construction_transport_urban", ["area:quy-nhon"], NOW) == "Sở Xây dựng"
    assert name("education", ["21583"], NOW) == "Sở Giáo dục và Đào tạo"
    assert name("disaster_weather", [], NOW) == "Sở Nông nghiệp và Môi trường"
    assert name("administrative_procedure", [], NOW) == "Trung tâm Phục vụ hành chính công tỉnh"
    assert name("traffic_accident", ["21583"], NOW) == "Công an tỉnh"


def test_before_the_reform_districts_and_the_departments_of_each_province_answer() -> None:
    on = date(2024, 5, 1)
    assert name("local_services", ["old:21556", "old:21562"], on) == "UBND thành phố Quy Nhơn"
    assert name("agriculture_environment", ["old:21556"], on) == "Sở Nông nghiệp và Phát triển nông thôn Bình Định"
    assert name("agriculture_environment", ["area:pleiku"], on) == "Sở Nông nghiệp và Phát triển nông thôn Gia Lai"
    assert name("agriculture_environment", ["old:21556"], date(2025, 4, 1)) == "Sở Nông nghiệp và Môi trường Bình Định"


def test_departments_follow_the_law_day_by_day() -> None:
    assert name("investment", ["area:binh-dinh"], date(2025, 2, 28)) == "Sở Kế hoạch và Đầu tư Bình Định"
    assert name("investment", ["area:binh-dinh"], date(2025, 3, 1)) == "Sở Tài chính Bình Định"
    assert name("investment", ["area:binh-dinh"], date(2025, 7, 1)) == "Sở Tài chính"


@pytest.mark.parametrize("key", provinces.available())
@pytest.mark.parametrize("on", [date(2022, 11, 8), date(2025, 4, 1), date(2025, 11, 6), NOW])
def test_every_field_has_an_agency_in_every_commune_on_every_date(key: str, on: date) -> None:
    if key == "binh-dinh-2022" and on > date(2025, 6, 30):
        return  # the province of this profile has ended
    province = provinces.load(key)
    samples = [place.code for place in province.places if place.in_force(on) and place.kind == "commune"][::10]
    for field in province.fields:
        for code in samples:
            assert province.agency_for(field.key, [code], on) is not None, (field.key, code)


@pytest.mark.parametrize("key", provinces.available())
def test_every_current_commune_has_one_committee(key: str) -> None:
    province = provinces.load(key)
    committees = province.agencies_of_kind("commune", NOW)
    assert sorted(area for agency in committees for area in agency.areas) == sorted(province.report_area.places)


def test_kinds_that_other_rooms_ask_for() -> None:
    for kind in ("police", "civil_defence", "office", "service_centre", "utility", "party"):
        assert GIA_LAI.agencies_of_kind(kind, NOW), kind
    assert GIA_LAI.agency(GIA_LAI.lead_agency).in_force(NOW)


def test_unknown_codes_are_told() -> None:
    with pytest.raises(UnknownCode, match="no-such-field"):
        GIA_LAI.agency_for("no-such-field", [], NOW)
    with pytest.raises(UnknownCode, match="99999"):
        GIA_LAI.agency_for("land", ["99999"], NOW)
    with pytest.raises(UnknownCode, match="nobody"):
        GIA_LAI.agency("nobody")


def test_only_instruments_in_force_are_offered() -> None:
    def keys(on: date) -> set[str]:
        return {entry.key for entry in GIA_LAI.instruments_on(on)}

    assert {"nd-09-2017", "luat-bao-chi-2016", "luat-an-ninh-mang-2018", "nd-15-2020"} <= keys(date(2025, 11, 6))
    assert keys(date(2025, 11, 6)).isdisjoint({"nd-244-2026", "luat-bao-chi-2025", "nd-237-2026", "nd-174-2026"})
    assert {"nd-244-2026", "luat-bao-chi-2025", "nd-237-2026", "nd-328-2026"} <= keys(NOW)
    assert keys(NOW).isdisjoint({"nd-09-2017", "luat-bao-chi-2016", "nd-15-2020"})


def test_a_predecessor_answers_for_its_successor() -> None:
    early = GIA_LAI.instrument("nd-244-2026", date(2025, 11, 6))
    late = GIA_LAI.instrument("nd-244-2026", NOW)
    assert early is not None and early.key == "nd-09-2017"
    assert late is not None and late.key == "nd-244-2026"
    assert GIA_LAI.instrument("nd-328-2026", date(2025, 11, 6)) is None


def test_decrees_on_fines_are_never_cited() -> None:
    for on in (date(2025, 11, 6), NOW):
        for key in ("nd-119-2020", "nd-174-2026", "nd-15-2020"):
            assert GIA_LAI.instrument(key, on) is None


def test_header_and_deadlines_follow_the_date() -> None:
    assert GIA_LAI.header_on(NOW).symbol == "BC-SVHTTDL"
    assert GIA_LAI.header_on(date(2024, 5, 1)).agency == "SỞ THÔNG TIN VÀ TRUYỀN THÔNG"
    assert provinces.load("an-giang").header_on(NOW).agency == "SỞ VĂN HÓA VÀ THỂ THAO"
    assert GIA_LAI.deadlines_on(NOW).key == "nd-237-2026"
    assert GIA_LAI.deadlines_on(date(2025, 11, 6)).key == "luat-bao-chi-2016"
    assert GIA_LAI.deadlines_on(NOW).verify_hours == {"S1": 24, "S2": 24, "S3": 4, "S4": 2}


def test_the_roster_rings_by_step() -> None:
    assert [entry.step for entry in GIA_LAI.roster_on("desk", NOW)] == [0, 1, 2]
    assert GIA_LAI.roster_on("cyber", NOW)


def test_the_shipped_people_are_marked_examples() -> None:
    for key in provinces.available():
        province = provinces.load(key)
        addresses = [entry.address for entry in province.roster] + [entry.address for entry in province.recipients]
        assert all(address.endswith(".example") for address in addresses)
        assert all("Ví Dụ" in entry.name or "ví dụ" in entry.name for entry in province.roster)
