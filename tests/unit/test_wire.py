"""What crosses the wire: caps on JSON, deliveries that survive the queue, and ids of things."""

import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given, strategies as st

from desk.wire import (
    MAX_BODY,
    MAX_DEPTH,
    MAX_DIGITS,
    MAX_NODES,
    Delivery,
    Item,
    Undecodable,
    iso,
    read_json,
    stamp,
    utf16_length,
    visible,
    without_surrogates,
)
from tests.records import NOON, after


def nested(levels: int) -> bytes:
    return b"[" * levels + b"]" * levels


def test_json_is_read_up_to_each_cap() -> None:
    assert read_json(json.dumps({"a": ["茶", 1, 2.5, None, True]}).encode()) == {
        "a": ["茶", 1, 2.5, None, True]
    }
    assert read_json(nested(MAX_DEPTH + 1)) is not None
    assert len(read_json(b"[" + b"1," * (MAX_NODES - 2) + b"1]")) == MAX_NODES - 1
    assert read_json(b"9" * MAX_DIGITS) == 10**MAX_DIGITS - 1
    assert read_json(b'"' + b"a" * (MAX_BODY - 2) + b'"') == "a" * (MAX_BODY - 2)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        pytest.param(nested(MAX_DEPTH + 2), "deeper than 32", id="one level too deep"),
        pytest.param(nested(100_000), "deeper than 32", id="deep enough to end the interpreter"),
        pytest.param(b'{"a":' * 40 + b"1" + b"}" * 40, "deeper than 32", id="objects in objects"),
        pytest.param(b"[" + b"1," * (MAX_NODES - 1) + b"1]", "10000 values", id="one value more"),
        pytest.param(b"9" * (MAX_DIGITS + 1), "65 digits", id="one digit more"),
        pytest.param(b'[{"a": ' + b"9" * 5_000 + b"}]", "5000 digits", id="a number without end"),
        pytest.param(b'"' + b"a" * (MAX_BODY - 1) + b'"', "bytes, more than", id="one byte more"),
        pytest.param(b'{"a": NaN}', "NaN", id="not a number"),
        pytest.param(b"-Infinity", "-Infinity", id="infinity"),
        pytest.param(b"\xff\xfe", "not UTF-8 at byte 0", id="not UTF-8"),
        pytest.param(b'"\xed\xa0\xbd"', "not UTF-8", id="a surrogate in UTF-8"),
        pytest.param(b"", "not JSON", id="nothing"),
        pytest.param(b"{'a': 1}", "not JSON", id="not JSON"),
        pytest.param(b"[1] [2]", "not JSON", id="two values"),
    ],
)
def test_json_beyond_a_cap_is_undecodable(body: bytes, reason: str) -> None:
    with pytest.raises(Undecodable, match=reason):
        read_json(body)


@given(st.binary(max_size=200) | st.text(max_size=100).map(str.encode))
def test_whatever_bytes_come_they_are_read_or_undecodable(body: bytes) -> None:
    try:
        value = read_json(body)
    except Undecodable:
        return
    assert json.loads(json.dumps(value, ensure_ascii=False).encode()) == value


@pytest.mark.parametrize(
    ("body", "value"),
    [
        pytest.param(rb'"tea \ud83d"', "tea \ufffd", id="half a pair at the end"),
        pytest.param(rb'"\udC75 tea"', "\ufffd tea", id="the other half"),
        pytest.param(rb'"\uD83D\uDC4D"', "👍", id="a pair in capitals"),
        pytest.param(rb'"\ud83d\ud83d\udc4d"', "\ufffd👍", id="a half before a pair"),
        pytest.param(rb'{"\uD83d": [{"a": "\udfff"}]}', {"\ufffd": [{"a": "\ufffd"}]}, id="inside"),
        pytest.param(rb'"\\ud83d"', r"\ud83d", id="the escape itself, escaped"),
    ],
)
def test_lone_surrogates_are_replaced_wherever_they_are(body: bytes, value: Any) -> None:
    assert read_json(body) == value


@given(st.text(st.characters(categories=["L", "Cs"]), max_size=20))
def test_text_without_surrogates_can_be_stored_and_is_else_the_same(text: str) -> None:
    clean = without_surrogates(text)
    clean.encode()
    if not any("\ud800" <= c <= "\udfff" for c in text):
        assert clean == text


def delivery(**change: Any) -> Delivery:
    fields: dict[str, Any] = {
        "id": "d1",
        "brand": "xiaoman",
        "channel": "line",
        "received_at": stamp(NOON),
        "headers": {"content-type": "application/json"},
        "query": {"nonce": "茶"},
        "body": "喝茶👍".encode(),
    }
    return Delivery(**fields | change)


@given(st.binary(max_size=300), st.dictionaries(st.text(max_size=8), st.text(max_size=8)))
def test_a_delivery_comes_out_of_the_queue_as_it_went_in(body: bytes, query: Any) -> None:
    one = delivery(body=body, query=query)
    text = one.to_json()
    assert text.isascii()
    assert text.isprintable()
    assert Delivery.from_json(text) == one


@pytest.mark.parametrize(
    "text",
    [
        "",
        "null",
        "[]",
        '"text"',
        "{}",
        '{"body": "not base64!"}',
        '{"body": 5}',
        '{"body": ""}',
        delivery().to_json().replace('"id"', '"number"'),
        delivery().to_json().replace("{", '{"more":1,', 1),
    ],
)
def test_what_is_no_delivery_is_refused(text: str) -> None:
    with pytest.raises((ValueError, KeyError, TypeError)):
        Delivery.from_json(text)


def item(**change: Any) -> Item:
    fields: dict[str, Any] = {
        "type": "message",
        "action": "create",
        "text": "漏水",
        "message_id": "m1",
        "event_id": "e1",
        "account_id": "shop",
        "conversation_id": "c1",
        "author_id": "a1",
        "created_at": NOON,
    }
    return Item(**fields | change)


def test_a_message_keeps_its_identity_whenever_it_is_reported_again() -> None:
    again = item(event_id="e2", redelivery=True, author_name="new name", created_at=after(4000))
    assert again.identity() == item().identity()


@pytest.mark.parametrize(
    "change",
    [
        {"message_id": "m2"},
        {"conversation_id": "c2"},
        {"account_id": "another"},
        {"action": "delete"},
        {"action": "edit", "edited_at": after(1)},
    ],
)
def test_what_is_another_thing_has_another_identity(change: dict[str, Any]) -> None:
    assert item(**change).identity() != item().identity()


def test_each_edit_of_a_message_is_a_thing_of_its_own() -> None:
    edits = [
        item(action="edit", edited_at=after(1)),
        item(action="edit", edited_at=after(2)),
        item(action="edit", text="漏茶"),
        item(action="edit", text="漏气"),
    ]
    assert len({edit.identity() for edit in edits}) == 4


def test_what_has_no_message_is_known_by_its_event_or_by_who_what_and_when() -> None:
    follow = item(type="follow", message_id=None, text=None)
    assert follow.identity() != item(type="follow", message_id=None, event_id="e2").identity()
    bare = {"type": "follow", "message_id": None, "event_id": None, "text": None}
    assert item(**bare).identity() == item(**bare).identity()
    for change in ({"author_id": "a2"}, {"created_at": after(1)}, {"action": "delete"}):
        assert item(**bare | change).identity() != item(**bare).identity()


@pytest.mark.parametrize("kind", ["status", "reaction"])
def test_what_is_reported_about_a_message_is_not_that_message(kind: Any) -> None:
    about = item(type=kind, event_id="e1")
    assert about.identity() != item().identity()
    assert about.identity() != item(type=kind, event_id="e2").identity()


def test_facts_are_json_and_never_hold_the_reply_token() -> None:
    facts = item(reply_token="key", media=("photo",), reply_candidate=None).facts()
    assert "key" not in json.dumps(facts)
    assert facts["reply_candidate"] is None
    assert facts["created_at"] == "2027-03-08T04:00:00Z"
    assert "parent_id" not in facts


def test_times_are_written_in_utc() -> None:
    shanghai = timezone(timedelta(hours=8))
    assert iso(NOON) == "2027-03-08T04:00:00Z"
    assert iso(NOON + timedelta(milliseconds=7)) == "2027-03-08T04:00:00.007Z"
    assert stamp(datetime(2027, 3, 8, 12, tzinfo=shanghai)) == "2027-03-08T04:00:00.000Z"


@given(*[st.datetimes(datetime(2000, 1, 1), timezones=st.just(UTC))] * 2)  # noqa: DTZ001
def test_keys_sort_as_their_times_do(one: datetime, other: datetime) -> None:
    if abs(one - other) >= timedelta(milliseconds=1):
        assert (stamp(one) < stamp(other)) == (one < other)


def test_a_character_beyond_the_first_plane_is_two_units_long() -> None:
    assert utf16_length("茶é👍") == 4


def test_visible_text_keeps_its_lines_and_loses_control_characters() -> None:
    assert visible("a\x00b\x1b[31mc\n\td\x85") == "ab[31mc\n\td"
