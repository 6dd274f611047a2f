"""Models as training leaves them: the features that weigh most, with weights as small integers."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from training.packing import packed
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
