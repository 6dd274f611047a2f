"""An opportunity: a moment that is put before a person, with a brief and a post, to its end.

    found ──▶ asked ──▶ approved ──▶ posted ──▶ measured
      ╰──────── and `over` from each of the first two: rejected, expired, or too late

Its clocks are kept: when the story was first seen, when it was found, put before somebody, decided
and posted. They are what a desk is measured by.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from string import Template
from typing import Literal, NamedTuple

from pydantic import AwareDatetime, BaseModel

from desk.lengths import too_long
from desk.mention import Language
from desk.playbook import Format, Playbook
from desk.rulebook import RuleBook
from desk.wire import Address

State = Literal["found", "asked", "approved", "posted", "measured", "over"]

MAX_TOPIC = 40
"""Characters of a title that a post repeats."""
MAX_EXAMPLES = 5
_QUOTES = {ord(c): None for c in '「」『』«»“”"#$<>{}\\'}


class Result(BaseModel, frozen=True):
    """What came of a post, an hour after it went out."""

    at: AwareDatetime
    answers: int
    """What people wrote below it."""
    people: int
    positive: int
    negative: int


class Opportunity(BaseModel, frozen=True):
    """A moment as it is stored. `token` fences every change."""

    id: str
    brand: str
    title: str
    titles: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    best_rank: int | None = None
    topics: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    careful: tuple[str, ...] = ()
    rivals: int = 0
    score: float
    parts: dict[str, float]
    format: str = ""
    image: str = ""
    links: tuple[str, ...] = ()
    examples: tuple[str, ...] = ()
    """`conversation|mention` of where it was seen."""
    state: State = "found"
    token: str
    first_seen: AwareDatetime
    found_at: AwareDatetime
    asked_at: AwareDatetime | None = None
    decided_at: AwareDatetime | None = None
    posted_at: AwareDatetime | None = None
    expires_at: AwareDatetime
    posts: tuple[str, ...] = ()
    """`conversation|reply` of what is or was to be posted, one for each channel."""
    results: dict[str, Result] = {}
    """By channel."""


class Clocks(NamedTuple):
    """Minutes from the first sighting; None for what has not happened."""

    detected: float
    decided: float | None
    published: float | None


class Draft(NamedTuple):
    """What would be posted, by which format and in which language."""

    text: str
    format: Format
    language: Language


def opportunity_id(brand: str, titles: Sequence[str], day: str) -> str:
    """Names a story of a day: found again under one of its other titles, it is another, so a scan
    compares titles first.
    """
    return sha256(f"{brand}|{day}|{titles[0]}".encode("utf-8", "replace")).hexdigest()[:24]


def clocks(one: Opportunity) -> Clocks:
    """How fast the desk was: detect, decide, publish."""

    def minutes(at: datetime | None) -> float | None:
        return None if at is None else (at - one.first_seen).total_seconds() / 60

    found = (one.found_at - one.first_seen).total_seconds() / 60
    return Clocks(found, minutes(one.decided_at), minutes(one.posted_at))


def topic_of(title: str) -> str:
    """A title as a post repeats it: without quotes, tags and what a template could mistake."""
    plain = " ".join(title.translate(_QUOTES).split())
    return plain if len(plain) <= MAX_TOPIC else plain[: MAX_TOPIC - 1].rstrip() + "…"


def drafted(
    title: str,
    topics: Sequence[str],
    playbook: Playbook,
    books: Mapping[str, RuleBook],
    language: Language,
    turn: int,
) -> Draft | None:
    """The post that suits a moment: within the limits of every channel's book, or None.

    Formats that suit the first topic come first; `turn` takes the variants in turn. In `language`
    where the format has it, else in the brand's first.
    """
    values = {"topic": topic_of(title), "brand": playbook.name}
    ways = [book.ways["post"] for book in books.values() if "post" in book.ways]
    limits = tuple(limit for way in ways for limit in way.limits)
    for topic in topics:
        for way in playbook.formats:
            if topic not in way.topics:
                continue
            for tongue in dict.fromkeys((language, *playbook.languages[:1])):
                variants = way.texts.get(tongue, ())
                for number in range(len(variants)):
                    variant = variants[(turn + number) % len(variants)]
                    text = Template(variant).safe_substitute(values).strip()
                    if "$" not in text and text and not too_long(text, limits):
                        return Draft(text, way, tongue)
    return None


def address_of(platform: str, account: str) -> Address:
    """Where a publication of our own goes."""
    return Address(platform=platform, account=account, way="post")


def place_of(channel: str, opportunity: str) -> str:
    """The conversation that a post on a channel begins, as the table knows it."""
    return f"{channel}:post-{opportunity}"
