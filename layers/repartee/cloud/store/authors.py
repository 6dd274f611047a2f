"""Who writes to us: what each has asked lately, and which answers were automatic."""

from collections.abc import Callable
from datetime import datetime, timedelta

from cloud.store import table
from cloud.store.bodies import Body, body_of, packed
from cloud.store.mentions import TRIES, Contended
from desk.conversation import Correspondent

RETENTION = timedelta(days=35)


def correspondent(brand: str, channel: str, author: str) -> tuple[Correspondent, Body]:
    """What is known of somebody at this moment, and how it is written there; an empty one of whom
    nothing was noted yet.
    """
    item = table.get(_pk(brand, channel, author), "HEAD")
    if item is None:
        return Correspondent(), ""
    return Correspondent.model_validate_json(body_of(item)), item["body"]


def swap_correspondent(
    brand: str, channel: str, author: str, body: Body, after: Correspondent, now: datetime
) -> bool:
    """Replace what was read as `body`, or nothing; False if it is another by now."""
    item: table.Item = {"pk": _pk(brand, channel, author), "sk": "HEAD"}
    item["body"] = packed(after.model_dump_json(exclude_defaults=True), item)
    item["ttl"] = int((now + RETENTION).timestamp())
    return table.swap(item, body)


def note_correspondent(
    brand: str,
    channel: str,
    author: str,
    change: Callable[[Correspondent], Correspondent],
    now: datetime,
) -> None:
    """Change what is known of somebody; Contended where others are faster time after time."""
    for _ in range(TRIES):
        before, body = correspondent(brand, channel, author)
        after = change(before)
        if after == before or swap_correspondent(brand, channel, author, body, after, now):
            return
    raise Contended(author)


def _pk(brand: str, channel: str, author: str) -> str:
    return f"{brand}#A#{channel}#{author}"
