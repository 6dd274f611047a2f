"""All orders in which the calls of several handlers can come, each order once.

One thread a handler, of which one runs at a time: each stops before every call, and is told when
to go on. Two orders that differ only in calls which cannot notice each other count as one (sleep
sets: P. Godefroid, Partial-Order Methods for the Verification of Concurrent Systems, 1996).
"""

import random
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from tests.faults.state import State
from tests.faults.wire import Call
from tests.faults.world import World

Actor = Callable[[], object]
Order = list[tuple[int, Call]]
"""Who made which call, one after the other."""
PATIENCE = 20.0
"""Seconds that a handler may take from one call to the next before a test gives up on it."""


@dataclass
class Node:
    """A moment at which one of several handlers could go on."""

    pending: dict[int, Call]
    """Who could, and with which call."""
    choices: list[int]
    """Who is to be tried."""
    sleep: set[int]
    """Who need not: that order was looked at from another node."""
    chosen: int
    done: set[int] = field(default_factory=set)


class Schedules:
    """Runs `actors` from `start` in every order, and asks `check` after each what is wrong.

    With a `seed` it runs `limit` orders drawn with that seed instead.
    """

    def __init__(
        self,
        world: World,
        start: State,
        actors: Sequence[Actor],
        check: Callable[[Order], list[str]],
        limit: int = 300,
        seed: int | None = None,
    ) -> None:
        self.world, self.start, self.actors = world, start, actors
        self.runs = 0
        """Orders that were run."""
        self.complete = False
        """Whether these were all of them."""
        self.wrong: list[tuple[str, Order]] = []
        """What was wrong, and after which order."""
        self._shared: set[str] = set()
        self._dice = None if seed is None else random.Random(seed)
        path: list[Node] = []
        while self.runs < limit:
            grown = len(self._shared)
            order, fresh = self._run(path)
            if len(self._shared) > grown:
                # Calls that were thought to concern one handler alone concern two: begin anew.
                path, self.runs, self.wrong = [], 0, []
                continue
            if fresh:
                self.runs += 1
                self.wrong += [(what, order) for what in check(order)]
            if self._dice is not None:
                path = []
            elif not _turn_back(path):
                self.complete = True
                return

    def __str__(self) -> str:
        extent = "all" if self.complete else "a sample"
        return f"{self.runs} orders ({extent}), {len(self.wrong)} wrong"

    def _run(self, path: list[Node]) -> tuple[Order, bool]:
        """One order, along `path` and then on; False with it if it is like one that was run."""
        world = self.world
        world.restore(self.start)
        world.begin(self.start.now + 1)
        stage = _Stage(self.actors)
        world.wire.gate = stage.wait
        order: Order = []
        sleep: set[int] = set()
        fresh, depth = True, 0
        try:
            stage.open()
            while stage.pending:
                if depth < len(path):
                    node = path[depth]
                elif (found := self._choose(stage.pending, sleep)) is not None:
                    node = found
                    path.append(node)
                else:
                    fresh = False
                    break
                depth += 1
                call = node.pending[node.chosen]
                order.append((node.chosen, call))
                asleep = (node.sleep | node.done) - {node.chosen}
                sleep = {one for one in asleep if not conflict(node.pending[one], call)}
                stage.go_on(node.chosen)
            while stage.pending:
                stage.go_on(min(stage.pending))
        finally:
            world.wire.gate = None
            stage.close()
        self._learn(order)
        return order, fresh

    def _choose(self, pending: dict[int, Call], sleep: set[int]) -> Node | None:
        """Who goes on. A call that no other handler can notice is no choice at all."""
        for actor, call in sorted(pending.items()):
            if call.what not in self._shared and not call.everywhere:
                return None if actor in sleep else Node(dict(pending), [actor], sleep, actor)
        if self._dice is not None:
            return Node(dict(pending), [], set(), self._dice.choice(sorted(pending)))
        awake = [actor for actor in sorted(pending) if actor not in sleep]
        return Node(dict(pending), awake, sleep, awake[0]) if awake else None

    def _learn(self, order: Order) -> None:
        """Note which calls concern more than one handler."""
        for place, (one, call) in enumerate(order):
            for other, later in order[place + 1 :]:
                if one != other and conflict(call, later):
                    self._shared |= {call.what, later.what}


class _Stage:
    """The threads, and the one that may run."""

    def __init__(self, actors: Sequence[Actor]) -> None:
        self.pending: dict[int, Call] = {}
        self._errors: list[BaseException] = []
        self._here = threading.local()
        self._stopped = threading.Semaphore(0)
        self._turns = [threading.Semaphore(0) for _ in actors]
        self._threads = [
            threading.Thread(target=self._play, args=(number, actor), daemon=True)
            for number, actor in enumerate(actors)
        ]

    def open(self) -> None:
        """Let each run up to its first call."""
        for thread in self._threads:
            thread.start()
            self._until_it_stops()

    def go_on(self, actor: int) -> None:
        """Let one make its call, and run up to the next."""
        del self.pending[actor]
        self._turns[actor].release()
        self._until_it_stops()

    def wait(self, call: Call) -> None:
        """In a handler's thread: stop here until told to go on."""
        number = self._here.number
        self.pending[number] = call
        self._stopped.release()
        if not self._turns[number].acquire(timeout=PATIENCE):
            raise TimeoutError(str(call))

    def close(self) -> None:
        """The end of all of them; raises what came out of one."""
        for thread in self._threads:
            thread.join(PATIENCE)
        if self._errors:
            raise self._errors[0]

    def _play(self, number: int, actor: Actor) -> None:
        self._here.number = number
        try:
            actor()
        except BaseException as error:  # noqa: BLE001 - it is raised again where the test sees it
            self._errors.append(error)
        self._stopped.release()

    def _until_it_stops(self) -> None:
        if not self._stopped.acquire(timeout=PATIENCE):
            raise TimeoutError("a handler neither ended nor made its next call")


def conflict(one: Call, other: Call) -> bool:
    """Whether it can matter which of two calls comes first."""
    if one.everywhere or other.everywhere:
        return True
    if not (one.writes or other.writes) or one.shows or other.shows:
        return False
    services = {one.service, other.service}
    if services == {"platform", "dynamodb"}:  # what was stopped before a post, and what was not
        stops = " CONTROL", " LADDER#"
        return any(
            call.writes and any(each in call.what for each in stops) for call in (one, other)
        )
    if services == {"platform"}:
        return True
    return services == {"dynamodb"} and (_covers(one, other) or _covers(other, one))


def _covers(one: Call, other: Call) -> bool:
    if one.what.endswith("*"):
        return other.what.startswith(one.what[:-1])
    return one.what == other.what


def _turn_back(path: list[Node]) -> bool:
    """Make the last choice differently that still can be; False once there is none."""
    while path:
        node = path[-1]
        node.done.add(node.chosen)
        left = [one for one in node.choices if one not in node.done]
        if left:
            node.chosen = left[0]
            return True
        path.pop()
    return False
