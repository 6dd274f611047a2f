"""Linear scores of texts, learnt on the rows that each fold leaves in."""

from collections.abc import Sequence
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from scipy.optimize import minimize

Floats: TypeAlias = NDArray[np.float32]
Rows: TypeAlias = NDArray[np.intp]

FOLDS = 3

_LEAST_LEARNT = 2
"""Texts that a feature must be in, of those that a score is learnt from."""
_KEPT_EACH = 80_000
"""Features of each set of scores: those that many texts have and that weigh."""
_COUNTED = 1.0
"""How large what words of feeling come to is beside other features, which are scaled by rarity."""


def softmax(scores: NDArray[Any]) -> NDArray[Any]:
    """Shares by row."""
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    shares: NDArray[Any] = powers / powers.sum(axis=1, keepdims=True)
    return shares


def fit(x: sp.csr_matrix, y: Floats, weight: Floats, penalty: float) -> tuple[Floats, Floats]:
    """Weights and biases of a softmax regression of the shares `y` on `x`, by L-BFGS."""
    count, lanes = x.shape[1], y.shape[1]
    turned = x.T.tocsr()
    weight = weight / weight.mean()

    def loss(flat: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        own = flat.reshape(count + 1, lanes).astype(np.float32)
        shares = softmax(x @ own[:count] + own[count])
        off = (shares - y) * weight[:, None]
        gradient = np.empty((count + 1, lanes))
        gradient[:count] = turned @ off + penalty * own[:count]
        gradient[count] = off.sum(axis=0)
        likely = (y * np.log(shares + 1e-12)).sum(axis=1)
        square = (own[:count].astype(np.float64) ** 2).sum()
        return float(-(weight * likely).sum() + penalty / 2 * square), gradient.ravel()

    found = minimize(
        loss,
        np.zeros((count + 1) * lanes),
        jac=True,
        method="L-BFGS-B",
        options={"maxiter": 60, "maxcor": 6},
    ).x.reshape(count + 1, lanes)
    return found[:count].astype(np.float32), found[count].astype(np.float32)


class Bench(NamedTuple):
    """All rows as numbers: their features, and the vectors of their words."""

    x: sp.csr_matrix
    meaning: Floats
    """By feature: its vector times its rarity, scaled so that rows of `x @ meaning` are small."""
    counted: NDArray[np.bool_]
    """By feature: whether it is what words of feeling come to, and not a piece of text."""
    fold: NDArray[np.intp]
    """By row: the part of training that leaves it out."""


class Scorer(NamedTuple):
    """Linear scores: weights by feature, biases, and what they are on all rows."""

    parts: list[Floats]
    """Weights learnt without the rows of each fold; those learnt from all rows come last."""
    biases: Floats
    """Of the last part."""
    scores: Floats
    """Of each row, by the part that was learnt without it."""


def scorer(
    bench: Bench,
    chosen: Rows,
    y: Floats,
    weight: Floats,
    penalty: float,
    more: Sequence[Floats] | None = None,
) -> Scorer:
    """Linear scores learnt from the rows `chosen`, with weights `more` by part to build on."""
    scores = np.zeros((bench.x.shape[0], y.shape[1]), np.float32)
    parts = []
    for part in range(FOLDS + 1):
        meaning = bench.meaning if more is None else np.hstack([bench.meaning, more[part]])
        inside = chosen[bench.fold[chosen] != part]
        weights, biases = _weights(bench, inside, y[inside], weight[inside], penalty, meaning)
        parts.append(weights)
        outside = bench.fold == part
        scores[outside] = bench.x[outside] @ weights + biases
    return Scorer(parts, biases, scores)


def _weights(
    bench: Bench, rows: Rows, y: Floats, weight: Floats, penalty: float, meaning: Floats
) -> tuple[Floats, Floats]:
    x = bench.x[rows]
    held = x.getnnz(axis=0)
    columns = np.flatnonzero(held >= _LEAST_LEARNT)
    rarity = np.log(len(rows) / held[columns])
    rarity /= np.sqrt((rarity**2 * held[columns]).sum() / held[columns].sum())
    rarity[bench.counted[columns]] = _COUNTED
    rarity = rarity.astype(np.float32)
    both = sp.hstack([x[:, columns] @ sp.diags(rarity), sp.csr_matrix(x @ meaning)]).tocsr()
    found, biases = fit(both, y, weight, penalty)
    weights = meaning @ found[len(columns) :]
    weights[columns] += found[: len(columns)] * rarity[:, None]
    weights -= weights.mean(axis=1, keepdims=True)
    matter = np.sqrt(bench.x.getnnz(axis=0)) * np.abs(weights).max(axis=1)
    weights[np.argsort(-matter, kind="stable")[_KEPT_EACH:]] = 0
    return weights, biases
