"""CloudEvents over HTTP: any system that sends them, in binary, structured or batch mode.

https://github.com/cloudevents/spec/blob/main/cloudevents/http-webhook.md
https://github.com/cloudevents/spec/blob/main/cloudevents/bindings/http-protocol-binding.md

Secret: `token`, the bearer token that senders bear, and `origins`, who may send, parted by commas.
Nothing is signed: whoever learns the token can send anything. Credentials: `url`, where answers are
posted, and `token`.

Events whose type ends in mention.created, comment.edited, message.deleted and the like, with the
`data` that the channel `standard` describes, are heard as such. All others are heard and ask for
nothing. What goes out is a structured event `repartee.reply.created` with the answer as its `data`,
and the same `id` if a call is repeated.
"""

import json
import re
from collections.abc import Mapping, Set
from dataclasses import replace
from string import punctuation
from typing import Any
from urllib.parse import quote, unquote

from desk import calls
from desk.channels import standard
from desk.channels.standard import outcome as outcome
from desk.channels.usual import (
    acknowledge as acknowledge,
    check as check,
    checked as checked,
    clear as clear,
    look_up as look_up,
    looked_up as looked_up,
    poll as poll,
    polled as polled,
    prepare as prepare,
    prepared as prepared,
    sign_in as sign_in,
    signed_in as signed_in,
)
from desk.rulebook import RuleBook
from desk.untrusted import identifier, instant, table, text
from desk.verification import same, values
from desk.wire import (
    Address,
    Answer,
    BadSignature,
    Credentials,
    Inbound,
    Item,
    Outbound,
    Secret,
    Undecodable,
    read_json,
)

RULES = RuleBook(
    ways=standard.RULES.ways,
    acknowledge=15.0,  # left open by the specification: ours
    redelivers=76 * 3600.0,  # likewise: that of Standard Webhooks
    remembers=24 * 3600.0,
    signs_body=False,
)
HOOKS: Mapping[str, str] = {
    "token": "the bearer token that senders bear: long, random, yours to make",
    "origins?": "names that WebHook-Request-Origin may have, parted by commas; without it any",
}
TOKENS: Mapping[str, str] = {
    "url": "where answers are posted, https://…",
    "token": "a bearer token for it",
    "account?": "the id by which that system names the brand",
}
READS: Mapping[str, str] = {}

ORIGIN = re.compile(r"[A-Za-z0-9.:_-]{1,253}")
REQUIRED = ("id", "source", "specversion", "type")
OURS = frozenset(f"{kind}.{verb}" for kind in standard.KINDS for verb in standard.ACTIONS)


def verify(request: Inbound, secret: Secret, now: float | None) -> bytes:
    """The body of a request that bears the token, or of an OPTIONS whose sender may send.

    The question bears no token: it lets nothing in, and the deliveries that follow bear theirs.
    """
    if request.method == "OPTIONS":
        origin = request.headers.get("webhook-request-origin") or ""
        if not ORIGIN.fullmatch(origin):
            raise BadSignature("webhook-request-origin is missing, or is no name")
        listed = [name.strip().lower() for name in secret.get("origins", "").split(",")]
        if any(listed) and origin.lower() not in listed:
            raise BadSignature("webhook-request-origin is not on the channel's list", 403)
        return request.body
    scheme, _, given = (request.headers.get("authorization") or "").partition(" ")
    if scheme and scheme.lower() != "bearer":
        raise BadSignature("authorization is no bearer token")
    given = given.strip() or request.query.get("access_token") or ""
    if not given:
        raise BadSignature("authorization and access_token are missing")
    if not any([same(given, each) for each in values(secret, "token")]):
        raise BadSignature("the bearer token does not match")
    return request.body


def handshake(request: Inbound, secret: Secret) -> Answer | None:
    """Leave for the origin to send, as often as it likes."""
    if request.method != "OPTIONS":
        return None
    granted = [("webhook-allowed-origin", request.headers["webhook-request-origin"])]
    if "webhook-request-rate" in request.headers:
        granted.append(("webhook-allowed-rate", "*"))
    return Answer(headers=(("allow", "OPTIONS, POST"), *granted))


def parse(body: bytes, headers: Mapping[str, str], own: Set[str]) -> list[Item]:
    """One item for each event, in its order.

    Raises Undecodable for what has not the attributes that every event must have. In a batch, one
    of many that has not becomes a control item.
    """
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    if "ce-specversion" in headers or "ce-id" in headers or "ce-type" in headers:
        return [_item({**_attributes(headers), "data": _data(body, kind)}, own)]
    told = read_json(body)
    if isinstance(told, list):
        items = []
        for event in map(table, told):
            try:
                items.append(_item(event, own))
            except Undecodable:
                items.append(Item(type="control", action="none", event="unreadable"))
        if told and all(item.event == "unreadable" for item in items):
            raise Undecodable("none of the batch has the attributes of an event")
        return items
    return [_item(table(told), own)]


def compose(to: Address, text: str, key: str, credentials: Credentials) -> Outbound:
    """The event that hands the answer to the system that the mention came from.

    KeyError for a way that RULES does not have.
    """
    RULES.ways[to.way]
    event = {
        "specversion": "1.0",
        "id": quote(key, safe=punctuation),
        "source": "/repartee",
        "type": "repartee.reply.created",
        "datacontenttype": "application/json",
        "data": {
            "id": key,
            "in_reply_to": to.message,
            "conversation": to.conversation,
            "account": to.account,
            "text": text,
        },
    }
    headers = {"content-type": "application/cloudevents+json; charset=utf-8"}
    if token := credentials.get("token"):
        headers["authorization"] = f"Bearer {token}"
    return calls.post(standard.address(credentials), event, headers)


def _attributes(headers: Mapping[str, str]) -> dict[str, Any]:
    """The attributes in a binary event's headers, which are percent-encoded UTF-8."""
    return {
        name.removeprefix("ce-"): unquote(value, errors="replace")
        for name, value in headers.items()
        if name.startswith("ce-")
    }


def _data(body: bytes, kind: str) -> Any:
    """A binary event's data where it is JSON, as it is without a type; else None."""
    if kind and not re.fullmatch(r"[a-z]+/(?:[a-z0-9.+-]+\+)?json", kind):
        return None
    try:
        return read_json(body) if body else None
    except Undecodable:
        return None


def _item(event: dict[str, Any], own: Set[str]) -> Item:
    """The item of an event; raises Undecodable without the attributes that it must have."""
    missing = [name for name in REQUIRED if not text(event.get(name))]
    if missing:
        raise Undecodable(f"no event: without {', '.join(missing)}")
    name, number, source = (str(event[part]) for part in ("type", "id", "source"))
    happened = text(event.get("time"))
    ours = ".".join(name.split(".")[-2:])
    data = table(event.get("data"))
    if ours in OURS and identifier(data.get("id")) is not None:
        envelope = {"type": ours, "timestamp": happened, "data": data}
        [item] = standard.parse(json.dumps(envelope).encode(), {}, own)
        return replace(item, event=name, event_id=number, source=source)
    return Item(
        type="control",
        action="none",
        event=name,
        event_id=number,
        source=source,
        created_at=instant(happened),
    )
