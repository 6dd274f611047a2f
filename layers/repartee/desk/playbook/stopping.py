"""Stopping: the words that pull the brake by text message, and when a topic stops by itself."""

from typing import Annotated

from pydantic import AfterValidator, Field

from desk.playbook.part import Part

CARRIERS = frozenset({
    "arret", "cancel", "end", "opt-out", "optout", "quit", "remove", "stop", "td", "unsubscribe",
    "stopall", "help", "info", "start", "unstop", "yes",
})  # fmt: skip
"""What AWS or a carrier acts upon where a message begins with it, and we may never hear of:
https://docs.aws.amazon.com/sms-voice/latest/userguide/opt-out-list-keywords.html"""


def _ours(word: str) -> str:
    first = word.casefold().split()[:1]
    if not first or first[0] in CARRIERS:
        raise ValueError(f"{word!r} is empty, or begins with a word that carriers act upon")
    return word


BrakeWord = Annotated[str, AfterValidator(_ours), Field(max_length=40)]

BRAKE_WORDS = ("HALT", "刹车", "剎車", "煞車", "急停", "СТОПКРАН")


class Crisis(Part):
    """When a topic that is unusually loud stops automation on it: all of people and negative, or
    enough of severe. Counted over the last half-hour, each author once."""

    people: int = Field(default=10, ge=3, le=1_000_000)
    """Distinct authors; of those who say the same, three."""
    negative: float = Field(default=0.5, gt=0, le=1)
    """The part of them that is unhappy, each weighed by how sure the reading is."""
    severe: int = Field(default=5, ge=1, le=1_000_000)
    """Distinct authors of what a severe rule knows: so many suffice, whatever the others feel."""
