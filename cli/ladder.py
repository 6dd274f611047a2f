"""`repartee rules`: where the rules that answer stand on their ladder, and who put them there."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, NamedTuple, NoReturn

import typer
from rich.table import Table

from cli import console, target
from cloud import store
from desk.ladder import (
    AGREED_PERCENT,
    DECIDED,
    LISTENS,
    MATCHES,
    RUNGS,
    Standing,
    climbs,
    moved,
    place,
    version_of,
)
from desk.mention import Mention, Rung
from desk.playbook import Playbook, Rule

app = typer.Typer(
    no_args_is_help=True,
    help="Which rules answer by themselves, and which still propose or listen; and to decide it.",
)

RuleId = Annotated[str, typer.Argument(metavar="RULE", help="The rule's id in the playbook.")]
Reason = Annotated[str, typer.Option(help="Why. It is kept.")]
To = Annotated[str, typer.Option(help="shadow, suggest or auto. Default: the next one.")]
SOUGHT = timedelta(days=35)
"""How far back a mention is looked for: mentions are not kept for longer."""


class Row(NamedTuple):
    """A rule that has to earn its answers, and where it stands."""

    rule: Rule
    standing: Standing
    known: bool
    """False where the desk has not met this form of it yet: it will begin like that."""


@app.command("list")
def list_rules(
    brand: target.Brand = target.EXAMPLE,
    stack: target.StackName = target.LOCAL_STACK,
    endpoint: target.Endpoint = "",
    as_json: console.AsJson = False,
) -> None:
    """Every rule that has to earn its answers: its rung, what counts for it, the last change."""
    target.choose(stack, endpoint)
    rows = list(rows_of(brand, target.playbook(brand)))
    if as_json:
        console.show_json([_facts(row) for row in rows])
        return
    table = Table("rule", "rung", "counts", "since", "by", "why", title=f"Rules of {brand}")
    for rule, standing, known in rows:
        last = standing.changes[-1] if standing.changes else None
        since = f"{last.at:%Y-%m-%d %H:%M}" if last and known else "not met yet"
        by, why = (last.by, console.plain(last.why)) if last else ("", "cannot be read")
        table.add_row(rule.id, standing.rung, _counts(standing), since, console.plain(by), why)
    console.out.print(table if rows else f"No rule of {brand} answers.")


@app.command("show")
def show(
    rule: RuleId,
    brand: target.Brand = target.EXAMPLE,
    stack: target.StackName = target.LOCAL_STACK,
    endpoint: target.Endpoint = "",
    as_json: console.AsJson = False,
) -> None:
    """One rule: where it stands, what it still needs, and every change with its name and reason."""
    target.choose(stack, endpoint)
    row = _row(brand, rule)
    if as_json:
        changes = [change.model_dump(mode="json") for change in row.standing.changes]
        console.show_json(_facts(row) | {"changes": changes})
        return
    standing = row.standing
    console.out.print(f"{rule} of {brand}, form {standing.version}: {standing.rung}")
    console.out.print(_needs(standing))
    for change in standing.changes:
        words = f"{change.at:%Y-%m-%d %H:%M:%SZ}  {change.rung:<7}  {change.by}: {change.why}"
        console.out.print(f"  {console.plain(words)}", soft_wrap=True)


@app.command("promote")
def promote(
    reason: Reason,
    rule: Annotated[str, typer.Argument(metavar="[RULE]", help="Its id; or --all.")] = "",
    every: Annotated[bool, typer.Option("--all", help="All that is not automatic yet.")] = False,
    to: To = "",
    by: console.By = "",
    brand: target.Brand = target.EXAMPLE,
    stack: target.StackName = target.LOCAL_STACK,
    endpoint: target.Endpoint = "",
) -> None:
    """Let a rule do more than it has earned: the next rung, or with --all automatic at once."""
    target.choose(stack, endpoint)
    if every == bool(rule):
        console.fail("name one rule, or --all")
    rows = list(rows_of(brand, target.playbook(brand))) if every else [_row(brand, rule)]
    for row in rows:
        at = RUNGS.index(row.standing.rung)
        wanted = _rung(to or ("auto" if every else RUNGS[min(at + 1, len(RUNGS) - 1)]))
        if RUNGS.index(wanted) > at:
            _put(brand, row, wanted, reason, by)
        elif not every:
            console.fail(f"{row.rule.id} is at {row.standing.rung} already")


@app.command("demote")
def demote(
    rule: RuleId,
    reason: Reason,
    to: To = "",
    by: console.By = "",
    brand: target.Brand = target.EXAMPLE,
    stack: target.StackName = target.LOCAL_STACK,
    endpoint: target.Endpoint = "",
) -> None:
    """Let a rule do less: what it made and did not send yet is put before a person."""
    target.choose(stack, endpoint)
    row = _row(brand, rule)
    at = RUNGS.index(row.standing.rung)
    wanted = _rung(to or RUNGS[max(at - 1, 0)])
    if RUNGS.index(wanted) >= at:
        console.fail(f"{rule} is at {row.standing.rung} already")
    _put(brand, row, wanted, reason, by)


@app.command("wrong")
def wrong(
    rule: RuleId,
    mention: Annotated[str, typer.Option(help="Id of the mention that it answered.")],
    reason: Reason,
    by: console.By = "",
    brand: target.Brand = target.EXAMPLE,
    stack: target.StackName = target.LOCAL_STACK,
    endpoint: target.Endpoint = "",
) -> None:
    """Call an answer wrong that was given. Its rule only suggests from then on, and counts anew."""
    target.choose(stack, endpoint)
    row = _row(brand, rule)
    found = _mention(brand, mention)
    decision = found.decision
    if decision.rule != rule:
        console.fail(f"{mention} was decided by {decision.rule or 'no rule'}, not by {rule}")
    if decision.rule_version != row.standing.version:
        console.fail(
            f"{rule} has changed since it answered {mention}: `repartee rules demote` if it is"
            " still wrong"
        )
    who = console.who(by)
    then = store.mark_wrong(
        brand, rule, decision.rule_version, mention, by=who, why=reason, now=datetime.now(UTC)
    )
    if then is None:
        console.fail(f"{rule} has never stood anywhere: nothing can have been answered by it")
    console.err.print(f"{rule} is at {then.rung}, by {who}.")


def rows_of(brand: str, playbook: Playbook) -> Iterator[Row]:
    """Every rule of a playbook that has to earn its answers, and where it stands."""
    stored = store.standings(brand)
    now = datetime.now(UTC)
    for rule in filter(climbs, playbook.rules):
        forms = [one for one in stored if one.rule == rule.id]
        version = version_of(rule, playbook)
        there = next((one for one in forms if one.version == version), None)
        yield Row(rule, there or place(rule, playbook, now, None, forms), there is not None)


def _row(brand: str, name: str) -> Row:
    playbook = target.playbook(brand)
    rows = {row.rule.id: row for row in rows_of(brand, playbook)}
    if name in rows:
        return rows[name]
    if name in {rule.id for rule in playbook.rules}:
        console.fail(f"{name} has nothing to earn: it answers nothing by itself")
    return console.fail(f"no rule {name!r} in the current playbook of {brand}")


def _put(brand: str, row: Row, to: Rung, reason: str, by: str) -> None:
    who = console.who(by)
    if not reason.strip():
        console.fail("a reason is needed: it is what others will read")
    then = moved(row.standing, to, who, reason, datetime.now(UTC))
    if not store.move_standing(brand, row.standing if row.known else None, then):
        console.fail(f"{row.rule.id} was moved by somebody else just now: look again")
    console.err.print(f"{row.rule.id}: {row.standing.rung} → {to}, by {who}.")


def _rung(name: str) -> Rung:
    found = next((rung for rung in RUNGS if rung == name), None)
    return found or _no_such(name)


def _no_such(name: str) -> NoReturn:
    console.fail(f"no such rung: {name!r}; it is {', '.join(RUNGS)}")


def _mention(brand: str, name: str) -> Mention:
    """That mention, looked for from now backwards."""
    now = datetime.now(UTC)
    for days in range(SOUGHT.days):
        until = now - timedelta(days=days)
        for row in store.feed(brand, until - timedelta(days=1), until):
            if isinstance(row, Mention) and row.id == name:
                return row
    return console.fail(f"no mention {name!r} in the last {SOUGHT.days} days")


def _counts(standing: Standing) -> str:
    match standing.rung:
        case "shadow":
            return f"{standing.matched} of {MATCHES} matches"
        case "suggest":
            share = f", {standing.agreed / standing.decided:.0%} agreed" if standing.decided else ""
            return f"{standing.decided} of {DECIDED} decided{share}"
        case "auto":
            return ""


def _needs(standing: Standing) -> str:
    match standing.rung:
        case "shadow" if standing.since is not None:
            opens = standing.since + LISTENS
            return f"{_counts(standing)}; suggests after {opens:%Y-%m-%d %H:%M} at the earliest"
        case "suggest":
            return f"{_counts(standing)}; automatic from {AGREED_PERCENT} % of {DECIDED} on"
        case _:
            return "answers by itself, until one of its answers is called wrong"


def _facts(row: Row) -> dict[str, Any]:
    standing = row.standing
    last = standing.changes[-1].model_dump(mode="json") if standing.changes else None
    return {
        "rule": row.rule.id,
        "version": standing.version,
        "rung": standing.rung,
        "matched": standing.matched,
        "decided": standing.decided,
        "agreed": standing.agreed,
        "met": row.known,
        "last": last,
    }
