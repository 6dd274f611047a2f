"""Linear scores of texts: those of each class against the rest, learnt fold by fold."""

from typing import Any, NamedTuple, TypeAlias

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

Floats: TypeAlias = NDArray[np.float32]
Rows: TypeAlias = NDArray[np.intp]

FOLDS = 3

_LEAST_LEARNT = 2
"""Texts that a feature must be in, of those that a score is learnt from."""
_C = 8.0
"""Inverse of the strength of L2 regularisation."""
_POWER = 0.5
_MARK = 3.0
"""How large what was taken out of a text is beside other features, at the least."""


def softmax(scores: NDArray[Any]) -> NDArray[Any]:
    """Shares by row."""
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    shares: NDArray[Any] = powers / powers.sum(axis=1, keepdims=True)
    return shares


def apart(
    x: sp.csr_matrix, inside: NDArray[Any], outside: NDArray[Any], power: float
) -> NDArray[Any]:
    """By feature, how far its odds in a class and outside it lie apart, to a `power`.

    That scales features before a regression (Wang and Manning 2012, where the power is 1), so that
    those that tell nothing are held back more. `inside` and `outside` are what each text counts.
    """
    seen = x.copy()
    seen.data[:] = 1
    odds = ((1 + seen.T @ inside) / inside.sum()) / ((1 + seen.T @ outside) / outside.sum())
    scale: NDArray[Any] = np.abs(np.log(odds)) ** power
    return scale


class Bench(NamedTuple):
    """All rows as numbers: their features, and the vectors of their words."""

    x: sp.csr_matrix
    meaning: Floats
    """By feature: its vector times its rarity, scaled so that those of a text add up to about 1."""
    vectors: Floats
    """By row: that sum."""
    marks: NDArray[np.bool_]
    """By feature: whether it is what was taken out of a text, and not a piece of it."""
    fold: Rows
    """By row: the part of training that leaves it out."""


class Scorer(NamedTuple):
    """Linear scores by class, or of two classes the second one's: zero is the middle."""

    weights: Floats
    biases: Floats
    scores: Floats
    """Of each row, by weights that were learnt without its fold."""

    def combined(self, sums: Floats) -> "Scorer":
        """Scores that are sums of these: a row of `sums` for each, a column for each new one."""
        return Scorer(self.weights @ sums, self.biases @ sums, self.scores @ sums)


def scorer(
    bench: Bench,
    rows: Rows,
    classes: NDArray[np.intp],
    weight: Floats,
    meaning: float,
    balance: float = 0.0,
) -> Scorer:
    """Linear scores learnt from `rows`, whose classes (by row of the bench) and weights are given.

    `meaning` is how large the vectors of words are beside features, and `balance` the power of how
    much commoner the rest is than a class, by which that class counts more.
    """
    parts = []
    for part in range(FOLDS + 1):
        inside = rows[bench.fold[rows] != part]
        own = classes[inside], weight[inside]
        parts.append(_learnt(bench, inside, *own, meaning, balance))
    scores = np.empty((bench.x.shape[0], len(parts[-1][1])), np.float32)
    for part, (weights, biases) in enumerate(parts[:FOLDS]):
        outside = bench.fold == part
        scores[outside] = bench.x[outside] @ weights + biases
    return Scorer(*parts[-1], scores)


def _learnt(
    bench: Bench,
    rows: Rows,
    classes: NDArray[np.intp],
    weight: Floats,
    meaning: float,
    balance: float,
) -> tuple[Floats, Floats]:
    x = bench.x[rows]
    columns = np.flatnonzero(x.getnnz(axis=0) >= _LEAST_LEARNT)
    vectors = sp.csr_matrix(bench.vectors[rows] * meaning)
    x = x[:, columns]
    marks = bench.marks[columns]
    there = np.unique(classes)
    lanes, biases = [], []
    for one in there if len(there) > 2 else there[-1:]:
        inside = classes == one
        counts = weight * np.where(inside, ((~inside).sum() / inside.sum()) ** balance, 1.0)
        scale = apart(x, inside.astype(np.float32), (~inside).astype(np.float32), _POWER)
        scale /= np.sqrt((scale**2).mean())
        scale[marks] = _MARK * np.maximum(scale[marks], 1.0)
        scaled = x @ sp.diags(scale)
        both = sp.hstack([scaled, vectors]).tocsr() if meaning else scaled
        model = LogisticRegression(C=_C, solver="liblinear", tol=2e-2, random_state=0)
        model.fit(both, inside, sample_weight=counts)
        found = model.coef_[0]
        lane = np.zeros(bench.x.shape[1])
        if meaning:
            lane += bench.meaning @ (found[len(columns) :] * meaning)
        lane[columns] += scale * found[: len(columns)]
        lanes.append(lane)
        biases.append(model.intercept_[0])
    return np.column_stack(lanes).astype(np.float32), np.array(biases, np.float32)
