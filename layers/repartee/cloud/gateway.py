"""HTTP requests as the API hands them to a function, and answers as it wants them back."""

import base64
import binascii
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

from desk.wire import Answer, Inbound


def request(event: Mapping[str, Any]) -> Inbound:
    """The request in an event of an HTTP API (payload 2.0), its body as the bytes that were sent.

    A body that is said to be base64 and is not comes out as it stands, for its signature to judge.
    """
    body = event.get("body") or ""
    raw = body.encode("utf-8", "surrogatepass")
    if event.get("isBase64Encoded"):
        try:
            raw = base64.b64decode(body, validate=True)
        except (binascii.Error, ValueError):
            raw = body.encode("utf-8", "surrogatepass")
    query = parse_qsl(event.get("rawQueryString") or "", keep_blank_values=True)
    return Inbound(
        method=event["requestContext"]["http"]["method"],
        headers={name.lower(): value for name, value in (event.get("headers") or {}).items()},
        query=dict(query),
        body=raw,
    )


def response(answer: Answer, headers: Mapping[str, str] | None = None) -> dict[str, Any]:
    """An answer in the API's own form. Nothing that we answer may be kept or sniffed."""
    always = {
        "content-type": answer.content_type,
        "cache-control": "no-store",
        "x-content-type-options": "nosniff",
    }
    if answer.delivery:
        always["x-repartee-delivery"] = answer.delivery
    return {
        "statusCode": answer.status,
        "headers": always | dict(answer.headers) | dict(headers or {}),
        "body": answer.body,
    }
