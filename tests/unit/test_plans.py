"""Planned events: which are on, what last year lets expect at each minute, and what is kept."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from desk import plans
from desk.baseline import Past
from desk.crisis import limits_of
from desk.detectors import planned
from desk.playbook import Event, Playbook
from desk.scopes import resolved
from desk.tally import WIDTH
from desk.topics import RECENT, Topic
from desk.trends import Burst, counted_words, matter_of
from desk.window import Count, Counts
from tests.records import BOOK, NOON, after

LAST_YEAR = tuple(float(10 + step) for step in range(60))
"""Ten hours of it, each ten minutes with a number of its own."""


def event(**change: Any) -> Event:
    fields = {
        "id": "launch", "title": "Launch", "words": ("上新",), "begins": NOON,
        "ends": after(600), "curve": LAST_YEAR,
    }  # fmt: skip
    return Event.model_validate(fields | change)


def counts(now: datetime, windows: int = 36, people: float = 20.0) -> list[Counts]:
    """So many people of the event in each ten minutes up to `now`, before it began as after."""
    return [
        Counts(start=now - back * WIDTH, terms={"watch:launch": Count(people)})
        for back in range(windows - 1, -1, -1)
    ]


@pytest.mark.parametrize("step", [0, 1, 2, 3, 4, 20, 35, 36, 50, 59])
def test_the_last_half_hour_is_compared_with_the_same_half_hour_of_last_year(step: int) -> None:
    plan = plans.plan(event(), LAST_YEAR, counts(NOON + step * WIDTH))
    same = [LAST_YEAR[one] if one >= 0 else 0.0 for one in range(step - RECENT + 1, step + 1)]
    at = len(plan.so_far)
    assert [*plan.last_year[at : at + RECENT]] == same
    assert at == max(0, min(step - RECENT + 1, 36 - RECENT)), "six hours of it at the most"
    assert [*plan.last_year[:at]] == [*LAST_YEAR[max(0, step - RECENT + 1 - at) :][:at]]


def test_what_was_said_before_it_began_is_not_of_it() -> None:
    assert plans.plan(event(), LAST_YEAR, counts(after(40))).so_far == [20.0, 20.0]
    assert plans.plan(event(), LAST_YEAR, counts(after(20))).so_far == []


def test_an_event_that_begins_between_two_steps_begins_with_its_first() -> None:
    late = event(begins=after(7))
    assert plans.plan(late, LAST_YEAR, counts(after(50))) == plans.plan(
        event(), LAST_YEAR, counts(after(50))
    )


def test_only_what_is_on_and_has_a_last_year_is_compared() -> None:
    book = BOOK.model_copy(update={"events": (event(), event(id="other", curve=()))})
    on = {minute: plans.compared(book, after(minute)) for minute in (-1, 0, 599, 619, 621)}
    assert {minute: [one.id for one in some] for minute, some in on.items()} == {
        -1: [], 0: ["launch"], 599: ["launch"], 619: ["launch"], 621: [],
    }  # fmt: skip
    table = event(curve=(), last_year=after(-60 * 24 * 365))
    assert plans.compared(book.model_copy(update={"events": (table,)}), NOON) == [table]


def topic(people: float) -> Topic:
    own = "watch:launch"
    named: dict[str, Any] = {"name": own, "lead": own, "watch": own, "core": (own,),
                             "terms": (own,), "curve": (), "participants": ()}  # fmt: skip
    return Topic(**dict.fromkeys(Topic._fields, people) | named)


def test_as_many_as_last_year_are_no_news_and_ten_times_as_many_are() -> None:
    past = Past(1.0, 1.0)
    for step in range(60):
        people = [LAST_YEAR[one] for one in range(step - RECENT + 1, step + 1) if one >= 0]
        seen = [
            Counts(start=NOON + one * WIDTH, terms={"watch:launch": Count(LAST_YEAR[one])})
            if one >= 0
            else Counts(start=NOON + one * WIDTH)
            for one in range(step - 35, step + 1)
        ]
        plan = plans.plan(event(), LAST_YEAR, seen)
        assert not planned(topic(sum(people)), past, plan).told, step
        assert planned(topic(10 * sum(people)), past, plan).told, step


def test_a_plan_takes_off_and_never_adds() -> None:
    plan = plans.plan(event(), (0.0,) * 60, counts(after(120), people=0.0))
    found = planned(topic(12.0), Past(400.0, 0.03), plan)
    assert dict(found.parts)["planned"] == 0.0
    assert found.usual == pytest.approx(400.5 * 0.03)


def test_an_event_is_over_with_its_last_ten_minutes_and_they_are_of_it() -> None:
    book = BOOK.model_copy(update={"events": (event(ends=after(60)),)})
    assert plans.span(book.events[0]) == (NOON, after(50))
    assert plans.ended(book, after(0), after(40)) == []
    assert [one.id for one in plans.ended(book, after(50), after(110))] == ["launch"]
    assert plans.ended(book, after(60), after(120)) == []
    assert plans.span(event(begins=after(5), ends=after(61))) == (NOON, after(60))


def test_its_curve_is_of_its_own_ten_minutes() -> None:
    own = event(ends=after(60))
    kept = plans.curve(own, counts(after(50), 6, people=1.26))
    assert kept.people == (1.3,) * 6
    assert (kept.topic, kept.begins) == ("launch", NOON)
    assert len(kept.people) * WIDTH == timedelta(minutes=60)


def test_an_event_with_words_of_its_own_is_a_watch_like_any_other(playbook: Playbook) -> None:
    own, standing = event(), event(id="pear", watch="snow-pear", words=())
    book = playbook.model_copy(update={"events": (own, standing)})
    assert [one.id for one in book.watched] == [*(one.id for one in playbook.watches), "launch"]
    assert counted_words(book)["launch"] == ("上新",)
    assert resolved("topic:launch", book) == "topic:watch:launch"
    burst = Burst("watch:launch", 14, 1.0, 1e-6, (), ())
    assert matter_of(burst, book, NOON).title == "Launch"
    assert limits_of("watch:launch", book) == book.crisis
