"""Model files as `desk.language.model` reads them: features, small weights, one zlib stream."""

import json
import zlib
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

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
) -> Path:
    """Writes the model `name`: of `features`, the `keep` with the largest weights, as bytes.

    `weights` has a row for each feature and a column for each lane, in logits. A lane's scale makes
    its largest weight 127; features whose bytes are all nothing are left out, and so are those with
    a line break. Rows are sorted by feature, so that the same weights make the same bytes.
    """
    order = np.argsort(-np.abs(weights).max(axis=1), kind="stable")[:keep]
    scales = np.maximum(np.abs(weights[order]).max(axis=0), 1e-9) / 127
    steps = np.rint(weights / scales).clip(-127, 127).astype(np.int16)
    chosen = sorted(
        (features[i], i)
        for i in order
        if steps[i].any() and "\n" not in features[i] and features[i]
    )
    head = {
        "lanes": lanes,
        "scales": [float(f"{scale:.6g}") for scale in scales],
        "biases": [float(f"{bias:.6g}") for bias in biases],
        "count": len(chosen),
        "notes": notes,
    }
    rows = (steps[[i for _, i in chosen]] + 128).astype(np.uint8)
    data = (
        json.dumps(head).encode()
        + b"\n"
        + "".join(f"{feature}\n" for feature, _ in chosen).encode()
        + rows.tobytes()
    )
    path = TABLES / f"{name}.model"
    path.write_bytes(zlib.compress(data, 9))
    return path
