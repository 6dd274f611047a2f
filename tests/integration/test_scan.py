"""Every minute: what is loud is put before a person, and only then does the heart beat."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any

import pytest

from cloud import aws as clients, queues, store
from desk.control import Control
from desk.escalation import Matter
from desk.mention import Mention
from desk.playbook import Playbook
from desk.window import EVERYBODY, Counts
from functions.scan.app import Unscanned, handler
from tests.records import BRAND, NOON, after, mention

At = Callable[[datetime], None]
Queued = Callable[[str], list[str]]
pytestmark = pytest.mark.usefixtures("at")


@pytest.fixture
def scan(context: Any, monkeypatch: pytest.MonkeyPatch) -> Callable[[float], dict[str, int]]:
    """Runs the scan so many minutes after noon; the clock says the same."""

    def scan(minute: float) -> dict[str, int]:
        moment = after(minute)
        monkeypatch.setattr("cloud.clock.now", lambda: moment)
        return handler({"time": moment.isoformat().replace("+00:00", "Z")}, context)

    return scan


def keep(number: int, minute: float, *words: str, **change: Any) -> Mention:
    one = mention(
        id=f"line:m{number}",
        author=f"line:a{number}",
        conversation=f"line:c{number}",
        text=change.pop("text", "漏水" if "漏水" in words else "喝茶"),
        words=words or ("茶",),
        said_at=after(change.pop("said", minute)),
        heard_at=after(minute),
        **change,
    )
    store.add_mention(one, b"")
    return one


def ordinary_hours() -> None:
    for number in range(24):
        keep(number, -240 + 10 * number)


def crowd(people: int = 14, **change: Any) -> None:
    for number in range(people):
        keep(100 + number, 1 + number, "漏水", **change)


def control() -> Control:
    found = store.control(BRAND)
    assert found is not None
    return found


def people(counts: Counts, term: str = EVERYBODY) -> float:
    return counts.counted(term).weight


def total(some: Iterable[Counts]) -> float:
    return sum(map(people, some))


def matters(queued: Queued) -> list[Matter]:
    return [Matter.model_validate_json(body) for body in queued("escalations")]


def test_a_crowd_is_put_before_a_person_with_examples(scan: Any, queued: Queued) -> None:
    ordinary_hours()
    crowd()
    assert scan(18) == {BRAND: 1}
    [matter] = matters(queued)
    assert (matter.kind, matter.cause, matter.count) == ("spike", "spike:watch:lid-leak", 14)
    for example in matter.examples:
        assert store.mention(BRAND, *example.split("|")) is not None


def test_ordinary_talk_is_not(scan: Any, queued: Queued) -> None:
    ordinary_hours()
    assert [scan(minute) for minute in range(0, 60, 5)] == [{BRAND: 0}] * 12
    assert matters(queued) == []


def test_the_same_crowd_in_the_same_ten_minutes_is_one_event(scan: Any, queued: Queued) -> None:
    ordinary_hours()
    crowd()
    scan(18)
    scan(19.9)
    assert len({matter.event for matter in matters(queued)}) == 1


def test_what_was_ignored_is_no_part_of_a_crowd(scan: Any, queued: Queued) -> None:
    ordinary_hours()
    crowd(action="ignore")
    assert scan(18) == {BRAND: 0}


def test_what_came_again_is_counted_once(scan: Any) -> None:
    one = keep(1, 1, "漏水")
    for number in range(20):
        store.again(one, f"d{number}:0", after(1))
    scan(5)
    [counted] = store.counts(BRAND, NOON, after(10))
    assert (people(counted), people(counted, "漏水")) == (1, 1)


def test_windows_are_counted_anew_when_something_comes_late(scan: Any) -> None:
    keep(1, 1, "漏水")
    scan(5)
    keep(2, 42, "漏水", said=2)
    scan(45)
    counted = {one.start: one for one in store.counts(BRAND, NOON, after(60))}
    assert people(counted[NOON], "漏水") == 2
    assert people(counted[NOON]) == 2
    assert after(40) not in counted, "it was heard there, and said long before"


def test_counting_twice_counts_the_same(scan: Any) -> None:
    ordinary_hours()
    scan(5)
    first = store.counts(BRAND, after(-600), after(60))
    scan(5)
    assert store.counts(BRAND, after(-600), after(60)) == first
    assert total(first) == 24


def test_a_run_that_comes_late_looks_at_the_time_for_which_it_was_due(
    scan: Any, context: Any, queued: Queued
) -> None:
    ordinary_hours()
    scan(0)
    crowd()
    scan(300)
    assert matters(queued) == []
    due = {"time": after(18).isoformat()}
    assert handler(due, context) == {BRAND: 1}


def test_a_run_without_a_time_is_for_now(at: At, context: Any) -> None:
    at(after(5))
    handler({}, context)
    assert control().heartbeat == after(5)


def test_the_heart_beats_once_everything_was_looked_at(scan: Any) -> None:
    assert control().heartbeat == NOON
    scan(5)
    assert control().heartbeat == after(5)


CALLS = ("playbook", "counted", "feed", "tally_of", "keep_tally", "keep_counts", "keep_counted",
         "rooms", "baseline", "counts", "told", "keep_told", "latest")  # fmt: skip
"""Of the store, in the order in which a scan that finds something makes them."""


@pytest.mark.parametrize("broken", CALLS)
def test_a_scan_that_fails_beats_no_heart(
    broken: str, scan: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def down(*what: Any) -> None:
        raise clients.TROUBLE[0]({"Error": {"Code": "Throttled"}}, "Query")

    ordinary_hours()
    crowd()
    with monkeypatch.context() as patch:
        patch.setattr(store, broken, down)
        with pytest.raises(Unscanned, match=BRAND):
            scan(18)
    assert control().heartbeat == NOON
    assert scan(19) == {BRAND: 1}
    assert total(store.counts(BRAND, after(-600), after(60))) == 24 + 14


def test_what_could_not_be_reported_beats_no_heart(
    scan: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def down(*what: Any, **more: Any) -> None:
        raise queues.NotQueued("escalations")

    monkeypatch.setattr(queues, "send", down)
    with pytest.raises(Unscanned, match=BRAND):
        scan(5)
    assert control().heartbeat == NOON


def test_a_brand_that_cannot_be_scanned_holds_up_no_other(scan: Any, playbook: Playbook) -> None:
    for brand in ("another", "zebra"):
        store.keep_playbook(playbook.model_copy(update={"brand": brand}))
        store.create_control(brand, NOON)
    clients.dynamodb().delete_item(
        TableName="repartee", Key={"pk": {"S": "another#B"}, "sk": {"S": "PLAYBOOK"}}
    )
    with pytest.raises(Unscanned, match="another"):
        scan(5)
    assert control().heartbeat == after(5)
    other = store.control("zebra")
    assert other is not None
    assert other.heartbeat == after(5)
    broken = store.control("another")
    assert broken is not None
    assert broken.heartbeat == NOON


def test_brands_are_counted_apart(scan: Any, queued: Queued, playbook: Playbook) -> None:
    store.keep_playbook(playbook.model_copy(update={"brand": "zebra"}))
    store.create_control("zebra", NOON)
    ordinary_hours()
    crowd()
    assert scan(18) == {BRAND: 1, "zebra": 0}
    assert {matter.brand for matter in matters(queued)} == {BRAND}
    assert store.counts("zebra", after(-600), after(60)) == []


def test_a_lost_control_item_is_not_made_by_the_detector(scan: Any) -> None:
    clients.dynamodb().delete_item(
        TableName="repartee", Key={"pk": {"S": f"{BRAND}#B"}, "sk": {"S": "CONTROL"}}
    )
    scan(5)
    assert store.control(BRAND) is None


def test_mentions_from_a_wrong_clock_count_when_they_were_heard(scan: Any) -> None:
    keep(1, 1, "漏水", said=-60 * 24 * 400)
    keep(2, 2, "漏水", said=60 * 24)
    scan(5)
    [counted] = store.counts(BRAND, NOON - timedelta(days=500), after(60 * 48))
    assert (counted.start, people(counted)) == (NOON, 2)
