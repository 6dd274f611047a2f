"""One account for a module's tests, emptied for each, since making it takes longer than a test."""

import json
import os
from base64 import b64encode
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

import pytest
from moto import mock_aws

from cloud import aws as clients, clock, http, rooms, secrets, sign_in, sources, store, wellbeing
from cloud.settings import settings
from cloud.store import playbooks
from desk.approval import token_hash
from desk.playbook import Playbook
from desk.wire import NotSent, Outbound, Response, Unknown
from functions.decide.app import handler as decide_handler
from tests.conftest import build_account, forget_everything
from tests.records import (
    BRAND,
    LINK,
    NOON,
    OTHER_LINK,
    TAKEN,
    after,
    approval,
    draft,
    escalation,
    mention,
)

Answer = Response | NotSent | Unknown


@pytest.fixture(scope="module")
def account(template: dict[str, Any]) -> Iterator[None]:
    """The template's table, the queues, the topic and the channels' secrets."""
    with pytest.MonkeyPatch.context() as patch, mock_aws():
        patch.setenv("AWS_DEFAULT_REGION", "ap-east-1")
        build_account(template, patch.setenv)
        forget_everything()
        yield
    forget_everything()


@pytest.fixture
def aws(account: None, playbook: Playbook) -> None:
    """That account, with the example brand in it and nothing else."""
    forgets = (
        secrets.forget,
        rooms.forget,
        playbooks.forget,
        sign_in.forget,
        sources.forget,
        wellbeing.forget,
    )
    for warm in (settings.cache_clear, *forgets):
        warm()
    table = settings().table
    for page in clients.dynamodb().get_paginator("scan").paginate(TableName=table):
        for item in page["Items"]:
            key = {name: item[name] for name in ("pk", "sk")}
            clients.dynamodb().delete_item(TableName=table, Key=key)
    for queue in "deliveries", "outbound", "escalations", "brakes":
        clients.sqs().delete_queue(QueueUrl=os.environ[f"{queue.upper()}_QUEUE_URL"])
        clients.sqs().create_queue(QueueName=queue)
    store.keep_playbook(playbook)
    # The rule of the reply in `records`: as triage leaves it when it answers.
    known = [rule for rule in playbook.rules if rule.id == "ask-hours"]
    store.settle_standings(playbook, known, NOON)
    store.create_control(BRAND, NOON)


@pytest.fixture
def queued(aws: None) -> Callable[[str], list[str]]:
    """Takes all messages off a queue that can be seen there now: `queued("outbound")`."""

    def take(queue: str) -> list[str]:
        url = os.environ[f"{queue.upper()}_QUEUE_URL"]
        bodies: list[str] = []
        while (
            found := clients.sqs()
            .receive_message(QueueUrl=url, MaxNumberOfMessages=10)
            .get("Messages")
        ):
            for message in found:
                bodies.append(message["Body"])
                clients.sqs().delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return bodies

    return take


@pytest.fixture
def at(aws: None, monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], None]:
    """Sets the time, at first noon, with a detector that has looked just then."""

    def at(moment: datetime) -> None:
        monkeypatch.setattr(clock, "now", lambda: moment)
        store.beat(BRAND, moment)

    at(NOON)
    return at


@pytest.fixture
def everything(aws: None) -> Callable[[], list[str]]:
    """All that is in the table, item by item."""

    def everything() -> list[str]:
        pages = clients.dynamodb().get_paginator("scan").paginate(TableName=settings().table)
        items = [item for page in pages for item in page["Items"]]
        return sorted(json.dumps(item, sort_keys=True, default=repr) for item in items)

    return everything


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[Outbound]:
    """The calls that were made to platforms; LINE takes them, unless `says` says otherwise."""
    calls: list[Outbound] = []

    def call(outbound: Outbound) -> Answer:
        calls.append(outbound)
        return TAKEN

    monkeypatch.setattr(http, "call", call)
    return calls


@pytest.fixture
def says(made: list[Outbound], monkeypatch: pytest.MonkeyPatch) -> Callable[[Answer], None]:
    """Sets what platforms answer."""

    def says(answer: Answer) -> None:
        def call(outbound: Outbound) -> Answer:
            made.append(outbound)
            return answer

        monkeypatch.setattr(http, "call", call)

    return says


@pytest.fixture
def a_draft(at: Callable[[datetime], None]) -> None:
    """A draft that Lin and Yijun were asked about at noon, five minutes ago."""
    store.add_mention(mention(), b"")
    store.add_reply(draft())
    store.add_escalation(escalation(taken=2, asked_at=(NOON, NOON), due_at=after(10)))
    store.add_approval(approval())
    store.add_approval(approval(hash=token_hash(OTHER_LINK), approver="yijun"))
    at(after(5))


@pytest.fixture
def ask(a_draft: None, context: Any) -> Callable[..., dict[str, Any]]:
    """Makes a request of the approval page: of Lin's, unless another token is given."""

    def ask(method: str = "GET", token: str | None = LINK, body: str = "", **headers: str) -> Any:
        event = {
            "pathParameters": None if token is None else {"token": token},
            "rawQueryString": "",
            "headers": {name.replace("_", "-"): value for name, value in headers.items()},
            "requestContext": {"http": {"method": method}},
            "body": b64encode(body.encode()).decode(),
            "isBase64Encoded": True,
        }
        return decide_handler(event, context)

    return ask


@pytest.fixture
def decide(ask: Any) -> Callable[..., dict[str, Any]]:
    """Sends the page's form; fields that are None are left out."""

    def decide(action: str | None = "approve", token: str = LINK, **change: str | None) -> Any:
        fields: dict[str, str | None] = {
            "action": action,
            "text": draft().text,
            "reason": "",
            "seen": draft().fingerprint,
        }
        given = {name: value for name, value in (fields | change).items() if value is not None}
        return ask("POST", token, urlencode(given))

    return decide
