"""Measuring things in turns, so that a busy or a drifting machine is the same for all of them."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage
from statistics import median
from typing import Any, Protocol

ROOT = Path(__file__).resolve().parent.parent

Once = Callable[[], float]
"""Does it once, and returns the seconds of processor time that it took."""


@dataclass(frozen=True)
class Comparison:
    """What was measured in turns: seconds, one figure for each round."""

    what: str
    ours: tuple[float, ...]
    peer: tuple[float, ...]
    floor: tuple[float, ...]
    net: bool
    """Whether the floor is part of both sides, so that ratios are of what comes on top of it."""
    target: float | None
    """The ratio to the peer that we want to stay below."""

    @property
    def ratios(self) -> tuple[float, ...]:
        """Ours by the peer's, round by round."""
        floor = self.floor if self.net else (0.0,) * len(self.ours)
        rounds = zip(self.ours, self.peer, floor, strict=True)
        return tuple((ours - least) / (peer - least) for ours, peer, least in rounds)

    def facts(self) -> dict[str, Any]:
        """As JSON values; times in microseconds."""
        return {
            "what": self.what,
            "floor_us": _microseconds(self.floor),
            "peer_us": _microseconds(self.peer),
            "ours_us": _microseconds(self.ours),
            "ratio": round(median(self.ratios), 3),
            "ratio_min": round(min(self.ratios), 3),
            "ratio_max": round(max(self.ratios), 3),
            "net_of_floor": self.net,
            "target": self.target,
            "rounds": len(self.ours),
        }


@dataclass(frozen=True)
class Figure:
    """Something that is counted and not timed: the same in every run."""

    what: str
    value: float
    unit: str
    target: float | None
    least: bool = False
    """Whether the target is to be reached, and not to be stayed below."""

    @property
    def met(self) -> bool | None:
        """Whether the target is met, where there is one."""
        if self.target is None:
            return None
        return self.value >= self.target if self.least else self.value <= self.target

    def facts(self) -> dict[str, Any]:
        """As JSON values."""
        return {
            "what": self.what,
            "value": round(self.value, 2),
            "unit": self.unit,
            "target": self.target,
        }


class Benchmark(Protocol):
    """What a benchmark's module offers."""

    name: str
    """What it is called on the command line."""
    what: str
    """What is measured, and what its floor and its peer are."""

    def measure(self) -> list[Comparison | Figure]:
        """Everything it has to say."""
        ...


def in_turns(
    what: str,
    *,
    ours: Once,
    peer: Once,
    floor: Once,
    rounds: int,
    net: bool = False,
    target: float | None = None,
) -> Comparison:
    """Each of the three once in every round, in another order each time, after one for warming."""
    turns = {"floor": floor, "peer": peer, "ours": ours}
    taken: dict[str, list[float]] = {name: [] for name in turns}
    names = list(turns)
    for number in range(-1, rounds):
        for name in names:
            seconds = turns[name]()
            if number >= 0:
                taken[name].append(seconds)
        names.append(names.pop(0))
    return Comparison(
        what=what,
        ours=tuple(taken["ours"]),
        peer=tuple(taken["peer"]),
        floor=tuple(taken["floor"]),
        net=net,
        target=target,
    )


def repeated(action: Callable[[], object], times: int) -> Once:
    """Processor seconds of one `action`, as the mean of so many in a row."""

    def once() -> float:
        began = time.process_time()
        for _ in range(times):
            action()
        return (time.process_time() - began) / times

    return once


def fresh_process(*arguments: str, env: Mapping[str, str] | None = None) -> Once:
    """Processor seconds of a new interpreter with those arguments, from its start to its end.

    It finds our code and its bytecode, and nothing else: neither this shell's variables nor what
    another process has left in the folder for temporary files. Raises CalledProcessError with what
    it said where it fails.
    """

    def once() -> float:
        with tempfile.TemporaryDirectory() as folder:
            clean = {
                "PATH": "/usr/bin:/bin",
                "LANG": "C.UTF-8",
                "HOME": folder,
                "TMPDIR": folder,
                "PYTHONPATH": os.pathsep.join(
                    str(ROOT / part) for part in (".", "layers/repartee", "layers/language")
                ),
                "AWS_ACCESS_KEY_ID": "test",
                "AWS_SECRET_ACCESS_KEY": "test",
                "AWS_DEFAULT_REGION": "ap-east-1",
                "POWERTOOLS_SERVICE_NAME": "repartee",
                "PYDANTIC_DISABLE_PLUGINS": "__all__",
                **(env or {}),
            }
            before = getrusage(RUSAGE_CHILDREN)
            subprocess.run(
                [sys.executable, *arguments],
                env=clean, cwd=folder, check=True, capture_output=True, text=True,
            )  # fmt: skip
            after = getrusage(RUSAGE_CHILDREN)
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    return once


def _microseconds(seconds: tuple[float, ...]) -> float:
    return round(median(seconds) * 1e6, 2)
