"""How a text feels, by a lexicon of weighted words, and how far that can be trusted."""

from bisect import bisect
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from itertools import chain
from typing import NamedTuple

from desk.language.lexicon import Found, Lexicon, entries, find, lexicon
from desk.mention import Language, Sentiment

_MARKS = (
    *(("pause", mark) for mark in ",;、|"),
    *(("end", mark) for mark in ".!?。"),
    ("quote", "//"),  # where Weibo begins to quote whoever is forwarded
)
_FIRST_UNSPACED = "\u2e80"
"""Scripts from here on put no spaces between words, so that distances in them are shorter."""

# Figures chosen by hand. Changing one by half moves the mean macro-F1 of the dev split, without its
# non-commercial source, by less than half a point.
_REACH_OF_NEGATION = (16, 10)
"""In characters: with spaces between words, and without."""
_REACH_OF_DEGREE = (12, 3)
_TURNED = -0.6
"""What is not good is bad; what is not bad need not be good, and counts nothing."""
_DEGREES = {"more": 1.5, "less": 0.6}
_BEFORE_BUT = 0.6
_QUOTED = 0.8
_MOST_REPEATS = 2
_LEAST_GOOD = 0.6
_LEAST_BAD = 0.3

# Shares of right answers on the same rows, by script and by how far good and bad lie apart: where
# all the evidence points one way, and where not. Every source counts by the root of its size.
_MARGINS = (1.5, 2.5, 4.0, 7.0, 12.0)
_RIGHT_IF_AGREED = {
    "han": (0.65, 0.82, 0.89, 0.94, 0.98, 0.97),
    "spelt": (0.41, 0.61, 0.74, 0.85, 0.93, 0.95),
}
_RIGHT_IF_MIXED = (0.58, 0.65, 0.77, 0.85, 0.91, 0.95)
_RIGHT_IF_BALANCED = {"han": 0.20, "spelt": 0.33}
_RIGHT_IF_SILENT = {"han": 0.48, "spelt": 0.55}
_AGREED = 0.9


class Feeling(NamedTuple):
    """What a text feels, how likely that is right (0 to 1), and why: (weight, reason) pairs."""

    sentiment: Sentiment
    confidence: float
    reasons: tuple[tuple[float, str], ...]


class _Evidence(NamedTuple):
    weight: float
    word: str
    negation: str = ""


def feeling(text: str, language: Language, dictionary: tuple[str, ...] = ()) -> Feeling:
    """How `text`, in normal form and without addresses, feels.

    Names in `dictionary` (a brand's, in normal form) feel nothing, however well they sound. A
    negation turns the next word of its clause, degrees scale it, what stands before the last
    "but" of a sentence counts less. Questions and irony are taken at their word.
    """
    evidence = _weigh(find(_words_of_feeling(dictionary, language == "uk"), text))
    good = sum(piece.weight for piece in evidence if piece.weight > 0)
    bad = -sum(piece.weight for piece in evidence if piece.weight < 0)
    if good - bad > _LEAST_GOOD:
        sentiment: Sentiment = "positive"
    elif bad - good > _LEAST_BAD:
        sentiment = "negative"
    else:
        sentiment = "neutral"
    script = "han" if language in ("zh-Hans", "zh-Hant", "yue") else "spelt"
    confidence = _confidence(sentiment, script, good, bad)
    return Feeling(sentiment, confidence, tuple(_reasons(evidence)))


@lru_cache(maxsize=16)
def _words_of_feeling(dictionary: tuple[str, ...], ukrainian: bool) -> Lexicon:
    # All languages at once, since people mix them; but Ukrainian and Russian contradict each other.
    cyrillic = ("ru", "uk") if ukrainian else ("uk", "ru")
    lists = (entries(f"feeling_{name}.txt") for name in (*cyrillic, "zh", "en"))
    pairs = [*_MARKS, *chain.from_iterable(lists)]
    known = lexicon(pairs)
    names = [("0", word.replace(" ", "_")) for word in dictionary if not _is_fault(word, known)]
    return lexicon([*pairs, *names]) if names else known


def _is_fault(word: str, known: Lexicon) -> bool:
    # A brand's dictionary has its names and what goes wrong with them, such as 漏水.
    return any(item.means.startswith("-") or item.word == word for item in find(known, word))


def _weigh(found: list[Found]) -> list[_Evidence]:
    evidence: list[_Evidence] = []
    repeats: Counter[str] = Counter()
    negation: Found | None = None
    degree: Found | None = None
    share = 1.0
    first = but = 0
    for item in found:
        match item.means:
            case "0":
                pass
            case "pause" | "end" | "quote":
                negation = degree = None
                if item.means != "pause":
                    _discount(evidence, first, but)
                    first = but = len(evidence)
                if item.means == "quote":
                    share = _QUOTED
            case "not":
                doubled = negation and _near(negation, item, (1, 2))
                negation = None if doubled else item
            case "more" | "less":
                degree = item
            case "but":
                but = len(evidence)
                negation = None
            case _:
                repeats[item.word] += 1
                if repeats[item.word] <= _MOST_REPEATS:
                    evidence.append(_piece(item, negation, degree, share))
                negation = degree = None
    _discount(evidence, first, but)
    return evidence


def _piece(item: Found, negation: Found | None, degree: Found | None, share: float) -> _Evidence:
    weight = float(item.means) * share
    if degree and _near(degree, item, _REACH_OF_DEGREE):
        weight *= _DEGREES[degree.means]
    if negation and _near(negation, item, _REACH_OF_NEGATION):
        return _Evidence(weight * _TURNED if weight > 0 else 0.0, item.word, negation.word)
    return _Evidence(weight, item.word)


def _near(first: Found, second: Found, reach: tuple[int, int]) -> bool:
    return second.start - first.end <= reach[second.word >= _FIRST_UNSPACED]


def _discount(evidence: list[_Evidence], first: int, but: int) -> None:
    for index in range(first, but):
        piece = evidence[index]
        evidence[index] = piece._replace(weight=piece.weight * _BEFORE_BUT)


def _confidence(sentiment: Sentiment, script: str, good: float, bad: float) -> float:
    if sentiment == "neutral":
        return (_RIGHT_IF_BALANCED if good or bad else _RIGHT_IF_SILENT)[script]
    margin = abs(good - bad)
    agreed = margin > _AGREED * (good + bad)
    return (_RIGHT_IF_AGREED[script] if agreed else _RIGHT_IF_MIXED)[bisect(_MARGINS, margin)]


def _reasons(evidence: list[_Evidence]) -> Iterator[tuple[float, str]]:
    for piece in evidence:
        word = piece.word.replace("_", " ")
        if piece.negation:
            yield abs(piece.weight), f"not:{piece.negation.replace('_', ' ')} {word}"
        else:
            yield abs(piece.weight), f"{'positive' if piece.weight > 0 else 'negative'}:{word}"
