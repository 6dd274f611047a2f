"""What tells languages of one script apart: weights of runs of letters, learnt from posts.

Writes language_tables/languages.txt. Of `lid.dev`, the half that `held` keeps back is only for
measuring, and no text of it is learnt from, wherever else it stands.
"""

import gzip
import hashlib
import json
import random
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from desk.language.identify import (
    cyrillic_grams,
    cyrillic_words,
    han_grams,
    latin_grams,
    latin_words,
    script_marks,
)
from language_tables import lines
from training.texts import TABLES

SOURCES = ("sentiment.train", "emotion.train", "intent.train", "banking77.train")
NOT_LEARNT_FROM = ("airline", "suggestion_semeval19")
"""Their licences forbid commercial use."""

OWN = Path(__file__).with_name("languages.txt")
SEED = 20
STEP = 10
"""Weights are rounded to this many hundredths of a logit."""

KEEP = {"uk": 6_000, "other": 4_000, "zh-Hant": 2_500, "ja": 1_500}
"""Runs of letters by lane."""

RARE = {"uk": 3, "other": 3, "zh-Hant": 2, "ja": 2}
"""In how many texts a run has to be to be weighed."""

STRENGTH = {"uk": 2.0, "other": 1.0, "zh-Hant": 1.0, "ja": 1.0}
"""Inverse of regularisation."""

POSTS, INTERFACE, WRITTEN, PART = 1.0, 3.0, 2.0, 0.5
"""How much a text counts by where it is from. Two parts of each post stand for short posts."""

ENGLISH, SIMPLIFIED, CLAUSES = 15_000, 12_000, 0.3
"""Posts in English, posts in Simplified Chinese, and of Chinese clauses the share, learnt from."""

TIMES = {"zh-Hant": 3.0, "en": 2.0, "ru": 1.4}
"""How many times more the texts of a language count, where it has fewer or matters more."""

COMMON = 5
"""Posts that have a character that counts as common in Chinese."""

HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]")
CLAUSE = re.compile(r"[々〇\u3041-\u3096\u30a1-\u30fc\u3400-\u4dbf\u4e00-\u9fff]{1,12}")


class Example(NamedTuple):
    """What a text is weighed by, whether it belongs to the lane, and how much it counts."""

    grams: set[str]
    right: bool
    counts: float


class Text(NamedTuple):
    """A text, its language, and how much it counts."""

    text: str
    language: str
    counts: float


def held(row: dict[str, str]) -> bool:
    """Whether a row of `lid.dev` is of the half that is only measured on."""
    return hashlib.sha1(row["id"].encode()).digest()[-1] & 1 == 1


def train(data: Path) -> Path:
    """Writes languages.txt from the labelled posts in the folder `data`, and returns its path.

    Its first line has the characters that are common in Chinese and rare in Japanese, the others
    have a lane, a weight in hundredths of a logit, and the runs of letters that weigh that.
    """
    texts = [*_texts(data)]
    chinese = _chinese(texts)
    scripts, japans = _han(texts, chinese)
    lanes = {
        "uk": [*_cyrillic(texts)],
        "other": [*_latin(texts)],
        "zh-Hant": scripts,
        "ja": japans,
    }
    found = ["".join(sorted(chinese))]
    for lane, examples in lanes.items():
        found += _lane(lane, examples)
    path = TABLES / "languages.txt"
    path.write_text("\n".join(found) + "\n", encoding="utf-8")
    return path


def _texts(data: Path) -> Iterator[Text]:
    known = [*_rows(data, "lid.dev")]
    kept_back = {row["text"] for row in known if held(row)}
    seen = set()
    for row in (*known, *(row for name in SOURCES for row in _rows(data, name))):
        text = row["text"]
        if row["source"] in NOT_LEARNT_FROM or text in kept_back or text in seen:
            continue
        seen.add(text)
        counts = INTERFACE if row["source"] == "django_po" else POSTS
        yield Text(text, row["lang"], counts)
    for line in OWN.read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            spoken, phrases = line.split("\t")
            for phrase in phrases.split("; "):
                yield Text(phrase, spoken, WRITTEN)


def _rows(data: Path, name: str) -> Iterator[dict[str, str]]:
    with gzip.open(data / f"{name}.jsonl.gz", "rt", encoding="utf-8") as found:
        yield from map(json.loads, found)


def _cyrillic(texts: list[Text]) -> Iterator[Example]:
    dice = random.Random(SEED)
    for text in texts:
        if text.language in ("uk", "ru"):
            for words, counts in _parts(cyrillic_words(text.text), text, dice):
                yield Example(cyrillic_grams(words), text.language == "uk", counts)


def _latin(texts: list[Text]) -> Iterator[Example]:
    dice = random.Random(SEED)
    for text in _fewer(texts, "en", ENGLISH, dice):
        if text.language not in ("uk", "ru", "ja", "und") and not text.language.startswith("zh"):
            for words, counts in _parts(latin_words(text.text), text, dice):
                yield Example(latin_grams(words), text.language != "en", counts)


def _parts(words: list[str], text: Text, dice: random.Random) -> Iterator[tuple[list[str], float]]:
    times = TIMES.get(text.language, 1.0)
    yield words, text.counts * times
    if text.counts == POSTS and len(words) > 4:
        for _ in range(2):
            long = dice.randint(1, 4)
            first = dice.randint(0, len(words) - long)
            yield words[first : first + long], PART * times


def _fewer(texts: list[Text], spoken: str, count: int, dice: random.Random) -> Iterator[Text]:
    # Of the posts in one language, about `count`: there are many more than it takes.
    posts = sum(text.language == spoken and text.counts == POSTS for text in texts)
    for text in texts:
        if text.language != spoken or text.counts != POSTS or dice.random() < count / posts:
            yield text


def _chinese(texts: list[Text]) -> frozenset[str]:
    # JIS X 0208 has what Japanese writes every day in its first level, rows 16 to 47.
    counts = Counter(c for text in texts if text.language.startswith("zh") for c in set(text.text))
    japanese = {c for text in texts if text.language == "ja" for c in text.text}
    return frozenset(
        c
        for c, count in counts.items()
        if count >= COMMON
        and HAN.fullmatch(c)
        and c not in japanese
        and not b"\xb0" <= c.encode("euc_jp", "ignore")[:1] <= b"\xcf"
    )


def _han(texts: list[Text], chinese: frozenset[str]) -> tuple[list[Example], list[Example]]:
    # What reading asks the weights about, and nothing else: clauses that fit either script, and
    # clauses that Japanese could have. For the latter, Simplified ones serve in both scripts.
    dice = random.Random(SEED)
    sources, targets, *scripts = lines("characters.txt")
    simplified, traditional, japanese = map(frozenset, scripts)
    to_traditional = str.maketrans(targets[::-1], sources[::-1])
    chinas, japans = [], []
    for text in _fewer(texts, "zh-Hans", SIMPLIFIED, dice):
        if text.language not in ("zh-Hans", "zh-Hant", "ja"):
            continue
        is_hant, is_japanese = text.language == "zh-Hant", text.language == "ja"
        counts = text.counts * TIMES.get(text.language, 1.0)
        whole = is_japanese or text.counts != POSTS
        for clause in [text.text] if whole else CLAUSE.findall(text.text):
            grams, found = han_grams(clause), frozenset(clause)
            if not is_japanese and len(found & simplified) == len(found & traditional):
                chinas.append(Example(grams, is_hant, counts))
            if not whole and not is_hant and dice.random() >= CLAUSES:
                continue
            forms = {clause, clause.translate(to_traditional)} if not is_japanese else {clause}
            for form in sorted(forms):
                found = frozenset(form)
                if found.isdisjoint(chinese):
                    marks = script_marks(
                        len(found & simplified),
                        len(found & traditional),
                        not found.isdisjoint(japanese),
                    )
                    japans.append(Example(han_grams(form) | marks, is_japanese, text.counts))
    return chinas, japans


def _lane(lane: str, examples: list[Example]) -> list[str]:
    """Lines of a lane, its tab-separated cells being its name, a weight, and what weighs that."""
    counts = Counter(gram for example in examples for gram in example.grams)
    grams = sorted(gram for gram, count in counts.items() if count >= RARE[lane])
    places = {gram: place for place, gram in enumerate(grams)}
    at = [[places[gram] for gram in example.grams if gram in places] for example in examples]
    ends = np.cumsum([0, *map(len, at)])
    cells = np.concatenate([np.array(row, dtype=np.int64) for row in at])
    matrix = csr_matrix((np.ones(len(cells)), cells, ends), shape=(len(at), len(grams)))
    fitted = LogisticRegression(C=STRENGTH[lane], solver="liblinear", random_state=SEED).fit(
        matrix, [example.right for example in examples], [example.counts for example in examples]
    )
    weights = fitted.coef_[0] * 100
    least = np.sort(np.abs(weights))[-min(KEEP[lane], len(weights))]
    by_weight = defaultdict(list)
    for gram, weight in zip(grams, weights, strict=True):
        step = round(weight / STEP) * STEP
        if step and abs(weight) >= least:
            by_weight[step].append(gram)
    bias = round(fitted.intercept_[0] * 100)
    return [
        f"{lane}\t{bias}\t",
        *("\t".join((lane, str(step), *by_weight[step])) for step in sorted(by_weight)),
    ]
