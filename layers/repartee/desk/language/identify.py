"""Which language a text is in: its script first, then its characters, then runs of letters."""

import re
import unicodedata
from collections.abc import Iterable
from functools import cache
from operator import add
from typing import NamedTuple

from desk.mention import Language
from language_tables import lines

# Each alternative begins with a sign of its own, which `re` then looks for first.
NOT_SAID = re.compile(
    r"https?://[!-~]+|www\.[!-~]+"
    # A handle ends at white space and the like. In Chinese people write on without any: there it
    # ends with its Latin letters.
    r"|@(?:[\w.-]{1,24}(?=[\s:,/@])|[\w.-]{1,12}$|[A-Za-z0-9_.-]+)"
    r"|&#?[A-Za-z0-9]{1,8};|\[\w{1,8}\]"
)
_HAN_OR_KANA = re.compile(r"[々〇\u3041-\u3096\u30a1-\u30fa\u30fc\u3400-\u4dbf\u4e00-\u9fff]+")
_KANA = re.compile(r"[\u3041-\u3096\u30a1-\u30fa\u30fc\uff66-\uff9d]")
_CYRILLIC = re.compile(r"[\u0400-\u052f][\u0400-\u052fi]*(?:'[\u0400-\u052f]+)*")
_LATIN = re.compile(r"[a-z\u00df-\u024f\u1e00-\u1eff]+(?:'[a-z]+)*")
_ACCENTED = re.compile(r"[\u00df-\u024f\u1e00-\u1eff]")
_CANTONESE = re.compile(
    r"[嘅喺咗哋啲嚟嗰嘢冇佢咁噉畀瞓攞睇乜冚]|唔[該该係系好知使得]|[係系]咪|呢[個啲度件]"
)

_APOSTROPHES = {ord(c): "'" for c in "’ʼ`‘"}
_CANTONESE_LETTER = re.compile("[嘅喺咗哋啲嚟嗰嘢冇佢咁噉畀瞓攞睇乜冚唔咪呢]")
_UKRAINIAN_LETTERS = frozenset("іїєґ")
_RUSSIAN_LETTERS = frozenset("ыэёъ")
_OTHER_LETTERS = frozenset("ђјљњћџѓќўәғқңөұүһӣӯҷҳ")
_BULGARIAN = re.compile(
    r"\b(?:съм|няма|какво|благодаря|беше|също|това|тази|този|защо|много|къде)\b"
)

_HINTS: dict[str, Language] = {
    "zh": "zh-Hans", "zh-cn": "zh-Hans", "zh-sg": "zh-Hans", "zh-hans": "zh-Hans",
    "zh-tw": "zh-Hant", "zh-hk": "zh-Hant", "zh-mo": "zh-Hant", "zh-hant": "zh-Hant",
    "yue": "yue", "en": "en", "uk": "uk", "ru": "ru", "ja": "ja",
}  # fmt: skip

MAX_GRAMS_READ = 2_000
"""Characters that runs of letters are counted in: more would not change the answer."""

HEAD = 32
"""Characters that settle which script Chinese is in, if three are of one and none of the other."""

OPEN = 100
"""Below this, in hundredths of a logit, runs of letters leave Cyrillic to the hint."""


def _classes() -> bytes:
    # By the upper byte of a UTF-16 unit: [h]an, [k]ana and punctuation, half-[w]idth kana and
    # full-width forms, [c]yrillic, [f]oreign.
    classes = bytearray(b".") * 256
    for first, last, mark in (
        (0x03, 0x03, b"f"), (0x04, 0x04, b"c"), (0x05, 0x18, b"f"), (0x1F, 0x1F, b"f"),
        (0x30, 0x30, b"k"), (0x34, 0x4D, b"h"), (0x4E, 0x9F, b"h"),
        (0xA0, 0xA5, b"f"), (0xAC, 0xD7, b"f"), (0xF9, 0xFA, b"h"), (0xFB, 0xFD, b"f"),
        (0xFF, 0xFF, b"w"),
    ):  # fmt: skip
        classes[first : last + 1] = mark * (last + 1 - first)
    return bytes(classes)


_CLASSES = _classes()


class _Characters(NamedTuple):
    of_one_script: re.Pattern[str]
    """Finds those that only Simplified or only Traditional has, sooner than sets of them would."""
    traditional: frozenset[str]
    japanese: frozenset[str]
    chinese: re.Pattern[str]
    """Finds those that are common in Chinese, and hardly ever written in Japanese."""


def language(text: str, hint: str = "") -> Language:
    """The language of `text`, which should not have been simplified yet.

    `hint` is the platform's language code: it only settles what the text leaves open, such as
    Chinese without a character of either script, or nothing but emoji. Linear in the length.
    """
    if "@" in text or "/" in text or "[" in text or "&" in text or "www" in text:
        text = NOT_SAID.sub(" ", text)
    if text.isascii():
        return _latin(latin_words(text), hint)
    classes = text.encode("utf-16-le", "surrogatepass")[1::2].translate(_CLASSES)
    han, cyrillic, foreign = classes.count(b"h"), classes.count(b"c"), classes.count(b"f")
    kana = 0
    if (b"k" in classes or b"w" in classes) and _KANA.search(text):
        kana = len(_KANA.findall(text))
    # A Chinese character says about as much as a word, and a letter about a quarter of one.
    if 4 * han > len(text) and han >= cyrillic:
        return _asian(text, han, kana, hint)
    words = latin_words(text)
    if foreign > max(4 * (han + kana), cyrillic, 4 * len(words)):
        return "other"
    if (han or kana > 1) and han + kana >= max(len(words), (cyrillic + 3) // 4):
        return _asian(text, han, kana, hint)
    if cyrillic:
        spoken = cyrillic_words(text)
        if 2 * len(spoken) >= len(words):
            return _cyrillic(spoken, hint)
    if not words and not unicodedata.is_normalized("NFKC", text[:MAX_GRAMS_READ]):
        words = latin_words(unicodedata.normalize("NFKC", text[:MAX_GRAMS_READ]))
    return _latin(words, hint)


def latin_words(text: str) -> list[str]:
    """The words of `text` in Latin letters, in lower case."""
    return _LATIN.findall(text.lower().translate(_APOSTROPHES) if "’" in text else text.lower())


def cyrillic_words(text: str) -> list[str]:
    """The words of `text` in Cyrillic letters, in lower case, with straight apostrophes."""
    return _CYRILLIC.findall(text.lower().translate(_APOSTROPHES))


def latin_grams(words: Iterable[str]) -> set[str]:
    """What the lane `other` weighs: words, and three letters in a row, accents being all one."""
    joined = f" {' '.join(words)} "[:MAX_GRAMS_READ]
    if not joined.isascii():
        joined = _ACCENTED.sub("é", joined)
    return {*joined.split(), *map("".join, zip(joined, joined[1:], joined[2:], strict=False))}


def cyrillic_grams(words: Iterable[str]) -> set[str]:
    """What the lane `uk` weighs: one to four letters in a row."""
    joined = f" {' '.join(words)} "[:MAX_GRAMS_READ]
    pairs = [*map(add, joined, joined[1:])]
    return {
        *joined,
        *pairs,
        *map(add, joined, pairs[1:]),
        *map(add, pairs, pairs[2:]),
    }


def han_grams(text: str) -> set[str]:
    """What the lanes `zh-Hant` and `ja` weigh: one to three characters in a row."""
    joined = f" {' '.join(_HAN_OR_KANA.findall(text[:MAX_GRAMS_READ]))} "
    pairs = [*map(add, joined, joined[1:])]
    return {*joined, *pairs, *map(add, joined, pairs[1:])}


def script_marks(simplified: int, traditional: int, japanese: bool) -> set[str]:
    """What the lane `ja` weighs besides: which scripts' own characters a text has.

    Both together are a sign of Japanese, which took to some short forms and not to others.
    """
    marks = {
        name for name, is_so in (("s", simplified), ("t", traditional), ("j", japanese)) if is_so
    }
    return marks | {"st"} if simplified and traditional else marks


def score(lane: str, grams: Iterable[str]) -> int:
    """What `grams` weigh in a lane, in hundredths of a logit; above 0 is for it."""
    weights = _weights()[lane]
    return sum(filter(None, map(weights.get, grams))) + weights[""]


def _asian(text: str, han: int, kana: int, hint: str) -> Language:
    known = _characters()
    if kana and kana - text.count("の") > 0.12 * han:
        return "ja"
    if _CANTONESE_LETTER.search(text):
        cantonese = len(_CANTONESE.findall(text))
        if (cantonese >= 2 and cantonese * 15 > han) or (cantonese and han < 8):
            return "yue"
    read = text[:HEAD]
    simplified, traditional = _scripts(read, known)
    settled = not (simplified and traditional) and simplified + traditional >= 3
    if len(text) > HEAD and not settled:
        read = text
        simplified, traditional = _scripts(read, known)
    if known.chinese.search(read):
        if traditional != simplified:
            return "zh-Hant" if traditional > simplified else "zh-Hans"
        return _chinese(score("zh-Hant", han_grams(text)), hint)
    grams = han_grams(text)
    marks = script_marks(simplified, traditional, not known.japanese.isdisjoint(read))
    if score("ja", grams | marks) > 0:
        return "ja"
    if traditional != simplified:
        return "zh-Hant" if traditional > simplified else "zh-Hans"
    return _chinese(score("zh-Hant", grams), hint)


def _scripts(text: str, known: _Characters) -> tuple[int, int]:
    # How many different characters are Simplified only, and Traditional only.
    found = {*known.of_one_script.findall(text)}
    traditional = len(found & known.traditional)
    return len(found) - traditional, traditional


def _chinese(hant: int, hint: str) -> Language:
    # Words alone are a guess: where no character tells, the platform knows better.
    hinted = _hinted(hint)
    if hinted in ("zh-Hans", "zh-Hant", "yue", "ja"):
        return hinted
    return "zh-Hant" if hant > 0 else "zh-Hans"


def _cyrillic(words: list[str], hint: str) -> Language:
    found = frozenset("".join(words))
    if not _OTHER_LETTERS.isdisjoint(found) or len(_BULGARIAN.findall(" ".join(words))) >= 2:
        return "other"
    ukrainian = not _UKRAINIAN_LETTERS.isdisjoint(found)
    russian = not _RUSSIAN_LETTERS.isdisjoint(found)
    if ukrainian != russian:
        return "uk" if ukrainian else "ru"
    uk = score("uk", cyrillic_grams(words))
    if abs(uk) < OPEN:
        hinted = _hinted(hint)
        if hinted in ("uk", "ru"):
            return hinted
    return "uk" if uk > 0 else "ru"


def _latin(words: list[str], hint: str) -> Language:
    if not words:
        return _hinted(hint) or "other"
    return "other" if score("other", latin_grams(words)) > 0 else "en"


def _hinted(hint: str) -> Language | None:
    code = hint[:35].lower().replace("_", "-")  # the longest tag of BCP 47
    while code and code not in _HINTS:
        code = code.rpartition("-")[0]
    return _HINTS.get(code)


@cache
def _characters() -> _Characters:
    _, _, simplified, traditional, japanese = lines("characters.txt")
    chinese, *_ = lines("languages.txt")
    return _Characters(
        re.compile(f"[{simplified}{traditional}]"),
        frozenset(traditional),
        frozenset(japanese),
        re.compile(f"[{chinese}]"),
    )


@cache
def _weights() -> dict[str, dict[str, int]]:
    # By lane (`uk`, `other`, `zh-Hant`, `ja`): hundredths of a logit by run of letters.
    _, *rest = lines("languages.txt")
    weights: dict[str, dict[str, int]] = {}
    for line in rest:
        lane, weight, *grams = line.split("\t")
        weights.setdefault(lane, {}).update(dict.fromkeys(grams, int(weight)))
    return weights
