"""From an item to a reading and a decision, with what a playbook needs for it kept ready."""

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from desk.conditions import subject
from desk.influence import influence
from desk.intake import Ids, author_of, text_of
from desk.language import Understood, understander
from desk.mention import Decision
from desk.playbook import Playbook
from desk.rules import Matcher, matcher
from desk.trends import named, watch_words
from desk.triage import decide
from desk.wire import Item

KEPT = 4


class Ready(NamedTuple):
    """What reads and matches by one version of a playbook. Costly to make, cheap to use."""

    understand: Callable[[str, str], Understood]
    match: Matcher
    watches: dict[str, tuple[str, ...]]


_ready: dict[tuple[str, str], Ready] = {}


def ready(playbook: Playbook) -> Ready:
    """The reader and the matcher of a playbook; the last four are kept."""
    name = (playbook.brand, playbook.version)
    if name not in _ready:
        if len(_ready) >= KEPT:
            _ready.pop(next(iter(_ready)))
        _ready[name] = Ready(
            understander(playbook.dictionary), matcher(playbook), watch_words(playbook)
        )
    return _ready[name]


def read(item: Item, playbook: Playbook) -> Understood:
    """How an item reads, with the words of the brand."""
    return ready(playbook).understand(text_of(item), item.lang or "")


def conclude(
    item: Item,
    understood: Understood,
    ids: Ids,
    channel: str,
    playbook: Playbook,
    *,
    taken_over: bool,
    now: datetime,
) -> Decision:
    """What is to be done about an item that reads like this, by the brand's playbook."""
    text, reading = text_of(item), understood.reading
    author = author_of(item, ids)
    about = subject(
        text,
        reading,
        channel,
        plain=understood.plain,
        author=author,
        influence=influence(author).known,
    )
    decision = decide(
        item,
        text,
        reading,
        ready(playbook).match(about),
        playbook,
        now=now,
        author=author,
        taken_over=taken_over,
        mention_id=ids.mention,
        conversation_id=ids.conversation,
    )
    watches = named(understood.plain, reading.words, ready(playbook).watches)
    return decision.model_copy(update={"watches": tuple(sorted(watches))})
