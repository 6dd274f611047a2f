"""What a heard item changes besides its own row: who has a conversation, and what became of what.

All of it is harmless when repeated, and in any order.
"""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta

from cloud import store
from desk import intake, outbound
from desk.allowed import longest_window
from desk.channels import Platform
from desk.conversation import Conversation, Fate, asked_of
from desk.mention import Mention, fingerprint
from desk.playbook import Playbook
from desk.rulebook import RuleBook
from desk.wire import Item

UNSURE_FOR = timedelta(minutes=4)
"""Longer than a claim's lease, and than a delivery takes to come again."""
SPOKEN = frozenset({"message", "reply", "comment", "mention", "quote"})
"""Types of item in which somebody answers; a publication of our own is none."""


class NotKnownYet(Exception):
    """Whether a person of ours has spoken shows when what is being sent now has been sent."""


def parsed(
    platform: Platform, body: bytes, headers: Mapping[str, str], playbook: Playbook
) -> list[Item]:
    """The items of a delivery. What any brand of this install wrote counts as written by us."""
    ours = frozenset(playbook.accounts.values())
    others = store.own_accounts() - ours
    return [
        replace(item, own=True, reply_candidate=False) if item.author_id in others else item
        for item in platform.parse(body, headers, ours)
    ]


def note(
    item: Item, mention: Mention, playbook: Playbook, rules: RuleBook, key: bytes, now: datetime
) -> bool:
    """Note what `item`, kept as `mention`, changes.

    False where the delivery has to come again, since nobody can say yet whether a person of ours
    has spoken: what is automatic in that conversation waits for it.
    """
    if longest_window(rules, mention.address.way, mention.opens):
        store.hear(mention, now)
    if item.action in ("edit", "delete") and not item.own:
        _keep_fate(item, mention, key)
    elif item.own and item.action == "create" and item.type in SPOKEN:
        # Another brand of the install may write here, and is none of our people.
        if item.author_id is None or item.author_id in playbook.accounts.values():
            return _overhear(item, mention, now)
    elif asked := asked_of(mention):
        who = mention.author.id
        # Who is always slower than others need not note it: at its claim a second answer shows.
        with suppress(store.Contended):
            store.note_correspondent(
                mention.brand, mention.channel, who, lambda known: known.asks(asked), now
            )
    return True


def _keep_fate(item: Item, mention: Mention, key: bytes) -> None:
    whose = intake.ids_of(replace(item, action="create"), mention.brand, mention.channel, key)
    deleted = item.action == "delete"
    fate = Fate(
        deleted=deleted,
        text="" if deleted else fingerprint(intake.text_of(item)),
        at=item.edited_at or mention.said_at,
        heard_at=mention.heard_at,
    )
    store.keep_fate(mention.brand, whose.conversation, whose.mention, fate)


def _overhear(item: Item, mention: Mention, now: datetime) -> bool:
    brand, conversation = mention.brand, mention.conversation
    replies = store.replies(brand, conversation)

    def change(head: Conversation) -> Conversation:
        match whose:
            case "ours":
                return head
            case "":
                return head.waits(now + UNSURE_FOR)
            case "a person's":
                return head.overhears(f"somebody at {mention.channel}", mention.said_at)

    whose = outbound.whose(item.message_id or "", intake.text_of(item), replies)
    store.note(brand, conversation, change, now)
    return whose != ""
