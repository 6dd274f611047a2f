"""Short-lived tokens: fetched when needed, kept while they live, renewed by one at a time."""

import time
from datetime import UTC, datetime, timedelta

from cloud import clock, http, secrets, store, wellbeing
from desk.channels import Platform
from desk.reasons import reason
from desk.wire import Credentials, NotSent, SignedIn, Unknown

ROTATING = "refresh_token"
"""Who has this field is renewed by a token that is good once: what it brings must be stored before
it is used, and two must not renew at the same time.
"""
UNTIL = "access_until"
"""Field of such credentials: until when their access token lives, in seconds since 1970."""
LEASE = timedelta(seconds=30)
TRIES = 8

_kept: dict[tuple[str, str], tuple[float, Credentials]] = {}


class Refused(Exception):
    """The platform does not let us in now; the argument is the reason, for a person."""


def credentials(brand: str, channel: str, module: Platform, stored: Credentials) -> Credentials:
    """What calls on a channel are made with; raises Refused."""
    if ROTATING in stored:
        return _rotated(brand, channel, module, stored)
    kept = _kept.get((brand, channel))
    if kept is not None and time.monotonic() < kept[0]:
        return kept[1]
    signed = _signed_in(module, stored)
    if signed is None:
        return stored
    # Half its life: a token that dies under way would be a doubt.
    _kept[brand, channel] = (time.monotonic() + signed.seconds / 2, signed.credentials)
    return signed.credentials


def refused(brand: str, channel: str) -> bool:
    """Forget a token that the platform has refused; whether a new one can be fetched."""
    secrets.forget()
    stored = secrets.credentials(brand, channel) or {}
    secrets.forget_credentials(brand, channel)
    if UNTIL in stored:
        secrets.keep_credentials(brand, channel, {**stored, UNTIL: "0"})
        return True
    return _kept.pop((brand, channel), None) is not None


def forget() -> None:
    """Sign in anew: for tests."""
    _kept.clear()


def _rotated(brand: str, channel: str, module: Platform, stored: Credentials) -> Credentials:
    for attempt in range(TRIES):
        now = clock.now()
        if float(stored.get(UNTIL, 0)) > now.timestamp():
            return stored
        if store.lease(brand, channel, clock.token(), now, now + LEASE):
            # Somebody may have renewed it between our look and the lease.
            secrets.forget_credentials(brand, channel)
            stored = secrets.credentials(brand, channel) or stored
            if float(stored.get(UNTIL, 0)) > now.timestamp():
                return stored
            return _renewed(brand, channel, module, stored, now)
        clock.pause(5 + attempt)
        secrets.forget_credentials(brand, channel)
        stored = secrets.credentials(brand, channel) or stored
    raise Refused(reason("sign_in_failed", "somebody else is renewing the token"))


def _renewed(
    brand: str, channel: str, module: Platform, stored: Credentials, now: datetime
) -> Credentials:
    signed = _signed_in(module, stored)
    if signed is None:
        return stored
    until = now.astimezone(UTC) + timedelta(seconds=signed.seconds / 2)
    fresh = {**signed.credentials, **signed.keep, UNTIL: f"{until.timestamp():.0f}"}
    # Stored before it is used: the token that it was bought with is spent.
    secrets.keep_credentials(brand, channel, fresh)
    if signed.keep:
        wellbeing.renewed(brand, channel, module.RULES.token_life, now)
    return fresh


def _signed_in(module: Platform, stored: Credentials) -> SignedIn | None:
    call = module.sign_in(stored)
    if call is None:
        return None
    answer = http.call(call)
    if isinstance(answer, NotSent | Unknown):
        raise Refused(reason("sign_in_failed", answer.reason))
    signed = module.signed_in(answer, stored)
    if signed is None:
        raise Refused(reason("sign_in_refused"))
    return signed
