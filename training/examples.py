"""Texts labelled for what they want and how they say it, as intents and tones are learnt."""

import gzip
import json
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, NamedTuple, get_args

import numpy as np

from desk.language import han, spelt
from desk.language.cleaning import cleaned
from desk.language.intent import cues, signs
from desk.language.lexicon import find
from desk.language.words import Words, words_of
from desk.mention import Intent, Language, Tone
from training.texts import DATA, NOT_LEARNT, sentences

INTENTS: tuple[str, ...] = tuple(one for one in get_args(Intent) if one != "other")
TONES: tuple[str, ...] = get_args(Tone)

OWN = "own"
"""The source of our own sentences."""

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

OWN_WEIGHT, _PUBLIC_WEIGHT, _WEAK_WEIGHT, _EMOTION_WEIGHT = 5.0, 0.2, 0.05, 0.3
_EMOTIONAL = 0.4
"""Share of the posts with an emotion that is learnt from."""


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
        yield text(one["text"], one["language"], labels, OWN, OWN_WEIGHT)


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


@cache
def _words() -> Words:
    return words_of(())


def _rows(task: str, split: str) -> Iterator[dict[str, Any]]:
    with gzip.open(DATA / f"{task}.{split}.jsonl.gz", "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)
