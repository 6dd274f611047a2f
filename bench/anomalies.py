"""Anomalies in series of counts: ours beside three usual detectors, by the score of NAB."""

import csv
import gzip
import json
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from functools import partial
from itertools import product
from math import erfc, lgamma, log, log1p, sqrt
from statistics import fmean, pstdev

from bench import nab
from bench.measuring import Comparison, Figure
from bench.nab import Series
from cli import console
from desk.surges import QUIET, surges
from training.texts import DATA

name = "anomalies"
what = (
    "NAB's realTweets, the five series that lie in REPARTEE_SHARED; of 100, standard profile. "
    "Best: one threshold for all. Others: the threshold is from the other four series, or the "
    "settings as well. Precision: windows found, of these and the false alarms, at the first "
    "threshold that finds 80% of the windows"
)

FOLDER = DATA / "trend" / "nab_realTweets"

Detector = Callable[[Series], list[float]]
"""A score for each value, from what came before it."""

HOUR = timedelta(hours=1)
SETTINGS = tuple(
    product(
        ((1, 6), (2, 6), (3, 6), (2, 12), (3, 12)),
        (0.01, 0.02, 0.03),
        (1.25, 1.35, 1.5),
    )
)
"""Neighbours of our settings: hours of the longer spans, share in the tail, louder by."""


def measure() -> list[Comparison | Figure]:
    """A row for each detector; none without the series."""
    if not FOLDER.is_dir():
        console.err.print(f"anomalies: no series in {FOLDER}: name its parent in REPARTEE_SHARED")
        return []
    known = load()
    usual: dict[str, Detector] = {
        "windowed Gaussian": _gaussian,
        "EWMA of the logarithm": _ewma,
        "Poisson, last hour": _poisson,
    }
    rows: list[Comparison | Figure] = []
    for title, detector in usual.items():
        plain = [detector(one) for one in known]
        rows += _figures(title, known, [plain])
        once = [told_once(one, scores) for one, scores in zip(known, plain, strict=True)]
        rows += _figures(f"{title}, told once in 36 h", known, [once])
    rows += _figures("ours", known, [[_ours(one) for one in known]], aims=True)
    rows += _figures(
        f"ours, best of {len(SETTINGS)} settings",
        known,
        [[_ours(one, *setting) for one in known] for setting in SETTINGS],
    )
    return rows


def load() -> list[Series]:
    """The series in the folder, with their windows."""
    labels = json.loads((FOLDER / "labels.json").read_text("utf-8"))
    found = []
    for path in sorted(FOLDER.glob("*.csv.gz")):
        with gzip.open(path, "rt", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        times = [datetime.fromisoformat(row["timestamp"]) for row in rows]
        numbers = {moment: number for number, moment in enumerate(times)}
        windows = labels[f"realTweets/{path.stem}"]["windows"]
        found.append(
            Series(
                path.stem.removesuffix(".csv"),
                tuple(zip(times, (float(row["value"]) for row in rows), strict=True)),
                tuple(
                    (numbers[datetime.fromisoformat(first)], numbers[datetime.fromisoformat(last)])
                    for first, last in windows
                ),
            )
        )
    return found


def told_once(series: Series, scores: Sequence[float]) -> list[float]:
    """`scores` without those that do not exceed all scores of the 36 hours before them."""
    recent: deque[tuple[datetime, float]] = deque()
    told = []
    for (moment, _), score in zip(series.counts, scores, strict=True):
        while recent and moment - recent[0][0] > QUIET:
            recent.popleft()
        told.append(score if not recent or score > recent[0][1] else 0.0)
        while recent and recent[-1][1] <= score:
            recent.pop()
        recent.append((moment, score))
    return told


def _figures(
    title: str,
    known: Sequence[Series],
    tried: Sequence[Sequence[Sequence[float]]],
    aims: bool = False,
) -> Iterator[Figure]:
    # `tried` has, for each way to set the detector, its scores for each series.
    told = [
        [nab.alarms(one, scores) for one, scores in zip(known, each, strict=True)] for each in tried
    ]
    windows = [len(one.windows) for one in known]

    def reached(setting: int, chosen: Sequence[int]) -> list[nab.Level]:
        return nab.levels(
            [alarm for number in chosen for alarm in told[setting][number]],
            sum(windows[number] for number in chosen),
        )

    everything = range(len(known))
    setting, (top, _) = _choose(partial(reached, chosen=everything), len(tried))
    points = 0.0
    for number in everything:
        others = [other for other in everything if other != number]
        unseen, (_, threshold) = _choose(partial(reached, chosen=others), len(tried))
        points += nab.at(reached(unseen, [number]), threshold).points * windows[number]
    enough = next(
        (one for one in reached(setting, everything) if one.found >= 0.8 * sum(windows)), None
    )
    precision = enough.found / (enough.found + enough.false_alarms) if enough else 0.0
    goals = (76.0, 72.0, 0.65) if aims else (None, None, None)
    yield Figure(title, top.points, "best", goals[0], least=True)
    yield Figure(title, points / sum(windows), "from the others", goals[1], least=True)
    yield Figure(title, top.found, f"found of {sum(windows)}", None)
    yield Figure(title, top.false_alarms, "false alarms", None)
    yield Figure(title, precision, "precision at 80%", goals[2], least=True)


def _choose(
    reached: Callable[[int], list[nab.Level]], settings: int
) -> tuple[int, tuple[nab.Level, float]]:
    best = [nab.best(reached(setting)) for setting in range(settings)]
    setting = max(range(settings), key=lambda one: best[one][0].points)
    return setting, best[setting]


def _ours(
    series: Series,
    hours: tuple[int, ...] = (2, 6),
    tail: float = 0.02,
    louder: float = 1.35,
) -> list[float]:
    spans = [hour * HOUR for hour in (0, *hours)]
    return [surge.score for surge in surges(series.counts, spans=spans, tail=tail, louder=louder)]


def _gaussian(series: Series, size: int = 6400, step: int = 100) -> list[float]:
    # How far in a normal distribution of the last 6,400 values, which moves in steps of 100.
    window: list[float] = []
    waiting: list[float] = []
    mean = deviation = 0.0
    scores = []
    for _, value in series.counts:
        beyond = abs(value - mean) / deviation if deviation else 0.0
        scores.append(1 - 0.5 * erfc(beyond / sqrt(2)) if window else 0.0)
        waiting.append(value)
        if len(window) < size or len(waiting) == step:
            window = (window + waiting)[-size:]
            waiting = []
            mean, deviation = fmean(window), pstdev(window)
    return scores


def _ewma(series: Series, values: int = 7 * 288) -> list[float]:
    # Standard deviations above an exponentially weighted mean over a week.
    weight = 2 / (values + 1)
    mean = variance = 0.0
    scores = []
    for number, (_, value) in enumerate(series.counts):
        level = log1p(value)
        off = level - mean
        scores.append(max(0.0, off) / sqrt(variance) if variance else 0.0)
        share = max(weight, 1 / (number + 1))
        mean += share * off
        variance = (1 - share) * (variance + share * off * off)
    return scores


def _poisson(series: Series) -> list[float]:
    # -log10 of the chance of so many or more, at the rate of the hour before.
    before: deque[float] = deque(maxlen=12)
    scores = []
    for _, value in series.counts:
        rate = (sum(before) + 0.5) / len(before) if before else 0.0
        scores.append(_poisson_surprise(int(value), rate) if rate and value > rate else 0.0)
        before.append(value)
    return scores


def _poisson_surprise(count: int, rate: float) -> float:
    # The tail from `count` on: its first term, times a series that falls faster than a geometric.
    term = share = 1.0
    number = count
    while term > 1e-12 * share:
        number += 1
        term *= rate / number
        share += term
    return -(count * log(rate) - rate - lgamma(count + 1) + log(share)) / log(10)
