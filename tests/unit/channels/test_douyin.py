"""Douyin: its handshake, what it pushes, what we send, and what its answers prove."""

import json
from hashlib import sha1
from typing import Any
from urllib.parse import parse_qsl

import pytest

from desk.channels import douyin
from desk.wire import (
    Address,
    BadSignature,
    Inbound,
    Item,
    NotSent,
    Refusal,
    Response,
    Sent,
    SignedIn,
    Undecodable,
    Unknown,
    iso,
)

SECRET = {"secret": "sesame"}
KNOWN = {"access_token": "T", "account": "shop/1", "base": "http://127.0.0.1:1"}


def request(body: bytes, **headers: str) -> Inbound:
    given = {"x-douyin-signature": sha1(b"sesame" + body).hexdigest()}
    return Inbound("POST", given | headers, {}, body)


def parsed(event: str, own: frozenset[str] = frozenset(), **content: Any) -> Item:
    given = {"event": event, "from_user_id": "ann", "to_user_id": "shop"}
    body = json.dumps(given | {"content": json.dumps(content)}).encode()
    [item] = douyin.parse(body, {"msg-id": "d-1"}, own)
    return item


def test_the_signature_is_a_plain_hash_of_the_secret_and_the_very_bytes() -> None:
    body = b'{ "event": "im_recall_msg" }'
    assert douyin.verify(request(body), SECRET, None) == body
    for changed in (body + b" ", body.replace(b" ", b"")):
        with pytest.raises(BadSignature, match="does not match"):
            douyin.verify(request(body)._replace(body=changed), SECRET, None)
    for given in ("", sha1(body).hexdigest(), "é"):
        with pytest.raises(BadSignature, match="x-douyin-signature"):
            douyin.verify(request(body)._replace(headers={"x-douyin-signature": given}), SECRET, 0)


@pytest.mark.parametrize("challenge", [12345, "12345"])
def test_a_challenge_comes_back_as_the_type_that_it_was(challenge: int | str) -> None:
    body = json.dumps({"event": "verify_webhook", "content": {"challenge": challenge}}).encode()
    answer = douyin.handshake(request(body), SECRET)
    assert answer is not None
    assert json.loads(answer.body) == {"challenge": challenge}
    assert answer.content_type.startswith("application/json")


@pytest.mark.parametrize(
    "given",
    [
        {"event": "im_receive_msg", "content": {"challenge": 1}},
        {"event": "verify_webhook", "content": {"challenge": ["x"]}},
        {"event": "verify_webhook", "content": {"challenge": "x" * 129}},
        {"event": "verify_webhook"},
        [],
    ],
)
def test_nothing_else_is_a_handshake(given: Any) -> None:
    assert douyin.handshake(request(json.dumps(given).encode()), SECRET) is None


def test_a_private_message_has_its_author_s_name_and_its_conversation() -> None:
    item = parsed(
        "im_receive_msg",
        server_message_id="m1",
        conversation_short_id="c1",
        message_type="text",
        create_time=1_700_000_000_000,
        user_infos=[{"open_id": "shop", "nick_name": "店"}, {"open_id": "ann", "nick_name": "安"}],
        text="有货吗",
    )
    assert (item.type, item.action, item.reply_candidate) == ("message", "create", True)
    assert (item.author_id, item.author_name, item.account_id) == ("ann", "安", "shop")
    assert (item.message_id, item.conversation_id, item.event_id) == ("m1", "c1", "d-1")
    assert (item.text, item.media) == ("有货吗", ())
    assert item.created_at is not None
    assert iso(item.created_at) == "2023-11-14T22:13:20Z"


def test_what_was_said_for_us_is_ours_whoever_typed_it() -> None:
    for source in ("", "aw1"):
        item = parsed("im_send_msg", server_message_id="m1", text="x", source=source)
        assert (item.own, item.reply_candidate, item.account_id) == (True, False, "ann")


def test_what_was_called_back_is_a_message_that_is_gone() -> None:
    item = parsed("im_recall_msg", server_message_id="m1")
    assert (item.type, item.action, item.reply_candidate) == ("message", "delete", False)


@pytest.mark.parametrize("kind", ["image", "emoji", "video", "other"])
def test_what_is_no_text_is_a_message_with_a_medium(kind: str) -> None:
    item = parsed("im_receive_msg", server_message_id="m", message_type=kind)
    assert (item.type, item.media, item.text) == ("message", (kind,), None)


def test_a_comment_hangs_from_its_video_and_an_answer_from_its_comment() -> None:
    said: dict[str, Any] = {
        "comment_id": "k1", "comment_user_id": "bob", "content": "好喝吗", "reply_to_item_id": "v1",
        "create_time": 1_700_000_000,
    }  # fmt: skip
    item = parsed("item_comment_reply", **said)
    assert (item.type, item.action, item.reply_candidate) == ("comment", "create", True)
    assert (item.author_id, item.text, item.post_id) == ("bob", "好喝吗", "v1")
    assert (item.message_id, item.conversation_id, item.parent_id) == ("k1", "v1", "v1")
    assert item.created_at is not None
    assert iso(item.created_at) == "2023-11-14T22:13:20Z"
    below = parsed("item_comment_reply", **said, reply_to_comment_id="k0")
    assert (below.type, below.parent_id, below.post_id) == ("reply", "k0", "v1")
    ours = parsed("item_comment_reply", frozenset({"bob"}), **said)
    assert (ours.own, ours.reply_candidate) == (True, False)


@pytest.mark.parametrize("event", ["im_enter_direct_msg", "contract_authorize", "new"])
def test_other_events_ask_for_nothing(event: str) -> None:
    item = parsed(event)
    assert (item.type, item.action, item.event) == ("control", "none", event)


@pytest.mark.parametrize(
    "body",
    [b"[]", b"{}", b'{"event": 5}', b'{"event": "im_receive_msg"}',
     b'{"event": "im_receive_msg", "content": "not JSON"}'],
)  # fmt: skip
def test_what_bears_no_message_is_undecodable(body: bytes) -> None:
    with pytest.raises(Undecodable):
        douyin.parse(body, {}, frozenset())


def test_a_token_is_fetched_with_the_refresh_token_and_a_new_one_is_kept() -> None:
    known = {"client_key": "aw1", "refresh_token": "r&1", "base": "http://127.0.0.1:1"}
    call = douyin.sign_in(known)
    assert call is not None
    assert call.url == "http://127.0.0.1:1/oauth/refresh_token/"
    assert dict(parse_qsl(call.body.decode())) == {
        "client_key": "aw1", "grant_type": "refresh_token", "refresh_token": "r&1",
    }  # fmt: skip
    same: dict[str, Any] = {
        "data": {"access_token": "A", "expires_in": 1296000, "refresh_token": "r&1"}
    }
    taken = douyin.signed_in(Response(200, {}, json.dumps(same).encode()), known)
    assert taken == SignedIn({**known, "access_token": "A"}, 1296000.0, {})
    same["data"]["refresh_token"] = "r2"
    taken = douyin.signed_in(Response(200, {}, json.dumps(same).encode()), known)
    assert taken is not None
    assert (taken.keep, taken.credentials["refresh_token"]) == ({"refresh_token": "r2"}, "r2")
    refused = b'{"data": {"error_code": 10010, "description": "refresh_token\\u8fc7\\u671f"}}'
    assert douyin.signed_in(Response(200, {}, refused), known) is None


def test_a_private_answer_names_the_message_that_it_answers() -> None:
    to = Address("douyin", conversation="c1", author="ann", message="m1")
    call = douyin.compose(to, "有的", "k", KNOWN)
    assert call.url == "http://127.0.0.1:1/im/send/msg/?open_id=shop%2F1"
    assert call.headers["access-token"] == "T"
    assert json.loads(call.body) == {
        "msg_id": "m1",
        "conversation_id": "c1",
        "to_user_id": "ann",
        "content": {"msg_type": 1, "text": {"text": "有的"}},
        "scene": "im_reply_msg",
    }


def test_a_public_answer_goes_below_the_comment() -> None:
    to = Address("douyin", conversation="v1", author="ann", message="k1", way="reply")
    call = douyin.compose(to, "有的", "k", KNOWN)
    assert call.url == "http://127.0.0.1:1/video/comment/reply/?open_id=shop%2F1"
    assert json.loads(call.body) == {"item_id": "v1", "comment_id": "k1", "content": "有的"}


def answer(code: int, where: str = "data", status: int = 200, **more: Any) -> Response:
    given: dict[str, Any] = {"data": {"error_code": 0}, "extra": {"error_code": 0}}
    given[where] = {"error_code": code, "description": "no", **more}
    return Response(status, {}, json.dumps(given).encode())


@pytest.mark.parametrize("where", ["data", "extra"])
@pytest.mark.parametrize(
    ("code", "kind", "again"),
    [
        (28001007, "permanent", None),
        (28001008, "token_invalid", 60),
        (2190008, "token_invalid", 60),
        (10010, "token_invalid", None),
        (28001014, "permission", None),
        (28001016, "blocked", None),
        (28003017, "quota", None),
        (28003018, "rate_limited", 60),
        (28003070, "window_closed", None),
        (28003080, "window_closed", None),
    ],
)
def test_a_listed_refusal_is_not_sent(
    where: str, code: int, kind: Refusal, again: float | None
) -> None:
    assert douyin.outcome(answer(code, where)) == NotSent(kind, f"{code} no", again)


def test_what_was_posted_has_its_id() -> None:
    assert douyin.outcome(answer(0, msg_id="@1")) == Sent("@1")
    assert douyin.outcome(answer(0, comment_id="@2")) == Sent("@2")
    beside = Response(200, {}, b'{"msg_id": "@3", "data": {"error_code": 0}}')
    assert douyin.outcome(beside) == Sent("@3")


@pytest.mark.parametrize("code", [28001005, 28001006, 2100004])
def test_a_platform_that_is_busy_may_have_posted(code: int) -> None:
    assert douyin.outcome(answer(code)) == Unknown(f"{code} no", passing=True)


def test_any_other_answer_proves_nothing() -> None:
    for response in (
        answer(99), answer(28001007, status=502), Response(200, {}, b"{}"),
        Response(200, {}, b'{"data": {"error_code": false}}'), Response(200, {}, b"<html>"),
    ):  # fmt: skip
        assert isinstance(douyin.outcome(response), Unknown)


def test_our_answer_is_found_by_its_words_and_its_author() -> None:
    to = Address("douyin", account="shop", conversation="v1", message="k1", way="reply")
    call = douyin.look_up(to, KNOWN)
    assert call is not None
    assert call.url == (
        "http://127.0.0.1:1/video/comment/reply/list/"
        "?open_id=shop%2F1&item_id=v1&comment_id=k1&count=20"
    )
    said = {"comment_id": "@9", "content": "有的", "comment_user_id": "shop"}
    listed = Response(200, {}, json.dumps({"data": {"list": [7, said]}}).encode())
    assert douyin.looked_up(listed, to, "有的") == "@9"
    assert isinstance(douyin.looked_up(listed, to, "没有"), Unknown)
    for account in ("other", ""):
        other = Address("douyin", account=account, message="k1", way="reply")
        assert isinstance(douyin.looked_up(listed, other, "有的"), Unknown)
