"""Instagram: what its webhooks say in both envelopes, and what we send."""

import json
from typing import Any

import pytest

from desk.channels import instagram
from desk.lengths import length
from desk.wire import Address, Item, Response, Sent, Unknown

NOBODY: frozenset[str] = frozenset()
TOKEN = {"token": "T"}


def parsed(**entry: Any) -> list[Item]:
    body = {"object": "instagram", "entry": [{"id": "1784", "time": 1_700_000_000} | entry]}
    return instagram.parse(json.dumps(body).encode(), {}, NOBODY)


def change(field: str, **value: Any) -> Item:
    [item] = parsed(changes=[{"field": field, "value": value}])
    assert parsed(field=field, value=value) == [item]  # with Instagram Login
    return item


COMMENT = {"id": "17", "text": "哪裡買？", "from": {"id": "71", "username": "tea.hsu"},
           "media": {"id": "40", "media_product_type": "FEED"}}  # fmt: skip


def test_a_comment_is_answered_and_begins_a_thread() -> None:
    item = change("comments", **COMMENT)
    assert (item.type, item.reply_candidate, item.author_name) == ("comment", True, "tea.hsu")
    assert (item.message_id, item.conversation_id, item.post_id) == ("17", "17", "40")
    assert change("comments", **COMMENT, parent_id="16").conversation_id == "16"


@pytest.mark.parametrize(
    "writer", [{"id": "1784"}, {"id": "9", "self_ig_scoped_id": "5", "username": "the.brand"}]
)
def test_our_own_comments_are_known_by_either_id(writer: dict[str, str]) -> None:
    item = change("comments", **(COMMENT | {"from": writer}))
    assert (item.own, item.reply_candidate) == (True, False)


def test_a_mention_brings_ids_alone_and_is_answered_at_the_media() -> None:
    item = change("mentions", media_id="40", comment_id="17")
    assert (item.type, item.message_id, item.post_id) == ("mention", "17", "40")
    assert item.facts()["needs_fetch"] is True
    to = Address("instagram", account="1784", message="17", way="reply", context=item.context or "")
    call = instagram.compose(to, "Hi", "k", TOKEN)
    assert call.url == "https://graph.instagram.com/v25.0/1784/mentions"
    assert json.loads(call.body) == {"media_id": "40", "comment_id": "17", "message": "Hi"}


def test_a_mention_in_a_caption_is_answered_without_a_comment() -> None:
    item = change("mentions", media_id="40")
    to = Address("instagram", account="1784", message="40", way="reply", context=item.context or "")
    assert json.loads(instagram.compose(to, "Hi", "k", TOKEN).body) == {
        "media_id": "40", "message": "Hi"
    }  # fmt: skip


@pytest.mark.parametrize("field", ["story_insights", "something_new", "mentions", "comments"])
def test_what_has_no_id_or_no_use_asks_for_nothing(field: str) -> None:
    item = change(field, reach=44)
    assert (item.type, item.action, item.account_id) == ("control", "none", "1784")


def test_a_message_is_read_as_messenger_has_it() -> None:
    event = {
        "sender": {"id": "55"}, "recipient": {"id": "1784"}, "timestamp": 1_700_000_000_250,
        "message": {"mid": "m", "text": "Hi", "reply_to": {"story": {"id": "st"}}},
    }  # fmt: skip
    [item] = parsed(messaging=[event])
    assert (item.type, item.conversation_id, item.reply_candidate) == ("message", "55", True)
    assert item.facts()["story_id"] == "st"
    [echo] = parsed(messaging=[event | {"is_self": True}])
    assert (echo.own, echo.reply_candidate) == (True, False)


@pytest.mark.parametrize(
    ("to", "path", "body"),
    [
        (Address("instagram", message="17", way="reply"), "17/replies", {"message": "Hi"}),
        (Address("instagram", message="17", way="private"), "me/messages",
         {"recipient": {"comment_id": "17"}, "messaging_type": "RESPONSE",
          "message": {"text": "Hi"}}),
        (Address("instagram", conversation="55", tag="HUMAN_AGENT"), "me/messages",
         {"recipient": {"id": "55"}, "messaging_type": "MESSAGE_TAG", "tag": "HUMAN_AGENT",
          "message": {"text": "Hi"}}),
    ],
)  # fmt: skip
def test_each_way_of_speaking_is_a_call_of_its_own(to: Address, path: str, body: Any) -> None:
    call = instagram.compose(to, "Hi", "k", TOKEN)
    assert call.url == f"https://graph.instagram.com/v25.0/{path}"
    assert json.loads(call.body) == body


def test_there_are_no_posts_of_words_alone() -> None:
    with pytest.raises(KeyError):
        instagram.compose(Address("instagram", way="post"), "Hi", "k", TOKEN)


def test_a_message_is_measured_in_bytes() -> None:
    [limit] = instagram.RULES.ways["message"].limits
    assert length("茶" * 333, limit.unit) <= limit.most < length("茶" * 334, limit.unit)


def answer(value: Any) -> Response:
    return Response(200, {}, json.dumps(value).encode())


def test_what_we_said_is_found_below_the_first_comment() -> None:
    to = Address("instagram", account="1784", conversation="16", message="17", way="reply")
    call = instagram.look_up(to, TOKEN)
    assert call is not None
    assert "/16/replies?" in call.url
    row = {"id": "18", "text": "Hi", "from": {"id": "1784"}}
    assert instagram.looked_up(answer({"data": [row]}), to, "Hi") == "18"
    assert instagram.looked_up(answer({"data": [row]}), to, "Bye") is None
    on_others = Address("instagram", message="17", way="reply", context="caption of 40")
    assert instagram.look_up(on_others, TOKEN) is None
    assert instagram.look_up(Address("instagram", way="private"), TOKEN) is None


def test_a_success_names_what_was_posted() -> None:
    assert instagram.outcome(answer({"id": "18"})) == Sent("18")
    assert instagram.outcome(answer({"recipient_id": "5", "message_id": "m"})) == Sent("m")
    assert isinstance(instagram.outcome(answer({})), Unknown)


def test_the_account_is_asked_for_as_the_kind_of_token_wants_it() -> None:
    call = instagram.check(TOKEN)
    assert call is not None
    assert call.url == "https://graph.instagram.com/v25.0/me?fields=user_id"
    assert instagram.checked(answer({"user_id": "1784", "id": "9"})) == "1784"
    of_a_page = TOKEN | {"base": "https://graph.facebook.com", "account": "1784"}
    call = instagram.check(of_a_page)
    assert call is not None
    assert call.url == "https://graph.facebook.com/v25.0/1784?fields=id"
    assert instagram.checked(answer({"id": "1784"})) == "1784"
