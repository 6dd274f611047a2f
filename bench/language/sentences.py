"""How well our own labelled sentences are read, and how far those who labelled them agree."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, get_args

from bench.language.scores import kappa, score
from bench.language.tables import heading, line, note, title
from desk.mention import Aspect, Intent, Reading, Tone
from training.texts import sentences

Read = Callable[[str, str], Reading]
Sentence = dict[str, Any]

SETS: dict[str, tuple[str, ...]] = {
    "intents": get_args(Intent),
    "tone": get_args(Tone),
    "aspects": get_args(Aspect),
}


def report(read: Read) -> None:
    """Feelings by language, each intent, tone and aspect, and the agreement of both labellings."""
    title("Our own sentences")
    held = [*sentences("test")]
    readings = [read(one["text"], "") for one in held]
    _feelings(held, readings)
    for name, labels in SETS.items():
        _set(name, labels, held, readings)
    _agreement([*sentences("train"), *held])


def _feelings(held: Sequence[Sentence], readings: Sequence[Reading]) -> None:
    by_kind: defaultdict[str, list[tuple[Sentence, Reading]]] = defaultdict(list)
    for one, reading in zip(held, readings, strict=True):
        by_kind["mixed" if one["id"].startswith("mixed") else one["language"]].append(
            (one, reading)
        )
        by_kind["all"].append((one, reading))
    heading("sentiment", "texts", "macro-F1", "accuracy", "ECE", "language told")
    for kind, pairs in sorted(by_kind.items()):
        found = score(
            [one["sentiment"] for one, _ in pairs],
            [reading.sentiment for _, reading in pairs],
            [reading.confidence for _, reading in pairs],
        )
        told = sum(one["language"] == reading.language for one, reading in pairs) / len(pairs)
        line(kind, found.texts, found.f1, found.accuracy, found.ece, told)


def _set(
    name: str, labels: Sequence[str], held: Sequence[Sentence], readings: Sequence[Reading]
) -> None:
    heading(name, "have it", "F1", "precision", "recall")
    total = 0.0
    for label in labels:
        wanted = [label in one[name] for one in held]
        given = [label in getattr(reading, name) for reading in readings]
        both = sum(w and g for w, g in zip(wanted, given, strict=True))
        f1 = 2 * both / max(1, sum(wanted) + sum(given))
        total += f1
        line(label, sum(wanted), f1, both / max(1, sum(given)), both / max(1, sum(wanted)))
    line("**mean**", None, total / len(labels), None, None)


def _agreement(found: Sequence[Sentence]) -> None:
    both = [one for one in found if "second" in one]
    note(f"{len(found):,} sentences, {len(both):,} of them labelled twice, the second time blind.")
    if not both:
        return
    heading("agreement", "texts", "the same", "Cohen's kappa")
    _agreed("sentiment", [(one["first"], one["second"]) for one in both], _feeling)
    for name, labels in SETS.items():
        for label in labels:
            has = partial(_has, name, label)
            _agreed(label, [(one["first"], one["second"]) for one in both], has)


def _feeling(said: Sentence) -> object:
    return said["sentiment"]


def _has(name: str, label: str, said: Sentence) -> object:
    return label in said[name]


def _agreed(
    name: str, pairs: list[tuple[Sentence, Sentence]], what: Callable[[Sentence], object]
) -> None:
    first = [what(one) for one, _ in pairs]
    second = [what(other) for _, other in pairs]
    same = sum(a == b for a, b in zip(first, second, strict=True)) / len(pairs)
    line(name, len(pairs), same, kappa(first, second))
