"""Readings that a website put behind characters: 實(shí)時(shí) for 實時."""

import re
from functools import cache

from desk.language.normal import normal
from language_tables import lines

_BRACKETS = re.compile(r"\(([^\W\d_]{1,6})\)")
_LOOKALIKES = str.maketrans("ɡăĕĭŏŭ", "gǎěǐǒǔ")
"""Letters that people take for those of pinyin: the phonetic g, and breves for carons."""

_PROOF = 2
"""Insertions from which it is clear that a text has them."""


def insertions(text: str) -> list[tuple[int, int]]:
    """The spans of `text`, in order, that are readings in brackets, as (start, end).

    One syllable with its tone mark right behind a Han character that is read so. In a text with
    some of these, also behind what a wrong decoding left of a Han character: a single other one
    behind a Han character, as in 手C(jī).
    """
    found = [match for match in _BRACKETS.finditer(text) if not match[1].isascii()]
    if not found:
        return []
    fits = [_is_read(text, match) for match in found]
    debris = sum(fits) >= _PROOF
    return [
        match.span()
        for match, fit in zip(found, fits, strict=True)
        if fit or (debris and _is_behind_debris(text, match))
    ]


def _is_read(text: str, match: re.Match[str]) -> bool:
    character = normal(text[match.start() - 1 : match.start()])
    return bool(character) and character in _readings().get(_syllable(match), "")


def _is_behind_debris(text: str, match: re.Match[str]) -> bool:
    before = text[max(match.start() - 2, 0) : match.start()]
    return bool(
        len(before) == 2
        and _is_han(before[0])
        and not _is_han(before[1])
        and not before[1].isspace()
        and _syllable(match) in _readings()
    )


def _is_han(character: str) -> bool:
    return "\u3400" <= character <= "\u9fff"


def _syllable(match: re.Match[str]) -> str:
    return normal(match[1]).translate(_LOOKALIKES)


@cache
def _readings() -> dict[str, str]:
    rows = (line.split(" ") for line in lines("readings.txt"))
    return {syllable: characters for syllable, characters in rows}
