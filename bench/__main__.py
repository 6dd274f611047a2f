"""`python -m bench [NAME…]`: measure side by side, and print ratios."""

import os
import platform
from statistics import median
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from bench import (
    anomalies,
    batch,
    brake,
    cold_receive,
    cold_triage,
    cost,
    items,
    reading,
    replay,
    replays,
    rules,
    scan_cost,
    segmentation,
    stories,
    webhook,
)
from bench.measuring import Benchmark, Comparison, Figure
from cli import console

ALL: tuple[Benchmark, ...] = (
    cold_receive,
    webhook,
    cold_triage,
    batch,
    reading,
    segmentation,
    rules,
    items,
    cost,
    anomalies,
    scan_cost,
    stories,
    replay,
    replays,
    brake,
)

out = console.out if console.out.is_terminal else Console(highlight=False, width=150)
"""In a file, tables keep their width."""


def main(
    names: Annotated[list[str] | None, typer.Argument(help="Default: all of them.")] = None,
    as_json: console.AsJson = False,
) -> None:
    """Measure floors, peers and ours in the same run, taking turns; print medians and ratios.

    A time says little about another machine, and on a busy one not even about this: the ratio and
    its spread are what counts.
    """
    known = {one.name: one for one in ALL}
    if unknown := [name for name in names or () if name not in known]:
        console.fail(f"no benchmark {', '.join(unknown)}; there is {', '.join(known)}")
    chosen = [known[name] for name in names or known]
    machine = {
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "processors": os.cpu_count(),
        "load_before": round(os.getloadavg()[0], 2),
    }
    results = {}
    for one in chosen:
        with console.err.status(f"{one.name}: {one.what.partition(';')[0]}"):
            results[one.name] = one.measure()
        if not as_json:
            show(one, results[one.name])
    machine["load_after"] = round(os.getloadavg()[0], 2)
    if as_json:
        facts = {name: [row.facts() for row in rows] for name, rows in results.items()}
        console.show_json({"machine": machine, "benchmarks": facts})
    else:
        out.print(", ".join(f"{name} {value}" for name, value in machine.items()))


def show(one: Benchmark, rows: list[Comparison | Figure]) -> None:
    """A benchmark's rows as tables."""
    compared = [row for row in rows if isinstance(row, Comparison)]
    counted = [row for row in rows if isinstance(row, Figure)]
    if compared:
        table = Table(title=one.name, caption=one.what, title_justify="left")
        for heading in ("", "floor", "peer", "ours", "ours/peer", "from – to", "target", ""):
            table.add_column(heading, justify="left" if heading in ("", "target") else "right")
        for row in compared:
            ratios = row.ratios
            table.add_row(
                f"{row.what}{' (net of the floor)' if row.net else ''}",
                *(_time(median(taken)) for taken in (row.floor, row.peer, row.ours)),
                f"{median(ratios):.2f}",
                f"{min(ratios):.2f} – {max(ratios):.2f}",
                *_verdict(median(ratios), row.target),
            )
        out.print(table)
    if counted:
        table = Table(title=one.name, caption=one.what, title_justify="left")
        units = list(dict.fromkeys(row.unit for row in counted))
        for heading in ("", *units):
            table.add_column(heading, justify="right" if heading else "left")
        for what in dict.fromkeys(row.what for row in counted):
            cells = {row.unit: _cell(row) for row in counted if row.what == what}
            table.add_row(what, *(cells.get(unit, "") for unit in units))
        out.print(table)


def _cell(row: Figure) -> str:
    if row.target is None:
        return f"{row.value:.4g}"
    colour = "green" if row.met else "bold red"
    return f"[{colour}]{row.value:.4g}[/] ({'≥' if row.least else '≤'} {row.target:.4g})"


def _verdict(value: float, target: float | None) -> tuple[str, str]:
    if target is None:
        return "", ""
    return f"≤ {target:.3g}", "[green]met[/]" if value <= target else "[bold red]not met[/]"


def _time(seconds: float) -> str:
    return f"{seconds * 1e3:.1f} ms" if seconds >= 1e-3 else f"{seconds * 1e6:.1f} µs"


if __name__ == "__main__":
    typer.run(main)
