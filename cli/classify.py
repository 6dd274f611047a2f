"""`repartee classify`: reads texts as triage would, with no AWS anywhere."""

import os
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated, Any, BinaryIO

import typer
from rich.progress import Progress

from cli import console
from cli.playbook_files import PlaybookError, load
from desk.understanding import Ready, ready
from desk.wire import Undecodable, read_json

EXAMPLE = Path(__file__).resolve().parent.parent / "playbooks" / "xiaoman"

LONG = 256 * 1024
"""Bytes from which people at a terminal are shown how far it is."""


def classify(
    file: Annotated[
        str,
        typer.Argument(help="JSONL; each line an object with `id` and `text`. - is stdin."),
    ] = "-",
    playbook: Annotated[
        Path,
        typer.Option(
            metavar="DIR",
            help="The brand's folder, with its words and rules.",
            show_default="the example brand",
        ),
    ] = EXAMPLE,
) -> None:
    """Read texts: their language, sentiment and intents, and the rules that match them.

    Prints a JSON line for each. A line may also name its `channel`, and the platform's
    `language_hint`. One that cannot be read is named on stderr; the rest goes on, and the command
    ends with status 1.
    """
    try:
        desk = ready(load(playbook))
    except PlaybookError as error:
        console.fail(
            f"no valid playbook in {console.plain(str(playbook))}: "
            + console.plain("; ".join(map(str, error.problems)))
        )
    with ExitStack() as opened:
        source: BinaryIO = sys.stdin.buffer
        if file != "-":
            try:
                source = opened.enter_context(Path(file).open("rb"))
            except OSError as error:
                console.fail(f"{console.plain(file)}: {error.strerror}")
        bad = _classify_all(source, desk)
    if bad:
        raise typer.Exit(1)


def _classify_all(source: BinaryIO, desk: Ready) -> int:
    """Prints the reading of each line of `source`; the number of lines that could not be read."""
    bad = 0
    size = _size(source)
    watched = console.err.is_terminal and not sys.stdout.isatty() and size >= LONG
    with Progress(console=console.err, transient=True, disable=not watched) as progress:
        task = progress.add_task("reading", total=size)
        for number, line in enumerate(source, start=1):
            progress.advance(task, len(line))
            if not line.strip():
                continue
            try:
                console.show_json(_classified(line, desk))
            except Undecodable as error:
                bad += 1
                console.err.print(f"line {number}: {console.plain(str(error))}", soft_wrap=True)
    return bad


def _size(source: BinaryIO) -> int:
    """Bytes of a file; 0 for a pipe, which does not know."""
    if not source.seekable():
        return 0
    here = source.tell()
    size = source.seek(0, os.SEEK_END)
    source.seek(here)
    return size


def _classified(line: bytes, desk: Ready) -> dict[str, Any]:
    row = read_json(line)
    if not isinstance(row, dict):
        raise Undecodable("not an object with id and text")
    for name in ("id", "text"):
        if name not in row:
            raise Undecodable(f"no {name}")
    for name in ("text", "channel", "language_hint"):
        if not isinstance(row.get(name, ""), str):
            raise Undecodable(f"{name} is no text")
    reading = desk.read(row["text"], row.get("language_hint", ""))
    rules = desk.match(row["text"], reading, row.get("channel", ""))
    return {
        "id": row["id"],
        "language": reading.language,
        "sentiment": reading.sentiment,
        "confidence": reading.confidence,
        "intents": reading.intents,
        "rules": [rule.id for rule in rules],
        "reasons": reading.reasons,
    }
