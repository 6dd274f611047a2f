"""`repartee playbook apply`, `diff`, `export`, `versions`, `rollback`: what is kept and current."""

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from cli import console, playbook_export, target
from cli.playbook_files import PlaybookError, load
from cloud import store
from desk.playbook import Playbook
from desk.playbook.changes import Change, changes

SIGNS = {"new": ("+", "green"), "gone": ("−", "red"), "changed": ("~", "yellow")}

Folder = Annotated[
    Path, typer.Argument(metavar="DIR", help="The brand's folder, such as playbooks/xiaoman.")
]
By = Annotated[str, typer.Option(help="Who does it. Default: your login name.")]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask before it is done.")]


def apply(
    folder: Folder,
    reason: Annotated[str, typer.Option(help="Why. It is kept, and shown in the list.")],
    by: By = "",
    yes: Yes = False,
    stack: target.StackName = target.LOCAL_STACK,
    endpoint: target.Endpoint = "",
) -> None:
    """Make a playbook the current one of its brand. A playbook with a problem never becomes it.

    Shows first what it changes. Versions are kept as they are; the desk uses the new one within
    half a minute. Where somebody else has applied another meanwhile, nothing is changed.
    """
    new = from_files(folder)
    target.choose(stack, endpoint)
    seen = store.current_move(new.brand)
    before = seen.version if seen else ""
    if before == new.version:
        console.err.print(f"{new.brand} is at version {new.version} already: nothing changes.")
        store.list_brand(new)  # who applied it may have stopped before that
    else:
        old = store.playbook_version(new.brand, before) if before else None
        for line in in_words(changes(old, new)) if before else ():
            console.err.print(line, soft_wrap=True)
        _agree(yes, f"Make {new.version} the current version of {new.brand}?")
        now = datetime.now(UTC)
        who = console.who(by)
        try:
            store.keep_version(new, who, now)
        except store.OtherContent:
            console.fail(f"{new.brand} has another playbook of version {new.version}")
        _move(new, store.Move(version=new.version, before=before, by=who, reason=reason,
                                    at=now))  # fmt: skip
    here = store.create_control(new.brand, datetime.now(UTC))
    console.err.print(f"{new.brand} is at version {new.version}{', and new here' if here else ''}.")


def diff(
    new: Annotated[
        str, typer.Argument(metavar="NEW", help="A brand's folder, or a version that is kept.")
    ],
    old: Annotated[
        str, typer.Argument(metavar="[OLD]", help="Likewise; by default the current version.")
    ] = "",
    exit_code: Annotated[
        bool, typer.Option("--exit-code", help="End with status 1 where they differ.")
    ] = False,
    brand: target.Brand = target.EXAMPLE,
    stack: target.StackName = target.LOCAL_STACK,
    endpoint: target.Endpoint = "",
    as_json: console.AsJson = False,
) -> None:
    """Say what NEW changes, by rule, script, policy and so on. Nothing is uploaded.

    --brand is whose versions are meant; a folder says so by its name.
    """
    folders = [Path(one) for one in (new, old) if one and Path(one).is_dir()]
    whose = folders[0].resolve().name if folders else brand
    if len(folders) < 2:
        target.choose(stack, endpoint)
    after = either(new, whose)
    if old:
        before: Playbook | None = either(old, whose)
    else:
        move = store.current_move(whose)
        before = _version(whose, move.version) if move else None
    found = changes(before, after)
    if as_json:
        facts = {
            "brand": whose,
            "from": before.version if before else None,
            "to": after.version,
            "changes": [one._asdict() for one in found],
        }
        console.show_json(facts)
    else:
        for line in in_words(found):
            console.out.print(line, soft_wrap=True)
        if not found:
            console.err.print("They say the same.")
    if found and exit_code:
        raise typer.Exit(1)


def export(
    version: Annotated[
        str, typer.Argument(metavar="[VERSION]", help="By default the current one.")
    ] = "",
    to: Annotated[
        Path, typer.Option(help="Where the brand's folder is made. It must not hold anything yet.")
    ] = Path(),
    as_json: Annotated[
        bool, typer.Option("--json", help="Print it as one JSON document instead.")
    ] = False,
    brand: target.Brand = target.EXAMPLE,
    stack: target.StackName = target.LOCAL_STACK,
    endpoint: target.Endpoint = "",
) -> None:
    """Write a version that is kept back to files, which give the same version when applied.

    Remarks, and how the files were cut and ordered, are not kept.
    """
    target.choose(stack, endpoint)
    found = _version(brand, version or _current(brand).version)
    if as_json:
        named = {"brand": found.brand, "version": found.version}
        console.show_json(named | playbook_export.content(found))
        return
    folder = to / brand
    try:
        written = playbook_export.write(found, folder)
    except FileExistsError:
        console.fail(f"{folder} holds something: name another place with --to")
    for path in written:
        typer.echo(path)
    try:
        made = load(folder).version
    except PlaybookError as error:
        console.err.print(f"By today's checks it has problems:\n{error}", soft_wrap=True)
        raise typer.Exit(1) from None
    if made != found.version:
        # Versions were once named by what was as by default, too.
        console.err.print(f"{found.version} says the same, and is called {made} now.")


def versions(
    brand: target.Brand = target.EXAMPLE,
    stack: target.StackName = target.LOCAL_STACK,
    endpoint: target.Endpoint = "",
    as_json: console.AsJson = False,
) -> None:
    """List who made which version current, when and why; then those that never were."""
    target.choose(stack, endpoint)
    log = store.playbook_log(brand)
    current = store.current_move(brand)
    moved = {name for move in log for name in (move.version, move.before)}
    others = [one for one in store.playbook_versions(brand) if one.name not in moved]
    if as_json:
        facts = {
            "brand": brand,
            "current": current.version if current else None,
            "log": [move.model_dump(mode="json") for move in log],
            "never_current": [one._asdict() for one in others],
        }
        console.show_json(facts)
        return
    table = Table()
    for heading in ("version", "current from", "by", "why", ""):
        table.add_column(heading)
    for move in reversed(log):
        at = f"{move.at:%Y-%m-%d %H:%M} UTC" if move.at else "set-up"
        mark = "current" if move == current else ""
        table.add_row(move.version, at, console.plain(move.by), console.plain(move.reason), mark)
    for one in others:
        table.add_row(one.name, "", console.plain(one.by), "", "never current")
    console.out.print(table)


def rollback(
    reason: Annotated[str, typer.Option(help="Why. It is kept, and shown in the list.")],
    version: Annotated[
        str, typer.Argument(metavar="[VERSION]", help="By default the one before the current.")
    ] = "",
    by: By = "",
    yes: Yes = False,
    brand: target.Brand = target.EXAMPLE,
    stack: target.StackName = target.LOCAL_STACK,
    endpoint: target.Endpoint = "",
) -> None:
    """Make a version that was kept the current one again. The desk uses it within half a minute."""
    target.choose(stack, endpoint)
    seen = _current(brand)
    wanted = version or seen.before
    if not wanted:
        console.fail(f"{brand} has no version before {seen.version}: name one of `versions`")
    if wanted == seen.version:
        console.fail(f"{brand} is at version {wanted} already")
    again = _version(brand, wanted)
    for line in in_words(changes(store.playbook_version(brand, seen.version), again)):
        console.err.print(line, soft_wrap=True)
    _agree(yes, f"Go back to {wanted}?")
    now = datetime.now(UTC)
    who = console.who(by)
    _move(again, store.Move(version=wanted, before=seen.version, by=who, reason=reason, at=now))
    console.err.print(f"{brand} is at version {wanted}.")


def in_words(found: tuple[Change, ...]) -> list[str]:
    """Changes as lines for a terminal."""
    lines = []
    for change in found:
        sign, colour = SIGNS[change.kind]
        lines.append(f"[{colour}]{sign} {console.plain(change.what)}[/] {change.kind}")
        lines += [f"    {console.plain(detail)}" for detail in change.details]
    return lines


def from_files(folder: Path) -> Playbook:
    """The playbook of a folder; ends the command where it has problems."""
    try:
        return load(folder)
    except PlaybookError as error:
        console.fail("\n".join(console.plain(str(problem)) for problem in error.problems))


def either(named: str, brand: str) -> Playbook:
    """The playbook of a folder, or the version that is kept under that name; by default the
    current one. Ends the command where there is none.
    """
    if named and Path(named).is_dir():
        return from_files(Path(named))
    return _version(brand, named or _current(brand).version)


def _current(brand: str) -> store.Move:
    return store.current_move(brand) or console.fail(f"brand {brand!r} has no playbook here")


def _version(brand: str, version: str) -> Playbook:
    found = store.playbook_version(brand, version)
    message = f"{brand} has no whole version {version!r}: `versions` lists what is kept"
    return found or console.fail(message)


def _agree(yes: bool, question: str) -> None:
    """Asks a person at a terminal; a script has said what it wants."""
    if not yes and sys.stdin.isatty():
        typer.confirm(question, abort=True, err=True)


def _move(new: Playbook, move: store.Move) -> None:
    if not store.make_current(new, move):
        there = store.current_move(new.brand)
        who = f"{there.by} has made {there.version} current" if there else "it is gone"
        console.fail(f"meanwhile {console.plain(who)}: nothing was changed, so look and try again")
    store.settle_standings(new, new.rules, datetime.now(UTC))  # what is new listens from now on
