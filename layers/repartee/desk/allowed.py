"""Whether a platform's rules let us say a text now, and what they allow instead."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from re import findall
from typing import Literal, NamedTuple

from desk.conversation import Conversation, Tally
from desk.lengths import length, too_long
from desk.rulebook import Manner, Opening, Rate, RuleBook, Window
from desk.wire import Refusal, Way

Instead = Literal[
    "wait", "shorten", "fewer_links", "in_public", "in_private", "by_person", "nothing"
]
"""What may be done instead: the same text later, a shorter one, one with fewer links, another way
of speaking, words of a person's own, or nothing before the person speaks again.
"""


class Speech(NamedTuple):
    """What is to be said: the part of a reply that a platform's rules are about."""

    id: str
    mention: str
    """What it answers; empty for a post of our own."""
    way: Way
    text: str
    by_person: bool
    """Whether a person of ours wrote it, rather than approved what a machine proposed."""
    opened_by: Opening | None = None
    """What the answered person did, and when: it opens a window even where the head missed it."""
    opened_at: datetime | None = None
    summoned: bool = False
    """Whether who is answered named us or quoted us."""


class Verdict(NamedTuple):
    """Whether a text may be said: it may where `kind` is None."""

    kind: Refusal | None
    detail: str = ""
    """The rule that stands against it, with its figures."""
    instead: tuple[Instead, ...] = ()
    again_at: datetime | None = None
    """From when the same text may be said, where only time stands against it."""
    tag: str = ""
    """What the call has to carry, by the window that it goes into."""


def allowed(speech: Speech, conversation: Conversation, rules: RuleBook, now: datetime) -> Verdict:
    """Judges a text before any call. What is refused here would be refused, dropped or fined there.

    First whether the platform knows that way of speaking at all, then length and links, then who
    may be answered, then windows, and last what time alone can mend. What is counted for a whole
    channel is `channel_pace`'s.
    """
    manner = rules.ways.get(speech.way)
    if manner is None:
        return Verdict("permanent", f"no {speech.way} on this platform", _other_ways(speech, rules))
    if not speech.text.strip():
        return Verdict("permanent", "the text is empty", ("nothing",))
    if limit := too_long(speech.text, manner.limits):
        long = length(speech.text, limit.unit)
        return Verdict("too_long", f"{long} of at most {limit.most} {limit.unit}", ("shorten",))
    if manner.links is not None and (links := _links(speech.text)) > manner.links:
        return Verdict("permanent", f"{links} links of at most {manner.links}", ("fewer_links",))
    if manner.summoned and not speech.summoned:
        return Verdict("permission", "who wrote it has not named us", _other_ways(speech, rules))
    before = speech.id not in conversation.said_by and speech.mention in conversation.answered
    if manner.once and before:
        return Verdict("window_closed", "it was answered in private before", ("nothing",))
    tag = ""
    if manner.windows:
        window = _open(speech, conversation, manner.windows, now)
        if isinstance(window, Verdict):
            return window
        tag = window.tag
    said = conversation.others(speech.id)
    for rate in manner.rates:
        since = now - timedelta(seconds=rate.seconds)
        recent = [at for at in said if at > since]
        if rate.per == "conversation" and len(recent) >= rate.texts:
            return _too_soon(rate, recent[-rate.texts] + timedelta(seconds=rate.seconds))
    return Verdict(None, tag=tag)


def channel_pace(manner: Manner, tally: Tally, now: datetime) -> Verdict | None:
    """What the rates of a whole channel have against one more text now, or None."""
    for rate in manner.rates:
        if rate.per == "channel" and tally.within(rate.seconds, now) >= rate.texts:
            return _too_soon(rate, tally.free_at(rate.texts, rate.seconds, now))
    return None


def is_counted(manner: Manner) -> bool:
    """Whether what was said and heard before matters for this way of speaking."""
    return bool(manner.windows or manner.rates or manner.once)


def longest_window(rules: RuleBook, way: Way, opening: Opening | None) -> float | None:
    """Seconds for which `opening` may let us speak; None where no time is set, or it opens nothing.

    What is only for a person's own words counts: whether they are is known when they are written.
    """
    manner = rules.ways.get(way)
    times = [it.seconds for it in manner.windows if opening in it.opened_by] if manner else []
    return max(times, default=None)


def _open(
    speech: Speech, conversation: Conversation, windows: Sequence[Window], now: datetime
) -> Window | Verdict:
    # The first window that is open for this text, or why none is.
    heard = dict(conversation.heard)
    if speech.opened_by is not None and speech.opened_at is not None:
        heard[speech.opened_by] = max(
            speech.opened_at, heard.get(speech.opened_by, speech.opened_at)
        )
    said = conversation.others(speech.id)
    spent = person = False
    for window in windows:
        times = [heard[opening] for opening in window.opened_by if opening in heard]
        latest = max(times, default=None)
        if latest is None or now - latest >= timedelta(seconds=window.seconds):
            continue
        if window.texts is not None and sum(at >= latest for at in said) >= window.texts:
            spent = True
            continue
        if window.by_person and not speech.by_person:
            person = True
            continue
        return window
    instead: tuple[Instead, ...] = ("by_person",) if person else ("nothing",)
    if spent:
        return Verdict("window_closed", "the texts that theirs allows are used up", instead)
    longest = max(window.seconds for window in windows)
    detail = f"the person has done nothing that lets us write in the last {longest / 3600:g} h"
    return Verdict("window_closed", detail, instead)


def _too_soon(rate: Rate, again_at: datetime) -> Verdict:
    detail = f"{rate.texts} in {rate.seconds:g} s for each {rate.per}"
    return Verdict("rate_limited", detail, ("wait",), again_at)


def _other_ways(speech: Speech, rules: RuleBook) -> tuple[Instead, ...]:
    found: list[Instead] = []
    if speech.way != "reply" and "reply" in rules.ways and speech.mention:
        found.append("in_public")
    if speech.way == "reply" and "private" in rules.ways:
        found.append("in_private")
    return (*found,) or ("nothing",)


def _links(text: str) -> int:
    return len({*findall(r"https?://\S+", text)})
