"""What the approval page shows, as plain data."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NamedTuple

from desk.approval import Action
from desk.escalation import Kind, State
from desk.mention import Risk
from desk.pages.form import Notice
from desk.pages.texts import PageLanguage
from desk.pulse import Pulse
from desk.wire import Unit

Result = Literal[
    "approved", "rejected", "taken_over", "acknowledged", "resolved",
    "ready", "sending", "sent", "expired", "held", "failed", "unconfirmed",
]  # fmt: skip
"""What a decision led to, or the state in which it found the matter or its reply."""


class Line(NamedTuple):
    """One message of a conversation."""

    who: Literal["them", "us"]
    author: str
    text: str
    at: datetime
    language: str = ""
    """As HTML writes it; empty where it is not known."""
    link: str = ""
    """Where it stands on its platform; empty where that need not be shown."""


class Asked(NamedTuple):
    """Somebody who was asked about the matter, and when."""

    name: str
    at: datetime


class Taken(NamedTuple):
    """Who has taken the matter over, and when; `yours` if it is the reader of the page."""

    name: str
    at: datetime
    yours: bool


class Topic(NamedTuple):
    """What is loud: people within the last `window_minutes`, and in an ordinary such time."""

    title: str
    people: int
    usual: float
    window_minutes: int


class Speaker(NamedTuple):
    """Who said it and how far they are heard, as far as their platform tells."""

    name: str
    followers: int | None = None
    verified: bool = False
    influence: int | None = None
    """0 to 100."""


class Person(NamedTuple):
    """An approver, by their id and name."""

    id: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """All that an open matter's page shows. Texts are plain and may be hostile."""

    language: PageLanguage
    approver: str
    brand: str
    kind: Kind
    channel: str
    copies: tuple[str, ...] = ()
    """The other channels on which the draft goes out."""
    now: datetime
    time_zone: str = "UTC"
    state: State = "open"
    taken: Taken | None = None
    risk: Risk = "routine"
    category: str = ""
    speaker: Speaker | None = None
    pulse: Pulse | None = None
    reasons: tuple[str, ...] = ()
    """As `desk.reasons` has them, what the reading went by among them."""
    conversation: tuple[Line, ...] = ()
    """Oldest first; for a spike, examples of what people write."""
    joined: int = 0
    """How many more mentions belong to the matter."""
    draft: str = ""
    draft_language: str = ""
    seen: str = ""
    """Fingerprint of the text that the decision is about; it comes back with the form."""
    limit: int | None = None
    length: int | None = None
    """Length of the draft and the most that the channel takes, in `unit`."""
    unit: Unit = "characters"
    reason: str = ""
    """What the approver gave as a reason, where a form comes back to be completed."""
    minutes_left: float | None = None
    asked: tuple[Asked, ...] = ()
    topic: Topic | None = None
    hold: str = ""
    """Why automation is stopped, a reason like the others; empty while it is not."""
    notice: Notice = ""
    may_decide: bool = True
    deciders: tuple[str, ...] = ()
    """Names of those who may, where the reader may not."""
    others: tuple[Person, ...] = ()
    """Whom the matter may be handed on to."""
    two_persons: bool = False
    """Whether a yes needs a second one."""
    first_yes: Taken | None = None
    """Who has said the first of two."""
    needs_code: bool = False
    """Whether a decision needs a code; `code`: whether one has been sent to be given now."""
    code: bool = False
    scope: str = ""
    """What a hold would stop, as `desk.control` writes scopes; empty where nothing can be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of a matter, as it is stored: never merely what was asked for."""

    language: PageLanguage
    approver: str
    brand: str
    kind: Kind
    channel: str
    result: Result
    now: datetime
    time_zone: str = "UTC"
    at: datetime | None = None
    """When it came to that, where a person's decision is not the last word on it."""
    decision: Action | None = None
    by: str = ""
    yours: bool = False
    decided_at: datetime | None = None
    fresh: bool = False
    """Whether this very request decided it; if not, the page says already."""
    text: str = ""
    hold: str = ""
    """Why automation is stopped, a reason like the others; empty while it is not."""
    reason: str = ""
    """Why it came to that: a reason of `desk.reasons`, or words from before."""
