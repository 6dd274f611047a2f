"""One approver's say over one exact text: what a decision on the page leads to.

Who may decide follows from the risk, by the playbook's tiers. Where two persons are needed, the
first yes is kept on the answer, which waits on; another person's yes to the same text sends it.
"""

import hashlib
from datetime import datetime, timedelta
from typing import Literal, NamedTuple

from pydantic import AwareDatetime, BaseModel

from desk import reasons
from desk.control import Hold
from desk.escalation import Escalation, Matter, asked_enough, asked_now, settled
from desk.mention import Risk
from desk.objections import objection
from desk.outbound import ANSWER_LIFE, Reply, moved
from desk.playbook import TIERS, Playbook, Tier
from desk.scopes import of_topic

Action = Literal["approve", "reject", "take_over", "hand_on", "hold_topic"]
ACTIONS: tuple[Action, ...] = ("approve", "reject", "take_over", "hand_on", "hold_topic")
ENDING: frozenset[Action] = frozenset({"approve", "reject", "take_over"})
"""What ends a matter: for those alone who may decide it. Anybody asked may stop or hand on."""
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


class Form(NamedTuple):
    """A decision as it was sent; `seen` is the fingerprint of the text that the page showed."""

    action: Action
    text: str = ""
    reason: str = ""
    seen: str = ""
    to: str = ""
    """Whom it is handed on to."""
    wrong: bool = False
    """Whether what is rejected was the wrong answer for its mention."""
    code: str = ""
    """The digits that came by the second path."""


class Verdict(NamedTuple):
    """What a decision changes. `outcome` is what the page says; a refusal changes nothing."""

    outcome: str
    refused: bool = False
    reply: Reply | None = None
    escalation: Escalation | None = None
    takes_over: bool = False
    hold: Hold | None = None
    to: str = ""
    """Whom it is handed on to."""


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


def spent(approval: Approval, reply: Reply | None) -> bool:
    """Whether the answer was decided since the link was made: a link is good for one decision.

    What happens to the answer later, a hold or a doubt, is asked about with new links.
    """
    decided_at = reply.decided_at if reply is not None else None
    return decided_at is not None and decided_at > approval.made_at


def tier_of(playbook: Playbook, risk: Risk) -> Tier:
    """Who may decide what is of that risk."""
    return playbook.tiers.get(risk, TIERS[risk])


def may_decide(playbook: Playbook, who: str, tier: Tier) -> bool:
    """Whether `who` may; nobody may who is no longer in the playbook."""
    approver = playbook.approvers.get(who)
    return approver is not None and (tier != "lead" or approver.role == "lead")


def first_yes(reply: Reply | None) -> str:
    """Who has said the first of two yeses to the text as it stands, or an empty string."""
    if reply is None or reply.first_yes_at is None:
        return ""
    over = reply.decided_at is not None and reply.decided_at >= reply.first_yes_at
    return "" if over else reply.first_yes_by


def scope_of(matter: Matter) -> str:
    """The scope of a hold on the matter's topic; empty where it has none."""
    if matter.kind == "spike":
        return of_topic(matter.cause.removeprefix("spike:"))
    return f"topic:{matter.category}" if matter.category else ""


def needs_code(action: Action, escalation: Escalation, playbook: Playbook) -> bool:
    """Whether an action takes effect only with the code that is sent by a second path."""
    return action in ENDING and escalation.risk in playbook.second_factor


def decide(
    form: Form,
    approval: Approval,
    escalation: Escalation,
    reply: Reply | None,
    playbook: Playbook,
    *,
    limit: int,
    length: int,
    token: str,
    now: datetime,
) -> Verdict:
    """What `form` leads to, by the state that is stored now.

    `length` is that of the new text in the units of the platform's `limit`. The caller carries it
    out through conditional moves, so that of two people only the first one's decision counts.
    """
    who, action = approval.approver, form.action
    if outdated(approval, escalation):
        return Verdict("outdated", refused=True)
    if now >= approval.expires_at:
        return Verdict("expired", refused=True)
    if action == "hold_topic":
        # Also where somebody has decided meanwhile: what they said yes to may still be stopped.
        scope = scope_of(escalation.matter)
        if not scope:
            return Verdict("no_topic", refused=True)
        return Verdict("topic_held", hold=Hold(scope=scope, by=who, reason=form.reason, at=now))
    if over := _over(form, approval, escalation, reply):
        return Verdict(over, refused=True)
    if action == "hand_on":
        if form.to == who or form.to not in playbook.approvers:
            return Verdict("choose_whom", refused=True)
        if asked_enough(escalation, form.to):
            return Verdict("asked_enough", refused=True)
        return Verdict("handed_on", to=form.to)
    if not may_decide(playbook, who, tier_of(playbook, escalation.risk)):
        return Verdict("not_yours", refused=True)
    if action == "take_over":
        why, then = reasons.reason("taken_over"), None
        if reply is not None:
            then = _reject(reply, approval, why, token, now, taken_over=True)
        held = settled(escalation, "acknowledged", who, why, token, now)
        return Verdict("taken_over", reply=then, escalation=held, takes_over=True)
    if action == "reject":
        wrong = form.wrong and reply is not None
        if form.reason:
            why = reasons.reason("wrong_for" if wrong else "rejected_for", form.reason)
        else:
            why = reasons.reason("wrong" if wrong else "rejected")
        then = None
        if reply is not None:
            then = _reject(reply, approval, why, token, now, wrong=wrong)
        ended = settled(escalation, "resolved", who, why, token, now)
        return Verdict("rejected", reply=then, escalation=ended)
    if reply is None:
        return Verdict("nothing_to_send", refused=True)
    if form.seen != reply.fingerprint:
        return Verdict("text_changed", refused=True)
    if not form.text.strip():
        return Verdict("empty", refused=True)
    if length > limit:
        return Verdict("too_long", refused=True)
    if objection(form.text, playbook):
        return Verdict("not_our_words", refused=True)
    return _yes(form.text, approval, escalation, reply, playbook, token, now)


def _over(form: Form, approval: Approval, escalation: Escalation, reply: Reply | None) -> str:
    """What has been decided already, or an empty string."""
    if reply is not None and reply.state in ("sending", "sent", "rejected", "ready"):
        return reply.state
    if reply is not None and spent(approval, reply):
        return reply.state
    if escalation.state == "resolved":
        return "resolved"
    if escalation.state == "acknowledged" and escalation.settled_by != approval.approver:
        return "acknowledged"
    if reply is not None and reply.state == "unconfirmed" and form.seen != reply.fingerprint:
        # Their page did not say yet that it may have been posted: a form that comes again, say.
        return "in_doubt"
    return ""


def _yes(
    text: str,
    approval: Approval,
    escalation: Escalation,
    reply: Reply,
    playbook: Playbook,
    token: str,
    now: datetime,
) -> Verdict:
    """A yes to `text`: it sends, or it is the first of two."""
    who = approval.approver
    change: dict[str, object] = {
        "text": text,
        "original": reply.text if text != reply.text else reply.original,
        "by_hand": text != reply.text or reply.by_hand,
    }
    if tier_of(playbook, escalation.risk) == "two_persons":
        first = first_yes(reply)
        if not first or text != reply.text:
            # A changed text is another one: whoever said yes to the old one has not seen it.
            half = {"first_yes_by": who, "first_yes_at": now, "token": token}
            return Verdict(
                "first_yes",
                reply=reply.model_copy(update=change | half),
                escalation=_second_asked(escalation, who, playbook, token, now),
            )
        if first == who:
            return Verdict("yes_already", refused=True)
        if not any(may_decide(playbook, one, "lead") for one in (first, who)):
            return Verdict("needs_lead", refused=True)
    why = reasons.reason("approved", who)
    change |= {
        "automatic": False,
        "decided_by": who,
        "decided_at": now,
        "decided_from": approval.hash,
        "not_before": reply.planned_at,
        "tries": 0,
        "expires_at": max(now, reply.planned_at or now) + ANSWER_LIFE,
    }
    ended = settled(escalation, "resolved", who, why, token, now)
    ready = moved(reply, "ready", token, now, why, **change)
    return Verdict("approved", reply=ready, escalation=ended)


def _second_asked(
    escalation: Escalation, first: str, playbook: Playbook, token: str, now: datetime
) -> Escalation | None:
    """The escalation with its next step due at once, where nobody else was asked yet who may say
    the second yes; None where somebody was.
    """
    wanted: Tier = "two_persons" if may_decide(playbook, first, "lead") else "lead"
    others = (one for one in escalation.asked if one != first)
    if escalation.state == "open" and any(may_decide(playbook, one, wanted) for one in others):
        return None
    return asked_now(escalation, token, now)


def _reject(
    reply: Reply,
    approval: Approval,
    reason: str,
    token: str,
    now: datetime,
    *,
    taken_over: bool = False,
    wrong: bool = False,
) -> Reply:
    change = {
        "decided_by": approval.approver,
        "decided_at": now,
        "decided_from": approval.hash,
        "taken_over": taken_over,
        "wrong": wrong,
    }
    return moved(reply, "rejected", token, now, reason, **change)
