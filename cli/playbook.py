"""`repartee playbook`: a brand's playbook, from its files."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from cli import console, playbook_replay, playbook_versions
from cli.playbook_files import PlaybookError, check
from cli.playbook_schema import schema

app = typer.Typer(no_args_is_help=True)


@app.callback()
def playbook() -> None:
    """A brand's playbook: its rules, scripts, policies and people, as files in a folder."""


@app.command("check")
def check_command(
    folder: playbook_versions.Folder,
    notes: Annotated[
        bool, typer.Option("--notes", help="Also tell what is no fault and good to know.")
    ] = False,
    as_json: console.AsJson = False,
) -> None:
    """Say whether a playbook is valid, or name each problem by file and line.

    Every rule is tried on its own examples: the texts under `match` must match, those under `leave`
    must not, and no two rules of one priority may want different things about one of them. A
    warning is no problem yet, such as holidays that end soon. Nothing is uploaded. The exit code is
    1 where there is a problem.
    """
    try:
        checked = check(folder, datetime.now(UTC).date())
    except PlaybookError as error:
        if as_json:
            problems = [problem._asdict() for problem in error.problems]
            console.show_json({"valid": False, "problems": problems})
        else:
            for problem in error.problems:
                typer.echo(str(problem), err=True)
            count = len(error.problems)
            typer.echo(f"{count} problem{'' if count == 1 else 's'}", err=True)
        raise typer.Exit(1) from None
    found = checked.playbook
    counts = {
        "rules": len(found.rules),
        "examples": sum(len((*r.examples.match, *r.examples.leave)) for r in found.rules),
        "scripts": len(found.scripts),
        "policies": len(found.policies),
        "approvers": len(found.approvers),
        "watches": len(found.watches),
        "events": len(found.events),
    }
    if as_json:
        facts = {"valid": True, "brand": found.brand, "version": found.version}
        told = {
            "problems": [],
            "warnings": [one._asdict() for one in checked.warnings],
            **({"notes": [one._asdict() for one in checked.notes]} if notes else {}),
        }
        console.show_json(facts | counts | told)
        return
    for one in checked.warnings:
        typer.echo(f"{one} (a warning)", err=True)
    for one in checked.notes if notes else ():
        typer.echo(f"{one} (a note)", err=True)
    summary = ", ".join(f"{count} {name}" for name, count in counts.items())
    typer.echo(f"{found.brand} is valid, version {found.version}: {summary}")


@app.command("schema")
def schema_command() -> None:
    """Print a JSON Schema of a playbook's files, for editors to check and complete by."""
    console.show_json(schema())


app.command("diff")(playbook_versions.diff)
app.command("apply")(playbook_versions.apply)
app.command("versions")(playbook_versions.versions)
app.command("rollback")(playbook_versions.rollback)
app.command("replay")(playbook_replay.replay)
app.command("export")(playbook_versions.export)
