"""Limits: how often, when, about what and by whom something may be said."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from desk.mention import Risk
from desk.playbook.part import Id, Part

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]

_CLOCK = r"([01]\d|2[0-3]):[0-5]\d"

Span = Annotated[str, StringConstraints(pattern=rf"^{_CLOCK}-({_CLOCK}|24:00)$")]
"""Such as `09:00-18:30`, in the time zone of what it belongs to. A span ends on its own day."""

Tier = Literal["automatic", "operator", "lead", "two_persons"]
"""Who may decide. A lead may decide whatever an operator may; two persons are two, one a lead."""

TIERS: dict[Risk, Tier] = {"routine": "automatic", "sensitive": "operator", "severe": "operator"}
"""Who decides what where a playbook does not say."""


class Caps(Part):
    """How many automatic answers there may be at the most. They are counted when one is claimed."""

    conversation: int = Field(default=3, ge=1, le=100)
    """In one conversation in 24 hours."""
    author: int = Field(default=5, ge=1, le=100)
    """To one author in 24 hours."""
    rule: int = Field(default=300, ge=1, le=100_000)
    """By one rule in an hour."""
    brand: int = Field(default=1000, ge=1, le=1_000_000)
    """In all, in an hour."""
    same_script_hours: float = Field(default=24, ge=0, le=24 * 30)
    """For so long nobody gets the same script in the same conversation twice."""


class Pace(Part):
    """How an automatic answer waits, so that several messages in a row get one answer."""

    wait_seconds: float = Field(default=0, ge=0, le=120)
    """An answer waits so long, for what else its author may say; then it goes out once."""
    burst_seconds: float = Field(default=120, ge=0, le=3600)
    """What an author says within so long of their last message is part of one burst."""


class Holiday(Part):
    """A day, or some, with hours of its own; lunar ones are written with their dates each year."""

    on: date
    until: date | None = None
    """The last day of it, itself included; by default it is one day."""
    name: str = Field(min_length=1)
    open: tuple[Span, ...] = ()
    """Closed where there are none."""


class Hours(Part):
    """When the brand's people are there. Outside of it, automatic answers go another way."""

    time_zone: str
    """Name in the IANA database."""
    week: dict[Weekday, tuple[Span, ...]]
    """A weekday that is not named is closed."""
    holidays: tuple[Holiday, ...] = ()
    outside: Literal["answer", "wait", "ask"] = "answer"
    """What becomes of an automatic answer while closed: it goes out, waits for the opening, or is
    put before a person."""


class Topic(Part):
    """Something that people talk about, and the words by which it is known."""

    id: Id
    title: str
    words: tuple[str, ...] = Field(min_length=1)


class Tolerance(Part):
    """What the brand may join in on. What is careful or forbidden is never answered by itself."""

    allowed: tuple[Topic, ...] = ()
    careful: tuple[Topic, ...] = ()
    """A person is asked; of an opportunity, a lead."""
    forbidden: tuple[Topic, ...] = ()
    """Never, and no opportunity is made of them."""


class Category(Part):
    """A kind of matter and whose it is."""

    title: str
    owner: str = Field(min_length=1)
    """An approver, a rota, or a policy: whoever it asks."""
