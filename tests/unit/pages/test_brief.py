"""The brief of an opportunity: short, counted, and in the reader's language."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, strategies as st

from desk.opportunity import Opportunity
from desk.pages.brief import MOST_WORDS, brief, words
from desk.pages.texts import LANGUAGES, PageLanguage

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def opportunity(**change: object) -> Opportunity:
    fields = {
        "id": "o1", "brand": "xiaoman", "title": "初雪落在西湖边", "sources": ("weibo", "zhihu"),
        "best_rank": 2, "words": ("初雪",), "careful": ("money",), "rivals": 3, "score": 71.4,
        "parts": {"relevance": 21.0}, "links": ("https://l.example/1",), "token": "t",
        "first_seen": NOON - timedelta(minutes=8), "found_at": NOON,
        "expires_at": NOON + timedelta(minutes=95), "by_model": True,
    }  # fmt: skip
    return Opportunity.model_validate(fields | change)


def test_a_brief_says_what_was_counted_how_long_it_lasts_and_where_it_is() -> None:
    assert brief(opportunity(), "en", NOON).splitlines() == [
        "初雪落在西湖边",
        "It scores 71 of 100. Seen on weibo, zhihu; best place 2.",
        "What suits us: 初雪.",
        "Careful: money.",
        "Posts that name a rival: 3.",
        "A model has drafted this text: nobody has read it before you.",
        "1 hour 35 minutes left.",
        "https://l.example/1",
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_brief_of_an_ordinary_story_is_whole_in_every_language(language: PageLanguage) -> None:
    text = brief(opportunity(), language, NOON)
    assert text.count("\n") == 7
    assert words(text.rpartition("\n")[0]) <= MOST_WORDS


@given(
    st.text(max_size=400),
    st.lists(st.text(max_size=60), max_size=12),
    st.lists(st.text(max_size=60), max_size=60),
    st.sampled_from([*LANGUAGES]),
    st.integers(-60, 2000),
)
def test_no_story_makes_it_longer_than_a_hundred_and_twenty_words(
    title: str, sources: list[str], found: list[str], language: PageLanguage, minutes: int
) -> None:
    one = opportunity(title=title, sources=tuple(sources), words=tuple(found), links=())
    assert words(brief(one, language, NOON + timedelta(minutes=minutes))) <= MOST_WORDS


def test_words_are_counted_as_people_would() -> None:
    assert words("初雪 falls on 西湖, 3 times") == 8
    assert words("перший сніг — don't") == 4
    assert words("") == 0
