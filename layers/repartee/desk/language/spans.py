"""The parts of a mixed text, each with its language and where it stands."""

import re
from collections.abc import Iterator
from itertools import groupby
from typing import NamedTuple

from desk.language.identify import NOT_SAID, language
from desk.mention import Language

_RUN = re.compile(
    r"(?P<latin>[A-Za-z\u00c0-\u024f\u1e00-\u1eff]+(?:['’_][A-Za-z]+)*)"
    r"|(?P<han>[々〇\u3041-\u3096\u30a1-\u30fa\u30fc\u3105-\u312f\u3400-\u4dbf\u4e00-\u9fff]+)"
    r"|(?P<cyrillic>[\u0400-\u052f]+(?:['’ʼ`][\u0400-\u052f]+)*)"
    r"|(?P<foreign>[\u0370-\u03ff\u0531-\u18ff\u1f00-\u1fff\ua000-\ua4cf\uac00-\ud7a3]+)"
)
_SENTENCE = re.compile(r"[^.!?。！？…\n]+[.!?。！？…\n]*")
_SMALL_WORDS = frozenset(
    [
        *("a", "an", "and", "are", "at", "be", "but", "by", "can", "do", "don't", "for", "from"),
        *("have", "how", "i", "i'm", "in", "is", "it", "it's", "me", "my", "no", "not", "of", "on"),
        *("or", "our", "so", "that", "the", "they", "this", "to", "very", "was", "we", "what"),
        *("when", "why", "with", "you", "your"),
    ]
)

WORDS = 3
"""In Latin letters, beside another script: fewer are names and borrowed words."""

LETTERS = 2
"""In any other script: one is an ornament, as in ¯\\_(ツ)_/¯."""

SENTENCE = {"latin": 20, "han": 6, "cyrillic": 14, "foreign": 20}
"""By script: characters of a sentence whose language may differ from its neighbours'."""


_SPOKEN: dict[str, tuple[Language, ...]] = {
    "latin": ("en", "other"),
    "han": ("zh-Hans", "zh-Hant", "yue", "ja"),
    "cyrillic": ("uk", "ru", "other"),
    "foreign": ("other",),
}


class Span(NamedTuple):
    """A part of a text and its language; offsets count characters, and `end` is past the last."""

    language: Language
    start: int
    end: int


class _Run(NamedTuple):
    script: str
    start: int
    end: int


def spans(text: str) -> tuple[Span, ...]:
    """The parts of `text` by script and language, in order, without gaps; none of an empty text.

    What is no letter belongs to the part before it, and so do words in Latin letters that do not
    read as a phrase: fewer than three, or names. A text with one part has the language that
    `language` gives it. Linear in the length.
    """
    if not text:
        return ()
    said = NOT_SAID.sub(lambda found: " " * len(found[0]), text)
    pieces = [_Run(found.lastgroup or "", *found.span()) for found in _RUN.finditer(said)]
    runs = [*_runs(said, pieces)]
    wholes = {script: _whole(said, pieces, script) for script in {run.script for run in runs}}
    parts = [part for run in runs for part in _sentences(said, run, wholes[run.script])]
    merged = [next(same) for _, same in groupby(parts, key=lambda part: part.language)]
    if len(merged) < 2:
        return (Span(language(text), 0, len(text)),)
    starts = [0, *(part.start for part in merged[1:]), len(text)]
    return tuple(
        Span(part.language, start, end)
        for part, start, end in zip(merged, starts, starts[1:], strict=False)
    )


def _runs(said: str, pieces: list[_Run]) -> Iterator[_Run]:
    runs = []
    for script, same in groupby(pieces, key=lambda piece: piece.script):
        found = [*same]
        if _tells(script, [said[piece.start : piece.end] for piece in found]):
            runs.append(_Run(script, found[0].start, found[-1].end))
    for script, close in groupby(runs, key=lambda run: run.script):
        joined = [*close]
        yield _Run(script, joined[0].start, joined[-1].end)


def _tells(script: str, words: list[str]) -> bool:
    if script != "latin":
        return max(map(len, words)) >= LETTERS
    if len(words) < WORDS:
        return False
    if any(word.lower().replace("’", "'") in _SMALL_WORDS for word in words):
        return True
    return 2 * sum(word[0].islower() and word.islower() for word in words) > len(words)


def _whole(said: str, pieces: list[_Run], script: str) -> Language:
    return language(" ".join(said[it.start : it.end] for it in pieces if it.script == script))


def _sentences(said: str, run: _Run, whole: Language) -> Iterator[Span]:
    # A short sentence says too little of its language to differ from the rest.
    start, spoken = run.start, whole
    for found in _SENTENCE.finditer(said, run.start, run.end):
        if len(found[0]) < SENTENCE[run.script]:
            continue
        own = language(found[0], whole)
        if own != spoken and own in _SPOKEN[run.script]:
            first = _RUN.search(said, *found.span())
            at = first.start() if first else found.start()
            if at > start:
                yield Span(spoken, start, at)
            start, spoken = at, own
    yield Span(spoken, start, run.end)
