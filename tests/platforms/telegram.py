"""Telegram as it answers sendMessage: https://core.telegram.org/bots/api#sendmessage"""

import re
from typing import Any
from urllib.parse import parse_qsl

from tests.platforms.world import (
    Accepted,
    Account,
    Call,
    Heard,
    Post,
    Refused,
    Reply,
    Request,
    Verdict,
    World,
    json_reply,
    read_json,
)

TEXT_LIMIT = 4096
_CALL = re.compile(r"/bot([^/]+)/([A-Za-z]+)")
_TOKEN = re.compile(r"([0-9]{5,16}):[A-Za-z0-9_-]{30,}")
_CHAT = re.compile(r"-?\d{1,19}|@[A-Za-z]\w{3,31}", re.ASCII)


ACCOUNT = Account("telegram", "1000000001", f"1000000001:{'pretend-telegram-token':-<35}")


def credentials() -> dict[str, str]:
    """What lets the default account post."""
    return {"token": ACCOUNT.token}


def call_of(request: Request) -> Call:
    """What the call is for."""
    call = _CALL.fullmatch(request.path)
    return "send" if call and call[2].lower() == "sendmessage" else "other"


def answer(request: Request, world: World, now: float) -> Verdict:
    """What Telegram does with a call. A token that cannot be one is 404, a wrong one is 401."""
    call = _CALL.fullmatch(request.path)
    if call is None or not (bot := _TOKEN.fullmatch(call[1])):
        return _refused(404, "Not Found", call[1] if call else "")
    token = call[1]
    account = world.account("telegram", token)
    if account is None:
        return _refused(401, "Unauthorized", token)
    if call_of(request) != "send":
        return _refused(404, "Not Found", token)
    if request.method != "POST":
        return _refused(405, "Method Not Allowed", token)
    try:
        fields = _fields(request)
        about, lenient = _replied_to(fields)
    except ValueError as error:
        return _refused(400, f"Bad Request: {error}", token)
    chat = fields.get("chat_id")
    if not isinstance(chat, str | int) or isinstance(chat, bool) or chat == "":
        return _refused(400, "Bad Request: chat_id is empty", token)
    recipient = str(chat)
    state = world.state_of("telegram", recipient)
    if state == "unknown" or not _CHAT.fullmatch(recipient):
        return _refused(400, "Bad Request: chat not found", token)
    text = fields.get("text")
    if not isinstance(text, str) or not text.strip():
        return _refused(400, "Bad Request: message text is empty", token)
    if len(text.encode("utf-16-le")) // 2 > TEXT_LIMIT:
        return _refused(400, "Bad Request: message is too long", token)
    if state == "blocked":
        return _refused(403, "Forbidden: bot was blocked by the user", token)
    if about and not world.knows_message("telegram", recipient, about):
        if not lenient:
            return _refused(400, "Bad Request: message to be replied not found", token)
        about = ""  # then it is sent as an ordinary message
    limits = world.limits
    wait = world.wait(
        now,
        (("telegram", account.name), limits.telegram_all),
        (("telegram", account.name, recipient), limits.telegram_chat),
    )
    if wait is not None:
        return Refused(too_many(str(wait)), f"flood: wait {wait} s", token)
    number = world.next_id()
    reply = _message(number, bot[1], recipient, text, about, now)
    return Accepted(
        reply, Post(account.name, token, recipient, text, str(number), in_reply_to=about)
    )


def hear(heard: Heard, world: World, now: float) -> None:
    """Whoever writes to the bot has not blocked it."""
    world.recipients.pop(("telegram", heard.recipient), None)


def too_many(retry_after: str) -> Reply:
    """Telegram's flood control; the seconds are in the body and the header alike."""
    body: dict[str, Any] = {"ok": False, "error_code": 429, "description": "Too Many Requests"}
    if not retry_after:
        return json_reply(429, body)
    number = re.fullmatch(r"-?\d+", retry_after)
    body["description"] += f": retry after {retry_after}"
    body["parameters"] = {"retry_after": int(retry_after) if number else retry_after}
    return json_reply(429, body, ("Retry-After", retry_after))


def failure(status: int) -> Reply:
    """Telegram out of order, or answering with an error that is on nobody's list."""
    words = {400: "Bad Request", 500: "Internal Server Error", 502: "Bad Gateway"}
    description = words.get(status, "Failed")
    return json_reply(status, {"ok": False, "error_code": status, "description": description})


def _fields(request: Request) -> dict[str, Any]:
    """The parameters, from JSON or a form."""
    if request.headers.get("content-type", "").partition(";")[0].strip() == "application/json":
        try:
            fields = read_json(request.body)
        except ValueError:
            raise ValueError("can't parse JSON object") from None
        if not isinstance(fields, dict):
            raise ValueError("object expected")
        return fields
    try:
        return dict(parse_qsl(request.body.decode("utf-8"), max_num_fields=50))
    except UnicodeDecodeError:
        raise ValueError("strings must be encoded in UTF-8") from None


def _replied_to(fields: dict[str, Any]) -> tuple[str, bool]:
    """The message answered, empty for none, and whether it may be missing."""
    given = fields.get("reply_parameters")
    if given is None:
        return "", True
    if isinstance(given, str):
        given = read_json(given.encode())
    match given:
        case {"message_id": int(number)} if number > 0 and not isinstance(number, bool):
            return str(number), given.get("allow_sending_without_reply") is True
    raise ValueError("message_id is invalid in reply_parameters")


def _message(number: int, bot: str, recipient: str, text: str, about: str, now: float) -> Reply:
    chat: dict[str, Any]
    if recipient.startswith("@"):
        chat = {"id": -1_000_000_000_001, "type": "channel", "username": recipient[1:]}
    elif recipient.startswith("-"):
        chat = {"id": int(recipient), "type": "supergroup", "title": "Group"}
    else:
        chat = {"id": int(recipient), "type": "private", "first_name": "Person"}
    message: dict[str, Any] = {
        "message_id": number,
        "from": {"id": int(bot), "is_bot": True, "first_name": "Desk", "username": "desk_bot"},
        "chat": chat,
        "date": int(now),
        "text": text,
    }
    if about:
        message["reply_to_message"] = {"message_id": int(about), "chat": chat, "date": int(now)}
    return json_reply(200, {"ok": True, "result": message})


def _refused(code: int, description: str, token: str) -> Refused:
    body = {"ok": False, "error_code": code, "description": description}
    return Refused(json_reply(code, body), description, token)
