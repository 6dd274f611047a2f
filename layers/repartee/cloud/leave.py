"""Leave to speak: gathers what the last judgement needs, and counts what it lets out."""

from datetime import datetime, timedelta
from typing import NamedTuple

from cloud import aws, store
from desk import door, ladder
from desk.allowed import channel_pace, is_counted
from desk.conversation import HOUR, Hourly, Tally, times_counted
from desk.door import Known, Ruling
from desk.outbound import Reply
from desk.playbook import Playbook
from desk.reasons import reason
from desk.rulebook import RuleBook

ROUNDS = 5
AGAIN_AFTER = timedelta(seconds=30)
COUNTED_FOR = timedelta(seconds=HOUR)
"""For so long what an earlier claim of the same reply has counted in the hour stands."""


class Gathered(NamedTuple):
    """What is known of a claimed reply, and how its author's and its place's items are written."""

    known: Known
    author: store.Body = ""
    head: store.Body = ""


class Leave(NamedTuple):
    """What becomes of a claimed reply, and the reply with a note of when it was counted."""

    ruling: Ruling
    reply: Reply


def to_say(reply: Reply, playbook: Playbook, rules: RuleBook, now: datetime) -> Leave:
    """Whether a claimed reply may be said now. Where it may, it is counted as said.

    Counted before it is said, so that no stop in between can make a count too low: what its rule or
    the brake stops afterwards has counted. For its author and in its conversation the same reply
    counts once, however often it is claimed. The conversation's head is written last, and only as
    it was judged: whoever takes it over meanwhile is seen.
    """
    counted = reply
    try:
        for _ in range(ROUNDS):
            found = gathered(reply, playbook, rules)
            ruling = door.judge(found.known, now)
            if ruling.to != "sending":
                return Leave(ruling, counted)
            if not _noted_for_author(found, now):
                continue
            if counted is reply:
                if against := _against_counts(found.known, now):
                    return Leave(against, counted)
                counted = reply.model_copy(update={"counted_at": _counted_at(reply, now)})
            if _noted_in_conversation(found, now):
                why = still_automatic(reply, playbook)
                return Leave(Ruling("held", why) if why else ruling, counted)
    except store.Contended:
        pass
    except aws.TROUBLE:
        # Nothing was posted, and we know it: no doubt for a person to look into.
        return Leave(Ruling("ready", reason("unreadable"), again_at=now + AGAIN_AFTER), counted)
    why = reason("not_allowed", "rate_limited", "wait", "others speak there at this moment")
    return Leave(Ruling("ready", why, again_at=now + timedelta(seconds=2)), counted)


def gathered(reply: Reply, playbook: Playbook, rules: RuleBook) -> Gathered:
    """What is stored about a claimed reply at this moment; what has no say is not read."""
    fate = store.fate(reply.brand, reply.conversation, reply.mention)
    found = Gathered(Known(reply, playbook, rules, fate=fate))
    if reply.automatic or _is_counted(found.known):
        place, head = store.head_and_body(reply.brand, reply.conversation)
        found = found._replace(known=found.known._replace(head=place), head=head)
    if reply.automatic:
        who, author = store.correspondent(reply.brand, reply.channel, door.author_of(reply))
        found = found._replace(known=found.known._replace(author=who), author=author)
    return found


def _noted_for_author(found: Gathered, now: datetime) -> bool:
    reply = found.known.reply
    if not reply.automatic:
        return True
    after = found.known.author.answered(door.automatic_of(reply, now))
    who = door.author_of(reply)
    return store.swap_correspondent(reply.brand, reply.channel, who, found.author, after, now)


def _noted_in_conversation(found: Gathered, now: datetime) -> bool:
    known, reply = found.known, found.known.reply
    after = known.head
    if reply.automatic:
        after = after.answers(door.automatic_of(reply, now))
    if _is_counted(known):
        once = known.rules.ways[reply.address.way].once
        after = after.says(reply.id, reply.mention, now, once=once)
    if after == known.head:
        return True
    return store.swap_head(reply.brand, reply.conversation, found.head, after, now)


def _against_counts(known: Known, now: datetime) -> Ruling | None:
    """What counts that many share have against one more; each that has nothing counts it."""
    reply, manner = known.reply, known.rules.ways[known.reply.address.way]
    against: Ruling | None = None

    def in_the_hour(hourly: Hourly) -> Hourly:
        nonlocal against
        ruling = door.judge(known._replace(hourly=hourly), now)
        against = ruling if ruling.to != "sending" else None
        return hourly if against else hourly.plus(reply.rule, now, reply.token)

    def on_channel(tally: Tally) -> Tally:
        nonlocal against
        too_soon = channel_pace(manner, tally, now)
        against = door.ruling_of(too_soon) if too_soon else None
        return tally if against else tally.plus(times, now, reply.token)

    if reply.automatic and _counted_at(reply, now) == now:
        store.hourly(reply.brand, in_the_hour)
    times = times_counted(manner)
    if against is None and times:
        store.tally(reply.brand, reply.channel, on_channel)
    return against


def still_automatic(reply: Reply, playbook: Playbook) -> str:
    """Why a reply that a rule made may not go out by itself any more, or an empty string.

    Asked last, since every call after it widens the moment in which nobody sees that the rule was
    changed or called wrong.
    """
    if not reply.automatic:
        return ""
    rule = next((rule for rule in playbook.rules if rule.id == reply.rule), None)
    if rule is None:
        return reason("rule_gone", reply.rule)
    standing = store.standing(reply.brand, rule.id, ladder.version_of(rule, playbook))
    return ladder.still_automatic(reply, playbook, standing)


def _counted_at(reply: Reply, now: datetime) -> datetime:
    before = reply.counted_at
    return now if before is None or now - before >= COUNTED_FOR else before


def _is_counted(known: Known) -> bool:
    manner = known.rules.ways.get(known.reply.address.way)
    return manner is not None and is_counted(manner)
