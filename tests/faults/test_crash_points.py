"""A call fails, a process dies, an answer is lost: at every call of every function."""

import os
from typing import Any

import pytest

from cloud import aws, store
from desk.escalation import Matter, opened
from desk.playbook import Policy, Step
from tests.faults.exploration import Exploration
from tests.faults.scenarios import SCENARIOS, at
from tests.faults.world import World

SHARE = float(os.environ.get("REPARTEE_FAULT_SHARE", "0.12"))
"""Of the first faults, and of the second ones after each. 1 is all of them, and takes an hour."""


@pytest.mark.parametrize("name", SCENARIOS)
def test_no_single_fault_loses_or_doubles_anything(world: World, name: str) -> None:
    found = Exploration(world)
    found.explore(SCENARIOS[name], faults=1)
    world.notes.append(f"{name}: {found}")
    assert found.ends == SCENARIOS[name].ends
    assert not found.breaches, "\n".join(map(str, found.breaches))


@pytest.mark.parametrize("name", ["answer", "written"] if SHARE < 1 else SCENARIOS)
def test_no_two_faults_lose_or_double_anything(world: World, name: str) -> None:
    found = Exploration(world, share=SHARE)
    found.explore(SCENARIOS[name], faults=2)
    world.notes.append(f"{name}, two faults: {found}")
    assert not found.breaches, "\n".join(map(str, found.breaches))


def test_what_can_never_be_moved_holds_up_nothing_behind_it(world: World) -> None:
    world.start(SCENARIOS["stopped"])
    matter = Matter(brand="gone", kind="note", cause="a brand without a playbook", at=at(0))
    policies = {"default": Policy(steps=(Step(ask=("ann",), wait_minutes=1),))}
    store.add_escalation(opened(matter, "stuck", policies, "t"))
    while (step := world.next()) is not None:
        world.run(step)
    [reply] = world.stored().replies
    assert reply.state == "unconfirmed"
    assert {asked.approver for asked in world.asked} == {"ann", "ben"}


def test_what_a_queue_refuses_inside_a_200_is_put_there_by_the_next_delivery(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.start(SCENARIOS["answer"])
    client = aws.sqs()
    batch = client.send_message_batch
    refused: list[str] = []

    def none_at_first(Entries: list[Any], **queue: str) -> Any:
        if refused:
            return batch(Entries=Entries, **queue)
        refused.extend(entry["Id"] for entry in Entries)
        return {"Failed": [{"Id": name, "SenderFault": False, "Code": "x"} for name in refused]}

    monkeypatch.setattr(client, "send_message_batch", none_at_first)
    while (step := world.next()) is not None:
        world.run(step)
    assert refused
    assert [reply.state for reply in world.stored().replies] == ["sent"]
    assert len(world.posts) == 1
