"""The peer of `receive`: what a webhook function often looks like, and nothing of ours.

A router, a model of the body, a resource for every client that it may need: at import.
"""

import base64
import hmac
import os
from typing import Any

import boto3
from aws_lambda_powertools import Logger
from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.utilities.typing import LambdaContext
from pydantic import BaseModel

logger = Logger()
app = APIGatewayHttpResolver()
sqs = boto3.client("sqs")


class Message(BaseModel):
    """What somebody wrote."""

    id: str
    type: str
    text: str = ""


class Source(BaseModel):
    """Where."""

    type: str
    userId: str = ""


class Event(BaseModel):
    """One event of a delivery."""

    type: str
    timestamp: int
    source: Source
    message: Message | None = None


class Body(BaseModel):
    """A delivery as LINE sends it."""

    destination: str
    events: list[Event]


@app.post("/hooks/<brand>/<channel>")
def receive(brand: str, channel: str) -> Response[str]:
    """Check, parse, queue each event, 200."""
    raw = (app.current_event.body or "").encode()
    digest = base64.b64encode(hmac.digest(os.environ["SECRET"].encode(), raw, "sha256"))
    if not hmac.compare_digest(digest, app.current_event.headers["x-line-signature"].encode()):
        return Response(401, body="refused")
    for event in Body.model_validate_json(raw).events:
        sqs.send_message(QueueUrl=os.environ["QUEUE_URL"], MessageBody=event.model_dump_json())
    logger.info("received", extra={"brand": brand, "channel": channel})
    return Response(200, body="")


def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """The function."""
    return app.resolve(event, context)
