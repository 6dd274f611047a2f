"""Planned events: whether their times make sense, what they are counted by, and last year's."""

from collections.abc import Iterator
from datetime import date, timedelta

from desk.playbook import Event, Playbook
from desk.playbook.part import Finding, Place
from desk.playbook.references import nearest

LONGEST = timedelta(days=3)
"""What is longer than a war room is no evening: it is several."""
STEP = timedelta(minutes=10)


def events(playbook: Playbook, today: date) -> Iterator[Finding]:
    """What is wrong with events or worth knowing about them, seen from `today`."""
    for number, event in enumerate(playbook.events):
        place: Place = ("events", number)
        for where, message in _counted(playbook, event):
            yield Finding((*place, where), f"event {event.id}: {message}")
        for where, message in _times(event):
            yield Finding((*place, where), f"event {event.id}: {message}")
        for other in playbook.events[:number]:
            apart = event.ends <= other.begins or other.ends <= event.begins
            if event.topic == other.topic and not apart:
                message = f"event {event.id}: {other.id} is on then, too: a watch has one at a time"
                yield Finding((*place, "begins"), message)
        yield from _worth_knowing(event, place, today)


def _counted(playbook: Playbook, event: Event) -> Iterator[tuple[str, str]]:
    watches = [one.id for one in playbook.watches]
    if event.watch and event.words:
        yield "words", f"the watch {event.watch} has the words: leave one of both out"
    elif not event.watch and not event.words:
        yield "id", "a watch stands for it, or words of its own"
    elif event.watch and event.watch not in watches:
        yield "watch", f"no watch {event.watch}: {nearest(event.watch, watches)}"
    elif event.words and event.id in watches:
        yield "id", f"a watch is called {event.id}: name it as watch, or choose another id"


def _times(event: Event) -> Iterator[tuple[str, str]]:
    if event.ends <= event.begins:
        yield "ends", f"ends {event.ends:%Y-%m-%d %H:%M}, before it begins"
    elif event.ends - event.begins > LONGEST:
        yield "ends", f"lasts more than {LONGEST.days} days: make several of it"
    if event.last_year is not None and event.curve:
        yield "curve", "last_year says where its curve comes from: leave one of both out"
    elif event.last_year is not None and event.last_year >= event.begins:
        yield "last_year", "last_year is not before it begins"


def _worth_knowing(event: Event, place: Place, today: date) -> Iterator[Finding]:
    last = event.ends.date()
    steps, known = -((event.begins - event.ends) // STEP), len(event.curve)
    if last < today:
        message = f"event {event.id} is over since {last}: write the next one, or none"
        yield Finding(place, message, "note")
    elif not known and event.last_year is None:
        message = f"event {event.id} has no last year: it is taken for a day like any other"
        yield Finding(place, message, "note")
    elif known and known != steps:
        message = f"event {event.id} has {steps} times ten minutes, and last year's curve {known}"
        yield Finding((*place, "curve"), message, "note")
