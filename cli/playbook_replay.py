"""`repartee playbook replay`: what a changed playbook would have made of what was heard."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.progress import Progress

from cli import console, jsonl, target
from cli.playbook_versions import Folder, either, from_files
from cloud import store
from desk.influence import influence
from desk.mention import Author, Mention
from desk.playbook import Playbook
from desk.rehearsal import Heard, Outcome, Rehearsal, heard_of, rehearse
from desk.wire import Item, Undecodable

VERBS = {"answer": "answered", "escalate": "asked", "record": "recorded", "ignore": "left alone"}


def replay(
    folder: Folder,
    days: Annotated[
        float, typer.Option(min=0.01, max=35, help="Of what is kept, so many days up to now.")
    ] = 7,
    file: Annotated[
        str,
        typer.Option(
            help="Instead of what is kept, JSONL: each line an object with `id` and `text`, and "
            "what else is known: `channel`, `author`, `author_id`, `followers`. - is stdin."
        ),
    ] = "",
    against: Annotated[
        str, typer.Option(help="A version or a folder. By default the current version.")
    ] = "",
    examples: Annotated[int, typer.Option(min=0, help="How many texts to show of each.")] = 3,
    stack: target.StackName = target.LOCAL_STACK,
    endpoint: target.Endpoint = "",
    as_json: console.AsJson = False,
) -> None:
    """Say what a changed playbook would match and decide otherwise, on what was heard lately.

    Only reads. Both playbooks are tried on the same mentions, with their readings as they are kept;
    only where the words of the brand have changed is everything read anew. Rules are taken as if
    people had agreed with them long ago; which of them would begin in the shadow is told.
    """
    new = from_files(folder)
    if not (file and against and Path(against).is_dir()):
        target.choose(stack, endpoint)
    old = either(against, new.brand)
    if file:
        bad: list[str] = []
        found = rehearse(_rows(file, bad), old, new, examples=examples)
        for problem in bad:
            console.err.print(console.plain(problem), soft_wrap=True)
    else:
        bad = []
        found = _kept(old, new, timedelta(days=days), examples)
    if as_json:
        console.show_json(facts(old, new, found))
    else:
        for line in in_words(found):
            console.out.print(line, soft_wrap=True)
    if bad:
        raise typer.Exit(1)


def facts(old: Playbook, new: Playbook, found: Rehearsal) -> dict[str, Any]:
    """A rehearsal as JSON values."""
    return {
        "brand": new.brand,
        "from": old.version,
        "to": new.version,
        "mentions": found.mentions,
        "read_anew": found.read_anew,
        "rules": {rule: matched._asdict() for rule, matched in found.rules.items()},
        "decisions": [
            one._asdict() | {"before": one.before._asdict(), "after": one.after._asdict()}
            for one in found.moved
        ],
        "begin_in_shadow": found.anew,
    }


def in_words(found: Rehearsal) -> Iterator[str]:
    """A rehearsal as lines for a terminal."""
    how = ", read anew with the words of the brand" if found.read_anew else ""
    yield f"{found.mentions} mentions{how}"
    for rule, matched in found.rules.items():
        yield f"[bold]rule {rule}[/]: {matched.gained} more, {matched.lost} fewer"
        yield from _texts("+", matched.examples_gained)
        yield from _texts("−", matched.examples_lost)
    for one in found.moved:
        yield f"[bold]{one.mentions}[/] {_said(one.before)} → {_said(one.after)}"
        yield from _texts(" ", one.examples)
    if found.anew:
        yield f"begin in the shadow, as they were changed: {', '.join(found.anew)}"
    if not (found.rules or found.moved):
        yield "nothing would be otherwise"


def _said(outcome: Outcome) -> str:
    words = [VERBS[outcome.action]]
    words += [f"with {outcome.script}"] if outcome.script else []
    words += [f"by {outcome.rule}"] if outcome.rule else []
    words += [f"({outcome.risk})"] if outcome.risk != "routine" else []
    words += [f"(policy {outcome.policy})"] if outcome.policy not in ("", "default") else []
    return " ".join(words)


def _texts(sign: str, texts: Iterable[str]) -> Iterator[str]:
    for text in texts:
        yield f"    {sign} {console.plain(text)}"


def _kept(old: Playbook, new: Playbook, back: timedelta, examples: int) -> Rehearsal:
    """The rehearsal on what the brand's desk has heard lately, with progress by its hours."""
    now = datetime.now(UTC)
    since = now - back
    with Progress(console=console.err, transient=True) as progress:
        task = progress.add_task("rehearsing", total=back.total_seconds())

        def mentions() -> Iterator[Heard]:
            for row in store.feed(new.brand, since, now):
                progress.update(task, completed=(row.heard_at - since).total_seconds())
                if isinstance(row, Mention):
                    yield heard_of(row)

        return rehearse(mentions(), old, new, examples=examples)


def _rows(file: str, bad: list[str]) -> Iterator[Heard]:
    """The posts of a file as if they had just come; what is wrong with others goes to `bad`."""
    now = datetime.now(UTC)
    for number, row in enumerate(jsonl.read_each(file, bad), start=1):
        try:
            yield _heard(row, now)
        except Undecodable as error:
            bad.append(f"post {number}: {error}")


def _heard(row: dict[str, Any], now: datetime) -> Heard:
    jsonl.check_texts(row, "channel", "author", "author_id", "language")
    followers = row.get("followers")
    if followers is not None and type(followers) is not int:
        raise Undecodable("followers is no whole number")
    author = Author(id=row.get("author_id", ""), name=row.get("author", ""), followers=followers)
    return Heard(
        id=str(row["id"]),
        item=Item(
            type="message",
            action="create",
            reply_candidate=True,
            text=row["text"],
            lang=row.get("language"),
        ),
        text=row["text"],
        reading=None,
        channel=row.get("channel", ""),
        author=author,
        influence=influence(author).known,
        conversation="",
        taken_over=False,
        now=now,
    )  # fmt: skip
