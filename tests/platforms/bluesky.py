"""Bluesky as a server answers createSession, getSession and createRecord.

https://docs.bsky.app/docs/api/com-atproto-repo-create-record
"""

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
    bearer,
    json_reply,
    read_json,
)

GRAPHEMES = 300
BYTES = 3000
_SIGN_IN = "/xrpc/com.atproto.server.createSession"
_SEND = "/xrpc/com.atproto.repo.createRecord"
_SESSION = "/xrpc/com.atproto.server.getSession"
_NEWS = "/xrpc/app.bsky.notification.listNotifications"

ACCOUNT = Account("bluesky", "did:plc:pretend", "pretend.example", "pretend-app-password")


def credentials() -> dict[str, str]:
    """What lets the default account post."""
    return {"identifier": ACCOUNT.token, "password": ACCOUNT.secret}


def call_of(request: Request) -> Call:
    """What the call is for."""
    return {_SEND: "send", _SIGN_IN: "sign_in"}.get(request.path, "other")  # type: ignore[return-value]


def answer(request: Request, world: World, now: float) -> Verdict:
    """What the server does with a call. It does not look whether a parent is still there."""
    if request.path == _SIGN_IN:
        return _sign_in(request, world, now)
    token = bearer(request.headers)
    held = world.access_tokens.get(token)
    account = world.account("bluesky", held.appid) if held else None
    if held is None or account is None:
        return _refused(401, "AuthenticationRequired", "Invalid token", token)
    if held.until <= now:
        return _refused(400, "ExpiredToken", "Token has expired", token)
    if request.path == _SESSION:
        return Told(json_reply(200, {"did": account.name, "handle": account.token}))
    if request.path == _NEWS:
        return Told(json_reply(200, {"notifications": []}))
    if request.path != _SEND or request.method != "POST":
        return _refused(501, "MethodNotImplemented", "Method Not Implemented", token)
    try:
        body = read_json(request.body)
    except ValueError:
        body = None
    match body:
        case {
            "repo": str(repo),
            "collection": "app.bsky.feed.post",
            "record": {"$type": "app.bsky.feed.post", "text": str(text), "createdAt": str()},
        }:
            record: dict[str, Any] = body["record"]
        case _:
            return _refused(400, "InvalidRequest", "Input must have a post record", token)
    if repo not in (account.name, account.token):
        return _refused(400, "InvalidRequest", "Could not find repo", token)
    if len(text) > GRAPHEMES or len(text.encode()) > BYTES:
        long = f"Record/text must not be longer than {GRAPHEMES} graphemes"
        return _refused(400, "InvalidRequest", f"Invalid app.bsky.feed.post record: {long}", token)
    thread = record.get("reply") or {}
    root, parent = thread.get("root") or {}, thread.get("parent") or {}
    if thread and not (root.get("uri") and root.get("cid") and parent.get("cid")):
        return _refused(400, "InvalidRequest", "Record/reply/root/cid must be a cid", token)
    wait = world.wait(now, (("bluesky", account.name), world.limits.bluesky_rate))
    if wait is not None:
        return Refused(too_many(str(wait)), f"rate limit: wait {wait} s", token)
    number = world.next_id()
    uri = f"at://{account.name}/app.bsky.feed.post/{number}"
    reply = json_reply(200, {"uri": uri, "cid": f"bafy{number}"})
    about, place = str(parent.get("uri", "")), str(root.get("uri", ""))
    return Accepted(reply, Post(account.name, token, place, text, uri, in_reply_to=about))


def hear(heard: Heard, world: World, now: float) -> None:
    """No window to open: any post may be answered at any time."""


def too_many(retry_after: str) -> Reply:
    """429, with the header that the convention names."""
    headers = (("Retry-After", retry_after),) if retry_after else ()
    told = {"error": "RateLimitExceeded", "message": "Rate Limit Exceeded"}
    return json_reply(429, told, *headers)


def failure(status: int) -> Reply:
    """The server out of order, or answering with an error that is on nobody's list."""
    return json_reply(status, {"error": "InternalServerError" if status >= 500 else "Failed"})


def _sign_in(request: Request, world: World, now: float) -> Verdict:
    try:
        body = read_json(request.body)
    except ValueError:
        body = None
    match body:
        case {"identifier": str(name), "password": str(password)}:
            account = world.account("bluesky", name)
        case _:
            return _refused(400, "InvalidRequest", "Input must have identifier and password")
    if account is None or account.secret != password:
        return _refused(401, "AuthenticationRequired", "Invalid identifier or password", name)
    token = f"pretend-jwt-{world.next_id()}"
    world.access_tokens[token] = AccessToken(name, now + 2 * 3600.0)
    session = {"accessJwt": token, "refreshJwt": f"{token}-r", "did": account.name, "handle": name}
    return Told(json_reply(200, session))


def _refused(status: int, error: str, message: str, token: str = "") -> Refused:
    return Refused(json_reply(status, {"error": error, "message": message}), message, token)
