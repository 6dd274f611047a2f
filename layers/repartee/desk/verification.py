"""What the platforms' signature rules have in common."""

import hmac

from desk.wire import BadSignature, Inbound, Secret

TOLERANCE = 300
"""Seconds that a signed time may be off, either way."""


def values(secret: Secret, field: str) -> list[str]:
    """What `field` of a channel's secret is, and what it was under `previous_…`: newest first.

    Both are good while a secret is being replaced. Raises BadSignature if the field is not set: a
    channel without a secret believes nobody.
    """
    if not secret.get(field):
        raise BadSignature(f"the channel has no {field}")
    before = secret.get(f"previous_{field}")
    return [secret[field], before] if before else [secret[field]]


def header(request: Inbound, name: str) -> str:
    """The header of that name; raises BadSignature if it is missing or empty."""
    return request.headers.get(name) or _missing(name)


def parameter(request: Inbound, name: str) -> str:
    """The query parameter of that name; raises BadSignature if it is missing or empty."""
    return request.query.get(name) or _missing(name)


def same(given: str, wanted: str) -> bool:
    """Whether two strings are equal, in a time that does not tell how much of them is.

    As bytes: compare_digest raises TypeError on a str with a character beyond ASCII.
    """
    return hmac.compare_digest(_bytes(given), _bytes(wanted))


def seconds(stamp: str, name: str) -> int:
    """A timestamp of whole seconds; raises BadSignature for anything else."""
    if not (stamp.isascii() and stamp.isdigit() and len(stamp) <= 12):
        raise BadSignature(f"{name} is not a time in whole seconds")
    return int(stamp)


def check_recent(stamp: int, now: float | None, name: str) -> None:
    """Raises BadSignature if a time is further from `now` than the tolerance; `now` may be None."""
    if now is not None and abs(now - stamp) > TOLERANCE:
        side = "old" if stamp < now else "early"
        raise BadSignature(f"{name} is {abs(now - stamp):.0f} s too {side}, or our clock is wrong")


def _bytes(value: str) -> bytes:
    return value.encode("utf-8", "surrogatepass")


def _missing(name: str) -> str:
    raise BadSignature(f"{name} is missing")
