"""What training makes: heads, each with its lanes, and the model of a script that several share."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from desk.language import han
from training.files import write


class Head(NamedTuple):
    """Weights of one task, in logits: of a set of features over the square root of its size."""

    name: str
    lanes: list[str]
    features: list[str]
    weights: NDArray[np.float64]
    """A row for each feature, a column for each lane."""
    biases: list[float]
    notes: dict[str, Any]
    keep: int
    """Features that are kept, those with the largest weights: the others weigh nothing here."""


def merge(script: str, heads: Sequence[Head]) -> Path:
    """Writes the model of a script (`han`, `latin`, `cyrillic`) with the lanes of all `heads`.

    Lanes are called `head.lane`, and notes lie under the name of their head.
    """
    lanes = [f"{head.name}.{lane}" for head in heads for lane in head.lanes]
    places: dict[str, int] = {}
    parts = []
    for head in heads:
        order = np.argsort(-np.abs(head.weights).max(axis=1), kind="stable")[: head.keep]
        rows = [places.setdefault(head.features[i], len(places)) for i in order]
        parts.append((rows, head.weights[order]))
    weights = np.zeros((len(places), len(lanes)))
    first = 0
    for head, (rows, own) in zip(heads, parts, strict=True):
        weights[rows, first : first + len(head.lanes)] = own
        first += len(head.lanes)
    return write(
        script,
        list(places),
        weights,
        [bias for head in heads for bias in head.biases],
        lanes,
        {head.name: head.notes for head in heads},
        keep=len(places),
        is_run=han.is_run if script == "han" else None,
    )
