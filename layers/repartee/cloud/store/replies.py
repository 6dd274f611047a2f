"""Replies: the only writer of their state, and what is due."""

import zlib
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from cloud.store import table
from cloud.store.bodies import body_of, packed
from desk.escalation import RISKS
from desk.outbound import NEEDS_A_PERSON, Reply
from desk.rechecking import Cursor
from desk.wire import stamp

RETENTION = timedelta(days=180)
SHARDS = 4


class Due(NamedTuple):
    """What has a deadline that has passed: the key of a reply, an escalation or an inbox."""

    brand: str
    kind: str
    """`reply`, `escalation` or `inbox`."""
    conversation: str
    """Of a reply; empty for the others."""
    name: str


def add_reply(new: Reply) -> Reply | None:
    """Keep a reply; None if it is new, else the one that was made before."""
    there = table.add(_item(new))
    if there is None or there.get("token") == new.token:
        return None
    return Reply.model_validate_json(body_of(there))


def reply(brand: str, conversation: str, name: str) -> Reply | None:
    """A reply as it stands at this moment, or None where there is none."""
    item = table.get(f"{brand}#C#{conversation}", f"R#{name}")
    return Reply.model_validate_json(body_of(item)) if item else None


def replies(brand: str, conversation: str) -> list[Reply]:
    """All replies of a conversation, consistently."""
    rows = table.query(f"{brand}#C#{conversation}", begins="R#")
    return [Reply.model_validate_json(body_of(row)) for row in rows]


def move(before: Reply, after: Reply) -> bool:
    """Replace `before` by `after`; False if somebody else has moved it meanwhile."""
    return table.replace(_item(after), before.state, before.token)


def said(brand: str, conversation: str, limit: int = 50) -> list[str]:
    """What we have said or proposed in a conversation, as proposed, oldest first.

    Of more than `limit` it is that many, whichever: one that long is many people's, under a post.
    """
    rows = table.query(f"{brand}#C#{conversation}", begins="R#", limit=limit)
    replies = [Reply.model_validate_json(body_of(row)) for row in rows]
    return [one.original or one.text for one in sorted(replies, key=lambda one: one.made_at)]


def waiting(brand: str, state: str) -> Iterator[Reply]:
    """The replies that wait for a person in that state, the gravest and oldest first."""
    for found in table.query(f"{brand}#{state}", index="queue"):
        item = table.get(found["pk"], found["sk"])
        if item is not None and item.get("state") == state:
            yield Reply.model_validate_json(body_of(item))


def waiting_after(
    brand: str, state: str, after: Cursor | None, limit: int
) -> tuple[list[Reply], Cursor | None]:
    """Some of what `waiting` finds, from `after` on, and where to go on; None at the end."""
    found = list(table.query(f"{brand}#{state}", index="queue", after=after, limit=limit))
    items = (table.get(one["pk"], one["sk"]) for one in found)
    replies = [
        Reply.model_validate_json(body_of(item))
        for item in items
        if item is not None and item.get("state") == state
    ]
    return replies, found[-1] if len(found) == limit else None


def due(now: datetime, limit: int = 200) -> Iterator[Due]:
    """What is due at `now`, the longest overdue first, at most `limit` of each shard."""
    for shard in range(SHARDS):
        # Nothing is older than "0"; DynamoDB refuses an empty string as the lower end.
        between = ("0", stamp(now))
        for item in table.query(f"due#{shard}", index="due", between=between, limit=limit):
            brand, kind, name = item["pk"].split("#", 2)
            if kind == "C":
                yield Due(brand, "reply", name, item["sk"].removeprefix("R#"))
            else:
                yield Due(brand, "inbox" if kind == "I" else "escalation", "", name)


def due_keys(pk: str, at: datetime | None) -> dict[str, str]:
    """The attributes that put an item into the index of deadlines; none without one."""
    if at is None:
        return {}
    return {"due_pk": f"due#{zlib.crc32(pk.encode()) % SHARDS}", "due_sk": stamp(at)}


def _item(one: Reply) -> table.Item:
    pk = f"{one.brand}#C#{one.conversation}"
    item: table.Item = {
        "pk": pk,
        "sk": f"R#{one.id}",
        "state": one.state,
        "token": one.token,
        "ttl": int((one.made_at + RETENTION).timestamp()),
        **due_keys(pk, one.due_at),
    }
    item["body"] = packed(one.model_dump_json(exclude_defaults=True), item)
    if one.state in NEEDS_A_PERSON or one.state == "pending":
        item["queue_pk"] = f"{one.brand}#{one.state}"
        urgency = len(RISKS) - RISKS.index(one.risk)
        item["queue_sk"] = f"{urgency}#{stamp(one.made_at)}"
    return item
