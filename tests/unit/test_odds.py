"""How improbable a number of people is: beside a plain sum, and past its last digit."""

import pytest
from hypothesis import given, settings, strategies as st

from desk.odds import chance, surprise, usual
from desk.trends import tail


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 60), st.integers(0, 200), st.floats(0.01, 3))
def test_it_is_the_tail_of_the_negative_binomial(people: int, before: int, exposure: float) -> None:
    if people > usual(before, exposure):
        expected = tail(people, before, exposure)
        assert chance(surprise(people, before, exposure)) == pytest.approx(
            expected, rel=1e-6, abs=1e-9
        )
    else:
        assert surprise(people, before, exposure) == 0


def test_what_a_plain_sum_calls_impossible_still_has_its_degree() -> None:
    assert tail(200, 3, 0.1) == pytest.approx(0, abs=1e-15)
    assert 150 < surprise(200, 3, 0.1) < surprise(300, 3, 0.1)


@given(st.floats(0, 500), st.floats(0, 500), st.floats(0.001, 10), st.floats(0, 50))
def test_more_people_are_never_less_surprising(
    people: float, before: float, exposure: float, more: float
) -> None:
    less = surprise(people, before, exposure)
    assert surprise(people + more, before, exposure) >= less - 1e-9


def test_a_hundred_thousand_people_cost_no_time_and_no_overflow() -> None:
    assert surprise(1e5, 0, 0.001) > 1e5
    assert surprise(1e5 + 1000, 1e5, 1) == pytest.approx(1.88, abs=0.05)
