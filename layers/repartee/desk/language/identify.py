"""Which language a text is in: its script first, then letters and words that only one has."""

import re
from functools import cache
from typing import NamedTuple

from language_tables import lines

from desk.language.lexicon import entries
from desk.language.normal import prose
from desk.mention import Language

_EMOTICON = re.compile(r"\[\w{1,8}\]")
_HAN = re.compile(r"[\u3005\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_KANA = re.compile(r"[\u3041-\u3096\u30a1-\u30fa\u30fc\uff66-\uff9d]")
_BOPOMOFO = re.compile(r"[\u3105-\u312f]")
_HANGUL = re.compile(r"[\u1100-\u11ff\u3131-\u318e\uac00-\ud7a3]")
_CYRILLIC = re.compile(r"[\u0400-\u052f][\u0400-\u052fi]*(?:['’ʼ`][\u0400-\u052f]+)*")
_APOSTROPHE = re.compile(r"['’`]")
_LATIN = re.compile(r"[a-z\u00c0-\u024f\u1e00-\u1eff]+(?:['’][a-z]+)*")
_OTHER = re.compile(r"[\u0370-\u03ff\u0530-\u10ff\u1200-\u17ff]")

_CANTONESE = re.compile(
    r"[嘅喺咗哋啲嚟嗰嘢冇佢咁噉畀瞓攞睇乜冚]|唔[該该係系好知使得]|[係系]咪|呢[個啲度件]"
)
# Ukrainian never softens a labial, a hushing sound, r, g, k or kh; Russian never writes ць or ськ.
_UKRAINIAN = re.compile(
    r"[іїєґiʼ]|[сз]ьк|ць|ьо|\bйо|(?:нн|тт|лл|дж)я\b|"
    r"\w{2}[аиуюя]ти\b|\w(?:ти|ла|ли|в)ся\b|\w[еи]ш\b|\w[еиу]мо\b|\w[^вм]ою\b|\w[аиу]в\b|[ую]ть\b|"
    r"[аеоя]но\b|\bе(?:кс|ко|ле|та|фе)\w|\b(?:берез|трав|черв|лип|серп|верес|жовт|груд)(?:ня|ень)\b|"
    r"\b(?:що|шо|як|яка|яке|та|але|дуже|цей|це|ця|ще|ше|чи|де|від|коли|тому|був|була|було|бо|або|"
    r"ви|ми|ти|ним|вона|вони|воно|нема|вже|треба|буде|тільки|немає|з|й|у|навіть|знову|трохи|вдома|"
    r"дякую|будь|ласка|зараз|завтра|вчора|хочу|люблю|щось|хтось|хто|теж|також|якщо|мабуть|взагалі|чого|"
    r"гарно|гарний|добре|роботу?|робити|рок[иу]|людин[аиу]|сьогодні|пошук|додати|додано|дата)\b"
)
_RUSSIAN = re.compile(
    r"[ыэъё]|[бвмпфржчшщгкх]ь|[сц]к(?:ий|ая|ое|ие|ого|ой)\b|\bи\w*|"
    r"\w(?:ие|ия|ью|ет|ют|ит|ат|ут|л|лся)\b|\w[оае]сть\b|\bе[гсщйдх]\w+|\w(?:ой|ов|ев|тся)\b|"
    r"\b(?:что|как|но|очень|этот|это|эта|еще|или|где|от|когда|потому|был|была|было|вот|во|со|об|ко|"
    r"уже|надо|можно|будет|только|нет|с|к|после|даже|она|он|они|всё|все|так|если|для|при|без|"
    r"спасибо|пожалуйста|привет|сейчас|сегодня|завтра|вчера|хочу|люблю|нибудь|год[ау]?|время|"
    r"себя|ничего|почему|сколько|кто|чем|тут|там|опять|хорошо|лучше|работ[аеуы]|человек|люди)\b"
)
_OTHER_CYRILLIC = re.compile(r"[ђјљњћџѓќўәғқңөұүһӣӯҷҳ]")

_HINTS: dict[str, Language] = {
    "zh": "zh-Hans", "zh-cn": "zh-Hans", "zh-sg": "zh-Hans", "zh-hans": "zh-Hans",
    "zh-tw": "zh-Hant", "zh-hk": "zh-Hant", "zh-mo": "zh-Hant", "zh-hant": "zh-Hant",
    "yue": "yue", "en": "en", "uk": "uk", "ru": "ru", "ja": "ja",
}  # fmt: skip


class _Characters(NamedTuple):
    simplified: frozenset[str]
    traditional: frozenset[str]
    japanese: frozenset[str]


def language(text: str, hint: str = "") -> Language:
    """The language of `text`, which should not have been simplified yet.

    `hint` is the platform's language code: it only settles what the text leaves open, such as
    Chinese without a character of either script, or nothing but emoji.
    """
    hinted = _hinted(hint)
    text = _EMOTICON.sub(" ", prose(text)).lower()
    if text.isascii():
        return _latin(text, hinted)
    han = _HAN.findall(text)
    kana = len(_KANA.findall(text))
    cyrillic = _CYRILLIC.findall(text)
    latin = len(_LATIN.findall(text))
    foreign = len(_HANGUL.findall(text)) + len(_OTHER.findall(text))
    if foreign > max(len(han) + kana, len(cyrillic) * 4, latin * 4):
        return "other"
    if len(han) + kana >= max(latin, len(cyrillic), 1):
        return _asian(text, han, kana, hinted)
    if len(cyrillic) > latin or (cyrillic and len(cyrillic) == latin):
        return _cyrillic(_APOSTROPHE.sub("ʼ", " ".join(cyrillic)), hinted)
    return _latin(text, hinted)


def _asian(text: str, han: list[str], kana: int, hinted: Language | None) -> Language:
    sets = _characters()
    found = frozenset(han)
    if kana - text.count("の") > 0.12 * len(han):
        return "ja"
    marks = _CANTONESE.findall(text)
    if (len(marks) >= 2 and len(marks) * 15 > len(han)) or (marks and len(han) < 8):
        return "yue"
    traditional = len(found & sets.traditional) + len(_BOPOMOFO.findall(text))
    simplified = len(found & sets.simplified)
    japanese = len(found & sets.japanese)
    if japanese and japanese * 4 >= traditional + simplified * 8:
        return "ja"
    if traditional != simplified:
        return "zh-Hant" if traditional > simplified else "zh-Hans"
    return hinted if hinted in ("zh-Hant", "yue", "ja") else "zh-Hans"


def _cyrillic(words: str, hinted: Language | None) -> Language:
    if _OTHER_CYRILLIC.search(words):
        return "other"
    ukrainian = len(_UKRAINIAN.findall(words))
    russian = len(_RUSSIAN.findall(words))
    if ukrainian != russian:
        return "uk" if ukrainian > russian else "ru"
    return hinted if hinted in ("uk", "ru") else "ru"


def _latin(text: str, hinted: Language | None) -> Language:
    words = _LATIN.findall(text.replace("’", "'"))
    if not words:
        return hinted or "other"
    small = _function_words()
    english = sum(small.get(word) == "en" for word in words)
    other = sum(small.get(word) == "other" or not word.isascii() for word in words)
    if english != other:
        return "en" if english > other else "other"
    return "other" if other else "en"


def _hinted(hint: str) -> Language | None:
    code = hint[:35].lower().replace("_", "-")  # the longest tag of BCP 47
    while code and code not in _HINTS:
        code = code.rpartition("-")[0]
    return _HINTS.get(code)


@cache
def _characters() -> _Characters:
    _, _, simplified, traditional, japanese = lines("characters.txt")
    return _Characters(frozenset(simplified), frozenset(traditional), frozenset(japanese))


@cache
def _function_words() -> dict[str, str]:
    return {word: spoken for spoken, word in entries("function_words.txt")}
