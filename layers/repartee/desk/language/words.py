"""The words of a text that carry meaning: what topics are counted from."""

import logging
import re
import warnings
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

from desk.language.lexicon import Lexicon, entries, find, lexicon

MAX_WORDS = 100
"""Different words that one text may have."""

MAX_RUN = 250
"""Characters in a row that jieba is given: time and memory of its HMM grow with their square."""

_HAN = r"\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_LETTERS = r"a-z0-9\u00df-\u024f\u0370-\u052f"
_PIECE = re.compile(rf"([{_HAN}]+)|[{_LETTERS}]+(?:['-][{_LETTERS}]+)*")
_ALL_HAN = re.compile(rf"[{_HAN}]+")
_EMOTICON = re.compile(r"\[[^\[\]\s]{1,8}\]")
_NUMBER = re.compile(
    r"[\d'-]+|第?[零一二三四五六七八九十百千万亿两几半多]+[个年月日号点分秒元块次天岁杯位]?"
)
_FUNCTION_CHARACTERS = (
    "的了着过吗呢吧啊呀哦嘛么要就都也还又再才很太最更不没有在是把被给跟和与及或但而从到对向为以于"
    "这那哪其之所个些我你他她它您"
)  # fmt: skip


def segmenter(dictionary: tuple[str, ...]) -> Callable[[str], tuple[str, ...]]:
    """A function that finds the words of a text in normal form, in order, each once.

    Chinese is cut by jieba with the words of `dictionary` (a brand's, in normal form) beside its
    own; words without meaning, single Han characters, numbers and emoticons are left out. Words of
    `dictionary` always stay, whole, and their neighbours stay words of their own.
    """
    own = frozenset(dictionary)
    cutter = _cutter(word for word in dictionary if _ALL_HAN.fullmatch(word))
    names = lexicon(
        ("name", word.replace(" ", "_")) for word in dictionary if not _ALL_HAN.fullmatch(word)
    )

    def words(text: str) -> tuple[str, ...]:
        found: dict[str, None] = {}
        for word in _tokens(_EMOTICON.sub(" ", text), cutter, names):
            if word in own or _means_something(word):
                found[word] = None
                if len(found) == MAX_WORDS:
                    break
        return tuple(found)

    return words


def _tokens(text: str, cutter: Any, names: Lexicon) -> Iterator[str]:
    end = 0
    for name in find(names, text):
        yield from _cut(text[end : name.start], cutter)
        yield name.word.replace("_", " ")
        end = name.end
    yield from _cut(text[end:], cutter)


def _cut(text: str, cutter: Any) -> Iterator[str]:
    for piece in _PIECE.finditer(text):
        if not piece[1]:
            yield piece[0]
            continue
        # HMM, because topics are made by words that no dictionary has yet. What it invents may have
        # a particle stuck to it (差要 in 很差要投诉): that comes off.
        for start in range(0, len(piece[0]), MAX_RUN):
            for word in cutter.cut(piece[0][start : start + MAX_RUN], HMM=True):
                yield word if cutter.FREQ.get(word) else word.strip(_FUNCTION_CHARACTERS)


def _means_something(word: str) -> bool:
    return len(word) > 1 and word not in _stop_words() and not _NUMBER.fullmatch(word)


@cache
def _stop_words() -> frozenset[str]:
    return frozenset(word for _, word in entries("stop_words.txt"))


def _cutter(words: Iterator[str]) -> Any:
    # A tokenizer of its own for each brand; the half million words behind it are loaded once.
    base = _dictionary()
    cutter = type(base)()
    cutter.FREQ, cutter.total, cutter.initialized = base.FREQ.copy(), base.total, True
    for word in words:
        cutter.add_word(word)
    return cutter


@cache
def _dictionary() -> Any:
    # Not `initialize()`, which logs to stderr and leaves a cache file behind.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # escapes in its source that Python warns of
        import jieba

    jieba.setLogLevel(logging.WARNING)
    base = jieba.Tokenizer()
    base.FREQ, base.total = base.gen_pfdict(base.get_dict_file())
    base.initialized = True
    for _, word in entries("words_zh.txt"):
        base.add_word(word)
    return base
