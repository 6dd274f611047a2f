"""What a text in a script with spaces has to go by: words, pairs, pieces, and words of feeling."""

import re
from collections.abc import Callable, Iterable
from functools import cache, lru_cache
from itertools import chain, pairwise
from typing import NamedTuple

from desk.language.lexicon import entries
from desk.mention import Language

_TOKEN = re.compile(
    r"\w{1,40}(?:'\w{1,20}){0,2}"  # nothing is long, since tokens are kept: see _REMEMBERED
    r"|[:;=8]['o^-]?[)(\[\]dpoз3*/\\|]{1,3}|<3|\^[_.]?\^"  # emoticons
    r"|[)(]{1,3}|[!?]{1,3}|\.{2,3}|[^\w\s]"
)
_RUN = re.compile(r"(.)\1{3,}")
_LONG = re.compile(r"(.)\1\1")
_DIGITS = str.maketrans("123456789", "000000000")

_PIECES = range(3, 6)
"""Lengths of the pieces of words, the spaces around them counted."""

_LONGEST_STEM = 32
_REMEMBERED = 8192
"""Words whose pieces are kept: of English tweets nine in ten are among these."""

_LISTS: dict[Language, tuple[str, ...]] = {"uk": ("ru", "uk", "en"), "ru": ("uk", "ru", "en")}
"""Lists of words of feeling, the language's own after the other's, which contradicts it."""

_PAUSES = frozenset(",;:-")
_ENDS = (".", "!", "?")

# Figures chosen by hand: training makes up its own mind about what they come to.
_REACH_OF_NEGATION = 4
"""In words, the negated one counted."""
_REACH_OF_DEGREE = 2
_DEGREES = {"more": 1.5, "less": 0.6}
_BEFORE_BUT = 0.6
_TURNED = -0.6
"""What is not good is bad; what is not bad is a little good."""
_STEPS = tuple(
    (step, f"=good {step}", f"=bad {step}", f"=more good {step}", f"=more bad {step}")
    for step in (0.5, 1.5, 2.5, 4.0, 6.0, 9.0)
)
"""Of what words of feeling come to, each with its features."""


class Cue(NamedTuple):
    """A word or phrase of feeling, its weight as listed (times its degree), and what negates it."""

    weight: float
    word: str
    negation: str = ""


class _Lexicon(NamedTuple):
    means: Callable[[str], str]
    """What a word means; empty where it is in no list."""
    phrase_means: Callable[[str], str]
    """The same for a phrase joined by underscores, without remembering it: few come again."""
    phrases: dict[str, int]
    """By first word of a phrase: the number of words of the longest."""
    seconds: frozenset[str]
    """How phrases go on: their first word, and the first letter of the second."""
    negations: frozenset[str]


def tokens(text: str) -> list[str]:
    """The words of `text` (in normal form), its emoticons, emoji and punctuation, as they stand.

    Of a character that comes more than three times in a row, three are left.
    """
    return _TOKEN.findall(_RUN.sub(r"\1\1\1", text))


def cues(found: list[str], language: Language) -> list[Cue]:
    """The words of feeling among the tokens `found`, in order, with degree, negation and "but".

    A negation holds for the next word of feeling of its clause, within four words.
    """
    known = _lexicon(_LISTS.get(language, ("en",)))
    meanings = [*map(known.means, found)]
    if not known.phrases.keys().isdisjoint(found):
        found = _join(found, meanings, known)
    cues: list[Cue] = []
    negation, degree, negated_at, degree_at = "", "", 0, 0
    for at, means in enumerate(meanings):
        if not means:
            word = found[at]
            if negation and (word in _PAUSES or word[0] in _ENDS):
                negation = ""
        elif means == "not":
            negation, negated_at = found[at], at
        elif means in _DEGREES:
            degree, degree_at = means, at
        elif means == "but":
            cues = [cue._replace(weight=cue.weight * _BEFORE_BUT) for cue in cues]
            negation = ""
        elif means != "0":
            weight = float(means)
            if degree and at - degree_at <= _REACH_OF_DEGREE:
                weight *= _DEGREES[degree]
            near = negation and at - negated_at <= _REACH_OF_NEGATION
            if near and found[at].partition(" ")[0] in known.negations:
                near = False  # as in Ukrainian, where nobody ever does not say nothing
            cues.append(Cue(weight, found[at], negation if near else ""))
            negation = degree = ""
    return cues


def features(found: list[str], evidence: list[Cue], language: Language) -> set[str]:
    """Features of a text that has the tokens `found` and the cues `evidence`.

    A word is itself between spaces, its pieces are three to five characters of that, two words with
    a space between them are a pair, `!` stands before what follows a negation, and `=` before what
    the cues come to. Linear in the number of characters.
    """
    made = set(chain.from_iterable(map(_parts, found)))
    made.update(map(" ".join, pairwise(found)))
    negations = _lexicon(_LISTS.get(language, ("en",))).negations
    if not negations.isdisjoint(found):
        made.update(_negated(found, negations))
    if evidence:
        made.update(_weighed(evidence))
    else:
        made.add("=0")
    return made


def sums(cues: Iterable[Cue]) -> tuple[float, float, float, float]:
    """What good and bad words weigh, those without a negation first; none is below zero."""
    good = bad = turned_good = turned_bad = 0.0
    for weight, _, negation in cues:
        if negation:
            if weight > 0:
                turned_good += weight
            else:
                turned_bad -= weight
        elif weight > 0:
            good += weight
        else:
            bad -= weight
    return good, bad, turned_good, turned_bad


def _weighed(evidence: list[Cue]) -> list[str]:
    good, bad, turned_good, turned_bad = sums(evidence)
    net = good - bad + _TURNED * turned_good
    made = []
    for step, is_good, is_bad, more_good, more_bad in _STEPS:
        if good > step:
            made.append(is_good)
        if bad > step:
            made.append(is_bad)
        if net > step:
            made.append(more_good)
        elif net < -step:
            made.append(more_bad)
    if turned_good:
        made.append("=not good")
    if turned_bad:
        made.append("=not bad")
    if not turned_good and not turned_bad:
        made.append("=mixed" if good and bad else "=only good" if good else "=only bad")
    for place, cue in (("first", evidence[0]), ("last", evidence[-1])):
        sign = "good" if cue.weight > 0 else "bad"
        made.append(f"={place} {'not ' if cue.negation else ''}{sign}")
    return made


def _negated(found: list[str], negations: frozenset[str]) -> list[str]:
    made = []
    left = 0
    for word in found:
        if word in negations:
            left = _REACH_OF_NEGATION
        elif not word[0].isalnum():
            left = 0
        elif left:
            left -= 1
            made.append(f"!{word}")
    return made


@lru_cache(maxsize=_REMEMBERED)
def _parts(word: str) -> tuple[str, ...]:
    if not word[0].isalnum():
        return (f" {word} ",)
    whole = f" {word.translate(_DIGITS)} "
    size = len(whole)
    pieces = (
        whole[start : start + length] for length in _PIECES for start in range(size - length + 1)
    )
    return tuple({whole, *pieces})


def _join(found: list[str], meanings: list[str], known: _Lexicon) -> list[str]:
    # Phrases take the place of their first word, and the rest of their words means nothing.
    found = [*found]
    end = 0
    for at, (word, after) in enumerate(pairwise(found)):
        if at < end or word not in known.phrases or f"{word} {after[0]}" not in known.seconds:
            continue
        for size in range(known.phrases[word], 1, -1):
            phrase = "_".join(found[at : at + size])
            if means := known.phrase_means(phrase):
                end = at + size
                meanings[at:end] = [means] + [""] * (len(found[at:end]) - 1)
                found[at] = phrase.replace("_", " ")
                break
    return found


@cache
def _lexicon(names: tuple[str, ...]) -> _Lexicon:
    words: dict[str, str] = {}
    stems: dict[str, str] = {}
    phrases: dict[str, int] = {}
    seconds: set[str] = set()
    for means, word in chain.from_iterable(entries(f"feeling_{name}.txt") for name in names):
        head, _, rest = word.partition("_")
        if rest:
            phrases[head] = max(phrases.get(head, 0), word.count("_") + 1)
            seconds.add(f"{head} {rest[0]}")
        if word.endswith("*") and len(word) > 1 and word[0].isalnum():
            stems[word[:-1]] = means
        else:
            words[word] = means
    beginnings = frozenset(stem[: stem.rfind("_") + 1 or 2] for stem in stems)

    def listed(word: str) -> str:
        found = words.get(word, "")
        least = word.rfind("_") + 1
        if not found and word[: least or 2] in beginnings:
            for length in range(min(len(word), _LONGEST_STEM), max(least, 1), -1):
                if word[:length] in stems:
                    return stems[word[:length]]
        return found

    def meaning(word: str) -> str:
        found = listed(word)
        if not found and _LONG.search(word):
            return listed(_LONG.sub(r"\1", word)) or listed(_LONG.sub(r"\1\1", word))
        return found

    negations = frozenset(word for word, means in words.items() if means == "not")
    remembered = lru_cache(_REMEMBERED)(meaning)
    return _Lexicon(remembered, meaning, phrases, frozenset(seconds), negations)
