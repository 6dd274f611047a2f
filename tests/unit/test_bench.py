"""The benchmarks run what is deployed: their account has all that the functions are told of."""

from moto import mock_aws

from bench.items import made_account
from bench.surroundings import surroundings
from cloud.settings import settings


def test_the_account_of_the_benchmarks_names_everything() -> None:
    with mock_aws(), surroundings():
        made_account()
        found = settings()
    assert all(isinstance(value, str) for value in found)
    assert len({*found[1:6]}) == 5, "queues of their own"
