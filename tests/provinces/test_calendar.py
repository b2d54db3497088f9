from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

import provinces
from provinces import WorkingCalendar
from provinces.types import Holiday

CALENDAR = provinces.load("gia-lai").calendar


@pytest.mark.parametrize(
    ("days", "due"),
    [(3, date(2026, 11, 26)), (5, date(2026, 11, 30)), (15, date(2026, 12, 14)), (0, date(2026, 11, 20))],
)
def test_deadlines_of_the_model_briefing(days: int, due: date) -> None:
    """20/11/2026 is a Friday and 24/11 a public holiday from 2026 on."""
    assert CALENDAR.add_working_days(date(2026, 11, 20), days) == due


def test_culture_day_is_a_holiday_from_2026_only() -> None:
    assert not CALENDAR.is_working_day(date(2026, 11, 24))
    assert CALENDAR.is_working_day(date(2025, 11, 24))


@pytest.mark.parametrize(
    ("day", "working"),
    [
        (date(2026, 2, 17), False),  # Tết
        (date(2026, 4, 27), False),  # Giỗ Tổ fell on a Sunday
        (date(2024, 5, 4), True),  # a Saturday worked for 29/4
        (date(2024, 4, 29), False),
        (date(2022, 11, 5), False),  # a plain Saturday
        (date(2022, 11, 8), True),
        (date(2025, 9, 1), False),
    ],
)
def test_known_days(day: date, working: bool) -> None:
    assert CALENDAR.is_working_day(day) is working


def test_overdue_by_four_working_days() -> None:
    """The standing-water case of the model briefing: handed over on 30/10, ten working days to fix."""
    due = CALENDAR.add_working_days(date(2026, 10, 30), 10)
    assert due == date(2026, 11, 13)
    assert CALENDAR.working_days_between(due, date(2026, 11, 19)) == 4


@given(st.dates(date(2022, 1, 1), date(2027, 6, 1)), st.integers(1, 60))
def test_counting_inverts_adding(start: date, days: int) -> None:
    due = CALENDAR.add_working_days(start, days)
    assert CALENDAR.is_working_day(due)
    assert CALENDAR.working_days_between(start, due) == days
    assert CALENDAR.working_days_between(due, start) == -days
    assert CALENDAR.working_days_between(start, due - timedelta(days=1)) == days - 1


def test_negative_days_are_refused() -> None:
    with pytest.raises(ValueError, match="negative"):
        CALENDAR.add_working_days(date(2026, 11, 20), -1)


def test_a_weekend_day_worked_in_exchange_counts() -> None:
    calendar = WorkingCalendar(
        [Holiday(day=date(2026, 11, 23), name="nghỉ"), Holiday(day=date(2026, 11, 21), name="làm bù", working=True)]
    )
    assert calendar.add_working_days(date(2026, 11, 20), 2) == date(2026, 11, 24)
    assert calendar.known_until == date(2026, 11, 23)


def test_every_year_has_its_fixed_holidays() -> None:
    days = {holiday.day for holiday in provinces.load("gia-lai").national_holidays if not holiday.working}
    for year in range(2022, 2028):
        assert {date(year, 1, 1), date(year, 4, 30), date(year, 5, 1), date(year, 9, 2)} <= days
        assert sum(day.year == year for day in days) >= 10
