"""How well what texts want is told, source by source, beside a plain model of each source."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from statistics import fmean
from typing import NamedTuple

import numpy as np

from bench.language import peers
from bench.language.scores import f1
from bench.language.sentiment import Read
from bench.language.tables import Target, heading, line, note, title
from training import intents
from training.examples import INTENTS, public
from training.texts import Row, rows, sentences


class Task(NamedTuple):
    """An intent that a source is labelled for, the label that says so, and what we aim at."""

    source: str
    intent: str
    label: str
    target: float | None


TASKS = (
    Task("complaints_acl19", "complaint", "complaint", 0.78),
    Task("purchase_intent_fyp", "purchase", "purchase_intent", 0.82),
    Task("crisislex_t26", "crisis", "crisis", None),
    Task("qq_ads", "spam", "spam", 0.83),
    Task("sms_spam_uci", "spam", "spam", 0.95),
    Task("suggestion_semeval19", "suggestion", "suggestion", 0.73),
)
AIRLINE = ("complaint", "praise", "question")
AIRLINE_MACRO = Target(0.82)
UNSEEN_EVENTS = Target(0.83)
FOLDS = 5
YES, NO = "yes", "no"
MOST_TAKEN = 25

Pairs = list[tuple[str, str]]
"""Label and answer, each `yes` or `no`."""


def report(read: Read, split: str) -> None:
    """The table of sources, crises of events that were not learnt from, and what is mistaken."""
    title("Intents")
    found = rows("intent", split)
    learnt = rows("intent", "train")
    heading(
        "source: intent", "texts", "share", "always yes, F1", "character regression, F1",
        "ours, F1", "precision", "recall", "target",
    )  # fmt: skip
    for task in TASKS:
        _task_line(read, task, _of(task.source, found), _of(task.source, learnt))
    _airline(read, _of("airline", found))
    note(
        "*Character regression* learnt from that very source; ours does not know which source a "
        "text is from, and learnt nothing from suggestion_semeval19 and airline, whose licence is "
        "for non-commercial use: there it is measured across domains."
    )
    _unseen_events()
    _mistaken(read)


def _of(source: str, found: Sequence[Row]) -> list[Row]:
    return [row for row in found if row.source == source]


def _task_line(read: Read, task: Task, found: list[Row], learnt: list[Row]) -> None:
    labels = [YES if row.label == task.label else NO for row in found]
    answers = [YES if task.intent in read(row.text, "").intents else NO for row in found]
    pairs = [*zip(labels, answers, strict=True)]
    plain = None
    if learnt:
        says = peers.character_regression(
            [row.text for row in learnt],
            [YES if row.label == task.label else NO for row in learnt],
        )
        told = [answer for answer, _ in says([row.text for row in found])]
        plain = f1(zip(labels, told, strict=True), YES)
    line(
        f"{task.source}: {task.intent}",
        len(found),
        labels.count(YES) / len(labels),
        f1(((label, YES) for label in labels), YES),
        plain,
        f1(pairs, YES),
        *_precision_recall(pairs),
        Target(task.target).verdict(f1(pairs, YES)) if task.target else None,
    )


def _precision_recall(pairs: Pairs) -> tuple[float, float]:
    counts = Counter(pairs)
    right = counts[YES, YES]
    return (
        right / max(1, right + counts[NO, YES]),
        right / max(1, right + counts[YES, NO]),
    )


def _airline(read: Read, found: list[Row]) -> None:
    given = [read(row.text, "").intents for row in found]
    scores = []
    for intent in AIRLINE:
        labels = [YES if row.label == intent else NO for row in found]
        answers = [YES if intent in one else NO for one in given]
        pairs = [*zip(labels, answers, strict=True)]
        scores.append(f1(pairs, YES))
        line(
            f"airline: {intent}", len(found), labels.count(YES) / len(labels),
            f1(((label, YES) for label in labels), YES), None, scores[-1],
            *_precision_recall(pairs), None,
        )  # fmt: skip
    macro = fmean(scores)
    line("airline: mean", len(found), *[None] * 3, macro, None, None, AIRLINE_MACRO.verdict(macro))


def _unseen_events() -> None:
    """Crises learnt from some events and asked about others, in this run, by cross-validation."""
    found = [*public("train")]
    texts = [one for one in found if one.source == "crisislex_t26"]
    others = [one for one in found if one.source != "crisislex_t26"]
    plain = [row for row in rows("intent", "train") if row.source == "crisislex_t26"]
    made = intents.table(texts)
    c, power, large = intents.SOURCES["crisis.news"][2:]
    events = sorted({one.event for one in texts})
    part = np.array([events.index(one.event) % FOLDS for one in texts])
    y = np.array([one.labels["crisis"] for one in texts])
    ours: Pairs = []
    theirs: Pairs = []
    for fold in range(FOLDS):
        inside, outside = np.flatnonzero(part != fold), np.flatnonzero(part == fold)
        known = [*others, *(texts[row] for row in inside)]
        meaning = intents.meaning_of(known, made, "latin") * large
        weights = intents.fit(made, inside, y[inside], np.ones(len(inside)), c, power, meaning)
        held = made.x[outside] @ weights[:-1] + weights[-1] > 0
        labels = _yes(y[outside])
        ours += zip(labels, _yes(held), strict=True)
        says = peers.character_regression([plain[row].text for row in inside], [*_yes(y[inside])])
        theirs += zip(
            labels,
            (answer for answer, _ in says([plain[row].text for row in outside])),
            strict=True,
        )
    heading("crises of unseen events", "texts", "events", "crisis, F1", "macro-F1", "target")
    for name, pairs in ("character regression", theirs), ("ours", ours):
        macro = fmean((f1(pairs, YES), f1(pairs, NO)))
        verdict = UNSEEN_EVENTS.verdict(macro) if pairs is ours else None
        line(name, len(pairs), len(events), f1(pairs, YES), macro, verdict)
    note(f"Each text is asked about by one of {FOLDS} models, that which saw nothing of its event.")


def _yes(held: Sequence[bool]) -> list[str]:
    return [YES if one else NO for one in held]


def _mistaken(read: Read) -> None:
    missed: Counter[tuple[str, str]] = Counter()
    by_language: defaultdict[str, Pairs] = defaultdict(list)
    for one in sentences("test"):
        given: set[str] = {*read(one["text"], "").intents}
        wanted = {*one["intents"]}
        for intent in sorted(wanted - given):
            for instead in sorted(given - wanted) or ["nothing"]:
                missed[intent, instead] += 1
        for intent in (*INTENTS, "other"):
            pair = (YES if intent in wanted else NO, YES if intent in given else NO)
            by_language[f"{one['language']} {intent}"].append(pair)
    languages = sorted({name.split()[0] for name in by_language})
    heading("our own sentences, F1", *languages)
    for intent in (*INTENTS, "other"):
        line(intent, *_by_language(intent, languages, by_language))
    note("Taken for another, in our own sentences: " + ", ".join(
        f"{wanted} for {given} {count}" for (wanted, given), count in missed.most_common(MOST_TAKEN)
    ))  # fmt: skip


def _by_language(
    intent: str, languages: Sequence[str], pairs: dict[str, Pairs]
) -> Iterator[float | None]:
    for language in languages:
        found = pairs[f"{language} {intent}"]
        yield f1(found, YES) if any(label == YES for label, _ in found) else None
