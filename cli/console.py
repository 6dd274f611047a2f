"""How the command line speaks: tables and progress for people, JSON for programs."""

import getpass
import json
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any, NoReturn

import typer
from rich.console import Console
from rich.markup import escape

out = Console(highlight=False)
err = Console(stderr=True, highlight=False)

By = Annotated[str, typer.Option(help="Who says so. Default: your login name.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]


def who(by: str) -> str:
    """In whose name something is done: as it was said, or else the login name."""
    return by or getpass.getuser()


def show_json(value: Any) -> None:
    """One JSON value on a line of standard output."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, default=str) + "\n")


def plain(text: str) -> str:
    """`text` with nothing in it that the terminal or its markup would act on."""
    return escape("".join(c if c.isprintable() else " " for c in text))


@contextmanager
def interruptible() -> Iterator[None]:
    """Ends the block at Ctrl-C or a polite signal: all that it opened is closed, without a trace.

    Both are set here and not left to the shell, which starts what runs behind it deaf to Ctrl-C.
    """

    def interrupt(number: int, frame: object) -> NoReturn:
        raise KeyboardInterrupt

    before = {one: signal.signal(one, interrupt) for one in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    except KeyboardInterrupt:
        err.print()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def fail(message: str) -> NoReturn:
    """Say what is wrong on standard error, and end with status 2."""
    err.print(f"[bold red]repartee:[/] {message}", soft_wrap=True)
    raise typer.Exit(2)
