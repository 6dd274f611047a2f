"""Lists of words with what they mean, and where a text has them."""

import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from typing import NamedTuple

from ahocorasick_rs import AhoCorasick, MatchKind

from language_tables import lines

_LETTERS = r"a-z0-9\u00df-\u024f\u0400-\u052f"
_LETTER = re.compile(rf"[{_LETTERS}]")
_SPELT = re.compile(rf"[{_LETTERS}'_]+\*?")
_FROM_WITHIN = re.compile(rf"(?<=[{_LETTERS}])(?=[{_LETTERS}])|(?<=[{_LETTERS}]')(?=[{_LETTERS}])")
_GOES_ON = re.compile(rf"(?<=[{_LETTERS}])'?(?=[{_LETTERS}])")
_ENDING = re.compile(rf"[{_LETTERS}]*(?:'[{_LETTERS}]+)*")


class Found(NamedTuple):
    """An entry of a list and where the text has it, in characters."""

    start: int
    end: int
    word: str
    means: str


class Lexicon(NamedTuple):
    """Entries of one or more lists, laid out to be found."""

    signs: tuple[str, ...]
    """What stands anywhere: Chinese, emoji, punctuation."""
    meanings: tuple[str, ...]
    """Of the signs, in their order."""
    words: tuple[tuple[bool, str], ...]
    """Of whole words and phrases: whether any ending may follow, and what they mean."""
    sign_finder: AhoCorasick
    word_finder: Callable[[], AhoCorasick]
    """Made when first asked for: most Chinese texts have no letter."""


def lexicon(entries: Iterable[tuple[str, str]]) -> Lexicon:
    """A lexicon of pairs (meaning, word); of two that name the same word, the later one holds.

    Entries in Latin and Cyrillic letters are whole words; `*` at the end stands for any ending, and
    `_` joins the words of a phrase. All others are found wherever they stand. A thousand entries
    take a millisecond.
    """
    signs: dict[str, str] = {}
    words: dict[str, str] = {}
    for means, word in entries:
        (words if _SPELT.fullmatch(word) else signs)[word] = means

    @cache
    def word_finder() -> AhoCorasick:
        # All matches, and not the longest, which may turn out to be no whole word.
        spelt = [word.removesuffix("*").replace("_", " ") for word in words]
        return AhoCorasick(spelt, store_patterns=False)

    return Lexicon(
        tuple(signs),
        tuple(signs.values()),
        tuple((word.endswith("*"), means) for word, means in words.items()),
        AhoCorasick(signs, MatchKind.LeftmostLongest, store_patterns=False),
        word_finder,
    )


def entries(name: str) -> Iterator[tuple[str, str]]:
    """The pairs (meaning, word) of the data file `name`: a line has a meaning and its words."""
    for line in lines(name):
        if line and not line.startswith("#"):
            means, *words = line.split()
            for word in words:
                yield means, word


def find(known: Lexicon, text: str) -> list[Found]:
    """What `text`, in normal form, has of `known`, in the order in which it stands there.

    The longest entry wins, and none is found inside another. A hyphen joins the words of a phrase
    as a space does. Linear in the length of `text`; lone surrogates are read as question marks.
    """
    try:
        matches = known.sign_finder.find_matches_as_indexes(text)
    except UnicodeEncodeError:
        return find(known, text.encode("utf-8", "replace").decode())
    signs, meanings = known.signs, known.meanings
    # tuple.__new__, since calling Found takes twice as long, and this is most of the work.
    found = [
        tuple.__new__(Found, (start, end, signs[index], meanings[index]))
        for index, start, end in matches
    ]
    if _LETTER.search(text) and (words := _words(known, text.replace("-", " "))):
        return _outermost([*found, *words])
    return found


def _words(known: Lexicon, text: str) -> list[Found]:
    found: list[tuple[int, int, bool, int, str]] = []
    for index, start, end in known.word_finder().find_matches_as_indexes(text, overlapping=True):
        if _FROM_WITHIN.match(text, start):
            continue
        is_stem, means = known.words[index]
        if not is_stem:
            if not _GOES_ON.match(text, end):
                found.append((start, -end, False, 0, means))
        elif ending := _ENDING.match(text, end):
            found.append((start, -ending.end(), True, -end, means))
    # Of what begins and ends alike, a word tells more than a stem, and a longer stem than a short.
    found.sort()
    return [
        Found(start, -end, text[start:-end].replace(" ", "_"), means)
        for start, end, _, _, means in found
    ]


def _outermost(found: list[Found]) -> list[Found]:
    found.sort(key=lambda item: (item.start, -item.end))
    kept = []
    end = 0
    for item in found:
        if item.start >= end:
            kept.append(item)
            end = item.end
    return kept
