"""Watches: what the brand counts by name; and moments: what it joins in on, and how."""

from datetime import datetime
from typing import Annotated

from pydantic import AwareDatetime, Field

from desk.playbook.part import Id, Part
from desk.playbook.scripts import Variants
from desk.playbook.stopping import Crisis


class Watch(Part):
    """A topic that the brand counts by name, whatever words people use for it."""

    id: Id
    title: str
    words: tuple[str, ...] = Field(min_length=1)
    policy: Id = "default"
    crisis: Crisis | None = None
    """When it is one; where this is not said, as for the whole brand."""


class Event(Part):
    """Something that is to come at a time of its own: a launch, an anniversary, a sale."""

    id: Id
    title: str
    watch: Id = ""
    """The watch that stands for it, if it has no words of its own."""
    words: tuple[str, ...] = ()
    """What it is called, where no watch stands for it: it is then counted as one of its own id."""
    begins: AwareDatetime
    """With its zone, as in 2026-11-10T20:00+08:00."""
    ends: AwareDatetime
    last_year: AwareDatetime | None = None
    """When last year's began, if this desk has counted it, as an event of the same topic."""
    curve: tuple[Annotated[float, Field(ge=0)], ...] = ()
    """Last year's otherwise: people in each ten minutes from its beginning."""
    opens_room: bool = False
    """Whether a war room opens for it by itself when it begins."""

    @property
    def topic(self) -> Id:
        """The watch under which it is counted."""
        return self.watch or self.id

    def is_on(self, now: datetime) -> bool:
        """Whether it has begun and is not over."""
        return self.begins <= now < self.ends


class Rival(Part):
    """Another brand for the same people: what it says and does counts against a moment of ours."""

    id: Id
    name: str
    words: tuple[str, ...] = Field(min_length=1)


class Format(Part):
    """A way in which the brand joins in. Variables of its texts: $topic, $brand."""

    id: Id
    topics: tuple[Id, ...] = Field(min_length=1)
    """The allowed topics that it suits."""
    texts: Variants
    image: str = Field(default="", max_length=500)
    """What a picture beside it should show, for whoever makes it."""


class Moments(Part):
    """When and where the brand joins in on what is talked about. Without channels it does not."""

    channels: tuple[Id, ...] = ()
    """Where its posts go, all at once."""
    places: dict[Id, str] = {}
    """Of a channel that has several: the chat, page or room that posts go to, as it names it."""
    at_least: float = Field(default=50, ge=0, le=100)
    """Points below which nothing is put before a person; of a hundred."""
    half_life_minutes: float = Field(default=180, ge=10, le=7 * 24 * 60)
    """In which what is new about a trend becomes half as much."""
    per_day: int = Field(default=3, ge=0, le=50)
    """Opportunities put before a person in 24 hours, at the most."""
    policy: Id = "default"


class WarRoom(Part):
    """What holds while people watch a topic together."""

    policy: Id = "default"
    """Who is asked about its matters: a wider circle than on other days."""
    hours: float = Field(default=6, gt=0, le=72)
    """After so long a room closes by itself."""
    statements: dict[Id, Id] = {}
    """By topic, and `default`: the script that lies ready to be published."""
