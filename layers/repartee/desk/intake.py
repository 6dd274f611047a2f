"""From what a delivery reports to a mention, and from its decision to what follows."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import NamedTuple, get_args

from desk.allowed import longest_window
from desk.escalation import Matter
from desk.influence import influence
from desk.mention import Author, Decision, Mention, Reading, opaque
from desk.outbound import ANSWER_LIFE, Reply, drafted
from desk.playbook import Playbook
from desk.rulebook import Opening, RuleBook
from desk.wire import Address, Delivery, Item, Way, stamp

MAX_TEXT = 20_000
MAX_NAME = 200
MAX_LINK = 2_000


_OPENINGS: Mapping[str, Opening] = {
    **{name: name for name in get_args(Opening)},
    "reply": "comment",
    "quote": "mention",
}


class Ids(NamedTuple):
    """Stand-ins for the platform's ids: they name nobody, and stay the same for the same thing."""

    mention: str
    conversation: str
    author: str


def ids_of(item: Item, brand: str, channel: str, key: bytes) -> Ids:
    """The ids of what `item` reports, hashed with the install's `key`."""
    place = item.conversation_id or item.author_id or item.parent_id or item.identity()
    author = item.author_id or item.conversation_id or "nobody"

    def named(what: str, native: str) -> str:
        return f"{channel}:{opaque(key, brand, channel, what, native)}"

    return Ids(
        named("mention", item.identity()),
        named("conversation", place),
        named("author", author),
    )


def conversation_of(native: str, brand: str, channel: str, key: bytes) -> str:
    """The id of the conversation that a platform calls `native`, such as that below a post."""
    return f"{channel}:{opaque(key, brand, channel, 'conversation', native)}"


def author_of(item: Item, ids: Ids) -> Author:
    """Who wrote it."""
    return Author(
        id=ids.author,
        name=(item.author_name or "")[:MAX_NAME],
        followers=item.author_followers,
        verified=item.author_verified,
        bot=item.from_bot,
    )


def text_of(item: Item) -> str:
    """What it says, cut at 20,000 characters; empty for what has no words."""
    return (item.text or "")[:MAX_TEXT]


def way_of(item: Item) -> Way:
    """How an answer to `item` is said: what was said in private is answered there."""
    return "message" if item.type in ("message", "follow", "interaction") else "reply"


def opening_of(item: Item) -> Opening | None:
    """What `item` opens for our answers, or None."""
    if item.opens is not None:
        return _OPENINGS.get(item.opens)
    return _OPENINGS.get(item.type) if item.action == "create" and not item.own else None


def mention_of(
    item: Item,
    ids: Ids,
    delivery: Delivery,
    number: int,
    platform: str,
    reading: Reading,
    decision: Decision,
) -> Mention:
    """The mention that item `number` of `delivery` is."""
    heard_at = datetime.fromisoformat(delivery.received_at)
    link = item.permalink or ""
    author = author_of(item, ids)
    return Mention(
        id=ids.mention,
        brand=delivery.brand,
        channel=delivery.channel,
        platform=platform,
        conversation=ids.conversation,
        kind=f"{item.type}/{item.action}",
        author=author,
        address=Address(
            platform=platform,
            account=item.account_id or "",
            conversation=item.conversation_id or "",
            author=item.author_id or "",
            message=item.message_id or "",
            reply_token=item.reply_token or "",
            way=way_of(item),
            context=item.context or "",
        ),
        opens=opening_of(item),
        text=text_of(item),
        language_hint=item.lang or "",
        permalink=link if len(link) <= MAX_LINK else "",
        said_at=item.created_at or heard_at,
        heard_at=heard_at,
        delivery=f"{delivery.id}:{number}",
        influence=influence(author).known,
        reading=reading,
        decision=decision,
    )


def reply_to(
    mention: Mention, token: str, now: datetime, playbook: Playbook, rules: RuleBook
) -> Reply | None:
    """The answer that a mention's decision asks for: ready to go, or waiting for a yes, or None.

    It lives no longer than the window that the mention opens by the platform's `rules`. One that
    goes out by itself first waits for what else its author may say.
    """
    decision = mention.decision
    life = ANSWER_LIFE
    if decision.action == "escalate":
        policy = playbook.policies.get(decision.policy) or playbook.policies["default"]
        life = timedelta(minutes=policy.expires_minutes)
    window = longest_window(rules, mention.address.way, mention.opens)
    if window is not None:
        life = min(life, mention.said_at + timedelta(seconds=window) - now)
    if decision.action == "answer":
        wait = min(timedelta(seconds=playbook.pace.wait_seconds), max(life / 2, timedelta(0)))
        return drafted(mention, decision.text, "ready", token, now, life, decision.script, wait)
    if decision.action == "escalate" and decision.text and own_matter(mention):
        return drafted(mention, decision.text, "pending", token, now, life, decision.script)
    return None


def own_matter(mention: Mention) -> bool:
    """Whether this mention alone is what its escalation is about."""
    return mention.decision.cause == f"mention:{mention.id}"


def matter_of(mention: Mention, reply: Reply | None, now: datetime) -> Matter:
    """What is put before a person for a mention whose decision is to escalate."""
    decision = mention.decision
    return Matter(
        brand=mention.brand,
        kind="draft" if reply is not None else "help",
        cause=decision.cause,
        policy=decision.policy or "default",
        risk=decision.risk,
        category=decision.category,
        channel=mention.channel,
        conversation=mention.conversation,
        mention=mention.id,
        event=mention.id,
        reply=reply.id if reply is not None else "",
        reasons=decision.reasons,
        at=now,
    )


def event_of(reply: Reply) -> str:
    """Names what happened to a reply last: to be held once more is another event."""
    latest = max(filter(None, (reply.made_at, reply.decided_at, reply.claimed_at)))
    return f"{reply.id}|{reply.state}|{stamp(latest)}"


def matter_of_reply(reply: Reply, now: datetime) -> Matter:
    """What is put before a person for a held, failed, unconfirmed or expired reply."""
    return Matter(
        brand=reply.brand,
        kind="doubt" if reply.state == "unconfirmed" else "held",
        # What has expired was asked about already: it goes back to the same escalation.
        cause=f"mention:{reply.mention}" if reply.state == "expired" else f"reply:{reply.id}",
        policy=reply.policy,
        risk=reply.risk if reply.risk != "routine" else "sensitive",
        category=reply.category,
        channel=reply.channel,
        conversation=reply.conversation,
        mention=reply.mention,
        reply=reply.id,
        event=event_of(reply),
        title=reply.state,
        reasons=(reply.reason,) if reply.reason else (),
        at=now,
    )
