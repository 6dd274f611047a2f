"""The feeling of Chinese texts: a head whose lanes are scores of several sets of texts.

Every set has a way of its own to be labelled, and one model for all of them is worse on each. So
there are three classes for posts, a polarity for each kind of set that has no neutral texts, and a
gate that tells the kinds apart; reading mixes what each kind makes of the scores.
"""

import gzip
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from scipy.optimize import minimize
from sklearn.linear_model import LogisticRegression
from sklearn.utils.extmath import randomized_svd

from desk.language.cleaning import cleaned
from desk.language.han import cues, features, words_of_feeling
from desk.language.lexicon import find
from desk.language.normal import normal
from desk.language.words import words_of
from training.heads import Head
from training.scores import FOLDS, Bench, Floats, Rows, Scorer, scorer, softmax
from training.texts import DATA, rows, sentences

CLASSES = ("negative", "neutral", "positive")

KINDS: dict[str, str] = {
    "smp2020_usual": "post", "brighter_chn": "opinion", "smp2020_virus": "epidemic",
    "ptt_stock": "stocks", "ours": "mention", "weibo_senti_100k": "emoticon", "bare": "polar",
    "hotel_chnsenticorp": "hotel", "waimai_10k": "delivery", "online_shopping_10_cats": "goods",
}  # fmt: skip
"""What kind of text each source has, as far as features can tell."""

GRADED = ("post", "opinion", "epidemic", "stocks", "mention")
"""Kinds with neutral texts."""

POLARITIES = {
    "review": ("hotel", "delivery", "goods"), "hotel": ("hotel",), "delivery": ("delivery",),
    "polar": ("polar",), "emoticon": ("emoticon",),
}  # fmt: skip
"""Lanes that are above zero where a text is positive, learnt from kinds without neutral texts."""

POLAR = ("hotel", "delivery", "goods", "polar", "emoticon")
"""Those kinds."""

LEAK = re.compile(r"\[[^\[\]\s]{1,8}\]|[\u2600-\u27bf\u2b50\U0001f000-\U0001faff]")
"""Emoticons and emoji: the labels of weibo_senti_100k were made from them."""

_LEAST = 4
"""Texts that a feature must be in."""
_KEPT = 40_000
"""Features of the head: those that many texts have and that weigh."""
_DIMENSIONS = 200
_WINDOW = 4
_MEANING = 0.3
_POLAR = 0.5
"""How large vectors, and scores of polarity, are beside the features that they are of."""
_PENALTY = {"review": 0.3, "hotel": 0.1, "delivery": 0.3, "polar": 0.3, "emoticon": 0.1,
            "graded": 0.15, "gate": 0.1}  # fmt: skip
_FOR_GATE = 4_000
"""Texts of each kind that the gate is learnt from."""
_COMMON_WORDS = 30_000
_OURS = 3.0
"""What one of our own sentences weighs, beside others."""
_SHARES = {
    "smp2020_usual": 1.2, "brighter_chn": 1.0, "smp2020_virus": 1.0, "ptt_stock": 0.3, "ours": 1.0,
    "weibo_senti_100k": 1.0, "bare": 0.7, "hotel_chnsenticorp": 0.7, "waimai_10k": 0.7,
    "online_shopping_10_cats": 2.0,
}  # fmt: skip
"""What each source counts when it is learnt how scores are mixed, whatever its size."""

_RARER = {"polar": 2.0}
"""In logits, by how much a kind is rarer among what a brand hears than in training: here posts that
had to be good or bad because of an emoticon that is gone. While the gate took flat remarks for
them, 周五下午 was positive. Those posts lose 2.6 points of accuracy by it, and others gain."""

_ROWS_OF_A_SHARE = 5_000
_FAVOUR = (1.0, 1.2, 1.0)
"""By class, what its likelihood counts when the answer is chosen: macro-F1 rewards rare ones."""
_TURN = 6.0
"""Logits by which a denied fault of weight 1 turns a text of one feature."""


class Texts(NamedTuple):
    """Texts in normal form and what is known of them, by row."""

    plain: list[str]
    label: NDArray[np.intp]
    kind: NDArray[np.str_]
    source: NDArray[np.str_]
    weight: Floats
    group: NDArray[np.intp]
    """The same for a text with and without its emoticons."""


def texts(split: str) -> Texts:
    """All Chinese texts with a sentiment: weibo_senti_100k also without what labelled it."""
    found = []
    groups = 0
    for row in rows("sentiment", "train" if split == "train" else "dev"):
        if row.language.startswith("zh"):
            groups += 1
            found.append((row.text, row.label, row.source, 1.0, groups))
            if row.source == "weibo_senti_100k" and (bare := LEAK.sub("", row.text).strip()):
                found.append((bare, row.label, "bare", 1.0, groups))
    for one in sentences("train" if split == "train" else "test"):
        if one["language"] in ("zh-Hans", "zh-Hant", "yue"):
            groups += 1
            found.append((one["text"], one["sentiment"], "ours", _OURS, groups))
    plain, label, source, weight, group = zip(*found, strict=True)
    return Texts(
        [cleaned(text).text for text in plain],
        np.array([CLASSES.index(one) for one in label]),
        np.array([KINDS[one] for one in source]),
        np.array(source),
        np.array(weight, np.float32),
        np.random.default_rng(0).permutation(groups + 1)[[*group]],
    )


def table(made: Sequence[set[str]], known: list[str]) -> sp.csr_matrix:
    """A row for each set of features, with 1/sqrt(its size) where it has a feature of `known`."""
    place = {feature: at for at, feature in enumerate(known)}
    columns, ends, values = [], [0], []
    for one in made:
        found = sorted(place[feature] for feature in one if feature in place)
        columns += found
        values += [len(one) ** -0.5] * len(found)
        ends.append(len(columns))
    shape = (len(made), len(known))
    return sp.csr_matrix((np.array(values, np.float32), columns, ends), shape=shape)


def featured(plain: Iterable[str]) -> tuple[list[set[str]], list[list[str]]]:
    """The features of texts in normal form, as reading makes them, and their pieces."""
    cut, known = words_of(()).cut, words_of_feeling()
    pieces = [(one, cut(one)) for one in plain]
    made = [features(one, cut_up, cues(find(known, one))) for one, cut_up in pieces]
    return made, [cut_up for _, cut_up in pieces]


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
    left, size, _ = randomized_svd(ppmi, _DIMENSIONS, n_iter=2, random_state=0)
    found = left * np.sqrt(size)
    return words, (found / (np.linalg.norm(found, axis=1, keepdims=True) + 1e-9)).astype(np.float32)


def head() -> Head:
    """The lanes of Chinese sentiment, learnt from the training split and our own sentences.

    Lanes `negative` and `positive` are beside a neutral of zero; those named after POLARITIES are
    of one kind each; `is_...` are the gate's. FileNotFoundError where the data is absent.
    """
    learnt = texts("train")
    made, pieces = featured(learnt.plain)
    held = Counter(feature for one in made for feature in one)
    known = sorted(feature for feature, count in held.items() if count >= _LEAST)
    bench = _bench(table(made, known), known, [*pieces, *featured_titles()], learnt.group)
    return _head(learnt, bench, known)


def featured_titles() -> Iterable[list[str]]:
    """The pieces of what Weibo's hot search has shown, each once: words that nobody labelled."""
    cut = words_of(()).cut
    with gzip.open(DATA / "trend" / "weibo_hot_search.tsv.gz", "rt", encoding="utf-8") as lines:
        titles = {line.rstrip("\n").split("\t")[-1] for line in lines}
    return (cut(normal(title)) for title in sorted(titles))


def _bench(
    x: sp.csr_matrix, known: list[str], pieces: list[list[str]], group: NDArray[np.intp]
) -> Bench:
    place = {feature: at for at, feature in enumerate(known)}
    words, found = vectors(pieces)
    meaning = np.zeros((len(known), _DIMENSIONS), np.float32)
    held = x.getnnz(axis=0)
    for word, vector in zip(words, found, strict=True):
        at = place.get(f"\x1f{word}")
        if at is not None:
            meaning[at] = vector * np.log(x.shape[0] / held[at])
    meaning *= _MEANING / np.sqrt(((x @ meaning) ** 2).sum(axis=1).mean())
    counted = np.array([feature[0] == "\x1e" for feature in known])
    return Bench(x, meaning, counted, group % FOLDS)


def _head(learnt: Texts, bench: Bench, known: list[str]) -> Head:
    lanes: dict[str, NDArray[Any]] = {}
    biases: list[float] = []
    scores: list[NDArray[Any]] = []

    def add(name: str, made: Scorer, weights: NDArray[Any]) -> None:
        # `weights` says which sum of the scorer's lanes makes this one.
        lanes[name] = made.parts[-1] @ weights
        biases.append(float(made.biases @ weights))
        scores.append(made.scores @ weights)

    polar: list[list[Floats]] = [[] for _ in range(FOLDS + 1)]
    for lane, kinds in POLARITIES.items():
        chosen = np.flatnonzero(np.isin(learnt.kind, kinds))
        y = np.eye(2, dtype=np.float32)[learnt.label // 2]
        made = scorer(bench, chosen, y, learnt.weight, _PENALTY[lane])
        add(lane, made, np.array([-1, 1], np.float32))
        size = np.sqrt((made.scores**2).mean()) * 2
        for part, weights in zip(polar, made.parts, strict=True):
            part.append(weights @ np.array([-1, 1], np.float32) / size)
    chosen = np.flatnonzero(np.isin(learnt.kind, GRADED))
    y = np.eye(3, dtype=np.float32)[learnt.label]
    rare = np.sqrt(1 / y[chosen].mean(axis=0))[learnt.label].astype(np.float32)
    more = [np.stack(part, axis=1) * _POLAR for part in polar]
    made = scorer(bench, chosen, y, learnt.weight * rare, _PENALTY["graded"], more)
    add("negative", made, np.array([1, -1, 0], np.float32))
    add("positive", made, np.array([0, -1, 1], np.float32))

    inputs = np.stack(scores, axis=1)
    kinds = (*GRADED, *POLAR)
    y = np.eye(len(kinds), dtype=np.float32)[[kinds.index(kind) for kind in learnt.kind]]
    chosen = _at_most(learnt.kind, _FOR_GATE)
    made = scorer(bench, chosen, y, np.ones_like(learnt.weight), _PENALTY["gate"])
    start = np.log(1 / y[chosen].sum(axis=0))
    mixed = mixture(inputs, made.scores, start, learnt)
    for kind, way, scale, bias in zip(kinds, np.eye(len(kinds)), *mixed[1:], strict=True):
        add(f"is_{kind}", made, way * scale)
        biases[-1] += float(bias) - _RARER.get(kind, 0.0)
    notes = {
        "inputs": [*lanes][: inputs.shape[1]],
        "kinds": {
            kind: expert.round(4).tolist() for kind, expert in zip(kinds, mixed[0], strict=True)
        },
        "favour": _FAVOUR,
        "turn": _TURN,
    }
    weights = np.stack([*lanes.values()], axis=1)
    matter = np.abs(weights / np.abs(weights).std(axis=0)).max(axis=1)
    matter *= np.sqrt(bench.x.getnnz(axis=0))
    best = np.sort(np.argsort(-matter, kind="stable")[:_KEPT])
    return Head(
        "sentiment",
        [*lanes],
        [known[at] for at in best],
        weights[best].astype(np.float64),
        biases,
        notes,
        len(best),
    )


def mixture(
    inputs: Floats, gates: Floats, start: Floats, learnt: Texts
) -> tuple[list[NDArray[Any]], NDArray[Any], NDArray[Any]]:
    """For each kind an expert (by class: weights of the inputs, and a bias), scale and bias of its
    gate: what makes the labels likeliest, every source counting as _SHARES says.

    A mixture of experts (Jacobs, Jordan, Nowlan and Hinton, 1991), by L-BFGS from experts that know
    their own kind only. Those of a kind without neutral texts have two classes.
    """
    kinds = (*GRADED, *POLAR)
    x = np.column_stack([inputs, np.ones(len(inputs))])
    y = np.eye(len(CLASSES))[learnt.label]
    weight = np.zeros(len(x))
    for source, share in _SHARES.items():
        own = learnt.source == source
        weight[own] = share * _ROWS_OF_A_SHARE / max(1, own.sum())
    allowed = np.array([[True, kind in GRADED, True] for kind in kinds])
    alone = np.zeros((len(kinds), len(CLASSES), x.shape[1]))
    for at, kind in enumerate(kinds):
        rows = learnt.kind == kind
        made = LogisticRegression(max_iter=500).fit(inputs[rows], learnt.label[rows])
        found = np.column_stack([made.coef_, made.intercept_])
        alone[at, 2 if len(found) == 1 else slice(None)] = found
    first = np.concatenate([alone.ravel(), np.ones(len(kinds)), start])

    def parts(flat: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
        experts = flat[: alone.size].reshape(alone.shape)
        scales, shifts = flat[alone.size :].reshape(2, len(kinds))
        return experts, scales, shifts

    def loss(flat: NDArray[Any]) -> tuple[float, NDArray[Any]]:
        experts, scales, shifts = parts(flat)
        scores = np.einsum("nd,kcd->nkc", x, experts, optimize=True)
        powers = np.exp(scores - scores.max(axis=2, keepdims=True)) * allowed
        says = powers / powers.sum(axis=2, keepdims=True)
        gate = softmax(gates * scales + shifts)
        right = gate * np.einsum("nkc,nc->nk", says, y)
        likely = right.sum(axis=1) + 1e-9
        due = right / likely[:, None]
        off = (says - y[:, None, :]) * (due * weight[:, None])[:, :, None] * allowed
        off_gate = (gate - due) * weight[:, None]
        away = flat - first
        gradient = np.concatenate(
            [
                np.einsum("nkc,nd->kcd", off, x, optimize=True).ravel(),
                (off_gate * gates).sum(axis=0),
                off_gate.sum(axis=0),
            ]
        )
        penalty = float((away**2).sum()) / 2
        return float(-(weight * np.log(likely)).sum()) + penalty, gradient + away

    best = minimize(loss, first, jac=True, method="L-BFGS-B", options={"maxiter": 150}).x
    experts, scales, shifts = parts(best)
    return [one[rows] for one, rows in zip(experts, allowed, strict=True)], scales, shifts


def _at_most(kind: NDArray[np.str_], most: int) -> Rows:
    random = np.random.default_rng(1)
    found = [np.flatnonzero(kind == one) for one in sorted(set(kind))]
    return np.sort(np.concatenate([random.permutation(one)[:most] for one in found]))
