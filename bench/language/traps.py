"""Sentences that readers fall for: which of them ours reads right, must it or not."""

import json
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from bench.language.tables import heading, line, note, title
from bench.measuring import ROOT
from desk.conditions import matches, subject
from desk.language import Understood, understander
from desk.query import parse

FILE = ROOT / "tests" / "unit" / "language" / "traps.jsonl"


def traps() -> list[dict[str, Any]]:
    """All of them: `text`, the `kind` of trap, whether it `must` be read right, and what is right.

    That is any of `language`, `sentiment`; `intents`, `tone`, `words`, which the reading must have;
    `not_intents`, `not_tone`, `not_words`, which it must not; `matches` and `not_matches`, queries.
    """
    return [json.loads(row) for row in FILE.read_text("utf-8").splitlines()]


def wrong(trap: dict[str, Any], understood: Understood) -> Iterator[str]:
    """What is wrong with how the trap's text was understood."""
    reading = understood.reading
    for name in ("language", "sentiment"):
        if name in trap and getattr(reading, name) != trap[name]:
            yield f"{name} {getattr(reading, name)}, not {trap[name]}"
    for name in ("intents", "tone", "words"):
        given = {*getattr(reading, name)}
        for value in {*trap.get(name, ())} - given:
            yield f"no {value} in {name}"
        for value in {*trap.get(f"not_{name}", ())} & given:
            yield f"{value} in {name}"
    about = subject(trap["text"], reading, "standard", plain=understood.plain)
    for query in trap.get("matches", ()):
        if not matches(parse(query), about):
            yield f"{query} does not match"
    for query in trap.get("not_matches", ()):
        if matches(parse(query), about):
            yield f"{query} matches"


def report() -> None:
    """By kind, how many are read right; then each that is not."""
    understand = understander(())
    title("Traps")
    by_kind: defaultdict[str, list[tuple[dict[str, Any], list[str]]]] = defaultdict(list)
    for trap in traps():
        by_kind[trap["kind"]].append((trap, [*wrong(trap, understand(trap["text"], ""))]))
    heading("kind", "must be right", "are", "others", "are")
    for kind, rows in sorted(by_kind.items()):
        counts = []
        for must in True, False:
            found = [faults for trap, faults in rows if trap["must"] is must]
            counts += [len(found), sum(not faults for faults in found)]
        line(kind, *counts)
    for rows in by_kind.values():
        for trap, faults in rows:
            if faults:
                mark = "**must be right**: " if trap["must"] else ""
                note(f"- {mark}{trap['text']}: {'; '.join(faults)}")
