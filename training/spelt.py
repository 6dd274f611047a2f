"""Trains the sentiment of English, and of Ukrainian and Russian, over features of spelt texts."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold

from desk.language.cleaning import cleaned
from desk.language.spelt import cues, features, tokens
from desk.mention import Language
from training import texts
from training.heads import Head
from training.scores import apart

LABELS = ("negative", "neutral", "positive")

KINDS = {
    "tweeteval_sentiment": "tweet", "brighter_eng": "story",
    "brighter_ukr": "uk", "brighter_rus": "ru",
}  # fmt: skip
"""What the texts of each source are like. Our own sentences are mentions."""

Floats: TypeAlias = NDArray[np.float64]
Ints: TypeAlias = NDArray[np.int64]


class Settings(NamedTuple):
    """What a model is trained with, chosen by cross-validation; `mentions` and `keep` by hand."""

    c: float
    """Inverse of the strength of L2 regularisation."""
    power: float = 0.5
    """Of a feature's log-odds of a class, which scales it: NB-SVM has 1, plain regression 0."""
    cues: float = 2.0
    """Scale of features that are made from words of feeling."""
    least: int = 3
    """Texts that must have a feature for it to be learnt."""
    mentions: float = 3.0
    """How much commoner mentions are where we read, than among what we learn from."""
    keep: int = 45_000


_ENGLISH = Settings(c=2.0, mentions=10.0)
_CYRILLIC = Settings(c=8.0, least=2)
_GATE = 1.0
_FOLDS = 4
_OWN = 2.0
"""What one of our own sentences counts: they are few, and about what the desk reads."""
_COMPLAINT = 0.25

_NEGATIONS = Path(__file__).parent / "negations.txt"
_PRACTICE = 60.0
"""What all texts of a language to practise negation on count together, in labelled posts."""

_LARGE = 1000
_NEARLY_BEST = 0.003
_FAVOURS = (0.6, 0.7, 0.8, 0.9, 1.0, 1.1, 1.2, 1.35, 1.5, 1.7)


class Texts(NamedTuple):
    """Features of texts, what they are labelled, how much they count, and where they are from."""

    features: list[set[str]]
    labels: Ints
    weights: Floats
    kinds: list[str]

    def __add__(self, other: "Texts") -> "Texts":  # type: ignore[override]
        return Texts(
            self.features + other.features,
            np.concatenate((self.labels, other.labels)),
            np.concatenate((self.weights, other.weights)),
            self.kinds + other.kinds,
        )


class Linear(NamedTuple):
    """Weights by feature and class, and biases by class, in logits."""

    weights: Floats
    biases: Floats


def read(text: str, language: Language) -> set[str]:
    """The features of a text as it was written."""
    found = tokens(cleaned(text).text)
    return features(found, cues(found, language), language)


def gather(rows: Sequence[tuple[str, str, str, str, float]]) -> Texts:
    """Texts of rows (text, language, label, kind, weight)."""
    return Texts(
        [read(text, language) for text, language, *_ in rows],  # type: ignore[arg-type]
        np.array([LABELS.index(label) for _, _, label, _, _ in rows], dtype=np.int64),
        np.array([weight for *_, weight in rows], dtype=np.float64),
        [kind for *_, kind, _ in rows],
    )


def vocabulary(found: Sequence[set[str]], least: int) -> list[str]:
    """Features that at least so many of the texts have, in order."""
    counted = Counter[str]()
    for one in found:
        counted.update(one)
    return sorted(feature for feature, count in counted.items() if count >= least)


def matrix(found: Sequence[set[str]], known: Sequence[str]) -> sparse.csr_matrix:
    """A row for each text: one over the square root of how many features it has, known or not."""
    places = {feature: place for place, feature in enumerate(known)}
    indices: list[int] = []
    ends = [0]
    for one in found:
        indices += sorted(places[feature] for feature in one if feature in places)
        ends.append(len(indices))
    norms = 1 / np.sqrt([max(1, len(one)) for one in found])
    values = np.repeat(norms, np.diff(ends))
    return sparse.csr_matrix((values, indices, ends), shape=(len(found), len(known)))


def fit(x: sparse.csr_matrix, learnt: "Texts", known: Sequence[str], settings: Settings) -> Linear:
    """Weights (by feature and class) and biases: one class against the rest, balanced.

    Before the fit, features are scaled by how far `apart` they are.
    """
    made = np.array([feature.startswith("=") and len(feature) > 1 for feature in known])
    columns, biases = [], []
    for label in range(int(learnt.labels.max()) + 1):
        inside = learnt.labels == label
        within, without = learnt.weights * inside, learnt.weights * ~inside
        scale = np.where(made, settings.cues, apart(x, within, without, settings.power))
        model = LogisticRegression(
            C=settings.c, solver="liblinear", class_weight="balanced", tol=3e-3, random_state=0
        )
        model.fit(x @ sparse.diags(scale), inside, sample_weight=learnt.weights)
        columns.append(scale * model.coef_[0])
        biases.append(float(model.intercept_[0]))
    return Linear(np.column_stack(columns), np.array(biases))


def train(learnt: Texts, settings: Settings) -> tuple[list[str], Linear]:
    """The features of a model and what they weigh, learnt from all of the texts."""
    known = vocabulary(learnt.features, settings.least)
    return known, fit(matrix(learnt.features, known), learnt, known, settings)


def out_of_fold(base: Texts, extra: Texts, settings: Settings, folds: int = _FOLDS) -> Floats:
    """Logits of the texts of `base`, each from a model of the others and of all of `extra`."""
    logits = np.zeros((len(base.features), int(base.labels.max()) + 1))
    strata = [f"{kind} {label}" for kind, label in zip(base.kinds, base.labels, strict=True)]
    parts = StratifiedKFold(folds, shuffle=True, random_state=0)
    for inside, outside in parts.split(strata, strata):
        known, (weights, biases) = train(pick(base, inside) + extra, settings)
        x = matrix([base.features[i] for i in outside], known)
        logits[outside] = x @ weights + biases
    return logits


def pick(base: Texts, rows: Ints) -> Texts:
    """Those texts of `base`."""
    return Texts(
        [base.features[i] for i in rows],
        base.labels[rows],
        base.weights[rows],
        [base.kinds[i] for i in rows],
    )


def macro_f1(labels: Ints, answers: Ints) -> float:
    """The mean of the F1 of the three classes."""
    scores = []
    for label in range(len(LABELS)):
        hits = ((labels == label) & (answers == label)).sum()
        scores.append(2 * hits / max(1, (labels == label).sum() + (answers == label).sum()))
    return float(np.mean(scores))


def head(languages: Sequence[str], settings: Settings, extra: Texts) -> Head:
    """The sentiment of some languages, from all labelled texts, our sentences and `extra`.

    Sources differ in what they call neutral and in how common that is, so that the logits of the
    classes mean different things in them. Gate lanes (`is_...`) tell how likely a text is of each
    kind, and the notes have, for each kind, what makes logits its probabilities: a multinomial
    regression of out-of-fold logits, by class the weights and the bias. `favour` is by what to
    multiply probabilities for the choice of a class, and is best for the macro-F1 of all kinds.
    """
    base = labelled(languages)
    extra = extra + gather(
        [
            (text, language, label, "practice", _PRACTICE / len(found))
            for language in languages
            for found in [practice(language)]
            for text, label in found
        ]
    )
    logits = out_of_fold(base, extra, settings)
    known, (weights, biases) = train(base + extra, settings)

    kinds = sorted({*base.kinds})
    of_kind = base._replace(labels=np.array([kinds.index(kind) for kind in base.kinds]))
    gate = settings._replace(c=_GATE)
    gates = out_of_fold(of_kind, pick(of_kind, np.array([], dtype=np.int64)), gate)
    tempered = LogisticRegression(C=10.0, max_iter=500).fit(
        gates, of_kind.labels, np.where(np.array(base.kinds) == "mention", settings.mentions, 1.0)
    )
    mixing, offsets = _softmax_of(tempered)
    gate_weights, gate_biases = fit(matrix(base.features, known), of_kind, known, gate)

    experts = {}
    for place, kind in enumerate(kinds):
        rows = of_kind.labels == place
        expert = LogisticRegression(C=1.0, max_iter=500).fit(
            logits[rows], base.labels[rows], base.weights[rows]
        )
        experts[kind] = np.column_stack(_softmax_of(expert))
    shares = mix(logits, gates @ mixing.T + offsets, [experts[kind] for kind in kinds])
    favour = favoured(shares, base.labels, of_kind.labels)
    return Head(
        name="sentiment",
        lanes=[*LABELS, *(f"is_{kind}" for kind in kinds)],
        features=known,
        weights=np.column_stack((weights, gate_weights @ mixing.T)),
        biases=[*biases.tolist(), *(gate_biases @ mixing.T + offsets).tolist()],
        notes={
            "inputs": [*LABELS],
            "kinds": {kind: experts[kind].round(4).tolist() for kind in kinds},
            "favour": favour.round(4).tolist(),
        },
        keep=settings.keep,
    )


def labelled(languages: Sequence[str]) -> Texts:
    """The labelled posts of some languages, and our own sentences in them: the training parts."""
    posts = [
        (row.text, row.language, row.label, KINDS[row.source], 1.0)
        for row in texts.rows("sentiment", "train")
        if row.language in languages
    ]
    own = [
        (one["text"], one["language"], one["sentiment"], "mention", _OWN)
        for one in texts.sentences("train")
        if one["language"] in languages
    ]
    return gather([*posts, *own])


def mix(logits: Floats, gates: Floats, experts: Sequence[Floats]) -> Floats:
    """Probabilities of the classes: each kind's own, as far as a text is likely to be of it."""
    shares = np.zeros((len(logits), len(LABELS)))
    for share, expert in zip(_softmax(gates).T, experts, strict=True):
        shares += share[:, None] * _softmax(logits @ expert[:, :-1].T + expert[:, -1])
    return shares


def favoured(shares: Floats, labels: Ints, kinds: Ints) -> Floats:
    """By what to multiply probabilities so that the mean macro-F1 of large kinds is nearly best.

    The middle of all that are: which of them is the very best changes with the last digit of a sum.
    """
    large = [kind for kind in range(int(kinds.max()) + 1) if (kinds == kind).sum() >= _LARGE]
    tried, scores = [], []
    for negative in _FAVOURS:
        for positive in _FAVOURS:
            favour = np.array([negative, 1.0, positive])
            answers = (shares * favour).argmax(axis=1)
            rows = (kinds == kind for kind in large)
            tried.append(favour)
            scores.append(np.mean([macro_f1(labels[row], answers[row]) for row in rows]))
    near = np.array(scores) >= max(scores) - _NEARLY_BEST
    middle: Floats = np.median(np.array(tried)[near], axis=0)
    return middle


def _softmax(logits: Floats) -> Floats:
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    shares: Floats = powers / powers.sum(axis=1, keepdims=True)
    return shares


def _softmax_of(model: LogisticRegression) -> tuple[Floats, Floats]:
    # Of two classes, the library keeps the second one's weights only.
    weights, biases = model.coef_, model.intercept_
    if len(weights) == 1:
        weights, biases = np.vstack((-weights / 2, weights / 2)), np.append(-biases / 2, biases / 2)
    return weights, biases


def practice(language: str) -> list[tuple[str, str]]:
    """Pairs (text, label) to practise negation on, from the patterns of negations.txt."""
    words: dict[str, list[str]] = {}
    patterns: list[tuple[str, str]] = []
    for line in _NEGATIONS.read_text(encoding="utf-8").splitlines():
        if line.startswith(f"{language}\t"):
            _, kind, found = line.split("\t")
            if kind in LABELS:
                patterns += [(text, kind) for text in found.split("; ")]
            else:
                words[kind] = found.split("; ")
    return [
        (pattern.format(good=good, bad=bad), label)
        for pattern, label in patterns
        for good, bad in zip(words["good"], words["bad"], strict=False)
    ]


def english() -> Head:
    """The sentiment of English; FileNotFoundError where the data is absent."""
    return head(("en",), _ENGLISH, complaints())


def cyrillic() -> Head:
    """The sentiment of Ukrainian and Russian; FileNotFoundError where the data is absent."""
    return head(("uk", "ru"), _CYRILLIC, gather([]))


def complaints() -> Texts:
    """Tweets to companies that complain, as negative, and as neutral or positive those that do not.

    Which of the two, a model of the other texts says.
    """
    rows = [row for row in texts.rows("intent", "train") if row.source == "complaints_acl19"]
    found = gather(
        [
            (row.text, "en", "negative" if row.label == "complaint" else "neutral", "", _COMPLAINT)
            for row in rows
        ]
    )
    known, (weights, biases) = train(labelled(("en",)), _ENGLISH)
    logits = matrix(found.features, known) @ weights + biases
    good = (found.labels == 1) & (logits[:, 2] > logits[:, 1])
    found.labels[good] = 2
    return found
