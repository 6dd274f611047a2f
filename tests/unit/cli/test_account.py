"""The books of a set of deliveries: they close when every one of them is accounted for."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

import pytest

from cli.account import ENDS, Account


def account(received: int, ends: Mapping[str, int], *lost: str) -> Account:
    return Account(received, Counter(ends), lost=list(lost))


@pytest.mark.parametrize("kind", ENDS)
def test_any_end_closes_the_books(kind: str) -> None:
    assert account(3, {kind: 3}).closes


def test_the_sum_of_all_ends_is_what_was_received() -> None:
    one_each = account(len(ENDS), dict.fromkeys(ENDS, 1))
    assert one_each.closes
    facts = one_each.facts()
    assert sum(int(str(facts[kind])) for kind in ENDS) == facts["received"] == len(ENDS)
    assert account(0, {}).closes


@pytest.mark.parametrize(
    "books",
    [
        pytest.param(account(3, {"answered": 2}), id="one is missing"),
        pytest.param(account(3, {"answered": 4}), id="one is too many"),
        pytest.param(account(3, {"answered": 2, "open": 1}), id="one is under way"),
        pytest.param(account(3, {"answered": 2}, "d3"), id="one is lost"),
        pytest.param(account(3, {"answered": 3}, "d4"), id="one more is lost"),
        pytest.param(account(3, {"open": 3}), id="all are under way"),
    ],
)
def test_the_books_stay_open_while_anything_is_unaccounted_for(books: Account) -> None:
    assert not books.closes
    assert books.facts()["closes"] is False


def test_the_facts_name_every_end_whether_it_occurred_or_not() -> None:
    books: Any = Account(2, Counter(ignored=2), Counter({"echo": 1, "edited": 1}))
    facts = books.facts()
    assert set(ENDS) <= set(facts)
    assert facts["ignored_because"] == {"echo": 1, "edited": 1}
    assert (facts["open"], facts["lost"], facts["closes"]) == (0, 0, True)
