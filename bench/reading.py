"""What reading a Chinese mention costs, from its text to the rules that match it."""

from collections.abc import Callable
from datetime import UTC, datetime

from bench import rules
from bench.example import EXAMPLE, chinese, jieba_lcut
from bench.measuring import Comparison, Figure, Once, in_turns, repeated
from cli.playbook_files import load
from desk import understanding
from desk.conditions import subject
from desk.intake import ids_of
from desk.language import understander
from desk.query import parse
from desk.rules import finder
from desk.wire import Item
from training.texts import DATA, rows as labelled

name = "reading"
what = (
    "processor time to read one Chinese text: cleaned and simplified, its language, words, "
    "feeling, intents, tone, aspects, fingerprint, and the rules that match it; floor: a list of "
    "its characters; peer: jieba.lcut and nothing else. Posts are short labelled ones where "
    "their folder is there, evening those of the example brand"
)

ROUNDS = 9
TARGET = 0.5
RULES = 1_000
POSTS = 2_000
SHORT = ("weibo_senti_100k", "waimai_10k", "smp2020_usual", "smp2020_virus")


def measure() -> list[Comparison | Figure]:
    """The whole of it and its parts, each by jieba's time for the same texts."""
    evening = chinese(EXAMPLE / "evening.jsonl")
    return [*_with_made_up_rules(evening, "evening"), *_posts(), _decided(evening)]


def _posts() -> list[Comparison | Figure]:
    if not DATA.is_dir():
        return []
    texts = [row.text for row in labelled("sentiment", "dev") if row.source in SHORT]
    return _with_made_up_rules(texts[:: max(1, len(texts) // POSTS)][:POSTS], "posts")


def _with_made_up_rules(texts: list[str], where: str) -> list[Comparison | Figure]:
    understand = understander(())
    find = finder([parse(query) for query in rules.made_up(RULES)])

    def whole() -> None:
        for text in texts:
            reading, plain = understand(text, "")
            find(subject(text, reading, "line", plain=plain))

    parts: dict[str, tuple[Callable[[], object], float | None]] = {
        f"reading and {RULES:,} rules": (whole, TARGET),
        "of it: reading alone": (lambda: [understand(text, "") for text in texts], None),
    }
    return [
        _row(f"{where}, one of {len(texts):,}: {title}", part, texts, target)
        for title, (part, target) in parts.items()
    ]


def _decided(texts: list[str]) -> Comparison:
    playbook = load(EXAMPLE)
    now = datetime.now(UTC)
    items = [
        Item(type="message", action="create", reply_candidate=True, text=text, author_id="a")
        for text in texts
    ]
    ids = ids_of(items[0], playbook.brand, "line", b"key")

    def decided() -> None:
        for item in items:
            read = understanding.read(item, playbook)
            rules = understanding.matching(item, read, ids, "line", playbook)
            understanding.conclude(
                item, read, rules, ids, "line", playbook, taken_over=False, now=now
            )

    title = f"evening: reading, the example's {len(playbook.rules)} rules and the decision"
    return _row(title, decided, texts, None)


def _row(
    title: str, ours: Callable[[], object], texts: list[str], target: float | None
) -> Comparison:
    lcut = jieba_lcut()
    return in_turns(
        title,
        ours=_each(ours, texts),
        peer=_each(lambda: [lcut(text) for text in texts], texts),
        floor=_each(lambda: [list(text) for text in texts], texts),
        rounds=ROUNDS,
        target=target,
    )


def _each(action: Callable[[], object], texts: list[str]) -> Once:
    once = repeated(action, 1)
    return lambda: once() / len(texts)
