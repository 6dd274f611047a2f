"""What finding the rules that a mention matches costs, as rules grow in number."""

import random
from collections.abc import Callable
from functools import partial
from typing import NamedTuple

from bench.measuring import Comparison, Figure, Once, in_turns, repeated
from bench.reading import EXAMPLE, chinese
from desk.language.normal import normal
from desk.mention import Reading
from desk.playbook import Examples, Playbook, Policy, Rule, Step
from desk.rules import Matcher, matcher

name = "rules"
what = (
    "processor time to match one text against rules of two to six words joined by AND, OR and NOT; "
    "floor: its normal form alone; peer: that, and a plain loop of Python's `in` for each rule. "
    "The answers are compared for every text before anything is timed"
)

ROUNDS = 7
TEXTS = 20
SIZES = (10, 100, 1_000, 10_000)
TARGETS = {10_000: 1 / 300}
GROWTH = 3.0
"""What ten thousand rules may take of the time that one thousand take."""


class Formula(NamedTuple):
    """A rule's words: one of each group must be there, and none of the last."""

    groups: tuple[tuple[str, ...], ...]
    never: tuple[str, ...]

    @property
    def query(self) -> str:
        """In the language of playbooks."""
        parts = [f"({' OR '.join(group)})" for group in self.groups]
        return " AND ".join([*parts, *(f"NOT {word}" for word in self.never)])


def measure() -> list[Comparison | Figure]:
    """One row for each number of rules, and one for how the time grows."""
    dice = random.Random(1)
    texts = chinese(EXAMPLE / "evening.jsonl")[:TEXTS]
    words = _words(texts)
    rows: list[Comparison | Figure] = []
    ours: dict[int, Once] = {}
    floor = _each(normal, texts, 100)
    for size in SIZES:
        formulas = [_formula(words, dice) for _ in range(size)]
        match = partial(_matching, matcher(_playbook(formulas)))
        naive = partial(_plainly, formulas)
        for text in texts:
            if {int(rule.id) for rule in match(text)} != naive(text):
                raise RuntimeError(f"other rules than the plain loop finds, in {text!r}")
        times = max(1, 1_000 // size)
        ours[size] = _each(match, texts, times)
        rows.append(
            in_turns(
                f"one text, {size:,} rules",
                ours=ours[size], peer=_each(naive, texts, times), floor=floor, rounds=ROUNDS,
                target=TARGETS.get(size),
            )
        )  # fmt: skip
    few, many = SIZES[-2:]
    rows.append(
        in_turns(
            f"growth: ours at {many:,} rules, with ours at {few:,} as the peer",
            ours=ours[many], peer=ours[few], floor=floor, rounds=ROUNDS, target=GROWTH,
        )
    )  # fmt: skip
    return rows


def _matching(match: Matcher, text: str) -> tuple[Rule, ...]:
    return match(text, Reading(), "line")


def _plainly(formulas: list[Formula], written: str) -> set[int]:
    """The numbers of the formulas that hold for a text, one after another."""
    text = normal(written)
    return {
        number
        for number, (groups, never) in enumerate(formulas)
        if all(any(word in text for word in group) for group in groups)
        and not any(word in text for word in never)
    }


def _words(texts: list[str]) -> list[str]:
    """Two or three Han characters each, all from the texts, so that some rules match."""
    han = ["".join(c for c in normal(text) if "\u4e00" <= c <= "\u9fff") for text in texts]
    parts = (
        text[at : at + length] for text in han for length in (2, 3) for at in range(len(text) - 3)
    )
    return sorted(set(parts))


def _formula(words: list[str], dice: random.Random) -> Formula:
    """Two to six words, one of each pair being enough."""
    groups = tuple(tuple(dice.choices(words, k=dice.choice((1, 2)))) for _ in range(2))
    return Formula(groups, tuple(dice.choices(words, k=dice.choice((0, 1, 2)))))


def _playbook(formulas: list[Formula]) -> Playbook:
    rules = tuple(
        Rule(
            id=str(number), query=formula.query, category="c", priority=1, action="record",
            examples=Examples(match=("a",), leave=("b",)),
        )
        for number, formula in enumerate(formulas)
    )  # fmt: skip
    policy = Policy(steps=(Step(ask=("a",), wait_minutes=1),))
    return Playbook.model_construct(
        brand="bench", version="1", name="Bench", languages=("zh-Hans",), rules=rules, scripts=(),
        policies={"default": policy}, approvers={},
    )  # fmt: skip


def _each(action: Callable[[str], object], texts: list[str], times: int) -> Once:
    once = repeated(lambda: [action(text) for text in texts], times)
    return lambda: once() / len(texts)
