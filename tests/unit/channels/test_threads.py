"""Threads: what its webhooks say, and the two calls that post a text."""

import json
from typing import Any

import pytest

from desk.channels import threads
from desk.wire import Address, Item, NotSent, Response, Sent, Undecodable, Unknown

TOKEN = {"token": "T"}
REPLY = Address("threads", message="180", way="reply")


def parsed(field: str = "replies", own: frozenset[str] = frozenset(), **value: Any) -> Item:
    given = {
        "id": "181", "username": "mara", "text": "Where?", "media_type": "TEXT_POST",
        "permalink": "https://www.threads.net/@mara/post/P", "replied_to": {"id": "180"},
        "root_post": {"id": "170", "owner_id": "264", "username": "the_brand"},
        "timestamp": "2026-08-07T10:33:16+0000",
    }  # fmt: skip
    body = {"target_id": "264", "time": 1, "values": {"field": field, "value": given | value}}
    [item] = threads.parse(json.dumps(body).encode(), {}, own)
    return item


def test_a_reply_is_answered_in_the_conversation_below_the_post() -> None:
    item = parsed()
    assert (item.type, item.reply_candidate, item.author_name) == ("reply", True, "mara")
    assert (item.message_id, item.parent_id, item.post_id) == ("181", "180", "170")
    assert (item.conversation_id, item.account_id) == ("170", "264")
    assert item.media == ()
    assert parsed(media_type="IMAGE").media == ("image",)


def test_our_own_replies_are_known_by_the_name_that_our_post_is_under() -> None:
    assert parsed(username="the_brand").own
    assert parsed(own=frozenset({"mara"})).own
    elsewhere = {"id": "9", "owner_id": "1", "username": "mara"}
    assert not parsed(root_post=elsewhere).own  # somebody answers below a post of their own


@pytest.mark.parametrize(
    ("field", "kind", "action", "candidate"),
    [
        ("mentions", "mention", "create", True),
        ("publish", "post", "create", False),
        ("delete", "post", "delete", False),
        ("something_new", "control", "none", False),
    ],
)
def test_other_fields(field: str, kind: str, action: str, candidate: bool) -> None:
    item = parsed(field)
    assert (item.type, item.action, item.reply_candidate) == (kind, action, candidate)
    assert item.own is (kind == "post")


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"values": 1}'])
def test_a_delivery_without_values_is_undecodable(body: bytes) -> None:
    with pytest.raises(Undecodable):
        threads.parse(body, {}, frozenset())


def test_a_value_without_an_id_asks_for_nothing() -> None:
    assert parsed(id=None).type == "control"


def answer(value: Any, status: int = 200) -> Response:
    return Response(status, {}, json.dumps(value).encode())


def test_a_text_is_put_into_a_container_and_then_published() -> None:
    before = threads.prepare(REPLY, "Hi 😀", "k", TOKEN)
    assert before is not None
    assert before.url == "https://graph.threads.net/v1.0/me/threads"
    assert json.loads(before.body) == {
        "media_type": "TEXT", "text": "Hi 😀", "reply_to_id": "180"
    }  # fmt: skip
    ready = threads.prepared(answer({"id": "900"}), REPLY)
    assert isinstance(ready, Address)
    call = threads.compose(ready, "Hi 😀", "k", TOKEN)
    assert call.url == "https://graph.threads.net/v1.0/me/threads_publish"
    assert json.loads(call.body) == {"creation_id": "900"}
    assert threads.outcome(answer({"id": "182"})) == Sent("182")


def test_a_post_of_our_own_answers_nothing() -> None:
    call = threads.prepare(Address("threads", way="post"), "Hi", "k", TOKEN)
    assert call is not None
    assert "reply_to_id" not in json.loads(call.body)
    with pytest.raises(KeyError):
        threads.compose(Address("threads", way="message"), "Hi", "k", TOKEN)


def test_what_is_refused_before_is_not_posted() -> None:
    error = {"error": {"message": "Param text must be at most 500 characters long.", "code": 100}}
    refused = threads.prepared(answer(error, 400), REPLY)
    assert isinstance(refused, NotSent)
    assert refused.kind == "too_long"
    assert isinstance(threads.prepared(answer({}), REPLY), Unknown)
    assert isinstance(threads.prepared(Response(503, {}, b""), REPLY), Unknown)


def test_a_container_that_is_not_ready_is_made_anew_half_a_minute_later() -> None:
    error = {"message": "The requested resource does not exist", "code": 24}
    refused = threads.outcome(answer({"error": error | {"error_subcode": 4279009}}, 400))
    assert isinstance(refused, NotSent)
    assert refused.again_after == 30
    gone = threads.outcome(answer({"error": error}, 400))
    assert isinstance(gone, NotSent)
    assert gone.again_after is None


def test_what_we_said_is_found_among_the_replies() -> None:
    call = threads.look_up(REPLY, TOKEN)
    assert call is not None
    assert call.url.startswith("https://graph.threads.net/v1.0/180/replies?")
    row = {"id": "182", "text": "Hi", "is_reply_owned_by_me": True}
    assert threads.looked_up(answer({"data": [row]}), REPLY, "Hi") == "182"
    assert threads.looked_up(answer({"data": [row]}), REPLY, "Bye") is None
    theirs = answer({"data": [row | {"is_reply_owned_by_me": False}]})
    assert isinstance(threads.looked_up(theirs, REPLY, "Hi"), Unknown)
    post = Address("threads", way="post")
    call = threads.look_up(post, TOKEN)
    assert call is not None
    assert call.url.startswith("https://graph.threads.net/v1.0/me/threads?")
    assert threads.looked_up(answer({"data": [{"id": "5", "text": "Hi"}]}), post, "Hi") == "5"


def test_the_token_tells_whose_it_is() -> None:
    call = threads.check(TOKEN)
    assert call is not None
    assert call.url == "https://graph.threads.net/v1.0/me?fields=id"
    assert threads.checked(answer({"id": "264"})) == "264"
