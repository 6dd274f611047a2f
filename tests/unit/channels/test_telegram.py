"""Telegram: what its updates say, what we send, and what the Bot API's answers prove."""

import json
from typing import Any

import pytest

from desk.channels import telegram
from desk.wire import (
    Address,
    BadSignature,
    Inbound,
    Item,
    NotSent,
    Refusal,
    Response,
    Sent,
    Undecodable,
    Unknown,
    iso,
)

SECRET = {"platform": "telegram", "secret": "sesame"}
ANN = {"id": 71, "is_bot": False, "first_name": "Ann", "last_name": "Lee", "language_code": "uk"}
NOBODY: frozenset[str] = frozenset()


def update(name: str, content: Any) -> bytes:
    return json.dumps({"update_id": 900, name: content}).encode()


def message(**more: Any) -> dict[str, Any]:
    chat = {"id": 71, "type": "private", "first_name": "Ann"}
    plain = {"message_id": 5, "from": ANN, "chat": chat, "date": 1_700_000_000, "text": "де?"}
    return {key: value for key, value in (plain | more).items() if value is not None}


def parsed(name: str = "message", more: dict[str, Any] | None = None, /, **rest: Any) -> Item:
    [item] = telegram.parse(update(name, message(**(more or {}), **rest)), {}, NOBODY)
    return item


def said_by(sender: dict[str, Any] | None) -> dict[str, Any]:
    return {"from": sender}


def request(token: str | None) -> Inbound:
    headers = {} if token is None else {"x-telegram-bot-api-secret-token": token}
    return Inbound("POST", headers, {}, b"{}")


def test_a_request_that_knows_the_secret_token_is_genuine() -> None:
    assert telegram.verify(request("sesame"), SECRET, 0) == b"{}"


@pytest.mark.parametrize(
    ("token", "reason"),
    [(None, "missing"), ("", "missing"), ("Sesame", "does not match"), ("é", "does not match")],
)
def test_a_request_that_does_not_is_refused_with_its_reason(token: str | None, reason: str) -> None:
    with pytest.raises(BadSignature, match=reason):
        telegram.verify(request(token), SECRET, None)


def test_during_a_rotation_the_previous_token_is_good() -> None:
    rotating = {"secret": "new", "previous_secret": "old"}
    assert telegram.verify(request("old"), rotating, None) == b"{}"
    with pytest.raises(BadSignature):
        telegram.verify(request("older"), rotating, None)


@pytest.mark.parametrize("secret", [{}, {"secret": ""}])
def test_a_channel_without_a_secret_believes_nobody(secret: dict[str, str]) -> None:
    with pytest.raises(BadSignature):
        telegram.verify(request(""), secret, None)
    with pytest.raises(BadSignature, match="has no secret"):
        telegram.verify(request("x"), secret, None)


def test_a_text_is_a_message_with_its_author_language_and_chat() -> None:
    item = parsed()
    assert (item.type, item.action, item.reply_candidate) == ("message", "create", True)
    assert (item.text, item.message_id, item.conversation_id) == ("де?", "5", "71")
    assert (item.author_id, item.author_name, item.lang) == ("71", "Ann Lee", "uk")
    assert (item.event_id, item.source_type, item.from_bot) == ("900", "private", False)
    assert item.created_at is not None
    assert iso(item.created_at) == "2023-11-14T22:13:20Z"


def test_the_username_goes_before_the_name() -> None:
    assert parsed("message", said_by(ANN | {"username": "annlee"})).author_name == "annlee"


def test_an_edit_bears_its_time_and_is_not_answered() -> None:
    item = parsed("edited_message", edit_date=1_700_000_060)
    assert (item.action, item.reply_candidate) == ("edit", False)
    assert item.edited_at is not None
    assert iso(item.edited_at) == "2023-11-14T22:14:20Z"


def test_the_message_that_is_answered_is_the_parent() -> None:
    assert parsed(reply_to_message={"message_id": 4}).parent_id == "4"


@pytest.mark.parametrize(
    ("content", "media", "file", "text"),
    [
        ({"photo": [{"file_id": "s"}, {"file_id": "l"}], "caption": "see"}, "photo", "l", "see"),
        ({"voice": {"file_id": "v"}}, "voice", "v", None),
        ({"animation": {"file_id": "a"}, "document": {"file_id": "a"}}, "animation", "a", None),
        ({"venue": {"title": "x"}, "location": {}}, "venue", None, None),
        ({"sticker": "broken"}, "sticker", None, None),
    ],
)
def test_media_bears_its_kind_its_file_and_its_caption(
    content: dict[str, Any], media: str, file: str | None, text: str | None
) -> None:
    item = parsed(text=None, **content)
    assert (item.media, item.media_id, item.text) == ((media,), file, text)
    assert item.reply_candidate is True


@pytest.mark.parametrize("news", [{"new_chat_members": [ANN]}, {"pinned_message": {}}, {}])
def test_a_service_message_asks_for_nothing(news: dict[str, Any]) -> None:
    item = parsed(text=None, **news)
    assert (item.type, item.action, item.reply_candidate) == ("control", "none", False)


def test_bots_and_our_own_accounts_are_not_answered() -> None:
    bot = parsed("message", said_by({"id": 72, "is_bot": True, "username": "other_bot"}))
    assert (bot.from_bot, bot.own, bot.reply_candidate) == (True, False, False)
    [ours] = telegram.parse(update("message", message()), {}, frozenset({"71"}))
    assert (ours.own, ours.reply_candidate) == (True, False)


def test_who_speaks_as_a_channel_is_that_channel_and_not_telegram_s_placeholder() -> None:
    placeholder = {"id": 136_817_688, "is_bot": True, "username": "Channel_Bot"}
    channel = {"id": -1001, "type": "channel", "title": "Garden News"}
    item = parsed("message", said_by(placeholder), sender_chat=channel)
    assert (item.author_id, item.author_name, item.from_bot) == ("-1001", "Garden News", None)
    assert item.reply_candidate is True
    forwarded = parsed(sender_chat=channel, is_automatic_forward=True)
    assert forwarded.reply_candidate is False


def test_channel_posts_are_posts_and_public_ones_have_a_link() -> None:
    chat = {"id": -1002, "type": "channel", "username": "shop", "title": "Shop"}
    post = parsed("channel_post", said_by(None), chat=chat, sender_chat=chat)
    assert (post.type, post.action, post.reply_candidate) == ("post", "create", False)
    assert (post.author_id, post.permalink) == ("-1002", "https://t.me/shop/5")
    assert parsed("edited_channel_post", chat=chat).action == "edit"
    assert parsed().permalink is None


def test_in_a_business_chat_the_customer_is_answered_and_the_business_is_not() -> None:
    theirs = parsed("business_message", business_connection_id="bc")
    assert (theirs.own, theirs.reply_candidate, theirs.reply_token) == (False, True, "bc")
    owner = {"id": 99, "is_bot": False, "first_name": "Shop"}
    own = parsed("business_message", said_by(owner), business_connection_id="bc")
    assert (own.own, own.reply_candidate) == (True, False)
    robot = {"id": 1, "is_bot": True}
    sent = parsed("business_message", business_connection_id="bc", sender_business_bot=robot)
    assert (sent.own, sent.reply_candidate) == (True, False)
    edit = parsed("edited_business_message", business_connection_id="bc")
    assert (edit.action, edit.reply_candidate) == ("edit", False)


def test_deleted_business_messages_are_deletions_one_by_one() -> None:
    content = {"business_connection_id": "bc", "chat": {"id": 71}, "message_ids": [5, "6", None]}
    items = telegram.parse(update("deleted_business_messages", content), {}, NOBODY)
    assert [(item.type, item.action, item.message_id) for item in items] == [
        ("message", "delete", "5"),
        ("message", "delete", "6"),
    ]


def test_pressing_a_button_leaves_the_answer_to_the_brand() -> None:
    robot = message(**{"from": {"id": 1, "is_bot": True}})
    content = {"id": "40", "from": ANN, "message": robot, "data": "YES"}
    [item] = telegram.parse(update("callback_query", content), {}, NOBODY)
    assert (item.type, item.reply_candidate, item.payload) == ("interaction", None, "YES")
    assert (item.interaction_id, item.author_id, item.conversation_id) == ("40", "71", "71")
    assert (item.message_id, item.text) == ("5", None)


def test_a_reaction_is_given_or_taken_back() -> None:
    heart = [{"type": "emoji", "emoji": "❤"}]
    content = {"chat": {"id": -5, "type": "group"}, "message_id": 5, "user": ANN, "date": 1_700_000}
    given = update("message_reaction", content | {"old_reaction": [], "new_reaction": heart})
    [item] = telegram.parse(given, {}, NOBODY)
    assert (item.type, item.action, item.payload) == ("reaction", "create", "❤")
    assert (item.message_id, item.author_id, item.reply_candidate) == ("5", "71", False)
    taken = update("message_reaction", content | {"old_reaction": heart, "new_reaction": []})
    [item] = telegram.parse(taken, {}, NOBODY)
    assert item.action == "delete"


@pytest.mark.parametrize("name", ["my_chat_member", "inline_query", "poll", "some_future_update"])
def test_other_updates_ask_for_nothing(name: str) -> None:
    [item] = telegram.parse(update(name, {"from": ANN, "date": 1_700_000_000}), {}, NOBODY)
    assert (item.type, item.action, item.reply_candidate) == ("control", "none", False)
    assert (item.event, item.event_id, item.author_id) == (name, "900", "71")


def test_a_field_that_telegram_adds_beside_the_message_does_not_hide_it() -> None:
    body = json.dumps({"update_id": 1, "flags": 3, "message": message()}).encode()
    assert telegram.parse(body, {}, NOBODY)[0].text == "де?"


@pytest.mark.parametrize("date", [-5, 0, 10**15, "x", None, 1e308])
def test_an_absurd_time_is_no_time(date: Any) -> None:
    assert parsed(date=date).created_at is None


@pytest.mark.parametrize(
    "body",
    [
        b"[]",
        b"{}",
        b'{"update_id": null, "message": {}}',
        update("message", []),
        update("message", {"message_id": 5}),
        update("message", {"chat": {"id": 5}}),
        update("callback_query", {"data": "x"}),
        update("deleted_business_messages", {"chat": {"id": 5}, "message_ids": {}}),
    ],
)
def test_an_update_that_is_not_what_it_says_is_undecodable(body: bytes) -> None:
    with pytest.raises(Undecodable):
        telegram.parse(body, {}, NOBODY)


def test_an_answer_quotes_the_message_it_answers() -> None:
    to = Address("telegram", conversation="-1001", author="71", message="5")
    call = telegram.compose(to, "Дякуємо <b>", "k", {"token": "12:Ab/c"})
    assert call.url == "https://api.telegram.org/bot12:Ab%2Fc/sendMessage"
    assert json.loads(call.body) == {
        "chat_id": -1001,
        "text": "Дякуємо <b>",
        "reply_parameters": {"message_id": 5, "allow_sending_without_reply": True},
    }


def test_an_answer_without_a_message_to_quote_goes_to_the_person() -> None:
    to = Address("telegram", author="@ann", reply_token="bc")
    call = telegram.compose(to, "x", "k", {"token": "1:A", "base": "http://127.0.0.1:1/"})
    assert call.url == "http://127.0.0.1:1/bot1:A/sendMessage"
    assert json.loads(call.body) == {"chat_id": "@ann", "text": "x", "business_connection_id": "bc"}


def answer(status: int, body: Any, headers: dict[str, str] | None = None) -> Response:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Response(status, headers or {}, data)


def refusal(status: int, description: str, **parameters: Any) -> Response:
    body = {"ok": False, "error_code": status, "description": description}
    return answer(status, body | ({"parameters": parameters} if parameters else {}))


def test_a_message_id_proves_that_it_was_sent() -> None:
    assert telegram.outcome(answer(200, {"ok": True, "result": {"message_id": 6}})) == Sent("6")


@pytest.mark.parametrize(
    ("status", "description", "kind"),
    [
        (400, "Bad Request: message is too long", "too_long"),
        (400, "Bad Request: chat not found", "permanent"),
        (400, "Bad Request: message text is empty", "permanent"),
        (400, "Bad Request: not enough rights to send text messages to the chat", "permission"),
        (400, "Bad Request: BUSINESS_PEER_USAGE_MISSING", "window_closed"),
        (401, "Unauthorized", "token_invalid"),
        (404, "Not Found", "token_invalid"),
        (403, "Forbidden: bot was blocked by the user", "permanent"),
        (403, "Forbidden: user is deactivated", "permanent"),
        (403, "Forbidden: bot is not a member of the channel chat", "permission"),
    ],
)
def test_a_listed_refusal_is_not_sent_and_not_tried_again(
    status: int, description: str, kind: Refusal
) -> None:
    assert telegram.outcome(refusal(status, description)) == NotSent(kind, description)


@pytest.mark.parametrize(
    ("asked", "waits"),
    [(42, 42), (0, 1), (10**9, 21_600), ("7", 7), (-3, 60), ("soon", 60), (None, 60), (True, 60)],
)
def test_a_flood_limit_passes_after_the_time_it_names(asked: Any, waits: float) -> None:
    found = telegram.outcome(refusal(429, "Too Many Requests", retry_after=asked))
    assert found == NotSent("rate_limited", "Too Many Requests", waits)


def test_a_group_that_became_a_supergroup_names_its_new_id() -> None:
    found = telegram.outcome(
        refusal(400, "Bad Request: group chat was upgraded", migrate_to_chat_id=-100123)
    )
    assert isinstance(found, NotSent)
    assert (found.kind, found.again_after) == ("migrate", None)
    assert "-100123" in found.reason


@pytest.mark.parametrize(
    "response",
    [
        answer(200, {"ok": True}),
        answer(200, {"ok": True, "result": True}),
        answer(200, {"ok": False}),
        answer(200, {"ok": 1, "result": {"message_id": 6}}),
        answer(200, b"<html>"),
        answer(403, {"description": "Forbidden"}),
        answer(403, {"ok": False, "error_code": 400, "description": "Bad Request"}),
        answer(404, b"not here"),
        refusal(400, "Bad Request: something new"),
        refusal(409, "Conflict: terminated by other getUpdates request"),
        refusal(500, "Internal Server Error"),
        refusal(502, "Bad Gateway"),
    ],
)
def test_any_other_answer_proves_nothing(response: Response) -> None:
    assert isinstance(telegram.outcome(response), Unknown)
