"""CloudEvents in each mode, by token, and leave for those who ask."""

import json
from typing import Any

import pytest

from desk.channels import cloudevents
from desk.wire import Address, BadSignature, Inbound, Undecodable

NOBODY: frozenset[str] = frozenset()
SECRET = {"token": "t", "previous_token": "old", "origins": "a.example, B.example"}
EVENT: dict[str, Any] = {"specversion": "1.0", "id": "1", "source": "/s", "type": "x.y"}
SAID = {"id": "m-1", "text": "hi", "author": {"id": "a"}, "conversation": "c"}


def batch(*events: Any) -> bytes:
    return json.dumps(list(events)).encode()


@pytest.mark.parametrize(
    ("headers", "query"),
    [
        ({"authorization": "Bearer t"}, {}),
        ({"authorization": "bearer old"}, {}),
        ({}, {"access_token": "t"}),
    ],
)
def test_the_token_is_in_the_header_or_in_the_address(
    headers: dict[str, str], query: dict[str, str]
) -> None:
    assert cloudevents.verify(Inbound("POST", headers, query, b"x"), SECRET, None) == b"x"


@pytest.mark.parametrize(
    ("headers", "query"),
    [({}, {}), ({"authorization": "Bearer"}, {}), ({"authorization": "Bearer T"}, {}),
     ({"authorization": "Basic t"}, {}), ({"authorization": "Basic x"}, {"access_token": "t"}),
     ({"authorization": "Bearer x"}, {"access_token": "t"}), ({}, {"access_token": ""})],
)  # fmt: skip
def test_nothing_else_is_a_token(headers: dict[str, str], query: dict[str, str]) -> None:
    with pytest.raises(BadSignature):
        cloudevents.verify(Inbound("POST", headers, query, b"x"), SECRET, None)


def options(origin: str) -> Inbound:
    return Inbound("OPTIONS", {"webhook-request-origin": origin}, {}, b"")


def test_who_is_on_the_list_may_send() -> None:
    request = options("b.example")
    cloudevents.verify(request, SECRET, None)
    answer = cloudevents.handshake(request, SECRET)
    assert answer is not None
    assert dict(answer.headers)["webhook-allowed-origin"] == "b.example"
    assert "webhook-allowed-rate" not in dict(answer.headers)


@pytest.mark.parametrize("origin", ["c.example", "", "a.example\r\nx: y", "é", "b.example.evil"])
def test_who_is_not_may_not(origin: str) -> None:
    with pytest.raises(BadSignature):
        cloudevents.verify(options(origin), SECRET, None)


def test_a_batch_may_be_empty_and_one_bad_event_does_not_spoil_it() -> None:
    assert cloudevents.parse(b"[]", {}, NOBODY) == []
    items = cloudevents.parse(batch(EVENT, {"id": "2"}, EVENT | {"id": "3"}), {}, NOBODY)
    assert [item.event for item in items] == ["x.y", "unreadable", "x.y"]
    with pytest.raises(Undecodable):
        cloudevents.parse(batch({"id": "2"}, 5), {}, NOBODY)


@pytest.mark.parametrize("name", cloudevents.REQUIRED)
def test_an_event_without_what_it_must_have_is_undecodable(name: str) -> None:
    with pytest.raises(Undecodable):
        cloudevents.parse(json.dumps({**EVENT, name: ""}).encode(), {}, NOBODY)


def test_a_binary_event_has_its_attributes_in_headers() -> None:
    headers = {
        "content-type": "application/json; charset=utf-8", "ce-specversion": "1.0", "ce-id": "1",
        "ce-source": "/%E8%8C%B6", "ce-type": "org.example.comment.created",
        "ce-time": "2026-03-01T10:00:00Z",
    }  # fmt: skip
    [item] = cloudevents.parse(json.dumps(SAID).encode(), headers, NOBODY)
    assert (item.type, item.text, item.source) == ("comment", "hi", "/茶")
    assert (item.event_id, item.event) == ("1", "org.example.comment.created")
    assert item.facts()["created_at"] == "2026-03-01T10:00:00Z"
    [other] = cloudevents.parse(b"<x/>", headers | {"content-type": "text/xml"}, NOBODY)
    assert (other.type, other.reply_candidate) == ("control", False)


def test_an_id_is_told_apart_by_its_source() -> None:
    one, other = cloudevents.parse(batch(EVENT, EVENT | {"source": "/t"}), {}, NOBODY)
    assert one.identity() != other.identity()


def test_an_answer_is_an_event_whose_id_stays_the_same() -> None:
    to = Address("cloudevents", message="m-1", conversation="c", way="reply")
    call = cloudevents.compose(to, "hi", "k 茶", {"url": "https://a.example/x", "token": "T"})
    event = json.loads(call.body)
    assert call.headers["content-type"].startswith("application/cloudevents+json")
    assert (event["id"], event["data"]["in_reply_to"]) == ("k%20%E8%8C%B6", "m-1")
    assert set(cloudevents.REQUIRED) <= set(event)
