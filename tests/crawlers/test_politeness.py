"""The gate, on a clock that only moves when somebody sleeps."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from crawlers import schedule
from crawlers.errors import HostBusy
from crawlers.politeness import Gate


class Time:
    """Monotonic seconds; sleeping moves them on."""

    def __init__(self) -> None:
        self.now = 100.0
        self.slept: list[float] = []

    def monotonic(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds
        await asyncio.sleep(0)


def gate(time: Time, spacing: float = 5.0, **more: float) -> Gate:
    return Gate(spacing, monotonic=time.monotonic, sleep=time.sleep, **more)  # type: ignore[arg-type]


def in_turn(work: Callable[[], Awaitable[None]]) -> None:
    asyncio.run(work())  # type: ignore[arg-type]


def test_starts_at_one_host_are_spaced_and_hosts_are_independent() -> None:
    time, starts = Time(), []
    gates = gate(time)

    async def work() -> None:
        for host in ("a", "a", "b", "a"):
            async with gates.turn(host):
                starts.append((host, time.now - 100))

    in_turn(work)
    assert starts == [("a", 0), ("a", 5), ("b", 5), ("a", 10)]


def test_at_most_four_at_once() -> None:
    time = Time()
    gates = gate(time, 0.0)
    most = inside = 0

    async def ask() -> None:
        nonlocal most, inside
        async with gates.turn("a"):
            inside += 1
            most = max(most, inside)
            await asyncio.sleep(0.001)
            inside -= 1

    async def work() -> None:
        await asyncio.gather(*(ask() for _ in range(20)))

    in_turn(work)
    assert most == 4


def test_crawl_delay_only_slows_down() -> None:
    time, starts = Time(), []
    gates = gate(time)

    async def work() -> None:
        gates.slow_down("a", 20)
        gates.slow_down("a", 1)
        for _ in range(3):
            async with gates.turn("a"):
                starts.append(time.now - 100)

    in_turn(work)
    assert starts == [0, 20, 40]


@pytest.mark.parametrize(
    ("header", "pause"),
    [(None, 30), ("", 30), ("bad", 30), ("7", 7), ("0", 1), ("-5", 1)],
)
def test_back_off(header: str | None, pause: float) -> None:
    time, starts = Time(), []
    gates = gate(time, 0.0)

    async def work() -> None:
        assert gates.back_off("a", header) == pause
        async with gates.turn("a"):
            starts.append(time.now - 100)

    in_turn(work)
    assert starts == [pause]


def test_retry_after_as_a_date() -> None:
    when = format_datetime(datetime.now(UTC) + timedelta(seconds=60), usegmt=True)
    assert 57 <= gate(Time()).back_off("a", when) <= 60


def test_a_host_that_asks_for_an_hour_is_left_alone() -> None:
    time = Time()
    gates = gate(time, 0.0)

    async def work() -> None:
        gates.back_off("a", "3600")
        with pytest.raises(HostBusy) as caught:
            async with gates.turn("a"):
                pass
        assert caught.value.wait_s == 3600

    in_turn(work)
    assert time.slept == []


def test_a_back_off_during_the_wait_is_seen() -> None:
    time, starts = Time(), []
    gates = gate(time)

    async def first() -> None:
        async with gates.turn("a"):
            pass
        gates.back_off("a", "40")

    async def work() -> None:
        await first()
        async with gates.turn("a"):
            starts.append(time.now - 100)

    in_turn(work)
    assert starts == [40]


def test_intervals_stay_between_ten_minutes_and_a_day() -> None:
    interval = 1800
    for _ in range(50):
        interval = schedule.after_success(interval, fresh=50, entries=50)
    assert interval == 600
    for _ in range(50):
        interval = schedule.after_success(interval, fresh=0, entries=50)
    assert interval == 86400
    assert schedule.after_failure(1800) == 3600
    assert schedule.after_failure(1800, asked_s=7200) == 7200
    assert schedule.after_failure(86400) == 86400
    assert schedule.after_success(3600, 1, 50) == 3600


def test_articles_are_revisited_three_times_and_retried_three_times() -> None:
    pauses, pause = [], schedule.revisit_s(600)
    while pause:
        pauses.append(pause)
        pause = schedule.revisit_s(pause)
    assert [sum(pauses[: n + 1]) / 3600 for n in range(3)] == [1, 6, 24]
    now = datetime(2026, 11, 19, tzinfo=UTC)
    waits = [schedule.retry_at(failures, now) for failures in range(1, 6)]
    assert [(wait - now).seconds // 60 if wait else None for wait in waits] == [30, 60, 120, None, None]
