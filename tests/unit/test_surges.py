"""What a series of counts is told to have of the unusual: rises, once, from the past alone."""

import random
from collections import deque
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from math import cos, exp, isfinite, pi
from time import process_time

import pytest
from hypothesis import given, settings, strategies as st

from desk.surges import FIRST, LOUDER, QUIET, SPANS, Surge, surges

START = datetime(2027, 3, 8, tzinfo=UTC)
STEP = timedelta(minutes=5)
DAY = 288


def series(values: Sequence[float]) -> list[tuple[datetime, float]]:
    return [(START + number * STEP, value) for number, value in enumerate(values)]


def told(values: Sequence[float]) -> list[Surge]:
    return [*surges(series(values))]


def usual(days: float, rate: float = 20, seed: int = 1) -> list[float]:
    """Counts that rise and fall with the hour of the day."""
    dice = random.Random(seed)
    return [
        float(max(0, round(dice.gauss(1, 0.25) * rate * (1 + 0.6 * cos(2 * pi * number / DAY)))))
        for number in range(round(days * DAY))
    ]


@pytest.mark.parametrize("rate", [0.5, 5, 50, 2000])
def test_a_leap_is_told_at_once_however_loud_a_series_usually_is(rate: float) -> None:
    values = usual(10, rate)
    loudest = max(values)
    scores = [one.score for one in told([*values, 30 * (loudest + 3)])]
    assert scores[-1] > 0.75
    assert max(scores[5 * DAY : -1]) < 0.75


def test_a_story_that_stays_is_told_though_no_count_is_a_record() -> None:
    dice = random.Random(2)
    spiky = [count * (8 if dice.random() < 0.03 else 1) for count in usual(10)]
    during = told([*spiky, *[max(spiky) / 2] * DAY])[len(spiky) :]
    assert during[0].score < 0.3
    found = next(number for number, one in enumerate(during) if one.score > 0.75)
    assert timedelta(minutes=10) <= found * STEP <= timedelta(hours=2)


def test_what_was_told_is_told_again_only_where_it_is_clearly_louder() -> None:
    scored = told([*usual(10), 400, 410, 405, 2000, *usual(1), 400])
    first, second, third, fourth = scored[10 * DAY : 10 * DAY + 4]
    assert first.score > 0
    assert (second.score, third.score) == (0, 0)
    assert fourth.score > first.score
    assert fourth.surprise > LOUDER * first.surprise
    assert scored[-1].score == 0
    assert scored[-1].surprise > 1


def test_after_a_day_and_a_half_it_is_news_again() -> None:
    values = usual(10)
    scored = told([*values, 600, *usual(QUIET / timedelta(days=1) + 0.01, seed=2), 600])
    assert scored[-1].score > 0.75


def test_a_day_of_past_is_asked_for() -> None:
    day = FIRST // STEP
    assert {one.surprise for one in told([1.0] * (day - 1) + [500.0])} == {0}
    assert told([1.0] * (day + 1) + [500.0])[-1].score > 0.75


def test_what_falls_silent_is_no_surge() -> None:
    assert {one.score for one in told([*usual(5), *[0.0] * DAY])[5 * DAY :]} == {0}


@settings(max_examples=20, deadline=None)
@given(st.lists(st.integers(0, 10**6), max_size=40), st.integers(0, 40))
def test_a_score_knows_nothing_of_what_comes_later(after: list[int], cut: int) -> None:
    values = [*usual(1.5), *map(float, after)]
    whole = told(values)
    part = told(values[: len(values) - min(cut, len(after))])
    assert whole[: len(part)] == part


@settings(max_examples=20, deadline=None)
@given(st.lists(st.floats(0, 1e15), min_size=1, max_size=60))
def test_the_score_is_a_share_and_its_parts_add_up(values: list[float]) -> None:
    for one in told([*usual(1.2), *values]):
        assert 0 <= one.score <= 1
        assert len(one.parts) == len(SPANS)
        assert sum(one.parts) == pytest.approx(one.surprise)
        assert one.score in (0, 1 - exp(-one.surprise))


@pytest.mark.parametrize("value", [0.0, 1.0, 7.5, 1e15])
def test_what_never_changes_is_never_a_surprise(value: float) -> None:
    assert {one.surprise for one in told([value] * 3 * DAY)} == {0}


def test_a_first_count_after_nothing_at_all_is_a_surprise_and_the_largest_ones_are_finite() -> None:
    silent = [0.0] * 3 * DAY
    *before, small = told([*silent, 40.0])
    assert {one.score for one in before} == {0}
    largest = told([*silent, 1e15])[-1]
    assert 0.75 < small.score < largest.score <= 1
    assert isfinite(largest.surprise)


def test_a_series_of_two_or_none_says_nothing() -> None:
    assert told([]) == []
    assert [one.score for one in told([0.0, 1e15])] == [0, 0]


def test_four_times_as_many_counts_take_about_four_times_as_long() -> None:
    def taken(number: int) -> float:
        dice = random.Random(3)
        values = series([float(dice.randrange(100)) for _ in range(number)])
        began = process_time()
        deque(surges(values), maxlen=0)
        return process_time() - began

    # Sixteen times would be quadratic: what is remembered has an end.
    assert taken(100_000) < 10 * taken(25_000)
