"""Opening hours by the clock on the wall: spans, holidays, zones, and nights when clocks change."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from desk.hours import is_open, next_opening
from desk.playbook import Holiday, Hours

OFFICE = {day: ("09:00-12:30", "13:30-18:00") for day in ("mon", "tue", "wed", "thu", "fri")}


def hours(zone: str = "Asia/Shanghai", **change: Any) -> Hours:
    return Hours.model_validate({"time_zone": zone, "week": OFFICE} | change)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "open_", "opens"),
    [
        ("2026-11-25T01:00", True, "2026-11-25T01:00"),  # 09:00 on a Wednesday in Shanghai
        ("2026-11-25T00:59:59", False, "2026-11-25T01:00"),
        ("2026-11-25T04:29:59", True, "2026-11-25T04:29:59"),
        ("2026-11-25T04:30", False, "2026-11-25T05:30"),
        ("2026-11-25T10:00", False, "2026-11-26T01:00"),
        ("2026-11-27T10:00", False, "2026-11-30T01:00"),
    ],
)
def test_people_are_there_from_the_first_minute_to_the_last(
    now: str, open_: bool, opens: str
) -> None:
    assert is_open(hours(), utc(now)) is open_
    assert next_opening(hours(), utc(now)) == utc(opens)


def test_a_holiday_has_its_own_hours_or_none() -> None:
    week = Holiday(on=date(2027, 2, 5), until=date(2027, 2, 12), name="春节")
    short = Holiday(on=date(2027, 2, 4), name="除夕前", open=("09:00-12:00",))
    closed = hours(holidays=(week, short))
    assert is_open(closed, utc("2027-02-04T02:00"))
    assert not is_open(closed, utc("2027-02-04T06:00"))
    assert next_opening(closed, utc("2027-02-04T06:00")) == utc("2027-02-15T01:00")


def test_midnight_is_no_gap_between_two_days() -> None:
    always = hours(week=dict.fromkeys(("mon", "tue"), ("00:00-24:00",)))
    assert is_open(always, utc("2026-11-30T15:59:59.999999"))  # Monday's last moment
    assert is_open(always, utc("2026-11-30T16:00"))
    assert not is_open(always, utc("2026-12-01T16:00"))


@pytest.mark.parametrize(
    ("zone", "day", "opens", "closes"),
    [
        # Clocks go forward from 01:00 to 02:00 in London: half past one is half past two.
        ("Europe/London", "2027-03-28", "2027-04-04T00:30", "2027-04-04T01:30"),
        # They do so at 03:00 in Kyiv, an hour after it has closed.
        ("Europe/Kyiv", "2027-03-28", "2027-03-27T23:30", "2027-03-28T00:30"),
        # They go back from 02:00 to 01:00: open from the first half past one to the second 02:30.
        ("Europe/London", "2026-10-25", "2026-10-25T00:30", "2026-10-25T02:30"),
        ("Europe/Kyiv", "2026-10-25", "2026-10-24T22:30", "2026-10-24T23:30"),
        ("America/New_York", "2026-11-01", "2026-11-01T05:30", "2026-11-01T07:30"),
        ("Asia/Taipei", "2026-11-01", "2026-10-31T17:30", "2026-10-31T18:30"),
    ],
)
def test_a_span_keeps_to_the_wall_when_clocks_change(
    zone: str, day: str, opens: str, closes: str
) -> None:
    night = hours(zone, week={"sun": ("01:30-02:30",)})
    before = utc(day) - timedelta(hours=12)
    assert next_opening(night, before) == utc(opens)
    assert is_open(night, utc(opens))
    assert is_open(night, utc(closes) - timedelta(seconds=1))
    assert not is_open(night, utc(closes))


@pytest.mark.parametrize("zone", ["Asia/Shanghai", "Europe/London", "America/Sao_Paulo"])
def test_the_next_opening_is_the_first_moment_at_which_people_are_there(zone: str) -> None:
    some = hours(zone, week=OFFICE | {"sat": ("22:00-24:00",), "sun": ("00:00-00:30",)})
    now = utc("2026-10-20T00:00")
    for _ in range(24 * 4 * 14):  # two weeks by quarters of an hour, with a change of clocks
        opens = next_opening(some, now)
        assert opens is not None
        assert is_open(some, opens)
        assert (opens == now) is is_open(some, now)
        assert not is_open(some, opens - timedelta(seconds=1)) or opens == now
        now += timedelta(minutes=15)


@pytest.mark.parametrize("change", [{"week": {}}, {"time_zone": "Mars/Olympus"}])
def test_who_is_never_there_has_no_opening(change: dict[str, Any]) -> None:
    never = hours(**change)
    assert not is_open(never, utc("2026-11-25T02:00"))
    assert next_opening(never, utc("2026-11-25T02:00")) is None
