"""What texts want and how they say it: lanes of each script's model, and signs that all share.

A lane adds what runs of letters and words weigh in its script to what signs (cues, shapes) weigh in
any: both are learnt together, so that a few hundred sentences teach all languages. Sources have
notions of their own of what a complaint or a crisis is: each has a lane of its own, `crisis.news`,
that takes the place of `crisis` as far as another, `is_crisis.news`, tells a text of that kind.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple, TypeAlias

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from training.examples import (
    INTENTS,
    OWN,
    OWN_WEIGHT,
    TONES,
    Text,
    emotional,
    own,
    public,
    suggestive,
)
from training.heads import Head
from training.scores import apart
from training.vectors import meanings, rare_vectors

Floats: TypeAlias = NDArray[np.float64]
Bools: TypeAlias = NDArray[np.bool_]

SCRIPTS = ("han", "latin", "cyrillic")


class Source(NamedTuple):
    """Public texts that are labelled for an intent, and how their lane is learnt."""

    name: str
    script: str
    c: float
    power: float
    meaning: float
    """How large the vectors of a text's words are beside its features."""


SOURCES = {
    "complaint.tweets": Source("complaints_acl19", "latin", 8.0, 0.0, 0.6),
    "purchase.tweets": Source("purchase_intent_fyp", "latin", 3.0, 0.5, 0.6),
    "crisis.news": Source("crisislex_t26", "latin", 3.0, 0.7, 0.3),
    "spam.sms": Source("sms_spam_uci", "latin", 10.0, 1.0, 0.6),
    "spam.chat": Source("qq_ads", "han", 10.0, 1.0, 0.6),
}
"""By lane; settings are the best of twelve by five-fold cross-validation on the training rows, or
stand with others within a third of a point of it; crises by folds of whole events."""

_NEVER = -20.0
"""Logit of a kind of text that a script does not have."""

_LEAST = 3
"""Texts that a feature must be in."""
_SIGN = 0.3
"""How large a sign is, beside a feature over the square root of how many there are."""
_SOURCE_SIGN = 0.5
"""How much smaller signs are where one source alone teaches: our cues are not its notions."""
_C, _POWER = 2.0, 0.5
_FOLDS = 4
_KEEP = {"han": 12_000, "latin": 18_000, "cyrillic": 8_000}
_KEEP_TONES = {"han": 7_000, "latin": 6_000, "cyrillic": 4_000}
_BETA = {"crisis": 1.6, "media": 1.3, "person": 1.3, "question": 1.3, "suggestion": 0.8}
"""How much recall counts beside precision where a threshold is chosen: missing what is grave costs
more than asking a person, and a suggestion can wait."""
_USUAL_BETA = 1.1


class Lane(NamedTuple):
    """Weights of features, signs and scripts in logits; 0 is where the lane begins to hold."""

    weights: Floats
    biases: dict[str, float]
    """By script."""


class Table(NamedTuple):
    """Texts as numbers: columns for features of each script, for signs, and for scripts."""

    x: sp.csr_matrix
    places: dict[tuple[str, str], int]
    grams: int


def table(texts: Sequence[Text], places: dict[tuple[str, str], int] | None = None) -> Table:
    """The texts as numbers, with the columns `places` or those that the texts themselves need."""
    if places is None:
        counts = Counter((one.script, feature) for one in texts for feature in one.features)
        columns = sorted(key for key, count in counts.items() if count >= _LEAST)
        counts = Counter(("sign", sign) for one in texts for sign in one.signs)
        columns += sorted(key for key, count in counts.items() if count >= _LEAST)
        columns += [("script", script) for script in SCRIPTS]
        places = {key: at for at, key in enumerate(columns)}
    indices: list[int] = []
    values: list[float] = []
    ends = [0]
    for one in texts:
        grams = sorted(places[key] for f in one.features if (key := (one.script, f)) in places)
        shown = sorted(places[key] for sign in one.signs if (key := ("sign", sign)) in places)
        indices += [*grams, *shown, places["script", one.script]]
        values += [max(1, len(one.features)) ** -0.5] * len(grams) + [_SIGN] * len(shown) + [1.0]
        ends.append(len(indices))
    x = sp.csr_matrix((values, indices, ends), shape=(len(texts), len(places)))
    return Table(x, places, sum(script in SCRIPTS for script, _ in places))


def meaning_of(texts: Sequence[Text], made: Table, script: str) -> Floats:
    """The `meanings` of the words of a script, learnt from those of `texts` that are in it."""
    columns = {key: at for (where, key), at in made.places.items() if where == script}
    known = rare_vectors([one.words for one in texts if one.script == script])
    return meanings(known, columns, made.x)


def fit(
    made: Table,
    rows: NDArray[np.intp],
    y: Bools,
    weight: Floats,
    c: float = _C,
    power: float = _POWER,
    meaning: Floats | None = None,
) -> Floats:
    """Weights by column, learnt from `rows` with the labels `y`; the last one is the bias.

    One class against the rest, whose weights are balanced half of the way. `c` is the inverse of
    regularisation, and `power` that of how far `apart` a feature is, which scales it. With the
    `meanings` of words, the rows are those of one source.
    """
    x = made.x[rows]
    inside, outside = weight * y, weight * ~y
    scale = apart(x, inside, outside, power)
    scale[made.grams :] = 1.0 if meaning is None else _SOURCE_SIGN
    balanced = weight * np.where(y, (outside.sum() / inside.sum()) ** 0.5, 1.0)
    model = LogisticRegression(C=c, solver="liblinear", tol=3e-3, random_state=0)
    scaled = x @ sp.diags(scale)
    if meaning is not None:
        scaled = sp.hstack([scaled, sp.csr_matrix(x @ meaning)]).tocsr()
    model.fit(scaled, y, sample_weight=balanced)
    weights = scale * model.coef_[0][: len(scale)]
    if meaning is not None:
        weights += meaning @ model.coef_[0][len(scale) :]
    return np.append(weights, model.intercept_[0])


def f_score(y: Bools, held: Bools, beta: float = 1.0) -> float:
    """F of recall and precision, where recall counts `beta` times as much."""
    both = (1 + beta**2) * (y & held).sum()
    return float(both / max(1.0, beta**2 * y.sum() + held.sum()))


def heads() -> dict[str, list[Head]]:
    """Heads by model: `intent` and `tone` for each script, and for `cues`, which all share.

    FileNotFoundError where the data is absent.
    """
    texts = [*own(), *public("train"), *suggestive(), *emotional()]
    made = table(texts)
    intents = {name: _lane(name, texts, made) for name in INTENTS}
    meaning = {script: meaning_of(texts, made, script) for script in ("latin", "han")}
    for name, source in SOURCES.items():
        intents[name] = _lane_of_source(name, source, texts, made, meaning[source.script])
        intents[f"is_{name}"] = _kind(source, texts, made)
    tones = {name: _lane(name, texts, made) for name in TONES}
    lanes = {"intent": intents, "tone": tones}
    found: dict[str, list[Head]] = {script: [] for script in (*SCRIPTS, "cues")}
    for name, own_lanes in lanes.items():
        for script in SCRIPTS:
            keep = (_KEEP if name == "intent" else _KEEP_TONES)[script]
            found[script].append(_head(name, script, own_lanes, made, keep))
        found["cues"].append(_head(name, "sign", own_lanes, made, len(made.places)))
    return found


def _head(name: str, part: str, lanes: Mapping[str, Lane], made: Table, keep: int) -> Head:
    columns = [(key, at) for (where, key), at in made.places.items() if where == part]
    at = [at for _, at in columns]
    weights = np.column_stack([lane.weights[at] for lane in lanes.values()])
    if part == "sign":
        weights *= _SIGN
    biases = [lane.biases.get(part, 0.0) for lane in lanes.values()]
    return Head(name, [*lanes], [key for key, _ in columns], weights, biases, {}, keep)


def _lane(name: str, texts: Sequence[Text], made: Table) -> Lane:
    rows = np.array([row for row, one in enumerate(texts) if name in one.labels])
    y = np.array([texts[row].labels[name] for row in rows])
    weight = np.array([texts[row].weight for row in rows])
    weights, scores = _out_of_fold(made, rows, y, weight)
    ours = np.array([texts[row].source == OWN for row in rows])
    script = np.array([texts[row].script for row in rows])
    beta = _BETA.get(name, _USUAL_BETA)
    biases = {}
    for one in SCRIPTS:
        least = _threshold(scores, y, [ours, ours, ours & (script == one)], beta)
        biases[one] = float(weights[made.places["script", one]] + weights[-1] - least)
    return Lane(weights[:-1], biases)


def _lane_of_source(
    name: str, source: Source, texts: Sequence[Text], made: Table, meaning: Floats
) -> Lane:
    label = name.partition(".")[0]
    rows = np.array([row for row, one in enumerate(texts) if one.source == source.name])
    y = np.array([texts[row].labels[label] for row in rows])
    even = np.ones(len(rows))
    weights, scores = _out_of_fold(
        made, rows, y, even, source.c, source.power, meaning * source.meaning
    )
    least = _threshold(scores, y, [even > 0], 1.0)
    bias = float(weights[made.places["script", source.script]] + weights[-1] - least)
    return Lane(weights[:-1], {source.script: bias})


def _kind(source: Source, texts: Sequence[Text], made: Table) -> Lane:
    # Whether a text is of a source's kind and not of ours.
    rows = np.array(
        [
            row
            for row, one in enumerate(texts)
            if one.script == source.script and one.source in (source.name, OWN)
        ]
    )
    y = np.array([texts[row].source == source.name for row in rows])
    weight = np.where(y, 1.0, OWN_WEIGHT)
    weights, scores = _out_of_fold(made, rows, y, weight)
    # What is held back in learning is too unsure of itself: Platt's scaling mends that.
    scaling = LogisticRegression(C=100.0).fit(scores[:, None], y, weight)
    weights *= scaling.coef_[0, 0]
    biases = dict.fromkeys(SCRIPTS, _NEVER)
    there = weights[made.places["script", source.script]] + weights[-1]
    biases[source.script] = float(there + scaling.intercept_[0])
    return Lane(weights[:-1], biases)


def _out_of_fold(
    made: Table,
    rows: NDArray[np.intp],
    y: Bools,
    weight: Floats,
    c: float = _C,
    power: float = _POWER,
    meaning: Floats | None = None,
) -> tuple[Floats, Floats]:
    # What all rows teach, and what each is worth to those who were taught without it.
    scores = np.zeros(len(rows))
    fold = np.random.default_rng(1).integers(_FOLDS, size=len(rows))
    for part in range(_FOLDS):
        inside = fold != part
        weights = fit(made, rows[inside], y[inside], weight[inside], c, power, meaning)
        scores[~inside] = made.x[rows[~inside]] @ weights[:-1] + weights[-1]
    return fit(made, rows, y, weight, c, power, meaning), scores


def _threshold(scores: Floats, y: Bools, parts: Sequence[Bools], beta: float) -> float:
    # The middle of the thresholds that are nearly best in all parts: the very best one is chance.
    steps = np.quantile(scores[parts[0]], np.linspace(0.2, 0.998, 200))
    found = np.zeros(len(steps))
    for inside in parts:
        if y[inside].any():
            held = scores[inside][None, :] > steps[:, None]
            found += np.array([f_score(y[inside], one, beta) for one in held]) / len(parts)
    return float(np.median(steps[found >= found.max() - 0.01]))
