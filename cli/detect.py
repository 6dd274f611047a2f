"""`repartee detect`: how unusual each count of a series is, with no AWS anywhere."""

import csv
import io
import sys
from collections.abc import Iterator
from datetime import datetime
from math import isfinite
from pathlib import Path
from typing import Annotated, NamedTuple

import typer

from cli import console
from desk.surges import surges

HEADER = ["timestamp", "value"]
LONGEST_SHOWN = 40
MOST = 1e15
"""Up to here each whole number has a float of its own, and no sum is without end."""


class Count(NamedTuple):
    """A line of the file: the time as it was written, and what both come to."""

    written: str
    moment: datetime
    value: float


class BadSeries(Exception):
    """A file that is no series; the argument names the line and what is wrong with it."""


def detect(
    file: Annotated[
        str,
        typer.Argument(
            help="CSV with the header timestamp,value: ISO 8601 times in their order, and counts. "
            "- is stdin."
        ),
    ],
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write to this file instead of stdout.")
    ] = None,
) -> None:
    """Score how unusual each count is, from what came before it alone.

    Prints CSV with the header timestamp,score and a line for each line of the file; scores are
    from 0 to 1, and mean the same in every series: from 0.75 on something is worth a look. An
    anomaly is told once, as it rises, and not again for as long as it lasts: the lines in between
    have 0. The first day, and the first hundred counts, are only learnt from. A file with anything
    wrong in it is refused, with the number of the line, and nothing is written.
    """
    try:
        content = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
        counts = series(content)
    except OSError as error:
        console.fail(f"{console.plain(file)}: {error.strerror}")
    except BadSeries as error:
        console.fail(f"{console.plain(file)}: {console.plain(str(error))}")
    scored = "".join(_lines(counts))
    if out is None:
        sys.stdout.write(scored)
        return
    try:
        out.write_text(scored, "utf-8")
    except OSError as error:
        console.fail(f"{console.plain(str(out))}: {error.strerror}")


def series(content: bytes) -> list[Count]:
    """The counts in a CSV file; raises BadSeries at the first line that is not one."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise BadSeries(f"line {line}: not UTF-8") from None
    counts: list[Count] = []
    rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = next(rows, None)
        if header is None:
            raise BadSeries("line 1: empty, and not timestamp,value")
        if [name.strip().lower() for name in header] != HEADER:
            raise BadSeries(f"line 1: {_shown(','.join(header))}, and not timestamp,value")
        for row in filter(None, rows):
            counts.append(_count(row, rows.line_num, counts[-1] if counts else None))
    except csv.Error as error:
        raise BadSeries(f"line {rows.line_num}: {error}") from None
    if not counts:
        raise BadSeries("line 2: no counts after the header")
    return counts


def _count(row: list[str], line: int, before: Count | None) -> Count:
    if len(row) != len(HEADER):
        raise BadSeries(f"line {line}: {len(row)} fields, and not a timestamp and a value")
    written, value = (cell.strip() for cell in row)
    if not written:
        raise BadSeries(f"line {line}: no timestamp")
    try:
        moment = datetime.fromisoformat(written)
    except ValueError:
        raise BadSeries(f"line {line}: {_shown(written)} is no ISO 8601 time") from None
    if before is not None:
        if (moment.tzinfo is None) is not (before.moment.tzinfo is None):
            raise BadSeries(f"line {line}: a time zone is given on some lines and not on others")
        if moment == before.moment:
            raise BadSeries(f"line {line}: {_shown(written)} comes twice")
        if moment < before.moment:
            raise BadSeries(
                f"line {line}: {_shown(written)} is earlier than {_shown(before.written)} before it"
            )
    if not value:
        raise BadSeries(f"line {line}: no value")
    try:
        number = float(value.replace("_", " "))  # Python alone reads 1_0 as ten
    except ValueError:
        raise BadSeries(f"line {line}: {_shown(value)} is no number") from None
    if not isfinite(number):
        raise BadSeries(f"line {line}: {_shown(value)} is no count")
    if number > MOST:
        raise BadSeries(f"line {line}: {_shown(value)} is more than {MOST:g}")
    if number < 0:
        raise BadSeries(f"line {line}: {_shown(value)} is less than 0, and no count")
    return Count(written, moment, number)


def _shown(text: str) -> str:
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}…"


def _lines(counts: list[Count]) -> Iterator[str]:
    yield "timestamp,score\n"
    scored = surges((count.moment, count.value) for count in counts)
    for count, surge in zip(counts, scored, strict=True):
        yield f"{count.written},{surge.score:.6f}\n"
