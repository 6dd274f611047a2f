"""A channel's health: what is wrong with it in words, and one alarm for a cause."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Literal, NamedTuple

from pydantic import AwareDatetime, BaseModel

from desk.wire import NotSent, Outcome, Sent

Cause = Literal["refused", "expires", "silent", "budget"]

LASTING = frozenset({"token_invalid", "permission", "blocked", "quota", "wrong_account"})
"""Refusals that lie with the account and not with one text: they last until somebody acts."""

SILENCE = timedelta(hours=24)
"""After so long without a webhook a channel that has had some is called silent."""
EXPIRY_AHEAD = timedelta(days=7)
LITTLE = 0.1
"""Share of a rate budget from which little is left."""
HEARD_APART = timedelta(minutes=10)
"""How exactly we know when a channel was heard last: noting it each time would cost more than it
tells."""

_REMAINING = (
    ("x-rate-limit-remaining", "x-rate-limit-limit"),
    ("x-ratelimit-remaining", "x-ratelimit-limit"),
    ("ratelimit-remaining", "ratelimit-limit"),
)
_USED = ("x-app-usage", "x-page-usage", "x-business-use-case-usage")
_PERCENT = ("call_count", "total_cputime", "total_time")


class Health(BaseModel, frozen=True):
    """What is known of a channel."""

    heard_at: AwareDatetime | None = None
    """When a webhook or a page last brought something, to ten minutes."""
    error: str = ""
    """The class of the last lasting refusal; empty once something was sent again."""
    detail: str = ""
    """What the platform said."""
    error_at: AwareDatetime | None = None
    budget: float | None = None
    """The share of the platform's rate limit that is left, 0 to 1, as last told."""
    expires_at: AwareDatetime | None = None
    """When what lets us post ends, where that is known."""
    told: tuple[Cause, ...] = ()
    """Causes that were reported and still last."""

    def hears(self, now: datetime) -> "Health":
        """The health once something was heard; itself where that was noted lately."""
        if self.heard_at is not None and now - self.heard_at < HEARD_APART:
            return self
        return self.model_copy(update={"heard_at": now})

    def renewed(self, now: datetime, life: float) -> "Health":
        """The health once what lets us post is new, for `life` seconds; 0 for ever."""
        ends = now + timedelta(seconds=life) if life else None
        change = {"expires_at": ends, "error": "", "detail": "", "error_at": None}
        return self.model_copy(update=change)

    def answers(self, outcome: Outcome, budget: float | None, now: datetime) -> "Health":
        """The health once the platform has answered a call. Doubts say nothing about a channel."""
        change: dict[str, object] = {}
        if budget is not None and (budget < LITTLE) != ((self.budget or 1.0) < LITTLE):
            change["budget"] = budget
        match outcome:
            case Sent() if self.error:
                change |= {"error": "", "detail": "", "error_at": None}
            case NotSent(kind, reason) if kind in LASTING and kind != self.error:
                change |= {"error": kind, "detail": reason, "error_at": now}
        return self.model_copy(update=change) if change else self


class Trouble(NamedTuple):
    """One cause, and what it is in words for the engineer."""

    cause: Cause
    words: str


def troubles(health: Health, now: datetime) -> list[Trouble]:
    """All that is wrong with a channel at `now`."""
    found = []
    if health.error:
        since = f" since {health.error_at:%Y-%m-%d %H:%M} UTC" if health.error_at else ""
        found.append(Trouble("refused", f"{health.error}{since}: {health.detail}"))
    if health.expires_at is not None and health.expires_at - now < EXPIRY_AHEAD:
        found.append(Trouble("expires", f"the token ends {health.expires_at:%Y-%m-%d %H:%M} UTC"))
    if health.heard_at is not None and now - health.heard_at > SILENCE:
        hours = (now - health.heard_at) / timedelta(hours=1)
        found.append(Trouble("silent", f"nothing was heard for {hours:.0f} h"))
    if health.budget is not None and health.budget < LITTLE:
        found.append(Trouble("budget", f"{health.budget:.0%} of the rate limit is left"))
    return found


def news(health: Health, now: datetime) -> tuple[list[Trouble], Health]:
    """What is to be reported now, and the health afterwards: a cause that lasts is reported once,
    and once more only after it was gone.
    """
    here = troubles(health, now)
    new = [one for one in here if one.cause not in health.told]
    causes = tuple(one.cause for one in here)
    return new, health if causes == health.told else health.model_copy(update={"told": causes})


def budget(headers: Mapping[str, str]) -> float | None:
    """The share of a rate limit that is left by an answer's headers; None where they say nothing.

    Of several the smallest. Meta's tell the share that is used, in per cent:
    https://developers.facebook.com/docs/graph-api/overview/rate-limiting
    """
    left = [
        max(0.0, min(1.0, float(headers[remaining]) / float(headers[limit])))
        for remaining, limit in _REMAINING
        if _is_number(headers.get(remaining)) and _is_number(headers.get(limit))
        if float(headers[limit]) > 0
    ]
    left += [
        max(0.0, 1 - percent / 100) for name in _USED for percent in _percents(headers.get(name))
    ]
    return min(left, default=None)


def _is_number(value: str | None) -> bool:
    return value is not None and value.isascii() and value.isdigit() and len(value) < 12


def _percents(value: str | None) -> list[float]:
    try:
        found = json.loads(value or "")
    except (ValueError, RecursionError):
        return []
    rows = [found] if isinstance(found, dict) else []
    for inner in found.values() if isinstance(found, dict) else ():
        rows += [row for row in inner if isinstance(row, dict)] if isinstance(inner, list) else []
    return [
        float(row[name])
        for row in rows
        for name in _PERCENT
        if isinstance(row.get(name), int | float) and not isinstance(row[name], bool)
    ]
