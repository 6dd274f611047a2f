"""What a decision goes by besides the text: the conversation, the rules' ladders, what was said."""

from cloud import clock, store
from desk import understanding
from desk.intake import Ids
from desk.ladder import climbs
from desk.language import Understood
from desk.mention import Decision, Mention
from desk.playbook import Playbook
from desk.reasons import reason
from desk.rulebook import RuleBook
from desk.wire import Item


def decide(
    item: Item, read: Understood, ids: Ids, channel: str, playbook: Playbook, platform: RuleBook
) -> Decision:
    """What is to be done about an item that reads like this."""
    now = clock.now()
    rules = understanding.matching(item, read, ids, channel, playbook)
    speaks = any(map(climbs, rules))
    return understanding.conclude(
        item, read, rules, ids, channel, playbook,
        taken_over=store.head(playbook.brand, ids.conversation).is_taken(now),
        now=now,
        standings=store.settle_standings(playbook, rules, now),
        said=store.said(playbook.brand, ids.conversation) if speaks else (),
        platform=platform,
    )  # fmt: skip


def note(mention: Mention) -> None:
    """Note what follows from a kept mention besides its answer; again changes nothing.

    It counts for the rules that listened, and whoever asks for a person gets nobody else.
    """
    store.count_matches(mention)
    if reason("wants_person") in mention.decision.reasons:
        store.hand_over(mention.brand, mention.conversation, clock.now())
