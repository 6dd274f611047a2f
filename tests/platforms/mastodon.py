"""Mastodon as a server answers statuses and notifications: a key is carried out once in an hour.

https://docs.joinmastodon.org/methods/statuses/#create
"""

import re

from tests.platforms.world import (
    Accepted,
    Account,
    Call,
    Heard,
    Post,
    Refused,
    Repeated,
    Reply,
    Request,
    Told,
    Verdict,
    World,
    bearer,
    json_reply,
    read_json,
)

CHARACTERS = 500
KEY_LIFE = 3600.0
VISIBILITIES = ("public", "unlisted", "private", "direct")

ACCOUNT = Account("mastodon", "11", "pretend-mastodon-token")


def credentials() -> dict[str, str]:
    """What lets the default account post."""
    return {"token": ACCOUNT.token}


def call_of(request: Request) -> Call:
    """What the call is for."""
    return "send" if request.path == "/api/v1/statuses" else "other"


def answer(request: Request, world: World, now: float) -> Verdict:
    """What the server does with a call."""
    token = bearer(request.headers)
    account = world.account("mastodon", token)
    if account is None:
        return _refused(401, "The access token is invalid", token)
    if request.path == "/api/v1/notifications" and request.method == "GET":
        return Told(json_reply(200, []))
    if call_of(request) != "send" or request.method != "POST":
        return _refused(404, "Record not found", token)
    key = request.headers.get("idempotency-key", "")
    kept = world.accepted.get(("mastodon", account.name, key))
    if key and kept is not None and kept[0] > now - KEY_LIFE:
        return Repeated(kept[1], token, key)
    try:
        body = read_json(request.body)
    except ValueError:
        body = None
    match body:
        case {"status": str(text), "visibility": str(visibility)} if visibility in VISIBILITIES:
            about = str(body.get("in_reply_to_id") or "")
        case _:
            return _refused(422, "Validation failed: Visibility is not included in the list", token)
    if not text.strip():
        return _refused(422, "Validation failed: Text can't be blank", token)
    if _length(text) > CHARACTERS:
        why = f"Text character limit of {CHARACTERS} exceeded"
        return _refused(422, f"Validation failed: {why}", token)
    if about and world.state_of("mastodon", about) != "reachable":
        return _refused(404, "Record not found", token)
    wait = world.wait(now, (("mastodon", account.name), world.limits.mastodon_rate))
    if wait is not None:
        return Refused(too_many(str(wait)), f"rate limit: wait {wait} s", token)
    number = str(world.next_id())
    reply = json_reply(200, {"id": number, "visibility": visibility, "in_reply_to_id": about})
    if key:
        world.accepted["mastodon", account.name, key] = (now, reply)
    return Accepted(reply, Post(account.name, token, about, text, number, key, about))


def hear(heard: Heard, world: World, now: float) -> None:
    """No window to open."""


def too_many(retry_after: str) -> Reply:
    """429. A server names the end of the limit in X-RateLimit-Reset, a proxy in Retry-After."""
    headers = (("Retry-After", retry_after),) if retry_after else ()
    return json_reply(429, {"error": "Too many requests"}, *headers)


def failure(status: int) -> Reply:
    """The server out of order, or answering with an error that is on nobody's list."""
    return json_reply(status, {"error": "Failed"})


def _length(text: str) -> int:
    """Any link is 23, and of a name the server's part does not count."""
    linked = re.sub(r"https?://\S+", "x" * 23, text)
    return len(re.sub(r"(@\w+)@[\w.-]+", r"\1", linked))


def _refused(status: int, why: str, token: str) -> Refused:
    return Refused(json_reply(status, {"error": why}), why, token)
