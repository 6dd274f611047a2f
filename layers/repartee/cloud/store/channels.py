"""Channels: how many texts went out on each, and how well each is."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import TypeVar

from pydantic import BaseModel

from cloud.store import table
from cloud.store.mentions import TRIES, Contended
from desk.conversation import Tally
from desk.health import Health
from desk.wire import stamp

Kept = TypeVar("Kept", bound=BaseModel)


def tally(brand: str, what: str, change: Callable[[Tally], Tally]) -> None:
    """Change a count of texts: a channel's, by its name, or that of `rule:<rule>` or `brand:`.

    `change` is asked again where somebody else was faster. Raises Contended where that happens time
    after time.
    """
    _changed(brand, f"TALLY#{what}", Tally(), change)


def health(brand: str, channel: str, change: Callable[[Health], Health]) -> None:
    """Change what is known of a channel, likewise. Nothing is written where nothing changes."""
    _changed(brand, f"CHANNEL#{channel}", Health(), change)


def healths(brand: str) -> Iterator[tuple[str, Health]]:
    """Each channel of a brand that something is known of."""
    for item in table.query(f"{brand}#B", begins="CHANNEL#"):
        name = item["sk"].removeprefix("CHANNEL#")
        if "#" not in name:
            yield name, Health.model_validate_json(item["body"])


def lease(brand: str, channel: str, token: str, now: datetime, until: datetime) -> bool:
    """Whether `token` may renew what opens a channel, and nobody else before `until`."""
    pk, sk = f"{brand}#B", f"LEASE#{channel}"
    item = table.get(pk, sk)
    if item and item["body"] > stamp(now):
        return False
    body = f"{stamp(until)} {token}"
    return table.swap({"pk": pk, "sk": sk, "body": body}, item["body"] if item else "")


def _changed(brand: str, sk: str, empty: Kept, change: Callable[[Kept], Kept]) -> None:
    pk = f"{brand}#B"
    for _ in range(TRIES):
        item = table.get(pk, sk)
        before = type(empty).model_validate_json(item["body"]) if item else empty
        after = change(before)
        if after == before:
            return
        was = item["body"] if item else ""
        if table.swap({"pk": pk, "sk": sk, "body": after.model_dump_json()}, was):
            return
    raise Contended(sk)
