"""`python -m training`: learns everything that is learnt, and writes it into the language layer."""

import sys
import time
from collections.abc import Callable
from typing import TypeVar

from training import chinese, cues, intents, languages, spelt
from training.heads import merge
from training.texts import DATA

MOST = 2_000_000
"""Bytes that all models may have together."""

T = TypeVar("T")


def main() -> None:
    """Trains all heads, merges those of a script, and says on standard error what they weigh.

    Exits with 1 where the labelled texts are absent, before anything is written.
    """
    if not DATA.is_dir():
        sys.exit(f"no labelled texts in {DATA}: name their parent in REPARTEE_SHARED")
    cues.write()
    table = _timed("languages", lambda: languages.train(DATA))
    sentiment = {
        "han": _timed("Chinese sentiment", chinese.head),
        "latin": _timed("English sentiment", spelt.english),
        "cyrillic": _timed("Ukrainian and Russian sentiment", spelt.cyrillic),
    }
    wants = _timed("intents and tone", intents.heads)
    paths = [
        merge(name, [*([sentiment[name]] if name in sentiment else []), *heads])
        for name, heads in wants.items()
    ]
    for path in (table, *paths):
        _say(f"{path.name:16} {path.stat().st_size:>9,} bytes")
    total = sum(path.stat().st_size for path in paths)
    _say(f"{'all models':16} {total:>9,} bytes of at most {MOST:,}")
    if total > MOST:
        sys.exit(1)


def _timed(what: str, make: Callable[[], T]) -> T:
    _say(f"learning {what} …")
    began = time.monotonic()
    made = make()
    _say(f"learnt {what} in {time.monotonic() - began:.0f} s")
    return made


def _say(line: str) -> None:
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    main()
