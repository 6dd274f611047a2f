"""A second reader: what it is asked, what it may change, and that it never lowers a risk."""

import json
from typing import get_args

import pytest
from hypothesis import given, strategies as st

from desk.mention import Intent, Reading, Sentiment
from desk.second_opinion import MODEL_CONFIDENCE, Opinion, labelled, wanted, weighed

SENTIMENTS: tuple[Sentiment, ...] = get_args(Sentiment)
INTENTS: tuple[Intent, ...] = get_args(Intent)

readings = st.builds(
    Reading,
    sentiment=st.sampled_from(SENTIMENTS),
    confidence=st.floats(0, 1),
    intents=st.lists(st.sampled_from(INTENTS), min_size=1, max_size=4, unique=True).map(tuple),
)
opinions = st.builds(
    Opinion,
    reader=st.sampled_from(["comprehend", "bedrock"]),
    sentiment=st.sampled_from(SENTIMENTS),
    confidence=st.floats(0, 1),
    intents=st.lists(st.sampled_from(INTENTS), max_size=4, unique=True).map(tuple),
)


@given(readings, opinions)
def test_no_opinion_makes_a_feeling_better_or_takes_a_grave_intent_away(
    reading: Reading, opinion: Opinion
) -> None:
    after = weighed(reading, opinion)
    assert SENTIMENTS.index(after.sentiment) <= SENTIMENTS.index(reading.sentiment)
    assert set(reading.intents) - {"other"} <= set(after.intents)
    if after.sentiment == reading.sentiment:
        assert after.confidence >= reading.confidence


@given(readings, opinions)
def test_only_agreement_makes_a_reading_surer_or_a_worse_feeling_replaces_it(
    reading: Reading, opinion: Opinion
) -> None:
    after = weighed(reading, opinion)
    if SENTIMENTS.index(opinion.sentiment) > SENTIMENTS.index(reading.sentiment):
        assert (after.sentiment, after.confidence) == (reading.sentiment, reading.confidence)
    else:
        assert after.sentiment == opinion.sentiment


def test_an_opinion_leaves_its_reason_with_what_it_added() -> None:
    unsure = Reading(sentiment="neutral", confidence=0.4, intents=("other",), reasons=("not:x",))
    after = weighed(unsure, Opinion("bedrock", "negative", 0.8, ("crisis", "praise")))
    assert (after.sentiment, after.confidence) == ("negative", 0.8)
    assert after.intents == ("crisis",)
    assert after.reasons == ("not:x", "second:bedrock|negative crisis")


def test_no_opinion_changes_nothing() -> None:
    unsure = Reading(confidence=0.4)
    assert weighed(unsure, None) is unsure


@pytest.mark.parametrize(
    ("text", "confidence", "intents", "asked"),
    [
        ("嗯", 0.4, ("other",), True),
        ("嗯", 0.6, ("other",), False),
        (" ", 0.4, ("other",), False),
        ("有人中毒", 0.4, ("crisis",), False),
    ],
)
def test_it_is_asked_for_what_we_are_unsure_of_and_is_not_grave_already(
    text: str, confidence: float, intents: tuple[Intent, ...], asked: bool
) -> None:
    assert wanted(text, Reading(confidence=confidence, intents=intents), 0.55) is asked


def test_a_models_answer_is_read_when_all_of_it_is_of_the_closed_set() -> None:
    answer = ' {"sentiment": "negative", "intents": ["person", "complaint"]}\n'
    assert labelled("bedrock", answer) == Opinion(
        "bedrock", "negative", MODEL_CONFIDENCE, ("complaint", "person")
    )


@pytest.mark.parametrize(
    "answer",
    [
        "",
        "negative",
        "null",
        "[]",
        "{}",
        '{"sentiment": "negative"}',
        '{"sentiment": "mixed", "intents": []}',
        '{"sentiment": "Negative", "intents": []}',
        '{"sentiment": ["negative"], "intents": []}',
        '{"sentiment": "negative", "intents": "complaint"}',
        '{"sentiment": "negative", "intents": ["refund"]}',
        '{"sentiment": "negative", "intents": [{}]}',
        '{"sentiment": "negative", "intents": [], "risk": "routine"}',
        'Sure! {"sentiment": "positive", "intents": []}',
        "[" * 100_000,
    ],
)
def test_anything_else_is_ignored(answer: str) -> None:
    assert labelled("bedrock", answer) is None


@given(st.recursive(st.none() | st.booleans() | st.text(max_size=8), st.lists, max_leaves=5))
def test_no_answer_makes_it_fail(value: object) -> None:
    # One value cannot be a sentiment and a list of intents at once.
    assert labelled("bedrock", json.dumps({"sentiment": value, "intents": value})) is None
