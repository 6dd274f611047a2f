"""Rules on their ladders: what two do at once, and what breaks if it were done otherwise."""

from collections.abc import Callable
from typing import Any

import pytest

from cloud import leave, matters, store
from cloud.store import table
from desk.approval import Action
from desk.mention import Mention
from tests.conftest import BRAND
from tests.faults.actors import interleaved, says, story, take, until
from tests.faults.exploration import Exploration
from tests.faults.scenarios import SCENARIOS, Command
from tests.faults.schedules import Order, Schedules
from tests.faults.world import World, operate

Break = Callable[[pytest.MonkeyPatch], None]


def two_triages(world: World) -> Schedules:
    """Two mentions for a rule that nobody has met yet."""
    step = until(world, "listened", "triage")
    world.messages = tuple(one for one in world.messages if one not in step.messages)
    assert len(step.messages) == 2
    actors = [take(world, step._replace(messages=(one,))) for one in step.messages]
    return interleaved(world, "listen × listen", *actors)


def two_decisions(world: World, other: Action = "reject") -> Schedules:
    until(world, "suggested", "decide", times=2)
    actors = says(world, "ann", "approve"), says(world, "ben", other)
    return interleaved(world, f"approve × {other}, suggested", *actors)


def test_two_that_meet_a_rule_at_once_both_count(world: World) -> None:
    found = two_triages(world)
    assert not found.wrong, story(found)
    assert found.complete


@pytest.mark.parametrize("other", ["reject", "take_over", "approve"])
def test_of_two_decisions_on_a_suggestion_one_counts(world: World, other: Action) -> None:
    found = two_decisions(world, other)
    assert not found.wrong, story(found)
    assert found.complete


def test_two_who_call_answers_wrong_at_once_are_both_on_record(world: World) -> None:
    until(world, "called wrong", "send")
    [there] = store.standings(BRAND, "parking")

    def calls(mention: str) -> Callable[[], object]:
        return lambda: store.mark_wrong(
            BRAND, there.rule, there.version, mention, by=mention, why="", now=there.changes[-1].at
        )

    def check(order: Order) -> list[str]:
        [after] = store.standings(BRAND, "parking")
        return [] if {*after.wrong} == {"one", "two"} else [f"on record: {after.wrong}"]

    found = Schedules(world, world.state(), [calls("one"), calls("two")], check)
    assert not found.wrong, story(found)
    assert found.complete


def wrong_and_send(world: World) -> list[list[str]]:
    """An answer called wrong beside the sender of the next; the orders that posted it later."""
    sender = take(world, until(world, "called wrong", "send"))
    rest = Exploration(world, enough=10_000)
    late: list[list[str]] = []

    def check(order: Order) -> list[str]:
        world.collect()
        steps = [str(call) if who else "wrong" for who, call in order
                 if who or call.operation == "UpdateItem"]  # fmt: skip
        posts = [at for at, step in enumerate(steps) if step.startswith("POST")]
        if posts and steps.index("wrong") < posts[0]:
            late.append(steps[: posts[0]])
        return rest.rest()

    def calls() -> None:
        operate(Command(0, "wrong"), world.now)

    found = Schedules(world, world.state(), [calls, sender], check)
    world.notes.append(f"wrong × send: {found}, {len(late)} of them posted afterwards")
    assert found.complete
    return late


def gap(steps: list[str]) -> list[str]:
    """What the sender did between its look at the rule's standing and its post."""
    look = max(at for at, step in enumerate(steps) if " LADDER#" in step)
    assert steps.index("wrong") > look
    return [step for step in steps[look + 1 :] if step != "wrong"]


def test_a_rule_that_was_called_wrong_posts_nothing_that_had_not_looked_yet(world: World) -> None:
    """The gap is from the sender's look at the rule's standing to its post: one more look wide."""
    late = wrong_and_send(world)
    assert [gap(steps) for steps in late] == [[f"GetItem {BRAND}#B CONTROL"]]


# ---------------------------------------------------------------- broken


def reads_counts_before_it_writes_them(patch: pytest.MonkeyPatch) -> None:
    def slowly(pk: str, sk: str, name: str, member: str, condition: str, **values: Any) -> bool:
        item = table.get(pk, sk)
        if item is None:
            return False
        members = sorted({*item.get(name, ()), member})
        return table.update(
            pk, sk, f"SET {name} = :members", "attribute_exists(pk)",
            ExpressionAttributeValues={":members": {"SS": members}},
        )  # fmt: skip

    patch.setattr(table, "add_to", slowly)


def counts_decisions_that_came_too_late(patch: pytest.MonkeyPatch) -> None:
    carry_out = matters.carry_out

    def eager(case: Any, verdict: Any, *rest: Any) -> bool:
        if verdict.reply is not None:
            store.count_decision(verdict.reply)
        return carry_out(case, verdict, *rest)

    patch.setattr(matters, "carry_out", eager)


def counts_each_delivery(patch: pytest.MonkeyPatch) -> None:
    count, times = store.count_matches, [0]

    def again(mention: Mention) -> None:
        times[0] += 1
        count(mention.model_copy(update={"id": f"{mention.id}|{times[0]}"}))

    patch.setattr(store, "count_matches", again)


def counts_no_decision_that_was_left_half_done(patch: pytest.MonkeyPatch) -> None:
    finish, count = matters.finish, store.count_decision

    def silent(*which: Any) -> bool:
        with pytest.MonkeyPatch.context() as inner:
            inner.setattr(store, "count_decision", lambda reply: None)
            return finish(*which)

    assert count is store.count_decision
    patch.setattr(matters, "finish", silent)


def does_not_ask_its_rule_before_it_posts(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(leave, "still_automatic", lambda *which: "")


@pytest.mark.parametrize(
    ("change", "scenario", "seen"),
    [
        (counts_each_delivery, "listened", "is at shadow with"),
        (counts_no_decision_that_was_left_half_done, "suggested", "is at suggest with"),
        (does_not_ask_its_rule_before_it_posts, "called wrong in time", "its rule is at suggest"),
    ],
)
def test_one_fault_shows_what_is_broken(
    world: World, monkeypatch: pytest.MonkeyPatch, change: Break, scenario: str, seen: str
) -> None:
    change(monkeypatch)
    found = Exploration(world, enough=1)
    found.explore(SCENARIOS[scenario], faults=1)
    assert any(seen in breach.what for breach in found.breaches)


@pytest.mark.parametrize(
    ("change", "run"),
    [
        (reads_counts_before_it_writes_them, two_triages),
        (counts_decisions_that_came_too_late, two_decisions),
    ],
)
def test_an_order_shows_what_is_broken(
    world: World, monkeypatch: pytest.MonkeyPatch, change: Break, run: Callable[..., Schedules]
) -> None:
    change(monkeypatch)
    found = run(world)
    assert any("is at" in what for what, _ in found.wrong)


def test_a_look_at_the_rule_before_the_claim_is_noticed(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    reply, seen = store.reply, dict[str, str]()

    def early(*which: str) -> Any:
        found = reply(*which)
        if found is not None:
            seen[found.id] = still(found, store.playbook(found.brand))
        return found

    still = leave.still_automatic
    monkeypatch.setattr(store, "reply", early)
    monkeypatch.setattr(leave, "still_automatic", lambda one, playbook: seen[one.id])
    late = wrong_and_send(world)
    assert any(step.startswith("PutItem") for steps in late for step in gap(steps))
