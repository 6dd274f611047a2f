"""Bluesky: notifications, threads, links by bytes, and the time from the server."""

import json
from typing import Any

import pytest

from desk.channels import bluesky
from desk.wire import Address, NotSent, Response, Sent, Undecodable, Unknown

OWN = frozenset({"did:plc:me"})
POST = "at://did:plc:ada/app.bsky.feed.post/3kb"
ROOT = {"uri": "at://did:plc:me/app.bsky.feed.post/3ka", "cid": "ca"}
CREDENTIALS = {
    "identifier": "shop.example",
    "password": "p",
    "access_token": "A",
    "account": "did:plc:me",
}


def told(reason: str = "reply", **record: Any) -> dict[str, Any]:
    return {
        "uri": POST, "cid": "cb", "reason": reason, "reasonSubject": ROOT["uri"],
        "author": {"did": "did:plc:ada", "handle": "ada.example"},
        "record": {"text": "hi", "createdAt": "2026-03-01T10:00:00Z", "langs": ["uk"]} | record,
        "indexedAt": "2026-03-01T10:00:05Z",
    }  # fmt: skip


def parsed(*notifications: Any) -> list[Any]:
    return bluesky.parse(json.dumps({"notifications": notifications}).encode(), {}, OWN)


def test_a_reply_belongs_to_its_roots_thread_and_is_answered_there() -> None:
    [item] = parsed(told(reply={"root": ROOT, "parent": ROOT}))
    assert (item.type, item.parent_id, item.lang) == ("reply", ROOT["uri"], "uk")
    assert item.conversation_id == ROOT["uri"]
    to = Address("bluesky", message=POST, way="reply", context=item.context)
    record = json.loads(bluesky.compose(to, "yes", "k", CREDENTIALS).body)["record"]
    assert record["reply"] == {"root": ROOT, "parent": {"uri": POST, "cid": "cb"}}


def test_a_mention_that_begins_a_thread_is_its_own_root() -> None:
    [item] = parsed(told("mention"))
    assert item.conversation_id == POST
    to = Address("bluesky", message=POST, way="reply", context=item.context)
    call = bluesky.compose(to, "yes", "k", CREDENTIALS)
    parent = {"uri": POST, "cid": "cb"}
    assert json.loads(call.body)["repo"] == "did:plc:me"
    assert json.loads(call.body)["record"]["reply"] == {"root": parent, "parent": parent}


def test_a_time_that_a_client_made_up_does_not_lie_ahead_of_the_servers() -> None:
    [item] = parsed(told(createdAt="2030-01-01T00:00:00Z"))
    assert item.facts()["created_at"] == "2026-03-01T10:00:05Z"


def test_what_asks_for_nothing_is_heard_and_our_own_is_ours() -> None:
    for reason, kind in (("like", "reaction"), ("follow", "follow"), ("verified", "control")):
        [item] = parsed(told(reason))
        assert (item.type, item.reply_candidate, item.event) == (kind, False, reason)
    [ours] = parsed(told() | {"author": {"did": "did:plc:me"}})
    assert (ours.own, ours.reply_candidate) == (True, False)
    [bot] = parsed(told() | {"author": {"did": "did:plc:b", "labels": [{"val": "bot"}]}})
    assert (bot.from_bot, bot.reply_candidate) == (True, False)


@pytest.mark.parametrize(
    "body", [b"{}", b"[]", b'{"notifications": [{}]}', b'{"notifications": 1}']
)
def test_what_lists_no_notifications_is_undecodable(body: bytes) -> None:
    with pytest.raises(Undecodable):
        bluesky.parse(body, {}, OWN)


@pytest.mark.parametrize(
    ("text", "links"),
    [
        ("茶 https://a.example/x.", ["https://a.example/x"]),
        (
            "(https://a.example/x_(y)) https://b.example",
            ["https://a.example/x_(y)", "https://b.example"],
        ),
        ("看https://a.example/é，好", ["https://a.example/é"]),
        ("ftp://a.example a.example", []),
    ],
)
def test_links_are_marked_by_their_bytes(text: str, links: list[str]) -> None:
    raw = text.encode()
    found = bluesky.facets(text)
    spans = [(one["index"]["byteStart"], one["index"]["byteEnd"]) for one in found]
    assert [raw[start:end].decode() for start, end in spans] == links
    assert [one["features"][0]["uri"] for one in found] == links


def test_a_post_bears_the_servers_time() -> None:
    to = Address("bluesky", message=POST, way="reply", context='{"cid": "cb", "root": null}')
    date = {"date": "Sun, 01 Mar 2026 10:00:00 GMT"}
    ready = bluesky.prepared(Response(200, date, b'{"did": "did:plc:me"}'), to)
    assert isinstance(ready, Address)
    record = json.loads(bluesky.compose(ready, "x", "k", CREDENTIALS).body)["record"]
    assert (record["createdAt"], record["reply"]["parent"]["cid"]) == ("2026-03-01T10:00:00Z", "cb")
    assert isinstance(bluesky.prepared(Response(200, {}, b'{"did": "d"}'), to), Unknown)
    expired = Response(400, date, b'{"error": "ExpiredToken", "message": "Token has expired"}')
    refused = bluesky.prepared(expired, to)
    assert isinstance(refused, NotSent)
    assert refused.kind == "token_invalid"


def answer(status: int, error: str, message: str = "", **headers: str) -> Response:
    body = json.dumps({"error": error, "message": message}).encode()
    return Response(status, {name.replace("_", "-"): it for name, it in headers.items()}, body)


def test_what_answers_prove() -> None:
    assert bluesky.outcome(Response(200, {}, b'{"uri": "at://x", "cid": "c"}')) == Sent("at://x")
    long = "Invalid app.bsky.feed.post record: Record/text must not be longer than 300 graphemes"
    for code, name, words, kind in (
        (401, "AuthenticationRequired", "", "token_invalid"),
        (400, "InvalidRequest", long, "too_long"),
        (400, "InvalidRequest", "bad", "permanent"), (400, "AccountTakedown", "", "blocked"),
    ):  # fmt: skip
        refused = bluesky.outcome(answer(code, name, words))
        assert isinstance(refused, NotSent)
        assert refused.kind == kind
    late = {"ratelimit_reset": "1772359330", "date": "Sun, 01 Mar 2026 10:00:00 GMT"}
    limited = bluesky.outcome(answer(429, "RateLimitExceeded", "slow", **late))
    assert limited == NotSent("rate_limited", "RateLimitExceeded: slow", 130.0)
    assert bluesky.outcome(answer(502, "UpstreamFailure")) == Unknown("UpstreamFailure", True)
    assert isinstance(bluesky.outcome(answer(400, "SomethingNew")), Unknown)


def listed(*seconds: int, cursor: str = "") -> Response:
    rows = [told() | {"indexedAt": f"2026-03-01T10:00:{second:02}Z"} for second in seconds]
    body = {"notifications": rows} | ({"cursor": cursor} if cursor else {})
    return Response(200, {}, json.dumps(body).encode())


def test_pages_are_asked_for_back_to_what_we_have() -> None:
    begun = bluesky.polled("notifications", listed(5, 4, cursor="x"), {})
    assert not isinstance(begun, NotSent | Unknown)
    assert (begun.fresh, begun.more) == (False, None)
    page = bluesky.polled("notifications", listed(9, 8, cursor="c d"), begun.marks)
    assert not isinstance(page, NotSent | Unknown)
    assert page.fresh
    assert page.more is not None
    assert page.more.url.endswith("&cursor=c%20d")
    last = bluesky.polled("notifications", listed(6, 5, cursor="y"), begun.marks)
    assert not isinstance(last, NotSent | Unknown)
    assert (last.fresh, last.more) == (True, None)
