"""What cutting a Chinese text into words costs, and whether it is cut as jieba cuts it."""

import logging
import re
import warnings
from collections.abc import Callable
from functools import partial
from itertools import accumulate
from typing import Any

from bench.example import EXAMPLE, chinese
from bench.measuring import Comparison, Figure, Once, in_turns, repeated
from desk.language.cleaning import cleaned
from desk.language.lexicon import entries
from desk.language.words import words_of
from training.texts import DATA, rows

name = "segmentation"
what = (
    "processor time to cut one Chinese text in normal form; floor: a list of its characters; peer: "
    "jieba.lcut. Labelled posts where their folder is there, or else the example brand's evening"
)

ROUNDS = 7
TEXTS = 5_000
SHORT = ("weibo_senti_100k", "waimai_10k", "smp2020_usual", "smp2020_virus")
"""Sources of posts and short reviews."""
EMOTICON = re.compile(r"\[[^\[\]\s]{1,8}\]")
"""jieba cuts [泪] in three; we do not, on purpose."""
TARGET = 0.1
MOST_OTHERS = 0.1
"""In percent of all characters: agreement is to be 99.9% or more."""


def measure() -> list[Comparison | Figure]:
    """Ours beside jieba with its HMM and without, and how many boundaries are others."""
    texts = [cleaned(text).text for text in _posts()]
    jieba = _jieba()
    cut, meaningful = words_of(())
    without_hmm = partial(jieba.lcut, HMM=False)
    compared = [
        in_turns(
            f"one of {len(texts):,} texts: {title}",
            ours=_each(ours, texts),
            peer=_each(peer, texts),
            floor=_each(list, texts),
            rounds=ROUNDS,
            target=target,
        )
        for title, ours, peer, target in (
            ("cut", cut, jieba.lcut, TARGET),
            ("cut, the peer without its HMM", cut, without_hmm, None),
            ("and the words with a meaning", lambda text: meaningful(cut(text)), jieba.lcut, None),
        )
    ]
    said = [EMOTICON.sub(" ", text) for text in texts]
    others = sum(len(_ends(cut(text)) ^ _ends(jieba.lcut(text))) for text in said)
    share = 100 * others / sum(map(len, said))
    return [*compared, Figure("boundaries unlike jieba's", share, "% of characters", MOST_OTHERS)]


def _posts() -> list[str]:
    if not DATA.is_dir():
        return chinese(EXAMPLE / "evening.jsonl")
    return [row.text for row in rows("sentiment", "dev") if row.source in SHORT][:TEXTS]


def _ends(pieces: list[str]) -> set[int]:
    return set(accumulate(map(len, pieces)))


def _jieba() -> Any:
    # With the words that every brand has: they are to be found, and no disagreement.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # escapes in its source that Python warns of
        import jieba

    jieba.setLogLevel(logging.WARNING)
    tokenizer = jieba.Tokenizer()
    for _, word in entries("words_zh.txt"):
        tokenizer.add_word(word)
    return tokenizer


def _each(action: Callable[[str], object], texts: list[str]) -> Once:
    once = repeated(lambda: [action(text) for text in texts], 1)
    return lambda: once() / len(texts)
