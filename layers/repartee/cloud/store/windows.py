"""What was said in each ten minutes, what it comes to, and what is usual.

A body that `desk.tally` and `desk.baseline` make is text here: few may load their language tables.
Each item has a number, and is replaced by a higher one alone: of two runs at once one is refused.
"""

import zlib
from datetime import datetime, timedelta
from typing import NamedTuple

from pydantic import AwareDatetime, BaseModel

from cloud.store import table
from desk.window import Counts, Curve
from desk.wire import stamp

TALLIES_FOR = timedelta(days=2)
"""A tally changes only while what was said in it can still come: six hours, and a long outage."""
COUNTS_FOR = timedelta(days=14)
"""What is usual is learned from them: a long outage is made up for."""

CURVES_FOR = timedelta(days=800)
"""More than two years: next year's event is compared with it, also where that is a year late."""


class Counted(BaseModel, frozen=True):
    """How far mentions have been counted, and since when."""

    read_to: AwareDatetime
    begun: AwareDatetime


class Kept(NamedTuple):
    """A body as it was kept last; the next has to have a higher number."""

    body: str = ""
    number: int = 0


def counted(brand: str) -> Counted | None:
    """How far a brand's mentions have been counted; None where none ever were."""
    item = table.get(f"{brand}#T", "COUNTED")
    return Counted.model_validate_json(item["body"]) if item else None


def keep_counted(brand: str, mark: Counted) -> bool:
    """Keep how far they have been; False if another run has come as far."""
    number = int(mark.read_to.timestamp() * 1000)
    return _keep(brand, "COUNTED", mark.model_dump_json(), number)


def tally_of(brand: str, start: datetime) -> Kept:
    """The tally of the ten minutes from `start` on; an empty body where there is none."""
    return _kept(table.get(f"{brand}#T", f"P#{stamp(start)}"))


def keep_tally(brand: str, start: datetime, body: str, number: int) -> bool:
    """Keep a tally; False if another run has kept one of that number or a higher one."""
    return _keep(brand, f"P#{stamp(start)}", _packed(body), number, start + TALLIES_FOR)


def keep_counts(brand: str, counts: Counts, number: int) -> None:
    """Keep what the tally of that number comes to, unless what a higher one does is kept."""
    body = _packed(counts.model_dump_json())
    _keep(brand, f"N#{stamp(counts.start)}", body, number, counts.start + COUNTS_FOR)


def counts(brand: str, since: datetime, until: datetime) -> list[Counts]:
    """What was counted in the ten minutes that start from `since` to `until`, oldest first."""
    between = (f"N#{stamp(since)}", f"N#{stamp(until)}")
    found = table.query(f"{brand}#T", between=between)
    return [Counts.model_validate_json(_kept(item).body) for item in found]


def curve(brand: str, topic: str, begins: datetime) -> Curve | None:
    """What was kept of the event that began then; None where there is nothing."""
    item = table.get(f"{brand}#T", f"CURVE#{stamp(begins)}#{topic}")
    return Curve.model_validate_json(item["body"]) if item else None


def keep_curve(brand: str, one: Curve) -> None:
    """Keep what an event came to, for the next."""
    table.put({
        "pk": f"{brand}#T",
        "sk": f"CURVE#{stamp(one.begins)}#{one.topic}",
        "body": one.model_dump_json(),
        "ttl": int((one.begins + CURVES_FOR).timestamp()),
    })  # fmt: skip


def baseline(brand: str) -> Kept:
    """What is usual for a brand; an empty body where nothing has been learned."""
    return _kept(table.get(f"{brand}#T", "USUAL"))


def keep_baseline(brand: str, body: str, number: int) -> bool:
    """Keep what has been learned; False if another run has learned as much."""
    return _keep(brand, "USUAL", _packed(body), number)


def told(brand: str) -> str:
    """What people were told of lately, as text; empty where nothing was."""
    item = table.get(f"{brand}#T", "TOLD")
    return str(item["body"]) if item else ""


def keep_told(brand: str, before: str, after: str) -> bool:
    """Keep what they were told of; False if another run has told since `before` was read."""
    return table.swap({"pk": f"{brand}#T", "sk": "TOLD", "body": after}, before)


def _keep(
    brand: str, name: str, body: str | bytes, number: int, until: datetime | None = None
) -> bool:
    item: table.Item = {"pk": f"{brand}#T", "sk": name, "body": body, "number": number}
    if until is not None:
        item["ttl"] = int(until.timestamp())
    return table.surpass(item)


def _packed(body: str) -> bytes:
    return zlib.compress(body.encode("utf-8", "surrogatepass"))


def _kept(item: table.Item | None) -> Kept:
    if item is None:
        return Kept()
    return Kept(zlib.decompress(item["body"]).decode("utf-8", "surrogatepass"), item["number"])
