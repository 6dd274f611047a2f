"""Who is asked next, and when: a matter that needs a person, until somebody has taken it.

    open ──▶ acknowledged ──▶ resolved
      ╰─────────────────────────▲

The steps are copied from the playbook when it opens: later edits leave it alone. The last step is
asked again, with an alarm, for as long as nobody answers, three times; then it waits, alarmed.
"""

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Literal, NamedTuple

from pydantic import AwareDatetime, BaseModel

from desk.mention import Risk
from desk.playbook import Policy, Step

Kind = Literal["draft", "help", "doubt", "held", "spike", "note"]
State = Literal["open", "acknowledged", "resolved"]

REPEATS = 3
ABOUT_REPLIES: frozenset[Kind] = frozenset({"draft", "help", "doubt", "held"})
REPORTS: frozenset[Kind] = frozenset({"doubt", "held"})
"""Of those, the ones that report what happened to a reply: void once something else has."""
QUIET_AFTER_SPIKE = timedelta(hours=6)
RISKS: tuple[Risk, ...] = ("routine", "sensitive", "severe")


class Matter(BaseModel, frozen=True):
    """Something that needs a person, as it waits in the queue. One `cause` is one escalation."""

    brand: str
    kind: Kind
    cause: str
    policy: str = "default"
    risk: Risk = "routine"
    category: str = ""
    channel: str = ""
    conversation: str = ""
    mention: str = ""
    reply: str = ""
    event: str = ""
    """What happened, once: a mention came, a reply was held at a moment, a window was loud."""
    title: str = ""
    reasons: tuple[str, ...] = ()
    at: AwareDatetime
    count: int = 0
    """Of a spike: how many people in its window."""
    usual: float = 0.0
    """Of a spike: how many its own past lets expect there."""
    window_minutes: int = 0
    examples: tuple[str, ...] = ()
    """Of a spike: `conversation|mention` of some of its mentions."""


class Escalation(BaseModel, frozen=True):
    """A matter that waits for somebody, and how far the asking has come. `token` fences moves."""

    id: str
    brand: str
    matter: Matter
    """The one that opened it, or the latest report on its reply."""
    policy: str
    steps: tuple[Step, ...]
    expires_minutes: float
    state: State = "open"
    taken: int = 0
    """Steps carried out, repeats of the last one included."""
    asked_at: tuple[AwareDatetime, ...] = ()
    """When each of them was."""
    due_at: AwareDatetime | None
    opened_at: AwareDatetime
    risk: Risk = "routine"
    joined: int = 1
    """Matters it stands for. Counted on a best effort: the log has them one by one."""
    settled_by: str = ""
    settled_at: AwareDatetime | None = None
    outcome: str = ""
    token: str

    @property
    def asked(self) -> tuple[str, ...]:
        """Who has been asked so far."""
        return tuple(dict.fromkeys(who for step in self.steps[: self.taken] for who in step.ask))


class Move(NamedTuple):
    """Whom to ask now, how the escalation stands afterwards, and why."""

    ask: tuple[str, ...]
    then: Escalation
    reason: str
    alarm: bool = False


def name_of(cause: str) -> str:
    """The id of the escalation about `cause`: one cause, one escalation at a time."""
    return hashlib.sha256(cause.encode()).hexdigest()[:24]


def reopens(escalation: Escalation, matter: Matter, now: datetime) -> bool:
    """Whether `matter` starts a settled escalation anew. A spike that was just seen does not."""
    if escalation.state != "resolved":
        return False
    seen = escalation.settled_at or escalation.opened_at
    return matter.kind != "spike" or now - seen > QUIET_AFTER_SPIKE


def opened(matter: Matter, name: str, policies: Mapping[str, Policy], token: str) -> Escalation:
    """A new escalation `name` for `matter`, due at once. An unknown policy is the default one."""
    chosen = matter.policy if matter.policy in policies else "default"
    policy = policies[chosen]
    return Escalation(
        id=name,
        brand=matter.brand,
        matter=matter,
        policy=chosen,
        steps=policy.steps,
        expires_minutes=policy.expires_minutes,
        due_at=matter.at,
        opened_at=matter.at,
        risk=matter.risk,
        token=token,
    )


def joined(escalation: Escalation, matter: Matter, token: str) -> Escalation:
    """The same escalation with one more matter in it; the graver risk counts.

    What has happened to the same reply since takes the place of what was asked about: all are asked
    anew. So they are where everybody was asked and nobody has answered.
    """
    risk = max(escalation.risk, matter.risk, key=RISKS.index)
    change: dict[str, object] = {"joined": escalation.joined + 1, "risk": risk, "token": token}
    newer = matter.kind in REPORTS and matter.reply == escalation.matter.reply
    if newer:
        change["matter"] = matter
    if escalation.state == "open" and (newer or escalation.due_at is None):
        change |= {"taken": 0, "asked_at": (), "due_at": matter.at}
    return escalation.model_copy(update=change)


def next_move(escalation: Escalation, token: str, now: datetime) -> Move | None:
    """The move that is due at `now`, or None while there is nothing to do."""
    if escalation.state != "open" or escalation.due_at is None or now < escalation.due_at:
        return None
    taken, last = escalation.taken, len(escalation.steps)
    asked_at = (*escalation.asked_at, now)
    change: dict[str, object] = {"token": token, "taken": taken + 1, "asked_at": asked_at}
    if taken >= last + REPEATS:
        then = escalation.model_copy(update={"token": token, "due_at": None})
        return Move((), then, f"nobody answered {taken} times", alarm=True)
    step = escalation.steps[min(taken, last - 1)]
    change["due_at"] = now + timedelta(minutes=step.wait_minutes)
    then = escalation.model_copy(update=change)
    if taken >= last:
        return Move(step.ask, then, f"last step again, {taken - last + 1} of {REPEATS}", alarm=True)
    return Move(step.ask, then, f"step {taken + 1} of {last}")


def moot(escalation: Escalation, reply: str) -> bool:
    """Whether a reply in state `reply` leaves nothing to ask: it was decided, and we stopped."""
    decided = reply in ("ready", "sending", "sent", "rejected")
    return escalation.state == "open" and escalation.matter.kind in ABOUT_REPLIES and decided


def settled(
    escalation: Escalation,
    state: Literal["acknowledged", "resolved"],
    by: str,
    outcome: str,
    token: str,
    now: datetime,
) -> Escalation:
    """Somebody has taken it or ended it: nothing more is due, and nobody else is asked."""
    change = {
        "state": state,
        "due_at": None,
        "settled_by": by,
        "settled_at": now,
        "outcome": outcome,
        "token": token,
    }
    return escalation.model_copy(update=change)


def handed_on(escalation: Escalation, to: str, token: str, now: datetime) -> Escalation:
    """The same escalation with `to` as its next step, due at once; the steps after it stay.

    Who has just been asked in this way is not asked again by a form that comes twice.
    """
    taken = escalation.taken
    done = tuple(
        escalation.steps[min(number, len(escalation.steps) - 1)] for number in range(taken)
    )
    if escalation.state == "open" and done and done[-1].ask == (to,):
        return escalation
    left = escalation.steps[taken:] or escalation.steps[-1:]
    step = Step(ask=(to,), wait_minutes=(done or left)[-1 if done else 0].wait_minutes)
    return asked_now(escalation.model_copy(update={"steps": (*done, step, *left)}), token, now)


def asked_now(escalation: Escalation, token: str, now: datetime) -> Escalation:
    """The same escalation, open, with its next step due at once."""
    change = {"state": "open", "due_at": now, "token": token}
    unsettled = {"settled_by": "", "settled_at": None, "outcome": ""}
    return escalation.model_copy(update=change | unsettled)
