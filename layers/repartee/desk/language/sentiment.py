"""How a text feels, from the scores of a model and its words of feeling, and how sure that is."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from itertools import islice
from math import exp, sqrt
from operator import itemgetter, mul
from types import MappingProxyType
from typing import Any, Literal, NamedTuple

from desk.language import han, spelt
from desk.language.lexicon import find
from desk.language.model import Model, load, logits, rows_of, weight
from desk.language.spelt import Cue
from desk.mention import Language, Sentiment

Script = Literal["han", "latin", "cyrillic"]
"""Which model reads a text."""

_CLASSES: tuple[Sentiment, ...] = ("negative", "neutral", "positive")

_CHINESE = ("zh-Hans", "zh-Hant", "yue")

_LEAST_SHARE = 0.03
"""Kinds of text that are less likely than this are left out of the mixture."""

_FEW_CHARACTERS = 12
_NEAR = 2
_DENYING = "不没无"
"""How words of praise begin that deny a fault, such as 没毛病."""
_MOST_TURNED = 2.5
"""Half the log-odds by which negations may move good against bad."""

_MOST_SWAY = 3.0
"""In logits, by how much the margin of an intent or a tone may move the likelihoods. On our own
sentences, those for tests, accuracy goes from 0.665 to 0.707; other sources hardly change."""

_COOLER = 0.5
"""By how much more than others the likelihoods of a mention are cooled (Guo et al. 2017,
https://arxiv.org/abs/1706.04599). What sways them comes from the same words, so that it is no news:
on our own sentences, those for tests, the calibration error goes from 0.087 to 0.039."""

_STEEPEST = 30.0
"""A score beyond which nothing is likelier."""

_MOST_WORDS = 16
"""Words of a text that are weighed to give reasons."""

_HEAVIEST = 3.0
"""As a reason, the weight of the heaviest word of a model: that of a list's strongest words."""

_LEAST_REASON = 0.6
_AGAINST = 0.3
"""What a word of feeling weighs as a reason if it speaks against the answer."""


class Feeling(NamedTuple):
    """What a text feels, how likely that is right (0 to 1), and why: (weight, reason) pairs."""

    sentiment: Sentiment
    confidence: float
    reasons: tuple[tuple[float, str], ...]


class _Plan(NamedTuple):
    inputs: Any
    gates: Any
    experts: tuple[tuple[tuple[tuple[float, ...], float], ...], ...]
    """By kind of text, by class: weights of the inputs, and a bias."""
    favour: tuple[float, ...]
    """By class, what its likelihood is multiplied by when one is chosen."""
    turn: float
    """Logits that a negated word of weight 1 turns in a text that has one feature."""
    mention: int
    """Which of the kinds is the mention of a brand."""
    model: Model
    good: int
    bad: int
    """Lanes for positive and for negative."""
    unit: float
    """What a logit is worth as the weight of a reason."""


class Evidence(NamedTuple):
    """What there is to judge a text by."""

    script: Script
    scores: tuple[float, ...]
    """By lane of the model for `script`: for every head, and not for sentiment alone."""
    cues: Sequence[Cue]
    turned: float
    """What a fault weighs that is said not to be there, if that is all that is said."""


def evidence(
    plain: str,
    pieces: Sequence[str],
    language: Language,
    dictionary: tuple[str, ...] = (),
    marks: Sequence[str] = (),
) -> Evidence:
    """What the text `plain`, in normal form and cut into `pieces`, has to be judged by.

    `marks` tell what cleaning has taken out of it (`han.marks`); only Chinese texts are judged by
    them. Names of `dictionary` (a brand's, in normal form) are not looked at, so that they feel
    nothing.
    """
    if dictionary and not (names := silent(dictionary)).isdisjoint(pieces):
        pieces = [" " if piece in names else piece for piece in pieces]
        plain = "".join(pieces)
    if language in _CHINESE:
        script: Script = "han"
        found = han.cues(find(han.words_of_feeling(), plain))
        scores, norm = han.scores(load(script), plain, pieces, found, marks)
    else:
        script = "cyrillic" if language in ("uk", "ru") else "latin"
        tokens = spelt.tokens(plain)
        found = spelt.cues(tokens, language)
        features = spelt.features(tokens, found, language)
        norm = sqrt(len(features) or 1)
        scores = logits(load(script), features, norm)
    return Evidence(script, scores, found, _turned_fault(plain, found) / norm)


def feeling(
    evidence: Evidence, words: Iterable[str], beyond: Mapping[str, float] = MappingProxyType({})
) -> Feeling:
    """What a text feels by the `evidence` of it, and why.

    `beyond` are the margins of its intents and tones: in a mention of a brand a complaint without a
    word of feeling is still one. Reasons come from its cues and, as far as the model has them, from
    its `words` with a meaning.
    """
    script, scores, cues, turned = evidence
    plan = _plan(script)
    likely, mention, knowing = _mixed(plan, scores)
    if turned:
        likely = _turned(likely, turned * plan.turn)
    if beyond:
        likely = _swayed(likely, mention, beyond)
        if not cues and beyond["intent.question"] > max(0.0, beyond["intent.complaint"]):
            likely = _asked(likely, beyond["intent.question"] * (1 - knowing))
    favoured = [*map(mul, likely, plan.favour)]
    best = favoured.index(max(favoured))
    sentiment = _CLASSES[best]
    confidence = _cooled(likely, 1 + _COOLER * mention)[best]
    return Feeling(sentiment, confidence, tuple(_reasons(script, sentiment, cues, words)))


def shares(script: Script, scores: Sequence[float]) -> tuple[float, ...]:
    """How likely a text is negative, neutral and positive, by its lanes of the model `script`.

    Where the model knows several kinds of text, each makes its own of the scores, and counts as
    far as the text is likely to be of that kind.
    """
    return _mixed(_plan(script), scores)[0]


def _mixed(plan: _Plan, scores: Sequence[float]) -> tuple[tuple[float, ...], float, float]:
    # The shares, how likely the text is the mention of a brand, and how likely it is of another
    # kind that has neutral texts.
    inputs = plan.inputs(scores)
    gates = plan.gates(scores)
    most = max(gates)
    powers = [exp(gate - most) for gate in gates]
    every = sum(powers)
    least = _LEAST_SHARE * every
    total = negative = neutral = positive = knowing = 0.0
    for power, expert in zip(powers, plan.experts, strict=True):
        if power < least:
            continue
        parts = [
            exp(min(_STEEPEST, bias + sum(map(mul, inputs, weights)))) for weights, bias in expert
        ]
        share = power / sum(parts)
        total += power
        negative += share * parts[0]
        positive += share * parts[-1]
        if len(parts) == len(_CLASSES):
            neutral += share * parts[1]
            knowing += power
    mention = powers[plan.mention]
    mixed = negative / total, neutral / total, positive / total
    return mixed, mention / every, max(0.0, knowing - mention) / every


def _swayed(
    likely: tuple[float, ...], mention: float, beyond: Mapping[str, float]
) -> tuple[float, ...]:
    complaint, praise, irony = (
        max(-_MOST_SWAY, min(_MOST_SWAY, beyond[lane]))
        for lane in ("intent.complaint", "intent.praise", "tone.irony")
    )
    irony = max(0.0, irony)
    worse = exp(mention * max(0.0, complaint + irony))
    better = exp(mention * (max(0.0, praise) - irony))
    swayed = likely[0] * worse, likely[1], likely[2] * better
    total = sum(swayed)
    return tuple(share / total for share in swayed)


def _cooled(likely: tuple[float, ...], temperature: float) -> tuple[float, ...]:
    cooler = [share ** (1 / temperature) for share in likely]
    total = sum(cooler)
    return tuple(share / total for share in cooler)


def _asked(likely: tuple[float, ...], margin: float) -> tuple[float, ...]:
    # Reviews ask nothing, so that what learnt from them sees no neutral text in a question.
    swayed = likely[0], likely[1] * exp(min(margin, _MOST_SWAY)), likely[2]
    total = sum(swayed)
    return tuple(share / total for share in swayed)


def _turned_fault(plain: str, cues: Sequence[Cue]) -> float:
    # In few words, a model of words and characters sees the fault in 没有不满意 and no more. It has
    # learnt for itself that what is not good is bad, and in longer texts the rest says enough.
    if len(cues) != 1 or len(plain) > _FEW_CHARACTERS:
        return 0.0
    [(weight, word, negation)] = cues
    if weight > 0:
        return weight if word[0] in _DENYING and not negation else 0.0
    gap = plain.find(word) - plain.find(negation) - len(negation)
    return -weight if negation and gap <= _NEAR else 0.0


def _turned(likely: tuple[float, ...], by: float) -> tuple[float, ...]:
    odds = exp(min(by, _MOST_TURNED))
    turned = likely[0] / odds, likely[1], likely[2] * odds
    total = sum(turned)
    return tuple(share / total for share in turned)


def _reasons(
    script: Script, sentiment: Sentiment, cues: Sequence[Cue], words: Iterable[str]
) -> Iterator[tuple[float, str]]:
    ways = {"positive": 1.0, "negative": -1.0, "neutral": 0.0}
    way = ways[sentiment]
    told = ""
    for listed, word, negation in cues:
        told += word
        size = abs(listed)
        good = (listed > 0) != bool(negation)
        if way and good != (way > 0):
            size *= _AGAINST
        if negation:
            yield size, f"not:{negation} {word}"
        else:
            yield size, f"{'positive' if good else 'negative'}:{word}"
    if not way:
        return
    plan = _plan(script)
    for word, row in rows_of(plan.model, islice(words, _MOST_WORDS)):
        if word not in told:
            pull = weight(plan.model, row, plan.good) - weight(plan.model, row, plan.bad)
            if pull * way * plan.unit > _LEAST_REASON:
                yield pull * way * plan.unit, f"{sentiment}:{word}"


@lru_cache(maxsize=16)
def silent(dictionary: tuple[str, ...]) -> frozenset[str]:
    """Those of `dictionary` that feel nothing, however well they sound: names of a brand.

    A dictionary has what goes wrong as well, such as 漏水: those are still felt.
    """
    known = han.words_of_feeling()
    return frozenset(
        word
        for word in dictionary
        if not any(item.means.startswith("-") or item.word == word for item in find(known, word))
    )


@cache
def _plan(script: Script) -> _Plan:
    model = load(script)
    notes = model.notes["sentiment"]
    place = {lane: at for at, lane in enumerate(model.lanes)}

    def lanes(names: Iterable[str]) -> Any:
        return itemgetter(*(place[f"sentiment.{name}"] for name in names))

    kinds = notes["kinds"]
    experts = tuple(
        tuple((tuple(weights), bias) for *weights, bias in expert) for expert in kinds.values()
    )
    good, bad = place["sentiment.positive"], place["sentiment.negative"]
    return _Plan(
        lanes(notes["inputs"]),
        lanes(f"is_{kind}" for kind in kinds),
        experts,
        tuple(notes.get("favour", (1.0, 1.0, 1.0))),
        notes.get("turn", 0.0),
        [*kinds].index("mention"),
        model,
        good,
        bad,
        _HEAVIEST / (127 * (model.scales[good] + model.scales[bad])),
    )
