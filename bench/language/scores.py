"""The field's figures: accuracy, macro-averaged F1, calibration error, agreement."""

from collections import Counter
from collections.abc import Iterable, Sequence
from statistics import fmean
from typing import NamedTuple

BINS = 10
"""Equal bins of confidence, as in Guo et al. 2017 (https://arxiv.org/abs/1706.04599)."""


class Scores(NamedTuple):
    """Number of texts, share of right answers, macro-averaged F1, expected calibration error."""

    texts: int
    accuracy: float
    f1: float
    ece: float


def score(labels: Sequence[str], answers: Sequence[str], sure: Sequence[float]) -> Scores:
    """The figures of `answers`, each with a confidence of 0 to 1; F1 over the classes of `labels`.

    An empty set of texts scores nothing at all.
    """
    if not labels:
        return Scores(0, 0.0, 0.0, 0.0)
    pairs = [*zip(labels, answers, strict=True)]
    right = [label == answer for label, answer in pairs]
    classes = sorted(set(labels))
    return Scores(
        len(pairs), fmean(right), fmean(f1(pairs, one) for one in classes), ece(right, sure)
    )


def f1(pairs: Iterable[tuple[str, str]], one: str) -> float:
    """F1 of the class `one` in pairs of label and answer; 0 where neither has it."""
    counts = Counter((label == one, answer == one) for label, answer in pairs)
    right = 2 * counts[True, True]
    return right / max(1, right + counts[True, False] + counts[False, True])


def ece(right: Sequence[bool], sure: Sequence[float]) -> float:
    """By how much confidence and accuracy differ, averaged over the texts of equal bins."""
    bins: dict[int, list[tuple[bool, float]]] = {}
    for ok, confidence in zip(right, sure, strict=True):
        bins.setdefault(min(BINS - 1, int(confidence * BINS)), []).append((ok, confidence))
    off = sum(abs(sum(ok - confidence for ok, confidence in part)) for part in bins.values())
    return off / max(1, len(right))


def kappa(one: Sequence[object], other: Sequence[object]) -> float:
    """Cohen's kappa of two labellings of the same texts: agreement beyond chance, at most 1."""
    total = len(one)
    agreed = sum(a == b for a, b in zip(one, other, strict=True)) / total
    first, second = Counter(one), Counter(other)
    by_chance = sum(first[label] * second[label] for label in first) / total**2
    return 1.0 if by_chance == 1 else (agreed - by_chance) / (1 - by_chance)


def majority(labels: Sequence[str]) -> Scores:
    """What always saying the commonest label scores."""
    [(commonest, count)] = Counter(labels).most_common(1)
    return score(labels, [commonest] * len(labels), [count / len(labels)] * len(labels))
