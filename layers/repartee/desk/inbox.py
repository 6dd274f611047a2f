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
    last: str = ""
    """The one that was let through last."""
    beyond: int = 0
    """How many more there are."""
    due_at: AwareDatetime | None = None
    """When the digest goes out; None where nothing waits."""


def offered(inbox: Inbox, escalation: str, risk: Risk, now: datetime) -> Inbox:
    """The inbox once an escalation is to be told about: now if it is `last` then, else in a digest.

    What waits already stays there, so that to offer it again changes nothing.
    """
    if escalation in inbox.waiting:
        return inbox.model_copy(update={"last": ""})
    sent = tuple(at for at in inbox.sent if now - at < WINDOW)
    if len(sent) < FEW[risk]:
        return inbox.model_copy(update={"sent": (*sent, now), "last": escalation})
    change: dict[str, object] = {"sent": sent, "last": "", "due_at": inbox.due_at or now + PAUSE}
    if len(inbox.waiting) < MOST_WAITING:
        change["waiting"] = (*inbox.waiting, escalation)
    else:
        change["beyond"] = inbox.beyond + 1
    return inbox.model_copy(update=change)


def emptied(inbox: Inbox, names: Collection[str], now: datetime) -> Inbox:
    """The inbox once `names` have gone out in a digest, or were settled before they could."""
    waiting = tuple(name for name in inbox.waiting if name not in names)
    due_at = now + PAUSE if waiting else None
    sent = tuple(at for at in inbox.sent if now - at < WINDOW)
    return Inbox(sent=(*sent, now), waiting=waiting, due_at=due_at)
