"""When a source is asked, what an answer changes, and whether something is wrong with it."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Literal, NamedTuple

from pydantic import BaseModel

from desk.polling import PLATFORM, SOURCE, Page, Poll
from desk.wire import Delivery, Response, stamp

LONGEST_PAUSE = timedelta(hours=6)
MAX_PAGES = 5
"""At one run; what is beyond them is older than what was had."""

Flag = Literal["", "silent", "failing", "frozen"]
"""What is wrong with a source: it does not answer, it answers with errors, it never changes."""


class Watermark(BaseModel, frozen=True):
    """How far a source has been read, and how it was."""

    brand: str
    channel: str
    source: str
    marks: dict[str, str] = {}
    """The platform's own: what `polled` left."""
    since: datetime
    """When it was first asked."""
    asked_at: datetime
    """The latest run that asked it."""
    answered_at: datetime | None = None
    changed_at: datetime | None = None
    hash: str = ""
    """Of what it answered: the same as long as it says the same."""
    error: str = ""
    mute: bool = False
    """Whether the error is that there was no answer at all."""
    failures: int = 0
    """In a row."""
    wait_until: datetime | None = None
    flag: Flag = ""


class Health(NamedTuple):
    """What is to be said about a source now."""

    flag: Flag
    reason: str


def due(mark: Watermark | None, poll: Poll, now: datetime, watched: bool = False) -> bool:
    """Whether a run asks the source: it never asks twice, and leaves alone who wants to be left.

    Where something is `watched` in a room, a source is asked as fast as it bears.
    """
    if mark is None:
        return True
    if mark.wait_until is not None and now < mark.wait_until:
        return False
    every = min(poll.every, poll.fastest) if watched else poll.every
    return now - mark.asked_at >= timedelta(seconds=every)


def health(mark: Watermark, poll: Poll, now: datetime) -> Health:
    """What is wrong with a source, within two of its intervals; an empty flag if nothing is.

    One that may be quiet is never frozen: only who knows how often it changes can say so.
    """
    good = mark.answered_at or mark.since
    if mark.error and (mark.failures >= 2 or now - good >= timedelta(seconds=2 * poll.every)):
        return Health("silent" if mark.mute else "failing", mark.error)
    if poll.changes and mark.changed_at and not mark.error:
        quiet = now - mark.changed_at
        if quiet >= timedelta(seconds=2 * poll.changes):
            return Health("frozen", f"the same for {quiet.total_seconds():.0f} s")
    return Health("", "")


def first(brand: str, channel: str, source: str, now: datetime) -> Watermark:
    """The watermark of a source that was never asked."""
    return Watermark(brand=brand, channel=channel, source=source, since=now, asked_at=now)


def digest(bodies: Sequence[bytes]) -> str:
    """What tells one content from another."""
    whole = sha256()
    for body in bodies:
        whole.update(len(body).to_bytes(8, "big") + body)
    return whole.hexdigest()


def answered(mark: Watermark, page: Page, content: str, now: datetime) -> Watermark:
    """After a good answer whose content has the hash `content`; empty where it was not sent."""
    changed = bool(content) and content != mark.hash
    return mark.model_copy(
        update={
            "marks": dict(page.marks),
            "asked_at": now,
            "answered_at": now,
            "changed_at": now if changed or mark.changed_at is None else mark.changed_at,
            "hash": content or mark.hash,
            "error": "",
            "mute": False,
            "failures": 0,
            "wait_until": None if page.wait is None else now + timedelta(seconds=page.wait),
        }
    )


def failed(
    mark: Watermark, poll: Poll, reason: str, mute: bool, again_after: float | None, now: datetime
) -> Watermark:
    """After a question without a good answer. The marks stay: what was missed is asked for again.

    The pause doubles with each failure, up to six hours, and is never shorter than was asked for.
    """
    failures = mark.failures + 1
    pause = timedelta(seconds=poll.every) * 2 ** min(failures - 1, 10)
    asked = timedelta(seconds=again_after or 0.0)
    return mark.model_copy(
        update={
            "asked_at": now,
            "error": reason,
            "mute": mute,
            "failures": failures,
            "wait_until": now + min(max(pause, asked), LONGEST_PAUSE),
        }
    )


def delivery(
    mark: Watermark, platform: str, number: int, answer: Response, run: datetime, at: datetime
) -> Delivery:
    """A page that was polled, for the queue. A run that is fired twice makes the same id."""
    name = f"{mark.brand}|{mark.channel}|{mark.source}|{stamp(run)}|{number}"
    kind: Mapping[str, str] = (
        {"content-type": answer.headers["content-type"]} if "content-type" in answer.headers else {}
    )
    return Delivery(
        id=sha256(name.encode()).hexdigest()[:32],
        brand=mark.brand,
        channel=mark.channel,
        received_at=stamp(at),
        headers={**kind, PLATFORM: platform, SOURCE: mark.source},
        query={},
        body=answer.body,
    )
