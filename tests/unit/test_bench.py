"""The benchmarks: their account has all that the functions are told of, and their sums add up."""

from moto import mock_aws

from bench.items import made_account
from bench.surroundings import surroundings
from bench.write_units import Item, read_units, size
from cloud.settings import settings


def test_the_account_of_the_benchmarks_names_everything() -> None:
    with mock_aws(), surroundings():
        made_account()
        found = settings()
    assert all(isinstance(value, str) for value in found)
    assert len({*found[1:6]}) == 5, "queues of their own"


def test_an_item_weighs_its_names_and_values() -> None:
    item: Item = {
        "pk": {"S": "a"},
        "n": {"N": "-123"},
        "b": {"B": b"abc"},
        "s": {"SS": ["x", "yz"]},
    }
    assert size(item) == (2 + 1) + (1 + 3) + (1 + 3) + (1 + 3 + 2 + 3)


def test_a_read_costs_a_unit_for_four_kilobytes_begun_and_half_where_it_may_lag() -> None:
    kilobytes = {"pk": {"S": "a" * 4094}}
    assert read_units([kilobytes], consistent=True) == 1
    assert read_units([kilobytes, {"pk": {"S": "a"}}], consistent=True) == 2
    assert read_units([kilobytes], consistent=False) == 0.5
    assert read_units([], consistent=True) == 1, "to find nothing costs as much as to find little"
