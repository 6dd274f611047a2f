"""How improbable a number of people is: beside a plain sum, and past its last digit."""

from math import exp, isclose, lgamma, log

import pytest
from hypothesis import given, settings, strategies as st

from desk.odds import chance, surprise, usual


def tail(people: int, before: int, exposure: float) -> float:
    """The chance of `people` or more, as 1 less the sum of all below."""
    shape = before + 0.5
    return max(0.0, 1.0 - sum(
        exp(
            lgamma(shape + k) - lgamma(shape) - lgamma(k + 1)
            + k * log(exposure / (1 + exposure)) - shape * log(1 + exposure)
        )
        for k in range(people)
    ))  # fmt: skip


@pytest.mark.parametrize(
    ("people", "before", "exposure", "chance"),
    [
        # By hand: P(0) = (1 + odds) ** -shape, and each next one times (shape + k) / (k + 1) and
        # odds / (1 + odds), with shape = before + 1/2 and odds = exposure.
        (0, 0, 1.0, 1.0),
        (1, 0, 1.0, 0.292893),
        (2, 0, 1.0, 0.116117),
        (1, 3, 0.5, 0.758075),
        (2, 3, 0.5, 0.475829),
        (3, 10, 0.1, 0.098086),
    ],
)
def test_the_chance_is_that_of_the_negative_binomial(
    people: int, before: int, exposure: float, chance: float
) -> None:
    assert isclose(tail(people, before, exposure), chance, abs_tol=1e-6)


def test_the_chances_of_all_counts_add_up_and_fall() -> None:
    chances = [tail(people, 7, 0.3) for people in range(60)]
    assert chances == sorted(chances, reverse=True)
    mean = sum(chances[1:])
    assert isclose(mean, 7.5 * 0.3, rel_tol=1e-6)
    assert tail(500, 3, 0.01) < 1e-12


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
