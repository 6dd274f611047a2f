"""Bilibili (哔哩哔哩): what its open platform pushes to an application. Nothing can be said there.

There is no open API for comments, mentions or private messages. What comes in only tells of
authorisations and videos, and Bilibili signs none of it: nothing here ever bears a text.

Secret: `token`, a long random word of one's own in the address that is pasted, `…?token=…`.
https://openhome.bilibili.com/doc
"""

import json
from collections.abc import Mapping, Set

from desk.calls import json_object
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
from desk.untrusted import instant, table, text
from desk.verification import parameter, same, values
from desk.wire import (
    Address,
    Answer,
    BadSignature,
    Credentials,
    Inbound,
    Item,
    Outbound,
    Outcome,
    Response,
    Secret,
    Undecodable,
    Unknown,
    read_json,
)

# Seconds: not documented, ours.
RULES = RuleBook(ways={}, acknowledge=5.0, signs_body=False)
HOOKS: Mapping[str, str] = {"token": "a long random word of yours, in the address as ?token=…"}
TOKENS: Mapping[str, str] = {}
READS: Mapping[str, str] = {}

BEIJING = "+08:00"


def verify(request: Inbound, secret: Secret, now: float | None) -> bytes:
    """The body, if the request came to the address that has the token: there is no signature."""
    given = parameter(request, "token")
    if not any([same(given, each) for each in values(secret, "token")]):
        raise BadSignature("token does not match")
    return request.body


def handshake(request: Inbound, secret: Secret) -> Answer | None:
    """The challenge of a verify_webhooks, as the number or the word that it was."""
    given = json_object(request.body) or {}
    if request.method != "POST" or given.get("event") != "verify_webhooks":
        return None
    challenge = table(given.get("content")).get("data")
    if not isinstance(challenge, int | str) or len(str(challenge)) > 128:
        return None
    body = json.dumps({"data": challenge}, separators=(",", ":"))
    return Answer(body=body, content_type="application/json; charset=utf-8")


def parse(body: bytes, headers: Mapping[str, str], own: Set[str]) -> list[Item]:
    """One item that asks for nothing; raises Undecodable if the body names no event."""
    given = read_json(body)
    event = text(given.get("event")) if isinstance(given, dict) else None
    if event is None:
        raise Undecodable("no event")
    content = table(given.get("content"))
    author = (text(content.get("openid")) or "").strip() or None
    return [
        Item(
            type="control",
            action="none",
            account_id=text(content.get("client_id")),
            author_id=author,
            created_at=instant(f"{given.get('timestamp')}{BEIJING}"),
            event=event,
        )
    ]


def compose(to: Address, text: str, key: str, credentials: Credentials) -> Outbound:
    """Never a call: raises KeyError, as no way of speaking is open to us."""
    raise KeyError(to.way)


def outcome(response: Response) -> Outcome:
    """Unknown, as nothing is ever posted."""
    return Unknown("nothing can be posted there")
