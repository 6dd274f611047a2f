"""`repartee hold`: the brake of a brand, a channel or a topic."""

import getpass
from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.table import Table

from cli import console, target
from cloud import store
from desk.control import HEARTBEAT_LIMIT, Hold

app = typer.Typer(
    no_args_is_help=True,
    help="Stop all that is posted for a brand, on a channel or about a topic; and let it go on.",
)

Scope = Annotated[
    str,
    typer.Option(
        help="What is stopped: `brand`, `channel:line`, or `topic:` and a category or a rule's id."
    ),
]
By = Annotated[str, typer.Option(help="Who stops or releases it. Default: your login name.")]


def _checked(scope: str) -> str:
    kind, _, name = scope.partition(":")
    if scope == "brand" or (kind in ("channel", "topic") and name):
        return scope
    return console.fail(f"no such scope: {scope!r}; it is brand, channel:NAME or topic:NAME")


@app.command("on")
def on(
    reason: Annotated[str, typer.Argument(help="Why. It is kept, and shown to approvers.")],
    scope: Scope = "brand",
    by: By = "",
    brand: target.Brand = target.EXAMPLE,
    stack: target.StackName = target.LOCAL_STACK,
    endpoint: target.Endpoint = "",
) -> None:
    """Stop at once. Hearing, reading and asking go on; what would have been said waits, held."""
    target.choose(stack, endpoint)
    hold = Hold(
        scope=_checked(scope), by=by or getpass.getuser(), reason=reason, at=datetime.now(UTC)
    )
    if not store.hold(brand, hold):
        console.fail(f"brand {brand!r} has no control item: nothing is sent for it in any case")
    console.err.print(f"Stopped: {hold.scope} of {brand}, by {hold.by}.")


@app.command("off")
def off(
    reason: Annotated[str, typer.Argument(help="Why it may go on.")],
    scope: Scope = "brand",
    by: By = "",
    brand: target.Brand = target.EXAMPLE,
    stack: target.StackName = target.LOCAL_STACK,
    endpoint: target.Endpoint = "",
) -> None:
    """Let automation go on. What was held is not sent: each waits for a person's yes."""
    target.choose(stack, endpoint)
    who = by or getpass.getuser()
    if not store.release(brand, _checked(scope), who, reason, datetime.now(UTC)):
        console.fail(f"nothing held {scope} of {brand}")
    waiting = sum(1 for _ in store.waiting(brand, "held"))
    console.err.print(f"Released: {scope} of {brand}, by {who}.")
    console.err.print(f"{waiting} answers that were held wait for a yes.")


@app.command("status")
def status(
    brand: target.Brand = target.EXAMPLE,
    stack: target.StackName = target.LOCAL_STACK,
    endpoint: target.Endpoint = "",
    as_json: console.AsJson = False,
) -> None:
    """What is stopped, since when, by whom and why; and whether the detector is alive."""
    target.choose(stack, endpoint)
    control = store.control(brand)
    if control is None:
        console.fail(f"brand {brand!r} has no readable control item: nothing is sent for it")
    now = datetime.now(UTC)
    alive = control.heartbeat is not None and now - control.heartbeat <= HEARTBEAT_LIMIT
    held = sum(1 for _ in store.waiting(brand, "held"))
    if as_json:
        console.show_json(control.model_dump(mode="json") | {"alive": alive, "held": held})
        return
    table = Table("scope", "kind", "by", "since", "why", title=f"Holds of {brand}")
    for hold in control.holds:
        table.add_row(hold.scope, hold.kind, hold.by, f"{hold.at:%Y-%m-%d %H:%M:%SZ}", hold.reason)
    console.out.print(table if control.holds else f"Nothing of {brand} is held.")
    seen = f"{control.heartbeat:%Y-%m-%d %H:%M:%SZ}" if control.heartbeat else "never"
    console.out.print(f"Detector: {'alive' if alive else 'SILENT'}, last seen {seen}.")
    console.out.print(f"Answers that were held and wait for a yes: {held}.")
