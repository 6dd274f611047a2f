"""Model files as `desk.language.model` reads them: features, small weights, one zlib stream."""

import json
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from desk.language import runs
from desk.language.model import WORD
from training.texts import TABLES


def write(
    name: str,
    features: list[str],
    weights: NDArray[np.float64],
    biases: list[float],
    lanes: list[str],
    notes: dict[str, Any],
    *,
    keep: int,
    is_run: Callable[[str], bool] | None = None,
) -> Path:
    """Writes the model `name`: of `features`, the `keep` with the largest weights, as bytes.

    `weights` has a row for each feature and a column for each lane, in logits. A lane's scale makes
    its largest weight 127; features whose bytes are all nothing are left out, and so are those with
    a line break. `is_run` tells which are runs of characters; without it none is.
    """
    order = np.argsort(-np.abs(weights).max(axis=1), kind="stable")[:keep]
    scales = np.maximum(np.abs(weights[order]).max(axis=0), 1e-9) / 127
    steps = np.rint(weights / scales).clip(-127, 127).astype(np.int16)
    head = {
        "lanes": lanes,
        "scales": [float(f"{scale:.6g}") for scale in scales],
        "biases": [float(f"{bias:.6g}") for bias in biases],
        "notes": notes,
    }
    rows = {
        features[i]: (steps[i] + 128).astype(np.uint8).tobytes()
        for i in order
        if steps[i].any() and "\n" not in features[i] and features[i]
    }
    path = TABLES / f"{name}.model"
    path.write_bytes(packed(head, rows, is_run))
    return path


def packed(
    head: Mapping[str, Any], rows: Mapping[str, bytes], is_run: Callable[[str], bool] | None = None
) -> bytes:
    """A model file with these `rows` by feature, and with their numbers added to its `head`.

    They are sorted by kind and feature, so that the same weights make the same bytes.
    """
    kinds: dict[int | str, list[str]] = {kind: [] for kind in (*runs.SIZES, "words", "others")}
    for feature in sorted(rows):
        if is_run and is_run(feature):
            kinds[len(feature)].append(feature)
        elif feature.startswith(WORD):
            kinds["words"].append(feature)
        else:
            kinds["others"].append(feature)
    count = {kind: len(features) for kind, features in kinds.items()}
    facts = dict(head) | {
        "runs": [count[size] for size in runs.SIZES],
        "words": count["words"],
        "others": count["others"],
    }
    text = [
        *(feature for size in runs.SIZES for feature in kinds[size]),
        *(f"{feature.removeprefix(WORD)}\n" for feature in kinds["words"]),
        *(f"{feature}\n" for feature in kinds["others"]),
    ]
    table = [rows[feature] for features in kinds.values() for feature in features]
    lanes = b"".join(map(bytes, zip(*table, strict=True)))
    return zlib.compress(f"{json.dumps(facts)}\n{''.join(text)}".encode() + lanes, 9)
