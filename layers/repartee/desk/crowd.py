"""How many people really speak of something: a text that many copy is not as many voices."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from itertools import chain, combinations
from math import sqrt
from typing import NamedTuple

from desk.language.fingerprint import near
from desk.tally import Mood, Person, Tally, overall
from desk.terms import COPY, is_copy, is_watch
from desk.window import EVERYBODY, Count, Counts

KEPT = 1_000
"""Terms that are counted for one tally."""

_GROUPS = ((0, 1, 2), (3, 4, 5), (6, 7))
_PAIRS = [(2 * at, 2 * by) for group in _GROUPS for at, by in combinations(group, 2)]
"""Where in a fingerprint's hex digits the two bytes of a pair begin."""


class Voice(NamedTuple):
    """One account in a tally, and what it weighs there."""

    key: str
    weight: float
    """In people: 1 at most, less for an account without a past and for one of many copies."""
    influence: int
    said: str
    moods: dict[str, Mood]
    """By term; copies and light edits of a text have one term for all of them."""


def voices(tally: Tally) -> list[Voice]:
    """Everybody in a tally.

    Who only passes a text on, as n others do within the tally's time, is 1/sqrt(n) of a person: n
    people who say the same are between one voice and n, and a hundred accounts of one hand are ten.
    """
    copied = {place for place, term in enumerate(tally.terms) if is_copy(term)}
    same = copies(tally.terms[place].removeprefix(COPY) for place in copied)
    named = [
        f"{COPY}{same[term.removeprefix(COPY)]}" if place in copied else term
        for place, term in enumerate(tally.terms)
    ]
    texts = [{named[place] for place in copied.intersection(one.terms)} for one in tally.people]
    times = Counter(chain.from_iterable(texts))
    found = []
    for one, its in zip(tally.people, texts, strict=True):
        alike = min((times[text] for text in its), default=1)
        group = alike / tally.below if alike > 1 else 1
        moods = _moods(one, named)
        found.append(Voice(one.key, one.weight / 100 / sqrt(group), one.influence, one.said, moods))
    return found


def counts_of(tally: Tally) -> Counts:
    """How many people used each term: all watches, and the others that most used."""
    weights: dict[str, float] = defaultdict(float)
    sides: dict[Mood, dict[str, float]] = {-1: defaultdict(float), 1: defaultdict(float)}
    for voice in voices(tally):
        weight = voice.weight / tally.below
        weights[EVERYBODY] += weight
        for term in voice.moods:
            weights[term] += weight
        for mood in {*voice.moods.values()} - {0}:
            side = sides[mood]
            for term, its in voice.moods.items():
                if its == mood:
                    side[term] += weight
        if mood := overall(voice.moods.values()):
            sides[mood][EVERYBODY] += weight
    always = [term for term in weights if term == EVERYBODY or is_watch(term)]
    others = [(-weights[term], term) for term in weights.keys() - always if not is_copy(term)]
    others.sort()
    room = max(0, KEPT - len(always))
    return Counts(
        start=tally.start,
        terms={
            term: Count(*(round(one.get(term, 0.0), 3) for one in (weights, sides[-1], sides[1])))
            for term in (*sorted(always), *(term for _, term in others[:room]))
        },
        floor=round(-others[room][0], 3) if len(others) > room else 0.0,
    )


def copies(fingerprints: Iterable[str]) -> dict[str, str]:
    """For each fingerprint the least one of its copies and light edits, and of theirs in turn.

    Two are near where four of their eight bytes are the same, each at its place. Of any four places
    two are in the same of three groups, so that only those have to be compared that share a pair.
    """
    leads: dict[str, str] = {}

    def lead(one: str) -> str:
        while leads[one] != one:
            leads[one] = leads[leads[one]]
            one = leads[one]
        return one

    sharing: dict[tuple[int, str], list[str]] = defaultdict(list)
    for one in sorted(set(fingerprints)):
        leads[one] = one
        for number, (at, by) in enumerate(_PAIRS):
            others = sharing[number, one[at : at + 2] + one[by : by + 2]]
            for other in others:
                ends = lead(one), lead(other)
                if ends[0] != ends[1] and near(one, other):
                    leads[max(ends)] = min(ends)
            others.append(one)
    return {one: lead(one) for one in leads}


def _moods(person: Person, named: Sequence[str]) -> dict[str, Mood]:
    names = [named[place] for place in person.terms]
    moods = dict(zip(names, person.moods, strict=True))
    if len(moods) < len(names):  # two texts that are copies of one another
        for name, mood in zip(names, person.moods, strict=True):
            moods[name] = overall((moods[name], mood))
    return moods
