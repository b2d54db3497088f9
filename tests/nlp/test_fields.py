"""Which field a complaint belongs to, and who must answer: read on the demo's complaints and on texts of our own."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

import provinces
import text as vietnamese
from demo import content
from demo.profile import FOLDER
from nlp import assess
from nlp.judge import load
from nlp.places import Resolver
from provinces.province import Province
from records.types import Assessment, BodyKind, Channel, Item, Precision

NOW = datetime(2026, 11, 20, 1, tzinfo=UTC)
COMMITTEE = "ubnd-"
"""Codes of people's committees of communes begin so."""

COMPLAINTS = {
    "np-lu-2": ("local_services", "ubnd-21970"),
    "xn-dong-1": ("local_services", "ubnd-21592"),
    "cb-dong-nuoc-quy-nhon-nam": ("local_services", "ubnd-21592"),
    "np-pleiku": ("construction_transport_urban", "ubnd-23575"),
    "np-kia-1": ("agriculture_environment", "so-nnmt"),
    "cd-ke-bong-son": ("agriculture_environment", "so-nnmt"),
    "np-dat-1": ("administrative_procedure", "ubnd-21910"),
    "np-dat-2": ("land", "ubnd-21943"),
    "np-khen-phuong": ("local_services", "ubnd-21601"),
    "xn-rac-1": ("local_services", "ubnd-21592"),
    "xn-rac-4": ("local_services", "ubnd-21583"),
    "xn-rac-5": ("local_services", "ubnd-21592"),
    "np-rac-1": ("local_services", "ubnd-21583"),
    "np-rac-3": ("local_services", "ubnd-21583"),
    "tx-rac-nhua-thi-nai": ("local_services", "ubnd-21583"),
    "tx-nuoc-sach": ("local_services", "ubnd-21985"),
    "vc-qn-5": ("local_services", "ubnd-21589"),
    "np-tuc": ("local_services", "ubnd-21985"),
    "np-gao-chia": ("social_policy", "ubnd-21985"),
    "xn-tieu-chi-1": ("social_policy", "ubnd-21970"),
    "cd-ho-tro-sua-nha": ("social_policy", "ubnd-21970"),
    "np-canbo": ("administrative_procedure", "ubnd-21952"),
    "np-dien-chua": ("industry_trade_energy", "so-ct"),
    "np-gia-1": ("industry_trade_energy", "so-ct"),
    "xn-gia-1": ("industry_trade_energy", "so-ct"),
    "cd-gian-lan-vlxd": ("industry_trade_energy", "so-ct"),
    "np-thue": ("industry_trade_energy", "so-ct"),
    "xn-benh-2": ("health", "so-yt"),
    "vc-tc-2": ("education", "so-gddt"),
    "np-gop-y-canhbao": ("disaster_weather", "so-nnmt"),
}
"""Demo complaints by key: field and answering agency as a fair officer would route them (domain.md §7.IV)."""


@pytest.fixture(scope="module")
def province() -> Province:
    return provinces.load(FOLDER)


@pytest.fixture(scope="module")
def resolver(province: Province) -> Resolver:
    return Resolver(province)


def read(entry: content.Entry, province: Province, resolver: Resolver) -> Assessment:
    version = entry.versions[0]
    press = entry.kind == "article"
    body = vietnamese.normalize(version.body)
    return assess.assess_item(
        Item(
            item_id=entry.key, version=1, source_id=f"demo.{entry.site}", channel=Channel.PRESS if press else Channel.SOCIAL,
            url=None, title=vietnamese.normalize(version.title) if press else "",
            lead=vietnamese.normalize(version.lead) if press else "",
            body=body if press else vietnamese.mask(body, social=True).text,
            body_kind=BodyKind.FULL if press else BodyKind.POST, published_at=entry.at.astimezone(UTC),
            published_precision=Precision.MINUTE, collected_at=entry.at.astimezone(UTC), changed_at=entry.at.astimezone(UTC),
            content_hash="",
        ),
        load(), resolver, province, NOW,
    )  # fmt: skip


def test_complaints_of_the_demo_go_to_those_who_can_solve_them(province: Province, resolver: Resolver) -> None:
    world = content.load()
    wrong = {}
    for key, (field, agency) in COMPLAINTS.items():
        found = read(world.entry(key), province, resolver)
        if found.fields[:1] != (field,) or found.agency_codes[:1] != (agency,):
            wrong[key] = (found.fields, found.agency_codes)
    assert len(wrong) <= 1, wrong  # the models may flip one when they are trained anew


def test_no_complaint_about_rubbish_goes_to_the_department_of_culture(province: Province, resolver: Resolver) -> None:
    for entry in content.load().entries:
        if entry.key.startswith(("xn-rac", "np-rac", "vc-qn")) and entry.expected.lane.value == "feedback":
            assert "so-vhttdl" not in read(entry, province, resolver).agency_codes, entry.key


def post(text: str, province: Province, resolver: Resolver) -> Assessment:
    return assess.assess_item(
        Item(
            item_id="a" * 64, version=1, source_id="nowhere", channel=Channel.SOCIAL, url=None, title="", lead="", body=text,
            body_kind=BodyKind.POST, published_at=NOW, published_precision=Precision.MINUTE, collected_at=NOW, changed_at=NOW,
            content_hash="",
        ),
        load(), resolver, province, NOW,
    )  # fmt: skip


def test_two_communes_answer_each_for_itself(province: Province, resolver: Resolver) -> None:
    text = "Rác ở phường Quy Nhơn với phường Quy Nhơn Nam chất đống cả tuần nay, hai phường đùn qua đùn lại, bao giờ mới dọn?"
    assert set(post(text, province, resolver).agency_codes) == {"ubnd-21583", "ubnd-21592"}


def test_the_province_beside_a_commune_does_not_take_the_matter_from_it(province: Province, resolver: Resolver) -> None:
    text = "Hồ sơ đất đai ở phường An Nhơn, tỉnh Gia Lai trễ hẹn ba tháng, một cửa làm ăn kiểu gì vậy?"
    assert post(text, province, resolver).agency_codes == ("ubnd-21910",)


def test_a_national_road_is_the_departments(province: Province, resolver: Resolver) -> None:
    text = "Quốc lộ 19 đoạn qua xã Tuy Phước ổ gà chi chít, mặt đường nát cả năm không ai sửa, bao giờ mới làm đường?"
    found = post(text, province, resolver)
    assert found.fields[0] == "construction_transport_urban"
    assert found.agency_codes == ("so-xd",)


def test_a_complaint_of_no_known_field_goes_to_the_commune_it_names(province: Province, resolver: Resolver) -> None:
    found = post("Xã Tuy Phước Đông làm ăn kiểu gì mà hứa tới hứa lui hoài không xong vậy?", province, resolver)
    assert found.agency_codes
    assert found.agency_codes[0].startswith(COMMITTEE)
