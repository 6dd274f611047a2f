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

from desk.language.cleaning import cleaned
from desk.language.han import MARKS, UNFELT, cues, features, marks, words_of_feeling
from desk.language.lexicon import find
from desk.language.normal import normal
from desk.language.words import words_of
from training.heads import Head
from training.scores import FOLDS, Bench, Floats, Rows, Scorer, scorer, softmax
from training.texts import DATA, rows, sentences
from training.vectors import DIMENSIONS, vectors

CLASSES = ("negative", "neutral", "positive")

KINDS: dict[str, str] = {
    "smp2020_usual": "post", "brighter_chn": "opinion", "smp2020_virus": "epidemic",
    "ptt_stock": "stocks", "ours": "mention", "weibo_senti_100k": "emoticon", "bare": "polar",
    "hotel_chnsenticorp": "hotel", "waimai_10k": "delivery", "online_shopping_10_cats": "goods",
}  # fmt: skip
"""What kind of text each source has, as far as features can tell."""

GRADED = ("post", "opinion", "epidemic", "stocks", "mention")
"""Kinds with neutral texts."""

POLAR = ("hotel", "delivery", "goods", "polar", "emoticon")
"""Kinds without."""

HEADS: dict[str, tuple[tuple[str, ...], float]] = {
    "": (GRADED, 0.7), "post": (("post",), 0.5), "opinion": (("opinion",), 1.0),
    "epidemic": (("epidemic",), 0.7), "mention": (("mention",), 1.0), "hotel": (("hotel",), 0.5),
    "delivery": (("delivery",), 0.0), "goods": (("goods",), 0.5), "polar": (("polar",), 1.0),
    "emoticon": (("emoticon",), 0.0),
}  # fmt: skip
"""By name, the kinds that a head is learnt from, and how large vectors are beside features.

The one without a name is what all graded kinds share; reasons come from it.
"""

_BESIDE_NEUTRAL = np.array([[1, 0], [-1, -1], [0, 1]], np.float32)
"""What three classes come to, of whose scores only differences matter."""

LEAK = re.compile(r"\[[^\[\]\s]{1,8}\]|[\u2600-\u27bf\u2b50\U0001f000-\U0001faff]")
"""Emoticons and emoji: the labels of weibo_senti_100k were made from them."""

_LEAST = 4
"""Texts that a feature must be in."""
_KEPT = 60_000
"""Features of the head: those that many texts have and that weigh."""
_FOR_GATE = 12_000
"""Texts of each kind that the gate is learnt from."""
_RARE = 0.5
"""Power of how much rarer a class or a kind is than others, by which its texts count more."""
_OURS = 3.0
"""What one of our own sentences weighs, beside others."""
_SHARES = {
    "smp2020_usual": 1.2, "brighter_chn": 1.0, "smp2020_virus": 1.0, "ptt_stock": 0.3, "ours": 1.0,
    "weibo_senti_100k": 1.0, "bare": 1.0, "hotel_chnsenticorp": 0.7, "waimai_10k": 0.7,
    "online_shopping_10_cats": 2.0,
}  # fmt: skip
"""What each source counts when it is learnt how scores are mixed, whatever its size."""

_FLAT = 8.0
"""In logits of a text of one feature, by how much rarer a text without a word of feeling is among
posts that had to be good or bad because of an emoticon that is gone, than it was in training. They
have no neutral texts: where the gate takes a flat remark for one of them, 周五下午 is positive."""

_ROWS_OF_A_SHARE = 5_000
_TURN = 6.0
"""Logits by which a denied fault of weight 1 turns a text of one feature."""


class Texts(NamedTuple):
    """Texts in normal form and what is known of them, by row."""

    plain: list[str]
    marks: list[list[str]]
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
    written, label, source, weight, group = zip(*found, strict=True)
    clean = [*map(cleaned, written)]
    return Texts(
        [one.text for one in clean],
        [*map(marks, clean)],
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


def featured(learnt: Texts) -> tuple[list[set[str]], list[list[str]]]:
    """The features of texts, as reading makes them, and their pieces."""
    cut, known = words_of(()).cut, words_of_feeling()
    pieces = [*map(cut, learnt.plain)]
    made = [
        features(plain, cut_up, cues(find(known, plain)), marked)
        for plain, cut_up, marked in zip(learnt.plain, pieces, learnt.marks, strict=True)
    ]
    return made, pieces


def head() -> Head:
    """The lanes of Chinese sentiment, learnt from the training split and our own sentences.

    Lanes `negative` and `positive`, with the name of a head before them, are beside a neutral of
    zero; a lane that is named as a head is above zero where a text is positive; `is_...` are the
    gate's. FileNotFoundError where the data is absent.
    """
    learnt = texts("train")
    made, pieces = featured(learnt)
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
    meaning = np.zeros((len(known), DIMENSIONS), np.float32)
    held = x.getnnz(axis=0)
    for word, vector in zip(words, found, strict=True):
        at = place.get(f"\x1f{word}")
        if at is not None:
            meaning[at] = vector * np.log(x.shape[0] / held[at])
    sums = x @ meaning
    size = np.sqrt((sums**2).sum(axis=1).mean())
    marks = np.array([feature in MARKS for feature in known])
    return Bench(x, meaning / size, sums / size, marks, group % FOLDS)


def _head(learnt: Texts, bench: Bench, known: list[str]) -> Head:
    names: list[str] = []
    made: list[Scorer] = []
    for name, (kinds, meaning) in HEADS.items():
        chosen = np.flatnonzero(np.isin(learnt.kind, kinds))
        weight = learnt.weight * _rarity(learnt.kind, chosen)
        graded = kinds[0] in GRADED
        found = scorer(bench, chosen, learnt.label, weight, meaning, _RARE if graded else 0.0)
        if graded:
            found = found.combined(_BESIDE_NEUTRAL)
            names += [f"{name}.{way}".lstrip(".") for way in ("negative", "positive")]
        else:
            names.append(name)
        made.append(found)
    inputs = np.hstack([one.scores for one in made])

    kinds = (*GRADED, *POLAR)
    kind = np.array([kinds.index(one) for one in learnt.kind])
    chosen = _at_most(learnt.kind, _FOR_GATE)
    gate = scorer(bench, chosen, kind, _rarity(learnt.kind, chosen), 0.0)
    experts, scales, shifts = mixture(inputs, gate.scores, learnt)
    gates = gate.combined(np.diag(scales).astype(np.float32))
    gates.weights[known.index(UNFELT), kinds.index("polar")] -= _FLAT
    weights = np.hstack([*(one.weights for one in made), gates.weights])
    biases = np.concatenate([*(one.biases for one in made), gates.biases + shifts])
    notes = {
        "inputs": names,
        "kinds": {
            kind: expert.round(4).tolist() for kind, expert in zip(kinds, experts, strict=True)
        },
        "turn": _TURN,
    }
    matter = np.abs(weights / np.abs(weights).std(axis=0)).max(axis=1)
    matter *= np.sqrt(bench.x.getnnz(axis=0))
    best = np.sort(np.argsort(-matter, kind="stable")[:_KEPT])
    return Head(
        "sentiment",
        [*names, *(f"is_{kind}" for kind in kinds)],
        [known[at] for at in best],
        weights[best].astype(np.float64),
        biases.tolist(),
        notes,
        len(best),
    )


def _rarity(of: NDArray[np.str_], chosen: Rows) -> Floats:
    # By row, how rare those like it are among the chosen rows, whose mean is 1.
    names, places = np.unique(of, return_inverse=True)
    counts = np.bincount(places[chosen], minlength=len(names)).clip(1)
    rare = (counts**-_RARE)[places]
    scaled: Floats = (rare / rare[chosen].mean()).astype(np.float32)
    return scaled


def mixture(
    inputs: Floats, gates: Floats, learnt: Texts
) -> tuple[list[NDArray[Any]], NDArray[Any], NDArray[Any]]:
    """For each kind an expert (by class: weights of the inputs, and a bias), scale and bias of its
    gate: what makes the labels likeliest, every source counting as _SHARES says.

    A mixture of experts (Jacobs, Jordan, Nowlan and Hinton, 1991), by L-BFGS from experts that know
    their own kind only. Those of a kind without neutral texts have two classes.
    """
    kinds = (*GRADED, *POLAR)
    size = inputs.std(axis=0)
    inputs = inputs / size
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
    first = np.concatenate([alone.ravel(), np.ones(len(kinds)), np.zeros(len(kinds))])

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
    experts[:, :, :-1] /= size
    return [one[rows] for one, rows in zip(experts, allowed, strict=True)], scales, shifts


def _at_most(kind: NDArray[np.str_], most: int) -> Rows:
    random = np.random.default_rng(1)
    found = [np.flatnonzero(kind == one) for one in sorted(set(kind))]
    return np.sort(np.concatenate([random.permutation(one)[:most] for one in found]))
