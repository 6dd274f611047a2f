"""YouTube as it answers token, commentThreads.list and comments.insert.

https://developers.google.com/youtube/v3/docs/comments/insert
"""

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
    read_json,
)

TEXT_LIMIT = 10_000
DAY = 24 * 3600.0
ACCOUNT = Account("youtube", "UCpretend", "pretend-client", "pretend-client-secret")
KEY = "pretend-api-key"


def credentials() -> dict[str, str]:
    """What lets the default account post."""
    return {
        "client_id": ACCOUNT.token,
        "client_secret": ACCOUNT.secret,
        "refresh_token": f"{ACCOUNT.name}-refresh",
        "key": KEY,
    }


def call_of(request: Request) -> Call:
    """What the call is for."""
    if request.path == "/token":
        return "sign_in"
    return "send" if request.path == "/comments" and request.method == "POST" else "other"


def answer(request: Request, world: World, now: float) -> Verdict:
    """What YouTube does with a call."""
    if request.path == "/token":
        return _sign_in(request, world, now)
    if request.path == "/commentThreads" and request.method == "GET":
        if request.headers.get("x-goog-api-key") != KEY:
            return _refused(400, "badRequest", "API key not valid.")
        return Told(json_reply(200, {"kind": "youtube#commentThreadListResponse", "items": []}))
    token = bearer(request.headers)
    held = world.access_tokens.get(token)
    account = world.account("youtube", held.appid) if held and held.until > now else None
    if account is None:
        return _refused(401, "authError", "Invalid Credentials", token)
    if call_of(request) != "send" or request.query.get("part") != "snippet":
        return _refused(404, "notFound", "Not Found", token)
    try:
        body = read_json(request.body)
    except ValueError:
        body = None
    match body:
        case {"snippet": {"parentId": str(parent), "textOriginal": str(text)}}:
            pass
        case _:
            return _refused(
                400, "invalidCommentMetadata", "The request metadata is invalid.", token
            )
    if not text.strip():
        return _refused(400, "commentTextRequired", "The comment must have a text.", token)
    if len(text) > TEXT_LIMIT:
        return _refused(400, "commentTextTooLong", "The comment text is too long.", token)
    if world.state_of("youtube", parent) != "reachable":
        return _refused(404, "parentCommentNotFound", "The parent comment is gone.", token)
    wait = world.wait(now, (("youtube", account.name), world.limits.youtube_daily))
    if wait is not None:
        return _refused(403, "quotaExceeded", "You have exceeded your quota.", token)
    number = f"{parent}.{world.next_id()}"
    snippet = {"parentId": parent, "textOriginal": text, "authorChannelId": {"value": account.name}}
    reply = json_reply(200, {"kind": "youtube#comment", "id": number, "snippet": snippet})
    return Accepted(reply, Post(account.name, token, parent, text, number, in_reply_to=parent))


def hear(heard: Heard, world: World, now: float) -> None:
    """No window to open."""


def too_many(retry_after: str) -> Reply:
    """429, as Google's gateways answer too many calls."""
    headers = (("Retry-After", retry_after),) if retry_after else ()
    return json_reply(429, _error(429, "rateLimitExceeded", "Too many requests."), *headers)


def failure(status: int) -> Reply:
    """YouTube out of order, or answering with an error that is on nobody's list."""
    return json_reply(status, _error(status, "backendError" if status >= 500 else "odd", "Failed"))


def _sign_in(request: Request, world: World, now: float) -> Verdict:
    form = dict(parse_qsl(request.body.decode("utf-8", "replace")))
    app = form.get("client_id", "")
    account = world.account("youtube", app)
    if account is None or account.secret != form.get("client_secret"):
        return Refused(json_reply(401, {"error": "invalid_client"}), "invalid_client", app)
    if form.get("grant_type") != "refresh_token" or not form.get("refresh_token"):
        return Refused(json_reply(400, {"error": "invalid_grant"}), "invalid_grant", app)
    token = f"ya29.pretend-{world.next_id()}"
    world.access_tokens[token] = AccessToken(app, now + 3599.0)
    told = {"access_token": token, "expires_in": 3599, "token_type": "Bearer"}
    return Told(json_reply(200, told))


def _error(status: int, reason: str, message: str) -> dict[str, object]:
    errors = [{"message": message, "domain": "youtube.comment", "reason": reason}]
    return {"error": {"code": status, "message": message, "errors": errors}}


def _refused(status: int, reason: str, message: str, token: str = "") -> Refused:
    return Refused(json_reply(status, _error(status, reason, message)), reason, token)
