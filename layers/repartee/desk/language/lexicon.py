"""Lists of words with what they mean, and where a text has them."""

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import NamedTuple

from language_tables import lines

_LETTERS = r"a-z0-9\u00df-\u024f\u0400-\u052f"
_WORD = re.compile(rf"[{_LETTERS}]+(?:'[{_LETTERS}]+)*")
_SPELT = re.compile(rf"[{_LETTERS}'_]+\*?")
_BETWEEN_WORDS = (" ", "-")
_LONGEST_STEM = 16


class Found(NamedTuple):
    """An entry of a list and where the text has it, in characters."""

    start: int
    end: int
    word: str
    means: str


class Lexicon(NamedTuple):
    """Entries of one or more lists, laid out to be found."""

    signs: dict[str, str]
    """What stands anywhere: Chinese, emoji, punctuation."""
    longest: dict[str, int]
    """By first character of a sign: the length of the longest."""
    words: dict[str, str]
    stems: dict[str, str]
    beginnings: frozenset[str]
    """First two letters of every stem."""
    phrases: dict[str, int]
    """By first word of a phrase: the number of words of the longest."""


def lexicon(entries: Iterable[tuple[str, str]]) -> Lexicon:
    """A lexicon of pairs (meaning, word); of two that name the same word, the later one holds.

    Entries in Latin and Cyrillic letters are whole words; `*` at the end stands for any ending, and
    `_` joins the words of a phrase. All others are found wherever they stand.
    """
    signs: dict[str, str] = {}
    longest: dict[str, int] = {}
    words: dict[str, str] = {}
    stems: dict[str, str] = {}
    phrases: dict[str, int] = {}
    for means, word in entries:
        if not _SPELT.fullmatch(word):
            signs[word] = means
            longest[word[0]] = max(len(word), longest.get(word[0], 0))
            continue
        if "_" in word:
            head = word.split("_", 1)[0]
            phrases[head] = max(word.count("_") + 1, phrases.get(head, 0))
        if word.endswith("*"):
            stems[word[:-1]] = means
        else:
            words[word] = means
    return Lexicon(signs, longest, words, stems, frozenset(s[:2] for s in stems), phrases)


def entries(name: str) -> Iterator[tuple[str, str]]:
    """The pairs (meaning, word) of the data file `name`: a line has a meaning and its words."""
    for line in lines(name):
        if line and not line.startswith("#"):
            means, *words = line.split()
            for word in words:
                yield means, word


def find(known: Lexicon, text: str) -> list[Found]:
    """What `text`, in normal form, has of `known`, in the order in which it stands there.

    The longest entry wins, and none is found inside another. Linear in the length of `text`.
    """
    found = [*_signs(known, text), *_words(known, text)]
    found.sort()
    return found


def _signs(known: Lexicon, text: str) -> Iterator[Found]:
    signs, longest = known.signs, known.longest
    if not signs:
        return
    end = 0
    for start, character in enumerate(text):
        if character not in longest or start < end:
            continue
        for length in range(longest[character], 0, -1):
            word = text[start : start + length]
            if word in signs:
                end = start + len(word)
                yield Found(start, end, word, signs[word])
                break


def _words(known: Lexicon, text: str) -> Iterator[Found]:
    spans = [match.span() for match in _WORD.finditer(text)]
    skip = 0
    for index, (start, end) in enumerate(spans):
        if index < skip:
            continue
        word = text[start:end]
        skip = index + 1
        if word in known.phrases:
            for count, phrase in _phrases(text, spans[index : index + known.phrases[word]]):
                if means := _means(known, phrase):
                    skip = index + count
                    yield Found(start, spans[skip - 1][1], phrase, means)
                    break
            if skip > index + 1:
                continue
        if means := _means(known, word):
            yield Found(start, end, word, means)


def _phrases(text: str, spans: list[tuple[int, int]]) -> list[tuple[int, str]]:
    # Longest first: how many words, and the words.
    phrase = text[slice(*spans[0])]
    found = []
    for count, ((_, before), (start, end)) in enumerate(pairwise(spans), start=2):
        if text[before:start] not in _BETWEEN_WORDS:
            break
        phrase = f"{phrase}_{text[start:end]}"
        found.append((count, phrase))
    return found[::-1]


def _means(known: Lexicon, word: str) -> str | None:
    means = known.words.get(word)
    if means is None and word[:2] in known.beginnings:
        for length in range(min(len(word), _LONGEST_STEM), 1, -1):
            if word[:length] in known.stems:
                return known.stems[word[:length]]
    return means
