"""`repartee people`: who is on duty when, and whether everybody can be reached."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from cli import console, reaching, target
from cli.playbook_files import PlaybookError, load
from desk.duty import Gap, gaps, turns
from desk.playbook import Playbook
from desk.zones import moment, zone

app = typer.Typer(
    no_args_is_help=True,
    help="Who is on duty when, by which ways each is reached, and whether anybody is not.",
)
app.command("list")(reaching.everybody)
app.command("subscribe")(reaching.subscribe)
app.command("confirm")(reaching.confirm)
app.command("bot")(reaching.bot)
app.command("drill")(reaching.drill)

Folder = Annotated[
    Path | None,
    typer.Argument(metavar="[DIR]", help="A playbook's folder; without it, the current playbook."),
]


@app.command("duty")
def duty(
    folder: Folder = None,
    days: Annotated[int, typer.Option(min=1, max=366, help="How many days ahead.")] = 30,
    start: Annotated[
        datetime | None,
        typer.Option("--from", formats=["%Y-%m-%d"], help="The first of them. Default: now."),
    ] = None,
    brand: target.Brand = target.EXAMPLE,
    stack: target.StackName = target.LOCAL_STACK,
    endpoint: target.Endpoint = "",
    as_json: console.AsJson = False,
) -> None:
    """Show who is on duty when, and name every minute in which somebody asked would be nobody.

    Ends with status 1 if there is a time in which no step of a policy reaches anybody, so that only
    its fallback is left.
    """
    playbook = _playbook(folder, brand, stack, endpoint)
    begin = moment(start, zone("UTC")) if start else datetime.now(UTC).replace(second=0)
    end = begin + timedelta(days=days)
    found = gaps(playbook, begin, end)
    if as_json:
        for name, rota in playbook.rotas.items():
            for turn in turns(rota, begin, end):
                console.show_json({"rota": name} | turn._asdict())
        for gap in found:
            console.show_json(gap._asdict())
    else:
        for name, rota in playbook.rotas.items():
            table = Table(
                "from", "until", "on duty", title=f"{name}, by the clock of {rota.time_zone}"
            )
            for turn in turns(rota, begin, end):
                names = ", ".join(playbook.approvers[who].name for who in turn.people)
                times = (_wall(at, rota.time_zone) for at in (turn.start, turn.end))
                table.add_row(*times, console.plain(names) or "[bold red]nobody[/]")
            console.out.print(table)
        for line in gap_lines(found):
            console.out.print(line, soft_wrap=True)
        if not found:
            console.out.print(f"In these {days} days every step reaches somebody.")
    if any(gap.step == 0 for gap in found):
        raise typer.Exit(1)


def gap_lines(found: list[Gap]) -> list[str]:
    """Each gap in words, one line for all the risks that it is there for, in order of time."""
    risks: dict[Gap, list[str]] = {}
    for gap in found:
        risks.setdefault(gap._replace(risk="routine"), []).append(gap.risk)
    lines = []
    for gap, which in sorted(
        risks.items(), key=lambda one: (one[0].start, one[0].policy, one[0].step)
    ):
        begin, end = (_wall(at, gap.time_zone) for at in (gap.start, gap.end))
        end = end.removeprefix(f"{begin.partition(' ')[0]} ")
        whom = f"step {gap.step}" if gap.step else "no step"
        verb = "reaches nobody" if gap.step else "reaches anybody: only its fallback is left"
        lines.append(
            f"{begin} - {end} {gap.time_zone}: {whom} of {gap.policy} {verb} ({', '.join(which)})"
        )
    return lines


def _wall(at: datetime, where: str) -> str:
    return f"{at.astimezone(zone(where)):%Y-%m-%d %H:%M}"


def _playbook(folder: Path | None, brand: str, stack: str, endpoint: str) -> Playbook:
    if folder is not None:
        try:
            return load(folder)
        except PlaybookError as error:
            console.fail("\n".join(map(str, error.problems)))
    target.choose(stack, endpoint)
    return target.playbook(brand)
