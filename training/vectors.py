"""Vectors of words, learnt from texts that nobody has to label: what is said alike means alike."""

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from sklearn.utils.extmath import randomized_svd

from training.scores import Floats

DIMENSIONS = 200
_WINDOW = 4
_COMMON_WORDS = 30_000


def vectors(pieces: Sequence[Sequence[str]]) -> tuple[list[str], Floats]:
    """Words that are common in `pieces`, and a vector of length 1 for each.

    Positive pointwise mutual information with the words around, contexts smoothed by the power
    0.75, and its largest singular vectors (Levy, Goldberg and Dagan, 2015, TACL 3).
    """
    counts = Counter(word for one in pieces for word in one)
    words = [word for word, _ in counts.most_common(_COMMON_WORDS)]
    place = {word: at for at, word in enumerate(words)}
    sequences = [[place[word] for word in one if word in place] for one in pieces]
    owner = np.repeat(np.arange(len(sequences)), [len(one) for one in sequences])
    flat = np.array([at for one in sequences for at in one])
    together = sp.csr_matrix((len(words), len(words)), dtype=np.float32)
    for far in range(1, _WINDOW + 1):
        same = owner[:-far] == owner[far:]
        pairs = flat[:-far][same], flat[far:][same]
        together += sp.coo_matrix((np.full(same.sum(), 1 / far, np.float32), pairs), together.shape)
    both = (together + together.T).tocoo()
    total = np.asarray(both.sum(1)).ravel()
    smooth = total**0.75 / (total**0.75).sum()
    information = np.log(both.data / (total[both.row] * smooth[both.col]))
    above = information > 0
    ppmi = sp.csr_matrix((information[above], (both.row[above], both.col[above])), both.shape)
    left, size, _ = randomized_svd(ppmi, DIMENSIONS, n_iter=2, random_state=0)
    found = left * np.sqrt(size)
    return words, (found / (np.linalg.norm(found, axis=1, keepdims=True) + 1e-9)).astype(np.float32)


def rare_vectors(texts: Sequence[Sequence[str]]) -> dict[str, Floats]:
    """By word that is common in `texts`, its vector times how rare it is in them."""
    held = Counter(word for one in texts for word in {*one})
    rarity = {word: np.log(len(texts) / count) for word, count in held.items()}
    return {word: vector * rarity[word] for word, vector in zip(*vectors(texts), strict=True)}


def meanings(
    known: Mapping[str, Floats], columns: Mapping[str, int], x: sp.csr_matrix
) -> NDArray[np.float64]:
    """By column of `x`, the vector of the word that it is of, or nothing where that has none.

    They are scaled so that those of a row of `x` that has any add up to about 1. `columns` tells
    which column of `x` a word has.
    """
    found = np.zeros((x.shape[1], DIMENSIONS))
    for word, at in columns.items():
        if word in known:
            found[at] = known[word]
    sums = ((x @ found) ** 2).sum(axis=1)
    scaled: NDArray[np.float64] = found / np.sqrt(sums[sums > 0].mean())
    return scaled
