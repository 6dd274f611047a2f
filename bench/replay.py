"""What trying a changed playbook on ten thousand kept mentions costs."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from bench.example import EXAMPLE
from bench.measuring import Comparison, Figure, in_turns, repeated
from cli.jsonl import read_each
from cli.playbook_files import load
from desk.language import understander
from desk.mention import Author, Decision, Mention
from desk.playbook import Playbook
from desk.rehearsal import Rehearsal, heard_of, rehearse
from desk.wire import Address

name = "replay"
what = (
    "processor time to try a changed playbook on kept mentions, as `repartee playbook replay` does "
    "with what the table brings; floor: making mentions of the kept items and nothing else; peer: "
    "the same rehearsal with each text read anew, which is what it would cost without the kept "
    "readings. The answers are compared before anything is timed"
)

MENTIONS = 10_000
SOME = 2_000
ROUNDS = 5
SECONDS = 30.0
"""What ten thousand may take at most."""

TO_READING = 30.0
"""How many times as long as making mentions of the items it may take."""

RATIO = 0.5


def measure() -> list[Comparison | Figure]:
    """Some in turns, and all once."""
    old = load(EXAMPLE)
    new = _changed(old)
    items = _items(old)
    anew = new.model_copy(update={"dictionary": (*new.dictionary, "新词语")})
    found, read = _rehearsed(items[:SOME], old, new), _rehearsed(items[:SOME], old, anew)
    assert (found.moved, found.rules) == (read.moved, read.rules)
    assert found.moved
    comparison = in_turns(
        f"a mention, of {SOME}",
        ours=_each(lambda: _rehearsed(items[:SOME], old, new)),
        peer=_each(lambda: _rehearsed(items[:SOME], old, anew)),
        floor=_each(lambda: [Mention.model_validate_json(item) for item in items[:SOME]]),
        rounds=ROUNDS,
        target=RATIO,
    )
    began = time.process_time()
    for item in items:
        Mention.model_validate_json(item)
    reading = time.process_time() - began
    began = time.process_time()
    _rehearsed(items, old, new)
    taken = time.process_time() - began
    return [
        comparison,
        Figure(f"{MENTIONS} kept mentions", taken, "s", SECONDS),
        Figure("the same, to making mentions of them", taken / reading, "times", TO_READING),
    ]


def _rehearsed(items: list[str], old: Playbook, new: Playbook) -> Rehearsal:
    kept = (Mention.model_validate_json(item) for item in items)
    return rehearse((heard_of(one) for one in kept), old, new)


def _changed(old: Playbook) -> Playbook:
    """Every third rule that answers asks instead."""
    rules = [
        rule.model_copy(update={"action": "escalate"})
        if rule.action == "answer" and number % 3 == 0
        else rule
        for number, rule in enumerate(old.rules)
    ]
    return old.model_copy(update={"rules": tuple(rules), "version": "changed"})


def _items(playbook: Playbook) -> list[str]:
    """Kept mentions: the posts of the example evening, over and over."""
    understand = understander(playbook.dictionary)
    start = datetime(2026, 11, 1, tzinfo=UTC)
    posts = [
        Mention(
            id=f"line:{number}",
            brand=playbook.brand,
            channel=post["channel"],
            platform=post["channel"],
            conversation=f"line:{post['author']}",
            kind="message/create",
            author=Author(id=post["author"], name=post["name"]),
            address=Address(platform="line", account="a"),
            text=post["text"],
            said_at=start + timedelta(minutes=number),
            heard_at=start + timedelta(minutes=number, seconds=3),
            delivery=f"d{number}:0",
            reading=understand(post["text"], "").reading,
            decision=Decision(action="record", reasons=("no_rule",)),
        ).model_dump_json(exclude_defaults=True)
        for number, post in enumerate(read_each(str(EXAMPLE / "evening.jsonl"), []))
    ]
    return (posts * (MENTIONS // len(posts) + 1))[:MENTIONS]


def _each(action: Callable[[], object]) -> Callable[[], float]:
    once = repeated(action, 1)
    return lambda: once() / SOME
