"""How many people really speak of something: a text that many copy is not as many voices."""

from collections import defaultdict
from collections.abc import Iterable
from functools import reduce
from itertools import combinations
from math import sqrt
from typing import NamedTuple

from pydantic import AwareDatetime, BaseModel

from desk.language.fingerprint import ALIKE
from desk.tally import Mood, Person, Tally, joint_mood
from desk.terms import COPY, is_copy, is_watch

EVERYBODY = ""
"""The term that stands for all people."""

KEPT = 300
"""Terms that are counted for one tally."""


class Count(NamedTuple):
    """People by weight: all, and those in a negative or a positive mood."""

    weight: float = 0.0
    negative: float = 0.0
    positive: float = 0.0


class Counts(BaseModel, frozen=True):
    """What a tally comes to, in a few kilobytes: what is usual is learned from these."""

    start: AwareDatetime
    terms: dict[str, Count] = {}
    floor: float = 0.0
    """The weight that a term which is not among them may have had."""

    def weight(self, term: str) -> float:
        """Of a term: where it is not among them, the most that it may have had."""
        return self.terms[term].weight if term in self.terms else self.floor


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
    same = copies([term.removeprefix(COPY) for term in tally.terms if is_copy(term)])
    named = [f"{COPY}{same[term[1:]]}" if is_copy(term) else term for term in tally.terms]
    moods = [_moods(one, named) for one in tally.people]
    times: dict[str, int] = defaultdict(int)
    for terms in moods:
        for term in filter(is_copy, terms):
            times[term] += 1
    found = []
    for one, terms in zip(tally.people, moods, strict=True):
        alike = min((times[term] for term in terms if is_copy(term)), default=1)
        group = alike / tally.below if alike > 1 else 1
        found.append(Voice(one.key, one.weight / 100 / sqrt(group), one.influence, one.said, terms))
    return found


def counts_of(tally: Tally) -> Counts:
    """How many people used each term: all watches, and the others that most used."""
    sums: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0, 0.0])
    for voice in voices(tally):
        weight = voice.weight / tally.below
        mood = reduce(joint_mood, voice.moods.values(), 0)
        for term, its in ((EVERYBODY, mood), *voice.moods.items()):
            if not is_copy(term):
                sums[term][0] += weight
                if its:
                    sums[term][1 if its < 0 else 2] += weight
    order = sorted(sums, key=lambda term: (not _always(term), -sums[term][0], term))
    dropped = order[KEPT:]
    return Counts(
        start=tally.start,
        terms={term: Count(*(round(one, 3) for one in sums[term])) for term in order[:KEPT]},
        floor=round(max((sums[term][0] for term in dropped), default=0.0), 3),
    )


def _always(term: str) -> bool:
    return term == EVERYBODY or is_watch(term)


def copies(fingerprints: Iterable[str]) -> dict[str, str]:
    """For each fingerprint the least one of its copies and light edits, and of theirs in turn.

    Two are near where ALIKE of their bytes are the same, each at its place: so they share a key
    that is made of just so many places, and nothing has to be compared with everything.
    """
    leads: dict[str, str] = {}

    def lead(one: str) -> str:
        while leads[one] != one:
            leads[one] = leads[leads[one]]
            one = leads[one]
        return one

    first: dict[tuple[tuple[int, int], ...], str] = {}
    for one in sorted(set(fingerprints)):
        leads[one] = one
        for places in combinations(enumerate(bytes.fromhex(one)), ALIKE):
            known = first.setdefault(places, one)
            if known != one:
                less, more = sorted((lead(known), lead(one)))
                leads[more] = less
    return {one: lead(one) for one in leads}


def _moods(person: Person, named: list[str]) -> dict[str, Mood]:
    moods: dict[str, Mood] = {}
    for term, mood in zip(person.terms, person.moods, strict=True):
        name = named[term]
        moods[name] = joint_mood(moods.get(name, mood), mood)
    return moods
