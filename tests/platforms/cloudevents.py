"""A brand's own endpoint that takes our answers as CloudEvents: an id is good once.

https://github.com/cloudevents/spec/blob/main/cloudevents/http-webhook.md
"""

from tests.platforms import standard
from tests.platforms.standard import failure as failure, hear as hear, too_many as too_many
from tests.platforms.world import (
    Accepted,
    Account,
    Call,
    Post,
    Refused,
    Repeated,
    Request,
    Verdict,
    World,
    bearer,
    json_reply,
    read_json,
)

ACCOUNT = Account("cloudevents", "pretend-cloudevents", "pretend-cloudevents-token")


def credentials() -> dict[str, str]:
    """What lets the default account post."""
    return {"token": ACCOUNT.token}


def call_of(request: Request) -> Call:
    """What the call is for: every address of the endpoint takes answers."""
    return standard.call_of(request)


def answer(request: Request, world: World, now: float) -> Verdict:
    """What the endpoint does with a call. 415: it takes structured events alone."""
    token = bearer(request.headers)
    account = world.account("cloudevents", token)
    if account is None:
        return _refused(401, "unauthorized", token)
    kind = request.headers.get("content-type", "").partition(";")[0].strip()
    if kind != "application/cloudevents+json":
        return _refused(415, "not a structured event", token)
    try:
        event = read_json(request.body)
    except ValueError:
        event = None
    match event:
        case {
            "specversion": "1.0",
            "id": str(key),
            "source": str(),
            "type": "repartee.reply.created",
            "data": {"text": str(text), "conversation": str(place), "in_reply_to": str(about)},
        } if key and text.strip():
            pass
        case _:
            return _refused(400, "not an event with an answer", token)
    if (kept := world.accepted.get(("cloudevents", account.name, key))) is not None:
        return Repeated(kept[1], token, key)
    if world.state_of("cloudevents", place) != "reachable":
        return _refused(404, "no such conversation", token)
    number = f"reply-{world.next_id()}"
    reply = json_reply(200, {"id": number})
    world.accepted["cloudevents", account.name, key] = (now, reply)
    return Accepted(reply, Post(account.name, token, place, text, number, key, about))


def _refused(status: int, why: str, token: str) -> Refused:
    return Refused(json_reply(status, {"error": why}), why, token)
