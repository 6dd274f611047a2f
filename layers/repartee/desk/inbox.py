"""What one approver is sent: single messages, and in a storm a digest.

Each medium lets so many through: an e-mail subscription of SNS about ten a second, a group's bot
twenty a minute; and a person reads far fewer. So after some messages in ten minutes what comes next
waits for two, and goes out as one.
"""

from collections.abc import Collection
from datetime import datetime, timedelta

from pydantic import AwareDatetime, BaseModel

from desk.mention import Risk

WINDOW = timedelta(minutes=10)
FEW: dict[Risk, int] = {"routine": 10, "sensitive": 15, "severe": 30}
"""From so many messages in a window on, a matter of that risk waits for the digest."""
PAUSE = timedelta(minutes=2)
"""For so long it does."""
MOST_LINKS = 8
"""Of a digest: with that many it still fits a group's bot, which takes 2,048 bytes."""
MOST_WAITING = 500
"""Beyond it matters are counted and not named: their next steps and the alarm are left to them."""


class Inbox(BaseModel, frozen=True):
    """What somebody was sent in the last minutes, and what waits for their digest."""

    sent: tuple[AwareDatetime, ...] = ()
    waiting: tuple[str, ...] = ()
    """Escalations, by name."""
    beyond: int = 0
    """How many more there are."""
    due_at: AwareDatetime | None = None
    """When the digest goes out; None where nothing waits."""


def is_full(inbox: Inbox, escalation: str, risk: Risk, now: datetime) -> bool:
    """Whether a message about an escalation has to wait for the digest: now is no time for another,
    or it waits there already.
    """
    lately = sum(1 for at in inbox.sent if now - at < WINDOW)
    return escalation in inbox.waiting or lately >= FEW[risk]


def put_aside(inbox: Inbox, escalation: str, now: datetime) -> Inbox:
    """The inbox once an escalation waits for the digest; unchanged where it waits there already."""
    if escalation in inbox.waiting:
        return inbox
    change: dict[str, object] = {"due_at": inbox.due_at or now + PAUSE}
    if len(inbox.waiting) < MOST_WAITING:
        change["waiting"] = (*inbox.waiting, escalation)
    else:
        change["beyond"] = inbox.beyond + 1
    return inbox.model_copy(update=change)


def counted(inbox: Inbox, now: datetime) -> Inbox:
    """The inbox once a message has been sent."""
    sent = tuple(at for at in inbox.sent if now - at < WINDOW)
    return inbox.model_copy(update={"sent": (*sent, now)})


def emptied(inbox: Inbox, names: Collection[str], now: datetime) -> Inbox:
    """The inbox once `names` have gone out in a digest, or were settled before they could."""
    waiting = tuple(name for name in inbox.waiting if name not in names)
    due_at = now + PAUSE if waiting else None
    left = inbox.model_copy(update={"waiting": waiting, "due_at": due_at, "beyond": 0})
    return counted(left, now)
