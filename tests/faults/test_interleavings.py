"""Two or three handlers at once: their calls in every order, and then everything to its rest."""

import pytest

from desk.approval import Action
from desk.mention import fingerprint
from functions.tick import app as tick
from tests.faults import invariants
from tests.faults.exploration import Exploration
from tests.faults.scenarios import EDITED, SCENARIOS, START, Choice
from tests.faults.scenarios import Order as Hold
from tests.faults.schedules import Actor, Order, Schedules
from tests.faults.wire import Call, Fault
from tests.faults.world import TRIES, Step, Visit, World, event_of, operate


def until(world: World, scenario: str, function: str, times: int = 1) -> Step:
    """Run a scenario up to the moment before a function is called for that time."""
    world.start(SCENARIOS[scenario])
    while (step := world.next()) is not None:
        times -= step.function == function
        if times == 0:
            return step
        world.run(step)
    raise AssertionError(f"{scenario} never comes to {function}")


def take(world: World, step: Step) -> Actor:
    """A function working off the messages of `step`, which are gone from the queue after it."""
    world.messages = tuple(one for one in world.messages if one not in step.messages)
    return lambda: world.invoke(step.function, event_of(step.messages))


def says(world: World, approver: str, action: Action, text: str = "") -> Actor:
    """An approver who sends the form of the page they see now. Their scenario's plans are void."""
    world.plans = ()
    [token] = [asked.token for asked in world.asked if asked.approver == approver]
    seen = "".join(reply.fingerprint for reply in world.stored().replies)
    visit = Visit(approver, token, Choice(action, 0, text), seen or fingerprint(""), tries=TRIES)
    return lambda: world.visit(visit)


def sweeps(world: World, after: float = 0) -> Actor:
    """The minute's sweep, `after` so many seconds: of the one reply there is."""
    [reply] = world.stored().replies

    def sweep() -> None:
        if after and world.wire.gate is not None:
            world.wire.gate(Call("clock", "Pass", f"{after:g} s"))
            world.now += after
        tick.sweep_reply(reply.brand, reply.conversation, reply.id)

    return sweep


def asks(world: World) -> Actor:
    """The minute's sweep, of the one escalation there is."""
    [escalation] = world.stored().escalations.values()
    return lambda: tick.sweep_escalation(escalation.brand, escalation.id)


def run_and_die_after(world: World, step: Step, operation: str) -> None:
    """Let `step` happen up to its first call of that kind, and no further."""
    before = world.state()
    operations = [call.operation for call in world.run(step)]
    world.restore(before)
    world.run(step, Fault(operations.index(operation), "killed after"))


def interleaved(world: World, name: str, *actors: Actor, limit: int = 300) -> Schedules:
    """The actors in every order from where the world stands, then everything to its rest."""
    rest = Exploration(world, enough=10_000)

    def check(order: Order) -> list[str]:
        world.collect()
        stored = world.stored()
        lies = [lie for told in world.told for lie in invariants.untrue(told, stored)]
        return [*lies, *rest.rest()]

    found = Schedules(world, world.state(), actors, check, limit)
    print(
        f"{name}: {found.runs} orders, {'all' if found.complete else 'not all'}, "
        f"{len(found.wrong)} wrong, {rest.states} states to the rest"
    )
    return found


def story(found: Schedules) -> str:
    """What was wrong, and the order that led to it."""
    return "\n".join(
        f"{what}\n" + "\n".join(f"    {who}: {call}" for who, call in order)
        for what, order in found.wrong[:3]
    )


@pytest.mark.parametrize(
    ("scenario", "function"),
    [("answer", "triage"), ("edited", "triage"), ("edited", "escalate"), ("answer", "send"),
     ("doubt", "escalate")],
)  # fmt: skip
def test_what_two_work_off_at_once_happens_once(
    world: World, scenario: str, function: str
) -> None:
    step = until(world, scenario, function)
    actor = take(world, step)
    found = interleaved(world, f"{function} twice", actor, actor)
    assert not found.wrong, story(found)
    assert found.complete


@pytest.mark.parametrize(
    "others",
    [["reject"], ["take_over"], ["approve"], ["reject", "approve"]],
    ids=" ".join,
)
def test_of_several_decisions_one_counts_and_all_are_told_which(
    world: World, others: list[Action]
) -> None:
    until(world, "edited", "decide", times=2)
    actors = [says(world, "ann", "approve", EDITED), says(world, "ben", others[0], "Thank you.")]
    actors += [says(world, "ann", action, EDITED) for action in others[1:]]
    found = interleaved(world, " × ".join(["approve", *others]), *actors)
    assert not found.wrong, story(found)
    assert found.complete


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


def test_who_is_asked_while_another_decides_finds_what_is_stored(world: World) -> None:
    step = until(world, "edited", "escalate")
    run_and_die_after(world, step, "Publish")
    asking, again = asks(world), take(world, step)
    decision = says(world, "ann", "approve", EDITED)
    found = interleaved(world, "approve × ask × ask", decision, asking, again)
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


@pytest.mark.parametrize("after", [0, 200])
def test_a_sweep_beside_a_sender_posts_nothing_and_hides_nothing(
    world: World, after: float
) -> None:
    sender = take(world, until(world, "answer", "send"))
    found = interleaved(world, f"send × sweep after {after} s", sender, sweeps(world, after))
    assert not found.wrong, story(found)
    assert found.complete


def test_a_hold_stops_every_post_that_had_not_looked_yet(world: World) -> None:
    """One gap is left, and it is one call wide: from the sender's look at the holds to its post."""
    sender = take(world, until(world, "answer", "send"))
    rest = Exploration(world, enough=10_000)
    held, late = [], []

    def check(order: Order) -> list[str]:
        world.collect()
        steps = [call.operation if who else "hold" for who, call in order if who or call.writes]
        held.append(steps)
        if world.posts and steps.index("hold") < steps.index("POST"):
            late.append(steps)
        return rest.rest()

    def hold() -> None:
        operate(Hold(0, "hold"), world.now)

    found = Schedules(world, world.state(), [hold, sender], check)
    print(f"hold × send: {found.runs} orders, {len(late)} of them posted after the hold")
    assert not found.wrong, story(found)
    assert found.complete
    # The claim, then the look at the holds, then the hold, then the post.
    assert [steps[: steps.index("POST") + 1] for steps in late] == [
        ["GetItem", "GetParameter", "PutItem", "GetItem", "hold", "POST"]
    ]
