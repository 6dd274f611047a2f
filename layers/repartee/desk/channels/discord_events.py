"""What Discord reports: interactions, webhook events and messages of channels, as items."""

from collections.abc import Mapping, Set
from datetime import datetime
from typing import Any

from desk.untrusted import flag, identifier, instant, moment, rows, table, text
from desk.wire import Item, ItemAction, ItemType, Undecodable

_EPOCH = 1_420_070_400_000
"""The first millisecond of 2015: https://docs.discord.com/developers/reference#snowflakes"""
# https://docs.discord.com/developers/events/webhook-events#event-types: all else is control.
EVENTS: Mapping[str, ItemAction] = {
    "LOBBY_MESSAGE_CREATE": "create",
    "LOBBY_MESSAGE_UPDATE": "edit",
    "LOBBY_MESSAGE_DELETE": "delete",
    "GAME_DIRECT_MESSAGE_CREATE": "create",
    "GAME_DIRECT_MESSAGE_UPDATE": "edit",
    "GAME_DIRECT_MESSAGE_DELETE": "delete",
}
# Ordinary words of a person and an answer to them: #message-object-message-types
_WORDS = (0, 19, 20, 23)


def interaction(given: dict[str, Any], name: str, account: str, own: Set[str]) -> Item:
    """https://docs.discord.com/developers/interactions/receiving-and-responding#interaction-object"""
    number = identifier(given.get("id"))
    if number is None:
        raise Undecodable("an interaction without an id")
    who = table(table(given.get("member")).get("user")) or table(given.get("user"))
    data, author = table(given.get("data")), identifier(who.get("id"))
    ours = author in own
    return Item(
        type="interaction",
        action="create",
        own=ours,
        reply_candidate=False if ours else None,
        text="\n".join(_typed(data)) or None,
        event=name,
        interaction_id=number,
        message_id=number,
        payload=text(data.get("name")) or text(data.get("custom_id")),
        account_id=account,
        author_id=author,
        author_name=text(who.get("username")),
        conversation_id=identifier(given.get("channel_id")),
        created_at=_created(number),
        lang=text(given.get("locale")),
        reply_token=text(given.get("token")),
        context=account,
    )


def _typed(data: dict[str, Any]) -> list[str]:
    """What a person typed into a command's options or a form's fields."""
    words: list[str] = []
    level = [data]
    while level:
        parts = [
            table(part)
            for whole in level
            for name in ("options", "components")
            for part in rows(whole.get(name))
        ]
        words += [value for part in parts if (value := text(part.get("value")))]
        level = parts
    return words


def webhook_event(event: dict[str, Any], account: str, own: Set[str]) -> Item:
    """https://docs.discord.com/developers/events/webhook-events: times without a zone are UTC."""
    name, data = text(event.get("type")), table(event.get("data"))
    if name is None:
        raise Undecodable("an event without a type")
    who = table(data.get("author")) or table(data.get("user"))
    author = identifier(who.get("id")) or identifier(data.get("user_id"))
    number, action = identifier(data.get("id")), EVENTS.get(name)
    if action is not None and number is None:
        raise Undecodable(f"{name} without an id")
    edited = instant(data.get("edited_timestamp")) if action == "edit" else None
    stamp = event.get("timestamp")
    return Item(
        type="message" if action else "control",
        action=action or "none",
        own=author in own,
        text=text(data.get("content")),
        event=name,
        message_id=number,
        account_id=account,
        author_id=author,
        author_name=text(who.get("username")),
        from_bot=flag(who.get("bot")),
        conversation_id=identifier(data.get("channel_id")) or identifier(data.get("lobby_id")),
        created_at=edited or instant(stamp) or instant(f"{stamp}Z"),
        edited_at=edited,
        media=("attachment",) * len(rows(data.get("attachments"))),
    )


def message(row: dict[str, Any], own: Set[str]) -> Item:
    """A message of a channel: https://docs.discord.com/developers/resources/message#message-object"""
    number, where = identifier(row.get("id")), identifier(row.get("channel_id"))
    if number is None or where is None:
        raise Undecodable("a message without id or channel_id")
    who, about = table(row.get("author")), table(row.get("referenced_message"))
    author, bot = identifier(who.get("id")), flag(who.get("bot"))
    named = {identifier(table(each).get("id")) for each in rows(row.get("mentions"))}
    kind: ItemType = "mention" if named & own else "message"
    spoken = row.get("type", 0) in _WORDS
    return Item(
        type=kind if spoken else "control",
        action="create" if spoken else "none",
        own=author in own,
        reply_candidate=spoken and author not in own and not bot,
        text=text(row.get("content")),
        message_id=number,
        parent_id=identifier(about.get("id")),
        author_id=author,
        author_name=text(who.get("username")),
        from_bot=bot,
        conversation_id=where,
        created_at=instant(row.get("timestamp")) or _created(number),
        media=("attachment",) * len(rows(row.get("attachments"))),
    )


def _created(number: str) -> datetime | None:
    """The time that is in an id."""
    if not snowflake(number):
        return None
    return moment((int(number) >> 22) + _EPOCH, per_second=1000)


def snowflake(number: str) -> bool:
    return number.isascii() and number.isdigit() and len(number) < 21
