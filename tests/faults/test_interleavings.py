"""Two or three handlers at once: their calls in every order, and then everything to its rest."""

import pytest

from desk.approval import Action
from tests.faults.actors import (
    asks,
    beside_send,
    hold_and_send,
    interleaved,
    run_and_die_after,
    says,
    story,
    sweeps,
    take,
    until,
)
from tests.faults.scenarios import CHANGED, EDITED, LOOKS, START
from tests.faults.schedules import Actor, Schedules
from tests.faults.wire import Call
from tests.faults.world import World


@pytest.mark.parametrize(
    ("scenario", "function"),
    [("answer", "triage"), ("edited", "triage"), ("edited", "escalate"), ("answer", "send"),
     ("doubt", "escalate")],
)  # fmt: skip
def test_what_two_work_off_at_once_happens_once(world: World, scenario: str, function: str) -> None:
    step = until(world, scenario, function)
    actor = take(world, step)
    found = interleaved(world, f"{function} twice", actor, actor)
    assert not found.wrong, story(found)
    assert found.complete


@pytest.mark.parametrize("other", ["reject", "take_over", "approve"])
def test_of_two_decisions_one_counts_and_both_are_told_which(world: World, other: Action) -> None:
    until(world, "edited", "decide", times=2)
    actors = says(world, "ann", "approve", EDITED), says(world, "ben", other, "Thank you.")
    found = interleaved(world, f"approve × {other}", *actors)
    assert not found.wrong, story(found)
    assert found.complete


def test_of_two_first_yeses_at_once_one_is_the_first_and_two_send(world: World) -> None:
    until(world, "two persons", "decide", times=2)
    actors = says(world, "ann", "approve"), says(world, "ben", "approve")
    found = interleaved(world, "yes × yes, where it takes two", *actors)
    assert not found.wrong, story(found)
    assert found.complete


@pytest.mark.parametrize("other", ["reject", "approve"])
def test_what_is_handed_on_while_another_decides_is_decided_once(
    world: World, other: Action
) -> None:
    until(world, "edited", "decide", times=2)
    handed = says(world, "ann", "hand_on", to="cat")
    found = interleaved(world, f"hand on × {other}", handed, says(world, "ben", other))
    assert not found.wrong, story(found)
    assert found.complete


def test_of_three_decisions_one_counts_and_all_are_told_which(world: World) -> None:
    until(world, "edited", "decide", times=2)
    twice, other = says(world, "ann", "approve", EDITED), says(world, "ben", "reject")
    name = "approve × reject × approve"
    found = interleaved(world, name, twice, other, twice, limit=60, seed=1)
    assert not found.wrong, story(found)


def test_what_two_write_for_the_same_person_is_posted_once(world: World) -> None:
    until(world, "written", "decide", times=2)
    actors = [says(world, who, "approve", f"{who} answers.") for who in ("ann", "ben")]
    found = interleaved(world, "write × write", *actors)
    assert not found.wrong, story(found)
    assert found.complete


def test_a_matter_is_approved_or_has_expired(world: World) -> None:
    until(world, "edited", "decide", times=2)
    [reply] = world.stored().replies
    actor = says(world, "ann", "approve", EDITED)
    world.now = (reply.expires_at - START).total_seconds() - 1
    found = interleaved(world, "approve × expire", actor, sweeps(world))
    assert not found.wrong, story(found)
    assert found.complete


@pytest.mark.parametrize("by", ["tick", "escalate"])
def test_who_is_asked_while_another_decides_finds_what_is_stored(world: World, by: str) -> None:
    step = until(world, "edited", "escalate")
    run_and_die_after(world, step, "Publish")
    asking, decision = take(world, step), says(world, "ann", "approve", EDITED)
    asking = asks(world) if by == "tick" else asking
    found = interleaved(world, f"approve × ask by {by}", decision, asking)
    assert not found.wrong, story(found)
    assert found.complete


def test_a_matter_that_joins_what_is_being_ended_is_not_overlooked(world: World) -> None:
    joining = take(world, until(world, "joined", "escalate", times=2))
    found = interleaved(world, "join × end", joining, says(world, "ann", "reject"))
    assert not found.wrong, story(found)
    assert found.complete


def test_two_matters_of_one_cause_open_one_escalation(world: World) -> None:
    step = until(world, "joined", "escalate")
    world.messages = tuple(one for one in world.messages if one not in step.messages)
    actors = [take(world, step._replace(messages=(one,))) for one in step.messages]
    assert len(actors) == 2
    found = interleaved(world, "open × open", *actors)
    assert not found.wrong, story(found)
    assert found.complete


@pytest.mark.parametrize(
    ("scenario", "function", "after"),
    [("answer", "send", 0), ("answer", "send", 200), ("doubt", "escalate", 70)],
)
def test_a_sweep_beside_another_posts_nothing_and_hides_nothing(
    world: World, scenario: str, function: str, after: float
) -> None:
    other = take(world, until(world, scenario, function))
    found = interleaved(world, f"{function} × sweep after {after} s", other, sweeps(world, after))
    assert not found.wrong, story(found)
    assert found.complete


def test_a_hold_stops_every_post_that_had_not_looked_yet(world: World) -> None:
    """One gap is left, and it is one call wide: from the sender's look at the holds to its post."""
    found, late = hold_and_send(world)
    assert not found.wrong, story(found)
    assert found.complete
    claim, its_rule, look = "PutItem", "GetItem", "look"
    playbook, told = ["GetItem"] * 2, ["GetItem"] * 3  # its mention's end, its place, its author
    hour = ["GetItem", "Query", "PutItem"]  # nothing is counted yet: what older code has counted
    counts = ["PutItem", *hour, "PutItem"]
    before = ["GetItem", *playbook, "GetParameter", claim, *told, *counts, its_rule, look]
    assert late == [[*before, "hold", "POST"]]


def test_an_approvers_hold_stops_every_post_that_had_not_looked_yet(world: World) -> None:
    found, late = hold_and_send(world, "edited", says)
    assert not found.wrong, story(found)
    assert late
    assert all(steps[-3:] == ["look", "hold", "POST"] for steps in late)


def comes_first(steps: list[str], one: str, other: str) -> bool:
    """Whether the last of one kind came before the first of another."""
    return other not in steps or len(steps) - steps[::-1].index(one) - 1 < steps.index(other)


def test_a_person_who_answers_meanwhile_stops_every_answer_that_was_not_counted_yet(
    world: World,
) -> None:
    """The gap that is left begins with the sender's write to the conversation's head."""
    found, posted = beside_send(world, "console", LOOKS, "HEAD")
    assert not found.wrong, story(found)
    assert found.complete
    assert 0 < len(posted) < found.runs
    assert all(comes_first(steps, "sender PutItem", "other PutItem") for steps in posted)


def test_a_change_that_is_heard_before_it_is_looked_for_stops_the_answer(world: World) -> None:
    """The gap that is left begins with the sender's look at what became of the mention."""
    found, posted = beside_send(world, "edit", CHANGED, "F#")
    assert not found.wrong, story(found)
    assert found.complete
    assert 0 < len(posted) < found.runs
    assert all(comes_first(steps, "sender GetItem", "other PutItem") for steps in posted)


def test_two_answers_at_once_are_both_counted(world: World) -> None:
    first = until(world, "two places", "send")
    [other] = [one for one in world.messages if one not in first.messages]
    actors = [take(world, first), take(world, first._replace(messages=(other,)))]
    found = interleaved(world, "send × another send", *actors)
    assert not found.wrong, story(found)


def test_every_order_that_can_matter_is_run_and_no_other(world: World) -> None:
    """The harness itself: three calls each, all about one item, then all about different ones."""

    def writes(*items: str) -> Actor:
        def write() -> None:
            for item in items:
                assert world.wire.gate is not None
                world.wire.gate(Call("dynamodb", "PutItem", item))

        return write

    def orders(*actors: Actor) -> int:
        return Schedules(world, world.state(), actors, lambda order: []).runs

    same = writes("a", "a", "a")
    assert orders(same, same) == 20  # six calls, of which three are the first one's
    assert orders(writes("a", "b", "c"), writes("d", "e", "f")) == 1
    assert orders(writes("a", "b"), writes("b", "c")) == 2
    assert orders(writes("a"), writes("a"), writes("a")) == 6
