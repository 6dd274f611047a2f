"""Joins the lists of cues of intents, tones and aspects, so that a text is searched once."""

from collections import defaultdict
from itertools import chain
from pathlib import Path

from desk.language.lexicon import entries, find, lexicon
from training.texts import TABLES

ASPECTS = "aspects.txt"
LISTS = ("intent.txt", "tone.txt", ASPECTS)


def joined() -> str:
    """The lines of cues.txt: what cues mean, and the cues that mean just that.

    Since the longest cue hides those inside it, it also means the aspects that they mean.
    """
    named = lexicon(entries(ASPECTS))
    means: dict[str, dict[str, None]] = {}
    for meaning, word in chain.from_iterable(map(entries, LISTS)):
        if word not in means:
            means[word] = {}
            if meaning != "-":
                inside = find(named, word.rstrip("*").replace("_", " "))
                means[word].update((item.means, None) for item in inside)
        means[word][meaning] = None
    lines: defaultdict[str, list[str]] = defaultdict(list)
    for word, found in means.items():
        lines["+".join(found)].append(word)
    return "".join(f"{meaning} {' '.join(words)}\n" for meaning, words in lines.items())


def write() -> Path:
    """Writes cues.txt, and returns its path."""
    path = TABLES / "cues.txt"
    path.write_text(joined(), encoding="utf-8")
    return path


if __name__ == "__main__":
    write()
