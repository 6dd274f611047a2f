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


def worth(number: int) -> float:
    """What it is worth to tell value `number` alone, of 1 for the first value of a window."""
    row = [0.0] * 1000
    row[number] = 0.9
    [alarm] = alarms(SERIES, row)
    return alarm.worth


def test_the_worth_of_each_place_is_that_of_the_paper() -> None:
    """Computed by hand from section II.B of arXiv:1510.03336: 2 / (1 + exp(5 y)) - 1.

    y is -1 at the first value of a window and just below 0 at its last; behind it, it is counted in
    widths of the window; from three widths on a false alarm is whole, as it is before all windows.
    The formula is tanh(-2.5 y).
    """
    assert worth(400) == 1
    assert worth(450) == pytest.approx(0.848284 / 0.986614, abs=1e-6)  # y = -0.5
    assert worth(490) == pytest.approx(0.244919 / 0.986614, abs=1e-6)  # y = -0.1
    assert worth(499) == pytest.approx(0.024995 / 0.986614, abs=1e-6)  # y = -0.01
    assert worth(500) == pytest.approx(-0.11 * 0.025247, abs=1e-6)  # y = 1 / 99
    assert worth(549) == pytest.approx(-0.11 * 0.851787, abs=1e-6)  # y = 50 / 99
    assert worth(399) == worth(150) == -0.11
    assert worth(799 + 198) == pytest.approx(-0.11 * 0.999909, abs=1e-6)  # y = 2


def test_a_false_alarm_is_whole_from_three_widths_behind_a_window() -> None:
    early = SERIES._replace(windows=((200, 299),))
    row = [0.0] * 1000
    row[299 + 297] = row[299 + 298] = 0.9
    near, far = (one.worth for one in alarms(early, row))
    assert near == pytest.approx(-0.11 * 0.999999388, abs=1e-9)
    assert far == -0.11


def test_the_score_of_a_detector_that_is_right_late_and_wrong_is_that_of_the_sum() -> None:
    # Of two windows one is missed, the other found in its middle; one false alarm before them all:
    # -1 + 0.859793 - 0.11 = -0.250207, where silence is -2 and the best is 2.
    row = [0.0] * 1000
    row[300] = row[450] = row[480] = 0.9
    level = levels(alarms(SERIES, row), 2)[-1]
    assert level.points == pytest.approx(100 * (-0.250207 + 2) / 4, abs=1e-4)
    assert (level.found, level.false_alarms) == (1, 1)


def test_who_cries_always_is_below_silence() -> None:
    level = levels(alarms(SERIES, [0.9] * 1000), 2)[-1]
    assert (level.found, level.false_alarms) == (2, 650)
    assert level.points < -1000
    assert best(levels(alarms(SERIES, [0.9] * 1000), 2))[0].points == 0


def test_equal_scores_are_told_together_or_not_at_all() -> None:
    row = [0.0] * 1000
    row[300], row[400], row[700] = 0.5, 0.5, 0.5
    reached = levels(alarms(SERIES, row), 2)
    assert [(one.threshold, one.found, one.false_alarms) for one in reached[1:]] == [(0.5, 2, 1)]


def test_the_learning_is_not_asked_about() -> None:
    row = [0.9] * 150 + [0.0] * 850
    assert alarms(SERIES, row) == []
    row[150] = 0.9
    assert len(alarms(SERIES, row)) == 1


def test_of_a_long_series_no_more_is_learned_from_than_of_five_thousand_values() -> None:
    long = Series("long", tuple((START + timedelta(minutes=n), 0.0) for n in range(9000)), ())
    row = [0.0] * 9000
    row[749] = row[750] = 0.9
    assert len(alarms(long, row)) == 1


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
