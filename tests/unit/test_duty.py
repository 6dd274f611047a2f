"""Who is on duty and who is reached: turns, nights, swaps, days off, quiet hours, summer time."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from desk.duty import (
    RISKS,
    askable,
    fallback,
    gaps,
    is_away,
    is_quiet,
    on_duty,
    reached,
    turns,
)
from desk.playbook import (
    Approver,
    Days,
    Override,
    Playbook,
    Policy,
    Rota,
    Shift,
    Step,
    Swap,
)
from desk.zones import bounds, moment, zone

MONDAY = date(2026, 11, 30)
MINUTE = timedelta(minutes=1)


def rota(*shifts: Shift, time_zone: str = "Asia/Shanghai", **more: Any) -> Rota:
    return Rota(time_zone=time_zone, shifts=shifts, **more)


def shift(*people: str, **more: Any) -> Shift:
    return Shift.model_validate({"people": people, "since": MONDAY} | more)


def book(
    rotas: dict[str, Rota] | None = None, policy: Policy | None = None, **people: Approver
) -> Playbook:
    return Playbook(
        brand="tea",
        version="1",
        name="Tea",
        languages=("en",),
        rules=(),
        scripts=(),
        policies={"default": policy or Policy(steps=(Step(ask=("ann",), wait_minutes=5),))},
        approvers={"ann": Approver(name="Ann"), "ben": Approver(name="Ben")} | people,
        rotas=rotas or {},
    )


def wall(text: str, time_zone: str = "Asia/Shanghai") -> datetime:
    return moment(datetime.fromisoformat(text), zone(time_zone))


def seen(one: Rota, *times: str) -> list[str]:
    return ["+".join(on_duty(one, wall(time, one.time_zone))) for time in times]


def test_each_has_their_turn_for_so_many_days() -> None:
    weekly = rota(shift("ann", "ben", turn_days=7))
    days = ("2026-11-30 00:00", "2026-12-06 23:59", "2026-12-07 00:00", "2026-12-14 00:00")
    assert seen(weekly, *days) == ["ann", "ann", "ben", "ann"]


def test_a_night_belongs_to_the_day_on_which_it_begins() -> None:
    nights = rota(shift("ann", "ben", turn_days=1, hours=("22:00-06:00",)))
    times = ("2026-11-30 21:59", "2026-11-30 22:00", "2026-12-01 05:59", "2026-12-01 06:00",
             "2026-12-01 22:00", "2026-12-02 05:59")  # fmt: skip
    assert seen(nights, *times) == ["", "ann", "ann", "", "ben", "ben"]


def test_a_shift_is_worked_on_its_days_and_between_its_first_and_its_last() -> None:
    office = rota(shift("ann", week=("mon", "tue"), hours=("09:00-18:00",), until="2026-12-07"))
    times = ("2026-11-23 10:00", "2026-11-30 10:00", "2026-12-02 10:00", "2026-12-07 10:00",
             "2026-12-08 10:00", "2026-11-30 18:00")  # fmt: skip
    assert seen(office, *times) == ["", "ann", "", "ann", "", ""]


def test_who_does_not_work_on_holidays_is_off_on_them() -> None:
    office = rota(
        shift("ann", holidays="off"),
        shift("ben", hours=("00:00-12:00",)),
        holidays=(Days(on=date(2027, 2, 6), until=date(2027, 2, 8), name="春节"),),
    )
    assert seen(office, "2027-02-05 10:00", "2027-02-06 10:00") == ["ann+ben", "ben"]
    assert seen(office, "2027-02-08 13:00", "2027-02-09 13:00") == ["", "ann"]


def test_two_who_swap_do_each_others_duty() -> None:
    weekly = rota(
        shift("ann", "ben"),
        swaps=(Swap(between=("ann", "ben"), start="2026-12-02 09:00", end="2026-12-09 09:00"),),
    )
    times = ("2026-12-02 08:59", "2026-12-02 09:00", "2026-12-07 00:00", "2026-12-09 09:00")
    assert seen(weekly, *times) == ["ann", "ben", "ann", "ben"]


def test_an_override_stands_in_for_one_or_for_whoever_it_is() -> None:
    def over(**change: Any) -> Rota:
        one = {"ask": ("cat",), "start": "2026-12-01 00:00", "end": "2026-12-02 00:00"}
        stand_in = Override.model_validate(one | change)
        return rota(shift("ann"), shift("ben", hours=("09:00-12:00",)), overrides=(stand_in,))

    times = ("2026-12-01 08:00", "2026-12-01 10:00", "2026-12-02 00:00")
    assert seen(over(), *times) == ["cat", "cat", "ann"]
    assert seen(over(instead_of="ben"), *times) == ["ann", "ann+cat", "ann"]


def test_an_override_fills_a_gap_and_the_later_one_counts() -> None:
    day = {"start": "2026-12-01 00:00", "end": "2026-12-02 00:00"}
    both = (Override.model_validate({"ask": ("ann",)} | day),
            Override.model_validate({"ask": ("cat",)} | day))  # fmt: skip
    office = rota(shift("ann", hours=("09:00-10:00",)), overrides=both)
    assert seen(office, "2026-12-01 03:00") == ["cat"]


@pytest.mark.parametrize(
    ("where", "day", "hours"),
    [
        ("Europe/London", date(2027, 3, 28), 23),
        ("Europe/London", date(2027, 10, 31), 25),
        ("Europe/Kyiv", date(2027, 3, 28), 23),
        ("Europe/Kyiv", date(2027, 10, 31), 25),
        ("America/New_York", date(2027, 3, 14), 23),
        ("America/New_York", date(2027, 11, 7), 25),
        ("Asia/Shanghai", date(2027, 3, 28), 24),
    ],
)
def test_a_day_is_as_long_as_clocks_there_make_it_and_nobody_is_missing(
    where: str, day: date, hours: int
) -> None:
    first, last = bounds("00:00-24:00", day, zone(where))
    assert last - first == timedelta(hours=hours)
    # Three shifts, one of them over the hour that is left out or comes twice.
    parts = ("22:00-01:30", "01:30-02:30", "02:30-22:00")
    one = rota(shift("ann", since=day - timedelta(days=9), hours=parts), time_zone=where)
    for number in range(int((last - first) / MINUTE)):
        assert on_duty(one, first + number * MINUTE) == ("ann",)


def test_summer_time_moves_an_office_in_one_country_and_not_in_another() -> None:
    london = rota(shift("ann", hours=("09:00-17:00",)), time_zone="Europe/London")
    assert on_duty(london, datetime(2027, 3, 26, 9, tzinfo=UTC)) == ("ann",)
    assert on_duty(london, datetime(2027, 3, 29, 8, tzinfo=UTC)) == ("ann",)
    assert on_duty(london, datetime(2027, 3, 29, 16, tzinfo=UTC)) == ()


def test_quiet_hours_and_days_off_are_by_ones_own_clock() -> None:
    olena = Approver(
        name="Олена",
        time_zone="Europe/Kyiv",
        quiet=("22:00-07:00",),
        away=(Days(on=date(2027, 1, 7)),),
    )
    night = wall("2026-12-01 06:59", "Europe/Kyiv")
    assert is_quiet(olena, "routine", night)
    assert is_quiet(olena, "sensitive", night)
    assert not is_quiet(olena, "severe", night)
    assert not is_quiet(olena, "routine", night + MINUTE)
    assert is_away(olena, wall("2027-01-07 00:00", "Europe/Kyiv"))
    assert not is_away(olena, wall("2027-01-06 23:59", "Europe/Kyiv"))
    assert not is_away(olena, wall("2027-01-08 00:00", "Europe/Kyiv"))


def test_who_can_be_woken_for_less_is() -> None:
    light = Approver(name="Lin", quiet=("00:00-24:00",), wake_for="sensitive")
    assert [is_quiet(light, risk, wall("2026-12-01 03:00")) for risk in RISKS] == [
        True, False, False
    ]  # fmt: skip


def test_a_step_reaches_who_is_on_duty_and_can_be_asked() -> None:
    playbook = book(
        {"desk": rota(shift("ann"), shift("ben"))},
        ben=Approver(name="Ben", away=(Days(on=date(2026, 12, 1)),)),
    )
    assert reached(("desk",), playbook, "routine", wall("2026-11-30 12:00")) == ("ann", "ben")
    now = datetime(2026, 12, 1, 12, tzinfo=UTC)
    assert reached(("desk", "ben"), playbook, "severe", now) == ("ann",)
    assert reached(("gone", "ann"), playbook, "routine", now) == ("gone", "ann")


def test_a_fallback_is_never_nobody() -> None:
    everywhere = (Days(on=date(2026, 1, 1), until=date(2027, 12, 31)),)
    now = datetime(2026, 12, 1, tzinfo=UTC)
    away = Approver(name="x", away=everywhere)
    lead = book({"desk": rota(shift("ann", since="2030-01-01"))}, ann=away)
    assert fallback(("desk",), lead, now) == ("ben",)
    operators = book(ann=away, ben=Approver(name="Ben", role="operator"))
    assert fallback(("ann",), operators, now) == ("ben",)
    assert fallback(("ann",), book(ann=away, ben=away), now) == ("ann", "ben")


def test_the_turns_of_a_rota_leave_no_time_out() -> None:
    weekly = rota(shift("ann", "ben", hours=("08:00-20:00",)))
    start, end = wall("2026-12-05 00:00"), wall("2026-12-08 00:00")
    found = turns(weekly, start, end)
    assert [one.people for one in found] == [(), ("ann",), (), ("ann",), (), ("ben",), ()]
    assert [found[0].start, found[-1].end] == [start, end]
    assert all(one.end == other.start for one, other in pairwise(found))


COMPLEX = book(
    {
        "desk": rota(
            shift("ann", "ben", hours=("09:00-18:00",), week=("mon", "tue", "wed", "thu", "fri"),
                  holidays="off", turn_days=3),
            shift("cat", hours=("18:00-01:30",), week=("sat", "wed")),
            holidays=(Days(on=date(2026, 12, 25), until=date(2026, 12, 28)),),
            swaps=(Swap(between=("ann", "cat"), start="2026-12-03 10:10", end="2026-12-09 00:00"),),
            overrides=(Override(ask=("ben",), start="2026-12-12 03:00", end="2026-12-12 04:45"),),
        ),
        "kyiv": rota(shift("dan", hours=("08:15-20:00",)), time_zone="Europe/Kyiv"),
    },
    Policy(steps=(Step(ask=("desk",), wait_minutes=5), Step(ask=("kyiv", "eve"), wait_minutes=5))),
    cat=Approver(name="Cat", time_zone="Europe/London", quiet=("22:00-07:30",)),
    dan=Approver(name="Dan", time_zone="Europe/Kyiv", away=(Days(on=date(2026, 12, 10)),)),
    eve=Approver(name="Eve", time_zone="America/New_York", quiet=("21:00-06:00",),
                 wake_for="sensitive", away=(Days(on=date(2026, 12, 4), until=date(2026, 12, 7)),)),
)  # fmt: skip


def test_the_gaps_are_those_that_a_look_at_every_minute_finds() -> None:
    start = datetime(2026, 12, 1, tzinfo=UTC)
    end = start + timedelta(days=14)
    found = gaps(COMPLEX, start, end)
    [policy] = COMPLEX.policies.values()
    for risk in RISKS:
        of_risk = [one for one in found if one.risk == risk]
        silent = {step: [one for one in of_risk if one.step == step] for step in (0, 1, 2)}
        now = start
        while now < end:
            empty = [not reached(step.ask, COMPLEX, risk, now) for step in policy.steps]
            for number, is_empty in enumerate((all(empty), *empty)):
                named = any(one.start <= now < one.end for one in silent[number])
                assert named is is_empty, (risk, number, now)
            now += MINUTE


def test_a_gap_is_told_by_the_clock_of_who_is_asked() -> None:
    start = datetime(2026, 12, 1, tzinfo=UTC)
    found = gaps(COMPLEX, start, start + timedelta(days=1))
    assert {one.time_zone for one in found if one.step == 1} == {"Asia/Shanghai"}
    assert {one.time_zone for one in found if one.step == 2} <= {"Europe/Kyiv"}


def test_somebody_at_all_hours_leaves_no_gap() -> None:
    start = datetime(2027, 3, 1, tzinfo=UTC)
    assert gaps(book(), start, start + timedelta(days=60)) == []


def test_everybody_who_may_be_asked_is_known_and_nobody_else() -> None:
    playbook = book(
        {"desk": rota(shift("ann", "ben"))},
        Policy(steps=(Step(ask=("desk",), wait_minutes=5),), fallback=("cat",)),
        cat=Approver(name="Cat"),
        dan=Approver(name="Dan"),
    )
    start = wall("2026-12-01 00:00")
    assert askable(playbook, start, start + timedelta(days=2)) == {"ann", "cat"}
    assert askable(playbook, start, start + timedelta(days=7)) == {"ann", "ben", "cat"}
