"""What a batch of ten mentions costs `triage` once it is awake, beside what cannot be spared."""

import copy
import os
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, NamedTuple

from botocore import xform_name
from botocore.awsrequest import AWSResponse, HeadersDict
from moto import mock_aws

from bench.example import EXAMPLE
from bench.items import HOOK, context, made_account, record, texts
from bench.measuring import Comparison, Figure, in_turns, repeated
from bench.surroundings import log_to, surroundings
from cli import playbook_files, seeding
from cli.signing import Post, webhook
from cloud import aws, secrets
from desk import channels, intake, understanding
from desk.playbook import Playbook
from desk.wire import Delivery, Item, stamp

name = "batch"
what = (
    "processor time of a batch of ten mentions, the first of the example evening, through the real "
    "handler of triage; floor: the AWS calls that it makes, by bare clients; peer: the same, and "
    "the ten texts read and matched with the example's rules. Each call is answered at once with "
    "what moto has answered to it before: no network and no table is in any of them"
)

TEN = 10
ROUNDS = 15
TIMES = 3
TARGET = 1.5


class Call(NamedTuple):
    """A call that was made, and what it was answered with."""

    service: str
    operation: str
    params: Mapping[str, Any]
    status: int
    headers: Mapping[str, str]
    body: bytes


def measure() -> list[Comparison | Figure]:
    """One row; its peer is what the target speaks of."""
    with surroundings(), open(os.devnull, "w") as nowhere:
        from functions.triage import app as triage

        with log_to(triage.logger, nowhere):
            found = playbook_files.load(EXAMPLE)
            event = {"Records": list(_records(found))}
            with mock_aws():
                made_account()
                seeding.apply(found)
                seeding.put_channel(found.brand, "line", HOOK, {"platform": "line", "token": "t"})
                _worked(triage.handler, {"Records": list(_records(found, warm="warm"))})
                calls = _recorded(lambda: _worked(triage.handler, event))
            return [_compared(triage.handler, event, calls, found)]


def _compared(
    handler: Callable[..., Any], event: dict[str, Any], calls: list[Call], playbook: Playbook
) -> Comparison:
    aws.forget()
    answers = _Answers(calls)
    bare = [
        (getattr(aws._client(call.service), xform_name(call.operation)), call.params)
        for call in calls
    ]
    items = [item for one in event["Records"] for item in _items(Delivery.from_json(one["body"]))]

    def ours() -> None:
        answers.begin()
        _worked(handler, event)

    def floor() -> None:
        answers.begin()
        for call, params in bare:
            call(**params)

    def peer() -> None:
        floor()
        for item in items:
            ids = intake.ids_of(item, playbook.brand, "line", secrets.key())
            read = understanding.read(item, playbook)
            understanding.matching(item, read, ids, "line", playbook)

    return in_turns(
        f"a batch of {TEN}, with {len(calls)} calls to AWS",
        ours=repeated(ours, TIMES), peer=repeated(peer, TIMES), floor=repeated(floor, TIMES),
        rounds=ROUNDS, target=TARGET,
    )  # fmt: skip


class _Answers:
    """Stands between our clients and the network: each call gets its answer from the recording."""

    def __init__(self, calls: list[Call]) -> None:
        self.calls = calls
        self.left: Iterator[Call] = iter(())
        for service in {call.service for call in calls}:
            aws._client(service).meta.events.register("before-send", self.answer)

    def begin(self) -> None:
        """From the first call on."""
        self.left = iter(self.calls)

    def answer(self, request: Any, event_name: str, **_: Any) -> AWSResponse:
        """The next answer; RuntimeError where another call was made in the recording."""
        call = next(self.left, None)
        made = event_name.rpartition(".")[2]
        if call is None or made != call.operation:
            raise RuntimeError(f"{made} where the recording has {call and call.operation}")
        raw = SimpleNamespace(stream=lambda: iter((call.body,)))
        headers: Any = HeadersDict(call.headers)
        return AWSResponse(request.url, call.status, headers, raw)


def _recorded(work: Callable[[], None]) -> list[Call]:
    calls: list[Call] = []
    given: list[Any] = []

    def asked(params: Any, **_: Any) -> None:
        given.append(copy.deepcopy(params))

    def answered(http_response: Any, model: Any, **_: Any) -> None:
        service, params = model.service_model.service_name, given.pop()
        headers = dict(http_response.headers)
        calls.append(
            Call(service, model.name, params, http_response.status_code, headers,
                 http_response.content)
        )  # fmt: skip

    for client in (aws.dynamodb(), aws.sqs(), aws.ssm(), aws.secretsmanager()):
        client.meta.events.register("before-parameter-build", asked)
        client.meta.events.register("after-call", answered)
    work()
    return calls


def _worked(handler: Callable[..., Any], event: dict[str, Any]) -> None:
    if failures := handler(event, context())["batchItemFailures"]:
        raise RuntimeError(f"{len(failures)} of {TEN} deliveries failed")


def _records(playbook: Playbook, warm: str = "") -> Iterator[dict[str, Any]]:
    for number, text in enumerate(texts()[:TEN]):
        now, author = datetime.now(UTC), f"U{warm}{number:028}"
        post = Post(
            id=f"{warm}{468789577898262530 + number}", text=text, author=author, author_name="",
            account=playbook.accounts["line"], conversation=author, said_at=now,
        )  # fmt: skip
        request = webhook("line", post, HOOK, time.time(), f"01J{number:023}", str(number))
        delivery = Delivery(
            f"{warm}{number:030}", playbook.brand, "line", stamp(now), {}, {}, request.body
        )
        yield record("deliveries", delivery.to_json(), f"{warm}{number}")


def _items(delivery: Delivery) -> list[Item]:
    return channels.platform("line").parse(delivery.body, delivery.headers, frozenset())
