"""Viber bots: callbacks, and send_message.

Secret: `secret`, the bot's authentication token, which signs callbacks. Credentials: `token`, the
same one, `name`, and `base`. https://developers.viber.com/docs/api/rest-bot-api/
"""

import hmac
from collections.abc import Mapping, Set
from hashlib import sha256
from typing import Any

from desk import calls
from desk.channels.usual import (
    acknowledge as acknowledge,
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
from desk.rulebook import Limit, Manner, Rate, RuleBook
from desk.untrusted import identifier, moment, table, text
from desk.verification import header, same, values
from desk.wire import (
    Address,
    Answer,
    BadSignature,
    Credentials,
    Inbound,
    Item,
    ItemAction,
    ItemType,
    NotSent,
    Outbound,
    Outcome,
    Refusal,
    Response,
    Secret,
    Sent,
    Undecodable,
    Unknown,
    read_json,
)

# https://developers.viber.com/docs/api/rest-bot-api/#text-message; 100 an hour to who is silent:
# #rate-limiting-policy there
_MANNER = Manner((Limit(7000, "characters"),), rates=(Rate(100, 3600.0, "conversation"),))
RULES = RuleBook(
    ways={"message": _MANNER},
    acknowledge=5.0,  # not documented: ours
    redelivers=24 * 3600.0,  # not documented: a careful guess
)
HOOKS: Mapping[str, str] = {"secret": "the bot's authentication token, in its account's settings"}
TOKENS: Mapping[str, str] = {
    "token": "the bot's authentication token",
    "name": "the name that people see, of at most 28 characters",
}
READS: Mapping[str, str] = {}

# https://developers.viber.com/docs/api/rest-bot-api/#callbacks
EVENTS: Mapping[str, tuple[ItemType, ItemAction]] = {
    "message": ("message", "create"),
    "subscribed": ("follow", "create"),
    "unsubscribed": ("follow", "delete"),
    "conversation_started": ("interaction", "create"),
    "delivered": ("status", "delivered"),
    "seen": ("status", "seen"),
    "failed": ("status", "failed"),
}
_ABOUT_A_MESSAGE = ("message", "delivered", "seen", "failed")

# https://developers.viber.com/docs/api/rest-bot-api/#error-codes
REFUSALS: Mapping[int, Refusal] = {
    1: "permanent",
    2: "token_invalid",
    3: "permanent",
    4: "permanent",
    5: "permanent",
    6: "permanent",
    7: "blocked",
    8: "token_invalid",
    9: "blocked",
    10: "permission",
    11: "permanent",
    12: "rate_limited",
    13: "permanent",
    14: "permanent",
    15: "permission",
    16: "permission",
    17: "permanent",
    18: "permanent",
    19: "permission",
    20: "permission",
    21: "permanent",
    22: "permanent",
    23: "quota",
    24: "quota",
}


def sign(body: bytes, secret: str) -> str:
    """https://developers.viber.com/docs/api/rest-bot-api/#callbacks"""
    return hmac.digest(secret.encode(), body, sha256).hex()


def verify(request: Inbound, secret: Secret, now: float | None) -> bytes:
    """The body, if its HMAC is right. Viber signs no time, so that `now` plays no part."""
    given = header(request, "x-viber-content-signature")
    if not any([same(given, sign(request.body, each)) for each in values(secret, "secret")]):
        raise BadSignature("x-viber-content-signature does not match")
    return request.body


def handshake(request: Inbound, secret: Secret) -> Answer | None:
    """200 to the callback that set_webhook causes, which is about nobody."""
    asked = calls.json_object(request.body) or {}
    return Answer() if asked.get("event") == "webhook" else None


def parse(body: bytes, headers: Mapping[str, str], own: Set[str]) -> list[Item]:
    """The item of a callback.

    Raises Undecodable if it names no event, or lacks what that promises.
    """
    callback = read_json(body)
    name = text(callback.get("event")) if isinstance(callback, dict) else None
    if name is None:
        raise Undecodable("no event")
    kind, action = EVENTS.get(name, ("control", "none"))
    who = table(callback.get("sender")) or table(callback.get("user"))
    author = identifier(who.get("id")) or identifier(callback.get("user_id"))
    number = identifier(callback.get("message_token"))
    if (kind != "control" and author is None) or (name in _ABOUT_A_MESSAGE and number is None):
        raise Undecodable(f"{name} without a user or a message_token")
    message = table(callback.get("message")) if kind == "message" else {}
    content, ours = text(message.get("type")), author in own
    failure = text(callback.get("desc"))
    return [
        Item(
            type=kind,
            action=action,
            own=ours,
            reply_candidate=_candidate(kind) if not ours else False,
            text=_words(message),
            message_id=number,
            author_id=author,
            author_name=text(who.get("name")),
            conversation_id=author,
            created_at=moment(callback.get("timestamp"), per_second=1000),
            media=(content,) if content and content != "text" else (),
            event=None if name == "message" else name,
            payload=text(callback.get("context")) or text(message.get("tracking_data")),
            lang=text(who.get("language")),
            more={"error": failure} if failure else {},
        )
    ]


def compose(to: Address, text: str, key: str, credentials: Credentials) -> Outbound:
    """A text message. `key` has no use here: Viber knows no call again.

    https://developers.viber.com/docs/api/rest-bot-api/#send-message
    """
    if to.way not in RULES.ways:
        raise KeyError(to.way)
    return calls.post(
        f"{_base(credentials)}/pa/send_message",
        {
            "receiver": to.author or to.conversation,
            "type": "text",
            "sender": {"name": credentials["name"][:28]},
            "text": text,
        },
        {"x-viber-auth-token": credentials["token"]},
    )


def outcome(response: Response) -> Outcome:
    """What Viber's answer proves: refusals come with 200 as well."""
    answer = calls.json_object(response.body)
    if answer is None:
        return Unknown(f"HTTP {response.status} without Viber's JSON")
    status = answer.get("status")
    if response.status == 200 and status == 0 and status is not False:
        number = identifier(answer.get("message_token"))
        return Sent(number) if number else Unknown("status 0 without a message_token")
    return _refused(response, answer)


def check(credentials: Credentials) -> Outbound | None:
    """Which bot the token is of: …/rest-bot-api/#get-account-info"""
    headers = {"x-viber-auth-token": credentials["token"]}
    return calls.post(f"{_base(credentials)}/pa/get_account_info", {}, headers)


def checked(response: Response) -> str | NotSent | Unknown:
    """The bot's id."""
    answer = calls.json_object(response.body) or {}
    number = identifier(answer.get("id"))
    if response.status == 200 and answer.get("status") == 0 and number:
        return number
    return _refused(response, answer)


def _candidate(kind: ItemType) -> bool | None:
    return None if kind == "interaction" else kind == "message"


def _words(message: dict[str, Any]) -> str | None:
    """What a person wrote: the text, also that of a picture; of a link its address."""
    return text(message.get("text")) or (
        text(message.get("media")) if message.get("type") == "url" else None
    )


def _refused(response: Response, answer: dict[str, Any]) -> NotSent | Unknown:
    status, reason = answer.get("status"), text(answer.get("status_message"))
    if response.status != 200 or isinstance(status, bool) or not isinstance(status, int):
        return Unknown(f"HTTP {response.status}", passing=response.status >= 500)
    reason = reason or f"status {status}"
    kind = REFUSALS.get(status)
    if kind is None:
        return Unknown(reason)
    again = calls.wait(response.headers.get("retry-after")) if kind == "rate_limited" else None
    return NotSent(kind, reason, again)


def _base(credentials: Credentials) -> str:
    return (credentials.get("base") or "https://chatapi.viber.com").rstrip("/")
