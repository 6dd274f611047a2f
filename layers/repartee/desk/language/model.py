"""Small linear models: what they weigh in a text, and what that adds up to."""

import json
import zlib
from collections.abc import Iterable
from functools import cache
from struct import Struct
from typing import Any, NamedTuple

from language_tables import contents

_WIDTH = 2
"""Bytes of a lane in a packed row."""

_AT_ONCE = 257
"""Rows of unsigned bytes that can be added before a lane of two bytes spills over."""

_ZERO = 128
"""What a weight of nothing is as an unsigned byte."""


class Model(NamedTuple):
    """Weights by feature: a row has one signed byte for each lane (class), packed in an integer.

    Adding integers adds all lanes at once, so that reading every class costs as much as one.
    """

    name: str
    lanes: tuple[str, ...]
    scales: tuple[float, ...]
    """By lane: what one step of a weight is worth, in logits."""
    biases: tuple[float, ...]
    rows: dict[str, int]
    notes: dict[str, Any]
    """What training wrote down for reading: temperatures, thresholds and the like."""
    sums: Struct
    """The lanes of a sum of rows."""


@cache
def load(name: str) -> Model:
    """The model `name` of the language layer. FileNotFoundError where there is none.

    The file is one zlib stream: a line of JSON (`lanes`, `scales`, `biases`, `count`, `notes`), a
    line for each feature, in order, then the weights as unsigned bytes, feature by feature.
    """
    data = zlib.decompress(contents(f"{name}.model"))
    head, _, rest = data.partition(b"\n")
    facts = json.loads(head)
    lanes, count = tuple(facts["lanes"]), facts["count"]
    split = len(rest) - count * len(lanes)
    features = rest[:split].decode("utf-8").split("\n")[:-1]
    wide = bytearray(_WIDTH * (len(rest) - split))
    wide[::_WIDTH] = rest[split:]
    size = _WIDTH * len(lanes)
    parse = int.from_bytes
    packed = [parse(wide[at : at + size], "little") for at in range(0, len(wide), size)]
    return Model(
        name,
        lanes,
        tuple(facts["scales"]),
        tuple(facts["biases"]),
        dict(zip(features, packed, strict=True)),
        facts["notes"],
        Struct(f"<{len(lanes)}H"),
    )


def logits(model: Model, features: Iterable[str], norm: float = 1.0) -> tuple[float, ...]:
    """By lane, the bias and the weights of those of `features` that the model has, over `norm`.

    `features` should be a set.
    """
    found = [*filter(None, map(model.rows.get, features))]
    unpack, size = model.sums.unpack, model.sums.size
    totals = unpack(sum(found[:_AT_ONCE]).to_bytes(size, "little"))
    for at in range(_AT_ONCE, len(found), _AT_ONCE):
        more = unpack(sum(found[at : at + _AT_ONCE]).to_bytes(size, "little"))
        totals = tuple(map(int.__add__, totals, more))
    taken = _ZERO * len(found)
    return tuple(
        [
            bias + (total - taken) * scale / norm
            for total, bias, scale in zip(totals, model.biases, model.scales, strict=True)
        ]
    )


def weight(model: Model, feature: str, lane: int) -> float:
    """What `feature` adds to a lane, in logits and before any norm; 0 where it is not known."""
    row = model.rows.get(feature)
    if row is None:
        return 0.0
    return ((row >> 8 * _WIDTH * lane & 0xFF) - _ZERO) * model.scales[lane]
