"""How long a text is, in the unit that a platform counts in."""

from collections.abc import Callable, Mapping
from math import ceil

from desk.rulebook import Limit
from desk.wire import Unit, utf16_length


def length(text: str, unit: Unit) -> int:
    """The length of `text` in `unit`."""
    return _COUNTS[unit](text)


def too_long(text: str, limits: tuple[Limit, ...]) -> Limit | None:
    """The first of `limits` that `text` is beyond, or None."""
    return next((limit for limit in limits if length(text, limit.unit) > limit.most), None)


def _bytes(text: str) -> int:
    return len(text.encode("utf-8", "surrogatepass"))


def _halves(text: str) -> int:
    """Chinese characters, with half a one for each of ASCII: how Weibo counts."""
    return ceil(sum(0.5 if character.isascii() else 1.0 for character in text))


def _graphemes(text: str) -> int:
    """What people see as characters: https://www.unicode.org/reports/tr29/"""
    # Not above: few platforms count so.
    from regex import findall

    return len(findall(r"\X", text))


def _toots(text: str) -> int:
    """As Mastodon counts: any link is 23, and of a name the part of its server does not count.

    https://docs.joinmastodon.org/user/posting/#text
    """
    from regex import sub

    linked = sub(r"https?://[^\s<>\"']+", "x" * 23, text)
    return _graphemes(sub(r"(?<![\w/])(@\w+(?:[\w.-]*\w)?)@[\w.-]*\w", r"\1", linked))


_COUNTS: Mapping[Unit, Callable[[str], int]] = {
    "characters": len,
    "utf16": utf16_length,
    "bytes": _bytes,
    "graphemes": _graphemes,
    "halves": _halves,
    "toots": _toots,
}
