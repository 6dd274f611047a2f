from math import inf, nan
from typing import Any

import pytest
from hypothesis import given, strategies as st

from desk.influence import Influence, influence
from desk.mention import Author

COUNTS = st.none() | st.integers(0, 10**12) | st.floats(0, 1e15)
FACTS = st.fixed_dictionaries(
    {
        "followers": COUNTS,
        "verified": st.none() | st.booleans(),
        "usual_reposts": COUNTS,
        "views": COUNTS,
        "reposts": COUNTS,
        "comments": COUNTS,
        "likes": COUNTS,
    }
)


def of(followers: Any = None, verified: Any = None, **spread: Any) -> Influence:
    return influence(
        Author.model_construct(id="a", followers=followers, verified=verified), **spread
    )


@pytest.mark.parametrize(
    ("followers", "score"),
    [(0, 0), (10, 17), (100, 33), (1_000, 50), (10_000, 67), (1_000_000, 100), (10**9, 100)],
)
def test_a_thousand_times_the_followers_is_twice_the_influence(followers: int, score: int) -> None:
    assert of(followers) == (score, (("followers", score),))


def test_an_author_of_whom_nothing_is_known_is_taken_for_a_typical_one() -> None:
    assert of() == (33, (("typical", 33),))
    assert of(0).score < of().score < of(1_000).score


def test_a_post_that_nobody_has_seen_yet_takes_nothing_from_its_author() -> None:
    fresh = of(10_000, views=0, reposts=0, comments=0, likes=0)
    assert fresh.score == of(10_000).score
    assert [name for name, _ in fresh.parts] == [
        "followers", "views", "reposts", "comments", "likes",
    ]  # fmt: skip


def test_a_post_that_spreads_makes_up_for_few_followers() -> None:
    assert of(50, reposts=5_000).score > of(1_000).score
    assert of(50, reposts=5_000, likes=3).score == of(50, reposts=5_000).score


def test_followers_who_never_pass_anything_on_count_for_less() -> None:
    assert of(1_000_000, usual_reposts=0).score == 60
    assert of(1_000_000, usual_reposts=1_000).score == 100
    assert of(usual_reposts=1_000) == (100, (("usual_reposts", 100),))


def test_verified_authors_weigh_a_little_more() -> None:
    assert of(1_000, True) == (55, (("followers", 50), ("verified", 5)))
    assert of(1_000, False) == (50, (("followers", 50), ("verified", 0)))


@given(
    FACTS,
    st.sampled_from(["followers", "usual_reposts", "views", "reposts", "comments", "likes"]),
    st.lists(st.integers(0, 10**7), min_size=2, max_size=2),
)
def test_more_of_a_fact_never_makes_the_score_less(
    facts: dict[str, Any], name: str, counts: list[int]
) -> None:
    fewer, more = sorted(counts)
    assert of(**facts | {name: fewer}).score <= of(**facts | {name: more}).score
    assert of(**facts | {"verified": False}).score <= of(**facts | {"verified": True}).score


@given(FACTS)
def test_parts_name_what_is_known_and_add_up_to_the_score(facts: dict[str, Any]) -> None:
    found = of(**facts)
    known = {name for name, value in facts.items() if value is not None}
    named = [name for name, _ in found.parts]
    assert len(named) == len({*named})
    assert {*named} - {"typical"} == known
    assert ("typical" in named) is not bool(known & {"followers", "usual_reposts"})
    assert sum(points for _, points in found.parts) == found.score
    assert all(points >= 0 for _, points in found.parts)
    assert 0 <= found.score <= 100


@pytest.mark.parametrize("value", [-1, -(10**400), -0.5, nan, inf, -inf, True, False, "12", [], {}])
def test_what_is_no_count_is_unknown(value: Any) -> None:
    assert of(value, usual_reposts=value, views=value, reposts=value, likes=value) == of()


def test_a_number_past_all_measure_is_full_marks() -> None:
    assert of(10**400, likes=10**400).score == 100


@pytest.mark.parametrize("value", ["yes", 1, 0, None])
def test_only_yes_and_no_say_whether_an_author_is_verified(value: Any) -> None:
    assert of(1_000, value) == of(1_000)
