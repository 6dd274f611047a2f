"""How early and how rightly anomalies are told: the score of the Numenta Anomaly Benchmark.

After Lavin and Ahmad, "Evaluating Real-Time Anomaly Detection Algorithms" (ICMLA 2015,
https://arxiv.org/abs/1510.03336), with the weights of its standard profile.
"""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from datetime import datetime
from math import exp
from typing import NamedTuple

FALSE_ALARM = 0.11
"""Weight of a false alarm in the standard profile; what is found and what is missed weigh 1."""
LEARNING, LEARNING_OF = 0.15, 5000
"""Share of a series that nothing is asked about, of 5,000 values at most."""
FAR = 3.0
"""In widths of the window behind it: from here on, a false alarm is wholly one."""


class Series(NamedTuple):
    """Counts by time, and the windows in which something happened, as first and last number."""

    name: str
    counts: tuple[tuple[datetime, float], ...]
    windows: tuple[tuple[int, int], ...]


class Alarm(NamedTuple):
    """A value that has a score: what it is worth to tell it, and in which window it is."""

    score: float
    worth: float
    window: tuple[str, int] | None


class Level(NamedTuple):
    """What a threshold comes to: of 100, the windows found, and the false alarms."""

    threshold: float
    points: float
    found: int
    false_alarms: int


def alarms(series: Series, scores: Sequence[float]) -> list[Alarm]:
    """Every value after the learning that has a score above 0.

    Raises ValueError unless there is a score for each value.
    """
    if len(scores) != len(series.counts):
        raise ValueError(f"{len(scores)} scores for {len(series.counts)} values")
    told = []
    inside = {
        at: number
        for number, (first, last) in enumerate(series.windows)
        for at in range(first, last + 1)
    }
    ends = [last for _, last in series.windows]
    for at, score in enumerate(scores):
        if at < int(LEARNING * min(len(scores), LEARNING_OF)) or score <= 0:
            continue
        number = inside.get(at)
        if number is not None:
            first, last = series.windows[number]
            place = -(last - at + 1) / (last - first + 1)
            told.append(Alarm(score, _worth(place) / _worth(-1), (series.name, number)))
        elif before := bisect_left(ends, at):
            first, last = series.windows[before - 1]
            told.append(Alarm(score, FALSE_ALARM * _worth((at - last) / (last - first)), None))
        else:
            told.append(Alarm(score, -FALSE_ALARM, None))
    return told


def levels(told: Iterable[Alarm], windows: int) -> list[Level]:
    """What each threshold comes to, the highest first; 0 of 100 is to be silent.

    100 is to tell each window at its first value and nothing else; a window counts once, by the
    earliest value that is told.
    """
    found: dict[tuple[str, int], float] = {}
    points, false_alarms = -float(windows), 0
    result = [Level(float("inf"), 0.0, 0, 0)]
    for alarm in sorted(told, reverse=True, key=lambda one: one.score):
        if alarm.window is None:
            false_alarms += 1
            points += alarm.worth
        else:
            best = found.get(alarm.window, -1.0)
            points += max(0.0, alarm.worth - best)
            found[alarm.window] = max(best, alarm.worth)
        level = Level(
            alarm.score, 100 * (points + windows) / (2 * windows), len(found), false_alarms
        )
        if result[-1].threshold == alarm.score:
            result[-1] = level
        else:
            result.append(level)
    return result


def at(reached: Sequence[Level], threshold: float) -> Level:
    """What telling everything from `threshold` on comes to."""
    return [level for level in reached if level.threshold >= threshold][-1]


def best(reached: Sequence[Level]) -> tuple[Level, float]:
    """The best level, and a threshold half-way to the next lower one that comes to the same."""
    number = max(range(len(reached)), key=lambda one: reached[one].points)
    threshold = reached[number].threshold
    if number and number + 1 < len(reached):
        threshold = (threshold + reached[number + 1].threshold) / 2
    return reached[number], threshold


def _worth(place: float) -> float:
    # 1 far to the left of a window's end, 0 at its end, -1 far to its right.
    return -1.0 if place > FAR else 2 / (1 + exp(5 * place)) - 1
