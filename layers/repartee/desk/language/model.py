"""Small linear models: what they weigh in a text, and what that adds up to."""

import json
import zlib
from collections.abc import Collection, Iterable
from functools import cache
from itertools import islice
from operator import add, mul
from struct import Struct
from typing import Any, NamedTuple

from desk.language import runs
from language_tables import contents

_WIDTH = 16
"""Bits of a lane in a packed row."""

_AT_ONCE = 257
"""Rows of signed bytes that can be added before a lane of two bytes spills over."""

_MIDDLE = 1 << (_WIDTH - 1)
_COUNTED = (1 << _WIDTH) - 1

_ZERO = 128
"""What a weight of nothing is in the table."""

WORD = "\x1f"
"""What a word of a text has before it as a feature."""

Rows = dict[Any, int]
"""Rows by feature, packed: a lane of 16 bits for each class, all of them moved up by a first lane,
which counts rows. As long as nobody has asked for it a row is its number in the table instead, from
one and moved up as well, and counts for no row: loading a model makes none of its rows."""

Asked = tuple[tuple[Rows, Collection[Any]], ...]
"""Features, and the rows that they are looked up in."""


class Model(NamedTuple):
    """Weights by feature: a row has one signed byte for each lane (class), packed in an integer.

    Adding integers adds all lanes at once, so that reading every class costs as much as one; a row
    whose last lanes are nothing is a shorter integer.
    """

    name: str
    lanes: tuple[str, ...]
    scales: tuple[float, ...]
    """By lane: what one step of a weight is worth, in logits."""
    biases: tuple[float, ...]
    notes: dict[str, Any]
    """What training wrote down for reading: temperatures, thresholds and the like."""
    runs: Rows
    """By number (`desk.language.runs`): features that are runs of characters."""
    words: Rows
    """Those that are words, without the mark of one."""
    others: Rows
    table: bytes
    """Weights as unsigned bytes, lane by lane."""
    sums: Struct
    """The lanes of a sum of rows, but for the first."""
    middle: int
    """A sum with the middle of its range in every lane."""
    zeros: int
    """What a row of the table has in its lanes that weighs nothing."""


@cache
def load(name: str) -> Model:
    """The model `name` of the language layer. FileNotFoundError where there is none.

    The file is one zlib stream: a line of JSON (`lanes`, `scales`, `biases`, `notes`, and numbers
    of features: `runs` of one, two and three characters, `words`, `others`), the runs without
    anything between them, a line for each word and each other feature, then the weights as unsigned
    bytes, lane by lane, which makes it shorter.
    """
    data = zlib.decompress(contents(f"{name}.model"))
    head, _, rest = data.partition(b"\n")
    facts = json.loads(head)
    lanes = tuple(facts["lanes"])
    count = sum(facts["runs"]) + facts["words"] + facts["others"]
    split = len(rest) - count * len(lanes)
    text = rest[:split].decode("utf-8")
    known: list[int] = []
    at = 0
    for size, some in zip(runs.SIZES, facts["runs"], strict=True):
        known += runs.keys_of(text[at : at + size * some], size)
        at += size * some
    lines = text[at:].split("\n")
    numbers = iter(range(1 << _WIDTH, (count + 1) << _WIDTH, 1 << _WIDTH))
    return Model(
        name,
        lanes,
        tuple(facts["scales"]),
        tuple(facts["biases"]),
        facts["notes"],
        dict(zip(known, islice(numbers, len(known)), strict=True)),
        dict(zip(lines[: facts["words"]], islice(numbers, facts["words"]), strict=True)),
        dict(zip(lines[facts["words"] : -1], numbers, strict=True)),
        rest[split:],
        Struct(f"<{_WIDTH // 8}x{len(lanes)}h"),
        sum(_MIDDLE << _WIDTH * lane for lane in range(len(lanes) + 1)),
        sum(_ZERO << _WIDTH * lane for lane in range(1, len(lanes) + 1)),
    )


def logits(model: Model, features: Collection[str], norm: float = 1.0) -> tuple[float, ...]:
    """By lane, the bias and the weights of those of `features` that the model has, over `norm`.

    `features` should be a set, of neither runs nor words.
    """
    return added(model, ((model.others, features),), norm)


def added(model: Model, asked: Asked, norm: float = 1.0) -> tuple[float, ...]:
    """By lane, the bias and the weights of those features that the model has, over `norm`.

    The features that are `asked` for should be sets.
    """
    found: list[int] = []
    for rows, features in asked:
        found += filter(None, map(rows.get, features))
    middle, sums = model.middle, model.sums
    totals: tuple[int, ...] = ()
    for at in range(0, len(found), _AT_ONCE):
        some = found[at : at + _AT_ONCE]
        total = sum(some)
        if total & _COUNTED != len(some):  # some are numbers of rows as yet
            _pack(model, asked)
            return added(model, asked, norm)
        lanes = sums.unpack(((total + middle) ^ middle).to_bytes(sums.size, "little"))
        totals = tuple(map(add, totals, lanes)) if totals else lanes
    if not totals:
        return model.biases
    steps = map(mul, totals, model.scales)
    return tuple([bias + step / norm for bias, step in zip(model.biases, steps, strict=True)])


def rows_of(model: Model, words: Iterable[str]) -> list[tuple[str, int]]:
    """Those of `words` that are features of the model, in order, each with its row."""
    if model.words:
        return [(word, row) for word in words if (row := _row(model, model.words, word))]
    return [(word, row) for word in words if (row := _row(model, model.others, f" {word} "))]


def weight(model: Model, row: int, lane: int) -> float:
    """What a feature with this row adds to a lane, in logits and before any norm."""
    steps = ((row + model.middle) >> _WIDTH * (lane + 1) & _COUNTED) - _MIDDLE
    return steps * model.scales[lane]


def _row(model: Model, rows: Rows, feature: Any) -> int:
    # Packed; 0 where the model does not have it.
    row = rows.get(feature, 0)
    if row and not row & _COUNTED:
        row = rows[feature] = _packed(model, row)
    return row


def _pack(model: Model, asked: Asked) -> None:
    # Makes rows of all numbers of rows among what is asked for.
    for rows, features in asked:
        for feature in features:
            _row(model, rows, feature)


def _packed(model: Model, number: int) -> int:
    width = len(model.lanes)
    lanes = bytearray(_WIDTH // 8 * (width + 1))
    lanes[0] = 1
    lanes[2::2] = model.table[(number >> _WIDTH) - 1 :: len(model.table) // width]
    return int.from_bytes(lanes, "little") - model.zeros
