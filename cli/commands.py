"""All commands of `repartee`, and what they have in common."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from cli import (
    audit,
    channels,
    classify,
    conform,
    console,
    conversations,
    dead_letters,
    demo,
    detect,
    doctor,
    holds,
    ladder,
    match,
    moments,
    people,
    playbook,
    posts,
    replay,
    rooms,
    target,
)
from cli.account import ENDS, Books

app = typer.Typer(
    name="repartee",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    help="A real-time mention desk for brands: try it, run it, look after it.\n\n"
    "Commands that work on an install take --stack and --endpoint. With the demo running in "
    "another terminal they find the local cloud by themselves.",
)
app.add_typer(channels.app, name="channels")
app.add_typer(conform.app, name="conform")
app.add_typer(people.app, name="people")
app.add_typer(playbook.app, name="playbook")
app.add_typer(holds.app, name="hold")
app.add_typer(conversations.app, name="conversations")
app.add_typer(ladder.app, name="rules")
app.add_typer(moments.app, name="moments")
app.add_typer(rooms.app, name="room")
app.add_typer(dead_letters.app, name="dead-letters")
app.command("audit")(audit.audit)
app.command("classify")(classify.classify)
app.command("demo")(demo.demo)
app.command("detect")(detect.detect)
app.command("doctor")(doctor.doctor)
app.command("match")(match.match)
app.command("post")(posts.post)


@app.command("replay")
def replay_command(
    file: Annotated[Path, typer.Argument(help="JSONL; each line an object with at least `text`.")],
    rate: Annotated[float, typer.Option(min=0.1, help="Webhooks a second.")] = 50.0,
    limit: Annotated[int, typer.Option(help="Use at most this many posts; 0 for all.")] = 0,
    duplicates: Annotated[
        float, typer.Option(min=0, max=1, help="Share that is delivered twice.")
    ] = 0.0,
    malformed: Annotated[
        float, typer.Option(min=0, max=1, help="Share that arrives signed and broken.")
    ] = 0.0,
    yes: Annotated[
        bool, typer.Option("--yes", help="Do not ask before sending to an install in AWS.")
    ] = False,
    seed: Annotated[int, typer.Option(help="The same seed plans the same replay.")] = 1,
    brand: target.Brand = target.EXAMPLE,
    stack: target.StackName = target.LOCAL_STACK,
    endpoint: target.Endpoint = "",
    as_json: console.AsJson = False,
) -> None:
    """Send the posts of a file as signed webhooks, then account for where each one ended.

    Posts go to the channel they name, or to each in turn. The command ends with status 1 if the
    account does not close: received = answered + escalated + rejected + recorded + duplicates +
    ignored + quarantined + dead.
    """
    chosen = target.choose(stack, endpoint)
    if stack != target.LOCAL_STACK and not yes:
        typer.confirm(
            f"{stack} answers on its real channels. Send it these posts?", abort=True, err=True
        )
    accounts = target.playbook(brand).accounts
    run, started = replay.run_started()
    try:
        rows = list(replay.read_posts(file, run, started, accounts))
    except (OSError, replay.BadPosts) as error:
        console.fail(str(error))
    rows = rows[:limit] if limit else rows
    planned = replay.plan(rows, rate, duplicates, malformed, seed)
    result = run_replay(planned, chosen, brand, started)
    if as_json:
        console.show_json(result.facts())
    else:
        console.out.print(figures(result))
    if not result.account.closes or result.refused:
        raise typer.Exit(1)


def run_replay(
    planned: list[replay.Planned], chosen: target.Target, brand: str, started: datetime
) -> replay.Result:
    """Make the requests and follow them to their ends, with progress on standard error."""
    dead = (chosen.outputs[dead] for dead, _ in dead_letters.QUEUES.values())
    books = Books(brand, started, dead)
    bar = Progress(
        TextColumn("{task.description:<10}"), BarColumn(), MofNCompleteColumn(),
        TimeElapsedColumn(), console=console.err, transient=True,
    )  # fmt: skip
    with bar:
        sending = bar.add_task("sent", total=len(planned))
        ending = bar.add_task("ended", total=len(planned))

        def told(made: int, ended: int) -> None:
            bar.update(sending, completed=made)
            bar.update(ending, completed=ended)

        return replay.run(planned, chosen.api, brand, books, told)


def figures(result: replay.Result) -> Table:
    """A replay's account as a table."""
    account = result.account
    table = Table(title="What became of each delivery", show_header=False)
    table.add_row("received", str(account.received), style="bold")
    for kind in ENDS:
        table.add_row(f"  {kind}", str(account.ends[kind]))
        if kind == "ignored":
            for why, count in account.ignored.most_common(8):
                table.add_row(f"    {why}", str(count), style="dim")
    table.add_row("  under way", str(account.open))
    table.add_row("  lost", str(len(account.lost)))
    table.add_row("closes", "yes" if account.closes else "NO", style="bold")
    table.add_row("refused at the door", str(result.refused))
    table.add_row("webhooks a second", f"{result.offered_rate:.1f}")
    table.add_row("finished a second", f"{result.finished_rate:.1f}")
    return table
