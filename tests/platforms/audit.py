"""What was posted, what was refused and why: the figures that tests and the demo are judged by."""

import hashlib
import json
from collections import Counter, deque
from dataclasses import asdict, dataclass, field
from typing import Any, NamedTuple, TextIO

from tests.platforms.world import PlatformName, Post, Request

RAW_KEPT = 2_000
RAW_BODY = 64 * 1024
REFUSALS_KEPT = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """One post, as people saw it. `at` is in seconds since 1970 by the platforms' clock."""

    number: int
    at: float
    platform: PlatformName
    account: str
    token_hash: str
    recipient: str
    text: str
    key: str
    id: str
    in_reply_to: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A request that posted nothing, and why. `platform` is empty for one addressed to none."""

    at: float
    platform: str
    token_hash: str
    status: int
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeat:
    """A request whose idempotency key was carried out before, and which posted nothing."""

    at: float
    platform: PlatformName
    token_hash: str
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """A request as it came, tokens and all (of a large body the start), and what became of it."""

    at: float
    platform: str
    request: Request
    outcome: str


class Answered(NamedTuple):
    """What an answer is for. Where a platform has no reference (`about`), the text stands in."""

    platform: PlatformName
    recipient: str
    about: str


@dataclass(slots=True, kw_only=True)
class Audit:
    """All posts, the latest refusals and raw requests, and exact counts of each."""

    log: TextIO | None = None
    posted: list[Posted] = field(default_factory=list)
    refused: deque[Refusal] = field(default_factory=lambda: deque(maxlen=REFUSALS_KEPT))
    repeats: deque[Repeat] = field(default_factory=lambda: deque(maxlen=REFUSALS_KEPT))
    received: deque[Received] = field(default_factory=lambda: deque(maxlen=RAW_KEPT))
    counts: Counter[str] = field(default_factory=Counter)

    def add_post(self, platform: PlatformName, post: Post, now: float) -> Posted:
        """Books a post."""
        posted = Posted(
            number=len(self.posted) + 1,
            at=now,
            platform=platform,
            account=post.account,
            token_hash=token_hash(post.token),
            recipient=post.recipient,
            text=post.text,
            key=post.key,
            id=post.id,
            in_reply_to=post.in_reply_to,
        )
        self.posted.append(posted)
        self._book("posted", posted)
        return posted

    def add_refusal(self, platform: str, token: str, status: int, why: str, now: float) -> None:
        """Books a request that posted nothing."""
        refusal = Refusal(
            at=now, platform=platform, token_hash=token_hash(token), status=status, why=why
        )
        self.refused.append(refusal)
        self._book("refused", refusal)

    def add_repeat(self, platform: PlatformName, token: str, key: str, now: float) -> None:
        """Books a request that had been carried out before."""
        repeat = Repeat(at=now, platform=platform, token_hash=token_hash(token), key=key)
        self.repeats.append(repeat)
        self._book("repeats", repeat)

    def add_request(self, platform: str, request: Request, outcome: str, now: float) -> None:
        """Keeps a raw request, and drops the oldest when there are too many."""
        self.counts["received"] += 1
        kept = request._replace(body=request.body[:RAW_BODY])
        self.received.append(Received(at=now, platform=platform, request=kept, outcome=outcome))

    def answers(self) -> Counter[Answered]:
        """How many posts each mention got."""
        return Counter(
            Answered(it.platform, it.recipient, it.in_reply_to or it.text) for it in self.posted
        )

    def clear(self) -> None:
        """Forgets everything but the log file."""
        for kept in (self.posted, self.refused, self.repeats, self.received, self.counts):
            kept.clear()

    def _book(self, name: str, entry: Posted | Refusal | Repeat) -> None:
        self.counts[name] += 1
        if self.log is not None:
            fields: dict[str, Any] = {"event": name} | asdict(entry)
            self.log.write(json.dumps(fields, ensure_ascii=False) + "\n")
            self.log.flush()


def token_hash(token: str) -> str:
    """Tells tokens apart without showing them; empty for none."""
    return hashlib.sha256(token.encode()).hexdigest()[:12] if token else ""
