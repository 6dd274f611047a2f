"""What counting costs: time beside reading the same mentions, and items read and written."""

import json
import random
import zlib
from base64 import b64encode
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import groupby
from math import ceil, log10
from typing import Any

from botocore.parsers import create_parser
from botocore.session import get_session
from pydantic import BaseModel

from bench.example import EXAMPLE
from bench.measuring import Comparison, Figure, in_turns, repeated
from cli.playbook_files import load
from cloud.store.bodies import body_of, packed
from desk.baseline import Baseline, learn
from desk.crowd import counts_of
from desk.detectors import findings
from desk.mention import Author, Decision, Mention
from desk.tally import WIDTH, Tally, by_window, fold, start_of
from desk.terms import watch_words
from desk.topics import RECENT
from desk.trends import own_names
from desk.understanding import ready
from desk.window import Counts
from desk.wire import Address, stamp

name = "scan-cost"
what = (
    "counting the mentions of a day, made from the example evening's posts with other authors and "
    "some words of their own, one in twenty up to an hour late. Time: one scan over all of them, "
    "from what DynamoDB answers to what is found, against reading the same answers alone. Units: a "
    "scan every minute that folds what is new into its ten minutes, packed as the store packs "
    "them, and reads the last six hours"
)

SIZES = (1_000, 10_000, 100_000)
ROUNDS = 3
PAGE = 800
"""Mentions of a page of 1 MB."""
SCAN = timedelta(minutes=1)
LEARNED_EVERY = timedelta(hours=1)
HOURS = 36
"""Times ten minutes that are compared with."""
START = datetime(2027, 3, 8, tzinfo=UTC)
SLOPE = 1.1
RATIO = 1.5
MOST_BYTES = 350_000


def measure() -> list[Comparison | Figure]:
    """Times for each size, and what a day of scans reads and writes."""
    rows: list[Comparison | Figure] = []
    units = []
    playbook = load(EXAMPLE)
    watches, leave = watch_words(playbook), own_names(playbook)
    for size in SIZES:
        pages = [*answers(mentions(size))]

        def read(pages: list[bytes] = pages) -> list[Mention]:
            return [one for page in pages for one in _read(page)]

        def scan(pages: list[bytes] = pages) -> None:
            heard = (one for page in pages for one in _read(page))
            tallies = [fold(Tally(start=start), new, watches) for start, new in by_window(heard)]
            counts = [counts_of(one) for one in tallies]
            findings(tallies[-RECENT:], counts[-HOURS:], Baseline(), leave)

        rows.append(
            in_turns(
                f"one scan over {size:,} mentions, against reading them",
                ours=repeated(scan, 1),
                peer=repeated(read, 1),
                floor=repeated(lambda: None, 1),
                rounds=ROUNDS,
                target=RATIO,
            )
        )
        day = _day(read(), watches)
        units.append(day)
        title = f"{size:,} mentions a day"
        per_thousand = 1000 / size
        rows += [
            Figure(title, day["reads"] * per_thousand, "read units per 1,000", None),
            Figure(title, day["writes"] * per_thousand, "write units per 1,000", None),
            Figure(title, day["items"] * per_thousand, "items written per 1,000", None),
            Figure(title, day["largest"], "largest item, bytes", MOST_BYTES),
        ]
    decades = log10(SIZES[-1] / SIZES[0])
    for kind in ("reads", "writes"):
        slope = log10(units[-1][kind] / units[0][kind]) / decades
        rows.append(Figure(f"growth of {kind}, by a power of mentions", slope, "power", SLOPE))
    return rows


def answers(heard: Iterable[Mention]) -> Iterator[bytes]:
    """What DynamoDB answers the query for them with, page by page."""
    for number, some in groupby(enumerate(heard), key=lambda one: one[0] // PAGE):
        items = [
            {
                **{name: {"S": key} for name, key in _keys(one).items()},
                "kind": {"S": "mention"},
                "body": {"B": b64encode(_packed(one)).decode()},
                "feed_pk": {"S": f"xiaoman#{one.heard_at:%Y-%m-%dT%H}"},
                "feed_sk": {"S": f"{stamp(one.heard_at)}#{one.id}"},
            }
            for _, one in some
        ]
        yield json.dumps({"Items": items, "Count": len(items), "ScannedCount": number}).encode()


def _read(page: bytes) -> Iterator[Mention]:
    answer = {"status_code": 200, "headers": {}, "body": page}
    for item in _parser().parse(answer, _shape())["Items"]:
        kept = {name: next(iter(value.values())) for name, value in item.items()}
        yield Mention.model_validate_json(body_of(kept))


def _packed(one: Mention) -> bytes:
    return packed(one.model_dump_json(exclude_defaults=True), _keys(one))


def _keys(one: Mention) -> dict[str, str]:
    return {"pk": f"xiaoman#C#{one.conversation}", "sk": f"M#{one.id}"}


@cache
def _parser() -> Any:
    return create_parser("json")


@cache
def _shape() -> Any:
    return get_session().get_service_model("dynamodb").operation_model("Query").output_shape


def mentions(size: int) -> list[Mention]:
    """So many mentions of a day in the order in which they are heard."""
    dice = random.Random(size)
    desk = ready(load(EXAMPLE))
    lines = (EXAMPLE / "evening.jsonl").read_text("utf-8").splitlines()
    texts = [json.loads(line)["text"] for line in lines if line.strip()]
    readings = {text: desk.understand(text, "").reading for text in texts}
    words = [f"{chr(0x4E00 + number % 7000)}{chr(0x5000 + number)}" for number in range(20_000)]
    decision = Decision(action="record", reasons=("rule:chatter|record",), rule="chatter")
    made = []
    for number in range(size):
        text = dice.choice(texts)
        own = tuple(words[min(19_999, int(dice.paretovariate(0.7)))] for _ in range(3))
        reading = readings[text].model_copy(
            update={"words": (*readings[text].words, *own), "fingerprint": dice.randbytes(8).hex()}
        )
        said = START + timedelta(days=1) * dice.random()
        late = timedelta(minutes=60 * dice.random()) if dice.random() < 0.05 else timedelta(0)
        account = dice.randrange(size)
        made.append(
            Mention(
                id=f"line:{number:026}", brand="xiaoman", channel="line", platform="line",
                conversation=f"line:{account:026}", kind="message/create",
                author=Author(id=f"line:{account:026}", name="木木夕", followers=120),
                address=Address("line", account="U-shop", author="U-native"),
                text=f"{text} {' '.join(own)}", said_at=said, heard_at=said + late,
                delivery=f"line:{number}", influence=dice.randrange(60), reading=reading,
                decision=decision,
            )
        )  # fmt: skip
    return sorted(made, key=lambda one: one.heard_at)


def _day(heard: list[Mention], watches: dict[str, tuple[str, ...]]) -> dict[str, float]:
    # A scan every minute: it reads what is new, the tallies that this belongs into, the last
    # hours' counts and the baseline; it writes each tally with its counts, and what it has learned.
    tallies: dict[datetime, Tally] = {}
    counts: dict[datetime, Counts] = {}
    sizes: dict[tuple[str, datetime], int] = {}
    baseline = Baseline()
    reads = writes = items = 0.0
    learned = 0
    for due, some in groupby(heard, key=lambda one: START + (one.heard_at - START) // SCAN * SCAN):
        for start, new in by_window(some):
            reads += _read_units(sizes.get(("tally", start), 0))
            tallies[start] = fold(tallies.get(start, Tally(start=start)), new, watches)
            counts[start] = counts_of(tallies[start])
            for kind, one in (("tally", tallies[start]), ("counts", counts[start])):
                sizes[kind, start] = _size(one)
                writes += ceil(sizes[kind, start] / 1024)
                items += 1
        now = start_of(due)
        hours = [now - WIDTH * back for back in range(HOURS - 1, -1, -1)]
        # One query for the counts; each of the others is an item to get.
        reads += _read_units(sum(sizes.get(("counts", one), 0) for one in hours))
        reads += sum(_read_units(sizes.get(("tally", one), 0)) for one in hours[-RECENT:])
        reads += _read_units(learned)
        # Once an hour, since it is a large item: what has left the hours that may still change.
        if baseline.learned is None or hours[0] - baseline.learned >= LEARNED_EVERY:
            first = baseline.learned + WIDTH if baseline.learned else START
            while first <= hours[0]:
                baseline = learn(baseline, counts.get(first) or Counts(start=first))
                first += WIDTH
            learned = _size(baseline)
            writes += ceil(learned / 1024)
            items += 1
    largest = max(learned, *sizes.values())
    return {"reads": reads, "writes": writes, "items": items, "largest": largest}


def _size(model: BaseModel) -> int:
    return len(zlib.compress(model.model_dump_json().encode()))


def _read_units(size: int) -> int:
    # Consistent: a unit for four kilobytes begun.
    return ceil(size / 4096)
