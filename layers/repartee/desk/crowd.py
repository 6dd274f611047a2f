"""How many people really speak of something: a text that many copy is not as many voices."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain, combinations
from math import sqrt
from typing import NamedTuple

from desk.grievances import GRIEVANCES
from desk.language.fingerprint import SAMPLES, near
from desk.tally import Mood, Person, Tally, overall
from desk.terms import COPY, WATCH
from desk.window import EVERYBODY, Count, Counts

KEPT = 1_000
"""Terms that are counted for one tally."""

_GROUPS = ((0, 1, 2), (3, 4, 5), (6, 7))
_PAIRS = [pair for group in _GROUPS for pair in combinations(group, 2)]
"""Places of bytes in a fingerprint."""


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
    same = _same(tally)
    named = [
        f"{COPY}{same[place]}" if place in same else term for place, term in enumerate(tally.terms)
    ]
    return [
        Voice(one.key, weight, one.influence, one.said, _moods(one, named))
        for one, weight in zip(tally.people, _weights(tally, same), strict=True)
    ]


def counts_of(tally: Tally) -> Counts:
    """How many people used each term: all watches and grievances, and the others that most
    used.
    """
    if not tally.people:
        return Counts(start=tally.start)
    # By the places of terms and not by their names; all people have the place behind the last.
    same = _same(tally)
    sums = weights, negative, positive = [[0.0] * (len(tally.terms) + 1) for _ in range(3)]
    for one, alone in zip(tally.people, _weights(tally, same), strict=True):
        weight = alone / tally.below
        weights[-1] += weight
        for place in one.terms:
            weights[place] += weight
        for mood, side in (-1, negative), (1, positive):
            if mood in one.moods:
                for place, its in zip(one.terms, one.moods, strict=True):
                    if its == mood:
                        side[place] += weight
        if mood := overall(one.moods):
            (negative if mood == -1 else positive)[-1] += weight
    counts = [*zip(*sums, strict=True)]
    made = {parts: Count(*[round(part, 3) for part in parts]) for parts in set(counts)}
    every = dict(zip(tally.terms, map(made.__getitem__, counts), strict=False))
    for place in same:
        del every[tally.terms[place]]
    watched = sorted([term for term in every if term.startswith(WATCH)])
    watched += sorted(GRIEVANCES & every.keys())
    terms = {EVERYBODY: made[counts[-1]]} | {term: every[term] for term in watched} | every
    floor = 0.0
    room = max(0, KEPT - 1 - len(watched))
    if len(every) > len(watched) + room:
        loud = dict(zip(tally.terms, weights, strict=False))
        others = sorted(every.keys() - watched, key=lambda term: (-loud[term], term))
        floor = round(loud[others[room]], 3)
        for term in others[room:]:
            del terms[term]
    return Counts.model_construct(start=tally.start, terms=terms, floor=floor)


def copies(fingerprints: Iterable[str]) -> dict[str, str]:
    """For each fingerprint the least one of its copies and light edits, and of theirs in turn.

    Two are near where four of their eight bytes are the same, each at its place. Of any four places
    two are in the same of three groups, so that only those have to be compared that share a pair.
    """
    some = sorted(set(fingerprints))
    leads = [*range(len(some))]

    def lead(one: int) -> int:
        while leads[one] != one:
            leads[one] = leads[leads[one]]
            one = leads[one]
        return one

    every = bytes.fromhex("".join(some))
    columns = [every[at::SAMPLES] for at in range(SAMPLES)]
    for at, by in _PAIRS:
        pairs = [*zip(columns[at], columns[by], strict=True)]
        if len(set(pairs)) == len(pairs):
            continue
        sharing: dict[tuple[int, int], list[int]] = defaultdict(list)
        for one, pair in enumerate(pairs):
            for other in sharing[pair]:
                ends = lead(one), lead(other)
                if ends[0] != ends[1] and near(some[one], some[other]):
                    leads[max(ends)] = min(ends)
            sharing[pair].append(one)
    return {one: some[lead(number)] for number, one in enumerate(some)}


def _same(tally: Tally) -> dict[int, str]:
    # The places of fingerprints, each with the one that stands for all its copies.
    prints = {
        place: term[len(COPY) :] for place, term in enumerate(tally.terms) if term.startswith(COPY)
    }
    leads = copies(prints.values())
    return {place: leads[print_] for place, print_ in prints.items()}


def _weights(tally: Tally, same: Mapping[int, str]) -> list[float]:
    # Of each person: see `voices`.
    texts = [{same[place] for place in one.terms if place in same} for one in tally.people]
    times = Counter(chain.from_iterable(texts))
    if len(times) == times.total():
        return [one.weight / 100 for one in tally.people]
    found = []
    for one, its in zip(tally.people, texts, strict=True):
        alike = min(map(times.__getitem__, its), default=1)
        group = alike / tally.below if alike > 1 else 1
        found.append(one.weight / 100 / sqrt(group))
    return found


def _moods(person: Person, named: Sequence[str]) -> dict[str, Mood]:
    names = [named[place] for place in person.terms]
    moods = dict(zip(names, person.moods, strict=True))
    if len(moods) < len(names):  # two texts that are copies of one another
        for name, mood in zip(names, person.moods, strict=True):
            moods[name] = overall((moods[name], mood))
    return moods
