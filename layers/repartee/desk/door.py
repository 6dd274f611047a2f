"""The last judgement before anything is said: all that is known at the claim, and what follows.

Caps, bursts, hours and age are for what is automatic. What a person has approved still respects
what has become of its mention, the brand's own words and domains, and the platform's rules.
"""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Literal, NamedTuple

from desk.allowed import Speech, Verdict, allowed, longest_window
from desk.conversation import (
    HOUR,
    Asked,
    Automatic,
    Conversation,
    Correspondent,
    Fate,
    Hourly,
    Tally,
)
from desk.hours import is_open, next_opening
from desk.objections import objection
from desk.outbound import ANSWER_LIFE, Reply, moved, released
from desk.playbook import Playbook
from desk.reasons import reason
from desk.rulebook import RuleBook

DAY = timedelta(hours=24)
CapOf = Literal["conversation", "author", "rule", "brand"]


class Ruling(NamedTuple):
    """The state that a claimed reply gets, and why; `sending` is leave to go out."""

    to: Literal["sending", "ready", "held", "failed", "rejected"]
    reason: str = ""
    again_at: datetime | None = None
    """Of `ready`: from when it may be tried again."""
    expires_at: datetime | None = None
    """Of `ready`: how long it now lives, where that has changed."""
    opens_at: datetime | None = None
    """Of `ready`: the opening that it waits for."""
    tag: str = ""
    """What the call has to carry, by the window that it goes into."""


GO = Ruling("sending")


class Known(NamedTuple):
    """What is known when a reply was claimed. What was not looked up yet stands for nothing."""

    reply: Reply
    playbook: Playbook
    rules: RuleBook
    head: Conversation = Conversation()
    author: Correspondent = Correspondent()
    fate: Fate | None = None
    hourly: Hourly = Hourly()


Look = Callable[[Known, datetime], Ruling | None]


def judge(known: Known, now: datetime) -> Ruling:
    """Whether a claimed reply may go out now, and what becomes of it where it may not.

    What is never to be said comes first, then what needs a person, then what time alone can mend.
    """
    reply = known.reply
    for look in (*_ALWAYS, *(_AUTOMATIC if reply.automatic else ())):
        if ruling := look(known, now):
            return ruling
    return ruling_of(allowed(speech_of(reply), known.head, known.rules, now))


def carried_out(reply: Reply, ruling: Ruling, token: str, now: datetime) -> Reply:
    """The claimed reply that may not go out, in its next state.

    Where only time stands against it, it waits, and the claim does not count as a try.
    """
    if ruling.again_at is None:
        return moved(reply, ruling.to, token, now, ruling.reason)
    life = {
        "expires_at": ruling.expires_at or reply.expires_at,
        "opens_at": ruling.opens_at or reply.opens_at,
    }
    waiting = reply.model_copy(update=life)
    then = released(waiting, token, now, ruling.reason, ruling.again_at - now)
    return then.model_copy(update={"tries": reply.tries - 1})


def automatic_of(reply: Reply, now: datetime) -> Automatic:
    """What is counted of an automatic answer."""
    return Automatic(
        reply=reply.id,
        mention=reply.mention,
        conversation=reply.conversation,
        author=author_of(reply),
        script=reply.script,
        said_at=_said_at(reply),
        at=now,
    )


def author_of(reply: Reply) -> str:
    """Who is counted as its addressee: all whom a platform does not tell apart are one."""
    return reply.author or reply.conversation


def speech_of(reply: Reply) -> Speech:
    """What the rules of a platform are about in a reply."""
    return Speech(
        id=reply.id,
        mention=reply.mention,
        way=reply.address.way,
        text=reply.text,
        by_person=reply.by_hand,
        opened_by=reply.opened_by,
        opened_at=reply.opened_at,
        summoned=reply.opened_by == "mention",
    )


def ruling_of(verdict: Verdict) -> Ruling:
    """What follows from what a platform's rules say."""
    if verdict.kind is None:
        return Ruling("sending", tag=verdict.tag)
    why = reason("not_allowed", verdict.kind, " ".join(verdict.instead), verdict.detail)
    if verdict.again_at is None:
        return Ruling("failed", why)
    return Ruling("ready", why, again_at=verdict.again_at)


# ---------------------------------------------------------------- whoever wrote or approved it


def _gone(known: Known, now: datetime) -> Ruling | None:
    if known.fate is not None and known.fate.deleted:
        return Ruling("rejected", reason("gone"))
    if known.reply.address.author in known.playbook.accounts.values():
        return Ruling("rejected", reason("to_ourselves"))
    return None


def _changed(known: Known, now: datetime) -> Ruling | None:
    # Who has approved it since has seen what it was changed to.
    reply, fate = known.reply, known.fate
    if fate is None or not fate.text or fate.text == reply.said:
        return None
    if not reply.automatic and reply.decided_at is not None and reply.decided_at >= fate.heard_at:
        return None
    return Ruling("held", reason("changed"))


def _worded(known: Known, now: datetime) -> Ruling | None:
    why = objection(known.reply.text, known.playbook)
    return Ruling("held", why) if why else None


_ALWAYS: tuple[Look, ...] = (_gone, _changed, _worded)


# ---------------------------------------------------------------- what is automatic


def _taken(known: Known, now: datetime) -> Ruling | None:
    return Ruling("held", reason("taken_over")) if known.head.is_taken(now) else None


def _stale(known: Known, now: datetime) -> Ruling | None:
    # What has waited for the opening is as old as that: nobody expected it sooner.
    minutes = known.playbook.stale_minutes
    since = max(_said_at(known.reply), known.reply.opens_at or _said_at(known.reply))
    if now - since <= timedelta(minutes=minutes):
        return None
    return Ruling("held", reason("stale", f"{minutes:g}"))


def _burst(known: Known, now: datetime) -> Ruling | None:
    """What its author has said around it, in the same conversation.

    Who has the answer of a burst keeps it, whatever is heard afterwards. Before that, a person who
    was asked about any of it answers all of it, and else the last of it is answered. What comes
    after the answer and wants the same is answered; what wants another needs a person's yes.
    """
    reply, author = known.reply, known.author
    if any(one.reply == reply.id for one in author.automatic):
        return None
    said_at, within = _said_at(reply), timedelta(seconds=known.playbook.pace.burst_seconds)
    here = [one for one in author.asked if one.conversation == reply.conversation]
    around = [one for one in here if abs(one.said_at - said_at) < within]
    if graver := next((one for one in around if one.person and one.mention != reply.mention), None):
        return Ruling("rejected", reason("merged", graver.mention))
    if later := _after(reply, around, said_at):
        return Ruling("rejected", reason("merged", later.mention))
    for one in reversed(author.automatic):
        if one.conversation == reply.conversation and abs(said_at - one.said_at) < within:
            if one.script == reply.script:
                return Ruling("rejected", reason("merged", one.mention))
            return Ruling("held", reason("just_answered", one.mention))
    return None


def _after(reply: Reply, around: Iterable[Asked], said_at: datetime) -> Asked | None:
    # Platforms tell times by the second: of what was said in one, the last that was heard is last.
    order = sorted(around, key=lambda one: one.said_at)
    place = next((n for n, one in enumerate(order) if one.mention == reply.mention), None)
    later = order[place + 1 :] if place is not None else [
        one for one in order if one.said_at > said_at
    ]  # fmt: skip
    return later[-1] if later else None


def _capped(known: Known, now: datetime) -> Ruling | None:
    reply, caps = known.reply, known.playbook.caps
    said = _others(reply, known.head.automatic)
    if sum(now - one.at < DAY for one in said) >= caps.conversation:
        return _at_cap("conversation", caps.conversation)
    if sum(now - one.at < DAY for one in _others(reply, known.author.automatic)) >= caps.author:
        return _at_cap("author", caps.author)
    apart = timedelta(hours=caps.same_script_hours)
    same = [one for one in said if reply.script and one.script == reply.script]
    if any(one.author == author_of(reply) and now - one.at < apart for one in same):
        return Ruling("held", reason("said_before", f"{caps.same_script_hours * 60:g}"))
    return None


def _closed(known: Known, now: datetime) -> Ruling | None:
    hours, reply = known.playbook.hours, known.reply
    if hours is None or hours.outside == "answer" or is_open(hours, now):
        return None
    opens_at = next_opening(hours, now)
    window = longest_window(known.rules, reply.address.way, reply.opened_by)
    if hours.outside == "wait" and opens_at is not None:
        expires_at = opens_at + ANSWER_LIFE
        if window is not None and reply.opened_at is not None:
            expires_at = min(expires_at, reply.opened_at + timedelta(seconds=window))
        if opens_at < expires_at:
            return Ruling("ready", reason("closed"), opens_at, expires_at, opens_at)
    return Ruling("held", reason("closed"))


def _unsure(known: Known, now: datetime) -> Ruling | None:
    until = known.head.unsure_until
    if until is None or until <= now:
        return None
    return Ruling("ready", reason("perhaps_a_person"), again_at=until)


def _hourly(known: Known, now: datetime) -> Ruling | None:
    caps = known.playbook.caps
    counts: tuple[tuple[CapOf, int, Tally], ...] = (
        ("rule", caps.rule, known.hourly.rules.get(known.reply.rule, Tally())),
        ("brand", caps.brand, known.hourly.brand),
    )
    for what, most, tally in counts:
        if tally.within(HOUR, now) >= most:
            ruling = _at_cap(what, most)
            return ruling._replace(to="ready", again_at=tally.free_at(most, HOUR, now))
    return None


_AUTOMATIC: tuple[Look, ...] = (_taken, _stale, _burst, _capped, _closed, _unsure, _hourly)


def _at_cap(what: CapOf, most: int) -> Ruling:
    return Ruling("held", reason("capped", what, most))


def _others(reply: Reply, said: Iterable[Automatic]) -> list[Automatic]:
    return [one for one in said if one.reply != reply.id]


def _said_at(reply: Reply) -> datetime:
    return reply.said_at or reply.made_at
