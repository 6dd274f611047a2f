"""Putting messages on queues: what is not surely there is an error."""

from collections.abc import Sequence

from cloud import aws

BATCH = 10
MAX_DELAY = 900
"""SQS delays a message by 15 minutes at the most."""


class NotQueued(Exception):
    """SQS did not take every message; what it refused is in the argument."""


def send(queue: str, bodies: Sequence[str], delay: float = 0) -> None:
    """Put `bodies` on `queue`, seen after `delay` seconds; raises NotQueued unless all are there.

    A batch answers 200 with refusals inside: each is tried once more by itself.
    """
    seconds = max(0, min(MAX_DELAY, round(delay)))
    for start in range(0, len(bodies), BATCH):
        part = bodies[start : start + BATCH]
        if len(part) == 1:
            aws.sqs().send_message(QueueUrl=queue, MessageBody=part[0], DelaySeconds=seconds)
            continue
        answer = aws.sqs().send_message_batch(
            QueueUrl=queue,
            Entries=[
                {"Id": str(number), "MessageBody": body, "DelaySeconds": seconds}
                for number, body in enumerate(part)
            ],
        )
        done = {entry["Id"] for entry in answer.get("Successful", [])}
        for number, body in enumerate(part):
            if str(number) not in done:
                _again(queue, body, seconds)


def _again(queue: str, body: str, seconds: int) -> None:
    answer = aws.sqs().send_message(QueueUrl=queue, MessageBody=body, DelaySeconds=seconds)
    if not answer.get("MessageId"):
        raise NotQueued(queue)
