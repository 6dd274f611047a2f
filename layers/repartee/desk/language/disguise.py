"""Words written so that a filter does not find them: 微 信, 退-款, pаypal, s0rry."""

import re
from functools import cache

from desk.language.offsets import Edit
from language_tables import lines

_HAN = r"\u3400-\u9fff"
_ALONE = re.compile(rf" [{_HAN}](?!\w)")

_LETTERS = r"a-z\u0370-\u052f"
_WORD = re.compile(rf"[{_LETTERS}]{{3,}}")
_LATIN = re.compile(r"[a-z]")
_OTHER = re.compile(r"[\u0370-\u052f]")

_SUSPECT = re.compile(
    rf"[-_*·•|~^.\u0370-\u052f](?:(?<=[{_HAN}][-_*·•|~^.])[{_HAN}a-z]|"
    r"(?<=[a-z][\u0370-\u052f])|(?<=[\u0370-\u052f])[a-z])"
)
"""A separator behind a Han character, or two letters of two alphabets."""

_ZERO = re.compile(r"0(?<=[a-z]0)0?[a-z]")
_ZEROS = re.compile(r"(?<![a-z0-9_./-])[a-z]+(?:0{1,2}[a-z]+)+(?![a-z0-9_/-])")
_NOT_HEX = re.compile(r"[g-z]")


def suspected(text: str) -> bool:
    """Whether `text` may have anything for `spacing` or `homoglyphs`."""
    if "0" in text and _ZERO.search(text):
        return True
    return not text.isascii() and bool(_SUSPECT.search(text) or spaced(text))


def spaced(text: str) -> bool:
    """Whether `text` may have spaces for `spacing`."""
    return " " in text and bool(_ALONE.search(text))


def spacing(text: str) -> list[Edit]:
    """The edits that take out what was put between the characters of a word.

    Single Han characters (and single letters among them) with one and the same separator between
    them twice or more; or once, where without it stands a word that people do hide.
    """
    edits = []
    for match in _spaced().finditer(text):
        word = match[0][::2]
        if (len(word) > 2 and len(_LATIN.findall(word)) <= len(word) - 2) or word in _hidden():
            gaps = range(match.start() + 1, match.end(), 2)
            edits += [Edit("spacing", at, at + 1, "") for at in gaps]
    return edits


def homoglyphs(text: str) -> list[Edit]:
    """The edits that bring words in two alphabets back into one, and zeros among letters to o.

    A word changes to Latin where all its Cyrillic or Greek letters look like Latin ones, and some
    of its Latin letters like none of theirs; and the other way round. All else is left alone.
    """
    edits = []
    if not text.isascii() and _OTHER.search(text):
        to_latin, to_other = _lookalikes()
        for match in _WORD.finditer(text):
            latin, other = set(_LATIN.findall(match[0])), set(_OTHER.findall(match[0]))
            if latin and other:
                if other <= to_latin.keys() and not latin <= to_other.keys():
                    edits += _replaced(match, to_latin)
                elif latin <= to_other.keys() and not other <= to_latin.keys():
                    edits += _replaced(match, to_other)
    if "0" in text and not edits:
        for match in _ZEROS.finditer(text):
            if _NOT_HEX.search(match[0]) and len(match[0]) > 3:
                edits += _replaced(match, {"0": "o"})
    return edits


def _replaced(match: re.Match[str], forms: dict[str, str]) -> list[Edit]:
    return [
        Edit("homoglyph", at, at + 1, forms[c])
        for at, c in enumerate(match[0], match.start())
        if c in forms
    ]


@cache
def _spaced() -> re.Pattern[str]:
    # Takes milliseconds to compile, and few texts need it.
    return re.compile(
        rf"(?<!\w)[{_HAN}](?: [{_HAN}a-z])+(?!\w)"
        rf"|[{_HAN}]([-_*·•|~^.])[{_HAN}a-z](?:\1[{_HAN}a-z])*"
    )


@cache
def _lookalikes() -> tuple[dict[str, str], dict[str, str]]:
    # Latin letters are taken for Cyrillic ones, which people type by accident as well.
    cyrillic, as_latin, greek, greek_as_latin, latin, as_cyrillic = lines("homoglyphs.txt")
    to_latin = dict(zip(cyrillic + greek, as_latin + greek_as_latin, strict=True))
    return to_latin, dict(zip(latin, as_cyrillic, strict=True))


@cache
def _hidden() -> frozenset[str]:
    return frozenset(" ".join(lines("dodged.txt")).split())
