"""What we know of a conversation and of a channel that decides whether we may speak there."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from pydantic import AwareDatetime, BaseModel

from desk.rulebook import Manner, Opening

SLICES = 12
"""Into how many parts a time is cut, for counting. A count is never too low, and too high by what
was said in one part at the most."""

MAX_SAID = 200
"""Texts of ours that are remembered in one conversation."""


class Conversation(BaseModel, frozen=True):
    """A conversation's head: who answers it, what people did in it that lets us write, and what we
    have said.
    """

    taken_over_by: str = ""
    taken_over_at: AwareDatetime | None = None
    heard: dict[Opening, AwareDatetime] = {}
    """The latest of each kind."""
    said: tuple[AwareDatetime, ...] = ()
    """When we spoke, in order."""
    said_by: tuple[str, ...] = ()
    """By which replies, in the same order: a claim that comes twice counts once."""
    answered: tuple[str, ...] = ()
    """What we have answered in private, where that is allowed once: the mentions' ids."""

    @property
    def taken(self) -> bool:
        """Whether a person answers it."""
        return bool(self.taken_over_by)

    def hears(self, opening: Opening, at: datetime) -> "Conversation":
        """The head once a person has done that. What comes late changes nothing that is later."""
        before = self.heard.get(opening)
        if before is not None and before >= at:
            return self
        return self.model_copy(update={"heard": {**self.heard, opening: at}})

    def says(self, reply: str, mention: str, at: datetime, *, once: bool) -> "Conversation":
        """The head once we have said `reply` to `mention`."""
        before = [pair for pair in zip(self.said, self.said_by, strict=True) if pair[1] != reply]
        pairs = [*before, (at, reply)][-MAX_SAID:]
        change: dict[str, object] = {
            "said": tuple(at for at, _ in pairs),
            "said_by": tuple(by for _, by in pairs),
        }
        if once and mention not in self.answered:
            change["answered"] = (*self.answered, mention)[-MAX_SAID:]
        return self.model_copy(update=change)

    def takes_over(self, by: str, at: datetime) -> "Conversation":
        """The head once a person answers the conversation."""
        return self.model_copy(update={"taken_over_by": by, "taken_over_at": at})

    def others(self, reply: str) -> list[datetime]:
        """When we spoke, `reply` itself left out."""
        pairs = zip(self.said, self.said_by, strict=True)
        return [at for at, by in pairs if by != reply]


class Tally(BaseModel, frozen=True):
    """How many texts went out on a channel, by slices of each time that is counted in."""

    counts: dict[str, dict[int, int]] = {}
    """By the length of the time in seconds, then by the slice's number since 1970."""

    def within(self, seconds: float, now: datetime) -> int:
        """How many there were in the last `seconds`: never too few."""
        slices = self.counts.get(_name(seconds), {})
        latest = _slice(seconds, now)
        return sum(count for at, count in slices.items() if at >= latest - SLICES)

    def free_at(self, texts: int, seconds: float, now: datetime) -> datetime:
        """When one more would be within `texts` in `seconds`."""
        slices = self.counts.get(_name(seconds), {})
        latest = _slice(seconds, now)
        left = self.within(seconds, now)
        for at in sorted(slices):
            if left < texts:
                break
            if at >= latest - SLICES:
                left -= slices[at]
                latest = max(latest, at + SLICES + 1)
        step = seconds / SLICES
        ahead = latest * step - now.timestamp()
        return now + timedelta(seconds=max(ahead, 0.0))

    def plus(self, times: Iterable[float], now: datetime) -> "Tally":
        """One more, now, counted in each of `times`; what is too old to count is forgotten."""
        counts = {}
        for seconds in times:
            latest = _slice(seconds, now)
            slices = self.counts.get(_name(seconds), {})
            kept = {at: count for at, count in slices.items() if at >= latest - SLICES}
            counts[_name(seconds)] = kept | {latest: kept.get(latest, 0) + 1}
        return Tally(counts=counts)


def times_counted(manner: Manner) -> list[float]:
    """The times, in seconds, in which all texts of a channel are counted for that way."""
    return sorted({rate.seconds for rate in manner.rates if rate.per == "channel"})


def _slice(seconds: float, moment: datetime) -> int:
    return int(moment.timestamp() / (seconds / SLICES))


def _name(seconds: float) -> str:
    return f"{seconds:g}"
