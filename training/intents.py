"""What texts want and how they say it: lanes of each script's model, and signs that all share.

A lane adds what runs of letters and words weigh in its script to what signs (cues, shapes) weigh in
any: both are learnt together, so that a few hundred sentences teach all languages. Sources have
notions of their own of what a complaint or a crisis is: each has a lane of its own, `crisis.news`,
that takes the place of `crisis` as far as another, `is_crisis.news`, tells a text of that kind.
"""

import gzip
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple, TypeAlias, get_args

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from desk.language import han, spelt
from desk.language.cleaning import cleaned
from desk.language.intent import cues, signs
from desk.language.lexicon import find
from desk.language.words import Words, words_of
from desk.mention import Intent, Language, Tone
from training.heads import Head
from training.scores import apart
from training.texts import DATA, NOT_LEARNT, sentences
from training.vectors import DIMENSIONS, vectors

Floats: TypeAlias = NDArray[np.float64]
Bools: TypeAlias = NDArray[np.bool_]

SCRIPTS = ("han", "latin", "cyrillic")
INTENTS: tuple[str, ...] = tuple(one for one in get_args(Intent) if one != "other")
TONES: tuple[str, ...] = get_args(Tone)

OWN = "own"
"""The source of our own sentences."""


class Source(NamedTuple):
    """Public texts that are labelled for an intent, and how their lane is learnt."""

    name: str
    script: str
    c: float
    power: float


SOURCES = {
    "complaint.tweets": Source("complaints_acl19", "latin", 8.0, 0.0),
    "purchase.tweets": Source("purchase_intent_fyp", "latin", 3.0, 0.5),
    "crisis.news": Source("crisislex_t26", "latin", 3.0, 0.7),
    "spam.sms": Source("sms_spam_uci", "latin", 10.0, 1.0),
    "spam.chat": Source("qq_ads", "han", 10.0, 1.0),
}
"""By lane; settings are the best of twelve by five-fold cross-validation on the training rows."""

_NEVER = -20.0
"""Logit of a kind of text that a script does not have."""

_MEANS: Mapping[str, Mapping[str, bool]] = {
    "complaint": {"complaint": True, "praise": False},
    "not_complaint": {"complaint": False},
    "purchase_intent": {"purchase": True},
    "not_purchase_intent": {"purchase": False},
    "crisis": {"crisis": True},
    "not_crisis": {"crisis": False},
    "spam": {"spam": True},
    "not_spam": {"spam": False},
    "suggestion": {"suggestion": True},
    "not_suggestion": {"suggestion": False},
    "praise": {"praise": True, "complaint": False, "question": False},
    "question": {"question": True, "complaint": False, "praise": False},
}
"""What a label of the public sources says of intents; of the others it says nothing."""

_RARE_IN_POSTS = {
    one: False for one in ("media", "person", "spam", "purchase", "suggestion", "crisis")
}
_REVIEWS = frozenset({"waimai_10k", "hotel_chnsenticorp", "online_shopping_10_cats"})
_SHARES = {
    "waimai_10k": 0.7, "hotel_chnsenticorp": 0.4, "online_shopping_10_cats": 0.15,
    "smp2020_usual": 0.4, "smp2020_virus": 0.1, "brighter_ukr": 1.0, "brighter_rus": 1.0,
    "tweeteval_sentiment": 0.4, "banking77": 0.15,
}  # fmt: skip
"""How many of the texts are taken that have no label of an intent, and only suggest one."""

_OWN_WEIGHT, _PUBLIC_WEIGHT, _WEAK_WEIGHT, _EMOTION_WEIGHT = 5.0, 0.2, 0.05, 0.3
_EMOTIONAL = 0.4
"""Share of the posts with an emotion that is learnt from."""

_LEAST = 3
"""Texts that a feature must be in."""
_SIGN = 0.3
"""How large a sign is, beside a feature over the square root of how many there are."""
_SOURCE_SIGN = 0.5
"""How much smaller signs are where one source alone teaches: our cues are not its notions."""
_MEANING = 0.6
"""How large the vectors of a text's words are there, beside its features."""
_C, _POWER = 2.0, 0.5
_FOLDS = 4
_KEEP = {"han": 12_000, "latin": 18_000, "cyrillic": 8_000}
_KEEP_TONES = {"han": 7_000, "latin": 6_000, "cyrillic": 4_000}
_BETA = {"crisis": 1.6, "media": 1.3, "person": 1.3, "suggestion": 0.8}
"""How much recall counts beside precision where a threshold is chosen: missing what is grave costs
more than asking a person, and a suggestion can wait."""
_USUAL_BETA = 1.1


class Text(NamedTuple):
    """A text as it is learnt from."""

    script: str
    words: list[str]
    """Those of the features that are whole words, as they stand."""
    features: set[str]
    signs: set[str]
    labels: Mapping[str, bool]
    """By intent or tone; what is not known of the text is left out."""
    source: str
    weight: float
    event: str
    """Of a crisis: texts of one event are alike."""


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


def script_of(language: str) -> str:
    """The script whose model reads a language."""
    if language in ("zh-Hans", "zh-Hant", "yue", "ja"):
        return "han"
    return "cyrillic" if language in ("uk", "ru") else "latin"


def text(
    written: str,
    language: str,
    labels: Mapping[str, bool],
    source: str,
    weight: float = 1.0,
    event: str = "",
) -> Text:
    """A text with what reading would see in it."""
    clean = cleaned(written)
    plain = clean.text
    had = han.marks(clean)
    script = script_of(language)
    if script == "han":
        pieces = _words().cut(plain)
        words = [f"\x1f{piece}" for piece in pieces]
        felt = han.cues(find(han.words_of_feeling(), plain))
        features = han.features(plain, pieces, felt, had)
    else:
        spoken: Language = "uk" if language == "uk" else "ru" if language == "ru" else "en"
        tokens = spelt.tokens(plain)
        words = [f" {token} " for token in tokens]
        felt = spelt.cues(tokens, spoken)
        features = spelt.features(tokens, felt, spoken)
    shown = signs(plain, find(cues(), plain), felt, had)
    return Text(script, words, features, shown, labels, source, weight, event)


def own() -> Iterator[Text]:
    """Our own sentences that are for training: all intents and tones of each are known."""
    for one in sentences("train"):
        labels = {lane: lane in one["intents"] for lane in INTENTS}
        labels |= {lane: lane in one["tone"] for lane in TONES}
        yield text(one["text"], one["language"], labels, OWN, _OWN_WEIGHT)


def public(split: str) -> Iterator[Text]:
    """The public texts with a label of an intent; in `train` those that may be learnt from."""
    for one in _rows("intent", split):
        if split != "train" or one["source"] not in NOT_LEARNT:
            event = (one.get("aux") or {}).get("event", "")
            labels, source = _MEANS[one["label"]], one["source"]
            yield text(one["text"], one["lang"], labels, source, _PUBLIC_WEIGHT, event)


def suggestive() -> Iterator[Text]:
    """Texts whose other labels say something of intents: reviews, posts, letters to a bank."""
    dice = np.random.default_rng(0)
    for task in ("banking77", "sentiment"):
        for one in _rows(task, "train"):
            source, label = one["source"], one["label"]
            if dice.random() >= _SHARES.get(source, 0.0):
                continue
            if source in _REVIEWS:
                labels = {"complaint": label == "negative", "praise": label == "positive"}
                labels |= dict.fromkeys(("media", "person", "spam", "question"), False)
            elif source == "banking77":
                labels = dict.fromkeys(("spam", "media", "crisis", "purchase", "suggestion"), False)
            else:
                labels = {"complaint": label == "negative", "praise": label == "positive"}
                labels |= _RARE_IN_POSTS
            yield text(one["text"], one["lang"], labels, source, _WEAK_WEIGHT)


def emotional() -> Iterator[Text]:
    """Posts with labels of anger and fear, and of irony; who is not sad does not mourn."""
    dice = np.random.default_rng(0)
    for one in _rows("emotion", "train"):
        if dice.random() < _EMOTIONAL:
            felt = {*one["label"].split("|")}
            labels = {"anger": not felt.isdisjoint(("anger", "angry")), "fear": "fear" in felt}
            if one["source"] == "tweeteval_emotion":
                del labels["fear"]
            if one["source"] == "brighter_eng":
                labels.clear()
            if felt.isdisjoint(("sad", "sadness")):
                labels["grief"] = False
            yield text(one["text"], one["lang"], labels, one["source"], _EMOTION_WEIGHT)
    for one in _rows("irony", "train"):
        labels = {"irony": one["label"] == "irony"}
        yield text(one["text"], one["lang"], labels, one["source"], _EMOTION_WEIGHT)


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


def meanings(texts: Sequence[Text], made: Table, script: str) -> Floats:
    """By column, the vector of a word of `script` that `texts` have, times its rarity in them.

    Scaled so that the vectors of a text add up to about 1.
    """
    own = [one for one in texts if one.script == script]
    held = Counter(word for one in own for word in {*one.words})
    found = np.zeros((len(made.places), DIMENSIONS))
    for word, vector in zip(*vectors([one.words for one in own]), strict=True):
        at = made.places.get((script, word))
        if at is not None:
            found[at] = vector * np.log(len(own) / held[word])
    sums = made.x @ found
    return found / np.sqrt((sums**2).sum() / len(own))


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
        scaled = sp.hstack([scaled, sp.csr_matrix(x @ meaning * _MEANING)]).tocsr()
    model.fit(scaled, y, sample_weight=balanced)
    weights = scale * model.coef_[0][: len(scale)]
    if meaning is not None:
        weights += meaning @ model.coef_[0][len(scale) :] * _MEANING
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
    meaning = {script: meanings(texts, made, script) for script in ("latin", "han")}
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
    weights, scores = _out_of_fold(made, rows, y, even, source.c, source.power, meaning)
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
    weights = fit(made, rows, y, np.where(y, 1.0, _OWN_WEIGHT))
    biases = dict.fromkeys(SCRIPTS, _NEVER)
    biases[source.script] = float(weights[made.places["script", source.script]] + weights[-1])
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


@cache
def _words() -> Words:
    return words_of(())


def _rows(task: str, split: str) -> Iterator[dict[str, Any]]:
    with gzip.open(DATA / f"{task}.{split}.jsonl.gz", "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)
