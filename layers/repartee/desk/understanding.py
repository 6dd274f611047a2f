"""From an item to a reading and a decision, with what a playbook needs for it kept ready."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from desk.conditions import subject
from desk.influence import influence
from desk.intake import Ids, author_of, text_of, way_of
from desk.ladder import Standing
from desk.language import Understood, understander
from desk.mention import Decision
from desk.playbook import Playbook, Rule
from desk.rulebook import RuleBook
from desk.rules import Matcher, matcher
from desk.terms import named, watch_words
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


def matching(
    item: Item, understood: Understood, ids: Ids, channel: str, playbook: Playbook
) -> tuple[Rule, ...]:
    """The brand's rules that match an item which reads like this, highest priority first."""
    author = author_of(item, ids)
    about = subject(
        text_of(item),
        understood.reading,
        channel,
        plain=understood.plain,
        author=author,
        influence=influence(author).known,
    )
    return ready(playbook).match(about)


def conclude(
    item: Item,
    understood: Understood,
    rules: tuple[Rule, ...],
    ids: Ids,
    channel: str,
    playbook: Playbook,
    *,
    taken_over: bool,
    now: datetime,
    standings: Mapping[str, Standing] | None = None,
    said: Sequence[str] = (),
    platform: RuleBook | None = None,
) -> Decision:
    """What is to be done about an item that reads like this and that these of the brand's `rules`
    match. `standings` are theirs, `said` what we have said in its conversation, and `platform`
    is what holds for what we say there.
    """
    manner = platform.ways.get(way_of(item)) if platform else None
    reading = understood.reading
    decision = decide(
        item,
        text_of(item),
        reading,
        rules,
        playbook,
        now=now,
        author=author_of(item, ids),
        taken_over=taken_over,
        mention_id=ids.mention,
        conversation_id=ids.conversation,
        channel=channel,
        standings=standings,
        said=said,
        limits=manner.limits if manner else (),
    )
    watches = named(understood.plain, reading.words, ready(playbook).watches)
    return decision.model_copy(update={"watches": tuple(sorted(watches))})
