"""Who pulls the brake and who lets go, and what must hold whatever the order of their calls."""

import json
from collections.abc import Callable
from typing import NamedTuple

from cloud import brakes, store
from desk.brake import Phone
from desk.control import Hold
from desk.rechecking import Recheck
from events.make import SMS
from tests.conftest import BRAND
from tests.faults.actors import interleaved, says, take, until
from tests.faults.exploration import Exploration
from tests.faults.scenarios import OPERATOR, PLAYBOOK, Command, at
from tests.faults.schedules import Actor, Order, Schedules
from tests.faults.state import Message
from tests.faults.wire import AWS_KINDS, Fault
from tests.faults.world import World, event_of, operate

CONTROL = f"{BRAND}#B CONTROL"


class Stopped(NamedTuple):
    """What came of a stop beside senders: all orders, and how they broke or kept it."""

    found: Schedules
    late: list[str]
    """Posts whose sender had looked after the stop was written, or had not looked at all."""
    gaps: list[list[str]]
    """What a sender did from its last look to a post that came after the stop."""


def hold(scope: str = "brand", by: str = OPERATOR, **change: str) -> Hold:
    """A hold of now, by a person unless it is a crisis."""
    fields = {"scope": scope, "by": by, "reason": "a test", "at": at(0)}
    return Hold.model_validate(fields | change)


def stop_and_send(world: World, stop: Callable[[], object], senders: int = 1) -> Stopped:
    """A stop beside one who sends or two who were given the same answer, in every order."""
    step = until(world, "answer", "send")
    sender = take(world, step)
    rest = Exploration(world, enough=10_000)
    late: list[str] = []
    gaps: list[list[str]] = []

    def check(order: Order) -> list[str]:
        world.collect()
        _judge(order, late, gaps)
        return rest.rest()

    limit = 300 if senders == 1 else 120
    seed = None if senders == 1 else 1
    actors: list[Actor] = [stop, *[sender] * senders]
    found = Schedules(world, world.state(), actors, check, limit, seed)
    return Stopped(found, late, gaps)


def _judge(order: Order, late: list[str], gaps: list[list[str]]) -> None:
    stops = [n for n, (who, call) in enumerate(order)
             if who == 0 and call.operation == "UpdateItem" and call.what == CONTROL]  # fmt: skip
    for n, (who, call) in enumerate(order):
        if call.service != "platform" or not stops or stops[0] > n:
            continue
        looks = [m for m, (other, one) in enumerate(order[:n])
                 if (other, one.operation, one.what) == (who, "GetItem", CONTROL)]  # fmt: skip
        if not looks or looks[-1] > stops[0]:
            late.append(" → ".join(str(one) for other, one in order if other == who))
        else:
            gaps.append([one.operation for other, one in order[looks[-1] : n] if other == who])


def release_and_send(world: World, held: Hold, release: Callable[[], object]) -> Schedules:
    """A sender beside the end of a hold: it finds the hold or does not."""
    step = until(world, "answer", "send")
    store.hold(BRAND, held)
    sender = take(world, step)
    rest = Exploration(world, enough=10_000)

    def check(order: Order) -> list[str]:
        world.collect()
        [reply] = world.stored().replies
        posted = len(world.posts)
        both = [f"{reply.state}, and posted"] if posted != (reply.state == "sent") else []
        return [*both, *rest.rest()]

    return Schedules(world, world.state(), [release, sender], check)


def ends(world: World, name: str, actors: list[Actor], wrong: Callable[[], list[str]]) -> Schedules:
    """Actors on the table alone, in every order, and what is then wrong."""
    found = Schedules(world, world.state(), actors, lambda order: wrong())
    world.notes.append(f"{name}: {found}")
    return found


def holds() -> dict[str, Hold]:
    """What is held now, by scope."""
    control = store.control(BRAND)
    return {one.scope: one for one in control.holds} if control is not None else {}


def crisis_and_hold(world: World) -> Schedules:
    """The detector and a person on the same topic: whoever is first, the person's word stands."""
    world.start(world.scenario)
    scope = "topic:hours"

    def wrong() -> list[str]:
        kind = holds()[scope].kind
        return [] if kind == "hold" else [f"a person's hold became a {kind}"]

    return ends(world, "crisis × hold", [
        lambda: store.begin_crisis(BRAND, hold(scope, "Repartee", kind="crisis")),
        lambda: store.hold(BRAND, hold(scope)),
    ], wrong)  # fmt: skip


def release_and_hold(world: World) -> Schedules:
    """One lets go of what they saw, another holds anew: what is newer stands."""
    world.start(world.scenario)
    old, new = hold(), hold(by="ann")
    store.hold(BRAND, old)

    def wrong() -> list[str]:
        return [] if holds().get("brand") == new else ["a hold was released that nobody had seen"]

    return ends(world, "release × hold", [
        lambda: brakes.release(BRAND, old, "ben", "over"),
        lambda: store.hold(BRAND, new),
    ], wrong)  # fmt: skip


def held_too_long(world: World) -> Recheck:
    """An answer that was held, and is too late by now; the order to look at it again."""
    until(world, "held", "decide", times=2)
    [reply] = world.stored().replies
    assert reply.state == "held"
    store.release(BRAND, "brand", OPERATOR, "over", at(world.now))
    late = reply.model_copy(update={"expires_at": at(world.now)})
    assert store.move(reply, late)
    world.messages = ()
    return Recheck(brand=BRAND, scope="brand", by=OPERATOR, reason="over", at=at(world.now))


def recheck_and_approve(world: World) -> Schedules:
    """What is too late ends, or an approver has said yes to it: one of the two, and they know."""
    order = held_too_long(world)
    approver = says(world, "ann", "approve")
    return interleaved(world, "look again × approve", lambda: brakes.recheck(order), approver)


def released_with_right_answers(world: World) -> list[str]:
    """A held answer that is still right, after a release: what went out by itself."""
    until(world, "held", "decide", times=2)
    store.release(BRAND, "brand", OPERATOR, "over", at(world.now))
    world.messages, world.plans = (), ()
    order = Recheck(brand=BRAND, scope="brand", by=OPERATOR, reason="over", at=at(world.now))
    world.begin(world.now + 1)
    brakes.recheck(order)
    world.collect()
    while (step := world.next()) is not None and step.at < world.now + 600:
        world.run(step)
    return [f"{post.reply} went out by itself" for post in world.posts]


def text_message(world: World) -> list[str]:
    """A text message, with every fault at every call; SQS brings it again. What was not held."""
    wrong: list[str] = []
    for number in range(20):
        for kind in AWS_KINDS:
            _known_phone(world)
            world.begin(1, Fault(number, kind))
            event = event_of((halt(),))
            answer = world.invoke("brake", event)
            if number >= len(world.wire.calls):
                world.begin(0)
                return wrong
            if answer is None or answer["batchItemFailures"]:
                world.begin(2)
                world.invoke("brake", event)
            if "brand" not in holds():
                wrong.append(f"{kind} at call {number}: nothing is held")
    return wrong


def halt() -> Message:
    """The text message, in the queue."""
    return Message("brakes", json.dumps(SMS | {"messageBody": "HALT"}), 0, 1)


def _known_phone(world: World) -> None:
    world.begin(0)
    world.start(world.scenario)
    number = brakes.number_of(SMS["originationNumber"])
    store.keep_phone(Phone(number=number, brand=BRAND, approver="ann", made_at=at(0)))


def two_text_messages(world: World) -> Schedules:
    """The same message, brought twice at once: one hold, whatever the order."""
    _known_phone(world)

    def wrong() -> list[str]:
        return [] if [*holds()] == ["brand"] else [f"held: {[*holds()]}"]

    event = event_of((halt(),))
    actor: Actor = lambda: world.invoke("brake", event)  # noqa: E731
    return ends(world, "text message twice", [actor, actor], wrong)


def held_by_word(world: World) -> list[str]:
    """A hold on a word that the mention has: what was posted all the same."""
    step = until(world, "answer", "send")
    store.hold(BRAND, hold("topic:word:opening"))
    world.run(step)
    return [f"{post.reply} was posted" for post in world.posts]


def lost_and_beaten(world: World) -> list[str]:
    """The control item is lost, and the detector looks: what is posted then."""
    step = until(world, "answer", "send")
    operate(Command(0, "lose"), world.now)
    store.beat(BRAND, at(world.now))
    world.run(step)
    return [f"{post.reply} was posted" for post in world.posts]


def deployed_again(world: World) -> list[str]:
    """A hold, and then all that a deployment and a new playbook do: what is no longer held."""
    world.start(world.scenario)
    store.hold(BRAND, hold())
    store.keep_playbook(PLAYBOOK.model_copy(update={"version": "2"}))
    store.create_control(BRAND, at(60))
    return [] if "brand" in holds() else ["the hold is gone"]
