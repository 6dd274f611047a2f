"""What a decision goes by besides the text, such as rules' ladders, and what follows from it."""

from cloud import clock, queues, store
from cloud.settings import settings
from desk import intake, understanding
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


def carry_out(
    mention: Mention, playbook: Playbook, platform: RuleBook, sender: str
) -> list[queues.Message]:
    """Make the reply that a kept mention's decision asks for; what is to be queued then.

    Again changes nothing, and what is to be queued is the same.
    """
    now = clock.now()
    made = intake.reply_to(mention, clock.token(), now, playbook, platform)
    reply = None if made is None else store.add_reply(made) or made
    action = mention.decision.action
    if action == "answer" and reply is not None:
        wait = (reply.not_before - now).total_seconds() if reply.not_before else 0
        key = reply.key.model_dump_json()
        return [queues.Message(settings().outbound_queue, key, wait, sender)]
    if action == "escalate":
        matter = intake.matter_of(mention, reply, now).model_dump_json(exclude_defaults=True)
        return [queues.Message(settings().escalations_queue, matter, sender=sender)]
    return []
