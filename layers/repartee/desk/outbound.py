"""The one state machine of what we say in public, and every move it may make.

    pending ──▶ ready ──▶ sending ──▶ sent
       │          ▲ ╲        │ ╲
       │          │  ╲       │  ╰──▶ unconfirmed ──▶ sent | ready | rejected   (by a person)
       │          │   ╲      ├─────▶ failed ───────▶ ready | rejected          (by a person)
       │          │    ╲     ╰─────▶ held ─────────▶ ready | rejected          (by a person)
       ├──▶ rejected    ╰──▶ held  ╰──▶ rejected (merged, or what it answers is gone)
       ╰──▶ expired ──▶ ready (by a person)

`sending` goes back to `ready` only where its own sender has proof that no byte was posted. What
cannot be proved unsent becomes `unconfirmed` and is a person's to settle.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Literal, NamedTuple

from pydantic import AwareDatetime, BaseModel

from desk.control import Control, stop
from desk.grievances import grievances_of
from desk.mention import Mention, Risk, Rung, fingerprint
from desk.reasons import parse, reason
from desk.rulebook import Opening
from desk.wire import Address, NotSent, Outcome, Sent, Unknown, stamp, visible

State = Literal[
    "pending", "ready", "sending", "sent", "rejected", "expired", "held", "failed", "unconfirmed"
]

MOVES: dict[State, frozenset[State]] = {
    "pending": frozenset({"ready", "rejected", "expired"}),
    "ready": frozenset({"sending", "held", "expired"}),
    "sending": frozenset({"sent", "ready", "held", "failed", "unconfirmed", "rejected"}),
    "sent": frozenset(),
    "rejected": frozenset(),
    "expired": frozenset({"ready", "rejected"}),
    "held": frozenset({"ready", "rejected"}),
    "failed": frozenset({"ready", "rejected"}),
    "unconfirmed": frozenset({"sent", "ready", "rejected"}),
}

NEEDS_A_PERSON: frozenset[State] = frozenset({"held", "failed", "unconfirmed", "expired"})

MAX_TRIES = 5
ANSWER_LIFE = timedelta(hours=2)
"""How long an answer may wait for its sending: later, a person is asked again."""
REQUEUE_AFTER = timedelta(minutes=2)
"""A ready reply that nobody has claimed for this long is queued again."""
ASK_AGAIN_AFTER = timedelta(minutes=1)
"""What needs a person is reported again for as long as nobody has been told."""
MAX_WORDS = 100


class Copy(BaseModel, frozen=True):
    """Where the same text goes besides, once it is approved: a post on several channels."""

    id: str
    channel: str
    platform: str
    conversation: str
    address: Address


class Reply(BaseModel, frozen=True):
    """An answer to a mention, from draft to end. `token` fences: every move writes its own."""

    id: str
    brand: str
    channel: str
    platform: str
    conversation: str
    mention: str
    address: Address
    text: str
    state: State
    token: str
    automatic: bool
    """Whether it may go out without a person's yes to this text."""
    category: str = ""
    risk: Risk = "routine"
    policy: str = "default"
    rule: str = ""
    rule_version: str = ""
    rung: Rung | None = None
    """Where the rule stood, as in the decision."""
    script: str = ""
    playbook: str = ""
    made_at: AwareDatetime
    expires_at: AwareDatetime
    not_before: AwareDatetime | None = None
    claimed_at: AwareDatetime | None = None
    lease_until: AwareDatetime | None = None
    decided_at: AwareDatetime | None = None
    decided_by: str = ""
    taken_over: bool = False
    """Whether it was rejected because a person answers instead."""
    wrong: bool = False
    """Whether it was rejected as the wrong answer for its mention, and not merely as unwanted."""
    first_yes_by: str = ""
    """Who has said the first of two yeses to this text, where two are needed."""
    first_yes_at: AwareDatetime | None = None
    decided_from: str = ""
    """Hash of the link by which it was decided."""
    original: str = ""
    """The text that was proposed, where an approver changed it."""
    by_hand: bool = False
    """Whether a person of ours wrote these words, rather than said yes to a proposal."""
    sent_at: AwareDatetime | None = None
    platform_id: str = ""
    tries: int = 0
    reason: str = ""
    """Why it is in its state, as `desk.reasons` has it."""
    opened_by: Opening | None = None
    """What the person did that lets us answer, and when."""
    opened_at: AwareDatetime | None = None
    author: str = ""
    """Whom it answers, when they said it, and the fingerprint of what they said."""
    said_at: AwareDatetime | None = None
    said: str = ""
    counted_at: AwareDatetime | None = None
    """When it was last counted as an automatic answer."""
    opens_at: AwareDatetime | None = None
    """The opening that it has waited for."""
    copies: tuple[Copy, ...] = ()
    planned_at: AwareDatetime | None = None
    """When a publication is to go out, where that was planned."""
    due_at: AwareDatetime | None = None
    """When somebody must look at it again; None once nobody needs to."""
    topics: tuple[str, ...] = ()
    """What its mention is about, besides category and rule, as `desk.scopes` has it."""

    @property
    def key(self) -> "Key":
        """Where it is kept."""
        return Key(brand=self.brand, conversation=self.conversation, reply=self.id)

    @property
    def fingerprint(self) -> str:
        """SHA-256 of what an approval is bound to: the text or, where it may have been posted, the
        text and this very doubt. To post it once more is another decision than to post it.
        """
        if self.state != "unconfirmed" or self.claimed_at is None:
            return fingerprint(self.text)
        return fingerprint(f"{self.text}|unconfirmed|{stamp(self.claimed_at)}")


class Key(BaseModel, frozen=True):
    """Where a reply is kept: what waits in the outbound queue."""

    brand: str
    conversation: str
    reply: str


class IllegalMove(Exception):
    """A move that the state machine does not have: a fault in our own code."""


class Claim(NamedTuple):
    """`reply` is the claimed reply, or None with the reason why it is not to be sent now."""

    reply: Reply | None
    reason: str


def moved(
    reply: Reply, to: State, token: str, now: datetime, reason: str, **change: object
) -> Reply:
    """`reply` in its next state; raises IllegalMove where the machine has no such move."""
    if to not in MOVES[reply.state]:
        raise IllegalMove(f"{reply.id}: {reply.state} to {to}")
    due: datetime | None
    match to:
        case "pending":
            due = reply.expires_at
        case "ready":
            # What is planned for later is queued when its time has come.
            due = max(now + REQUEUE_AFTER, reply.planned_at or now)
        case "held" | "failed" | "unconfirmed" | "expired":
            due = now + ASK_AGAIN_AFTER
        case "sending" | "sent" | "rejected":
            due = None
    fields = {"state": to, "token": token, "reason": reason, "due_at": due}
    return reply.model_copy(update=fields | change)


def claim(reply: Reply, token: str, now: datetime, lease: timedelta) -> Claim:
    """Take a ready reply for sending. The claim ends with `lease`, after which nobody knows."""
    if reply.state != "ready":
        return Claim(None, f"it is {reply.state}")
    if not reply.text.strip():
        return Claim(None, "it has no text")
    if reply.expires_at <= now:
        return Claim(None, "it has expired")
    if reply.not_before is not None and reply.not_before > now:
        return Claim(None, "it is not time yet")
    until = now + lease
    # An earlier deadline stays, since to move it costs as much as to write the reply: what is due
    # and claimed is left alone until the claim has ended.
    due = min(reply.due_at or until, until)
    change = {"claimed_at": now, "lease_until": until, "due_at": due, "tries": reply.tries + 1}
    return Claim(moved(reply, "sending", token, now, reason("claimed"), **change), "claimed")


def released(reply: Reply, token: str, now: datetime, reason: str, wait: timedelta) -> Reply:
    """Back to ready, since its sender can prove that nothing left; not before `wait` has passed."""
    again = now + wait
    # Where the wait is longer than the answer lives, a person is told at the end of its life.
    due = min(again + REQUEUE_AFTER, reply.expires_at)
    change = {"not_before": again, "due_at": due, "lease_until": None}
    return moved(reply, "ready", token, now, reason, **change)


def stopped(reply: Reply, control: Control | None, now: datetime) -> str:
    """Why this claimed reply may not go out, or an empty string.

    A hold stops everything; a crisis and a silent detector stop what no person has approved since.
    """
    approved_at = None if reply.automatic else reply.decided_at
    topics = (reply.category, reply.rule, *reply.topics)
    return stop(control, reply.channel, topics, approved_at, now)


def after(reply: Reply, outcome: Outcome, token: str, now: datetime) -> Reply:
    """The claimed reply once the platform has answered, or has not."""
    match outcome:
        case Sent(id=number):
            why = reason("posted")
            return moved(reply, "sent", token, now, why, sent_at=now, platform_id=number)
        case NotSent(kind=kind, reason=detail, again_after=float() | int() as seconds):
            if reply.tries >= MAX_TRIES:
                why = reason("gave_up", kind, reply.tries, detail)
                return moved(reply, "failed", token, now, why)
            why = reason("not_sent", kind, detail)
            return released(reply, token, now, why, timedelta(seconds=seconds))
        case NotSent(kind=kind, reason=detail):
            to: State = "unconfirmed" if kind == "duplicate" else "failed"
            return moved(reply, to, token, now, reason("not_sent", kind, detail))
        case Unknown(reason=detail):
            # Where nothing came back at all, the reason says so already.
            known = parse(detail).code == "no_answer"
            why = detail if known else reason("unclear", detail)
            return moved(reply, "unconfirmed", token, now, why)


def copied(reply: Reply, token: str, now: datetime) -> list[Reply]:
    """What an approved `reply` is said as elsewhere: its text, each in a reply of its own."""
    due = max(now + REQUEUE_AFTER, reply.not_before or now)
    fields = {"state": "ready", "token": token, "copies": (), "due_at": due}
    return [
        reply.model_copy(update=fields | dict(copy) | {"platform_id": "", "claimed_at": None})
        for copy in reply.copies
    ]


def is_its_own(reply: Reply, name: str, talk: Iterable[Mention | Reply]) -> bool:
    """Whether what the platform lists as `name` can be `reply`: no other answer of ours in that
    conversation is known to be it, which may have the same words.
    """
    others = (one for one in talk if isinstance(one, Reply) and one.id != reply.id)
    return all(one.platform_id != name for one in others)


def found(reply: Reply, name: str, token: str, now: datetime) -> Reply:
    """A doubtful reply that the platform has, under its id `name` there."""
    return moved(reply, "sent", token, now, reason("found"), sent_at=now, platform_id=name)


def whose(name: str, text: str, replies: Iterable[Reply]) -> Literal["ours", "a person's", ""]:
    """Who has said `text`, which the platform calls `name`, in our account's name.

    Ours is what has the id or, where the platform has given us none, the words of a reply that was
    claimed. Empty while one is being sent that has neither yet: its outcome has to come first.
    """
    unsure = False
    for reply in replies:
        if reply.platform_id:
            if reply.platform_id == name:
                return "ours"
        elif reply.claimed_at is not None:
            if visible(reply.text).split() == text.split():
                return "ours"
            unsure |= reply.state == "sending"
    return "" if unsure else "a person's"


class Sweep(NamedTuple):
    """What the sweep does with a reply that is due: the reply afterwards, and whom to tell."""

    then: Reply | None
    queue: Literal["outbound", "escalations", ""]
    reason: str


def overdue(reply: Reply, token: str, now: datetime) -> Sweep:
    """What is due on `reply` at `now`. A claim past its lease is never sent again by itself."""
    if reply.due_at is None or reply.due_at > now:
        return Sweep(None, "", "nothing is due")
    match reply.state:
        case "sending" if reply.lease_until is not None and reply.lease_until > now:
            return Sweep(None, "", "its claim has not ended")
        case "pending":
            then = moved(reply, "expired", token, now, reason("undecided"))
            return Sweep(then, "escalations", "expired")
        case "ready" if reply.expires_at <= now:
            then = moved(reply, "expired", token, now, reason("unsent_in_time"))
            return Sweep(then, "escalations", "expired")
        case "ready":
            then = reply.model_copy(update={"due_at": now + REQUEUE_AFTER, "token": token})
            return Sweep(then, "outbound", "queued again")
        case "sending":
            then = moved(reply, "unconfirmed", token, now, reason("sender_stopped"))
            return Sweep(then, "escalations", "unconfirmed")
        case "held" | "failed" | "unconfirmed" | "expired":
            then = reply.model_copy(update={"due_at": now + ASK_AGAIN_AFTER, "token": token})
            return Sweep(then, "escalations", f"{reply.state}, and nobody was told yet")
        case "sent" | "rejected":
            return Sweep(reply.model_copy(update={"due_at": None, "token": token}), "", "done")


def topics_of(mention: Mention) -> tuple[str, ...]:
    """What an answer to `mention` is about for a hold: its watches, what it complains of, and its
    first hundred words.
    """
    words = dict.fromkeys(mention.reading.words)
    return (
        *(f"watch:{name}" for name in mention.decision.watches),
        *grievances_of(mention.reading),
        *(f"word:{word}" for word in [*words][:MAX_WORDS]),
    )


def reply_id(channel: str, mention: str, label: str) -> str:
    """The id of the reply to a mention under that label."""
    return f"{channel}:{fingerprint(f'{mention}|{label}')[:24]}"


def drafted(
    mention: Mention,
    text: str,
    state: Literal["pending", "ready"],
    token: str,
    now: datetime,
    life: timedelta,
    label: str = "",
    wait: timedelta = timedelta(0),
) -> Reply:
    """The first form of an answer to `mention`, alive for `life`, and not sent before `wait`.

    Its id follows from the mention and from `label` (its script, say), so that deciding the same
    thing again makes the same reply.
    """
    decision = mention.decision
    expires_at = now + life
    return Reply(
        id=reply_id(mention.channel, mention.id, label),
        brand=mention.brand,
        channel=mention.channel,
        platform=mention.platform,
        conversation=mention.conversation,
        mention=mention.id,
        address=mention.address,
        text=text,
        state=state,
        token=token,
        automatic=state == "ready",
        category=decision.category,
        risk=decision.risk,
        policy=decision.policy or "default",
        rule=decision.rule,
        rule_version=decision.rule_version,
        rung=decision.rung,
        script=decision.script,
        playbook=decision.playbook,
        opened_by=mention.opens,
        opened_at=mention.said_at if mention.opens else None,
        topics=topics_of(mention),
        made_at=now,
        expires_at=expires_at,
        author=mention.author.id,
        said_at=mention.said_at,
        said=fingerprint(mention.text),
        not_before=now + wait if wait else None,
        due_at=expires_at if state == "pending" else now + wait + REQUEUE_AFTER,
        reason=decision.reasons[-1] if decision.reasons else "",
    )
