"""What the door counts and notes, broken in one place at a time: the runs must notice each."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from cloud import leave, store
from cloud.store import table
from desk.conversation import Conversation, Tally
from desk.outbound import Reply
from functions.send import app as send
from tests.faults.actors import beside_send, interleaved, take, until
from tests.faults.exploration import Exploration
from tests.faults.scenarios import LOOKS, SCENARIOS
from tests.faults.schedules import Schedules
from tests.faults.test_interleavings import comes_first
from tests.faults.world import World

Break = Callable[[pytest.MonkeyPatch], None]


def counts_once_it_is_recorded(patch: pytest.MonkeyPatch) -> None:
    count, finish = leave._noted_in_conversation, send.finish
    known: list[Any] = []

    def later(before: Reply, end: Reply) -> None:
        finish(before, end)
        for one in known:
            count(*one)

    def noted(*one: Any) -> bool:
        known.append(one)
        return True

    patch.setattr(leave, "_noted_in_conversation", noted)
    patch.setattr(send, "finish", later)


def counts_in_the_hour_once_it_is_posted(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(leave, "_against_counts", lambda known, now: None)


def notes_no_change(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(store, "keep_fate", lambda *known: None)


@pytest.mark.parametrize(
    ("change", "scenario", "seen"),
    [
        (counts_once_it_is_recorded, "answer", "counted 0 times"),
        (counts_in_the_hour_once_it_is_posted, "answer", "and 0 counted"),
        (notes_no_change, "changed", "of held open"),
    ],
    ids=lambda one: one.__name__ if callable(one) else "",
)
def test_one_fault_shows_what_is_broken(
    world: World, monkeypatch: pytest.MonkeyPatch, change: Break, scenario: str, seen: str
) -> None:
    change(monkeypatch)
    found = Exploration(world, enough=1)
    found.explore(SCENARIOS[scenario], faults=1)
    assert any(seen in breach.what for breach in found.breaches)


def two_answers(world: World) -> Schedules:
    first = until(world, "two places", "send")
    [other] = [one for one in world.messages if one not in first.messages]
    actors = [take(world, first), take(world, first._replace(messages=(other,)))]
    return interleaved(world, "send × another send", *actors)


def test_two_who_write_the_same_count_would_be_noticed(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    plus = Tally.plus
    monkeypatch.setattr(Tally, "plus", lambda tally, times, now, by="": plus(tally, times, now))
    assert any("2 posted by themselves, and 1" in what for what, _ in two_answers(world).wrong)


def test_a_head_that_is_written_whatever_it_is_would_be_noticed(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def careless(
        brand: str, conversation: str, body: str, after: Conversation, now: datetime
    ) -> bool:
        pk = f"{brand}#C#{conversation}"
        table.put({"pk": pk, "sk": "HEAD", "body": after.model_dump_json()})
        return True

    monkeypatch.setattr(store, "swap_head", careless)
    _, posted = beside_send(world, "console", LOOKS, "HEAD")
    assert not all(comes_first(steps, "sender PutItem", "other PutItem") for steps in posted)
