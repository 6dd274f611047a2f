"""Opening a war room, where its matters go, and gathering what its review is made of."""

import time
from collections.abc import Sequence
from datetime import datetime

from cloud import clock, queues, store
from cloud.settings import settings
from desk import room as desk
from desk.escalation import Escalation, Matter, name_of
from desk.mention import Mention
from desk.outbound import Reply
from desk.playbook import Playbook
from desk.publication import place_on, planned
from desk.room import Heard, Room

LIFE = 30.0
"""Seconds for which a warm function trusts the rooms that it has read."""

_kept: dict[str, tuple[float, Sequence[Room]]] = {}


def widened(matter: Matter, reply: Reply | None) -> Matter:
    """The matter as the open rooms of its brand have it; at most half a minute late."""
    now = time.monotonic()
    kept = _kept.get(matter.brand)
    if kept is None or now >= kept[0]:
        kept = _kept[matter.brand] = (now + LIFE, store.rooms(matter.brand))
    about = (reply.category, reply.rule, *reply.topics) if reply is not None else ()
    return desk.widened(matter, about, kept[1], clock.now())


def opened(new: Room, playbook: Playbook, people: int) -> Room:
    """Keep a new room, tell those on duty, and lay its statement ready; the room as it is kept.

    Safe to repeat for the same room: what is there stays.
    """
    now = clock.now()
    matters = [desk.opening(new, people, now)]
    text = desk.statement(new.topic, playbook)
    channels = playbook.moments.channels
    if text and channels:
        post, matter = planned(
            text,
            [place_on(playbook, channel) for channel in channels],
            brand=new.brand,
            policy=new.policy,
            by=new.opened_by,
            at=None,
            token=clock.token(),
            now=now,
        )
        store.add_reply(post)
        matters.append(matter.model_copy(update={"title": new.title}))
        new = new.model_copy(update={"statement": f"{post.conversation}|{post.id}"})
    store.add_room(new)
    bodies = [matter.model_dump_json(exclude_defaults=True) for matter in matters]
    queues.send(settings().escalations_queue, bodies)
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


def _unique(found: Sequence[Escalation]) -> list[Escalation]:
    return [*{one.id: one for one in found}.values()]
