"""What a person should look at: topics that are unusual in their number, their mood or their age.

Each detector returns a finding whose score is a surprise in decades (6: by chance once in a
million), and whose parts add up to it, so that a page can say what gave how much.
"""

from collections.abc import Mapping, Sequence, Set
from datetime import datetime, timedelta
from math import log10
from types import MappingProxyType
from typing import Literal, NamedTuple

from desk.baseline import (
    UNHAPPY,
    Baseline,
    Past,
    counted_since,
    days_known,
    days_unheard,
    past_of,
)
from desk.grievances import is_grievance
from desk.odds import surprise, usual
from desk.tally import Tally
from desk.terms import is_copy, is_watch
from desk.topics import RECENT, Topic, topics
from desk.window import EVERYBODY, Count, Counts

Kind = Literal["volume", "negativity", "new", "rival", "planned"]

TIMES_USUAL: Mapping[Kind, float] = {
    "volume": 3.0, "negativity": 1.5, "new": 3.0, "rival": 3.0, "planned": 2.0,
}  # fmt: skip
"""How many times as many people as usual at least: what is improbable in a large number may be no
more than a busy day. Of people, most can be unhappy, and of what was planned much is known."""

LOUD = 6.0
"""Decades from which a finding is told: with a thousand topics looked at each minute, about one
false alarm a week (`python -m bench replays`)."""
PEOPLE = 5.0
"""By weight: fewer are no crowd, however improbable."""
LEADING = 4.0
"""Accounts among them that use one and the same term. In a thousand words there are always some
that few share, each with another: together they look improbable, and are no topic."""
PAST_AT_LEAST = 6
"""Tallies without which nothing can be called unusual: an hour."""
DAYS_DIFFER = 2.0
"""How alike days are, as the shape of a Gamma distribution: what is usual by the weeks may be more
or less on a day, by a standard deviation of 1/sqrt(2) of it."""
LEAST_USUAL = 0.03
"""People in half an hour who may always use a term, though nobody has for weeks: one in half a day.
Nothing is as improbable as its never having been said before makes it look."""
FASTEST = 2.0
"""Decades that a growing number adds at most."""
NEW_DAYS = 2.0
"""A topic is new where nobody has said it for so long."""
LEARNED_DAYS = 1.0
"""Before, everything would be new."""
SCALE = 5.0
"""A planned event is taken to be so many times as large as last year's at most, or as small."""
LOUD_IN_ROOM, PEOPLE_IN_ROOM = 3.0, 3.0
"""What suffices for a watch with an open war room: people look at it already, and one in a thousand
of its scans that calls them for nothing costs less than a quarter of an hour lost."""


class Plan(NamedTuple):
    """An event that was to come, in steps of ten minutes from its beginning: people by weight."""

    so_far: Sequence[float]
    """This year, up to the last half-hour."""
    last_year: Sequence[float]
    """All of last year's."""


class Mood(NamedTuple):
    """How many people there were before, and how many of them were in a negative mood."""

    people: float
    unhappy: float


class Finding(NamedTuple):
    """One topic that is unusual in one way."""

    kind: Kind
    topic: Topic
    score: float
    """In decades; the sum of `parts`."""
    parts: tuple[tuple[str, float], ...]
    people: float
    """By weight: those whose number is unusual."""
    usual: float
    """How many of them the past lets expect."""

    @property
    def told(self) -> bool:
        """Whether it is for a person to see."""
        return (
            self.score >= LOUD
            and self.people >= PEOPLE
            and self.topic.leading >= LEADING
            and self.people >= TIMES_USUAL[self.kind] * self.usual
        )

    @property
    def told_in_room(self) -> bool:
        """Whether it is where its watch has an open war room."""
        many = self.people >= max(PEOPLE_IN_ROOM, TIMES_USUAL[self.kind] * self.usual)
        return many and self.score >= LOUD_IN_ROOM


def findings(
    tallies: Sequence[Tally],
    counts: Sequence[Counts],
    baseline: Baseline,
    leave: frozenset[str],
    rivals: frozenset[str] = frozenset(),
    plans: Mapping[str, Plan] = MappingProxyType({}),
    closely: Set[str] = frozenset(),
) -> list[Finding]:
    """All that is for a person to see now, watches of `closely` sooner; the highest score first.

    `tallies` are those of the last half-hour, `counts` of the last hours up to now, oldest first
    and without gaps. Usual is what the baseline knows, as much more or less as those hours had
    before: a story that has been told for hours is no longer sudden. `rivals` are
    watches that stand for competitors, `plans` are for those that stand for events to come.
    What people complain of in many words is told where none of them tells it better.
    """
    older = counts[: len(counts) - len(tallies)]
    if baseline.learned is None and (
        len(older) < PAST_AT_LEAST or not any(one.weight(EVERYBODY) for one in older)
    ):
        return []
    now = tallies[0].start
    hours = _hours(baseline, older, EVERYBODY, now)
    whole = usual(*_past(baseline, older, EVERYBODY, now, hours))
    everybody = sum(one.weight(EVERYBODY) for one in counts[len(older) :])
    mood = _mood(baseline, older, now)

    def past(term: str, weight: float) -> Past:
        # What grows as everything else grows is no news of its own.
        known = _past(baseline, older, term, now, hours)
        others = (everybody - weight) / max(whole - usual(*known), 1.0)
        return known._replace(exposure=known.exposure * max(1.0, others))

    def rank(term: str, weight: float) -> float:
        return surprise(weight, *past(term, weight))

    found: list[Finding] = []
    for topic in topics(tallies, counts, leave, rank):
        complaints = is_grievance(topic.lead)
        if complaints and not _known_for_a_day(baseline, topic.lead, now):
            continue
        before = _together(topic, [past(term, topic.weight) for term in topic.core])
        if topic.watch in rivals:
            found.append(rival(topic, before, everybody, whole))
            continue
        if topic.watch in plans:
            found.append(planned(topic, before, plans[topic.watch]))
        else:
            found.append(volume(topic, before))
        if complaints:
            continue
        found.append(negativity(topic, mood))
        days = unheard(topic, baseline, now)
        if days is not None and not any(topic.lead in one.terms for one in older):
            found.append(new(topic, before, days))
    told = [one for one in found if one.told or (one.topic.watch in closely and one.told_in_room)]
    return sorted(_untold(told), key=lambda one: (-one.score, one.topic.name))


def volume(topic: Topic, past: Past) -> Finding:
    """More people than usual: by accounts, less what copies and accounts without a past take."""
    plain = surprise(topic.people, *past)
    heard = surprise(topic.weight, *past)
    parts = (("people", plain), ("copies", heard - plain))
    return Finding("volume", topic, heard, parts, topic.weight, usual(*past))


def negativity(topic: Topic, mood: Mood) -> Finding:
    """More unhappy people than there are by rights among so many, weighed by who they are.

    Influence lets one of 100 count as three. Velocity is how many times as many there are in the
    last ten minutes as in the twenty before, in decades, two at most.
    """
    exposure = topic.weight / (mood.people + 1)
    share = surprise(topic.negative, mood.unhappy, exposure)
    influence = surprise(topic.felt, mood.unhappy, exposure) - share
    *earlier, last = (point.negative for point in topic.curve[-RECENT:])
    mean = sum(earlier) / len(earlier) if earlier else 0.0
    velocity = min(FASTEST, max(0.0, log10((last + 0.5) / (mean + 0.5))))
    return Finding(
        "negativity",
        topic,
        share + influence + velocity,
        (("share", share), ("influence", influence), ("velocity", velocity)),
        topic.negative,
        usual(mood.unhappy, exposure),
    )


def new(topic: Topic, past: Past, days: float) -> Finding:
    """People speak of what nobody has spoken of for so many days; the longer, the more it is."""
    people = surprise(topic.weight, *past)
    novelty = log10(1 + days)
    parts = (("people", people), ("novelty", novelty))
    return Finding("new", topic, people + novelty, parts, topic.weight, usual(*past))


def rival(topic: Topic, past: Past, everybody: float, everybody_usual: float) -> Finding:
    """A competitor is louder than usual, and by how much its share of all voices has grown."""
    people = surprise(topic.weight, *past)
    now = topic.weight / max(everybody, topic.weight)
    before = min(1.0, usual(*past) / max(everybody_usual, 1.0))
    share = log10(now / before) if people else 0.0
    parts = (("people", people), ("share", share))
    return Finding("rival", topic, people + share, parts, topic.weight, usual(*past))


def planned(topic: Topic, past: Past, plan: Plan) -> Finding:
    """More people than last year's event lets expect, at the same point and to this year's scale.

    `people` is what their number would be on a day like any other; `planned` takes off what last
    year explains, and nothing where a day like any other explains more.
    """
    plain = surprise(topic.weight, *past)
    done = sum(plan.last_year[: len(plan.so_far)])
    scale = min(SCALE, max(1 / SCALE, (sum(plan.so_far) + 1) / (done + 1)))
    then = sum(plan.last_year[len(plan.so_far) : len(plan.so_far) + RECENT])
    score = min(plain, surprise(topic.weight, then, scale))
    parts = (("people", plain), ("planned", score - plain))
    expected = max(usual(*past), usual(then, scale))
    return Finding("planned", topic, score, parts, topic.weight, expected)


def unheard(topic: Topic, baseline: Baseline, now: datetime) -> float | None:
    """For how many days nobody has spoken of a topic, where that makes it new, else None."""
    if days_known(baseline, now) < LEARNED_DAYS or is_watch(topic.lead) or is_copy(topic.lead):
        return None
    days = days_unheard(baseline, topic.lead, now)
    if days is None:
        return days_known(baseline, now)
    return days if days >= NEW_DAYS else None


def _untold(told: Sequence[Finding]) -> list[Finding]:
    # Without the grievances of people whose own words are told already.
    worded = [one for one in told if not is_grievance(one.topic.lead)]
    known = {term for one in worded for term in one.topic.grievances}
    return worded + [
        one
        for one in told
        if is_grievance(one.topic.lead) and known.isdisjoint(one.topic.grievances)
    ]


def _known_for_a_day(baseline: Baseline, term: str, now: datetime) -> bool:
    since = counted_since(baseline, term)
    return since is not None and now - since >= timedelta(days=LEARNED_DAYS)


def _past(
    baseline: Baseline, older: Sequence[Counts], term: str, now: datetime, hours: float
) -> Past:
    # A Gamma prior that has been given the last hours: usual is what the weeks let expect, times
    # as much more or less of it as these had.
    lately = sum(one.weight(term) for one in older)
    if baseline.learned is None:
        return Past(lately, RECENT / max(len(older), 1))
    known = past_of(baseline, term, now, RECENT)
    expected = max(LEAST_USUAL, usual(*known))
    if term in baseline.hourly:
        hours = _hours(baseline, older, term, now)
    shape = 1 / (1 / (known.before + 0.5) + 1 / DAYS_DIFFER)
    if len(older) < PAST_AT_LEAST:
        return Past(shape - 0.5, expected / shape)
    return Past(shape + lately - 0.5, expected / (shape + expected * hours))


def _hours(baseline: Baseline, older: Sequence[Counts], term: str, now: datetime) -> float:
    # How many times as many as now the last hours usually have of those who use a term.
    if baseline.learned is None:
        return len(older) / RECENT
    here = usual(*past_of(baseline, term, now, RECENT))
    return sum(usual(*past_of(baseline, term, one.start, 1)) for one in older) / here


def _together(topic: Topic, pasts: Sequence[Past]) -> Past:
    # How many may use any of the core's terms: all their pasts, since those who used one by chance
    # need not be those who used another. Who uses a watch's words has been counted for the watch.
    most = max(pasts, key=lambda one: usual(*one))
    if is_watch(topic.lead):
        return most
    people = sum(max(0.0, one.before) * one.exposure for one in pasts)
    return Past(people / most.exposure, most.exposure)


def _mood(baseline: Baseline, older: Sequence[Counts], now: datetime) -> Mood:
    lately = [one.terms.get(EVERYBODY, Count()) for one in older]
    return Mood(
        past_of(baseline, EVERYBODY, now, RECENT).before + sum(one.weight for one in lately),
        past_of(baseline, UNHAPPY, now, RECENT).before + sum(one.negative for one in lately),
    )
