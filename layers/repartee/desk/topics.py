"""What people talk about: terms that the same people use are one topic, under one name."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from desk.crowd import Voice, voices
from desk.grievances import is_grievance
from desk.tally import Tally, merge
from desk.terms import TAG, is_copy, is_watch
from desk.window import Count, Counts

RECENT = 3
"""Tallies that are now: half an hour."""
SAME = 0.5
"""Share of a term's people that makes it part of another's topic."""
AS_HIGH = 0.5
"""Share of the lead's rank from which a term of its topic is one of the core."""
AS_STRONG = 0.8
"""Share of the strongest term's weight from which a longer one names a topic better."""
LEAST = 2.0
"""People, by weight, without whom there is no topic."""
LEADS = 3.0
"""Rank from which a watch comes before all other terms, and a grievance is a topic: people, or
decades of surprise."""
PARTICIPANTS = 10


class Point(NamedTuple):
    """A topic in ten minutes: the people of its leading term."""

    start: datetime
    weight: float
    negative: float
    positive: float


class Topic(NamedTuple):
    """Something that several people speak of now."""

    name: str
    """The lead if it is a watch or a grievance, else a hashtag, else the longest phrase of nearly
    its weight."""
    lead: str
    """The term of the highest rank."""
    core: tuple[str, ...]
    """The lead and all that rank half as high: whoever uses one of them speaks of the topic."""
    watch: str
    """The watch that half of its people belong to, loud itself or not; empty for none."""
    grievances: tuple[str, ...]
    """Those that half of its people have, the lead among them where it is one."""
    terms: tuple[str, ...]
    """All of them, the strongest first."""
    people: float
    """Accounts in the last half-hour, each once; an estimate where there are very many."""
    leading: float
    """Of these accounts, those who used the lead."""
    weight: float
    """The same people by weight: see `desk.crowd`."""
    negative: float
    """Of the weight, those in a negative mood."""
    felt: float
    """Of the negative weight, with influence: someone of influence 100 counts as three."""
    curve: tuple[Point, ...]
    """One for each ten minutes that were counted, oldest first."""
    participants: tuple[tuple[int, str], ...]
    """Those of the most influence, with `conversation|mention` of something they said."""

    @property
    def first(self) -> datetime | None:
        """When it was first seen in that time; None where it was never among what was counted."""
        return next((point.start for point in self.curve if point.weight), None)

    @property
    def peak(self) -> Point:
        """The loudest ten minutes, the first of them where there are several."""
        return max(self.curve, key=lambda point: point.weight)

    @property
    def current(self) -> Point:
        """The last ten minutes."""
        return self.curve[-1]


def by_weight(term: str, weight: float) -> float:
    """The rank of a term where nothing is known about what is usual."""
    return weight


def topics(
    tallies: Sequence[Tally],
    counts: Sequence[Counts],
    leave: frozenset[str],
    rank: Callable[[str, float], float] = by_weight,
    least: float = LEAST,
) -> list[Topic]:
    """The topics of the last half-hour, those with the most people first.

    `tallies` are those of the last half-hour; `counts` are of the last hours up to now, oldest
    first and without gaps; `leave` are terms that are in all that is said to a brand, such as its
    name. Of terms that the same people use, a watch leads, else that of the highest rank by its
    weight. Where rank is surprise, what is usual leads nothing: neither a word of every day, nor a
    watch that is as loud as ever and within which something happens. A grievance that ranks high
    is a topic beside the others and takes no term from them: it is of those who complain of one
    aspect in whatever words, with the terms half of whose people they are.
    """
    recent = merge(tallies, most_bytes=1 << 30)
    heard = voices(recent)
    users: dict[str, set[int]] = defaultdict(set)
    for number, voice in enumerate(heard):
        for term in voice.moods:
            if term not in leave:
                users[term].add(number)
    weights = {
        term: sum(heard[number].weight for number in its) / recent.below
        for term, its in users.items()
    }
    ranks = {term: rank(term, weight) for term, weight in weights.items() if weight >= least}

    def leads(term: str) -> bool:
        return is_watch(term) and ranks[term] >= LEADS

    order = sorted(
        ranks,
        key=lambda term: (not leads(term), -ranks[term], -len(term), term),
    )
    words = [term for term in order if not is_grievance(term)]
    grievances = [term for term in order if is_grievance(term)]
    marks = {term: its for term, its in sorted(users.items()) if is_watch(term)}
    marks |= {term: users[term] for term in sorted(grievances)}
    found = []
    for group in _groups(words, users):
        high = max(AS_HIGH * ranks[group[0]], 1e-9)
        core = [term for term in group if term == group[0] or ranks[term] >= high]
        found.append(_topic(group, core, weights, users, marks, heard, recent, counts))
    for group in _groups([term for term in grievances if ranks[term] >= LEADS], users):
        its = users[group[0]]
        group += [term for term in words if len(users[term] & its) >= SAME * len(users[term])]
        found.append(_topic(group, group[:1], weights, users, marks, heard, recent, counts))
    return sorted(found, key=lambda one: (-one.weight, one.name))


def _groups(order: Iterable[str], users: Mapping[str, set[int]]) -> list[list[str]]:
    # A term belongs to the first topic that half of its people are in. Watches are never part of
    # another topic, since the brand has named them to be told apart.
    groups: list[list[str]] = []
    inside: dict[int, set[int]] = defaultdict(set)
    for term in order:
        its = users[term]
        common: dict[int, int] = defaultdict(int)
        for person in its:
            for number in inside[person]:
                common[number] += 1
        home = next((one for one in sorted(common) if common[one] >= SAME * len(its)), None)
        if home is None or is_watch(term):
            home = len(groups)
            groups.append([])
            for person in its:
                inside[person].add(home)
        groups[home].append(term)
    return groups


def _topic(
    group: Sequence[str],
    core: Sequence[str],
    weights: Mapping[str, float],
    users: Mapping[str, set[int]],
    marks: Mapping[str, set[int]],
    heard: Sequence[Voice],
    recent: Tally,
    counts: Sequence[Counts],
) -> Topic:
    terms = sorted(group, key=lambda term: (-weights[term], term))
    name = _name(group[0], terms, weights)
    numbers = sorted(set[int]().union(*(users[term] for term in core)))
    people = [heard[number] for number in numbers]
    unhappy = [voice for voice in people if any(voice.moods.get(term) == -1 for term in terms)]
    common = {
        term: share
        for term, its in marks.items()
        if (share := len(its.intersection(numbers))) >= SAME * len(numbers)
    }
    strongest = sorted(people, key=lambda voice: (-voice.influence, voice.key))
    return Topic(
        name=name,
        lead=group[0],
        core=tuple(core),
        watch=_watch(group[0], common),
        grievances=tuple(term for term in common if is_grievance(term)),
        terms=tuple(terms),
        people=len(people) / recent.below,
        leading=len(users[group[0]]) / recent.below,
        weight=sum(voice.weight for voice in people) / recent.below,
        negative=sum(voice.weight for voice in unhappy) / recent.below,
        felt=sum(voice.weight * (1 + voice.influence / 50) for voice in unhappy) / recent.below,
        curve=tuple(Point(one.start, *one.terms.get(group[0], Count())) for one in counts),
        participants=tuple((one.influence, one.said) for one in strongest[:PARTICIPANTS]),
    )


def _watch(lead: str, common: Mapping[str, int]) -> str:
    if is_watch(lead):
        return lead
    return max(filter(is_watch, common), key=common.__getitem__, default="")


def _name(lead: str, terms: Sequence[str], weights: Mapping[str, float]) -> str:
    if is_watch(lead) or is_grievance(lead):
        return lead
    strong = [term for term in terms if weights[term] >= AS_STRONG * weights[terms[0]]]
    return max(strong, key=lambda term: (not is_copy(term), term.startswith(TAG), len(term), term))
