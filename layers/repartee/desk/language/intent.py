"""What a text wants: complaint, question, praise and the like; and the cues of all that it says."""

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from math import exp
from operator import add, itemgetter
from typing import get_args

from desk.language.lexicon import Found, Lexicon, entries, lexicon
from desk.language.model import load, logits, rows_of, weight
from desk.language.spelt import Cue
from desk.mention import Aspect, Intent, Sentiment

_ORDER: tuple[Intent, ...] = get_args(Intent)
_LANE_OF = tuple((intent, f"intent.{intent}") for intent in _ORDER)
_GRAVE = frozenset({"crisis", "media", "person"})
_UNPROVEN = 1.0
"""Margin that a grave intent needs where no cue speaks for it: what wakes people has a reason."""

_CUED = 0.6
"""Margin that an undenied cue of a crisis adds: to miss one costs more than to ask a person."""

_RHETORICAL = 1.5
"""By how much more a text complains than it asks, if its question wants no answer."""

_SURELY, _UNLIKELY = 1.0, -3.0
"""Margins from which a text is of a kind whatever its cues, and may be of it where it has none."""

_KINDS: Mapping[Intent, tuple[tuple[str, str], ...]] = {
    "complaint": (("intent.is_complaint.tweets", "intent.complaint.tweets"),),
    "purchase": (("intent.is_purchase.tweets", "intent.purchase.tweets"),),
    "crisis": (("intent.is_crisis.news", "intent.crisis.news"),),
    "spam": (
        ("intent.is_spam.sms", "intent.spam.sms"),
        ("intent.is_spam.chat", "intent.spam.chat"),
    ),
}
"""Kinds of text for which an intent has a lane of its own: whether it is one, and that lane, which
counts as far as it is likely one."""

_NEGATED = re.compile(r"(?<!\w)(?:not?|never|without|\w+n't|не|без|ні|нет|нема|немає) $")
_LONGEST_NEGATION = 9
_NEGATIONS = frozenset("不没无未别勿冇")
_LONG_NEGATIONS = frozenset({"没有", "并非"})

_LONG_NUMBER = re.compile(r"\d{5}")
_SHOUTED = re.compile(r"[!?]{2}")
_MARKS = frozenset('?!"“”「」『』«»[【…/#%0123456789')
_SIZES = (8, 20, 50, 100)
"""Of texts, in characters; a Chinese one counts twice."""

_SHORT = tuple(f"~{size}" for size in _SIZES)
_TERSE = "~20"
_SPAM = ("intent.spam", "intent.spam.sms")
"""Lanes that say nothing of a terse text in letters without a cue: of those to learn from, 2 in 182
are spam, and the rest looks like codes and numbers, which spam is full of."""

_DIGITS = frozenset("0123456789")

_STEPS = (0.2, 1.5, 3.0)
_MATTERS = frozenset({"about.matter", *get_args(Aspect)})
"""Signs of what can be good or bad."""

_FIRST_UNSPACED = "\u2e80"

_SWAY: Mapping[Sentiment, Mapping[str, float]] = {
    "negative": {"complaint": 0.5, "praise": -1.0},
    "neutral": {"complaint": -0.3, "praise": -0.3},
    "positive": {"complaint": -1.0, "praise": 0.5},
}
"""What a feeling adds to margins, in logits, where it is certain."""


@cache
def cues() -> Lexicon:
    """The cues of intents, tones and aspects: one list, so that a text is searched once."""
    return lexicon(entries("cues.txt"))


@cache
def kinds(means: str) -> tuple[str, ...]:
    """What an entry of `cues` means, each with what it is a kind of: `crisis.fire` and `crisis`."""
    made: dict[str, None] = {}
    for one in means.split("+"):
        if one != "-":
            made[one] = None
            made[one.partition(".")[0]] = None
    return tuple(made)


def signs(
    text: str, found: Iterable[Found], felt: Sequence[Cue], marks: Iterable[str] = ()
) -> set[str]:
    """What speaks for an intent or a tone in any language, whatever its words.

    That is the cues `found` in `text`, with `!` before what is negated and ` 2` after what comes
    more than once; what its words of feeling `felt` come to, and whether anything is named that
    they can be about; its shape; and `marks` of what cleaning took out of it (`han.marks`): who
    complains names whom, and news has a link.
    """
    here: list[str] = []
    for start, _, _, means in found:
        if start and _is_negated(text, start):
            here += map("!".__add__, kinds(means))
        else:
            here += kinds(means)
    made = set(here)
    if len(made) < len(here):
        made.update([f"{one} 2" for one, count in Counter(here).items() if count > 1])
    if felt:
        made.update(_feelings(felt, not _MATTERS.isdisjoint(made)))
    made |= _MARKS.intersection(text)
    made.update(marks)
    if "!" in made or "?" in made:
        if _SHOUTED.search(text):
            made.add("~shouted")
        if text.endswith("?"):
            made.add("~asks")
    if not _DIGITS.isdisjoint(made) and _LONG_NUMBER.search(text):
        made.add("~long number")
    size = len(text) * 2 if text[:1] >= _FIRST_UNSPACED else len(text)
    if size <= _SIZES[-1]:
        made.update(_SHORT[bisect_left(_SIZES, size) :])
    return made


def _feelings(felt: Iterable[Cue], about_it: bool) -> list[str]:
    good = bad = 0.0
    for strength, _, negation in felt:
        if (strength > 0) != bool(negation):
            good += abs(strength)
        else:
            bad += abs(strength)
    way, far = ("+", good - bad) if good > bad else ("-", bad - good)
    made = [f"{way}{step}" for step in _STEPS if far > step]
    if about_it:
        made += [f"{one} of it" for one in made]
    if good and bad:
        made.append("±")
    return made


def _is_negated(text: str, start: int) -> bool:
    before = text[start - 1]
    if before == " ":
        return _NEGATED.search(text, max(0, start - _LONGEST_NEGATION), start) is not None
    return before in _NEGATIONS or text[max(0, start - 2) : start] in _LONG_NEGATIONS


def margins(
    text: str,
    found: Iterable[Found],
    felt: Sequence[Cue],
    script: str,
    scores: Sequence[float],
    marks: Iterable[str] = (),
) -> dict[str, float]:
    """By lane (`intent.crisis`, `tone.anger`): how far the text is beyond what it takes to hold.

    `scores` are what the model `script` makes of the features of `text`, by lane of that model;
    what its signs weigh comes on top: `marks` are among them. An empty text is beyond nothing.
    """
    if not text:
        return {}
    lanes, chosen = _lanes(script)
    shown = signs(text, found, felt, marks)
    weighed = map(add, chosen(scores), logits(load("cues"), shown))
    beyond = dict(zip(lanes, weighed, strict=True))
    if "crisis" in shown:
        beyond["intent.crisis"] += _CUED
    if _TERSE in shown and "spam" not in shown and script != "han":
        beyond |= dict.fromkeys(_SPAM, -_UNPROVEN)
    return beyond


@cache
def _lanes(script: str) -> tuple[tuple[str, ...], Callable[[Sequence[float]], tuple[float, ...]]]:
    # The lanes of intents and tones, and what picks them out of the scores of a script's model.
    there, wanted = load(script).lanes, load("cues").lanes
    return wanted, itemgetter(*map(there.index, wanted))


def intents(
    beyond: Mapping[str, float],
    found: Sequence[Found],
    sentiment: Sentiment,
    confidence: float,
    heaviest: Callable[[str], str],
) -> tuple[tuple[Intent, ...], tuple[str, ...]]:
    """What a text wants whose `margins` are `beyond`, and why.

    Several intents may hold; where none does it is `other`, and spam is nothing else. Reasons are
    `intent:word` with the first cue of each or, where it has none, the word that weighs most in the
    lane, which `heaviest` tells. The sentiment counts as far as it is sure.
    """
    sway = _SWAY[sentiment]
    best: dict[Intent, float] = {}
    for intent, lane in _LANE_OF:
        margin = beyond.get(lane, -1.0)
        if intent in sway:
            margin += sway[intent] * confidence
        if 0 < margin <= _UNPROVEN and intent in _GRAVE and not _is_cued(intent, found):
            margin = -1.0
        for kind, theirs in _KINDS.get(intent, ()):
            likely = beyond.get(kind, _UNLIKELY)
            if likely > _SURELY or (likely > _UNLIKELY and not _is_cued(intent, found)):
                margin += (beyond[theirs] - margin) / (1 + exp(-likely))
        if margin > 0:
            best[intent] = margin
    if "spam" in best and best["spam"] >= max(best.values()):
        best = {"spam": best["spam"]}
    if "complaint" in best and "praise" in best:
        del best["praise" if best["praise"] < best["complaint"] else "complaint"]
    if "question" in best and best.get("complaint", 0.0) - best["question"] > _RHETORICAL:
        del best["question"]
    held = tuple(best)
    return held or ("other",), reasons(held, found, lambda intent: heaviest(f"intent.{intent}"))


def _is_cued(intent: Intent, found: Iterable[Found]) -> bool:
    return any(intent in kinds(item.means) for item in found)


def reasons(
    held: Iterable[str], found: Sequence[Found], heaviest: Callable[[str], str]
) -> tuple[str, ...]:
    """`what:word` for each that is held: its first cue among `found`, or else what is heaviest."""
    made = []
    for what in held:
        cue = next((item.word for item in found if what in kinds(item.means)), "")
        if word := cue.replace("_", " ") or heaviest(what):
            made.append(f"{what}:{word}")
    return tuple(made)


def heaviest(script: str, words: Iterable[str]) -> Callable[[str], str]:
    """A function that tells which of `words` weighs most in a lane of the model `script`.

    An empty string where none speaks for it.
    """

    model = load(script)
    rows: list[tuple[str, int]] | None = None

    def of(lane: str) -> str:
        nonlocal rows
        if rows is None:
            rows = rows_of(model, words)
        place = model.lanes.index(lane)
        most, word = max(((weight(model, row, place), word) for word, row in rows), default=(0, ""))
        return word if most > 0 else ""

    return of
