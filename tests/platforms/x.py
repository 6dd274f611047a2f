"""X as it answers posts and direct messages: https://docs.x.com/x-api/posts/create-post"""

import re

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
    bearer,
    json_reply,
    read_json,
)

TEXT_LIMIT = 280
DIRECT_LIMIT = 10_000
_DIRECT = re.compile(r"/2/dm_conversations/with/([^/]+)/messages")

ACCOUNT = Account("x", "31001", "pretend-x-token")


def credentials() -> dict[str, str]:
    """What lets the default account post: an access token, as after a sign-in."""
    return {"access_token": ACCOUNT.token}


def call_of(request: Request) -> Call:
    """What the call is for."""
    return "send" if request.path == "/2/tweets" or _DIRECT.fullmatch(request.path) else "other"


def answer(request: Request, world: World, now: float) -> Verdict:
    """What X does with a call. It has no keys: a post with the same words again is refused."""
    token = bearer(request.headers)
    account = world.account("x", token)
    if account is None:
        return _refused(401, "Unauthorized", "Unauthorized", token)
    direct = _DIRECT.fullmatch(request.path)
    if call_of(request) != "send" or request.method != "POST":
        return _refused(404, "Not Found", "Not Found", token)
    try:
        fields = read_json(request.body)
    except ValueError:
        fields = None
    text = fields.get("text") if isinstance(fields, dict) else None
    if not isinstance(text, str) or not text.strip():
        return _invalid(token)
    if len(text) > (DIRECT_LIMIT if direct else TEXT_LIMIT):
        return _refused(403, "Forbidden", "Your Tweet text is too long.", token)
    reply = fields.get("reply") if isinstance(fields, dict) else None
    about = str(reply.get("in_reply_to_tweet_id", "")) if isinstance(reply, dict) else ""
    recipient = direct[1] if direct else about
    if world.state_of("x", recipient) == "unknown":
        return _refused(403, "Forbidden", "The post is deleted or not visible to you.", token)
    if world.state_of("x", recipient) == "blocked":
        return _refused(403, "Forbidden", "You are not permitted to perform this action.", token)
    said = ("x", account.name, text)
    if not direct and said in world.accepted:
        detail = "You are not allowed to create a Tweet with duplicate content."
        return _refused(403, "Forbidden", detail, token)
    number = str(1_893_000_000_000_000_000 + world.next_id())
    if direct:
        made = {"dm_conversation_id": f"{account.name}-{recipient}", "dm_event_id": number}
    else:
        made = {"id": number, "text": text}
    answered = json_reply(201, {"data": made})
    if not direct:
        world.accepted[said] = (now, answered)
    return Accepted(answered, Post(account.name, token, recipient, text, number, in_reply_to=about))


def hear(heard: Heard, world: World, now: float) -> None:
    """Whoever writes to us has not blocked us."""
    world.recipients.pop(("x", heard.recipient), None)


def too_many(retry_after: str) -> Reply:
    """X at its rate limit."""
    body = {"title": "Too Many Requests", "detail": "Too Many Requests", "type": "about:blank"}
    headers = (("Retry-After", retry_after),) if retry_after else ()
    return json_reply(429, body, *headers)


def failure(status: int) -> Reply:
    """X out of order, or answering with an error that is on nobody's list."""
    return json_reply(status, {"title": "Oddness", "type": "about:blank", "status": status})


def _invalid(token: str) -> Refused:
    body = {"title": "Invalid Request", "type": "https://api.x.com/2/problems/invalid-request"}
    return Refused(json_reply(400, body), "Invalid Request", token)


def _refused(status: int, title: str, detail: str, token: str) -> Refused:
    body = {"title": title, "detail": detail, "type": "about:blank", "status": status}
    return Refused(json_reply(status, body), detail, token)
