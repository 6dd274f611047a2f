"""Telegram bots: the Bot API's webhooks, and sendMessage.

Secret: `secret`, the secret_token given to setWebhook. Credentials: `token`, the bot's, and `base`.
https://core.telegram.org/bots/api#getting-updates
"""

from collections.abc import Mapping, Set
from typing import Any
from urllib.parse import quote

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
    Refusal,
    Response,
    Secret,
    Sent,
    Undecodable,
    Unknown,
    Way,
    read_json,
)

# https://core.telegram.org/bots/api#sendmessage, in the units of its entities
_WAYS: tuple[Way, ...] = ("message", "reply", "post")
_LIMITS = (Limit(4096, "utf16"),)
# https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this
_RATES = (Rate(1, 1.0, "conversation"), Rate(30, 1.0, "channel"))
RULES = RuleBook(
    ways={way: Manner(_LIMITS, rates=_RATES) for way in _WAYS},
    acknowledge=10.0,  # not documented: ours
    redelivers=24 * 3600.0,  # https://core.telegram.org/bots/api#getting-updates
    signs_body=False,
)
HOOKS: Mapping[str, str] = {
    "secret": "the secret_token that setWebhook is called with: long, random, yours to make"
}
TOKENS: Mapping[str, str] = {"token": "the bot's token, from @BotFather"}
READS: Mapping[str, str] = {}

MESSAGES: Mapping[str, tuple[ItemType, ItemAction]] = {
    "message": ("message", "create"),
    "edited_message": ("message", "edit"),
    "business_message": ("message", "create"),
    "edited_business_message": ("message", "edit"),
    "channel_post": ("post", "create"),
    "edited_channel_post": ("post", "edit"),
}
# All else asks for nothing; an inline_query comes with every key and has no chat to answer in.
KNOWN = MESSAGES.keys() | {"callback_query", "message_reaction", "deleted_business_messages"}
# In this order: a venue bears a location as well, an animation a document.
MEDIA = (
    "photo", "animation", "audio", "document", "paid_media", "sticker", "story", "video",
    "video_note", "voice", "checklist", "contact", "dice", "game", "poll", "venue", "location",
    "invoice",
)  # fmt: skip

# Descriptions of 400 that prove a refusal: https://github.com/TelegramBotAPI/errors, and
# https://core.telegram.org/method/messages.sendMessage for those in capitals.
REFUSALS: tuple[tuple[str, Refusal], ...] = (
    ("message is too long", "too_long"),
    ("message_too_long", "too_long"),
    ("message text is empty", "permanent"),
    ("text must be non-empty", "permanent"),
    ("chat not found", "permanent"),
    ("user not found", "permanent"),
    ("peer_id_invalid", "permanent"),
    ("chat_id is empty", "permanent"),
    ("group chat was deactivated", "permanent"),
    ("group is deactivated", "permanent"),
    ("message to be replied not found", "permanent"),
    ("reply message not found", "permanent"),
    ("not enough rights", "permission"),
    ("have no rights", "permission"),
    ("need administrator rights", "permission"),
    ("chat_write_forbidden", "permission"),
    ("chat_send_plain_forbidden", "permission"),
    ("chat_restricted", "permission"),
    ("topic_closed", "permission"),
    ("business_connection_invalid", "permission"),
    ("business_peer_usage_missing", "window_closed"),
)
# Of the reasons for a 403, those that lie with the person and not with the bot's rights.
GONE = ("blocked by the user", "user is deactivated", "initiate conversation", "to bots")


def verify(request: Inbound, secret: Secret, now: float | None) -> bytes:
    """The body, if the request knows the secret token. Telegram signs neither body nor time.

    https://core.telegram.org/bots/api#setwebhook
    """
    given = header(request, "x-telegram-bot-api-secret-token")
    if not any([same(given, each) for each in values(secret, "secret")]):
        raise BadSignature("x-telegram-bot-api-secret-token does not match")
    return request.body


def parse(body: bytes, headers: Mapping[str, str], own: Set[str]) -> list[Item]:
    """The items of an update: one, or one for each message that a business chat has deleted.

    Raises Undecodable if it is no update, or not what the name of its content promises.
    """
    update = read_json(body)
    number = identifier(update.get("update_id")) if isinstance(update, dict) else None
    if number is None:
        raise Undecodable("no update_id")
    names = [name for name in update if name != "update_id"]
    name = next((name for name in names if name in KNOWN), names[0] if names else None)
    content = table(update.get(name))
    match name:
        case str() if name in MESSAGES:
            return [_message(name, content, number, own)]
        case "callback_query":
            return [_interaction(content, number, own)]
        case "message_reaction":
            return [_reaction(content, number, own)]
        case "deleted_business_messages":
            return _deleted(content, number)
    return [
        Item(
            type="control",
            action="none",
            event=name,
            event_id=number,
            author_id=identifier(table(content.get("from")).get("id")),
            conversation_id=identifier(table(content.get("chat")).get("id")),
            created_at=moment(content.get("date")),
        )
    ]


def compose(to: Address, text: str, key: str, credentials: Credentials) -> Outbound:
    """A message that quotes the one it answers, if that is still there. `key` has no use here.

    Plain text: without parse_mode nothing that a person wrote can become markup.
    https://core.telegram.org/bots/api#sendmessage
    """
    if to.way not in RULES.ways:
        raise KeyError(to.way)
    base = (credentials.get("base") or "https://api.telegram.org").rstrip("/")
    fields: dict[str, Any] = {"chat_id": _number(to.conversation or to.author), "text": text}
    if isinstance(message := _number(to.message), int):
        fields["reply_parameters"] = {
            "message_id": message,
            "allow_sending_without_reply": True,
        }
    if to.reply_token:  # the answer comes from the business account, not from the bot
        fields["business_connection_id"] = to.reply_token
    token = quote(credentials["token"], safe=":")
    return calls.post(f"{base}/bot{token}/sendMessage", fields, {})


def outcome(response: Response) -> Outcome:
    """What the Bot API's answer proves. There is no idempotency: a 5xx stays unknown.

    https://core.telegram.org/bots/api#making-requests
    """
    answer = calls.json_object(response.body)
    if answer is None:
        return Unknown(f"HTTP {response.status} without the Bot API's JSON")
    if response.status == 200 and answer.get("ok") is True:
        number = identifier(table(answer.get("result")).get("message_id"))
        return Sent(number) if number else Unknown("200 without a message_id")
    reason = text(answer.get("description")) or f"HTTP {response.status}"
    code = answer.get("error_code", response.status)
    if answer.get("ok") is not False or code != response.status:
        return Unknown(reason)
    said = reason.lower()
    parameters = table(answer.get("parameters"))
    match response.status:
        case 401 | 404:  # a malformed token gives 404
            return NotSent("token_invalid", reason)
        case 403:
            gone = any(part in said for part in GONE)
            return NotSent("permanent" if gone else "permission", reason)
        case 429:
            asked = parameters.get("retry_after", response.headers.get("retry-after"))
            return NotSent("rate_limited", reason, calls.wait(asked))
        case 400 if chat := identifier(parameters.get("migrate_to_chat_id")):
            return NotSent("migrate", f"{reason}: now {chat}")
        case 400:
            for part, kind in REFUSALS:
                if part in said:
                    return NotSent(kind, reason)
    return Unknown(reason)


def _message(name: str, message: dict[str, Any], event: str, own: Set[str]) -> Item:
    """https://core.telegram.org/bots/api#message"""
    kind, action = MESSAGES[name]
    chat = table(message.get("chat"))
    where, number = identifier(chat.get("id")), identifier(message.get("message_id"))
    if where is None or number is None:
        raise Undecodable(f"{name} without chat or message_id")
    # Anonymous administrators and channels speak through a placeholder in `from`.
    sender = table(message.get("from"))
    speaker = table(message.get("sender_chat")) or sender
    bot = flag(speaker.get("is_bot"))
    author = identifier(speaker.get("id"))
    ours = bool(own & {author, identifier(sender.get("id"))}) or _business_own(message, chat)
    media = next((part for part in MEDIA if part in message), None)
    words = text(message.get("text")) or text(message.get("caption"))
    if words is None and media is None:  # someone joined, a message was pinned …
        kind, action = "control", "none"
    answerable = name in ("message", "business_message") and kind == "message"
    forwarded = message.get("is_automatic_forward") is True  # by the group's own channel
    return Item(
        type=kind,
        action=action,
        own=ours,
        reply_candidate=answerable and not (ours or bot or forwarded),
        text=words,
        event_id=event,
        message_id=number,
        parent_id=identifier(table(message.get("reply_to_message")).get("message_id")),
        author_id=author,
        author_name=_name(speaker),
        from_bot=bot,
        conversation_id=where,
        created_at=moment(message.get("date")),
        edited_at=moment(message.get("edit_date")),
        source_type=text(chat.get("type")),
        media=(media,) if media else (),
        media_id=_file(message, media),
        event=None if kind == "message" else name,
        permalink=_permalink(chat, number),
        lang=text(sender.get("language_code")),
        reply_token=text(message.get("business_connection_id")),
    )


def _business_own(message: dict[str, Any], chat: dict[str, Any]) -> bool:
    """Whether a business account wrote this itself: its chats are private, with the customer."""
    if "business_connection_id" not in message:
        return False
    author = identifier(table(message.get("from")).get("id"))
    return "sender_business_bot" in message or author not in (None, identifier(chat.get("id")))


def _interaction(query: dict[str, Any], event: str, own: Set[str]) -> Item:
    """https://core.telegram.org/bots/api#callbackquery"""
    number = identifier(query.get("id"))
    if number is None:
        raise Undecodable("callback_query without an id")
    author, message = table(query.get("from")), table(query.get("message"))
    ours = identifier(author.get("id")) in own
    chat = table(message.get("chat"))
    return Item(
        type="interaction",
        action="create",
        own=ours,
        reply_candidate=False if ours else None,
        event="callback_query",
        event_id=event,
        interaction_id=number,
        payload=text(query.get("data")) or text(query.get("game_short_name")),
        message_id=identifier(message.get("message_id")),
        conversation_id=identifier(chat.get("id")),
        source_type=text(chat.get("type")),
        author_id=identifier(author.get("id")),
        author_name=_name(author),
        from_bot=flag(author.get("is_bot")),
        lang=text(author.get("language_code")),
    )


def _reaction(change: dict[str, Any], event: str, own: Set[str]) -> Item:
    """https://core.telegram.org/bots/api#messagereactionupdated"""
    author = table(change.get("user")) or table(change.get("actor_chat"))
    new = [table(part) for part in rows(change.get("new_reaction"))]
    emoji = (text(part.get("emoji")) or text(part.get("type")) for part in new)
    chat = table(change.get("chat"))
    return Item(
        type="reaction",
        action="create" if new else "delete",
        own=identifier(author.get("id")) in own,
        event="message_reaction",
        event_id=event,
        message_id=identifier(change.get("message_id")),
        conversation_id=identifier(chat.get("id")),
        source_type=text(chat.get("type")),
        author_id=identifier(author.get("id")),
        author_name=_name(author),
        from_bot=flag(author.get("is_bot")),
        created_at=moment(change.get("date")),
        payload=" ".join(part for part in emoji if part) or None,
    )


def _deleted(change: dict[str, Any], event: str) -> list[Item]:
    """https://core.telegram.org/bots/api#businessmessagesdeleted"""
    chat = table(change.get("chat"))
    where = identifier(chat.get("id"))
    numbers = [identifier(number) for number in rows(change.get("message_ids"))]
    if where is None or not any(numbers):
        raise Undecodable("deleted_business_messages without chat or message_ids")
    return [
        Item(
            type="message",
            action="delete",
            event="deleted_business_messages",
            event_id=event,
            message_id=number,
            conversation_id=where,
            source_type=text(chat.get("type")),
        )
        for number in numbers
        if number
    ]


def _name(who: dict[str, Any]) -> str | None:
    """The username, or the name that a person or a chat goes by."""
    if shown := text(who.get("username")) or text(who.get("title")):
        return shown
    parts = [text(who.get("first_name")), text(who.get("last_name"))]
    return " ".join(part for part in parts if part) or None


def _file(message: dict[str, Any], media: str | None) -> str | None:
    """The id under which getFile has the file; of a photo's sizes the largest, which is last."""
    content = message.get(media or "")
    sizes = rows(content)
    return text(table(sizes[-1] if sizes else content).get("file_id"))


def _permalink(chat: dict[str, Any], message: str) -> str | None:
    """https://core.telegram.org/api/links#message-links: only public chats have one for all."""
    name = text(chat.get("username"))
    if name is None or chat.get("type") not in ("supergroup", "channel"):
        return None
    return f"https://t.me/{quote(name, safe='')}/{quote(message, safe='')}"


def _number(identity: str) -> int | str:
    """An id as the number that the Bot API wants; a @name stays as it is."""
    digits = identity.removeprefix("-")
    number = digits.isascii() and digits.isdigit() and len(digits) < 20
    return int(identity) if number else identity
