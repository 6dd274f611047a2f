"""Channels: how many texts went out on each."""

from collections.abc import Callable
from datetime import datetime

from cloud.store import table
from cloud.store.mentions import TRIES, Contended
from desk.conversation import Tally


def tally(brand: str, channel: str, change: Callable[[Tally], Tally], now: datetime) -> None:
    """Change a channel's count of texts. `change` is asked again where somebody else was faster.

    Raises Contended where that happens time after time.
    """
    pk, sk = f"{brand}#B", f"TALLY#{channel}"
    for _ in range(TRIES):
        item = table.get(pk, sk)
        before = Tally.model_validate_json(item["body"]) if item else Tally()
        after = change(before)
        if after == before:
            return
        was = item["body"] if item else ""
        if table.swap({"pk": pk, "sk": sk, "body": after.model_dump_json()}, was):
            return
    raise Contended(channel)
