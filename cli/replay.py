"""Posts from a file, sent as signed webhooks, and an account of where each of them ended."""

import http.client
import json
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal, NamedTuple, get_args
from urllib.parse import urlencode, urlsplit

from cli.account import Account, Books
from cli.signing import Post, signed, webhook
from cloud import secrets
from desk.channels import PLATFORMS, platform
from desk.mention import Language
from desk.wire import Inbound, Secret

SETTLE_SECONDS = 180.0
WORKERS = 8


class BadPosts(Exception):
    """A file of posts that cannot be read; the argument names the line."""


@dataclass(frozen=True)
class Planned:
    """One webhook request to make: when (seconds from the start), on which channel, and why."""

    at: float
    channel: str
    post: Post
    kind: Literal["first", "again", "malformed"]


@dataclass(frozen=True)
class Made:
    """A request that was made, what it was answered with, and under which id it was queued."""

    planned: Planned
    status: int
    delivery: str
    seconds: float


@dataclass(frozen=True)
class Result:
    """A replay's figures. Rates are in deliveries a second."""

    made: Sequence[Made]
    account: Account
    refused: int
    offered_rate: float
    finished_rate: float
    seconds: float

    def facts(self) -> dict[str, Any]:
        """The figures as JSON values."""
        times = sorted(one.seconds for one in self.made) or [0.0]
        return {
            "requests": len(self.made),
            "refused": self.refused,
            "by_kind": dict(Counter(one.planned.kind for one in self.made)),
            **self.account.facts(),
            "webhooks_per_second": round(self.offered_rate, 1),
            "finished_per_second": round(self.finished_rate, 1),
            "seconds": round(self.seconds, 1),
            "answer_ms_median": round(1000 * times[len(times) // 2], 1),
            "answer_ms_p99": round(1000 * times[int(len(times) * 0.99)], 1),
        }


class Row(NamedTuple):
    """A post of a file: on which channel, and in which second of the play, if it has one."""

    post: Post
    channel: str
    at: float | None


def read_posts(path: Path, run: int, start: datetime, accounts: Mapping[str, str]) -> Iterator[Row]:
    """The posts of a JSONL file. `accounts` are the brand's own, by channel.

    Needed is `text`; `channel`, `author`, `name`, `lang`, `followers`, `conversation` and `at`
    (seconds from the start) are optional. Ids are made unique for this `run`, so that a file can
    be replayed again. Raises BadPosts for a line that is no such object.
    """
    # A post without a channel comes on each of the brand's in turn or, where it has none, on each
    # that brings words by webhook.
    speaking = (name for name in PLATFORMS if platform(name).HOOKS and platform(name).RULES.ways)
    taken = sorted(accounts) or [*speaking]
    with path.open("rb") as lines:
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            try:
                row = json.loads(line)
                text, at = str(row["text"]), row.get("at")
                seconds = None if at is None else float(at)
                said_at = start + timedelta(seconds=seconds or 0)
            except (ValueError, KeyError, TypeError, OverflowError) as error:
                raise BadPosts(f"{path}, line {number}: {error!r}") from None
            author = str(row.get("author") or f"reader-{number}")
            language = row.get("lang")
            channel = str(row.get("channel") or taken[number % len(taken)])
            post = Post(
                id=str(run + number),
                text=text,
                author=author,
                author_name=str(row.get("name") or ""),
                account=accounts.get(channel, ""),
                conversation=str(row.get("conversation") or author),
                said_at=said_at,
                language=language if language in get_args(Language) else "",
                followers=row.get("followers"),
            )
            yield Row(post, channel, seconds)


def plan(
    rows: Sequence[Row],
    rate: float,
    duplicates: float,
    malformed: float,
    seed: int,
    speed: float = 0.0,
) -> list[Planned]:
    """Which requests to make when: at `rate` a second, or by the posts' own times `speed` fold.

    A share of `duplicates` comes twice, the second time within the next five seconds or so; a share
    of `malformed` comes signed and broken. The same `seed` plans the same.
    """
    dice = random.Random(seed)
    planned: list[Planned] = []
    for number, (post, channel, at) in enumerate(rows):
        when = at / speed if speed and at is not None else number / rate
        broken = dice.random() < malformed
        planned.append(Planned(when, channel, post, "malformed" if broken else "first"))
        if not broken and dice.random() < duplicates:
            planned.append(Planned(when + dice.random() * 5, channel, post, "again"))
    return sorted(planned, key=lambda one: one.at)


def request_for(planned: Planned, secret: Secret, now: float, nonce: str) -> Inbound:
    """The signed request of a plan, on the platform that `secret` belongs to."""
    request = webhook(secret["platform"], planned.post, secret, now, f"d{nonce}", nonce)
    if planned.kind != "malformed":
        return request
    return signed(secret["platform"], _broken(planned.post), secret, now, f"d{nonce}", nonce)


def _broken(post: Post) -> bytes:
    """Something that no platform sends, of a different kind for each post.

    All of it is UTF-8: gateways differ in how they hand other bytes on, and the local one breaks
    them, so that what arrives would no longer be what was signed.
    """
    start = post.text[:12].encode()
    kinds = (
        b'{"events": [{"type": "message", "message": {"text": "' + start,
        b"\x00\x01\x02" + start,
        b"[" * 5_000 + b"]" * 5_000,
        b'{"events": ' + b"9" * 5_000 + b"}",
        b'"just a string"',
        b"",
    )
    return kinds[int(post.id) % len(kinds)]


class Sender:
    """Makes planned requests against an API, one connection for each thread."""

    def __init__(self, api: str, brand: str) -> None:
        self.address = urlsplit(api)
        self.brand = brand
        self.local = threading.local()
        self.made: list[http.client.HTTPConnection] = []

    def make(self, planned: Planned, secret: Secret) -> Made:
        """Make one request; status 0 where there was no answer."""
        nonce = f"{planned.post.id}{random.getrandbits(32):x}"
        request = request_for(planned, secret, time.time(), nonce)
        query = f"?{urlencode(request.query)}" if request.query else ""
        path = f"{self.address.path}/hooks/{self.brand}/{planned.channel}{query}"
        began = time.perf_counter()
        try:
            connection = self._connection()
            connection.request(request.method, path, request.body, dict(request.headers))
            answer = connection.getresponse()
            answer.read()
        except (OSError, http.client.HTTPException):
            self.local.connection = None
            return Made(planned, 0, "", time.perf_counter() - began)
        delivery = answer.headers.get("x-repartee-delivery", "")
        return Made(planned, answer.status, delivery, time.perf_counter() - began)

    def _connection(self) -> http.client.HTTPConnection:
        kept: http.client.HTTPConnection | None = getattr(self.local, "connection", None)
        if kept is None:
            secure = self.address.scheme == "https"
            kind = http.client.HTTPSConnection if secure else http.client.HTTPConnection
            kept = kind(self.address.hostname or "", self.address.port, timeout=30)
            self.local.connection = kept
            self.made.append(kept)
        return kept

    def close(self) -> None:
        """Close the connections of all threads."""
        for connection in self.made:
            connection.close()


def play(planned: Sequence[Planned], api: str, brand: str) -> Iterator[Made]:
    """Make the requests at their times; yields each as it is answered.

    A request that the desk could not take (503, no answer) is made again, as a platform would.
    """
    hooks = {channel: secrets.hook(brand, channel) for channel in {one.channel for one in planned}}
    sender = Sender(api, brand)
    began = time.monotonic()

    def one(planned: Planned) -> Made:
        wait = planned.at - (time.monotonic() - began)
        if wait > 0:
            time.sleep(wait)
        secret = hooks[planned.channel]
        if secret is None:
            return Made(planned, 404, "", 0.0)
        made = sender.make(planned, secret)
        for pause in (0.5, 1, 2, 4):
            if made.status not in (0, 429, 500, 502, 503, 504):
                break
            time.sleep(pause)
            made = sender.make(planned, secret)
        return made

    with closing(sender), ThreadPoolExecutor(WORKERS) as workers:
        yield from workers.map(one, planned)


def run(
    planned: Sequence[Planned],
    api: str,
    brand: str,
    books: Books,
    told: Callable[[int, int], None],
) -> Result:
    """Make the requests and follow each to its end. `told` hears how many were made and ended.

    It ends when the account closes, or when nothing has moved for three minutes.
    """
    began = time.monotonic()
    made: list[Made] = []
    for one in play(planned, api, brand):
        made.append(one)
        told(len(made), 0)
    offered = len(made) / max(0.001, time.monotonic() - began)
    deliveries = [one.delivery for one in made if one.delivery]
    account, moved, last = books.close(deliveries), time.monotonic(), -1
    while not account.closes and time.monotonic() - moved < SETTLE_SECONDS:
        ended = account.received - account.open - len(account.lost)
        told(len(made), ended)
        if ended != last:
            last, moved = ended, time.monotonic()
        time.sleep(0.5)
        account = books.close(deliveries)
    seconds = time.monotonic() - began
    return Result(
        made=made,
        account=account,
        refused=len(made) - len(deliveries),
        offered_rate=offered,
        finished_rate=account.received / max(0.001, seconds),
        seconds=seconds,
    )


def run_started() -> tuple[int, datetime]:
    """A number that makes this run's ids its own, and the time."""
    now = datetime.now(UTC)
    return int(now.timestamp() * 1000) * 100_000, now


def ending_at(rows: Sequence[Row], end: datetime) -> list[Row]:
    """The posts with their times moved so that the last of them is said at `end`."""
    last = max((row.at or 0.0 for row in rows), default=0.0)
    begin = end - timedelta(seconds=last)
    return [
        row._replace(post=replace(row.post, said_at=begin + timedelta(seconds=row.at or 0.0)))
        for row in rows
    ]
