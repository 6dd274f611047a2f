"""Channels' health, noted as it shows: what was heard, and how platforms answered."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta

from cloud import store
from desk.health import HEARD_APART, LASTING, Health, Trouble, news
from desk.wire import NotSent, Outcome, Sent

_noted: dict[tuple[str, str, str], datetime] = {}


def heard(brand: str, channel: str, now: datetime) -> None:
    """A channel has brought something: noted every ten minutes by each process."""
    if _due(brand, channel, "heard", now):
        # Who is always slower than others need not note what they have just noted.
        with suppress(store.Contended):
            store.health(brand, channel, lambda health: health.hears(now))


def answered(
    brand: str, channel: str, outcome: Outcome, budget: float | None, now: datetime
) -> None:
    """A platform has answered a call of ours: what went well is noted every ten minutes too."""
    lasting = isinstance(outcome, NotSent) and outcome.kind in LASTING
    well = isinstance(outcome, Sent) and _due(brand, channel, "sent", now)
    if lasting or well:
        with suppress(store.Contended):
            store.health(brand, channel, lambda health: health.answers(outcome, budget, now))
    if lasting:
        _noted.pop((brand, channel, "sent"), None)


def renewed(brand: str, channel: str, life: float, now: datetime) -> None:
    """What lets us post on a channel is new, and good for `life` seconds; 0 for ever."""
    with suppress(store.Contended):
        store.health(brand, channel, lambda health: health.renewed(now, life))


def reported(brand: str, now: datetime) -> Iterator[tuple[str, Trouble]]:
    """Each channel's troubles that were not reported before, to be reported at once.

    Noted as reported afterwards: whoever stops in between says it twice rather than not at all.
    """
    for channel, known in store.healths(brand):
        for trouble in news(known, now)[0]:
            yield channel, trouble

        def told(health: Health) -> Health:
            return news(health, now)[1]

        with suppress(store.Contended):
            store.health(brand, channel, told)


def _due(brand: str, channel: str, what: str, now: datetime) -> bool:
    before = _noted.get((brand, channel, what))
    if before is not None and timedelta(0) <= now - before < HEARD_APART:
        return False
    _noted[brand, channel, what] = now
    return True


def forget() -> None:
    """Note anew: for tests."""
    _noted.clear()
