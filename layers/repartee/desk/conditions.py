"""What a query consists of, what it is asked about, and whether it holds."""

import re
from bisect import bisect_left
from collections.abc import Callable, Collection, Iterator
from typing import NamedTuple

from desk.mention import Author, Reading
from desk.patterns import alike, expression, folded, spaced, unit, unspaced

_HOST = re.compile(r"[\w-]+(?:\.[\w-]+)+")
_HOST_OF = re.compile(r"(?:[a-z][a-z0-9+.-]*://)?(?:[^/?#@]*@)?([^/?#:]+)")
_LINK = re.compile(r"(?:https?://|www\.)[!-~]+")
_TAG = re.compile(r"[\w'-]+")


class QueryError(ValueError):
    """A query that cannot be read: `column`, counted from 1, and what would be right there."""

    def __init__(self, column: int, message: str) -> None:
        super().__init__(f"column {column}: {message}")
        self.column = column
        self.message = message


class Term(NamedTuple):
    """A word or phrase in its folded form, and whether a word must begin or end where it does."""

    text: str
    begins: bool
    ends: bool


class Wildcard(NamedTuple):
    """A word or phrase with gaps: a pattern for RE2, and its longest literal piece."""

    pattern: str
    literal: str


class Expression(NamedTuple):
    """A regular expression, for folded texts."""

    pattern: str


class Near(NamedTuple):
    """One of the left and one of the right, with at most `distance` units between them."""

    left: tuple[Term, ...]
    right: tuple[Term, ...]
    distance: int


class Field(NamedTuple):
    """Something that the reading, the channel, the author or a link must be."""

    name: str
    value: str


class Pattern(NamedTuple):
    """A field whose value has gaps: a pattern for RE2."""

    name: str
    pattern: str


class Range(NamedTuple):
    """A field with a number, from `least` to `most`, both included."""

    name: str
    least: float
    most: float


class Never(NamedTuple):
    """NOT."""

    part: "Query"


class Both(NamedTuple):
    """AND: every part."""

    parts: tuple["Query", ...]


class Either(NamedTuple):
    """OR: at least one part."""

    parts: tuple["Query", ...]


Query = Term | Wildcard | Expression | Near | Field | Pattern | Range | Never | Both | Either


class Subject(NamedTuple):
    """What queries are asked about: a folded text, its reading, and what is known around it."""

    text: str
    reading: Reading
    channel: str
    author: Author | None
    influence: float | None
    """0 to 100, where it is known."""
    links: tuple[str, ...]
    hashtags: tuple[str, ...]
    """Those that the platform names; links and hashtags in the text need not be among them."""


def subject(
    text: str,
    reading: Reading,
    channel: str,
    *,
    plain: str | None = None,
    author: Author | None = None,
    influence: float | None = None,
    links: tuple[str, ...] = (),
    hashtags: tuple[str, ...] = (),
) -> Subject:
    """The mention `text` as queries see it; `plain` is its normal form, for who has it already."""
    seen = folded(text) if plain is None else alike(plain)
    name = channel.lower() if channel.isascii() else folded(channel)
    return Subject(seen, reading, name, author, influence, links, hashtags)


def matches(query: Query, about: Subject) -> bool:
    """Whether `query` is true of `about`. Takes time linear in the text, but for sorting."""
    match query:
        case Term(text):
            return text in about.text and stands(query, about.text)
        case Wildcard(pattern, literal):
            return literal in about.text and expression(pattern).search(about.text) is not None
        case Expression(pattern):
            return expression(pattern).search(about.text) is not None
        case Near():
            return nears(query, about.text)
        case Never(part):
            return not matches(part, about)
        case Both(parts):
            return all(matches(part, about) for part in parts)
        case Either(parts):
            return any(matches(part, about) for part in parts)
        case Field() | Pattern() | Range():
            return says(query, about)


def asks_for(query: Query, name: str, value: str) -> bool:
    """Whether `query` names that field and value, other than to exclude it."""
    match query:
        case Both(parts) | Either(parts):
            return any(asks_for(part, name, value) for part in parts)
    return query == Field(name, value)


def asked(query: Query) -> frozenset[str]:
    """The names of all fields that decide whether `query` holds."""
    match query:
        case Both(parts) | Either(parts):
            return frozenset().union(*map(asked, parts))
        case Never(part):
            return asked(part)
        case Field(name) | Pattern(name) | Range(name):
            return frozenset((name,))
    return frozenset()


def stands(term: Term, text: str) -> bool:
    """Whether `term` is in `text` with the borders that it needs."""
    return next(_starts(term, text), None) is not None


def nears(query: Near, text: str) -> bool:
    """Whether `text` has something of both sides of `query`, near enough and not overlapping."""
    left = sorted(_spans(query.left, text))
    right = sorted(_spans(query.right, text)) if left else []
    if not right:
        return False
    units = [found.start() for found in unit().finditer(text)]
    return _follows(left, right, units, query.distance) or _follows(
        right, left, units, query.distance
    )


def says(query: Field | Pattern | Range, about: Subject) -> bool:
    """Whether what is known around the text is what a field asks for; what is unknown is not."""
    match query:
        case Range(name, least, most):
            number = about.influence if name == "influence" else _followers(about)
            return number is not None and least <= number <= most
        case Pattern(name, pattern):
            search = expression(pattern).search
            return any(search(value) for value in VALUES[name](about))
        case Field("link", value):
            if _HOST.fullmatch(value):
                hosts = (_HOST_OF.match(link) for link in _links(about))
                return any(found and f".{found[1]}".endswith(f".{value}") for found in hosts)
            return any(value in link for link in _links(about))
        case Field(name, value):
            return value in VALUES[name](about)


def _languages(about: Subject) -> tuple[str, ...]:
    language = about.reading.language
    return (language, "zh") if language in ("zh-Hans", "zh-Hant", "yue") else (language,)


def _author(about: Subject) -> tuple[str, ...]:
    return (folded(about.author.name), folded(about.author.id)) if about.author else ()


def _verified(about: Subject) -> tuple[str, ...]:
    known = about.author and about.author.verified
    return () if known is None else (str(known).lower(),)


def _followers(about: Subject) -> int | None:
    return about.author.followers if about.author else None


def _hashtags(about: Subject) -> set[str]:
    """The tags that the platform names and those in the text: #tea and, as on Weibo, #茶#."""
    tags = {folded(tag).strip("#") for tag in about.hashtags}
    _, *parts = about.text.split("#")
    number = 0
    while number < len(parts):
        part = parts[number]
        paired = number < len(parts) - 1 and " " not in part and unspaced().search(part)
        if paired:
            tags.add(part)
        elif tag := _TAG.match(part):
            tags.add(tag[0])
        number += 2 if paired else 1
    return tags


def _links(about: Subject) -> list[str]:
    """The links that are known of, and those in the text."""
    return [*map(folded, about.links), *_LINK.findall(about.text)]


def _starts(term: Term, text: str) -> Iterator[int]:
    """Where `term` stands in `text`, overlaps included."""
    at = text.find(term.text)
    while at >= 0:
        end = at + len(term.text)
        begins = not term.begins or at == 0 or not spaced(text[at - 1])
        if begins and (not term.ends or end == len(text) or not spaced(text[end])):
            yield at
        at = text.find(term.text, at + 1)


def _spans(terms: tuple[Term, ...], text: str) -> Iterator[tuple[int, int]]:
    for term in terms:
        for start in _starts(term, text):
            yield start, start + len(term.text)


def _follows(
    first: list[tuple[int, int]], then: list[tuple[int, int]], units: list[int], distance: int
) -> bool:
    """Whether one of `then` begins after one of `first` ends, `distance` units on at most."""
    for _, end in first:
        number = bisect_left(then, (end, 0))
        if number == len(then):
            continue
        start = then[number][0]
        if bisect_left(units, start) - bisect_left(units, end) <= distance:
            return True
    return False


VALUES: dict[str, Callable[[Subject], Collection[str]]] = {
    "channel": lambda about: (about.channel,),
    "language": _languages,
    "sentiment": lambda about: (about.reading.sentiment,),
    "intent": lambda about: about.reading.intents,
    "tone": lambda about: about.reading.tone,
    "aspect": lambda about: about.reading.aspects,
    "author": _author,
    "verified": _verified,
    "hashtag": _hashtags,
}
"""What each of these fields says of a subject; folded, and nothing for what is unknown."""
