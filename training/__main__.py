"""`python -m training`: learns everything that is learnt, and writes it into the language layer."""

import sys
import time
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor
from multiprocessing import get_context
from typing import TypeVar

from training import chinese, cues, intents, languages, spelt
from training.heads import merge
from training.texts import DATA

MOST = 2_000_000
"""Bytes that all models may have together."""

_AT_ONCE = 2
"""Heads that are learnt at once, each by a process of its own."""

T = TypeVar("T")


def main() -> None:
    """Trains all heads, merges those of a script, and says on standard error what they weigh.

    Exits with 1 where the labelled texts are absent, before anything is written.
    """
    if not DATA.is_dir():
        sys.exit(f"no labelled texts in {DATA}: name their parent in REPARTEE_SHARED")
    began = time.monotonic()
    cues.write()
    table = languages.train(DATA)
    _learnt("languages", began)
    with ProcessPoolExecutor(_AT_ONCE, get_context("spawn")) as workers:

        def learning(what: str, make: Callable[[], T]) -> Future[T]:
            began = time.monotonic()
            future = workers.submit(make)
            future.add_done_callback(lambda _: _learnt(what, began))
            return future

        sentiment = {
            "han": learning("Chinese sentiment", chinese.head),
            "latin": learning("English sentiment", spelt.english),
            "cyrillic": learning("Ukrainian and Russian sentiment", spelt.cyrillic),
        }
        wants = learning("intents and tone", intents.heads).result()
        paths = [
            merge(name, [*([sentiment[name].result()] if name in sentiment else []), *heads])
            for name, heads in wants.items()
        ]
    for path in (table, *paths):
        _say(f"{path.name:16} {path.stat().st_size:>9,} bytes")
    total = sum(path.stat().st_size for path in paths)
    _say(f"{'all models':16} {total:>9,} bytes of at most {MOST:,}")
    if total > MOST:
        sys.exit(1)


def _learnt(what: str, began: float) -> None:
    _say(f"{what} learnt after {time.monotonic() - began:.0f} s")


def _say(line: str) -> None:
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    main()
