"""How queries and texts are made alike, and what in a query becomes a pattern for RE2."""

import re
from functools import cache, lru_cache
from typing import Protocol

from desk.language.normal import normal

RUN, ANY = "\ue000", "\ue001"
"""In a term, * and ? as wildcards: private characters, which `marked` lets nobody else write."""

MEMORY = 1 << 20
"""Bytes that a compiled expression may take: enough for thousands of characters and repeats."""

_UNSPACED = (
    ("\u0e00", "\u0eff"), ("\u1000", "\u109f"), ("\u1100", "\u11ff"), ("\u1780", "\u17ff"),
    ("\u3040", "\u31ff"), ("\u3400", "\u9fff"), ("\uac00", "\ud7af"), ("\uf900", "\ufaff"),
    ("\U00020000", "\U0003ffff"),
)  # fmt: skip
"""Scripts that put no spaces between words, or join endings to them: Thai to Han and Hangul."""

_RANGES = "".join(f"{first}-{last}" for first, last in _UNSPACED)
_EDGE = rf"[^\pL\pN]|[{_RANGES}]"

_RUN = r"[^\s!-&()+,./:-@\[-^`{-~\x{2010}-\x{2027}\x{3001}-\x{303f}]*"
"""What has no white space or punctuation, but may have what joins words: ' _ * and hyphens."""

_SAME = str.maketrans({"’": "'", "ʼ": "'", "‘": "'", "`": "'", "ё": "е", "“": '"', "”": '"'})
_DIFFERS = re.compile("[’ʼ‘`ё“”]")

_MARKS = re.compile(r"\\(.)|[*＊?？\ue000\ue001]", re.DOTALL)
_PIECES = re.compile(f"([{RUN}{ANY}])")

_PIECE = re.compile(
    r"""
      (?P<ESCAPE>\\[\x00-\x7f] | \[:\^?\w*:\])
    | (?P<BRACKET>\[\^?\]? | \])
    | (?P<RANGE>[^\x00-\x7f]-[^\x00-\x7f])
    | (?P<LETTERS>[^\x00-\x7f\s]+(?![*+?{])) | (?P<LETTER>\\?[^\x00-\x7f])
    """,
    re.VERBOSE,
)


class Compiled(Protocol):
    """What we use of a compiled expression of RE2."""

    def search(self, text: str) -> object | None:
        """A match somewhere in `text`, or None."""
        ...


def folded(text: str) -> str:
    """`text` in the form in which queries and texts meet: normal form, one kind of quotes."""
    return alike(normal(text))


def alike(plain: str) -> str:
    """`folded`, of a text that is in normal form."""
    return plain.translate(_SAME) if _DIFFERS.search(plain) else plain


@lru_cache(maxsize=4096)
def spaced(c: str) -> bool:
    """Whether `c` is a letter or digit of a script with spaces between words."""
    return c.isalnum() and not any(first <= c <= last for first, last in _UNSPACED)


@cache
def unspaced() -> re.Pattern[str]:
    """Finds a character of a script without spaces. Large classes take milliseconds to compile."""
    return re.compile(f"[{_RANGES}]")


@cache
def unit() -> re.Pattern[str]:
    """Finds what NEAR counts: one character of such a script, or one word of any other."""
    return re.compile(f"[{_RANGES}]|[^\\W_{_RANGES}]+")


def marked(written: str, *, quoted: bool) -> str:
    """`written` with RUN for *, with ANY for ? unless it is `quoted`, and without escapes."""
    if not _MARKS.search(written):
        return written

    def mark(found: re.Match[str]) -> str:
        match found[0]:
            case "*" | "＊":
                return RUN
            case "?" | "？":
                return found[0] if quoted else ANY
        return found[1] or ""

    return _MARKS.sub(mark, written)


def pieces(text: str) -> list[str]:
    """The literal pieces of a marked text, and each RUN and ANY between them."""
    return [piece for piece in _PIECES.split(text) if piece]


def within(parts: list[str], *, begins: bool, ends: bool) -> str:
    """The pattern for pieces somewhere in a text.

    RUN is anything but white space and punctuation, ANY one character that can be seen.
    With `begins` and `ends` no letter of a spaced script stands before or after it.
    """
    middle = _joined(parts, run=_RUN, one=r"\S")
    return (f"(?:^|{_EDGE})" if begins else "") + middle + (f"(?:$|{_EDGE})" if ends else "")


def whole(parts: list[str]) -> str:
    """The pattern for pieces that are all of a text; RUN and ANY are any characters."""
    return f"^{_joined(parts, run='.*', one='.')}$"


def _joined(parts: list[str], *, run: str, one: str) -> str:
    return "".join({RUN: run, ANY: one}.get(part) or re.escape(part) for part in parts)


def folded_expression(written: str) -> str:
    r"""A regular expression for folded texts: its letters become what `folded` makes of them.

    Only what is beyond ASCII changes, so that escapes and syntax stay as they are; expressions are
    compiled to match in any case. A full-width sign stands for itself and not for syntax, and the
    ends of a range such as [一-龥] stay where they are.
    """
    parts = []
    inside = False
    end = 0
    for found in _PIECE.finditer(written):
        parts.append(written[end : found.start()])
        piece, end = found.group(), found.end()
        match found.lastgroup:
            case "BRACKET":
                inside = piece != "]"
            case "RANGE" if inside:
                narrow = folded(piece)
                piece = narrow if narrow.isascii() else piece
            case "LETTERS" | "RANGE" if not inside:  # what a letter becomes can depend on the next
                piece = re.escape(folded(piece))
            case "LETTERS" | "LETTER":
                piece = "".join(_letter(c, inside) for c in piece.removeprefix("\\"))
        parts.append(piece)
    return "".join((*parts, written[end:]))


@lru_cache(maxsize=1024)
def expression(pattern: str) -> Compiled:
    """`pattern` compiled, to match in any case. ValueError where RE2 refuses it."""
    import re2  # most rules need none, and it takes a hundredth of a second

    options = re2.Options()
    options.case_sensitive = False
    options.log_errors = False
    options.max_mem = MEMORY
    options.never_capture = True
    try:
        compiled: Compiled = re2.compile(pattern, options)
    except re2.error as error:
        raise ValueError(error.args[0].decode("utf-8", "replace")) from None
    return compiled


def compiles(pattern: str) -> bool:
    """Whether RE2 takes `pattern`, and it is small enough."""
    try:
        expression(pattern)
    except ValueError:
        return False
    return True


def _letter(c: str, inside: bool) -> str:
    alone = " " if c.isspace() else re.escape(folded(c))
    return alone if c.isascii() or inside or len(folded(c)) < 2 else f"(?:{alone})"
