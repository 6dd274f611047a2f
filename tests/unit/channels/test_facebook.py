"""Facebook and Messenger: what their webhooks say, what we send, and what we find again."""

import json
from typing import Any

import pytest

from desk.channels import facebook
from desk.wire import Address, Item, Response, Sent, Undecodable, Unknown

NOBODY: frozenset[str] = frozenset()
TOKEN = {"token": "T"}


def parsed(own: frozenset[str] = NOBODY, **entry: Any) -> list[Item]:
    body = {"object": "page", "entry": [{"id": "90210", "time": 1_700_000_000} | entry]}
    return facebook.parse(json.dumps(body).encode(), {}, own)


def change(value: Any, field: str = "feed", own: frozenset[str] = NOBODY) -> Item:
    [item] = parsed(own, changes=[{"field": field, "value": value}])
    return item


def comment(own: frozenset[str] = NOBODY, **more: Any) -> Item:
    given = {
        "item": "comment", "verb": "add", "comment_id": "55_7", "post_id": "90210_55",
        "parent_id": "90210_55", "from": {"id": "71", "name": "Аня"}, "message": "Де купити?",
        "created_time": 1_700_000_000,
    }  # fmt: skip
    return change(given | more, own=own)


def said(name: str = "messaging", own: frozenset[str] = NOBODY, **event: Any) -> Item:
    given = {
        "sender": {"id": "4477"}, "recipient": {"id": "90210"}, "timestamp": 1_700_000_000_250,
    }  # fmt: skip
    [item] = parsed(own, **{name: [given | event]})
    return item


def test_a_comment_below_a_post_is_answered_and_begins_a_thread() -> None:
    item = comment()
    assert (item.type, item.action, item.reply_candidate) == ("comment", "create", True)
    assert (item.text, item.author_id, item.author_name) == ("Де купити?", "71", "Аня")
    assert item.conversation_id == item.message_id == "55_7"
    assert comment(comment_id="55_8", parent_id="55_7").conversation_id == "55_7"
    assert comment(post_id=None, comment_id="90210_55_7").conversation_id == "90210_55_7"


@pytest.mark.parametrize("writer", [{"from": {"id": 90210}}, {"from": None, "sender_id": 90210}])
def test_what_the_page_itself_writes_is_not_answered(writer: dict[str, Any]) -> None:
    item = comment(**writer)
    assert (item.own, item.reply_candidate, item.author_id) == (True, False, "90210")
    assert comment(own=frozenset({"71"})).own


@pytest.mark.parametrize(
    ("verb", "action"),
    [("edited", "edit"), ("remove", "delete"), ("hide", "hide"), ("unhide", "unhide")],
)
def test_what_becomes_of_a_comment_later_asks_for_no_answer(verb: str, action: str) -> None:
    item = comment(verb=verb)
    assert (item.type, item.action, item.reply_candidate) == ("comment", action, False)


def test_a_reaction_to_a_comment_is_a_reaction_and_no_comment() -> None:
    item = comment(item="reaction", reaction_type="love")
    assert (item.type, item.message_id, item.payload) == ("reaction", "55_7", "love")
    assert comment(item="reaction", verb="remove").action == "delete"
    assert comment(item="reaction", verb="edit").action == "create"
    assert item.reply_candidate is False
    liked = change({"item": "like", "verb": "add", "sender_id": 71})  # the Page itself
    assert (liked.type, liked.message_id, liked.author_id) == ("reaction", None, "71")


def test_what_makes_no_story_is_known_by_its_own_id() -> None:
    item = change({"item": "album", "verb": "edit", "album_id": 8, "from": {"id": 90210}})
    assert (item.type, item.action, item.message_id, item.own) == ("post", "edit", "8", True)


def test_a_visitors_post_may_be_answered_in_private_by_its_own_id() -> None:
    item = change({"item": "post", "verb": "add", "post_id": "90210_55", "message": "Hello",
                   "from": {"id": "71"}})  # fmt: skip
    assert (item.type, item.message_id, item.opens) == ("post", "90210_55", "comment")
    assert item.reply_candidate is False
    to = Address("facebook", message="90210_55", way="private", context=item.context or "")
    call = facebook.compose(to, "Hi", "k", TOKEN)
    assert json.loads(call.body)["recipient"] == {"post_id": "90210_55"}


def test_a_mention_elsewhere_may_come_without_its_author() -> None:
    item = change(
        {"item": "comment", "verb": "add", "comment_id": "3_4", "post_id": "3"}, "mention"
    )
    assert (item.type, item.reply_candidate, item.message_id) == ("mention", True, "3_4")
    assert item.facts()["needs_fetch"] is True
    named = change({"item": "post", "verb": "add", "post_id": "3", "sender_id": 71}, "mention")
    assert "needs_fetch" not in named.facts()
    assert named.author_id == "71"


def test_a_review_with_words_is_answered_as_the_story_that_it_makes() -> None:
    item = change({"item": "rating", "verb": "add", "open_graph_story_id": "99", "rating": 1,
                   "review_text": "Cold tea", "reviewer_id": "71", "reviewer_name": "Ann"},
                  "ratings")  # fmt: skip
    assert (item.type, item.message_id, item.text) == ("post", "99", "Cold tea")
    assert (item.author_id, item.author_name, item.reply_candidate) == ("71", "Ann", True)


@pytest.mark.parametrize(
    "value",
    [
        {"item": "page", "verb": "follow"},
        {"item": "comment", "verb": "add"},
        {"item": "coupon", "verb": "add", "post_id": "1"},
        {"item": "post", "verb": "mute", "post_id": "1"},
        {},
    ],
)
def test_other_changes_ask_for_nothing(value: dict[str, Any]) -> None:
    item = change(value)
    assert (item.type, item.action, item.reply_candidate) == ("control", "none", False)
    assert item.account_id == "90210"


def test_a_message_is_answered_in_the_conversation_with_its_author() -> None:
    item = said(message={"mid": "m_1", "text": "Hi", "reply_to": {"mid": "m_0"}})
    assert (item.type, item.reply_candidate, item.parent_id) == ("message", True, "m_0")
    assert (item.conversation_id, item.author_id, item.recipient_id) == ("4477", "4477", "90210")


def test_our_own_messages_are_of_the_same_conversation_and_are_not_answered() -> None:
    echo = {"mid": "m_2", "text": "Hello", "is_echo": True}
    item = said(sender={"id": "90210"}, recipient={"id": "4477"}, message=echo)
    assert (item.own, item.reply_candidate, item.conversation_id) == (True, False, "4477")
    silent = said(sender={"id": "90210"}, recipient={"id": "4477"}, message={"mid": "m_3"})
    assert silent.own


def test_a_thread_that_another_app_has_is_left_alone() -> None:
    item = said("standby", message={"mid": "m_1", "text": "Hi"})
    assert (item.standby, item.reply_candidate) == (True, False)
    assert said("standby", postback={"payload": "BUY"}).reply_candidate is False


def test_who_comes_by_an_advertisement_opens_a_longer_window() -> None:
    message = {"mid": "m_1", "text": "Hi", "referral": {"source": "ADS", "ad_id": "6"}}
    assert said(message=message).opens == "ad"
    assert said(message=message | {"referral": {"source": "SHORTLINK"}}).opens is None
    windows = facebook.RULES.ways["message"].windows
    times = [(it.seconds / 3600, it.by_person, it.tag) for it in windows if "ad" in it.opened_by]
    assert times == [(24, False, ""), (168, False, ""), (168, True, "HUMAN_AGENT")]


@pytest.mark.parametrize(
    ("event", "kind", "action"),
    [
        ({"postback": {"payload": "BUY", "title": "Buy", "mid": "m_1"}}, "interaction", "create"),
        ({"reaction": {"mid": "m_1", "action": "react", "emoji": "❤"}}, "reaction", "create"),
        ({"reaction": {"mid": "m_1", "action": "unreact"}}, "reaction", "delete"),
        ({"message_edit": {"mid": "m_1", "text": "Hi!", "num_edit": "1"}}, "message", "edit"),
        ({"message": {"mid": "m_1", "is_deleted": True}}, "message", "delete"),
        ({"read": {"watermark": 1}}, "status", "none"),
        ({"delivery": {"mids": ["m_1"]}}, "status", "none"),
        ({"optin": {"ref": "x"}}, "control", "none"),
        ({"message": {"text": "no id"}}, "control", "none"),
        ({}, "control", "none"),
    ],
)
def test_other_events_of_a_conversation(event: dict[str, Any], kind: str, action: str) -> None:
    item = said(**event)
    assert (item.type, item.action) == (kind, action)
    assert item.reply_candidate is (None if kind == "interaction" else False)
    assert item.conversation_id == "4477"


def test_a_person_who_is_only_a_reference_is_written_to_as_one() -> None:
    item = said(sender={"user_ref": 1234}, postback={"payload": "hey"})
    to = Address("facebook", conversation=item.conversation_id or "", context=item.context or "")
    call = facebook.compose(to, "Hi", "k", TOKEN)
    assert json.loads(call.body)["recipient"] == {"user_ref": "1234"}


def test_the_consoles_test_button_sends_a_message_as_a_change() -> None:
    item = change({"sender": {"id": "1"}, "recipient": {"id": "2"}, "timestamp": "1527459824",
                   "message": {"mid": "m", "text": "t"}}, "messages")  # fmt: skip
    assert (item.type, item.text) == ("message", "t")


def test_a_delivery_about_something_else_asks_for_nothing() -> None:
    body = json.dumps({"object": "user", "entry": [{"id": "1", "changes": [{"field": "feed"}]}]})
    [item] = facebook.parse(body.encode(), {}, NOBODY)
    assert (item.type, item.event) == ("control", "user")
    assert facebook.parse(b'{"object": "page", "entry": []}', {}, NOBODY) == []


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"entry": {}}', b'{"entry": [1]}'])
def test_a_delivery_of_which_nothing_can_be_read_is_undecodable(body: bytes) -> None:
    with pytest.raises(Undecodable):
        facebook.parse(body, {}, NOBODY)


@pytest.mark.parametrize(
    ("to", "path", "body"),
    [
        (Address("facebook", message="55_7", way="reply"), "55_7/comments", {"message": "Hi"}),
        (Address("facebook", way="post"), "me/feed", {"message": "Hi"}),
        (Address("facebook", message="55_7", way="private"), "me/messages",
         {"recipient": {"comment_id": "55_7"}, "messaging_type": "RESPONSE",
          "message": {"text": "Hi"}}),
        (Address("facebook", conversation="4477", message="m_1"), "me/messages",
         {"recipient": {"id": "4477"}, "messaging_type": "RESPONSE", "message": {"text": "Hi"}}),
        (Address("facebook", conversation="4477", tag="HUMAN_AGENT"), "me/messages",
         {"recipient": {"id": "4477"}, "messaging_type": "MESSAGE_TAG", "tag": "HUMAN_AGENT",
          "message": {"text": "Hi"}}),
    ],
)  # fmt: skip
def test_each_way_of_speaking_is_a_call_of_its_own(to: Address, path: str, body: Any) -> None:
    call = facebook.compose(to, "Hi", "k", TOKEN)
    assert call.url == f"https://graph.facebook.com/v25.0/{path}"
    assert json.loads(call.body) == body


def answer(value: Any) -> Response:
    return Response(200, {}, json.dumps(value).encode())


def test_a_success_names_what_was_posted() -> None:
    assert facebook.outcome(answer({"id": "55_9"})) == Sent("55_9")
    assert facebook.outcome(answer({"recipient_id": "4", "message_id": "m_9"})) == Sent("m_9")
    assert isinstance(facebook.outcome(answer({"success": True})), Unknown)


def test_an_answer_without_an_echo_is_found_in_its_thread() -> None:
    to = Address("facebook", account="90210", conversation="55_7", message="55_8", way="reply")
    call = facebook.look_up(to, TOKEN)
    assert call is not None
    assert call.method == "GET"
    assert call.url.startswith("https://graph.facebook.com/v25.0/55_7/comments?")
    ours = {"id": "55_9", "message": "Hi", "from": {"id": "90210"}}
    assert facebook.looked_up(answer({"data": [ours]}), to, "Hi") == "55_9"
    assert facebook.looked_up(answer({"data": []}), to, "Hi") is None
    assert isinstance(facebook.looked_up(Response(500, {}, b""), to, "Hi"), Unknown)


def test_a_message_is_found_in_its_conversation() -> None:
    to = Address("facebook", account="90210", conversation="4477", author="4477")
    call = facebook.look_up(to, TOKEN)
    assert call is not None
    assert "/me/conversations?platform=messenger&user_id=4477&" in call.url
    row = {"id": "m_9", "message": "Hi", "from": {"id": "90210"}}
    listed = {"data": [{"id": "t_1", "messages": {"data": [row]}}]}
    assert facebook.looked_up(answer(listed), to, "Hi") == "m_9"
    assert facebook.looked_up(answer(listed), to, "Bye") is None
    assert isinstance(facebook.looked_up(answer({"data": []}), to, "Hi"), Unknown)


def test_a_private_reply_cannot_be_looked_up() -> None:
    assert facebook.look_up(Address("facebook", message="55_7", way="private"), TOKEN) is None


def test_the_token_tells_whose_it_is() -> None:
    call = facebook.check(TOKEN)
    assert call is not None
    assert call.url == "https://graph.facebook.com/v25.0/me?fields=id"
    assert facebook.checked(answer({"id": "90210"})) == "90210"
