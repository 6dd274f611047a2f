"""The matcher of all rules: the same answers as each rule by itself, from what a mention has."""

from typing import Any

import pytest
from hypothesis import given, strategies as st

from desk.conditions import QueryError, Subject, matches, subject
from desk.mention import Author, Reading
from desk.playbook import Examples, Playbook, Policy, Rule, Scope, Step
from desk.query import parse
from desk.rules import finder, matcher

LEAVES = (
    "a", "b", "ab", "a*", "*b", "*ab*", "漏", "漏水", "保溫杯", "杯", '"a b"', '"漏 a"', "a?",
    "漏?水", "a*b", "漏*水", "/a+b/", "/漏.水/", "/^$/", "a NEAR/1 b", "漏 NEAR/0 (水 OR 杯 OR a*)",
    "channel:line", "channel:(line OR b)", "language:zh", "language:en", "sentiment:negative",
    "intent:complaint", "intent:(question OR spam)", "tone:irony", "aspect:taste",
    "followers:>10", "influence:<=50", "verified:true", "author:a*", "hashtag:漏", "link:a.cn",
)  # fmt: skip

QUERIES = st.recursive(
    st.sampled_from(LEAVES),
    lambda part: st.one_of(
        st.builds("NOT ({})".format, part),
        st.builds("({}) AND ({})".format, part, part),
        st.builds("({}) OR ({})".format, part, part),
        st.builds("({}) AND NOT ({}) AND ({})".format, part, part, part),
    ),
    max_leaves=8,
)
PIECES = st.sampled_from(
    (
        "a",
        "b",
        "ab",
        " ",
        "漏",
        "水",
        "漏水",
        "保温杯",
        "杯",
        "。",
        "#漏 ",
        "http://a.cn/b ",
        "'",
        "\ud800",
    )
)
READINGS = st.builds(
    Reading,
    language=st.sampled_from(("zh-Hans", "yue", "en")),
    sentiment=st.sampled_from(("negative", "neutral")),
    intents=st.sampled_from(((), ("complaint",), ("question", "complaint"))),
    tone=st.sampled_from(((), ("irony",))),
    aspects=st.sampled_from(((), ("taste", "price"))),
)
AUTHORS = st.builds(
    Author,
    id=st.just("line:1"),
    name=st.sampled_from(("", "ab")),
    followers=st.sampled_from((None, 5, 50)),
    verified=st.sampled_from((None, True, False)),
)
SUBJECTS = st.builds(
    subject,
    st.lists(PIECES, max_size=12).map("".join),
    READINGS,
    st.sampled_from(("line", "b")),
    author=st.none() | AUTHORS,
    influence=st.sampled_from((None, 0, 50.5)),
)


def about(text: str, channel: str = "line") -> Subject:
    return subject(text, Reading(), channel)


def found(queries: list[str], text: str) -> list[int]:
    return finder([parse(query) for query in queries])(about(text))


@given(st.lists(QUERIES, max_size=8), st.lists(SUBJECTS, min_size=1, max_size=4))
def test_all_rules_together_answer_as_each_by_itself(
    written: list[str], subjects: list[Subject]
) -> None:
    queries = [parse(query) for query in written]
    find = finder(queries)
    for one in subjects:
        alone = [number for number, query in enumerate(queries) if matches(query, one)]
        assert find(one) == alone


@pytest.mark.parametrize("text", ["漏水", "又漏水了", "保温杯漏水", "漏", "水漏", ""])
def test_words_in_words_are_all_found(text: str) -> None:
    words = ["漏", "水", "漏水", "漏水了", "又漏", "保温杯", "杯漏"]
    assert found(words, text) == [number for number, word in enumerate(words) if word in text]


def test_a_word_of_every_rule_hides_none() -> None:
    queries = [f"茶 AND 第{number}种" for number in range(300)]
    assert found([*queries, "茶"], "第7种茶和第299种茶") == [7, 299, 300]


def test_the_same_query_twice_is_two_rules() -> None:
    assert found(["漏水", "杯", "漏水"], "漏水") == [0, 2]


def test_a_word_alone_and_in_others_are_two_things() -> None:
    queries = ["cup", "cup*", "*cup", "*cup*", "NOT cup"]
    assert found(queries, "a cup") == [0, 1, 2, 3]
    assert found(queries, "cups") == [1, 3, 4]
    assert found(queries, "hiccup") == [2, 3, 4]
    assert found(queries, "hiccups") == [3, 4]


def test_a_rule_without_words_is_never_overlooked() -> None:
    queries = ["NOT 漏水", "/水$/", "channel:line", "followers:>1", "NOT (a OR channel:line)"]
    assert found(queries, "茶水") == [0, 1, 2]
    assert found([], "茶水") == []


def test_the_key_of_a_fact_is_no_word() -> None:
    assert found(["channel:wechat", "channel"], "channel:wechat \udc01channel:wechat") == [1]


@pytest.mark.parametrize(
    "text", ["a" * 20_000, "漏水" * 10_000, "a b " * 5_000, "\x00\ud800" * 10_000]
)
def test_a_long_text_is_matched(text: str) -> None:
    queries = [
        "a" * 150, "*" + "a" * 150 + "*", "漏水" * 60, "漏*漏*茶", "a NEAR/0 b", "/(a*)*c/",
    ]  # fmt: skip
    one = about(text)
    alone = [number for number, query in enumerate(queries) if matches(parse(query), one)]
    assert found(queries, text) == alone


def rule(name: str, query: str, priority: int = 1) -> Rule:
    return Rule(
        id=name, query=query, category="c", priority=priority, action="record",
        examples=Examples(match=("a",), leave=("b",)),
    )  # fmt: skip


def playbook(*rules: Rule) -> Playbook:
    return Playbook(
        brand="acme", version="1", name="Acme", languages=("en",), rules=rules, scripts=(),
        policies={"default": Policy(steps=(Step(ask=("p",), wait_minutes=1),))},
        approvers={"p": {"name": "P"}},
    )  # fmt: skip


def test_rules_come_with_the_highest_priority_first_then_by_id() -> None:
    match = matcher(
        playbook(rule("z", "茶", 5), rule("b", "茶", 1), rule("a", "茶", 1), rule("c", "酒", 9))
    )
    assert [one.id for one in match(about("喝茶"))] == ["z", "a", "b"]


def test_a_rule_that_cannot_be_read_is_told() -> None:
    with pytest.raises(QueryError, match="column 1"):
        matcher(playbook(rule("a", ")", 1)))


PERSON = Author(id="a")
VERIFIED = Author(id="a", verified=True)
BOT = Author(id="a", verified=True, bot=True)


@pytest.mark.parametrize(
    ("scope", "inside", "outside"),
    [
        (Scope(channels=("Line",)), {"channel": "line"}, {"channel": "wechat"}),
        (Scope(languages=("en", "uk")), {"language": "uk"}, {"language": "ru"}),
        (Scope(authors=("verified",)), {"author": VERIFIED}, {"author": PERSON}),
        (Scope(authors=("person",)), {"author": None}, {"author": VERIFIED}),
        (Scope(authors=("bot",)), {"author": BOT}, {"author": VERIFIED}),
        (Scope(authors=("verified", "person")), {"author": VERIFIED}, {"author": BOT}),
        (Scope(influence_from=50), {"influence": 50}, {"influence": 49}),
        (Scope(influence_to=50), {"influence": 50}, {"influence": 51}),
        (Scope(influence_from=1), {"influence": 100}, {"influence": None}),
        (Scope(influence_to=99), {"influence": 0}, {"influence": None}),
    ],
)
def test_a_rule_holds_in_its_scope_alone(
    scope: Scope, inside: dict[str, Any], outside: dict[str, Any]
) -> None:
    def said(channel: str = "line", language: Any = "en", **more: Any) -> Subject:
        return subject("a", Reading(language=language), channel, **more)

    everywhere = rule("everywhere", "a")
    match = matcher(playbook(rule("scoped", "a").model_copy(update={"scope": scope}), everywhere))
    assert [one.id for one in match(said(**inside))] == ["everywhere", "scoped"]
    assert [one.id for one in match(said(**outside))] == ["everywhere"]


def test_a_rule_without_a_scope_holds_for_what_nothing_is_known_about() -> None:
    match = matcher(playbook(rule("any", "a")))
    assert [one.id for one in match(subject("a", Reading(), ""))] == ["any"]
