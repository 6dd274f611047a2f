"""TikTok's Business API as it answers message/send and comment/reply/create: with HTTP 200.

https://business-api.tiktok.com/portal/docs?id=1832184403754242
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
    Window,
    World,
    json_reply,
    read_json,
)

COMMENT_LIMIT, MESSAGE_LIMIT = 150, 6000
TOKEN_LIFE = 24 * 3600.0
WINDOW = 48 * 3600.0
NO_LIMIT = 1_000_000
_API = "/open_api/v1.3"
_SIGN_IN = f"{_API}/tt_user/oauth2/refresh_token/"
_WHO, _LIST = f"{_API}/business/get/", f"{_API}/business/comment/reply/list/"
_MESSAGE, _COMMENT = f"{_API}/business/message/send/", f"{_API}/business/comment/reply/create/"

ACCOUNT = Account("tiktok", "pretend-business", "pretend-tiktok-refresh", "pretend-tiktok-secret")


def credentials() -> dict[str, str]:
    """What lets the default account post."""
    return {
        "client_id": "pretend-client",
        "client_secret": ACCOUNT.secret,
        "refresh_token": ACCOUNT.token,
    }


def call_of(request: Request) -> Call:
    """What the call is for."""
    if request.path in (_MESSAGE, _COMMENT):
        return "send"
    return "sign_in" if request.path == _SIGN_IN else "other"


def answer(request: Request, world: World, now: float) -> Verdict:
    """What TikTok does with a call."""
    if request.path in (_WHO, _LIST):
        return _asked(request, world, now)
    if call_of(request) == "other" or request.method != "POST":
        return Refused(Reply(404), "no such call")
    try:
        body = read_json(request.body)
    except ValueError:
        return _refused(40002, "Invalid JSON")
    if request.path == _SIGN_IN:
        return _sign_in(body, world, now)
    token = request.headers.get("access-token", "")
    account = _account(token, world, now)
    if account is None:
        return _revoked(token)
    if request.path == _MESSAGE:
        return _message(body, account, token, world, now)
    return _comment(body, account, token, world, now)


def hear(heard: Heard, world: World, now: float) -> None:
    """A message opens a window for answers."""
    if heard.event != "message":
        raise ValueError("event must be message")
    world.open_windows[f"tiktok|{heard.recipient}"] = [Window(now + WINDOW, NO_LIMIT)]


def too_many(retry_after: str) -> Reply:
    """TikTok's limit. It has no way to say how long."""
    return _reply(40100, "Requests made too frequently.")


def failure(status: int) -> Reply:
    """TikTok out of order, or answering with a code that is on nobody's list."""
    return _reply(50000 if status >= 500 else 99_999, "System error", status)


def _account(token: str, world: World, now: float) -> Account | None:
    held = world.access_tokens.get(token)
    return world.account("tiktok", held.appid) if held and held.until > now else None


def _revoked(token: str) -> Refused:
    return _refused(40105, "Access token is incorrect or has been revoked.", token)


def _asked(request: Request, world: World, now: float) -> Verdict:
    token = request.headers.get("access-token", "")
    account = _account(token, world, now)
    if account is None:
        return _revoked(token)
    if request.query.get("business_id") != account.name:
        return _refused(40001, "No permission to operate this account", token)
    if request.path == _WHO:
        return Told(_reply(0, "OK", username="pretend"))
    said = world.comments.get("tiktok", [])
    below = [it for it in said if it["below"] == request.query.get("comment_id")]
    return Told(_reply(0, "OK", comments=below[::-1]))


def _sign_in(body: Any, world: World, now: float) -> Verdict:
    known = body if isinstance(body, dict) else {}
    account = world.account("tiktok", str(known.get("refresh_token", "")))
    if account is None or known.get("client_secret") != account.secret:
        return _refused(40102, "Refresh token is invalid")
    seed = f"tiktok|{account.token}|{world.next_id()}"
    token = f"act.{hashlib.sha256(seed.encode()).hexdigest()}"
    world.access_tokens[token] = AccessToken(account.token, now + TOKEN_LIFE)
    return Told(
        _reply(0, "OK", access_token=token, expires_in=int(TOKEN_LIFE), refresh_token=account.token)
    )


def _message(body: Any, account: Account, token: str, world: World, now: float) -> Verdict:
    match body:
        case {
            "business_id": account.name,
            "recipient_type": "CONVERSATION",
            "recipient": str(conversation),
            "message_type": "TEXT",
            "text": {"body": str(text)},
        } if 0 < len(text) <= MESSAGE_LIMIT:
            pass
        case _:
            return _refused(40002, "Invalid value for a parameter", token)
    state = world.state_of("tiktok", conversation)
    if state != "reachable" or not conversation:
        return _refused(40002, "The conversation does not exist", token)
    windows = world.open_windows.get(f"tiktok|{conversation}")
    if windows is None and world.windows == "open":
        windows = [Window(now + WINDOW, 1)]
    if not any(it.until > now for it in windows or ()):
        return _refused(40002, "The conversation is out of its 48 hours", token)
    return _posted(account, token, conversation, text, "", world, now)


def _comment(body: Any, account: Account, token: str, world: World, now: float) -> Verdict:
    match body:
        case {
            "business_id": account.name,
            "video_id": str(video),
            "comment_id": str(about),
            "text": str(text),
        } if video and 0 < len(text) <= COMMENT_LIMIT:
            pass
        case _:
            return _refused(40002, "Invalid value for a parameter", token)
    if not world.knows_message("tiktok", video, about):
        return _refused(40002, "The comment does not exist", token)
    return _posted(account, token, video, text, about, world, now)


def _posted(
    account: Account, token: str, where: str, text: str, about: str, world: World, now: float
) -> Verdict:
    if world.wait(now, (("tiktok", account.name), world.limits.tiktok_rate)):
        return Refused(too_many(""), "code 40100", token)
    number = str(world.next_id())
    data: dict[str, Any] = {"message": {"message_id": number}}
    if about:
        data = {"comment_id": number, "text": text, "owner": True}
        world.comments.setdefault("tiktok", []).append(data | {"below": about})
    post = Post(account.name, token, where, text, number, in_reply_to=about)
    return Accepted(_reply(0, "OK", **data), post)


def _reply(code: int, message: str, status: int = 200, /, **data: Any) -> Reply:
    told = {"code": code, "message": message, "request_id": "x", "data": data}
    return json_reply(status, told)


def _refused(code: int, message: str, token: str = "") -> Refused:
    return Refused(_reply(code, message), f"code {code}: {message}", token)
