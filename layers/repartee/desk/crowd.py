"""How many people really speak of something: a text that many copy is not as many voices."""

from collections import defaultdict
from collections.abc import Iterable
from itertools import combinations
from math import sqrt
from typing import NamedTuple

from desk.language.fingerprint import ALIKE
from desk.tally import Mood, Person, Tally, joint_mood
from desk.terms import COPY, is_copy

EVERYBODY, UNHAPPY = "", "-"
"""Terms that stand for all people, and for those in a negative mood."""


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


def weights_of(tally: Tally) -> dict[str, float]:
    """How many people, by weight, used each term, were there at all, and were unhappy."""
    found: dict[str, float] = defaultdict(float)
    for voice in voices(tally):
        weight = voice.weight / tally.below
        for term in (EVERYBODY, *voice.moods):
            found[term] += weight
        if -1 in voice.moods.values():
            found[UNHAPPY] += weight
    return dict(found)


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
