"""How soon a stop is one: many answers wait, five send, and somebody pulls the brake."""

import os
import random
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast

from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from moto import mock_aws
from moto.dynamodb.models import dynamodb_backends

from bench.items import made_account
from bench.measuring import ROOT, Comparison, Figure
from bench.surroundings import surroundings
from cli import playbook_files, seeding
from cloud import http, store
from desk.control import Control, Hold
from desk.outbound import Reply
from desk.playbook import Caps, Playbook
from desk.wire import Outbound, Response
from functions.send import app as send
from tests.records import BRAND, reply

name = "brake"
what = (
    "the brake, pulled at a moment drawn by chance while 1,200 answers wait and five senders work "
    "them off, the real `send` on moto in one process, with warm containers. A trial ends ten "
    "answers after the stop, every five hundredth when all 1,200 are through. BRAKE_TRIALS names "
    "another number of trials"
)

WAITING, SENDERS, AFTERWARDS, WHOLE = 1200, 5, 10, 500
TRIALS = int(os.environ.get("BRAKE_TRIALS", "1000"))
ACCOUNT, REGION = "123456789012", "ap-east-1"
SCOPES = ("brand", "channel:line", "topic:question", "topic:word:打烊")
WIDE = Caps(conversation=100, author=100, rule=100_000, brand=1_000_000)


@dataclass
class Trial:
    """What was seen in one: moments of the process's own clock, in seconds."""

    looks: dict[int, float] = field(default_factory=dict)
    """When each sender began to read the brake last."""
    posts: list[tuple[float, float]] = field(default_factory=list)
    """Of each post: when its sender began to look, and when the request began."""
    worked: int = 0


def measure() -> list[Comparison | Figure]:
    """The posts that should not have been, and how long after the stop the last one began."""
    dice = random.Random(2026)
    late, through, after = 0, 0, list[float]()
    with desk() as start:
        for number in range(TRIALS):
            scope = SCOPES[number % len(SCOPES)]
            whole = number % WHOLE == WHOLE - 1
            trial, stopped = one(start, dice.randrange(15), scope, whole)
            late += sum(look > stopped for look, _ in trial.posts)
            last = max((begun for _, begun in trial.posts), default=0.0) - stopped
            through += sum(begun > stopped for _, begun in trial.posts)
            after.append(max(0.0, last) * 1000)
    after.sort()
    return [
        Figure("posts whose last look began after the stop was written", late, "posts", 0),
        Figure("posts that had looked before, and began after it", through, "posts", None),
        Figure("from the stop to the last post, p99", after[int(len(after) * 0.99)], "ms", 1000),
        Figure("from the stop to the last post, most", after[-1], "ms", None),
        Figure("trials", len(after), "trials", None),
    ]


def one(start: Callable[[], deque[str]], sent: int, scope: str, whole: bool) -> tuple[Trial, float]:
    """One trial: the stop comes once `sent` answers are out. The second is when it was written."""
    trial, waiting, done = Trial(), start(), threading.Event()
    read = store.control

    def look(brand: str) -> Control | None:
        trial.looks[threading.get_ident()] = time.monotonic()
        return read(brand)

    def call(outbound: Outbound) -> Response:
        trial.posts.append((trial.looks[threading.get_ident()], time.monotonic()))
        return Response(200, {}, b'{"sentMessages": [{"id": "4711"}]}')

    def work() -> None:
        while waiting and not done.is_set():
            record = SQSRecord({"messageId": "m", "body": waiting.popleft()})
            send.process(record, cast(Any, CONTEXT))
            trial.worked += 1

    threads = [threading.Thread(target=work, daemon=True) for _ in range(SENDERS)]
    before = http.call
    store.control, http.call = look, call
    try:
        for thread in threads:
            thread.start()
        while len(trial.posts) < sent and any(thread.is_alive() for thread in threads):
            time.sleep(0.0005)
        store.hold(BRAND, Hold(scope=scope, by="bench", reason="a trial", at=datetime.now(UTC)))
        stopped, worked = time.monotonic(), trial.worked
        while any(thread.is_alive() for thread in threads):
            if not whole and trial.worked >= worked + AFTERWARDS:
                break
            time.sleep(0.002)
        done.set()
        for thread in threads:
            thread.join()
    finally:
        store.control, http.call = read, before
    return trial, stopped


TOKEN = {"platform": "line", "token": "not-a-secret", "account": "U-shop"}
CONTEXT = SimpleNamespace(get_remaining_time_in_millis=lambda: 60_000)


@contextmanager
def desk() -> Iterator[Callable[[], deque[str]]]:
    """A desk with answers that wait; what is handed out puts it back and returns their messages."""
    playbook = playbook_files.load(ROOT / "playbooks" / BRAND).model_copy(update={"caps": WIDE})
    with surroundings(), mock_aws():
        made_account()
        seeding.put_channel(BRAND, "line", {"platform": "line"}, TOKEN)
        send.logger.setLevel("CRITICAL")
        replies = [answer(number) for number in range(WAITING)]
        prepare(playbook, replies)
        items = dynamodb_backends[ACCOUNT][REGION].tables["repartee"].items
        kept = {pk: dict(part) for pk, part in items.items()}

        def start() -> deque[str]:
            items.clear()
            items.update({pk: dict(part) for pk, part in kept.items()})
            for scope in SCOPES:
                store.release(BRAND, scope, "bench", "a new trial", datetime.now(UTC))
            store.beat(BRAND, datetime.now(UTC))
            return deque(one.key.model_dump_json() for one in replies)

        yield start


def prepare(playbook: Playbook, replies: list[Reply]) -> None:
    """A brand whose rule may answer, and the answers."""
    store.keep_playbook(playbook)
    known = [rule for rule in playbook.rules if rule.id == "ask-hours"]
    store.settle_standings(playbook, known, datetime.now(UTC))
    store.create_control(BRAND, datetime.now(UTC))
    for one_reply in replies:
        store.add_reply(one_reply)


def answer(number: int) -> Reply:
    """An automatic answer to somebody who asked just now when we close."""
    now, place = datetime.now(UTC), f"line:c{number}"
    address = replace(reply().address, conversation=place, author=f"U{number}")
    return reply(
        id=f"line:r{number}", mention=f"line:m{number}", conversation=place, address=address,
        made_at=now, expires_at=now + timedelta(hours=12), due_at=None,
        topics=("word:打烊", "word:今晚"),
    )  # fmt: skip
