"""`repartee dead-letters`: what could not be handled after five tries, and trying it again."""

import json
from collections.abc import Iterator
from typing import Annotated, Any

import typer
from rich.progress import track
from rich.table import Table

from cli import console, target
from cloud import aws

app = typer.Typer(
    no_args_is_help=True,
    help="Look at the dead-letter queues, and put what lies there back to where it failed.",
)

QUEUES = {
    "deliveries": ("DeadDeliveriesQueue", "DeliveriesQueue"),
    "outbound": ("DeadOutboundQueue", "OutboundQueue"),
    "escalations": ("DeadEscalationsQueue", "EscalationsQueue"),
    "notices": ("DeadNoticesQueue", "NoticesQueue"),
    "brakes": ("DeadBrakesQueue", "BrakesQueue"),
}
SEEN_AGAIN_SECONDS = 2
HIDDEN_SECONDS = 60


def waiting(url: str, hidden_for: int) -> Iterator[dict[str, Any]]:
    """The messages of a queue, each once; they stay there, hidden from others for some seconds."""
    seen: set[str] = set()
    while True:
        answer = aws.sqs().receive_message(
            QueueUrl=url,
            MaxNumberOfMessages=10,
            VisibilityTimeout=hidden_for,
            MessageSystemAttributeNames=["All"],
        )
        fresh = [one for one in answer.get("Messages", []) if one["MessageId"] not in seen]
        if not fresh:
            return
        for message in fresh:
            seen.add(message["MessageId"])
            yield dict(message)


def facts(queue: str, message: dict[str, Any]) -> dict[str, Any]:
    """What may be shown of a dead letter: ids, never what somebody wrote."""
    try:
        body = json.loads(message["Body"])
    except ValueError:
        body = {}
    known = ("id", "brand", "channel", "received_at", "reply", "conversation", "cause", "kind")
    return {
        "queue": queue,
        "message": message["MessageId"],
        "tries": int(message.get("Attributes", {}).get("ApproximateReceiveCount", 0)),
        **{name: body[name] for name in known if isinstance(body, dict) and name in body},
    }


@app.command("list")
def list_(
    stack: target.StackName = target.LOCAL_STACK,
    endpoint: target.Endpoint = "",
    as_json: console.AsJson = False,
) -> None:
    """What lies in the dead-letter queues. Looking changes nothing."""
    chosen = target.choose(stack, endpoint)
    table = Table("queue", "message", "about", title="Dead letters")
    count = 0
    for queue, (dead, _) in QUEUES.items():
        for message in waiting(chosen.outputs[dead], SEEN_AGAIN_SECONDS):
            count += 1
            row = facts(queue, message)
            if as_json:
                console.show_json(row)
            about = {name: value for name, value in row.items() if name not in ("queue", "message")}
            table.add_row(queue, row["message"], json.dumps(about, ensure_ascii=False))
    if not as_json:
        console.out.print(table if count else "No dead letters.")


@app.command("redrive")
def redrive(
    queue: Annotated[
        str, typer.Argument(help="deliveries, outbound, escalations, or all.")
    ] = "all",
    stack: target.StackName = target.LOCAL_STACK,
    endpoint: target.Endpoint = "",
    as_json: console.AsJson = False,
) -> None:
    """Put dead letters back to where they failed. Any step may be repeated."""
    chosen = target.choose(stack, endpoint)
    if queue != "all" and queue not in QUEUES:
        console.fail(f"no such queue: {queue!r}; it is one of {', '.join(QUEUES)}, or all")
    moved = dict.fromkeys(QUEUES if queue == "all" else (queue,), 0)
    for name in moved:
        dead, living = (chosen.outputs[output] for output in QUEUES[name])
        letters = waiting(dead, HIDDEN_SECONDS)
        for message in track(letters, f"{name}:", console=console.err, transient=True):
            # There first, away from here second: if we stop in between it is handled once more.
            aws.sqs().send_message(QueueUrl=living, MessageBody=message["Body"])
            aws.sqs().delete_message(QueueUrl=dead, ReceiptHandle=message["ReceiptHandle"])
            moved[name] += 1
    if as_json:
        console.show_json(moved)
    else:
        for name, count in moved.items():
            console.out.print(f"{name}: {count} put back")
