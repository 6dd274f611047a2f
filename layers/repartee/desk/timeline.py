"""The path of one item, from what was heard to what was posted: as lines in order of time."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from desk.audit import Act
from desk.escalation import Escalation
from desk.mention import Mention
from desk.outbound import Reply
from desk.pages.wording import worded
from desk.reasons import parse


class Moment(NamedTuple):
    """One thing that happened; `reasons` are codes, and `words` are the same for people."""

    at: datetime
    what: str
    facts: dict[str, str]
    reasons: tuple[str, ...] = ()

    @property
    def words(self) -> tuple[str, ...]:
        """The reasons in English, with what is technical about each behind it."""
        lines = worded("en", self.reasons, str)
        return tuple(f"{one.words} {one.detail}".strip() for one in lines)


class Kept(NamedTuple):
    """All that is stored about an escalation, besides what it is about."""

    escalation: Escalation
    log: Sequence[tuple[str, str]]
    acts: Sequence[tuple[Act, bool]]


def timeline(
    mentions: Iterable[Mention], replies: Iterable[Reply], kept: Iterable[Kept]
) -> list[Moment]:
    """Every moment that is known, oldest first. Of each answer the last claim is known alone."""
    found = [
        *(moment for mention in mentions for moment in _of_mention(mention)),
        *(moment for reply in replies for moment in _of_reply(reply)),
        *(moment for one in kept for moment in _of_escalation(one)),
    ]
    return sorted(found, key=lambda moment: moment.at)


def _of_mention(mention: Mention) -> Iterator[Moment]:
    reading, decision = mention.reading, mention.decision
    yield Moment(
        mention.said_at,
        "said",
        {"by": mention.author.name, "on": mention.channel, "text": mention.text},
    )
    yield Moment(mention.heard_at, "heard", {"mention": mention.id, "delivery": mention.delivery})
    yield Moment(
        mention.heard_at,
        "read",
        {
            "language": reading.language,
            "mood": f"{reading.sentiment} {reading.confidence:.0%}",
            "wants": ", ".join(reading.intents),
        },
        reading.reasons,
    )
    yield Moment(
        mention.heard_at,
        "decided",
        {
            "action": decision.action,
            "rule": decision.rule,
            "risk": decision.risk,
            "playbook": decision.playbook,
            "text": decision.text,
        },
        decision.reasons,
    )


def _of_reply(reply: Reply) -> Iterator[Moment]:
    who = "a person" if reply.by_hand and not reply.original else f"script {reply.script}"
    yield Moment(
        reply.made_at,
        "made",
        {"reply": reply.id, "by": who, "text": reply.original or reply.text},
    )
    if reply.claimed_at is not None:
        yield Moment(reply.claimed_at, "claimed", {"reply": reply.id, "tries": str(reply.tries)})
    last = reply.sent_at or reply.claimed_at or reply.decided_at or reply.made_at
    facts = {"reply": reply.id, "text": reply.text, "on the platform": reply.platform_id}
    yield Moment(last, f"is {reply.state}", facts, (reply.reason,) if reply.reason else ())


def _of_escalation(kept: Kept) -> Iterator[Moment]:
    one = kept.escalation
    yield Moment(
        one.opened_at,
        "put before people",
        {"escalation": one.id, "kind": one.matter.kind, "risk": one.risk, "policy": one.policy},
        one.matter.reasons,
    )
    for people, at in zip(one.askings, one.asked_at, strict=False):
        yield Moment(at, "asked", {"whom": ", ".join(people)})
    for act, late in kept.acts:
        yield Moment(
            act.at,
            f"{act.action.replace('_', ' ')}, too late to count" if late else _named(act),
            {
                "by": act.by,
                "link": act.link[:12],
                "to": act.to,
                "scope": act.scope,
                "proposed": act.proposed if act.text != act.proposed else "",
                "text": act.text,
                "reason": act.reason,
            },
        )
    for stamped, line in kept.log:
        yield Moment(datetime.fromisoformat(stamped), "noted", {"line": _readable(line)})


def _named(act: Act) -> str:
    return "called wrong" if act.wrong else act.action.replace("_", " ")


def _readable(line: str) -> str:
    """A line of the log, with its reason in words where it ends in one of ours."""
    head, colon, rest = line.partition(": ")
    if colon and parse(rest).code:
        [one] = worded("en", (rest,), str)
        return f"{head}: {one.words}"
    return line
