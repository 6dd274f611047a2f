"""What a mention leaves behind: bytes in the table, write units, calls to AWS, lines in the log."""

import io
import json
import os
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from statistics import mean, median
from types import SimpleNamespace
from typing import Any

import boto3
import yaml
from moto import mock_aws

from bench.measuring import ROOT, Comparison, Figure
from bench.surroundings import log_to, surroundings
from bench.write_units import Item, read_units, size, units
from cli import playbook_files, seeding
from cli.signing import Post, webhook
from cloud import aws
from cloud.store.bodies import body_of
from desk.wire import Secret
from tests.platforms import pretend_platforms

name = "items"
what = (
    "what one mention on LINE costs from its webhook to its end, by what was decided: the first "
    "60 posts of the example evening through the real functions on moto. Means; bytes are "
    "medians; log bytes are those of our own lines, in all functions together"
)

EXAMPLE = ROOT / "playbooks" / "xiaoman"
POSTS = 60
HOOK = {"platform": "line", "secret": "not-a-secret"}
ARN = "arn:aws:lambda:ap-east-1:123456789012:function:repartee-Triage-0123456789AB"
KILOBYTE = 1024.0
TARGETS = {
    ("recorded", "write units"): 2.2,
    ("answered", "write units"): 7.0,
    ("recorded", "log bytes"): 250.0,
    ("recorded", "mention bytes"): KILOBYTE,
    ("answered", "mention bytes"): KILOBYTE,
    ("answered", "reply bytes"): KILOBYTE,
}
BYTES = {"M": "mention bytes", "R": "reply bytes"}
CALLS = {"dynamodb": "DynamoDB calls", "sqs": "SQS calls", "sns": "SNS calls"}


@dataclass
class Trace:
    """What one mention has caused."""

    units: int = 0
    reads: float = 0.0
    calls: Counter[str] = field(default_factory=Counter)
    written: dict[str, Item] = field(default_factory=dict)
    """The last item under each kind of sort key: `M` a mention, `R` a reply …"""
    queued: list[tuple[str, str]] = field(default_factory=list)
    log: int = 0


def measure() -> list[Comparison | Figure]:
    """A row for each decision and each thing that is counted."""
    counted: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for decision, trace in played():
        for thing, value in _figures(trace):
            counted[decision][thing].append(value)
    return [
        Figure(
            what=f"{decision} ({len(values)})",
            value=median(values) if thing in BYTES.values() else mean(values),
            unit=thing,
            target=TARGETS.get((decision, thing)),
        )
        for decision, things in sorted(counted.items())
        for thing, values in things.items()
    ]


def played() -> list[tuple[str, Trace]]:
    """What was decided for each post, and all that it has caused."""
    with desk() as run:
        return [run(number, text) for number, text in enumerate(texts())]


def _figures(trace: Trace) -> Iterator[tuple[str, float]]:
    yield "write units", trace.units
    yield "read units", trace.reads
    for service, title in CALLS.items():
        calls = sum(count for call, count in trace.calls.items() if call.startswith(service))
        yield title, calls
    yield "log bytes", trace.log
    for kind, title in BYTES.items():
        if kind in trace.written:
            yield title, size(trace.written[kind])


def texts() -> list[str]:
    """What is played: the first posts of the example evening."""
    lines = (EXAMPLE / "evening.jsonl").read_text("utf-8").splitlines()
    return [json.loads(line)["text"] for line in lines if line.strip()][:POSTS]


@contextmanager
def desk() -> Iterator[Callable[[int, str], tuple[str, Trace]]]:
    """The functions on moto, with a pretended LINE; yields what plays one text through them."""
    with surroundings(), mock_aws(), pretend_platforms() as platforms:
        indexes = made_account()
        found = playbook_files.load(EXAMPLE)
        seeding.apply(found)
        account = found.accounts["line"]
        token = {**platforms.credentials("line"), "account": account}
        platforms.grant("line", account, token["token"])
        seeding.put_channel(found.brand, "line", HOOK, token)
        spy = _Spy(indexes)
        spy.watch()
        _through(spy, found.brand, account, 10**6, "早")  # what a warm function has read before
        yield lambda number, text: _through(spy, found.brand, account, number, text)


class _Spy:
    """Sees every call of our clients, and adds it to the trace of the mention under way."""

    def __init__(self, indexes: list[dict[str, Any]]) -> None:
        self.indexes = indexes
        self.items: dict[tuple[str, str], Item] = {}
        self.trace = Trace()
        self._item: Item = {}
        self._consistent = False

    def watch(self) -> None:
        for client in (aws.dynamodb(), aws.sqs(), aws.sns(), aws.ssm()):
            client.meta.events.register("before-parameter-build", self.called)
            client.meta.events.register("after-call", self.answered)

    def called(self, params: dict[str, Any], model: Any, **_: Any) -> None:
        """A call that is about to be made."""
        self.trace.calls[f"{model.service_model.service_name}.{model.name}"] += 1
        self._consistent = params.get("ConsistentRead", False)
        if model.name == "PutItem":
            self._item = params["Item"]
        elif model.name == "SendMessage":
            self._queued(params, params["MessageBody"])
        elif model.name == "SendMessageBatch":
            for entry in params["Entries"]:
                self._queued(params, entry["MessageBody"])

    def _queued(self, params: dict[str, Any], body: str) -> None:
        self.trace.queued.append((params["QueueUrl"].rsplit("/")[-1], body))

    def answered(self, http_response: Any, model: Any, parsed: Any, **_: Any) -> None:
        """A call that was answered: a write that was refused is charged as well."""
        if model.name in ("GetItem", "Query"):
            found = parsed.get("Items", [parsed.get("Item") or {}])
            self.trace.reads += read_units(found, consistent=self._consistent)
        if model.name != "PutItem":
            return
        item = self._item
        key = item["pk"]["S"], item["sk"]["S"]
        there = self.items.get(key)
        if http_response.status_code == 200:
            self.trace.units += units(there, item, self.indexes)
            self.trace.written[key[1].partition("#")[0]] = item
            self.items[key] = item
        elif there is not None:
            self.trace.units += units(there, there, ())


def _through(spy: _Spy, brand: str, account: str, number: int, text: str) -> tuple[str, Trace]:
    """What was decided for one text, and all that it has caused."""
    from functions.escalate import app as escalate
    from functions.receive import app as receive
    from functions.send import app as send
    from functions.triage import app as triage

    workers = {"deliveries": triage, "outbound": send, "escalations": escalate}
    trace = spy.trace = Trace()
    log = io.StringIO()
    with ExitStack() as logging:
        for app in (receive, *workers.values()):
            logging.enter_context(log_to(app.logger, log))
        answer = receive.handler(_event(HOOK, brand, account, number, text), context())
        if answer["statusCode"] != 200:
            raise RuntimeError(f"receive answered {answer['statusCode']}")
        for queue, body in trace.queued:  # which grows while they work
            result = workers[queue].handler({"Records": [record(queue, body)]}, context())
            if result["batchItemFailures"]:
                raise RuntimeError(f"a message of {queue} failed: {log.getvalue()}")
    trace.log = len(log.getvalue().encode())
    return _decision(trace), trace


def context() -> Any:
    """What Lambda hands to a handler beside its event."""
    return SimpleNamespace(
        function_name=ARN.rpartition(":")[2],
        memory_limit_in_mb=1024,
        invoked_function_arn=ARN,
        aws_request_id="00000000-0000-0000-0000-000000000000",
        get_remaining_time_in_millis=lambda: 60_000,
    )


def _decision(trace: Trace) -> str:
    item = {name: next(iter(value.values())) for name, value in trace.written["M"].items()}
    action = json.loads(body_of(item))["decision"]["action"]
    if action != "escalate":
        return {"answer": "answered", "record": "recorded", "ignore": "ignored"}[str(action)]
    return "asked, with a draft" if "R" in trace.written else "asked, without a draft"


def made_account() -> list[dict[str, Any]]:
    """Makes what the functions use, and names it to them; the table's indexes."""

    os.environ["TABLE_NAME"] = "repartee"
    table = template()["Resources"]["Table"]["Properties"]
    wanted = "AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes", "BillingMode"
    boto3.client("dynamodb").create_table(
        TableName="repartee", **{part: table[part] for part in wanted}
    )
    for queue in "deliveries", "outbound", "escalations", "brakes", "drills":
        made = boto3.client("sqs").create_queue(QueueName=queue)
        os.environ[f"{queue.upper()}_QUEUE_URL"] = made["QueueUrl"]
    os.environ["TOPIC_ARN"] = boto3.client("sns").create_topic(Name="approvers")["TopicArn"]
    secret = boto3.client("secretsmanager").create_secret(Name="key", SecretString="k" * 64)
    os.environ["KEY_SECRET_ID"] = secret["ARN"]
    return list(table["GlobalSecondaryIndexes"])


def template() -> dict[str, Any]:
    """What is deployed; what it computes is None."""

    class Template(yaml.SafeLoader):
        pass

    Template.add_multi_constructor("!", lambda *_: None)
    loaded: dict[str, Any] = yaml.load((ROOT / "template.yaml").read_text("utf-8"), Loader=Template)
    return loaded


def _event(secret: Secret, brand: str, account: str, number: int, text: str) -> dict[str, Any]:
    author = f"U{number:032}"
    post = Post(
        id=str(468789577898262530 + number), text=text, author=author, author_name="",
        account=account, conversation=author, said_at=datetime.now(UTC),
    )  # fmt: skip
    request = webhook("line", post, secret, time.time(), f"01J{number:023}", str(number))
    return {
        "headers": dict(request.headers),
        "rawQueryString": "",
        "requestContext": {"http": {"method": "POST"}},
        "pathParameters": {"brand": brand, "channel": "line"},
        "body": request.body.decode(),
        "isBase64Encoded": False,
    }


def record(queue: str, body: str, name: str = "1") -> dict[str, Any]:
    """A message of a queue as Lambda hands it to a function."""
    return {
        "messageId": name,
        "receiptHandle": "1",
        "body": body,
        "attributes": {"ApproximateReceiveCount": "1"},
        "messageAttributes": {},
        "eventSource": "aws:sqs",
        "eventSourceARN": f"arn:aws:sqs:ap-east-1:123456789012:{queue}",
        "awsRegion": "ap-east-1",
    }
