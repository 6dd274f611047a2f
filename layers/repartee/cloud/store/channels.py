"""Channels: how many texts went out on each, and how well each is."""

from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial
from typing import TypeVar

from pydantic import BaseModel

from cloud.store import table
from cloud.store.bodies import body_of, packed
from cloud.store.mentions import TRIES, Contended
from desk.conversation import Hourly, Tally
from desk.health import Health
from desk.wire import stamp

Kept = TypeVar("Kept", bound=BaseModel)


def tally(brand: str, channel: str, change: Callable[[Tally], Tally]) -> None:
    """Change a channel's count of texts.

    `change` is asked again where somebody else was faster. Raises Contended where that happens time
    after time.
    """
    _changed(brand, f"TALLY#{channel}", Tally, change)


def hourly(brand: str, change: Callable[[Hourly], Hourly]) -> None:
    """Change the count of a brand's automatic answers in the last hour, likewise.

    It begins with what older code has counted: an item for the brand, and one for each rule.
    """
    _changed(brand, "HOURLY", Hourly, change, partial(_counted_before, brand))


def health(brand: str, channel: str, change: Callable[[Health], Health]) -> None:
    """Change what is known of a channel, likewise. Nothing is written where nothing changes."""
    _changed(brand, f"CHANNEL#{channel}", Health, change)


def healths(brand: str) -> Iterator[tuple[str, Health]]:
    """Each channel of a brand that something is known of."""
    for item in table.query(f"{brand}#B", begins="CHANNEL#"):
        name = item["sk"].removeprefix("CHANNEL#")
        if "#" not in name:
            yield name, Health.model_validate_json(body_of(item))


def lease(brand: str, channel: str, token: str, now: datetime, until: datetime) -> bool:
    """Whether `token` may renew what opens a channel, and nobody else before `until`."""
    pk, sk = f"{brand}#B", f"LEASE#{channel}"
    item = table.get(pk, sk)
    if item and item["body"] > stamp(now):
        return False
    body = f"{stamp(until)} {token}"
    return table.swap({"pk": pk, "sk": sk, "body": body}, item["body"] if item else "")


def _counted_before(brand: str) -> Hourly:
    old = {
        item["sk"].removeprefix("TALLY#"): Tally.model_validate_json(item["body"])
        for item in table.query(f"{brand}#B", begins="TALLY#")
        if ":" in item["sk"]  # in no channel's name
    }
    in_all = old.pop("brand:", Tally())
    return Hourly(
        brand=in_all, rules={name.removeprefix("rule:"): one for name, one in old.items()}
    )


def _changed(
    brand: str,
    sk: str,
    model: type[Kept],
    change: Callable[[Kept], Kept],
    begin: Callable[[], Kept] | None = None,
) -> None:
    pk = f"{brand}#B"
    for _ in range(TRIES):
        item = table.get(pk, sk)
        before = model.model_validate_json(body_of(item)) if item else (begin or model)()
        after = change(before)
        if after == before:
            return
        new: table.Item = {"pk": pk, "sk": sk}
        new["body"] = packed(after.model_dump_json(exclude_defaults=True), new)
        if table.swap(new, item["body"] if item else ""):
            return
    raise Contended(sk)
