"""Tables as Markdown on standard output, and whether a target is met."""

import sys
from typing import NamedTuple


class Target(NamedTuple):
    """A figure that we aim at: at least it, or at most it."""

    figure: float
    most: bool = False

    def verdict(self, value: float) -> str:
        """The target and whether `value` meets it."""
        met = value <= self.figure if self.most else value >= self.figure
        return f"{'≤' if self.most else '≥'} {self.figure:g} {'met' if met else '**not met**'}"


def title(text: str) -> None:
    """A heading."""
    sys.stdout.write(f"\n### {text}\n")


def heading(*cells: str) -> None:
    """Begins a table with its column names."""
    sys.stdout.write(f"\n| {' | '.join(cells)} |\n|{' --- |' * len(cells)}\n")


def line(*cells: str | float | None) -> None:
    """A line of a table; None is an empty cell."""
    sys.stdout.write(f"| {' | '.join(map(_cell, cells))} |\n")
    sys.stdout.flush()


def note(text: str) -> None:
    """A line of text below a table."""
    sys.stdout.write(f"\n{text}\n")
    sys.stdout.flush()


def _cell(cell: str | float | None) -> str:
    if cell is None:
        return ""
    if isinstance(cell, float):
        return f"{cell:.3f}"
    return f"{cell:,}" if isinstance(cell, int) else cell
