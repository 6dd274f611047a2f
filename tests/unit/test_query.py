"""The query language: what parses, what matches, and what a bad query is told."""

from collections.abc import Callable
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.mention import Reading
from desk.query import MAX_LENGTH, MAX_NESTING, QueryError, asks_for, matches, parse, subject

COMPLAINT = Reading(language="zh-Hant", sentiment="negative", intents=("complaint", "question"))


def holds(query: str, text: str, reading: Reading = COMPLAINT, channel: str = "line") -> bool:
    return matches(parse(query), subject(text, reading, channel))


@pytest.mark.parametrize(
    ("query", "text"),
    [
        pytest.param("漏水", "杯子又漏水了", id="Chinese anywhere"),
        pytest.param("leak", "leaky lids leak", id="later in the text"),
        pytest.param("保溫杯", "我的保温杯", id="Traditional query, Simplified text"),
        pytest.param("保温杯", "我的保溫杯", id="Simplified query, Traditional text"),
        pytest.param("cup", "my CUP, broken", id="any case"),
        pytest.param("cup", "我的cup漏了", id="Latin between Chinese"),
        pytest.param("cup", "my ｃｕｐ", id="full width"),
        pytest.param("leak*", "it leaked", id="beginning of a word"),
        pytest.param("протік*", "Кришка ПРОТІКАЄ", id="beginning of a Cyrillic word"),
        pytest.param('"keep hot"', "does it keep\n  hot?", id="phrase over white space"),
        pytest.param("“keep hot”", "keep hot", id="typographic quotes"),
        pytest.param("「保温」", "保温", id="corner brackets"),
        pytest.param('"keep ho*"', "keep hotter", id="phrase with a beginning"),
        pytest.param("зв'язок", "немає зв’язок", id="any apostrophe"),
        pytest.param('"?"', "几点关门？", id="full-width question mark"),
        pytest.param("cup", "the_cup_", id="underscores part words"),
        pytest.param("😡", "太差了😡", id="emoji"),
    ],
)
def test_a_word_is_found_however_it_is_written(query: str, text: str) -> None:
    assert holds(query, text)


@pytest.mark.parametrize(
    ("query", "text"),
    [
        pytest.param("leak", "it leaked", id="a whole word has no other ending"),
        pytest.param("cup", "hiccup cups", id="nor another beginning"),
        pytest.param("leak*", "unleaked", id="a beginning is at the beginning"),
        pytest.param("тік", "протік", id="whole Cyrillic words"),
        pytest.param("漏水", "漏了水", id="Chinese in one piece"),
        pytest.param('"keep hot"', "keep it hot", id="phrase in one piece"),
        pytest.param("co2", "co", id="nothing of it"),
    ],
)
def test_a_word_is_not_found_in_another(query: str, text: str) -> None:
    assert not holds(query, text)


@pytest.mark.parametrize(
    ("query", "meaning"),
    [
        ("a OR b AND c", lambda a, b, c: a or (b and c)),
        ("a AND b OR c", lambda a, b, c: (a and b) or c),
        ("(a OR b) AND c", lambda a, b, c: (a or b) and c),
        ("NOT a OR b", lambda a, b, c: not a or b),
        ("NOT a AND b", lambda a, b, c: not a and b),
        ("NOT (a OR b) AND c", lambda a, b, c: not (a or b) and c),
        ("（a OR b） AND NOT c", lambda a, b, c: (a or b) and not c),
    ],
)
def test_not_binds_before_and_and_and_before_or(
    query: str, meaning: Callable[[bool, bool, bool], bool]
) -> None:
    for a, b, c in product((False, True), repeat=3):
        text = " ".join(word for word, there in (("a", a), ("b", b), ("c", c)) if there)
        assert holds(query, text) == meaning(a, b, c), text


@pytest.mark.parametrize(
    "query",
    [
        "language:zh-hant",
        "language:ZH",
        "sentiment:negative",
        "intent:complaint",
        'intent:"question"',
        "channel:LINE",
        "NOT intent:crisis",
        "NOT channel:wechat AND sentiment：negative",
    ],
)
def test_a_field_asks_the_reading_or_the_channel(query: str) -> None:
    assert holds(query, "")
    assert not holds(f"NOT ({query})", "")


def test_all_kinds_of_chinese_are_zh() -> None:
    for language in ("zh-Hans", "zh-Hant", "yue"):
        assert holds("language:zh", "", Reading.model_validate({"language": language}))
    assert not holds("language:zh", "", Reading(language="ja"))


@pytest.mark.parametrize(
    ("query", "column", "said"),
    [
        ("", 1, "empty"),
        ("漏水 杯子", 4, "put AND or OR before it, or quotes"),
        ("tea and cup", 5, "write AND in capitals"),
        ("a AND", 6, "ends where a word, a phrase or field:value is expected"),
        ("(a OR b", 8, "ends where ) is expected"),
        ("a OR b)", 7, ") closes nothing"),
        ("()", 2, "a word, a phrase or field:value is expected"),
        ("OR a", 1, "OR cannot stand here"),
        ("a AND AND b", 7, "AND cannot stand here"),
        ("NOT NOT a", 5, "NOT cannot stand here"),
        ("a NOT b", 3, "put AND or OR before it"),
        ('a AND "b', 7, "has no partner"),
        ("at 12:30", 6, "a text with a colon goes in quotes"),
        ("https://example.org", 1, "no field https"),
        ("mood:bad", 1, "it is one of channel:, language:, sentiment:, intent:"),
        ("a AND sentiment:angry", 17, "sentiment is one of negative, neutral, positive"),
        ("intent: AND a", 8, "needs a value"),
        ("le*k", 3, "* can only end a word"),
        ("*", 1, "needs something that can be seen"),
        ("a OR \u200b", 6, "needs something that can be seen"),
    ],
)
def test_a_bad_query_is_told_the_column_and_what_was_expected(
    query: str, column: int, said: str
) -> None:
    with pytest.raises(QueryError) as caught:
        parse(query)
    assert caught.value.column == column
    assert said in caught.value.message
    assert str(caught.value) == f"column {column}: {caught.value.message}"


def test_nesting_and_length_have_limits() -> None:
    deepest = "(" * MAX_NESTING + "a" + ")" * MAX_NESTING
    assert holds(deepest, "a")
    with pytest.raises(QueryError, match=f"column {MAX_NESTING + 1}: .*{MAX_NESTING} deep"):
        parse(f"({deepest})")
    longest = " OR ".join("abcdefgh" for _ in range(334))[:MAX_LENGTH]
    assert holds(longest, "abcdefgh")
    with pytest.raises(QueryError, match=f"at most {MAX_LENGTH} characters"):
        parse(longest + " OR abcdefgh")


def test_the_deepest_query_that_is_allowed_is_evaluated() -> None:
    alternating = "a"
    for _ in range(MAX_NESTING):
        alternating = f"NOT (b OR c AND {alternating})"
    assert holds(alternating, "a c") == (MAX_NESTING % 2 == 0)


def test_a_query_says_whether_it_asks_for_unhappy_people() -> None:
    assert asks_for(parse("a AND (b OR sentiment:negative)"), "sentiment", "negative")
    assert not asks_for(parse("a AND NOT sentiment:negative"), "sentiment", "negative")
    assert not asks_for(parse("negative"), "sentiment", "negative")


@given(st.text(alphabet=st.sampled_from("ab漏水 ()\"':*?") | st.characters(), max_size=60))
def test_whatever_is_typed_is_a_query_or_an_error_with_a_column(text: str) -> None:
    wrong_at = None
    try:
        matches(parse(text), subject(text, COMPLAINT, "line"))
    except QueryError as error:
        wrong_at = error.column
    assert wrong_at is None or 1 <= wrong_at <= len(text) + 1


WORD = st.text(alphabet="ab漏水протік'", min_size=1, max_size=4)


@given(WORD, st.lists(WORD, max_size=5))
def test_a_word_that_stands_alone_in_a_text_is_found(word: str, around: list[str]) -> None:
    assert holds(f'"{word}"', " ".join([*around, word, *around]))


@given(st.lists(WORD, min_size=1, max_size=6), st.lists(WORD, max_size=6))
def test_and_is_all_of_them_and_or_any(words: list[str], text: list[str]) -> None:
    there = [holds(f'"{word}"', " ".join(text)) for word in words]
    quoted = [f'"{word}"' for word in words]
    assert holds(" AND ".join(quoted), " ".join(text)) == all(there)
    assert holds(" OR ".join(quoted), " ".join(text)) == any(there)
    assert holds("NOT (" + " OR ".join(quoted) + ")", " ".join(text)) == (not any(there))
