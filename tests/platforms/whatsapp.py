"""WhatsApp's Cloud API as it answers a phone number.

https://developers.facebook.com/documentation/business-messaging/whatsapp
"""

from typing import Any

from tests.platforms import meta
from tests.platforms.world import (
    Accepted,
    Account,
    Call,
    Heard,
    Post,
    Refused,
    Request,
    Verdict,
    World,
    json_reply,
)

TEXT_LIMIT = 4096

ACCOUNT = Account("whatsapp", "106000000000006", "pretend-whatsapp-token")


def credentials() -> dict[str, str]:
    """What lets the default account post."""
    return {"token": ACCOUNT.token}


def call_of(request: Request) -> Call:
    """What the call is for."""
    sends = meta.path_of(request)[1:] == ["messages"] and request.method == "POST"
    return "send" if sends else "other"


def answer(request: Request, world: World, now: float) -> Verdict:
    """What the Cloud API does with a call."""
    account = meta.whose("whatsapp", request, world)
    if isinstance(account, Refused):
        return account
    path = meta.path_of(request)
    if not path or path[0] != account.name:
        return meta.not_there(account.token)
    if request.method == "GET" and len(path) == 1:
        return meta.whoami(account)
    if call_of(request) != "send":
        return meta.not_there(account.token)
    try:
        fields = meta.fields_of(request)
    except ValueError as error:
        return meta.refused(100, f"(#100) {error}", account.token)
    return _send(fields, account, world, now)


def hear(heard: Heard, world: World, now: float) -> None:
    """What a person does opens a day."""
    meta.hear("whatsapp", heard, world, now)


too_many, failure = meta.too_many, meta.failure


def _send(fields: dict[str, Any], account: Account, world: World, now: float) -> Verdict:
    token = account.token
    if fields.get("messaging_product") != "whatsapp" or fields.get("type") != "text":
        return meta.refused(100, "(#100) Invalid parameter", token, details="Not a text message.")
    person = fields.get("to") or fields.get("recipient")
    if not isinstance(person, str) or not meta.readable(person):
        return meta.refused(131_009, "(#131009) Parameter value is not valid", token)
    words = fields.get("text")
    text = words.get("body") if isinstance(words, dict) else None
    if not isinstance(text, str) or not text.strip():
        return meta.refused(131_008, "(#131008) Required parameter is missing", token)
    if len(text) > TEXT_LIMIT:
        details = f"Param text['body'] must be at most {TEXT_LIMIT} characters long."
        return meta.refused(
            131_009, "(#131009) Parameter value is not valid", token, 0, 400, details
        )
    if world.state_of("whatsapp", person) != "reachable":
        return meta.refused(131_026, "(#131026) Message undeliverable", token)
    if meta.closed("whatsapp", person, world, now):
        return meta.refused(131_047, "(#131047) Re-engagement message", token)
    pair = (("whatsapp", account.name, person), world.limits.whatsapp_pair)
    if world.wait(now, pair):
        return meta.refused(131_056, "(#131056) Pair rate limit hit", token)
    if busy := meta.busy(account, world, now):
        return busy
    context = fields.get("context")
    about = str(context.get("message_id") or "") if isinstance(context, dict) else ""
    number = f"wamid.{world.next_id()}"
    reply = json_reply(
        200,
        {
            "messaging_product": "whatsapp",
            "contacts": [{"input": person, "wa_id": person}],
            "messages": [{"id": number}],
        },
    )
    return Accepted(reply, Post(account.name, token, person, text, number, in_reply_to=about))
