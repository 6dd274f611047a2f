"""A brand's own endpoint that takes our answers as Standard Webhooks: an id is good once.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

from typing import Any

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
    Verdict,
    World,
    bearer,
    json_reply,
    read_json,
)

EVENT = "reply.created"


ACCOUNT = Account("standard", "pretend-standard", "pretend-standard-token")


def credentials() -> dict[str, str]:
    """What lets the default account post."""
    return {"token": ACCOUNT.token}


def call_of(request: Request) -> Call:
    """What the call is for: every address of the endpoint takes answers."""
    return "send"


def answer(request: Request, world: World, now: float) -> Verdict:
    """What the endpoint does with a call. 410: it was switched off and wants nothing more."""
    if request.method != "POST":
        return _refused(405, "method not allowed")
    token = bearer(request.headers)
    account = world.accounts.get(("standard", token))
    if account is None:
        return _refused(401, "unauthorized", token)
    if ("standard", account.name) in world.revoked:
        return _refused(410, "gone", token)
    key = request.headers.get("webhook-id", "")
    if not key:
        return _refused(400, "webhook-id is missing", token)
    if (kept := world.accepted.get(("standard", account.name, key))) is not None:
        return Repeated(kept[1], token, key)
    try:
        body = read_json(request.body)
    except ValueError:
        return _refused(400, "not JSON", token)
    match body:
        case {"type": str(event), "data": {"text": str(text)}} if event == EVENT and text.strip():
            data: dict[str, Any] = body["data"]
        case _:
            return _refused(400, f"not a {EVENT} with a text", token)
    recipient = str(data.get("conversation") or "")
    if world.state_of("standard", recipient) != "reachable":
        return _refused(404, "no such conversation", token)
    wait = world.wait(now, (("standard", account.name), world.limits.standard_rate))
    if wait is not None:
        return Refused(too_many(str(wait)), f"rate limit: wait {wait} s", token)
    number = f"reply-{world.next_id()}"
    reply = json_reply(200, {"id": number})
    world.accepted["standard", account.name, key] = (now, reply)
    about = str(data.get("in_reply_to") or "")
    return Accepted(reply, Post(account.name, token, recipient, text, number, key, about))


def hear(heard: Heard, world: World, now: float) -> None:
    """No window to open: a brand's own endpoint always takes an answer."""


def too_many(retry_after: str) -> Reply:
    """429, with the header that the convention names."""
    headers = (("Retry-After", retry_after),) if retry_after else ()
    return json_reply(429, {"error": "too many requests"}, *headers)


def failure(status: int) -> Reply:
    """The endpoint out of order, or answering with an error that is on nobody's list."""
    return json_reply(status, {"error": "failed"})


def _refused(status: int, why: str, token: str = "") -> Refused:
    return Refused(json_reply(status, {"error": why}), why, token)
