"""Whether a topic that is unusually loud is hurting: then automation stops on it, and people know.

A crisis only ever stops what is said by itself, and calls people. So whoever stages one with
made-up accounts gains silence on that topic, until a person has looked.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from desk.control import Hold
from desk.escalation import Matter
from desk.language.fingerprint import near
from desk.mention import Mention
from desk.playbook import Crisis, Playbook
from desk.reasons import reason
from desk.scopes import of_topic
from desk.trends import Burst, is_rival, matter_of
from desk.wire import stamp

BY = "Repartee"
COPIES = 3
"""So many of those who say the same thing count: what is copied is cheap."""
REST = timedelta(hours=2)
"""For so long after a person has released it, a topic is stopped by people alone."""


class Weight(NamedTuple):
    """What a burst weighs, each author once."""

    people: int
    share: float
    """Of them who are unhappy, each weighed by how sure the reading is: 0 to 1."""
    severe: int
    """Of them whose words a severe rule knows."""


def weighed(mentions: Sequence[Mention]) -> Weight:
    """How many people say it, and how unhappily: of each author the worst, of copies three.

    Bots are nobody. What a severe rule knows is unhappy for sure.
    """
    worst: dict[str, Mention] = {}
    for mention in mentions:
        if mention.author.bot:
            continue
        known = worst.get(mention.author.id)
        if known is None or _pain(mention) > _pain(known):
            worst[mention.author.id] = mention
    voices: list[Mention] = []
    for mention in worst.values():
        mark = mention.reading.fingerprint
        if sum(near(mark, one.reading.fingerprint) for one in voices) < COPIES:
            voices.append(mention)
    sure = sum(_sureness(one) for one in voices)
    pain = sum(_pain(one) for one in voices)
    severe = sum(one.decision.risk == "severe" for one in voices)
    return Weight(len(voices), pain / sure if sure else 0.0, severe)


class Begun(NamedTuple):
    """A crisis that a burst is: what it weighs, and the hold that it asks for."""

    weight: Weight
    hold: Hold


def begun(burst: Burst, playbook: Playbook, rested: Collection[str], now: datetime) -> Begun | None:
    """The crisis that a burst is, or None. A rival's never is one of ours, and a topic whose scope
    is in `rested`, since a person has just released it, is stopped by people alone.
    """
    weight = weighed(burst.mentions)
    if is_rival(burst.topic) or not crosses(weight, limits_of(burst.topic, playbook)):
        return None
    hold = hold_of(burst, weight, playbook, now)
    return None if hold.scope in rested else Begun(weight, hold)


def crosses(weight: Weight, limits: Crisis) -> bool:
    """Whether it is a crisis by a brand's limits."""
    many = weight.people >= limits.people and weight.share >= limits.negative
    return many or weight.severe >= limits.severe


def limits_of(topic: str, playbook: Playbook) -> Crisis:
    """The limits of a topic: its watch's own, or the brand's."""
    watches = {f"watch:{one.id}": one.crisis for one in playbook.watched}
    return watches.get(topic) or playbook.crisis


def hold_of(burst: Burst, weight: Weight, playbook: Playbook, now: datetime) -> Hold:
    """The hold that a crisis sets, on its topic alone."""
    titles = {f"watch:{one.id}": one.title for one in playbook.watched}
    what = titles.get(burst.topic, burst.title)
    why = f"{what} ({weight.people}, {weight.share:.0%})"
    return Hold(scope=of_topic(burst.topic), kind="crisis", by=BY, reason=why, at=now)


def told(burst: Burst, weight: Weight, hold: Hold, playbook: Playbook, now: datetime) -> Matter:
    """What the leads are told of a crisis that stopped its topic: one matter for each time."""
    loud = matter_of(burst, playbook, now)
    policy = "crisis" if loud.policy == "default" and "crisis" in playbook.policies else loud.policy
    reasons = [
        reason("crisis_hold", hold.scope, hold.by, hold.reason),
        reason("crisis_seen", weight.people, f"{weight.share:.2f}"),
    ]
    if weight.severe:
        reasons.append(reason("severe_seen", weight.severe))
    return loud.model_copy(update={
        "cause": f"crisis:{hold.scope}:{stamp(hold.at)}",
        "event": f"crisis|{hold.scope}|{stamp(hold.at)}",
        "policy": policy,
        "risk": "severe",
        "reasons": (*reasons, *loud.reasons),
    })  # fmt: skip


def _pain(mention: Mention) -> float:
    if mention.decision.risk == "severe":
        return 1.0
    return mention.reading.confidence if mention.reading.sentiment == "negative" else 0.0


def _sureness(mention: Mention) -> float:
    return 1.0 if mention.decision.risk == "severe" else mention.reading.confidence
