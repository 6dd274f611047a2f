"""What a platform allows, as data: lengths, windows, rates. `desk.allowed` judges by it.

Every platform's module has one, `RULES`, each figure with the page that it comes from.
"""

from collections.abc import Mapping
from typing import Literal, NamedTuple

from desk.wire import Unit, Way

Opening = Literal[
    "message", "menu", "follow", "scan", "payment", "ad", "comment", "mention", "interaction"
]
"""What a person did that lets us write to them."""

Per = Literal["conversation", "channel"]
"""Among whom texts are counted."""


class Limit(NamedTuple):
    """The longest text, in a unit of `desk.lengths`."""

    most: int
    unit: Unit


class Window(NamedTuple):
    """How long after what a person did, and how often, we may write to them."""

    opened_by: frozenset[Opening]
    seconds: float
    texts: int | None = None
    """At most so many since the latest opening; None is no limit."""
    by_person: bool = False
    """Only for what a person of ours has written or approved word for word, never a machine's."""
    tag: str = ""
    """What the call has to carry, for the platform to count it into this window."""


class Rate(NamedTuple):
    """At most so many texts in so many seconds."""

    texts: int
    seconds: float
    per: Per


class Media(NamedTuple):
    """What may go with a text: how many files, of which kinds, and how large, in bytes."""

    most: int
    kinds: tuple[str, ...]
    bytes: int


class Manner(NamedTuple):
    """What holds for one way of speaking."""

    limits: tuple[Limit, ...]
    """All of them hold. The first is the one that people are shown."""
    windows: tuple[Window, ...] = ()
    """One of them has to be open; with none at all we may speak at any time."""
    rates: tuple[Rate, ...] = ()
    once: bool = False
    """One text for each thing that is answered, ever."""
    summoned: bool = False
    """Only to who named us or quoted us."""
    links: int | None = None
    """At most so many different links in a text; None is no limit."""
    media: Media | None = None


class RuleBook(NamedTuple):
    """All of a platform's rules that we judge by."""

    ways: Mapping[Way, Manner]
    """A way that is not here is not to be had on this platform."""
    acknowledge: float
    """Seconds in which a webhook has to be answered: the platform's own figure, or our careful
    guess where it gives none. 0 for a platform that has no webhooks.
    """
    redelivers: float = 0.0
    """Seconds after which a webhook that was not answered may still come again."""
    remembers: float = 0.0
    """Seconds for which the platform knows a call again by its key; 0 where it has no key."""
    token_life: float = 0.0
    """Seconds after which what lets us post ends, unless it is replaced before; 0: never."""
    signs_body: bool = True
    """Whether a webhook's signature covers its body."""
