"""Private conversations with a Page or an Instagram account: both speak as Messenger does.

https://developers.facebook.com/docs/messenger-platform/reference/webhook-events
"""

from collections.abc import Mapping, Set
from typing import Any

from desk.channels.meta import DAY, answered, our_own, question, when
from desk.rulebook import Window
from desk.untrusted import flag, identifier, rows, table, text
from desk.wire import Address, Credentials, Item, ItemAction, ItemType, Outbound, Response, Unknown

# https://developers.facebook.com/documentation/business-messaging/messenger-platform/policy:
# 24 h for anybody, 7 days for people with the tag, and 7 days for who comes by an advertisement.
CONVERSATION = (
    Window(frozenset({"message", "interaction", "ad"}), DAY),
    Window(frozenset({"ad"}), 7 * DAY),
    Window(frozenset({"message", "interaction", "ad"}), 7 * DAY, by_person=True, tag="HUMAN_AGENT"),
)
# https://developers.facebook.com/documentation/business-messaging/messenger-platform/discovery/
# private-replies: one for each comment, within 7 days.
PRIVATE = (Window(frozenset({"comment"}), 7 * DAY),)

# https://developers.facebook.com/docs/messenger-platform/reference/webhook-events
EVENTS: Mapping[str, tuple[ItemType, ItemAction]] = {
    "message": ("message", "create"),
    "message_edit": ("message", "edit"),
    "postback": ("interaction", "create"),
    "reaction": ("reaction", "create"),
    # These tell up to when all was read or delivered, and name no message.
    "read": ("status", "none"),
    "delivery": ("status", "none"),
}
ENVELOPE = ("sender", "recipient", "timestamp", "is_self", "is_echo", "app_id")


def conversations(entry: dict[str, Any], own: Set[str]) -> list[Item]:
    """What an entry tells of private conversations, on Messenger and Instagram alike.

    In `standby` another application has the conversation: read, never answered.
    """
    account = identifier(entry.get("id"))
    return [
        heard(table(event), account, own, standby=name == "standby")
        for name in ("messaging", "standby")
        for event in rows(entry.get(name))
    ]


def spoken(to: dict[str, str], words: str, tag: str) -> dict[str, Any]:
    """The body that says `words` in a private conversation.

    https://developers.facebook.com/docs/messenger-platform/reference/send-api
    """
    kind = {"messaging_type": "MESSAGE_TAG", "tag": tag} if tag else {"messaging_type": "RESPONSE"}
    return {"recipient": to, **kind, "message": {"text": words}}


def asked(to: Address, credentials: Credentials, host: str, kind: str) -> Outbound:
    """The call that lists the latest messages of a private conversation.

    https://developers.facebook.com/docs/messenger-platform/conversations
    """
    fields = {
        "platform": kind,
        "user_id": to.conversation or to.author,
        "fields": "messages.limit(20){id,message,from}",
    }
    return question(credentials, host, ("me", "conversations"), fields)


def looked_up(response: Response, to: Address, text: str) -> str | Unknown | None:
    """The id of our own text in a conversation or a thread.

    In a conversation of two, what the other did not write is ours.
    """

    def ours(row: dict[str, Any]) -> bool:
        author = identifier(table(row.get("from")).get("id"))
        return author not in (None, to.author) if to.way == "message" else author == to.account

    found = answered(response)
    if to.way != "message":
        return our_own(found, text, ours)
    listed = rows((found or {}).get("data"))
    if len(listed) != 1:
        return Unknown("the conversation was not found")
    return our_own(table(listed[0]).get("messages"), text, ours)


def heard(
    event: dict[str, Any], account: str | None, own: Set[str], *, standby: bool = False
) -> Item:
    """What one event of a private conversation is."""
    named = [name for name in event if name not in ENVELOPE]
    name = next((name for name in EVENTS if name in named), named[0] if named else None)
    content = table(event.get(name or ""))
    sender, receiver = table(event.get("sender")), table(event.get("recipient"))
    author = identifier(sender.get("id")) or identifier(sender.get("user_ref"))
    recipient = identifier(receiver.get("id")) or identifier(receiver.get("user_ref"))
    echo = any(flag(part.get(sign)) for part in (content, event) for sign in ("is_echo", "is_self"))
    ours = echo or (author is not None and author in own | {account})
    number = identifier(content.get("mid"))
    kind, action = EVENTS.get(name or "", ("control", "none"))
    if kind == "message" and number is None:
        kind, action, name = "control", "none", "unreadable"
    if kind == "message" and flag(content.get("is_deleted")):
        action = "delete"
    if kind == "reaction" and content.get("action") == "unreact":
        action = "delete"
    at = when(event.get("timestamp"))
    answer_to = table(content.get("reply_to"))
    more = {
        "quick_reply": text(table(content.get("quick_reply")).get("payload")),
        "story_id": identifier(table(answer_to.get("story")).get("id")),
        "emoji": text(content.get("emoji")),
    }
    referral = table(content.get("referral"))
    candidate: bool | None = kind == "message" and action == "create"
    if kind == "interaction":
        candidate = None
    return Item(
        type=kind,
        action=action,
        own=ours,
        reply_candidate=False if ours or standby else candidate,
        text=text(content.get("text")) or text(content.get("title")),
        message_id=number,
        parent_id=identifier(answer_to.get("mid")),
        account_id=account,
        author_id=author,
        recipient_id=recipient,
        conversation_id=recipient if ours else author,
        created_at=at,
        edited_at=at if action == "edit" else None,
        media=_kinds(content),
        event=name if kind != "message" else None,
        payload=text(content.get("payload")) or text(content.get("reaction")),
        standby=True if standby else None,
        opens="ad" if referral.get("source") == "ADS" and not ours else None,
        more={name: value for name, value in more.items() if value},
        context="user_ref" if "id" not in sender and author and not ours else None,
    )


def _kinds(message: dict[str, Any]) -> tuple[str, ...]:
    kinds = [text(table(one).get("type")) for one in rows(message.get("attachments"))]
    return tuple(kind for kind in kinds if kind)
