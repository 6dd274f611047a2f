"""What happens in the runs: a tiny brand, what people write to it, and what its approvers do."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, NamedTuple

from desk.approval import Action
from desk.channels import standard
from desk.escalation import Kind as About
from desk.mention import Rung
from desk.playbook import Approver, Evidence, Examples, Playbook, Policy, Rule, Script, Step
from tests.conftest import BRAND, HOOKS
from tests.faults.wire import Kind

OPERATOR = "olga"
START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
EDITED = "We are sorry. A new cup is on its way."
WRITTEN = "Your refund was made this morning."
SOON, LATE = 5.0, 600.0
"""Seconds that an approver takes: before anything is tried again, or after all of it was."""

EVIDENCE = Evidence(matches=60, agreed=60, by="olga", on=START.date(), source="last year")
_EXAMPLES = Examples(match=("x",), leave=("y",))


def rule(name: str, action: Literal["answer", "escalate"], script: str = "", **more: Any) -> Rule:
    fields = {"id": name, "query": name, "category": name, "action": action, "script": script}
    return Rule.model_validate(fields | more | {"priority": 500, "examples": _EXAMPLES})


PLAYBOOK = Playbook(
    brand=BRAND,
    version="1",
    name="Brand",
    languages=("en",),
    accounts={"standard": "shop"},
    confidence_floor=0,
    rules=(
        rule("hours", "answer", "hours", evidence=EVIDENCE),
        rule("parking", "answer", "parking"),
        rule("broken", "escalate", "sorry"),
        rule("refund", "escalate"),
        rule("burnt", "escalate", "sorry", risk="severe"),
        rule("leaks", "escalate", joins="rule"),
    ),
    scripts=(
        Script(id="hours", variants={"en": ("We are open from nine to six.",)}),
        Script(id="parking", variants={"en": ("There is a car park behind the house.",)}),
        Script(id="sorry", variants={"en": ("We are sorry about that.",)}),
    ),
    policies={
        "default": Policy(
            steps=(Step(ask=("ann", "ben"), wait_minutes=24), Step(ask=("ben",), wait_minutes=24)),
            expires_minutes=20,
        )
    },
    approvers={
        "ann": Approver(name="Ann"),
        "ben": Approver(name="Ben", role="operator"),
        "cat": Approver(name="Cat"),
    },
    tiers={"severe": "two_persons"},
)


class Choice(NamedTuple):
    """What an approver does with a link: `after` so many seconds, this."""

    action: Action
    after: float
    text: str = ""
    """Instead of what is proposed."""
    thinks: float = 1
    """Seconds for which they look at the page before they send its form."""
    to: str = ""
    """Whom they hand it on to."""


class Command(NamedTuple):
    """What an operator does at a moment, in seconds from the start."""

    at: float
    what: Literal["hold", "release", "lose", "wrong"]
    """To lose the control item is nobody's wish: it must stop everything. What is wrong is an
    answer of the rule about parking.
    """


Choose = Callable[[str, About], Choice | None]
"""What an approver, by id, does about an escalation of that kind."""


def nobody(approver: str, kind: About) -> Choice | None:
    """Decides nothing."""
    return None


class Scenario(NamedTuple):
    """What comes in, and what people do."""

    name: str
    said: tuple[tuple[float, bytes], ...]
    """Webhook bodies, each at a moment in seconds from the start."""
    ends: str
    """What comes of it where nothing goes wrong: the states of replies, then of escalations."""
    choose: Choose = nobody
    commands: tuple[Command, ...] = ()
    platform: tuple[Kind, ...] = ()
    """What befalls the first calls to the platform, as part of the story."""
    rung: Rung | None = None
    """Where the rule about parking stands at first; None where nobody has met it yet."""
    asks_until: float = 35 * 60.0
    """Seconds from the start until which people are asked again; they would be for hours, to no new
    end."""
    cold: bool = False
    """Whether every invocation is a process of its own, which has read nothing yet."""


def said(text: str, number: str = "1", kind: str = "message.created", **change: str) -> bytes:
    """The body of a webhook in which somebody says `text`."""
    when = START.isoformat()
    author = {"id": change.pop("author", f"a-{number}"), "name": "Kim", "bot": False}
    data = {"id": f"m-{number}", "conversation": f"c-{number}", "text": text, "author": author}
    data |= {"account": "shop", "created_at": when} | change
    return json.dumps({"type": kind, "timestamp": when, "data": data}).encode()


def headers(body: bytes, name: str, now: datetime) -> dict[str, str]:
    """What the sender of a webhook signs it with."""
    stamp = str(int(now.timestamp()))
    signature = standard.sign(name, stamp, body, HOOKS["standard"]["secret"])
    return {
        "webhook-id": name,
        "webhook-timestamp": stamp,
        "webhook-signature": signature,
        "content-type": "application/json",
    }


def at(seconds: float) -> datetime:
    """That moment of a run."""
    return START + timedelta(seconds=seconds)


def does(choices: dict[tuple[str, About], Choice]) -> Choose:
    """Approvers who do just that, and nothing where there is nothing."""
    return lambda approver, kind: choices.get((approver, kind))


_HOURS = said("What are your opening hours?")
_BROKEN = said("The cup came broken in its box.")
_REFUND = said("When do I get my refund?")
_BURNT = said("The lid came off and I got burnt.")
_PARKING = said("Is there any parking?")
_ALSO = said("Where is your parking?", "2")


def _leaks(number: int) -> bytes:
    return said("Mine leaks too.", str(number))


LOOKS = said("Let me look.", "3", author="shop", conversation="c-1")
"""A person of the brand answers from the platform's own console."""
CHANGED = said("Never mind.", kind="message.edited")
_MORE = said("Hello? What are your opening hours?", "2", author="a-1", conversation="c-1")

_EDIT = Choice("approve", SOON, EDITED)

SCENARIOS = {
    scenario.name: scenario
    for scenario in (
        Scenario("answer", ((0, _HOURS),), "sent", cold=True),
        Scenario(
            "edited", ((0, _BROKEN),), "sent resolved",
            does({("ann", "draft"): _EDIT, ("ben", "draft"): Choice("reject", SOON + 60)}),
        ),
        Scenario(
            "rejected", ((0, _BROKEN),), "rejected resolved",
            does({("ann", "draft"): Choice("reject", SOON)}),
        ),
        Scenario(
            "two persons", ((0, _BURNT),), "sent resolved",
            does({
                ("ann", "draft"): Choice("approve", SOON), ("ben", "draft"): Choice("approve", 90),
            }),
        ),
        Scenario(
            "handed on", ((0, _BROKEN),), "sent resolved",
            does({
                ("ann", "draft"): Choice("hand_on", SOON, to="cat"),
                ("cat", "draft"): Choice("approve", SOON),
            }),
        ),
        Scenario(
            "topic stopped", ((0, _BROKEN),), "held resolved open",
            does({
                ("ann", "draft"): Choice("hold_topic", SOON),
                ("ben", "draft"): Choice("approve", SOON + 60),
            }),
        ),
        Scenario(
            "taken over", ((0, _BROKEN),), "rejected acknowledged",
            does({("ann", "draft"): Choice("take_over", SOON)}),
        ),
        Scenario(
            "written", ((0, _REFUND),), "sent resolved",
            does({("ann", "help"): Choice("approve", SOON, WRITTEN)}),
        ),
        Scenario(
            "joined", ((0, _leaks(1)), (1, _leaks(2)), (90, _leaks(3))), "resolved",
            does({("ann", "help"): Choice("reject", LATE)}),
        ),
        Scenario(
            "overtaken", ((0, _leaks(1)), (60, _leaks(2))), "sent sent resolved",
            does({
                ("ann", "help"): Choice("approve", SOON, "Ann writes to the first.", 100),
                ("ben", "help"): Choice("approve", SOON, "Ben was faster.", 10),
            }),
        ),
        Scenario(
            "held", ((0, _HOURS),), "sent resolved open",
            does({("ann", "held"): Choice("approve", LATE)}),
            commands=(Command(0, "hold"), Command(900, "release")),  # so it is held twice
        ),
        Scenario(  # for so long that it is too late by then: it ends, and people are told once
            "released", ((0, _HOURS),), "rejected resolved open",
            commands=(Command(0, "hold"), Command(10_800, "release")), asks_until=11_400,
        ),
        Scenario("lost control", ((0, _HOURS),), "held open", commands=(Command(0, "lose"),)),
        Scenario("expired", ((0, _BROKEN),), "expired open"),
        Scenario("doubt", ((0, _HOURS),), "unconfirmed open", platform=("time-out",)),
        Scenario(
            "approved in doubt", ((0, _BROKEN),), "unconfirmed resolved open",
            does({("ann", "draft"): Choice("approve", SOON)}), platform=("time-out",),
        ),
        Scenario("stopped", ((0, _HOURS),), "unconfirmed open", platform=("killed after",)),
        Scenario("limited", ((0, _HOURS),), "sent", platform=("429",)),
        Scenario("burst", ((0, _HOURS), (0, _MORE)), "rejected sent"),
        Scenario("changed", ((0, _HOURS), (0, CHANGED)), "held open"),
        Scenario("console", ((0, _HOURS), (0, LOOKS)), "held open"),
        Scenario("two places", ((0, _HOURS), (0, said("Your opening hours?", "4"))), "sent sent"),
        Scenario("listened", ((0, _PARKING), (1, _ALSO)), ""),
        Scenario(
            "suggested", ((0, _PARKING),), "sent resolved",
            does({("ann", "draft"): Choice("approve", SOON)}), rung="suggest",
        ),
        Scenario(
            "suggested in vain", ((0, _PARKING),), "rejected resolved",
            does({("ann", "draft"): Choice("reject", SOON)}), rung="suggest",
        ),
        Scenario(
            "suggested otherwise", ((0, _PARKING),), "sent resolved",
            does({("ann", "draft"): Choice("approve", SOON, EDITED)}), rung="suggest",
        ),
        Scenario(
            "called wrong", ((0, _PARKING), (100, _ALSO)), "sent expired open",
            commands=(Command(60, "wrong"),), rung="auto",
        ),
        Scenario(
            "called wrong in time", ((0, _PARKING),), "held open",
            commands=(Command(3, "wrong"),), rung="auto",
        ),
        Scenario("unread", ((0, b"{]"), (1, said("hm", kind="message.removed"))), ""),
    )
}  # fmt: skip
