"""A planned event: last year's is kept when it is over, and this year's is held to it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from cloud import aws as clients, store
from cloud.store import playbooks
from desk.playbook import Event, Playbook
from desk.window import Curve
from functions.scan.app import Unscanned
from tests.integration.test_scan import keep, matters, ordinary_hours, scan as scan
from tests.records import BRAND, NOON, after

Queued = Callable[[str], list[str]]
pytestmark = pytest.mark.usefixtures("at")

EVENT = Event(
    id="launch",
    title="Launch",
    watch="snow-pear",
    begins=NOON,
    ends=after(120),
    curve=(18.0, *(1.0,) * 11),
)
YEAR = timedelta(days=364)


@pytest.fixture
def planned(playbook: Playbook, at: Any) -> Callable[..., None]:
    """Makes the example brand's playbook one with that event, so changed."""

    def planned(**change: Any) -> None:
        one = Event.model_validate(EVENT.model_dump() | change)
        version = f"v-{len(change)}-{one.title}"
        store.keep_playbook(playbook.model_copy(update={"events": (one,), "version": version}))
        playbooks.forget()

    return planned


def launch(people: int, minute: float = 1.0) -> None:
    """So many people speak of it within eight minutes from then on."""
    for number in range(people):
        moment = minute + number * 8 / people
        keep(round(1000 * moment), moment, "雪梨", text="雪梨白茶来了")


def test_a_full_house_as_last_year_is_not_told_and_three_times_that_is(
    scan: Any, queued: Queued, planned: Any
) -> None:
    planned()
    ordinary_hours()
    launch(20)
    assert scan(10) == {BRAND: 0}
    launch(60, 11)
    assert scan(19.9) == {BRAND: 1}
    [matter] = matters(queued)
    assert matter.cause == "spike:watch:snow-pear"
    assert any(reason.startswith("planned_parts:") for reason in matter.reasons)


def test_without_a_plan_the_same_house_is_told(scan: Any, queued: Queued) -> None:
    ordinary_hours()
    launch(20)
    assert scan(10) == {BRAND: 1}


def test_an_event_is_kept_for_the_next_once_it_is_over_and_counted(scan: Any, planned: Any) -> None:
    planned(last_year=NOON - YEAR, curve=())
    scan(0)
    launch(20)
    keep(1, 115, "雪梨", text="雪梨白茶真好喝")
    for minute in range(10, 470, 20):
        scan(minute)
    assert store.curve(BRAND, "snow-pear", NOON) is None, "what comes late may still come"
    keep(2, 475, "雪梨", text="雪梨白茶补一条", said=118)
    for minute in range(480, 560, 20):
        scan(minute)
    kept = store.curve(BRAND, "snow-pear", NOON)
    assert kept is not None
    assert kept.people == (20.0, *(0.0,) * 10, 2.0)


def test_who_stops_between_the_curve_and_what_is_usual_keeps_it_again(
    scan: Any, planned: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def down(*what: Any) -> None:
        raise clients.TROUBLE[0]({"Error": {"Code": "Throttled"}}, "PutItem")

    planned()
    scan(0)
    launch(20)
    scan(10)
    with monkeypatch.context() as patch:
        patch.setattr(store, "keep_baseline", down)
        with pytest.raises(Unscanned):
            scan(500)
    first = store.curve(BRAND, "snow-pear", NOON)
    assert first is not None
    scan(501)
    assert store.curve(BRAND, "snow-pear", NOON) == first
    assert store.baseline(BRAND).number


def test_next_year_is_held_to_what_was_kept(scan: Any, queued: Queued, planned: Any) -> None:
    last = Curve(topic="snow-pear", title="Launch", begins=NOON - YEAR, people=EVENT.curve)
    store.keep_curve(BRAND, last)
    planned(curve=(), last_year=NOON - YEAR)
    ordinary_hours()
    launch(20)
    assert scan(10) == {BRAND: 0}
    launch(60, 11)
    assert scan(19.9) == {BRAND: 1}


def test_the_table_is_asked_for_last_year_only_while_an_event_is_on(
    scan: Any, planned: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    curve = store.curve

    def counted(brand: str, *what: Any) -> Any:
        asked.append(brand)
        return curve(brand, *what)

    monkeypatch.setattr(store, "curve", counted)
    ordinary_hours()
    scan(1)
    planned()
    scan(2)
    assert asked == []
    planned(curve=(), last_year=NOON - YEAR)
    scan(3)
    assert asked == [BRAND]
    planned(curve=(), last_year=NOON - YEAR, begins=after(60))
    scan(4)
    assert asked == [BRAND]
