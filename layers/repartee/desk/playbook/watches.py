"""Watches: what the brand counts by name."""

from pydantic import Field

from desk.playbook.part import Id, Part
from desk.playbook.stopping import Crisis


class Watch(Part):
    """A topic that the brand counts by name, whatever words people use for it."""

    id: Id
    title: str
    words: tuple[str, ...] = Field(min_length=1)
    policy: Id = "default"
    crisis: Crisis | None = None
    """When it is one; where this is not said, as for the whole brand."""
