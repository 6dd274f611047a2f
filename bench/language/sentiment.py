"""How well feelings are read, source by source, beside others."""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from typing import NamedTuple

from bench.language import peers
from bench.language.scores import Scores, majority, score
from bench.language.tables import Target, heading, line, note, title
from desk.mention import Reading
from training.texts import Row, rows

Read = Callable[[str, str], Reading]

LEAK = re.compile(r"\[[^\[\]\s]{1,8}\]|[\u2600-\u27bf\u2b50\U0001f000-\U0001faff]")
"""Emoticons and emoji: the labels of weibo_senti_100k were made from them."""

BARE = ", bare"


class Aim(NamedTuple):
    """What we aim at on a source: macro-F1 or, where it has no neutral texts, accuracy."""

    figure: float
    binary: bool = False


AIMS = {
    "smp2020_usual": Aim(0.815),
    "smp2020_virus": Aim(0.775),
    "brighter_chn": Aim(0.74),
    "ptt_stock": Aim(0.64),
    "tweeteval_sentiment": Aim(0.65),
    "airline": Aim(0.77),
    "brighter_eng": Aim(0),
    "brighter_ukr": Aim(0.69),
    "brighter_rus": Aim(0.90),
    "weibo_senti_100k": Aim(0.975, binary=True),
    "weibo_senti_100k, bare": Aim(0.755, binary=True),
    "hotel_chnsenticorp": Aim(0.91, binary=True),
    "waimai_10k": Aim(0.91, binary=True),
    "online_shopping_10_cats": Aim(0.945, binary=True),
}
CALIBRATED = Target(0.03, most=True)
ENOUGH = 900
"""Texts of a source from which its calibration error says something."""

SHELF_ROWS = 1_000
"""Texts of a source that slow peers are asked about."""


def bared(found: list[Row]) -> list[Row]:
    """The rows of weibo_senti_100k without what their labels were made from."""
    return [
        row._replace(text=text, source=row.source + BARE)
        for row in found
        if row.source == "weibo_senti_100k" and (text := LEAK.sub("", row.text).strip())
    ]


def read_all(read: Read, found: Sequence[Row]) -> dict[str, list[tuple[Row, Reading]]]:
    """By source, each row with its reading."""
    by_source: defaultdict[str, list[tuple[Row, Reading]]] = defaultdict(list)
    for row in found:
        by_source[row.source].append((row, read(row.text, "")))
    return dict(by_source)


def scored(pairs: list[tuple[Row, Reading]]) -> Scores:
    """Our figures on the rows of one source."""
    return score(
        [row.label for row, _ in pairs],
        [reading.sentiment for _, reading in pairs],
        [reading.confidence for _, reading in pairs],
    )


def report(read: Read, split: str) -> None:
    """The table of sources, a Traditional copy, and what is taken for what."""
    title("Sentiment")
    found = rows("sentiment", split)
    learnt = rows("sentiment", "train")
    found += bared(found)
    learnt += bared(learnt)
    readings = read_all(read, found)
    heading(
        "source", "texts", "figure", "majority", "off the shelf", "character regression", "ours",
        "target", "macro-F1", "accuracy", "ECE", "ECE ≤ 0.03",
    )  # fmt: skip
    for source in sorted(readings, key=[*AIMS].index):
        _source_line(source, readings[source], [row for row in learnt if row.source == source])
    note(
        "*Off the shelf* is SnowNLP for Chinese, VADER for English, the tone dictionary for "
        f"Ukrainian, on at most {SHELF_ROWS:,} texts of a source. *Character regression* learnt "
        "from that very source; ours does not know which source a text is from, and learnt "
        "nothing from airline."
    )
    _traditional(read, [row for row in found if row.source == "smp2020_usual"])
    _confusion(readings)


def _source_line(source: str, pairs: list[tuple[Row, Reading]], learnt: list[Row]) -> None:
    aim, ours = AIMS[source], scored(pairs)
    labels = [row.label for row, _ in pairs]
    figure = _accuracy if aim.binary else _f1
    line(
        source,
        ours.texts,
        "accuracy" if aim.binary else "macro-F1",
        figure(majority(labels)),
        _shelf(pairs, aim.binary, figure),
        _regression(pairs, learnt, figure),
        figure(ours),
        Target(aim.figure).verdict(figure(ours)) if aim.figure else None,
        ours.f1,
        ours.accuracy,
        ours.ece,
        CALIBRATED.verdict(ours.ece) if ours.texts >= ENOUGH else None,
    )


def _accuracy(found: Scores) -> float:
    return found.accuracy


def _f1(found: Scores) -> float:
    return found.f1


def _shelf(
    pairs: list[tuple[Row, Reading]], binary: bool, figure: Callable[[Scores], float]
) -> float | None:
    says: peers.Says
    match pairs[0][0].language[:2]:
        case "zh":
            says = peers.snownlp(0.0 if binary else 0.25)
        case "en":
            says = peers.vader()
        case "uk":
            says = peers.tone_dictionary()
        case _:
            return None
    chosen = pairs[:: max(1, len(pairs) // SHELF_ROWS)][:SHELF_ROWS]
    answers = [says(row.text) for row, _ in chosen]
    return figure(score([row.label for row, _ in chosen], *map(list, zip(*answers, strict=True))))


def _regression(
    pairs: list[tuple[Row, Reading]], learnt: list[Row], figure: Callable[[Scores], float]
) -> float | None:
    if not learnt:
        return None
    says = peers.character_regression([row.text for row in learnt], [row.label for row in learnt])
    answers = says([row.text for row, _ in pairs])
    return figure(score([row.label for row, _ in pairs], *map(list, zip(*answers, strict=True))))


def _traditional(read: Read, found: list[Row]) -> None:
    from opencc import OpenCC

    convert = OpenCC("s2twp").convert
    copies = [row._replace(text=convert(row.text)) for row in found]
    [before] = (scored(pairs) for pairs in read_all(read, found).values())
    [after] = (scored(pairs) for pairs in read_all(read, copies).values())
    drop = before.f1 - after.f1
    verdict = Target(0.005, most=True).verdict(drop)
    note(
        f"A Traditional copy of smp2020_usual, in Taiwan's words too: macro-F1 {after.f1:.3f} "
        f"after {before.f1:.3f}; drop {verdict}."
    )


def _confusion(readings: dict[str, list[tuple[Row, Reading]]]) -> None:
    classes = "negative", "neutral", "positive"
    heading("says", *(f"read as {one}" for one in classes))
    counts: dict[str, Counter[tuple[str, str]]] = defaultdict(Counter)
    for source, pairs in readings.items():
        if not source.endswith(BARE):
            for row, reading in pairs:
                counts[row.language[:2]][row.label, reading.sentiment] += 1
    for language, table in sorted(counts.items()):
        for label in classes:
            line(f"{language} {label}", *(table[label, answer] for answer in classes))
