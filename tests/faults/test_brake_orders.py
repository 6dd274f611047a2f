"""The brake beside everybody else: their calls in every order, and every fault of a stop."""

from collections.abc import Callable

import pytest

from cloud import store
from tests.conftest import BRAND
from tests.faults import braking
from tests.faults.actors import story
from tests.faults.braking import hold, stop_and_send
from tests.faults.scenarios import OPERATOR, PLAYBOOK
from tests.faults.world import World

STOPS: dict[str, Callable[[], object]] = {
    "a hold on the brand": lambda: store.hold(BRAND, hold()),
    "a hold on the channel": lambda: store.hold(BRAND, hold("channel:standard")),
    "a hold on the rule": lambda: store.hold(BRAND, hold("topic:hours")),
    "a hold on a word": lambda: store.hold(BRAND, hold("topic:word:opening")),
    "a crisis": lambda: store.begin_crisis(
        BRAND, hold("topic:word:opening", "Repartee", kind="crisis")
    ),
}


@pytest.mark.parametrize("stop", STOPS)
def test_nothing_is_posted_whose_sender_looked_after_the_stop(world: World, stop: str) -> None:
    """The one gap is left, and nothing is done in it: from the sender's look to its post."""
    seen = stop_and_send(world, STOPS[stop])
    world.notes.append(f"{stop} × send: {seen.found}, {len(seen.gaps)} in the gap")
    assert not seen.found.wrong, story(seen.found)
    assert seen.found.complete
    assert seen.late == []
    assert {*map(tuple, seen.gaps)} == {("GetItem",)}


def test_nor_where_the_answer_was_delivered_twice(world: World) -> None:
    seen = stop_and_send(world, STOPS["a hold on the brand"], senders=2)
    world.notes.append(f"a hold × send × send: {seen.found}, {len(seen.gaps)} in the gap")
    assert not seen.found.wrong, story(seen.found)
    assert seen.late == []


def test_a_new_playbook_beside_a_sender_neither_stops_nor_doubles(world: World) -> None:
    other = PLAYBOOK.model_copy(update={"version": "2"})
    seen = stop_and_send(world, lambda: store.keep_playbook(other))
    world.notes.append(f"playbook × send: {seen.found}")
    assert not seen.found.wrong, story(seen.found)
    assert seen.found.complete


def test_a_release_beside_a_sender_holds_or_posts_and_never_both(world: World) -> None:
    def release() -> None:
        store.release(BRAND, "brand", OPERATOR, "over", hold().at, hold())

    step_held = hold()
    seen = braking.release_and_send(world, step_held, release)
    world.notes.append(f"release × send: {seen}")
    assert not seen.wrong, story(seen)
    assert seen.complete


ORDERS = {
    "crisis × hold": braking.crisis_and_hold,
    "release × hold": braking.release_and_hold,
    "look again × approve": braking.recheck_and_approve,
    "text message twice": braking.two_text_messages,
}


@pytest.mark.parametrize("who", ORDERS)
def test_of_two_at_the_brake_what_is_safer_stands(world: World, who: str) -> None:
    found = ORDERS[who](world)
    assert not found.wrong, story(found)
    assert found.complete


RUNS = {
    "a text message stops whatever fails on its way": braking.text_message,
    "a release posts nothing by itself": braking.released_with_right_answers,
    "a hold on a word stops what has it": braking.held_by_word,
    "a lost control item stays a stop": braking.lost_and_beaten,
    "a hold survives a deployment": braking.deployed_again,
}


@pytest.mark.parametrize("promise", RUNS)
def test_it_holds(world: World, promise: str) -> None:
    assert RUNS[promise](world) == []
