"""What Slack reports: messages, reactions, slash commands and what was pressed, as items."""

from collections.abc import Mapping, Set
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl

from desk.untrusted import identifier, moment, rows, table, text
from desk.wire import Item, ItemAction, ItemType, Undecodable, read_json

# https://docs.slack.dev/reference/events/message: other subtypes tell that somebody joined,
# renamed, pinned …
SAID = (None, "file_share", "thread_broadcast", "me_message", "bot_message")
REACTIONS: Mapping[str, ItemAction] = {"reaction_added": "create", "reaction_removed": "delete"}
PRESSES = ("block_actions", "interactive_message", "message_action", "shortcut", "view_submission")


def message(
    event: dict[str, Any],
    name: str,
    number: str | None,
    account: str | None,
    app: Any,
    own: Set[str],
) -> Item:
    """https://docs.slack.dev/reference/events/message and …/app_mention"""
    subtype = text(event.get("subtype"))
    kind: ItemType = "mention" if name == "app_mention" else "message"
    action: ItemAction = "create"
    message, before = event, table(event.get("previous_message"))
    match subtype:
        case "message_changed":
            message, action = table(event.get("message")), "edit"
            if message.get("text") == before.get("text"):  # Slack has unfurled a link, say
                kind, action = "control", "none"
        case "message_deleted":
            message, action = before, "delete"
        case _ if subtype not in SAID:
            kind, action = "control", "none"
    stamp = identifier(event.get("deleted_ts")) or identifier(message.get("ts"))
    where = identifier(event.get("channel"))
    if (stamp is None or where is None) and kind != "control":
        raise Undecodable(f"{name} without channel or ts")
    profile = table(message.get("bot_profile"))
    user, bot = identifier(message.get("user")), identifier(message.get("bot_id"))
    ours = bool(own & {user, bot}) or (
        text(app) is not None and app in (message.get("app_id"), profile.get("app_id"))
    )
    machine = bot is not None or subtype == "bot_message" or user == "USLACKBOT"
    thread = identifier(message.get("thread_ts"))
    direct = event.get("channel_type") == "im"
    said = text(message.get("text")) if action != "delete" else None
    files = [table(each) for each in rows(message.get("files"))]
    edited = table(message.get("edited")).get("ts") or event.get("event_ts")
    when = time_of(stamp)
    return Item(
        type=kind,
        action=action,
        own=ours,
        reply_candidate=action == "create" and not (ours or machine),
        text=unescaped(said) if said else None,
        event=None if name == "message" and subtype is None else subtype or name,
        event_id=number,
        message_id=stamp,
        thread_id=thread,
        parent_id=thread if thread != stamp else None,
        account_id=account,
        author_id=user or bot,
        author_name=text(message.get("username")) or text(profile.get("name")),
        from_bot=machine or None,
        conversation_id=where,
        created_at=when,
        edited_at=time_of(edited) if action == "edit" else None,
        source_type=text(event.get("channel_type")),
        media=("file",) * len(files),
        media_id=identifier(files[0].get("id")) if files else None,
        context=thread or (None if direct else stamp),
    )


def reaction(
    event: dict[str, Any], name: str, number: str | None, account: str | None, own: Set[str]
) -> Item:
    """https://docs.slack.dev/reference/events/reaction_added"""
    item, author = table(event.get("item")), identifier(event.get("user"))
    emoji = text(event.get("reaction"))
    return Item(
        type="reaction",
        action=REACTIONS[name],
        own=author in own,
        event=name,
        event_id=number,
        message_id=identifier(item.get("ts")),
        account_id=account,
        author_id=author,
        conversation_id=identifier(item.get("channel")),
        created_at=time_of(event.get("event_ts")),
        more={"emoji": emoji} if emoji else {},
    )


def form(body: bytes, own: Set[str]) -> Item:
    """A slash command, or what was pressed: https://docs.slack.dev/interactivity/

    Raises Undecodable for any other form.
    """
    try:
        fields = dict(parse_qsl(body.decode(), max_num_fields=100))
    except ValueError as error:
        raise Undecodable(f"no form: {error}") from None
    if "ssl_check" in fields:
        return Item(type="control", action="none", event="ssl_check")
    if command := fields.get("command"):
        author = text(fields.get("user_id"))
        return Item(
            type="interaction",
            action="create",
            own=author in own,
            reply_candidate=False if author in own else None,
            text=unescaped(fields.get("text", "")) or None,
            event="slash_command",
            interaction_id=text(fields.get("trigger_id")),
            payload=command,
            account_id=text(fields.get("team_id")),
            author_id=author,
            author_name=text(fields.get("user_name")),
            conversation_id=text(fields.get("channel_id")),
        )
    pressed = read_json(fields.get("payload", "").encode())
    kind = text(pressed.get("type")) if isinstance(pressed, dict) else None
    if kind is None:
        raise Undecodable("neither a command nor something pressed")
    who, message = table(pressed.get("user")), table(pressed.get("message"))
    action = table(next(iter(rows(pressed.get("actions"))), None))
    author, stamp = identifier(who.get("id")), identifier(message.get("ts"))
    known = kind in PRESSES
    return Item(
        type="interaction" if known else "control",
        action="create" if known else "none",
        own=author in own,
        reply_candidate=None if known and author not in own else False,
        event=kind,
        interaction_id=identifier(pressed.get("trigger_id")),
        payload=text(action.get("value"))
        or text(action.get("action_id"))
        or text(pressed.get("callback_id")),
        message_id=stamp,
        account_id=identifier(table(pressed.get("team")).get("id")),
        author_id=author,
        author_name=text(who.get("username")) or text(who.get("name")),
        conversation_id=identifier(table(pressed.get("channel")).get("id")),
        created_at=time_of(action.get("action_ts")),
        context=identifier(message.get("thread_ts")) or stamp,
    )


def unescaped(said: str) -> str:
    return said.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def time_of(stamp: Any) -> datetime | None:
    """The time in a `ts`, whose six digits a float would lose."""
    whole, _, part = str(stamp).partition(".")
    return moment(f"{whole}{part[:6]:0<6}", per_second=1_000_000)
