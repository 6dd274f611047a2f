"""TikTok: its signature, what it pushes, what we send, and what its answers prove."""

import hmac
import json
from typing import Any

import pytest

from desk.channels import tiktok
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

NOW = 1_700_000_000
SECRET = {"secret": "sesame"}
KNOWN = {"access_token": "T", "account": "shop", "base": "http://127.0.0.1:1"}


def request(body: bytes = b"{}", stamp: str = str(NOW), form: str = "t={},s={}") -> Inbound:
    digest = hmac.new(b"sesame", stamp.encode() + b"." + body, "sha256").hexdigest()
    return Inbound("POST", {"tiktok-signature": form.format(stamp, digest)}, {}, body)


def parsed(event: str, own: frozenset[str] = frozenset(), **content: Any) -> Item:
    given = {"event": event, "user_openid": "shop", "create_time": NOW}
    body = json.dumps(given | {"content": json.dumps(content)}).encode()
    [item] = tiktok.parse(body, {}, own)
    return item


def test_the_time_and_the_very_bytes_are_signed() -> None:
    assert tiktok.verify(request(), SECRET, NOW) == b"{}"
    assert tiktok.verify(request(form="t={}, s={}"), SECRET, NOW) == b"{}"
    with pytest.raises(BadSignature, match="does not match"):
        tiktok.verify(request()._replace(body=b"{} "), SECRET, NOW)
    later = request().headers["tiktok-signature"].replace(str(NOW), str(NOW + 1))
    with pytest.raises(BadSignature, match="does not match"):
        tiktok.verify(request()._replace(headers={"tiktok-signature": later}), SECRET, NOW)


@pytest.mark.parametrize(
    "given", ["", "t=", "s=0", "t=1700000000", "t=soon,s=0", "t=1700000000,s=", "t=1700000000,s=é"]
)
def test_a_header_that_is_not_whole_is_refused(given: str) -> None:
    with pytest.raises(BadSignature, match="tiktok-signature"):
        tiktok.verify(request()._replace(headers={"tiktok-signature": given}), SECRET, NOW)


def test_a_signature_is_good_for_five_minutes() -> None:
    assert tiktok.verify(request(), SECRET, NOW + 300)
    assert tiktok.verify(request(), SECRET, None)
    with pytest.raises(BadSignature, match="301 s too old"):
        tiktok.verify(request(), SECRET, NOW + 301)


def said(**more: Any) -> dict[str, Any]:
    return {
        "message_id": "m1", "conversation_id": "c1", "timestamp": 1_700_000_000_488,
        "from": "Ann", "from_user": {"id": "ann"}, "to_user": {"id": "shop"},
        "type": "text", "text": {"body": "hi"},
    } | more  # fmt: skip


def test_a_message_is_heard_to_the_millisecond() -> None:
    item = parsed("im_receive_msg", **said())
    assert (item.type, item.action, item.reply_candidate) == ("message", "create", True)
    assert (item.author_id, item.author_name, item.recipient_id) == ("ann", "Ann", "shop")
    assert (item.message_id, item.conversation_id, item.account_id) == ("m1", "c1", "shop")
    assert (item.text, item.media) == ("hi", ())
    assert item.created_at is not None
    assert iso(item.created_at) == "2023-11-14T22:13:20.488Z"


def test_a_picture_is_a_message_with_a_medium() -> None:
    item = parsed("im_receive_msg", **said(type="image", text=None, image={"media_id": "p1"}))
    assert (item.media, item.media_id, item.text) == (("image",), "p1", None)


def test_our_own_message_is_ours_by_its_event_or_by_its_author() -> None:
    for item in (
        parsed("im_send_msg", **said()),
        parsed("im_receive_msg", **said(from_user={"id": "shop"})),
        parsed("im_receive_msg", frozenset({"ann"}), **said()),
    ):
        assert (item.own, item.reply_candidate) == (True, False)


def test_what_was_read_is_a_status_and_what_is_withheld_has_to_be_fetched() -> None:
    read = parsed("im_mark_read_msg", conversation_id="c1", from_user={"id": "ann"})
    assert (read.type, read.action, read.reply_candidate) == ("status", "none", False)
    withheld = parsed("im_receive_msg_eu", timestamp=1_700_000_000_000)
    assert (withheld.type, withheld.facts()["needs_fetch"]) == ("control", True)


def test_a_comment_hangs_from_its_video_where_its_parent_is_naught() -> None:
    given: dict[str, Any] = {
        "comment_id": 7247303576418566913, "video_id": 7240000000000000001,
        "parent_comment_id": 0, "comment_type": "comment", "comment_action": "insert",
        "timestamp": 1_700_000_000_000, "unique_identifier": "ann", "text": "nice",
    }  # fmt: skip
    item = parsed("comment.update", **given)
    assert (item.type, item.action, item.reply_candidate) == ("comment", "create", True)
    assert (item.message_id, item.post_id) == ("7247303576418566913", "7240000000000000001")
    assert (item.parent_id, item.conversation_id) == (item.post_id, item.post_id)
    assert (item.author_id, item.text) == ("ann", "nice")
    reply = parsed("comment.update", **given | {"comment_type": "reply", "parent_comment_id": 5})
    assert (reply.type, reply.parent_id) == ("reply", "5")
    wordless = parsed("comment.update", **given | {"text": None})
    assert wordless.facts()["needs_fetch"] is True
    ours = parsed("comment.update", frozenset({"ann"}), **given)
    assert (ours.own, ours.reply_candidate) == (True, False)


@pytest.mark.parametrize(
    ("what", "kind", "action"),
    [
        ("delete", "comment", "delete"),
        ("set_to_hidden", "comment", "hide"),
        ("set_to_friends_only", "comment", "hide"),
        ("set_to_public", "comment", "unhide"),
        ("pinned", "control", "none"),
    ],
)
def test_what_became_of_a_comment_is_not_answered(what: str, kind: str, action: str) -> None:
    item = parsed("comment.update", comment_id=1, video_id=2, comment_action=what)
    assert (item.type, item.action, item.reply_candidate) == (kind, action, False)


@pytest.mark.parametrize("event", ["authorization.removed", "video.upload.failed", "new"])
def test_other_events_ask_for_nothing(event: str) -> None:
    item = parsed(event, reason=1)
    assert (item.type, item.action, item.event) == ("control", "none", event)


@pytest.mark.parametrize(
    "body",
    [b"[]", b"{}", b'{"event": 5}', b'{"event": "im_receive_msg"}', b'{"event": "comment.update"}',
     b'{"event": "im_send_msg", "content": "not JSON"}'],
)  # fmt: skip
def test_what_bears_no_message_is_undecodable(body: bytes) -> None:
    with pytest.raises(Undecodable):
        tiktok.parse(body, {}, frozenset())


def test_a_token_is_fetched_with_the_refresh_token_and_a_new_one_is_kept() -> None:
    known = {"client_id": "c", "client_secret": "s", "refresh_token": "r1"}
    call = tiktok.sign_in(known)
    assert call is not None
    assert call.url.endswith("business-api.tiktok.com/open_api/v1.3/tt_user/oauth2/refresh_token/")
    assert json.loads(call.body) == known | {"grant_type": "refresh_token"}
    data = {"access_token": "A", "expires_in": 86400, "refresh_token": "r2"}
    granted = json.dumps({"code": 0, "data": data}).encode()
    taken = tiktok.signed_in(Response(200, {}, granted), known)
    fresh = {"access_token": "A", "refresh_token": "r2"}
    assert taken == SignedIn(known | fresh, 86400.0, {"refresh_token": "r2"})
    assert tiktok.signed_in(Response(200, {}, b'{"code": 40102, "data": {}}'), known) is None


def test_an_answer_goes_to_the_conversation_or_below_the_comment() -> None:
    call = tiktok.compose(Address("tiktok", conversation="c1", author="ann"), "hi", "k", KNOWN)
    assert call.url == "http://127.0.0.1:1/open_api/v1.3/business/message/send/"
    assert call.headers["access-token"] == "T"
    assert json.loads(call.body) == {
        "business_id": "shop",
        "recipient_type": "CONVERSATION",
        "recipient": "c1",
        "message_type": "TEXT",
        "text": {"body": "hi"},
    }
    below = Address("tiktok", conversation="v1", message="7", way="reply")
    call = tiktok.compose(below, "hi", "k", KNOWN)
    assert call.url == "http://127.0.0.1:1/open_api/v1.3/business/comment/reply/create/"
    assert json.loads(call.body) == {
        "business_id": "shop", "video_id": "v1", "comment_id": "7", "text": "hi",
    }  # fmt: skip


def answer(status: int = 200, **body: Any) -> Response:
    return Response(status, {}, json.dumps(body).encode())


@pytest.mark.parametrize(
    ("code", "kind", "again"),
    [
        (40001, "permission", None),
        (40002, "permanent", None),
        (40100, "rate_limited", 60),
        (40105, "token_invalid", 60),
    ],
)
def test_a_listed_refusal_is_not_sent(code: int, kind: Refusal, again: float | None) -> None:
    assert tiktok.outcome(answer(code=code, message="no")) == NotSent(kind, f"{code} no", again)


@pytest.mark.parametrize(
    ("status", "word", "kind"),
    [
        (401, "access_token_invalid", "token_invalid"),
        (401, "scope_not_authorized", "permission"),
        (429, "rate_limit_exceeded", "rate_limited"),
        (400, "invalid_params", "permanent"),
    ],
)
def test_the_other_api_refuses_in_words(status: int, word: str, kind: Refusal) -> None:
    found = tiktok.outcome(answer(status, error={"code": word}))
    assert isinstance(found, NotSent)
    assert found.kind == kind


def test_what_was_posted_has_its_id() -> None:
    assert tiktok.outcome(answer(code=0, data={"message": {"message_id": "m"}})) == Sent("m")
    assert tiktok.outcome(answer(code=0, data={"comment_id": 7})) == Sent("7")


def test_a_platform_out_of_order_may_have_posted() -> None:
    assert tiktok.outcome(answer(code=50000)) == Unknown("50000", passing=True)
    found = tiktok.outcome(answer(500, error={"code": "internal_error"}))
    assert found == Unknown("HTTP 500 internal_error", passing=True)


def test_any_other_answer_proves_nothing() -> None:
    for response in (
        answer(code=1), answer(), answer(code=False), answer(502, code=40002),
        answer(502, error={"code": "invalid_params"}), Response(200, {}, b"<html>"),
    ):  # fmt: skip
        assert isinstance(tiktok.outcome(response), Unknown)


def test_our_answer_is_found_by_its_words_and_its_author() -> None:
    to = Address("tiktok", conversation="v1", message="7", way="reply")
    call = tiktok.look_up(to, KNOWN)
    assert call is not None
    assert call.url == (
        "http://127.0.0.1:1/open_api/v1.3/business/comment/reply/list/"
        "?business_id=shop&video_id=v1&comment_id=7"
    )
    for owner, found in ((True, "9"), (False, None)):
        said = {"comment_id": "9", "text": "hi", "owner": owner}
        listed = tiktok.looked_up(answer(code=0, data={"comments": [7, said]}), to, "hi")
        assert listed == found or (found is None and isinstance(listed, Unknown))
