"""`repartee room`: a war room for a topic or a planned event, from its opening to its review."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from cli import console, target
from cloud import clock, rooms, store
from desk import room as desk
from desk.language.normal import normal
from desk.mention import Mention
from desk.playbook import Playbook
from desk.room import Room

app = typer.Typer(
    no_args_is_help=True,
    help="Watch a topic together: a wider circle is asked, a statement lies ready, and a review "
    "is written in the end.",
)

Topic = Annotated[
    str,
    typer.Argument(metavar="[TOPIC]", help="A watch's id, a category or a rule's id; or --event."),
]
HOUR = timedelta(hours=1)


@app.command("open")
def open_room(
    topic: Topic = "",
    reason: Annotated[str, typer.Argument(help="Why. Those on duty are told.")] = "",
    event: Annotated[
        str, typer.Option(metavar="ID", help="A planned event, in the place of a topic.")
    ] = "",
    title: Annotated[str, typer.Option(help="What it is called. Default: the topic's.")] = "",
    hours: Annotated[
        float, typer.Option(min=0, max=72, help="When it closes by itself. 0: as the playbook has.")
    ] = 0,
    by: console.By = "",
    brand: target.Brand = target.EXAMPLE,
    stack: target.StackName = target.LOCAL_STACK,
    endpoint: target.Endpoint = "",
) -> None:
    """Open a war room: its matters go to the wider circle from now on, who are told at once.

    For a planned event it is opened a day before at the earliest, and closes an hour after it.
    """
    if event and reason:
        console.fail("a topic or --event: a room is for one of both")
    if not event and not (topic and reason):
        console.fail("a topic and why, or --event and why")
    target.choose(stack, endpoint)
    playbook, now = target.playbook(brand), clock.now()
    if event:  # the one argument is then why
        room = _for_event(playbook, event, topic, console.who(by), now)
    else:
        room = _for_topic(playbook, topic, reason, console.who(by), now)
    for one in store.rooms(brand):
        if one.topic == room.topic and one.is_open(now):
            console.fail(f"a room for {room.topic} is open")
        if one.id == room.id:
            console.fail(f"the room of this event is closed: open one for its topic, {room.topic}")
    until = now + timedelta(hours=hours) if hours else room.until
    room = room.model_copy(update={"title": title or room.title, "until": until})
    people = {one.author.id for one in _about(room, playbook, now - HOUR, now)}
    room = rooms.opened(room, playbook, len(people))
    ready = "A statement waits for a yes." if room.statement else "No statement lies ready."
    ends = f"{until.astimezone(UTC):%m-%d %H:%MZ}"
    console.err.print(f"Open: {console.plain(room.title)}, {room.id}, until {ends}.")
    if event:
        known = f"{len(room.last_year)} times ten minutes of it are known"
        console.err.print(f"Last year: {known if room.last_year else 'nothing is known of it'}.")
    console.err.print(f"{len(people)} people spoke of it in the last hour. {ready}")


@app.command("note")
def note(
    name: Annotated[str, typer.Argument(metavar="ID", help="The room's id, or how it begins.")],
    what: Annotated[str, typer.Argument(help="What was decided.")],
    by: console.By = "",
    brand: target.Brand = target.EXAMPLE,
    stack: target.StackName = target.LOCAL_STACK,
    endpoint: target.Endpoint = "",
) -> None:
    """Write a line into the room's decision log."""
    target.choose(stack, endpoint)
    who, token, now = console.who(by), clock.token(), clock.now()
    _change(brand, name, lambda room: desk.noted(room, who, what, token, now))


@app.command("close")
def close(
    name: Annotated[str, typer.Argument(metavar="ID", help="The room's id, or how it begins.")],
    conclusion: Annotated[str, typer.Argument(help="How it ended.")],
    by: console.By = "",
    brand: target.Brand = target.EXAMPLE,
    stack: target.StackName = target.LOCAL_STACK,
    endpoint: target.Endpoint = "",
) -> None:
    """Close a room: its matters go their ordinary way again. Holds stay until they are released."""
    target.choose(stack, endpoint)
    who, token, now = console.who(by), clock.token(), clock.now()
    _change(brand, name, lambda room: desk.closed(room, who, conclusion, token, now))


@app.command("list")
def list_rooms(
    brand: target.Brand = target.EXAMPLE,
    stack: target.StackName = target.LOCAL_STACK,
    endpoint: target.Endpoint = "",
    as_json: console.AsJson = False,
) -> None:
    """All rooms, the latest last."""
    target.choose(stack, endpoint)
    found, now = store.rooms(brand), clock.now()
    if as_json:
        console.show_json([one.model_dump(mode="json", exclude={"token"}) for one in found])
        return
    table = Table("id", "title", "state", "opened", "by", "why")
    for one in found:
        state = "open" if one.is_open(now) else "closed"
        opened = f"{one.opened_at:%Y-%m-%d %H:%MZ}"
        row = (one.id, one.title, state, opened, one.opened_by, one.why)
        table.add_row(*map(console.plain, row))
    console.out.print(table if found else f"{brand} has had no war room.")


@app.command("review")
def review(
    name: Annotated[str, typer.Argument(metavar="ID", help="The room's id, or how it begins.")],
    out: Annotated[Path | None, typer.Option(help="A file to write it to.")] = None,
    brand: target.Brand = target.EXAMPLE,
    stack: target.StackName = target.LOCAL_STACK,
    endpoint: target.Endpoint = "",
) -> None:
    """The closing document, in Markdown: figures, the curve, and what was decided when by whom."""
    target.choose(stack, endpoint)
    room, now = _room(brand, name), clock.now()
    end = min(now, room.closed_at or room.until)
    mentions = _about(room, target.playbook(brand), room.opened_at - HOUR, end)
    text = desk.review(room, rooms.heard(room, mentions, now), now)
    if out is None:
        typer.echo(text, nl=False)
    else:
        out.write_text(text, "utf-8")
        console.err.print(f"Written: {out}")


def _for_topic(playbook: Playbook, topic: str, why: str, by: str, now: datetime) -> Room:
    known = {one.id: one.title for one in playbook.watched}
    known |= {rule.id: rule.id for rule in playbook.rules}
    known |= {rule.category: rule.category for rule in playbook.rules}
    known |= {name: one.title for name, one in playbook.categories.items()}
    if topic not in known:
        console.fail(f"no topic {topic!r}: there is {', '.join(sorted(known))}")
    return Room(
        id=desk.name_of(topic, now),
        brand=playbook.brand,
        topic=topic,
        title=known[topic],
        policy=playbook.war_room.policy,
        opened_by=by,
        opened_at=now,
        why=why,
        until=now + timedelta(hours=playbook.war_room.hours),
        token=clock.token(),
    )


def _for_event(playbook: Playbook, name: str, why: str, by: str, now: datetime) -> Room:
    event = next((one for one in playbook.events if one.id == name), None)
    if event is None:
        known = ", ".join(one.id for one in playbook.events) or "none"
        console.fail(f"no event {name!r}: there is {known}")
    if not event.begins - desk.BEFORE <= now < event.ends:
        console.fail(f"{name} is on {event.begins:%Y-%m-%d %H:%M %Z}: open it within a day of that")
    before = rooms.last_year(playbook.brand, event)
    return desk.planned(event, before, playbook, by, why or event.title, now)


def _about(room: Room, playbook: Playbook, since: datetime, until: datetime) -> list[Mention]:
    words = [
        normal(word) for watch in playbook.watched if watch.id == room.topic for word in watch.words
    ]
    return [
        one
        for one in store.feed(room.brand, since, until)
        if isinstance(one, Mention) and desk.is_about(one, room.topic, words, normal(one.text))
    ]


def _room(brand: str, name: str) -> Room:
    found = [one for one in store.rooms(brand) if one.id.startswith(name)]
    if len(found) != 1:
        console.fail(f"{len(found)} rooms of {brand} begin with {name!r}")
    return found[0]


def _change(brand: str, name: str, change: Callable[[Room], Room]) -> None:
    room = _room(brand, name)
    if not room.is_open(clock.now()):
        console.fail(f"room {room.id} is closed")
    try:
        after = change(room)
    except ValueError as why:
        console.fail(str(why))
    if not store.change_room(room, after):
        console.fail("somebody else has changed the room at this moment: try again")
    console.err.print(f"Noted in {console.plain(room.title)}.")
