"""Putting messages on queues: what is not surely there is an error."""

from collections.abc import Sequence

from cloud import aws

MAX_DELAY = 900
"""SQS delays a message by 15 minutes at the most."""


class NotQueued(Exception):
    """SQS did not say that it has a message; the argument is the queue."""


def send(queue: str, bodies: Sequence[str], delay: float = 0) -> None:
    """Put `bodies` on `queue`, seen after `delay` seconds; raises NotQueued unless all are there.

    One call each: hardly anything sends two, and a batch that succeeds can have failures inside.
    """
    seconds = max(0, min(MAX_DELAY, round(delay)))
    for body in bodies:
        answer = aws.sqs().send_message(QueueUrl=queue, MessageBody=body, DelaySeconds=seconds)
        if not answer.get("MessageId"):
            raise NotQueued(queue)
