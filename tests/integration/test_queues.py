"""Putting many messages on queues: few calls, and nobody's failure is another's."""

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import BotoCoreError

from cloud import aws as clients, queues
from cloud.settings import settings

pytestmark = pytest.mark.usefixtures("aws")
Queued = Callable[[str], list[str]]


def outbound(number: int, delay: float = 0) -> queues.Message:
    return queues.Message(settings().outbound_queue, f"o{number}", delay, f"r{number}")


def escalation(number: int) -> queues.Message:
    return queues.Message(settings().escalations_queue, f"e{number}", sender=f"r{number}")


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[list[Any]]:
    """The entries of each call that is made."""
    made: list[list[Any]] = []
    batch = clients.sqs().send_message_batch

    def noted(Entries: list[Any], **queue: str) -> Any:
        made.append(Entries)
        return batch(Entries=Entries, **queue)

    monkeypatch.setattr(clients.sqs(), "send_message_batch", noted)
    return made


def test_ten_go_in_one_call_to_each_queue(queued: Queued, calls: list[list[Any]]) -> None:
    messages = [one(number) for number in range(12) for one in (outbound, escalation)]
    assert queues.send_all(messages) == {}
    assert sorted(map(len, calls)) == [2, 2, 10, 10]
    assert sorted(queued("outbound")) == sorted(f"o{number}" for number in range(12))
    assert sorted(queued("escalations")) == sorted(f"e{number}" for number in range(12))


def test_without_messages_nothing_is_called(calls: list[list[Any]]) -> None:
    assert queues.send_all([]) == {}
    assert calls == []


def test_each_has_its_own_delay_within_what_a_queue_allows(calls: list[list[Any]]) -> None:
    queues.send_all([outbound(0, -3), outbound(1, 7.4), outbound(2, 5000)])
    assert [entry["DelaySeconds"] for entry in calls[0]] == [0, 7, 900]


def test_what_is_refused_inside_a_200_and_what_a_call_fails_for_is_told_apart(
    queued: Queued, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = clients.sqs().send_message_batch

    def troubled(QueueUrl: str, Entries: list[Any]) -> Any:
        if QueueUrl == settings().escalations_queue:
            raise BotoCoreError
        answer = batch(QueueUrl=QueueUrl, Entries=[one for one in Entries if one["Id"] != "1"])
        return answer | {"Failed": [{"Id": "1", "SenderFault": False, "Code": "InternalError"}]}

    monkeypatch.setattr(clients.sqs(), "send_message_batch", troubled)
    messages = [outbound(0), escalation(0), outbound(1), outbound(2)]
    assert queues.send_all(messages) == {
        escalation(0): str(BotoCoreError()),
        outbound(1): "InternalError",
    }
    assert sorted(queued("outbound")) == ["o0", "o2"]
