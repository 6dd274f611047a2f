"""Who acts at once, and from where: handlers and people for the schedules."""

from collections.abc import Callable

from desk.approval import Action
from desk.mention import fingerprint
from desk.wire import Delivery, stamp
from functions.tick import app as tick
from tests.conftest import BRAND
from tests.faults import invariants
from tests.faults.exploration import Exploration
from tests.faults.scenarios import SCENARIOS, Choice, Command, at
from tests.faults.schedules import Actor, Order, Schedules
from tests.faults.state import Message, Step, Visit
from tests.faults.wire import Call, Fault
from tests.faults.world import TRIES, World, operate


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
    """A function working off the messages of `step`. What it leaves is seen again later."""
    world.messages = tuple(one for one in world.messages if one not in step.messages)
    return lambda: world.work(step)


def says(world: World, approver: str, action: Action, text: str = "", to: str = "") -> Actor:
    """An approver who sends the form of the page they see now. Their scenario's plans are void."""
    world.plans = ()
    [token] = [asked.token for asked in world.asked if asked.approver == approver]
    seen = "".join(reply.fingerprint for reply in world.stored().replies)
    visit = Visit(
        approver, token, Choice(action, 0, text, to=to), seen or fingerprint(""), tries=TRIES
    )
    return lambda: world.visit(visit)


def brings(world: World, body: bytes) -> Actor:
    """A platform's delivery being worked off: of what somebody says meanwhile."""
    given = {"webhook-id": "w-meanwhile"}
    when = stamp(at(world.now))
    message = Delivery("d-meanwhile", BRAND, "standard", when, given, {}, body).to_json()
    return take(world, Step(world.now, "triage", (Message("deliveries", message, 0, 99),)))


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


def interleaved(
    world: World, name: str, *actors: Actor, limit: int = 300, seed: int | None = None
) -> Schedules:
    """The actors in every order from where the world stands, then everything to its rest."""
    rest = Exploration(world, enough=10_000)

    def check(order: Order) -> list[str]:
        world.collect()
        stored = world.stored()
        lies = [lie for told in world.told for lie in invariants.untrue(told, stored, world)]
        return [*lies, *rest.rest()]

    found = Schedules(world, world.state(), actors, check, limit, seed)
    world.notes.append(f"{name}: {found}, {rest.states} states to the rest")
    return found


def story(found: Schedules) -> str:
    """What was wrong, and the order that led to it."""
    return "\n".join(
        f"{what}\n" + "\n".join(f"    {who}: {call}" for who, call in order)
        for what, order in found.wrong[:3]
    )


def beside_send(
    world: World, name: str, body: bytes, item: str
) -> tuple[Schedules, list[list[str]]]:
    """A delivery worked off beside a sender, in all orders; for each order in which the sender has
    posted, who did what to the item of the conversation whose key begins so.
    """
    sender = take(world, until(world, "answer", "send"))
    other = brings(world, body)
    rest = Exploration(world, enough=10_000)
    posted: list[list[str]] = []

    def check(order: Order) -> list[str]:
        world.collect()
        if world.posts:
            posted.append(
                [
                    f"{'other' if who else 'sender'} {call.operation}"
                    for who, call in order
                    if "#C#" in call.what and f" {item}" in call.what
                ]
            )
        return rest.rest()

    world.wire.only_shown = False
    found = Schedules(world, world.state(), [sender, other], check)
    world.wire.only_shown = True
    world.notes.append(f"{name} × send: {found}, {len(posted)} of them posted")
    return found, posted


def hold_and_send(
    world: World, scenario: str = "answer", by: Callable[..., Actor] | None = None
) -> tuple[Schedules, list[list[str]]]:
    """A hold beside a sender; the steps of each order that posted after the hold.

    An operator's hold, or that of an approver who acts `by` their page.
    """
    sender = take(world, until(world, scenario, "send"))
    rest = Exploration(world, enough=10_000)
    late: list[list[str]] = []

    def check(order: Order) -> list[str]:
        world.collect()
        steps = [
            _step(call) if who else "hold"
            for who, call in order
            if who or call.operation == "UpdateItem"
        ]
        if world.posts and steps.index("hold") < steps.index("POST"):
            late.append(steps[: steps.index("POST") + 1])
        return rest.rest()

    def hold() -> None:
        operate(Command(0, "hold"), world.now)

    holder = by(world, "ben", "hold_topic") if by is not None else hold
    found = Schedules(world, world.state(), [holder, sender], check)
    world.notes.append(f"hold × send: {found}, {len(late)} of them posted after the hold")
    return found, late


def _step(call: Call) -> str:
    """A sender's call, its look at the holds by name."""
    return "look" if call.what.endswith(" CONTROL") else call.operation
