"""Files of one JSON object a line: an answer to each, and the lines that are none."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, BinaryIO

from rich.progress import Progress

from cli import console
from desk.wire import Undecodable, read_json

LONG = 256 * 1024
"""Bytes from which people at a terminal are shown how far it is."""


def answer_each(file: str, doing: str, answer: Callable[[dict[str, Any]], Any]) -> int:
    """Prints the answer to each line of `file`, - being stdin; the number of lines that were bad.

    `answer` gets a row that has `id` and `text`, and raises Undecodable for one that it cannot
    read. Each bad line is named on stderr; the rest goes on.
    """
    with ExitStack() as opened:
        return _answer_all(_opened(file, opened), doing, answer)


def read_each(file: str, bad: list[str]) -> Iterator[dict[str, Any]]:
    """The rows of `file`, - being stdin. What is wrong with a line that is none goes to `bad`."""
    with ExitStack() as opened:
        for number, line in enumerate(_opened(file, opened), start=1):
            try:
                if line.strip():
                    yield _row(line)
            except Undecodable as error:
                bad.append(f"line {number}: {error}")


def check_texts(row: dict[str, Any], *names: str) -> None:
    """Raises Undecodable unless those of `names` that `row` has are texts."""
    for name in names:
        if not isinstance(row.get(name, ""), str):
            raise Undecodable(f"{name} is no text")


def _opened(file: str, opened: ExitStack) -> BinaryIO:
    """`file`, which `opened` will close; ends the command where it cannot be read."""
    if file == "-":
        return sys.stdin.buffer
    try:
        return opened.enter_context(Path(file).open("rb"))
    except OSError as error:
        console.fail(f"{console.plain(file)}: {error.strerror}")


def _answer_all(source: BinaryIO, doing: str, answer: Callable[[dict[str, Any]], Any]) -> int:
    bad = 0
    size = _size(source)
    watched = console.err.is_terminal and not sys.stdout.isatty() and size >= LONG
    with Progress(console=console.err, transient=True, disable=not watched) as progress:
        task = progress.add_task(doing, total=size)
        for number, line in enumerate(source, start=1):
            progress.advance(task, len(line))
            if not line.strip():
                continue
            try:
                console.show_json(answer(_row(line)))
            except Undecodable as error:
                bad += 1
                console.err.print(f"line {number}: {console.plain(str(error))}", soft_wrap=True)
    return bad


def _row(line: bytes) -> dict[str, Any]:
    row = read_json(line)
    if not isinstance(row, dict):
        raise Undecodable("not an object with id and text")
    for name in ("id", "text"):
        if name not in row:
            raise Undecodable(f"no {name}")
    check_texts(row, "text")
    return row


def _size(source: BinaryIO) -> int:
    """Bytes of a file; 0 for a pipe, which does not know."""
    if not source.seekable():
        return 0
    here = source.tell()
    size = source.seek(0, os.SEEK_END)
    source.seek(here)
    return size
