"""Mentions, their conversations, and what became of every delivery."""

import zlib
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial
from itertools import islice
from typing import Literal

from pydantic import AwareDatetime, BaseModel

from cloud.store import table
from cloud.store.bodies import Body, body_of, packed, packed_raw, raw_of
from desk.conversation import Conversation, Fate
from desk.mention import Mention
from desk.outbound import Reply
from desk.wire import Delivery, stamp

RETENTION = timedelta(days=35)
"""How long texts are kept. Longer than the longest redelivery of any platform, which is 8 days."""
TRIES = 5
ASKED_FOR = "a person"
"""Who answers where somebody has asked for a person, and nobody has taken over yet."""
RAW_BESIDE = 8 * 1024
RAW_PART = 350_000


class Contended(Exception):
    """Too many write to the same conversation or channel at once: to be tried again later."""


class Again(BaseModel, frozen=True):
    """A mention that came once more, in another delivery."""

    kind: Literal["again"] = "again"
    mention: str
    delivery: str
    heard_at: AwareDatetime


class Unread(BaseModel, frozen=True):
    """A genuine delivery that carried no mention: unreadable, and kept whole, or just empty."""

    kind: Literal["quarantined", "empty"]
    channel: str
    delivery: str
    reason: str
    heard_at: AwareDatetime


def add_mention(new: Mention, raw: bytes, kept_at: datetime | None = None) -> Mention | None:
    """Keep a mention; None if it is new, else the one that was kept before.

    `raw` is the delivery's body: kept beside the mention, or by itself where it is large. The feed
    has it under `kept_at`, if that is given: a backlog is read long after it was heard, and who
    reads the feed by a mark is not to miss it.
    """
    item: table.Item = {
        "pk": _conversation(new.brand, new.conversation),
        "sk": f"M#{new.id}",
        "kind": "mention",
        **_feed(new.brand, kept_at or new.heard_at, new.id),
    }
    body = new.model_dump_json(exclude_defaults=True)
    item["body"] = packed(body, item)
    if len(raw) <= RAW_BESIDE:
        item["raw"] = packed_raw(raw, body)
    else:
        _keep_raw(new.brand, new.delivery.partition(":")[0], raw, new.heard_at)
    there = table.add(item)
    return None if there is None else Mention.model_validate_json(body_of(there))


def again(there: Mention, delivery: str, heard_at: datetime) -> None:
    """Note that a mention we have came in another delivery; doing so again changes nothing."""
    row = Again(mention=there.id, delivery=delivery, heard_at=heard_at)
    table.put(
        {
            "pk": _conversation(there.brand, there.conversation),
            "sk": f"M#{there.id}#D#{delivery}",
            "kind": "again",
            "body": row.model_dump_json(),
            **_feed(there.brand, heard_at, delivery),
        }
    )


def keep_unread(delivery: Delivery, kind: Literal["quarantined", "empty"], reason: str) -> None:
    """Keep a delivery that carried no mention, whole, with the reason; again changes nothing."""
    heard_at = datetime.fromisoformat(delivery.received_at)
    _keep_raw(delivery.brand, delivery.id, delivery.body, heard_at)
    row = Unread(
        kind=kind, channel=delivery.channel, delivery=delivery.id, reason=reason, heard_at=heard_at
    )
    table.put(
        {
            "pk": f"{delivery.brand}#D#{delivery.id}",
            "sk": "UNREAD",
            "kind": kind,
            "body": row.model_dump_json(),
            **_feed(delivery.brand, heard_at, delivery.id),
        }
    )


def mention(brand: str, conversation: str, name: str) -> Mention | None:
    """One mention, or None where there is none."""
    item = table.get(_conversation(brand, conversation), f"M#{name}")
    return Mention.model_validate_json(body_of(item)) if item else None


def raw(mention: Mention) -> bytes:
    """The body of the delivery that first brought a mention; empty where it is kept no more."""
    item = table.get(_conversation(mention.brand, mention.conversation), f"M#{mention.id}") or {}
    if "raw" in item:
        return raw_of(item)
    delivery = mention.delivery.partition(":")[0]
    parts = table.query(f"{mention.brand}#D#{delivery}", begins="RAW#")
    whole = b"".join(part["raw"] for part in parts)
    return zlib.decompress(whole) if whole else b""


def conversation(brand: str, name: str, limit: int = 100) -> list[Mention | Reply]:
    """The newest mentions and replies of a conversation, in the order in which they came."""
    found: list[Mention | Reply] = []
    pk = _conversation(brand, name)
    for prefix, model in (("M#", Mention), ("R#", Reply)):
        for item in table.query(pk, begins=prefix):
            if item.get("kind") != "again":
                found.append(model.model_validate_json(body_of(item)))
    found.sort(key=lambda one: one.said_at if isinstance(one, Mention) else one.made_at)
    return found[-limit:]


def feed(brand: str, since: datetime, until: datetime) -> Iterator[Mention | Again | Unread]:
    """All that was heard from `since` up to `until`, in the order of its arrival."""
    hour = since.replace(minute=0, second=0, microsecond=0)
    low, high = stamp(since), stamp(until) + "~"
    while hour <= until:
        pk = f"{brand}#{hour:%Y-%m-%dT%H}"
        for item in table.query(pk, index="feed", between=(low, high)):
            match item["kind"]:
                case "mention":
                    yield Mention.model_validate_json(body_of(item))
                case "again":
                    yield Again.model_validate_json(item["body"])
                case _:
                    yield Unread.model_validate_json(item["body"])
        hour += timedelta(hours=1)


def latest(brand: str, since: datetime, until: datetime, most: int) -> list[Mention]:
    """The newest mentions that were heard from `since` to `until`, the latest first."""
    hour, found = until, list[Mention]()
    between = (stamp(since), stamp(until) + "~")
    while hour >= since.replace(minute=0, second=0, microsecond=0) and len(found) < most:
        pk = f"{brand}#{hour:%Y-%m-%dT%H}"
        rows = table.query(pk, index="feed", between=between, newest_first=True)
        mentions = (row for row in rows if row["kind"] == "mention")
        for row in islice(mentions, most - len(found)):
            found.append(Mention.model_validate_json(body_of(row)))
        hour -= timedelta(hours=1)
    return found


def head(brand: str, conversation: str) -> Conversation:
    """A conversation's head; an empty one where nothing has been noted yet."""
    return head_and_body(brand, conversation, consistent=False)[0]


def head_and_body(
    brand: str, conversation: str, *, consistent: bool = True
) -> tuple[Conversation, Body]:
    """A conversation's head, and how it is written there: by older code, as text."""
    item = table.get(_conversation(brand, conversation), "HEAD", consistent=consistent)
    if item is None:
        return Conversation(), ""
    return Conversation.model_validate_json(body_of(item)), item["body"]


def note(
    brand: str, conversation: str, change: Callable[[Conversation], Conversation], now: datetime
) -> None:
    """Change a conversation's head. `change` is asked again where somebody else has been faster.

    Raises Contended where that happens time after time.
    """
    for _ in range(TRIES):
        before, body = head_and_body(brand, conversation)
        after = change(before)
        if after == before or swap_head(brand, conversation, body, after, now):
            return
    raise Contended(conversation)


def swap_head(
    brand: str, conversation: str, body: Body, after: Conversation, now: datetime
) -> bool:
    """Replace a head that was read as `body`, or none; False if it is another by now."""
    item: table.Item = {"pk": _conversation(brand, conversation), "sk": "HEAD", **_ttl(now)}
    item["body"] = packed(after.model_dump_json(exclude_defaults=True), item)
    return table.swap(item, body)


def hear(mention: Mention, now: datetime) -> None:
    """Note what a mention opens for our answers in its conversation."""
    opens = mention.opens
    if opens is not None:
        change = partial(Conversation.hears, opening=opens, at=mention.said_at)
        note(mention.brand, mention.conversation, change, now)


def fate(brand: str, conversation: str, mention: str) -> Fate | None:
    """What has become of a mention; None where nothing has been heard of it since."""
    item = table.get(_conversation(brand, conversation), f"F#{mention}")
    return Fate.model_validate_json(item["body"]) if item else None


def keep_fate(brand: str, conversation: str, mention: str, new: Fate) -> None:
    """Note what has become of a mention, whether it was heard already or not.

    Raises Contended where others note something else time after time.
    """
    pk, sk = _conversation(brand, conversation), f"F#{mention}"
    for _ in range(TRIES):
        there = table.get(pk, sk)
        before = Fate.model_validate_json(there["body"]) if there else None
        after = before.then(new) if before else new
        if after == before:
            return
        item = {"pk": pk, "sk": sk, "body": after.model_dump_json(), **_ttl(new.heard_at)}
        if table.swap(item, there["body"] if there else ""):
            return
    raise Contended(mention)


def take_over(brand: str, conversation: str, by: str, now: datetime) -> None:
    """From now on a person answers this conversation."""
    note(brand, conversation, lambda head: head.takes_over(by, now), now)


def hand_over(brand: str, conversation: str, now: datetime) -> None:
    """Somebody there has asked for a person: from now on the desk does not answer by itself."""

    def change(head: Conversation) -> Conversation:
        for_good = head.is_taken(now) and head.taken_over_until is None
        return head if for_good else head.takes_over(ASKED_FOR, now)

    note(brand, conversation, change, now)


def hand_back(brand: str, conversation: str, now: datetime) -> None:
    """From now on the desk may answer this conversation by itself again."""

    def change(head: Conversation) -> Conversation:
        return head.takes_over("", now) if head.taken_over_by else head

    note(brand, conversation, change, now)


def _conversation(brand: str, name: str) -> str:
    return f"{brand}#C#{name}"


def _keep_raw(brand: str, delivery: str, raw: bytes, heard_at: datetime) -> None:
    packed = zlib.compress(raw)
    for number, start in enumerate(range(0, max(1, len(packed)), RAW_PART)):
        part = packed[start : start + RAW_PART]
        key = {"pk": f"{brand}#D#{delivery}", "sk": f"RAW#{number:03}"}
        table.put(key | {"raw": part} | _ttl(heard_at))


def _feed(brand: str, heard_at: datetime, name: str) -> dict[str, str | int]:
    return {
        "feed_pk": f"{brand}#{heard_at:%Y-%m-%dT%H}",
        "feed_sk": f"{stamp(heard_at)}#{name}",
        **_ttl(heard_at),
    }


def _ttl(now: datetime) -> dict[str, int]:
    return {"ttl": int((now + RETENTION).timestamp())}
