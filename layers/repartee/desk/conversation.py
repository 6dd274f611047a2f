"""What we know of a conversation, a person and a channel that decides whether we may speak."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from pydantic import AwareDatetime, BaseModel

from desk.mention import Mention
from desk.rulebook import Manner, Opening

SLICES = 12
"""Into how many parts a time is cut, for counting. A count is never too low, and too high by what
was said in one part at the most."""

MAX_SAID = 200
"""Texts of ours that are remembered in one conversation."""

MAX_AUTOMATIC = 100
"""Automatic answers that are remembered, of a conversation or to somebody: the largest cap."""

REMEMBERED = timedelta(days=30)
"""For so long an automatic answer is: the longest time for which a script may be said once."""

MAX_ASKED = 50
"""What one person has lately asked, on a channel: so much is remembered."""

HOUR = 3600.0
"""In seconds: for so long the automatic answers of a rule and of a brand are counted."""

TAKEN_FOR = timedelta(hours=24)
"""How long a conversation is a person's who answers in it from the platform's own console."""


class Automatic(BaseModel, frozen=True):
    """An automatic answer that was claimed, whatever became of it then."""

    reply: str
    mention: str
    conversation: str
    author: str
    script: str = ""
    said_at: AwareDatetime
    """When what it answers was said."""
    at: AwareDatetime


class Asked(BaseModel, frozen=True):
    """A mention that wants an answer, from us or from a person."""

    mention: str
    conversation: str
    said_at: AwareDatetime
    person: bool = False
    """Whether it was put before a person."""


class Conversation(BaseModel, frozen=True):
    """A conversation's head: who answers it, what people did in it that lets us write, and what we
    have said.
    """

    taken_over_by: str = ""
    taken_over_at: AwareDatetime | None = None
    taken_over_until: AwareDatetime | None = None
    """None where a person has taken it over on our page: until they, or time, let it go."""
    unsure_until: AwareDatetime | None = None
    """Until when nothing automatic goes out, since what we heard may be a person of ours."""
    heard: dict[Opening, AwareDatetime] = {}
    """The latest of each kind."""
    said: tuple[AwareDatetime, ...] = ()
    """When we spoke, in order."""
    said_by: tuple[str, ...] = ()
    """By which replies, in the same order: a claim that comes twice counts once."""
    answered: tuple[str, ...] = ()
    """What we have answered in private, where that is allowed once: the mentions' ids."""
    automatic: tuple[Automatic, ...] = ()
    """Automatic answers in it, in the order in which they were claimed first."""

    def is_taken(self, now: datetime) -> bool:
        """Whether a person answers it at `now`."""
        until = self.taken_over_until
        return bool(self.taken_over_by) and (until is None or now < until)

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
        change = {"taken_over_by": by, "taken_over_at": at, "taken_over_until": None}
        return self.model_copy(update=change)

    def overhears(self, by: str, at: datetime) -> "Conversation":
        """The head once a person has answered in the platform's own console, at `at`.

        It is theirs for a day from their last message. Who took it over on our page keeps it.
        """
        until = self.taken_over_until
        if self.taken_over_by and until is None:
            return self
        change = {
            "taken_over_by": by,
            "taken_over_at": at if until is None else max(at, self.taken_over_at or at),
            "taken_over_until": max(at + TAKEN_FOR, until or at),
        }
        return self.model_copy(update=change)

    def waits(self, until: datetime) -> "Conversation":
        """The head once something was heard of which nobody can say yet whose it is."""
        return self.model_copy(update={"unsure_until": max(until, self.unsure_until or until)})

    def answers(self, one: Automatic) -> "Conversation":
        """The head once an automatic answer was claimed; the same one counts once."""
        return self.model_copy(update={"automatic": _with(self.automatic, one)})

    def others(self, reply: str) -> list[datetime]:
        """When we spoke, `reply` itself left out."""
        pairs = zip(self.said, self.said_by, strict=True)
        return [at for at, by in pairs if by != reply]


class Correspondent(BaseModel, frozen=True):
    """What somebody has asked on a channel, in any conversation, and what we have answered."""

    asked: tuple[Asked, ...] = ()
    """In the order in which it was heard."""
    automatic: tuple[Automatic, ...] = ()

    def asks(self, one: Asked) -> "Correspondent":
        """Them once they have asked that; what comes again changes nothing."""
        if any(other.mention == one.mention for other in self.asked):
            return self
        return self.model_copy(update={"asked": (*self.asked, one)[-MAX_ASKED:]})

    def answered(self, one: Automatic) -> "Correspondent":
        """Them once an automatic answer to them was claimed; the same one counts once."""
        return self.model_copy(update={"automatic": _with(self.automatic, one)})


class Fate(BaseModel, frozen=True):
    """What has become of a mention since: it may be heard before the mention is."""

    deleted: bool = False
    text: str = ""
    """Fingerprint of the words that it was changed to; empty where it was not."""
    at: AwareDatetime
    """When it was changed last, by the platform."""
    heard_at: AwareDatetime

    def then(self, later: "Fate") -> "Fate":
        """Both: what is deleted stays so, and of two changes the later counts."""
        if self.deleted or later.deleted:
            return self if self.deleted else later
        return later if later.at > self.at else self


class Tally(BaseModel, frozen=True):
    """How many texts went out on a channel, by slices of each time that is counted in."""

    counts: dict[str, dict[int, int]] = {}
    """By the length of the time in seconds, then by the slice's number since 1970."""
    by: str = ""
    """Who counted last: two who count one each, at once, must not write the same item."""

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

    def plus(self, times: Iterable[float], now: datetime, by: str = "") -> "Tally":
        """One more, now, counted in each of `times`; what is too old to count is forgotten.

        `by` names whoever counts, such as by the token of their claim.
        """
        counts = {}
        for seconds in times:
            latest = _slice(seconds, now)
            slices = self.counts.get(_name(seconds), {})
            kept = {at: count for at, count in slices.items() if at >= latest - SLICES}
            counts[_name(seconds)] = kept | {latest: kept.get(latest, 0) + 1}
        return Tally(counts=counts, by=by)


class Hourly(BaseModel, frozen=True):
    """A brand's automatic answers of the last hour, in all and by rule: counted at once."""

    brand: Tally = Tally()
    rules: dict[str, Tally] = {}
    """Of each rule that had any."""

    def plus(self, rule: str, now: datetime, by: str) -> "Hourly":
        """One more of that rule, now; `by` names whoever counts, as for a tally."""
        rules = {name: one for name, one in self.rules.items() if one.within(HOUR, now)}
        rules[rule] = rules.get(rule, Tally()).plus((HOUR,), now)
        return Hourly(brand=self.brand.plus((HOUR,), now, by), rules=rules)


def times_counted(manner: Manner) -> list[float]:
    """The times, in seconds, in which all texts of a channel are counted for that way."""
    return sorted({rate.seconds for rate in manner.rates if rate.per == "channel"})


def asked_of(mention: Mention) -> Asked | None:
    """What a mention asks of us; None where nobody is to answer it."""
    if mention.decision.action not in ("answer", "escalate"):
        return None
    return Asked(
        mention=mention.id,
        conversation=mention.conversation,
        said_at=mention.said_at,
        person=mention.decision.action == "escalate",
    )


def _with(before: tuple[Automatic, ...], one: Automatic) -> tuple[Automatic, ...]:
    kept = (each for each in before if each.reply != one.reply and one.at - each.at < REMEMBERED)
    return (*kept, one)[-MAX_AUTOMATIC:]


def _slice(seconds: float, moment: datetime) -> int:
    return int(moment.timestamp() / (seconds / SLICES))


def _name(seconds: float) -> str:
    return f"{seconds:g}"
