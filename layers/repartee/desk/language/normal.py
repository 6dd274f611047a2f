"""The one form in which texts are matched: visible, compatible, simplified, lower case."""

import re
import unicodedata
from functools import cache

from language_tables import lines

MAX_MARKS = 30
"""Combining marks in a row, as in Unicode's stream-safe format (UAX #15, section 13)."""

WHITE_SPACE = re.compile(r"\s+")
"""What becomes one space, or nothing at the ends."""

_UNSEEN = (
    (0x00, 0x08), (0x0E, 0x1B), (0x7F, 0x84), (0x86, 0x9F),  # controls that are no white space
    (0xAD, 0xAD), (0x34F, 0x34F), (0x61C, 0x61C), (0x115F, 0x1160), (0x17B4, 0x17B5),
    (0x180B, 0x180F), (0x200B, 0x200F), (0x202A, 0x202E), (0x2060, 0x206F), (0x20E3, 0x20E3),
    (0x3164, 0x3164), (0xD800, 0xDFFF), (0xFDD0, 0xFDEF), (0xFE00, 0xFE0F), (0xFEFF, 0xFEFF),
    (0xFFA0, 0xFFA0), (0xFFF0, 0xFFFB), (0xFFFD, 0xFFFF),
    (0x1F3FB, 0x1F3FF),  # what only varies another emoji, as selectors and key caps do
    (0xE0000, 0xE0FFF),
)  # fmt: skip

_HIDDEN = re.compile(f"[{''.join(f'{chr(first)}-{chr(last)}' for first, last in _UNSEEN)}]")

# Characters whose simplified form depends on the word. Each pattern is for a text in which all
# others are simplified, and looks no further than the neighbours, so that once is enough.
_BY_WORD = {
    "著": (
        re.compile(
            "(?<![显名原论专编译巨遗土昭卓拙])著(?![名作称述者录])|"
            "(?<=[看听拿带跟随沿围绕朝冲对等接])著"
        ),
        "着",
    ),
    "覆": (re.compile("(?<=[回答反批函重覆])覆|覆(?=[盘命信电])"), "复"),
    "藉": (re.compile("(?<![慰狼枕蕴])藉"), "借"),
    "祇": (re.compile("(?<!神)祇"), "只"),
    "彷": (re.compile("彷(?=佛)"), "仿"),
    "俱": (re.compile("(?<=家)俱"), "具"),
    "呆": (_STAY := re.compile("(?<!发)呆(?=[着著])"), "待"),
    "獃": (_STAY, "待"),
    "座": (re.compile("座(?=标)"), "坐"),
    "鍊": (re.compile("(?<=[项手脚铁锁拉])炼"), "链"),
}

_DEPENDENT = re.compile(f"[{''.join(_BY_WORD)}]")

_FEW = 40
"""So many different characters are replaced one after the other sooner than all at once."""


def normal(text: str) -> str:
    """`text` as everything matches it: the same for all ways of writing the same words.

    Characters that are invalid or cannot be seen (bidi, zero width, tags, variation selectors, skin
    tones, lone surrogates) are gone, NFKC is applied, Traditional characters and their variants are
    simplified one by one, curved apostrophes are straight, letters are lower case, runs of white
    space are one space, and none is left at the ends. Linear in the length of `text`;
    normal(normal(x)) == normal(x).
    """
    if text.isascii() and text.isprintable():
        return " ".join(text.lower().split())
    text = shown(text).lower()
    if not unicodedata.is_normalized("NFKC", text):
        text = shown(unicodedata.normalize("NFKC", without_piles(text))).lower()
    return " ".join(text.split())


def seen(text: str) -> str:
    """`text` without what is invalid or cannot be seen, and otherwise as it was."""
    return _HIDDEN.sub("", text) if _HIDDEN.search(text) else text


def rejoined(text: str) -> str:
    """normal(text), sooner, for what is put together from spaces and parts of texts in this form.

    Nothing composes with a space, so that only words that decide on a character can change more.
    """
    return normal(text) if _DEPENDENT.search(text) else " ".join(text.split())


def shown(text: str) -> str:
    """`text` without what cannot be seen, its full-width forms narrow, its characters simplified.

    The step of `normal` that goes by a table.
    """
    letters, known = _letters()
    found = {*known.findall(text)}
    if len(found) > _FEW:
        text = text.translate(_table())
    else:
        for c in found:
            text = text.replace(c, letters.get(c, ""))
    for c in found & _BY_WORD.keys():
        pattern, simplified = _BY_WORD[c]
        text = pattern.sub(simplified, text)
    return text


def shown_alone(character: str) -> str:
    """One character as `shown` and lower case make it, but for what its neighbours decide."""
    letters, known = _letters()
    return letters.get(character, "" if known.match(character) else character).lower()


def without_piles(text: str) -> str:
    """`text` with no more than MAX_MARKS combining marks in a row.

    Sorting marks takes CPython time quadratic in the length of a run of them.
    """
    kept = []
    run = 0
    for c in text:
        run = run + 1 if unicodedata.combining(c) else 0
        if run <= MAX_MARKS:
            kept.append(c)
    return "".join(kept)


@cache
def _letters() -> tuple[dict[str, str], re.Pattern[str]]:
    # What characters become, and a set of these and of the unseen, which `re` looks for faster than
    # a dictionary can. Full-width forms and the ellipsis are NFKC's business, but nearly every
    # Chinese text has one, and a table that does them spares it the whole of NFKC.
    traditional, simplified, *_ = lines("characters.txt")
    letters = {chr(code): chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}
    letters |= {"\u3000": " ", "\u2026": "...", "\u2019": "'", "\u02bc": "'"}
    letters |= zip(traditional, simplified, strict=True)
    letters |= {c: c for c in _BY_WORD.keys() - letters.keys()}
    return letters, re.compile(f"[{''.join(letters)}{_HIDDEN.pattern[1:]}")


@cache
def _table() -> dict[int, str]:
    table = {code: "" for first, last in _UNSEEN for code in range(first, last + 1)}
    return table | {ord(c): form for c, form in _letters()[0].items()}
