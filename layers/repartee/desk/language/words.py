"""The words of a text: all of them, as it is read, and those that topics are counted from."""

import re
from collections.abc import Callable, Sequence
from functools import cache, partial
from itertools import count, islice
from typing import Any, NamedTuple

from ahocorasick_rs import AhoCorasick

from desk.language.lexicon import entries

MAX_WORDS = 100
"""Different words that one text may have."""

MAX_LETTERS = 50
"""Of a word with a meaning; a brand's own may be longer."""

MAX_KNOWN = 32_768
"""Words whose meaning is remembered, so that it is looked up and not found out again."""

_HAN = r"\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_BEYOND_ASCII = r"\u00c0-\u024f\u0370-\u052f"
_LETTERS = rf"A-Za-z0-9{_BEYOND_ASCII}"
_EMOTICON = r"\[[^\[\]\s]{1,8}\]"

_ANY_HAN = re.compile(rf"[{_HAN}]")
_ALL_HAN = re.compile(rf"[{_HAN}]+")
_WHOLE_EMOTICON = re.compile(rf"({_EMOTICON})")
_SPACED = re.compile(rf"{_EMOTICON}|\w+(?:['-]\w+)*|.", re.DOTALL)
_TORN = re.compile(rf"['{_BEYOND_ASCII}]")
_WHOLE_WORD = re.compile(
    rf"((?<![{_LETTERS}])(?:"
    rf"[A-Za-z0-9]*[{_BEYOND_ASCII}][{_LETTERS}]*(?:['-][{_LETTERS}]+)*|"
    rf"[{_LETTERS}]+(?:'[{_LETTERS}]+)+))"
)
_WITHIN = re.compile(rf"(?<=[{_LETTERS}])(?=[{_LETTERS}])")
_LETTER = re.compile(r"[^\W\d_]")
_NUMBER = re.compile(
    r"第?[零一二三四五六七八九十百千万亿两几半多]+[个年月日号点分秒元块次天岁杯位]?"
)
_FUNCTION_CHARACTERS = (
    "的了着过吗呢吧啊呀哦嘛么要就都也还又再才很太最更不没有在是把被给跟和与及或但而从到对向为以于"
    "这那哪其之所个些我你他她它您"
)  # fmt: skip


class Words(NamedTuple):
    """How a brand's texts are cut, and which of their words carry meaning."""

    cut: Callable[[str], list[str]]
    """All of a text, piece by piece: words, emoticons such as [泪], spaces, punctuation."""
    meaningful: Callable[[Sequence[str]], tuple[str, ...]]
    """Of the pieces of a text, the words with a meaning, in order, each once."""


_made = count()
"""Tokenizers given out so far in this process."""

_Cut = Callable[[str], list[str]]


def segmenter(dictionary: tuple[str, ...]) -> Callable[[str], tuple[str, ...]]:
    """A function that finds the meaningful words of a text in normal form, as `words_of` does."""
    cut, meaningful = words_of(dictionary)
    return lambda text: meaningful(cut(text))


def words_of(dictionary: tuple[str, ...]) -> Words:
    """How to cut texts in normal form with a brand's `dictionary`, in normal form, as well.

    The pieces make up the text again; lone surrogates alone become question marks. Chinese is cut
    as jieba cuts it, with the brand's words in its dictionary: they are likely enough to stay whole
    and not so likely that they would take a piece of their neighbour. Words of a brand that are not
    all Chinese are whole wherever they begin and end where letters or digits do, with spaces for
    hyphens and the other way round.

    Words without meaning, single characters, numbers and emoticons are not meaningful; words of
    the brand always are, and are given as the dictionary spells them.

    Takes 0.1 s and 24 MB for every brand but the first of a process.
    """
    tokenizer = _tokenizer()
    for word in (*_known_words(), *filter(_ALL_HAN.fullmatch, dictionary)):
        tokenizer.add_word(word, None, None)
    names = [_spaced(word) for word in dictionary if word and not _ALL_HAN.fullmatch(word)]
    cut = partial(_cut, tokenizer.cut)
    if names:
        cut = partial(_around, AhoCorasick(names, store_patterns=False), cut)

    def cut_anything(text: str) -> list[str]:
        try:
            return cut(text)
        except UnicodeEncodeError:
            return cut(text.encode("utf-8", "replace").decode())

    # Posts share most of their words, so that what each of them means is mostly known already.
    meaning = _meanings(tokenizer.has_word, dictionary)
    known: dict[str, str] = {}

    def meaningful(pieces: Sequence[str]) -> tuple[str, ...]:
        meanings = [*map(known.get, pieces)]
        if None in meanings:
            if len(known) > MAX_KNOWN:
                known.clear()
            known.update((piece, meaning(piece)) for piece in pieces if piece not in known)
            meanings = [*map(known.get, pieces)]
        return tuple(islice(filter(None, dict.fromkeys(meanings)), MAX_WORDS))

    return Words(cut_anything, meaningful)


def _around(finder: AhoCorasick, cut: _Cut, text: str) -> list[str]:
    pieces: list[str] = []
    end = 0
    matches = finder.find_matches_as_indexes(_spaced(text), overlapping=True)
    for start, minus_stop in sorted((start, -stop) for _, start, stop in matches):
        whole = not (_WITHIN.match(text, start) or _WITHIN.match(text, -minus_stop))
        if start >= end and whole:
            pieces += cut(text[end:start])
            pieces.append(text[start:-minus_stop])
            end = -minus_stop
    return pieces + cut(text[end:])


def _cut(tokenize: _Cut, text: str) -> list[str]:
    if not _ANY_HAN.search(text):
        return _SPACED.findall(text)
    if "[" in text:
        return _split(_WHOLE_EMOTICON, partial(_cut_words, tokenize), text)
    return _cut_words(tokenize, text)


def _cut_words(tokenize: _Cut, text: str) -> list[str]:
    # Words that a tokenizer for Chinese takes letter by letter, such as café and don't.
    return _split(_WHOLE_WORD, tokenize, text) if _TORN.search(text) else tokenize(text)


def _split(whole: re.Pattern[str], cut: _Cut, text: str) -> list[str]:
    pieces: list[str] = []
    for number, piece in enumerate(whole.split(text)):
        if number % 2:
            pieces.append(piece)
        elif piece:
            pieces += cut(piece)
    return pieces


def _meanings(is_known: Callable[[str], bool], dictionary: tuple[str, ...]) -> Callable[[str], str]:
    own = {_spaced(word): word for word in dictionary}
    empty = _stop_words()

    def meaning(piece: str) -> str:
        if name := own.get(_spaced(piece)):
            return name
        if len(piece) < 2 or piece[0] == "[":
            return ""
        word = piece.removesuffix("'s")
        if not is_known(word):
            # What the HMM invents may have a particle stuck to it: 差要 in 很差要投诉.
            word = word.strip(_FUNCTION_CHARACTERS)
        if word in own:
            return word
        right_length = 1 < len(word) <= MAX_LETTERS
        if not right_length or word in empty or not _LETTER.search(word) or _NUMBER.fullmatch(word):
            return ""
        return word

    return meaning


def _spaced(text: str) -> str:
    return text.replace("-", " ")


@cache
def _stop_words() -> frozenset[str]:
    return frozenset(word for _, word in entries("stop_words.txt"))


@cache
def _known_words() -> tuple[str, ...]:
    return tuple(word for _, word in entries("words_zh.txt"))


def _tokenizer() -> Any:
    # Importing the module makes one already, which its functions belong to. A tokenizer can learn
    # words and not forget them, so that it serves one dictionary and is then thrown away.
    import rjieba

    return rjieba.Jieba() if next(_made) else rjieba
