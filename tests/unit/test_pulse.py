"""How loud a topic is: what was counted, beside its own past, and only while that is fresh."""

import pytest

from desk.pulse import Pulse, pulse
from desk.window import Count, Counts
from tests.records import after


def windows(*counts: int, topic: str = "漏水") -> list[Counts]:
    return [
        Counts(start=after(10 * number), terms={topic: Count(count)} if count else {})
        for number, count in enumerate(counts)
    ]


def last(counts: tuple[int, ...], *topics: str) -> Pulse | None:
    found = windows(*counts)
    return pulse(found, topics or ("漏水",), found[-1].start)


def test_it_is_the_people_of_the_last_half_hour_beside_those_of_before() -> None:
    found = last((0, 1, 0, 1, 0, 1, 0, 1, 2, 6, 7))
    assert found == Pulse("漏水", (0, 1, 0, 1, 0, 1, 0, 1, 2, 6, 7), 5.0, 0.5, "rising")


def test_two_hours_are_drawn() -> None:
    found = last((9, *range(1, 13)))
    assert found is not None
    assert found.drawn == tuple(range(1, 13))


@pytest.mark.parametrize(
    ("counts", "moves"),
    [((2, 2, 2, 2, 2, 2), "steady"), ((2, 2, 2, 2, 3, 2), "steady"),
     ((4, 4, 4, 5, 5, 5), "rising"), ((5, 5, 5, 4, 4, 4), "falling"),
     ((0, 0, 0, 0, 0, 1), "rising")],
)  # fmt: skip
def test_it_moves_by_a_quarter_or_not_at_all(counts: tuple[int, ...], moves: str) -> None:
    found = last(counts)
    assert found is not None
    assert found.moves == moves


def test_with_little_past_nothing_is_called_usual() -> None:
    found = last((1, 1, 1, 1, 1, 1, 1, 1))
    assert found is not None
    assert found.usual is None
    longer = last((1,) * 9)
    assert longer is not None
    assert longer.usual == 1


def test_the_topic_that_is_most_above_its_usual_is_told() -> None:
    found = windows(*[5] * 9)
    rows = [
        one.model_copy(update={"terms": one.terms | ({"盖": Count(3)} if number > 5 else {})})
        for number, one in enumerate(found)
    ]
    told = pulse(rows, ("漏水", "盖", "unheard"), rows[-1].start)
    assert told is not None
    assert told.topic == "盖"


def test_what_nobody_says_or_nobody_has_counted_lately_is_not_told() -> None:
    assert last((5, 5, 5, 0, 0, 0)) is None
    assert last((5, 5, 5), "unheard") is None
    assert pulse([], ("漏水",), after(0)) is None
    found = windows(5, 5, 5)
    assert pulse(found, ("漏水",), after(61)) is None
