"""How well and how fast mentions are read, on labelled posts that are not part of this project.

`python -m bench.language` reads the dev split (`python -m bench.language train` the other one) from
the folder `data` of what REPARTEE_SHARED names, and prints Markdown.
"""

import gzip
import json
import logging
import os
import re
import statistics
import sys
import time
import warnings
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from desk.language import reader
from desk.mention import Intent, Reading

DATA = Path(os.environ.get("REPARTEE_SHARED", Path(__file__).parents[2] / "shared")) / "data"

WITHOUT_NEUTRAL = (
    "hotel_chnsenticorp", "online_shopping_10_cats", "waimai_10k", "weibo_senti_100k",
)  # fmt: skip
"""Sources with two classes: there a neutral reading is always wrong."""

LEAK = re.compile(r"\[[^\[\]\s]{1,8}\]|[\u2600-\u27bf\u2b50\U0001f000-\U0001faff]")
"""Emoticons and emoji: the labels of weibo_senti_100k were made from them."""

INTENT_OF: dict[str, Intent] = {
    "complaint": "complaint", "suggestion": "suggestion", "purchase_intent": "purchase",
    "crisis": "crisis", "spam": "spam", "praise": "praise", "question": "question",
}  # fmt: skip

ALL = "all rows together"

TIMED = 2_000
ROUNDS = 5


class Row(NamedTuple):
    """A text and what people say it is."""

    text: str
    label: str
    source: str


class Scores(NamedTuple):
    """Number of texts, share of right answers, macro-averaged F1, expected calibration error."""

    texts: int
    accuracy: float
    f1: float
    ece: float


def rows(name: str) -> list[Row]:
    """The rows of one file; FileNotFoundError where the data is absent."""
    with gzip.open(DATA / f"{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
        found = (json.loads(line) for line in lines)
        return [Row(row["text"], row["label"], row["source"]) for row in found]


def score(labels: Sequence[str], answers: Sequence[str], sure: Sequence[float]) -> Scores:
    """Accuracy and F1 over the classes that `labels` has, and ECE over the values of `sure`."""
    pairs = [*zip(labels, answers, strict=True)]
    bins: defaultdict[float, list[bool]] = defaultdict(list)
    for (label, answer), confidence in zip(pairs, sure, strict=True):
        bins[confidence].append(label == answer)
    off = sum(abs(sum(right) - confidence * len(right)) for confidence, right in bins.items())
    classes = sorted(set(labels))
    return Scores(
        len(pairs),
        sum(label == answer for label, answer in pairs) / len(pairs),
        statistics.fmean(f1(pairs, one) for one in classes),
        off / len(pairs),
    )


def f1(pairs: Iterable[tuple[str, str]], one: str) -> float:
    """F1 of the class `one` in pairs of label and answer."""
    counts = Counter((label == one, answer == one) for label, answer in pairs)
    right = 2 * counts[True, True]
    return right / max(1, right + counts[True, False] + counts[False, True])


def sentiment(read: Callable[[str, str], Reading], found: list[Row]) -> dict[str, Scores]:
    """Scores by source, with weibo_senti_100k again without what its labels were made from."""
    bare = (
        Row(text, row.label, f"{row.source}, bare")
        for row in found
        if row.source == "weibo_senti_100k" and (text := LEAK.sub("", row.text).strip())
    )
    read_rows: defaultdict[str, list[tuple[str, Reading]]] = defaultdict(list)
    for row in (*found, *bare):
        pair = row.label, read(row.text, "")
        read_rows[row.source].append(pair)
        if not row.source.endswith(", bare"):
            read_rows[ALL].append(pair)
    return {
        source: score(
            [label for label, _ in pairs],
            [reading.sentiment for _, reading in pairs],
            [reading.confidence for _, reading in pairs],
        )
        for source, pairs in sorted(read_rows.items())
    }


def majority(labels: Sequence[str]) -> Scores:
    """What always saying the commonest label scores."""
    [(commonest, count)] = Counter(labels).most_common(1)
    return score(labels, [commonest] * len(labels), [count / len(labels)] * len(labels))


def identification(
    read: Callable[[str, str], Reading], found: list[Row]
) -> dict[str, tuple[int, float]]:
    """Number of texts and accuracy: all, posts only, short ones, Ukrainian and Russian."""
    right = [read(row.text, "").language == row.label for row in found]
    groups: dict[str, Callable[[Row], bool]] = {
        "all": lambda row: True,
        "posts only, no interface texts": lambda row: row.source != "django_po",
        "up to 20 characters": lambda row: len(row.text) <= 20,
        "Ukrainian and Russian": lambda row: row.label in ("uk", "ru"),
    }
    scores = {}
    for name, belongs in groups.items():
        chosen = [ok for ok, row in zip(right, found, strict=True) if belongs(row)]
        scores[name] = len(chosen), statistics.fmean(chosen)
    return scores


def main(split: str = "dev") -> None:
    """Print all tables."""
    if not DATA.is_dir():
        sys.exit(f"no data in {DATA}: name its parent in REPARTEE_SHARED")
    read = reader(())
    _write("Language", "texts", "accuracy")
    for name, (count, accuracy) in identification(read, rows("lid.dev")).items():
        _line(name, count, accuracy)
    found = rows(f"sentiment.{split}")
    _write("Sentiment", "texts", "majority, macro-F1", "macro-F1", "accuracy", "ECE")
    for source, scores in sentiment(read, found).items():
        name = source.removesuffix(", bare")
        labels = [row.label for row in found if name in (ALL, row.source)]
        floor = majority(labels).f1
        _line(source, scores.texts, floor, scores.f1, scores.accuracy, scores.ece)
    _write("Intent", "texts", "share", "always yes, F1", "F1", "precision", "recall")
    _intents(read, rows(f"intent.{split}"))
    _write("Speed, medians of one run", "µs a text", "× bare jieba.lcut", "from and to")
    _speed(read, [row.text for row in found if row.source in WITHOUT_NEUTRAL][:TIMED])


def _intents(read: Callable[[str, str], Reading], found: list[Row]) -> None:
    by_source: defaultdict[str, list[Row]] = defaultdict(list)
    for row in found:
        by_source[row.source].append(row)
    for source, members in sorted(by_source.items()):
        held = [read(row.text, "").intents for row in members]
        for label in sorted({row.label for row in members} & INTENT_OF.keys()):
            wanted = [row.label == label for row in members]
            given = [INTENT_OF[label] in intents for intents in held]
            both = sum(w and g for w, g in zip(wanted, given, strict=True))
            share = statistics.fmean(wanted)
            _line(
                f"{label}, {source}",
                len(members),
                share,
                2 * share / (1 + share),
                2 * both / max(1, sum(wanted) + sum(given)),
                both / max(1, sum(given)),
                both / sum(wanted),
            )


def _speed(read: Callable[[str, str], Reading], texts: list[str]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import jieba
    jieba.setLogLevel(logging.WARNING)
    jieba.initialize()
    ways: dict[str, Callable[[str], object]] = {
        "characters, list(text)": list,
        "bare jieba.lcut": jieba.lcut,
        "reading": lambda text: read(text, ""),
    }
    times: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(ROUNDS):
        for name, way in ways.items():
            start = time.process_time()
            for text in texts:
                way(text)
            times[name].append((time.process_time() - start) / len(texts) * 1e6)
    for name, taken in times.items():
        ratios = [one / bare for one, bare in zip(taken, times["bare jieba.lcut"], strict=True)]
        middle = statistics.median(ratios)
        spread = f"{min(ratios):.2f} to {max(ratios):.2f}"
        _line(name, f"{statistics.median(taken):.1f}", f"{middle:.2f}", spread)


def _write(*cells: str) -> None:
    sys.stdout.write(f"\n| {' | '.join(cells)} |\n|{' --- |' * len(cells)}\n")


def _line(*cells: str | int | float) -> None:
    shown = (f"{cell:.3f}" if isinstance(cell, float) else str(cell) for cell in cells)
    sys.stdout.write(f"| {' | '.join(shown)} |\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:2])
