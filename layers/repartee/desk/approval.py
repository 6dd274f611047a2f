"""One approver's say over one exact text: what a decision on the page leads to."""

import hashlib
from datetime import datetime, timedelta
from typing import Literal, NamedTuple

from pydantic import AwareDatetime, BaseModel

from desk import reasons
from desk.escalation import Escalation, settled
from desk.outbound import ANSWER_LIFE, Reply, moved

Action = Literal["approve", "reject", "take_over"]
ACTIONS: tuple[Action, ...] = ("approve", "reject", "take_over")
TOKEN_LIFE = timedelta(hours=24)


class Approval(BaseModel, frozen=True):
    """What a link stands for: this approver, this escalation, this text. Only the hash is kept."""

    hash: str
    brand: str
    escalation: str
    approver: str
    event: str = ""
    """What the escalation was about when the link was made."""
    seen: str = ""
    """Fingerprint of the text that was proposed when the link was made, if there was one."""
    made_at: AwareDatetime
    expires_at: AwareDatetime


class Verdict(NamedTuple):
    """What a decision changes. `outcome` is what the page says; a refusal changes nothing."""

    outcome: str
    refused: bool = False
    reply: Reply | None = None
    escalation: Escalation | None = None
    takes_over: bool = False


def token_hash(token: str) -> str:
    """SHA-256 of a link's token, in hex: the only form in which we keep it."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def expiry(now: datetime, expires_minutes: float) -> datetime:
    """When a link made now dies: with its matter, and never later than 24 hours."""
    return now + min(TOKEN_LIFE, timedelta(minutes=expires_minutes))


def outdated(approval: Approval, escalation: Escalation) -> bool:
    """Whether the matter of a link has ended, and another of its cause has been opened since.

    Somebody else's words, or nobody's, would be decided on. Links to the new matter were sent.
    """
    event = escalation.matter.event
    return bool(approval.event) and not escalation.matter.reply and approval.event != event


def decide(
    action: Action,
    text: str,
    seen: str,
    reason: str,
    approval: Approval,
    escalation: Escalation,
    reply: Reply | None,
    *,
    limit: int,
    length: int,
    token: str,
    now: datetime,
) -> Verdict:
    """What `action` with `text` leads to, by the state that is stored now.

    `seen` is the reply's fingerprint as the page had it, `length` that of the new text in the units
    of the platform's `limit`. The caller carries it out through conditional moves, so that of two
    people only the first one's decision counts.
    """
    who = approval.approver
    if outdated(approval, escalation):
        return Verdict("outdated", refused=True)
    if now >= approval.expires_at:
        return Verdict("expired", refused=True)
    if reply is not None and reply.state in ("sending", "sent", "rejected", "ready"):
        return Verdict(reply.state, refused=True)
    if escalation.state == "resolved":
        return Verdict("resolved", refused=True)
    if escalation.state == "acknowledged" and escalation.settled_by != who:
        return Verdict("acknowledged", refused=True)
    if reply is not None and reply.state == "unconfirmed" and seen != reply.fingerprint:
        # Their page did not say yet that it may have been posted: a form that comes again, say.
        return Verdict("in_doubt", refused=True)
    if action == "take_over":
        why, then = reasons.reason("taken_over"), None
        if reply is not None:
            then = _reject(reply, who, why, token, now, taken_over=True)
        held = settled(escalation, "acknowledged", who, why, token, now)
        return Verdict("taken_over", reply=then, escalation=held, takes_over=True)
    if action == "reject":
        why = reasons.reason("rejected_for", reason) if reason else reasons.reason("rejected")
        then = None if reply is None else _reject(reply, who, why, token, now)
        ended = settled(escalation, "resolved", who, why, token, now)
        return Verdict("rejected", reply=then, escalation=ended)
    if reply is None:
        return Verdict("nothing_to_send", refused=True)
    if seen != reply.fingerprint:
        return Verdict("text_changed", refused=True)
    if not text.strip():
        return Verdict("empty", refused=True)
    if length > limit:
        return Verdict("too_long", refused=True)
    why = reasons.reason("approved", who)
    ready = moved(
        reply,
        "ready",
        token,
        now,
        why,
        text=text,
        original=reply.text if text != reply.text else reply.original,
        by_hand=text != reply.text or reply.by_hand,
        automatic=False,
        decided_by=who,
        decided_at=now,
        not_before=None,
        tries=0,
        expires_at=now + ANSWER_LIFE,
    )
    ended = settled(escalation, "resolved", who, why, token, now)
    return Verdict("approved", reply=ready, escalation=ended)


def _reject(
    reply: Reply, who: str, reason: str, token: str, now: datetime, taken_over: bool = False
) -> Reply:
    change = {"decided_by": who, "decided_at": now, "taken_over": taken_over}
    return moved(reply, "rejected", token, now, reason, **change)
