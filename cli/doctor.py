"""`repartee doctor`: whether an install is well, and what to do where it is not."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import boto3
import typer
from rich.table import Table

from cli import console, dead_letters, ladder, reaching, target
from cloud import aws, secrets, store, subscriptions
from cloud.settings import settings
from desk import channels, drill
from desk.control import HEARTBEAT_LIMIT
from desk.duty import askable, gaps
from desk.health import Health, troubles
from desk.reach import unreached

GAPS_AHEAD = timedelta(days=30)
FEW = 1_000
"""Messages in a queue from which the doctor worries."""


class Finding(NamedTuple):
    """One thing that was looked at."""

    what: str
    well: bool
    words: str


def doctor(
    stack: target.StackName = target.LOCAL_STACK,
    endpoint: target.Endpoint = "",
    as_json: console.AsJson = False,
) -> None:
    """Look at everything an install needs, and say in words what is wrong. Changes nothing.

    Ends with status 1 if something is not well.
    """
    chosen = target.choose(stack, endpoint)
    findings = list(look(chosen))
    if as_json:
        for finding in findings:
            console.show_json(finding._asdict())
    else:
        table = Table("", "what", "found", title=f"{stack}")
        for finding in findings:
            sign = "[green]well[/]" if finding.well else "[bold red]LOOK[/]"
            table.add_row(sign, finding.what, finding.words)
        console.out.print(table)
    if not all(finding.well for finding in findings):
        raise typer.Exit(1)


def look(chosen: target.Target) -> Iterator[Finding]:
    """Everything that the doctor looks at, one finding each."""
    yield _tried("HTTP API", lambda: _api(chosen))
    for name in (
        "DeliveriesQueue", "OutboundQueue", "EscalationsQueue", "BrakesQueue", "NoticesQueue",
    ):  # fmt: skip
        yield _tried(name, lambda name=name: _queue(chosen.outputs[name], FEW))  # type: ignore[misc]
    for dead, _ in dead_letters.QUEUES.values():
        yield _tried(dead, lambda dead=dead: _queue(chosen.outputs[dead], 1))  # type: ignore[misc]
    yield _tried("key secret", lambda: (bool(secrets.key()), "readable"))
    yield _tried("approvers' topic", _topic)
    yield _tried("SMS", _sms)
    yield _tried("drill", _drill)
    brands = store.brands()
    yield Finding("brands", bool(brands), ", ".join(brands) or "none: `repartee playbook apply`")
    for brand in brands:
        yield _tried(f"{brand}: playbook", lambda brand=brand: _playbook(brand))  # type: ignore[misc]
        yield _tried(f"{brand}: rules", lambda brand=brand: _rules(brand))  # type: ignore[misc]
        yield _tried(f"{brand}: people", lambda brand=brand: _people(brand))  # type: ignore[misc]
        yield _tried(f"{brand}: control", lambda brand=brand: _control(brand))  # type: ignore[misc]
        yield _tried(f"{brand}: waiting", lambda brand=brand: _waiting(brand))  # type: ignore[misc]
        for channel in _channels(brand):
            name = f"{brand}: channel {channel}"
            yield _tried(name, lambda brand=brand, channel=channel: _channel(brand, channel))  # type: ignore[misc]


def _tried(what: str, check: Callable[[], tuple[bool, str]]) -> Finding:
    try:
        return Finding(what, *check())
    except (*aws.TROUBLE, store.NoPlaybook, KeyError, ValueError) as error:
        return Finding(what, False, f"{type(error).__name__}: {error}")


def _api(chosen: target.Target) -> tuple[bool, str]:
    address = f"{chosen.api}/approvals/no-such-token"
    return target.answers(address), chosen.api


def _queue(url: str, limit: int) -> tuple[bool, str]:
    answer = aws.sqs().get_queue_attributes(
        QueueUrl=url, AttributeNames=["ApproximateNumberOfMessages"]
    )
    count = int(answer["Attributes"]["ApproximateNumberOfMessages"])
    hint = "" if count < limit else ": `repartee dead-letters list`" if limit == 1 else ": too many"
    return count < limit, f"{count} waiting{hint}"


def _topic() -> tuple[bool, str]:
    # Queues without a filter are the install's own: what bots are told by, and demos.
    found = [one for one in subscriptions.every() if one.protocol != "sqs" or one.filter]
    wrong = reaching.doubts(found)
    return not wrong, "; ".join(wrong) or f"{len(found)} subscriptions, all confirmed"


def _sms() -> tuple[bool, str]:
    """SMS goes to anybody only outside the sandbox, and only below the account's limit a month."""
    used = any(one.protocol == "sms" for one in subscriptions.every())
    if not used:
        return True, "nobody is told by SMS"
    boxed = boto3.client("sns").get_sms_sandbox_account_status()["IsInSandbox"]
    limit = boto3.client("sns").get_sms_attributes(attributes=["MonthlySpendLimit"])
    dollars = limit["attributes"].get("MonthlySpendLimit", "1")
    words = f"{'in the sandbox: only verified telephones; ' if boxed else ''}{dollars} USD a month"
    return not boxed and float(dollars) > 1, words


def _drill() -> tuple[bool, str]:
    ready = secrets.hook(drill.BRAND, drill.CHANNEL) is not None
    return ready, "every day" if ready else "not set up: `repartee people drill`"


def _people(brand: str) -> tuple[bool, str]:
    now, found = datetime.now(UTC), store.playbook(brand)
    wanted = askable(found, now, now + reaching.AHEAD)
    missing = unreached(brand, wanted, subscriptions.every(), secrets.bots())
    alone = sum(1 for gap in gaps(found, now, now + GAPS_AHEAD) if gap.step == 0)
    words = (
        [f"nobody tells {', '.join(sorted(missing))}: `repartee people list`"] if missing else []
    )
    if alone:
        words.append(f"{alone} times with nobody but a fallback: `repartee people duty`")
    return not words, "; ".join(words) or f"{len(wanted)} may be asked this week, all are reached"


def _playbook(brand: str) -> tuple[bool, str]:
    found = store.playbook(brand)
    return True, f"version {found.version}, {len(found.rules)} rules, {len(found.scripts)} scripts"


def _rules(brand: str) -> tuple[bool, str]:
    rows = list(ladder.rows_of(brand, store.playbook(brand)))
    alone = sum(1 for row in rows if row.standing.rung == "auto")
    words = f"{alone} of {len(rows)} that may, answer by themselves"
    if rows and not alone:
        return False, f"{words}: `repartee rules list`, and `repartee rules promote`"
    return True, words


def _control(brand: str) -> tuple[bool, str]:
    control = store.control(brand)
    if control is None:
        return False, "missing or unreadable: nothing is sent. `repartee playbook apply` makes it"
    if control.heartbeat is None or datetime.now(UTC) - control.heartbeat > HEARTBEAT_LIMIT:
        return False, "the detector is silent: nothing is sent automatically. Is Scan running?"
    held = ", ".join(hold.scope for hold in control.holds)
    return True, f"held: {held}" if held else "nothing held, the detector is alive"


def _waiting(brand: str) -> tuple[bool, str]:
    doubts = sum(1 for _ in store.waiting(brand, "unconfirmed"))
    waiting = sum(1 for _ in store.open_escalations(brand))
    return True, f"{waiting} open escalations, {doubts} doubtful answers"


def _channels(brand: str) -> list[str]:
    pages, names = boto3.client("ssm").get_paginator("get_parameters_by_path"), set[str]()
    for kind in ("hooks", "reads"):
        path = f"{settings().parameters}/{kind}/{brand}/"
        found = (one["Name"] for page in pages.paginate(Path=path) for one in page["Parameters"])
        names |= {name.removeprefix(path) for name in found}
    return sorted(names)


def _channel(brand: str, channel: str) -> tuple[bool, str]:
    for mark in store.watermarks(brand, channel).values():
        if mark.flag:
            return False, f"{mark.source} is {mark.flag}: {mark.error or 'it has not changed'}"
    secret = secrets.hook(brand, channel) or secrets.reads().get((brand, channel))
    if secret and not channels.platform(secret["platform"]).TOKENS:
        return True, "hears, and nothing can be said there"
    known = dict(store.healths(brand)).get(channel, Health())
    if trouble := "; ".join(one.words for one in troubles(known, datetime.now(UTC))):
        return False, trouble
    if brand == drill.BRAND:
        return True, "hears; in a drill nothing is said"
    if secrets.credentials(brand, channel) is None:
        return False, "it hears and cannot speak: no parameter below tokens/"
    heard = f", last at {known.heard_at:%Y-%m-%d %H:%M} UTC" if known.heard_at else ""
    return True, f"hears and speaks{heard}"
