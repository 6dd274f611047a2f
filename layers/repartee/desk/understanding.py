"""From an item to a reading and a decision, with what a playbook needs for it kept ready."""

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from desk.intake import Ids, author_of, text_of
from desk.language import reader
from desk.mention import Decision, Reading
from desk.playbook import Playbook, Rule
from desk.rules import matcher
from desk.triage import decide
from desk.wire import Item

KEPT = 4


class Ready(NamedTuple):
    """What reads and matches by one version of a playbook. Costly to make, cheap to use."""

    read: Callable[[str, str], Reading]
    match: Callable[[str, Reading, str], tuple[Rule, ...]]


_ready: dict[tuple[str, str], Ready] = {}


def ready(playbook: Playbook) -> Ready:
    """The reader and the matcher of a playbook; the last four are kept."""
    name = (playbook.brand, playbook.version)
    if name not in _ready:
        if len(_ready) >= KEPT:
            _ready.pop(next(iter(_ready)))
        _ready[name] = Ready(reader(playbook.dictionary), matcher(playbook))
    return _ready[name]


def conclude(
    item: Item, ids: Ids, channel: str, playbook: Playbook, *, taken_over: bool, now: datetime
) -> tuple[Reading, Decision]:
    """How an item reads, and what is to be done about it, by the brand's playbook."""
    text = text_of(item)
    read, match = ready(playbook)
    reading = read(text, item.lang or "")
    decision = decide(
        item,
        text,
        reading,
        match(text, reading, channel),
        playbook,
        now=now,
        author=author_of(item, ids),
        taken_over=taken_over,
        mention_id=ids.mention,
        conversation_id=ids.conversation,
    )
    return reading, decision
