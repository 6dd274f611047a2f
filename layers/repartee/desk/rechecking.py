"""After a release: which of the answers that were held are still right, and what is said of them.

None of them goes out by itself. What is no longer right ends; the others wait for a person's yes.
"""

from datetime import datetime, timedelta

from pydantic import AwareDatetime, BaseModel

from desk.escalation import Matter
from desk.mention import Mention
from desk.outbound import Reply
from desk.reasons import parse, reason

Cursor = dict[str, str]
"""Where to read on in what waits, as the store has it."""


class Recheck(BaseModel, frozen=True):
    """What was released, by whom and why, and how far the looking has come: a queued message."""

    brand: str
    scope: str
    by: str
    reason: str
    at: AwareDatetime
    after: Cursor | None = None
    ended: int = 0
    left: int = 0


def was_held_by(reply: Reply, scope: str) -> bool:
    """Whether a hold or a crisis of that scope is why `reply` is held."""
    why = parse(reply.reason)
    held = reply.state == "held" and why.code in ("hold", "crisis_hold")
    return held and why.values[0] == scope.replace("|", "/")


def outlived(
    reply: Reply, mention: Mention | None, taken: bool, stale_minutes: float, now: datetime
) -> str:
    """Why a held answer is no longer right at `now`, or an empty string.

    `mention` is what it answers, None where that is gone; `taken` means that one of our people
    answers in its conversation.
    """
    if mention is None:
        return reason("mention_gone")
    if taken:
        return reason("taken_over")
    if reply.expires_at <= now:
        return reason("unsent_in_time")
    if now - mention.said_at > timedelta(minutes=stale_minutes):
        return reason("stale", f"{stale_minutes:g}")
    return ""


def digest(done: Recheck, policy: str) -> Matter | None:
    """What people are told once all were looked at: one matter a release; None where none were."""
    if not done.ended + done.left:
        return None
    return Matter(
        brand=done.brand,
        kind="note",
        cause=f"release:{done.scope}:{done.at.isoformat()}",
        policy=policy,
        risk="sensitive",
        event=f"release|{done.scope}|{done.at.isoformat()}",
        title=done.scope,
        reasons=(
            reason("released", done.scope, done.by, done.reason),
            reason("still_held", done.left),
            reason("ended_held", done.ended),
        ),
        at=done.at,
        count=done.left,
    )
