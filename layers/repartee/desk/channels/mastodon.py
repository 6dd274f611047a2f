"""Mastodon: notifications by asking, an administrator's webhooks, and statuses as answers.

An ordinary account has no webhooks: its mentions are asked for. Who runs the server may also have
every status of it pushed: https://docs.joinmastodon.org/admin/webhooks/

Secret: `secret`. Credentials: `instance`, the server's address, and `token`.

An answer keeps the visibility of what it answers. Where that is not known it goes to the person
alone: what was said in private must never be answered in public.
"""

import hmac
import uuid
from collections.abc import Mapping, Set
from hashlib import sha256
from typing import Any
from urllib.parse import urlencode

from desk import calls
from desk.channels.usual import (
    acknowledge as acknowledge,
    clear as clear,
    handshake as handshake,
    look_up as look_up,
    looked_up as looked_up,
    prepare as prepare,
    prepared as prepared,
    sign_in as sign_in,
    signed_in as signed_in,
)
from desk.markup import plain
from desk.polling import Page, Poll
from desk.rulebook import Limit, Manner, Rate, RuleBook
from desk.untrusted import count, flag, identifier, instant, link, rows, table, text
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
    read_json,
)

# https://docs.joinmastodon.org/api/rate-limits/#per-account
_RATES = (Rate(300, 300.0, "channel"),)
RULES = RuleBook(
    ways={
        # https://docs.joinmastodon.org/user/posting/: 500, unless a server has set another limit.
        # An answer begins with the name of whom it answers, of which the server's part is not
        # counted: 30 characters, https://docs.joinmastodon.org/methods/accounts/#create, `@`, blank
        "reply": Manner((Limit(468, "toots"),), rates=_RATES),
        "post": Manner((Limit(500, "toots"),), rates=_RATES),
    },
    acknowledge=10.0,  # not documented: ours
    redelivers=24 * 3600.0,  # not documented; the sender retries through its queue
    # https://docs.joinmastodon.org/methods/statuses/#create
    remembers=3600.0,
)
HOOKS: Mapping[str, str] = {
    "secret": "the webhook's signing secret, in the server's administration"
}
TOKENS: Mapping[str, str] = {
    "instance": "the server's address, https://…",
    "token": "an access token with write:statuses",
    "account?": "the account's id there, digits",
}
READS: Mapping[str, str] = {
    "instance": "the server's address, https://…",
    "token": "an access token with read:notifications",
    "every?": "seconds between two questions, if not 300",
}

VISIBILITIES = ("public", "unlisted", "private", "direct")
# https://docs.joinmastodon.org/entities/Notification/#type
# What is not listed here (poll, follow_request, admin.sign_up …) asks for nothing.
NOTIFICATIONS: Mapping[str, tuple[ItemType, ItemAction]] = {
    "mention": ("mention", "create"),
    "quote": ("quote", "create"),
    "status": ("post", "create"),
    "update": ("post", "edit"),
    "quoted_update": ("post", "edit"),
    "reblog": ("reaction", "create"),
    "favourite": ("reaction", "create"),
    "follow": ("follow", "create"),
}
# https://docs.joinmastodon.org/admin/webhooks/, https://docs.joinmastodon.org/methods/streaming/
EVENTS: Mapping[str, ItemAction] = {
    "status.created": "create",
    "status.updated": "edit",
    "update": "create",
    "status.update": "edit",
}


def sign(body: bytes, secret: str) -> str:
    """The signature that a server puts on a delivery.

    https://github.com/mastodon/mastodon/blob/main/app/workers/webhooks/delivery_worker.rb
    """
    return f"sha256={hmac.digest(secret.encode(), body, sha256).hex()}"


def verify(request: Inbound, secret: Secret, now: float | None) -> bytes:
    """The body, if its HMAC is right. No time is signed, so that `now` plays no part."""
    given = header(request, "x-hub-signature")
    if not given.startswith("sha256="):
        raise BadSignature("x-hub-signature does not begin with sha256=")
    if not any([same(given, sign(request.body, each)) for each in values(secret, "secret")]):
        raise BadSignature("x-hub-signature does not match")
    return request.body


def parse(body: bytes, headers: Mapping[str, str], own: Set[str]) -> list[Item]:
    """Items of a list of notifications, of one of them, of a webhook, or of a streamed event.

    Raises Undecodable for anything else.
    """
    told = read_json(body)
    if isinstance(told, list):
        items = [_notification(table(one), own) for one in told]
        if told and not any(items):
            raise Undecodable("no notification among what is listed")
        return [item for item in items if item]
    event = text(told.get("event")) if isinstance(told, dict) else None
    if event is None:
        item = _notification(table(told), own)
        if item is None:
            raise Undecodable("neither a notification nor an event")
        return [item]
    content = told.get("payload") if "stream" in told or "payload" in told else told.get("object")
    if event == "delete":
        number = identifier(content)
        return [Item(type="post", action="delete", event=event, message_id=number)]
    if isinstance(content, str):  # what is streamed is JSON within JSON
        content = read_json(content.encode("utf-8", "surrogatepass"))
    if event == "notification" and (item := _notification(table(content), own)):
        return [item]
    if event in EVENTS:
        return [_public(event, table(content), own)]
    return [
        Item(
            type="control",
            action="none",
            event=event,
            created_at=instant(told.get("created_at")),
        )
    ]


def compose(to: Address, text: str, key: str, credentials: Credentials) -> Outbound:
    """A status that answers another one as visibly as that was, or as a post a public one.

    A server carries out a key once within an hour. KeyError for any other way.
    https://docs.joinmastodon.org/methods/statuses/#create
    """
    RULES.ways[to.way]
    fields: dict[str, Any] = {"status": text, "visibility": "public"}
    if to.way == "reply":
        visibility, _, name = to.context.partition(" ")
        known = visibility if visibility in VISIBILITIES else "direct"
        # Without the name the person hears nothing, and of a direct status nobody does.
        named = not name or f"@{name}".lower() in text.lower()
        fields["status"] = text if named else f"@{name} {text}"
        fields |= {"in_reply_to_id": to.message, "visibility": known}
    return calls.post(
        f"{_base(credentials)}/api/v1/statuses",
        fields,
        {
            "authorization": f"Bearer {credentials['token']}",
            "idempotency-key": str(uuid.uuid5(uuid.NAMESPACE_URL, f"repartee:{key}")),
        },
    )


def outcome(response: Response) -> Outcome:
    """What a server's answer proves."""
    answer = calls.json_object(response.body)
    if answer is None:
        return Unknown(f"HTTP {response.status} without Mastodon's JSON")
    number = identifier(answer.get("id"))
    reason = text(answer.get("error")) or ""
    said = reason.lower()
    match response.status:
        case 200 if number:
            return Sent(number)
        case 401 if reason:
            return NotSent("token_invalid", reason)
        case 403 if "disabled" in said or "suspended" in said:
            return NotSent("blocked", reason)
        case 403 if reason:
            return NotSent("permission", reason)
        case 404 if reason:  # what was answered is gone
            return NotSent("permanent", reason)
        case 422 if "character limit" in said or "too long" in said:
            return NotSent("too_long", reason)
        case 422 if reason:
            return NotSent("permanent", reason)
        case 429:
            return NotSent("rate_limited", reason or "HTTP 429", _wait(response))
    return Unknown(f"HTTP {response.status} {reason}".strip())


def poll(marks: Mapping[str, Mapping[str, str]], credentials: Credentials) -> tuple[Poll, ...]:
    """Notifications since the latest that we have. The first question only marks the start.

    https://docs.joinmastodon.org/methods/notifications/#get
    """
    since = marks.get("notifications", {}).get("newest")
    kinds = [("types[]", name) for name in ("mention", "quote")]
    asked = [*kinds, *([("min_id", since), ("limit", "80")] if since else [("limit", "1")])]
    call = calls.get(
        f"{_base(credentials)}/api/v1/notifications?{urlencode(asked)}",
        {"authorization": f"Bearer {credentials['token']}"},
    )
    return (Poll("notifications", call, calls.interval(credentials)),)


def polled(source: str, response: Response, marks: Mapping[str, str]) -> Page | NotSent | Unknown:
    """Fresh where there is any. `min_id` brings those that follow it at once: none is skipped."""
    try:
        listed = read_json(response.body)
    except Undecodable as unreadable:
        return Unknown(f"HTTP {response.status}: {unreadable}")
    if response.status != 200 or not isinstance(listed, list):
        refused = outcome(response)
        return refused if isinstance(refused, NotSent | Unknown) else Unknown("no list")
    numbers = [identifier(table(one).get("id")) for one in listed]
    newest = max(
        [marks.get("newest", "0"), *filter(None, numbers)], key=lambda one: (len(one), one)
    )
    return Page("newest" in marks and bool(listed), {"newest": newest})


def check(credentials: Credentials) -> Outbound | None:
    """https://docs.joinmastodon.org/methods/accounts/#verify_credentials"""
    return calls.get(
        f"{_base(credentials)}/api/v1/accounts/verify_credentials",
        {"authorization": f"Bearer {credentials.get('token', '')}"},
    )


def checked(response: Response) -> str | NotSent | Unknown:
    """The account's id."""
    found = outcome(response)
    return found.id if isinstance(found, Sent) else found


def _base(credentials: Credentials) -> str:
    return (credentials.get("base") or credentials.get("instance") or "").rstrip("/")


def _wait(response: Response) -> float:
    """https://docs.joinmastodon.org/api/rate-limits/: the reset is a time, by the server's clock"""
    if "retry-after" in response.headers:
        return calls.wait(response.headers["retry-after"])
    return calls.until(instant(response.headers.get("x-ratelimit-reset")), response)


def _notification(told: dict[str, Any], own: Set[str]) -> Item | None:
    """https://docs.joinmastodon.org/entities/Notification/; None for what is none."""
    number, name = identifier(told.get("id")), text(told.get("type"))
    if number is None or name is None:
        return None
    kind, action = NOTIFICATIONS.get(name, ("control", "none"))
    status = table(told.get("status"))
    happened = instant(told.get("created_at"))
    about = "notification_id"
    if kind in ("reaction", "follow", "control"):
        who = table(told.get("account"))
        return Item(
            type=kind,
            action=action,
            own=identifier(who.get("id")) in own,
            event=name,
            event_id=number,
            message_id=identifier(status.get("id")),
            created_at=happened,
            **_author(who),
            more={about: number},
        )
    who = table(told.get("account")) or table(status.get("account"))
    ours = identifier(who.get("id")) in own
    addressed = kind in ("mention", "quote") and not (ours or flag(who.get("bot")))
    return _status(kind, action, status, who, own, addressed, {about: number}, name, happened)


def _public(event: str, status: dict[str, Any], own: Set[str]) -> Item:
    """A status of the server: a mention where it names us, and else somebody's publication."""
    if identifier(status.get("id")) is None:
        raise Undecodable(f"{event} without a status")
    who = table(status.get("account"))
    ours = identifier(who.get("id")) in own
    named = {identifier(table(one).get("id")) for one in rows(status.get("mentions"))}
    named.add(identifier(status.get("in_reply_to_account_id")))
    action = EVENTS[event]
    bot = flag(who.get("bot"))
    if named & own and not ours:
        candidate: bool | None = action == "create" and not bot
        return _status("mention", action, status, who, own, candidate, {}, event, None)
    candidate = None if action == "create" and not (ours or bot) else False
    return _status("post", action, status, who, own, candidate, {}, event, None)


def _status(
    kind: ItemType,
    action: ItemAction,
    status: dict[str, Any],
    who: dict[str, Any],
    own: Set[str],
    candidate: bool | None,
    more: dict[str, Any],
    event: str,
    happened: Any,
) -> Item:
    """https://docs.joinmastodon.org/entities/Status/"""
    author = _author(who)
    visibility = text(status.get("visibility"))
    words = [text(status.get("spoiler_text")), text(status.get("content"))]
    media = [text(table(one).get("type")) for one in rows(status.get("media_attachments"))]
    return Item(
        type=kind,
        action=action,
        own=author["author_id"] in own,
        reply_candidate=candidate,
        text=text("\n".join(plain(part) for part in words if part)),
        message_id=identifier(status.get("id")),
        parent_id=identifier(status.get("in_reply_to_id")),
        # No payload names a thread. Who speaks with us is the same conversation wherever it is.
        conversation_id=author["author_id"],
        created_at=instant(status.get("created_at")) or happened,
        edited_at=instant(status.get("edited_at")),
        source_type=visibility,
        media=tuple(one for one in media if one),
        event=None if kind == "mention" else event,
        permalink=link(status.get("url")),
        lang=text(status.get("language")),
        context=f"{visibility or ''} {author['author_name'] or ''}",
        **author,
        more=more,
    )


def _author(who: dict[str, Any]) -> dict[str, Any]:
    return {
        "author_id": identifier(who.get("id")),
        "author_name": text(who.get("acct")) or text(who.get("username")),
        "author_followers": count(who.get("followers_count")),
        "from_bot": flag(who.get("bot")),
    }
