"""What finding the rules that a mention matches costs, as rules grow in number."""

import random
from collections.abc import Callable
from functools import partial
from itertools import product
from typing import Any, NamedTuple

from ahocorasick_rs import AhoCorasick

from bench.example import EXAMPLE, chinese
from bench.measuring import Comparison, Figure, Once, in_turns, repeated
from desk.conditions import Subject, matches, subject
from desk.mention import Author, Reading
from desk.patterns import folded
from desk.query import parse
from desk.rules import finder

name = "rules"
what = (
    "processor time to match one folded text of fifty characters against rules of two to six words "
    "joined by AND, OR and NOT, in Chinese and English; floor: finding the words alone, by one "
    "automaton; peer: a plain loop of Python's `in` for each rule. The answers are compared for "
    "every text before anything is timed. Mixed rules have fields, wildcards and NEAR as well, and "
    "each evaluated by itself is their peer"
)

SEED = 1
ROUNDS = 7
TEXTS = 50
LENGTH = 50
SIZES = (10, 100, 1_000, 10_000)
MIXED = (100, 1_000)
TARGETS = {10_000: 1 / 300}
GROWTH = 3.0
"""What ten thousand rules may take of the time that one thousand take."""

SCAN = 2.0
"""What a thousand rules may take of the time that finding their words takes."""

KNOWN = 0.05
"""Share of words that are of the texts; the others are made up, and seldom in one."""


class Formula(NamedTuple):
    """A rule's words: one of each group must be there, and none of the last."""

    groups: tuple[tuple[str, ...], ...]
    never: tuple[str, ...]

    @property
    def query(self) -> str:
        """In the language of playbooks. Stars: the plain loop finds words in others, too."""
        parts = [f"({' OR '.join(f'*{word}*' for word in group)})" for group in self.groups]
        return " AND ".join([*parts, *(f"NOT *{word}*" for word in self.never)])


def measure() -> list[Comparison | Figure]:
    """One row for each number of rules, and some for how the time grows."""
    dice = random.Random(SEED)
    texts = _texts()
    about = [subject(text, Reading(), "line", plain=text) for text in texts]
    rows: list[Comparison | Figure] = []
    ours: dict[int, Once] = {}
    floors: dict[int, Once] = {}
    word = _words(texts, dice)
    for size in SIZES:
        formulas = [_formula(word, dice) for _ in range(size)]
        find = finder([parse(formula.query) for formula in formulas])
        naive = partial(_plainly, formulas)
        for text, one in zip(texts, about, strict=True):
            if find(one) != naive(text):
                raise RuntimeError(f"other rules than the plain loop finds, in {text!r}")
        times = max(1, 1_000 // size)
        ours[size] = _each(find, about, 20)
        floors[size] = _each(_scan(formulas), texts, 20)
        rows.append(
            in_turns(
                f"one text, {size:,} rules",
                ours=ours[size], peer=_each(naive, texts, times), floor=floors[size],
                rounds=ROUNDS, target=TARGETS.get(size),
            )
        )  # fmt: skip
    few, many = SIZES[-2:]
    growth = {
        f"ours at {few:,} rules, with the scan for their words as the peer": (few, floors[few]),
        f"growth: ours at {many:,} rules, with ours at {few:,} as the peer": (many, ours[few]),
    }
    for (title, (size, peer)), target in zip(growth.items(), (SCAN, GROWTH), strict=True):
        rows.append(
            in_turns(
                title, ours=ours[size], peer=peer, floor=floors[size], rounds=ROUNDS, target=target
            )
        )
    return rows + [_mixed(size, word, texts, dice) for size in MIXED]


def made_up(count: int) -> list[str]:
    """So many rules as they are measured here, the same ones every time."""
    dice = random.Random(SEED)
    word = _words(_texts(), dice)
    return [_formula(word, dice).query for _ in range(count)]


def _mixed(
    size: int, word: Callable[[], str], texts: list[str], dice: random.Random
) -> Comparison | Figure:
    """A row for rules of all kinds, with evaluating each of them by itself as the peer."""
    formulas = [_formula(word, dice) for _ in range(size)]
    queries = [parse(_garnished(formula.query, word, dice)) for formula in formulas]
    find = finder(queries)
    about = [_somebody(text, dice) for text in texts]

    def naive(one: Subject) -> list[int]:
        return [number for number, query in enumerate(queries) if matches(query, one)]

    for one in about:
        if find(one) != naive(one):
            raise RuntimeError(f"other rules than one by one, in {one.text!r}")
    return in_turns(
        f"one text, {size:,} mixed rules",
        ours=_each(find, about, 10),
        peer=_each(naive, about, 1),
        floor=_each(_scan(formulas), texts, 10),
        rounds=ROUNDS,
    )


def _garnished(query: str, word: Callable[[], str], dice: random.Random) -> str:
    a, b = word(), word()
    return dice.choice(
        (
            query,
            f"{query} AND channel:line",
            f"{query} AND followers:>{dice.randrange(1_000)}",
            f"({query}) OR {a} NEAR/{dice.randrange(9)} {b}",
            f"{a} NEAR/5 {b} AND NOT sentiment:positive",
            f"{a[0]}*{b} OR {query}",
            f"sentiment:negative AND intent:(complaint OR crisis) AND ({a} OR {b})",
            f"hashtag:{a} AND {query}",
        )
    )


def _somebody(text: str, dice: random.Random) -> Subject:
    reading = Reading(
        sentiment=dice.choice(("negative", "neutral", "positive")),
        intents=dice.choice(((), ("complaint",), ("question", "purchase"))),
    )
    author = Author(id="a", followers=dice.randrange(2_000))
    return subject(text, reading, dice.choice(("line", "wechat")), plain=text, author=author)


def _texts() -> list[str]:
    """Posts of the example evening, joined to fifty characters each."""
    posts = iter(chinese(EXAMPLE / "evening.jsonl"))
    texts: list[str] = []
    while len(texts) < TEXTS:
        text = next(posts)
        while len(text) < LENGTH:
            text += "，" + next(posts)
        texts.append(folded(text[:LENGTH]))
    return texts


def _plainly(formulas: list[Formula], text: str) -> list[int]:
    """The numbers of the formulas that hold for a text, one after another."""
    return [
        number
        for number, (groups, never) in enumerate(formulas)
        if all(any(word in text for word in group) for group in groups)
        and not any(word in text for word in never)
    ]


def _scan(formulas: list[Formula]) -> Callable[[str], object]:
    """Finding the words of all formulas in a text, and nothing else."""
    groups = [[*sum(formula.groups, ()), *formula.never] for formula in formulas]
    automaton = AhoCorasick({word for group in groups for word in group}, store_patterns=True)
    return lambda text: automaton.find_matches_as_strings(text, overlapping=True)


def _words(texts: list[str], dice: random.Random) -> Callable[[], str]:
    """Draws words: few that are in the texts, so that rules match, and many of their characters."""
    han = ["".join(c for c in text if "\u4e00" <= c <= "\u9fff") for text in texts]
    letters = sorted(set("".join(han)))
    parts = [text[at : at + dice.choice((2, 3))] for text in han for at in range(len(text) - 2)]
    syllables = ["".join(pair) for pair in product("bdfklmprst", "aeiou")]

    def word() -> str:
        if dice.random() < KNOWN:
            return dice.choice(parts)
        if dice.random() < 0.5:
            return "".join(dice.choices(letters, k=dice.choice((2, 3, 4))))
        return "".join(dice.choices(syllables, k=dice.choice((2, 3, 4))))

    return word


def _formula(word: Callable[[], str], dice: random.Random) -> Formula:
    """Two to six words, one of each pair being enough."""
    groups = tuple(tuple(word() for _ in range(dice.choice((1, 2)))) for _ in range(2))
    return Formula(groups, tuple(word() for _ in range(dice.choice((0, 1, 2)))))


def _each(action: Callable[[Any], object], inputs: list[Any], times: int) -> Once:
    once = repeated(lambda: [action(one) for one in inputs], times)
    return lambda: once() / len(inputs)
