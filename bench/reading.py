"""What reading a Chinese mention costs, from its text to its decision."""

import json
import logging
import warnings
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from bench.measuring import ROOT, Comparison, Figure, Once, in_turns, repeated
from cli.playbook_files import load
from desk import understanding
from desk.intake import ids_of
from desk.playbook import Playbook
from desk.wire import Item

name = "reading"
what = (
    "processor time to read one Chinese mention: normal form, language, words, feeling, intents, "
    "all rules of the example playbook, the decision; "
    "floor: a list of its characters; peer: jieba.lcut and nothing else"
)

ROUNDS = 9
TARGET = 0.5
EXAMPLE = ROOT / "playbooks" / "xiaoman"


def measure() -> list[Comparison | Figure]:
    """The whole of it, and its parts, each by jieba's time for the same texts."""
    playbook = load(EXAMPLE)
    now = datetime.now(UTC)
    texts = chinese(EXAMPLE / "evening.jsonl")
    items = [
        Item(type="message", action="create", reply_candidate=True, text=text, author_id="a")
        for text in texts
    ]
    ids = ids_of(items[0], playbook.brand, "line", b"key")
    ready = understanding.ready(playbook)
    readings = [ready.read(text, "") for text in texts]
    lcut = _lcut()

    def conclude() -> None:
        for item in items:
            understanding.conclude(item, ids, "line", playbook, taken_over=False, now=now)

    def match() -> None:
        for text, reading in zip(texts, readings, strict=True):
            ready.match(text, reading, "line")

    parts: dict[str, Callable[[], object]] = {
        f"the whole, {len(playbook.rules)} rules": conclude,
        "of it: reading alone": lambda: [ready.read(text, "") for text in texts],
        "of it: rules alone": match,
    }
    rows: list[Comparison | Figure] = []
    for title, part in parts.items():
        rows.append(
            in_turns(
                f"one of {len(texts)} mentions: {title}",
                ours=_each(part, texts),
                peer=_each(lambda: [lcut(text) for text in texts], texts),
                floor=_each(lambda: [list(text) for text in texts], texts),
                rounds=ROUNDS,
                target=TARGET if part is conclude else None,
            )
        )
    return rows


def chinese(posts: Path) -> list[str]:
    """The posts of a file of the example brand that are in Chinese."""
    rows = (json.loads(line) for line in posts.read_text("utf-8").splitlines() if line.strip())
    return [row["text"] for row in rows if any("\u4e00" <= c <= "\u9fff" for c in row["text"])]


def playbook_as_stored(folder: Path) -> str:
    """A playbook in the JSON that triage finds in the table."""
    playbook: Playbook = load(folder)
    return playbook.model_dump_json(exclude_defaults=True)


def _lcut() -> Callable[[str], list[str]]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # escapes in its source that Python warns of
        import jieba

    jieba.setLogLevel(logging.WARNING)
    jieba.initialize()
    cut: Callable[[str], list[str]] = jieba.lcut
    return cut


def _each(action: Callable[[], object], texts: list[str]) -> Once:
    once = repeated(action, 1)
    return lambda: once() / len(texts)
