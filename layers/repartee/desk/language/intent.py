"""What a text wants: complaint, question, praise and the like, by the words that give it away."""

import re
from functools import cache
from typing import get_args

from desk.language.lexicon import Found, Lexicon, entries, find, lexicon
from desk.mention import Intent, Sentiment

_ORDER: tuple[Intent, ...] = get_args(Intent)
_NEGATED = re.compile(r"(?:不|没|没有|别|并非|无|未|\b(?:not?|never|without|не|без|нет|немає))\s?$")
_LONGEST_NEGATION = 8
_CAN_BE_NEGATED = frozenset({"complaint", "crisis", "praise", "purchase", "person"})
_ASKS = re.compile(r"(?<![?!])\?(?![?!])")


def intents(text: str, feeling: Sentiment) -> tuple[tuple[Intent, ...], tuple[str, ...]]:
    """What `text`, in normal form and without addresses, wants, and why.

    Reasons are `intent:word` with the first cue of each. `feeling` makes words for a product or
    service a complaint or praise. Several intents may hold; where none does, it is `other`.
    """
    cues: dict[str, str] = {}
    for found in find(_cues(), text):
        for intent in found.means.split("+"):
            if intent not in cues and not _is_negated(text, found, intent):
                cues[intent] = found.word.replace("_", " ")
    if _ASKS.search(text):
        cues.setdefault("question", "?")
    match feeling:
        case "negative":
            cues.pop("praise", None)
            if "matter" in cues:
                cues.setdefault("complaint", cues["matter"])
        case "positive":
            cues.pop("complaint", None)
            if "matter" in cues:
                cues.setdefault("praise", cues["matter"])
    held = tuple(intent for intent in _ORDER if intent in cues)
    return held or ("other",), tuple(f"{intent}:{cues[intent]}" for intent in held)


def _is_negated(text: str, found: Found, intent: str) -> bool:
    if intent not in _CAN_BE_NEGATED:
        return False
    before = text[max(0, found.start - _LONGEST_NEGATION) : found.start]
    return _NEGATED.search(before) is not None


@cache
def _cues() -> Lexicon:
    means: dict[str, str] = {}
    for meaning, word in entries("intent.txt"):
        means[word] = f"{means[word]}+{meaning}" if word in means else meaning
    return lexicon((meaning, word) for word, meaning in means.items())
