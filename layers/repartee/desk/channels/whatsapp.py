"""WhatsApp Business: the Cloud API's webhooks, and messages within the customer's 24 hours.

Secret: `secret`, the app's, and `verify_token`. Credentials: `token`, `account`, the id of the
phone number, and `base`. https://developers.facebook.com/documentation/business-messaging/whatsapp
"""

import re
from collections.abc import Mapping, Set
from typing import Any

from desk.channels import meta
from desk.channels.meta import (
    HOOKS as HOOKS,
    checked as checked,
    handshake as handshake,
    verify as verify,
)
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
from desk.rulebook import Limit, Manner, Rate, RuleBook, Window
from desk.untrusted import count, identifier, rows, table, text
from desk.wire import (
    Address,
    Credentials,
    Item,
    ItemAction,
    ItemType,
    Outbound,
    Outcome,
    Refusal,
    Response,
    Sent,
    Unknown,
)

HOST = "https://graph.facebook.com"
RULES = RuleBook(
    ways={
        "message": Manner(
            # https://developers.facebook.com/documentation/business-messaging/whatsapp/messages/
            # text-messages, `body`
            (Limit(4096, "characters"),),
            # .../whatsapp/messages/send-messages#customer-service-windows
            (Window(frozenset({"message", "interaction"}), meta.DAY),),
            # .../whatsapp/throughput and .../whatsapp/support/error-codes, 131056. 80 a second in
            # all are more than we can make.
            (Rate(1, 6.0, "conversation"),),
        )
    },
    acknowledge=meta.ACKNOWLEDGE,
    # .../whatsapp/webhooks/overview
    redelivers=7 * meta.DAY,
)
TOKENS: Mapping[str, str] = {
    "token": "an access token of a system user, which does not run out",
    "account": "the phone number's id, on the app's page WhatsApp > API Setup",
    **meta.TOKENS,
}
READS: Mapping[str, str] = {}

MEDIA = ("image", "audio", "video", "document", "sticker", "location", "contacts", "order")
# https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/
# messages. Other types (system, unsupported, request_welcome …) ask for nothing.
TYPES: Mapping[str, tuple[ItemType, ItemAction]] = {
    **dict.fromkeys(("text", *MEDIA), ("message", "create")),
    "edit": ("message", "edit"),
    "revoke": ("message", "delete"),
    "reaction": ("reaction", "create"),
    "interactive": ("interaction", "create"),
    "button": ("interaction", "create"),
}
STATUSES: Mapping[str, ItemAction] = {
    "sent": "sent", "delivered": "delivered", "read": "read", "played": "played",
    "failed": "failed",
}  # fmt: skip
USER_ID = re.compile(r"[A-Z]{2}\.(ENT\.)?[A-Za-z0-9]+")
"""A business-scoped user id, which stands where a person shows no phone number."""

# https://developers.facebook.com/documentation/business-messaging/whatsapp/support/error-codes
CODES: Mapping[int, Refusal] = {
    **meta.CODES,
    **dict.fromkeys((80_007, 130_429, 131_048, 131_056, 131_064, 133_016), "rate_limited"),
    **dict.fromkeys((131_005, 131_037, 131_042, 133_010), "permission"),
    **dict.fromkeys((131_031, 130_497), "blocked"),
    **dict.fromkeys(
        (130_472, 131_008, 131_009, 131_021, 131_026, 131_030, 131_045, 131_049, 131_050, 131_051,
         131_052, 131_053, 131_062, *range(132_000, 133_000)),
        "permanent",
    ),
    0: "token_invalid",
    131_047: "window_closed",
}  # fmt: skip
PASSING = meta.PASSING | {131_000, 131_016, 131_057, 133_004, 135_000}


def parse(body: bytes, headers: Mapping[str, str], own: Set[str]) -> list[Item]:
    """One item for each message, echo and status; one for each change that is something else.

    Raises Undecodable if there are no entries.
    """
    items: list[Item] = []
    for entry, elsewhere in meta.entries(body, {"whatsapp_business_account"}):
        if elsewhere:
            items.append(meta.nothing(identifier(entry.get("id")), elsewhere))
            continue
        for change in map(table, rows(entry.get("changes"))):
            items += _change(change, own)
    return items


def compose(to: Address, text: str, key: str, credentials: Credentials) -> Outbound:
    """A message that quotes the one it answers. Meta takes no idempotency key; `key` comes back in
    the message's statuses, as `tracker`.

    A phone number goes before a user id, as WhatsApp has it:
    https://developers.facebook.com/documentation/business-messaging/whatsapp/business-scoped-user-ids
    """
    if to.way != "message":
        raise KeyError(to.way)
    fields: dict[str, Any] = {
        "messaging_product": "whatsapp",
        **_receiver(to),
        "type": "text",
        "text": {"body": text, "preview_url": False},
        "biz_opaque_callback_data": key,
    }
    if to.message:
        fields["context"] = {"message_id": to.message}
    number = credentials.get("account") or to.account
    return meta.call(credentials, HOST, (number, "messages"), fields)


def outcome(response: Response) -> Outcome:
    """What the Cloud API's answer proves. What it has taken may still fail: a status tells then."""
    found = meta.answered(response)
    if found is None:
        return meta.refusal(response, CODES, PASSING)
    sent = rows(found.get("messages"))
    number = identifier(table(sent[0]).get("id")) if sent else None
    return Sent(number) if number else Unknown("HTTP 200 without an id")


def check(credentials: Credentials) -> Outbound | None:
    """Whether the token opens the phone number."""
    number = credentials.get("account") or "me"
    return meta.question(credentials, HOST, (number,), {"fields": "id"})


def _receiver(to: Address) -> dict[str, str]:
    person = to.author or to.conversation
    if to.context == "group":
        return {"recipient_type": "group", "to": to.conversation}
    name = "recipient" if USER_ID.fullmatch(person) else "to"
    return {"recipient_type": "individual", name: person}


def _change(change: dict[str, Any], own: Set[str]) -> list[Item]:
    field, value = text(change.get("field")), table(change.get("value"))
    account = identifier(table(value.get("metadata")).get("phone_number_id"))
    if field == "messages":
        found = [_message(table(one), value, own) for one in rows(value.get("messages"))]
        found += [_status(table(one), account) for one in rows(value.get("statuses"))]
        if found:
            return found
    echoes = rows(value.get("message_echoes")) if field == "smb_message_echoes" else []
    if found := [_message(table(one), value, own, echo=True) for one in echoes]:
        return found
    calls = rows(value.get("calls")) if field == "calls" else []
    if found := [_call(table(one), value, account) for one in calls]:
        return found
    return [
        Item(type="control", action="none", account_id=account, event=field, more=_codes(value))
    ]


def _message(
    message: dict[str, Any], value: dict[str, Any], own: Set[str], *, echo: bool = False
) -> Item:
    """A message of a person's, or an `echo`: of the business's own, typed in its app."""
    given = table(value.get("metadata"))
    sort = text(message.get("type")) or ""
    kind, action = TYPES.get(sort, ("control", "none"))
    changed = table(message.get(sort)) if sort in ("edit", "revoke", "reaction") else {}
    number = identifier(message.get("id"))
    if changed:
        name = "message_id" if sort == "reaction" else "original_message_id"
        number = identifier(changed.get(name))
    if kind != "control" and number is None:
        kind, action, sort = "control", "none", "unreadable"
    emoji = text(changed.get("emoji"))
    if kind == "reaction" and emoji is None:
        action = "delete"
    # An edit has the whole new message inside.
    content = table(changed.get("message")) if sort == "edit" else message
    inner = text(content.get("type")) or ""
    part = table(content.get(inner))
    contact = _contact(message, value)
    author = identifier(message.get("from")) or identifier(message.get("from_user_id"))
    if not echo:
        author = author or identifier(contact.get("wa_id")) or identifier(contact.get("user_id"))
    ours = echo or (
        author is not None and author in own | {identifier(given.get("display_phone_number"))}
    )
    recipient = identifier(message.get("to")) or identifier(message.get("to_user_id"))
    group = identifier(message.get("group_id"))
    person = identifier(message.get("to_user_id")) or recipient
    if not ours:
        person = identifier(message.get("from_user_id")) or identifier(contact.get("user_id"))
    at = meta.when(message.get("timestamp"))
    return Item(
        type=kind,
        action=action,
        own=ours,
        reply_candidate=_candidate(kind, action) if not ours else False,
        text=_words(inner, part),
        message_id=number,
        parent_id=identifier(table(content.get("context")).get("id")),
        account_id=identifier(given.get("phone_number_id")),
        author_id=author,
        author_name=text(table(contact.get("profile")).get("name")) if not ours else None,
        recipient_id=recipient,
        conversation_id=group or person or author,
        source_type="group" if group else None,
        created_at=at,
        edited_at=at if action == "edit" else None,
        media=(inner,) if inner in MEDIA else (),
        media_id=identifier(part.get("id")) if "mime_type" in part else None,
        event=(text(part.get("type")) or sort) if kind == "control" else None,
        message_type=sort or None,
        payload=_pressed(inner, part),
        more=({"emoji": emoji} if emoji else {}) | _codes(message),
        context="group" if group else None,
    )


def _call(call: dict[str, Any], value: dict[str, Any], account: str | None) -> Item:
    """A call asks for nothing, but who calls may be written to, as who writes.

    https://developers.facebook.com/documentation/business-messaging/whatsapp/calling/
    user-initiated-calls
    """
    by_person = call.get("direction") == "USER_INITIATED"
    contact = _contact(call, value)
    author = identifier(call.get("from")) or identifier(call.get("from_user_id"))
    person = identifier(call.get("from_user_id")) or identifier(contact.get("user_id"))
    return Item(
        type="control",
        action="none",
        account_id=account,
        author_id=author if by_person else None,
        author_name=text(table(contact.get("profile")).get("name")) if by_person else None,
        conversation_id=(person or author) if by_person else None,
        created_at=meta.when(call.get("timestamp")),
        event="calls",
        opens="message" if by_person and call.get("event") == "connect" else None,
    )


def _status(status: dict[str, Any], account: str | None) -> Item:
    recipient = identifier(status.get("recipient_id"))
    tracker = text(status.get("biz_opaque_callback_data"))
    return Item(
        type="status",
        action=STATUSES.get(text(status.get("status")) or "", "none"),
        message_id=identifier(status.get("id")),
        account_id=account,
        recipient_id=recipient or identifier(status.get("recipient_user_id")),
        conversation_id=identifier(status.get("recipient_user_id")) or recipient,
        created_at=meta.when(status.get("timestamp")),
        more=({"tracker": tracker} if tracker else {}) | _codes(status),
    )


def _contact(message: dict[str, Any], value: dict[str, Any]) -> dict[str, Any]:
    """The contact that a message is from: of several the one with its number or user id.

    A message may name nobody, where there is but one.
    """
    named = {identifier(message.get("from")), identifier(message.get("from_user_id"))} - {None}
    contacts = [table(one) for one in rows(value.get("contacts"))]
    for one in contacts:
        if named & {identifier(one.get("wa_id")), identifier(one.get("user_id"))}:
            return one
    return contacts[0] if not named and len(contacts) == 1 else {}


def _candidate(kind: ItemType, action: ItemAction) -> bool | None:
    if kind == "interaction":
        return None
    return kind == "message" and action == "create"


def _words(kind: str, part: dict[str, Any]) -> str | None:
    """What a person wrote, pressed or named."""
    match kind:
        case "location":
            words = [text(part.get("name")), text(part.get("address"))]
            return "\n".join(word for word in words if word) or None
        case "interactive":
            chosen = table(part.get(text(part.get("type")) or ""))
            return text(chosen.get("title")) or text(chosen.get("body"))
        case "text":
            return text(part.get("body"))
        case "button" | "order":
            return text(part.get("text"))
    return text(part.get("caption"))


def _pressed(kind: str, part: dict[str, Any]) -> str | None:
    """What a button, a list or a form sends back."""
    chosen = table(part.get(text(part.get("type")) or "")) if kind == "interactive" else {}
    if kind == "button":
        return text(part.get("payload"))
    return identifier(chosen.get("id")) or text(chosen.get("response_json"))


def _codes(told: dict[str, Any]) -> dict[str, Any]:
    """The numbers of the errors that something bears."""
    codes = [count(table(error).get("code")) for error in rows(told.get("errors"))]
    known = [code for code in codes if code is not None]
    return {"error_codes": known} if known else {}
