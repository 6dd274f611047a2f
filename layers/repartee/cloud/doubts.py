"""Doubts: a reply of which nobody knows whether it was posted, looked up where that is possible."""

from cloud import clock, outside, store
from desk import outbound
from desk.outbound import Reply
from desk.wire import Unknown


def look_up(reply: Reply) -> str:
    """Ask the platform whether a doubtful reply is there, and what came of it: only a yes settles.

    `found`, `found, and moved by somebody else`, `not there`, or `not known`.
    """
    door = outside.door(reply.brand, reply.channel)
    name = Unknown("") if isinstance(door, outside.Closed) else outside.found(door, reply)
    if isinstance(name, str):
        talk = store.conversation(reply.brand, reply.conversation)
        if outbound.is_its_own(reply, name, talk):
            then = outbound.found(reply, name, clock.token(), clock.now())
            return "found" if store.move(reply, then) else "found, and moved by somebody else"
    return "not there" if name is None else "not known"
