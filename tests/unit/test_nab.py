"""The score of NAB: what is early is worth more, what is wrong costs, and silence is 0."""

from datetime import UTC, datetime, timedelta

import pytest

from bench.nab import FALSE_ALARM, Series, alarms, at, best, levels

START = datetime(2027, 3, 8, tzinfo=UTC)
SERIES = Series(
    "one",
    tuple((START + timedelta(minutes=5 * number), 0.0) for number in range(1000)),
    ((400, 499), (700, 799)),
)


def points(**scores: float) -> float:
    """Of 100, where `n400=0.9` scores value 400."""
    row = [0.0] * 1000
    for name, score in scores.items():
        row[int(name[1:])] = score
    return best(levels(alarms(SERIES, row), 2))[0].points


def test_the_first_value_of_each_window_is_all_and_silence_is_nothing() -> None:
    assert points(n400=0.9, n700=0.9) == pytest.approx(100)
    assert points() == 0


def test_one_of_two_windows_in_its_middle() -> None:
    # 2 / (1 + exp(5 * -0.5)) - 1 by its value at -1, on top of the 1 that missing it would cost.
    assert points(n450=0.5) == pytest.approx(100 * (1 + 0.848284 / 0.986614) / 4, abs=1e-3)


def test_a_window_counts_once_by_its_earliest_value() -> None:
    assert points(n400=0.9, n450=0.9, n499=0.9) == points(n400=0.9)


def test_a_false_alarm_costs_more_the_farther_it_is_behind_a_window() -> None:
    def after(**alarm: float) -> float:
        row = [0.0] * 1000
        row[400] = row[700] = 0.9
        for name, score in alarm.items():
            row[int(name[1:])] = score
        return 100 - levels(alarms(SERIES, row), 2)[-1].points

    whole = 100 * FALSE_ALARM / 4
    assert after(n300=0.9) == pytest.approx(whole)
    assert 0 < after(n505=0.9) < after(n550=0.9) < after(n650=0.9) < whole * 1.0001


def test_the_learning_is_not_asked_about() -> None:
    row = [0.9] * 150 + [0.0] * 850
    assert alarms(SERIES, row) == []


def test_the_threshold_decides_what_is_told() -> None:
    row = [0.0] * 1000
    row[400], row[600], row[700] = 0.9, 0.5, 0.3
    reached = levels(alarms(SERIES, row), 2)
    assert [(one.found, one.false_alarms) for one in reached] == [(0, 0), (1, 0), (1, 1), (2, 1)]
    assert at(reached, 0.4).found == 1
    assert best(reached)[0].found == 2


def test_scores_are_asked_for_all_values() -> None:
    with pytest.raises(ValueError, match="2 scores for 1000 values"):
        alarms(SERIES, [0.1, 0.2])
