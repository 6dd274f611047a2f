"""The control API under `/_pretend/`: what a test in another process tells and asks."""

import base64
import inspect
from dataclasses import asdict
from typing import Any

from tests.platforms.platforms import Platforms
from tests.platforms.world import Reply, Request, json_reply, read_json

PREFIX = "/_pretend/"

TOLD = ("misbehave", "behave", "heard", "grant", "revoke", "recipient", "advance", "reset")
"""What can be told by POST: methods of `Platforms`, with their parameters as a JSON object."""

_NUMBERS = ("times", "every", "status", "seconds")


def answer(request: Request, platforms: Platforms) -> Reply:
    """Does or tells what a request to the control API asks for; 400 says what was wrong with it."""
    what = request.path.removeprefix(PREFIX)
    if request.method == "POST" and what in TOLD:
        try:
            _tell(platforms, what, request.body)
        except ValueError as error:
            return json_reply(400, {"error": str(error)})
        return json_reply(200, {"ok": True})
    if request.method == "GET":
        platform = request.query.get("platform") or None
        match what:
            case "health":
                return json_reply(200, _health(platforms))
            case "posted":
                return json_reply(200, _posted(platforms, platform))
            case "refused":
                return json_reply(200, _refused(platforms, platform))
            case "requests":
                return json_reply(200, _requests(platforms, platform))
    return json_reply(404, {"error": f"no {request.method} {request.path}"})


def _tell(platforms: Platforms, what: str, body: bytes) -> None:
    fields = read_json(body or b"{}")
    if not isinstance(fields, dict):
        raise ValueError("not a JSON object")
    for name, value in fields.items():
        wanted = (int, float) if name in _NUMBERS else (bool,) if name == "posts" else (str,)
        unlimited = name == "times" and value is None
        if not unlimited and (type(value) not in wanted):
            raise ValueError(f"{name} is of the wrong type")
    method = getattr(platforms, what)
    try:
        inspect.signature(method).bind(**fields)
    except TypeError as error:
        raise ValueError(str(error)) from None
    method(**fields)


def _health(platforms: Platforms) -> dict[str, Any]:
    return {"ok": not platforms.faults, "faults": len(platforms.faults), **platforms.counts()}


def _posted(platforms: Platforms, platform: str | None) -> dict[str, Any]:
    return {
        "posted": [asdict(it) for it in platforms.posted() if platform in (None, it.platform)],
        "answered_twice": [
            it._asdict() | {"times": times}
            for it, times in platforms.answered_twice().items()
            if platform in (None, it.platform)
        ],
    }


def _refused(platforms: Platforms, platform: str | None) -> dict[str, Any]:
    return {
        "refused": [asdict(it) for it in platforms.refused(platform)],
        "repeats": [asdict(it) for it in platforms.repeats() if platform in (None, it.platform)],
    }


def _requests(platforms: Platforms, platform: str | None) -> dict[str, Any]:
    return {
        "requests": [
            {
                "at": it.at,
                "platform": it.platform,
                "outcome": it.outcome,
                **it.request._asdict(),
                "body": base64.b64encode(it.request.body).decode(),
            }
            for it in platforms.received(platform)
        ]
    }
