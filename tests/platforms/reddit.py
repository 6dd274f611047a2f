"""Reddit as it answers api/v1/access_token, message/inbox and api/comment.

https://www.reddit.com/dev/api#POST_api_comment
"""

from base64 import b64decode, b64encode
from binascii import Error as NoBase64
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
    World,
    bearer,
    json_reply,
)

TEXT_LIMIT = 10_000
_SIGN_IN, _SEND = "/api/v1/access_token", "/api/comment"

ACCOUNT = Account("reddit", "t2_pretend", "pretend-client", "pretend-client-secret")


def credentials() -> dict[str, str]:
    """What lets the default account post."""
    return {
        "client_id": ACCOUNT.token,
        "client_secret": ACCOUNT.secret,
        "refresh_token": f"{ACCOUNT.name}-refresh",
        "user_agent": "script:pretend:1 (by /u/pretend)",
    }


def call_of(request: Request) -> Call:
    """What the call is for."""
    return {_SEND: "send", _SIGN_IN: "sign_in"}.get(request.path, "other")  # type: ignore[return-value]


def answer(request: Request, world: World, now: float) -> Verdict:
    """What Reddit does with a call. What is wrong with a text is told with 200."""
    if not request.headers.get("user-agent"):
        return Refused(too_many(""), "who calls without a name is throttled")
    if request.path == _SIGN_IN:
        return _sign_in(request, world, now)
    token = bearer(request.headers)
    held = world.access_tokens.get(token)
    account = world.account("reddit", held.appid) if held and held.until > now else None
    if account is None:
        return _refused(401, "Unauthorized", token)
    if request.path == "/message/inbox":
        listing = {"kind": "Listing", "data": {"after": None, "children": []}}
        return Told(json_reply(200, listing))
    if request.path != _SEND or request.method != "POST":
        return _refused(404, "Not Found", token)
    form = dict(parse_qsl(request.body.decode("utf-8", "replace"), keep_blank_values=True))
    thing, text = form.get("thing_id", ""), form.get("text", "")
    if form.get("api_type") != "json":
        return _refused(400, "Bad Request", token)
    if world.state_of("reddit", thing) != "reachable":
        return _wrong("DELETED_COMMENT", "that comment has been deleted", token)
    if not text.strip():
        return _wrong("NO_TEXT", "we need something here", token)
    if len(text) > TEXT_LIMIT:
        return _wrong("TOO_LONG", f"this is too long (max: {TEXT_LIMIT})", token)
    wait = world.wait(now, (("reddit", account.name), world.limits.reddit_rate))
    if wait is not None:
        told = {"errors": [["RATELIMIT", "You are doing that too much.", "ratelimit"]]}
        body = {"json": told | {"ratelimit": float(wait)}}
        return Refused(json_reply(200, body), f"rate limit: wait {wait} s", token)
    name = f"t1_{world.next_id()}"
    made = {"kind": "t1", "data": {"name": name, "parent_id": thing, "body": text}}
    reply = json_reply(200, {"json": {"errors": [], "data": {"things": [made]}}})
    return Accepted(reply, Post(account.name, token, thing, text, name, in_reply_to=thing))


def hear(heard: Heard, world: World, now: float) -> None:
    """No window to open."""


def too_many(retry_after: str) -> Reply:
    """429, as for too many calls."""
    headers = (("Retry-After", retry_after),) if retry_after else ()
    return json_reply(429, {"message": "Too Many Requests", "error": 429}, *headers)


def failure(status: int) -> Reply:
    """Reddit out of order, or answering with an error that is on nobody's list."""
    return json_reply(status, {"message": "Failed", "error": status})


def _sign_in(request: Request, world: World, now: float) -> Verdict:
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    try:
        app, _, secret = b64decode(given, validate=True).decode().partition(":")
    except (NoBase64, UnicodeDecodeError):
        app, secret = "", ""
    account = world.account("reddit", app)
    if scheme != "Basic" or account is None or account.secret != secret:
        return _refused(401, "Unauthorized", app)
    form = dict(parse_qsl(request.body.decode("utf-8", "replace")))
    if form.get("grant_type") != "refresh_token" or not form.get("refresh_token"):
        return Refused(json_reply(400, {"error": "invalid_grant"}), "invalid_grant", app)
    token = b64encode(f"reddit-{world.next_id()}".encode()).decode()
    world.access_tokens[token] = AccessToken(app, now + 24 * 3600.0)
    told = {"access_token": token, "token_type": "bearer", "expires_in": 86400, "scope": "*"}
    return Told(json_reply(200, told))


def _wrong(name: str, message: str, token: str) -> Refused:
    body: dict[str, Any] = {"json": {"errors": [[name, message, "text"]]}}
    return Refused(json_reply(200, body), name, token)


def _refused(status: int, message: str, token: str) -> Refused:
    return Refused(json_reply(status, {"message": message, "error": status}), message, token)
