"""Any system that can post JSON: Standard Webhooks in, a call with an idempotency key out.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md

Secret: `secret`, either `whsec_…` (or its bare base64) or the sender's public key `whpk_…`.
Credentials: `url`, where answers are posted; `token`; `base` puts another host before the path.

What comes in, an event whose `type` is mention, comment, message or post and, after a full stop,
created, edited or deleted (any other type is heard and asks for nothing):

    {"type": "comment.created",
     "timestamp": "2026-03-01T08:30:00Z",
     "data": {"id": "c-1", "text": "…", "conversation": "t-1", "parent": "p-1", "account": "shop",
              "author": {"id": "a-1", "name": "…", "followers": 12, "verified": false,
                         "bot": false},
              "permalink": "https://…", "language": "en", "created_at": "2026-03-01T08:29:58Z"}}

Only `data.id` must be there. Times are ISO 8601 with a zone; `timestamp` stands in for a missing
`created_at`. Ids may be numbers or strings. `webhook-id` is the event's id.

What goes out: POST {"type": "reply.created", "data": {"id", "in_reply_to", "conversation",
"account", "text"}} with `authorization: Bearer <token>` and `webhook-id`, which stays the same if a
call is repeated, so that the receiver posts once. It answers 2xx when it has taken the answer.
By 401, 403, 404, 410, 413 or 429 it promises that it has posted nothing; after any other answer a
person is asked to look.
"""

import base64
import hmac
from collections.abc import Mapping, Set
from hashlib import sha256
from string import punctuation
from urllib.parse import quote, urlsplit, urlunsplit

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
from desk.rulebook import Limit, Manner, RuleBook
from desk.untrusted import count, flag, identifier, instant, link, table, text
from desk.verification import check_recent, header, same, seconds, values
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
    Refusal,
    Response,
    Secret,
    Sent,
    Undecodable,
    Unknown,
    Way,
    read_json,
)

_WAYS: tuple[Way, ...] = ("reply", "private", "message", "post")
RULES = RuleBook(
    ways={way: Manner((Limit(10_000, "characters"),)) for way in _WAYS},
    # Time-out and last repetition that the specification recommends.
    acknowledge=15.0,
    redelivers=76 * 3600.0,
    remembers=24 * 3600.0,
)
HOOKS: Mapping[str, str] = {
    "secret": "the signing secret whsec_…, or the sender's public key whpk_…"
}
TOKENS: Mapping[str, str] = {
    "url": "where answers are posted, https://…",
    "token": "a bearer token for it",
    "account?": "the id by which that system names the brand",
}
READS: Mapping[str, str] = {}

KINDS: Mapping[str, ItemType] = {
    "mention": "mention",
    "comment": "comment",
    "message": "message",
    "post": "post",
}
ACTIONS: Mapping[str, ItemAction] = {"created": "create", "edited": "edit", "deleted": "delete"}

REFUSALS: Mapping[int, Refusal] = {
    401: "token_invalid",
    403: "permission",
    404: "permanent",
    410: "blocked",  # the receiver wants no more calls: switch the channel off
    413: "too_long",
}


def sign(identity: str, timestamp: str, body: bytes, secret: str) -> str:
    """The `v1` signature of a delivery; raises BadSignature if the secret is not base64."""
    signed = f"{identity}.{timestamp}.".encode("utf-8", "surrogatepass") + body
    mac = hmac.digest(_decoded(secret.removeprefix("whsec_")), signed, sha256)
    return f"v1,{base64.b64encode(mac).decode()}"


def verify(request: Inbound, secret: Secret, now: float | None) -> bytes:
    """The body, if one of its signatures is right and its time is within five minutes of `now`."""
    identity, timestamp = header(request, "webhook-id"), header(request, "webhook-timestamp")
    given = header(request, "webhook-signature").split()
    stamp = seconds(timestamp, "webhook-timestamp")
    if not any(
        [
            _matches(request.body, identity, timestamp, given, each)
            for each in values(secret, "secret")
        ]
    ):
        raise BadSignature("no signature in webhook-signature matches")
    check_recent(stamp, now, "webhook-timestamp")
    return request.body


def parse(body: bytes, headers: Mapping[str, str], own: Set[str]) -> list[Item]:
    """The one item of an event, in the format above.

    Raises Undecodable if it has no type, or is one of ours without `data.id`.
    """
    event = read_json(body)
    name = text(event.get("type")) if isinstance(event, dict) else None
    if name is None:
        raise Undecodable("no event with a type")
    number = text(headers.get("webhook-id"))
    kind, _, verb = name.rpartition(".")
    if kind not in KINDS or verb not in ACTIONS:
        return [Item(type="control", action="none", event=name, event_id=number)]
    data = table(event.get("data"))
    author = table(data.get("author"))
    message = identifier(data.get("id"))
    if message is None:
        raise Undecodable(f"{name} without data.id")
    ours = identifier(author.get("id")) in own
    bot = flag(author.get("bot"))
    happened = instant(event.get("timestamp"))
    action = ACTIONS[verb]
    return [
        Item(
            type=KINDS[kind],
            action=action,
            own=ours,
            reply_candidate=_candidate(kind, action) if not (ours or bot) else False,
            text=text(data.get("text")),
            event_id=number,
            message_id=message,
            parent_id=identifier(data.get("parent")),
            account_id=identifier(data.get("account")),
            author_id=identifier(author.get("id")),
            author_name=text(author.get("name")),
            author_followers=count(author.get("followers")),
            author_verified=flag(author.get("verified")),
            from_bot=bot,
            conversation_id=identifier(data.get("conversation")),
            created_at=instant(data.get("created_at")) or happened,
            edited_at=happened if action == "edit" else None,
            permalink=link(data.get("permalink")),
            lang=text(data.get("language")),
        )
    ]


def compose(to: Address, text: str, key: str, credentials: Credentials) -> Outbound:
    """The call that hands the answer to the system that the mention came from.

    Bears no signature of Standard Webhooks: that would sign the time, and there is no clock here.
    """
    if to.way not in RULES.ways:
        raise KeyError(to.way)
    headers = {"webhook-id": quote(key, safe=punctuation)}
    if token := credentials.get("token"):
        headers["authorization"] = f"Bearer {token}"
    data = {
        "id": key,
        "in_reply_to": to.message,
        "conversation": to.conversation,
        "account": to.account,
        "text": text,
    }
    return calls.post(address(credentials), {"type": "reply.created", "data": data}, headers)


def outcome(response: Response) -> Outcome:
    """What the receiver's answer proves, by the contract above.

    A page in place of an answer proves nothing: it is what a proxy or a login screen sends.
    """
    kind = response.headers.get("content-type", "").lower()
    page = "html" in kind or response.body.lstrip()[:1] == b"<"
    answer = calls.json_object(response.body) or {}
    match response.status:
        case status if 200 <= status < 300 and not page:
            number = identifier(answer.get("id")) or identifier(table(answer.get("data")).get("id"))
            return Sent(number or "")
        case 429:
            seconds = calls.wait(response.headers.get("retry-after"))
            return NotSent("rate_limited", "HTTP 429", seconds)
        case status if status in REFUSALS:
            return NotSent(REFUSALS[status], f"HTTP {status}")
    return Unknown(f"HTTP {response.status}{' with a page' if page else ''}")


def _candidate(kind: str, action: ItemAction) -> bool | None:
    """A post need not be addressed to us: whether to join in is the brand's decision."""
    if action != "create":
        return False
    return None if kind == "post" else True


def _matches(body: bytes, identity: str, timestamp: str, given: list[str], secret: str) -> bool:
    """Whether one of the listed signatures is right for this secret; others are skipped."""
    if secret.startswith("whpk_"):
        signed = f"{identity}.{timestamp}.".encode("utf-8", "surrogatepass") + body
        return any([_by_public_key(signed, each, secret) for each in given])
    wanted = sign(identity, timestamp, body, secret)
    return any([same(each, wanted) for each in given])


def _by_public_key(signed: bytes, signature: str, secret: str) -> bool:
    version, _, value = signature.partition(",")
    if version != "v1a":
        return False
    # Not above, as the webhook function imports this module cold and few senders use Ed25519.
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        key = Ed25519PublicKey.from_public_bytes(_decoded(secret.removeprefix("whpk_")))
    except ValueError:
        raise BadSignature("the channel's secret is no Ed25519 public key") from None
    try:
        key.verify(base64.b64decode(value, validate=True), signed)
    except (ValueError, InvalidSignature):
        return False
    return True


def _decoded(key: str) -> bytes:
    """A key's bytes: base64, with its padding or without; raises BadSignature for anything else."""
    try:
        raw = base64.b64decode(key + "=" * (-len(key) % 4), validate=True)
    except ValueError:
        raw = b""
    if not raw:
        raise BadSignature("the channel's secret is not base64")
    return raw


def address(credentials: Credentials) -> str:
    """Where answers are posted: `url`, on the host of `base` if there is one."""
    base = credentials.get("base")
    if not base:
        return credentials["url"]
    url = urlsplit(credentials.get("url", ""))
    return base.rstrip("/") + urlunsplit(("", "", url.path, url.query, ""))
