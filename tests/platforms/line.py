"""LINE as it answers push and reply: https://developers.line.biz/en/reference/messaging-api/"""

import hashlib
import re
import uuid
from typing import Any

from tests.platforms.world import (
    Accepted,
    Account,
    Call,
    Heard,
    Pace,
    Post,
    Refused,
    Repeated,
    Reply,
    ReplyToken,
    Request,
    Verdict,
    World,
    bearer,
    json_reply,
    read_json,
)

TEXT_LIMIT = 5000
RETRY_KEY_LIFE = 24 * 3600.0
REPLY_TOKEN_LIFE = 60.0
MONTH = 30 * 24 * 3600.0
_RETRY_KEY = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_CONSOLE_TOKENS = ("0" * 32, "f" * 32)  # of the console's "Verify" button: good for nothing
_PUSH, _REPLY = "/v2/bot/message/push", "/v2/bot/message/reply"
_BROADCAST = "/v2/bot/message/broadcast"
EVERYBODY = "everybody"
"""Whom a broadcast goes to, in our books."""

ACCOUNT = Account("line", "pretend-line", "pretend-line-token")


def credentials() -> dict[str, str]:
    """What lets the default account post."""
    return {"token": ACCOUNT.token}


def call_of(request: Request) -> Call:
    """What the call is for."""
    return "send" if request.path in (_PUSH, _REPLY, _BROADCAST) else "other"


def answer(request: Request, world: World, now: float) -> Verdict:
    """What LINE does with a call. Retry keys count on pushes and broadcasts, not on replies."""
    if call_of(request) != "send":
        return _refused(404, "Not found")
    if request.method != "POST":
        return _refused(405, "Method not allowed")
    token = bearer(request.headers)
    account = world.account("line", token)
    if account is None:
        why = "Confirm that the access token in the authorization header is valid."
        return _refused(401, f"Authentication failed. {why}", token)
    content_type = request.headers.get("content-type", "").partition(";")[0].strip()
    if content_type.lower() != "application/json":
        return _refused(415, f"The content type, {content_type}, is not supported", token)
    key = request.headers.get("x-line-retry-key", "")
    if key and request.path == _REPLY:
        return _refused(400, "The X-Line-Retry-Key header is not supported by this API", token)
    if key and not _RETRY_KEY.fullmatch(key):
        return _refused(400, "The value of the X-Line-Retry-Key header is invalid", token)
    if earlier := _accepted_before(world, account, key, now):
        return Repeated(earlier, token, key)
    try:
        body = read_json(request.body)
    except ValueError:
        body = None
    if not isinstance(body, dict):
        message = "The request body could not be parsed as JSON (line: 1, column: 1)"
        return _refused(400, message, token)
    if details := _errors(body):
        message = f"The request body has {len(details)} error(s)"
        return _refused(400, message, token, details)
    if request.path == _REPLY:
        return _reply(body, account, world, now)
    if request.path == _BROADCAST:
        return _broadcast(body, account, key, world, now)
    return _push(body, account, key, world, now)


def hear(heard: Heard, world: World, now: float) -> None:
    """A person's message brings a reply token, good once and for about a minute."""
    if heard.reply_token:
        world.reply_tokens[heard.reply_token] = ReplyToken(heard.recipient, now + REPLY_TOKEN_LIFE)


def too_many(retry_after: str) -> Reply:
    """LINE at its rate limit. It names no time to wait; the header is there for clients to face."""
    message = "The API rate limit has been exceeded. Try again later."
    headers = (("Retry-After", retry_after),) if retry_after else ()
    return json_reply(429, {"message": message}, *headers)


def failure(status: int) -> Reply:
    """LINE out of order, or answering with an error that is on nobody's list."""
    return json_reply(status, {"message": "Internal server error" if status >= 500 else "Failed"})


def _push(body: dict[str, Any], account: Account, key: str, world: World, now: float) -> Verdict:
    to = body.get("to")
    if not isinstance(to, str) or not to or to.split() != [to]:
        message = "The property, 'to', in the request body is invalid (line: -, column: -)"
        return _refused(400, message, account.token)
    if world.state_of("line", to) == "unknown":
        return _refused(400, "Failed to send messages", account.token)
    if refusal := _over_limit(world, account, now, push=True):
        return refusal
    reply, ids = _sent(body, world)
    if key:
        world.accepted["line", account.name, key] = (now, reply)
    return Accepted(reply, _post(body, account, to, ids, key, _quoted(body)))


def _broadcast(
    body: dict[str, Any], account: Account, key: str, world: World, now: float
) -> Verdict:
    """To all friends; the answer names no message."""
    limited = ("line", account.name, "broadcasts"), world.limits.line_broadcasts
    if (wait := world.wait(now, limited)) is not None:
        return Refused(too_many(str(wait)), "rate limit", account.token)
    number = str(world.next_id())
    reply = json_reply(200, {}, ("x-line-request-id", str(uuid.uuid5(uuid.NAMESPACE_OID, number))))
    if key:
        world.accepted["line", account.name, key] = (now, reply)
    return Accepted(reply, _post(body, account, EVERYBODY, [number], key, ""))


def _reply(body: dict[str, Any], account: Account, world: World, now: float) -> Verdict:
    token = body.get("replyToken")
    if not isinstance(token, str) or not token or token in _CONSOLE_TOKENS:
        return _refused(400, "Invalid reply token", account.token)
    held = world.reply_tokens.get(token)
    if held is None and world.windows == "open":
        held = world.reply_tokens[token] = ReplyToken("", now + REPLY_TOKEN_LIFE)
    if held is None or held.used or held.until <= now:
        return _refused(400, "Invalid reply token", account.token)
    if refusal := _over_limit(world, account, now, push=False):
        return refusal
    held.used = True
    reply, ids = _sent(body, world)
    return Accepted(reply, _post(body, account, held.recipient, ids, "", token))


def _accepted_before(world: World, account: Account, key: str, now: float) -> Reply | None:
    at, reply = world.accepted.get(("line", account.name, key), (now - RETRY_KEY_LIFE, Reply(200)))
    if not key or at <= now - RETRY_KEY_LIFE:
        return None
    sent = read_json(reply.body)["sentMessages"]
    request_id = dict(reply.headers)["x-line-request-id"]
    body = {"message": "The retry key is already accepted", "sentMessages": sent}
    return json_reply(409, body, ("x-line-accepted-request-id", request_id))


def _over_limit(world: World, account: Account, now: float, *, push: bool) -> Refused | None:
    """Replies are free of the monthly quota."""
    limits = world.limits
    if world.wait(now, (("line", account.name), limits.line_rate)):
        return Refused(too_many(""), "rate limit", account.token)
    if push and limits.line_monthly is not None:
        month = Pace(limits.line_monthly, MONTH)
        if world.wait(now, (("line", account.name, "month"), month)):
            return _refused(429, "You have reached your monthly limit.", account.token)
    return None


def _sent(body: dict[str, Any], world: World) -> tuple[Reply, list[str]]:
    ids = [str(468_000_000_000_000_000 + world.next_id()) for _ in body["messages"]]
    messages = [
        {"id": number, "quoteToken": hashlib.sha256(number.encode()).hexdigest()[:40]}
        for number in ids
    ]
    request_id = str(uuid.uuid5(uuid.NAMESPACE_OID, ids[0]))
    return json_reply(200, {"sentMessages": messages}, ("x-line-request-id", request_id)), ids


def _post(
    body: dict[str, Any], account: Account, to: str, ids: list[str], key: str, about: str
) -> Post:
    text = "\n".join(message["text"] for message in body["messages"])
    return Post(account.name, account.token, to, text, ids[0], key, about)


def _quoted(body: dict[str, Any]) -> str:
    quoted = (message.get("quoteToken") for message in body["messages"])
    return next((token for token in quoted if isinstance(token, str)), "")


def _errors(body: dict[str, Any]) -> list[dict[str, str]]:
    messages = body.get("messages")
    if not isinstance(messages, list) or not 1 <= len(messages) <= 5:
        return [{"message": "Size must be between 1 and 5", "property": "messages"}]
    return [
        {"message": fault, "property": f"messages[{index}].{name}"}
        for index, message in enumerate(messages)
        for name, fault in _message_errors(message)
    ]


def _message_errors(message: Any) -> list[tuple[str, str]]:
    """Text is all that we send, so any other type counts as one that LINE does not know."""
    if not isinstance(message, dict) or message.get("type") != "text":
        return [("type", "Must be one of the following values: [text]")]
    text = message.get("text")
    if not isinstance(text, str) or not text.strip():
        return [("text", "May not be empty")]
    if len(text.encode("utf-16-le")) // 2 > TEXT_LIMIT:
        return [("text", f"Length must be between 0 and {TEXT_LIMIT}")]
    return []


def _refused(
    status: int, message: str, token: str = "", details: list[dict[str, str]] | None = None
) -> Refused:
    body: dict[str, Any] = {"message": message}
    if details:
        body["details"] = details
        message += ": " + "; ".join(f"{it['property']}: {it['message']}" for it in details)
    return Refused(json_reply(status, body), message, token)
