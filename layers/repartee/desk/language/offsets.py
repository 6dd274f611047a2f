"""How a text came about from another, edit by edit, and so where each of its characters is from."""

from collections.abc import Iterable, Iterator
from itertools import accumulate, chain
from re import Pattern
from typing import Literal, NamedTuple
from unicodedata import category, is_normalized, normalize

from desk.language.normal import WHITE_SPACE, shown, shown_alone, without_piles

Step = Literal[
    "invisible", "compatible", "simplified", "case", "space", "markup", "link", "repost", "handle",
    "hashtag", "pinyin", "spacing", "homoglyph", "elongation",
]  # fmt: skip
"""What an edit was made for; the first five are what `normal` does."""


class Edit(NamedTuple):
    """A span of a text, what replaces it, and why. Edits of one text are in order and apart."""

    step: Step
    start: int
    end: int
    text: str


class Blank(NamedTuple):
    """What a pattern finds becomes a space; its only group is what was found."""

    step: Step
    pattern: Pattern[str]


Stage = tuple[str, tuple[Edit, ...] | Blank | None]
"""A text and what was edited in it; None stands for all that `normal` does."""


class Origins(NamedTuple):
    """By character of a text: the span of the original that it stands for. Both ascend."""

    starts: list[int]
    ends: list[int]


def applied(text: str, edits: Iterable[Edit]) -> str:
    """`text` with `edits` made."""
    pieces: list[str] = []
    at = 0
    for edit in edits:
        pieces += text[at : edit.start], edit.text
        at = edit.end
    return "".join((*pieces, text[at:]))


def blanks(text: str, blank: Blank) -> Iterator[Edit]:
    """The edits that `blank` stands for in `text`."""
    for match in blank.pattern.finditer(text):
        yield Edit(blank.step, *match.span(), " ")


def every_edit(stages: Iterable[Stage]) -> Iterable[tuple[str, tuple[Edit, ...]]]:
    """The texts and edits behind `stages`, with those of patterns and of `normal` spelt out."""
    for text, edits in stages:
        if edits is None:
            yield from _normalising(text)
        elif isinstance(edits, Blank):
            yield text, tuple(blanks(text, edits))
        else:
            yield text, edits


def origins(length: int) -> Origins:
    """Those of a text of `length` characters that nothing was done to."""
    return Origins([*range(length)], [*range(1, length + 1)])


def span(found: Origins, start: int, end: int) -> tuple[int, int]:
    """Where `start` to `end` are from: an empty span is from behind what is left of it.

    Within what one character became it is from all of that character.
    """
    if start < end:
        return found.starts[start], found.ends[end - 1]
    left = found.ends[start - 1] if start else 0
    right = found.starts[start] if start < len(found.starts) else left
    return min(left, right), left


def edited(found: Origins, edits: Iterable[Edit]) -> Origins:
    """The origins after `edits`, from those before."""
    starts: list[int] = []
    ends: list[int] = []
    at = 0
    for edit in edits:
        first, last = span(found, edit.start, edit.end)
        starts += found.starts[at : edit.start] + [first] * len(edit.text)
        ends += found.ends[at : edit.start] + [last] * len(edit.text)
        at = edit.end
    return Origins(starts + found.starts[at:], ends + found.ends[at:])


def _normalising(text: str) -> Iterable[tuple[str, tuple[Edit, ...]]]:
    # What normal.normal does, in its order, and each time the same text in pieces that nothing
    # reaches across. Only a piece's length is taken from it: its text is from the whole.
    forms = [*map(shown_alone, text)]
    whole = shown(text).lower()
    yield text, _edits(text, text, forms, whole)
    text = whole
    if not is_normalized("NFKC", text):
        whole = shown(normalize("NFKC", without_piles(text))).lower()
        pieces = _composing(text)
        forms = [shown(normalize("NFKC", without_piles(piece))).lower() for piece in pieces]
        yield text, _edits(text, pieces, forms, whole)
        text = whole
    found = (*WHITE_SPACE.finditer(text),)
    ends = 0, len(text)
    forms = ["" if gap.start() in ends or gap.end() in ends else " " for gap in found]
    yield (
        text,
        tuple(
            Edit("space", gap.start(), gap.end(), form)
            for gap, form in zip(found, forms, strict=True)
            if gap[0] != form
        ),
    )


def _edits(text: str, pieces: Iterable[str], forms: list[str], whole: str) -> tuple[Edit, ...]:
    if sum(map(len, forms)) != len(whole):
        return (Edit("compatible", 0, len(text), whole),)
    edits = []
    at = 0
    for piece, form, end in zip(pieces, forms, accumulate(map(len, forms)), strict=True):
        now = whole[end - len(form) : end]
        if now != piece:
            edits.append(Edit(_step(piece, now), at, at + len(piece), now))
        at += len(piece)
    return tuple(edits)


def _step(piece: str, now: str) -> Step:
    if not now:
        return "invisible"
    if piece.lower() == now:
        return "case"
    return "simplified" if piece[0] > "\u2e80" and "\u2e80" < now < "\uff00" else "compatible"


def _composing(text: str) -> list[str]:
    # Cut before every character that composes with nothing before it.
    cuts = [at for at, c in enumerate(text) if not _joins(c)]
    if not cuts or cuts[0]:
        cuts = [0, *cuts]
    return [text[a:b] for a, b in zip(cuts, chain(cuts[1:], [len(text)]), strict=True)]


def _joins(c: str) -> bool:
    if c < "\u0300":
        return False
    first = normalize("NFKD", c)[:1]
    return (
        category(first) in ("Mn", "Mc", "Me")
        or "\u1160" <= first <= "\u11ff"
        or ("\U00016d63" <= first <= "\U00016d6a")
    )
