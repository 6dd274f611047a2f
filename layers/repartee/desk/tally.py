"""Who spoke of what in ten minutes, in an item that stays small whatever is said.

A tally is a bottom-k sketch of people (Cohen and Kaplan, "Summarizing data using bottom-k
sketches", PODC 2007): everybody whose hash is below a mark, with all that they spoke of. The mark
is 1 until there are too many for one item, and falls as far as it must. So a tally depends on the
mentions alone and not on their order, how they were divided, or how often they came.
"""

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from operator import itemgetter
from typing import NamedTuple

from pydantic import AwareDatetime, BaseModel

from desk.grievances import is_grievance
from desk.mention import Author, Mention
from desk.terms import is_watch, naming, terms_of

MINUTES = 10
WIDTH = timedelta(minutes=MINUTES)

MOST_BYTES = 340_000
"""Of a tally as JSON, below DynamoDB's 400 kB: room for some 600 people with a post each."""
MOST_TERMS, MOST_TERM_BYTES = 48, 600
"""Of one person in ten minutes: who floods us with words pushes hardly anybody else out."""

NO_PAST = 25
"""Weight, in hundredths of a person, of an account that a platform calls a bot, or that nobody
follows. Where a platform tells neither, an account is a person: unknown is not nobody."""

AHEAD, LATE = timedelta(minutes=-5), timedelta(hours=6)
"""How long before it was heard something may have been said: clocks differ, and platforms wait."""

Mood = int
"""-1 where somebody spoke of it in a negative tone, else 1 where in a positive one, else 0."""

_MOODS = {"negative": -1, "neutral": 0, "positive": 1}
_HASH = 48
_PERSON_BYTES, _TERM_BYTES = 48, 12
_MOST_PERSON_BYTES = _PERSON_BYTES + MOST_TERM_BYTES + _TERM_BYTES * MOST_TERMS


class Person(NamedTuple):
    """One account: the terms it used as places in the tally's list, each with a mood."""

    key: str
    """Hash of the author's id, 12 hex digits."""
    weight: int
    """Of 100."""
    influence: int
    """0 to 100; 0 where nothing is known."""
    said: str
    """`conversation|mention` of one of their mentions."""
    terms: tuple[int, ...]
    moods: tuple[Mood, ...]
    full: bool
    """Whether there were more terms than are kept."""


class Tally(BaseModel, frozen=True):
    """Those ten minutes from `start` on."""

    start: AwareDatetime
    below: float = 1.0
    """The mark: the share of all people that is kept."""
    terms: tuple[str, ...] = ()
    people: tuple[Person, ...] = ()
    """By their hashes."""

    def number(self) -> float:
        """How many people there were; an estimate where the mark is below 1."""
        return len(self.people) / self.below


class _Kept(NamedTuple):
    weight: int
    influence: int
    said: str
    terms: dict[str, Mood]
    full: bool


def start_of(moment: datetime) -> datetime:
    """The start of the ten minutes that hold `moment`, in UTC."""
    moment = moment.astimezone(UTC)
    return moment.replace(minute=moment.minute // MINUTES * MINUTES, second=0, microsecond=0)


def said(mention: Mention) -> datetime:
    """When a mention counts: when it was said, or when heard where that is not to be believed."""
    age = mention.heard_at - mention.said_at
    return mention.said_at if AHEAD <= age <= LATE else mention.heard_at


def fold(
    tally: Tally,
    mentions: Iterable[Mention],
    watches: Mapping[str, Sequence[str]],
    most_bytes: int = MOST_BYTES,
) -> Tally:
    """`tally` with `mentions`, which belong into it. Those that it has already change nothing."""
    watched = naming(watches)
    kept = _unpacked(tally)
    mark = _mark(tally.below)
    for mention in mentions:
        key = key_of(mention.author.id)
        if key >= mark:
            continue
        mood = _MOODS[mention.reading.sentiment]
        new = _Kept(
            weight_of(mention.author),
            mention.influence or 0,
            f"{mention.conversation}|{mention.id}",
            dict.fromkeys(terms_of(mention, watched), mood),
            False,
        )
        kept[key] = _joined(kept[key], new) if key in kept else _cut(new)
    return _packed(tally.start, tally.below, kept, most_bytes)


def merge(tallies: Sequence[Tally], most_bytes: int = MOST_BYTES) -> Tally:
    """All of them as if everything had been folded into one, which has the earliest start.

    Raises ValueError where there are none.
    """
    kept: dict[str, _Kept] = {}
    for tally in tallies:
        for key, person in _unpacked(tally).items():
            kept[key] = _joined(kept[key], person) if key in kept else person
    start = min(one.start for one in tallies)
    return _packed(start, min(one.below for one in tallies), kept, most_bytes)


def key_of(author: str) -> str:
    """The hash by which an account is known in tallies."""
    return hashlib.blake2b(author.encode("utf-8", "surrogatepass"), digest_size=6).hexdigest()


def weight_of(author: Author) -> int:
    """In hundredths of a person."""
    nobody = author.followers is not None and author.followers <= 0 and not author.verified
    return NO_PAST if author.bot or nobody else 100


def _joined(one: _Kept, other: _Kept) -> _Kept:
    terms = one.terms | other.terms
    for term in one.terms.keys() & other.terms.keys():
        terms[term] = overall((one.terms[term], other.terms[term]))
    return _cut(
        _Kept(
            max(one.weight, other.weight),
            max(one.influence, other.influence),
            min(one.said, other.said),
            terms,
            one.full or other.full,
        )
    )


def overall(moods: Collection[Mood]) -> Mood:
    """What somebody feels who has said all of it: who complains once is not happy on the whole."""
    return -1 if -1 in moods else 1 if 1 in moods else 0


def _cut(person: _Kept) -> _Kept:
    if len(person.terms) <= MOST_TERMS:
        letters = "".join(person.terms)
        # A letter is four bytes at the most: few have to be encoded to be measured.
        if len(letters) * 4 <= MOST_TERM_BYTES or len(letters.encode()) <= MOST_TERM_BYTES:
            return person
    # Which terms stay depends on them and not on when they came: all watches, all grievances, then
    # by their hash.
    order = sorted(
        person.terms,
        key=lambda term: (not is_watch(term), not is_grievance(term), key_of(term)),
    )
    lengths = accumulate(len(term.encode()) for term in order)
    within = sum(length <= MOST_TERM_BYTES for length in lengths)
    terms = {term: person.terms[term] for term in order[: min(within, MOST_TERMS)]}
    return person._replace(terms=terms, full=True)


def _unpacked(tally: Tally) -> dict[str, _Kept]:
    names = tally.terms
    return {
        one.key: _Kept(
            one.weight,
            one.influence,
            one.said,
            dict(zip((names[term] for term in one.terms), one.moods, strict=True)),
            one.full,
        )
        for one in tally.people
    }


def _packed(start: datetime, below: float, kept: Mapping[str, _Kept], most_bytes: int) -> Tally:
    mark = _mark(below)
    people = sorted((item for item in kept.items() if item[0] < mark), key=itemgetter(0))
    room = most_bytes
    # Where everybody may say the most that is kept of one, nobody has to be measured.
    if room < sum(_MOST_PERSON_BYTES + 4 * len(person.said) for _, person in people):
        for number, (key, person) in enumerate(people):
            room -= _bytes(person)
            if room < 0:
                people, below = people[:number], int(key, 16) / (1 << _HASH)
                break
    places: defaultdict[str, int] = defaultdict()
    places.default_factory = places.__len__
    # As it is, without being validated: all of it is ours.
    return Tally.model_construct(
        start=start,
        below=below,
        people=tuple([_person(key, person, places) for key, person in people]),
        terms=tuple(places),
    )


def _mark(below: float) -> str:
    # As the hashes are written: all of them are less than g, which comes after f.
    return "g" if below == 1 else f"{round(below * (1 << _HASH)):012x}"


def _person(key: str, person: _Kept, places: Mapping[str, int]) -> Person:
    moods = person.terms
    terms = sorted(moods)
    return Person(
        key,
        person.weight,
        person.influence,
        person.said,
        tuple(map(places.__getitem__, terms)),
        tuple(map(moods.__getitem__, terms)),
        person.full,
    )


def _bytes(person: _Kept) -> int:
    # More than it takes, since people share terms, and never less for one who has said more: so the
    # mark falls for what was said and not for the order in which we heard of it.
    if person.full:
        terms = MOST_TERM_BYTES + _TERM_BYTES * MOST_TERMS
    else:
        terms = len("".join(person.terms).encode()) + _TERM_BYTES * len(person.terms)
    return _PERSON_BYTES + len(person.said.encode()) + terms


def by_window(mentions: Iterable[Mention]) -> Iterator[tuple[datetime, list[Mention]]]:
    """Mentions by the ten minutes they belong to, the earliest first."""
    found: dict[float, list[Mention]] = defaultdict(list)
    for mention in mentions:
        found[said(mention).timestamp() // (MINUTES * 60)].append(mention)
    for _, its in sorted(found.items()):
        yield start_of(said(its[0])), its
