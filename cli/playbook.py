"""`repartee playbook`: a brand's playbook, from its files."""

import json
from pathlib import Path
from typing import Annotated

import typer

from cli import console, seeding, target
from cli.playbook_files import PlaybookError, load

app = typer.Typer(no_args_is_help=True)


@app.callback()
def playbook() -> None:
    """A brand's playbook: its rules, scripts, policies and people, as files in a folder."""


@app.command()
def check(
    folder: Annotated[
        Path,
        typer.Argument(metavar="DIR", help="The brand's folder, such as playbooks/xiaoman."),
    ],
    as_json: Annotated[bool, typer.Option("--json", help="Answer in JSON.")] = False,
) -> None:
    """Say whether a playbook is valid, or name each problem by file and line.

    Every rule is tried on its own examples: the texts under `match` must match, those under `leave`
    must not. Nothing is uploaded. The exit code is 1 where there is a problem.
    """
    try:
        found = load(folder)
    except PlaybookError as error:
        if as_json:
            problems = [problem._asdict() for problem in error.problems]
            typer.echo(json.dumps({"valid": False, "problems": problems}, ensure_ascii=False))
        else:
            for problem in error.problems:
                typer.echo(str(problem), err=True)
            count = len(error.problems)
            typer.echo(f"{count} problem{'' if count == 1 else 's'}", err=True)
        raise typer.Exit(1) from None
    counts = {
        "rules": len(found.rules),
        "examples": sum(len((*r.examples.match, *r.examples.leave)) for r in found.rules),
        "scripts": len(found.scripts),
        "policies": len(found.policies),
        "approvers": len(found.approvers),
        "watches": len(found.watches),
    }
    if as_json:
        facts = {"valid": True, "brand": found.brand, "version": found.version}
        typer.echo(json.dumps(facts | counts | {"problems": []}, ensure_ascii=False))
    else:
        summary = ", ".join(f"{count} {name}" for name, count in counts.items())
        typer.echo(f"{found.brand} is valid, version {found.version}: {summary}")


@app.command()
def apply(
    folder: Annotated[
        Path,
        typer.Argument(metavar="DIR", help="The brand's folder, such as playbooks/xiaoman."),
    ],
    stack: target.StackName = target.LOCAL_STACK,
    endpoint: target.Endpoint = "",
) -> None:
    """Make a playbook the current one of its brand. A playbook with a problem never becomes it.

    Versions are kept; the desk uses the new one within half a minute.
    """
    try:
        found = load(folder)
    except PlaybookError as error:
        console.fail("\n".join(str(problem) for problem in error.problems))
    target.choose(stack, endpoint)
    new = seeding.apply(found)
    console.err.print(
        f"{found.brand} is at version {found.version}{', and new here' if new else ''}."
    )
