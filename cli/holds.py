"""`repartee hold`: the brake of a brand, a channel or a topic."""

from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.table import Table

from cli import brake_keys, console, target
from cloud import brakes, store
from desk.control import HEARTBEAT_LIMIT, Hold
from desk.language.normal import normal
from desk.scopes import UnknownScope, resolved

app = typer.Typer(
    no_args_is_help=True,
    help="Stop all that is posted for a brand, on a channel or about a topic; and let it go on.",
)
app.command("link")(brake_keys.link)
app.command("links")(brake_keys.links)
app.command("revoke")(brake_keys.revoke)
app.add_typer(brake_keys.phones, name="phone")

WORD = "topic:word:"

Scope = Annotated[
    str,
    typer.Option(
        help="What is stopped: `brand`, `channel:line`, or `topic:` and a category, a rule's id, a "
        "watch's id, or `word:` and a word."
    ),
]
By = Annotated[str, typer.Option(help="Who stops or releases it. Default: your login name.")]


def checked(scope: str, brand: str) -> str:
    """The scope that is meant; ends the command where the brand's playbook knows none of the name.

    Without a playbook only the whole brand can be meant for sure, and whatever is written counts.
    """
    if scope.startswith(WORD):
        scope = WORD + normal(scope.removeprefix(WORD))
    try:
        return resolved(scope, store.playbook(brand))
    except store.NoPlaybook:
        return scope
    except UnknownScope as unknown:
        return console.fail(str(unknown))


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
    who, what = console.who(by), checked(scope, brand)
    hold = Hold(scope=what, by=who, reason=reason, at=datetime.now(UTC))
    if not store.hold(brand, hold):
        console.fail(f"brand {brand!r} has no control item: nothing is sent for it in any case")
    console.err.print(f"Stopped: {console.plain(hold.scope)} of {brand}, by {hold.by}.")


@app.command("off")
def off(
    reason: Annotated[str, typer.Argument(help="Why it may go on.")],
    scope: Scope = "brand",
    by: By = "",
    brand: target.Brand = target.EXAMPLE,
    stack: target.StackName = target.LOCAL_STACK,
    endpoint: target.Endpoint = "",
) -> None:
    """Let automation go on. What was held is not sent: each waits for a person's yes.

    Those that are too old by now, or that a person has taken over, end; people are told how many.
    """
    target.choose(stack, endpoint)
    who = console.who(by)
    control = store.control(brand)
    held = {hold.scope: hold for hold in control.holds} if control is not None else {}
    # As it is written first: what a playbook knows no more must be released all the same.
    hold = held.get(scope) or held.get(checked(scope, brand))
    if hold is None or not brakes.release(brand, hold, who, reason):
        console.fail(f"nothing held {scope} of {brand}; held: {', '.join(held) or 'nothing'}")
    waiting = sum(1 for _ in store.waiting(brand, "held"))
    console.err.print(f"Released: {console.plain(hold.scope)} of {brand}, by {who}.")
    console.err.print(f"{waiting} answers were held: what is still right waits for a yes.")


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
        told = map(console.plain, (hold.scope, hold.kind, hold.by))
        table.add_row(*told, f"{hold.at:%Y-%m-%d %H:%M:%SZ}", console.plain(hold.reason))
    console.out.print(table if control.holds else f"Nothing of {brand} is held.")
    seen = f"{control.heartbeat:%Y-%m-%d %H:%M:%SZ}" if control.heartbeat else "never"
    console.out.print(f"Detector: {'alive' if alive else 'SILENT'}, last seen {seen}.")
    console.out.print(f"Answers that were held and wait for a yes: {held}.")
