"""A rehearsal: what another playbook would have made of mentions that were heard.

Both playbooks are asked anew, about the same facts, so that all differences are the playbooks'.
What is not kept of a mention is taken from the reasons of what was decided then, and rules count
as having climbed the ladder: what is compared is what they say.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from functools import cache
from typing import NamedTuple, cast

from desk.conditions import subject
from desk.ladder import Standing, climbs, version_of
from desk.language import Understood, plain_of, understander
from desk.mention import Action, Author, Decision, Mention, Reading
from desk.playbook import Id, Playbook, Rule
from desk.reasons import parse
from desk.rules import matcher
from desk.triage import decide
from desk.wire import Item, ItemAction, ItemType

LONGEST = 120
"""Characters of a text that are kept as an example."""


class Heard(NamedTuple):
    """A mention with what a decision about it depends on, but for the playbook."""

    id: str
    item: Item
    text: str
    reading: Reading | None
    """As it was read then; None where it is to be read now."""
    channel: str
    author: Author
    influence: int | None
    conversation: str
    taken_over: bool
    now: datetime


class Matched(NamedTuple):
    """What a rule newly matches and no longer matches, with the texts of some."""

    gained: int
    lost: int
    examples_gained: tuple[str, ...]
    examples_lost: tuple[str, ...]


class Outcome(NamedTuple):
    """What is decided, as far as it makes a difference to anybody."""

    action: Action
    rule: Id
    script: Id
    policy: Id
    risk: str


class Moved(NamedTuple):
    """Mentions about which one thing was decided and another would be."""

    before: Outcome
    after: Outcome
    mentions: int
    examples: tuple[str, ...]


class Rehearsal(NamedTuple):
    """What a playbook changes, over so many mentions."""

    mentions: int
    read_anew: bool
    """Whether they were read anew, since the words of the brand are others."""
    rules: Mapping[Id, Matched]
    """Of each rule that matches otherwise; most mentions first."""
    moved: tuple[Moved, ...]
    """Most mentions first."""
    anew: tuple[Id, ...]
    """Rules that answered before, say something else now, and begin in the shadow."""


class _Mind(NamedTuple):
    """One of the two playbooks, made ready."""

    playbook: Playbook
    reader: Callable[[], Callable[[str, str], Understood]]
    """Made when first asked for, since it takes long and is seldom needed."""
    match: Callable[..., tuple[Rule, ...]]
    standings: Mapping[Id, Standing]


def heard_of(mention: Mention) -> Heard:
    """What is known of a mention that is kept.

    Whether it was for us to answer is not kept by itself: it was, unless a reason says otherwise.
    """
    codes = {parse(why).code for why in mention.decision.reasons}
    kind, _, action = mention.kind.partition("/")
    item = Item(
        type=cast(ItemType, kind),
        action=cast(ItemAction, action),
        own="echo" in codes,
        reply_candidate="not_for_us" not in codes,
        text=mention.text,
        author_id=mention.address.author,
        from_bot=mention.author.bot,
        created_at=mention.said_at,
        standby="standby" in codes,
        media=("kept",) if "only_media" in codes else (),
        lang=mention.language_hint,
    )
    return Heard(
        id=mention.id,
        item=item,
        text=mention.text,
        reading=mention.reading,
        channel=mention.channel,
        author=mention.author,
        influence=mention.influence,
        conversation=mention.conversation,
        taken_over="taken_over" in codes,
        now=mention.heard_at,
    )


def rehearse(
    heard: Iterable[Heard], old: Playbook, new: Playbook, *, examples: int = 3
) -> Rehearsal:
    """What `new` would have matched and decided otherwise than `old`, with some texts of each.

    Stored readings are used, unless the two have other words of the brand: then each reads anew.
    """
    before, after = _mind(old), _mind(new)
    anew = {*old.dictionary} != {*new.dictionary}
    mentions = 0
    gained: dict[Id, list[str]] = defaultdict(list)
    lost: dict[Id, list[str]] = defaultdict(list)
    moved: dict[tuple[Outcome, Outcome], list[str]] = defaultdict(list)
    for one in heard:
        mentions += 1
        text = one.text[:LONGEST]
        known = None
        if one.reading is not None and not anew:
            known = Understood(one.reading, plain_of(one.text))
        rules, outcome = _concluded(one, before, known)
        rules_then, outcome_then = _concluded(one, after, known)
        for rule in rules_then - rules:
            gained[rule].append(text)
        for rule in rules - rules_then:
            lost[rule].append(text)
        if outcome != outcome_then:
            moved[outcome, outcome_then].append(text)
    matched = {
        rule: Matched(
            len(gained[rule]),
            len(lost[rule]),
            tuple(gained[rule][:examples]),
            tuple(lost[rule][:examples]),
        )
        for rule in sorted({*gained, *lost})
    }
    most = sorted(matched, key=lambda rule: -matched[rule].gained - matched[rule].lost)
    return Rehearsal(
        mentions,
        anew,
        {rule: matched[rule] for rule in most},
        tuple(
            Moved(*pair, len(texts), tuple(texts[:examples]))
            for pair, texts in sorted(moved.items(), key=lambda it: -len(it[1]))
        ),
        tuple(_begins_anew(old, new)),
    )


def _mind(playbook: Playbook) -> _Mind:
    standings = {
        rule.id: Standing(rule=rule.id, version=version_of(rule, playbook), rung="auto")
        for rule in playbook.rules
    }
    reader = cache(lambda: understander(playbook.dictionary))
    return _Mind(playbook, reader, matcher(playbook), standings)


def _concluded(one: Heard, mind: _Mind, known: Understood | None) -> tuple[set[Id], Outcome]:
    """The rules that match a mention, and what is decided about it; read as `known`, or anew."""
    reading, plain = known or mind.reader()(one.text, one.item.lang or "")
    about = subject(
        one.text, reading, one.channel, plain=plain, author=one.author, influence=one.influence
    )
    rules = mind.match(about)
    decision = decide(
        one.item,
        one.text,
        reading,
        rules,
        mind.playbook,
        now=one.now,
        author=one.author,
        taken_over=one.taken_over,
        mention_id=one.id,
        conversation_id=one.conversation,
        channel=one.channel,
        standings=mind.standings,
    )
    return {rule.id for rule in rules}, _outcome(decision)


def _outcome(decision: Decision) -> Outcome:
    said = decision.script if decision.action in ("answer", "escalate") else ""
    policy = decision.policy if decision.action == "escalate" else ""
    return Outcome(decision.action, decision.rule, said, policy, decision.risk)


def _begins_anew(old: Playbook, new: Playbook) -> Iterator[Id]:
    """Rules of both that answer, whose form is another and has no evidence of its own."""
    before = {rule.id: version_of(rule, old) for rule in old.rules if climbs(rule)}
    for rule in new.rules:
        known = before.get(rule.id)
        if known and climbs(rule) and rule.evidence is None and version_of(rule, new) != known:
            yield rule.id
