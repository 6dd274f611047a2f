"""`repartee conversations`: who answers in one."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from cli import console, target
from cloud import store

app = typer.Typer(no_args_is_help=True)


@app.callback()
def conversations() -> None:
    """Conversations that a person answers, and the desk does not."""


@app.command("release")
def release(
    conversation: Annotated[str, typer.Argument(help="Its id, as a mention names it.")],
    reason: Annotated[str, typer.Option(help="Why the desk may answer there again. It is kept.")],
    by: Annotated[str, typer.Option(help="Who says so. Default: your login name.")] = "",
    brand: target.Brand = target.EXAMPLE,
    stack: target.StackName = target.LOCAL_STACK,
    endpoint: target.Endpoint = "",
) -> None:
    """Hand a conversation back to the desk, after a person was asked for or has taken over."""
    target.choose(stack, endpoint)
    who, now = console.who(by), datetime.now(UTC)
    if not store.head(brand, conversation).taken_over_by:
        console.fail(f"nobody has taken over {console.plain(conversation)}")
    store.hand_back(brand, conversation, now)
    store.log_hand_back(brand, conversation, who, reason, now)
    console.err.print(f"The desk answers {console.plain(conversation)} again, by {who}.")
