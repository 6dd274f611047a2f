"""LINE Official Accounts: the Messaging API's webhooks, and push messages as answers.

Secret: `secret`, the channel secret. Credentials: `token`, a channel access token, and `base`.

Answers go out as push and not as reply messages. A push has an idempotency key and may be made at
any time; a reply token works once, for about a minute, and the reply endpoint refuses the key, so
that nobody could say what became of a reply without an answer. A push counts as a paid message.
https://developers.line.biz/en/docs/messaging-api/sending-messages/
"""

import base64
import hmac
import uuid
from collections.abc import Mapping, Set
from hashlib import sha256
from typing import Any

from desk import calls
from desk.channels.usual import (
    acknowledge as acknowledge,
    check as check,
    checked as checked,
    clear as clear,
    handshake as handshake,
    look_up as look_up,
    looked_up as looked_up,
    poll as poll,
    polled as polled,
    prepare as prepare,
    prepared as prepared,
    sign_in as sign_in,
    signed_in as signed_in,
)
from desk.rulebook import Limit, Manner, Rate, RuleBook
from desk.untrusted import flag, identifier, moment, rows, table, text
from desk.verification import header, same, values
from desk.wire import (
    Address,
    BadSignature,
    Credentials,
    Inbound,
    Item,
    ItemAction,
    ItemType,
    NotSent,
    Outbound,
    Outcome,
    Response,
    Secret,
    Sent,
    Undecodable,
    Unknown,
    Way,
    read_json,
)

# https://developers.line.biz/en/docs/messaging-api/text-character-count/
_LIMITS = (Limit(5000, "utf16"),)
RULES = RuleBook(
    ways={
        # https://developers.line.biz/en/reference/messaging-api/#rate-limits: 2,000 pushes a second
        # are more than we can make.
        "message": Manner(_LIMITS),
        "post": Manner(_LIMITS, rates=(Rate(60, 3600.0, "channel"),)),
    },
    # https://developers.line.biz/en/docs/messaging-api/check-webhook-error-statistics/
    acknowledge=2.0,
    # https://developers.line.biz/en/docs/messaging-api/retrying-api-request/
    remembers=24 * 3600.0,
)
HOOKS: Mapping[str, str] = {"secret": "the channel secret, on the channel's page Basic settings"}
TOKENS: Mapping[str, str] = {
    "token": "a channel access token, on the page Messaging API",
    "account?": "the bot's own user id, U…, on the page Basic settings",
}
READS: Mapping[str, str] = {}

# https://developers.line.biz/en/reference/messaging-api/#webhook-event-objects
# What is not listed here (join, leave, beacon, accountLink, memberJoined …) asks for nothing.
EVENTS: Mapping[str, tuple[ItemType, ItemAction]] = {
    "message": ("message", "create"),
    "messageEdited": ("message", "edit"),
    "unsend": ("message", "delete"),
    "follow": ("follow", "create"),
    "unfollow": ("follow", "delete"),
    "postback": ("interaction", "create"),
}
SOURCES = {"user": "userId", "group": "groupId", "room": "roomId"}

PATHS: Mapping[Way, str] = {"message": "push", "post": "broadcast"}

QUOTA = ("monthly limit", "target limit for additional messages")
# https://developers.line.biz/en/reference/messaging-api/#error-messages
REFUSALS = (
    "the request body has",
    "the request body could not be parsed",
    "the property,",
    "failed to send messages",
)


def sign(body: bytes, secret: str) -> str:
    """The signature that LINE puts on a delivery.

    https://developers.line.biz/en/docs/messaging-api/verify-webhook-signature/
    """
    return base64.b64encode(hmac.digest(secret.encode(), body, sha256)).decode()


def verify(request: Inbound, secret: Secret, now: float | None) -> bytes:
    """The body, if its HMAC is right. LINE signs no time, so that `now` plays no part."""
    given = header(request, "x-line-signature")
    if not any([same(given, sign(request.body, each)) for each in values(secret, "secret")]):
        raise BadSignature("x-line-signature does not match")
    return request.body


def parse(body: bytes, headers: Mapping[str, str], own: Set[str]) -> list[Item]:
    """One item for each event. One that makes no sense becomes a control item among others.

    Raises Undecodable if there is no list of events, or if none of them can be read.
    """
    delivery = read_json(body)
    events = delivery.get("events") if isinstance(delivery, dict) else None
    if not isinstance(events, list):
        raise Undecodable("no list of events")
    account = identifier(delivery.get("destination"))
    items = [_item(event, account, own) for event in map(table, events)]
    if events and not any(items):
        raise Undecodable("none of the events has what its type promises")
    nothing = Item(type="control", action="none", account_id=account, event="unreadable")
    return [item or nothing for item in items]


def compose(to: Address, text: str, key: str, credentials: Credentials) -> Outbound:
    """A push to the conversation, or as a post a broadcast to all friends.

    LINE carries out a retry key once in 24 hours. A new text needs a new `key`: the old one would
    be answered with 409 and the text be lost.
    https://developers.line.biz/en/docs/messaging-api/retrying-api-request/
    """
    base = (credentials.get("base") or "https://api.line.me").rstrip("/")
    call, receiver = PATHS[to.way], to.conversation or to.author
    return calls.post(
        f"{base}/v2/bot/message/{call}",
        ({"to": receiver} if call == "push" else {})
        | {"messages": [{"type": "text", "text": text}]},
        {
            "authorization": f"Bearer {credentials['token']}",
            "x-line-retry-key": str(uuid.uuid5(uuid.NAMESPACE_URL, f"repartee:{key}")),
        },
    )


def outcome(response: Response) -> Outcome:
    """What LINE's answer proves.

    A 5xx stays unknown, although the same call could be made again under its retry key: the key
    is forgotten after 24 hours, and nothing here says when the first try was.
    https://developers.line.biz/en/reference/messaging-api/#status-codes
    """
    answer = calls.json_object(response.body)
    if answer is None and "x-line-accepted-request-id" in response.headers:
        answer = {}
    if answer is None:
        return Unknown(f"HTTP {response.status} without LINE's JSON")
    sent = rows(answer.get("sentMessages"))
    number = identifier(table(sent[0]).get("id")) if sent else None
    reason = text(answer.get("message")) or ""
    said = reason.lower()
    match response.status:
        case 200 if number:
            return Sent(number)
        case 200 if not answer and "x-line-request-id" in response.headers:
            return Sent("")  # a broadcast names no messages
        case 409:
            return Sent(number or "", again=True)  # this retry key was carried out before
        case 400 if said.startswith("invalid reply token"):
            return NotSent("reply_token_used_or_expired", reason)
        case 400 if said.startswith(REFUSALS):
            details = [table(part).get("message") for part in rows(answer.get("details"))]
            reason = "; ".join([reason, *filter(None, map(text, details))])
            long = "length must be" in reason.lower()
            return NotSent("too_long" if long else "permanent", reason)
        case 401 if reason:
            return NotSent("token_invalid", reason)
        case 403 if reason:
            return NotSent("permission", reason)
        case 429 if any(limit in said for limit in QUOTA):
            return NotSent("quota", reason)
        case 429:
            seconds = calls.wait(response.headers.get("retry-after"))
            return NotSent("rate_limited", reason or "HTTP 429", seconds)
    return Unknown(f"HTTP {response.status} {reason}".strip())


def _item(event: dict[str, Any], account: str | None, own: Set[str]) -> Item | None:
    """The item of an event; None if it lacks what its type promises."""
    name = text(event.get("type"))
    if name is None:
        return None
    kind, action = EVENTS.get(name, ("control", "none"))
    message = table(event.get("message") if kind == "message" else None)
    number = identifier(message.get("id"))
    if name == "unsend":
        number = identifier(table(event.get("unsend")).get("messageId"))
    if kind == "message" and number is None:
        return None
    source = table(event.get("source"))
    where = text(source.get("type"))
    author = identifier(source.get("userId"))  # absent in groups for those who did not consent
    standby = event.get("mode") == "standby"  # another channel has the conversation: stay silent
    ours = author in own
    when = moment(event.get("timestamp"), per_second=1000)
    content = text(message.get("type"))
    return Item(
        type=kind,
        action=action,
        own=ours,
        reply_candidate=_candidate(kind, action) if not (ours or standby) else False,
        text=_words(message),
        event_id=identifier(event.get("webhookEventId")),
        message_id=number,
        parent_id=identifier(message.get("quotedMessageId")),
        account_id=account,
        author_id=author,
        conversation_id=identifier(source.get(SOURCES.get(where or "", ""))),
        created_at=when,
        edited_at=when if action == "edit" else None,
        redelivery=flag(table(event.get("deliveryContext")).get("isRedelivery")),
        source_type=where,
        media=(content,) if content and content != "text" else (),
        event=None if name == "message" else name,
        payload=text(table(event.get("postback")).get("data")),
        standby=standby or None,
        reply_token=text(event.get("replyToken")),
    )


def _candidate(kind: ItemType, action: ItemAction) -> bool | None:
    if kind == "interaction":
        return None
    return kind == "message" and action == "create"


def _words(message: dict[str, Any]) -> str | None:
    """What a person wrote: the text, also that of a message sticker; of a location its name."""
    if message.get("type") == "location":
        parts = [text(message.get("title")), text(message.get("address"))]
        return "\n".join(part for part in parts if part) or None
    return text(message.get("text"))
