"""The one form in which texts are matched: visible, compatible, simplified, lower case."""

import re
import unicodedata
from functools import cache

from language_tables import lines

MAX_MARKS = 30
"""Combining marks in a row, as in Unicode's stream-safe format (UAX #15, section 13)."""

_ADDRESS = re.compile(r"(?:https?://|www\.)[!-~]+|&#?[a-z0-9]{1,8};", re.IGNORECASE)
_HANDLE = re.compile(r"@(?:[\w.-]{1,24}(?=[\s:,/@])|[\w.-]{1,12}$|[A-Za-z0-9_.-]+)")
_INVISIBLE = (
    (0x00, 0x08), (0x0E, 0x1B), (0x7F, 0x84), (0x86, 0x9F),  # controls that are no white space
    (0xAD, 0xAD), (0x34F, 0x34F), (0x61C, 0x61C), (0x115F, 0x1160), (0x17B4, 0x17B5),
    (0x180B, 0x180F), (0x200B, 0x200F), (0x202A, 0x202E), (0x2060, 0x206F), (0x3164, 0x3164),
    (0xD800, 0xDFFF), (0xFDD0, 0xFDEF), (0xFE00, 0xFE0F), (0xFEFF, 0xFEFF), (0xFFA0, 0xFFA0),
    (0xFFF0, 0xFFFB), (0xFFFD, 0xFFFF), (0xE0000, 0xE0FFF),
)  # fmt: skip


def normal(text: str) -> str:
    """`text` as everything matches it: the same for all ways of writing the same words.

    Characters that are invalid or cannot be seen (bidi, zero width, tags, variation selectors, lone
    surrogates) are gone, NFKC is applied, Traditional characters are simplified one by one, curved
    apostrophes are straight, letters are lower case, runs of white space are one space, and none is
    left at the ends. Linear in the length of `text`; normal(normal(x)) == normal(x).
    """
    if not text.isascii() or not text.isprintable():
        text = text.translate(_table())
    text = text.lower()
    if not unicodedata.is_normalized("NFKC", text):
        text = unicodedata.normalize("NFKC", _without_piles(text)).translate(_table()).lower()
    return " ".join(text.split())


def prose(text: str) -> str:
    """`text` without web addresses, HTML entities and @handles: only what somebody says.

    A handle ends at white space, a colon, a comma, a slash or the end. In Chinese, where people
    write on without any of these, no more than its Latin letters can be told from what follows.
    """
    if "@" in text:
        text = _HANDLE.sub(" ", text)
    return _ADDRESS.sub(" ", text)


@cache
def _table() -> dict[int, str | None]:
    # Full-width forms and the ellipsis are NFKC's business, but nearly every Chinese text has one,
    # and a table that does them spares it the whole of NFKC.
    traditional, simplified, *_ = lines("characters.txt")
    table: dict[int, str | None] = {ord(c): chr(ord(c) - 0xFEE0) for c in _full_width()}
    table |= {0x3000: " ", 0x2026: "...", 0x2019: "'", 0x2BC: "'"}
    table |= {code: None for first, last in _INVISIBLE for code in range(first, last + 1)}
    table |= dict(zip(map(ord, traditional), simplified, strict=True))
    return table


def _full_width() -> str:
    return "".join(map(chr, range(0xFF01, 0xFF5F)))


def _without_piles(text: str) -> str:
    # Sorting marks takes CPython time quadratic in the length of a run of them.
    kept = []
    run = 0
    for c in text:
        run = run + 1 if unicodedata.combining(c) else 0
        if run <= MAX_MARKS:
            kept.append(c)
    return "".join(kept)
