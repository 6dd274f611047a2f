"""The control item in the table: set by people, never made by a machine, and unread if doubtful."""

from typing import Any

import pytest

from cloud import aws as clients, store
from cloud.settings import settings
from desk.wire import stamp
from tests.records import (
    BRAND,
    NOON,
    after,
    hold,
)

pytestmark = pytest.mark.usefixtures("aws")


def spoil(name: str, value: Any) -> None:
    """Put a control item in place of the good one whose attribute `name` is that, or is missing."""
    item: dict[str, Any] = {
        "pk": {"S": f"{BRAND}#B"},
        "sk": {"S": "CONTROL"},
        "holds": {"M": {}},
        "heartbeat": {"S": stamp(NOON)},
        name: value,
    }
    known = {key: typed for key, typed in item.items() if typed is not None}
    clients.dynamodb().put_item(TableName=settings().table, Item=known)


def test_a_control_item_is_made_once() -> None:
    assert not store.create_control(BRAND, NOON)
    assert store.create_control("other", NOON)
    made = store.control("other")
    assert made is not None
    assert (made.holds, made.heartbeat) == ((), NOON)


def test_holds_are_set_and_released_by_scope_and_both_are_on_record() -> None:
    assert store.hold(BRAND, hold())
    assert store.hold(BRAND, hold(scope="topic:lid", kind="crisis", at=after(1)))
    found = store.control(BRAND)
    assert found is not None
    assert {one.scope for one in found.holds} == {"brand", "topic:lid"}
    assert store.release(BRAND, "brand", "olena", "fixed", after(9))
    assert not store.release(BRAND, "brand", "olena", "fixed", after(10))
    found = store.control(BRAND)
    assert found is not None
    assert [one.scope for one in found.holds] == ["topic:lid"]
    assert [line for _, line in store.hold_log(BRAND)] == [
        "on brand (hold) by yijun: lids",
        "on topic:lid (crisis) by yijun: lids",
        "off brand by olena: fixed",
    ]


def test_a_hold_with_a_scope_that_dynamodb_has_words_for_is_still_a_hold() -> None:
    scope = "topic:a.b #size AND 漏水"
    assert store.hold(BRAND, hold(scope=scope))
    assert store.release(BRAND, scope, "olena", "fixed", NOON)


def test_a_control_item_that_is_lost_stays_lost_until_a_person_has_looked() -> None:
    clients.dynamodb().delete_item(
        TableName="repartee", Key={"pk": {"S": f"{BRAND}#B"}, "sk": {"S": "CONTROL"}}
    )
    assert store.control(BRAND) is None
    assert not store.beat(BRAND, NOON)
    assert not store.hold(BRAND, hold())
    assert not store.release(BRAND, "brand", "lin", "why", NOON)
    assert store.control(BRAND) is None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        pytest.param("holds", None, id="no holds"),
        pytest.param("holds", {"S": "none"}, id="holds that are a text"),
        pytest.param("holds", {"L": []}, id="holds that are a list"),
        pytest.param("holds", {"N": "0"}, id="holds that are a number"),
        pytest.param("holds", {"M": {"brand": {"S": "{}"}}}, id="a hold without fields"),
        pytest.param("holds", {"M": {"brand": {"S": "yes"}}}, id="a hold that is a word"),
        pytest.param("holds", {"M": {"brand": {"M": {}}}}, id="a hold that is a map"),
        pytest.param("heartbeat", {"S": "just now"}, id="a heartbeat that is no time"),
        pytest.param("heartbeat", {"S": "2027-03-08T04:00:00"}, id="a time in no zone"),
        pytest.param("heartbeat", {"N": "1.5"}, id="a number with a fraction"),
    ],
)
def test_a_control_item_that_cannot_be_read_counts_as_none(name: str, value: Any) -> None:
    assert store.control(BRAND) is not None
    spoil(name, value)
    assert store.control(BRAND) is None


def test_a_control_item_that_never_heard_the_detector_can_be_read() -> None:
    spoil("heartbeat", None)
    found = store.control(BRAND)
    assert found is not None
    assert found.heartbeat is None


def test_a_control_item_that_cannot_be_fetched_is_an_error_and_not_an_absence(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TABLE_NAME", "gone")
    settings.cache_clear()
    with pytest.raises(clients.TROUBLE):
        store.control(BRAND)
