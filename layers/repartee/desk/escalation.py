"""Who is asked next, and when: a matter that needs a person, until somebody has taken it.

    open ──▶ acknowledged ──▶ resolved
      ╰─────────────────────────▲

The steps are copied from the playbook when it opens: later edits leave it alone. Who they are is
looked up when a step comes: who is on duty then, and can be asked. A step that reaches nobody is
passed over at once. After the last one the fallback is asked, with an alarm, twice; then the matter
waits, alarmed.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Literal, NamedTuple

from pydantic import AwareDatetime, BaseModel

from desk.duty import fallback, reached
from desk.mention import Risk
from desk.playbook import Playbook, Policy, Step

Kind = Literal["draft", "help", "doubt", "held", "spike", "opportunity", "note"]
State = Literal["open", "acknowledged", "resolved"]

REPEATS = 2
"""Times that the fallback is asked."""
PINGS = 3
"""Times that anybody is asked about one matter: a fourth message tells nobody anything new."""
ANEW = timedelta(hours=24)
"""For so long after it was last asked about in vain, what joins a matter has nobody asked again."""
ABOUT_REPLIES: frozenset[Kind] = frozenset({"draft", "help", "doubt", "held", "opportunity"})
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
    fallback: tuple[str, ...] = ()
    taken: int = 0
    """Steps behind us: carried out or passed over, those of the fallback included."""
    asked_at: tuple[AwareDatetime, ...] = ()
    """When people were asked."""
    told: tuple[tuple[str, ...], ...] = ()
    """Who was, each time. Items from before rotas lack the first ones: they are those steps'."""
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
    def askings(self) -> tuple[tuple[str, ...], ...]:
        """Who was asked, each time that somebody was."""
        last = len(self.steps) - 1
        before = range(len(self.asked_at) - len(self.told))
        return (*(self.steps[min(number, last)].ask for number in before), *self.told)

    @property
    def asked(self) -> tuple[str, ...]:
        """Who has been asked so far."""
        return tuple(dict.fromkeys(who for people in self.askings for who in people))


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


class Entry(NamedTuple):
    """What becomes of the escalation of a matter's cause."""

    how: Literal["there", "new", "joined"]
    """The matter is in it or was settled with it; it is opened, perhaps anew; the matter joins."""
    escalation: Escalation


def entered(
    before: Escalation | None,
    matter: Matter,
    policies: Mapping[str, Policy],
    token: str,
    now: datetime,
) -> Entry:
    """How `matter` goes into the escalation of its cause, which is `before` or not there yet."""
    if before is not None and before.matter.event == matter.event:
        return Entry("there", before)  # this very matter opened it
    if before is None or reopens(before, matter, now):
        return Entry("new", opened(matter, name_of(matter.cause), policies, token))
    if before.state == "resolved":
        return Entry("there", before)
    return Entry("joined", joined(before, matter, token))


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
        fallback=policy.fallback,
        expires_minutes=policy.expires_minutes,
        due_at=matter.at,
        opened_at=matter.at,
        risk=matter.risk,
        token=token,
    )


def joined(escalation: Escalation, matter: Matter, token: str) -> Escalation:
    """The same escalation with one more matter in it; the graver risk counts.

    What has happened to the same reply since takes the place of what was asked about: all are asked
    anew. So they are where everybody was asked a day ago and nobody has answered.
    """
    risk = max(escalation.risk, matter.risk, key=RISKS.index)
    change: dict[str, object] = {"joined": escalation.joined + 1, "risk": risk, "token": token}
    newer = matter.kind in REPORTS and matter.reply == escalation.matter.reply
    if newer:
        change["matter"] = matter
    last = max(escalation.asked_at, default=escalation.opened_at)
    in_vain = escalation.due_at is None and matter.at - last >= ANEW
    if escalation.state == "open" and (newer or in_vain):
        change |= {"taken": 0, "asked_at": (), "told": (), "due_at": matter.at}
    return escalation.model_copy(update=change)


def next_move(escalation: Escalation, playbook: Playbook, token: str, now: datetime) -> Move | None:
    """The move that is due at `now`, or None while there is nothing to do.

    It asks whom the next step reaches, by the calendar of `playbook`; see `desk.duty`.
    """
    if escalation.state != "open" or escalation.due_at is None or now < escalation.due_at:
        return None
    last = len(escalation.steps)
    passed = ""
    for number in range(escalation.taken, last):
        step = escalation.steps[number]
        people = reached(step.ask, playbook, escalation.risk, now)
        if people := _not_too_often(escalation, people):
            then = _asked(escalation, people, number + 1, step.wait_minutes, token, now)
            return Move(people, then, f"{passed}step {number + 1} of {last}")
        passed += f"step {number + 1} of {last} reaches nobody, "
    again = max(escalation.taken, last) + 1 - last
    step = escalation.steps[-1]
    people = fallback(escalation.fallback or step.ask, playbook, now)
    people = _not_too_often(escalation, people)
    if again > REPEATS or not people:
        then = escalation.model_copy(update={"token": token, "due_at": None})
        times = len(escalation.asked_at)
        return Move((), then, f"{passed}nobody answered {times} times", alarm=True)
    then = _asked(escalation, people, last + again, step.wait_minutes, token, now)
    return Move(people, then, f"{passed}fallback, {again} of {REPEATS}", alarm=True)


def _not_too_often(escalation: Escalation, people: Iterable[str]) -> tuple[str, ...]:
    times = Counter(who for asked in escalation.askings for who in asked)
    return tuple(who for who in people if times[who] < PINGS)


def _asked(
    escalation: Escalation,
    people: tuple[str, ...],
    taken: int,
    wait_minutes: float,
    token: str,
    now: datetime,
) -> Escalation:
    change = {
        "token": token,
        "taken": taken,
        "told": (*escalation.told, people),
        "asked_at": (*escalation.asked_at, now),
        "due_at": now + timedelta(minutes=wait_minutes),
    }
    return escalation.model_copy(update=change)


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


def asked_enough(escalation: Escalation, who: str) -> bool:
    """Whether `who` was asked about it as often as anybody may be."""
    return not _not_too_often(escalation, (who,))


def handed_on(escalation: Escalation, to: str, token: str, now: datetime) -> Move:
    """The move that asks `to` now, by name and whatever the calendar says; the steps go on later.

    Who was the last to be asked is asked no second time by a form that comes twice.
    """
    last = len(escalation.steps)
    if escalation.state == "open" and escalation.told[-1:] == ((to,),):
        return Move((), escalation, f"handed on to {to} before")
    step = escalation.steps[min(max(escalation.taken, 1), last) - 1]
    again = asked_now(escalation, token, now)
    then = _asked(again, (to,), escalation.taken, step.wait_minutes, token, now)
    return Move((to,), then, "handed on")


def asked_now(escalation: Escalation, token: str, now: datetime) -> Escalation:
    """The same escalation, open, with its next step due at once."""
    change = {"state": "open", "due_at": now, "token": token}
    unsettled = {"settled_by": "", "settled_at": None, "outcome": ""}
    return escalation.model_copy(update=change | unsettled)
