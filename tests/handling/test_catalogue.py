from __future__ import annotations

import pytest

from handling import catalogue
from records.types import REFERABLE, Lane

FORBIDDEN = ("xử phạt", "triệu tập", "gỡ bỏ", "yêu cầu gỡ", "xác định chủ tài khoản", "phạt", "khóa tài khoản")


def test_the_catalogue_is_closed() -> None:
    assert list(catalogue()) == [f"A{number:02d}" for number in range(1, 18)]


@pytest.mark.parametrize("code", [f"A{number:02d}" for number in range(1, 18)])
def test_no_action_removes_content_or_goes_after_a_person(code: str) -> None:
    action = catalogue()[code]
    said = f"{action.name} {action.words}".lower()
    assert not [word for word in FORBIDDEN if word in said]


def test_criticism_has_no_way_to_the_police() -> None:
    referral = catalogue()["A11"]
    assert referral.lanes == {Lane.HARM}
    assert referral.harms <= REFERABLE
    assert all(action.actor != "police" for action in catalogue().values() if Lane.FEEDBACK in action.lanes)


def test_outward_acts_of_lane_c_need_two_people() -> None:
    assert all(action.people == 2 for action in catalogue().values() if action.outward and action.lanes == {Lane.HARM})


def test_platform_reports_never_for_rumours_or_criticism() -> None:
    assert catalogue()["A09"].lanes == {Lane.HARM}
    assert "H3" not in catalogue()["A09"].harms
