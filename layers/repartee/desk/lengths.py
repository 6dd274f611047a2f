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


_COUNTS: Mapping[Unit, Callable[[str], int]] = {
    "characters": len,
    "utf16": utf16_length,
    "bytes": _bytes,
    "halves": _halves,
}
