"""What a million mentions cost: ours by the template, and the straightforward design, alike."""

from collections import defaultdict
from collections.abc import Mapping
from statistics import mean
from typing import Any, NamedTuple

from bench.items import Trace, played, template
from bench.measuring import Comparison, Figure
from bench.write_units import size

name = "cost"
what = (
    "US dollars for a million mentions, each in a webhook of its own, at the prices of us-east-1 "
    "that the module lists with their date. Ours is counted from the first posts of the example "
    "evening and from the template; the straightforward design has four writes, two indexes that "
    "copy the whole mention, and two kilobytes of log. Queues are full: batches are as large as "
    "they may be. Without starts, the minute's and the hour's functions, SMS, and transfer"
)

TARGET = 30.0

# List prices in us-east-1, without free tiers, as last known on 2026-11-25. The pages are
# https://aws.amazon.com/{api-gateway,sqs,lambda,dynamodb,cloudwatch,sns}/pricing/
HTTP_API, SQS, SNS, INVOCATION = 1.00, 0.40, 0.50, 0.20
"""A million requests."""
WRITE_UNIT, READ_UNIT = 0.625, 0.125
"""A million, on demand."""
GIGABYTE_SECOND = 0.0000133334
"""Of a function on arm64."""
LOG, STORAGE, RECOVERY = 0.50, 0.25, 0.20
"""A gigabyte: of log once, in the table a month, in its point-in-time recovery a month."""

MONTHS = 35 / 30
"""For so long a mention is kept."""
EVENT = 26
"""Bytes that CloudWatch adds to each line."""
PLATFORM_LINES = 330 + 3 * EVENT
"""Bytes of START, END and REPORT, for each invocation."""
ACCESS_LINE = 190 + EVENT
"""Bytes of the HTTP API's line for each request, in the template's form."""
INDEXED = 100
"""Bytes that DynamoDB adds to each item and to each entry of an index."""

# Guesses, the same for both designs: time is a twentieth of what a recorded mention costs.
CALL_MS, POST_MS = 5.0, 200.0
"""Waiting for an answer of AWS, and of a platform."""
CALL_CPU_MS, WORK_CPU_MS = 0.5, 1.0
"""Processor time of a call, as `bench webhook` has it, and of all else for a mention."""
WHOLE_PROCESSOR = 1769
"""Megabytes with which a function has one processor."""


class Bill(NamedTuple):
    """Dollars for a million, by what they are for."""

    http: float
    queues: float
    functions: float
    writes: float
    reads: float
    logs: float
    storage: float
    messages: float = 0.0


class Stage(NamedTuple):
    """A function on the way: its size, how many mentions share an invocation, its calls in one."""

    megabytes: int
    share: float
    calls: float
    posts: float = 0.0


def measure() -> list[Comparison | Figure]:
    """The straightforward design's bill, ours by what was decided, and the ratio."""
    peer = straightforward()
    rows = _rows("straightforward", peer)
    traces: dict[str, list[Trace]] = defaultdict(list)
    for decision, trace in played():
        traces[decision].append(trace)
    for decision, those in sorted(traces.items()):
        rows += _rows(f"{decision} ({len(those)})", ours(those))
    share = 100 * sum(ours(traces["recorded"])) / sum(peer)
    return [*rows, Figure("recorded, of the straightforward design", share, "%", TARGET)]


def straightforward() -> Bill:
    """Webhook, queue, function, table, as one would write it first."""
    batch = 10
    stages = [Stage(512, 1, 1), Stage(1024, batch, 6 * batch)]
    return Bill(
        http=HTTP_API,
        queues=SQS * (1 + 2 / batch),
        functions=sum(map(_time, stages)),
        writes=WRITE_UNIT * (4 + 2),
        reads=READ_UNIT * 2,
        logs=_log(2048, 2, stages),
        storage=_stored(1024, 1024 * 2, entries=2),
    )


def ours(traces: list[Trace]) -> Bill:
    """What the template makes of mentions that caused this, on average."""
    stack = template()
    queued = {
        queue: mean([sum(name == queue for name, _ in trace.queued) for trace in traces])
        for queue in ("deliveries", "outbound", "escalations")
    }
    calls = mean([sum(trace.calls.values()) for trace in traces])
    stages = [Stage(_memory(stack, "Receive"), 1, 1)]
    requests = queued["deliveries"]
    for queue, function in (("deliveries", "Triage"), ("outbound", "Send"),
                            ("escalations", "Escalate")):  # fmt: skip
        if not queued[queue]:
            continue
        batch = _batch(stack, function)
        requests += 2 * queued[queue] / batch
        requests += 0 if queue == "deliveries" else queued[queue] / _batch(stack, "Triage")
        posts = queued[queue] if queue == "outbound" else 0.0
        stages.append(Stage(_memory(stack, function), batch / queued[queue], 0, posts))
    # Who makes which call is not told apart: the last function has all that receive has not.
    stages[-1] = stages[-1]._replace(calls=(calls - 1) * stages[-1].share)
    items = mean([size(trace.written["M"]) for trace in traces])
    replies = mean([size(trace.written["R"]) if "R" in trace.written else 0 for trace in traces])
    raw = mean([len(trace.written["M"]["raw"]["B"]) for trace in traces])
    return Bill(
        http=HTTP_API,
        queues=SQS * requests,
        functions=sum(map(_time, stages)),
        writes=WRITE_UNIT * mean([trace.units for trace in traces]),
        reads=READ_UNIT * mean([trace.reads for trace in traces]),
        logs=_log(mean([trace.log for trace in traces]), len(stages) - 1, stages)
        + LOG * ACCESS_LINE / 1000,
        storage=_stored(items + replies, items - raw, entries=1),
        messages=SNS * mean([trace.calls["sns.Publish"] for trace in traces]),
    )


def _time(stage: Stage) -> float:
    """Dollars for a million: the invocation, and its seconds at its size."""
    processor = min(1.0, stage.megabytes / WHOLE_PROCESSOR)
    cpu = CALL_CPU_MS * stage.calls / stage.share + WORK_CPU_MS
    waited = CALL_MS * stage.calls / stage.share + POST_MS * stage.posts
    seconds = (cpu / processor + waited) / 1000
    return INVOCATION / stage.share + seconds * stage.megabytes / 1024 * GIGABYTE_SECOND * 1e6


def _log(own: float, lines: int, stages: list[Stage]) -> float:
    invocations = sum(1 / stage.share for stage in stages)
    return LOG * (own + lines * EVENT + invocations * PLATFORM_LINES) / 1000


def _stored(table: float, copies: float, *, entries: int) -> float:
    kept = (table + copies + (1 + entries) * INDEXED) / 1000
    return MONTHS * (STORAGE * kept + RECOVERY * table / 1000)


def _rows(title: str, bill: Bill) -> list[Comparison | Figure]:
    parts = [Figure(title, value, part, None) for part, value in bill._asdict().items()]
    return [Figure(title, sum(bill), "USD", None), *parts]


def _memory(stack: Mapping[str, Any], function: str) -> int:
    globally = stack["Globals"]["Function"]["MemorySize"]
    return int(stack["Resources"][function]["Properties"].get("MemorySize", globally))


def _batch(stack: Mapping[str, Any], function: str) -> int:
    [event] = stack["Resources"][function]["Properties"]["Events"].values()
    return int(event["Properties"]["BatchSize"])
