"""WeCom as it answers gettoken and message/send, always with HTTP 200.

https://developer.work.weixin.qq.com/document/path/90236
"""

import hashlib
from typing import Any

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
    World,
    json_reply,
    read_json,
)

TEXT_LIMIT = 2048
TOKEN_LIFE = 7200.0
_SIGN_IN, _SEND, _AGENT = "/cgi-bin/gettoken", "/cgi-bin/message/send", "/cgi-bin/agent/get"

ACCOUNT = Account("wecom", "wwpretend", "wwpretend", "pretend-wecom-secret")


def credentials() -> dict[str, str]:
    """What lets the default account post."""
    return {"corp_id": ACCOUNT.token, "app_secret": ACCOUNT.secret, "agent_id": "1000002"}


def call_of(request: Request) -> Call:
    """What the call is for."""
    return "send" if request.path == _SEND else "sign_in" if request.path == _SIGN_IN else "other"


def answer(request: Request, world: World, now: float) -> Verdict:
    """What WeCom does with a call."""
    if request.path == _SIGN_IN:
        return _sign_in(request, world, now)
    if request.path not in (_SEND, _AGENT):
        return Refused(Reply(404), "no such call")
    token = request.query.get("access_token", "")
    if not token:
        return _refused(41001, "access_token missing")
    held = world.access_tokens.get(token)
    account = world.account("wecom", held.appid) if held else None
    if held is None or account is None:
        return _refused(40014, "invalid access_token", token)
    if held.until <= now:
        return _refused(42001, "access_token expired", token)
    if request.path == _AGENT:
        return Told(json_reply(200, {"errcode": 0, "errmsg": "ok", "agentid": 1000002}))
    return _send(request, account, token, world, now)


def hear(heard: Heard, world: World, now: float) -> None:
    """Nothing: an app may write to its corp's members at any time."""


def too_many(retry_after: str) -> Reply:
    """WeCom's limit on calls. It has no way to say how long, so `retry_after` is not used."""
    return _reply(45009, "api freq out of limit")


def failure(status: int) -> Reply:
    """WeCom's front out of order, in HTML; below 500 an errcode that is on nobody's list."""
    if status >= 500:
        return Reply(status, b"<html><body>error</body></html>", (), "text/html")
    return _reply(99_999, "unexpected")


def _sign_in(request: Request, world: World, now: float) -> Verdict:
    account = world.account("wecom", request.query.get("corpid", ""))
    if account is None:
        return _refused(40013, "invalid corpid")
    if request.query.get("corpsecret") != account.secret:
        return _refused(40001, "invalid credential")
    for token, held in world.access_tokens.items():
        if held.appid == account.token and held.until > now:
            return Told(_granted(token, held.until - now))
    seed = f"wecom|{account.token}|{world.next_id()}"
    token = hashlib.sha256(seed.encode()).hexdigest()
    world.access_tokens[token] = AccessToken(account.token, now + TOKEN_LIFE)
    return Told(_granted(token, TOKEN_LIFE))


def _send(request: Request, account: Account, token: str, world: World, now: float) -> Verdict:
    try:
        body = read_json(request.body)
    except ValueError:
        return _refused(47001, "data format error", token)
    match body:
        case {
            "touser": str(recipient),
            "msgtype": "text",
            "agentid": int(),
            "text": {"content": str(text)},
        }:
            pass
        case {"msgtype": "text", "agentid": int()}:
            return _refused(44004, "empty content", token)
        case {"msgtype": "text"}:
            return _refused(40056, "invalid agentid", token)
        case _:
            return _refused(40008, "invalid message type", token)
    if not recipient or world.state_of("wecom", recipient) != "reachable":
        return _refused(81013, "user & party & tag all invalid", token)
    if not text:
        return _refused(44004, "empty content", token)
    number = f"wecom-{world.next_id()}"
    reply = _reply(0, "ok", msgid=number)
    person = ("wecom", account.name, recipient)
    if world.wait(now, (person, world.limits.wecom_person)):
        return Told(reply)  # dropped without a word
    # What is too long is cut without a word, at a whole character.
    cut = text.encode()[:TEXT_LIMIT].decode("utf-8", "ignore")
    return Accepted(reply, Post(account.name, token, recipient, cut, number))


def _granted(token: str, seconds: float) -> Reply:
    return _reply(0, "ok", access_token=token, expires_in=int(seconds))


def _reply(code: int, message: str, **more: Any) -> Reply:
    return json_reply(200, {"errcode": code, "errmsg": message, **more})


def _refused(code: int, message: str, token: str = "") -> Refused:
    return Refused(_reply(code, message), f"errcode {code}: {message}", token)
