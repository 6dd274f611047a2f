"""Putting messages on queues: what is not surely there is an error."""

from collections.abc import Sequence
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple

from cloud import aws

MAX_DELAY = 900
"""SQS delays a message by 15 minutes at the most."""


MOST = 10
"""Messages in one call."""


class Message(NamedTuple):
    """What is to be put on a queue, seen after `delay` seconds, for whoever `sender` names."""

    queue: str
    body: str
    delay: float = 0
    sender: str = ""


class NotQueued(Exception):
    """SQS did not say that it has a message; the argument is the queue."""


def send(queue: str, bodies: Sequence[str], delay: float = 0) -> None:
    """Put `bodies` on `queue`, seen after `delay` seconds; raises NotQueued unless all are there.

    One call each: hardly anybody has two.
    """
    for body in bodies:
        answer = aws.sqs().send_message(
            QueueUrl=queue, MessageBody=body, DelaySeconds=_seconds(delay)
        )
        if not answer.get("MessageId"):
            raise NotQueued(queue)


def send_all(messages: Sequence[Message]) -> dict[Message, str]:
    """Put each message on its queue, ten in a call; those that are not surely there, and why.

    A call that succeeds can have failures inside, and one that fails stands for its own alone.
    """
    left: dict[Message, str] = {}
    by_queue = attrgetter("queue")
    for queue, group in groupby(sorted(messages, key=by_queue), key=by_queue):
        some = list(group)
        for start in range(0, len(some), MOST):
            left |= _not_taken(queue, some[start : start + MOST])
    return left


def _not_taken(queue: str, messages: list[Message]) -> dict[Message, str]:
    try:
        answer = aws.sqs().send_message_batch(
            QueueUrl=queue,
            Entries=[
                {"Id": str(n), "MessageBody": one.body, "DelaySeconds": _seconds(one.delay)}
                for n, one in enumerate(messages)
            ],
        )
    except aws.TROUBLE as trouble:
        return dict.fromkeys(messages, str(trouble))
    taken = {one["Id"] for one in answer.get("Successful", ())}
    refused = {one["Id"]: one["Code"] for one in answer.get("Failed", ())}
    return {
        one: refused.get(str(n), "no answer")
        for n, one in enumerate(messages)
        if str(n) not in taken
    }


def _seconds(delay: float) -> int:
    return max(0, min(MAX_DELAY, round(delay)))
