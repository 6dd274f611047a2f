"""How loud a topic is and how that moves, from the windows that the detector has counted."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Literal, NamedTuple

from desk.window import Counts

SHOWN = 12
"""Windows that are drawn: two hours."""
RECENT = 3
"""Windows that count as now: half an hour."""
PAST_AT_LEAST = 6
STALE = timedelta(minutes=40)
"""Where nothing was counted for so long, nothing is said."""


class Pulse(NamedTuple):
    """People in ten minutes: drawn oldest first, on average now, and on average before."""

    topic: str
    drawn: tuple[int, ...]
    now: float
    usual: float | None
    """None where too little is known of what was before."""
    moves: Literal["rising", "steady", "falling"]


def pulse(windows: Sequence[Counts], topics: Collection[str], now: datetime) -> Pulse | None:
    """The one of `topics` that is most above its usual; None where none is heard of.

    `windows` are those of some hours, oldest first. It rises or falls by a quarter at least,
    against the half hour before.
    """
    if not windows or now - windows[-1].start > STALE:
        return None
    found = [one for topic in sorted(topics) if (one := _of(windows, topic)) is not None]
    return max(found, key=lambda one: one.now - (one.usual or 0), default=None)


def _of(windows: Sequence[Counts], topic: str) -> Pulse | None:
    counts = [round(window.counted(topic).weight) for window in windows]
    fresh, earlier = counts[-RECENT:], counts[-2 * RECENT : -RECENT]
    if not any(fresh):
        return None
    past = counts[:-RECENT]
    usual = sum(past) / len(past) if len(past) >= PAST_AT_LEAST else None
    is_now, was = sum(fresh), sum(earlier)
    moves: Literal["rising", "steady", "falling"] = "steady"
    if 4 * is_now >= 5 * was and is_now > was:
        moves = "rising"
    elif 5 * is_now <= 4 * was:
        moves = "falling"
    return Pulse(topic, tuple(counts[-SHOWN:]), is_now / len(fresh), usual, moves)
