"""Model files as `desk.language.model` reads them: features, small weights, one zlib stream."""

import json
import zlib
from collections.abc import Callable, Mapping
from typing import Any

from desk.language import runs
from desk.language.model import WORD


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
