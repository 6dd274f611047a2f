"""The wording of the pages: whole in every language, and right in its numbers and dates."""

from datetime import UTC, datetime
from string import Template

import pytest
from hypothesis import given, strategies as st

from desk.pages.texts import (
    LANGUAGES,
    PageLanguage,
    clock,
    counted,
    duration,
    number,
    preferred,
    window,
)
from desk.playbook import LANGUAGES_OF_PAGES

NOW = datetime(2027, 3, 8, 22, 30, tzinfo=UTC)


def test_there_are_pages_in_every_language_that_an_approver_can_have() -> None:
    assert tuple(LANGUAGES) == LANGUAGES_OF_PAGES


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_says_everything_with_the_same_variables(language: PageLanguage) -> None:
    words, english = LANGUAGES[language], LANGUAGES["en"]
    assert [*words.TEXTS] == [*english.TEXTS]
    assert [*words.COUNTED] == [*english.COUNTED]
    assert len(words.MONTHS) == 12
    for key, text in words.TEXTS.items():
        given = {*Template(text).get_identifiers()}
        assert Template(text).is_valid()
        assert given - {"channel"} == {*Template(english.TEXTS[key]).get_identifiers()} - {
            "channel"
        }


@pytest.mark.parametrize("language", LANGUAGES)
def test_our_own_texts_hold_nothing_that_html_would_read(language: PageLanguage) -> None:
    words = LANGUAGES[language]
    every = [*words.TEXTS.values(), *words.MONTHS, *(f for s in words.COUNTED.values() for f in s)]
    assert [text for text in every if {*text} & {*"<>&\"'"} or not text] == []


@pytest.mark.parametrize("language", LANGUAGES)
@given(n=st.integers(0, 100_000))
def test_every_number_has_a_form_in_every_language(language: PageLanguage, n: int) -> None:
    forms = {len(forms) for forms in LANGUAGES[language].COUNTED.values()}
    assert forms == {{"en": 2, "uk": 3}.get(language, 1)}
    assert number(language, n) in counted(language, "minute", n)


@pytest.mark.parametrize(
    ("n", "words"),
    [
        (0, "0 хвилин"), (1, "1 хвилина"), (2, "2 хвилини"), (4, "4 хвилини"), (5, "5 хвилин"),
        (11, "11 хвилин"), (12, "12 хвилин"), (14, "14 хвилин"), (21, "21 хвилина"),
        (22, "22 хвилини"), (25, "25 хвилин"), (101, "101 хвилина"), (111, "111 хвилин"),
        (112, "112 хвилин"), (122, "122 хвилини"),
    ],
)  # fmt: skip
def test_ukrainian_counts_in_three_forms(n: int, words: str) -> None:
    assert counted("uk", "minute", n) == words


@pytest.mark.parametrize(
    ("language", "value", "words"),
    [
        ("en", 1234567, "1,234,567"),
        ("uk", 1234567, "1\u00a0234\u00a0567"),
        ("uk", 2.5, "2,5"),
        ("zh-Hans", 2.0, "2"),
        ("en", 9.96, "10"),
        ("en", 12.4, "12"),
    ],
)
def test_numbers_are_written_as_the_language_writes_them(
    language: PageLanguage, value: float, words: str
) -> None:
    assert number(language, value) == words


@pytest.mark.parametrize(
    ("language", "zone", "words"),
    [
        ("en", "Europe/London", "7 March, 23:59"),
        ("uk", "Europe/Kyiv", "8 березня, 01:59"),
        ("zh-Hans", "Asia/Shanghai", "3月8日 07:59"),
        ("zh-Hant", "Asia/Taipei", "3月8日 07:59"),
    ],
)
def test_another_day_is_named(language: PageLanguage, zone: str, words: str) -> None:
    assert clock(language, datetime(2027, 3, 7, 23, 59, tzinfo=UTC), NOW, zone) == words


def test_today_is_the_day_where_the_approver_lives() -> None:
    assert (
        clock("zh-Hans", datetime(2027, 3, 8, 16, 0, tzinfo=UTC), NOW, "Asia/Shanghai") == "00:00"
    )


def test_a_duration_never_promises_more_than_there_is() -> None:
    assert duration("en", 59.99) == "59 minutes"
    assert duration("en", 61) == "1 hour 1 minute"
    assert window("uk", 60) == "60\u00a0хв"
    assert window("uk", 1440) == "24\u00a0год"


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "en"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh-Hans"),
        ("zh-TW", "zh-Hant"),
        ("zh-Hant-HK", "zh-Hant"),
        ("zh-Hans-HK", "zh-Hans"),
        ("fr-FR, uk;q=0.7, en;q=0.5", "uk"),
        ("*;;,-", "en"),
    ],
)
def test_a_stranger_is_answered_in_the_language_of_their_browser(
    header: str, language: PageLanguage
) -> None:
    assert preferred(header) == language
