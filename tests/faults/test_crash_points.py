"""A call fails, a process dies, an answer is lost: at every call of every function, in every way."""

import pytest

from tests.faults.exploration import Exploration
from tests.faults.scenarios import SCENARIOS
from tests.faults.world import World


@pytest.mark.parametrize("name", SCENARIOS)
def test_no_single_fault_loses_or_doubles_anything(world: World, name: str) -> None:
    found = Exploration(world)
    found.explore(SCENARIOS[name], faults=1)
    print(f"{name}: {found.calls} calls, {found.runs} runs, {found.states} states")
    assert found.ends == SCENARIOS[name].ends
    assert not found.breaches, "\n".join(map(str, found.breaches))
