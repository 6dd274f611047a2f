"""Every way in which a scenario can be disturbed, each followed until everything is at rest."""

import random
from contextlib import suppress
from typing import NamedTuple

from tests.faults import invariants
from tests.faults.scenarios import Scenario
from tests.faults.state import State, Step
from tests.faults.wire import Call, Fault, faults_of
from tests.faults.world import World

Trail = tuple[str, ...]
"""The steps of a run."""


class Breach(NamedTuple):
    """Something that does not hold, and how the run came there."""

    what: str
    trail: Trail

    def __str__(self) -> str:
        return "\n    ".join((self.what, *self.trail))


class Enough(Exception):
    """As many breaches were found as were asked for."""


class Exploration:
    """Runs of a world, each followed until it is at rest; stops at `enough` breaches.

    What follows from a state depends on nothing else, so each state is followed once. Of the faults
    that are possible anywhere, a `share` befalls it: the same ones each time.
    """

    def __init__(self, world: World, enough: int = 20, share: float = 1) -> None:
        self.world, self.enough, self.share = world, enough, share
        self._dice = random.Random(1)
        self.runs = 0
        """Runs that differ in their faults."""
        self.calls = 0
        """Calls in the run without any."""
        self.breaches: list[Breach] = []
        self.ends = ""
        """What came of the first run, in which nothing went wrong."""
        self._followed: dict[str, int] = {}
        self._top = 0

    def explore(self, scenario: Scenario, faults: int) -> None:
        """Run a scenario with every set of `faults` faults or fewer."""
        self.world.start(scenario)
        self._top = faults
        with suppress(Enough):
            self._follow(faults, (), "")

    def rest(self) -> list[str]:
        """From where the world stands to its rest, without faults: what is wrong there."""
        self._top = 0
        before = len(self.breaches)
        self._follow(0, (), "")
        return [breach.what for breach in self.breaches[before:]]

    @property
    def states(self) -> int:
        """Different states between two invocations."""
        return len(self._followed)

    def __str__(self) -> str:
        return f"{self.calls} calls, {self.runs} runs, {self.states} states"

    def _follow(self, faults: int, trail: Trail, ends: str) -> None:
        """From where the world stands to its rest, and off the way by every fault.

        `ends` is what must come of it, where something must.
        """
        world = self.world
        while True:
            before = world.state()
            key = before.key + ends
            if self._followed.get(key, -1) >= faults:
                return
            self._followed[key] = faults
            step = world.next()
            if step is None:
                self._note(trail, *invariants.broken_at_rest(world))
                if faults == self._top:
                    self.ends = ended(world)
                elif ends and ends != (now := ended(world)):
                    self._note(trail, f"an answer that was lost made {now} of {ends}")
                return
            calls = world.run(step)
            if faults == self._top:
                self.calls += len(calls)
            self._note((*trail, str(step)), *invariants.broken_by(step, before, world))
            if faults and calls:
                after = world.state()
                for fault in faults_of(calls, step.ends):
                    if self._dice.random() < self.share:
                        self._disturb(step, before, fault, calls, faults - 1, trail)
                world.restore(after)
            trail = (*trail, str(step))

    def _disturb(
        self, step: Step, before: State, fault: Fault, calls: list[Call], left: int, trail: Trail
    ) -> None:
        world = self.world
        world.restore(before)
        world.run(step, fault)
        self.runs += 1
        where = str(calls[fault.call]) if fault.call >= 0 else "its end"
        trail = (*trail, f"{step}: {fault.kind} at {where}")
        self._note(trail, *invariants.broken_by(step, before, world))
        # What the SDK tries again by itself, nobody should ever notice.
        unseen = fault.kind == "answer lost once" and self._top == 1
        self._follow(left, trail, world.scenario.ends if unseen else "")

    def _note(self, trail: Trail, *found: str) -> None:
        self.breaches += [Breach(what, trail) for what in found]
        if len(self.breaches) >= self.enough:
            raise Enough


def ended(world: World) -> str:
    """What became of everything: the states of replies, then of escalations."""
    stored = world.stored()
    replies = [reply.state for reply in stored.replies]
    return " ".join((*replies, *(one.state for one in stored.escalations.values())))
