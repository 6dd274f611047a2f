"""Reasons in words: every code in every language, its values as the language writes them."""

from string import Template
from typing import get_args

import pytest
from hypothesis import given, strategies as st

from desk.door import CapOf
from desk.mention import Action, Aspect, Language, Risk, Sentiment
from desk.pages.texts import LANGUAGES, PageLanguage, has
from desk.pages.wording import Worded, worded
from desk.reasons import VALUES, Code, reason
from desk.wire import Refusal, Unit

CODES: tuple[Code, ...] = get_args(Code)
REAL = {
    "rule": "lid", "people": "21", "window": "30", "usual": "0.2", "scope": "channel:line",
    "by": "yijun", "why": "lids", "minutes": "725", "detail": "HTTP 502", "kind": "rate_limited",
    "tries": "5", "risk": "sensitive", "action": "answer", "rules": "a, b", "type": "comment",
    "confidence": "0.30", "floor": "0.55", "script": "hours", "language": "ja", "topic": "漏水",
    "chance": "3e-09", "reader": "comprehend", "labels": "negative crisis", "word": "漏水",
    "instead": "in_public by_person", "term": "最好", "host": "a.example", "mention": "line:m",
    "cap": "author", "most": "5", "answers": "12", "share": "0.82",
    "score": "71", "sources": "weibo", "rank": "2",
    "words": "初雪", "topics": "money", "posts": "3", "relevance": "21.0", "size": "15.2",
    "hook": "9.0", "mood": "6.1", "freshness": "22.3",
    "at": "2026-12-02T14:00:00.000Z", "title": "lids", "saturation": "-6.0", "danger": "0.0",
    "accounts": "12.4", "copies": "-1.5", "unhappy": "4.2", "influence": "0.8", "velocity": "1.1",
    "novelty": "0.9", "aspect": "delivery", "voices": "0.5", "last_year": "-3.0",
}  # fmt: skip


def words(language: PageLanguage, *reasons: str) -> list[Worded]:
    return worded(language, reasons, str)


def one(language: PageLanguage, text: str) -> str:
    [line] = words(language, text)
    return line.words


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("code", CODES)
def test_every_code_has_words_with_all_its_values(language: PageLanguage, code: Code) -> None:
    names = {*VALUES[code]} - {"detail"}
    text = LANGUAGES[language].TEXTS[f"reason.{code}"]
    assert {*Template(text).get_identifiers()} == names
    [line] = words(language, reason(code, *(REAL[name] for name in VALUES[code])))
    assert "$" not in line.words
    if language != "en":
        assert line.words != one("en", reason(code, *(REAL[name] for name in VALUES[code])))
    assert line.detail == (REAL["detail"] if "detail" in VALUES[code] else "")


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_language_has_words_for_a_code_that_is_none(language: PageLanguage) -> None:
    texts = LANGUAGES[language].TEXTS
    assert {key for key in texts if key.startswith("reason.")} - {"reason.hint"} == {
        f"reason.{code}" for code in CODES
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_value_of_a_closed_set_has_words(language: PageLanguage) -> None:
    for name, values in (
        ("risk", get_args(Risk)),
        ("action", {*get_args(Action)} - {"quarantine"}),
        ("language", get_args(Language)),
        ("sentiment", get_args(Sentiment)),
        ("type", ("mention", "comment", "reply", "quote", "message", "post")),
        ("kind", ("other", *get_args(Refusal))),
        ("unit", get_args(Unit)),
        ("aspect", get_args(Aspect)),
        ("cap", get_args(CapOf)),
    ):
        assert [value for value in values if not has(language, f"{name}.{value}")] == []


@pytest.mark.parametrize(
    ("language", "text", "said"),
    [
        ("zh-Hans", "negative:漏水", "负面用词：漏水"),
        ("zh-Hant", "risk:sensitive", "風險為「敏感」，須由真人決定。"),
        ("zh-Hans", "burst:17|30|0.2", "30 分钟内有 17 人在谈论，平时约 0.2 人。"),
        ("uk", "burst:21|30|0.2", "Про це пишуть: 21 людина за 30\u00a0хв, зазвичай — 0,2."),
        ("uk", "burst:23|30|0.2", "Про це пишуть: 23 людини за 30\u00a0хв, зазвичай — 0,2."),
        ("uk", "burst:17|30|1.0", "Про це пишуть: 17 людей за 30\u00a0хв, зазвичай — 1."),
        ("uk", "gave_up:quota|2|", "Наш ліміт повідомлень на платформі вичерпано. "
         "Зроблено 2 спроби, безуспішно."),
        ("zh-Hans", "second:bedrock|negative crisis", "复核（bedrock）：负面、危机"),
        ("en", "hold:brand|yijun|lids", "yijun has stopped automation (the whole brand): lids"),
        ("en", "hold:channel:line|yijun|lids",
         "yijun has stopped automation (channel LINE): lids"),
        ("uk", "crisis_hold:topic:complaint|yijun|lids",
         "Через кризу автоматичні відповіді зупинено (тема «скарга»; yijun): lids"),
        ("en", "hold:topic:lid|yijun|lids", "yijun has stopped automation (topic lid): lids"),
        ("en", "hold:topic:complaint:app|yijun|lids",
         "yijun has stopped automation (complaints about the app or the website): lids"),
        ("zh-Hant", "complain_of:delivery", "許多人在抱怨，說法各不相同，都涉及：物流配送。"),
        ("en", "unsure:0.30|0.55", "The desk is only 30% sure of the mood, and needs 55%."),
        ("en", "chance:3e-06", "The chance of a coincidence is less than 1 in 100,000."),
        ("en", "chance:0e+00", "The chance of a coincidence is less than 1 in 1,000,000."),
        ("zh-Hant", "rule:ask-sugar|escalate", "符合規則 ask-sugar（處理方式：交給真人處理）。"),
    ],
)  # fmt: skip
def test_a_reason_is_a_sentence_of_the_language(
    language: PageLanguage, text: str, said: str
) -> None:
    assert one(language, text) == said


def test_words_that_speak_for_the_same_thing_share_a_line() -> None:
    reasons = ("positive:好看", "negative:漏水", "question:?", "negative:难喝", "stale:120")
    assert [line.words for line in words("zh-Hans", *reasons)] == [
        "内容已超过 2 小时，不再自动回复。",
        "负面用词：漏水、难喝",
        "正面用词：好看",
        "提问用词：?",
    ]


def test_a_class_of_error_that_we_have_no_words_for_is_a_refusal_and_named_apart() -> None:
    assert words("en", "not_sent:teapot|418 I am one") == [
        Worded("The platform did not take this answer.", "teapot: 418 I am one")
    ]


def test_what_is_no_reason_of_ours_is_shown_as_it_stands_and_last() -> None:
    lines = words("uk", "rate_limited: 429, 5 times", "echo")
    assert [line.words for line in lines] == ["Це написали ми самі.", "rate_limited: 429, 5 times"]


@given(
    st.sampled_from([*LANGUAGES]),
    st.sampled_from(CODES),
    st.lists(st.one_of(st.text(), st.floats().map(str)), min_size=7, max_size=7),
)
def test_no_value_whatever_stops_a_page(
    language: PageLanguage, code: Code, values: list[str]
) -> None:
    shown = worded(language, [reason(code, *values[: len(VALUES[code])])], lambda value: "#")
    assert len(shown) == 1
