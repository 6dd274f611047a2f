"""WeChat as it answers stable_token and custom/send, always with HTTP 200.

https://developers.weixin.qq.com/doc/service/api/base/api_getstableaccesstoken.html
"""

import hashlib
import re
from typing import Any

from tests.platforms.world import (
    Accepted,
    AccessToken,
    Account,
    Call,
    Heard,
    Pace,
    Post,
    Refused,
    Reply,
    Request,
    Told,
    Verdict,
    Window,
    World,
    json_reply,
    read_json,
)

TEXT_LIMIT = 2048
TOKEN_LIFE = 7200.0
TOKEN_OVERLAP = 300.0
FORCED_APART = 30.0
DAY = 24 * 3600.0
WINDOWS = {
    "message": (48 * 3600.0, 20),
    "payment": (48 * 3600.0, 20),
    "follow": (60.0, 3),
    "menu": (60.0, 3),
    "scan": (60.0, 3),
}
"""How long each event lets us write, in seconds, and how many times."""
_SIGN_IN, _SEND = "/cgi-bin/stable_token", "/cgi-bin/message/custom/send"
_ESCAPE = re.compile(rb"(?<!\\)(?:\\\\)*\\u")
_TOKEN = re.compile(r"[A-Za-z0-9_-]{40,512}")


ACCOUNT = Account("wechat", "gh_pretend", "wxpretend", "pretend-wechat-secret")


def credentials() -> dict[str, str]:
    """What lets the default account post."""
    return {"app_id": ACCOUNT.token, "app_secret": ACCOUNT.secret}


def call_of(request: Request) -> Call:
    """What the call is for."""
    return "send" if request.path == _SEND else "sign_in" if request.path == _SIGN_IN else "other"


def answer(request: Request, world: World, now: float) -> Verdict:
    """What WeChat does with a call."""
    if call_of(request) == "other":
        return Refused(Reply(404), "no such call")
    if request.method != "POST":
        return _refused(43002, "require POST method")
    if request.path == _SIGN_IN:
        return _sign_in(request, world, now)
    return _send(request, world, now)


def hear(heard: Heard, world: World, now: float) -> None:
    """Opens a window for answers; a wider one that is open already stays."""
    if heard.event not in WINDOWS:
        raise ValueError(f"event must be one of {', '.join(WINDOWS)}")
    seconds, count = WINDOWS[heard.event]
    windows = world.open_windows.setdefault(heard.recipient, [])
    windows[:] = [it for it in windows if it.until > now and it.left > 0]
    windows.append(Window(now + seconds, count))


def too_many(retry_after: str) -> Reply:
    """WeChat's limit per minute. It has no way to say how long, so `retry_after` is not used."""
    return _reply(45011, "api minute-quota reached")


def failure(status: int) -> Reply:
    """WeChat's front out of order, in HTML; below 500 an errcode that is on nobody's list."""
    if status >= 500:
        return Reply(status, b"<html><body>error</body></html>", (), "text/html")
    return _reply(99_999, "unexpected")


def _sign_in(request: Request, world: World, now: float) -> Verdict:
    try:
        body = read_json(request.body)
    except ValueError:
        return _refused(47001, "data format error")
    if not isinstance(body, dict):
        return _refused(47001, "data format error")
    if body.get("grant_type") != "client_credential":
        return _refused(40002, "invalid grant_type")
    account = world.account("wechat", str(body.get("appid", "")))
    if account is None:
        return _refused(40013, "invalid appid")
    if body.get("secret") != account.secret:
        return _refused(40125, "invalid appsecret")
    token, held = _stable_token(account, body.get("force_refresh") is True, world, now)
    return Told(json_reply(200, {"access_token": token, "expires_in": int(held.until - now)}))


def _stable_token(
    account: Account, force: bool, world: World, now: float
) -> tuple[str, AccessToken]:
    """The token while it lives; a new one in its last five minutes, when both are good.

    A forced one makes the earlier ones worthless, yet not twice within 30 seconds.
    """
    mine = {
        token: held
        for token, held in world.access_tokens.items()
        if held.appid == account.token and not held.replaced and held.until > now
    }
    for token, held in mine.items():
        fetched = held.until - TOKEN_LIFE
        if held.until - now > TOKEN_OVERLAP and not (force and now - fetched >= FORCED_APART):
            return token, held
    if force:
        for held in mine.values():
            held.replaced = True
    seed = f"{account.token}|{account.secret}|{world.next_id()}"
    token = hashlib.sha256(seed.encode()).hexdigest()
    held = world.access_tokens[token] = AccessToken(account.token, now + TOKEN_LIFE)
    return token, held


def _send(request: Request, world: World, now: float) -> Verdict:
    token = request.query.get("access_token", "")
    if not token:
        return _refused(41001, "access_token missing")
    if not _TOKEN.fullmatch(token):
        return _refused(40014, "invalid access_token", token)
    held = world.access_tokens.get(token)
    account = world.account("wechat", held.appid) if held else None
    if held is None or account is None or held.replaced:
        message = "invalid credential, access_token is invalid or not latest"
        return _refused(40001, message, token)
    if held.until <= now:
        return _refused(42001, "access_token expired", token)
    if _ESCAPE.search(request.body):
        message = r"invalid charset. please check your request, if include \uxxxx will create fail!"
        return _refused(40033, message, token)
    try:
        body = read_json(request.body)
    except ValueError:
        return _refused(47001, "data format error", token)
    match body:
        case {"touser": str(recipient), "msgtype": "text", "text": {"content": str(text)}}:
            return _text(recipient, text, account, token, world, now)
        case {"msgtype": "text"}:
            return _refused(47001, "data format error", token)
        case _:
            return _refused(40008, "invalid message type", token)


def _text(
    recipient: str, text: str, account: Account, token: str, world: World, now: float
) -> Verdict:
    state = world.state_of("wechat", recipient)
    if state == "unknown" or not recipient or recipient.split() != [recipient]:
        return _refused(40003, "invalid openid", token)
    if state == "blocked":
        return _refused(43004, "require subscribe", token)
    if not text:
        return _refused(44004, "empty content", token)
    if len(text.encode()) > TEXT_LIMIT:
        return _refused(45002, "content size out of limit", token)
    window = _window(recipient, world, now)
    if window is None:
        message = "response out of time limit or subscription is canceled"
        return _refused(45015, message, token)
    if window.left <= 0:
        return _refused(45047, "out of response count limit", token)
    if refusal := _over_limit(account, token, world, now):
        return refusal
    window.left -= 1
    post = Post(account.name, token, recipient, text, f"wechat-{world.next_id()}")
    return Accepted(_reply(0, "ok"), post)


def _window(recipient: str, world: World, now: float) -> Window | None:
    """The window to use up: one with answers left if any, else one that is only open in time."""
    windows = world.open_windows.get(recipient)
    if windows is None:
        return Window(now + DAY, 1) if world.windows == "open" else None
    in_time = [it for it in windows if it.until > now]
    return max(in_time, key=lambda it: (it.left > 0, -it.until), default=None)


def _over_limit(account: Account, token: str, world: World, now: float) -> Refused | None:
    limits = world.limits
    if limits.wechat_daily is not None:
        day = Pace(limits.wechat_daily, DAY)
        if world.wait(now, (("wechat", account.name, "day"), day)):
            return _refused(45009, "reach max api daily quota limit", token)
    if limits.wechat_minute is not None:
        minute = Pace(limits.wechat_minute, 60)
        if world.wait(now, (("wechat", account.name, "minute"), minute)):
            return Refused(too_many(""), "errcode 45011", token)
    return None


def _reply(code: int, message: str) -> Reply:
    body: dict[str, Any] = {"errcode": code, "errmsg": message}
    if code:
        trace = hashlib.sha256(message.encode()).hexdigest()
        body["errmsg"] = f"{message} rid: {trace[:8]}-{trace[8:16]}-{trace[16:24]}"
    return json_reply(200, body)


def _refused(code: int, message: str, token: str = "") -> Refused:
    return Refused(_reply(code, message), f"errcode {code}: {message}", token)
