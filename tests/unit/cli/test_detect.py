"""`repartee detect`: a series in, scores out, and a clear word about a file that is no series."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from cli.detect import detect

app = typer.Typer()
app.command()(detect)


def run(content: str | bytes, *options: str) -> tuple[int, str, str]:
    """The status, what was printed, and what was said on stderr."""
    result = CliRunner().invoke(app, ["-", *options], input=content)
    return result.exit_code, result.stdout, result.stderr


def a_day_and_a_leap() -> list[str]:
    start = datetime(2027, 3, 8, 0, 2, 53, tzinfo=UTC)
    counts = [10 + number % 7 for number in range(300)] + [900]
    times = (start + timedelta(minutes=5 * number) for number in range(len(counts)))
    return [
        f"{moment:%Y-%m-%d %H:%M:%S},{count}" for moment, count in zip(times, counts, strict=True)
    ]


def test_each_line_has_its_score_and_the_leap_the_highest(tmp_path: Path) -> None:
    rows = a_day_and_a_leap()
    status, printed, said = run("\n".join(["timestamp,value", *rows]))
    assert (status, said) == (0, "")
    header, *scored = printed.splitlines()
    assert header == "timestamp,score"
    assert [line.split(",")[0] for line in scored] == [row.split(",")[0] for row in rows]
    scores = [float(line.split(",")[1]) for line in scored]
    assert all(0 <= score <= 1 for score in scores)
    assert scores[-1] > 0.9
    assert max(scores[:-1]) < 0.5


def test_the_scores_go_to_a_file_where_one_is_named(tmp_path: Path) -> None:
    content = "\r\n".join(["\ufeffTimestamp, Value", *a_day_and_a_leap(), "", ""])
    _, printed, _ = run(content)
    out = tmp_path / "scores.csv"
    assert run(content, "--out", str(out)) == (0, "", "")
    assert out.read_text("utf-8") == printed
    assert len(printed.splitlines()) == 302


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "line 1: empty, and not timestamp,value"),
        ("2027-03-08 00:00:00,4\n", "line 1: 2027-03-08 00:00:00,4, and not timestamp,value"),
        ("timestamp,value\n", "line 2: no counts after the header"),
        ("timestamp,value\n2027-03-08 00:00,\n", "line 2: no value"),
        ("timestamp,value\n,3\n", "line 2: no timestamp"),
        ("timestamp,value\n2027-03-08 00:00,NaN\n", "line 2: NaN is no count"),
        ("timestamp,value\n2027-03-08 00:00,inf\n", "line 2: inf is no count"),
        ("timestamp,value\n2027-03-08 00:00,many\n", "line 2: many is no number"),
        ("timestamp,value\n2027-03-08 00:00,1_0\n", "line 2: 1_0 is no number"),
        ("timestamp,value\n2027-03-08 00:00,-1\n", "line 2: -1 is less than 0, and no count"),
        ("timestamp,value\n2027-03-08 00:00,1e300\n", "line 2: 1e300 is more than 1e+15"),
        ("timestamp,value\nyesterday,1\n", "line 2: yesterday is no ISO 8601 time"),
        ("timestamp,value\n2027-03-08,1,2\n", "line 2: 3 fields, and not a timestamp and a value"),
        ('timestamp,value\n"2027-03-08,1\n', "line 2: unexpected end of data"),
        (
            "timestamp,value\n2027-03-08 00:05,1\n\n2027-03-08 00:05:00,2\n",
            "line 4: 2027-03-08 00:05:00 comes twice",
        ),
        (
            "timestamp,value\n2027-03-08 00:05,1\n2027-03-08 00:00,2\n",
            "line 3: 2027-03-08 00:00 is earlier than 2027-03-08 00:05 before it",
        ),
        (
            "timestamp,value\n2027-03-08 00:00,1\n2027-03-08T00:05Z,2\n",
            "line 3: a time zone is given on some lines and not on others",
        ),
        (b"timestamp,value\n2027-03-08 00:00,\xff\n", "line 2: not UTF-8"),
        ("timestamp,value\n0001-01-01,1\n9999-12-31,x[b]y\n", "line 3: x[b]y is no number"),
    ],
)
def test_what_is_wrong_is_said_by_line_and_nothing_is_printed(
    content: str | bytes, said: str
) -> None:
    assert run(content) == (2, "", f"repartee: -: {said}\n")


def test_times_at_the_ends_of_the_calendar_are_times() -> None:
    status, printed, _ = run("timestamp,value\n0001-01-01,1\n9999-12-31,2\n")
    assert (status, len(printed.splitlines())) == (0, 3)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, [str(tmp_path / "none.csv")])
    assert result.exit_code == 2
    assert "No such file or directory" in result.stderr
