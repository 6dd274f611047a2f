"""How unusual each count of one series is, judged from the counts before it alone.

Three questions at once: is the latest count out of the ordinary, are the last two hours, are the
last six? So a single spike is heard, a story that builds up, and one that stays. What has been told
is not told again: see `QUIET`. The figures are the same for every series; how they were chosen, and
what they achieve, is in docs/trends.md.
"""

from bisect import bisect_left, insort
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import exp, log
from typing import NamedTuple

SPANS = (timedelta(0), timedelta(hours=2), timedelta(hours=6))
"""Over which counts are averaged, one figure each: the latest count alone, and the last hours."""

MEMORY, MEMORY_COUNTS = timedelta(days=56), 20_000
"""What is the past: eight weeks, and no more counts than eight weeks have every four minutes."""

FIRST = timedelta(days=1)
FIRST_COUNTS = 100
"""Less past than that says nothing yet."""

TAIL = 0.02
"""Share of the past that is its tail: a count outside it is no surprise at all."""
LEAST_IN_TAIL = 5

HEAVINESS, HEAVINESS_COUNTS = 0.5, 5
"""What is believed of a tail before it was seen, and as how many counts that weighs."""
LIGHTEST = 0.05
"""A tail is never taken for lighter, or a series that was flat would shout at its first wrinkle."""

FLOOR, FLOOR_OF_MEAN = 3.0, 0.5
"""Added to all that is compared: from 0 to 3 is no such leap as from 100 to 400."""

QUIET, LOUDER = timedelta(hours=36), 1.35
"""For how long only what is louder by this factor than all that was told is news."""


class Surge(NamedTuple):
    """What one count says.

    `score` is 0 to 1, and 0 where there is nothing new to tell. `surprise` is what it would be
    without that, on a scale without end: the sum of `parts`, one for each of `SPANS`.
    """

    score: float
    surprise: float
    parts: tuple[float, ...]


@dataclass(slots=True)
class _Scale:
    """One span of averaging: its latest counts, and its past both by time and by size."""

    span: timedelta
    latest: deque[tuple[datetime, float]] = field(default_factory=deque)
    sum: float = 0.0
    """Of the latest: exact as long as counts are whole."""
    past: deque[tuple[datetime, float]] = field(default_factory=deque)
    by_size: list[float] = field(default_factory=list)


def surges(
    counts: Iterable[tuple[datetime, float]],
    *,
    spans: Sequence[timedelta] = SPANS,
    tail: float = TAIL,
    louder: float = LOUDER,
) -> Iterator[Surge]:
    """A Surge for each of `counts`, which come in the order of time and are never below 0.

    Reads no further than the count it answers. A part is -ln(p) by the number of spans, where p is
    the chance that a count of the tail is as large as this, under a Pareto tail whose index is
    Hill's estimate (Annals of Statistics 3, 1975, 1163-1174). The score is 1 - the geometric mean
    of all p.
    """
    scales = [_Scale(span) for span in spans]
    told: deque[tuple[datetime, float]] = deque()
    total = 0.0
    for number, (moment, count) in enumerate(counts, start=1):
        total += count
        floor = FLOOR + FLOOR_OF_MEAN * total / number
        parts = tuple(_heard(one, moment, count, floor, tail) / len(scales) for one in scales)
        surprise = sum(parts)
        while told and moment - told[0][0] > QUIET:
            told.popleft()
        news = surprise > louder * max((one for _, one in told), default=0.0)
        if news:
            told.append((moment, surprise))
        yield Surge(1 - exp(-surprise) if news else 0.0, surprise, parts)


def _heard(scale: _Scale, moment: datetime, count: float, floor: float, tail: float) -> float:
    # -ln of the chance of the present average in the tail of the past, which it joins afterwards.
    latest, past, by_size = scale.latest, scale.past, scale.by_size
    while latest and moment - latest[0][0] >= scale.span:
        scale.sum -= latest.popleft()[1]
    latest.append((moment, count))
    scale.sum += count
    average = max(0.0, scale.sum / len(latest))
    while past and (moment - past[0][0] > MEMORY or len(past) >= MEMORY_COUNTS):
        del by_size[bisect_left(by_size, past.popleft()[1])]
    enough = len(past) >= FIRST_COUNTS and moment - past[0][0] >= FIRST
    found = _surprise(average, by_size, floor, tail) if enough else 0.0
    past.append((moment, average))
    insort(by_size, average)
    return found


def _surprise(value: float, by_size: list[float], floor: float, tail: float) -> float:
    size = max(LEAST_IN_TAIL, int(tail * len(by_size)))
    begins = by_size[-size]
    if value <= begins:
        return 0.0
    start = log(begins + floor)
    above = sum(log(one + floor) - start for one in by_size[-size:])
    heaviness = (above + HEAVINESS * HEAVINESS_COUNTS) / (size + HEAVINESS_COUNTS)
    return (log(value + floor) - start) / max(heaviness, LIGHTEST)
