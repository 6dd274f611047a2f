"""How long a text is, in the unit that a platform counts in."""

import re
from collections.abc import Callable, Mapping
from functools import cache
from math import ceil
from typing import TYPE_CHECKING
from unicodedata import normalize

from desk.links import links
from desk.rulebook import Limit
from desk.wire import Unit, utf16_length

if TYPE_CHECKING:
    import regex

LINK = 23
"""What a link counts on X and on Mastodon, however long it is."""
# https://github.com/twitter/twitter-text/blob/master/config/v3.json: these count 1, all others 2
_LIGHT = ((0, 4351), (8192, 8205), (8208, 8223), (8242, 8247))
# https://github.com/mastodon/mastodon/blob/main/app/models/account.rb: of a remote name the rest
# is free
_REMOTE = re.compile(
    r"(?<![=/\w])(@[a-z0-9_]+(?:[a-z0-9_.-]+[a-z0-9_]+)?)@[\w.-]+\w", re.IGNORECASE
)


def length(text: str, unit: Unit) -> int:
    """The length of `text` in `unit`."""
    return _COUNTS[unit](text)


def too_long(text: str, limits: tuple[Limit, ...]) -> Limit | None:
    """The first of `limits` that `text` is beyond, or None."""
    return next((limit for limit in limits if length(text, limit.unit) > limit.most), None)


def bearable(text: str) -> bool:
    """Whether a post on X may have these characters: no byte order mark, and no noncharacter.

    https://github.com/twitter/twitter-text/blob/master/js/src/regexp/invalidCharsGroup.js
    """
    return bool(text) and not any(mark in text for mark in "\ufffe\ufeff\uffff")


def _bytes(text: str) -> int:
    return len(text.encode("utf-8", "surrogatepass"))


def _halves(text: str) -> int:
    """Chinese characters, with half a one for each of ASCII: how Weibo counts."""
    return ceil(sum(0.5 if character.isascii() else 1.0 for character in text))


def _graphemes(text: str) -> int:
    """What a reader takes for one character: https://unicode.org/reports/tr29/"""
    return len(_patterns()[0].findall(text))


def _weighted(text: str) -> int:
    """X's weights: a link is 23, an emoji 2 whatever it is made of, CJK 2, most scripts 1.

    https://docs.x.com/fundamentals/counting-characters
    """
    text = normalize("NFC", text)
    total, place = 0, 0
    ends = {link.start: link.end for link in links(text)}
    emoji = {match.start(): match.end() for match in _patterns()[1].finditer(text)}
    while place < len(text):
        if place in ends:
            total, place = total + LINK, ends[place]
        elif place in emoji:
            total, place = total + 2, emoji[place]
        else:
            light = any(first <= ord(text[place]) <= last for first, last in _LIGHT)
            total, place = total + (1 if light else 2), place + 1
    return total


def _emoji_bytes(text: str) -> int:
    """Characters, but of each emoji the bytes of its UTF-8: how Threads counts.

    https://developers.facebook.com/docs/threads/posts
    """
    extra = sum(_bytes(emoji) - len(emoji) for emoji in _patterns()[1].findall(text))
    return len(text) + extra


def _toots(text: str) -> int:
    """Graphemes, but a link is 23, and of a name on another server its `@host` is free.

    https://docs.joinmastodon.org/user/posting/#text
    """
    for link in reversed(links(text, bare=False)):
        text = text[: link.start] + "x" * LINK + text[link.end :]
    return _graphemes(_REMOTE.sub(r"\1", text))


@cache
def _patterns() -> tuple["regex.Pattern[str]", "regex.Pattern[str]"]:
    """What finds a grapheme, and an emoji: https://unicode.org/reports/tr51/#EBNF_and_Regex"""
    # Not above, as the webhook function imports what imports this and counts nothing.
    import regex

    # A pictograph with U+FE0E is text; © and ® are emoji only with U+FE0F.
    one = (
        r"(?:[©®]\uFE0F|(?![©®])\p{Extended_Pictographic}"
        r"(?:\p{Emoji_Modifier}|\uFE0F?\u20E3?(?!\uFE0E)))[\U000E0020-\U000E007F]*"
    )
    emoji = rf"[0-9#*]\uFE0F?\u20E3|\p{{Regional_Indicator}}{{1,2}}|{one}(?:\u200D{one})*"
    return regex.compile(r"\X"), regex.compile(emoji)


_COUNTS: Mapping[Unit, Callable[[str], int]] = {
    "characters": len,
    "utf16": utf16_length,
    "bytes": _bytes,
    "graphemes": _graphemes,
    "weighted": _weighted,
    "halves": _halves,
    "emoji_bytes": _emoji_bytes,
    "toots": _toots,
}
