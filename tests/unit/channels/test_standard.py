"""Standard Webhooks: genuine or not, our own event format, the call out and what answers prove."""

import base64
import json
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from desk.channels import standard
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

NOW = 1_700_000_000
KEY = "whsec_" + base64.b64encode(b"a key of thirty bytes, or so").decode()
SECRET = {"platform": "standard", "secret": KEY}
NOBODY: frozenset[str] = frozenset()


def request(signature: str | None = None, body: bytes = b"{}", **headers: str) -> Inbound:
    if signature is None:
        signature = standard.sign("msg_1", str(NOW), body, KEY)
    named = {"id": "msg_1", "timestamp": str(NOW), "signature": signature} | headers
    return Inbound("POST", {f"webhook-{name}": value for name, value in named.items()}, {}, body)


def event(name: str = "mention.created", **data: Any) -> bytes:
    author = {"id": 71, "name": "Ann", "followers": 12, "verified": True, "bot": False}
    full = {"id": "c-1", "text": "漏水", "author": author, "conversation": "t-1", "parent": "p-1",
            "permalink": "https://example.org/c-1", "language": "zh", "account": "shop",
            "created_at": "2026-03-01T16:29:58.5+08:00"}  # fmt: skip
    return json.dumps(
        {"type": name, "timestamp": "2026-03-01T08:30:00Z", "data": full | data}
    ).encode()


def parsed(name: str = "mention.created", own: frozenset[str] = NOBODY, **data: Any) -> Item:
    [item] = standard.parse(event(name, **data), {"webhook-id": "msg_1"}, own)
    return item


def test_a_signed_delivery_is_genuine_within_five_minutes() -> None:
    for now in (NOW, NOW + 300, NOW - 300, None):
        assert standard.verify(request(), SECRET, now) == b"{}"
    with pytest.raises(BadSignature, match="301 s too old"):
        standard.verify(request(), SECRET, NOW + 301)
    with pytest.raises(BadSignature, match="301 s too early"):
        standard.verify(request(), SECRET, NOW - 301)


def test_prefix_and_padding_of_the_secret_may_be_left_out() -> None:
    for secret in (KEY, KEY.removeprefix("whsec_"), KEY.rstrip("=")):
        assert standard.verify(request(), {"secret": secret}, NOW) == b"{}"


def test_any_signature_of_the_list_is_enough_and_unknown_versions_are_skipped() -> None:
    good = standard.sign("msg_1", str(NOW), b"{}", KEY)
    wrong = standard.sign("msg_1", str(NOW), b"{ }", KEY)
    assert standard.verify(request(f"v9,x {wrong} {good} junk"), SECRET, NOW) == b"{}"
    for listed in (wrong, good.replace("v1,", "v2,"), "v1,", "v1", ",", good[:-3], good.lower()):
        with pytest.raises(BadSignature, match="no signature"):
            standard.verify(request(listed), SECRET, NOW)


@pytest.mark.parametrize("name", ["id", "timestamp", "signature"])
def test_each_header_must_be_there(name: str) -> None:
    headers = {**request().headers, f"webhook-{name}": ""}
    with pytest.raises(BadSignature, match=f"webhook-{name} is missing"):
        standard.verify(request()._replace(headers=headers), SECRET, NOW)


@pytest.mark.parametrize("stamp", ["hello", "1.7e9", "+1700000000", "１７", "9" * 5000])
def test_the_time_is_whole_seconds(stamp: str) -> None:
    with pytest.raises(BadSignature, match="whole seconds"):
        standard.verify(request(timestamp=stamp), SECRET, NOW)


def test_id_time_and_body_are_all_signed() -> None:
    good = standard.sign("msg_1", str(NOW), b"{}", KEY)
    for changed in (
        request(good, id="msg_2"),
        request(good, id="é"),
        request(good, timestamp=str(NOW + 1)),
        request(good, body=b"{} "),
    ):
        with pytest.raises(BadSignature, match="no signature"):
            standard.verify(changed, SECRET, NOW)


@pytest.mark.parametrize(
    ("secret", "reason"),
    [
        ({}, "has no secret"),
        ({"secret": ""}, "has no secret"),
        ({"secret": "whsec_"}, "not base64"),
        ({"secret": "whsec_é"}, "not base64"),
        ({"secret": "whpk_AAAA"}, "no signature"),
    ],
)
def test_a_secret_that_cannot_work_is_refused(secret: dict[str, str], reason: str) -> None:
    with pytest.raises(BadSignature, match=reason):
        standard.verify(request("v1,AAAA"), secret, NOW)


def test_during_a_rotation_the_previous_secret_is_good() -> None:
    new = base64.b64encode(b"the new key").decode()
    assert standard.verify(request(), {"secret": new, "previous_secret": KEY}, NOW) == b"{}"
    with pytest.raises(BadSignature):
        standard.verify(request(), {"secret": new}, NOW)


def test_a_sender_with_a_key_pair_is_checked_by_its_public_key() -> None:
    pair = Ed25519PrivateKey.generate()
    public = "whpk_" + base64.b64encode(pair.public_key().public_bytes_raw()).decode()
    signature = pair.sign(f"msg_1.{NOW}.".encode() + b"{}")
    good = "v1a," + base64.b64encode(signature).decode()
    assert standard.verify(request(f"v1,AAAA {good}"), {"secret": public}, NOW) == b"{}"
    for wrong in (good.replace("v1a", "v1"), "v1a,", "v1a,é", "v1a,AAAA"):
        with pytest.raises(BadSignature, match="no signature"):
            standard.verify(request(wrong), {"secret": public}, NOW)
    with pytest.raises(BadSignature, match="no signature"):
        standard.verify(request(good, body=b"[]"), {"secret": public}, NOW)
    with pytest.raises(BadSignature, match="no Ed25519 public key"):
        standard.verify(request(good), {"secret": "whpk_AAAA"}, NOW)


def test_a_mention_bears_everything_it_was_given() -> None:
    item = parsed()
    assert (item.type, item.action, item.reply_candidate) == ("mention", "create", True)
    assert (item.event_id, item.message_id, item.parent_id) == ("msg_1", "c-1", "p-1")
    assert (item.author_id, item.author_name, item.author_followers) == ("71", "Ann", 12)
    assert (item.author_verified, item.from_bot) == (True, False)
    assert (item.account_id, item.conversation_id, item.lang) == ("shop", "t-1", "zh")
    assert (item.text, item.permalink) == ("漏水", "https://example.org/c-1")
    assert item.created_at is not None
    assert iso(item.created_at) == "2026-03-01T08:29:58.500Z"


@pytest.mark.parametrize(
    ("name", "kind", "action", "candidate"),
    [
        ("comment.created", "comment", "create", True),
        ("message.created", "message", "create", True),
        ("post.created", "post", "create", None),
        ("mention.edited", "mention", "edit", False),
        ("post.deleted", "post", "delete", False),
    ],
)
def test_kind_and_action_are_in_the_type(
    name: str, kind: str, action: str, candidate: bool | None
) -> None:
    item = parsed(name)
    assert (item.type, item.action, item.reply_candidate) == (kind, action, candidate)
    assert (item.edited_at is not None) == (action == "edit")


@pytest.mark.parametrize(
    "name", ["contact.created", "mention", "mention.liked", "a.mention.created"]
)
def test_any_other_type_asks_for_nothing(name: str) -> None:
    item = parsed(name)
    assert (item.type, item.action, item.reply_candidate) == ("control", "none", False)
    assert (item.event, item.event_id, item.text) == (name, "msg_1", None)


def test_only_the_id_must_be_there() -> None:
    body = b'{"type": "mention.created", "timestamp": "2026-03-01T08:30:00Z", "data": {"id": 7}}'
    [item] = standard.parse(body, {}, NOBODY)
    assert (item.message_id, item.author_id, item.reply_candidate) == ("7", None, True)
    assert item.created_at is not None
    assert iso(item.created_at) == "2026-03-01T08:30:00Z"


def test_bots_and_our_own_accounts_are_not_answered() -> None:
    assert parsed(author={"id": "1", "bot": True}).reply_candidate is False
    ours = parsed(own=frozenset({"71"}))
    assert (ours.own, ours.reply_candidate) == (True, False)


def test_values_of_a_wrong_type_are_left_out() -> None:
    item = parsed(text=5, permalink="javascript:alert(1)", language=[], parent={}, author="Ann")
    assert (item.text, item.permalink, item.lang, item.parent_id) == (None, None, None, None)
    assert item.author_id is None
    assert parsed(permalink="http://[").permalink is None
    assert parsed(author={"id": "1", "followers": True}).author_followers is None


@pytest.mark.parametrize(
    "time", ["2026-03-01T08:29:58", "0001-01-01T00:00:00+14:00", "1960-01-01T00:00:00Z", "x", 5]
)
def test_a_time_without_a_zone_or_out_of_range_gives_way_to_the_event_s(time: Any) -> None:
    item = parsed(created_at=time)
    assert item.created_at is not None
    assert iso(item.created_at) == "2026-03-01T08:30:00Z"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{}",
        b'{"type": 5}',
        b'{"type": "mention.created"}',
        b'{"type": "mention.created", "data": []}',
        b'{"type": "mention.created", "data": {"id": null}}',
    ],
)
def test_an_event_that_is_not_what_it_says_is_undecodable(body: bytes) -> None:
    with pytest.raises(Undecodable):
        standard.parse(body, {}, NOBODY)


def test_an_answer_is_handed_over_under_a_key_that_stays() -> None:
    to = Address("standard", account="shop", conversation="t-1", message="c-1")
    credentials = {"url": "https://crm.example.org/replies?x=1", "token": "T"}
    call = standard.compose(to, "您好", "shop:r 1", credentials)
    assert call.url == credentials["url"]
    assert call.headers["authorization"] == "Bearer T"
    assert call.headers["webhook-id"] == "shop:r%201"
    assert json.loads(call.body) == {
        "type": "reply.created",
        "data": {
            "id": "shop:r 1",
            "in_reply_to": "c-1",
            "conversation": "t-1",
            "account": "shop",
            "text": "您好",
        },
    }
    local = standard.compose(to, "x", "k", credentials | {"base": "http://127.0.0.1:1/"})
    assert local.url == "http://127.0.0.1:1/replies?x=1"
    assert (
        standard.compose(to, "x", "k", {"base": "http://127.0.0.1:1"}).url == "http://127.0.0.1:1"
    )


@pytest.mark.parametrize(
    ("response", "identity"),
    [
        (Response(200, {}, b'{"id": 5}'), "5"),
        (Response(201, {}, b'{"data": {"id": "r-5"}}'), "r-5"),
        (Response(202, {}, b"accepted"), ""),
        (Response(204, {}, b""), ""),
    ],
)
def test_a_2xx_is_sent(response: Response, identity: str) -> None:
    assert standard.outcome(response) == Sent(identity)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (401, "token_invalid"),
        (403, "permission"),
        (404, "permanent"),
        (410, "blocked"),
        (413, "too_long"),
    ],
)
def test_a_listed_refusal_is_not_sent_and_not_tried_again(status: int, kind: Refusal) -> None:
    assert standard.outcome(Response(status, {}, b"")) == NotSent(kind, f"HTTP {status}")


@pytest.mark.parametrize(
    ("asked", "waits"),
    [("5", 5), ("0", 1), ("99999999", 21_600), ("Wed, 21 Oct 2026 07:28:00 GMT", 60), ("", 60)],
)
def test_too_many_requests_passes_after_the_time_it_names(asked: str, waits: float) -> None:
    found = standard.outcome(Response(429, {"retry-after": asked}, b""))
    assert found == NotSent("rate_limited", "HTTP 429", waits)


@pytest.mark.parametrize(
    "response",
    [
        Response(200, {"content-type": "text/html"}, b"Sign in"),
        Response(200, {}, b" \n<!doctype html>"),
        Response(302, {}, b""),
        Response(400, {}, b"{}"),
        Response(409, {}, b"{}"),
        Response(422, {}, b"{}"),
        Response(500, {}, b""),
        Response(503, {"retry-after": "5"}, b""),
    ],
)
def test_any_other_answer_proves_nothing(response: Response) -> None:
    assert isinstance(standard.outcome(response), Unknown)
