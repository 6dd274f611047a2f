"""Opening a war room, where its matters go, and gathering what its review is made of."""

import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from cloud import clock, queues, store
from cloud.settings import settings
from desk import room as desk
from desk.escalation import Escalation, Matter, name_of
from desk.mention import Mention
from desk.outbound import Reply
from desk.playbook import Event, Playbook
from desk.publication import place_on, planned
from desk.room import Heard, Room

BY = "Repartee"
HOUR = timedelta(hours=1)
LIFE = 30.0
"""Seconds for which a warm function trusts the rooms that it has read."""

_kept: dict[str, tuple[float, Sequence[Room]]] = {}


def widened(matter: Matter, reply: Reply | None) -> Matter:
    """The matter as the open rooms of its brand have it; at most half a minute late."""
    about = (reply.category, reply.rule, *reply.topics) if reply is not None else ()
    now = clock.now()
    return desk.widened(matter, about, _lately(matter.brand, now), now)


def open_at(brand: str, now: datetime) -> list[Room]:
    """The rooms that are open; at most half a minute late."""
    return [one for one in _lately(brand, now) if one.is_open(now)]


def begin(brand: str, playbook: Playbook, now: datetime) -> list[Room]:
    """Open the rooms of events that begin with one; those that are open then.

    Safe to stop anywhere and to repeat: all that it makes has the name of the event and its date.
    """
    for event in desk.to_begin(_lately(brand, now), playbook, now):
        people = sum(
            one.counted(f"watch:{event.topic}").weight
            for one in store.counts(brand, now - HOUR, now)
        )
        why = f"{event.title}, {event.begins:%H:%M}-{event.ends:%H:%M %Z}"
        begins = event.begins.astimezone(UTC)
        new = desk.planned(event, last_year(brand, event), playbook, BY, why, begins)
        opened(new, playbook, round(people))
        _kept.pop(brand, None)
    return open_at(brand, now)


def last_year(brand: str, event: Event) -> tuple[float, ...]:
    """People in each ten minutes of last year's event; empty where nobody knows."""
    if event.last_year is None:
        return event.curve
    kept = store.curve(brand, event.topic, event.last_year)
    return kept.people if kept is not None else ()


def opened(new: Room, playbook: Playbook, people: int) -> Room:
    """Lay its statement ready, tell those on duty, and keep a new room; the room as it is kept.

    Safe to repeat for the same room: what is there stays.
    """
    matters = [desk.opening(new, people, clock.now())]
    text = desk.statement(new, playbook)
    channels = playbook.moments.channels
    if text and channels:
        post, matter = planned(
            text,
            [place_on(playbook, channel) for channel in channels],
            brand=new.brand,
            policy=new.policy,
            by=new.opened_by,
            at=None,
            token=new.id,
            now=new.opened_at,
        )
        store.add_reply(post)
        matters.append(matter.model_copy(update={"title": new.title}))
        new = new.model_copy(update={"statement": f"{post.conversation}|{post.id}"})
    # Told twice it is one matter, and a room that nobody was told of is none.
    bodies = [matter.model_dump_json(exclude_defaults=True) for matter in matters]
    queues.send(settings().escalations_queue, bodies)
    store.add_room(new)
    return new


def heard(room: Room, mentions: Sequence[Mention], now: datetime) -> Heard:
    """What is stored about a room's time: its mentions' answers and matters, and what was stopped.

    `mentions` are those of its topic.
    """
    end = min(now, room.closed_at or room.until)
    replies, escalations = [], []
    for name in dict.fromkeys(one.conversation for one in mentions):
        talk = store.conversation(room.brand, name)
        ids = {one.id for one in mentions if one.conversation == name}
        replies += [one for one in talk if isinstance(one, Reply) and one.mention in ids]
    for cause in dict.fromkeys(one.decision.cause for one in mentions if one.decision.cause):
        found = store.escalation(room.brand, name_of(cause))
        if found is not None:
            escalations.append(found)
    stopped = [
        (at, line)
        for at, line in store.hold_log(room.brand)
        if room.opened_at <= datetime.fromisoformat(at) <= end
    ]
    return Heard(mentions, replies, _unique(escalations), stopped)


def forget() -> None:
    """Read everything anew: for tests."""
    _kept.clear()


def _lately(brand: str, now: datetime) -> Sequence[Room]:
    """All rooms of which one may be open, as they were read within half a minute."""
    tick = time.monotonic()
    kept = _kept.get(brand)
    if kept is None or tick >= kept[0]:
        kept = _kept[brand] = (tick + LIFE, store.rooms(brand, now - desk.LONGEST))
    return kept[1]


def _unique(found: Sequence[Escalation]) -> list[Escalation]:
    return [*{one.id: one for one in found}.values()]
