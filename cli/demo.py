"""`repartee demo`: an evening at the desk, on the local cloud."""

import json
import os
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import boto3
import typer
from rich.table import Table

from cli import console, local, night, playbook_files, pretending, replay
from cli.account import Account, Books
from cli.dead_letters import QUEUES
from cli.pretending import Inbox
from cloud import store
from desk.mention import Mention
from desk.playbook import Pace, Playbook
from tests.platforms import Platforms, pretend_platforms

BRAND = "xiaoman"
EVENING = local.ROOT / "playbooks" / BRAND / "evening.jsonl"
PORT = 4566
SPIKE_SECONDS = 10
EVENING_MINUTES = 180

STYLES = {"answer": "green", "escalate": "bold yellow", "record": "dim", "ignore": "dim"}
SIGNS = {"answer": "answers", "escalate": "asks", "record": "records", "ignore": "leaves"}


def demo(
    minutes: Annotated[
        float, typer.Option(min=0.2, help="How long the three hours of the evening take.")
    ] = 1.5,
    once: Annotated[
        bool, typer.Option("--once", help="End after the figures instead of staying up.")
    ] = False,
    moment: Annotated[
        bool, typer.Option("--moment", help="Play the night of a moment in the evening's place.")
    ] = False,
    port: Annotated[int, typer.Option(help="Port of the local cloud; 0 for a free one.")] = PORT,
) -> None:
    """Play an evening of a tea brand on the local cloud: 300 posts in four languages, one crisis.

    The template is built and deployed by the real SAM CLI, with IAM enforced. Platforms are played
    by a local server, so nothing leaves this machine. Afterwards the stack stays up until Ctrl-C:
    open the approver's link, try `repartee hold on`, `repartee replay` and `repartee doctor` from
    another terminal.
    """
    began = time.monotonic()

    def say(text: str) -> None:
        console.out.print(f"[dim]{time.monotonic() - began:6.1f} s[/]  {text}")

    closes = False
    try:
        found = in_fast_motion(playbook_files.load(EVENING.parent), minutes)
        with (
            console.interruptible(),
            local.local_cloud(local.usable(port), local.STATE / "cloud", say) as endpoint,
            pretend_platforms() as platforms,
        ):
            stack = local.deploy(endpoint, say)
            os.environ.update(stack.environment())
            inbox = pretending.prepare(found, platforms, say)
            if moment:
                closes = night.shown(night.play(found, stack, platforms, say))
            else:
                closes = evening(found, stack, platforms, inbox, minutes, say)
            if not once:
                say("The desk stays up. Ctrl-C ends it.")
                threading.Event().wait()
    except (local.LocalCloudError, playbook_files.PlaybookError, replay.BadPosts) as error:
        console.fail(str(error))
    if not closes:
        raise typer.Exit(1)


def in_fast_motion(playbook: Playbook, minutes: float) -> Playbook:
    """The playbook for an evening of minutes: what was said hours ago is not stale in it, and what
    is said in a row comes in as little time.
    """
    faster = minutes / EVENING_MINUTES
    pace = {name: seconds * faster for name, seconds in playbook.pace.model_dump().items()}
    change = {
        "stale_minutes": 24 * 60.0,
        "pace": Pace.model_validate(pace),
        "version": f"{playbook.version}-demo",
    }
    return playbook.model_copy(update=change)


def evening(
    playbook: Playbook,
    stack: local.Stack,
    platforms: Platforms,
    inbox: Inbox,
    minutes: float,
    say: local.Say,
) -> bool:
    """Play the evening, show what the desk does as it happens, and its figures at the end.

    True if the account closes and nobody was answered twice.
    """
    run, started = replay.run_started()
    rows = list(replay.read_posts(EVENING, run, started, playbook.accounts))
    rows = replay.ending_at(rows, started + timedelta(minutes=minutes))
    length = max(row.at or 0.0 for row in rows)
    planned = replay.plan(rows, 10, duplicates=0.1, malformed=0.01, seed=7,
                          speed=length / (minutes * 60))  # fmt: skip
    say(f"The evening begins: {len(rows)} posts, {len(planned)} deliveries, {minutes:g} minutes")
    books = Books(BRAND, started, (stack.outputs[dead] for dead, _ in QUEUES.values()))
    with showing(started, inbox):
        result = replay.run(planned, stack.outputs["Endpoint"], BRAND, books, lambda *_: None)
    say("Scanning the evening, ten minutes at a time")
    bursts = scan_evening(stack, rows, inbox, say)
    twice = answered_twice(result.account, platforms)
    console.out.print(figures(result, platforms, inbox, bursts, twice))
    links(playbook, inbox)
    return result.account.closes and not result.refused and not twice


def scan_evening(
    stack: local.Stack, rows: Sequence[replay.Row], inbox: Inbox, say: local.Say
) -> int:
    """Run the scan for every ten minutes of the evening; how many matters came of it.

    The stack's own schedule goes by the clock on the wall, which sees an evening of a minute or two
    once. Each run is told the time for which it is due, as the schedule tells it.
    """
    client = boto3.client("lambda")
    due, last = rows[0].post.said_at, max(row.post.said_at for row in rows)
    while due < last:
        due = min(due + timedelta(minutes=10), last)
        event = json.dumps({"time": due.astimezone(UTC).isoformat()}).encode()
        answer = client.invoke(FunctionName=stack.outputs["ScanFunction"], Payload=event)
        if json.load(answer["Payload"]).get(BRAND):
            say(f"At {due:%H:%M} a topic is unusually loud")
    ends = time.monotonic() + SPIKE_SECONDS
    matters: list[str] = []
    while time.monotonic() < ends:
        found = [one.matter for one in store.open_escalations(BRAND)]
        matters = [one.title for one in found if one.kind == "spike"]
        inbox.read()
        if inbox.spike:
            break
        time.sleep(0.5)
    for title in matters:
        say(f"  {title}")
    return len(matters)


@contextmanager
def showing(started: datetime, inbox: Inbox) -> Iterator[None]:
    """Print what the desk decides while the block runs."""
    done = threading.Event()

    def watch() -> None:
        seen: set[str] = set()
        while True:
            last = done.wait(1.0)
            for row in store.feed(BRAND, started, datetime.now(UTC)):
                name = row.delivery
                if isinstance(row, Mention) and name not in seen:
                    console.out.print(line_of(row))
                seen.add(name)
            inbox.read()
            if last:
                return

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def line_of(mention: Mention) -> Any:
    """One line about what was decided for a mention."""
    decision = mention.decision
    row = Table.grid(padding=(0, 1), expand=True)
    for width in (5, 8, 7, 7, 14):
        row.add_column(width=width, no_wrap=True, overflow="ellipsis")
    row.add_column(ratio=1, no_wrap=True, overflow="ellipsis")
    style = STYLES.get(decision.action, "")
    row.add_row(
        f"{mention.said_at:%H:%M}", mention.channel, mention.reading.language,
        f"[{style}]{SIGNS.get(decision.action, decision.action)}[/]",
        console.plain(decision.rule or decision.category or "-"),
        console.plain(" ".join(mention.text.split())),
    )  # fmt: skip
    return row


def answered_twice(account: Account, platforms: Platforms) -> int:
    """Posts beyond one for each answer in our books, by the platforms' own lists."""
    return max(0, len(platforms.posted()) - account.ends["answered"])


def figures(
    result: replay.Result, platforms: Platforms, inbox: Inbox, bursts: int, twice: int
) -> Table:
    """The evening's figures."""
    account: Account = result.account
    table = Table(title="The evening in figures", show_header=False, title_justify="left")
    for name, value in (
        ("deliveries received", account.received),
        ("  answered", account.ends["answered"]),
        ("  put before a person", account.ends["escalated"]),
        ("  not said after all", account.ends["rejected"]),
        ("  recorded", account.ends["recorded"]),
        ("  came a second time", account.ends["duplicate"]),
        ("  left alone", account.ends["ignored"]),
        ("  quarantined", account.ends["quarantined"]),
        ("  in dead letters", account.ends["dead"]),
        ("  lost", len(account.lost)),
        ("the account closes", "yes" if account.closes else "NO"),
        ("answers on the platforms", len(platforms.posted())),
        ("answered twice", twice),
        ("topics unusually loud", bursts),
        ("messages to approvers", inbox.asked.total()),
        ("webhook answered in, median", f"{result.facts()['answer_ms_median']} ms"),
    ):
        table.add_row(str(name), str(value))
    return table


def links(playbook: Playbook, inbox: Inbox) -> None:
    """Print the approver's link: of the loudest matter, or of the last one."""
    message = inbox.spike or next(iter(inbox.last.values()), "")
    if not message:
        return
    console.out.print("\n[bold]What an approver got on the phone:[/]")
    for line in message.splitlines():
        console.out.print(console.plain(line), soft_wrap=True)
    console.out.print()
