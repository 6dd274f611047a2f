"""One account for a module's tests, emptied for each, since making it takes longer than a test."""

import os
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import pytest
from moto import mock_aws

from cloud import aws as clients
from cloud import clock, outside, secrets, store
from cloud.settings import settings
from cloud.store import playbooks
from desk.playbook import Playbook
from tests.conftest import build_account
from tests.records import BRAND, NOON


@pytest.fixture(scope="module")
def account(template: dict[str, Any]) -> Iterator[None]:
    """The template's table, the queues, the topic and the channels' secrets."""
    with pytest.MonkeyPatch.context() as patch, mock_aws():
        patch.setenv("AWS_DEFAULT_REGION", "ap-east-1")
        build_account(template, patch.setenv)
        yield
    clients.forget()


@pytest.fixture
def aws(account: None, playbook: Playbook) -> None:
    """That account, with the example brand in it and nothing else."""
    for warm in settings.cache_clear, secrets.forget, playbooks.forget, outside.forget:
        warm()
    table = settings().table
    for page in clients.dynamodb().get_paginator("scan").paginate(TableName=table):
        for item in page["Items"]:
            key = {name: item[name] for name in ("pk", "sk")}
            clients.dynamodb().delete_item(TableName=table, Key=key)
    for queue in "deliveries", "outbound", "escalations":
        clients.sqs().delete_queue(QueueUrl=os.environ[f"{queue.upper()}_QUEUE_URL"])
        clients.sqs().create_queue(QueueName=queue)
    store.keep_playbook(playbook)
    store.create_control(BRAND, NOON)


@pytest.fixture
def queued(aws: None) -> Callable[[str], list[str]]:
    """Takes all messages off a queue that can be seen there now: `queued("outbound")`."""

    def take(queue: str) -> list[str]:
        url = os.environ[f"{queue.upper()}_QUEUE_URL"]
        bodies: list[str] = []
        while found := clients.sqs().receive_message(QueueUrl=url, MaxNumberOfMessages=10).get(
            "Messages"
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
