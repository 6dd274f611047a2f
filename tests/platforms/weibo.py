"""Weibo as it answers messages/reply, comments/reply and comments/create.

https://open.weibo.com/wiki/2/messages/reply https://open.weibo.com/wiki/2/comments/reply
"""

import json
from math import ceil
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
    Told,
    Verdict,
    Window,
    World,
    json_reply,
)

COMMENT_LIMIT, MESSAGE_LIMIT = 140, 299
DAY = 24 * 3600.0
NO_LIMIT = 1_000_000
WINDOWS = {
    "message": NO_LIMIT,
    "follow": NO_LIMIT,
    "menu": NO_LIMIT,
    "scan": NO_LIMIT,
    "mention": 1,
}
"""How many times each event lets us write in two days."""
_MESSAGE, _REPLY, _CREATE = (
    "/2/messages/reply.json", "/2/comments/reply.json", "/2/comments/create.json",
)  # fmt: skip
_LIST, _UID = "/2/comments/by_me.json", "/2/account/get_uid.json"

ACCOUNT = Account("weibo", "7000000002", "2.00pretend-weibo-token")


def credentials() -> dict[str, str]:
    """What lets the default account post."""
    return {"access_token": ACCOUNT.token, "rip": "203.0.113.7"}


def call_of(request: Request) -> Call:
    """What the call is for."""
    return "send" if request.path in (_MESSAGE, _REPLY, _CREATE) else "other"


def answer(request: Request, world: World, now: float) -> Verdict:
    """What Weibo does with a call. Its parameters come in the query or as a form."""
    try:
        form = dict(parse_qsl(request.body.decode("utf-8"), max_num_fields=50))
    except (UnicodeDecodeError, ValueError):
        return _refused(10008, "Param error, see doc for more info", request)
    given = {**request.query, **form}
    token = given.get("access_token", "")
    account = world.account("weibo", token)
    if not token:
        return _refused(10006, "Source paramter (appkey) is missing", request)
    if account is None:
        return _refused(21332, "invalid_access_token", request, token)
    if request.path == _UID:
        return Told(json_reply(200, {"uid": int(account.name)}))
    if request.path == _LIST:
        return Told(json_reply(200, {"comments": _comments(world)[::-1][:50]}))
    if call_of(request) != "send":
        return _refused(10020, "Request api not found", request, token)
    if request.method != "POST":
        return _refused(10021, "HTTP method is not suported for this request", request, token)
    if request.path == _MESSAGE:
        return _message(given, request, account, world, now)
    return _comment(given, request, account, world, now)


def hear(heard: Heard, world: World, now: float) -> None:
    """Opens a window for private messages."""
    if heard.event not in WINDOWS:
        raise ValueError(f"event must be one of {', '.join(WINDOWS)}")
    windows = world.open_windows.setdefault(f"weibo|{heard.recipient}", [])
    windows.append(Window(now + 2 * DAY, WINDOWS[heard.event]))


def too_many(retry_after: str) -> Reply:
    """Weibo's limit for an account. It has no way to say how long."""
    return _error(10023, "User requests out of rate limit", "/2/messages/reply.json")


def failure(status: int) -> Reply:
    """Weibo out of order, or answering with an error that is on nobody's list."""
    return _error(10001 if status >= 500 else 99_999, "System error", "/2", status)


def _message(
    given: dict[str, str], request: Request, account: Account, world: World, now: float
) -> Verdict:
    token, recipient = account.token, given.get("receiver_id", "")
    try:
        said = json.loads(given.get("data", ""))["text"]
    except (ValueError, KeyError, TypeError):
        said = None
    if given.get("type") != "text" or not isinstance(said, str) or not said:
        return _refused(10008, "Param error, see doc for more info", request, token)
    if world.state_of("weibo", recipient) == "unknown" or not recipient:
        return _refused(20003, "User does not exists", request, token)
    if _long(said) > MESSAGE_LIMIT:
        return _refused(20013, "Text too long, please input text less than 300", request, token)
    window = _window(recipient, world, now)
    if world.state_of("weibo", recipient) == "blocked":
        return _refused(20033, "Nonconformity", request, token)
    if window is None:
        return _refused(26403, "the message was replied to, or is too old", request, token)
    if wait := _too_fast(account, world, now):
        return wait
    window.left -= 1
    number = str(world.next_id())
    reply = json_reply(200, {"result": True, "id": number, "receiver_id": recipient})
    return Accepted(reply, Post(account.name, token, recipient, said, number))


def _comment(
    given: dict[str, str], request: Request, account: Account, world: World, now: float
) -> Verdict:
    token, status = account.token, given.get("id", "")
    about = given.get("cid", "") if request.path == _REPLY else status
    said = given.get("comment", "")
    needed = ("id", "comment", "rip", "cid")
    for name in needed if request.path == _REPLY else needed[:-1]:
        if not given.get(name):
            return _refused(10016, f"Miss required parameter ({name})", request, token)
    if _long(said) > COMMENT_LIMIT:
        return _refused(20012, "Text too long, please input text less than 140", request, token)
    if world.state_of("weibo", status) == "unknown":
        return _refused(20101, "Target weibo does not exist!", request, token)
    if request.path == _REPLY and not world.knows_message("weibo", status, about):
        return _refused(20201, "Target weibo comment does not exist!", request, token)
    if any(old["text"].endswith(said) and old["about"] == about for old in _comments(world)):
        return _refused(20019, "Repeat content", request, token)
    if wait := _too_fast(account, world, now):
        return wait
    number = world.next_id()
    comment: dict[str, Any] = {"id": number, "text": said, "about": about, "status": {"id": status}}
    if request.path == _REPLY:
        comment |= {"text": f"回复@somebody:{said}", "reply_comment": {"id": about}}
    _comments(world).append(comment)
    post = Post(account.name, token, status, said, str(number), in_reply_to=about)
    return Accepted(json_reply(200, comment), post)


def _comments(world: World) -> list[dict[str, Any]]:
    return world.comments.setdefault("weibo", [])


def _window(recipient: str, world: World, now: float) -> Window | None:
    windows = world.open_windows.get(f"weibo|{recipient}")
    if windows is None:
        return Window(now + DAY, 1) if world.windows == "open" else None
    return next((it for it in windows if it.until > now and it.left > 0), None)


def _too_fast(account: Account, world: World, now: float) -> Refused | None:
    if world.wait(now, (("weibo", account.name), world.limits.weibo_hourly)):
        return Refused(too_many(""), "error 10023", account.token)
    return None


def _long(text: str) -> int:
    return ceil(sum(0.5 if character.isascii() else 1 for character in text))


def _error(code: int, message: str, path: str, status: int = 400) -> Reply:
    return json_reply(status, {"request": path, "error_code": code, "error": message})


def _refused(code: int, message: str, request: Request, token: str = "") -> Refused:
    return Refused(_error(code, message, request.path), f"error {code}: {message}", token)
