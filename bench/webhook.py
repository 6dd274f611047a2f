"""What one webhook costs once `receive` is awake."""

import base64
import hmac
import json
import os
import time
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
NAMES = (
    "TABLE_NAME", "DELIVERIES_QUEUE_URL", "OUTBOUND_QUEUE_URL", "ESCALATIONS_QUEUE_URL",
    "TOPIC_ARN", "KEY_SECRET_ID", "QUEUE_URL",
)  # fmt: skip


def measure() -> list[Comparison | Figure]:
    """Ours by the floor, which the target speaks of, and by the peer."""
    hook = json.dumps({"platform": "line", "secret": SECRET})
    with surroundings(), local_aws(hook) as endpoint, open(os.devnull, "w") as nowhere:
        queue = f"{endpoint}/000000000000/deliveries"
        os.environ.update(dict.fromkeys(NAMES, queue), AWS_ENDPOINT_URL=endpoint, SECRET=SECRET)
        # Imported here, as clients and loggers of these two are made at import.
        from bench import typical_function
        from functions.receive import app as receive

        for logger in (receive.logger, typical_function.logger):
            log_to(logger, nowhere)
        call, context = _event(), cast(Any, SimpleNamespace(aws_request_id="1"))
        for handler in (receive.handler, typical_function.handler):
            if handler(call, context)["statusCode"] != 200:
                raise RuntimeError(f"{handler.__module__} did not take the webhook")
        sqs, body = boto3.client("sqs"), call["body"].encode()

        def least() -> None:
            base64.b64encode(hmac.digest(SECRET.encode(), body, "sha256"))
            sqs.send_message(QueueUrl=queue, MessageBody=call["body"])

        ours = repeated(lambda: receive.handler(call, context), TIMES)
        floor = repeated(least, TIMES)
        typical = repeated(lambda: typical_function.handler(call, context), TIMES)
        return [
            in_turns(
                "one webhook, against HMAC and one send",
                ours=ours, peer=floor, floor=floor, rounds=ROUNDS, target=TARGET,
            ),
            in_turns(
                "one webhook, against a typical function",
                ours=ours, peer=typical, floor=floor, rounds=ROUNDS,
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
