"""A short code sent to an approver by a second path: whoever has the link alone cannot decide."""

import hashlib
from datetime import datetime, timedelta

from pydantic import AwareDatetime, BaseModel

DIGITS = 6
LIFE = timedelta(minutes=10)
TRIES = 5
CODES = 5
"""How many codes may be sent for one link: five tries at each of them hit one in 40,000."""
PAUSE = timedelta(minutes=1)
"""Within it a form that comes again has no other code sent."""


class Code(BaseModel, frozen=True):
    """The code of one link. Only a hash is kept, made with the link's own token: who reads the
    table has neither. `token` fences moves.
    """

    hash: str
    made_at: AwareDatetime
    tries: int = 0
    sent: int = 1
    """Codes sent for this link so far, this one included."""
    token: str


def code_hash(link: str, digits: str) -> str:
    """SHA-256 of a code, bound to the link's token."""
    return hashlib.sha256(f"{link}|{digits}".encode("utf-8", "surrogatepass")).hexdigest()


def is_good(code: Code | None, now: datetime) -> bool:
    """Whether a code that was sent can still be given."""
    return code is not None and code.tries < TRIES and now < code.made_at + LIFE


def just_sent(code: Code | None, now: datetime) -> bool:
    """Whether a good code was sent less than a minute ago."""
    return code is not None and is_good(code, now) and now < code.made_at + PAUSE


def issued(before: Code | None, hashed: str, token: str, now: datetime) -> Code | None:
    """The next code of a link; None where it has had its share."""
    sent = before.sent + 1 if before is not None else 1
    return Code(hash=hashed, made_at=now, sent=sent, token=token) if sent <= CODES else None


def tried(code: Code, hashed: str, token: str) -> tuple[bool, Code]:
    """Whether what was given is the code, and the code afterwards.

    The try is counted whatever comes of it; a code that was right is good for nothing more.
    """
    right = code.hash == hashed
    tries = TRIES if right else code.tries + 1
    return right, code.model_copy(update={"tries": tries, "token": token})
