"""The query language: what parses, what matches, and what a bad query is told."""

from collections.abc import Callable
from itertools import product

import pytest
from hypothesis import given, strategies as st

from desk.conditions import QueryError, asked, asks_for, matches, subject
from desk.language.normal import normal
from desk.mention import Author, Reading
from desk.query import MAX_LENGTH, MAX_NESTING, parse

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
        pytest.param("*leak", "an oilleak", id="ending of a word"),
        pytest.param("*ea*", "leaks", id="part of a word"),
        pytest.param("le*k", "a leek", id="middle of a word"),
        pytest.param("le*k", "l'elk, lek", id="nothing in the middle"),
        pytest.param("leak*proof", "leak-proof", id="a hyphen does not part a word"),
        pytest.param("漏*水", "漏了一地水", id="some Chinese between"),
        pytest.param("le?k", "LEAK", id="any one letter"),
        pytest.param("漏？水", "漏了水", id="full-width ? between"),
        pytest.param("漏水吗？", "漏水吗？", id="? is a question mark, too"),
        pytest.param("термо*л*", "термокухля зірвало", id="several stars"),
        pytest.param(r"f\*\*k", "f**k", id="escaped star"),
        pytest.param(r'"19\" rack"', 'a 19" rack', id="escaped quote"),
        pytest.param("＂keep hot＂", "keep hot", id="full-width quotes"),
        pytest.param("/漏.{0,3}水/", "漏了一地水", id="expression"),
        pytest.param("/漏.{0,3}水$/", "這杯漏了水", id="expression, Traditional text"),
        pytest.param("/雲朵[漏灑]/", "云朵洒了", id="expression in Traditional"),
        pytest.param(r"/LEAK(s|ed)?\W/", "it leaked.", id="expression in any case"),
        pytest.param(r"/１\d{2}（元）/", "１２0(元)", id="full-width expression"),
        pytest.param("/(a*)*b/", "aab", id="expression that would take others for ever"),
    ],
)
def test_a_word_is_found_however_it_is_asked_for(query: str, text: str) -> None:
    assert holds(query, text)


@pytest.mark.parametrize(
    ("query", "text"),
    [
        pytest.param("漏水 NEAR/2 杯", "杯盖又漏水", id="Chinese characters between"),
        pytest.param("漏水 NEAR/0 杯子", "漏水杯子", id="side by side"),
        pytest.param("lid NEAR/2 leaks", "leaks from the lid", id="either order"),
        pytest.param("lid NEAR/2 leak*", "lid - it really leaked", id="beginnings"),
        pytest.param("cup NEAR/3 漏水", "我的cup又漏水", id="a word is one, a character is one"),
        pytest.param("(盖 OR 杯) NEAR/1 (漏 OR 渗)", "杯在渗水", id="several on either side"),
        pytest.param('"my lid" NEAR／1 leaks', "my lid always leaks", id="phrase, full-width"),
        pytest.param("NOT a NEAR/1 b", "a x x b", id="NEAR binds first"),
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
        pytest.param("le*k", "leaks", id="a word with a middle ends, too"),
        pytest.param("le*k", "lets ask", id="a middle is in one word"),
        pytest.param("漏*水", "漏了。水", id="nor over punctuation"),
        pytest.param("?eak", "sneak", id="one letter is one"),
        pytest.param('"leak?"', "leaks", id="a question mark in quotes is one"),
        pytest.param("lid NEAR/1 leaks", "lid that often leaks", id="too far away"),
        pytest.param("漏水 NEAR/2 杯", "杯盖现在又漏水", id="too far away in Chinese"),
        pytest.param("漏水 NEAR/3 水杯", "漏水杯", id="what overlaps is not near"),
        pytest.param("漏 NEAR/3 漏", "漏", id="one word is not near itself"),
        pytest.param(r"/^\d+$/", "漏水", id="expression"),
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
        ("a -b", lambda a, b, c: a and not b),
        ("+a －b", lambda a, b, c: a and not b),
        ("-a AND +b", lambda a, b, c: not a and b),
        ("a OR (b -c)", lambda a, b, c: a or (b and not c)),
        ("a AND -(b OR c)", lambda a, b, c: a and not (b or c)),
        ("ａ ＡＮＤ ｂ ＯＲ ＮＯＴ c", lambda a, b, c: (a and b) or not c),
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


@pytest.mark.parametrize(
    "query",
    [
        "channel:(wechat OR line)",
        'language：（en OR "zh-Hant"）',
        "tone:irony",
        "aspect:(taste OR delivery)",
        "followers:>1000",
        "followers:>=1500 AND followers:<=1500",
        "followers:1500",
        "followers:[1000 TO 5000]",
        "followers:[1000 TO *]",
        "followers：≥１５００",
        "influence:>70",
        "influence:<71 AND influence:[70 TO 71]",
        "verified:true",
        "author:茶茶",
        "author:@晓*",
        'author:"line:AB12"',
        "link:example.com",
        "link:shop.example.com",
        "link:/dp/",
        "link:t.cn",
        "hashtag:云朵杯",
        "hashtag:#雲朵*",
        "hashtag:秋日茶",
        "hashtag:tea",
        "NOT hashtag:漏水",
        "NOT link:ample.com",
        "NOT author:茶",
        "NOT followers:<1500",
    ],
)
def test_a_field_asks_what_is_known_around_the_text(query: str) -> None:
    about = subject(
        "#雲朵杯#漏水 #Tea, http://t.cn/abc",
        Reading(language="zh-Hant", tone=("irony",), aspects=("delivery",)),
        "LINE",
        author=Author(id="line:ab12", name="曉滿茶茶", followers=1500, verified=True),
        influence=70.5,
        links=("https://u:p@Shop.Example.com:443/dp/1",),
        hashtags=("#秋日茶",),
    )
    renamed = about._replace(author=Author(id="x", name="茶茶", followers=1500, verified=True))
    assert matches(parse(query), renamed if query == "author:茶茶" else about)


@pytest.mark.parametrize(
    "query",
    ["followers:<10", "verified:false", "influence:<50", "author:a*", "link:a", "hashtag:a"],
)
def test_what_is_unknown_is_not_what_a_field_asks_for(query: str) -> None:
    assert not holds(query, "a")
    assert holds(f"NOT {query}", "a")


def test_a_query_says_which_fields_it_asks() -> None:
    query = parse("a AND (NOT intent:spam OR (followers:>5 -author:b*))")
    assert asked(query) == {"intent", "followers", "author"}
    assert asked(parse("a OR /b/ AND c NEAR/2 d")) == set()


def test_the_normal_form_of_who_has_it_already_is_used() -> None:
    assert matches(
        parse("保温杯 AND л*"), subject("", COMPLAINT, "line", plain=normal("保溫杯 Лё"))
    )


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
        ("*", 1, "needs something that can be seen"),
        ("a OR ?*?", 6, "needs something that can be seen"),
        ("a OR b -c", 8, "put parentheses"),
        ("(a -b OR c)", 4, "put parentheses"),
        ("NOT -a", 5, "- cannot stand here"),
        ("a NEAR b", 3, "NEAR takes a number of words from 0 to 100"),
        ("a NEAR/999999999 b", 3, "NEAR takes a number of words from 0 to 100"),
        ("a NEAR/-1 b", 3, "NEAR takes a number of words from 0 to 100"),
        ("a NEAR/1 b NEAR/1 c", 12, "NEAR joins two"),
        ("a NEAR/1 (b AND c)", 3, "NEAR joins words, phrases, or several of them in (a OR b)"),
        ("a NEAR/1 language:zh", 3, "NEAR joins words"),
        ("NEAR/1 a", 1, "NEAR/1 cannot stand here"),
        ('"a b"~5', 6, "write a NEAR/5 b"),
        ("followers:many", 11, "followers takes a number, as in followers:>50"),
        ("followers:[9 TO 1]", 11, "the smaller number comes first"),
        ("influence:>101", 11, "influence is at most 100"),
        ("verified:maybe", 10, "verified is one of true, false"),
        ("author:*", 8, "needs a value with something that can be seen"),
        ("channel:(line AND wechat)", 15, "the values of channel are joined by OR"),
        ("channel:(line wechat)", 15, "the values of channel are joined by OR"),
        ("channel:(line OR)", 17, "the values of channel are joined by OR"),
        ("intent:(complaint OR anger)", 22, "intent is one of complaint"),
        ("a AND /漏[水/", 9, "not an expression of RE2: missing ]"),
        ("/(?=a)/", 2, "not an expression of RE2: invalid perl operator"),
        ("/((a{100}){100}){100}/", 5, "not an expression of RE2"),
        (r"a AND /\Q(\E/", 8, "put a \\ before each sign"),
        ("a AND /b", 7, "an expression ends with /"),
        ("a AND b\\", 8, "stands before the character"),
        (f'"{"a" * 201}"', 1, "at most 200 characters"),
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


@given(
    st.text(
        alphabet=st.sampled_from("ab漏水 ()\"':*?/\\\\[]-+") | st.characters(exclude_categories=()),
        max_size=60,
    )
)
def test_whatever_is_typed_is_a_query_or_an_error_with_a_column(text: str) -> None:
    wrong_at = None
    try:
        matches(parse(text), subject(text, COMPLAINT, "line"))
    except QueryError as error:
        wrong_at = error.column
    assert wrong_at is None or 1 <= wrong_at <= len(text) + 1


@pytest.mark.parametrize(
    "query",
    [
        "(" * MAX_LENGTH,
        '"' * (MAX_LENGTH - 1),
        "/" * (MAX_LENGTH - 1),
        "-" * MAX_LENGTH + "a",
        "-(" * 50 + "a",
        "a NEAR/1 " * 400,
        "channel:" + "(" * 3_000,
        "\\" * (MAX_LENGTH - 1),
        "[" * MAX_LENGTH + ":",
        "\ud800\x00",
        "/" + "(" * 3_000 + "/",
        "/" + "a{1000}" * 500 + "/",
    ],
)
def test_a_hostile_query_is_an_error(query: str) -> None:
    with pytest.raises(QueryError):
        parse(query)


@pytest.mark.parametrize(
    "text",
    ["a" * 20_000, "漏" * 20_000, "a b " * 5_000, "#漏" * 10_000, "漏 " * 10_000, "\ud800\x00"],
)
def test_a_hostile_text_is_answered(text: str) -> None:
    """Each of these would take minutes or more if time grew with the square of the length."""
    word = "a" * 199
    for query in (
        f"{word} OR *{word}b", "/(a*)*c/", "/(漏+)+水/", "漏*漏*漏*水", "a*a*a*a?c",
        "(a OR b) NEAR/0 c", "漏 NEAR/0 水", "hashtag:*水", "a NEAR/100 b AND link:c",
        "a" + "*a" * 99 + "b",
    ):  # fmt: skip
        assert not holds(query, text)


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
