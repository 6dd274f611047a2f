"""What was counted in a window of time. Apart from `crowd`, whose language tables few may load."""

from typing import NamedTuple

from pydantic import AwareDatetime, BaseModel

EVERYBODY = ""
"""The term that stands for all people."""


class Count(NamedTuple):
    """People by weight: all, and those in a negative or a positive mood."""

    weight: float = 0.0
    negative: float = 0.0
    positive: float = 0.0


class Counts(BaseModel, frozen=True):
    """What the tally of the ten minutes from `start` on comes to, in a few kilobytes."""

    start: AwareDatetime
    terms: dict[str, Count] = {}
    floor: float = 0.0
    """The weight that a term which is not among them may have had."""

    def weight(self, term: str) -> float:
        """Of a term: where it is not among them, the most that it may have had."""
        return self.terms[term].weight if term in self.terms else self.floor

    def counted(self, term: str) -> Count:
        """Of a term: none where it is not among them."""
        return self.terms.get(term, Count())


class Curve(BaseModel, frozen=True):
    """What is kept of a planned event: people by weight in each of its ten minutes."""

    topic: str
    """The watch under which it was counted."""
    title: str
    begins: AwareDatetime
    people: tuple[float, ...]
