"""What is usual: by the hour of the week, once each, fading, and small."""

from collections.abc import Mapping
from datetime import datetime, timedelta

import pytest

from desk.baseline import (
    HALF_LIFE_DAYS,
    KNOWN,
    WATCHED,
    Baseline,
    days_known,
    days_unheard,
    hour_of_week,
    learn,
    past_of,
)
from desk.odds import usual
from desk.tally import WIDTH
from desk.window import EVERYBODY, Count, Counts
from tests.records import NOON

WEEK = timedelta(days=7)
NEW = Baseline()


def counted(start: datetime, weights: Mapping[str, float]) -> Counts:
    return Counts(start=start, terms={term: Count(weight) for term, weight in weights.items()})


def weeks(number: int, quiet: float = 1.0, busy: float = 20.0, **terms: float) -> Baseline:
    """Everybody and a watch are busy in one hour of the week, at noon on Monday."""
    baseline = NEW
    hour = hour_of_week(NOON)
    for step in range(number * 7 * 144):
        start = NOON + WIDTH * step
        people = busy if hour_of_week(start) == hour else quiet
        weights = {EVERYBODY: people, "watch:leak": people / 10, **terms}
        baseline = learn(baseline, counted(start, weights))
    return baseline


def test_an_hour_of_the_week_has_its_own_figure() -> None:
    baseline = weeks(5)
    at_noon = usual(*past_of(baseline, EVERYBODY, NOON + 5 * WEEK, 3))
    later = usual(*past_of(baseline, EVERYBODY, NOON + 5 * WEEK + timedelta(hours=1), 3))
    assert at_noon == pytest.approx(60, rel=0.3)
    assert later == pytest.approx(3, rel=0.2)
    watched = usual(*past_of(baseline, "watch:leak", NOON + 5 * WEEK, 3))
    assert watched == pytest.approx(6, rel=0.3)


def test_a_week_of_past_already_says_something_of_its_hours() -> None:
    baseline = weeks(1)
    before, _ = past_of(baseline, EVERYBODY, NOON + WEEK, 3)
    assert before > 100


def test_a_word_of_every_day_is_usual_and_an_unheard_one_is_not() -> None:
    baseline = weeks(3, 茶=2.0)
    now = NOON + 3 * WEEK
    quiet = now + timedelta(hours=1)
    everybody = [usual(*past_of(baseline, EVERYBODY, moment, 3)) for moment in (now, quiet)]
    tea = [usual(*past_of(baseline, "茶", moment, 3)) for moment in (now, quiet)]
    assert tea[1] == pytest.approx(6, rel=0.15)
    assert tea[0] / tea[1] == pytest.approx(everybody[0] / everybody[1], rel=0.05)
    assert usual(*past_of(baseline, "崩盖", quiet, 3)) < 0.01
    assert days_unheard(baseline, "崩盖", now) is None
    last = now - WIDTH
    assert days_unheard(baseline, "茶", last + timedelta(days=4)) == pytest.approx(4, abs=0.01)
    assert days_known(baseline, now) == 21


def test_what_is_no_longer_said_fades() -> None:
    baseline = weeks(2, 茶=2.0)
    now = NOON + 2 * WEEK
    later = now + timedelta(days=HALF_LIFE_DAYS)
    ratio = past_of(baseline, "茶", later, 3).before / past_of(baseline, "茶", now, 3).before
    assert ratio == pytest.approx(0.5, rel=0.01)


def test_ten_minutes_are_learned_once() -> None:
    once = learn(NEW, counted(NOON, {EVERYBODY: 5, "茶": 2}))
    assert learn(once, counted(NOON, {EVERYBODY: 9, "茶": 9})) == once
    assert learn(once, counted(NOON - WIDTH, {EVERYBODY: 9})) == once


def test_nothing_learned_is_no_past() -> None:
    assert past_of(NEW, EVERYBODY, NOON, 3).before == 0
    assert days_known(NEW, NOON) == 0


def test_it_stays_small_whatever_is_said() -> None:
    baseline = NEW
    for step in range(12):
        words = {f"词语{step}x{number}": 1.0 + number % 7 for number in range(1000)}
        watches = {f"watch:w{number}": 1.0 for number in range(100)}
        start = NOON + WIDTH * step
        baseline = learn(baseline, counted(start, {EVERYBODY: 9} | words | watches))
    assert len(baseline.known) == KNOWN
    assert len(baseline.hourly) == WATCHED + 2
    least = min(one.people for one in baseline.known.values())
    assert 1 < baseline.floor <= least
    assert past_of(baseline, "词语", NOON, 3).before == baseline.floor
    body = baseline.model_dump_json()
    assert len(body.encode()) < 200_000
    assert Baseline.model_validate_json(body) == baseline
