"""Fields of a query: channel:line, language:(zh OR en), followers:>1000, hashtag:茶*."""

import re
from math import inf, nextafter
from typing import get_args

from desk.conditions import Either, Field, Pattern, Query, QueryError, Range
from desk.mention import Aspect, Intent, Language, Sentiment, Tone
from desk.patterns import ANY, RUN, compiles, folded, marked, pieces, whole

_CLOSED: dict[str, tuple[str, ...]] = {
    "language": (*get_args(Language), "zh"),
    "sentiment": get_args(Sentiment),
    "intent": get_args(Intent),
    "tone": get_args(Tone),
    "aspect": get_args(Aspect),
    "verified": ("true", "false"),
}
"""What these fields may be asked for."""

_NUMBERS = {"followers": inf, "influence": 100.0}
"""Fields with numbers from 0 to this."""

NAMES = ("channel", *_CLOSED, "author", "hashtag", "link", *_NUMBERS)

_NUMBER = re.compile(r"(>=|<=|[<>≥≤])?\s*(\d{1,15})", re.ASCII)
_SPAN = re.compile(r"\[\s*(\d{1,15}|\*)\s+to\s+(\d{1,15}|\*)\s*\]", re.ASCII)
_VALUE = re.compile(r'["＂“「](?:[^"＂”」\\]|\\.)*["＂”」]|\[[^\]]*\]|[^\s]+', re.DOTALL)


def condition(written: str, column: int) -> Query:
    """What `name:value`, `name:(a OR b)` or `name:[1 TO 5]` asks for.

    `column` is where it stands in its query. Raises QueryError.
    """
    name, colon, value = written.replace("：", ":", 1).partition(":")
    name = name.lower()
    if name not in NAMES:
        known = ", ".join(f"{field}:" for field in NAMES)
        message = f"no field {name}: it is one of {known}; a text with a colon goes in quotes"
        raise QueryError(column, message)
    column += len(name) + len(colon)
    if value[:1] not in ("(", "（"):
        return _asked(name, value, column)
    found = [*_VALUE.finditer(value, 1, len(value) - 1)]
    parts = [_asked(name, one[0], column + one.start()) for one in found[::2]]
    stray = next((one for one in found[1::2] if one[0] not in ("OR", "ＯＲ")), None)
    if stray or len(found) % 2 == 0:
        at = stray.start() if stray else len(value) - 1
        raise QueryError(column + at, f"the values of {name} are joined by OR, as in (a OR b)")
    return Either(tuple(parts)) if len(parts) > 1 else parts[0]


def _asked(name: str, value: str, column: int) -> Query:
    quoted = value[:1] in tuple('"＂“「')
    value = value[1:-1] if quoted else value
    if not folded(value):
        raise QueryError(column, f"{name}: needs a value")
    if name in _NUMBERS:
        return _range(name, folded(value), column)
    if name in _CLOSED:
        spellings = {allowed.lower(): allowed for allowed in _CLOSED[name]}
        if folded(value) not in spellings:
            raise QueryError(column, f"{name} is one of {', '.join(_CLOSED[name])}")
        return Field(name, spellings[folded(value)])
    if name in ("channel", "link"):
        return Field(name, folded(value))
    return _named(name, value, quoted, column)


def _named(name: str, value: str, quoted: bool, column: int) -> Query:
    """A field that is a name; * and ? are wildcards in it."""
    text = folded(marked(value, quoted=quoted)).removeprefix("@").strip("#")
    parts = pieces(text)
    if not any(part not in (RUN, ANY) for part in parts):
        raise QueryError(column, f"{name}: needs a value with something that can be seen")
    if len(parts) == 1:
        return Field(name, text)
    if not compiles(pattern := whole(parts)):
        raise QueryError(column, f"too many * and ? in {name}:")
    return Pattern(name, pattern)


def _range(name: str, text: str, column: int) -> Range:
    most = _NUMBERS[name]
    if found := _NUMBER.fullmatch(text):
        number = float(found[2])
        least, most = {
            ">": (nextafter(number, inf), most),
            ">=": (number, most),
            "≥": (number, most),
            "<": (0.0, nextafter(number, -inf)),
            "<=": (0.0, number),
            "≤": (0.0, number),
            None: (number, number),
        }[found[1]]
    elif found := _SPAN.fullmatch(text):
        number = 0.0 if found[1] == "*" else float(found[1])
        least, most = number, most if found[2] == "*" else float(found[2])
        if least > most:
            raise QueryError(column, f"{name}: the smaller number comes first")
    else:
        message = f"{name} takes a number, as in {name}:>50, {name}:<=50 or {name}:[50 TO 90]"
        raise QueryError(column, message)
    if number > _NUMBERS[name]:
        raise QueryError(column, f"{name} is at most {_NUMBERS[name]:g}")
    return Range(name, least, most)
