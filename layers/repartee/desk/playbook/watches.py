"""Watches: what the brand counts by name."""

from pydantic import Field

from desk.playbook.part import Id, Part


class Watch(Part):
    """A topic that the brand counts by name, whatever words people use for it."""

    id: Id
    title: str
    words: tuple[str, ...] = Field(min_length=1)
    policy: Id = "default"
