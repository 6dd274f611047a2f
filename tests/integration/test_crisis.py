"""A crisis stops its topic by itself, once, and only a person ends it."""

from collections.abc import Callable
from typing import Any

import pytest

from cloud import aws as clients, queues, store
from desk.control import Hold
from desk.escalation import Matter
from desk.mention import Reading
from functions.scan.app import Unscanned, handler
from tests.records import BRAND, after, hold, mention

pytestmark = pytest.mark.usefixtures("at")
Queued = Callable[[str], list[str]]
TOPIC = "topic:watch:lid-leak"


@pytest.fixture
def scan(context: Any, monkeypatch: pytest.MonkeyPatch, queued: Queued) -> Any:
    """Runs the scan so many minutes after noon; what is put before people."""

    def scan(minute: float) -> list[Matter]:
        moment = after(minute)
        monkeypatch.setattr("cloud.clock.now", lambda: moment)
        handler({"time": moment.isoformat().replace("+00:00", "Z")}, context)
        return [Matter.model_validate_json(body) for body in queued("escalations")]

    return scan


@pytest.fixture
def ordinary() -> None:
    """Four hours of people who talk of tea."""
    for number in range(24):
        says(number, -240 + 10 * number, "喝茶", "茶")


def says(number: int, minute: float, text: str, word: str, sentiment: str = "neutral") -> None:
    reading = Reading.model_validate(
        {"language": "zh-Hans", "sentiment": sentiment, "confidence": 0.9, "words": (word,)}
    )
    store.add_mention(
        mention(
            id=f"line:m{number}", author=f"line:a{number}", conversation=f"line:c{number}",
            text=text, reading=reading, said_at=after(minute), heard_at=after(minute),
        ),
        b"",
    )  # fmt: skip


def crowd(sentiment: str = "negative", people: int = 14) -> None:
    for number in range(people):
        says(100 + number, 1 + number, "杯子漏水", "漏水", sentiment)


def holds() -> dict[str, Hold]:
    found = store.control(BRAND)
    assert found is not None
    return {one.scope: one for one in found.holds}


def test_an_unhappy_crowd_stops_its_topic_and_leads_are_told(ordinary: None, scan: Any) -> None:
    crowd()
    [told] = scan(18)
    [(scope, found)] = holds().items()
    assert (scope, found.kind, found.at) == (TOPIC, "crisis", after(18))
    assert (told.risk, told.policy, told.kind) == ("severe", "crisis", "spike")
    assert told.reasons[1] == "crisis_seen:14|1.00"
    assert store.hold_log(BRAND)[-1][1].startswith(f"on {TOPIC} (crisis) by Repartee: ")


@pytest.mark.parametrize("sentiment", ["neutral", "positive"])
def test_a_happy_crowd_is_only_loud(ordinary: None, scan: Any, sentiment: str) -> None:
    crowd(sentiment)
    [told] = scan(18)
    assert (told.risk, told.cause) == ("sensitive", "spike:watch:lid-leak")
    assert holds() == {}


def test_a_crisis_that_goes_on_keeps_its_beginning_and_is_one_matter(
    ordinary: None, scan: Any
) -> None:
    crowd()
    [first] = scan(18)
    [later] = scan(23)
    assert holds()[TOPIC].at == after(18)
    assert (first.cause, first.event) == (later.cause, later.event)


def test_a_scan_that_dies_after_the_stop_tells_of_it_the_next_time(
    ordinary: None, scan: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    crowd()

    def down(*which: Any) -> None:
        raise queues.NotQueued("escalations")

    with monkeypatch.context() as patch:
        patch.setattr("functions.scan.app.queues.send", down)
        with pytest.raises(Unscanned, match=BRAND):
            scan(18)
    assert TOPIC in holds()
    [told] = scan(23)
    assert told.risk == "severe"


def test_a_persons_hold_is_not_replaced_by_a_crisis(ordinary: None, scan: Any) -> None:
    store.hold(BRAND, hold(scope=TOPIC))
    crowd()
    [told] = scan(18)
    assert holds()[TOPIC] == hold(scope=TOPIC)
    assert told.cause == "spike:watch:lid-leak"


def test_what_a_person_has_released_stays_released_for_two_hours(ordinary: None, scan: Any) -> None:
    crowd()
    scan(18)
    store.release(BRAND, TOPIC, "yijun", "the statement is out", after(20))
    [told] = scan(23)
    assert holds() == {}
    assert told.risk == "sensitive"


def test_a_new_crowd_after_that_stops_it_anew_and_people_are_told_anew(
    ordinary: None, scan: Any
) -> None:
    crowd()
    [first] = scan(18)
    store.release(BRAND, TOPIC, "yijun", "the statement is out", after(20))
    for number in range(120):
        says(300 + number, 25 + number, "喝茶", "茶")
    for number in range(60):
        says(500 + number, 150 + number / 10, "还在漏水", "漏水", "negative")
    [second] = scan(158)
    assert holds()[TOPIC].at == after(158)
    assert second.cause != first.cause


def test_without_a_control_item_the_scan_makes_none(ordinary: None, scan: Any) -> None:
    key = {"pk": {"S": f"{BRAND}#B"}, "sk": {"S": "CONTROL"}}
    clients.dynamodb().delete_item(TableName="repartee", Key=key)
    crowd()
    [told] = scan(18)
    assert store.control(BRAND) is None
    assert told.risk == "sensitive"


def test_a_crowd_of_one_text_is_no_crisis(ordinary: None, scan: Any) -> None:
    for number in range(30):
        reading = Reading(sentiment="negative", confidence=0.9, words=("漏水",),
                          fingerprint="0123456789abcdef")  # fmt: skip
        store.add_mention(
            mention(id=f"line:m{900 + number}", author=f"line:a{900 + number}", reading=reading,
                    conversation=f"line:c{900 + number}", text="晓满的杯子都漏水大家别买",
                    said_at=after(1), heard_at=after(1)), b"",
        )  # fmt: skip
    scan(18)
    assert holds() == {}
