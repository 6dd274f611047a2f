"""The brake: what stops automation, and for whom."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Literal

from pydantic import AwareDatetime, BaseModel

from desk.reasons import reason
from desk.scopes import covers

HEARTBEAT_LIMIT = timedelta(minutes=11)
"""Ten runs of the scan and a minute: one that fails is made up for by the next, and a detector that
is silent for longer cannot see a crisis."""


class Hold(BaseModel, frozen=True):
    """Automation stopped by a person (`hold`) or by a crisis, with the name and the reason.

    `scope` is one of `desk.scopes`.
    """

    scope: str
    kind: Literal["hold", "crisis"] = "hold"
    by: str
    reason: str
    at: AwareDatetime


class Control(BaseModel, frozen=True):
    """The one item that is read before every post."""

    brand: str
    holds: tuple[Hold, ...] = ()
    heartbeat: AwareDatetime | None = None
    """When the detector last finished a look at everything."""


def stop(
    control: Control | None,
    channel: str,
    topics: Collection[str],
    approved_at: datetime | None,
    now: datetime,
) -> str:
    """Why nothing may go out on `channel` about `topics`, or an empty string.

    Fails closed: no control item is a stop. A hold stops everything. A crisis and a silent detector
    stop automatic answers and those that were approved before, at `approved_at`.
    """
    if control is None:
        return reason("no_control")
    for hold in control.holds:
        if not covers(hold.scope, channel, topics):
            continue
        if hold.kind == "hold" or approved_at is None or approved_at <= hold.at:
            return reason(
                "hold" if hold.kind == "hold" else "crisis_hold", hold.scope, hold.by, hold.reason
            )
    if approved_at is None:
        if control.heartbeat is None:
            return reason("detector_unheard")
        if now - control.heartbeat > HEARTBEAT_LIMIT:
            return reason("detector_silent", int((now - control.heartbeat).total_seconds() // 60))
        if control.heartbeat - now > HEARTBEAT_LIMIT:
            return reason("detector_ahead")
    return ""
