"""`repartee moments`: opportunities, how fast the desk was, and what came of its posts."""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import typer
from rich.table import Table

from cli import console, target
from cloud import store
from desk.opportunity import Opportunity, clocks
from desk.pages.brief import brief
from desk.pages.texts import PageLanguage

app = typer.Typer(
    no_args_is_help=True,
    help="What was worth joining in on: found, decided, posted, and what people said to it.",
)

Days = Annotated[int, typer.Option(min=1, max=400, help="How many days back.")]


@app.command("list")
def list_moments(
    days: Days = 7,
    brand: target.Brand = target.EXAMPLE,
    stack: target.StackName = target.LOCAL_STACK,
    endpoint: target.Endpoint = "",
    as_json: console.AsJson = False,
) -> None:
    """The opportunities of the last days, oldest first: score, state, and minutes to each step.

    Minutes count from when the story was first seen anywhere: until it was found, decided on and
    posted.
    """
    target.choose(stack, endpoint)
    found = _found(brand, days)
    if as_json:
        console.show_json([_facts(one) for one in found])
        return
    table = Table("id", "title", "score", "state", "found", "decided", "posted", "answers")
    for one in found:
        times = clocks(one)
        answers = sum(result.answers for result in one.results.values())
        table.add_row(
            one.id[:8],
            console.plain(one.title),
            f"{one.score:.0f}",
            one.state,
            *(f"{minutes:.0f} min" if minutes is not None else "" for minutes in times),
            str(answers) if one.results else "",
        )
    console.out.print(table if found else f"No opportunity of {brand} in {days} days.")


@app.command("show")
def show(
    name: Annotated[str, typer.Argument(metavar="ID", help="Its id, or how it begins.")],
    language: Annotated[PageLanguage, typer.Option(help="Of the brief.")] = "en",
    days: Days = 400,
    brand: target.Brand = target.EXAMPLE,
    stack: target.StackName = target.LOCAL_STACK,
    endpoint: target.Endpoint = "",
    as_json: console.AsJson = False,
) -> None:
    """One opportunity: its brief, the points of its score, its post and what came of it."""
    target.choose(stack, endpoint)
    found = [one for one in _found(brand, days) if one.id.startswith(name)]
    if len(found) != 1:
        console.fail(f"{len(found)} opportunities of {brand} begin with {name!r}")
    [one] = found
    if as_json:
        console.show_json(_facts(one))
        return
    for line in brief(one, language, datetime.now(UTC)).splitlines():
        console.out.print(console.plain(line))
    points = ", ".join(f"{part} {value:+.1f}" for part, value in one.parts.items())
    console.out.print(f"\nPoints: {points}; {one.score:.1f} in all.")
    console.out.print(f"Post ({one.format}): {console.plain(one.text)}")
    for channel, result in one.results.items():
        console.out.print(
            f"{channel}: {result.answers} answers of {result.people} people, "
            f"{result.positive} positive, {result.negative} negative"
        )


def _found(brand: str, days: int) -> list[Opportunity]:
    now = datetime.now(UTC)
    return store.opportunities(brand, now - timedelta(days=days), now)


def _facts(one: Opportunity) -> dict[str, Any]:
    times = clocks(one)._asdict()
    return one.model_dump(mode="json", exclude={"token"}) | {"minutes": times}
