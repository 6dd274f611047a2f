"""What guards grave decisions and the record of all of them, broken: the runs must notice."""

from typing import Any

import pytest

from cloud import matters, store
from desk import approval
from tests.faults.actors import interleaved, says, until
from tests.faults.exploration import Exploration
from tests.faults.scenarios import SCENARIOS
from tests.faults.test_broken_variants import Break
from tests.faults.world import World


def one_yes_is_enough(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(approval, "tier_of", lambda *which: "operator")


def one_person_is_two(patch: pytest.MonkeyPatch) -> None:
    first = approval.first_yes
    patch.setattr(approval, "first_yes", lambda reply: first(reply) and "cat")


def records_what_it_has_done(patch: pytest.MonkeyPatch) -> None:
    keep, carry_on = store.keep_act, matters._carry_on
    kept: list[Any] = []

    def late(*what: Any) -> bool:
        keep(kept.pop())
        return carry_on(*what)

    patch.setattr(store, "keep_act", kept.append)
    patch.setattr(matters, "_carry_on", late)


BY_FAULTS: tuple[tuple[Break, str, str], ...] = (
    (one_yes_is_enough, "two persons", "one person's yes"),
    (one_person_is_two, "two persons", "one person's yes"),
    (records_what_it_has_done, "rejected", "not on record"),
)


@pytest.mark.parametrize(
    ("change", "scenario", "seen"), BY_FAULTS, ids=[one.__name__ for one, _, _ in BY_FAULTS]
)
def test_one_fault_shows_what_is_broken(
    world: World, monkeypatch: pytest.MonkeyPatch, change: Break, scenario: str, seen: str
) -> None:
    change(monkeypatch)
    found = Exploration(world, enough=1)
    found.explore(SCENARIOS[scenario], faults=1)
    assert any(seen in breach.what for breach in found.breaches)


def test_a_handing_on_that_hides_a_decision_is_noticed(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As though whoever hands on had put the reply back to what they saw."""
    hand_on = matters._hand_on

    def careless(case: Any, to: str) -> bool:
        there = store.reply(case.reply.brand, case.reply.conversation, case.reply.id)
        if there is not None:
            store.move(there, case.reply.model_copy(update={"token": "again"}))
        return hand_on(case, to)

    until(world, "edited", "decide", times=2)
    monkeypatch.setattr(matters, "_hand_on", careless)
    actors = says(world, "ann", "hand_on", to="cat"), says(world, "ben", "reject")
    found = interleaved(world, "hand on × reject, broken", *actors)
    assert found.wrong
