"""What waits for a person and is late: the auditor's eye, apart from what moves things on time."""

from datetime import datetime, timedelta

from desk.escalation import Escalation
from desk.outbound import NEEDS_A_PERSON, Reply

GRACE = timedelta(minutes=2)
"""The minute's run comes to what is due within one; twice that is late."""
TOLD_WITHIN = timedelta(minutes=5)
"""From when an answer needs a person until one was asked."""


def is_escalation_late(one: Escalation, now: datetime) -> bool:
    """Whether the minute's run has not come to it, or it waits for nothing before its last step."""
    if one.state != "open":
        return False
    if one.due_at is None:
        return one.taken < len(one.steps)
    return now - one.due_at > GRACE


def is_reply_late(one: Reply, now: datetime) -> bool:
    """Whether the minute's run has not come to it, or it needs a person and nobody was told of it.

    Once somebody was told nothing is due on it any more.
    """
    if one.due_at is None:
        return False
    if now - one.due_at > GRACE:
        return True
    if one.state not in NEEDS_A_PERSON:
        return False
    since = [one.made_at, one.decided_at, one.claimed_at, one.lease_until]
    since += [one.expires_at] if one.state == "expired" else []
    return now - max(filter(None, since)) > TOLD_WITHIN
