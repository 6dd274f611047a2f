"""Douyin as it answers oauth/refresh_token, im/send/msg and video/comment/reply: with HTTP 200.

https://developer.open-douyin.com/docs/resource/zh-CN/dop/develop/openapi/status-code/
"""

import hashlib
from typing import Any
from urllib.parse import parse_qsl

from tests.platforms.world import (
    Accepted,
    AccessToken,
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
    read_json,
)

COMMENT_LIMIT, MESSAGE_LIMIT = 100, 500
TOKEN_LIFE = 15 * 24 * 3600.0
WINDOW, ANSWERS = 24 * 3600.0, 6
_SIGN_IN, _WHO = "/oauth/refresh_token/", "/oauth/userinfo/"
_MESSAGE, _COMMENT = "/im/send/msg/", "/video/comment/reply/"
_LIST = "/video/comment/reply/list/"

ACCOUNT = Account("douyin", "pretend-open-id", "pretend-douyin-refresh", "pretend-client-key")


def credentials() -> dict[str, str]:
    """What lets the default account post."""
    return {"client_key": ACCOUNT.secret, "refresh_token": ACCOUNT.token}


def call_of(request: Request) -> Call:
    """What the call is for."""
    if request.path in (_MESSAGE, _COMMENT):
        return "send"
    return "sign_in" if request.path == _SIGN_IN else "other"


def answer(request: Request, world: World, now: float) -> Verdict:
    """What Douyin does with a call."""
    if request.path not in (_SIGN_IN, _WHO, _MESSAGE, _COMMENT, _LIST):
        return Refused(Reply(404), "no such call")
    form = dict(parse_qsl(request.body.decode("utf-8", "replace")))
    if request.path == _SIGN_IN:
        return _sign_in(form, world, now)
    asked = form if request.path == _WHO else {**request.query, **request.headers}
    token = asked.get("access-token", asked.get("access_token", ""))
    held = world.access_tokens.get(token)
    account = world.account("douyin", held.appid) if held else None
    if held is None or account is None:
        return _refused(28001003, "access_token无效", token)
    if held.until <= now:
        return _refused(28001008, "access_token过期", token)
    if asked.get("open_id") != account.name:
        return _refused(28001007, "参数不合法", token)
    if request.path == _WHO:
        return Told(_reply(0, "", open_id=account.name))
    if request.path == _LIST:
        said = world.comments.get("douyin", [])
        below = [it for it in said if it["below"] == request.query.get("comment_id")]
        return Told(_reply(0, "", list=below[::-1][:20]))
    try:
        body = read_json(request.body)
    except ValueError:
        return _refused(28001007, "参数不合法", token)
    if request.path == _MESSAGE:
        return _message(body, account, token, world, now)
    return _comment(body, account, token, world, now)


def hear(heard: Heard, world: World, now: float) -> None:
    """A message opens a window for answers."""
    if heard.event != "message":
        raise ValueError("event must be message")
    world.open_windows[f"douyin|{heard.recipient}"] = [Window(now + WINDOW, ANSWERS)]


def too_many(retry_after: str) -> Reply:
    """Douyin's limit. It has no way to say how long."""
    return _reply(28003018, "应用对api的调用过于频繁")


def failure(status: int) -> Reply:
    """Douyin out of order, or answering with a code that is on nobody's list."""
    return _reply(28001005 if status >= 500 else 99_999, "系统内部错误", status)


def _sign_in(given: dict[str, str], world: World, now: float) -> Verdict:
    account = world.account("douyin", given.get("refresh_token", ""))
    if account is None or given.get("client_key") != account.secret:
        return _refused(10010, "refresh_token过期")
    seed = f"douyin|{account.token}|{world.next_id()}"
    token = hashlib.sha256(seed.encode()).hexdigest()
    world.access_tokens[token] = AccessToken(account.token, now + TOKEN_LIFE)
    data = {"error_code": 0, "access_token": token, "expires_in": int(TOKEN_LIFE)}
    data |= {"refresh_token": account.token, "open_id": account.name}
    return Told(json_reply(200, {"data": data, "message": "success"}))


def _message(body: Any, account: Account, token: str, world: World, now: float) -> Verdict:
    match body:
        case {
            "conversation_id": str(conversation),
            "to_user_id": str(person),
            "msg_id": str(about),
            "scene": "im_reply_msg",
            "content": {"msg_type": 1, "text": {"text": str(text)}},
        } if text and len(text) <= MESSAGE_LIMIT:
            pass
        case _:
            return _refused(28001007, "参数不合法", token)
    state = world.state_of("douyin", conversation)
    if state == "unknown" or not person:
        return _refused(28001007, "参数不合法", token)
    if state == "blocked":
        return _refused(2100009, "用户被禁封使用该操作", token)
    windows = world.open_windows.get(f"douyin|{conversation}")
    if windows is None and world.windows == "open":
        windows = [Window(now + WINDOW, 1)]
    window = next((it for it in windows or () if it.until > now), None)
    if window is None:
        return _refused(28003080, "超过回复时间", token)
    if window.left <= 0:
        return _refused(28003070, "超过回复条数", token)
    if refusal := _too_much(account, token, world, now):
        return refusal
    window.left -= 1
    number = f"@{world.next_id()}"
    post = Post(account.name, token, conversation, text, number, in_reply_to=about)
    return Accepted(_reply(0, "", msg_id=number), post)


def _comment(body: Any, account: Account, token: str, world: World, now: float) -> Verdict:
    match body:
        case {"item_id": str(video), "comment_id": str(about), "content": str(text)} if (
            video and 0 < len(text) <= COMMENT_LIMIT
        ):
            pass
        case _:
            return _refused(28001007, "参数不合法", token)
    if not world.knows_message("douyin", video, about):
        return _refused(28001007, "参数不合法", token)
    if refusal := _too_much(account, token, world, now):
        return refusal
    number = f"@{world.next_id()}"
    said = {"comment_id": number, "content": text, "comment_user_id": account.name, "below": about}
    world.comments.setdefault("douyin", []).append(said)
    post = Post(account.name, token, video, text, number, in_reply_to=about)
    return Accepted(_reply(0, "", comment_id=number), post)


def _too_much(account: Account, token: str, world: World, now: float) -> Refused | None:
    if world.wait(now, (("douyin", account.name, "day"), world.limits.douyin_daily)):
        return _refused(28003017, "quota已用完", token)
    return None


def _reply(code: int, description: str, status: int = 200, **more: Any) -> Reply:
    told = {"error_code": code, "description": description}
    return json_reply(status, {"data": told | more, "extra": {**told, "logid": "x"}})


def _refused(code: int, description: str, token: str = "") -> Refused:
    return Refused(_reply(code, description), f"error {code}: {description}", token)
