"""The wording of the pages: a language is a module of this folder with the same keys as the rest.

Times, numbers and counted things are put into words here, since each language does it its own way.
"""

from collections.abc import Mapping
from datetime import datetime
from string import Template
from typing import Literal, Protocol

from desk.pages.texts import en, uk, zh_hans, zh_hant
from desk.zones import zone as in_zone

PageLanguage = Literal["zh-Hans", "zh-Hant", "en", "uk"]


class Words(Protocol):
    """What a language's module offers."""

    TEXTS: Mapping[str, str]
    COUNTED: Mapping[str, tuple[str, ...]]
    """Of each counted thing, its forms in the order of `form`."""
    MONTHS: tuple[str, ...]

    def form(self, n: int) -> int:
        """Which of the counted forms goes with `n`."""
        ...


LANGUAGES: Mapping[PageLanguage, Words] = {
    "zh-Hans": zh_hans,
    "zh-Hant": zh_hant,
    "en": en,
    "uk": uk,
}


def preferred(accept_language: str) -> PageLanguage:
    """The page language that a browser's Accept-Language header asks for first; English if none.

    Order counts and weights do not: browsers list their languages in order of preference.
    """
    for part in accept_language.split(","):
        primary, *rest = part.split(";")[0].strip().lower().split("-")
        if primary == "zh":
            traditional = {"hant", "tw", "hk", "mo"} & {*rest} and "hans" not in rest
            return "zh-Hant" if traditional else "zh-Hans"
        if primary == "uk":
            return "uk"
        if primary == "en":
            return "en"
    return "en"


def say(language: PageLanguage, key: str, /, **values: str) -> str:
    """The text of that key with its variables filled in; KeyError for a key that is none."""
    return Template(LANGUAGES[language].TEXTS[key]).substitute(values)


def has(language: PageLanguage, key: str) -> bool:
    """Whether there is a text of that key."""
    return key in LANGUAGES[language].TEXTS


def counted(language: PageLanguage, key: str, n: int) -> str:
    """`n` of something, in the form that the language wants for that number."""
    words = LANGUAGES[language]
    return Template(words.COUNTED[key][words.form(n)]).substitute(n=number(language, n))


def number(language: PageLanguage, value: float) -> str:
    """`value` with at most one decimal, and none from 10 on, in the language's own punctuation."""
    texts = LANGUAGES[language].TEXTS
    digits = f"{value:,.0f}" if value >= 10 or value == int(value) else f"{value:,.1f}"
    whole, _, fraction = digits.partition(".")
    whole = whole.replace(",", texts["thousands"])
    return whole + texts["decimal"] + fraction if fraction and fraction != "0" else whole


def duration(language: PageLanguage, minutes: float) -> str:
    """A length of time in words, in whole minutes, never more than there is."""
    hours, rest = divmod(int(minutes), 60)
    parts = [counted(language, "hour", hours)] if hours else []
    if rest or not hours:
        parts.append(counted(language, "minute", rest))
    return " ".join(parts)


def window(language: PageLanguage, minutes: int) -> str:
    """A length of time in short, such as 60 min or 24 h."""
    if minutes >= 120 and minutes % 60 == 0:
        return say(language, "window.hours", n=str(minutes // 60))
    return say(language, "window.minutes", n=str(minutes))


def clock(language: PageLanguage, moment: datetime, now: datetime, zone: str) -> str:
    """The time of `moment` in that time zone: 14:05, with the day in front unless it is today's."""
    there, today = _local(moment, zone), _local(now, zone)
    time = f"{there:%H:%M}"
    if there.date() == today.date():
        return time
    month = LANGUAGES[language].MONTHS[there.month - 1]
    day = say(language, "day", day=str(there.day), month=month)
    return say(language, "day_time", day=day, time=time)


def zone_name(zone: str) -> str:
    """The name of the zone that `clock` uses for `zone`: UTC where there is no such zone."""
    return str(in_zone(zone))


def _local(moment: datetime, zone: str) -> datetime:
    # A platform may report a time in the year 9999: eight hours later there is no date.
    try:
        return moment.astimezone(in_zone(zone))
    except OverflowError:
        return moment
