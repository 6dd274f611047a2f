"""Who writes to us: what each has asked lately, and which answers were automatic."""

from collections.abc import Callable
from datetime import datetime, timedelta

from cloud.store import table
from cloud.store.mentions import TRIES, Contended
from desk.conversation import Correspondent

RETENTION = timedelta(days=35)


def correspondent(brand: str, channel: str, author: str) -> Correspondent:
    """What is known of somebody at this moment; an empty one of whom nothing was noted yet."""
    item = table.get(_pk(brand, channel, author), "HEAD")
    return Correspondent.model_validate_json(item["body"]) if item else Correspondent()


def swap_correspondent(
    brand: str,
    channel: str,
    author: str,
    before: Correspondent,
    after: Correspondent,
    now: datetime,
) -> bool:
    """Replace what was read as `before`; False if it is another by now."""
    if after == before:
        return True
    item = {
        "pk": _pk(brand, channel, author),
        "sk": "HEAD",
        "body": after.model_dump_json(),
        "ttl": int((now + RETENTION).timestamp()),
    }
    return table.swap(item, "" if before == Correspondent() else before.model_dump_json())


def note_correspondent(
    brand: str,
    channel: str,
    author: str,
    change: Callable[[Correspondent], Correspondent],
    now: datetime,
) -> None:
    """Change what is known of somebody; Contended where others are faster time after time."""
    for _ in range(TRIES):
        before = correspondent(brand, channel, author)
        if swap_correspondent(brand, channel, author, before, change(before), now):
            return
    raise Contended(author)


def _pk(brand: str, channel: str, author: str) -> str:
    return f"{brand}#A#{channel}#{author}"
