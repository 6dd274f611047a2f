"""What is read from platforms that do not push, and from those whose webhooks may get lost."""

from collections.abc import Mapping
from typing import NamedTuple

from desk.wire import Outbound

SOURCE = "x-repartee-source"
"""Header of a delivery that was polled: the source's name, for the module that parses it."""


PLATFORM = "x-repartee-platform"
"""Header of a delivery that was polled: its platform, as a polled channel may have no `hooks`."""


class Poll(NamedTuple):
    """A question to ask again and again. `source` names it within its channel."""

    source: str
    call: Outbound
    every: float
    """Seconds between two questions, at the least."""
    pushed: bool = False
    """Whether a webhook brings the same: then this only finds what was never sent."""
    fastest: float = 60.0
    """Seconds between two questions where people watch something together: what the platform bears.
    """
    changes: float | None = None
    """Seconds within which its content is known to change; None where it may well be quiet."""


class Page(NamedTuple):
    """What an answer to a poll comes to."""

    fresh: bool
    """Whether its body is to be read: False where nothing can have changed."""
    marks: Mapping[str, str]
    """The source's marks from now on: the newest id, a cursor, an ETag, as the module needs them.

    Stored once the body is safely queued, so that nothing is skipped.
    """
    more: Outbound | None = None
    """The next page, where the answer had no room for all: its address may be relative to the one
    that was asked, and its headers are added to that one's.
    """
    wait: float | None = None
    """Seconds to leave the source alone, if the platform asks for it."""
