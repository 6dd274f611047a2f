"""Discord as it takes a message and lists them: https://docs.discord.com/developers/resources/message"""

import re
from typing import Any

from tests.platforms.world import (
    Accepted,
    Account,
    Call,
    Heard,
    Post,
    Refused,
    Repeated,
    Reply,
    Request,
    Told,
    Verdict,
    World,
    json_reply,
    read_json,
)

TEXT_LIMIT = 2000
NONCE_LIFE = 120.0
_CALL = re.compile(r"/api/v10/channels/([^/]+)/messages")

ACCOUNT = Account("discord", "7701", "pretend-discord-token")


def credentials() -> dict[str, str]:
    """What lets the default account post."""
    return {"token": ACCOUNT.token}


def call_of(request: Request) -> Call:
    """What the call is for."""
    return "send" if request.method == "POST" and _CALL.fullmatch(request.path) else "other"


def answer(request: Request, world: World, now: float) -> Verdict:
    """What Discord does with a call. A nonce that is enforced brings back the first message."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    account = world.account("discord", token) if scheme == "Bot" else None
    if account is None:
        return _refused(401, 0, "401: Unauthorized", token)
    call = _CALL.fullmatch(request.path)
    if call is None or request.method not in ("GET", "POST"):
        return _refused(404, 0, "404: Not Found", token)
    channel = call[1]
    if world.state_of("discord", channel) == "unknown":
        return _refused(404, 10003, "Unknown Channel", token)
    if world.state_of("discord", channel) == "blocked":
        return _refused(403, 50001, "Missing Access", token)
    said = world.comments.setdefault("discord", [])
    if request.method == "GET":
        listed = [one for one in reversed(said) if one["channel_id"] == channel]
        return Told(json_reply(200, listed[: int(request.query.get("limit", "50"))]))
    try:
        fields = read_json(request.body)
    except ValueError:
        fields = None
    if not isinstance(fields, dict):
        return _refused(400, 50109, "The request body contains invalid JSON.", token)
    nonce = str(fields.get("nonce") or "") if fields.get("enforce_nonce") is True else ""
    at, earlier = world.accepted.get(("discord", account.name, nonce), (0.0, Reply(200)))
    if nonce and now - at < NONCE_LIFE:
        return Repeated(earlier, token, nonce)
    text = fields.get("content")
    if not isinstance(text, str) or not text.strip():
        return _refused(400, 50006, "Cannot send an empty message", token)
    if len(text) > TEXT_LIMIT:
        return _too_long(token)
    reference = fields.get("message_reference")
    about = str(reference.get("message_id", "")) if isinstance(reference, dict) else ""
    number = str(1_297_000_000_000_000_000 + world.next_id())
    message = {"id": number, "channel_id": channel, "content": text, "author": {"bot": True}}
    said.append(message)
    reply = json_reply(200, message)
    if nonce:
        world.accepted["discord", account.name, nonce] = (now, reply)
    return Accepted(reply, Post(account.name, token, channel, text, number, nonce, about))


def hear(heard: Heard, world: World, now: float) -> None:
    """Whoever writes in a channel shows that we may see it."""
    world.recipients.pop(("discord", heard.recipient), None)


def too_many(retry_after: str) -> Reply:
    """Discord at its rate limit; the seconds are in the body and the header alike."""
    body: dict[str, Any] = {"message": "You are being rate limited.", "global": False}
    if not retry_after:
        return json_reply(429, body)
    number = re.fullmatch(r"-?\d+", retry_after)
    body["retry_after"] = float(retry_after) if number else retry_after
    return json_reply(429, body, ("Retry-After", retry_after))


def failure(status: int) -> Reply:
    """Discord out of order, or answering with an error that is on nobody's list."""
    return json_reply(status, {"message": f"{status}: Oddness", "code": 0})


def _too_long(token: str) -> Refused:
    error = {"code": "BASE_TYPE_MAX_LENGTH", "message": f"Must be {TEXT_LIMIT} or fewer in length."}
    body = {
        "code": 50035,
        "message": "Invalid Form Body",
        "errors": {"content": {"_errors": [error]}},
    }
    return Refused(json_reply(400, body), "too long", token)


def _refused(status: int, code: int, message: str, token: str) -> Refused:
    return Refused(json_reply(status, {"code": code, "message": message}), message, token)
