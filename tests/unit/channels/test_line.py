"""LINE: what its webhooks say, what we send, and what its answers prove."""

import json
from typing import Any

import pytest

from desk.channels import line
from desk.lengths import length
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

SECRET = {"platform": "line", "secret": "sesame"}
NOBODY: frozenset[str] = frozenset()


def delivery(*events: Any) -> bytes:
    return json.dumps({"destination": "Ubot", "events": events}).encode()


def event(**more: Any) -> dict[str, Any]:
    return {
        "type": "message",
        "mode": "active",
        "timestamp": 1_700_000_000_250,
        "source": {"type": "user", "userId": "Uann"},
        "webhookEventId": "01H",
        "deliveryContext": {"isRedelivery": False},
        "replyToken": "once",
        "message": {"id": "7", "type": "text", "text": "漏水了"},
    } | more


def parsed(**more: Any) -> Item:
    [item] = line.parse(delivery(event(**more)), {}, NOBODY)
    return item


def request(body: bytes, signature: str | None) -> Inbound:
    headers = {} if signature is None else {"x-line-signature": signature}
    return Inbound("POST", headers, {}, body)


def test_a_delivery_signed_with_the_channel_secret_is_genuine() -> None:
    body = delivery(event())
    assert line.verify(request(body, line.sign(body, "sesame")), SECRET, None) == body


@pytest.mark.parametrize(
    ("signature", "reason"),
    [
        (None, "missing"),
        ("", "missing"),
        ("é", "does not match"),
        ("\ud800", "does not match"),
        ("A" * 44, "does not match"),
    ],
)
def test_a_bad_signature_is_refused_with_its_reason(signature: str | None, reason: str) -> None:
    with pytest.raises(BadSignature, match=reason):
        line.verify(request(b"{}", signature), SECRET, None)


def test_one_changed_byte_is_refused() -> None:
    with pytest.raises(BadSignature):
        line.verify(request(b"{} ", line.sign(b"{}", "sesame")), SECRET, None)


def test_during_a_rotation_the_previous_secret_is_good_and_an_older_one_is_not() -> None:
    rotating = {"secret": "new", "previous_secret": "old"}
    for secret in ("new", "old"):
        assert line.verify(request(b"{}", line.sign(b"{}", secret)), rotating, None) == b"{}"
    with pytest.raises(BadSignature):
        line.verify(request(b"{}", line.sign(b"{}", "older")), rotating, None)


@pytest.mark.parametrize("secret", [{}, {"secret": ""}, {"secret": "", "previous_secret": "x"}])
def test_a_channel_without_a_secret_believes_nobody(secret: dict[str, str]) -> None:
    for guess in ("", "x"):
        with pytest.raises(BadSignature, match="has no secret"):
            line.verify(request(b"{}", line.sign(b"{}", guess)), secret, None)


def test_a_text_is_a_message_that_may_be_answered() -> None:
    item = parsed()
    assert (item.type, item.action, item.reply_candidate) == ("message", "create", True)
    assert (item.text, item.message_id, item.author_id) == ("漏水了", "7", "Uann")
    assert (item.account_id, item.conversation_id) == ("Ubot", "Uann")
    assert (item.event_id, item.redelivery, item.reply_token) == ("01H", False, "once")
    assert item.created_at is not None
    assert iso(item.created_at) == "2023-11-14T22:13:20.250Z"
    assert "reply_token" not in item.facts()


def test_in_a_group_the_conversation_is_the_group_and_the_author_may_be_unknown() -> None:
    item = parsed(source={"type": "group", "groupId": "Cteam"})
    assert (item.conversation_id, item.author_id, item.source_type) == ("Cteam", None, "group")
    assert parsed(source={"type": "room", "roomId": "Rx", "userId": "Ub"}).conversation_id == "Rx"


def test_a_quoted_message_is_the_parent() -> None:
    message = {"id": "8", "type": "text", "text": "?", "quotedMessageId": "7"}
    assert parsed(message=message).parent_id == "7"


@pytest.mark.parametrize(
    ("message", "media", "text"),
    [
        ({"type": "image"}, ("image",), None),
        ({"type": "file", "fileName": "a.pdf"}, ("file",), None),
        ({"type": "sticker", "text": "thanks"}, ("sticker",), "thanks"),
        ({"type": "location", "title": "Shop", "address": "1 Road"}, ("location",), "Shop\n1 Road"),
        ({"type": "location", "latitude": 1.5}, ("location",), None),
    ],
)
def test_what_is_not_text_is_media_with_the_words_it_has(
    message: dict[str, Any], media: tuple[str, ...], text: str | None
) -> None:
    item = parsed(message={"id": "9"} | message)
    assert (item.media, item.text, item.reply_candidate) == (media, text, True)


def test_an_unsent_message_is_a_deletion_of_that_message() -> None:
    item = parsed(type="unsend", unsend={"messageId": "7"}, message=None)
    assert (item.type, item.action, item.message_id) == ("message", "delete", "7")
    assert item.reply_candidate is False


def test_an_edit_bears_the_new_text_and_its_time_and_is_not_answered() -> None:
    item = parsed(type="messageEdited")
    assert (item.action, item.text, item.reply_candidate) == ("edit", "漏水了", False)
    assert item.edited_at == item.created_at


def test_pressing_a_button_leaves_the_answer_to_the_brand() -> None:
    item = parsed(type="postback", postback={"data": "buy=1"}, message=None)
    assert (item.type, item.payload, item.reply_candidate) == ("interaction", "buy=1", None)


@pytest.mark.parametrize(
    ("name", "kind", "action"),
    [
        ("follow", "follow", "create"),
        ("unfollow", "follow", "delete"),
        ("join", "control", "none"),
        ("leave", "control", "none"),
        ("memberJoined", "control", "none"),
        ("accountLink", "control", "none"),
        ("beacon", "control", "none"),
        ("somethingNew", "control", "none"),
    ],
)
def test_other_events_ask_for_no_answer(name: str, kind: str, action: str) -> None:
    item = parsed(type=name, message=None)
    assert (item.type, item.action, item.reply_candidate) == (kind, action, False)
    assert item.event == name


def test_while_another_channel_has_the_conversation_we_stay_silent() -> None:
    item = parsed(mode="standby")
    assert (item.standby, item.reply_candidate) == (True, False)
    assert parsed(mode="standby", type="postback").reply_candidate is False


def test_what_our_own_accounts_write_is_not_answered() -> None:
    [item] = line.parse(delivery(event()), {}, frozenset({"Uann"}))
    assert (item.own, item.reply_candidate) == (True, False)


@pytest.mark.parametrize("time", [-1, 0, 10**30, None, "soon", True, [], 1e300])
def test_an_absurd_time_is_no_time(time: Any) -> None:
    assert parsed(timestamp=time).created_at is None


def test_the_console_s_verify_button_brings_no_item() -> None:
    assert line.parse(delivery(), {}, NOBODY) == []


def test_one_strange_event_does_not_cost_the_others() -> None:
    strange = [7, {"type": "message"}, {"type": ["x"]}]
    items = line.parse(delivery(event(), *strange, event()), {}, NOBODY)
    assert [item.type for item in items] == ["message", *["control"] * 3, "message"]


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"{}", b'{"events": {}}', b'{"events": [1]}', b'{"events": [{"type": "unsend"}]}'],
)
def test_a_delivery_of_which_nothing_can_be_read_is_undecodable(body: bytes) -> None:
    with pytest.raises(Undecodable):
        line.parse(body, {}, NOBODY)


def test_an_answer_is_pushed_to_the_conversation_under_a_key_that_stays() -> None:
    to = Address("line", conversation="Cteam", author="Uann")
    first = line.compose(to, "好的 🍎", "line:r1", {"token": "T"})
    again = line.compose(to, "好的 🍎", "line:r1", {"token": "T"})
    other = line.compose(to, "好的 🍎", "line:r2", {"token": "T", "base": "http://127.0.0.1:1/"})
    assert first == again
    assert first.url == "https://api.line.me/v2/bot/message/push"
    assert other.url == "http://127.0.0.1:1/v2/bot/message/push"
    assert first.headers["authorization"] == "Bearer T"
    assert first.headers["x-line-retry-key"] != other.headers["x-line-retry-key"]
    assert json.loads(first.body) == {
        "to": "Cteam",
        "messages": [{"type": "text", "text": "好的 🍎"}],
    }
    assert "好的".encode() in first.body
    alone = line.compose(Address("line", author="Uann"), "x", "k", {"token": "T"})
    assert json.loads(alone.body)["to"] == "Uann"


def test_length_is_in_utf_16_units() -> None:
    assert [length(text, "utf16") for text in ("", "Hi", "漏", "🍎")] == [0, 2, 1, 2]


def answer(status: int, body: Any, **headers: str) -> Response:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Response(status, {name.replace("_", "-"): v for name, v in headers.items()}, data)


@pytest.mark.parametrize(
    ("response", "identity"),
    [
        (answer(200, {"sentMessages": [{"id": "461", "quoteToken": "q"}]}), "461"),
        (answer(409, {"message": "The retry key is already accepted"}), ""),
        (answer(409, {"message": "…", "sentMessages": [{"id": "461"}]}), "461"),
        (answer(409, b"", x_line_accepted_request_id="r"), ""),
    ],
)
def test_taken_now_or_under_the_same_key_before_is_sent(response: Response, identity: str) -> None:
    assert line.outcome(response) == Sent(identity, again=response.status == 409)


def test_a_broadcast_is_taken_without_naming_a_message() -> None:
    call = line.compose(Address("line", way="post"), "新茶上市", "k", {"token": "T"})
    assert call.url == "https://api.line.me/v2/bot/message/broadcast"
    assert "to" not in json.loads(call.body)
    assert line.outcome(answer(200, {}, x_line_request_id="r")) == Sent("")


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (400, {"message": "Invalid reply token"}, "reply_token_used_or_expired"),
        (400, {"message": "The property, 'to', in the request body is invalid"}, "permanent"),
        (400, {"message": "Failed to send messages"}, "permanent"),
        (401, {"message": "Authentication failed due to the following reason: x"}, "token_invalid"),
        (403, {"message": "Access to this API is not available for your account"}, "permission"),
        (429, {"message": "You have reached your monthly limit."}, "quota"),
    ],
)
def test_a_listed_refusal_is_not_sent_and_not_tried_again(
    status: int, body: dict[str, str], kind: Refusal
) -> None:
    found = line.outcome(answer(status, body))
    assert isinstance(found, NotSent)
    assert (found.kind, found.again_after) == (kind, None)


def test_a_text_that_is_too_long_is_named_in_the_details() -> None:
    details = [{"message": "Length must be between 0 and 5000", "property": "messages[0].text"}]
    found = line.outcome(
        answer(400, {"message": "The request body has 1 error(s)", "details": details})
    )
    assert isinstance(found, NotSent)
    assert found.kind == "too_long"
    assert "between 0 and 5000" in found.reason


def test_the_rate_limit_passes() -> None:
    body = {"message": "The API rate limit has been exceeded. Try again later."}
    assert line.outcome(answer(429, body)) == NotSent("rate_limited", body["message"], 60)
    assert line.outcome(answer(429, body, retry_after="5")) == NotSent(
        "rate_limited", body["message"], 5
    )


@pytest.mark.parametrize(
    "response",
    [
        answer(200, {}),
        answer(200, {"sentMessages": []}),
        answer(200, {"sentMessages": [{}]}),
        answer(200, b"<html>"),
        answer(200, b""),
        answer(302, {}),
        answer(400, {"message": "something new"}),
        answer(401, b"<html>"),
        answer(404, {"message": "Not found"}),
        answer(409, b"<html>"),
        answer(429, b"busy"),
        answer(500, {"message": "Internal server error"}),
        answer(503, b""),
    ],
)
def test_any_other_answer_proves_nothing(response: Response) -> None:
    assert isinstance(line.outcome(response), Unknown)
