"""Labelled texts: those of the data folder that may be learnt from, and our own sentences."""

import gzip
import json
import os
from collections.abc import Iterator
from hashlib import sha1
from pathlib import Path
from typing import Any, Literal, NamedTuple

DATA = Path(os.environ.get("REPARTEE_SHARED", Path(__file__).parents[2] / "shared")) / "data"

SENTENCES = Path(__file__).parent / "sentences"

TABLES = Path(__file__).resolve().parent.parent / "layers" / "language" / "language_tables"
"""Where what is made of them goes."""

NOT_LEARNT = frozenset({"airline", "suggestion_semeval19"})
"""Sources whose licence is for non-commercial use: they are measured on, never trained on."""


class Row(NamedTuple):
    """A text, its language (`zh-Hans`, `zh-Hant`, `en`, `uk`, `ru`), and what people say it is."""

    id: str
    text: str
    language: str
    label: str
    source: str


def rows(task: str, split: str) -> list[Row]:
    """The rows of a task (`sentiment`, `emotion`, `intent`, ...) as they stand in the data folder.

    `split` is `train`, `dev` or another that is there. Those of sources that may not be learnt from
    are left out of `train`. FileNotFoundError where the data is absent.
    """
    with gzip.open(DATA / f"{task}.{split}.jsonl.gz", "rt", encoding="utf-8") as lines:
        found = (json.loads(line) for line in lines)
        return [
            Row(one["id"], one["text"], one["lang"], one["label"], one["source"])
            for one in found
            if split != "train" or one["source"] not in NOT_LEARNT
        ]


def sentences(split: Literal["train", "test"]) -> Iterator[dict[str, Any]]:
    """Our own labelled sentences, in order.

    Of those that were labelled twice six in ten are for training and the rest for tests; what only
    one person labelled is for training alone.
    """
    for path in sorted(SENTENCES.glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            one = json.loads(line)
            part = int(sha1(one["id"].encode()).hexdigest()[:8], 16) % 10
            if (part < 6 or "second" not in one) == (split == "train"):
                yield one
