"""What one webhook costs once `receive` is awake."""

import base64
import hmac
import json
import os
import time
from collections.abc import Callable
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, cast

import boto3

from bench.local_aws import local_aws
from bench.measuring import Comparison, Figure, in_turns, repeated
from bench.surroundings import log_to, surroundings
from cli.signing import Post, webhook

name = "webhook"
what = (
    "processor time of one webhook of LINE through the real handler; "
    "floor: its HMAC and one botocore call of SendMessage; peer: the same webhook through a "
    "typical function (router, pydantic, boto3). SQS is a local server in another process"
)

ROUNDS = 9
TIMES = 40
TARGET = 1.3
SECRET = "not-a-secret"
Handler = Callable[[dict[str, Any], Any], dict[str, Any]]
NAMES = (
    "TABLE_NAME", "DELIVERIES_QUEUE_URL", "OUTBOUND_QUEUE_URL", "ESCALATIONS_QUEUE_URL",
    "BRAKES_QUEUE_URL", "DRILLS_QUEUE_URL", "TOPIC_ARN", "KEY_SECRET_ID", "QUEUE_URL",
)  # fmt: skip


def measure() -> list[Comparison | Figure]:
    """Ours by the floor, which the target speaks of, and by the peer."""
    hook = json.dumps({"platform": "line", "secret": SECRET})
    with surroundings(), local_aws(hook) as endpoint, open(os.devnull, "w") as nowhere:
        queue = f"{endpoint}/000000000000/deliveries"
        os.environ.update(dict.fromkeys(NAMES, queue), AWS_ENDPOINT_URL=endpoint, SECRET=SECRET)
        # Imported here, as the client of the one and the loggers of both are made at import.
        from bench import typical_function
        from functions.receive import app as receive

        with log_to(receive.logger, nowhere):
            return _compared(receive.handler, typical_function.handler, queue)


def _compared(ours: Handler, typical: Handler, queue: str) -> list[Comparison | Figure]:
    call, context = _event(), cast(Any, SimpleNamespace(aws_request_id="1"))
    for handler in (ours, typical):
        if handler(call, context)["statusCode"] != 200:
            raise RuntimeError(f"{handler.__module__} did not take the webhook")
    sqs, body = boto3.client("sqs"), call["body"].encode()

    def least() -> None:
        base64.b64encode(hmac.digest(SECRET.encode(), body, "sha256"))
        sqs.send_message(QueueUrl=queue, MessageBody=call["body"])

    floor = repeated(least, TIMES)
    mine = repeated(lambda: ours(call, context), TIMES)
    theirs = repeated(lambda: typical(call, context), TIMES)
    return [
        in_turns(
            "one webhook, against HMAC and one send",
            ours=mine, peer=floor, floor=floor, rounds=ROUNDS, target=TARGET,
        ),
        in_turns(
            "one webhook, against a typical function",
            ours=mine, peer=theirs, floor=floor, rounds=ROUNDS,
        ),
    ]  # fmt: skip


def _event() -> dict[str, Any]:
    """A signed delivery, as an HTTP API hands it to a function."""
    post = Post(
        id="468789577898262530", text="请问周末几点开门？", author="U1", author_name="",
        account="U0", conversation="U1", said_at=datetime.now(UTC),
    )  # fmt: skip
    secret = {"platform": "line", "secret": SECRET}
    request = webhook("line", post, secret, time.time(), "01J", "n")
    path = "/hooks/xiaoman/line"
    return {
        "version": "2.0",
        "routeKey": "ANY /hooks/{brand}/{channel}",
        "rawPath": path,
        "rawQueryString": "",
        "headers": dict(request.headers),
        "requestContext": {"http": {"method": "POST", "path": path}, "stage": "$default"},
        "pathParameters": {"brand": "xiaoman", "channel": "line"},
        "body": request.body.decode(),
        "isBase64Encoded": False,
    }
