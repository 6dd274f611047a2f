"""People: who may decide, when they are on duty, and in what order they are asked."""

from datetime import date
from typing import Annotated, Literal, Self

from pydantic import Field, NaiveDatetime, StringConstraints, model_validator

from desk.mention import Risk
from desk.playbook.limits import Weekday
from desk.playbook.part import Id, Part

LANGUAGES_OF_PAGES = ("zh-Hans", "zh-Hant", "en", "uk")
WEEK: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

_CLOCK = r"([01]\d|2[0-3]):[0-5]\d"

Watch = Annotated[str, StringConstraints(pattern=rf"^{_CLOCK}-({_CLOCK}|24:00)$")]
"""Such as `09:00-18:30`. Where its end is not after its beginning it runs into the next day:
`22:00-06:00`; `09:00-09:00` is a day and a night."""


class Step(Part):
    """Ask these, by the names of approvers and rotas, then give them this long."""

    ask: tuple[Id, ...] = Field(min_length=1)
    """Of a rota, whoever is on duty when the step comes. Who is away, or has quiet hours, is left
    out; where that leaves nobody, the next step is taken at once."""
    wait_minutes: float = Field(gt=0, le=24 * 60)


class Policy(Part):
    """Who is asked, in what order."""

    steps: tuple[Step, ...] = Field(min_length=1)
    fallback: tuple[Id, ...] = ()
    """Who is asked after the last step, with an alarm, quiet hours or not; by default those of the
    last step. There is always somebody: a lead, where all of them are away."""
    expires_minutes: float = Field(default=12 * 60, gt=0, le=24 * 60)
    """How long a proposed answer may wait for a yes."""


class Days(Part):
    """A day, or some in a row."""

    on: date
    until: date | None = None
    """The last of them; by default it is one day."""
    name: str = ""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.until is not None and self.until < self.on:
            raise ValueError(f"until {self.until} is before on {self.on}")
        return self


class Shift(Part):
    """Hours that are taken in turns."""

    people: tuple[Id, ...] = Field(min_length=1)
    """In the order of their turns: the first one's begins on `since`."""
    since: date
    """Before this day nobody has this shift."""
    until: date | None = None
    """After this day nobody has; by default it has no end."""
    turn_days: int = Field(default=7, ge=1, le=366)
    """After so many days the next one's turn begins."""
    week: tuple[Weekday, ...] = WEEK
    """The days on which it begins."""
    hours: tuple[Watch, ...] = ("00:00-24:00",)
    holidays: Literal["work", "off"] = "work"
    """Whether it is worked on the holidays of its rota."""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.until is not None and self.until < self.since:
            raise ValueError(f"until {self.until} is before since {self.since}")
        return self


class Swap(Part):
    """Two who do each other's duty for a time."""

    between: tuple[Id, Id]
    start: NaiveDatetime
    """By the rota's clock, as `end` is."""
    end: NaiveDatetime

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.end <= self.start:
            raise ValueError(f"end {self.end} is not after start {self.start}")
        return self


class Override(Part):
    """Somebody else's duty, for a time."""

    ask: tuple[Id, ...] = Field(min_length=1)
    instead_of: Id = ""
    """Only where this one would be on duty; by default instead of whoever would be, if anybody."""
    start: NaiveDatetime
    """By the rota's clock, as `end` is."""
    end: NaiveDatetime
    reason: str = ""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.end <= self.start:
            raise ValueError(f"end {self.end} is not after start {self.start}")
        return self


class Rota(Part):
    """Who is on duty when. Shifts may overlap: then all of them are."""

    time_zone: str
    """Name in the IANA database: its days and hours are those of clocks there."""
    shifts: tuple[Shift, ...] = Field(min_length=1)
    holidays: tuple[Days, ...] = ()
    swaps: tuple[Swap, ...] = ()
    overrides: tuple[Override, ...] = ()
    """They count above swaps, and a later one above those before it."""

    @property
    def people(self) -> tuple[Id, ...]:
        """Everybody whom it names, each once."""
        shifts = (who for one in self.shifts for who in one.people)
        swapped = (who for one in self.swaps for who in one.between)
        instead = (who for one in self.overrides for who in (*one.ask, one.instead_of) if who)
        return tuple(dict.fromkeys((*shifts, *swapped, *instead)))


class Approver(Part):
    """Somebody who may decide, and the language of the pages they see."""

    name: str
    language: Literal["zh-Hans", "zh-Hant", "en", "uk"] = "en"
    time_zone: str = "UTC"
    """Name in the IANA database: the times on their pages are in it, their quiet hours and the days
    on which they are away."""
    role: Literal["operator", "lead"] = "lead"
    """What they may decide, by the playbook's tiers."""
    quiet: tuple[Watch, ...] = ()
    """Hours in which they are not asked."""
    wake_for: Risk = "severe"
    """From this risk on they are asked in their quiet hours too."""
    away: tuple[Days, ...] = ()
    """When they are not asked at all: holidays, leave."""
