"""Planned events: what last year's lets expect of this one, and what next year's is compared with.

Both are people by weight in each ten minutes, from the ten minutes in which the event begins.
"""

from collections.abc import Sequence
from datetime import datetime

from desk.detectors import Plan
from desk.playbook import Event, Playbook
from desk.tally import WIDTH, start_of
from desk.terms import WATCH
from desk.topics import RECENT
from desk.window import Counts, Curve


def compared(playbook: Playbook, now: datetime) -> list[Event]:
    """The events that the last half-hour has to do with and that have a last year, by beginning."""
    half_hour = start_of(now) - (RECENT - 1) * WIDTH
    return sorted(
        (
            one
            for one in playbook.events
            if one.begins <= now and half_hour < one.ends and (one.curve or one.last_year)
        ),
        key=lambda one: one.begins,
    )


def plan(event: Event, last_year: Sequence[float], counts: Sequence[Counts]) -> Plan:
    """What the last half-hour of `counts` is compared with.

    `counts` are of the last hours up to now, oldest first and without gaps. This year is compared
    with last year's scale over as much of it as they have; what was before it began is not of it.
    """
    term, begins = term_of(event), start_of(event.begins)
    older = [one for one in counts[:-RECENT] if one.start >= begins]
    gone = (counts[-RECENT].start - begins) // WIDTH
    so_far = [one.counted(term).weight for one in older]
    return Plan(so_far, [*[0.0] * -gone, *last_year[max(0, gone - len(so_far)) :]])


def ended(playbook: Playbook, first: datetime, last: datetime) -> list[Event]:
    """The events whose last ten minutes are among those that start from `first` to `last`."""
    return [one for one in playbook.events if first <= _last(one) <= last]


def span(event: Event) -> tuple[datetime, datetime]:
    """The starts of its first and of its last ten minutes."""
    return start_of(event.begins), _last(event)


def curve(event: Event, counts: Sequence[Counts]) -> Curve:
    """What is kept of an event; `counts` are of its ten minutes, oldest first and without gaps."""
    people = tuple(round(one.counted(term_of(event)).weight, 1) for one in counts)
    return Curve(topic=event.topic, title=event.title, begins=event.begins, people=people)


def term_of(event: Event) -> str:
    """The term under which an event is counted."""
    return f"{WATCH}{event.topic}"


def _last(event: Event) -> datetime:
    start = start_of(event.ends)
    return start if start < event.ends else start - WIDTH
